//! What is written is read, and the same rows make the same file.

use knytt_engine::{FurtherPicture, Product};
use knytt_pack::{
    AttributesRow, Change, Columns, DigestRow, Error, FurtherContent, FurtherDigestRow, FurtherRow,
    PackWriter, PictureRow, digest,
};
use proptest::prelude::*;

use crate::common::{header, product, read, vector, write};

#[test]
fn products_come_back_with_every_column() {
    let rows = vec![
        AttributesRow::whole(product("a")),
        AttributesRow::whole(Product { id: "b".into(), ..Product::default() }),
        AttributesRow::gone("c"),
        AttributesRow {
            change: Change::Set(Columns::PRICE | Columns::COLORS),
            product: Product { id: "d".into(), price: "5 USD".parse().ok(), ..Product::default() },
        },
    ];
    let (file, written) = write(&rows);
    assert_eq!(read::<AttributesRow>(&file, written).unwrap(), rows);
}

#[test]
fn columns_that_a_row_does_not_set_take_no_room_and_come_back_empty() {
    let row = AttributesRow { change: Change::Set(Columns::TITLE), product: product("a") };
    let (file, written) = write(std::slice::from_ref(&row));
    let back = read::<AttributesRow>(&file, written).unwrap();
    assert_eq!(back[0].product, Product { id: "a".into(), title: row.product.title, ..Product::default() });
}

#[test]
fn vectors_pictures_and_digests_come_back_to_the_bit() {
    let vectors: Vec<_> = (0..3000).map(|n| vector(&format!("{n:05}"), n as f32)).collect();
    let (file, written) = write(&vectors);
    assert_eq!(read::<knytt_pack::VectorRow>(&file, written).unwrap(), vectors);

    let picture = |n: usize| (!n.is_multiple_of(3)).then(|| vec![n as u8; n]);
    let pictures: Vec<_> =
        (0..600).map(|n| PictureRow { id: format!("{n:05}"), picture: picture(n) }).collect();
    let (file, written) = write(&pictures);
    assert_eq!(read::<PictureRow>(&file, written).unwrap(), pictures);

    let of = |n: usize| DigestRow {
        id: format!("{n:05}"),
        vector: digest(&[n as u8]),
        picture: picture(n).map(|picture| digest(&picture)),
    };
    let digests: Vec<_> = (0..600).map(of).collect();
    let (file, written) = write(&digests);
    assert_eq!(read::<DigestRow>(&file, written).unwrap(), digests);
}

#[test]
fn further_pictures_come_back_in_the_order_of_id_and_number() {
    let content = |n: usize| FurtherContent {
        picture: FurtherPicture { address: format!("{n}.jpg"), ..FurtherPicture::default() },
        vector: vector("", n as f32).vector,
        thumbnail: (!n.is_multiple_of(3)).then(|| vec![n as u8; n]),
    };
    let row = |n: usize| FurtherRow {
        id: format!("{:05}", n / 3),
        number: (n % 3) as u8 + 1,
        picture: (!n.is_multiple_of(4)).then(|| content(n)),
    };
    let rows: Vec<_> = (0..600).map(row).collect();
    let (file, written) = write(&rows);
    assert_eq!(read::<FurtherRow>(&file, written).unwrap(), rows);
    let digests = rows.iter().filter_map(|row| {
        let (id, number) = (row.id.clone(), row.number);
        Some(FurtherDigestRow { id, number, digest: row.picture.as_ref()?.digest() })
    });
    let digests = digests.collect::<Vec<_>>();
    let (file, written) = write(&digests);
    assert_eq!(read::<FurtherDigestRow>(&file, written).unwrap(), digests);

    let mut pack = PackWriter::new(Vec::new(), &header()).unwrap();
    pack.push(&row(1)).unwrap();
    assert!(matches!(pack.push(&row(1)), Err(Error::Order { .. })), "the same number twice");
    assert!(matches!(pack.push(&row(0)), Err(Error::Order { .. })), "a lower number");
    let (plain, other) = (content(1), content(2));
    let moved = FurtherPicture { address: "elsewhere".into(), ..plain.picture.clone() };
    let none = FurtherContent { thumbnail: None, ..plain.clone() };
    let digests =
        [plain.digest(), other.digest(), none.digest(), FurtherContent { picture: moved, ..plain }.digest()];
    assert!((1..4).all(|n| !digests[..n].contains(&digests[n])), "every part counts");
}

#[test]
fn the_same_rows_make_the_same_bytes() {
    let rows: Vec<_> = (0..2500).map(|n| AttributesRow::whole(product(&format!("{n:05}")))).collect();
    assert_eq!(write(&rows), write(&rows));
}

#[test]
fn a_pack_without_rows_is_a_pack() {
    let (file, written) = write::<PictureRow>(&[]);
    assert_eq!(read::<PictureRow>(&file, written).unwrap(), []);
}

#[test]
fn rows_out_of_order_or_without_meaning_are_refused() {
    let mut pack = PackWriter::new(Vec::new(), &header()).unwrap();
    pack.push(&vector("b", 1.0)).unwrap();
    assert!(matches!(pack.push(&vector("a", 1.0)), Err(Error::Order { .. })));
    assert!(matches!(pack.push(&vector("b", 1.0)), Err(Error::Order { .. })));
    let mut pack = PackWriter::new(Vec::new(), &header()).unwrap();
    let nothing = AttributesRow { change: Change::Set(Columns::NONE), product: product("a") };
    pack.push(&nothing).unwrap();
    assert!(matches!(pack.finish(), Err(Error::Row { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_products_come_back(titles in prop::collection::btree_map("[^\u{0}]{1,12}", ".{0,40}", 0..40), bits in 1u32..1024) {
        let rows: Vec<_> = titles.into_iter().map(|(id, title)| {
            let mut row = AttributesRow::whole(Product { title, ..product(&id) });
            if bits % 3 == 0 {
                row = AttributesRow::gone(&id);
            }
            row
        }).collect();
        let (file, written) = write(&rows);
        prop_assert_eq!(read::<AttributesRow>(&file, written).unwrap(), rows);
    }
}
