//! What the shop is told, and what it is not.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use knytt_engine::{Experiment, ExperimentArm, Weights};
use knytt_garments::Category;
use knytt_outbox::{Delivery, DeliveryTiming};
use knytt_ui_api::{PictureQuery, SearchRequest, Settings};
use knytt_wire::{Action, Batch, CatalogIdentity, Event, Participation, QueryKind, Uuid};

use crate::shop::{Shop, picture_of, words};

fn agree(shop: &Shop, consent: bool) {
    shop.agree(consent);
}

fn agreed() -> Shop {
    let shop = Shop::open();
    agree(&shop, true);
    shop
}

fn told(shop: &Shop) -> Vec<Event> {
    shop.visit.library.flush();
    let waiting = shop.visit.library.waiting_events().unwrap();
    waiting.into_iter().map(|told| told.event).collect()
}

fn names(events: &[Event]) -> Vec<&'static str> {
    events.iter().map(|event| event.action.name()).collect()
}

fn data_of(shop: &Shop) -> std::path::PathBuf {
    shop.folder.path().join("data/personal/data.mdb")
}

fn holds(file: &Path, bytes: &[u8]) -> bool {
    fs_err::read(file).unwrap().windows(bytes.len()).any(|window| window == bytes)
}

#[test]
fn without_consent_nothing_is_told() {
    let shop = Shop::open();
    let id = shop.search(words("dress")).hits[0].card.id.clone();
    shop.visit.product_page(&id).unwrap();
    shop.visit.set_favourite(&id, true).unwrap();
    shop.visit.library.note_shared(&id);
    assert!(told(&shop).is_empty());
    assert_eq!(shop.visit.library.feedback().unwrap(), knytt_outbox::Counts::default());
}

#[test]
fn from_the_search_to_the_favourite_each_step_is_told_once() {
    let shop = agreed();
    let hit = shop.search(words("dress")).hits[2].clone();
    let id = hit.card.id;
    shop.visit.product_page(&id).unwrap();
    shop.visit.set_favourite(&id, true).unwrap();
    shop.visit.set_favourite(&id, true).unwrap();
    shop.visit.library.note_shared(&id);
    shop.visit.set_favourite(&id, false).unwrap();
    let events = told(&shop);
    let steps = [
        "search",
        "view_item_list",
        "select_item",
        "view_item",
        "add_to_wishlist",
        "share",
        "remove_from_wishlist",
    ];
    let mut in_time = events.clone();
    in_time.sort_by_key(|event| event.id);
    assert_eq!((names(&events), &events), (steps.to_vec(), &in_time));
    let search = &events[0];
    let Action::Search { kind, search_term, results, good_match, confidence } = &search.action else {
        panic!("the first is the search")
    };
    assert_eq!((kind, search_term.as_deref(), results), (&QueryKind::Words, Some("dress"), &24));
    assert!(good_match.is_some() && confidence.is_some());
    let shop_context = shop.visit.shop().unwrap().context().unwrap();
    for event in &events {
        assert_eq!(event.validate(), Ok(()));
        assert_eq!((&event.catalog, event.release), (&shop_context.identity.catalog, shop_context.release));
        assert_eq!((&event.model, event.visit), (&shop_context.model, search.visit));
        assert!(event.id == search.id || event.search_id == Some(search.id));
        if let Some(item) = event.action.item() {
            assert_eq!((&item.item_id, item.position, item.confidence), (&id, Some(3), hit.percent));
        }
    }
}

/// Has searches of this catalogue take part in an experiment, of nearly whose whole share the variant ranks by nothing.
fn experiment(shop: &Shop, interleaved: bool) -> Uuid {
    let id = Uuid::now_v7();
    let nothing = Weights { visual: 0.0, ..Weights::VISUAL };
    let arm = |share, weights| ExperimentArm { share, weights, rules: None };
    let experiment = Experiment {
        version: Experiment::VERSION,
        id: id.to_string(),
        key: "0f".repeat(32),
        interleaved,
        arms: vec![arm(1, None), arm(9_999, Some(nothing))],
        from_ms: 0,
        until_ms: None,
    };
    let open = shop.visit.shop().unwrap();
    let mut writer = open.session().catalog().write();
    writer.set_experiment(Some(experiment));
    writer.commit().unwrap();
    id
}

#[test]
fn who_tells_takes_part_in_an_experiment_and_who_does_not_searches_as_before() {
    let shop = Shop::open();
    let ids = |shop: &Shop| -> Vec<String> {
        shop.search(words("dress")).hits.into_iter().map(|hit| hit.card.id).collect()
    };
    let before = ids(&shop);
    let id = experiment(&shop, false);
    assert_eq!(ids(&shop), before, "nobody counts what is not told");
    agree(&shop, true);
    let variant = ids(&shop);
    assert_ne!(variant, before);
    shop.visit.product_page(&variant[0]).unwrap();
    let events = told(&shop);
    assert_eq!(names(&events), ["search", "view_item_list", "select_item", "view_item"]);
    let part = Some(Participation { id, arm: Some(1) });
    assert!(events.iter().all(|event| event.experiment == part), "{events:?}");

    let id = experiment(&shop, true);
    let merged = shop.search(words("red dress"));
    let chosen = merged.hits.iter().find(|hit| hit.team == Some(0)).unwrap();
    assert!(merged.hits.iter().any(|hit| hit.team == Some(1)));
    shop.visit.product_page(&chosen.card.id).unwrap();
    let events = told(&shop);
    let arms: Vec<_> = events[4..].iter().map(|event| event.experiment.unwrap()).collect();
    assert!(arms.iter().all(|part| part.id == id));
    assert_eq!(arms.iter().map(|part| part.arm).collect::<Vec<_>>(), [None, None, Some(0), Some(0)]);
}

#[test]
fn a_favourite_and_its_event_are_one_commit() {
    let shop = agreed();
    let id = shop.search(words("dress")).hits[0].card.id.clone();
    let before = told(&shop).len();
    let data = data_of(&shop);
    let commits = || last_commit(&data);
    let commit = commits();
    shop.visit.set_favourite(&id, true).unwrap();
    assert_eq!(commits(), commit + 1);
    assert_eq!((told(&shop).len(), shop.visit.library.favourites().unwrap().len()), (before + 1, 1));
}

/// The number of the last transaction that LMDB committed: the larger of those in its two meta pages.
fn last_commit(data: &Path) -> u64 {
    const MAGIC: [u8; 4] = 0xBEEF_C0DE_u32.to_le_bytes();
    let bytes = fs_err::read(data).unwrap();
    let metas = bytes[..bytes.len().min(40_000)].windows(4).enumerate().filter(|(_, four)| *four == MAGIC);
    // Magic, version, address, size of the map, two databases of 48 bytes, last page; then the number.
    let number = |at: usize| u64::from_le_bytes(bytes[at + 128..][..8].try_into().unwrap());
    metas.map(|(at, _)| number(at)).max().unwrap()
}

#[test]
fn typing_on_is_one_search_and_so_is_its_history() {
    let shop = agreed();
    for typed in ["r", "red", "red dress"] {
        shop.search(words(typed));
    }
    let events = told(&shop);
    assert_eq!(names(&events), ["search", "view_item_list"]);
    assert!(
        matches!(&events[0].action, Action::Search { search_term: Some(term), .. } if term == "red dress")
    );
    assert_eq!(shop.visit.library.history().unwrap().len(), 1);
    assert_eq!(shop.visit.library.feedback().unwrap().retracted, 4);

    let chosen = shop.search(words("red d")).hits[0].card.id.clone();
    shop.visit.product_page(&chosen).unwrap();
    shop.search(words("red dr"));
    let events = told(&shop);
    let searches = names(&events).into_iter().filter(|name| *name == "search").count();
    assert_eq!(searches, 2, "the one that led somewhere stays");
}

#[test]
fn more_of_the_same_answer_is_no_search_and_no_history_needed() {
    let shop = agreed();
    let settings = Settings { keep_history: false, ..shop.visit.library.settings() };
    shop.visit.save_settings(&settings).unwrap();
    shop.visit.search(&SearchRequest { limit: 10, ..words("shirt") }).unwrap();
    shop.visit.search(&SearchRequest { limit: 30, ticket: 1, ..words("shirt") }).unwrap();
    let events = told(&shop);
    assert_eq!(names(&events), ["search", "view_item_list", "view_item_list"]);
    assert!(matches!(&events[2].action, Action::ViewItemList { items }
        if items.len() == 20 && items[0].position == 11));
    assert!(shop.visit.library.history().unwrap().is_empty());
}

#[test]
fn a_picture_is_searched_with_and_never_told() {
    let shop = agreed();
    let file = picture_of(Category::Dress);
    let shot = shop.visit.pictures.add_file(&file, "holiday-by-the-sea.jpg").unwrap();
    let picture = Some(PictureQuery { id: shot.id.clone(), region: None });
    shop.search(SearchRequest { picture: picture.clone(), alpha: 0.5, ..SearchRequest::default() });
    shop.search(SearchRequest { picture, alpha: 0.5, ..words("red") });
    let frame = image::load_from_memory(&file).unwrap().into_rgb8();
    let live = SearchRequest { limit: 8, ..words("") };
    let found = shop.visit.search_frame(&live, &frame).unwrap();
    shop.visit.note_live(&live, &found);
    let events = told(&shop);
    let kinds: Vec<_> = events.iter().filter_map(kind).collect();
    assert!(kinds.contains(&QueryKind::Both) && kinds.contains(&QueryKind::Camera), "{kinds:?}");

    let json = serde_json::to_string(&Batch { events: events.clone() }).unwrap();
    assert!(!json.contains(&shot.id) && !json.contains("holiday") && !json.contains("data:"));
    // Neither bytes nor numbers: all there is are these fields, and the numbers among them are counts.
    let fields = [
        "id",
        "at_ms",
        "catalog",
        "release",
        "model",
        "visit",
        "search_id",
        "name",
        "kind",
        "search_term",
        "results",
        "good_match",
        "confidence",
        "items",
        "item_id",
        "position",
    ];
    for event in &events {
        assert_fields(&serde_json::to_value(event).unwrap(), &fields);
    }
}

fn kind(event: &Event) -> Option<QueryKind> {
    match &event.action {
        Action::Search { kind, .. } => Some(*kind),
        _ => None,
    }
}

fn assert_fields(value: &serde_json::Value, fields: &[&str]) {
    match value {
        serde_json::Value::Object(object) => {
            for (name, value) in object {
                assert!(fields.contains(&name.as_str()), "{name} is told");
                assert_fields(value, fields);
            }
        }
        serde_json::Value::Array(array) => {
            assert!(array.iter().all(serde_json::Value::is_object), "a list of numbers is told");
            array.iter().for_each(|value| assert_fields(value, fields));
        }
        serde_json::Value::Number(number) => assert!(number.is_i64() || number.is_u64(), "{number} is told"),
        _ => {}
    }
}

#[test]
fn consent_taken_back_takes_it_off_the_disk_and_nothing_else() {
    let shop = agreed();
    let id = shop.search(words("a peculiar garment")).hits[0].card.id.clone();
    shop.visit.set_favourite(&id, true).unwrap();
    assert!(!told(&shop).is_empty());
    let visit = told(&shop)[0].visit.to_string();
    assert!(holds(&data_of(&shop), visit.as_bytes()));
    agree(&shop, false);
    assert!(told(&shop).is_empty() && !holds(&data_of(&shop), visit.as_bytes()));
    let library = &shop.visit.library;
    assert_eq!(library.favourites().unwrap(), [id.as_str()]);
    assert_eq!(library.history().unwrap()[0].words, "a peculiar garment");
    assert!(library.settings().consents.is_empty());
    shop.search(words("red"));
    assert!(told(&shop).is_empty());
    agree(&shop, true);
    shop.search(words("blue"));
    assert_eq!(names(&told(&shop)), ["search", "view_item_list"]);
}

#[test]
fn deleting_my_data_takes_what_waits_and_leaves_the_consent() {
    let shop = agreed();
    shop.search(words("red"));
    let visit = told(&shop)[0].visit.to_string();
    shop.visit.delete_personal().unwrap();
    assert!(told(&shop).is_empty() && !holds(&data_of(&shop), visit.as_bytes()));
    assert!(shop.visit.library.may_tell());
    shop.search(words("blue"));
    assert_eq!(names(&told(&shop)), ["search", "view_item_list"]);
}

#[test]
fn what_waits_is_there_after_a_restart() {
    let Shop { visit, folder } = agreed();
    visit.search(&SearchRequest { limit: 5, ..words("red") }).unwrap();
    visit.library.flush();
    let before = visit.library.waiting_events().unwrap();
    drop(visit);
    let again = knytt_app_core::visit::Visit::new(&folder.path().join("data")).unwrap();
    assert_eq!((again.library.waiting_events().unwrap(), before.len()), (before, 2));
}

#[test]
fn it_arrives_at_the_shop() {
    let shop = agreed();
    shop.search(words("red"));
    let waiting = told(&shop);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = format!("http://{}/v1/events", listener.local_addr().unwrap()).parse().unwrap();
    let answering = std::thread::spawn(move || answer_one(&listener));
    let delivery = delivery(&shop, Some(to));
    let done = runtime().block_on(delivery.deliver_once(true)).unwrap();
    assert_eq!(done.events as usize, waiting.len());
    assert!(told(&shop).is_empty());
    assert!(answering.join().unwrap().to_lowercase().contains("idempotency-key"));
}

#[test]
fn without_a_place_to_go_it_waits() {
    let shop = agreed();
    shop.search(words("red"));
    let waiting = told(&shop);
    let done = runtime().block_on(delivery(&shop, None).deliver_once(true)).unwrap();
    assert_eq!((done.events, told(&shop)), (0, waiting));
}

fn delivery(shop: &Shop, to: Option<url::Url>) -> Delivery {
    let route = Arc::new(move |of: &CatalogIdentity| {
        to.clone().filter(|_| *of == CatalogIdentity::local("shop")).map(Into::into)
    });
    shop.visit.library.delivery(route, Arc::new(|| false), DeliveryTiming::default()).unwrap()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Takes one request, answers that two events were accepted, and returns the request's head.
fn answer_one(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().unwrap();
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    let (head, length) = loop {
        let read = stream.read(&mut chunk).unwrap();
        request.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            break (head.to_owned(), length.unwrap_or(0usize));
        }
    };
    while request.len() < head.len() + 4 + length {
        let read = stream.read(&mut chunk).unwrap();
        request.extend_from_slice(&chunk[..read]);
    }
    let body = r#"{"accepted":2,"duplicates":0}"#;
    let answer =
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
    stream.write_all(answer.as_bytes()).unwrap();
    head
}

#[test]
fn a_look_around_and_a_product_elsewhere_are_told_as_such() {
    let shop = agreed();
    shop.search(SearchRequest::default());
    let Action::ViewItemList { items } = told(&shop)[0].action.clone() else { panic!("a list is told") };
    let in_sight = |id: &str| items.iter().any(|item| item.item_id == id);
    let all =
        shop.visit.search(&SearchRequest { limit: 120, ticket: 1, ..SearchRequest::default() }).unwrap();
    shop.search(SearchRequest { ticket: 2, ..words("dress") });
    let elsewhere = shop.search(SearchRequest { ticket: 3, ..words("jeans") });
    let last = |id: &str| elsewhere.hits.iter().any(|hit| hit.card.id == id);
    let other = all.hits.iter().map(|hit| &hit.card.id).find(|id| !in_sight(id) && !last(id)).unwrap();
    shop.visit.product_page(other).unwrap();
    let events = told(&shop);
    assert!(
        events
            .iter()
            .take_while(|event| event.action.name() == "view_item_list")
            .all(|e| e.search_id.is_none())
    );
    let page = events.last().unwrap();
    assert_eq!((page.action.name(), page.search_id), ("view_item", None));
    assert_eq!(page.action.item().unwrap().position, None);
}
