//! Feeds of many countries and programs: column names, layouts, several lists in one document, and spreadsheets.

use knytt_engine::{Availability, Product};
use knytt_feed::{Feed, Options};

use crate::common::{euros, file, products, read, told};

fn left_aside(name: &str, content: &str) -> Vec<(String, usize)> {
    let (_folder, path) = file(name, content);
    Feed::open(&path, euros()).unwrap().left_aside().to_vec()
}

fn only(name: &str, content: &str) -> Product {
    let mut found = read(name, content);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn a_document_with_several_lists_loses_none_and_names_what_it_leaves() {
    let text = r#"{"updated": "today", "lamps": [{"id": "l1", "name": "Desk lamp", "image": "l1.jpg", "price": 40}],
        "rugs": [{"id": "r1", "name": "Wool rug", "image": "r1.jpg", "price": 90, "category": "Runners"}],
        "stores": [{"id": 1, "name": "Harbour", "image": "s.jpg"}]}"#;
    assert_eq!(told(&read("f.json", text)), ["l1 Desk lamp [lamps]", "r1 Wool rug [Runners]"]);
    assert_eq!(left_aside("f.json", text), [("stores".to_owned(), 1)]);
}

#[test]
fn products_under_their_ids_and_lines_with_something_around_them_are_read() {
    let by_id = r#"{"items": {"9001": {"name": "Desk lamp", "image": "l.jpg", "price": 40},
        "9002": {"sku": "own", "name": "Floor lamp", "image": "f.jpg", "price": 80}}}"#;
    assert_eq!(told(&read("f.json", by_id)), ["9001 Desk lamp []", "own Floor lamp []"]);
    let lines = "{\"page\": 1, \"items\": [{\"id\": 1, \"name\": \"Lamp\", \"image\": \"1.jpg\"}, {\"id\": 2, \"name\": \"Rug\", \"image\": \"2.jpg\"}]}\n\
        {\"page\": 2, \"items\": [{\"id\": 3, \"name\": \"Mug\", \"image\": \"3.jpg\"}]}\n\
        {\"product\": {\"id\": 4, \"name\": \"Jug\", \"image\": \"4.jpg\"}}\n";
    assert_eq!(told(&read("f.jsonl", lines)), ["1 Lamp []", "2 Rug []", "3 Mug []", "4 Jug []"]);
}

#[test]
fn xml_with_several_containers_loses_none() {
    let one = |tag: &str, id: &str| {
        format!("<{tag}><id>{id}</id><name>n</name><image>{id}.jpg</image><price>5</price></{tag}>")
    };
    let text = format!(
        "<shop><offices><office><name>Port</name></office><office><name>Hill</name></office></offices>\
         <lamps>{}{}</lamps><rugs>{}{}</rugs></shop>",
        one("lamp", "l1"),
        one("lamp", "l2"),
        one("rug", "r1"),
        one("rug", "r2")
    );
    assert_eq!(told(&read("f.xml", &text)), ["l1 n [lamps]", "l2 n [lamps]", "r1 n [rugs]", "r2 n [rugs]"]);
    assert_eq!(left_aside("f.xml", &text), [("shop/offices/office".to_owned(), 2)]);
    let named = format!(
        "<c><group name=\"Lamps\">{}</group><group name=\"Rugs\">{}</group></c>",
        one("product", "a"),
        one("product", "b")
    );
    assert_eq!(told(&read("f.xml", &named)), ["a n [Lamps]", "b n [Rugs]"]);
}

#[test]
fn tables_of_many_languages_are_read() {
    for (header, language) in [
        ("Kód tovaru;Názov;Obrázok;Cena;Kategória;Značka", "Slovak"),
        ("รหัสสินค้า;ชื่อสินค้า;รูปภาพ;ราคา;หมวดหมู่;ยี่ห้อ", "Thai"),
        ("מק\"ט;שם המוצר;תמונה;מחיר;קטגוריה;מותג", "Hebrew"),
        ("Κωδικός;Όνομα;Εικόνα;Τιμή;Κατηγορία;Μάρκα", "Greek"),
        ("Id oferty;Tytuł oferty;Zdjęcia;Cena PL;Kategoria główna;Marka", "Polish"),
        (
            "Artikelnummer im Shop;Produktname;Bild-URL_1;Preis;Produktgruppe;Hersteller / Markenname",
            "German",
        ),
        ("SKU;Product name;Image URL;Price;Category;Manufacturer", "English"),
    ] {
        let product = only("f.csv", &format!("{header}\nK-7;Thing;https://c.test/7.jpg;12,50;Lamps;Fjord\n"));
        let price = product.price.as_ref().map(ToString::to_string).unwrap_or_default();
        let found = [&product.id, &product.title, &product.image, &price, &product.category, &product.brand];
        assert_eq!(
            found,
            ["K-7", "Thing", "https://c.test/7.jpg", "12.50 EUR", "Lamps", "Fjord"],
            "{language}"
        );
    }
}

#[test]
fn comparison_sites_of_greece_and_poland_are_read() {
    let greek = only(
        "f.xml",
        "<mywebstore><created_at>2026-01-01 10:00</created_at><products><product><uniqueid>88</uniqueid>\
         <name><![CDATA[Desk lamp]]></name><link>https://s.test/88</link><image>https://s.test/88.jpg</image>\
         <additionalimage>https://s.test/88b.jpg</additionalimage><category>Home &gt; Lamps</category>\
         <price_with_vat>49.90</price_with_vat><manufacturer>Fjord</manufacturer><instock>Y</instock>\
         <availability>Delivery 1 to 3 days</availability></product></products></mywebstore>",
    );
    assert_eq!(
        (greek.id.as_str(), greek.title.as_str(), greek.category.as_str()),
        ("88", "Desk lamp", "Home > Lamps")
    );
    assert_eq!(greek.price.unwrap().to_string(), "49.90 EUR");
    assert_eq!((greek.availability, greek.more_images.len()), (Availability::InStock, 1));
    let polish = only(
        "f.xml",
        "<offers xmlns:xsi=\"x\" version=\"1\"><o id=\"77\" url=\"https://s.test/77\" price=\"19.90\" avail=\"99\">\
         <cat><![CDATA[Dom/Lampy]]></cat><name>Lampka</name><imgs><main url=\"https://s.test/77.jpg\"/>\
         <i url=\"https://s.test/77b.jpg\"/></imgs><desc>Mała.</desc><attrs><a name=\"Producent\">Fjord</a>\
         <a name=\"Kolor\">czarny</a><a name=\"Kod_producenta\">F-7</a></attrs></o></offers>",
    );
    assert_eq!(
        (polish.id.as_str(), polish.title.as_str(), polish.description.as_str()),
        ("77", "Lampka", "Mała.")
    );
    assert_eq!((polish.brand.as_str(), polish.colors.join(" ").as_str()), ("Fjord", "czarny"));
    assert_eq!((polish.image.as_str(), polish.more_images.len()), ("https://s.test/77.jpg", 1));
    assert_eq!((polish.availability, polish.category.as_str()), (Availability::Unknown, "Dom/Lampy"));
}

#[test]
fn an_address_of_a_picture_is_no_id() {
    let ids = |text: &str| read("f.csv", text).into_iter().map(|p| p.id).collect::<Vec<_>>();
    let rows = "K-1,Lamp,https://c.test/a.jpg\nK-2,Rug,https://c.test/b.jpg\n";
    assert_eq!(
        ids(&format!("Zboží č.,name,image\n{rows}")),
        ["K-1", "K-2"],
        "the first column tells rows apart"
    );
    assert_eq!(ids("name,image\nLamp,https://c.test/a.jpg?w=9\nRug,https://c.test/b.jpg\n"), ["a", "b"]);
    assert_eq!(
        ids("name,image\nLamp,https://c.test/a.jpg\nLamp 2,https://c.test/a.jpg\n"),
        ["row-1", "row-2"],
        "two products with one picture are two"
    );
}

#[test]
fn the_lowest_of_several_prices_is_the_price_and_is_counted() {
    let (_folder, path) = file(
        "f.csv",
        "id;image;price\n1;1.jpg;\"od 12,90 zł\"\n2;2.jpg;ab 14,90 €\n3;3.jpg;19,90 - 29,90 €\n4;4.jpg;12,50 €\n5;5.jpg;1.499,- €\n",
    );
    let prices: Vec<_> =
        products(&path, Options::default()).iter().map(|p| p.price.as_ref().unwrap().to_string()).collect();
    assert_eq!(prices, ["12.90 PLN", "14.90 EUR", "19.90 EUR", "12.50 EUR", "1499.00 EUR"]);
    assert_eq!(Feed::open(&path, Options::default()).unwrap().from_prices(), 3);
}
