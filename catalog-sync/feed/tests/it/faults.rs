//! What real exports do that no document says, and what must come of it.

use knytt_engine::Product;
use knytt_feed::{Error, Feed, Format, Options, Source, SourceKind};

use crate::common::{codes, entries, euros, file, products, read};

fn ids(products: &[Product]) -> Vec<&str> {
    products.iter().map(|product| product.id.as_str()).collect()
}

fn prices(content: &str) -> Vec<String> {
    let (_folder, path) = file("f.csv", content);
    let all = entries(&path, Options::default());
    let shown =
        |price: &Option<knytt_engine::Price>| price.as_ref().map(ToString::to_string).unwrap_or_default();
    all.into_iter()
        .map(|entry| entry.map_or_else(|refused| refused.code.into(), |item| shown(&item.product.price)))
        .collect()
}

#[test]
fn a_folder_of_pictures_stays_one_when_a_page_is_saved_into_it() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let page = r#"<html><script type="application/ld+json">{"@context": "https://schema.org", "@type": "Product",
        "sku": "7", "name": "Hat", "image": "https://c.test/hat.jpg"}</script>"#;
    write("Hat.html", page);
    write("Hat_files/logo.png", "x");
    let kind = || Source::open(folder.path(), Options::default()).unwrap().kind();
    assert_eq!(kind(), SourceKind::Pages);
    write("b.jpg", "x");
    assert_eq!(kind(), SourceKind::Pictures);
    let asked = Options { format: Some(Format::JsonLd), ..Options::default() };
    assert_eq!(Source::open(folder.path(), asked).unwrap().kind(), SourceKind::Pages);
}

#[test]
fn further_pictures_are_kept_wherever_they_are() {
    let found = read("f.csv", "id,image_link,image_link,Image 2\n1,a.jpg,b.jpg,c.jpg\n2,\"d.jpg;e.jpg\",,\n");
    assert_eq!(found[0].more_images, ["b.jpg", "c.jpg"]);
    assert_eq!((found[1].image.as_str(), found[1].more_images.join(" ").as_str()), ("d.jpg", "e.jpg"));
    let found = read("f.jsonl", r#"{"id": 1, "photos": ["a.jpg", {"url": "b.jpg"}], "thumbnail": "t.jpg"}"#);
    assert_eq!((found[0].image.as_str(), found[0].more_images.join(" ").as_str()), ("a.jpg", "b.jpg"));
}

#[test]
fn every_encoding_gives_the_same_letters_and_nothing_becomes_a_replacement() {
    let json = r#"[{"id": "1", "title": "Überzug für Stühle", "image": "a.jpg"}]"#;
    let page = "<html><head><meta charset=\"windows-1250\"></head><script type=\"application/ld+json\">\
        {\"@context\":\"https://schema.org\",\"@type\":\"Product\",\"sku\":\"1\",\"name\":\"Židle černá\",\"image\":\"a.jpg\"}</script>";
    let xml = "<?xml version='1.0' encoding='KOI8-R'?><rss><item><id>1</id><title>Скатерть льняная</title><image>a.jpg</image></item></rss>";
    for (name, text, label, title) in [
        ("f.json", json, "windows-1252", "Überzug für Stühle"),
        ("f.html", page, "windows-1250", "Židle černá"),
        ("f.xml", xml, "koi8-r", "Скатерть льняная"),
    ] {
        let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap();
        let (_folder, path) = file(name, encoding.encode(text).0);
        assert_eq!(products(&path, euros())[0].title, title, "{name}");
    }
    let damaged = b"[{\"id\": \"1\", \"title\": \"caf\xc3\xa9 \xff\", \"image\": \"a.jpg\"}, {\"id\": \"2\", \"image\": \"b.jpg\"}]";
    let told = codes("f.json", damaged);
    assert_eq!(told, [("f.json#1".to_owned(), "bad-utf8"), ("f.json#2".to_owned(), "ok")]);
}

#[test]
fn a_column_of_prices_tells_what_its_signs_are() {
    assert_eq!(prices("id,price,image\n1,€ 12.990,a\n2,€ 8.500,b\n"), ["12990 EUR", "8500 EUR"]);
    assert_eq!(prices("id;price;image\n1;1.299 EUR;a\n2;12,50 EUR;b\n"), ["1299 EUR", "12.50 EUR"]);
    assert_eq!(prices("id,price,image\n1,1.299 EUR,a\n2,12.50 EUR,b\n"), ["bad-price", "12.50 EUR"]);
    assert_eq!(
        prices("id,price,image\n1,PYG 85.000,a\n2,129.900 COP,b\n3,4.250 KWD,c\n"),
        ["85000 PYG", "129900 COP", "4.250 KWD"]
    );
    assert_eq!(
        prices("id,price,image\n1,150.000 ₫,a\n2,499 Ft,b\n3,79 TL,c\n"),
        ["150000 VND", "499 HUF", "79 TRY"]
    );
    assert_eq!(prices("id,price,image\n1,499 kr,a\n2,SEK 129,b\n"), ["499 SEK", "129 SEK"]);
}

#[test]
fn a_shopify_file_that_was_sorted_keeps_titles_and_hides_drafts() {
    let feed = "Handle,Title,Type,Option1 Name,Option1 Value,Variant Price,Image Src,Status\n\
                bag,,,,Large,34,,\nrug,,,,,,rug2.jpg,\nbag,Felt bag,Bags,Size,Small,30,bag.jpg,active\nrug,Rug,Rugs,Title,Default Title,9,rug.jpg,draft\n";
    let found = read("s.csv", feed);
    let [bag] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(
        (bag.id.as_str(), bag.title.as_str(), bag.category.as_str(), bag.sizes.len()),
        ("bag", "Felt bag", "Bags", 2)
    );
}

#[test]
fn a_feed_is_read_whatever_stands_above_and_around_it() {
    for (name, content) in [
        ("f.csv", "sep=;\nid;title;image\n7;Cup, blue;a.jpg\n"),
        (
            "f.csv",
            "# Required | the id,# Required | the title,# Optional\nid,title,image\n7,\"Cup, blue\",a.jpg\n",
        ),
        ("f.csv", "Export\n\nid;title;image\n7;Cup, blue;a.jpg;\n;;\n"),
        (
            "f.xml",
            "<rss><channel><item><id>7</id><title>Cup, blue</title><image>a.jpg</image><description><![CDATA[<script>x</script><html>]]></description></item></channel></rss>",
        ),
        (
            "f.xml",
            "<stock><ware id='7'><title>Cup, blue</title><photo>a.jpg</photo></ware><ware id='8'><title>x</title></ware></stock>",
        ),
        (
            "f.json",
            "{\"result\": {\"rows\": [\n{\"id\": 7, \"title\": \"Cup, blue\", \"image\": \"a.jpg\"}]}}",
        ),
        (
            "f.json",
            "{\"products\": [{\"id\": 7, \"title\": \"Cup, blue\", \"price\": 3, \"image\": \"a.jpg\"}]}",
        ),
    ] {
        let (_folder, path) = file(name, content);
        let found: Vec<Product> =
            entries(&path, euros()).into_iter().flatten().map(|item| item.product).collect();
        assert_eq!((ids(&found), found[0].title.as_str()), (vec!["7"], "Cup, blue"), "{content}");
    }
}

#[test]
fn short_and_long_rows_are_rows_where_what_lacks_or_is_too_much_is_empty() {
    let told = codes("f.csv", "id,title,image,brand\n1,A,a.jpg\n2,B,b.jpg,X,,\n\n , ,\n3,C,c.jpg,X,Y\n");
    let told: Vec<_> = told.iter().map(|(place, code)| (place.as_str(), *code)).collect();
    assert_eq!(told, [("f.csv:2", "ok"), ("f.csv:3", "ok"), ("f.csv:6", "wrong-column-count")]);
}

#[test]
fn what_is_set_aside_names_its_product() {
    let (_folder, path) = file("f.csv", "id,title,price,image\nsku-12,Teapot,ask us,a.jpg\n");
    let refused = entries(&path, euros()).remove(0).unwrap_err();
    assert_eq!(refused.product().as_deref(), Some("sku-12 \"Teapot\""));
}

#[test]
fn a_feed_of_many_columns_is_refused_in_a_few_words() {
    let header: Vec<String> = (0..600).map(|n| format!("column of the shop's own number {n}")).collect();
    let (_folder, path) = file("f.csv", format!("{}\n1\n", header.join(",")));
    let Err(error @ Error::NoPictureColumn { .. }) = Feed::open(&path, Options::default()) else {
        panic!("no picture")
    };
    let said = format!("{error} {}", error.hint().unwrap_or_default());
    assert!(said.len() < 900 && said.contains("585 more"), "{said}");
}

#[test]
fn a_page_with_faults_of_its_own_gives_its_product() {
    let page = |head: &str, data: &str| {
        format!(
            "<!DOCTYPE html><html><head>{head}<script type=\"application/ld+json\">{data}</script></head></html>"
        )
    };
    let canonical = "<link rel=\"canonical\" href=\"https://s.test/shop/hook\">";
    for (head, data, image) in [
        ("", "{\"@type\":\"Product\",\"sku\":\"1\",\"name\":\"a\nb\",\"image\":\"x.jpg\",}}", "x.jpg"),
        (
            canonical,
            "{\"@type\":\"Product\",\"sku\":\"1\",\"image\":\"/media/x.jpg\"}",
            "https://s.test/media/x.jpg",
        ),
        (
            "",
            "//<![CDATA[\n{\"@graph\":[{\"@type\":\"Product\",\"sku\":\"1\",\"image\":[{\"@id\":\"#i\"}]},{\"@id\":\"#i\",\"contentUrl\":\"y.jpg\"}]}\n//]]>",
            "y.jpg",
        ),
    ] {
        let found = read("p.html", &page(head, data));
        assert_eq!((ids(&found), found[0].image.as_str()), (vec!["1"], image), "{data}");
    }
}

/// A zip file of these files, each deflated.
fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    use std::io::Write;
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(text.as_bytes()).unwrap();
        let packed = packer.finish().unwrap();
        let at = out.len() as u32;
        // Version, flags, method, time, date, checksum, sizes, lengths of the name and of what is extra.
        let mut head = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0];
        let mut checksum = flate2::Crc::new();
        checksum.update(text.as_bytes());
        head.extend(checksum.sum().to_le_bytes());
        head.extend((packed.len() as u32).to_le_bytes());
        head.extend((text.len() as u32).to_le_bytes());
        head.extend((name.len() as u16).to_le_bytes());
        head.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&head);
        out.extend(name.as_bytes());
        out.extend(&packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&head);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (at, length) = (out.len() as u32, directory.len() as u32);
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend((files.len() as u16).to_le_bytes());
    out.extend((files.len() as u16).to_le_bytes());
    out.extend(length.to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

#[test]
fn the_first_sheet_with_a_header_is_the_feed() {
    let sheet = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Our spring list</t></is></c></row>\
        <row r=\"3\"><c r=\"A3\" t=\"s\"><v>0</v></c><c r=\"B3\" t=\"s\"><v>1</v></c><c r=\"D3\" t=\"s\"><v>2</v></c></row>\
        <row r=\"4\"><c r=\"A4\"><v>4006381333931</v></c><c r=\"B4\"><v>12.5</v></c><c r=\"D4\" t=\"str\"><v>a.jpg</v></c></row>\
        <row r=\"5\"><c r=\"A5\"/></row></sheetData></worksheet>";
    let book = zip(&[
        (
            "_rels/.rels",
            "<Relationships><Relationship Id=\"r1\" Type=\"http://x/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
        ),
        (
            "xl/workbook.xml",
            "<workbook><sheets><sheet name=\"Info\" r:id=\"r2\"/><sheet name=\"List\" r:id=\"r1\"/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id=\"r1\" Type=\"http://x/relationships/worksheet\" Target=\"worksheets/one.xml\"/><Relationship Id=\"r2\" Type=\"http://x/relationships/worksheet\" Target=\"/xl/worksheets/two.xml\"/></Relationships>",
        ),
        (
            "xl/sharedStrings.xml",
            "<sst><si><t>SKU</t></si><si><r><t>Pri</t></r><r><t>ce</t></r></si><si><t>Image link</t></si></sst>",
        ),
        ("xl/worksheets/one.xml", sheet),
        (
            "xl/worksheets/two.xml",
            "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>Read me</v></c></row></sheetData></worksheet>",
        ),
    ]);
    let (_folder, path) = file("f.xlsx", book);
    let items = entries(&path, euros());
    let item = items[0].as_ref().unwrap();
    assert_eq!(
        (items.len(), item.place.as_str(), item.product.id.as_str()),
        (1, "f.xlsx:4", "4006381333931")
    );
    assert_eq!(item.product.price.as_ref().unwrap().to_string(), "12.5 EUR");
    let (_folder, path) = file("f.zip", zip(&[("a.txt", "x")]));
    assert!(matches!(Feed::open(&path, euros()), Err(Error::NoFeedInside { .. })));
}
