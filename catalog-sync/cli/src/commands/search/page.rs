//! Hits as a page of pictures.

use anyhow::Result;
use image::RgbImage;
use knytt_engine::{Availability, Catalog, Query, Reasons, ScoreParts, Snapshot};

use super::SearchArgs;
use super::answer::{Answer, AnswerHit, price};
use crate::html::{Card, Page};
use crate::output::{counted, number};
use crate::thumbnail;

/// The query's picture is shown larger than the hits, in pixels.
pub const QUERY_SIDE: u32 = 480;

/// What the page shows of a query and its answer.
///
/// # Errors
/// The catalogue cannot be read.
pub fn page(
    catalog: &Catalog,
    args: &SearchArgs,
    query: &Query,
    picture: Option<&RgbImage>,
    answer: &Answer,
) -> Result<Page> {
    let snapshot = catalog.read()?;
    let like = query.product.as_deref();
    let picture = match (picture, like) {
        (Some(picture), _) => Some(thumbnail::jpeg(picture, QUERY_SIDE)?),
        (None, Some(id)) => snapshot.thumbnail(id)?.map(<[u8]>::to_vec),
        (None, None) => None,
    };
    Ok(Page {
        picture,
        heading: heading(&snapshot, query)?,
        picture_text: like
            .map_or_else(|| "The picture that was searched with".into(), |id| format!("Product {id}")),
        summary: summary(answer),
        filters: args.filters.iter().cloned().chain(conditions(answer)).collect(),
        cards: answer.hits.iter().map(|hit| card(&snapshot, hit)).collect::<Result<_>>()?,
        footer: format!(
            "Catalogue {} · {} · model {} ({})",
            answer.catalog.id,
            counted(answer.catalog.products, "product"),
            answer.model.name,
            &answer.model.fingerprint[..12]
        ),
    })
}

fn heading(snapshot: &Snapshot, query: &Query) -> Result<String> {
    let like = match &query.product {
        Some(id) => snapshot.product(id)?.map(|p| if p.title.is_empty() { p.id } else { p.title }),
        None => None,
    };
    Ok(match (&query.text, like) {
        (Some(words), Some(title)) => format!("{title}, {words}"),
        (Some(words), None) => words.clone(),
        (None, Some(title)) => format!("More like {title}"),
        (None, None) => "This picture".into(),
    })
}

/// What was read out of the words.
fn conditions(answer: &Answer) -> impl Iterator<Item = String> {
    answer.understood.iter().flat_map(|reading| &reading.chips).map(|chip| chip.condition.clone())
}

fn summary(answer: &Answer) -> String {
    let shown = answer.hits.len() as u64;
    format!(
        "{} of {}, in {:.0} ms",
        number(shown),
        counted(answer.matched, "product"),
        answer.timings_ms.total_ms.max(1.0)
    )
}

fn card(snapshot: &Snapshot, hit: &AnswerHit) -> Result<Card> {
    let product = &hit.product;
    let kind = [product.brand.as_str(), product.category.as_str()];
    let number = hit.picture.as_ref().map_or(0, |picture| picture.number);
    Ok(Card {
        picture: snapshot.picture_thumbnail(&hit.id, number)?.map(<[u8]>::to_vec),
        score: hit.score,
        title: product.title.clone(),
        kind: kind.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
        price: price(product),
        stock: match product.availability {
            Availability::OutOfStock => Some("Out of stock"),
            Availability::Preorder => Some("Pre-order"),
            Availability::Backorder => Some("Back-order"),
            Availability::InStock | Availability::Unknown => None,
        },
        parts: parts(hit.parts),
        why: why(&hit.reasons),
        id: hit.id.clone(),
    })
}

/// Only worth a line when more than nearness counts.
pub fn why(reasons: &Reasons) -> Option<String> {
    let said: Vec<_> = reasons
        .named()
        .filter(|(_, part)| part.abs() >= 0.005)
        .map(|(name, part)| format!("{name} {part:.2}"))
        .collect();
    (said.len() > 1).then(|| said.join(" + "))
}

/// Only worth a line when several sides were asked.
fn parts(parts: ScoreParts) -> Option<String> {
    let named = [
        ("picture", parts.image),
        ("product", parts.product),
        ("words", parts.text),
        ("excluded", parts.without),
        ("besides", parts.mix),
    ];
    let said: Vec<_> =
        named.iter().filter_map(|(name, part)| Some(format!("{name} {:.2}", (*part)?))).collect();
    (said.len() > 1).then(|| said.join(" + "))
}
