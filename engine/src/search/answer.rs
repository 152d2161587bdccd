//! From an embedded query to hits: filter, candidates, ranking.

use std::collections::HashMap;
use std::time::Instant;

use image::RgbImage;
use knytt_models::Embedding;
use roaring::RoaringBitmap;

use crate::calibrate::out_of_domain::NEAREST;
use crate::calibrate::scale::{Calibration, MatchKind, Scale};
use crate::catalog::Catalog;
use crate::catalog::snapshot::{NearProduct, Snapshot};
use crate::error::{Error, Result};
use crate::index::IndexKind;
use crate::index::Strategy;
use crate::index::simd::Kernel;
use crate::index::top::Candidate;
use crate::lexical::Lexicon;
use crate::lexical::terms::terms;
use crate::look::Look;
use crate::look::image_template::TemplateQuery;
use crate::look::palette::ColorName;
use crate::look::picture_look::PictureLook;
use crate::look::words::english::Translated;
use crate::merchandise::compiled::{Asked, CompiledRules};
use crate::merchandise::guidance::Guidance;
use crate::product::field::Field;
use crate::product::filter::Filter;
use crate::rank::weights::Weights;
use crate::rank::{self, CANDIDATES, QueryFeatures, Ranked, Ranking, RankingCandidate};
use crate::search::fusion::{Embedded, Fusion};
use crate::search::parse::ParsedQuery;
use crate::search::query::{Hit, Query, SearchResult, Timings};
use crate::search::timing::ms_since;
use crate::store::picture_number::{FurtherPictures, number_of};
use crate::store::rank_features;
use crate::store::vectors;

/// A product's texts have the words of the query from this share of the score of a title with all the words.
const NAMED: f32 = 0.6;

/// The features of the query's picture.
#[derive(Default)]
pub(crate) struct PictureFeatures {
    pub(crate) look: Option<Look>,
    /// The template that is compared with products' pictures.
    pub(crate) template: Option<TemplateQuery>,
}

impl PictureFeatures {
    /// Those of a query with these pixels. What was measured before is taken as it is.
    pub(crate) fn of(query: &Query, pixels: Option<&RgbImage>) -> Self {
        match (&query.look, pixels) {
            (Some(look), pixels) => {
                Self { look: Some(look.clone()), template: pixels.map(TemplateQuery::new) }
            }
            (None, Some(pixels)) => {
                let PictureLook { look, pixels } = PictureLook::from_pixels(pixels);
                Self { look: Some(look), template: Some(TemplateQuery::new(&pixels)) }
            }
            (None, None) => Self::default(),
        }
    }
}

/// The words of a query, as they were understood.
pub(crate) struct Words {
    pub(crate) parsed: Option<ParsedQuery>,
    /// What they may be said as, too.
    pub(crate) also: Vec<String>,
    /// What they name in English, if they name goods in another language.
    pub(crate) translated: Option<Translated>,
    /// Whether the model embeds no words, so that texts alone are searched for them.
    pub(crate) in_texts_only: bool,
}

impl Words {
    /// The words that hits should match.
    fn positive(&self) -> Option<&str> {
        self.parsed.as_ref().map(|parsed| parsed.positive.as_str()).filter(|words| !words.is_empty())
    }

    /// The items of `among` whose texts have words that the query excludes.
    fn excluded(&self, query: &Query, snapshot: &Snapshot, among: &RoaringBitmap) -> Result<RoaringBitmap> {
        let excluded = self.parsed.iter().flat_map(|parsed| &parsed.negative).chain(&query.without);
        let lexicon = Lexicon::new(snapshot.view(), snapshot.len()?);
        let mut items = RoaringBitmap::new();
        for text in excluded {
            let found = lexicon.nearest(text, false, among, among.len() as usize)?;
            items.extend(found.iter().filter(|found| found.score >= NAMED).map(|found| found.item));
        }
        Ok(items)
    }
}

/// What an answer obeys besides its query.
#[derive(Clone, Copy, Default)]
pub(crate) struct Obeyed<'a> {
    /// The retailer's rules.
    pub(crate) rules: Option<&'a CompiledRules>,
    /// How candidates are ranked; `None`: as the catalogue says, or as usual.
    pub(crate) weights: Option<Weights>,
}

/// Answers `query`. `embedded`, `seen` and `words` were computed from it.
pub(crate) fn answer(
    catalog: &Catalog,
    obeyed: Obeyed<'_>,
    query: &Query,
    mut embedded: Embedded,
    seen: &PictureFeatures,
    words: Words,
) -> Result<SearchResult> {
    let start = Instant::now();
    let snapshot = catalog.read()?;
    let like = query.product.as_deref().map(|id| snapshot.known_item(id)).transpose()?;
    if let Some(id) = &query.product {
        embedded.product = snapshot.vector(id)?;
    }
    let without_picture = snapshot.without_picture()?;
    // What a product without a picture is like, its title says.
    let like_words =
        like.filter(|item| without_picture.contains(*item) && embedded.is_empty() && words.parsed.is_none());
    let like_words = like_words.map(|item| Ok::<_, Error>(snapshot.product_at(item)?.title)).transpose()?;
    let fusion = (!embedded.is_empty()).then(|| Fusion::new(&embedded, query.alpha)).transpose()?;
    let meta = snapshot.meta()?;
    let calibration = snapshot.calibration()?;
    let scale = calibration.as_ref().zip(fusion.as_ref()).and_then(|(c, fusion)| fusion.scale(c));
    let filter =
        words.parsed.as_ref().map_or_else(|| query.filter.clone(), |r| query.filter.clone().and(&r.filter()));
    let mut guidance = match obeyed.rules {
        Some(rules) => guide(rules, &snapshot, query, &filter)?,
        None => Guidance::default(),
    };
    let mut among = snapshot.matching(&filter.narrowed(guidance.filter()))?;
    if let Some(item) = like {
        among.remove(item);
    }
    if words.in_texts_only {
        among -= words.excluded(query, &snapshot, &among)?;
    }
    let in_texts_only = words.in_texts_only && words.positive().is_some();
    let mut weights = obeyed.weights.or(meta.weights).unwrap_or_default();
    // Matching words weigh as much as words weigh in the query.
    weights.words *= match &fusion {
        Some(_) if in_texts_only => 1.0 - query.alpha,
        fusion => fusion.as_ref().map_or(1.0, Fusion::said_share),
    };
    let like = like.map(|item| snapshot.rank_features(item)).transpose()?;
    let search = Search {
        snapshot: &snapshot,
        query,
        fusion: fusion.as_ref(),
        among: &among,
        words: words.positive().or(like_words.as_deref()).filter(|_| weights.words > 0.0),
        also: &words.also,
        translated: words.translated.as_ref(),
        without_picture: &without_picture,
        further: &snapshot.further()?,
        only_words: like_words.is_some() || in_texts_only && fusion.is_none(),
        ranking: Ranking {
            snapshot: &snapshot,
            without_picture: &without_picture,
            weights,
            scale,
            is_seen: embedded.is_seen(),
            is_said: embedded.text.is_some() || like_words.is_some() || in_texts_only,
            features: QueryFeatures::new(
                seen.look.as_ref(),
                like.as_ref(),
                &said_colors(words.parsed.as_ref()),
            ),
            template: seen.template.as_ref(),
            instance_embedding: embedded.image.as_ref().and_then(Embedding::instance_embedding),
            preference: rank::preference(query.taste.as_deref(), &snapshot),
            guidance: &guidance,
            today: rank::today(),
        },
    };
    let found = search.run(start)?;
    let start = Instant::now();
    let out_of_domain = calibration.as_ref().and_then(|calibration| calibration.out_of_domain.as_ref());
    let only_image = embedded.only_image().filter(|_| !in_texts_only);
    let in_domain = match out_of_domain.zip(only_image) {
        Some((out_of_domain, image)) => {
            Some(out_of_domain.log_odds(image, &search.nearest_of_all(&found)?) >= 0.0)
        }
        None => None,
    };
    let gibberish = calibration.as_ref().and_then(|calibration| calibration.gibberish.as_ref());
    // Words that products have are not gibberish, whatever the detector says.
    let says_nothing = !found.named
        && (gibberish.zip(embedded.only_text()).is_some_and(|(b, said)| b.is_gibberish(said))
            || is_sold_elsewhere(calibration.as_ref(), query, words.parsed.as_ref(), &embedded));
    let is_out_of_domain = in_domain == Some(false) || says_nothing;
    let scale = scale.map(|scale| if is_out_of_domain { scale.for_out_of_domain() } else { scale });
    let same_from = calibration.and_then(|calibration| calibration.same_from);
    let kinds = HitKinds { scale, same_from, says_words_alone: !embedded.is_seen() };
    let hits = (1..).zip(found.ranked).map(|(position, ranked)| search.hit(position, ranked, kinds));
    let hits: Vec<Hit> = hits.collect::<Result<_>>()?;
    let timings = Timings { rank_ms: found.timings.rank_ms + ms_since(start), ..found.timings };
    let (matched, index, named) = (among.len(), found.index, found.named);
    let Words { parsed, also, .. } = words;
    let mut guided = std::mem::take(&mut guidance.shown);
    guided.also = also;
    let words_embedding = embedded.text.clone();
    Ok(SearchResult {
        hits,
        timings,
        matched,
        index,
        scale,
        parsed,
        named,
        in_domain,
        says_nothing,
        guided,
        words_embedding,
    })
}

/// Whether words alone are asked for, and name goods of another kind of shop.
fn is_sold_elsewhere(
    calibration: Option<&Calibration>,
    query: &Query,
    parsed: Option<&ParsedQuery>,
    embedded: &Embedded,
) -> bool {
    let trades = calibration.and_then(|calibration| calibration.trades.as_ref());
    let said = parsed.filter(|_| embedded.only_text().is_some());
    let language = query.language.as_deref().map(main_language);
    trades.zip(said).is_some_and(|(trades, said)| trades.sells_none_of(&said.positive, language.as_deref()))
}

/// What `rules` do to a query whose hits must pass `filter`. Hits that are like a product, and hits that are sorted
/// afterwards, have no places.
pub(crate) fn guide(
    rules: &CompiledRules,
    snapshot: &Snapshot,
    query: &Query,
    filter: &Filter,
) -> Result<Guidance> {
    let language = query.language.as_deref().map(main_language);
    let at_ms = query.at_ms.unwrap_or_else(rank::now_ms);
    let words = terms(query.text.as_deref().unwrap_or_default());
    let asked = Asked { words, filter, language: language.as_deref(), at_ms };
    let guidance = rules.guide(snapshot, &asked)?;
    let pins = if query.unpinned || query.product.is_some() { Vec::new() } else { guidance.pins };
    Ok(Guidance { pins, ..guidance })
}

/// `en` of `en-GB`.
pub(crate) fn main_language(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

/// Decides whether a hit is exact, similar or neither.
#[derive(Clone, Copy)]
struct HitKinds {
    scale: Option<Scale>,
    /// From which likeness on two pictures show the same product.
    same_from: Option<f32>,
    /// Whether words are all that was asked with: texts that have them are a match then.
    says_words_alone: bool,
}

impl HitKinds {
    /// Where pictures were compared, a hit is exact if and only if they show the same, whatever the similarity.
    fn kind(self, similarity: f32, likeness: Option<f32>, named: Option<f32>) -> MatchKind {
        let kind = self.scale.map_or(MatchKind::Other, |scale| scale.kind(similarity));
        let is_same = self.same_from.zip(likeness).map(|(from, likeness)| likeness >= from);
        match (kind, is_same) {
            (MatchKind::Exact, Some(false)) => MatchKind::Similar,
            (_, Some(true)) => MatchKind::Exact,
            (MatchKind::Other, _) if named.is_some() && self.scale.is_some() => MatchKind::Similar,
            (kind, _) => kind,
        }
    }

    /// How well a product's texts have the words of a query that has nothing else.
    fn named(self, words: f32) -> Option<f32> {
        (self.says_words_alone && words >= NAMED).then_some(words)
    }
}

/// The colours that the words name.
fn said_colors(parsed: Option<&ParsedQuery>) -> Vec<ColorName> {
    let shades = parsed.into_iter().flat_map(|parsed| &parsed.chips).flat_map(|chip| {
        chip.filter().values().filter(|(field, _)| **field == Field::Shade).flat_map(|(_, names)| names)
    });
    shades.filter_map(|name| ColorName::named(name)).collect()
}

/// One query on one snapshot.
struct Search<'a> {
    snapshot: &'a Snapshot,
    query: &'a Query,
    /// The query vector; `None` if the query has only conditions.
    fusion: Option<&'a Fusion<'a>>,
    among: &'a RoaringBitmap,
    /// The words that texts are searched for.
    words: Option<&'a str>,
    /// Other texts that stand for the same.
    also: &'a [String],
    /// The words in English and in other forms.
    translated: Option<&'a Translated>,
    /// The items that have no vector to compare.
    without_picture: &'a RoaringBitmap,
    /// The further pictures of products.
    further: &'a FurtherPictures,
    /// Whether only the words choose candidates.
    only_words: bool,
    ranking: Ranking<'a>,
}

/// The ranked candidates, and how they were found.
struct RankedCandidates {
    ranked: Vec<Ranked>,
    /// The similarities of the nearest candidates, best first.
    nearest: Vec<f32>,
    index: IndexKind,
    named: bool,
    timings: Timings,
}

impl Search<'_> {
    /// Ranks candidates. Variants of one product become one hit, so it takes more candidates until there are `k` hits.
    fn run(&self, start: Instant) -> Result<RankedCandidates> {
        let k = self.query.k;
        let mut pool = CANDIDATES.max(k.saturating_mul(2));
        let mut timings = Timings { search_ms: ms_since(start), ..Timings::default() };
        loop {
            let start = Instant::now();
            let (nearest, index) = self.nearest(pool)?;
            timings.search_ms += ms_since(start);
            let start = Instant::now();
            let similarities = nearest.iter().take(NEAREST).map(|near| near.score).collect();
            let candidates = self.candidates(nearest, pool)?;
            let ranked = self.ranking.rank(&candidates, k)?;
            timings.rank_ms += ms_since(start);
            if ranked.len() >= k || pool as u64 >= self.among.len() {
                let named = candidates.iter().any(|candidate| candidate.words >= NAMED);
                return Ok(RankedCandidates { ranked, nearest: similarities, index, named, timings });
            }
            pool = pool.saturating_mul(4);
        }
    }

    /// The similarities of the nearest products of the whole catalogue. Without a filter they are known already.
    fn nearest_of_all(&self, found: &RankedCandidates) -> Result<Vec<f32>> {
        let (Some(fusion), live) = (self.fusion, self.snapshot.live()?) else { return Ok(Vec::new()) };
        if live.len() == self.among.len() {
            return Ok(found.nearest.clone());
        }
        let all = self.snapshot.nearest(fusion.embedding(), &live, NEAREST, Strategy::Auto)?;
        Ok(all.candidates.iter().map(|candidate| candidate.score).collect())
    }

    /// The nearest items; without a query vector, the first items.
    fn nearest(&self, pool: usize) -> Result<(Vec<NearProduct>, IndexKind)> {
        if self.only_words {
            return Ok((Vec::new(), IndexKind::Exact));
        }
        let Some(fusion) = self.fusion else {
            let first = self.among.iter().take(pool);
            let first = first.map(|item| NearProduct { item, picture: item, score: 0.0 });
            return Ok((first.collect(), IndexKind::Exact));
        };
        let found = self.snapshot.nearest(fusion.embedding(), self.among, pool, self.query.strategy)?;
        Ok((found.candidates, found.index))
    }

    /// Adds the products that have the words of the query to the nearest ones.
    fn candidates(&self, nearest: Vec<NearProduct>, pool: usize) -> Result<Vec<RankingCandidate>> {
        let candidate = |NearProduct { item, picture, score }: NearProduct| RankingCandidate {
            item,
            picture,
            similarity: score,
            words: 0.0,
        };
        let mut candidates: Vec<RankingCandidate> = nearest.into_iter().map(candidate).collect();
        let mut places: HashMap<u32, usize> =
            candidates.iter().enumerate().map(|(at, c)| (c.item, at)).collect();
        for (item, words) in self.with_words(pool)? {
            match places.get(&item) {
                Some(&at) => candidates[at].words = words.max(candidates[at].words),
                None => {
                    places.insert(item, candidates.len());
                    candidates.push(RankingCandidate { words, ..self.elsewhere(item)? });
                }
            }
        }
        for pin in &self.ranking.guidance.pins {
            if !places.contains_key(&pin.item) {
                candidates.push(self.elsewhere(pin.item)?);
            }
        }
        Ok(candidates)
    }

    /// The items whose texts have the words of the query, or words that stand for them, with how well: 0 to 1.
    fn with_words(&self, pool: usize) -> Result<Vec<(u32, f32)>> {
        let Some(words) = self.words else { return Ok(Vec::new()) };
        let lexicon = Lexicon::new(self.snapshot.view(), self.snapshot.len()?);
        let mut found = Vec::new();
        let translated = self.translated.into_iter();
        let translated = translated.flat_map(|said| std::iter::once(&said.english).chain(&said.forms));
        let others = self.also.iter().chain(translated).map(String::as_str);
        for text in std::iter::once(words).chain(others) {
            let nearest = lexicon.nearest(text, self.query.typing, self.among, pool)?;
            found.extend(nearest.into_iter().map(|candidate| (candidate.item, candidate.score.min(1.0))));
        }
        Ok(found)
    }

    /// A candidate that the words found and the index did not.
    fn elsewhere(&self, item: u32) -> Result<RankingCandidate> {
        let mut best = Candidate { item, score: 0.0 };
        if let Some(fusion) = self.fusion.filter(|_| !self.without_picture.contains(item)) {
            let (kernel, query) = (Kernel::best(), fusion.embedding().as_slice());
            let score = |picture: u32| {
                let row = vectors::row(self.snapshot.view(), picture)?;
                Ok::<_, Error>(Candidate { item: picture, score: kernel.dot(query, row) })
            };
            best = score(item)?;
            for picture in self.further.of(item) {
                best = best.max(score(picture)?);
            }
        }
        Ok(RankingCandidate { item, picture: best.item, similarity: best.score, words: 0.0 })
    }

    fn hit(&self, position: usize, ranked: Ranked, kinds: HitKinds) -> Result<Hit> {
        let RankingCandidate { item, picture, similarity, words } = ranked.candidate;
        let named = kinds.named(words);
        let product = self.snapshot.product_at(item)?;
        // Similarity and score are those of the product whose place it takes.
        let scored = ranked.replaces.unwrap_or(item);
        let parts = match self.fusion {
            Some(fusion) if !self.without_picture.contains(scored) => {
                fusion.parts(&self.snapshot.vector_at(picture)?)
            }
            _ => Default::default(),
        };
        let kind = match kinds.kind(similarity, ranked.likeness, named) {
            // The picture shows the other product.
            MatchKind::Exact if ranked.replaces.is_some() => MatchKind::Similar,
            kind => kind,
        };
        let guidance = self.ranking.guidance;
        let replaces = ranked.replaces.or_else(|| guidance.pinned_for(item).filter(|_| ranked.is_pinned));
        let replaces = replaces.map(|item| Ok::<_, Error>(self.snapshot.product_at(item)?.id)).transpose()?;
        let others = ranked.others.iter().map(|item| Ok(self.snapshot.product_at(*item)?.id));
        Ok(Hit {
            id: product.id.clone(),
            position,
            score: ranked.score,
            reasons: ranked.reasons,
            similarity,
            named,
            kind,
            parts,
            likeness: ranked.likeness.filter(|_| ranked.replaces.is_none()),
            // The picture that matched is one of the product whose place it takes.
            picture: if ranked.replaces.is_some() { 0 } else { number_of(picture) },
            product,
            others: others.collect::<Result<_>>()?,
            effects: guidance.effects(item, scored, ranked.is_pinned),
            replaces,
        })
    }
}

impl Snapshot {
    fn known_item(&self, id: &str) -> Result<u32> {
        self.item(id)?.ok_or_else(|| Error::UnknownProduct { id: id.into() })
    }

    fn rank_features(&self, item: u32) -> Result<rank_features::RankFeatures> {
        let view = self.view();
        rank_features::read(view, item)
    }
}
