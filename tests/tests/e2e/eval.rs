//! Measuring search by labels.

use crate::command::{json, run};
use crate::shop::{DRAWN, Shop, row};

fn evaluated(shop: &Shop, more: &[&str]) -> serde_json::Value {
    let (catalog, queries) = (shop.arg("catalog"), shop.arg("queries.csv"));
    json(&[&["eval", "--catalog", &catalog, "--queries", &queries], more].concat())
}

#[test]
fn copies_of_the_catalogue_are_all_right() {
    let shop = Shop::new(6);
    shop.build("feed.csv");
    shop.write("queries.csv", b"image,Colour_of\npictures/000.jpg,a\npictures/003.jpg,b\n");
    let rows: Vec<_> = (0..6).map(|n| format!("{},{}", row(n), if n < 3 { "a" } else { "b" })).collect();
    let feed = format!("id,title,category,color,price,image,season,colour_of\n{}", rows.join("\n"));
    shop.write("labelled.csv", feed.as_bytes());
    shop.build("labelled.csv");
    let measures = evaluated(&shop, &["--label", "colour_of"]);
    assert_eq!((&measures["one_nn"], &measures["macro_one_nn"]), (&1.0.into(), &1.0.into()), "{measures}");
    assert_eq!((&measures["queries"], &measures["gallery"]), (&2.into(), &6.into()));
    assert_eq!(measures["index_recall_at_10"], 1.0);
    assert_eq!(measures["precision_at_10"], 0.5, "three of six, for a gallery below ten");
}

#[test]
fn a_query_does_not_find_its_own_product() {
    let shop = Shop::new(2);
    let labelled = b"id,image,label\n1,pictures/000.jpg,one\n2,pictures/001.jpg,two\n";
    shop.write("labelled.csv", labelled);
    shop.build("labelled.csv");
    shop.write("queries.csv", labelled);
    let measures = evaluated(&shop, &["--label", "label"]);
    assert_eq!((&measures["one_nn"], &measures["map"]), (&0.0.into(), &0.0.into()), "{measures}");
}

#[test]
fn empty_and_ignored_labels_do_not_count_and_unreadable_queries_are_named() {
    let shop = Shop::new(4);
    shop.write("pictures/cut.jpg", &DRAWN[0].jpeg[..200]);
    let labelled = "id,image,label,split\n1,pictures/000.jpg,x,train\n2,pictures/001.jpg,Other,train\n\
                    3,pictures/002.jpg,x,val\n4,pictures/003.jpg,,val\n5,pictures/001.jpg,Other,val\n\
                    6,pictures/cut.jpg,x,val\n";
    shop.write("labelled.csv", labelled.as_bytes());
    shop.write("queries.csv", labelled.as_bytes());
    let (feed, catalog) = (shop.arg("labelled.csv"), shop.arg("catalog"));
    assert_eq!(json(&["build", &feed, "--catalog", &catalog, "--where", "split=train"])["products"], 2);
    let measures = evaluated(&shop, &["--label", "label", "--ignore", "Other", "--where", "split=val"]);
    assert_eq!((&measures["queries"], &measures["gallery"]), (&1.into(), &1.into()), "{measures}");
    assert_eq!(measures["skipped"][0]["source"], "queries.csv:7", "{measures}");
    assert_eq!(measures["per_label"]["x"]["queries"], 1);
}

#[test]
fn the_approximate_index_is_held_to_the_exact_one() {
    let shop = Shop::new(24);
    let (feed, catalog) = (shop.arg("feed.csv"), shop.arg("catalog"));
    json(&["build", &feed, "--catalog", &catalog, "--index", "arroy"]);
    fs_err::copy(shop.path("feed.csv"), shop.path("queries.csv")).unwrap();
    let measures = evaluated(&shop, &["--label", "category", "--index", "arroy"]);
    assert_eq!(measures["index"], "arroy", "{measures}");
    assert!(measures["index_recall_at_10"].as_f64().unwrap() >= 0.98, "{measures}");
}

#[test]
fn a_label_that_is_not_there_is_one_error() {
    let shop = Shop::new(1);
    shop.build("feed.csv");
    let (catalog, feed) = (shop.arg("catalog"), shop.arg("feed.csv"));
    run(&["eval", "--catalog", &catalog, "--queries", &feed, "--label", "fabric"])
        .fails(2, &["fabric", "season"]);
    shop.write("queries.csv", b"image,fabric\npictures/000.jpg,wool\n");
    let queries = shop.arg("queries.csv");
    run(&["eval", "--catalog", &catalog, "--queries", &queries, "--label", "fabric"]).fails(1, &["fabric"]);
}
