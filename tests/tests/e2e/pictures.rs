//! Products with several pictures, from a feed to a search.

use serde_json::{Value, json};

use crate::command;
use crate::shop::{DRAWN, Shop};

/// The garments in different categories, as pictures beside the feed.
fn shop() -> Shop {
    let shop = Shop::empty();
    (0..5).for_each(|n| shop.write(&format!("{n}.jpg"), &DRAWN[3 * n].jpeg));
    shop
}

fn feed(shop: &Shop, further_of_a: &str) {
    let text =
        format!("id,title,image_link,additional_image_link\na,A,0.jpg,\"{further_of_a}\"\nb,B,2.jpg,\n");
    shop.write("feed.csv", text.as_bytes());
}

/// The first hit of a picture: its id, and which of its pictures matched.
fn first(shop: &Shop, picture: &str) -> (Value, Value) {
    let (catalog, picture) = (shop.arg("catalog"), shop.arg(picture));
    let found = command::json(&["search", "--catalog", &catalog, "--image", &picture, "-k", "5"]);
    assert_eq!(found["hits"].as_array().unwrap().len(), 2, "one hit per product");
    (found["hits"][0]["id"].clone(), found["hits"][0]["picture"].clone())
}

#[test]
fn a_product_is_found_by_each_of_its_pictures_and_only_new_ones_are_embedded() {
    let shop = shop();
    // One is not there, and one is the product's own once more.
    feed(&shop, "1.jpg,none.jpg,0.jpg");
    let built = shop.build("feed.csv");
    assert_eq!(
        (&built["products"], &built["embedded"], &built["quarantined"]),
        (&json!(2), &json!(3), &json!(1))
    );
    let aside = ("feed.csv:2 (picture 3)".to_owned(), "missing-file".to_owned());
    assert_eq!(shop.quarantine(), [aside].into());
    assert_eq!(shop.inspect()["further_pictures"], 1);
    assert_eq!(first(&shop, "1.jpg"), (json!("a"), json!({ "number": 1, "address": "1.jpg" })));
    assert_eq!(first(&shop, "0.jpg"), (json!("a"), Value::Null), "its own picture matched");
    assert_eq!(first(&shop, "2.jpg"), (json!("b"), Value::Null));

    let again = shop.build("feed.csv");
    assert_eq!((&again["embedded"], &again["unchanged"]), (&json!(0), &json!(2)));
    feed(&shop, "3.jpg,1.jpg");
    let more = shop.build("feed.csv");
    assert_eq!(
        (&more["embedded"], &more["described"], &more["quarantined"]),
        (&json!(1), &json!(1), &json!(0))
    );
    assert_eq!(first(&shop, "3.jpg").1["number"], 1);
    assert_eq!(first(&shop, "1.jpg").1, json!({ "number": 2, "address": "1.jpg" }), "it moved");

    // A file that is away for once keeps its place; a file that is no picture does not cost the product.
    std::fs::rename(shop.path("1.jpg"), shop.path("away.jpg")).unwrap();
    shop.write("3.jpg", b"no picture");
    let away = shop.build("feed.csv");
    assert_eq!(
        (&away["embedded"], &away["quarantined"], &away["products"]),
        (&json!(0), &json!(2), &json!(2))
    );
    assert_eq!(first(&shop, "away.jpg").1["address"], "1.jpg");
    assert_eq!(shop.inspect()["further_pictures"], 1);

    let one = shop.try_build("feed.csv", &["--pictures", "1", "--json"]);
    assert_eq!(one.code, Some(0), "{one:?}");
    assert!(shop.inspect().get("further_pictures").is_none());
    assert_eq!(first(&shop, "0.jpg"), (json!("a"), Value::Null));
}
