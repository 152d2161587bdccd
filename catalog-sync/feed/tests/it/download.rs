//! Pictures from servers that are slow, wrong, busy, or gone.

use std::path::PathBuf;
use std::time::Duration;

use axum::http::header;
use knytt_feed::{Error, FetchOptions, Fetcher, Patience, Refusal};
use tempfile::TempDir;
use url::Url;

use crate::server::{Act, Server, picture};

/// A picture's most bytes here.
const MOST: u64 = 1 << 20;

fn fetcher(folder: &TempDir, offline: bool) -> Fetcher {
    with_patience(folder, offline, |patience| patience)
}

fn with_patience(folder: &TempDir, offline: bool, change: impl Fn(Patience) -> Patience) -> Fetcher {
    let patience = change(Patience {
        connect: Duration::from_secs(2),
        read: Duration::from_millis(400),
        whole: Duration::from_secs(5),
        tries: 3,
        backoff: Duration::from_millis(20),
        longest_wait: Duration::from_secs(5),
        grace: Duration::from_secs(5),
        slowest_bytes_per_second: 1,
    });
    Fetcher::new(FetchOptions {
        folder: folder.path().join("images"),
        offline,
        public_only: false,
        max_bytes: MOST,
        patience,
    })
}

fn bring(fetcher: &Fetcher, url: &Url) -> Result<PathBuf, Refusal> {
    fetcher.fetch(url).unwrap().wait(&|| false).unwrap()
}

/// The bytes, or the code.
fn fetched(folder: &TempDir, url: &Url) -> Result<Vec<u8>, &'static str> {
    bring(&fetcher(folder, false), url).map(|path| std::fs::read(path).unwrap()).map_err(|(code, _)| code)
}

#[test]
fn a_picture_is_asked_for_again_only_if_it_changed() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let url = server.act("a.jpg", Act::Picture(picture(1)));
    assert_eq!(fetched(&folder, &url), Ok(picture(1)));
    assert_eq!(fetched(&folder, &url), Ok(picture(1)));
    let seen = server.seen();
    assert!(
        seen[0].headers.get(header::IF_NONE_MATCH).is_none()
            && seen[1].headers.contains_key(header::IF_NONE_MATCH)
    );
    server.act("a.jpg", Act::Picture(picture(2)));
    assert_eq!(fetched(&folder, &url), Ok(picture(2)), "a new picture takes the place of the old one");
}

#[test]
fn one_picture_of_many_products_is_fetched_once() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let url = server.act("a.jpg", Act::Picture(picture(1)));
    let fetcher = fetcher(&folder, false);
    let downloads: Vec<_> = (0..20).map(|_| fetcher.fetch(&url).unwrap()).collect();
    assert!(downloads.into_iter().all(|download| download.wait(&|| false).unwrap().is_ok()));
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_line_that_breaks_off_is_taken_up_where_it_broke() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let url = server.act("a.jpg", Act::CutAfter(40_000, picture(3)));
    assert_eq!(fetched(&folder, &url), Ok(picture(3)));
    let ranges: Vec<_> = server.seen().iter().map(|s| s.headers.get(header::RANGE).cloned()).collect();
    assert_eq!(ranges, [None, Some("bytes=40000-".parse().unwrap())]);
}

#[test]
fn a_part_of_a_picture_that_has_changed_since_is_thrown_away() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let url = server.act("a.jpg", Act::CutAfter(40_000, picture(3)));
    let fetcher = fetcher(&folder, false);
    let download = fetcher.fetch(&url).unwrap();
    while server.seen().is_empty() {
        std::thread::sleep(Duration::from_millis(1));
    }
    server.act("a.jpg", Act::Picture(picture(4)));
    let path = download.wait(&|| false).unwrap().unwrap();
    assert_eq!(std::fs::read(path).unwrap(), picture(4));
}

#[test]
fn a_feed_of_somebody_else_makes_nobody_ask_this_machine() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let url = server.act("a.jpg", Act::Picture(picture(1)));
    let mut named = url.clone();
    named.set_host(Some("localhost")).unwrap();
    let fetcher = Fetcher::new(FetchOptions {
        folder: folder.path().join("images"),
        offline: false,
        public_only: true,
        max_bytes: MOST,
        patience: Patience { tries: 1, ..Patience::default() },
    });
    assert_eq!(bring(&fetcher, &url).unwrap_err().0, "address-refused");
    assert_eq!(bring(&fetcher, &named).unwrap_err().0, "image-unreachable");
    assert!(server.seen().is_empty(), "{:?}", server.seen().len());
}

#[test]
fn what_cannot_be_had_says_why() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    for (name, act, code) in [
        ("gone", Act::Status(404), "no-such-image"),
        ("forbidden", Act::Status(403), "image-refused"),
        ("broken", Act::Status(500), "image-unreachable"),
        ("page", Act::Page, "not-a-picture"),
        ("endless", Act::Endless, "too-large"),
        ("huge", Act::Picture([picture(1), vec![0; MOST as usize]].concat()), "too-large"),
        ("round", Act::Redirect("/round"), "redirect-loop"),
        ("silent", Act::Silent, "image-unreachable"),
        ("away", Act::Redirect("ftp://elsewhere.test/a.jpg"), "bad-url"),
    ] {
        let url = server.act(name, act);
        assert_eq!(fetched(&folder, &url), Err(code), "{name}");
    }
    let left: Vec<_> =
        walk(&folder.path().join("images")).into_iter().filter(|p| p.extension().is_none()).collect();
    assert!(left.is_empty(), "nothing of it is kept: {left:?}");
}

fn walk(folder: &std::path::Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn a_slow_line_is_waited_for_while_it_moves() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let url = server.act("slow.jpg", Act::Slow(Duration::from_millis(150), picture(5)));
    assert_eq!(fetched(&folder, &url), Ok(picture(5)));
}

#[test]
fn a_server_that_drips_is_left_and_not_asked_again_for_each_picture() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    // About 400,000 bytes a second, where a megabyte is the least.
    let urls: Vec<_> = (0..40)
        .map(|n| server.act(&format!("{n}.jpg"), Act::Slow(Duration::from_millis(50), picture(n).repeat(9))))
        .collect();
    let fetcher = with_patience(&folder, false, |patience| Patience {
        grace: Duration::from_millis(120),
        slowest_bytes_per_second: 1_000_000,
        ..patience
    });
    let downloads: Vec<_> = urls.iter().map(|url| fetcher.fetch(url).unwrap()).collect();
    let refused: Vec<_> =
        downloads.into_iter().map(|download| download.wait(&|| false).unwrap().unwrap_err()).collect();
    assert!(
        refused.iter().all(|(code, reason)| *code == "image-unreachable" && reason.contains("too slowly"))
    );
    assert!(server.seen().len() < 20, "the server is given up, and no picture is tried twice");
}

#[test]
fn a_picture_is_one_whatever_a_server_puts_around_it() {
    use std::io::Write;
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&picture(8)).unwrap();
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    zlib.write_all(&picture(8)).unwrap();
    let (gzip, zlib) = (gzip.finish().unwrap(), zlib.finish().unwrap());
    for (name, act) in [
        ("gzip", Act::Answer(200, vec![(header::CONTENT_ENCODING, "gzip")], gzip.clone())),
        ("gzip-unsaid", Act::Answer(200, vec![], gzip)),
        ("deflate", Act::Answer(200, vec![(header::CONTENT_ENCODING, "deflate")], zlib)),
        ("said-only", Act::Answer(200, vec![(header::CONTENT_ENCODING, "gzip")], picture(8))),
        ("changed", Act::Answer(203, vec![], picture(8))),
    ] {
        let url = server.act(name, act);
        assert_eq!(fetched(&folder, &url), Ok(picture(8)), "{name}");
    }
}

#[test]
fn what_came_instead_of_a_picture_is_called_what_it_is() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let as_jpeg = || vec![(header::CONTENT_TYPE, "image/jpeg")];
    for (name, act, code, words) in [
        ("empty", Act::Answer(200, as_jpeg(), vec![]), "empty-file", "0 bytes"),
        ("none", Act::Answer(204, vec![], vec![]), "empty-file", "0 bytes"),
        (
            "jxl",
            Act::Answer(200, as_jpeg(), b"\0\0\0\x0cJXL \r\n\x87\n".to_vec()),
            "not-a-picture",
            "JPEG XL",
        ),
        ("page", Act::Page, "not-a-picture", "an HTML page"),
    ] {
        let url = server.act(name, act);
        let (found, reason) = bring(&fetcher(&folder, false), &url).unwrap_err();
        assert!(found == code && reason.contains(words), "{name}: {found}: {reason}");
    }
}

#[test]
fn a_busy_server_is_left_alone_as_long_as_it_asks() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let busy = server.act("busy.jpg", Act::Busy(429, "1", 1, picture(6)));
    let other = server.act("other.jpg", Act::Picture(picture(7)));
    let fetcher = fetcher(&folder, false);
    let first = fetcher.fetch(&busy).unwrap();
    // Until its wish to wait has come.
    std::thread::sleep(Duration::from_millis(300));
    let second = fetcher.fetch(&other).unwrap();
    assert!(first.wait(&|| false).unwrap().is_ok() && second.wait(&|| false).unwrap().is_ok());
    let seen = server.seen();
    assert_eq!(seen.len(), 3);
    assert!(seen[1..].iter().all(|later| later.at - seen[0].at >= Duration::from_millis(990)), "{seen:?}");
    let far = server.act("far.jpg", Act::Busy(503, "86400", 9, picture(6)));
    let (code, reason) = bring(&fetcher, &far).unwrap_err();
    assert_eq!(code, "image-unreachable", "{reason}");
}

#[test]
fn one_server_is_asked_a_few_things_at_once() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let fetcher = fetcher(&folder, false);
    let urls = (0..60).map(|n| server.act(&format!("{n}.jpg"), Act::Picture(picture(n))));
    let downloads: Vec<_> = urls.map(|url| fetcher.fetch(&url).unwrap()).collect();
    assert!(downloads.into_iter().all(|download| download.wait(&|| false).unwrap().is_ok()));
    assert!((2..=6).contains(&server.most_at_once()), "{}", server.most_at_once());
}

#[test]
fn a_server_that_is_gone_is_given_up_and_what_was_had_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let url = {
        let server = Server::start();
        let url = server.act("a.jpg", Act::Picture(picture(1)));
        assert_eq!(fetched(&folder, &url), Ok(picture(1)));
        url
    };
    assert_eq!(fetched(&folder, &url), Ok(picture(1)), "the picture of last time");
    let fetcher = fetcher(&folder, false);
    let urls = (0..5000).map(|n| url.join(&format!("{n}.jpg")).unwrap());
    let downloads: Vec<_> = urls.map(|url| fetcher.fetch(&url).unwrap()).collect();
    let refused: Vec<_> =
        downloads.into_iter().map(|download| download.wait(&|| false).unwrap().unwrap_err()).collect();
    assert!(refused.iter().all(|(code, _)| *code == "image-unreachable"));
    let given_up = refused.iter().filter(|(_, reason)| reason.contains("after 20 tries")).count();
    assert!(given_up > 4900, "{given_up} were not tried");
}

#[test]
fn offline_takes_what_is_there_and_asks_nobody() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let url = server.act("a.jpg", Act::Picture(picture(1)));
    let offline = fetcher(&folder, true);
    assert_eq!(bring(&offline, &url).unwrap_err().0, "not-cached");
    assert!(server.seen().is_empty());
    fetched(&folder, &url).unwrap();
    server.seen();
    assert!(bring(&fetcher(&folder, true), &url).is_ok() && server.seen().is_empty());
}

#[test]
fn waiting_ends_when_somebody_stops_it() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let url = server.act("silent", Act::Silent);
    let stopped = fetcher(&folder, false).fetch(&url).unwrap().wait(&|| true);
    assert!(matches!(stopped, Err(Error::Interrupted)));
}

#[test]
fn pictures_that_no_product_names_any_more_are_swept() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let (a, b) =
        (server.act("a.jpg", Act::Picture(picture(1))), server.act("b.jpg", Act::Picture(picture(2))));
    fetched(&folder, &a).unwrap();
    let fetcher = fetcher(&folder, false);
    let kept = bring(&fetcher, &b).unwrap();
    fetcher.sweep().unwrap();
    let left = walk(&folder.path().join("images"));
    assert!(left.contains(&kept) && left.len() == 2, "the picture and its note: {left:?}");
}
