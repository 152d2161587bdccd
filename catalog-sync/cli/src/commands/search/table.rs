//! Hits as columns.

use knytt_engine::{RuleDid, RuleEffect};

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
pub fn render(answer: &Answer, why: bool) -> String {
    let times = &answer.timings_ms;
    let took = format!(
        "{} searched by {} index in {:.1} ms: decode {:.1}, embed {:.1}, search {:.1}, rank {:.1}",
        counted(answer.matched, "product"),
        answer.index,
        times.total_ms,
        times.decode_ms,
        times.embed_ms,
        times.search_ms,
        times.rank_ms
    );
    let guided = guided(answer);
    if answer.hits.is_empty() {
        let nothing = match answer.matched {
            0 => "No product passes these filters.",
            _ => "No product's texts have these words.",
        };
        return format!("{guided}{nothing}\n{}\n", quiet(&took));
    }
    let rows: Vec<_> = answer.hits.iter().map(row).collect();
    let doubt = if answer.good_match { "" } else { "No good match; this comes nearest:\n" };
    let understood = understood(answer);
    let reasons = if why { reasons(answer) } else { String::new() };
    format!("{understood}{guided}{doubt}{}{reasons}{}\n", output::table(COLUMNS, &rows), quiet(&took))
}

/// What the catalogue's rules and synonyms add.
fn guided(answer: &Answer) -> String {
    let guided = &answer.guided;
    let mut lines: Vec<String> = guided.banner.iter().map(|text| output::plain(text).to_string()).collect();
    lines.extend(guided.redirect.iter().map(|address| format!("See {}", output::plain(address))));
    if !guided.also.is_empty() {
        lines.push(format!("Also searched for {}", output::plain(&guided.also.join(", "))));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// `pinned by rule summer`, `in place of sku-1`.
fn effects(hit: &AnswerHit) -> String {
    let said = |effect: &RuleEffect| {
        let did = match effect.did {
            RuleDid::Pinned => "pinned",
            RuleDid::Boosted => "boosted",
            RuleDid::Buried => "buried",
        };
        format!(", {did} by rule {}", effect.rule.id)
    };
    let replaces = hit.replaces.iter().map(|id| format!(", in place of {}", output::plain(id)));
    hit.effects.iter().map(said).chain(replaces).collect()
}

/// The conditions that were read out of the words.
fn understood(answer: &Answer) -> String {
    let chips = answer.understood.iter().flat_map(|reading| &reading.chips);
    let said: Vec<String> =
        chips.map(|chip| format!("{} ({})", chip.condition, output::plain(&chip.said))).collect();
    if said.is_empty() { String::new() } else { format!("Only {}\n", said.join(", ")) }
}

/// What each hit's place is made of.
fn reasons(answer: &Answer) -> String {
    let said = |hit: &AnswerHit| {
        let parts: Vec<String> =
            hit.reasons.named().map(|(name, part)| format!("{name} {part:+.3}")).collect();
        format!("{:>6}  {:.3} = {}{}\n", hit.rank, hit.relevance, parts.join(" "), effects(hit))
    };
    answer.hits.iter().map(said).collect()
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
