//! What is learned of the shopper: on this device, seen by them, and forgotten when they say so.

use knytt_app::backend::Backend;
use knytt_engine::Product;
use knytt_ui_api::{Affinity, Settings};

use crate::shop::{Shop, words};

/// A brand of dresses that is written nowhere else.
fn rare(product: &mut Product) {
    product.brand = if product.category == "Dresses" { "Zyxomma".into() } else { product.brand.clone() };
}

fn dress(shop: &Shop) -> String {
    let hits = shop.search(words("dress")).hits;
    hits.into_iter().find(|hit| hit.card.category == "Dresses").unwrap().card.id
}

fn personal(shop: &Shop, on: bool) {
    let settings = Settings { personal: on, ..shop.backend.library.settings() };
    shop.backend.save_settings(&settings).unwrap();
}

fn brands(backend: &Backend) -> Vec<Affinity> {
    backend.personal().unwrap().taste.brands
}

fn ranks(shop: &Shop) -> bool {
    shop.search(words("shirt")).hits[0].reasons.personal.is_some()
}

fn on_disk(shop: &Shop, text: &str) -> bool {
    shop.backend.library.settle();
    let bytes = std::fs::read(shop.folder.path().join("data/personal/data.mdb")).unwrap();
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn what_is_opened_and_kept_is_learned_and_there_after_a_restart() {
    let mut shop = Shop::of(rare);
    assert!(!ranks(&shop) && !shop.backend.personal().unwrap().taste.any);
    let id = dress(&shop);
    shop.backend.product_page(&id).unwrap();
    let viewed = brands(&shop.backend)[0].clone();
    assert_eq!(viewed.name, "Zyxomma");
    shop.backend.product_page(&id).unwrap();
    assert!((brands(&shop.backend)[0].liking - viewed.liking).abs() < 1e-3, "the same page again is no more");
    shop.backend.set_favourite(&id, true).unwrap();
    let kept = brands(&shop.backend)[0].clone();
    assert!(kept.liking > viewed.liking && ranks(&shop));
    shop.backend.set_favourite(&id, true).unwrap();
    assert!((brands(&shop.backend)[0].liking - kept.liking).abs() < 1e-3, "it was kept before");
    shop.backend.note_followed(&id);
    let bought = brands(&shop.backend)[0].liking;
    assert!(bought > kept.liking);

    shop.backend.library.settle();
    let folder = shop.folder.path().to_path_buf();
    drop(shop.backend);
    shop.backend = Backend::new(&folder.join("data")).unwrap();
    shop.backend.open_shop(&folder.join("catalog"), Vec::new()).unwrap();
    let taste = shop.backend.personal().unwrap().taste;
    assert!((taste.brands[0].liking - bought).abs() < 1e-3 && taste.categories[0].name == "Dresses");
    assert_eq!(taste.usual_price.unwrap().currency, "EUR");
    assert!(ranks(&shop));
}

#[test]
fn what_is_forgotten_is_off_the_disk_and_favourites_stay() {
    let shop = Shop::of(rare);
    let id = dress(&shop);
    shop.backend.set_favourite(&id, true).unwrap();
    assert!(on_disk(&shop, "Zyxomma"));
    shop.backend.library.forget_taste().unwrap();
    assert!(!shop.backend.personal().unwrap().taste.any && !ranks(&shop));
    assert!(!on_disk(&shop, "Zyxomma") && shop.backend.library.is_favourite(&id));
    shop.backend.product_page(&id).unwrap();
    assert!(on_disk(&shop, "Zyxomma"), "from here on it learns anew");
    shop.backend.delete_personal().unwrap();
    assert!(!on_disk(&shop, "Zyxomma") && !shop.backend.personal().unwrap().taste.any);
}

#[test]
fn switched_off_nothing_is_learned_and_nothing_ranks() {
    let shop = Shop::open();
    let id = dress(&shop);
    shop.backend.product_page(&id).unwrap();
    let known = brands(&shop.backend);
    personal(&shop, false);
    assert!(!ranks(&shop));
    shop.backend.set_favourite(&id, true).unwrap();
    shop.backend.note_followed(&id);
    shop.backend.dismiss(&id, true).unwrap();
    assert_eq!(brands(&shop.backend), known, "it is still shown what was known before");
    personal(&shop, true);
    assert!(ranks(&shop));
}

#[test]
fn what_is_not_for_the_shopper_is_not_shown_until_they_take_that_back() {
    let shop = Shop::open();
    let id = dress(&shop);
    shop.backend.product_page(&id).unwrap();
    let before = shop.backend.personal().unwrap().taste;
    let shown = || shop.search(words("dress")).hits.iter().any(|hit| hit.card.id == id);
    let full = shop.search(words("dress")).hits.len();
    shop.backend.dismiss(&id, true).unwrap();
    assert!(!shown());
    assert_eq!(shop.search(words("dress")).hits.len(), full, "another one comes in its place");
    let around = shop.backend.search(&knytt_ui_api::SearchRequest { limit: 500, ..words("") }).unwrap();
    assert_eq!(around.hits.len(), 119);
    assert!(shop.backend.personal().unwrap().taste.categories[0].liking < 0.0);
    shop.backend.dismiss(&id, false).unwrap();
    assert!(shown());
    assert_eq!(shop.backend.personal().unwrap().taste, before);
    assert!(shop.backend.dismiss("gone", true).is_err());
}

#[test]
fn no_taste_is_told_to_the_shop() {
    let shop = Shop::open();
    let settings = Settings { consent: true, ..shop.backend.library.settings() };
    shop.backend.save_settings(&settings).unwrap();
    let id = dress(&shop);
    shop.backend.product_page(&id).unwrap();
    shop.backend.set_favourite(&id, true).unwrap();
    shop.backend.library.settle();
    let told = shop.backend.library.untold().unwrap();
    shop.backend.dismiss(&id, true).unwrap();
    shop.backend.note_followed(&id);
    shop.backend.personal().unwrap();
    shop.backend.library.settle();
    assert_eq!(shop.backend.library.untold().unwrap(), told, "a dislike is nobody's business");
    assert_eq!(shop.backend.personal().unwrap().waiting as usize, told.len());
    let json = serde_json::to_string(&told).unwrap();
    for word in ["taste", "liking", "personal", "direction", "affinit"] {
        assert!(!json.contains(word), "{word}");
    }
    shop.backend.library.forget_taste().unwrap();
    assert_eq!(shop.backend.library.untold().unwrap(), told, "what waits is not touched");
}
