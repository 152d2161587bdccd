//! What cannot be used is set aside with its place and reason, and the rest is read.

use std::io::Write;

use knytt_feed::{Entry, Error, Feed, Format, Item, Options, Picture, Source};

use crate::common::{codes, entries, euros, file, products, read};

fn told<'a>(codes: &'a [(String, &'static str)]) -> Vec<(&'a str, &'static str)> {
    codes.iter().map(|(place, code)| (place.as_str(), *code)).collect()
}

#[test]
fn a_byte_that_is_not_text_spoils_its_row_in_every_format() {
    type Case = (&'static str, &'static [u8], [(&'static str, &'static str); 3]);
    let rows: [Case; 4] = [
        (
            "f.tsv",
            b"id\timage link\n1\ta.jpg\n2\tb\xff.jpg\n3\tc.jpg\n",
            [("f.tsv:2", "ok"), ("f.tsv:3", "bad-utf8"), ("f.tsv:4", "ok")],
        ),
        (
            "f.jsonl",
            b"{\"id\":1,\"image\":\"a\"}\n{\"id\":2,\"image\":\"\xff\"}\n{\"id\":3,\"image\":\"c\"}\n",
            [("f.jsonl:1", "ok"), ("f.jsonl:2", "bad-utf8"), ("f.jsonl:3", "ok")],
        ),
        (
            "f.xml",
            b"<rss><item><id>1</id><image>a</image></item>\n<item><id>\xff</id></item>\n<item><id>3</id><image>c</image></item></rss>",
            [("f.xml:1", "ok"), ("f.xml:2", "bad-utf8"), ("f.xml:3", "ok")],
        ),
        (
            "shop.csv",
            b"Handle,Title,Variant Price,Image Src\na,A,1,a.jpg\nb,\xff,2,b.jpg\nc,C,3,c.jpg\n",
            [("shop.csv:2", "ok"), ("shop.csv:3", "bad-utf8"), ("shop.csv:4", "ok")],
        ),
    ];
    for (name, content, expected) in rows {
        assert_eq!(told(&codes(name, content)), expected, "{name}");
    }
}

#[test]
fn utf16_and_gzip_read_as_plain_text_does() {
    let text = "id;title;image\n1;Größe 🧥;a.jpg\n2;naïve;b.jpg\n";
    let plain = read("f.csv", text);
    let utf16 =
        |unit: fn(u16) -> [u8; 2]| [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(unit).collect();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text.as_bytes()).unwrap();
    let encodings: [Vec<u8>; 4] = [
        utf16(u16::to_le_bytes),
        utf16(u16::to_be_bytes),
        format!("\u{feff}{text}").into_bytes(),
        packed.finish().unwrap(),
    ];
    for content in encodings {
        let (_folder, path) = file("f.csv", content);
        assert_eq!(products(&path, euros()), plain);
    }
}

#[test]
fn bad_rows_of_shops_have_their_codes() {
    let shopify = "Handle,Title,Variant Price,Image Src\n,No handle,1,a.jpg\nb,No picture,1,\nc,Bad price,ask,c.jpg\nd,D,4,d.jpg\n";
    assert_eq!(
        told(&codes("s.csv", shopify)),
        [("s.csv:2", "bad-id"), ("s.csv:3", "missing-image"), ("s.csv:4", "bad-price"), ("s.csv:5", "ok")]
    );
    let woo = "ID,Type,SKU,Name,Regular price,Images,Parent\n,simple,,Nobody,1,a.jpg,\n2,simple,,Two,2,b.jpg,\n2,simple,,Two again,2,c.jpg,\n";
    assert_eq!(
        told(&codes("w.csv", woo)),
        [("w.csv:2", "bad-id"), ("w.csv:3", "ok"), ("w.csv:4", "duplicate-id")]
    );
    let json = r#"{"products": [{"id": 1, "title": "A", "images": [{"src": "a.jpg"}]}, 7, {"id": 3}]}"#;
    assert_eq!(
        told(&codes("p.json", json)),
        [("p.json#1", "ok"), ("p.json#2", "bad-json"), ("p.json#3", "missing-image")]
    );
    let page = "<!DOCTYPE html>\n<script type=\"application/ld+json\">{oops</script>\n\
                <script type=\"application/ld+json\">{\"@type\": \"Product\", \"name\": \"A\", \"image\": \"a.jpg\"}</script>";
    assert_eq!(told(&codes("a.html", page)), [("a.html:2", "bad-json"), ("a.html#1", "ok")]);
}

#[test]
fn pictures_by_other_ways_than_files_and_http_are_not_followed() {
    let feed =
        "id,image\n1,ftp://shop.test/a.jpg\n2,smb://server/share/b.jpg\n3,http://\n4,C:\\pics\\a.jpg\n5,\n";
    let (_folder, path) = file("f.csv", feed);
    // What has a name for its picture comes out: an earlier build may have seen one of the product.
    let told = |entry: Entry| match entry {
        Ok(Item { picture: Picture::Missing(code, _), product, .. }) => format!("{} {code}", product.id),
        Ok(item) => format!("{} ok", item.product.id),
        Err(refused) => format!("{} set aside: {}", refused.id, refused.code),
    };
    let told: Vec<_> = entries(&path, euros()).into_iter().map(told).collect();
    assert_eq!(told, ["1 remote-image", "2 remote-image", "3 bad-url", "4 ok", "5 set aside: missing-image"]);
}

#[test]
fn a_parquet_file_that_is_cut_short_is_one_error() {
    let (_folder, path) = file("f.parquet", b"PAR1 and then nothing");
    assert!(matches!(Feed::open(&path, Options::default()), Err(Error::Damaged { .. })));
}

#[test]
fn what_the_shop_does_not_show_is_counted_and_left_out() {
    let feed = "Handle,Title,Published,Status,Variant Price,Image Src\na,A,true,active,1,a.jpg\nb,B,true,draft,1,b.jpg\n\
                c,C,false,active,1,c.jpg\nd,D,true,archived,1,d.jpg\n";
    let (_folder, path) = file("s.csv", feed);
    let opened = Feed::open(&path, euros()).unwrap();
    let hidden: Vec<_> = opened.hidden().iter().map(|(why, count)| (*why, *count)).collect();
    assert_eq!(hidden, [("archived", 1), ("draft", 1), ("unpublished", 1)]);
    assert_eq!(products(&path, euros()).len(), 1);
    assert_eq!(products(&path, Options { unpublished: true, ..euros() }).len(), 4);
}

#[test]
fn a_folder_is_of_pages_if_they_have_products() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("a.jpg", "x");
    write("index.html", "<html><p>Our photos</html>");
    assert!(matches!(Source::open(folder.path(), Options::default()), Ok(Source::Folder(_))));
    std::fs::remove_file(folder.path().join("a.jpg")).unwrap();
    let data = r#"{"@context": "https://schema.org", "@type": "Product", "sku": "7", "name": "Hat", "image": "a.jpg"}"#;
    write("hat.html", &format!("<html><script type=\"application/ld+json\">{data}</script>"));
    let Ok(Source::Feed(feed)) = Source::open(folder.path(), Options::default()) else {
        panic!("a folder of pages")
    };
    assert_eq!(feed.format(), Format::JsonLd);
    let products = products(folder.path(), euros());
    assert_eq!((products.len(), products[0].id.as_str()), (1, "7"));
    let items = entries(folder.path(), euros());
    assert_eq!(items[0].as_ref().unwrap().place, "hat.html#1");
}
