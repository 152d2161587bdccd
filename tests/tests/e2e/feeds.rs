//! Feeds of shops, with the pictures on a server.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::command::json;
use crate::shop::{DRAWN, Shop};

/// Serves the drawn garments as `/0.jpg`, `/1.jpg` …, each with a tag, and nothing else.
struct Pictures {
    address: String,
    sent: Arc<AtomicUsize>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Pictures {
    fn serve() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (sent, asked) = (Arc::<AtomicUsize>::default(), Arc::<Mutex<Vec<String>>>::default());
        let (of_thread, asked_of_thread) = (Arc::clone(&sent), Arc::clone(&asked));
        // Ends with the tests.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &of_thread, &asked_of_thread);
            }
        });
        Self { address, sent, asked }
    }

    /// Whole pictures that were sent since the last call.
    fn sent(&self) -> usize {
        self.sent.swap(0, Ordering::SeqCst)
    }
}

fn answer(mut stream: TcpStream, sent: &AtomicUsize, asked: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let number = path.trim_start_matches('/').strip_suffix(".jpg").and_then(|n| n.parse::<usize>().ok());
    let tag = format!("\"{path}\"");
    asked.lock().unwrap().push(path);
    let write = |stream: &mut TcpStream, status: &str, body: &[u8]| {
        let heads = format!(
            "HTTP/1.1 {status}\r\nETag: {tag}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        let _ = stream.write_all(heads.as_bytes()).and_then(|()| stream.write_all(body));
    };
    match number.and_then(|n| DRAWN.get(n)) {
        None => write(&mut stream, "404 Not Found", b""),
        Some(_) if head.to_lowercase().contains("if-none-match") => {
            write(&mut stream, "304 Not Modified", b"")
        }
        Some(drawn) => {
            sent.fetch_add(1, Ordering::SeqCst);
            write(&mut stream, "200 OK", &drawn.jpeg);
        }
    }
}

fn shopify(server: &str) -> String {
    format!(
        "Handle,Title,Body (HTML),Vendor,Type,Published,Option1 Name,Option1 Value,Variant Price,Variant Compare At Price,Image Src\n\
         dress,Summer dress,<p>Light &amp; long</p>,Nord,Dresses,true,Size,S,49.90,59.90,{server}/0.jpg\n\
         dress,,,,,,,M,49.90,59.90,\n\
         hat,Wool hat,,Nord,Hats,true,Title,Default Title,19.90,,{server}/1.jpg\n\
         ghost,No picture there,,Nord,Hats,true,Title,Default Title,19.90,,{server}/none.jpg\n\
         secret,Not yet,,Nord,Hats,false,Title,Default Title,19.90,,{server}/2.jpg\n"
    )
}

#[test]
fn a_shops_export_is_built_with_its_pictures_from_the_network() {
    let (shop, server) = (Shop::empty(), Pictures::serve());
    shop.write("products_export.csv", shopify(&server.address).as_bytes());
    let (feed, catalog) = (shop.arg("products_export.csv"), shop.arg("catalog"));
    let build =
        |more: &[&str]| json(&[&["build", &feed, "--catalog", &catalog, "--currency", "EUR"], more].concat());
    let report = build(&[]);
    assert_eq!((&report["products"], &report["quarantined"]), (&2.into(), &1.into()), "{report}");
    assert_eq!(report["skipped"]["unpublished"], 1);
    assert_eq!(shop.quarantine(), [("products_export.csv:5".to_owned(), "no-such-image".to_owned())].into());
    assert_eq!(server.sent(), 2);
    assert!(
        !server.asked.lock().unwrap().contains(&"/2.jpg".to_owned()),
        "what is left out is not downloaded"
    );

    let found = json(&["search", "--catalog", &catalog, "--text", "dress", "--filter", "size=M"]);
    let product = &found["hits"][0]["product"];
    assert_eq!((&product["id"], &product["sizes"][1]), (&"dress".into(), &"M".into()), "{found}");
    assert_eq!(
        (&product["price"]["amount"], &product["sale_price"]["amount"]),
        (&"59.90".into(), &"49.90".into())
    );
    assert_eq!(product["description"], "Light & long");
    assert_eq!(product["variants"].as_array().unwrap().len(), 2);

    let again = build(&[]);
    assert_eq!((&again["unchanged"], server.sent()), (&2.into(), 0), "{again}");
    assert_eq!(build(&["--unpublished"])["products"], 3);
}

#[test]
fn offline_builds_from_what_was_downloaded() {
    let (shop, server) = (Shop::empty(), Pictures::serve());
    shop.write(
        "feed.tsv",
        format!("id\timage link\n1\t{0}/0.jpg\n2\t{0}/1.jpg\n", server.address).as_bytes(),
    );
    let run = shop.try_build("feed.tsv", &["--offline"]);
    assert!(run.code == Some(3) && run.stderr.contains("not downloaded before"), "{run:?}");
    shop.build("feed.tsv");
    server.asked.lock().unwrap().clear();
    let (feed, catalog) = (shop.arg("feed.tsv"), shop.arg("catalog"));
    let rebuilt = json(&["build", &feed, "--catalog", &catalog, "--offline", "--rebuild"]);
    assert_eq!((&rebuilt["products"], &rebuilt["embedded"]), (&2.into(), &2.into()), "{rebuilt}");
    assert!(server.asked.lock().unwrap().is_empty());
}

#[test]
fn a_format_and_a_mapping_can_be_said() {
    let shop = Shop::new(2);
    shop.write("map.toml", b"[columns]\nid = \"Nr\"\nimage_link = \"Bild\"\n");
    shop.write("artikel.txt", b"Nr;Bild\n1;pictures/000.jpg\n2;pictures/001.jpg\n");
    let map = shop.arg("map.toml");
    let (feed, catalog) = (shop.arg("artikel.txt"), shop.arg("catalog"));
    assert_eq!(json(&["build", &feed, "--catalog", &catalog, "--map", &map])["products"], 2);
    shop.write("map.toml", b"[columns]\nid = \"Nummer\"\n");
    shop.try_build("artikel.txt", &["--map", &map]).fails(2, &["Nummer", "--map", "Bild, Nr"]);
    let run = shop.try_build("artikel.txt", &["--format", "yaml"]);
    assert!(run.code == Some(2) && run.stderr.contains("woocommerce"), "{run:?}");
    shop.try_build("artikel.txt", &["--format", "parquet"]).fails(1, &["artikel.txt"]);
}

#[test]
fn strict_stops_at_a_picture_that_is_not_there() {
    let (shop, server) = (Shop::empty(), Pictures::serve());
    let feed = format!("id,image\n1,{0}/0.jpg\n2,{0}/none.jpg\n3,{0}/1.jpg\n", server.address);
    shop.write("feed.csv", feed.as_bytes());
    shop.try_build("feed.csv", &["--strict"]).fails(3, &["feed.csv:3", "404", "--strict"]);
    assert_eq!(shop.inspect()["products"], 1);
}
