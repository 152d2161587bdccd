//! Products as schema.org describes them.

use std::path::Path;

use knytt_engine::Availability;
use serde_json::{Value, json};

use crate::shop::{Article, Choice, Look};

/// A page with a script for each article, among other scripts.
pub fn page(articles: &[Article], path: &Path) {
    let mut page = String::from("<!DOCTYPE html>\n<html><head><title>Shop</title>\n");
    for article in articles {
        let mut group = group(article);
        group["@context"] = "https://schema.org/".into();
        // Whoever writes JSON into a page must not end its script.
        let data = group.to_string().replace("</", "<\\/");
        page.push_str(&format!(
            "<script>var x = \"<p>\";</script><script type=\"application/ld+json\">{data}</script>\n"
        ));
    }
    page.push_str("</head><body><p>Welcome</p></body></html>");
    std::fs::write(path, page).unwrap();
}

/// One document with all.
pub fn graph(articles: &[Article], path: &Path) {
    let groups: Vec<Value> = articles.iter().map(group).collect();
    let shop = json!({"@type": "Organization", "name": "Shop"});
    let list = json!({"@type": "ItemList", "itemListElement": groups});
    std::fs::write(path, json!({"@context": "https://schema.org", "@graph": [shop, list]}).to_string())
        .unwrap();
}

fn group(article: &Article) -> Value {
    json!({
        "@type": ["ProductGroup"],
        "productGroupID": article.id(),
        "name": article.title,
        "description": article.description,
        "brand": {"@type": "Brand", "name": article.brand},
        "category": article.category,
        "material": article.material,
        "image": article.more_images,
        "variesBy": ["https://schema.org/size", "https://schema.org/color"],
        "hasVariant": article.rows().map(|(look, choice)| variant(look, choice)).collect::<Vec<_>>(),
    })
}

fn variant(look: &Look, choice: &Choice) -> Value {
    json!({
        "@type": "Product",
        "sku": choice.sku,
        "gtin13": choice.gtin,
        "color": look.color,
        "size": {"@type": "SizeSpecification", "name": choice.size},
        "image": [{"@type": "ImageObject", "contentUrl": look.image}],
        "offers": offer(choice),
    })
}

fn offer(choice: &Choice) -> Value {
    let availability = match choice.availability {
        Availability::InStock => "https://schema.org/InStock",
        Availability::Backorder => "https://schema.org/BackOrder",
        _ => "https://schema.org/OutOfStock",
    };
    let mut offer = json!({"@type": "Offer", "priceCurrency": "EUR", "availability": availability});
    match choice.sale_price() {
        None => offer["price"] = choice.price().into(),
        Some(sale) => {
            offer["priceSpecification"] = json!([
                {"price": choice.price(), "priceType": "https://schema.org/StrikethroughPrice", "priceCurrency": "EUR"},
                {"price": sale, "priceCurrency": "EUR"},
            ]);
        }
    }
    offer
}
