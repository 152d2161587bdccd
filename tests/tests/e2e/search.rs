//! Searches of a catalogue, and what people see of them.

use fs_err as fs;

use knytt_garments::{Category, Colour, ColourName, Garment, View};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::command::{json, run, run_with_input};
use crate::shop::{DRAWN, Shop, jpeg};

#[test]
fn a_picture_of_the_catalogue_finds_itself() {
    let shop = Shop::new(12);
    shop.build("feed.csv");
    for number in [0, 5, 11] {
        let picture = shop.arg(&format!("pictures/{number:03}.jpg"));
        let found = json(&["search", "--catalog", &shop.arg("catalog"), "--image", &picture, "-k", "3"]);
        assert_eq!(found["hits"][0]["id"], format!("sku-{number}"), "{found}");
        assert!(found["hits"][0]["score"].as_f64().unwrap() > 0.999, "{found}");
        assert_eq!(found["hits"].as_array().unwrap().len(), 3);
    }
}

#[test]
fn a_picture_is_read_from_standard_input() {
    let shop = Shop::new(3);
    shop.build("feed.csv");
    let line = ["search", "--catalog", &shop.arg("catalog"), "--image", "-", "--json"];
    let found: serde_json::Value =
        serde_json::from_str(&run_with_input(&line, &DRAWN[1].jpeg).stdout).unwrap();
    assert_eq!(found["hits"][0]["id"], "sku-1");
    run_with_input(&line, b"").fails(1, &["standard input", "empty"]);
}

#[test]
fn picture_and_words_share_the_score_by_alpha() {
    let shop = Shop::new(6);
    shop.build("feed.csv");
    let (catalog, picture) = (shop.arg("catalog"), shop.arg("pictures/000.jpg"));
    let ask = |alpha: &str| {
        json(&[
            "search",
            "--catalog",
            &catalog,
            "--image",
            &picture,
            "--text",
            "a black dress",
            "--alpha",
            alpha,
        ])
    };
    let parts = |answer: &serde_json::Value, name: &str| answer["hits"][0]["parts"][name].as_f64().unwrap();
    assert!(parts(&ask("1"), "text").abs() < 1e-6);
    assert!(parts(&ask("0"), "image").abs() < 1e-6);
    let both = ask("0.5");
    let sum = parts(&both, "image") + parts(&both, "text");
    assert!((sum - both["hits"][0]["score"].as_f64().unwrap()).abs() < 1e-3, "{both}");
}

#[test]
fn filters_are_exact_and_fill_k() {
    let shop = Shop::new(12);
    shop.build("feed.csv");
    let catalog = shop.arg("catalog");
    let ask = |filters: &[&str]| {
        let flags: Vec<&str> = filters.iter().flat_map(|f| ["--filter", *f]).collect();
        json(
            &[&["search", "--catalog", &catalog, "--text", "clothes", "-k", "50"], flags.as_slice()].concat(),
        )
    };
    let count = |answer: &serde_json::Value| answer["hits"].as_array().unwrap().len();
    assert_eq!(count(&ask(&["color=red"])), 4);
    assert_eq!(count(&ask(&["color=red", "color=blue"])), 8);
    assert_eq!(count(&ask(&["color=red", "season=winter"])), 2);
    assert_eq!(count(&ask(&["price=3..5"])), 2);
    assert_eq!(ask(&["price=3..5"])["matched"], 2);
    assert_eq!(count(&ask(&["price=1000.."])), 0);
}

#[test]
fn more_like_a_product_leaves_it_out() {
    let shop = Shop::new(6);
    shop.build("feed.csv");
    let found = json(&["search", "--catalog", &shop.arg("catalog"), "--like", "sku-2", "-k", "6"]);
    let ids: Vec<_> =
        found["hits"].as_array().unwrap().iter().map(|hit| hit["id"].as_str().unwrap()).collect();
    assert!(ids.len() == 5 && !ids.contains(&"sku-2"), "{ids:?}");
}

#[test]
fn words_find_the_garment_they_name() {
    let shop = Shop::new(24);
    shop.build("feed.csv");
    let found =
        json(&["search", "--catalog", &shop.arg("catalog"), "--text", DRAWN[0].category.phrase(), "-k", "3"]);
    let categories: Vec<_> =
        found["hits"].as_array().unwrap().iter().map(|hit| hit["product"]["category"].clone()).collect();
    assert!(categories.iter().any(|c| *c == DRAWN[0].category.name()), "{categories:?}");
}

#[test]
fn the_same_garment_in_another_view_is_among_the_first() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let colour = Colour::jittered(ColourName::Yellow, &mut rng);
    let garment = Garment::random_in(Category::ALL[2], colour, "plain", &mut rng);
    let shop = Shop::new(12);
    shop.write("pictures/wanted.jpg", &jpeg(&garment, &View::studio(1)));
    shop.write("query.jpg", &jpeg(&garment, &View::studio(0)));
    shop.build("pictures");
    let found =
        json(&["search", "--catalog", &shop.arg("catalog"), "--image", &shop.arg("query.jpg"), "-k", "3"]);
    let ids: Vec<_> = found["hits"].as_array().unwrap().iter().map(|hit| hit["id"].clone()).collect();
    assert!(ids.iter().any(|id| id == "wanted.jpg"), "{ids:?}");
}

#[test]
fn people_get_a_table() {
    let shop = Shop::new(3);
    shop.build("feed.csv");
    let run = run(&["search", "--catalog", &shop.arg("catalog"), "--text", "red"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let mut lines = run.stdout.lines();
    assert_eq!(lines.next(), Some("Only shade=red (red)"), "what was understood comes first");
    let head: Vec<_> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(head, ["#", "score", "title", "category", "price", "id"], "no brand is known, so no column");
    assert!(!run.stdout.contains('\u{1b}'), "no colour was asked for");
    assert!(run.stderr.is_empty(), "{run:?}");
}

#[test]
fn the_page_stands_alone_and_escapes_what_it_shows() {
    let shop = Shop::new(1);
    shop.write_feed(&["1,<script>alert(1)</script>,\"a\"\"b\",red,5 EUR,pictures/000.jpg,summer".into()]);
    shop.build("feed.csv");
    let (page, picture) = (shop.arg("hits.html"), shop.arg("pictures/000.jpg"));
    let run = run(&[
        "search",
        "--catalog",
        &shop.arg("catalog"),
        "--image",
        &picture,
        "--text",
        "<b>red</b>",
        "--html",
        &page,
    ]);
    assert_eq!((run.code, run.stdout.trim()), (Some(0), page.as_str()), "{run:?}");
    let html = fs::read_to_string(page).unwrap();
    assert!(!html.contains("<script") && !html.contains("<b>red"), "escaped");
    assert!(html.contains("&lt;b&gt;red&lt;/b&gt;") && html.contains("5 EUR"));
    assert_eq!(html.matches("src=\"data:image/jpeg;base64,").count(), 2, "the query and one hit");
    assert!(!html.contains("http://") && !html.contains("https://"), "nothing is loaded");
}

#[test]
fn a_catalogue_of_another_model_is_refused() {
    let shop = Shop::new(1);
    shop.build("pictures");
    let missing = shop.arg("no-bundle");
    let catalog = shop.arg("catalog");
    run(&["search", "--catalog", &catalog, "--text", "hat", "--model", &missing])
        .fails(1, &["no model bundle"]);
    let other = another_bundle(&shop);
    let refused = ["the catalogue", "made by", "starter"];
    run(&["search", "--catalog", &catalog, "--text", "hat", "--model", &other]).fails(1, &refused);
    let build = shop.try_build("pictures", &["--model", &other]);
    build.fails(1, &refused);
    assert!(build.stderr.contains("--rebuild"), "{build:?}");
    assert_eq!(shop.try_build("pictures", &["--model", &other, "--rebuild"]).code, Some(0));
    let found = json(&["search", "--catalog", &catalog, "--text", "hat"]);
    assert_eq!(found["model"]["name"], "other", "the catalogue remembers where its model is");
}

/// The starter's files with another picture range. That gives other embeddings, so another fingerprint.
fn another_bundle(shop: &Shop) -> String {
    let starter = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/starter");
    fs::create_dir(shop.path("other")).unwrap();
    for name in ["config.json", "tokenizer.json", "model.safetensors"] {
        fs::copy(format!("{starter}/{name}"), shop.path("other").join(name)).unwrap();
    }
    let text = fs::read_to_string(format!("{starter}/preprocessor_config.json")).unwrap();
    let mut config: serde_json::Value = serde_json::from_str(&text).unwrap();
    config["image_mean"] = serde_json::json!([0.1, 0.2, 0.3]);
    shop.write("other/preprocessor_config.json", config.to_string().as_bytes());
    shop.arg("other")
}
