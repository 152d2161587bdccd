//! What WooCommerce exports.

use std::path::Path;

use knytt_engine::Availability;

use super::{escaped, rows};
use crate::shop::{Article, Choice, Look};

const HEADER: [&str; 22] = [
    "ID",
    "Type",
    "SKU",
    "GTIN, UPC, EAN, or ISBN",
    "Name",
    "Published",
    "Short description",
    "Description",
    "In stock?",
    "Stock",
    "Backorders allowed?",
    "Sale price",
    "Regular price",
    "Categories",
    "Images",
    "Parent",
    "Brands",
    "Attribute 1 name",
    "Attribute 1 value(s)",
    "Attribute 2 name",
    "Attribute 2 value(s)",
    "Material",
];

/// Every article as a variable product, whose variations name it by its id or, every other one, by its SKU.
pub fn csv(articles: &[Article], path: &Path) {
    let mut parents: Vec<_> = articles.iter().map(parent).collect();
    let variations = articles.iter().flat_map(|article| {
        article.rows().enumerate().map(move |(n, (look, choice))| variation(article, look, choice, n))
    });
    // A parent may stand behind its variations.
    let late = parents.split_off(parents.len() / 2);
    rows(path, b',', &HEADER, parents.into_iter().chain(variations).chain(late));
}

fn comma(text: &str) -> String {
    text.replace(',', "\\,")
}

fn parent(article: &Article) -> Vec<String> {
    let mut cells = vec![String::new(); HEADER.len()];
    let mut set = |at: usize, text: &str| cells[at] = text.to_owned();
    set(0, &article.id());
    set(1, "variable");
    set(2, &format!("parent {}", article.number));
    set(4, &article.title);
    set(5, "1");
    set(7, &format!("<p>{}</p>\\n", escaped(&article.description)));
    set(13, &comma(&article.category));
    set(14, &article.more_images.iter().map(|image| comma(image)).collect::<Vec<_>>().join(", "));
    set(16, &article.brand);
    set(17, "Colour");
    let colors: Vec<_> = article.looks.iter().map(|look| comma(look.color)).collect();
    set(18, &colors.join(", "));
    set(19, "Size");
    set(20, "S, M");
    set(21, &article.material);
    cells
}

fn variation(article: &Article, look: &Look, choice: &Choice, n: usize) -> Vec<String> {
    let mut cells = vec![String::new(); HEADER.len()];
    let mut set = |at: usize, text: &str| cells[at] = text.to_owned();
    set(0, &choice.sku);
    set(1, "variation");
    set(3, &choice.gtin);
    set(4, &format!("{} - {}", article.title, choice.size));
    set(5, "1");
    set(
        8,
        match choice.availability {
            Availability::InStock => "1",
            Availability::Backorder => "backorder",
            _ => "0",
        },
    );
    set(11, &choice.sale_price().unwrap_or_default());
    set(12, &choice.price());
    set(14, &comma(&look.image));
    let by_id = format!("id:{}", article.id());
    set(15, if n.is_multiple_of(2) { by_id } else { format!("parent {}", article.number) }.as_str());
    set(17, "Colour");
    set(18, &comma(look.color));
    set(19, "Size");
    set(20, &comma(choice.size));
    cells
}
