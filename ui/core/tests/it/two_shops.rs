//! Two shops that call their catalogues the same: nothing of one reaches the other.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use knytt_app_core::visit::{Update, Visit};
use knytt_publisher::PublishOptions;
use knytt_ui_api::{CatalogEntry, Settings};

use crate::retailer::Retailer;

const PRODUCTS: usize = 20;

/// A retailer whose releases name an address for feedback, with the listener behind it.
struct Feedback {
    retailer: Retailer,
    listener: TcpListener,
}

impl Feedback {
    fn open(ingest_key: &str) -> Self {
        let retailer = Retailer::open(PRODUCTS);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let events = format!("http://{}/v1/events", listener.local_addr().unwrap()).parse().unwrap();
        let ingest_key = Some(ingest_key.into());
        retailer.publish(&PublishOptions { events: Some(events), ingest_key, ..PublishOptions::default() });
        Self { retailer, listener }
    }

    fn follow(&self, visit: &Arc<Visit>) -> PathBuf {
        let runtime = &self.retailer.runtime;
        let offer = runtime.block_on(visit.catalogs.inspect(&self.retailer.link())).unwrap();
        let folder = visit.catalogs.add(&offer.link).unwrap();
        let _inside = runtime.enter();
        Update::begin(visit, &folder, true, false).unwrap().run().unwrap();
        folder
    }

    /// Takes one batch of one event; the request.
    fn take_one(&self) -> String {
        let (mut stream, _) = self.listener.accept().unwrap();
        stream.set_read_timeout(Some(std::time::Duration::from_secs(10))).unwrap();
        let (mut request, mut chunk) = (Vec::new(), [0; 4096]);
        while !request.ends_with(b"]}") {
            let read = stream.read(&mut chunk).unwrap();
            request.extend_from_slice(&chunk[..read]);
        }
        let body = r#"{"accepted":1,"duplicates":0}"#;
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        stream.write_all((head + body).as_bytes()).unwrap();
        String::from_utf8(request).unwrap()
    }
}

fn entry(visit: &Visit, folder: &std::path::Path) -> CatalogEntry {
    visit.catalog_list().into_iter().find(|entry| std::path::Path::new(&entry.path) == folder).unwrap()
}

fn agree(visit: &Visit, folders: &[&PathBuf]) {
    let consents = folders.iter().map(|folder| entry(visit, folder).feedback.unwrap()).collect();
    visit.save_settings(&Settings { consents, ..visit.library.settings() }).unwrap();
}

#[test]
fn events_go_each_to_its_own_shop_favourites_are_apart_and_consent_is_for_one() {
    let (one, two) = (Feedback::open("key-of-one"), Feedback::open("key-of-two"));
    let folder = tempfile::tempdir().unwrap();
    let visit = Arc::new(Visit::new(&folder.path().join("data")).unwrap());
    visit.catalogs.keep_trust_in(folder.path().join("trust"));
    let (first, second) = (one.follow(&visit), two.follow(&visit));
    let waiting = || visit.library.feedback().unwrap().waiting;

    visit.open_shop(&first, Vec::new()).unwrap();
    let id = visit.shop().unwrap().session().catalog().read().unwrap().ids().unwrap().swap_remove(0);
    agree(&visit, &[&first]);
    visit.set_favourite(&id, true).unwrap();
    assert_eq!(waiting(), 1);

    visit.open_shop(&second, Vec::new()).unwrap();
    assert!(visit.library.favourites().unwrap().is_empty(), "the same product of another shop");
    visit.set_favourite(&id, true).unwrap();
    assert_eq!(waiting(), 1, "this shop was not agreed to");
    visit.set_favourite(&id, false).unwrap();
    agree(&visit, &[&first, &second]);
    visit.set_favourite(&id, true).unwrap();
    assert_eq!(waiting(), 2);

    let asked = entry(&visit, &second).feedback.unwrap();
    assert_eq!(asked.name, "Drawn shop");
    assert_eq!(asked.address, format!("http://{}", two.listener.local_addr().unwrap()));
    let delivery = visit.delivery(None).unwrap();
    let requests = std::thread::scope(|scope| {
        let requests = [&one, &two].map(|shop| scope.spawn(|| shop.take_one()));
        let done = one.retailer.runtime.block_on(delivery.deliver_once(true)).unwrap();
        assert_eq!((done.events, done.failures), (2, 0));
        requests.map(|request| request.join().unwrap())
    });
    for (request, shop) in requests.iter().zip([(&one, "key-of-one"), (&two, "key-of-two")]) {
        assert!(request.contains(&shop.0.retailer.fingerprint()), "whose event it is");
        assert!(request.to_lowercase().contains(&format!("knytt-ingest-key: {}", shop.1)));
        assert_eq!(request.matches("add_to_wishlist").count(), 1);
    }

    // What waits for one is deleted when the shopper no longer agrees; what waits for the other stays.
    visit.set_favourite(&id, false).unwrap();
    visit.open_shop(&first, Vec::new()).unwrap();
    assert!(visit.library.is_favourite(&id));
    visit.set_favourite(&id, false).unwrap();
    assert_eq!(waiting(), 2);
    agree(&visit, &[&second]);
    assert_eq!(waiting(), 1);
    let left = visit.library.waiting_events().unwrap().remove(0);
    assert_eq!(left.root.unwrap(), two.retailer.fingerprint());
}
