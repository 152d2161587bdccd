//! What the kiosk knows of its own store, and of codes before its camera.

use std::time::Duration;

use knytt_capture::Source;
use knytt_kiosk::Settings;
use knytt_kiosk::camera::{State, Viewfinder, Want};
use knytt_kiosk::shop::{Opened, Stock};
use knytt_kiosk::upkeep::Journal;
use knytt_kiosk::visit::Screen;

use crate::codes::{Dice, View, frame, golden};
use crate::shop::{FIRST_GTIN, Store, settings};

const STEP: Duration = Duration::from_millis(2);

/// A folder that plays as a camera before which a code is held.
fn footage() -> tempfile::TempDir {
    let code = golden().into_iter().find(|code| code.read.text == FIRST_GTIN).unwrap();
    let (folder, mut dice) = (tempfile::tempdir().unwrap(), Dice(1));
    for number in 0..4 {
        frame(&code, &View::good(), &mut dice).save(folder.path().join(format!("{number}.png"))).unwrap();
    }
    folder
}

#[test]
fn a_code_before_the_camera_leads_to_its_product() {
    let folder = footage();
    let camera = Source::File(folder.path().to_owned());
    let mut store = Store::with(STEP, Settings { camera, ..settings() });
    store.press("Show it to the camera");
    store.until("the product", |store| store.kiosk().visit().kept().product.is_some());
    let open = store.kiosk().visit().kept().product.as_ref().unwrap();
    let gtin = open.page.facts.iter().find(|fact| fact.name == "gtin");
    assert_eq!(gtin.map(|fact| fact.value.as_str()), Some(FIRST_GTIN));
    assert!(store.kiosk().visit().kept().asked.picture.is_none(), "no picture was searched with");
}

#[test]
fn a_camera_that_goes_away_comes_back() {
    let folder = footage();
    let (here, away) = (folder.path().join("here"), folder.path().join("away"));
    std::fs::create_dir(&here).unwrap();
    for number in 0..4 {
        let name = format!("{number}.png");
        std::fs::rename(folder.path().join(&name), here.join(&name)).unwrap();
    }
    let source = Source::File(here.clone());
    let finder = Viewfinder::start(source, Opened::default(), Journal::default(), || {}).unwrap();
    let until = |state: State| {
        let begun = std::time::Instant::now();
        while finder.state() != Some(state) {
            assert!(begun.elapsed() < Duration::from_secs(60), "{state:?}: {:?}", finder.state());
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    finder.want(Some(Want::Visit(1)));
    until(State::Running);
    std::fs::rename(&here, &away).unwrap();
    until(State::Away);
    std::fs::rename(&away, &here).unwrap();
    until(State::Running);
    finder.want(None);
    assert_eq!(finder.state(), None);
}

#[test]
fn a_products_page_says_where_it_is_in_this_store() {
    let mut store = Store::with(STEP, Settings { store: Some("S1".into()), ..settings() });
    store.press("Look around");
    store.press("Dresses");
    store.until("hits", |store| store.kiosk().visit().kept().response.is_some());
    let hits = store.kiosk().visit().kept().response.as_ref().unwrap().hits.clone();
    let (mut here, mut absent) = (0, 0);
    for hit in hits.iter().take(6) {
        store.press(&hit.card.title);
        store.until("the product", |store| store.kiosk().visit().kept().product.is_some());
        let stock = store.kiosk().visit().kept().product.as_ref().unwrap().stock.clone();
        match stock {
            Some(Stock::Here(_)) => {
                here += 1;
                store.until("the aisle", |store| store.shows("In this store: aisle 4, shelf B"));
            }
            Some(Stock::Absent) => {
                absent += 1;
                store.until("that it is not here", |store| store.shows("Not in this store"));
            }
            None => panic!("the feed says which stores have it"),
        }
        store.press("Back");
        store.until("the hits", |store| store.kiosk().visit().screen() == Screen::Results);
    }
    assert!(here > 0 && absent > 0, "{here} here, {absent} absent");
}
