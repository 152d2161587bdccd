//! Packs that are not what their release says: by the way, or by a publisher that means harm.

use half::f16;
use knytt_client::Error;
use knytt_pack::{AttributesRow, Change, Columns, Header, PackWriter, PictureRow, Row, VectorRow, Written};

use super::Scene;
use crate::forge::Forge;
use crate::packs;
use crate::server::Fault;
use crate::shop::{DIMENSION, Device};

const ATTRIBUTES: &str = "/deltas/0/attributes";
const VECTORS: &str = "/deltas/0/vectors";
const PICTURES: &str = "/deltas/0/pictures";

async fn scene() -> Scene {
    let mut scene = Scene::new().await;
    scene.next();
    scene
}

#[tokio::test(flavor = "multi_thread")]
async fn size_and_hash_are_those_that_were_signed() {
    let scene = scene().await;
    let forge = Forge::of(&scene.shop);
    let name = forge.release.pointer(ATTRIBUTES).unwrap()["target"].as_str().unwrap().to_owned();
    let honest = forge.read(&name);
    let mut flipped = honest.clone();
    flipped[honest.len() / 2] ^= 1;
    let longer = [honest.as_slice(), b"x"].concat();
    for (bytes, code) in [(flipped, "tampered"), (longer, "too_large"), (honest[..99].to_vec(), "offline")] {
        scene.server.fault(&name, Fault::Bytes(bytes));
        scene.refused_late(code).await;
        scene.server.behave();
    }
    scene.recovers().await;
}

/// Serves a forged step to a device that is one release behind.
async fn refuses(forge: impl FnOnce(&mut Forge), says: &str) {
    let scene = scene().await;
    let mut forged = Forge::of(&scene.shop);
    forge(&mut forged);
    forged.sign();
    scene.serve(&forged);
    let error = scene.refused_late("bad_pack").await;
    assert!(matches!(error, Error::Pack { .. }) && error.to_string().contains(says), "{says}: {error}");
    scene.shop.publish_again();
    scene.recovers().await;
}

fn write<R: Row>(header: &Header, rows: &[R]) -> (Vec<u8>, Written) {
    let mut bytes = Vec::new();
    let mut writer = PackWriter::new(&mut bytes, header).unwrap();
    rows.iter().for_each(|row| writer.push(row).unwrap());
    let written = writer.finish().unwrap();
    (bytes, written)
}

fn with_rows<R: Row>(forge: &mut Forge, place: &str, rows: &[R]) {
    let (bytes, written) = write(&packs::header(forge), rows);
    packs::replace(forge, place, &bytes, written);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_rows_and_the_decompressed_size_are_those_of_the_release() {
    for (field, says) in [("rows", "rows"), ("uncompressed_bytes", "decompressed")] {
        let change = |forge: &mut Forge| {
            let pack = forge.release.pointer_mut(ATTRIBUTES).unwrap();
            pack[field] = (pack[field].as_u64().unwrap() + 1).into();
        };
        refuses(change, says).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_header_is_that_of_this_catalogue() {
    type Change = fn(&mut Header);
    let others: [(Change, &str); 3] = [
        (|header| header.catalog = "outlet".into(), "knytt.catalog"),
        (|header| header.model = "ab".repeat(32), "knytt.model"),
        (|header| header.dimension = 64, "knytt.dimension"),
    ];
    for (change, says) in others {
        let forge = |forge: &mut Forge| {
            let rows: Vec<AttributesRow> = packs::rows(forge, ATTRIBUTES);
            let mut header = packs::header(forge);
            change(&mut header);
            let (bytes, written) = write(&header, &rows);
            packs::replace(forge, ATTRIBUTES, &bytes, written);
        };
        refuses(forge, says).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_in_the_order_of_their_ids_each_once() {
    refuses(|forge| packs::reverse(forge, ATTRIBUTES), "in the order of their ids").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_is_refused_however_well_it_is_signed() {
    let scene = scene().await;
    let honest = {
        let forge = Forge::of(&scene.shop);
        forge.read(forge.release.pointer(ATTRIBUTES).unwrap()["target"].as_str().unwrap())
    };
    let end = honest.len() - 8;
    let mut footer = honest.clone();
    footer[end..end + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut pages = honest.clone();
    pages[4..60].fill(0xff);
    let garbage = [Vec::new(), b"PAR1PAR1".to_vec(), vec![0x5a; 3000], honest[..end].to_vec(), footer, pages];
    for bytes in garbage {
        refuses(|forge| packs::put(forge, ATTRIBUTES, &bytes), "").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_that_do_not_fit_what_is_here_are_refused() {
    let nowhere =
        |id: &str| knytt_engine::Product { id: id.into(), title: "nowhere".into(), ..Default::default() };
    let set = |columns| AttributesRow { change: Change::Set(columns), product: nowhere("unknown") };
    refuses(|forge| with_rows(forge, ATTRIBUTES, &[AttributesRow::gone("unknown")]), "is not there").await;
    refuses(|forge| with_rows(forge, ATTRIBUTES, &[set(Columns::TITLE)]), "is not there").await;
    refuses(|forge| with_rows(forge, ATTRIBUTES, &[set(Columns::ALL)]), "has no vector").await;
    let picture = PictureRow { id: "unknown".into(), picture: Some(vec![1]) };
    refuses(|forge| with_rows(forge, PICTURES, &[picture]), "is not there").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn vectors_have_unit_length_and_products_make_sense() {
    let vector = |value: f32| f16::from_f32(value).to_le_bytes().repeat(DIMENSION);
    for value in [0.0, 7.0, f32::NAN, f32::INFINITY] {
        let row = VectorRow { id: "p0001".into(), vector: vector(value) };
        refuses(|forge| with_rows(forge, VECTORS, &[row]), "p0001").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_device_keeps_nothing_of_a_release_that_is_broken() {
    let scene = scene().await;
    let mut forge = Forge::of(&scene.shop);
    packs::reverse(&mut forge, "/snapshot/shards/0/vectors");
    forge.sign();
    scene.serve(&forge);
    let fresh = Device::new(&scene.server.url);
    assert_eq!(fresh.sync().await.unwrap_err().code(), "bad_pack");
    let left: Vec<_> = fs_err::read_dir(fresh.folder()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["sync"]);
    scene.shop.publish_again();
    scene.server.behave();
    fresh.sync().await.unwrap();
    crate::shop::assert_same(&fresh, &scene.shop);
}
