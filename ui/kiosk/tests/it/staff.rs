//! What the staff of a store does, and what the kiosk does while nobody is there.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use knytt_kiosk::language::Language;
use knytt_kiosk::service::Page;
use knytt_kiosk::settings::{HeartbeatTo, KEYS, PinHash};
use knytt_kiosk::visit::Screen;
use knytt_kiosk::{Ending, Settings};

use crate::shop::{Store, settings};

const STEP: Duration = Duration::from_millis(2);

fn with_pin() -> Settings {
    Settings { pin: Some(PinHash::of("2580").unwrap()), ..settings() }
}

/// Opens the pad by the hidden corner and enters the PIN.
fn sign_in(store: &mut Store) {
    for _ in 0..5 {
        store.tap(40.0, 40.0);
    }
    store.until("the pad", |store| store.kiosk().desk().page() == Page::Pad);
    for digit in ["2", "5", "8", "0", "OK"] {
        store.press(digit);
    }
    store.until("the menu", |store| store.kiosk().desk().page() == Page::Menu);
}

#[test]
fn the_corner_and_the_pin_lead_to_the_menu_which_shows_nothing_of_a_visit() {
    let mut store = Store::with(STEP, with_pin());
    store.press("Type what you need");
    store.type_in("secret");
    sign_in(&mut store);
    assert_eq!(store.kiosk().visit().screen(), Screen::Attract);
    assert!(store.kiosk().visit().kept().typed.is_empty());
    for shown in ["60", "No link is followed", env!("CARGO_PKG_VERSION"), "Choose camera", "Restart", "Exit"]
    {
        assert!(store.shows(shown), "{shown} is not shown");
    }
    assert!(!store.shows("Sync now"), "there is nothing to sync with");
    assert!(!store.shows("secret"));
    store.press("Log");
    store.until("the journal", |store| store.kiosk().desk().page() == Page::Log);
    store.press("Back");
    store.press("Exit");
    assert_eq!(store.kiosk().ending(), Some(Ending::Exit));
}

#[test]
fn a_wrong_pin_leads_nowhere_and_the_pad_closes_by_itself() {
    let mut store = Store::with(Duration::from_millis(100), with_pin());
    for _ in 0..5 {
        store.tap(40.0, 40.0);
    }
    for digit in ["1", "1", "1", "1", "OK"] {
        store.press(digit);
    }
    store.until("it is refused", |store| store.kiosk().desk().wait(Duration::ZERO).is_some());
    assert_eq!(store.kiosk().desk().page(), Page::Pad);
    store.until("it closes", |store| store.kiosk().desk().page() == Page::Closed);
}

#[test]
fn without_a_pin_the_corner_does_nothing() {
    let mut store = Store::with(STEP, settings());
    for _ in 0..8 {
        store.tap(40.0, 40.0);
    }
    assert_eq!(store.kiosk().desk().page(), Page::Closed);
}

#[test]
fn the_first_screen_rests_and_a_touch_wakes_it_without_pressing_anything() {
    let rests_after = Some(Duration::from_secs(30));
    let mut store = Store::with(Duration::from_secs(1), Settings { rests_after, ..settings() });
    store.until("it rests", |store| store.kiosk().rests());
    assert!(!store.shows("Look around"));
    // Where a button of the first screen is.
    store.tap(540.0, 1500.0);
    assert!(!store.kiosk().rests() && store.kiosk().visit().screen() == Screen::Attract);
    store.press("Look around");
    store.until("the categories", |store| store.kiosk().visit().screen() == Screen::Browse);
}

#[test]
fn a_shop_decides_which_languages_and_ways_are_shown() {
    let decided = Settings {
        language: Language::German,
        languages: vec![Language::German],
        ways: vec![knytt_kiosk::settings::Way::Browse],
        ..settings()
    };
    let mut store = Store::with(STEP, decided);
    store.until("the first screen", |store| store.shows("Umsehen"));
    for hidden in ["Eintippen", "Der Kamera zeigen", "Deutsch", "English"] {
        assert!(!store.shows(hidden), "{hidden} is shown");
    }
}

/// Takes posts on a free port; gives the body of each.
pub fn listener() -> (knytt_wire::Url, Receiver<(Option<String>, serde_json::Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/alive", listener.local_addr().unwrap()).parse().unwrap();
    let (send, posts) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
            let post = loop {
                let count = stream.read(&mut part).unwrap_or(0);
                bytes.extend(&part[..count]);
                let text = String::from_utf8_lossy(&bytes);
                let body = text.split_once("\r\n\r\n").and_then(|(_, body)| serde_json::from_str(body).ok());
                if body.is_some() || count == 0 {
                    let key = text
                        .lines()
                        .find_map(|line| line.strip_prefix("authorization: Bearer ").map(str::to_owned));
                    break body.map(|body| (key, body));
                }
            };
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
            if post.is_some_and(|post| send.send(post).is_err()) {
                return;
            }
        }
    });
    (url, posts)
}

#[test]
fn signs_of_life_have_nothing_of_a_visit_but_its_hour() {
    let (url, posts) = listener();
    let mut store = Store::with(
        STEP,
        Settings {
            heartbeat: Some(HeartbeatTo {
                name: Some("door".into()),
                ..HeartbeatTo::new(url, Some("key".into()))
            }),
            ..settings()
        },
    );
    let alive = std::iter::from_fn(|| posts.recv_timeout(Duration::from_secs(60)).ok());
    let (key, alive) = alive.into_iter().find(|(_, alive)| alive["products"] == 60).unwrap();
    assert_eq!(key.as_deref(), Some("key"));
    assert_eq!((&alive["name"], &alive["camera"]), (&"door".into(), &"off".into()));
    assert_eq!(alive["last_visit_hour"], serde_json::Value::Null);
    let mut keys: Vec<&str> = alive.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    let expected = [
        "camera",
        "errors",
        "frames_per_second",
        "last_error",
        "last_visit_hour",
        "memory_bytes",
        "name",
        "obeyed_ms",
        "products",
        "refused_because",
        "refused_ms",
        "release",
        "slowest_frame_ms",
        "store",
        "temperature_celsius",
        "uptime_seconds",
        "version",
    ];
    assert_eq!(keys, expected);
    store.press("Look around");
}

#[test]
fn an_address_that_does_not_answer_disturbs_nothing() {
    // It takes connections, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/alive", silent.local_addr().unwrap()).parse().unwrap();
    let mut store =
        Store::with(STEP, Settings { heartbeat: Some(HeartbeatTo::new(url, None)), ..settings() });
    let (_waits, _) = silent.accept().unwrap();
    store.press("Look around");
    store.until("the categories", |store| store.kiosk().visit().screen() == Screen::Browse);
}

#[test]
fn the_document_of_the_kiosk_has_every_setting() {
    let document =
        fs_err::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/kiosk.md")).unwrap();
    for key in KEYS {
        assert!(document.contains(&format!("| `{key}` |")), "{key} is not described");
    }
}
