//! Keys are made, rotated, lost; devices follow.

use knytt_publisher::{Error, KeyOptions, Keys, Passphrase, PublishOptions, Role, init, refresh};

use crate::device::{Device, Seen, run};
use crate::shop::{Shop, full, incremental, items};

fn root(shop: &Shop, version: u64) -> Vec<u8> {
    fs_err::read(shop.folder.path().join(format!("keys/{version}.root.json"))).unwrap()
}

#[test]
fn new_keys_have_what_was_asked_for_and_are_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let stick = folder.path().join("stick");
    let options =
        KeyOptions { root_keys: 5, threshold: 3, root_dir: Some(stick.clone()), ..KeyOptions::default() };
    let keys = init(&folder.path().join("keys"), &options).unwrap();
    let described = keys.describe(Some(&stick)).unwrap();
    let count = |role| described.iter().filter(|key| key.role == role && key.file.is_some()).count();
    assert_eq!(Role::ALL.map(count), [5, 1, 1, 1]);
    assert!(
        keys.describe(None)
            .unwrap()
            .iter()
            .filter(|key| key.role == Role::Root)
            .all(|key| key.file.is_none())
    );
    let root = fs_err::read(folder.path().join("keys/1.root.json")).unwrap();
    let hash = <sha2::Sha256 as sha2::Digest>::digest(&root);
    assert_eq!(keys.fingerprint(), hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    assert!(matches!(init(&folder.path().join("keys"), &options), Err(Error::KeysExist { .. })));
    assert!(matches!(Keys::open(&stick), Err(Error::NoKeys { .. })));
    let impossible = KeyOptions { root_keys: 1, threshold: 2, ..KeyOptions::default() };
    assert!(matches!(init(&folder.path().join("other"), &impossible), Err(Error::InvalidKeys(_))));
}

#[test]
fn a_device_that_knows_only_the_first_root_follows_every_rotation() {
    let mut shop = Shop::new();
    shop.set(&items(0, 20));
    shop.publish(&full());
    let first = root(&shop, 1);
    for (n, role) in [Role::Timestamp, Role::Snapshot, Role::Targets].into_iter().enumerate() {
        let rotation = shop.keys.rotate(role, None, &[]).unwrap();
        assert_eq!((rotation.root_version, rotation.added.len()), (n as u64 + 2, 1));
        shop.set(&items(n as u32 + 1, 20));
        shop.publish(&incremental());
        let seen = run(Seen::at(&shop.site(), &first)).unwrap();
        assert_eq!(seen.release.number, n as u64 + 2);
        run(Device::default().install(&seen));
    }
}

#[test]
fn what_an_old_targets_key_signed_is_not_taken_over() {
    let mut shop = Shop::new();
    shop.set(&items(0, 20));
    shop.publish(&full());
    shop.set(&items(0, 21));
    shop.publish(&incremental());
    shop.keys.rotate(Role::Targets, None, &[]).unwrap();
    assert!(matches!(refresh(&shop.keys, &shop.depot()), Err(Error::Untrusted(_))));
    shop.set(&items(0, 22));
    let summary = shop.publish(&incremental());
    assert!(summary.full);
    let seen = run(Seen::at(&shop.site(), &root(&shop, 1))).unwrap();
    let steps: Vec<_> = seen.release.deltas.iter().map(|delta| (delta.from, delta.to)).collect();
    assert_eq!((seen.release.snapshot.release, steps), (3, vec![(2, 3)]));
}

#[test]
fn a_refresh_spreads_a_rotated_timestamp_key() {
    let mut shop = Shop::new();
    shop.set(&items(0, 5));
    shop.publish(&full());
    shop.keys.rotate(Role::Timestamp, None, &[]).unwrap();
    let refreshed = refresh(&shop.keys, &shop.depot()).unwrap();
    assert_eq!((refreshed.release, refreshed.targets, refreshed.snapshot), (1, false, false));
    shop.keys.rotate(Role::Snapshot, None, &[]).unwrap();
    assert!(refresh(&shop.keys, &shop.depot()).unwrap().snapshot);
    assert_eq!(run(Seen::at(&shop.site(), &root(&shop, 1))).unwrap().release.number, 1);
}

#[test]
fn a_lost_root_key_is_replaced_by_the_others() {
    let mut shop = Shop::new();
    shop.set(&items(0, 5));
    shop.publish(&full());
    let named = shop.keys.describe(None).unwrap();
    let lost = named.iter().find(|key| key.role == Role::Root).unwrap().clone();
    assert!(matches!(shop.keys.rotate(Role::Root, None, &[]), Err(Error::InvalidKeys(_))));
    fs_err::remove_file(lost.file.unwrap()).unwrap();
    let rotation = shop.keys.rotate(Role::Root, None, &[]).unwrap();
    assert_eq!((rotation.retired, rotation.added.len()), (vec![lost.id], 1));
    // The new three sign the next one, without any of the old that may go.
    let old: Vec<String> = shop
        .keys
        .describe(None)
        .unwrap()
        .into_iter()
        .filter(|key| key.role == Role::Root)
        .map(|key| key.id)
        .filter(|id| !rotation.added.contains(id))
        .collect();
    shop.keys.rotate(Role::Root, None, &old[..1]).unwrap();
    refresh(&shop.keys, &shop.depot()).unwrap();
    run(Seen::at(&shop.site(), &root(&shop, 1))).unwrap();
}

#[test]
fn one_root_key_alone_can_do_nothing() {
    let mut shop = Shop::new();
    let roots: Vec<_> =
        shop.keys.describe(None).unwrap().into_iter().filter(|key| key.role == Role::Root).collect();
    for key in &roots[..2] {
        fs_err::remove_file(key.file.as_ref().unwrap()).unwrap();
    }
    let refused = shop.keys.rotate(Role::Timestamp, None, &[]);
    assert!(matches!(refused, Err(Error::TooFewKeys { threshold: 2, here: 1, .. })), "{refused:?}");
    assert_eq!(shop.keys.root_version(), 1);
    assert!(!shop.folder.path().join("keys/2.root.json").exists());
}

#[test]
fn a_folder_of_keys_that_was_left_behind_is_told() {
    let mut shop = Shop::new();
    shop.set(&items(0, 5));
    shop.publish(&full());
    let behind = Keys::open(shop.keys.folder()).unwrap();
    shop.keys.renew(None).unwrap();
    refresh(&shop.keys, &shop.depot()).unwrap();
    assert!(matches!(refresh(&behind, &shop.depot()), Err(Error::KeysBehind { version: 2 })));
}

fn pems(folder: &std::path::Path) -> Vec<String> {
    let folders = [folder.to_owned(), folder.join("root")];
    let files = folders.iter().flat_map(|folder| fs_err::read_dir(folder).unwrap());
    let files =
        files.map(|file| file.unwrap().path()).filter(|file| file.extension().is_some_and(|e| e == "pem"));
    files.map(|file| fs_err::read_to_string(file).unwrap()).collect()
}

#[test]
fn keys_lie_encrypted_and_sign_with_their_passphrase_only() {
    let mut shop = Shop::new();
    shop.set(&items(0, 5));
    let folder = shop.folder.path().join("keys");
    let right = Passphrase::new("correct horse battery").unwrap();
    assert_eq!(shop.keys.encrypt(Some(right.clone()), None).unwrap(), 6);
    shop.publish(&full());
    shop.keys.rotate(Role::Timestamp, None, &[]).unwrap();
    assert_eq!(pems(&folder).iter().filter(|pem| pem.contains("KNYTT ENCRYPTED PRIVATE KEY")).count(), 7);

    shop.keys = Keys::open(&folder).unwrap();
    let error = shop.try_publish(&full()).unwrap_err();
    assert!(matches!(&error, Error::NoPassphrase { path } if path.starts_with(&folder)), "{error}");
    let wrong = Passphrase::new("battery horse correct").unwrap();
    shop.keys = Keys::open(&folder).unwrap().with_passphrase(Some(wrong));
    assert!(matches!(shop.try_publish(&full()), Err(Error::BadKey { .. })));
    assert!(shop.keys.encrypt(None, None).is_err(), "nor can they be opened with another one");

    shop.keys = Keys::open(&folder).unwrap().with_passphrase(Some(right));
    shop.set(&items(0, 8));
    shop.publish(&full());
    shop.keys.encrypt(None, None).unwrap();
    shop.keys = Keys::open(&folder).unwrap();
    shop.set(&items(0, 9));
    shop.publish(&full());
}

#[test]
fn an_open_address_for_feedback_is_not_signed() {
    let shop = Shop::new();
    shop.set(&items(0, 5));
    let to = |url: &str| PublishOptions { events: Some(url.parse().unwrap()), ..full() };
    let error = shop.try_publish(&to("http://shop.example/v1/events")).err().unwrap();
    assert!(matches!(error, Error::OpenFeedback { .. }), "{error}");
    shop.publish(&to("http://127.0.0.1:8080/v1/events"));
    shop.publish(&to("https://shop.example/v1/events"));
}
