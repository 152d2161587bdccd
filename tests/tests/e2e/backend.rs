//! Publishing and feedback over HTTP: a retailer publishes to a server, a device follows it, the device's events
//! reach the server, `knytt report` shows them, and the next release has their popularity.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use knytt_wire::{Action, Batch, Event, Item, ListedItem, QueryKind, Uuid};
use serde_json::Value;

use crate::command::{self, json, knytt};
use crate::shop::Shop;

/// What the release names, so that the events of its devices rank.
const INGEST_KEY: &str = "0123456789abcdef";

/// `knytt serve` on a port of its own.
pub struct Backend {
    process: Child,
    pub address: String,
    data: String,
}

impl Backend {
    pub fn start(data: String, flags: &[&str]) -> Self {
        let mut command = knytt(&["serve", "--data", &data, "--listen", "127.0.0.1:0"]);
        command.args(flags);
        let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let address = loop {
            let line: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
            if line["message"] == "listening" {
                break line["address"].as_str().unwrap().to_owned();
            }
        };
        // The server would wait on a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address, data }
    }

    fn catalog(&self) -> String {
        format!("http://{}/v1/catalogs/catalog/", self.address)
    }

    /// How commands name its database.
    pub fn records(&self) -> [&str; 2] {
        ["--data", &self.data]
    }

    fn api_key(&self) -> String {
        let args = ["api-key", "create", "--catalog", "catalog", "--scope", "publish"];
        json(&[&args[..], &self.records()].concat())["token"].as_str().unwrap().to_owned()
    }

    /// Posts a batch; the status and the body.
    fn post(&self, batch: &Batch) -> (u16, Value) {
        let body = serde_json::to_vec(batch).unwrap();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "POST /v1/events HTTP/1.1\r\nHost: knytt\r\nContent-Type: application/json\r\n\
             Knytt-Ingest-Key: {INGEST_KEY}\r\nIdempotency-Key: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            Uuid::now_v7(),
            body.len()
        );
        stream.write_all(&[head.as_bytes(), &body].concat()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        let json = &body[body.find('{').unwrap()..=body.rfind('}').unwrap()];
        (status, serde_json::from_str(json).unwrap())
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn publish(shop: &Shop, backend: &Backend, key: &str, more: &[&str]) {
    let (catalog, keys) = (shop.arg("catalog"), shop.arg("keys"));
    let to = backend.catalog();
    let args = [&["publish", "--catalog", &catalog, "--keys", &keys, "--to", to.trim_end_matches('/')], more];
    let output = knytt(&args.concat()).env("KNYTT_API_KEY", key).output().unwrap();
    let run = command::Run::from(output);
    assert_eq!(run.code, Some(0), "{run:?}");
}

/// The events of a search whose first product was opened and kept.
fn visit(item: &str) -> Batch {
    let (visit, search) = (Uuid::new_v4(), Uuid::now_v7());
    let event = |id, search_id, action| Event {
        id,
        at_ms: 1_790_000_000_000,
        catalog: "catalog".into(),
        release: 1,
        model: "m".into(),
        visit,
        search_id,
        device: Default::default(),
        experiment: None,
        action,
    };
    let item = Item { item_id: item.into(), position: Some(1), ..Item::default() };
    let listed = vec![ListedItem { item_id: item.item_id.clone(), position: 1 }];
    let searched = Action::Search {
        kind: QueryKind::Words,
        search_term: Some("a kilt".into()),
        results: 1,
        good_match: Some(false),
        confidence: Some(12),
    };
    let then = [
        Action::ViewItemList { items: listed },
        Action::SelectItem(item.clone()),
        Action::ViewItem(item.clone()),
        Action::AddToWishlist(item),
    ];
    let mut events = vec![event(search, None, searched)];
    events.extend(then.map(|action| event(Uuid::now_v7(), Some(search), action)));
    Batch { events }
}

#[test]
fn what_shoppers_do_comes_back_and_flows_into_the_next_release() {
    let shop = Shop::new(6);
    shop.build("feed.csv");
    assert_eq!(command::run(&["key", "init", &shop.arg("keys")]).code, Some(0));
    let backend = Backend::start(shop.arg("backend"), &[]);
    let key = backend.api_key();
    let events = format!("http://{}/v1/events", backend.address);
    publish(&shop, &backend, &key, &["--events", &events, "--ingest-key", INGEST_KEY]);

    let device = shop.arg("device");
    let synced = json(&["sync", "--catalog", &device, "--from", &backend.catalog()]);
    assert_eq!(synced["release"], 1);

    let batch = visit("sku-2");
    let (status, first) = backend.post(&batch);
    assert_eq!((status, &first["accepted"], &first["duplicates"]), (200, &5.into(), &0.into()), "{first}");
    let (status, again) = backend.post(&batch);
    assert_eq!((status, &again["accepted"], &again["duplicates"]), (200, &0.into(), &5.into()), "{again}");

    let report = json(&[&["report", "--catalog", "catalog"][..], &backend.records()].concat());
    assert_eq!(report["searches"]["total"], 1, "{report}");
    assert_eq!(report["no_good_match_queries"][0]["query"], "a kilt", "{report}");
    assert_eq!(
        (&report["positions"][0]["shown"], &report["positions"][0]["selected"]),
        (&1.into(), &1.into())
    );

    let database = format!("sqlite:{}", shop.path("backend").join("knytt.db").display());
    let from = ["--events", &events, "--ingest-key", INGEST_KEY, "--popularity-from", &database];
    publish(&shop, &backend, &key, &from);
    let synced = json(&["sync", "--catalog", &device, "--from", &backend.catalog()]);
    assert_eq!(synced["release"], 2);
    let hits = json(&["search", "--catalog", &device, "--text", "shirt", "-k", "6"]);
    let popular = hits["hits"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|hit| !hit["product"]["attributes"]["popularity"].is_null());
    assert_eq!(popular.count(), 1, "{hits}");
}

#[test]
fn without_a_key_nothing_is_published() {
    let shop = Shop::new(3);
    shop.build("feed.csv");
    assert_eq!(command::run(&["key", "init", &shop.arg("keys")]).code, Some(0));
    let backend = Backend::start(shop.arg("backend"), &[]);
    let (catalog, keys, to) = (shop.arg("catalog"), shop.arg("keys"), backend.catalog());
    let args = ["publish", "--catalog", &catalog, "--keys", &keys, "--to", to.trim_end_matches('/')];
    let refused = command::Run::from(knytt(&args).env("KNYTT_API_KEY", "knytt_wrong").output().unwrap());
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let run = command::run(&["sync", "--catalog", &shop.arg("device"), "--from", &backend.catalog()]);
    run.fails(1, &["does not exist"]);
}
