//! Exports of shop systems that have rows of their own for variants, or names of their own.

use knytt_engine::{Availability, Product};

use crate::common::{read, told};

fn prices(product: &Product) -> [String; 2] {
    [&product.price, &product.sale_price]
        .map(|price| price.as_ref().map(|p| p.amount.to_string()).unwrap_or_default())
}

#[test]
fn squarespaces_variants_are_those_of_the_row_above() {
    let found = read(
        "f.csv",
        "Product ID [Non Editable],Variant ID [Non Editable],Product Type [Non Editable],Product Page,Title,Description,SKU,\
         Option Name 1,Option Value 1,Price,Sale Price,On Sale,Stock,Categories,Visible,Hosted Image URLs\n\
         p1,v1,PHYSICAL,shop,Lamp,<p>Bright</p>,S1,Size,Small,20.00,0.00,No,Unlimited,/lamps,Yes,https://c.test/a.jpg https://c.test/b.jpg\n\
         ,v2,,,,,S2,Size,Large,25.00,0.00,No,0,,,\n\
         p3,v3,PHYSICAL,shop,Rug,,S3,,,90.00,70.00,Yes,3,/rugs,Yes,https://c.test/c.jpg\n\
         p4,v4,PHYSICAL,shop,Old,,S4,,,9.00,0.00,No,3,,No,https://c.test/d.jpg\n",
    );
    assert_eq!(told(&found), ["p1 Lamp [lamps]", "p3 Rug [rugs]"]);
    let [lamp, rug] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(
        (lamp.sizes.join(" "), lamp.variants.len(), lamp.more_images.len()),
        ("Small Large".to_owned(), 2, 1)
    );
    assert_eq!(
        (prices(lamp), prices(rug)),
        (["20.00", ""].map(String::from), ["90.00", "70.00"].map(String::from))
    );
    assert_eq!(lamp.variants[1].availability, Availability::OutOfStock);
}

#[test]
fn ecwids_variations_have_prices_and_options_of_their_own() {
    let found = read(
        "f.csv",
        "type,product_internal_id,product_sku,product_name,product_price,product_compare_to_price,product_quantity,\
         product_is_available,product_media_main_image_url,product_media_gallery_image_url_1,product_category_1,\
         product_brand,product_option_name,product_option_value,product_variation_sku,product_variation_price,product_variation_option_Size\n\
         product,901,1,Lamp,40,50,3,true,a.jpg,b.jpg,Home / Lamps,Fjord,,,,,\n\
         product_option,901,,,,,,,,,,,Size,S,,,\nproduct_variation,901,,,,,,,,,,,,,1-S,42,S\n\
         product,902,2,Rug,90,,0,true,c.jpg,,Home / Rugs,Fjord,,,,,\n",
    );
    assert_eq!(told(&found), ["901 Lamp [Home / Lamps]", "902 Rug [Home / Rugs]"]);
    assert_eq!(
        (prices(&found[0]), found[0].sizes.join(" ")),
        (["50", "42"].map(String::from), "S".to_owned())
    );
    assert_eq!((found[0].more_images.len(), found[1].availability), (1, Availability::OutOfStock));
}

#[test]
fn bigcommerces_skus_say_in_their_names_what_they_are() {
    let found = read(
        "f.csv",
        "Item Type,Product ID,Product Name,Product Type,Product Code/SKU,Brand Name,Product Description,Price,Retail Price,\
         Sale Price,Product Visible?,Track Inventory,Current Stock Level,Category,Product Image File - 1,Product Image File - 2\n\
         Product,77,Chambray,P,CH,Fjord,<p>Nice</p>,49.00,59.00,0.00,Y,none,0,Towels,a.jpg,b.jpg\n\
         \"  SKU\",,\"[S]Size=Small,[RB]Color=Red\",,CH-S,,,,,,,,4,,,\n\"  Rule\",,,,CH-S,,,[FIXED]52,,,,,,,,\n\
         Product,80,Old,P,OLD,Fjord,,5.00,0.00,0.00,N,none,0,Towels,c.jpg,\n",
    );
    assert_eq!(told(&found), ["77 Chambray [Towels]"]);
    assert_eq!(
        (found[0].sizes.join(" "), found[0].colors.join(" "), found[0].more_images.len()),
        ("Small".into(), "Red".into(), 1)
    );
    assert_eq!(found[0].availability, Availability::InStock, "nobody counts it");
}

#[test]
fn wixs_newer_export_has_rows_for_variants_and_pictures() {
    let found = read(
        "f.csv",
        "handle,fieldType,name,visible,plainDescription,media,brand,price,strikethroughPrice,inventory,sku,productOptionName[1],productOptionChoices[1]\n\
         stool,PRODUCT,Stool,TRUE,<p>Firm</p>,a.jpg,Fjord,45,60,IN_STOCK,W,Size,Low;High\n\
         stool,VARIANT,,,,,,45,60,IN_STOCK,W-L,,Low\nstool,VARIANT,,,,,,55,70,OUT_OF_STOCK,W-H,,High\nstool,MEDIA,,,,b.jpg,,,,,,,\n",
    );
    assert_eq!(told(&found), ["stool Stool []"]);
    assert_eq!(
        (prices(&found[0]), found[0].sizes.join(" ")),
        (["60", "45"].map(String::from), "Low High".to_owned())
    );
    assert_eq!((found[0].more_images.len(), found[0].variants.len()), (1, 2));
}

#[test]
fn shopifys_graphql_is_read_as_its_rest_answers() {
    let bulk = r#"{"id": "gid://shopify/Product/1", "title": "Lamp", "vendor": "Fjord", "productType": "Lamps", "status": "ACTIVE"}
{"id": "gid://shopify/ProductVariant/11", "price": "40.00", "compareAtPrice": "50.00", "inventoryQuantity": 3, "selectedOptions": [{"name": "Color", "value": "Black"}], "__parentId": "gid://shopify/Product/1"}
{"id": "gid://shopify/ProductImage/21", "url": "a.jpg", "__parentId": "gid://shopify/Product/1"}
{"id": "gid://shopify/Product/2", "title": "Draft", "status": "DRAFT"}
"#;
    let found = read("bulk.jsonl", bulk);
    assert_eq!(told(&found), ["1 Lamp [Lamps]"]);
    assert_eq!(
        (prices(&found[0]), found[0].colors.join(" ")),
        (["50.00", "40.00"].map(String::from), "Black".to_owned())
    );
}

#[test]
fn attributes_that_are_lists_of_pairs_are_read() {
    let woo = r#"[{"id": 7, "name": "Tee", "type": "simple", "status": "publish", "regular_price": "21.99", "sale_price": "19.99",
        "stock_status": "instock", "categories": [{"id": 9, "name": "Shirts"}], "images": [{"id": 1, "src": "a.jpg"}],
        "attributes": [{"id": 6, "name": "Color", "options": ["Black", "Green"]}, {"name": "Fit", "options": ["slim"]}]}]"#;
    let found = read("woo.json", woo);
    assert_eq!(
        (told(&found), found[0].colors.join(" ")),
        (vec!["7 Tee [Shirts]".to_owned()], "Black Green".to_owned())
    );
    assert_eq!(
        (found[0].attributes["Fit"].as_str(), prices(&found[0])),
        ("slim", ["21.99", "19.99"].map(String::from))
    );
    let magento = r#"{"items": [{"id": 1, "sku": "B1", "name": "Bag", "price": 34, "type_id": "simple",
        "media_gallery_entries": [{"id": 1, "media_type": "image", "file": "/b/a.jpg"}],
        "custom_attributes": [{"attribute_code": "description", "value": "<p>Sporty</p>"}, {"attribute_code": "special_price", "value": "30.0000"}]}], "total_count": 1}"#;
    let found = read("magento.json", magento);
    assert_eq!(
        (found[0].description.as_str(), prices(&found[0])),
        ("Sporty", ["34", "30.0000"].map(String::from))
    );
}
