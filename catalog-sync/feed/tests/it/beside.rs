//! Feeds that name no pictures, and pictures beside them that are called like their products.

use std::path::Path;

use knytt_feed::{Error, Feed, Options, Picture};
use tempfile::TempDir;

use crate::archives::zipped;
use crate::common::file;

/// As Excel saves it in German: no column names a picture.
const LIST: &[u8] = b"Artikelnummer;Bezeichnung;VK-Preis\r\nK-100;Kleid gr\xfcn;59,95 \x80\r\nK-101;Rock;39,00 \x80\r\nK-102;Hut;12,00 \x80\r\n";

fn folder(files: &[&str]) -> (TempDir, std::path::PathBuf) {
    let (folder, path) = file("Preisliste.csv", LIST);
    for name in files {
        let full = folder.path().join(name);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(full, name).unwrap();
    }
    (folder, path)
}

/// Ids with the names of their pictures, or why there are none.
fn shown(feed: &Feed, root: &Path) -> Vec<String> {
    let told = |entry: knytt_feed::Entry| match entry {
        Ok(item) => {
            let Picture::File(picture) = &item.picture else { panic!("a file") };
            assert!(picture.is_file(), "{picture:?} in {root:?}");
            let others = item.product.more_images.join(" ");
            format!("{}: {} | {others}", item.product.id, item.product.image)
        }
        Err(refused) => format!("{}: {}", refused.product().unwrap_or_default(), refused.code),
    };
    feed.entries().unwrap().map(|entry| told(entry.unwrap())).collect()
}

#[test]
fn a_price_list_has_the_pictures_beside_it_that_are_called_like_its_articles() {
    let (folder, path) = folder(&[
        "Kleider/K-100-1.jpg",
        "Kleider/K-100-2.jpg",
        "Kleider/K-100-hinten.jpg",
        "Sommer/K-101.JPG",
        "Sommer/IMG_1234.JPG",
    ]);
    let feed = Feed::open(&path, Options::default()).unwrap();
    assert_eq!((feed.len(), feed.pictures_beside()), (3, 4));
    assert_eq!(
        shown(&feed, folder.path()),
        [
            "K-100: Kleider/K-100-1.jpg | Kleider/K-100-2.jpg Kleider/K-100-hinten.jpg",
            "K-101: Sommer/K-101.JPG | ",
            "K-102 \"Hut\": missing-image",
        ]
    );
}

#[test]
fn a_zip_file_of_a_price_list_and_pictures_is_a_feed() {
    for list in ["Preisliste.csv", "Listen/Preisliste.csv"] {
        let members: [(&str, &[u8]); 3] =
            [(list, LIST), ("Bilder/K-100.jpg", b"one"), ("Bilder/K-102/a.png", b"two")];
        let (folder, path) = file("shop.zip", zipped(&members));
        let feed = Feed::open(&path, Options::default()).unwrap();
        assert_eq!(
            shown(&feed, folder.path()),
            ["K-100: Bilder/K-100.jpg | ", "K-101 \"Rock\": missing-image", "K-102: Bilder/K-102/a.png | "]
        );
        let first = feed.entries().unwrap().next().unwrap().unwrap().unwrap();
        let Picture::File(picture) = &first.picture else { panic!("a file") };
        assert!(feed.has_packed(picture));
    }
}

#[test]
fn a_price_list_without_such_pictures_says_what_would_help() {
    let (_folder, path) = folder(&["IMG_1.jpg", "K-1.jpg"]);
    let Err(error @ Error::NoPictureColumn { .. }) = Feed::open(&path, Options::default()) else {
        panic!("no picture")
    };
    assert!(error.hint().unwrap().contains("called like its products' ids"));
}

#[test]
fn a_feed_with_pictures_counts_before_a_table_without() {
    let feed = b"Artikelnummer;Titel;Bild\nK-100;Kleid;K-100.jpg\n";
    let stock = b"Artikelnummer;Bestand\nK-100;4\n";
    let members: [(&str, &[u8]); 3] = [("bestand.csv", stock), ("feed.csv", feed), ("K-100.jpg", b"one")];
    let (folder, path) = file("shop.zip", zipped(&members));
    let feed = Feed::open(&path, Options::default()).unwrap();
    assert_eq!(shown(&feed, folder.path()), ["K-100: K-100.jpg | "]);
}
