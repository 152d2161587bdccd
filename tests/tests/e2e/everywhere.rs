//! The same question has the same answer in the app, over HTTP and on the command line.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use image::codecs::jpeg::JpegEncoder;
use knytt_app_core::visit::Visit;
use knytt_garments::{Category, Garment, View, render};
use knytt_ui_api::{PictureQuery, SearchRequest};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::command;
use crate::shop::{DRAWN, Shop};

/// Hits of each answer.
const HITS: usize = 10;

/// Photographs are of these sizes, in pixels. The largest is more than decoding keeps.
const SIDES: [u32; 4] = [96, 224, 640, 2_400];

/// What is asked.
enum Question {
    Words(String),
    /// The name of a JPEG file of the shop's folder.
    Photograph(String),
}

/// Sixty questions in words: kinds, colours, prices, exclusions, words that mean nothing.
fn words() -> Vec<Question> {
    let first = [
        "red",
        "under 10",
        "not black",
        "flurb",
        "hose",
        "summer",
        "blue under 15",
        "kleid",
        "white",
        "long",
    ];
    let mut words: Vec<String> =
        first.iter().chain(&["black under 20", "striped"]).map(|&w| w.into()).collect();
    for (number, drawn) in DRAWN.iter().enumerate() {
        let (category, colour) = (drawn.category.name(), drawn.colour.name());
        words.push(format!("{colour} {category}"));
        words.push(match number % 3 {
            0 => format!("{category} not {colour}"),
            1 => format!("{category} under {}", number + 3),
            _ => format!("a photo of a {category}"),
        });
    }
    words.truncate(60);
    assert_eq!(words.len(), 60);
    words.into_iter().map(Question::Words).collect()
}

/// Forty photographs of garments that the shop does not have, before all kinds of background.
fn photographs(shop: &Shop) -> Vec<Question> {
    let mut rng = ChaCha8Rng::seed_from_u64(29);
    let mut taken = Vec::new();
    for number in 0..40 {
        let garment = Garment::random(Category::ALL[number % 10], &mut rng);
        let picture = render(&garment, &View::wild(&mut rng), SIDES[number % SIDES.len()]);
        let mut jpeg = Vec::new();
        picture.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 90)).unwrap();
        let name = format!("photographs/{number}.jpg");
        shop.write(&name, &jpeg);
        taken.push(Question::Photograph(name));
    }
    taken
}

/// The ids of an answer's hits. `id` leads to that of a hit.
fn ids(answer: &Value, id: &str) -> Vec<String> {
    let hits = answer["hits"].as_array().unwrap_or_else(|| panic!("{answer}"));
    hits.iter().map(|hit| hit.pointer(id).unwrap().as_str().unwrap().to_owned()).collect()
}

/// The answer of `knytt search`: ids, and whether there is a good match.
fn on_the_command_line(shop: &Shop, question: &Question) -> (Vec<String>, Value) {
    let (flag, value) = match question {
        Question::Words(words) => ("--text", words.clone()),
        Question::Photograph(name) => ("--image", shop.arg(name)),
    };
    let found =
        command::json(&["search", "--catalog", &shop.arg("catalog"), flag, &value, "-k", &HITS.to_string()]);
    (ids(&found, "/id"), found["good_match"].clone())
}

fn in_the_app(visit: &Visit, shop: &Shop, question: &Question) -> (Vec<String>, Value) {
    let asked = match question {
        Question::Words(words) => SearchRequest { words: words.clone(), ..SearchRequest::default() },
        Question::Photograph(name) => {
            let file = fs_err::read(shop.path(name)).unwrap();
            let picture = visit.pictures.add_file(&file, name).unwrap();
            let picture = Some(PictureQuery { id: picture.id.clone(), region: None });
            SearchRequest { picture, ..SearchRequest::default() }
        }
    };
    let found = visit.search(&SearchRequest { alpha: 0.5, limit: HITS as u32, ..asked }).unwrap();
    let ids = found.hits.iter().map(|hit| hit.card.id.clone()).collect();
    (ids, json!(found.verdict))
}

fn over_http(backend: &Backend, shop: &Shop, question: &Question) -> (Vec<String>, Value) {
    let body = match question {
        Question::Words(words) => json!({ "text": words, "limit": HITS }),
        Question::Photograph(name) => {
            json!({ "image": BASE64.encode(fs_err::read(shop.path(name)).unwrap()), "limit": HITS })
        }
    };
    let body = body.to_string();
    let mut stream = TcpStream::connect(&backend.address).unwrap();
    let length = body.len();
    let head = format!(
        "POST /api/v1/search HTTP/1.1\r\nHost: knytt\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
    let found: Value = serde_json::from_str(body).unwrap();
    (ids(&found, "/card/id"), found["verdict"].clone())
}

/// The precision of a model is measured once for each machine and changes scores a little. This process computes as the
/// app does, so it runs the test again with a cache that all three read.
#[test]
fn a_hundred_questions_have_the_same_answers_everywhere() {
    let cache = tempfile::tempdir().unwrap();
    let asking = ["everywhere::asking_everywhere", "--exact", "--ignored", "--nocapture"];
    let mut again = Command::new(std::env::current_exe().unwrap());
    let status = again.args(asking).env("KNYTT_CACHE", cache.path()).status().unwrap();
    assert!(status.success());
}

#[test]
#[ignore = "the test above runs it, with a cache of its own"]
fn asking_everywhere() {
    let shop = Shop::new(24);
    shop.build("feed.csv");
    let catalog = shop.arg("catalog");
    let unlimited = ["--searches-per-minute", "0", "--rate-per-ip", "0"];
    let backend = Backend::start(shop.arg("data"), &[&["--catalog", &catalog], &unlimited[..]].concat());
    let visit = Visit::new(&shop.path("visit")).unwrap();
    visit.open_shop(&shop.path("catalog"), Vec::new()).unwrap();
    let questions: Vec<Question> = words().into_iter().chain(photographs(&shop)).collect();
    let mut good = 0;
    for question in &questions {
        let (Question::Words(asked) | Question::Photograph(asked)) = question;
        let (command, is_good) = on_the_command_line(&shop, question);
        let (app, verdict) = in_the_app(&visit, &shop, question);
        let (http, of_server) = over_http(&backend, &shop, question);
        assert_eq!(app, http, "{asked}: app and HTTP");
        assert_eq!(command, app, "{asked}: command line and app");
        assert_eq!(verdict, of_server, "{asked}");
        good += u32::from(is_good == Value::Bool(true));
    }
    assert!(good > 20, "of {} questions {good} had a good match", questions.len());
}
