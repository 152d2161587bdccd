//! What the shopper keeps, reads and hands on.

use std::time::{Duration, Instant};

use image::RgbImage;
use knytt_app_core::visit::Visit;
use knytt_garments::Category;
use knytt_ui_api::{Capabilities, Code, Opened, PictureQuery, SearchRequest, Settings};

use crate::shop::{Shop, jpeg, picture_of, words};

fn soon(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(20), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn typing_becomes_one_entry_of_the_history() {
    let shop = Shop::open();
    for typed in ["r", "red", "red dress"] {
        shop.search(words(typed));
    }
    shop.search(words("blue jeans"));
    let said = || shop.visit.library.history().unwrap().into_iter().map(|e| e.words).collect::<Vec<_>>();
    soon("two entries", || said() == ["blue jeans", "red dress"]);
    shop.visit.library.forget_history(None).unwrap();
    assert!(said().is_empty());
}

#[test]
fn a_past_picture_can_be_searched_again() {
    let shop = Shop::open();
    let shot = shop.visit.pictures.add_file(&picture_of(Category::Dress), "").unwrap();
    let picture = Some(PictureQuery { id: shot.id.clone(), region: None });
    shop.search(SearchRequest { picture, ..SearchRequest::default() });
    let history = || shop.visit.library.history().unwrap();
    soon("an entry", || history().len() == 1);
    assert!(history()[0].has_picture);
    let kept = shop.visit.library.history_picture(&history()[0].id).unwrap();
    assert!(shop.visit.pictures.add_file(&kept, "").is_ok());
}

#[test]
fn without_consent_to_history_there_is_none() {
    let shop = Shop::open();
    let settings = Settings { keep_history: false, ..shop.visit.library.settings() };
    shop.visit.save_settings(&settings).unwrap();
    shop.search(words("red"));
    shop.visit.library.flush();
    assert!(shop.visit.library.history().unwrap().is_empty());
}

#[test]
fn a_product_page_tells_all_and_knows_what_goes_with_it() {
    let shop = Shop::open();
    let id = shop.search(words("dress")).hits[0].card.id.clone();
    shop.visit.set_favourite(&id, true).unwrap();
    let page = shop.visit.product_page(&id).unwrap();
    assert!(page.card.favourite && page.has_link);
    assert!(page.facts.iter().any(|fact| fact.name == "material"));
    assert!(page.facts.iter().all(|fact| fact.name != "link"));
    assert!(!page.similar.is_empty() && page.similar.iter().all(|card| card.id != id));
    let mut kinds: Vec<_> = page.goes_with.iter().map(|card| card.category.clone()).collect();
    assert!(!kinds.is_empty() && !kinds.contains(&page.card.category));
    kinds.sort();
    kinds.dedup();
    assert_eq!(kinds.len(), page.goes_with.len(), "one of each kind");
    assert_eq!(shop.visit.link_of(&id).unwrap(), format!("https://shop.example/{id}"));
    assert_eq!(shop.visit.product_page("gone").unwrap_err().code, Code::NotFound);
}

#[test]
fn pictures_come_from_the_catalogues_folders_only() {
    let shop = Shop::open();
    let visit = &shop.visit;
    let mut product = visit.product_of(&shop.search(words("dress")).hits[0].card.id).unwrap();
    let file = shop.folder.path().join("feed").join(&product.image);
    assert!(visit.full_picture(&product, 0).unwrap().is_some(), "the thumbnail stands in");
    let large = b"\xff\xd8\xff and the rest of a large JPEG";
    fs_err::write(&file, large).unwrap();
    assert_eq!(visit.full_picture(&product, 0).unwrap().unwrap(), large);
    fs_err::write(&file, b"no picture").unwrap();
    let thumbnail = visit.thumbnail(&product.id, 0).unwrap();
    assert_eq!(visit.full_picture(&product, 0).unwrap(), thumbnail, "browsers show no other file");
    // TIFF is made a JPEG.
    let mut tiff = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(40, 30).write_to(&mut tiff, image::ImageFormat::Tiff).unwrap();
    fs_err::write(&file, tiff.into_inner()).unwrap();
    let shown = image::load_from_memory(&visit.full_picture(&product, 0).unwrap().unwrap()).unwrap();
    assert_eq!((shown.width(), shown.height()), (40, 30));

    let outside = shop.folder.path().join("secret.jpg");
    fs_err::write(&outside, b"secret").unwrap();
    let absolute = outside.to_str().unwrap().to_owned();
    for path in ["../secret.jpg", "images/../../secret.jpg", &absolute, ""] {
        product.image = path.into();
        assert_ne!(visit.full_picture(&product, 0).unwrap().unwrap_or_default(), b"secret", "{path}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&outside, shop.folder.path().join("feed/images/link.jpg")).unwrap();
        product.image = "images/link.jpg".into();
        assert_ne!(visit.full_picture(&product, 0).unwrap().unwrap_or_default(), b"secret");
    }
}

#[test]
fn a_product_is_handed_on_with_its_picture_and_words() {
    let shop = Shop::open();
    let id = shop.search(words("dress")).hits[0].card.id.clone();
    let share = shop.visit.share(&id).unwrap();
    assert!(share.text.contains(&format!("https://shop.example/{id}")) && share.text.contains("EUR"));
    assert!(share.html().contains("data:image/jpeg;base64,"));
}

#[test]
fn the_window_learns_what_there_is_and_what_was_opened_once() {
    let shop = Shop::open();
    shop.visit.keep_opened(Opened::Words { words: "red".into() });
    let start = shop.visit.start(Capabilities::default());
    assert_eq!(start.catalog.unwrap().products, 120);
    assert!(start.catalogs[0].current && start.problem.is_none());
    assert_eq!(start.model.unwrap().device, "cpu");
    assert!(start.opened.is_some());
    assert!(shop.visit.start(Capabilities::default()).opened.is_none());
    let usage = shop.visit.storage_use().unwrap();
    assert!(usage.catalog > 0 && usage.model > 1_000_000 && usage.personal > 0);
    let speed = shop.visit.measure_model().unwrap();
    assert!(speed.image > 0.0 && speed.text.is_some_and(|ms| ms > 0.0));
}

#[test]
fn a_folder_without_a_catalogue_says_so_and_the_open_one_stays() {
    let shop = Shop::open();
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(shop.visit.open_shop(empty.path(), Vec::new()).unwrap_err().code, Code::NoCatalog);
    assert!(shop.visit.shop().is_ok());
    let settings = Settings { device: "abacus".into(), ..shop.visit.library.settings() };
    assert!(shop.visit.save_settings(&settings).is_err());
    assert_eq!(shop.visit.library.settings().device, "cpu");
}

#[test]
fn pictures_of_one_thing_and_of_none_are_described() {
    let shop = Shop::open();
    let plain = jpeg(&RgbImage::from_pixel(64, 48, image::Rgb([200, 200, 200])));
    let picture = shop.visit.pictures.add_file(&plain, "plain.jpg").unwrap().describe();
    assert_eq!((picture.width, picture.height, picture.name.as_str()), (64, 48, "plain.jpg"));
    assert!(picture.proposals.is_empty());
}

#[test]
fn a_damaged_catalogue_is_a_problem_at_the_start_and_another_one_can_be_opened() {
    let shop = Shop::open();
    let damaged = shop.folder.path().join("damaged");
    fs_err::create_dir(&damaged).unwrap();
    let whole = fs_err::read(shop.folder.path().join("catalog/data.mdb")).unwrap();
    fs_err::write(damaged.join("data.mdb"), &whole[..whole.len() / 2]).unwrap();
    let data = shop.folder.path().join("other");
    let visit = Visit::new(&data).unwrap();
    let problem = visit.open_shop_at_start(&damaged, Vec::new()).unwrap_err();
    assert_eq!(problem.code, Code::DamagedCatalog);
    assert!(problem.message.contains("cut short"), "{}", problem.message);
    let start = visit.start(Capabilities::default());
    assert!(start.problem.is_some() && start.catalog.is_none());
    // It was an error and no end of the process, so the next start says the same.
    assert!(!data.join("opening").exists());
    visit.open_shop(&shop.folder.path().join("catalog"), Vec::new()).unwrap();
    assert!(visit.start(Capabilities::default()).problem.is_none());
}

#[test]
fn a_catalogue_that_ended_the_process_is_opened_again_only_when_it_is_asked_for() {
    let shop = Shop::open();
    let (data, folder) = (shop.folder.path().join("other"), shop.folder.path().join("catalog"));
    drop(Visit::new(&data).unwrap());
    // What a process leaves that ends while it opens the catalogue.
    fs_err::write(data.join("opening"), folder.to_str().unwrap()).unwrap();
    for _ in 0..2 {
        let visit = Visit::new(&data).unwrap();
        visit.library.remember_catalog(&folder).unwrap();
        let problem = visit.open_shop_at_start(&folder, Vec::new()).unwrap_err();
        assert_eq!(problem.code, Code::DamagedCatalog);
        assert!(problem.message.contains("knytt catalog repair"), "{}", problem.message);
        let start = visit.start(Capabilities::default());
        assert!(start.problem.is_some() && start.catalog.is_none());
        // It is listed, and what is listed was not read from it.
        assert_eq!((start.catalogs.len(), start.catalogs[0].products), (1, None));
    }
    let visit = Visit::new(&data).unwrap();
    visit.open_shop_at_start(&folder, Vec::new()).unwrap_err();
    visit.open_shop(&folder, Vec::new()).unwrap();
    assert_eq!(visit.start(Capabilities::default()).catalogs[0].products, Some(120));
    assert!(!data.join("opening").exists());
    drop(visit);
    Visit::new(&data).unwrap().open_shop_at_start(&folder, Vec::new()).unwrap();
}
