//! A build does only what has changed since the last one.

use fs_err as fs;

use crate::command::json;
use crate::faulty;
use crate::shop::{DRAWN, Shop, row};

#[test]
fn a_second_build_embeds_nothing() {
    let shop = Shop::new(6);
    assert_eq!(shop.build("feed.csv")["embedded"], 6);
    let again = shop.build("feed.csv");
    assert_eq!((&again["embedded"], &again["unchanged"]), (&0.into(), &6.into()), "{again}");
}

#[test]
fn new_words_about_an_old_picture_are_stored_without_embedding() {
    let shop = Shop::new(3);
    shop.build("feed.csv");
    shop.write_feed(&[row(0), row(1).replace("1.90 EUR", "7.50 EUR").replace("winter", "spring"), row(2)]);
    let report = shop.build("feed.csv");
    assert_eq!((&report["embedded"], &report["described"]), (&0.into(), &1.into()), "{report}");
    let catalog = shop.arg("catalog");
    let found = json(&["search", "--catalog", &catalog, "--text", "hat", "--filter", "season=spring"]);
    assert_eq!(found["hits"][0]["product"]["price"]["amount"], "7.50");
    shop.inspect();
}

#[test]
fn a_new_picture_is_embedded_again() {
    let shop = Shop::new(3);
    shop.build("pictures");
    shop.write("pictures/001.jpg", &DRAWN[5].jpeg);
    let report = shop.build("pictures");
    let counts = ["embedded", "reembedded", "unchanged", "added"].map(|name| report[name].as_u64().unwrap());
    assert_eq!(counts, [1, 1, 2, 0], "{report}");
}

#[test]
fn what_has_gone_from_the_source_goes_from_the_catalogue() {
    let shop = Shop::new(4);
    shop.build("pictures");
    fs::remove_file(shop.path("pictures/002.jpg")).unwrap();
    let report = shop.build("pictures");
    assert_eq!((&report["deleted"], &report["products"]), (&1.into(), &3.into()), "{report}");
    shop.inspect();
}

#[test]
fn rows_that_are_no_longer_selected_go_too() {
    let shop = Shop::new(4);
    shop.build("feed.csv");
    let (feed, catalog) = (shop.arg("feed.csv"), shop.arg("catalog"));
    let report =
        json(&["build", &feed, "--catalog", &catalog, "--where", "season=summer", "--allow-deletes"]);
    assert_eq!((&report["deleted"], &report["products"]), (&2.into(), &2.into()), "{report}");
}

#[test]
fn a_build_that_would_delete_much_stops_before_it_does() {
    let shop = Shop::new(4);
    shop.build("pictures");
    for name in ["001", "002", "003"] {
        fs::remove_file(shop.path(&format!("pictures/{name}.jpg"))).unwrap();
    }
    shop.write("pictures/new.jpg", &DRAWN[5].jpeg);
    let run = shop.try_build("pictures", &["--json"]);
    let refused: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        (&refused["refused"], &refused["would_delete"]),
        (&"would-delete".into(), &3.into()),
        "{refused}"
    );
    assert_eq!(refused["first"][0], "001.jpg");
    assert_eq!(run.code, Some(1));
    shop.try_build("pictures", &[]).fails(1, &["would delete 3 of 4", "--allow-deletes"]);
    assert_eq!(shop.inspect()["products"], 4, "nothing was deleted, and nothing added");
    let feed = shop.try_build("feed.csv", &[]);
    feed.fails(1, &["it is from pictures, and this source is feed"]);
}

#[test]
fn a_few_of_a_small_catalogue_go_without_a_question() {
    let shop = Shop::new(4);
    shop.build("pictures");
    fs::remove_file(shop.path("pictures/002.jpg")).unwrap();
    assert_eq!(shop.try_build("pictures", &[]).code, Some(0));
    assert_eq!(shop.inspect()["products"], 3);
}

#[test]
fn a_product_without_its_picture_is_kept_where_that_was_asked_for() {
    let shop = Shop::new(3);
    let broken = shop.path("pictures/001.jpg");
    fs::remove_file(&broken).unwrap();
    let (feed, catalog) = (shop.arg("feed.csv"), shop.arg("catalog"));
    let build = || json(&["build", &feed, "--catalog", &catalog, "--keep-pictureless"]);
    let report = build();
    assert_eq!((&report["products"], &report["pictureless"]), (&3.into(), &1.into()), "{report}");
    let again = build();
    assert_eq!((&again["unchanged"], &again["pictureless"]), (&3.into(), &1.into()), "{again}");
    let picture = shop.arg("pictures/000.jpg");
    let found = json(&["search", "--catalog", &catalog, "--image", &picture, "-k", "9"]);
    assert_eq!(found["hits"].as_array().unwrap().len(), 2, "{found}");
    assert_eq!(shop.quarantine().len(), 1);
    shop.write("pictures/001.jpg", &DRAWN[1].jpeg);
    let mended = build();
    assert_eq!(
        (&mended["reembedded"], &mended["products"], mended.get("pictureless")),
        (&1.into(), &3.into(), None),
        "{mended}"
    );
    assert!(shop.quarantine().is_empty());
}

#[test]
fn a_product_whose_picture_breaks_keeps_the_earlier_one_with_its_new_words() {
    let shop = Shop::new(3);
    shop.build("feed.csv");
    let (catalog, own) = (shop.arg("catalog"), shop.arg("own.jpg"));
    shop.write("own.jpg", &DRAWN[1].jpeg);
    let first = || {
        let found = json(&["search", "--catalog", &catalog, "--image", &own, "-k", "1"]);
        let hit = &found["hits"][0];
        (hit["id"].clone(), hit["score"].as_f64().unwrap(), hit["product"]["price"]["amount"].clone())
    };
    let before = first();
    shop.write_feed(&[row(0), row(1).replace("1.90 EUR", "7.50 EUR"), row(2)]);
    for broken in [None, Some(faulty::truncated(&DRAWN[1].jpeg))] {
        match broken {
            None => fs::remove_file(shop.path("pictures/001.jpg")).unwrap(),
            Some(bytes) => shop.write("pictures/001.jpg", &bytes),
        }
        let report = shop.build("feed.csv");
        assert_eq!(
            (&report["products"], &report["earlier_pictures"], &report["embedded"], &report["deleted"]),
            (&3.into(), &1.into(), &0.into(), &0.into()),
            "{report}"
        );
        let now = first();
        assert_eq!((&now.0, &now.2), (&before.0, &"7.50".into()));
        assert!((now.1 - before.1).abs() < 1e-6, "{now:?} {before:?}");
        assert_eq!(shop.quarantine().len(), 1);
    }
    shop.try_build("feed.csv", &["--strict"]).fails(3, &["feed.csv:3"]);
    shop.write("pictures/001.jpg", &DRAWN[5].jpeg);
    let mended = shop.build("feed.csv");
    assert_eq!((&mended["reembedded"], mended.get("earlier_pictures")), (&1.into(), None), "{mended}");
    assert!(shop.quarantine().is_empty());
}

#[test]
fn a_product_whose_address_of_a_picture_breaks_keeps_the_earlier_one() {
    let shop = Shop::new(3);
    shop.build("feed.csv");
    shop.write_feed(&[row(0), row(1).replace("pictures/001.jpg", "http://"), row(2)]);
    let report = shop.build("feed.csv");
    assert_eq!(
        (&report["products"], &report["earlier_pictures"], &report["deleted"], &report["quarantined"]),
        (&3.into(), &1.into(), &0.into(), &0.into()),
        "{report}"
    );
    assert_eq!(shop.quarantine()["feed.csv:3"], "bad-url");
    shop.try_build("feed.csv", &["--strict"]).fails(3, &["feed.csv:3"]);
    shop.write_feed(&[row(0), row(1), row(2).replace("pictures/002.jpg", "ftp://a.test/2.jpg")]);
    let report = shop.build("feed.csv");
    assert_eq!((&report["products"], &report["earlier_pictures"]), (&3.into(), &1.into()), "{report}");
}

#[test]
fn pictures_that_break_all_at_once_leave_the_catalogue_as_it_was() {
    let shop = Shop::new(4);
    shop.build("pictures");
    for name in ["000", "001", "002"] {
        shop.write(&format!("pictures/{name}.jpg"), b"");
    }
    let report = json(&["build", &shop.arg("pictures"), "--catalog", &shop.arg("catalog")]);
    let counts = ["earlier_pictures", "unchanged", "deleted"].map(|name| report[name].as_u64().unwrap());
    assert_eq!(counts, [3, 4, 0], "{report}");
    assert_eq!(shop.inspect()["products"], 4);
}

#[test]
fn a_mended_file_leaves_the_quarantine() {
    let shop = Shop::new(2);
    shop.write("pictures/001.jpg", &faulty::truncated(&DRAWN[1].jpeg));
    shop.build("pictures");
    assert_eq!(shop.quarantine().len(), 1);
    shop.write("pictures/001.jpg", &DRAWN[1].jpeg);
    assert_eq!(shop.build("pictures")["products"], 2);
    assert!(shop.quarantine().is_empty());
}

#[test]
fn feeds_of_all_formats_give_the_same_catalogue() {
    let shop = Shop::new(2);
    shop.build("feed.csv");
    let tabs = fs::read_to_string(shop.path("feed.csv")).unwrap().replace(',', "\t");
    shop.write("feed.tsv", tabs.as_bytes());
    assert_eq!(shop.build("feed.tsv")["unchanged"], 2);
    let lines = fs::read_to_string(shop.path("feed.csv")).unwrap();
    let names: Vec<&str> = lines.lines().next().unwrap().split(',').collect();
    let objects: Vec<String> = lines.lines().skip(1).map(|line| object(&names, line)).collect();
    shop.write("feed.jsonl", objects.join("\n").as_bytes());
    assert_eq!(shop.build("feed.jsonl")["unchanged"], 2);
}

fn object(names: &[&str], line: &str) -> String {
    let cells = names.iter().zip(line.split(',')).map(|(name, value)| ((*name).to_owned(), value.into()));
    serde_json::Value::Object(cells.collect()).to_string()
}

#[test]
fn rebuild_embeds_everything_again() {
    let shop = Shop::new(2);
    shop.build("pictures");
    let (pictures, catalog) = (shop.arg("pictures"), shop.arg("catalog"));
    assert_eq!(json(&["build", &pictures, "--catalog", &catalog, "--rebuild"])["embedded"], 2);
}
