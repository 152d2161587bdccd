//! Particular exports, and what must come of them.

use knytt_engine::{Availability, Product};
use knytt_feed::{Mapping, Options};

use crate::common::{euros, file, products, read};

fn price(product: &Product) -> (String, String) {
    let text =
        |price: &Option<knytt_engine::Price>| price.as_ref().map(ToString::to_string).unwrap_or_default();
    (text(&product.price), text(&product.sale_price))
}

#[test]
fn a_shopify_product_has_its_sizes_pictures_and_prices_of_markets() {
    let feed = "\
Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,\
Variant Inventory Qty,Variant Inventory Policy,Variant Price,Variant Compare At Price,Image Src,Image Position,\
Image Alt Text,Google Shopping / Gender,Variant Image,Included / International,Price / International,Cost per item
top,Varsity Top,<p>Grey &amp; black</p>,Demo,Tops,women,true,Größe,Small,,shopify,0,deny,60.00,80.00,https://c.test/1.jpg,1,Front,female,,true,70.00,20
top,,,,,,,,Medium,,shopify,0,continue,55.00,,https://c.test/2.jpg,2,,,,,65.00,21
top,,,,,,,,,,,,,,,https://c.test/3.jpg,3,Back,,,,,
";
    let products = read("s.csv", feed);
    let [top] = products.as_slice() else { panic!("{products:?}") };
    assert_eq!((top.id.as_str(), top.brand.as_str(), top.category.as_str()), ("top", "Demo", "Tops"));
    assert_eq!(top.description, "Grey & black");
    assert_eq!(top.sizes, ["Small", "Medium"]);
    assert_eq!((top.image.as_str(), top.more_images.len()), ("https://c.test/1.jpg", 2));
    assert_eq!(price(top), ("55.00 EUR".into(), String::new()));
    assert_eq!(top.availability, Availability::Backorder);
    let attribute = |name: &str| top.attributes.get(name).map(String::as_str);
    assert_eq!(
        (attribute("gender"), attribute("Tags"), attribute("Included / International")),
        (Some("female"), Some("women"), Some("true"))
    );
    assert_eq!(attribute("additional_image_alt_text"), Some("https://c.test/3.jpg Back"));
    let small = &top.variants[0];
    assert_eq!(
        (small.id.as_str(), small.attributes["Price / International"].as_str()),
        ("top/Small", "70.00")
    );
    assert_eq!(small.price.as_ref().unwrap().to_string(), "80.00 EUR");
    assert_eq!(small.sale_price.as_ref().unwrap().to_string(), "60.00 EUR");
    assert_eq!(small.availability, Availability::OutOfStock);
}

#[test]
fn a_shopify_product_without_a_choice_has_none() {
    let feed = "Title,URL handle,Description,Option1 name,Option1 value,SKU,Price,Compare-at price,Product image URL\n\
                Mug,mug,A mug,Title,Default Title,M-1,9,,https://c.test/mug.jpg\n";
    let mug = read("s.csv", feed).remove(0);
    assert_eq!((mug.id.as_str(), mug.attributes["sku"].as_str(), mug.variants.len()), ("mug", "M-1", 0));
    assert!(!mug.attributes.contains_key("Title") && mug.sizes.is_empty() && mug.group.is_empty());
    assert_eq!(mug.availability, Availability::InStock, "what is not counted is there");
}

#[test]
fn woocommerce_kinds_are_told_apart() {
    let feed = "\
ID,Type,SKU,Name,Published,Description,In stock?,Stock,Sale price,Regular price,Categories,Tags,Images,Parent,Grouped products,External URL,Button text,Attribute 1 name,Attribute 1 value(s)
1,\"simple, virtual\",a,Gift,1,,1,,,10,\"Gifts, Gifts > Cards\",x,g.jpg,,,,,,
2,grouped,b,Set,1,,1,,,,Sets,,s.jpg,,\"a, c\",,,,
3,external,c,Partner,1,,,,,5,Other,,p.jpg,,,https://partner.test/x,Buy there,,
4,variable,v,Hoodie,1,Soft,,,,,Clothing > Hoodies,y,\"h.jpg, back.jpg\",,,,,Color,\"Red, Blue\"
5,variation,v-red,\"Hoodie - Red\",1,,backorder,,35,45,,,,id:4,,,,Color,Red
6,variation,,\"Hoodie - Blue\",1,,0,,,45,,,blue.jpg,v,,,,Color,Blue
7,simple,d,Secret,-1,,1,,,1,,,d.jpg,,,,,,
";
    let products = read("w.csv", feed);
    let seen: Vec<_> = products
        .iter()
        .map(|p| (p.id.as_str(), p.title.as_str(), p.category.as_str(), p.group.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            ("1", "Gift", "Gifts > Cards", ""),
            ("2", "Set", "Sets", ""),
            ("3", "Partner", "Other", ""),
            ("5", "Hoodie", "Clothing > Hoodies", "4"),
            ("6", "Hoodie", "Clothing > Hoodies", "4"),
        ]
    );
    assert_eq!(products[1].attributes["Grouped products"], "a, c");
    assert_eq!(
        (products[2].attributes["link"].as_str(), products[2].attributes["Button text"].as_str()),
        ("https://partner.test/x", "Buy there")
    );
    let red = &products[3];
    assert_eq!(price(red), ("45 EUR".into(), "35 EUR".into()));
    assert_eq!(
        (red.availability, red.colors.join(""), red.image.as_str()),
        (Availability::Backorder, "Red".into(), "h.jpg")
    );
    assert_eq!(
        (red.attributes["Name"].as_str(), red.attributes["parent_sku"].as_str()),
        ("Hoodie - Red", "v")
    );
    assert_eq!(
        (products[4].image.as_str(), products[4].more_images.join(" ")),
        ("blue.jpg", "h.jpg back.jpg".into())
    );
}

#[test]
fn offers_of_every_shape_give_the_price_that_is_asked() {
    let offers = |offers: &str| {
        let text = format!(
            r#"{{"@context":"https://schema.org","@type":"Product","sku":"1","image":"a.jpg","offers":{offers}}}"#
        );
        let product = read("p.jsonld", &text).remove(0);
        (price(&product).0, product.availability, product.attributes.contains_key("offers"))
    };
    let there = Availability::InStock;
    assert_eq!(
        offers(r#"{"@type":"Offer","price":12.50,"priceCurrency":"USD","availability":"InStock"}"#),
        ("12.50 USD".into(), there, false)
    );
    assert_eq!(
        offers(
            r#"{"@type":"AggregateOffer","lowPrice":"9.99","highPrice":"19","priceCurrency":"USD","offerCount":3}"#
        ),
        ("9.99 USD".into(), Availability::Unknown, true)
    );
    assert_eq!(
        offers(
            r#"[{"price":"30","priceCurrency":"USD","availability":"https://schema.org/InStock"},{"price":"20","priceCurrency":"USD","availability":"https://schema.org/SoldOut"}]"#
        ),
        ("20 USD".into(), there, true)
    );
    assert_eq!(
        offers(
            r#"{"priceSpecification":{"price":7,"priceCurrency":"USD"},"availability":"http://schema.org/PreOrder"}"#
        ),
        ("7 USD".into(), Availability::Preorder, true)
    );
}

#[test]
fn variants_in_pages_of_their_own_find_their_group() {
    let page = |sku: &str, size: &str| {
        format!(
            r#"{{"@context":"https://schema.org","@type":"Product","sku":"{sku}","name":"Coat","image":"coat.jpg",
                "size":"{size}","isVariantOf":{{"@type":"ProductGroup","productGroupID":"coat"}}}}"#
        )
    };
    let coat = read("p.jsonld", &format!("{}\n{}", page("c-s", "S"), page("c-m", "M"))).remove(0);
    assert_eq!((coat.sizes.join(" "), coat.group.as_str(), coat.variants.len()), ("S M".into(), "coat", 2));
}

#[test]
fn a_mapping_reads_names_separators_and_decimals_of_ones_own() {
    let mapping = "currency = \"EUR\"\ndelimiter = \"|\"\nseparator = \"+\"\ndecimal = \",\"\n[columns]\n\
                   id = \"Nr\"\ntitle = \"Bezeichnung\"\nimage_link = \"Bild\"\nprice = \"VK\"\nsize = \"Größen\"\n\
                   age_group = \"Alter\"\n";
    let (_folder, path) = file("map.toml", mapping);
    let mapping = Mapping::read(&path).unwrap();
    let (_folder, path) =
        file("f.txt", "Nr|Bezeichnung|Bild|VK|Größen|Alter|title\n7|Jacke|j.jpg|1,299|S+M, L|adult|Intern\n");
    let jacket = products(&path, Options { mapping: Some(mapping), ..Options::default() }).remove(0);
    assert_eq!((jacket.id.as_str(), jacket.title.as_str()), ("7", "Jacke"));
    assert_eq!(price(&jacket).0, "1.299 EUR");
    assert_eq!(jacket.sizes, ["S", "M, L"]);
    assert_eq!(
        (jacket.attributes["age_group"].as_str(), jacket.attributes["title"].as_str()),
        ("adult", "Intern")
    );
}

#[test]
fn what_knytt_writes_itself_it_reads_back() {
    let product = Product {
        id: "1".into(),
        title: "Shirt".into(),
        price: "12.50 EUR".parse().ok(),
        sale_price: "10.00 EUR".parse().ok(),
        sizes: vec!["S".into(), "M".into()],
        colors: vec!["red/white".into(), "blue".into()],
        image: "a.jpg".into(),
        more_images: vec!["b.jpg".into()],
        variants: vec![knytt_engine::Variant { id: "1-s".into(), size: "S".into(), ..Default::default() }],
        attributes: [("type".to_owned(), "x".to_owned())].into(),
        ..Product::default()
    };
    let line = serde_json::to_string(&product).unwrap();
    let (_folder, path) = file("f.jsonl", line);
    assert_eq!(products(&path, euros()), [product]);
}
