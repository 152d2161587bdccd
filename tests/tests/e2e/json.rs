//! The fields of every JSON answer are a promise, which `catalog-sync/cli/docs/json.md` describes.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::command::{json, run};
use crate::shop::Shop;

#[track_caller]
fn has_keys(value: &Value, keys: &[&str]) {
    let found: BTreeSet<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(found, keys.iter().copied().collect(), "{value}");
}

#[test]
fn build_tells_what_it_did() {
    let report = Shop::new(1).build("feed.csv");
    let counts = ["added", "reembedded", "described", "unchanged", "deleted", "quarantined", "embedded"];
    let reviewed = ["flawed", "twins", "guessed"];
    has_keys(
        &report,
        &[&["catalog", "model", "products", "seconds", "embedded_per_second"], &counts[..], &reviewed]
            .concat(),
    );
    has_keys(&report["model"], &["name", "fingerprint"]);
}

#[test]
fn search_gives_hits_times_and_where_they_come_from() {
    let shop = Shop::new(2);
    shop.build("feed.csv");
    let answer = json(&["search", "--catalog", &shop.arg("catalog"), "--text", "hat"]);
    has_keys(
        &answer,
        &["hits", "understood", "good_match", "matched", "index", "timings_ms", "guided", "model", "catalog"],
    );
    has_keys(&answer["timings_ms"], &["decode", "embed", "search", "rank", "total"]);
    has_keys(&answer["model"], &["name", "fingerprint", "dimension"]);
    has_keys(&answer["catalog"], &["path", "id", "release", "products"]);
    let hit = &answer["hits"][0];
    has_keys(hit, &["rank", "id", "score", "relevance", "reasons", "parts", "product"]);
    has_keys(&hit["reasons"], &["visual", "words"]);
    has_keys(&hit["parts"], &["text"]);
    let fields = ["id", "title", "brand", "category", "description", "price", "colors", "sizes"];
    has_keys(&hit["product"], &[&fields[..], &["availability", "image", "attributes", "look"]].concat());
    has_keys(&hit["product"]["price"], &["amount", "currency"]);
}

#[test]
fn inspect_tells_what_is_there_and_what_was_refused() {
    let shop = Shop::new(1);
    shop.write("pictures/none.jpg", b"");
    shop.build("pictures");
    let inspection = shop.inspect();
    let about = ["path", "schema_version", "catalog_id", "release", "fingerprint", "model_name", "dimension"];
    let counts =
        ["products", "quarantined", "sources", "index", "calibration", "weights", "safety", "disk_bytes"];
    let ours = ["databases", "source", "model_path", "categories", "attributes", "quarantine", "check"];
    has_keys(&inspection, &[&about[..], &counts, &ours].concat());
    has_keys(&inspection["quarantine"][0], &["source", "code", "reason", "id", "title"]);
    has_keys(&inspection["check"], &["sound", "products", "faults", "described"]);
}

#[test]
fn eval_gives_the_measures_by_their_names() {
    let shop = Shop::new(3);
    shop.build("feed.csv");
    let (catalog, feed) = (shop.arg("catalog"), shop.arg("feed.csv"));
    let measures = json(&["eval", "--catalog", &catalog, "--queries", &feed, "--label", "color"]);
    let quality = ["one_nn", "macro_one_nn", "precision_at_10", "map", "index_recall_at_10"];
    let about = [
        "index",
        "queries",
        "gallery",
        "label",
        "per_label",
        "skipped",
        "timings_ms",
        "queries_per_second",
        "model",
    ];
    has_keys(&measures, &[&quality[..], &about].concat());
    has_keys(&measures["timings_ms"], &["index", "exact"]);
    has_keys(&measures["timings_ms"]["index"], &["p50", "p95"]);
    has_keys(&measures["per_label"]["red"], &["queries", "gallery", "one_nn", "precision_at_10", "map"]);
}

#[test]
fn the_model_inside_describes_and_verifies_itself() {
    let info = json(&["model", "info", "starter"]);
    let keys = ["name", "fingerprint", "dimension", "image_tower", "image_side", "tensors", "parameters"];
    let keys = [&keys[..], &["weights_bytes", "stored_as", "config"]].concat();
    has_keys(&info, &keys);
    let verified = json(&["model", "verify", "starter"]);
    has_keys(
        &verified,
        &[&keys[..], &["device", "precision", "load_ms", "image_ms", "text_ms", "batch_max_difference"]]
            .concat(),
    );
    assert!(verified["batch_max_difference"].as_f64().unwrap() < 1e-4, "{verified}");
    let compared = json(&["model", "compare", "starter", "--batch", "1"]);
    has_keys(
        &compared,
        &[
            "model",
            "device",
            "precision",
            "agrees",
            "load_ms",
            "pictures",
            "processor_images_per_second",
            "batches",
            "text_cosine",
            "text_ms",
        ],
    );
    has_keys(&compared["batches"][0], &["batch", "images_per_second", "cosine", "instance_cosine"]);
    assert_eq!(compared["agrees"], true, "{compared}");
}

#[test]
fn usage_errors_have_their_own_code() {
    assert_eq!(run(&["search", "--catalog", "x"]).code, Some(2));
    assert_eq!(run(&["fly"]).code, Some(2));
    let help = run(&["--help"]);
    assert_eq!(help.code, Some(0));
    assert!(help.stdout.contains("Examples:") && help.stdout.contains("Exit codes:"), "{help:?}");
}
