//! Feeds and pictures in zip files.

use std::io::Write;
use std::path::PathBuf;

use knytt_feed::{Error, Feed, Options, Picture, Source, read_picture};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::common::{euros, file, lines, products};

const FEED: &str = "id;title;price;image_link\n1;Jug;12,50 EUR;pics/a.jpg\n2;Bowl;8,00 EUR;pics/b.jpg\n";

pub fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn packed(members: &[(&str, &[u8])]) -> (TempDir, PathBuf) {
    file("export.zip", zipped(members))
}

#[test]
fn a_feed_in_a_zip_file_is_read_with_the_pictures_beside_it() {
    let (_folder, path) = packed(&[
        ("shop/list.csv", FEED.as_bytes()),
        ("shop/pics/a.jpg", b"one"),
        ("shop/pics/b.jpg", b"two"),
        ("shop/read me.md", b"Hello"),
        ("__MACOSX/shop/._list.csv", b"\0\0"),
    ]);
    let feed = Feed::open(&path, Options::default()).unwrap();
    let items: Vec<_> = feed.entries().unwrap().map(|entry| entry.unwrap().unwrap()).collect();
    assert_eq!(items[0].place, "export.zip/shop/list.csv:2");
    let read = |picture: &Picture| read_picture(picture, 9).unwrap();
    assert_eq!([&items[0], &items[1]].map(|item| read(&item.picture)), [b"one".to_vec(), b"two".to_vec()]);
    assert_eq!(feed.left_aside(), [("shop/read me.md".to_owned(), 1)]);
    let Picture::File(inside) = &items[0].picture else { panic!("a file") };
    assert!(feed.has_packed(inside) && !feed.has_packed(&path));
    drop(feed);
    assert!(!inside.exists(), "what was unpacked goes with the feed");
}

#[test]
fn pictures_may_be_beside_the_zip_file_and_the_zip_file_in_another() {
    let (folder, path) = packed(&[("list.csv", FEED.as_bytes())]);
    std::fs::create_dir(folder.path().join("pics")).unwrap();
    std::fs::write(folder.path().join("pics/a.jpg"), "beside").unwrap();
    let feed = Feed::open(&path, Options::default()).unwrap();
    let first = feed.entries().unwrap().next().unwrap().unwrap().unwrap();
    assert_eq!(read_picture(&first.picture, 9).unwrap(), b"beside");
    let mut again = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    again.write_all(&std::fs::read(&path).unwrap()).unwrap();
    let (_folder, path) = file("feed.gz", again.finish().unwrap());
    assert_eq!(products(&path, euros()).len(), 2);
}

#[test]
fn feeds_of_every_format_are_found_whatever_the_file_is_called() {
    let xml = "<products><product><id>1</id><name>Jug</name><price>5 EUR</price><image>a.jpg</image></product></products>";
    let json = r#"[{"id": "1", "name": "Jug", "price": "5 EUR", "image": "a.jpg"}]"#;
    for (name, content) in
        [("feed.xml", xml), ("out.json", json), ("products.txt", "id,name,price,image\n1,Jug,5 EUR,a.jpg\n")]
    {
        let (_folder, path) = file(
            "download",
            zipped(&[(name, content.as_bytes()), ("readme.txt", b"Made today.\n"), ("logo.svg", b"<svg/>")]),
        );
        assert_eq!(
            lines(&products(&path, Options::default())),
            ["1 | Jug | 5 EUR |  |  | 1 | unknown | 0 | "],
            "{name}"
        );
    }
}

#[test]
fn several_feeds_are_named() {
    let (_folder, path) = packed(&[("de.csv", FEED.as_bytes()), ("fr.csv", FEED.as_bytes())]);
    let Err(error @ Error::SeveralFeeds { .. }) = Feed::open(&path, Options::default()) else {
        panic!("two feeds")
    };
    assert!(error.to_string().contains("de.csv, fr.csv"), "{error}");
    // Notion writes one table twice.
    let (_folder, path) = packed(&[("List 1a.csv", FEED.as_bytes()), ("List 1a_all.csv", FEED.as_bytes())]);
    assert_eq!(products(&path, Options::default()).len(), 2);
    let (_folder, path) = packed(&[("manual.pdf", b"%PDF")]);
    let Err(error @ Error::NoFeedInside { .. }) = Feed::open(&path, Options::default()) else {
        panic!("no feed")
    };
    assert!(error.to_string().contains("manual.pdf"), "{error}");
}

#[test]
fn a_zip_file_of_pictures_is_a_folder_of_them() {
    let (_folder, path) = packed(&[
        ("mugs/blue mug.jpg", b"x"),
        ("mugs/read me.txt", b"Ours."),
        ("__MACOSX/mugs/._blue mug.jpg", b"x"),
    ]);
    let Ok(Source::Folder(folder)) = Source::open(&path, Options::default()) else { panic!("pictures") };
    let found: Vec<_> = folder.entries().map(|entry| entry.unwrap().product).collect();
    assert_eq!(lines(&found), ["mugs/blue mug.jpg | blue mug |  | mugs |  | 1 | unknown | 0 | "]);
}

#[test]
fn paths_that_lead_out_are_not_followed() {
    let (folder, path) = packed(&[
        ("list.csv", FEED.as_bytes()),
        ("../../out.jpg", b"x"),
        ("..\\out2.jpg", b"x"),
        ("C:\\out3.jpg", b"x"),
    ]);
    assert_eq!(products(&path, Options::default()).len(), 2);
    let names: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["export.zip"]);
}

#[test]
fn a_file_that_is_made_to_fill_disks_is_refused() {
    let zeros = vec![b'0'; 80 << 20];
    let (_folder, path) = packed(&[("list.csv", &zeros)]);
    let Err(error) = Feed::open(&path, Options::default()) else { panic!("a bomb") };
    assert!(error.to_string().contains("300 times"), "{error}");
}
