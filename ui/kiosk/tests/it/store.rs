//! What the kiosk knows of its own store, and of codes before its camera.

use std::time::Duration;

use knytt_capture::Source;
use knytt_kiosk::Settings;
use knytt_kiosk::camera::{State, Viewfinder, Want};
use knytt_kiosk::shop::Opened;
use knytt_kiosk::upkeep::Journal;

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
    fs_err::create_dir(&here).unwrap();
    for number in 0..4 {
        let name = format!("{number}.png");
        fs_err::rename(folder.path().join(&name), here.join(&name)).unwrap();
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
    fs_err::rename(&here, &away).unwrap();
    until(State::Away);
    fs_err::rename(&away, &here).unwrap();
    until(State::Running);
    finder.want(None);
    assert_eq!(finder.state(), None);
}

#[test]
fn a_products_page_says_where_it_is_in_this_store() {
    for (code, said) in [
        ("S1", "In this store: aisle 4, shelf B"),
        ("S2", "In this store: aisle 9, shelf A"),
        ("S3", "Not in this store"),
    ] {
        let mut store = Store::with(STEP, Settings { store: Some(code.into()), ..settings() });
        store.press("Look around");
        store.press("Dresses");
        store.until("hits", |store| store.kiosk().visit().kept().response.is_some());
        let title = store.kiosk().visit().kept().response.as_ref().unwrap().hits[0].card.title.clone();
        store.press(&title);
        store.until(said, |store| store.shows(said));
    }
}
