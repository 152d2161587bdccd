//! Any sequence of changes leaves what a map in memory would hold, and finds what brute force finds.

use std::collections::BTreeMap;

use knytt_engine::{Catalog, Filter, FilterError, IndexKind, Product, Snapshot, Strategy};
use knytt_models::Embedding;
use proptest::prelude::{Just, ProptestConfig, any, prop, prop_oneof, proptest};
use proptest::strategy::Strategy as Arbitrarily;

use crate::common::{assert_sound, random_embedding, rng, search, spec, stored_score, tiny_map};

const DIMENSION: usize = 19;

#[derive(Clone, Debug)]
enum Change {
    Upsert { product: Product, vector_seed: u64, thumbnail: bool },
    Update(Product),
    Delete(String),
    KeepArroyFrom(Option<u64>),
    Commit,
    Reopen,
}

type Model = BTreeMap<String, (Product, Embedding, bool)>;

fn products() -> impl Arbitrarily<Value = Product> {
    let word = |words: &'static [&'static str]| prop::sample::select(words).prop_map(str::to_owned);
    (
        0..40_u32,
        word(&["", "Shirt", "shirt ", "Dress"]),
        word(&["", "Acme", "Zed"]),
        prop::collection::vec(word(&["Red", "red", "Dark Blue", ""]), 0..3),
        prop::option::of(0_u32..400),
        prop::option::of(word(&["Wool", "cotton"])),
    )
        .prop_map(|(id, category, brand, colors, cents, material)| Product {
            id: format!("p{id}"),
            category,
            brand,
            colors,
            price: cents.map(|c| format!("{}.{:02} EUR", c / 100, c % 100).parse().unwrap()),
            attributes: material.map(|m| ("Material".to_owned(), m)).into_iter().collect(),
            ..Product::default()
        })
}

fn changes() -> impl Arbitrarily<Value = Change> {
    prop_oneof![
        12 => (products(), any::<u64>(), any::<bool>())
            .prop_map(|(product, vector_seed, thumbnail)| Change::Upsert { product, vector_seed, thumbnail }),
        3 => products().prop_map(Change::Update),
        4 => (0..40_u32).prop_map(|id| Change::Delete(format!("p{id}"))),
        1 => prop::sample::select(&[None, Some(1), Some(25)][..]).prop_map(Change::KeepArroyFrom),
        3 => Just(Change::Commit),
        1 => Just(Change::Reopen),
    ]
}

fn filters() -> impl Arbitrarily<Value = Filter> {
    let conditions = &[
        "category=shirt",
        "category=dress",
        "brand=ACME",
        "color=red",
        "color=dark  blue",
        "price=..1.50",
        "price=0.99..2.01",
        "price>=3.99",
        "material=wool",
        "currency=eur",
        "availability=unknown",
        "size=m",
    ];
    prop::collection::vec(prop::sample::select(&conditions[..]), 0..4)
        .prop_map(|conditions| Filter::parse(&conditions).unwrap())
}

fn agrees(snapshot: &Snapshot, model: &Model, filter: &Filter, query: &Embedding, k: usize) {
    assert_sound(snapshot);
    let mut stored: Vec<Product> = snapshot.products().unwrap().map(Result::unwrap).collect();
    stored.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(stored, model.values().map(|(product, ..)| product.clone()).collect::<Vec<_>>());
    for (id, (_, vector, thumbnail)) in model {
        assert_eq!(snapshot.thumbnail(id).unwrap().is_some(), *thumbnail);
        let cosine = snapshot.vector(id).unwrap().unwrap().cosine(vector).unwrap();
        assert!(cosine > 0.999, "{id}: {cosine}");
    }

    let passing: Vec<_> = model.values().filter(|(product, ..)| filter.matches(product)).collect();
    let asks_material = filter.to_string().contains("material");
    if asks_material && !model.values().any(|(product, ..)| !product.attributes.is_empty()) {
        let error = snapshot.count(filter).unwrap_err();
        assert!(matches!(error, knytt_engine::Error::Filter(FilterError::UnknownKey { .. })), "{error}");
        return;
    }
    let mut expected: Vec<f32> = passing.iter().map(|(_, vector, _)| stored_score(query, vector)).collect();
    expected.sort_by(|a, b| b.total_cmp(a));
    expected.truncate(k);
    for strategy in [Strategy::Exact, Strategy::Auto, Strategy::IvfRabitq, Strategy::Arroy] {
        let found = search(snapshot, query, filter, k, strategy);
        assert_eq!(found.matched, passing.len() as u64, "{filter}");
        assert_eq!(found.products.len(), expected.len(), "{filter}");
        for (rank, hit) in found.products.iter().enumerate() {
            let (product, vector, _) = &model[&hit.product.id];
            assert!(filter.matches(product) && *product == hit.product);
            assert!((hit.score - stored_score(query, vector)).abs() < 1e-5);
            if found.index == IndexKind::Exact {
                assert!((hit.score - expected[rank]).abs() < 1e-5, "{filter}: hit {rank}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_changes_agrees_with_a_map_and_brute_force(
        changes in prop::collection::vec(changes(), 1..160),
        filter in filters(),
        query_seed in any::<u64>(),
        k in 1_usize..12,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut catalog = tiny_map(dir.path(), DIMENSION);
        let query = random_embedding(&mut rng(query_seed), DIMENSION);
        let (mut pending, mut model) = (Model::new(), Model::new());
        let mut writer = catalog.write();
        for change in changes.into_iter().chain([Change::Commit]) {
            match change {
                Change::Upsert { product, vector_seed, thumbnail } => {
                    let vector = random_embedding(&mut rng(vector_seed), DIMENSION);
                    writer.upsert(&product, &vector, thumbnail.then_some(b"picture".as_slice())).unwrap();
                    pending.insert(product.id.clone(), (product, vector, thumbnail));
                }
                Change::Update(product) => {
                    if let Some(entry) = pending.get_mut(&product.id) {
                        writer.update(&product).unwrap();
                        entry.0 = product;
                    }
                }
                Change::Delete(id) => {
                    writer.delete(&id);
                    pending.remove(&id);
                }
                Change::KeepArroyFrom(products) => writer.keep_arroy_from(products),
                Change::Commit => {
                    writer.commit().unwrap();
                    model = pending.clone();
                    agrees(&catalog.read().unwrap(), &model, &filter, &query, k);
                }
                // What was not committed is forgotten.
                Change::Reopen => {
                    drop(writer);
                    drop(catalog);
                    catalog = Catalog::open_or_create(dir.path(), &spec(DIMENSION)).unwrap();
                    writer = catalog.write();
                    pending = model.clone();
                    agrees(&catalog.read().unwrap(), &model, &filter, &query, k);
                }
            }
        }
    }
}
