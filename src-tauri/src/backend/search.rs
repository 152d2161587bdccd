//! Searches, and looks around.

use std::str::FromStr;

use knytt_engine::{
    Field, Filter, Ingredient, Order, Product, Query, QueryImage, SearchResult, SearchSession, Snapshot,
};
use knytt_models::Embedding;
use knytt_ui_api::{
    Card, Code, Hit, MatchKind, Problem, Reasons, Region, ScoreParts, SearchRequest, SearchResponse, Sort,
    Timings, Verdict,
};
use rust_decimal::Decimal;

use super::library::Shown;
use super::pictures::Glance;
use super::problem::{of_engine, of_model};
use super::{Backend, Shop, facets, reading};

/// More hits than anybody scrolls through.
const MOST_HITS: u32 = 500;

/// More colours of one article than a card tells of.
const MOST_OTHERS: usize = 12;

impl Backend {
    /// Answers a request of a window, and keeps it in the history if the shopper wants one. With consent
    /// the shop is told.
    ///
    /// # Errors
    /// [`Superseded`](Code::Superseded) if a newer one came; no catalogue; a picture that is gone; a
    /// filter that cannot be read.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResponse, Problem> {
        self.newest.fetch_max(request.ticket, std::sync::atomic::Ordering::Relaxed);
        let (response, shown) = self.answer(request)?;
        self.keep_context();
        self.library.note_search(request, &response, shown);
        Ok(response)
    }

    /// A live search's answer has settled, and is shown: with consent the shop is told.
    pub fn note_live(&self, template: &SearchRequest, response: &SearchResponse) {
        self.keep_context();
        self.library.note_live(template, response);
    }

    /// An open catalogue may have moved to another release.
    fn keep_context(&self) {
        if self.library.settings().consent
            && let Ok(context) = self.shop().and_then(|shop| shop.context())
        {
            self.library.events.at(context);
        }
    }

    /// As [`Backend::search`], of a picture's embedding instead of a kept picture, and outside the
    /// history: a frame of a live search.
    ///
    /// # Errors
    /// Those of [`Backend::search`].
    pub fn search_frame(
        &self,
        template: &SearchRequest,
        frame: &image::RgbImage,
    ) -> Result<SearchResponse, Problem> {
        let shop = self.shop()?;
        let start = std::time::Instant::now();
        let embedding = shop.session().encoder().embed_image(frame).map_err(of_model)?;
        let glance = Some(Glance::at(frame));
        let timings = Timings { embed: millis_since(start), ..Timings::default() };
        self.respond(&shop, template, Seen { image: Some(embedding), glance, timings })
    }

    fn answer(&self, request: &SearchRequest) -> Result<(SearchResponse, Option<Shown>), Problem> {
        let shop = self.shop()?;
        let (mut seen, mut shown) = (Seen::default(), None);
        if let Some(picture) = &request.picture {
            let shot = self.pictures.get(&picture.id)?;
            let region = picture.region.unwrap_or(Region::WHOLE);
            let start = std::time::Instant::now();
            let encoder = shop.session().encoder();
            seen.image = Some(shot.embedding(region, |pixels| {
                self.still_wanted(request.ticket)?;
                encoder.embed_image(pixels).map_err(of_model)
            })?);
            seen.glance = Some(shot.glance(region));
            seen.timings =
                Timings { decode: shot.decode_millis, embed: millis_since(start), ..Timings::default() };
            shown = Some((shot, region));
        }
        self.still_wanted(request.ticket)?;
        Ok((self.respond(&shop, request, seen)?, shown))
    }

    fn respond(&self, shop: &Shop, request: &SearchRequest, seen: Seen) -> Result<SearchResponse, Problem> {
        let session = shop.session();
        let reading = reading::read(session, request)?;
        let chosen = filter_of(request)?;
        let filter = reading.as_ref().map_or_else(|| chosen.clone(), |r| chosen.clone().and(&r.filter()));
        let snapshot = session.catalog().read().map_err(of_engine)?;
        let mut response = SearchResponse {
            ticket: request.ticket,
            verdict: Verdict::Browsing,
            hits: Vec::new(),
            matched: clipped(snapshot.count(&filter).map_err(of_engine)?),
            facets: facets::of(&snapshot, &filter)?,
            price_bounds: facets::price_bounds(&snapshot, &filter)?,
            understood: reading::understood(session, request, reading.as_ref())?,
            timings: seen.timings,
        };
        let asks_for = seen.image.is_some() || request.like.is_some() || !request.mix.is_empty();
        let only_conditions = reading.as_ref().is_some_and(|r| r.asked.is_empty() && r.without.is_empty());
        if !asks_for && (reading.is_none() || only_conditions && request.sort != Sort::Match) {
            self.browse(&snapshot, request, &filter, &mut response)?;
            response.verdict = if reading.is_some() { Verdict::Found } else { Verdict::Browsing };
        } else {
            drop(snapshot);
            self.find(session, request, seen, chosen, &mut response)?;
        }
        if response.matched == 0 {
            response.verdict = Verdict::NothingPasses;
        }
        let t = &mut response.timings;
        t.total = t.decode + t.embed + t.search + t.rank;
        Ok(response)
    }

    /// The products that pass, in an order that has nothing to do with a question.
    fn browse(
        &self,
        snapshot: &Snapshot,
        request: &SearchRequest,
        filter: &Filter,
        response: &mut SearchResponse,
    ) -> Result<(), Problem> {
        let start = std::time::Instant::now();
        let order = match request.sort {
            Sort::Match => Order::Catalog,
            Sort::PriceUp => Order::PriceUp,
            Sort::PriceDown => Order::PriceDown,
        };
        let (limit, dismissed) = (limit_of(request), self.dismissed());
        let products = snapshot.browse(filter, order, limit + dismissed.len()).map_err(of_engine)?;
        let wanted = products.iter().filter(|product| !dismissed.contains(&product.id)).take(limit);
        response.hits = wanted.map(|product| self.browsed(product)).collect();
        response.timings.search = millis_since(start);
        Ok(())
    }

    /// The products that fit best.
    fn find(
        &self,
        session: &SearchSession,
        request: &SearchRequest,
        seen: Seen,
        filter: Filter,
        response: &mut SearchResponse,
    ) -> Result<(), Problem> {
        let (limit, dismissed) = (limit_of(request), self.dismissed());
        let query =
            Query { k: limit + dismissed.len(), taste: self.library.taste(), ..seen.query(request, filter) };
        let result = session.search(&query).map_err(of_engine)?;
        response.verdict = verdict(&result);
        let wanted = result.hits.iter().filter(|hit| !dismissed.contains(&hit.id)).take(limit);
        let mut hits: Vec<_> = wanted.map(|hit| self.hit(hit, &result)).collect();
        sort(&mut hits, request.sort);
        response.hits = hits;
        response.timings.search = result.timings.search;
        response.timings.rank = result.timings.rank;
        response.timings.embed += result.timings.embed;
        Ok(())
    }

    fn hit(&self, hit: &knytt_engine::Hit, result: &SearchResult) -> Hit {
        Hit {
            card: self.card(&hit.product),
            percent: result.scale.map(|scale| scale.percent(hit.similarity)),
            kind: hit.kind.into(),
            similarity: hit.similarity,
            parts: hit.parts.into(),
            score: hit.score,
            reasons: hit.reasons.into(),
            others: hit.others.iter().take(MOST_OTHERS).cloned().collect(),
        }
    }

    fn browsed(&self, product: &Product) -> Hit {
        Hit {
            card: self.card(product),
            percent: None,
            kind: MatchKind::Other,
            similarity: 0.0,
            parts: ScoreParts::default(),
            score: 0.0,
            reasons: Reasons::default(),
            others: Vec::new(),
        }
    }

    /// A product as the grid shows it.
    pub fn card(&self, product: &Product) -> Card {
        Card { favourite: self.library.is_favourite(&product.id), ..Card::from(product) }
    }
}

/// What the query's picture is to the model and to the eye, and how long that took.
#[derive(Default)]
struct Seen {
    image: Option<Embedding>,
    glance: Option<Glance>,
    timings: Timings,
}

impl Seen {
    fn query(self, request: &SearchRequest, filter: Filter) -> Query {
        let words = request.words.trim();
        let (look, pixels) = self.glance.map(|glance| (glance.look, glance.pixels)).unzip();
        let mixed = request.mix.iter().map(|m| (Ingredient::Product(m.product.clone()), m.weight));
        Query {
            image: self.image.map(QueryImage::Embedded),
            look,
            pixels,
            text: Some(words.to_owned()).filter(|words| !words.is_empty()),
            typing: request.typing,
            product: request.like.clone(),
            without: request.without.iter().filter(|w| !w.trim().is_empty()).cloned().collect(),
            mix: mixed.collect(),
            alpha: if request.alpha.is_finite() { request.alpha.clamp(0.0, 1.0) } else { 0.5 },
            filter,
            ..Query::default()
        }
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

fn verdict(result: &SearchResult) -> Verdict {
    if result.is_good() { Verdict::Found } else { Verdict::NoGoodMatch }
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

pub(super) fn clipped(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn millis_since(start: std::time::Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}
