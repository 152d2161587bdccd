//! What the shop is told of visits, and what it says to them.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use knytt_engine::{Catalog, Experiment, ExperimentArm, Field, Filter, Merchandising, Order, Weights};
use knytt_kiosk::Settings;
use knytt_kiosk::language::Language;
use knytt_kiosk::telling::folder_beside;
use knytt_kiosk::visit::Screen;
use knytt_wire::{Action, Batch, DeviceKind, IdentifiedEvent, Participation, QueryKind, Uuid};
use tempfile::TempDir;

use crate::shop::{Store, build, settings};

const STEP: Duration = Duration::from_millis(2);

/// A shop of this test's own, in a folder `shop`.
fn own() -> (TempDir, Settings) {
    let folder = tempfile::tempdir().unwrap();
    let catalog = folder.path().join("shop");
    build(&catalog);
    (folder, Settings { catalog, ..settings() })
}

fn has_hits(store: &Store) -> bool {
    store.kiosk().visit().kept().response.as_ref().is_some_and(|response| !response.hits.is_empty())
}

/// A visit that types, opens the first product and takes it along.
fn shop_for_a_dress(store: &mut Store) {
    store.press("Type what you need");
    store.type_in("red dress");
    store.press("Search");
    store.until("hits", has_hits);
    let title = store.kiosk().visit().kept().response.as_ref().unwrap().hits[0].card.title.clone();
    store.press(&title);
    store.until("the product", |store| store.kiosk().visit().kept().product.is_some());
    store.press("Take along");
    store.until("it is on the list", |store| store.kiosk().visit().kept().list.len() == 1);
    store.press("Finish");
    store.until("the visit is over", |store| store.kiosk().visit().screen() == Screen::Attract);
}

fn names(events: &[IdentifiedEvent]) -> Vec<&'static str> {
    events.iter().map(|event| event.action.name()).collect()
}

#[test]
fn what_happens_in_a_visit_waits_for_the_shop_without_anybodys_name() {
    let (_folder, settings) = own();
    let mut store = Store::with(STEP, Settings { feedback: true, ..settings });
    shop_for_a_dress(&mut store);
    // Another visit looks around: the screen of categories shows no product.
    store.press("Look around");
    store.press("Dresses");
    store.until("hits", has_hits);
    let told = store.kiosk().teller().unwrap().waiting().unwrap();
    let expected =
        ["search", "view_item_list", "select_item", "view_item", "add_to_wishlist", "view_item_list"];
    assert_eq!(names(&told), expected);
    assert!(told.iter().all(|event| event.device == DeviceKind::Kiosk && event.validate().is_ok()));
    let Action::Search { kind, search_term, .. } = &told[0].action else { panic!("{:?}", told[0]) };
    assert_eq!((*kind, search_term.as_deref()), (QueryKind::Words, Some("red dress")));
    assert_eq!(told[2].action.item().unwrap().position, Some(1));
    assert!(told[1..5].iter().all(|event| event.search_id == Some(told[0].id)));
    let visits: HashSet<_> = told.iter().map(|event| event.visit).collect();
    assert_eq!(visits.len(), 2, "each shopper's visit has a number of its own");
}

/// Has visits take part in an experiment, of nearly whose whole share the variant ranks by nothing.
fn run_experiment(settings: &Settings) -> Uuid {
    let id = Uuid::now_v7();
    let arm = |share, weights| ExperimentArm { share, weights, rules: None };
    let nothing = Weights { visual: 0.0, ..Weights::VISUAL };
    let mut writer = Catalog::open(&settings.catalog).unwrap().write();
    writer.set_experiment(Some(Experiment {
        version: Experiment::VERSION,
        id: id.to_string(),
        key: "3c".repeat(32),
        interleaved: false,
        arms: vec![arm(1, None), arm(9_999, Some(nothing))],
        from_ms: 0,
        until_ms: None,
    }));
    writer.commit().unwrap();
    id
}

/// The hits of a search for dresses, and their titles.
fn dresses(store: &mut Store) -> Vec<(String, String)> {
    store.press("Type what you need");
    store.type_in("dress");
    store.press("Search");
    store.until("hits", has_hits);
    let response = store.kiosk().visit().kept().response.clone().unwrap();
    response.hits.into_iter().map(|hit| (hit.card.id, hit.card.title)).collect()
}

#[test]
fn visits_take_part_in_an_experiment_where_the_shop_is_told() {
    let (_folder, settings) = own();
    let before = dresses(&mut Store::with(STEP, settings.clone()));
    let id = run_experiment(&settings);
    let untold = dresses(&mut Store::with(STEP, settings.clone()));
    assert_eq!(untold, before, "nobody counts what is not told");
    let mut store = Store::with(STEP, Settings { feedback: true, ..settings });
    let hits = dresses(&mut store);
    assert_ne!(hits, before);
    store.press(&hits[0].1);
    store.until("the product", |store| store.kiosk().visit().kept().product.is_some());
    let told = store.kiosk().teller().unwrap().waiting().unwrap();
    assert_eq!(names(&told), ["search", "view_item_list", "select_item", "view_item"]);
    let part = Some(Participation { id, arm: Some(1) });
    assert!(told.iter().all(|event| event.experiment == part), "{told:?}");
}

#[test]
fn a_shop_that_wants_nothing_is_told_nothing_and_what_waited_is_gone() {
    let (_folder, settings) = own();
    let waits = folder_beside(&settings.catalog);
    let mut store = Store::with(STEP, Settings { feedback: true, ..settings.clone() });
    shop_for_a_dress(&mut store);
    assert!(!store.kiosk().teller().unwrap().waiting().unwrap().is_empty());
    drop(store);
    assert!(waits.join("data.mdb").exists());
    let mut store = Store::with(STEP, settings);
    assert!(store.kiosk().teller().is_none() && !waits.exists());
    shop_for_a_dress(&mut store);
    assert!(!waits.exists());
}

#[test]
fn orders_of_one_search_are_one_search() {
    let (_folder, settings) = own();
    let mut store = Store::with(STEP, Settings { feedback: true, ..settings });
    store.press("Type what you need");
    store.type_in("dress");
    store.press("Search");
    store.until("hits", has_hits);
    store.press("Price, low to high");
    store.until("hits", has_hits);
    store.press("Price, high to low");
    store.until("hits", has_hits);
    let told = store.kiosk().teller().unwrap().waiting().unwrap();
    assert_eq!(names(&told), ["search", "view_item_list"], "the last order is the one that was looked for");
}

/// Takes one batch as a backend does, and gives it back.
fn batch(listener: &TcpListener) -> Batch {
    loop {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let (mut length, mut is_packed, mut line) = (0, false, String::new());
        while reader.read_line(&mut line).unwrap() > 2 {
            let (name, value) = line.split_once(':').unwrap_or_default();
            match name.to_lowercase().as_str() {
                "content-length" => length = value.trim().parse().unwrap(),
                "content-encoding" => is_packed = true,
                _ => {}
            }
            line.clear();
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        if is_packed {
            // It comes again, plain.
            answer(&mut stream, "415 Unsupported Media Type", "{}");
            continue;
        }
        let batch: Batch = serde_json::from_slice(&body).unwrap();
        let outcome = format!(r#"{{"accepted":{},"duplicates":0,"rejected":[]}}"#, batch.events.len());
        answer(&mut stream, "200 OK", &outcome);
        return batch;
    }
}

fn answer(stream: &mut TcpStream, status: &str, body: &str) {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\n");
    write!(stream, "{head}content-length: {length}\r\n\r\n{body}").unwrap();
}

#[test]
fn what_waits_reaches_the_shops_backend() {
    let (_folder, settings) = own();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/v1/events", listener.local_addr().unwrap());
    let feedback_address = Some(address.parse().unwrap());
    let mut store = Store::with(STEP, Settings { feedback: true, feedback_address, ..settings });
    shop_for_a_dress(&mut store);
    assert_eq!(store.kiosk().teller().unwrap().waiting().unwrap().len(), 5);
    let backend = std::thread::spawn(move || batch(&listener));
    store.kiosk().teller().unwrap().flush();
    let taken = backend.join().unwrap();
    assert_eq!(taken.events.len(), 5);
    assert!(taken.events.iter().all(|event| event.device == DeviceKind::Kiosk));
    store.until("all is delivered", |store| store.kiosk().teller().unwrap().counts().unwrap().delivered == 5);
}

#[test]
fn a_rule_of_the_shoppers_language_shows_its_banner_and_hides_its_products() {
    let (_folder, settings) = own();
    let catalog = Catalog::open(&settings.catalog).unwrap();
    // A product of the largest category, whose tile is on the screen.
    let snapshot = catalog.read().unwrap();
    let largest = snapshot.facet_counts(&Field::Category, &Filter::default()).unwrap().remove(0).0;
    let within = Filter::default().with(Field::Category, &largest);
    let hidden = snapshot.browse(&within, Order::Catalog, 1).unwrap().remove(0).id;
    drop(snapshot);
    let rules = serde_json::json!({"version": 1, "rules": [{"id": "sale", "when": {"language": "de"}, "then": [
        {"kind": "banner", "text": "Alles reduziert"},
        {"kind": "redirect", "address": "https://shop.example/sale"},
        {"kind": "hide", "what": {"products": [hidden]}}]}]});
    let mut writer = catalog.write();
    writer.set_merchandising(Some(Merchandising::read(rules.to_string().as_bytes()).unwrap()));
    writer.commit().unwrap();
    drop(writer);
    drop(catalog);
    let mut store = Store::with(STEP, Settings { language: Language::German, ..settings });
    let shows = |store: &Store, id: &str| {
        let hits = &store.kiosk().visit().kept().response.as_ref().unwrap().hits;
        hits.iter().any(|hit| hit.card.id == id)
    };
    store.press("Umsehen");
    store.press(&largest);
    store.until("hits", has_hits);
    store.until("the banner", |store| store.shows("Alles reduziert"));
    assert!(!shows(&store, &hidden));
    store.press("Beenden");
    store.until("the visit is over", |store| store.kiosk().visit().screen() == Screen::Attract);
    store.press("English");
    store.press("Look around");
    store.press(&largest);
    store.until("hits", has_hits);
    store.until("the screen", |store| store.shows("Price, low to high"));
    assert!(!store.shows("Alles reduziert") && shows(&store, &hidden));
}
