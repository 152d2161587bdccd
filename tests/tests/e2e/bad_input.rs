//! Input that cannot be used: `knytt` names it with the reason and takes the rest.

use fs_err as fs;

use crate::command::run;
use crate::faulty;
use crate::shop::{DRAWN, Shop, row};

#[test]
fn each_bad_picture_is_set_aside_with_its_reason_and_the_rest_is_built() {
    let shop = Shop::new(3);
    let text = b"this is no picture";
    for (name, bytes) in [
        ("bomb.png", faulty::png_bomb().as_slice()),
        ("cut.jpg", &faulty::truncated(&DRAWN[0].jpeg)),
        ("nothing.jpg", b""),
        ("text.jpg", text),
    ] {
        shop.write(&format!("pictures/{name}"), bytes);
    }
    let report = shop.build("pictures");
    assert_eq!((&report["products"], &report["quarantined"]), (&3.into(), &4.into()), "{report}");
    let expected = [
        ("bomb.png", "too-large"),
        ("cut.jpg", "truncated-picture"),
        ("nothing.jpg", "empty-file"),
        ("text.jpg", "not-a-picture"),
    ];
    assert_eq!(shop.quarantine(), expected.map(|(place, code)| (place.into(), code.into())).into());
}

/// The starter cannot tell unsafe pictures, so the test takes a share of 0, which refuses every picture.
#[test]
fn a_safety_gate_sets_pictures_aside_and_refuses_them_in_queries() {
    let shop = Shop::new(3);
    shop.build("feed.csv");
    let picture = shop.arg("pictures/000.jpg");
    let search = || run(&["search", "--catalog", &shop.arg("catalog"), "--image", &picture]);
    assert_eq!(search().code, Some(0));
    let closed = shop.try_build("feed.csv", &["--safety", "0"]);
    assert!(closed.stderr.contains("fit to be shown"), "{}", closed.stderr);
    assert_eq!(shop.quarantine().len(), 3, "what was there before too");
    assert!(shop.quarantine().values().all(|code| code == "unsafe-picture"));
    let refused = search();
    assert!(refused.code != Some(0) && refused.stderr.contains("refuses the picture"), "{}", refused.stderr);
    assert_eq!(shop.try_build("feed.csv", &["--safety", "off"]).code, Some(0));
    assert!(shop.quarantine().is_empty());
    assert_eq!(search().code, Some(0));
}

#[test]
fn unusual_pictures_are_taken() {
    let shop = Shop::empty();
    for (name, bytes) in [
        ("animated.gif", faulty::animated_gif()),
        ("inks.jpg", faulty::cmyk_jpeg()),
        ("one.png", faulty::one_pixel()),
        ("misnamed.png", DRAWN[0].jpeg.clone()),
    ] {
        shop.write(&format!("pictures/{name}"), &bytes);
    }
    let report = shop.build("pictures");
    assert_eq!(
        (&report["products"], &report["quarantined"]),
        (&4.into(), &0.into()),
        "{:?}",
        shop.quarantine()
    );
}

#[test]
fn bad_rows_are_set_aside_with_their_line() {
    let shop = Shop::new(2);
    let mut feed = fs::read(shop.path("feed.csv")).unwrap();
    feed.extend(b"\nsku-0,again,hat,red,1 EUR,pictures/001.jpg,summer"); // line 4
    feed.extend(b"\nsku-5,caf\xe9,hat,red,1 EUR,pictures/001.jpg,summer");
    feed.extend(b"\nsku-6,short,hat");
    feed.extend(b"\nsku-7,none,hat,red,1 EUR,,summer");
    feed.extend(b"\nsku-8,gone,hat,red,1 EUR,pictures/gone.jpg,summer");
    feed.extend(b"\nsku-9,free,hat,red,ask us,pictures/001.jpg,summer");
    feed.extend(b"\nsku-10,far,hat,red,1 EUR,ftp://shop.test/a.jpg,summer");
    shop.write("feed.csv", &feed);
    // A row in another encoding is read as what it is most likely in.
    assert_eq!(shop.build("feed.csv")["products"], 3);
    let expected = [
        ("feed.csv:4", "duplicate-id"),
        ("feed.csv:6", "missing-image"),
        ("feed.csv:7", "missing-image"),
        ("feed.csv:8", "missing-file"),
        ("feed.csv:9", "bad-price"),
        ("feed.csv:10", "remote-image"),
    ];
    assert_eq!(shop.quarantine(), expected.map(|(place, code)| (place.into(), code.into())).into());
}

#[test]
fn of_two_rows_with_one_id_the_first_wins() {
    let shop = Shop::new(2);
    shop.write_feed(&[row(0), row(1).replace("sku-1", "sku-0")]);
    shop.build("feed.csv");
    let id = crate::command::json(&["search", "--catalog", &shop.arg("catalog"), "--text", "dress"]);
    assert_eq!(id["hits"][0]["product"]["image"], "pictures/000.jpg");
    assert_eq!(id["hits"].as_array().unwrap().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_file_without_read_permission_is_set_aside() {
    use std::os::unix::fs::PermissionsExt;
    let shop = Shop::new(2);
    let path = shop.path("pictures/001.jpg");
    fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        eprintln!("skipped: this user may read everything");
        return;
    }
    shop.build("pictures");
    assert_eq!(shop.quarantine()["001.jpg"], "unreadable");
}

/// Reading `/proc/self/mem` fails for everybody, root too.
#[cfg(target_os = "linux")]
#[test]
fn a_file_whose_reading_fails_is_set_aside() {
    let shop = Shop::new(1);
    std::os::unix::fs::symlink("/proc/self/mem", shop.path("pictures/mem.jpg")).unwrap();
    shop.build("pictures");
    assert_eq!(shop.quarantine()["mem.jpg"], "unreadable");
}

#[cfg(unix)]
#[test]
fn a_pipe_among_the_pictures_does_not_hold_the_build_up() {
    let shop = Shop::new(1);
    let pipe = shop.arg("pictures/pipe.jpg");
    assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    shop.build("pictures");
    assert_eq!(shop.quarantine()["pipe.jpg"], "not-a-file");
}

#[test]
fn strict_stops_at_the_first_bad_file_and_keeps_what_was_done() {
    let shop = Shop::new(2);
    shop.write("pictures/zzz.jpg", b"");
    shop.try_build("pictures", &["--strict"]).fails(3, &["zzz.jpg", "empty", "--strict"]);
    assert_eq!(shop.inspect()["products"], 2);
}

#[test]
fn a_source_that_cannot_work_is_one_error() {
    let shop = Shop::new(1);
    shop.try_build("nowhere", &[]).fails(1, &["nowhere", "does not exist"]);
    shop.write("notes/readme.txt", b"no picture here");
    shop.try_build("notes", &[]).fails(3, &["no picture", "jpg"]);
    shop.write("words.csv", b"id,title\n1,hat\n");
    shop.try_build("words.csv", &[]).fails(1, &["no column with pictures", "id, title"]);
    shop.write("empty.csv", b"");
    shop.try_build("empty.csv", &[]).fails(3, &["empty.csv is empty"]);
    shop.try_build("feed.csv", &["--where", "sezon=summer"]).fails(2, &["sezon", "season"]);
    assert!(!shop.path("catalog").exists(), "nothing is left behind");
}

#[test]
fn a_source_of_bad_files_alone_is_an_error_that_names_the_way_on() {
    let shop = Shop::empty();
    shop.write("pictures/a.jpg", b"text");
    let run = shop.try_build("pictures", &[]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.stderr.contains("knytt inspect"), "{run:?}");
    assert_eq!(shop.quarantine()["a.jpg"], "not-a-picture");
}

#[test]
fn a_query_that_cannot_be_read_is_one_error() {
    let shop = Shop::new(1);
    shop.build("pictures");
    shop.write("text.jpg", b"text");
    let (catalog, text) = (shop.arg("catalog"), shop.arg("text.jpg"));
    let search = |more: &[&str]| run(&[&["search", "--catalog", &catalog], more].concat());
    search(&["--image", &text]).fails(1, &["text.jpg", "not a picture"]);
    search(&["--image", &shop.arg("gone.jpg")]).fails(1, &["gone.jpg"]);
    search(&["--text", "  "]).fails(2, &["--text"]);
    search(&["--like", "nobody"]).fails(1, &["nobody"]);
    search(&["--text", "hat", "--filter", "fabric=wool"]).fails(2, &["fabric", "category"]);
    search(&["--text", "hat", "--filter", "price=cheap"]).fails(2, &["price=10..50"]);
    run(&["search", "--catalog", &shop.arg("pictures"), "--text", "hat"])
        .fails(1, &["no catalogue", "knytt build"]);
}

#[test]
fn a_folder_of_something_else_is_no_catalogue() {
    let shop = Shop::new(1);
    shop.write("catalog/data.mdb", &[7; 8192]);
    run(&["inspect", "--catalog", &shop.arg("catalog")]).fails(1, &["not a catalogue"]);
}
