//! What is learned of the shopper: on this device, seen by them, and forgotten when they say so.

use knytt_app_core::visit::Visit;
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
    let settings = Settings { personal: on, ..shop.visit.library.settings() };
    shop.visit.save_settings(&settings).unwrap();
}

fn brands(visit: &Visit) -> Vec<Affinity> {
    visit.personal().unwrap().taste.brands
}

fn ranks(shop: &Shop) -> bool {
    shop.search(words("shirt")).hits[0].reasons.personal.is_some()
}

fn on_disk(shop: &Shop, text: &str) -> bool {
    shop.visit.library.flush();
    let bytes = fs_err::read(shop.folder.path().join("data/personal/data.mdb")).unwrap();
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn what_is_opened_and_kept_is_learned_and_there_after_a_restart() {
    let mut shop = Shop::of(rare);
    assert!(!ranks(&shop) && !shop.visit.personal().unwrap().taste.any);
    let id = dress(&shop);
    shop.visit.product_page(&id).unwrap();
    let viewed = brands(&shop.visit)[0].clone();
    assert_eq!(viewed.name, "Zyxomma");
    shop.visit.product_page(&id).unwrap();
    assert!((brands(&shop.visit)[0].liking - viewed.liking).abs() < 1e-3, "the same page again is no more");
    shop.visit.set_favourite(&id, true).unwrap();
    let kept = brands(&shop.visit)[0].clone();
    assert!(kept.liking > viewed.liking && ranks(&shop));
    shop.visit.set_favourite(&id, true).unwrap();
    assert!((brands(&shop.visit)[0].liking - kept.liking).abs() < 1e-3, "it was kept before");
    shop.visit.note_followed(&id);
    let bought = brands(&shop.visit)[0].liking;
    assert!(bought > kept.liking);

    shop.visit.library.flush();
    let folder = shop.folder.path().to_path_buf();
    drop(shop.visit);
    shop.visit = Visit::new(&folder.join("data")).unwrap();
    shop.visit.open_shop(&folder.join("catalog"), Vec::new()).unwrap();
    let taste = shop.visit.personal().unwrap().taste;
    assert!((taste.brands[0].liking - bought).abs() < 1e-3 && taste.categories[0].name == "Dresses");
    assert_eq!(taste.usual_price.unwrap().currency, "EUR");
    assert!(ranks(&shop));
}

#[test]
fn what_is_forgotten_is_off_the_disk_and_favourites_stay() {
    let shop = Shop::of(rare);
    let id = dress(&shop);
    shop.visit.set_favourite(&id, true).unwrap();
    assert!(on_disk(&shop, "Zyxomma"));
    shop.visit.library.forget_taste().unwrap();
    assert!(!shop.visit.personal().unwrap().taste.any && !ranks(&shop));
    assert!(!on_disk(&shop, "Zyxomma") && shop.visit.library.is_favourite(&id));
    shop.visit.product_page(&id).unwrap();
    assert!(on_disk(&shop, "Zyxomma"), "from here on it learns anew");
    shop.visit.delete_personal().unwrap();
    assert!(!on_disk(&shop, "Zyxomma") && !shop.visit.personal().unwrap().taste.any);
}

#[test]
fn switched_off_nothing_is_learned_and_nothing_ranks() {
    let shop = Shop::open();
    let id = dress(&shop);
    shop.visit.product_page(&id).unwrap();
    let known = brands(&shop.visit);
    personal(&shop, false);
    assert!(!ranks(&shop));
    shop.visit.set_favourite(&id, true).unwrap();
    shop.visit.note_followed(&id);
    shop.visit.dismiss(&id, true).unwrap();
    assert_eq!(brands(&shop.visit), known, "it is still shown what was known before");
    personal(&shop, true);
    assert!(ranks(&shop));
}

#[test]
fn what_is_not_for_the_shopper_is_not_shown_until_they_take_that_back() {
    let shop = Shop::open();
    let id = dress(&shop);
    shop.visit.product_page(&id).unwrap();
    let before = shop.visit.personal().unwrap().taste;
    let shown = || shop.search(words("dress")).hits.iter().any(|hit| hit.card.id == id);
    let full = shop.search(words("dress")).hits.len();
    shop.visit.dismiss(&id, true).unwrap();
    assert!(!shown());
    assert_eq!(shop.search(words("dress")).hits.len(), full, "another one comes in its place");
    let around = shop.visit.search(&knytt_ui_api::SearchRequest { limit: 500, ..words("") }).unwrap();
    assert_eq!(around.hits.len(), 119);
    assert!(shop.visit.personal().unwrap().taste.categories[0].liking < 0.0);
    shop.visit.dismiss(&id, false).unwrap();
    assert!(shown());
    assert_eq!(shop.visit.personal().unwrap().taste, before);
    assert!(shop.visit.dismiss("gone", true).is_err());
}

#[test]
fn no_taste_is_told_to_the_shop() {
    let shop = Shop::open();
    shop.agree(true);
    let id = dress(&shop);
    shop.visit.product_page(&id).unwrap();
    shop.visit.set_favourite(&id, true).unwrap();
    shop.visit.library.flush();
    let told = shop.visit.library.waiting_events().unwrap();
    shop.visit.dismiss(&id, true).unwrap();
    shop.visit.note_followed(&id);
    shop.visit.personal().unwrap();
    shop.visit.library.flush();
    assert_eq!(shop.visit.library.waiting_events().unwrap(), told, "a dislike is nobody's business");
    assert_eq!(shop.visit.personal().unwrap().waiting as usize, told.len());
    let json = serde_json::to_string(&told).unwrap();
    for word in ["taste", "liking", "personal", "direction", "affinit"] {
        assert!(!json.contains(word), "{word}");
    }
    shop.visit.library.forget_taste().unwrap();
    assert_eq!(shop.visit.library.waiting_events().unwrap(), told, "what waits is not touched");
}
