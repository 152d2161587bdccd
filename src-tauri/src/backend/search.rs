//! Searches, and looks around.

use std::str::FromStr;

use knytt_engine::{
    Field, Filter, Order, Product, Query, QueryImage, SearchResult, Snapshot, Strategy, Words,
};
use knytt_models::Embedding;
use knytt_ui_api::{
    Card, Code, Facet, FacetValue, Hit, MatchKind, PriceBounds, Problem, Region, SearchRequest,
    SearchResponse, Sort, Timings, Understood, Verdict,
};
use rust_decimal::Decimal;

use super::library::Shown;
use super::problem::{of_engine, of_model};
use super::{Backend, Shop};

/// More hits than anybody scrolls through.
const MOST_HITS: u32 = 500;

/// Values of a facet that a window is sent; the rarest beyond are left out.
const MOST_VALUES: usize = 40;

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
        let timings = Timings { embed: millis_since(start), ..Timings::default() };
        let asked = Asked { image: Some(embedding), timings, ..Asked::of(template) };
        self.respond(&shop, template, asked)
    }

    fn answer(&self, request: &SearchRequest) -> Result<(SearchResponse, Option<Shown>), Problem> {
        let shop = self.shop()?;
        let mut asked = Asked::of(request);
        let mut shown = None;
        if let Some(picture) = &request.picture {
            let shot = self.pictures.get(&picture.id)?;
            let region = picture.region.unwrap_or(Region::WHOLE);
            let start = std::time::Instant::now();
            let encoder = shop.session().encoder();
            asked.image = Some(shot.embedding(region, |pixels| {
                self.still_wanted(request.ticket)?;
                encoder.embed_image(pixels).map_err(of_model)
            })?);
            asked.timings =
                Timings { decode: shot.decode_millis, embed: millis_since(start), ..Timings::default() };
            shown = Some((shot, region));
        }
        self.still_wanted(request.ticket)?;
        Ok((self.respond(&shop, request, asked)?, shown))
    }

    fn respond(&self, shop: &Shop, request: &SearchRequest, asked: Asked) -> Result<SearchResponse, Problem> {
        let filter = filter_of(request)?;
        let limit = request.limit.clamp(1, MOST_HITS) as usize;
        let snapshot = shop.session().catalog().read().map_err(of_engine)?;
        let mut response = SearchResponse {
            ticket: request.ticket,
            verdict: Verdict::Browsing,
            hits: Vec::new(),
            matched: clipped(snapshot.count(&filter).map_err(of_engine)?),
            facets: facets_of(&snapshot, &filter)?,
            price_bounds: price_bounds(&snapshot, &filter)?,
            understood: asked.understood.clone(),
            timings: asked.timings,
        };
        if asked.is_empty(request) {
            let start = std::time::Instant::now();
            let order = match request.sort {
                Sort::Match => Order::Catalog,
                Sort::PriceUp => Order::PriceUp,
                Sort::PriceDown => Order::PriceDown,
            };
            let products = snapshot.browse(&filter, order, limit).map_err(of_engine)?;
            response.hits = products.iter().map(|product| self.browsed(product)).collect();
            response.timings.search = millis_since(start);
        } else {
            drop(snapshot);
            let query = asked.query(request, filter, limit);
            let result = shop.session().search(&query).map_err(of_engine)?;
            response.verdict = verdict(&result);
            let mut hits: Vec<_> = result.hits.iter().map(|hit| self.hit(hit, &result)).collect();
            sort(&mut hits, request.sort);
            response.hits = hits;
            response.timings.search = result.timings.search;
            response.timings.rank = result.timings.rank;
            response.timings.embed += result.timings.embed;
        }
        if response.matched == 0 {
            response.verdict = Verdict::NothingPasses;
        }
        let t = &mut response.timings;
        t.total = t.decode + t.embed + t.search + t.rank;
        Ok(response)
    }

    fn hit(&self, hit: &knytt_engine::Hit, result: &SearchResult) -> Hit {
        Hit {
            card: self.card(&hit.product),
            percent: result.scale.map(|scale| scale.percent(hit.score)),
            kind: match hit.kind {
                knytt_engine::MatchKind::Exact => MatchKind::Exact,
                knytt_engine::MatchKind::Similar => MatchKind::Similar,
                knytt_engine::MatchKind::Other => MatchKind::Other,
            },
            score: hit.score,
            parts: hit.parts.into(),
        }
    }

    fn browsed(&self, product: &Product) -> Hit {
        let (card, parts) = (self.card(product), knytt_ui_api::ScoreParts::default());
        Hit { card, percent: None, kind: MatchKind::Other, score: 0.0, parts }
    }

    /// A product as the grid shows it.
    pub fn card(&self, product: &Product) -> Card {
        Card { favourite: self.library.is_favourite(&product.id), ..Card::from(product) }
    }
}

/// What is asked, read and embedded as far as it is.
struct Asked {
    image: Option<Embedding>,
    understood: Understood,
    timings: Timings,
}

impl Asked {
    fn of(request: &SearchRequest) -> Self {
        let Words { asked, mut without } = Words::parse(&request.words);
        without.extend(request.without.iter().filter(|w| !w.trim().is_empty()).cloned());
        without.dedup();
        let understood = Understood { words: asked, without };
        Self { image: None, understood, timings: Timings::default() }
    }

    fn is_empty(&self, request: &SearchRequest) -> bool {
        self.image.is_none() && self.understood.words.is_empty() && request.like.is_none()
    }

    fn query(self, request: &SearchRequest, filter: Filter, k: usize) -> Query {
        Query {
            image: self.image.map(QueryImage::Embedded),
            text: Some(self.understood.words).filter(|words| !words.is_empty()),
            product: request.like.clone(),
            without: self.understood.without,
            alpha: if request.alpha.is_finite() { request.alpha.clamp(0.0, 1.0) } else { 0.5 },
            filter,
            k,
            strategy: Strategy::Auto,
        }
    }
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

fn facets_of(snapshot: &Snapshot, filter: &Filter) -> Result<Vec<Facet>, Problem> {
    let facets = snapshot.facets(filter).map_err(of_engine)?;
    let value = |(value, count)| FacetValue { value, count: clipped(count) };
    Ok(facets
        .into_iter()
        .map(|facet| Facet {
            field: facet.field.name().into(),
            values: facet.values.into_iter().take(MOST_VALUES).map(value).collect(),
        })
        .collect())
}

fn price_bounds(snapshot: &Snapshot, filter: &Filter) -> Result<Option<PriceBounds>, Problem> {
    let bounds = snapshot.price_bounds(&filter.at_any_price()).map_err(of_engine)?;
    Ok(bounds.map(|(low, high)| PriceBounds {
        min: low.amount.to_string(),
        max: high.amount.to_string(),
        currency: if low.currency == high.currency { low.currency.to_string() } else { String::new() },
    }))
}

fn verdict(result: &SearchResult) -> Verdict {
    if result.is_good() { Verdict::Found } else { Verdict::NoGoodMatch }
}

/// By price, those without one last; hits of one price stay in the order of their match.
fn sort(hits: &mut [Hit], by: Sort) {
    let price = |hit: &Hit| hit.card.price.as_ref().and_then(|p| Decimal::from_str(&p.amount).ok());
    match by {
        Sort::Match => {}
        Sort::PriceUp => hits.sort_by_key(|hit| (price(hit).is_none(), price(hit))),
        Sort::PriceDown => hits.sort_by_key(|hit| (price(hit).is_none(), price(hit).map(std::ops::Neg::neg))),
    }
}

fn clipped(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn millis_since(start: std::time::Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}
