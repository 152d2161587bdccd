//! What shoppers do at the kiosk, by the names that a screen reader says.

use std::time::Duration;

use eframe::egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};
use knytt_kiosk::language::{Language, Text};
use knytt_kiosk::visit::Screen;

use crate::shop::Store;

/// Short enough that waiting for threads does not end a visit.
const STEP: Duration = Duration::from_millis(2);

/// The title of the first card on the screen.
fn first_card(store: &Store) -> String {
    let response = store.kiosk().visit().kept().response.as_ref().unwrap();
    response.hits[0].card.title.clone()
}

fn has_hits(store: &Store) -> bool {
    store.kiosk().visit().kept().response.as_ref().is_some_and(|response| !response.hits.is_empty())
}

#[test]
fn typed_words_lead_to_a_product_that_is_taken_along() {
    let mut store = Store::open(STEP, Language::English);
    store.press("Type what you need");
    store.type_in("red dres");
    store.press("Delete");
    store.type_in("ss");
    store.until("the words are there", |store| store.kiosk().visit().kept().typed == "red dress");
    store.press("Search");
    store.until("hits", has_hits);
    let title = first_card(&store);
    store.press(&title);
    store.until("the page", |store| store.kiosk().visit().screen() == Screen::Product);
    store.until("the product", |store| store.kiosk().visit().kept().product.is_some());
    store.press("Take along");
    store.until("it is on the list", |store| store.kiosk().visit().kept().list.len() == 1);
    let (_, link) = store.kiosk().visit().kept().list[0].clone();
    assert!(link.is_some_and(|link| link.starts_with("https://shop.example/")));
    store.press("Finish");
    store.until("the visit is over", |store| store.kiosk().visit().screen() == Screen::Attract);
    let remembered = store.remembered();
    for trace in [title.as_str(), "red dress", "shop.example"] {
        assert!(!remembered.contains(trace), "{trace} is remembered: {remembered}");
    }
}

#[test]
fn a_category_is_browsed_filtered_and_left() {
    let mut store = Store::open(STEP, Language::English);
    store.press("Look around");
    store.press("Dresses");
    store.until("hits", has_hits);
    let all = store.kiosk().visit().kept().response.as_ref().unwrap();
    assert!(all.hits.iter().all(|hit| hit.card.category == "Dresses"));
    let all = all.matched;
    let prices = |store: &Store| -> Option<Vec<f64>> {
        let hits = &store.kiosk().visit().kept().response.as_ref()?.hits;
        Some(hits.iter().map(|hit| hit.card.price.as_ref().unwrap().amount.parse().unwrap()).collect())
    };
    store.press("Price, low to high");
    store.until("the cheapest first", |store| prices(store).is_some_and(|prices| prices.is_sorted()));
    store.press("Price, high to low");
    store.until("the dearest first", |store| {
        prices(store).is_some_and(|prices| prices.is_sorted_by(|a, b| a >= b))
    });
    store.until("its colours", |store| {
        let response = store.kiosk().visit().kept().response.as_ref();
        response.is_some_and(|response| response.facets.iter().any(|facet| facet.field == "shade"))
    });
    let facets = &store.kiosk().visit().kept().response.as_ref().unwrap().facets;
    let colour = facets.iter().find(|facet| facet.field == "shade").unwrap().values[0].value.clone();
    store.press(&Language::English.value("shade", &colour));
    store.until("fewer", |store| {
        store.kiosk().visit().kept().response.as_ref().is_some_and(|response| response.matched < all)
    });
    store.press("Back");
    store.until("back", |store| store.kiosk().visit().screen() == Screen::Browse);
}

#[test]
fn nobody_there_is_asked_for_and_then_forgotten() {
    let mut store = Store::open(Duration::from_secs(1), Language::English);
    store.press("Type what you need");
    store.type_in("q");
    store.until("it is asked", |store| store.shows("Continue"));
    store.press("Continue");
    assert_eq!(store.kiosk().visit().kept().typed, "q", "somebody was there");
    let visit = store.kiosk().visit().number();
    store.until("it is over", |store| store.kiosk().visit().number() > visit);
    assert_eq!(store.kiosk().visit().screen(), Screen::Attract);
    assert!(store.kiosk().visit().kept().typed.is_empty());
}

/// A press of two seconds, by a finger that rolls, is a press.
#[test]
fn a_long_press_that_rolls_is_a_press() {
    let mut store = Store::open(Duration::from_millis(100), Language::English);
    store.until("it is there", |store| store.shows("Look around"));
    let at = store.harness.get_by_label("Look around").rect().center();
    store.harness.drag_at(at);
    for step in 0..20 {
        store.harness.hover_at(at + eframe::egui::vec2(step as f32, 0.0));
        store.harness.step();
    }
    store.harness.drop_at(at + eframe::egui::vec2(19.0, 0.0));
    store.harness.step();
    store.until("the categories", |store| store.kiosk().visit().screen() == Screen::Browse);
}

#[test]
fn everything_that_can_be_touched_has_a_name_and_room_for_a_finger_in_every_language() {
    for language in Language::ALL {
        let mut store = Store::open(STEP, language);
        for screen in [Screen::Type, Screen::Browse] {
            let name = language.say(match screen {
                Screen::Type => Text::Type,
                _ => Text::Browse,
            });
            store.press(name);
            store.until("the screen", |store| store.kiosk().visit().screen() == screen);
            for node in store.harness.query_all(by().role(Role::Button)) {
                let (label, rect) = (node.accesskit_node().label(), node.rect());
                assert!(
                    label.is_some_and(|label| !label.trim().is_empty()),
                    "{language:?} {screen:?} {rect:?}"
                );
                assert!(rect.width() >= 60.0 && rect.height() >= 60.0, "{language:?} {screen:?} {rect:?}");
            }
            store.press(language.say(Text::Back));
        }
    }
}

#[test]
fn the_next_frame_after_a_touch_shows_what_comes_of_it() {
    let mut store = Store::open(STEP, Language::English);
    store.until("the button", |store| store.shows("Look around"));
    store.harness.query_all_by_label("Look around").next().unwrap().click();
    store.harness.step();
    assert!(!store.shows("Look around") && store.shows("Back"), "the screen before the touch is drawn");
}
