//! Formats of comparison sites and of shop builders: what they write is what a catalogue gets.

use std::fmt::Write;
use std::path::Path;

use knytt_engine::{Availability, Product};
use knytt_feed::{Feed, Format};
use proptest::prelude::*;

use crate::common::{euros, products};

/// A product as each of these formats can tell it.
#[derive(Clone, Debug)]
struct Thing {
    number: usize,
    title: String,
    brand: String,
    path: Vec<String>,
    description: String,
    cents: u32,
    sale_cents: Option<u32>,
    is_there: bool,
    images: usize,
    color: &'static str,
}

impl Thing {
    fn id(&self) -> String {
        format!("thing-{}", self.number)
    }

    fn image(&self, n: usize) -> String {
        format!("https://cdn.test/w=8,h=9/{}-{n}.jpg", self.number)
    }

    fn images(&self) -> Vec<String> {
        (0..self.images).map(|n| self.image(n)).collect()
    }

    fn price(&self) -> String {
        decimal(self.cents)
    }

    fn sale(&self) -> String {
        self.sale_cents.map(decimal).unwrap_or_default()
    }
}

fn decimal(cents: u32) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn things() -> impl Strategy<Value = Vec<Thing>> {
    let title = "[A-Za-zÀ-ž0-9][A-Za-zÀ-ž0-9 ,;'\"&|/()é-]{0,30}[A-Za-z0-9.!?]";
    let path = proptest::collection::vec("[A-Z][a-zé]{2,8}", 1..4);
    let prices = (200u32..500_000, proptest::option::of(1u32..100));
    let color = prop_oneof![Just("red"), Just("navy blue"), Just("黒")];
    let thing = (
        title,
        "[A-Z][a-zé]{1,9}",
        path,
        "[A-Za-z][A-Za-z ,.]{0,60}[a-z]",
        prices,
        any::<bool>(),
        1usize..4,
        color,
    );
    let thing =
        thing.prop_map(|(title, brand, path, description, (cents, off), is_there, images, color)| Thing {
            number: 0,
            // No entity is there by chance: those are read.
            title: title.replace('&', "& ").split_whitespace().collect::<Vec<_>>().join(" "),
            brand,
            path,
            description: description.split_whitespace().collect::<Vec<_>>().join(" "),
            cents,
            sale_cents: off.map(|percent| (cents - 1) * percent / 100).filter(|sale| *sale > 0),
            is_there,
            images,
            color,
        });
    proptest::collection::vec(thing, 200..210).prop_map(|mut things| {
        things.iter_mut().enumerate().for_each(|(number, thing)| thing.number = number);
        things
    })
}

/// What a format cannot tell is changed by `as_told` before it is compared.
fn round_trip(
    things: &[Thing],
    format: Format,
    write: impl Fn(&[Thing], &Path),
    as_told: impl Fn(&Thing, &mut Product),
) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feed");
    write(things, &path);
    assert_eq!(Feed::open(&path, euros()).unwrap().format(), format);
    let found = products(&path, euros());
    assert_eq!(found.len(), things.len());
    for (product, thing) in found.into_iter().zip(things) {
        let mut images = thing.images().into_iter();
        let mut expected = Product {
            id: thing.id(),
            title: thing.title.clone(),
            brand: thing.brand.clone(),
            category: thing.path.join(" > "),
            description: thing.description.clone(),
            price: format!("{} EUR", thing.price()).parse().ok(),
            sale_price: thing.sale_cents.and_then(|cents| format!("{} EUR", decimal(cents)).parse().ok()),
            colors: vec![thing.color.into()],
            availability: if thing.is_there { Availability::InStock } else { Availability::OutOfStock },
            image: images.next().unwrap(),
            more_images: images.collect(),
            ..Product::default()
        };
        as_told(thing, &mut expected);
        assert_eq!(Product { attributes: Default::default(), ..product }, expected);
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn table(path: &Path, header: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_path(path).unwrap();
    writer.write_record(header).unwrap();
    rows.for_each(|row| writer.write_record(row).unwrap());
    writer.flush().unwrap();
}

fn heureka(things: &[Thing], path: &Path) {
    let mut text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<SHOP>\n".to_owned();
    for thing in things {
        let now = if thing.sale_cents.is_some() { thing.sale() } else { thing.price() };
        let others: String = thing.images()[1..]
            .iter()
            .map(|i| format!("<IMGURL_ALTERNATIVE>{i}</IMGURL_ALTERNATIVE>"))
            .collect();
        writeln!(
            text,
            "<SHOPITEM><ITEM_ID>{}</ITEM_ID><PRODUCTNAME>{}</PRODUCTNAME><DESCRIPTION><![CDATA[<p>{}</p>]]></DESCRIPTION>\
             <IMGURL>{}</IMGURL>{others}<PRICE_VAT>{now}</PRICE_VAT><MANUFACTURER>{}</MANUFACTURER>\
             <CATEGORYTEXT>{}</CATEGORYTEXT><DELIVERY_DATE>{}</DELIVERY_DATE>\
             <PARAM><PARAM_NAME>Barva</PARAM_NAME><VAL>{}</VAL></PARAM></SHOPITEM>",
            thing.id(),
            escaped(&thing.title),
            thing.description,
            thing.image(0),
            thing.brand,
            thing.path.join(" | "),
            if thing.is_there { 0 } else { 14 },
            thing.color,
        )
        .unwrap();
    }
    std::fs::write(path, text + "</SHOP>").unwrap();
}

fn yml(things: &[Thing], path: &Path) {
    let mut text =
        "<?xml version=\"1.0\"?>\n<yml_catalog date=\"2026-01-01\"><shop><name>x</name><categories>\n"
            .to_owned();
    for thing in things {
        for (depth, name) in thing.path.iter().enumerate() {
            let parent = if depth > 0 {
                format!(" parentId=\"{}-{}\"", thing.number, depth - 1)
            } else {
                String::new()
            };
            writeln!(text, "<category id=\"{}-{depth}\"{parent}>{name}</category>", thing.number).unwrap();
        }
    }
    text.push_str("</categories><offers>\n");
    for thing in things {
        let (now, before) = match thing.sale_cents {
            Some(_) => (thing.sale(), format!("<oldprice>{}</oldprice>", thing.price())),
            None => (thing.price(), String::new()),
        };
        let pictures: String =
            thing.images().iter().map(|image| format!("<picture>{image}</picture>")).collect();
        writeln!(
            text,
            "<offer id=\"{}\" available=\"{}\"><price>{now}</price>{before}<currencyId>EUR</currencyId>\
             <categoryId>{}-{}</categoryId>{pictures}<name>{}</name><vendor>{}</vendor>\
             <description>{}</description><param name=\"Цвет\">{}</param></offer>",
            thing.id(),
            thing.is_there,
            thing.number,
            thing.path.len() - 1,
            escaped(&thing.title),
            thing.brand,
            escaped(&thing.description),
            thing.color,
        )
        .unwrap();
    }
    std::fs::write(path, text + "</offers></shop></yml_catalog>").unwrap();
}

fn magento(things: &[Thing], path: &Path) {
    let header = [
        "sku",
        "store_view_code",
        "attribute_set_code",
        "product_type",
        "categories",
        "product_websites",
        "name",
        "description",
        "product_online",
        "visibility",
        "price",
        "special_price",
        "base_image",
        "additional_images",
        "qty",
        "is_in_stock",
        "additional_attributes",
        "manufacturer",
    ];
    let row = |thing: &Thing| {
        let paths: Vec<_> = (1..=thing.path.len())
            .map(|n| format!("Default Category/{}", thing.path[..n].join("/")))
            .collect();
        [
            thing.id(),
            String::new(),
            "Default".into(),
            "simple".into(),
            paths.join(","),
            "base".into(),
            thing.title.clone(),
            format!("<p>{}</p>", thing.description),
            "1".into(),
            "Catalog, Search".into(),
            format!("{}00", thing.price()),
            thing.sale(),
            thing.image(0),
            thing.images()[1..].join(","),
            "3.0000".into(),
            u8::from(thing.is_there).to_string(),
            format!("color={}", thing.color),
            thing.brand.clone(),
        ]
        .to_vec()
    };
    table(path, &header, things.iter().map(row));
}

fn meta(things: &[Thing], path: &Path) {
    let header = [
        "id",
        "title",
        "description",
        "availability",
        "price",
        "sale_price",
        "image[0].url",
        "image[1].url",
        "image[2].url",
        "brand",
        "product_type",
        "color",
        "fb_product_category",
    ];
    let row = |thing: &Thing| {
        let sale = thing.sale_cents.map(|_| format!("{} EUR", thing.sale())).unwrap_or_default();
        let image = |n: usize| thing.images().get(n).cloned().unwrap_or_default();
        [
            thing.id(),
            thing.title.clone(),
            thing.description.clone(),
            if thing.is_there { "in stock" } else { "out of stock" }.into(),
            format!("{} EUR", thing.price()),
            sale,
            image(0),
            image(1),
            image(2),
            thing.brand.clone(),
            thing.path.join(" > "),
            thing.color.into(),
            "home".into(),
        ]
        .to_vec()
    };
    table(path, &header, things.iter().map(row));
}

fn wix(things: &[Thing], path: &Path) {
    let header = [
        "handleId",
        "fieldType",
        "name",
        "description",
        "productImageUrl",
        "collection",
        "sku",
        "price",
        "surcharge",
        "visible",
        "discountMode",
        "discountValue",
        "inventory",
        "productOptionName1",
        "productOptionType1",
        "productOptionDescription1",
        "brand",
    ];
    let row = |thing: &Thing| {
        let off = thing.sale_cents.map_or(0, |sale| thing.cents - sale);
        [
            thing.id(),
            "Product".into(),
            thing.title.clone(),
            format!("<p>{}</p>", thing.description),
            thing.images().join(";"),
            format!("{};Sale", thing.path.join(" > ")),
            String::new(),
            thing.price(),
            String::new(),
            "true".into(),
            "AMOUNT".into(),
            decimal(off),
            if thing.is_there { "InStock" } else { "OutOfStock" }.into(),
            "Color".into(),
            "COLOR".into(),
            format!("#ff0000:{}", thing.color),
            thing.brand.clone(),
        ]
        .to_vec()
    };
    table(path, &header, things.iter().map(row));
}

fn etsy(things: &[Thing], path: &Path) {
    let header = [
        "TITLE",
        "DESCRIPTION",
        "PRICE",
        "CURRENCY_CODE",
        "QUANTITY",
        "TAGS",
        "MATERIALS",
        "IMAGE1",
        "IMAGE2",
        "IMAGE3",
        "VARIATION 1 TYPE",
        "VARIATION 1 NAME",
        "VARIATION 1 VALUES",
        "SKU",
    ];
    let row = |thing: &Thing| {
        let image = |n: usize| thing.images().get(n).cloned().unwrap_or_default();
        [
            thing.title.clone(),
            thing.description.clone(),
            thing.price(),
            "EUR".into(),
            if thing.is_there { "2" } else { "0" }.into(),
            String::new(),
            "Wool".into(),
            image(0),
            image(1),
            image(2),
            "Custom".into(),
            "Color".into(),
            thing.color.into(),
            thing.id(),
        ]
        .to_vec()
    };
    table(path, &header, things.iter().map(row));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2, max_shrink_iters: 100, ..ProptestConfig::default() })]

    #[test]
    fn heureka_has_no_former_price_and_says_days(things in things()) {
        round_trip(&things, Format::Heureka, heureka, |thing, expected| {
            if let Some(sale) = expected.sale_price.take() {
                expected.price = Some(sale);
            }
            if !thing.is_there {
                expected.availability = Availability::Backorder;
            }
        });
    }

    #[test]
    fn yml_has_what_is_not_there_made_to_order(things in things()) {
        round_trip(&things, Format::Yml, yml, |thing, expected| {
            if !thing.is_there {
                expected.availability = Availability::Backorder;
            }
        });
    }

    #[test]
    fn magento_keeps_everything(things in things()) {
        round_trip(&things, Format::Magento, magento, |thing, expected| {
            expected.price = format!("{}00 EUR", thing.price()).parse().ok();
        });
    }

    #[test]
    fn meta_keeps_everything(things in things()) {
        round_trip(&things, Format::Meta, meta, |_, _| {});
    }

    #[test]
    fn wix_keeps_everything(things in things()) {
        round_trip(&things, Format::Wix, wix, |_, _| {});
    }

    #[test]
    fn etsy_has_no_brand_and_no_kind(things in things()) {
        round_trip(&things, Format::Etsy, etsy, |_, expected| {
            (expected.brand, expected.category, expected.sale_price) = Default::default();
        });
    }
}

#[test]
fn a_configurable_product_of_magento_is_its_variants() {
    let feed = "\
sku,attribute_set_code,product_type,categories,product_online,visibility,name,price,base_image,qty,is_in_stock,additional_attributes,configurable_variations,store_view_code
top-s,Default,simple,,1,Not Visible Individually,Top S,20.00,,1,1,material=Linen,,
top-m,Default,simple,,1,Not Visible Individually,Top M,22.00,,0,0,,,
top,Default,configurable,Default Category/Tops,1,\"Catalog, Search\",Top,,top.jpg,0,1,,\"sku=top-s,size=S|sku=top-m,size=M\",
top,,,,,,Haut,,,,,,,fr
lone,Default,simple,,1,Not Visible Individually,Lone,5.00,lone.jpg,1,1,,,
";
    let found = crate::common::read("m.csv", feed);
    let [top] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((top.id.as_str(), top.title.as_str(), top.category.as_str()), ("top", "Top", "Tops"));
    assert_eq!((top.sizes.join(" "), top.variants.len()), ("S M".to_owned(), 2));
    assert_eq!(top.variants[1].availability, Availability::OutOfStock);
}
