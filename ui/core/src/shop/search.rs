//! Searches, and browsing where nothing is asked for.

use std::str::FromStr;
use std::time::Instant;

use knytt_engine::{
    BrowsedProduct, Field, Filter, Guidance, Ingredient, Order, Query, QueryImage, SearchResult,
    SearchSession, Snapshot,
};
use knytt_models::Embedding;
use knytt_ui_api::{
    Card, Code, Guided, Hit, MatchKind, Problem, Reasons, RuleEffect, ScoreParts, SearchRequest,
    SearchResponse, Sort, Verdict,
};
use rust_decimal::Decimal;

use super::measure::{clipped, ms_since};
use super::person::Person;
use super::picture::QueryPicture;
use super::{chips, facets};
use crate::problem::of_engine;

/// The most hits of one answer: more than anybody scrolls through.
const MOST_HITS: u32 = 500;

/// The most other colours of one article that a card names.
const MOST_OTHERS: usize = 12;

/// Answers a request: searches, or browses if nothing is asked for.
///
/// # Errors
/// A filter that cannot be read; the catalogue or the model fails.
pub fn answer(
    session: &SearchSession,
    request: &SearchRequest,
    picture: QueryPicture,
    person: &Person,
) -> Result<SearchResponse, Problem> {
    answer_with_words(session, request, picture, person).map(|(response, _)| response)
}

/// The same, and what the model made of the words, if there were any.
///
/// # Errors
/// Those of [`answer`].
pub fn answer_with_words(
    session: &SearchSession,
    request: &SearchRequest,
    picture: QueryPicture,
    person: &Person,
) -> Result<(SearchResponse, Option<Embedding>), Problem> {
    let parsed = chips::read(session, request)?;
    let chosen = filter_of(request)?;
    let filter = parsed.as_ref().map_or_else(|| chosen.clone(), |r| chosen.clone().and(&r.filter()));
    let asks_for = picture.embedding.is_some() || request.like.is_some() || !request.mix.is_empty();
    let timings = picture.timings;
    let query = query(request, picture, chosen, person);
    let snapshot = session.catalog().read().map_err(of_engine)?;
    let guidance = session.guide(&snapshot, &query, &filter).map_err(of_engine)?;
    let filter = filter.narrowed(guidance.filter());
    let mut response = SearchResponse {
        ticket: request.ticket,
        verdict: Verdict::Browsing,
        hits: Vec::new(),
        matched: clipped(snapshot.count(&filter).map_err(of_engine)?),
        facets: facets::facets(&snapshot, &filter)?,
        price_bounds: facets::price_bounds(&snapshot, &filter)?,
        understood: chips::understood(session, request, parsed.as_ref())?,
        timings,
        guided: None,
    };
    let only_conditions = parsed.as_ref().is_some_and(|r| r.positive.is_empty() && r.negative.is_empty());
    let mut embedding = None;
    if !asks_for && (parsed.is_none() || only_conditions && request.sort != Sort::Match) {
        browse(&snapshot, request, &filter, &guidance, person, &mut response)?;
        response.guided = Guided::from_engine(guidance.shown);
        response.verdict = if parsed.is_some() { Verdict::Found } else { Verdict::Browsing };
    } else {
        drop(snapshot);
        embedding = search(session, &query, request, person, &mut response)?;
    }
    if response.matched == 0 {
        response.verdict = Verdict::NothingPasses;
    }
    let t = &mut response.timings;
    t.total = t.decode + t.embed + t.search + t.rank;
    Ok((response, embedding))
}

/// The products that pass the filter, in the catalogue's order as rules change it, or by price.
fn browse(
    snapshot: &Snapshot,
    request: &SearchRequest,
    filter: &Filter,
    guidance: &Guidance,
    person: &Person,
    response: &mut SearchResponse,
) -> Result<(), Problem> {
    let start = Instant::now();
    let limit = limit_of(request);
    let most = person.candidates(limit);
    let order = match request.sort {
        Sort::Match => Order::Catalog,
        Sort::PriceUp => Order::PriceUp,
        Sort::PriceDown => Order::PriceDown,
    };
    let found = snapshot.browse_guided(filter, order, most, guidance).map_err(of_engine)?;
    let wanted = found.into_iter().filter(|found| person.wants(&found.product.id)).take(limit);
    response.hits = wanted.map(|found| browsed(person.card(&found.product), found)).collect();
    response.timings.search = ms_since(start);
    Ok(())
}

/// The products that match best. Returns what the model made of the words.
fn search(
    session: &SearchSession,
    query: &Query,
    request: &SearchRequest,
    person: &Person,
    response: &mut SearchResponse,
) -> Result<Option<Embedding>, Problem> {
    let result = session.search(query).map_err(of_engine)?;
    // Words that no text has find nothing, though products pass the filters.
    let is_found = result.is_good() && !(response.understood.texts_only && result.hits.is_empty());
    response.verdict = if is_found { Verdict::Found } else { Verdict::NoGoodMatch };
    let wanted = result.hits.iter().filter(|hit| person.wants(&hit.id)).take(limit_of(request));
    let card = |hit: &knytt_engine::Hit| Card {
        // Words are about the product; a picture is of one of its sides.
        picture: Some(hit.picture).filter(|number| *number > 0 && query.image.is_some()),
        ..person.card(&hit.product)
    };
    let mut hits: Vec<_> = wanted.map(|hit| found(hit, &result, card(hit))).collect();
    sort(&mut hits, request.sort);
    response.hits = hits;
    response.guided = Guided::from_engine(result.guided);
    response.timings.search = result.timings.search_ms;
    response.timings.rank = result.timings.rank_ms;
    response.timings.embed += result.timings.embed_ms;
    Ok(result.words_embedding)
}

fn found(hit: &knytt_engine::Hit, result: &SearchResult, card: Card) -> Hit {
    Hit {
        card,
        percent: result.scale.map(|scale| hit.percent(&scale)),
        kind: hit.kind.into(),
        similarity: hit.similarity,
        parts: hit.parts.into(),
        score: hit.score,
        reasons: hit.reasons.into(),
        others: hit.others.iter().take(MOST_OTHERS).cloned().collect(),
        effects: hit.effects.iter().map(RuleEffect::from).collect(),
        replaces: hit.replaces.clone(),
        team: None,
    }
}

fn browsed(card: Card, found: BrowsedProduct) -> Hit {
    Hit {
        card,
        percent: None,
        kind: MatchKind::Other,
        similarity: 0.0,
        parts: ScoreParts::default(),
        score: 0.0,
        reasons: Reasons::default(),
        others: Vec::new(),
        effects: found.effects.iter().map(RuleEffect::from).collect(),
        replaces: found.replaces,
        team: None,
    }
}

fn query(request: &SearchRequest, picture: QueryPicture, filter: Filter, person: &Person) -> Query {
    let words = request.words.trim();
    let (look, pixels) = picture.look.map(|look| (look.look, look.pixels)).unzip();
    let mixed = request.mix.iter().map(|m| (Ingredient::Product(m.product.clone()), m.weight));
    Query {
        image: picture.embedding.map(QueryImage::Embedded),
        look,
        pixels,
        text: Some(words.to_owned()).filter(|words| !words.is_empty()),
        typing: request.typing,
        product: request.like.clone(),
        without: request.without.iter().filter(|w| !w.trim().is_empty()).cloned().collect(),
        mix: mixed.collect(),
        alpha: if request.alpha.is_finite() { request.alpha.clamp(0.0, 1.0) } else { 0.5 },
        filter,
        k: person.candidates(limit_of(request)),
        taste: person.taste.clone(),
        language: request.language.clone(),
        // Sorted by price, no hit has a place of its own.
        unpinned: request.sort != Sort::Match,
        ..Query::default()
    }
}

fn limit_of(request: &SearchRequest) -> usize {
    request.limit.clamp(1, MOST_HITS) as usize
}

fn filter_of(request: &SearchRequest) -> Result<Filter, Problem> {
    let chosen = request.filters.iter().flat_map(|c| c.values.iter().map(|v| (Field::named(&c.field), v)));
    let filter = chosen.fold(Filter::default(), |filter, (field, value)| filter.with(field, value));
    let end = |text: &Option<String>| {
        let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let price = text.map(Decimal::from_str).transpose();
        price.map_err(|error| Problem::new(Code::BadQuery, format!("not a price: {error}")))
    };
    let Some(price) = &request.price else { return Ok(filter) };
    filter.price(end(&price.min)?, end(&price.max)?).map_err(|e| Problem::new(Code::BadQuery, e))
}

/// By price, those without one last; hits of one price stay in the order of their match.
fn sort(hits: &mut [Hit], by: Sort) {
    let price = |hit: &Hit| {
        let now = hit.card.sale_price.as_ref().or(hit.card.price.as_ref());
        now.and_then(|price| Decimal::from_str(&price.amount).ok())
    };
    match by {
        Sort::Match => {}
        Sort::PriceUp => hits.sort_by_key(|hit| (price(hit).is_none(), price(hit))),
        Sort::PriceDown => hits.sort_by_key(|hit| (price(hit).is_none(), price(hit).map(std::ops::Neg::neg))),
    }
}
