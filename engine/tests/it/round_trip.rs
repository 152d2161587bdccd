//! Whatever is stored as JSON is read back as it was, to the last bit.

use std::fmt::Debug;

use knytt_engine::{
    Availability, Calibration, Catalog, Origin, Price, Product, QuarantineRow, SafetyConfig, Scale,
    SourceRecord, Taste, Variant, Weights,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::common::{embedding, spec};

/// A number with all the digits that an `f32` can have.
fn float() -> impl Strategy<Value = f32> {
    prop_oneof![-1.0_f32..1.0, any::<f32>().prop_filter("JSON has no other numbers", |f| f.is_finite())]
}

fn scale() -> impl Strategy<Value = Scale> {
    (float(), float(), proptest::option::of(float()), float()).prop_map(
        |(unrelated, matches_from, exact_from, best)| Scale { unrelated, matches_from, exact_from, best },
    )
}

fn calibration() -> impl Strategy<Value = Calibration> {
    let negatives = proptest::option::of([float(), float(), float(), float(), float()]);
    let same_from = proptest::option::of(float());
    (scale(), proptest::option::of(scale()), any::<u64>(), negatives, same_from).prop_map(
        |(image, text, products, numbers, same_from)| {
            // The fields of both are private, so JSON makes them. "AAECAwQF" is a picture of six bytes.
            let out_of_domain = numbers.map(|[a, b, c, d, bias]| {
                let line = json!({ "weights": [a, b, c, d], "bias": bias });
                serde_json::from_value(json!({ "drawn": "AAECAwQF", "line": line })).unwrap()
            });
            let gibberish = numbers.map(|[from, ..]| {
                serde_json::from_value(json!({ "drawn": "AAECAwQF", "from": from })).unwrap()
            });
            let trades = numbers.map(|[food, home, ..]| {
                serde_json::from_value(json!({ "food": food, "home": home })).unwrap()
            });
            Calibration { image, text, products, out_of_domain, gibberish, trades, same_from }
        },
    )
}

fn weights() -> impl Strategy<Value = Weights> {
    [float(), float(), float(), float(), float(), float()].prop_map(|[a, b, c, d, e, f]| Weights {
        visual: a,
        likeness: b,
        instance_embedding: c,
        words: d,
        personal: e,
        diversity: f,
        ..Weights::USUAL
    })
}

fn price() -> impl Strategy<Value = Option<Price>> {
    let price = (0_i64..10_000_000_000, 0_u32..8).prop_map(|(digits, scale)| Price {
        amount: rust_decimal::Decimal::new(digits, scale),
        currency: "EUR".parse().unwrap(),
    });
    proptest::option::of(price)
}

fn product() -> impl Strategy<Value = Product> {
    let texts = [".*", ".*", ".*", ".*"].map(|pattern: &'static str| pattern.prop_map(String::from));
    let lists = (vec(".*", 0..3), vec(".*", 0..3), btree_map(".*", ".*", 0..4));
    let availability = prop_oneof![Just(Availability::Unknown), Just(Availability::Preorder)];
    let variants = vec((".*", price()), 0..3);
    ("[a-z0-9]{1,20}", texts, lists, price(), availability, variants).prop_map(
        |(
            id,
            [title, brand, description, image],
            (colors, sizes, attributes),
            price,
            availability,
            variants,
        )| {
            let variant = |(id, price)| Variant { id, price, ..Variant::default() };
            let variants = variants.into_iter().map(variant).collect();
            let product = Product {
                id,
                title,
                brand,
                description,
                image,
                colors,
                sizes,
                attributes,
                ..Product::default()
            };
            Product { price, availability, variants, ..product }
        },
    )
}

/// A taste, as it is stored.
fn taste() -> impl Strategy<Value = Taste> {
    let memory =
        (any::<u32>(), 0.0_f64..1.0, float(), vec(float(), 0..8), btree_map("[a-z]+", float(), 0..4));
    memory.prop_map(|(secs, part, signals, direction, brands)| {
        let memory = json!({ "at_secs": f64::from(secs) + part, "signals": signals, "direction": direction,
            "brands": brands });
        serde_json::from_value(json!({ "lasting": memory, "visit": memory })).unwrap()
    })
}

/// Through text, through pretty text, and through a `Value`, as a release's description takes it.
fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let text = serde_json::to_vec(value).unwrap();
    let read: T = serde_json::from_slice(&text).unwrap();
    assert_eq!(&read, value);
    assert_eq!(serde_json::to_vec(&read).unwrap(), text, "the text of {value:?} is another one");
    let pretty: T = serde_json::from_str(&serde_json::to_string_pretty(value).unwrap()).unwrap();
    assert_eq!(&pretty, value);
    let json = serde_json::to_value(value).unwrap();
    let again: Value = serde_json::from_slice(&serde_json::to_vec(&json).unwrap()).unwrap();
    assert_eq!(again, json, "what is signed differs from what is compared with it");
    assert_eq!(&serde_json::from_value::<T>(again).unwrap(), value);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn settings_and_calibrations(calibration in calibration(), weights in weights(), threshold in float()) {
        survives(&calibration);
        survives(&weights);
        survives(&SafetyConfig { threshold: Some(threshold), ..SafetyConfig::default() });
    }

    #[test]
    fn products(product in product()) {
        survives(&product);
    }

    #[test]
    fn tastes(taste in taste()) {
        survives(&taste);
    }

    #[test]
    fn notes([a, b, c] in [".*", ".*", ".*"].map(|pattern: &'static str| pattern.prop_map(String::from))) {
        survives(&SourceRecord { content_hash: a.clone(), product: b.clone() });
        survives(&QuarantineRow { source: a.clone(), code: b.clone(), reason: c.clone(), id: a.clone(), title: b.clone() });
        survives(&Origin { model: Some(a), source: Some(b), kind: Some(c) });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(12) })]

    #[test]
    fn what_a_catalogue_stores(products in vec(product(), 1..4), calibration in calibration(), weights in weights()) {
        let dir = tempfile::tempdir().unwrap();
        let catalog = Catalog::create(dir.path(), &spec(2)).unwrap();
        let mut stored = std::collections::BTreeMap::new();
        let set: Result<(), knytt_engine::Error> = catalog.transact(|change| {
            change.set_calibration(calibration.clone());
            change.set_weights(Some(weights));
            Ok(())
        });
        set.unwrap();
        let mut writer = catalog.write();
        for product in products {
            writer.upsert(&product, &embedding(vec![0.6, 0.8]), None).unwrap();
            stored.insert(product.id.clone(), product);
        }
        writer.commit().unwrap();
        let snapshot = catalog.read().unwrap();
        let info = snapshot.info().unwrap();
        prop_assert_eq!((info.calibration, info.weights), (Some(calibration), Some(weights)));
        for (id, product) in stored {
            prop_assert_eq!(snapshot.product(&id).unwrap(), Some(product));
        }
    }
}
