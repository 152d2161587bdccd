//! Hits as columns.

use super::answer::{Answer, AnswerHit, price};
use crate::output::{self, Column, counted, quiet};

const COLUMNS: &[Column] = &[
    Column { head: "#", widest: 6, right: true },
    Column { head: "score", widest: 6, right: true },
    Column { head: "title", widest: 40, right: false },
    Column { head: "category", widest: 20, right: false },
    Column { head: "brand", widest: 20, right: false },
    Column { head: "price", widest: 16, right: true },
    Column { head: "id", widest: 60, right: false },
];

/// The table and a quiet line with what it took.
pub fn render(answer: &Answer) -> String {
    let times = &answer.timings_ms;
    let took = format!(
        "{} searched by {} index in {:.1} ms: decode {:.1}, embed {:.1}, search {:.1}, rank {:.1}",
        counted(answer.matched, "product"),
        answer.index,
        times.total,
        times.decode,
        times.embed,
        times.search,
        times.rank
    );
    if answer.hits.is_empty() {
        return format!("No product passes these filters.\n{}\n", quiet(&took));
    }
    let rows: Vec<_> = answer.hits.iter().map(row).collect();
    let doubt = if answer.good_match { "" } else { "No good match; this comes nearest:\n" };
    format!("{doubt}{}{}\n", output::table(COLUMNS, &rows), quiet(&took))
}

fn row(hit: &AnswerHit) -> Vec<String> {
    let product = &hit.product;
    vec![
        hit.rank.to_string(),
        format!("{:.3}", hit.score),
        product.title.clone(),
        product.category.clone(),
        product.brand.clone(),
        price(product).unwrap_or_default(),
        hit.id.clone(),
    ]
}
