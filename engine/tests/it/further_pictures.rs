//! Products with several pictures are found by the best of them, once.

use std::collections::BTreeMap;

use knytt_engine::{
    Catalog, Filter, FurtherPicture, IndexKind, PictureRecord, PictureSource, Product, Query, QueryImage,
    Strategy,
};
use knytt_garments::{View, render, sample_products};
use knytt_models::Embedding;

use crate::common::{
    assert_sound, clustered, embedding, product, random_embedding, rng, search, spec, stored_score,
};
use crate::session::{ENCODER, empty};

const DIMENSION: usize = 32;

/// The embeddings of each product, its own picture's first.
type Shop = BTreeMap<String, Vec<Embedding>>;

fn source(address: &str, embedding: &Embedding) -> PictureSource {
    let picture = FurtherPicture { address: address.into(), ..FurtherPicture::default() };
    PictureSource::New { picture, embedding: embedding.clone(), thumbnail: Some(address.into()) }
}

fn store(catalog: &Catalog, shop: &Shop) {
    let mut writer = catalog.write();
    for (number, (id, pictures)) in shop.iter().enumerate() {
        let colour = ["even", "odd"][number % 2].into();
        let rare = if number % 97 == 0 { vec!["rare".into()] } else { Vec::new() };
        let product = Product { colors: vec![colour], sizes: rare, ..product(id) };
        writer.upsert(&product, &pictures[0], None).unwrap();
        let further = pictures[1..].iter().enumerate();
        let further = further.map(|(at, vector)| source(&format!("{id}-{at}"), vector)).collect();
        writer.set_further_pictures(id, further).unwrap();
        if number % 1_000 == 999 {
            writer.commit().unwrap();
        }
    }
    writer.commit().unwrap();
}

/// `count` products with one to four pictures.
fn shop(count: usize) -> Shop {
    let mut vectors = clustered(&mut rng(3), 3 * count, DIMENSION, 80);
    (0..count)
        .map(|n| (format!("{n:05}"), (0..=[0, 1, 3, 2][n % 4]).filter_map(|_| vectors.pop()).collect()))
        .collect()
}

/// The best `k` products and which picture is their best, by comparing all.
fn brute<'s>(
    shop: &'s Shop,
    passes: impl Fn(usize) -> bool,
    query: &Embedding,
    k: usize,
) -> Vec<(&'s str, u8)> {
    let best = |pictures: &[Embedding]| {
        let scores = (0..).zip(pictures).map(|(at, vector)| (stored_score(query, vector), at));
        scores.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap()
    };
    let passing = shop.iter().enumerate().filter(|(number, _)| passes(*number));
    let mut all: Vec<(f32, u8, &str)> = passing
        .map(|(_, (id, pictures))| {
            let (score, at) = best(pictures);
            (score, at, id.as_str())
        })
        .collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    all.into_iter().take(k).map(|(_, at, id)| (id, at)).collect()
}

#[test]
fn every_index_finds_products_by_their_best_picture_with_and_without_filters() {
    let dir = tempfile::tempdir().unwrap();
    let (catalog, shop) = (Catalog::create(dir.path(), &spec(DIMENSION)).unwrap(), shop(2_000));
    let mut writer = catalog.write();
    writer.keep_arroy_from(Some(1));
    writer.commit().unwrap();
    store(&catalog, &shop);
    let snapshot = catalog.read().unwrap();
    assert_sound(&snapshot);
    let info = snapshot.info().unwrap();
    assert_eq!((info.products, info.further_pictures, info.index.arroy_vectors), (2_000, 3_000, 5_000));
    /// Conditions, and which numbers meet them.
    type Narrowing = (&'static [&'static str], fn(usize) -> bool);
    let filters: [Narrowing; 3] =
        [(&[], |_| true), (&["color=odd"], |n| n % 2 == 1), (&["size=rare"], |n| n % 97 == 0)];
    let queries = clustered(&mut rng(9), 12, DIMENSION, 80);
    for (filter, passes) in filters {
        let filter = Filter::parse(filter).unwrap();
        let mut found = BTreeMap::new();
        for query in &queries {
            let expected = brute(&shop, passes, query, 10);
            for strategy in [Strategy::Exact, Strategy::IvfRabitq, Strategy::Arroy, Strategy::Auto] {
                let answer = search(&snapshot, query, &filter, 10, strategy);
                let told: Vec<_> =
                    answer.products.iter().map(|p| (p.product.id.as_str(), p.picture)).collect();
                assert_eq!(told.len(), 10);
                if answer.index == IndexKind::Exact {
                    assert_eq!(told, expected);
                }
                for near in &answer.products {
                    let exact = stored_score(query, &shop[&near.product.id][usize::from(near.picture)]);
                    assert!(
                        (near.score - exact).abs() < 1e-5,
                        "the score is that of the picture that is named"
                    );
                }
                let right = told.iter().filter(|one| expected.contains(one)).count();
                *found.entry(answer.index.to_string()).or_insert(0) += right * 100;
            }
        }
        for (index, right) in found {
            let of = right as f64 / (queries.len() * 10) as f64;
            assert!(of >= 95.0, "{index} finds {of} % under {filter:?}");
        }
    }
    // More products than the pictures that were asked for first are of.
    let all = search(&snapshot, &queries[0], &Filter::default(), 1_990, Strategy::IvfRabitq);
    assert_eq!(all.products.len(), 1_990);
}

#[test]
fn pictures_come_move_and_go_with_their_product() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(DIMENSION)).unwrap();
    let vectors: Vec<Embedding> = (0..6).map(|n| random_embedding(&mut rng(n), DIMENSION)).collect();
    let change = |pictures: Vec<PictureSource>| {
        let mut writer = catalog.write();
        writer.set_further_pictures("a", pictures).unwrap();
        writer.commit().unwrap();
        assert_sound(&catalog.read().unwrap());
    };
    let stored = || {
        let snapshot = catalog.read().unwrap();
        let record = |r: PictureRecord<'_>| {
            let own: Vec<usize> = (0..6).filter(|n| r.vector == encoded(&vectors[*n])).collect();
            (r.number, r.picture.address, r.thumbnail.unwrap().to_vec(), own)
        };
        snapshot.further_pictures("a").unwrap().into_iter().map(record).collect::<Vec<_>>()
    };
    let kept = |number: u8, address: &str| PictureSource::Stored { number, address: address.into() };
    let shown = |number: u8, address: &str, drawn: &str, vector: usize| {
        (number, address.to_owned(), drawn.as_bytes().to_vec(), vec![vector])
    };
    let mut writer = catalog.write();
    writer.upsert(&product("a"), &vectors[0], None).unwrap();
    writer.upsert(&product("b"), &vectors[1], None).unwrap();
    writer.commit().unwrap();
    let plain = catalog.read().unwrap().content_hash().unwrap();
    assert_eq!(catalog.read().unwrap().pictures_hash().unwrap(), None);
    change(vec![source("x", &vectors[2]), source("y", &vectors[3]), source("z", &vectors[4])]);
    assert_eq!(stored(), [shown(1, "x", "x", 2), shown(2, "y", "y", 3), shown(3, "z", "z", 4)]);
    let hash = catalog.read().unwrap().pictures_hash().unwrap();
    change(vec![kept(3, "z"), source("new", &vectors[5]), kept(1, "moved")]);
    assert_eq!(stored(), [shown(1, "z", "z", 4), shown(2, "new", "new", 5), shown(3, "moved", "x", 2)]);
    assert_ne!(catalog.read().unwrap().pictures_hash().unwrap(), hash);
    // Whatever led to it, the same pictures have the same hash, and none of them is in that of the products.
    change(vec![source("x", &vectors[2]), source("y", &vectors[3]), source("z", &vectors[4])]);
    let snapshot = catalog.read().unwrap();
    assert_eq!((snapshot.pictures_hash().unwrap(), snapshot.content_hash().unwrap()), (hash, plain));
    drop(snapshot);

    let mut writer = catalog.write();
    assert!(writer.set_further_pictures("a", vec![kept(1, "x"); 12]).is_err(), "more than eleven");
    writer.set_further_pictures("a", vec![kept(7, "none")]).unwrap();
    assert_eq!(writer.commit().unwrap_err().code(), "invalid_product");

    // An update and an upsert keep them, a deletion does not; a new product does not inherit them.
    let mut writer = catalog.write();
    writer.update(&Product { title: "A".into(), ..product("a") }).unwrap();
    writer.upsert(&product("a"), &vectors[1], None).unwrap();
    writer.commit().unwrap();
    assert_eq!(stored().len(), 3);
    let mut writer = catalog.write();
    writer.delete("a");
    writer.commit().unwrap();
    let mut writer = catalog.write();
    writer.upsert(&product("c"), &vectors[0], None).unwrap();
    writer.commit().unwrap();
    let snapshot = catalog.read().unwrap();
    assert_sound(&snapshot);
    assert!(snapshot.further_pictures("c").unwrap().is_empty() && stored().is_empty());
    assert_eq!(snapshot.pictures_hash().unwrap(), None);
}

fn encoded(embedding: &Embedding) -> Vec<u8> {
    embedding.as_slice().iter().flat_map(|v| half::f16::from_f32(*v).to_le_bytes()).collect()
}

#[test]
fn a_product_without_a_picture_is_not_found_by_further_ones() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(3)).unwrap();
    let (near, far) = (embedding(vec![1.0, 0.0, 0.0]), embedding(vec![0.0, 1.0, 0.0]));
    let mut writer = catalog.write();
    writer.upsert(&product("a"), &far, None).unwrap();
    writer.set_further_pictures("a", vec![source("x", &near)]).unwrap();
    writer.upsert_without_picture(&product("a")).unwrap();
    writer.upsert(&product("b"), &far, None).unwrap();
    writer.commit().unwrap();
    let found = search(&catalog.read().unwrap(), &near, &Filter::default(), 5, Strategy::Auto);
    assert_eq!(found.products.iter().map(|p| p.product.id.as_str()).collect::<Vec<_>>(), ["b"]);
}

#[test]
fn repair_copies_them() {
    let dir = tempfile::tempdir().unwrap();
    let (from, to) = (dir.path().join("from"), dir.path().join("to"));
    let catalog = Catalog::create(&from, &spec(DIMENSION)).unwrap();
    store(&catalog, &shop(40));
    let dump = catalog.read().unwrap().dump().unwrap();
    drop(catalog);
    let repaired = Catalog::repair(&from, &to).unwrap();
    assert!(repaired.is_complete && repaired.products == 40, "{repaired:?}");
    let copy = Catalog::open(&to).unwrap();
    assert_sound(&copy.read().unwrap());
    assert_eq!(copy.read().unwrap().dump().unwrap(), dump);
}

#[test]
fn a_garment_is_found_by_its_back_which_the_hit_names() {
    let dir = tempfile::tempdir().unwrap();
    let session = empty(dir.path());
    let (mut rng, mut writer) = (rng(4), session.catalog().write());
    let mut backs = Vec::new();
    for drawn in sample_products(12, 5) {
        let [front, back] =
            [drawn.view, View::again(&mut rng)].map(|view| render(&drawn.garment, &view, 128));
        writer.upsert(&product(&drawn.id), &ENCODER.embed_image(&front).unwrap(), None).unwrap();
        let seen = knytt_engine::Look::from_pixels(&back);
        let picture = FurtherPicture::from_look("back.jpg", seen);
        let embedding = ENCODER.embed_image(&back).unwrap();
        let further = PictureSource::New { picture, embedding, thumbnail: None };
        writer.set_further_pictures(&drawn.id, vec![further]).unwrap();
        backs.push((drawn.id, back));
    }
    writer.commit().unwrap();
    for (id, back) in backs {
        let query = Query { image: Some(QueryImage::Decoded(back)), k: 12, ..Query::default() };
        let found = session.search(&query).unwrap();
        let first = &found.hits[0];
        assert_eq!((&first.id, first.picture, found.hits.len()), (&id, 1, 12), "one hit per product");
        let parts = first.parts.image.unwrap();
        assert!(first.similarity > 0.999 && (parts - first.similarity).abs() < 1e-4);
        assert!(first.likeness.unwrap() > 0.99, "the template is that of the picture that matched");
        // The same product by name: its similarity is that of its nearest picture, too.
        let words = Query { text: Some(id.clone()), k: 1, ..Query::default() };
        assert_eq!(session.search(&words).unwrap().hits.len(), 1);
    }
}
