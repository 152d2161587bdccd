//! One retailer and two devices on loopback: three releases, and after each the same hits everywhere.

use std::path::Path;

use serde_json::Value;

use crate::command::{self, json};
use crate::shop::{DRAWN, Shop, row};

/// A retailer with keys and a folder for releases.
struct Retailer {
    shop: Shop,
}

impl Retailer {
    fn new() -> Self {
        let shop = Shop::new(10);
        shop.build("feed.csv");
        succeed(&["key", "init", &shop.arg("keys")]);
        Self { shop }
    }

    fn address(&self) -> String {
        format!("file://{}/", self.shop.arg("public"))
    }

    fn publish(&self, more: &[&str]) {
        let (catalog, keys, to) = (self.shop.arg("catalog"), self.shop.arg("keys"), self.address());
        succeed(&[&["publish", "--catalog", &catalog, "--keys", &keys, "--to", &to], more].concat());
    }

    /// The shop has now these garments, each with the price that the release gives it.
    fn restock(&self, numbers: impl Iterator<Item = usize>, price: &str) {
        let mut rows = Vec::new();
        for number in numbers {
            self.shop.write(&format!("pictures/{number:03}.jpg"), &DRAWN[number].jpeg);
            rows.push(row(number).replace(".90 EUR", price));
        }
        self.shop.write_feed(&rows);
        self.shop.build("feed.csv");
    }
}

fn succeed(args: &[&str]) {
    let run = command::run(args);
    assert_eq!(run.code, Some(0), "{args:?}: {run:?}");
}

fn sync(device: &Path, from: &str) -> Value {
    json(&["sync", "--catalog", device.to_str().unwrap(), "--from", from])
}

/// Ids and scores of the hits for words and for a picture.
fn hits(catalog: &str, picture: &str) -> Vec<(String, String)> {
    let by_words = ["search", "--catalog", catalog, "--text", "red dress", "-k", "20"];
    let by_picture = ["search", "--catalog", catalog, "--image", picture, "-k", "20"];
    let mut hits = Vec::new();
    for args in [&by_words[..], &by_picture[..]] {
        for hit in json(args)["hits"].as_array().unwrap() {
            hits.push((hit["id"].to_string(), hit["score"].to_string()));
        }
    }
    assert!(!hits.is_empty());
    hits
}

#[test]
fn two_devices_find_what_the_retailer_finds_after_each_release() {
    let retailer = Retailer::new();
    let devices = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let catalogs = devices.each_ref().map(|dir| dir.path().join("catalog"));
    let picture = retailer.shop.arg("pictures/003.jpg");
    for release in 1..=3 {
        match release {
            1 => retailer.publish(&[]),
            2 => {
                retailer.restock(2..14, ".95 EUR");
                retailer.publish(&["--incremental"]);
            }
            _ => {
                retailer.restock(3..16, ".85 EUR");
                retailer.publish(&[]);
            }
        }
        let expected = hits(&retailer.shop.arg("catalog"), &picture);
        for catalog in &catalogs {
            let synced = sync(catalog, &retailer.address());
            assert_eq!(synced["release"], release, "{synced}");
            assert_eq!(hits(catalog.to_str().unwrap(), &picture), expected);
        }
    }
    let again = sync(&catalogs[0], &retailer.address());
    assert_eq!((&again["changed"], &again["downloaded_bytes"]), (&false.into(), &0.into()));
    let catalog = catalogs[0].to_str().unwrap();
    let built = command::run(&["build", &retailer.shop.arg("feed.csv"), "--catalog", catalog]);
    built.fails(2, &["follows a publisher"]);
}

#[test]
fn a_device_that_expects_another_key_takes_nothing() {
    let retailer = Retailer::new();
    retailer.publish(&[]);
    let device = tempfile::tempdir().unwrap();
    let catalog = device.path().join("catalog");
    let args = ["sync", "--catalog", catalog.to_str().unwrap(), "--from", &retailer.address()];
    let pinned = "ab".repeat(32);
    let run = command::run(&[&args[..], &["--root", &pinned]].concat());
    run.fails(1, &["fingerprint", &pinned, "nothing was changed"]);
    assert!(!catalog.join("current").exists());
}

#[test]
fn a_product_without_a_picture_reaches_devices_and_is_found_there_by_words_alone() {
    let retailer = Retailer::new();
    let shop = &retailer.shop;
    let rows = [0, 2, 3].map(row).join("\n");
    let ghost = "ghost,Quilted samovar cosy,Hats,red,9.90 EUR,pictures/none.jpg,winter";
    shop.write_feed(&[rows, ghost.into()]);
    let (feed, catalog) = (shop.arg("feed.csv"), shop.arg("catalog"));
    let report = json(&["build", &feed, "--catalog", &catalog, "--keep-pictureless", "--allow-deletes"]);
    assert_eq!((&report["products"], &report["pictureless"]), (&4.into(), &1.into()), "{report}");
    retailer.publish(&[]);

    let device = tempfile::tempdir().unwrap();
    let mine = device.path().join("catalog");
    assert_eq!(sync(&mine, &retailer.address())["release"], 1);
    let mine = mine.to_str().unwrap();
    let ids = |args: &[&str]| -> Vec<String> {
        let found = json(&[&["search", "--catalog", mine, "-k", "20"], args].concat());
        found["hits"].as_array().unwrap().iter().map(|hit| hit["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&["--text", "samovar cosy"]).first().map(String::as_str), Some("ghost"));
    let seen = ids(&["--image", &shop.arg("pictures/000.jpg")]);
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert!(!seen.contains(&"ghost".to_owned()));
    let inspected = json(&["inspect", "--check", "--catalog", mine]);
    assert_eq!(
        (&inspected["products"], &inspected["check"]["sound"]),
        (&4.into(), &true.into()),
        "{inspected}"
    );
}
