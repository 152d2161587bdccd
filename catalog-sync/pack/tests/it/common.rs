//! Rows to write.

use bytes::Bytes;
use half::f16;
use knytt_engine::{Availability, Guess, Look, Product, SeenColor, Variant};
use knytt_pack::{Error, Expected, Header, PackReader, PackWriter, Row, VectorRow, Written};

pub const DIMENSION: usize = 16;

pub fn header() -> Header {
    Header { catalog: "shop".into(), model: "ff".repeat(32), dimension: DIMENSION }
}

pub fn write<R: Row>(rows: &[R]) -> (Bytes, Written) {
    let mut file = Vec::new();
    let mut pack = PackWriter::new(&mut file, &header()).unwrap();
    rows.iter().for_each(|row| pack.push(row).unwrap());
    let written = pack.finish().unwrap();
    (file.into(), written)
}

pub fn read<R: Row>(file: &Bytes, written: Written) -> Result<Vec<R>, Error> {
    let header = header();
    let expected =
        Expected { header: &header, rows: written.rows, uncompressed_bytes: written.uncompressed_bytes };
    PackReader::open(file.clone(), &expected)?.collect()
}

pub fn product(id: &str) -> Product {
    Product {
        id: id.into(),
        title: format!("Robe {id}, très jolie"),
        brand: "Ő & Co".into(),
        category: "dress".into(),
        description: "x".repeat(300),
        price: Some("1234567.8900 EUR".parse().unwrap()),
        colors: vec!["red".into(), "blue".into()],
        sizes: vec![],
        availability: Availability::InStock,
        sale_price: Some("999.50 EUR".parse().unwrap()),
        image: "a/b.jpg".into(),
        more_images: vec!["a/back.jpg".into()],
        group: "robes".into(),
        variants: vec![Variant {
            id: format!("{id}-m"),
            size: "M".into(),
            price: Some("12.50 EUR".parse().unwrap()),
            attributes: [("gtin".into(), "4006381333931".into())].into(),
            ..Variant::default()
        }],
        look: Look {
            colors: vec![SeenColor { name: "red".into(), rgb: [200, 30, 40], percent: 80 }],
            pattern: Some(Guess { value: "striped".into(), percent: 71 }),
            hash: Some(u64::MAX),
            ..Look::default()
        },
        attributes: [("fit".into(), "loose".into()), ("Ω".into(), String::new())].into(),
    }
}

pub fn vector(id: &str, first: f32) -> VectorRow {
    let value = |n: usize| f16::from_f32(if n == 0 { first } else { n as f32 / 100.0 });
    VectorRow { id: id.into(), vector: (0..DIMENSION).flat_map(|n| value(n).to_le_bytes()).collect() }
}
