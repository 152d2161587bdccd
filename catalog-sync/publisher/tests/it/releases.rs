//! Releases one after another, read back by a device after each.

use knytt_engine::{
    Calibration, FurtherPicture, Merchandising, MerchandisingRule, PictureRecord, RuleAction, SafetyConfig,
    Scale, Selection, Weights,
};
use knytt_publisher::{Error, Outcome, Popularity, PublishOptions};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::device::{Device, Seen, run};
use crate::shop::{Shop, full, incremental, item, items, items_of, noise, vector};

fn root(shop: &Shop) -> Vec<u8> {
    fs_err::read(shop.folder.path().join("keys/1.root.json")).unwrap()
}

fn seen(shop: &Shop) -> Seen {
    run(Seen::at(&shop.site(), &root(shop))).unwrap()
}

/// One device that follows deltas and one that is new must both hold what the shop does.
fn agree(shop: &Shop, follower: &mut Device) -> Seen {
    let seen = seen(shop);
    assert!(run(follower.follow(&seen)), "no way from {} to {}", follower.release, seen.release.number);
    let mut fresh = Device::default();
    run(fresh.install(&seen));
    let held = items_of(&shop.catalog);
    assert_eq!((&follower.items, &fresh.items), (&held, &held));
    run(seen.verify_all());
    seen
}

#[test]
fn three_full_releases_are_followed_by_deltas() {
    let shop = Shop::new();
    let mut held = items(0, 60);
    shop.set(&held);
    let first = shop.publish(&full());
    assert_eq!((first.release, first.previous, first.full, first.products), (1, None, true, 60));
    let mut device = Device::default();
    run(device.install(&seen(&shop)));
    // Prices, a vector, a picture that goes and one that comes, products that come and go.
    held.get_mut("product 3").unwrap().product.price = Some("1.00 EUR".parse().unwrap());
    held.get_mut("product 4").unwrap().vector = vector(400);
    held.get_mut("product 6").unwrap().picture = None;
    held.get_mut("product 10").unwrap().picture = Some(vec![1, 2, 3]);
    held.remove("product 7");
    held.extend(items(100, 3));
    shop.set(&held);
    let second = shop.publish(&full());
    assert_eq!((second.release, second.upserts, second.deletes), (2, 7, 1));
    // Product 100 has no picture, so of the three new ones two bring one.
    assert_eq!((second.vectors, second.pictures), (4, 4));
    agree(&shop, &mut device);
    held.remove("product 100");
    // As it was at first: the same packs may come back.
    held.insert("product 7".into(), item(7));
    shop.set(&held);
    assert_eq!(shop.publish(&full()).release, 3);
    let seen = agree(&shop, &mut device);
    assert_eq!(seen.release.deltas.iter().map(|d| (d.from, d.to)).collect::<Vec<_>>(), [(1, 2), (2, 3)]);
    assert_eq!(shop.catalog.info().unwrap().release, 3);
}

#[test]
fn a_price_costs_neither_vector_nor_picture() {
    let shop = Shop::new();
    let mut held = items(0, 30);
    shop.set(&held);
    shop.publish(&full());
    let mut device = Device::default();
    run(device.install(&seen(&shop)));
    held.values_mut().for_each(|item| item.product.price = Some("5.5 EUR".parse().unwrap()));
    shop.set(&held);
    shop.publish(&full());
    // The same number in other words is other content.
    held.values_mut().for_each(|item| item.product.price = Some("5.50 EUR".parse().unwrap()));
    shop.set(&held);
    shop.publish(&full());
    let seen = agree(&shop, &mut device);
    assert!(seen.release.deltas.iter().all(|delta| delta.vectors.is_none() && delta.pictures.is_none()));
}

#[test]
fn incremental_releases_add_to_the_last_full_one() {
    let shop = Shop::new();
    shop.set(&items(0, 400));
    let mut device = Device::default();
    // There is none to add to, so the first one is full.
    assert!(shop.publish(&incremental()).full);
    run(device.install(&seen(&shop)));
    for n in 1..4 {
        shop.set(&items(n, 400));
        let summary = shop.publish(&incremental());
        assert!(!summary.full && summary.release == u64::from(n) + 1);
        let seen = agree(&shop, &mut device);
        assert_eq!(seen.release.snapshot.release, 1);
    }
    // A device of the first release takes one step to the next full one, not four.
    let mut old = Device::default();
    shop.set(&items(4, 400));
    let summary = shop.publish(&full());
    assert!(summary.leap_bytes.is_some());
    agree(&shop, &mut device);
    let seen = seen(&shop);
    assert_eq!(seen.release.snapshot.release, 5);
    assert!(seen.release.deltas.iter().any(|delta| (delta.from, delta.to) == (1, 5)));
    run(old.install(&seen));
    assert_eq!(old.items, items_of(&shop.catalog));
}

#[test]
fn a_full_release_gathers_increments_without_any_change() {
    let shop = Shop::new();
    shop.set(&items(0, 400));
    shop.publish(&full());
    let mut device = Device::default();
    run(device.install(&seen(&shop)));
    shop.set(&items(1, 400));
    shop.publish(&incremental());
    assert!(matches!(shop.try_publish(&incremental()).unwrap(), Outcome::Unchanged(_)));
    let summary = shop.publish(&full());
    assert_eq!((summary.release, summary.upserts, summary.full), (3, 0, true));
    agree(&shop, &mut device);
    assert!(matches!(shop.try_publish(&full()).unwrap(), Outcome::Unchanged(r) if r.release == 3));
    agree(&shop, &mut device);
}

#[test]
fn increments_that_outweigh_the_snapshot_make_a_full_release() {
    let shop = Shop::new();
    shop.set(&items(0, 50));
    shop.publish(&full());
    shop.set(&items(1000, 300));
    let summary = shop.publish(&incremental());
    assert!(summary.full);
    // Whoever has the first release is better off with the snapshot.
    assert_eq!(seen(&shop).release.deltas, []);
}

#[test]
fn only_the_last_releases_keep_their_steps() {
    let shop = Shop::new();
    let options = PublishOptions { keep: 2, ..full() };
    for n in 0..5 {
        shop.set(&items(n, 200));
        shop.publish(&options);
    }
    let steps: Vec<_> = seen(&shop).release.deltas.iter().map(|d| (d.from, d.to)).collect();
    assert_eq!(steps, [(3, 4), (4, 5)]);
}

#[test]
fn what_did_not_change_is_not_sent_again() {
    let shop = Shop::new();
    let mut held = items(0, 100);
    shop.set(&held);
    let first = shop.publish(&full());
    assert_eq!(first.skipped_files, 0);
    held.get_mut("product 1").unwrap().product.title = "other".into();
    shop.set(&held);
    let second = shop.publish(&full());
    // Vectors, pictures and digests of the one shard stay; attributes, delta, description and the log's page are new.
    assert_eq!((second.skipped_files, second.uploaded_files), (3, 4));
    let names = run(seen(&shop).verify_all());
    assert_eq!(names.iter().filter(|name| name.starts_with("vectors-")).count(), 1);
}

#[test]
fn another_catalogue_or_other_keys_are_kept_out() {
    let shop = Shop::new();
    shop.set(&items(0, 5));
    shop.publish(&full());
    let other = Shop::named("other");
    let foreign = knytt_publisher::publish(&other.catalog, &shop.keys, &shop.depot(), &full(), &|_| {});
    assert!(matches!(foreign, Err(Error::ForeignCatalog { .. })), "{foreign:?}");
    let foreign = knytt_publisher::publish(&other.catalog, &other.keys, &shop.depot(), &full(), &|_| {});
    assert!(matches!(foreign, Err(Error::ForeignRoot { version: 1 })), "{foreign:?}");
    assert_eq!(seen(&shop).release.number, 1);
}

#[test]
fn packs_that_were_changed_at_the_store_are_noticed_and_can_be_sent_again() {
    let shop = Shop::new();
    shop.set(&items(0, 30));
    shop.publish(&full());
    let digests = fs_err::read_dir(shop.site().join("targets")).unwrap().map(|entry| entry.unwrap().path());
    let digests = digests.into_iter().find(|path| path.to_string_lossy().contains(".digests-")).unwrap();
    let mut bytes = fs_err::read(&digests).unwrap();
    bytes[10] ^= 1;
    fs_err::write(&digests, bytes).unwrap();
    shop.set(&items(1, 30));
    assert!(matches!(shop.try_publish(&full()), Err(Error::Untrusted(_))));
    let again = PublishOptions { rebuild: true, ..full() };
    let summary = shop.publish(&again);
    assert_eq!((summary.release, summary.skipped_files), (2, 0));
    let mut device = Device::default();
    run(device.install(&seen(&shop)));
    assert_eq!(device.items, items_of(&shop.catalog));
    // Metadata too.
    fs_err::write(shop.site().join("metadata/2.snapshot.json"), "{}").unwrap();
    assert!(matches!(shop.try_publish(&full()), Err(Error::Untrusted(_))));
    assert_eq!(shop.publish(&again).release, 3);
    run(device.install(&seen(&shop)));
}

#[test]
fn a_store_that_went_back_is_published_over() {
    let shop = Shop::new();
    shop.set(&items(0, 30));
    shop.publish(&full());
    let backup = fs_err::read(shop.site().join("metadata/timestamp.json")).unwrap();
    shop.set(&items(1, 30));
    shop.publish(&full());
    fs_err::write(shop.site().join("metadata/timestamp.json"), backup).unwrap();
    shop.set(&items(2, 30));
    assert_eq!(shop.publish(&full()).release, 3);
    // And one that lost everything.
    fs_err::remove_dir_all(shop.site()).unwrap();
    shop.set(&items(3, 30));
    assert_eq!(shop.publish(&full()).release, 4);
    let mut device = Device::default();
    run(device.install(&seen(&shop)));
    assert_eq!(device.items, items_of(&shop.catalog));
}

#[test]
fn popularities_are_published_without_touching_the_catalogue() {
    let shop = Shop::new();
    shop.set(&items(0, 40));
    shop.publish(&full());
    let mut device = Device::default();
    run(device.install(&seen(&shop)));
    let held = items_of(&shop.catalog);
    let popularity: Popularity =
        [("product 3".to_owned(), 1234.0), ("nobody".to_owned(), 1.0)].into_iter().collect();
    let summary = shop.publish(&PublishOptions { popularity: Some(popularity.clone()), ..full() });
    assert_eq!((summary.upserts, summary.vectors), (1, 0));
    assert!(run(device.follow(&seen(&shop))));
    assert_eq!(device.items["product 3"].product.attributes["popularity"], "1230");
    assert_eq!(items_of(&shop.catalog), held);
    let again = shop.try_publish(&PublishOptions { popularity: Some(popularity), ..full() }).unwrap();
    assert!(matches!(again, Outcome::Unchanged(_)));
}

#[test]
fn an_empty_catalogue_can_be_published_and_filled() {
    let shop = Shop::new();
    shop.publish(&full());
    let mut device = Device::default();
    run(device.install(&seen(&shop)));
    shop.set(&items(0, 3));
    shop.publish(&full());
    let mut fresh = Device::default();
    run(fresh.install(&seen(&shop)));
    assert_eq!(fresh.items.len(), 3);
}

#[test]
fn a_catalogue_of_an_unknown_model_needs_its_bundle() {
    let shop = Shop::new();
    let refused = shop.try_publish(&PublishOptions::default());
    assert!(matches!(refused, Err(Error::Model(_))), "{refused:?}");
    assert!(!shop.site().join("metadata").exists());
}

#[test]
fn a_calibrated_catalogue_that_did_not_change_is_published_once() {
    let shop = Shop::new();
    shop.set(&items(0, 20));
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for _ in 0..6 {
        let calibration = calibration(&mut rng);
        let weights = Weights { visual: rng.random(), words: rng.random(), ..Weights::USUAL };
        let safety = SafetyConfig { threshold: Some(rng.random()), ..SafetyConfig::default() };
        let what = Selection { products: vec!["a".into()], conditions: Vec::new() };
        let boost = RuleAction::Boost { what, by: rng.random_range(0.01..2.0) };
        let rule = MerchandisingRule { id: "a".into(), then: vec![boost], ..Default::default() };
        let rules = Merchandising { rules: vec![rule], ..Default::default() };
        let set: std::result::Result<(), knytt_engine::Error> = shop.catalog.transact(|change| {
            change.set_calibration(calibration.clone());
            change.set_weights(Some(weights));
            change.set_safety(Some(safety.clone()));
            change.set_merchandising(Some(rules.clone()));
            Ok(())
        });
        set.unwrap();
        let number = shop.publish(&full()).release;
        let again = shop.try_publish(&full()).unwrap();
        assert!(matches!(again, Outcome::Unchanged(r) if r.release == number), "{calibration:?}");
    }
}

/// A calibration whose numbers have as many digits as measured ones have.
fn calibration(rng: &mut ChaCha8Rng) -> Calibration {
    let mut scale = |exact_from| Scale {
        unrelated: rng.random(),
        matches_from: rng.random(),
        exact_from,
        best: rng.random(),
    };
    let (image, text) = (scale(Some(0.937_421_1)), Some(scale(None)));
    let same_from = Some(rng.random());
    Calibration { image, text, products: 20, out_of_domain: None, gibberish: None, trades: None, same_from }
}

/// Gives a product these further pictures.
fn picture(shop: &Shop, id: &str, pictures: &[(u8, u32)]) {
    let changed: Result<(), knytt_engine::Error> = shop.catalog.transact(|change| {
        for (number, seed) in pictures {
            let (vector, thumbnail) = (vector(*seed), noise(*seed, 2_000));
            let picture = FurtherPicture { address: format!("{seed}.jpg"), ..FurtherPicture::default() };
            let record =
                PictureRecord { number: *number, picture, vector: &vector, thumbnail: Some(&thumbnail) };
            change.put_picture(id, &record)?;
        }
        Ok(())
    });
    changed.unwrap();
}

/// The device of these tests knows no further pictures, as devices of earlier versions do not.
#[test]
fn further_pictures_are_sent_when_they_change_and_devices_that_do_not_know_them_read_the_rest() {
    let shop = Shop::new();
    shop.set(&items(0, 40));
    let first = shop.publish(&full());
    let plain = seen(&shop).release;
    assert!(plain.further.is_none() && plain.snapshot.further_digests.is_empty());
    let json = serde_json::to_string(&plain).unwrap();
    assert!(
        !json.contains("further"),
        "without further pictures a release is what it was before there were some"
    );
    let mut device = Device::default();
    run(device.install(&seen(&shop)));

    picture(&shop, "product 1", &[(1, 501), (2, 502)]);
    picture(&shop, "product 2", &[(1, 503)]);
    let second = shop.publish(&full());
    assert_eq!((second.release, second.upserts, second.further), (first.release + 1, 2, 3));
    assert_eq!((second.vectors, second.pictures), (0, 0));
    let release = agree(&shop, &mut device).release;
    let hash = shop.catalog.read().unwrap().pictures_hash().unwrap().unwrap().to_string();
    assert_eq!((release.further.as_deref(), &release.content), (Some(hash.as_str()), &plain.content));
    assert!(matches!(shop.try_publish(&full()).unwrap(), Outcome::Unchanged(_)));

    // One of them is another, one goes: the delta has those and nothing else.
    picture(&shop, "product 1", &[(2, 504)]);
    let changed: Result<(), knytt_engine::Error> =
        shop.catalog.transact(|change| change.remove_picture("product 2", 1));
    changed.unwrap();
    let third = shop.publish(&incremental());
    assert_eq!((third.further, third.upserts), (2, 2));
    let release = agree(&shop, &mut device).release;
    let last = release.deltas.iter().max_by_key(|delta| delta.from).unwrap();
    assert_eq!((last.attributes.rows, last.further.as_ref().unwrap().rows), (0, 2));
    assert!(last.vectors.is_none() && last.pictures.is_none());
    // The comparison after a step over deltas finds nothing either.
    assert!(matches!(shop.try_publish(&incremental()).unwrap(), Outcome::Unchanged(_)));
    let gone: Result<(), knytt_engine::Error> =
        shop.catalog.transact(|change| change.delete("product 1").map(drop));
    gone.unwrap();
    let fourth = shop.publish(&full());
    assert_eq!((fourth.deletes, fourth.further), (1, 0));
    assert!(agree(&shop, &mut device).release.further.is_none(), "no picture is left");
}
