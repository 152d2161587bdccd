//! From any catalogue to any other: compared, written, sent, read and applied, it is the other.

use std::collections::BTreeMap;

use knytt_engine::{Availability, Product};
use proptest::prelude::*;

use crate::device::{Device, Seen, run};
use crate::shop::{Item, Items, Shop, full, incremental, items_of, noise, vector};

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-zé\u{4e2d} \"\n]{1,8}"]
}

fn item() -> impl Strategy<Value = Item> {
    let price = proptest::option::of(
        (0u32..30, 0u32..3)
            .prop_map(|(n, scale)| format!("{}.{} EUR", n, "0".repeat(scale as usize + 1)).parse().unwrap()),
    );
    let lists = proptest::collection::vec(text(), 0..3);
    let attributes = proptest::collection::btree_map("[a-c]{1,2}", text(), 0..3);
    let availability = prop_oneof![Just(Availability::Unknown), Just(Availability::InStock)];
    let picture = proptest::option::of(proptest::collection::vec(any::<u8>(), 0..20));
    (text(), text(), price, lists, attributes, availability, 0u32..4, picture).prop_map(
        |(title, brand, price, colors, attributes, availability, n, picture)| {
            let sizes = colors.iter().rev().cloned().collect();
            let attributes: BTreeMap<String, String> = attributes;
            let product = Product {
                title,
                brand,
                price,
                colors,
                sizes,
                attributes,
                availability,
                ..Product::default()
            };
            Item { product, vector: vector(n), picture }
        },
    )
}

/// Few ids, so that two catalogues share many.
fn catalogue() -> impl Strategy<Value = Items> {
    proptest::collection::btree_map("[a-d]{1,2}", item(), 0..12).prop_map(|mut items| {
        // One product weighs more than all deltas, or the snapshot would be the cheaper way.
        let heavy = Item { product: Product::default(), vector: vector(0), picture: Some(noise(1, 200_000)) };
        items.insert("heavy".into(), heavy);
        items.iter_mut().for_each(|(id, item)| item.product.id.clone_from(id));
        items
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_delta_makes_one_catalogue_the_other(states in proptest::collection::vec(catalogue(), 2..4)) {
        let shop = Shop::new();
        let root = fs_err::read(shop.folder.path().join("keys/1.root.json")).unwrap();
        let mut device = Device::default();
        for (n, state) in states.iter().enumerate() {
            shop.set(state);
            let options = if n == 1 { incremental() } else { full() };
            shop.try_publish(&options).unwrap();
            let seen = run(Seen::at(&shop.site(), &root)).unwrap();
            if n == 0 {
                run(device.install(&seen));
            }
            prop_assert!(run(device.follow(&seen)));
            prop_assert_eq!(&device.items, &items_of(&shop.catalog));
            prop_assert_eq!(&device.items, state);
        }
    }
}
