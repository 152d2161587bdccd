//! A shop's articles, as a person would think of them, and the products that they must become.

use knytt_engine::{Availability, Price, Product};
use proptest::prelude::*;

/// One article: what it is, and how it can be bought.
#[derive(Clone, Debug)]
pub struct Article {
    pub number: usize,
    pub title: String,
    pub brand: String,
    pub category: String,
    pub description: String,
    pub material: String,
    pub more_images: Vec<String>,
    pub looks: Vec<Look>,
}

/// A colour with its picture.
#[derive(Clone, Debug)]
pub struct Look {
    pub color: &'static str,
    pub image: String,
    pub choices: Vec<Choice>,
}

/// What is put into the basket.
#[derive(Clone, Debug)]
pub struct Choice {
    pub sku: String,
    pub gtin: String,
    pub size: &'static str,
    pub cents: u32,
    pub sale_cents: Option<u32>,
    pub availability: Availability,
}

pub const SIZES: [&str; 5] = ["S", "M", "One size", "42,5", "W32/L34"];
pub const COLORS: [&str; 4] = ["red", "navy blue", "Größengrün", "黒"];

impl Article {
    pub fn id(&self) -> String {
        format!("article-{}", self.number)
    }

    /// Each choice with its look.
    pub fn rows(&self) -> impl Iterator<Item = (&Look, &Choice)> {
        self.looks.iter().flat_map(|look| look.choices.iter().map(move |choice| (look, choice)))
    }
}

impl Choice {
    pub fn price(&self) -> String {
        decimal(self.cents)
    }

    pub fn sale_price(&self) -> Option<String> {
        self.sale_cents.map(decimal)
    }

    fn now(&self) -> u32 {
        self.sale_cents.unwrap_or(self.cents)
    }
}

fn decimal(cents: u32) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

pub fn articles() -> impl Strategy<Value = Vec<Article>> {
    proptest::collection::vec(article(), 400..410).prop_map(|mut articles| {
        for (number, article) in articles.iter_mut().enumerate() {
            article.number = number;
            article.more_images =
                article.more_images.iter().map(|name| format!("more/{number}-{name}.jpg")).collect();
            for (n, look) in article.looks.iter_mut().enumerate() {
                look.color = COLORS[n];
                look.image = format!("https://cdn.test/w=8,h=9/{number}-{n}.jpg");
                for (m, choice) in look.choices.iter_mut().enumerate() {
                    choice.size = SIZES[m];
                    choice.sku = format!("sku-{number}-{n}-{m}");
                    choice.gtin = format!("4{number:06}{n:03}{m:03}");
                }
            }
        }
        articles
    })
}

fn article() -> impl Strategy<Value = Article> {
    // With everything that separates cells, quotes them, or is markup elsewhere.
    let line = "[A-Za-zÀ-ž0-9][A-Za-zÀ-ž0-9 ,;'\"&|/()<>é-]{0,30}[A-Za-z0-9.!?]".prop_map(|text| tidy(&text));
    let text = "[A-Za-zÀ-ž][A-Za-zÀ-ž0-9 ,;'\"|/().-]{0,60}[a-z.]".prop_map(|text| tidy(&text));
    let name = "[A-Z][a-zé]{1,9}";
    (line, name, "[A-Z][a-z]{2,8}( > [A-Z][a-z]{2,8}){0,2}", text, "[a-z]{3,9}", more(), looks()).prop_map(
        |(title, brand, category, description, material, more_images, looks)| Article {
            number: 0,
            title,
            brand,
            category,
            description,
            material,
            more_images,
            looks,
        },
    )
}

fn more() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::btree_set("[a-z]{1,8}", 0..3).prop_map(|names| names.into_iter().collect())
}

fn looks() -> impl Strategy<Value = Vec<Look>> {
    let look = proptest::collection::vec(choice(), 1..=SIZES.len());
    let look = look.prop_map(|choices| Look { color: "", image: String::new(), choices });
    proptest::collection::vec(look, 1..=3)
}

fn choice() -> impl Strategy<Value = Choice> {
    let stock = prop_oneof![
        Just(Availability::InStock),
        Just(Availability::OutOfStock),
        Just(Availability::Backorder)
    ];
    (2u32..500_000, proptest::option::of(1u32..100), stock).prop_map(|(cents, off, availability)| Choice {
        sku: String::new(),
        gtin: String::new(),
        size: "",
        cents,
        sale_cents: off.map(|percent| (cents - 1) * percent / 100).filter(|sale| (1..cents).contains(sale)),
        availability,
    })
}

/// No entity is there by chance: those are read.
fn tidy(text: &str) -> String {
    text.replace('&', "& ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Which ids a format gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ids {
    /// Each row has one, and the group another: Merchant Center.
    OfRows,
    /// The whole article has one that is its product's if it is only one: shops' own exports.
    OfWhole,
}

/// The products that articles must become: one for each picture.
pub fn expected(articles: &[Article], ids: Ids) -> Vec<Product> {
    articles
        .iter()
        .flat_map(|article| article.looks.iter().map(move |look| product(article, look, ids)))
        .collect()
}

fn product(article: &Article, look: &Look, ids: Ids) -> Product {
    let whole = ids == Ids::OfWhole && article.looks.len() == 1;
    let cheapest = look.choices.iter().min_by_key(|choice| choice.now()).unwrap();
    let best = [Availability::InStock, Availability::Backorder, Availability::OutOfStock];
    let has = |a: &Availability| look.choices.iter().any(|choice| choice.availability == *a);
    Product {
        id: if whole { article.id() } else { look.choices[0].sku.clone() },
        group: if whole { String::new() } else { article.id() },
        title: article.title.clone(),
        brand: article.brand.clone(),
        category: article.category.clone(),
        description: article.description.clone(),
        price: Some(euros(cheapest.cents)),
        sale_price: cheapest.sale_cents.map(euros),
        colors: vec![look.color.into()],
        sizes: look.choices.iter().map(|choice| choice.size.into()).collect(),
        availability: best.into_iter().find(has).unwrap(),
        image: look.image.clone(),
        more_images: article.more_images.clone(),
        ..Product::default()
    }
}

fn euros(cents: u32) -> Price {
    format!("{} EUR", decimal(cents)).parse().unwrap()
}

/// Fails unless every article is among the products with all that is known of it, down to each choice.
#[track_caller]
pub fn assert_same(mut products: Vec<Product>, articles: &[Article], ids: Ids) {
    let mut expected = expected(articles, ids);
    expected.sort_by(|a, b| a.image.cmp(&b.image));
    products.sort_by(|a, b| a.image.cmp(&b.image));
    for article in articles {
        for look in &article.looks {
            let at = products
                .binary_search_by(|product| product.image.cmp(&look.image))
                .expect("each picture is there");
            choices_are_kept(&products[at], article, look);
        }
    }
    let bare =
        products.into_iter().map(|p| Product { variants: Vec::new(), attributes: Default::default(), ..p });
    for (product, expected) in bare.zip(&expected) {
        assert_eq!(&product, expected);
    }
}

/// Each choice's id, code, size, price and stock, with the product or with its variant.
#[track_caller]
fn choices_are_kept(product: &Product, article: &Article, look: &Look) {
    assert_eq!(product.attributes["material"], article.material);
    if let [choice] = look.choices.as_slice() {
        assert!(product.variants.is_empty());
        assert_eq!(product.attributes["gtin"], choice.gtin);
        let sku = product.attributes.get("sku").or(product.attributes.get("variant_id"));
        assert!(product.id == choice.sku || sku == Some(&choice.sku), "{product:?}");
        return;
    }
    assert_eq!(product.variants.len(), look.choices.len(), "{product:?}");
    for (variant, choice) in product.variants.iter().zip(&look.choices) {
        assert_eq!((&variant.id, variant.size.as_str()), (&choice.sku, choice.size));
        assert_eq!((variant.color.as_str(), variant.availability), ("", choice.availability));
        assert_eq!(variant.price, Some(euros(choice.cents)));
        assert_eq!(variant.sale_price, choice.sale_cents.map(euros));
        assert_eq!(variant.attributes["gtin"], choice.gtin);
    }
}
