//! Everything after the embedding: filter, candidates, ranks, hits.

use std::collections::HashMap;
use std::time::Instant;

use knytt_models::Embedding;
use roaring::RoaringBitmap;

use crate::facts;
use crate::familiar::NEAREST;
use crate::fusion::{Embedded, Fusion};
use crate::index::IndexKind;
use crate::lexical::Lexicon;
use crate::look::ColorName;
use crate::query::{Hit, Query, SearchResult, Timings};
use crate::rank::{self, Asked, CANDIDATES, Candidate, Ranked, Ranking};
use crate::session::ms_since;
use crate::simd::Kernel;
use crate::{
    Catalog, Error, Field, Look, MatchKind, Reading, Result, Scale, Snapshot, Sought, Strategy, vectors,
};

/// A product's texts have the asked words if they reach this share of what all of them in a title count.
const NAMED: f32 = 0.6;

/// What was seen on the query's picture.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) look: Option<Look>,
    /// To be looked for in products' pictures.
    pub(crate) sought: Option<Sought>,
}

/// The answer to `query`, of which `embedded`, `seen` and `reading` are known.
pub(crate) fn answer(
    catalog: &Catalog,
    query: &Query,
    mut embedded: Embedded,
    seen: &Seen,
    reading: Option<Reading>,
) -> Result<SearchResult> {
    let start = Instant::now();
    let snapshot = catalog.read()?;
    let like = query.product.as_deref().map(|id| snapshot.known_item(id)).transpose()?;
    if let Some(id) = &query.product {
        embedded.product = snapshot.vector(id)?;
    }
    let fusion = (!embedded.is_empty()).then(|| Fusion::new(&embedded, query.alpha)).transpose()?;
    let meta = snapshot.meta()?;
    let calibration = snapshot.calibration()?;
    let scale = calibration.as_ref().zip(fusion.as_ref()).and_then(|(c, fusion)| fusion.scale(c));
    let filter =
        reading.as_ref().map_or_else(|| query.filter.clone(), |r| query.filter.clone().and(&r.filter()));
    let mut among = snapshot.matching(&filter)?;
    if let Some(item) = like {
        among.remove(item);
    }
    let mut weights = query.weights.or(meta.weights).unwrap_or_default();
    // Words in texts count as much of the question as words are.
    weights.words *= fusion.as_ref().map_or(1.0, Fusion::said_share);
    let like = like.map(|item| snapshot.facts(item)).transpose()?;
    let search = Search {
        snapshot: &snapshot,
        query,
        fusion: fusion.as_ref(),
        among: &among,
        words: reading
            .as_ref()
            .map(|r| r.asked.as_str())
            .filter(|words| weights.words > 0.0 && !words.is_empty()),
        ranking: Ranking {
            snapshot: &snapshot,
            weights,
            scale,
            is_seen: embedded.is_seen(),
            is_said: embedded.text.is_some(),
            asked: Asked::of(seen.look.as_ref(), like.as_ref(), &said_colors(reading.as_ref())),
            sought: seen.sought.as_ref(),
            identity: embedded.image.as_ref().and_then(Embedding::instance_embedding),
            preference: rank::preference(query.taste.as_deref(), &snapshot),
            today: rank::today(),
        },
    };
    let found = search.run(start)?;
    let start = Instant::now();
    let familiarity = calibration.as_ref().and_then(|calibration| calibration.familiarity.as_ref());
    let familiar = match familiarity.zip(embedded.only_image()) {
        Some((familiarity, image)) => Some(familiarity.of(image, &search.nearest_of_all(&found)?) >= 0.0),
        None => None,
    };
    let babble = calibration.as_ref().and_then(|calibration| calibration.babble.as_ref());
    // Words that products have are words, whatever the model makes of them.
    let says_nothing = !found.named && babble.zip(embedded.only_text()).is_some_and(|(b, said)| b.is(said));
    let is_foreign = familiar == Some(false) || says_nothing;
    let scale = scale.map(|scale| if is_foreign { scale.of_foreign() } else { scale });
    let same_from = calibration.and_then(|calibration| calibration.same_from);
    let kinds = Kinds { scale, same_from };
    let hits = (1..).zip(found.ranked).map(|(position, ranked)| search.hit(position, ranked, kinds));
    let hits: Vec<Hit> = hits.collect::<Result<_>>()?;
    let timings = Timings { rank: found.timings.rank + ms_since(start), ..found.timings };
    Ok(SearchResult {
        hits,
        timings,
        matched: among.len(),
        index: found.index,
        scale,
        reading,
        named: found.named,
        familiar,
    })
}

/// By what a hit is called exact, similar or neither.
#[derive(Clone, Copy)]
struct Kinds {
    scale: Option<Scale>,
    /// From which likeness on two pictures show the same product.
    same_from: Option<f32>,
}

impl Kinds {
    /// Where pictures were compared, a hit is exact if they are the same, whatever the model makes of them,
    /// and only then.
    fn of(self, similarity: f32, likeness: Option<f32>) -> MatchKind {
        let kind = self.scale.map_or(MatchKind::Other, |scale| scale.kind(similarity));
        let is_same = self.same_from.zip(likeness).map(|(from, likeness)| likeness >= from);
        match (kind, is_same) {
            (MatchKind::Exact, Some(false)) => MatchKind::Similar,
            (_, Some(true)) => MatchKind::Exact,
            (kind, _) => kind,
        }
    }
}

/// The colours that are asked for in words.
fn said_colors(reading: Option<&Reading>) -> Vec<ColorName> {
    let shades = reading.into_iter().flat_map(|reading| &reading.chips).flat_map(|chip| {
        chip.filter().values().filter(|(field, _)| **field == Field::Shade).flat_map(|(_, names)| names)
    });
    shades.filter_map(|name| ColorName::named(name)).collect()
}

/// One query's way through a snapshot.
struct Search<'a> {
    snapshot: &'a Snapshot,
    query: &'a Query,
    /// What has a direction; none if only conditions were asked.
    fusion: Option<&'a Fusion<'a>>,
    among: &'a RoaringBitmap,
    /// To look for in texts.
    words: Option<&'a str>,
    ranking: Ranking<'a>,
}

struct Found {
    ranked: Vec<Ranked>,
    /// The similarities of those that are nearest, best first.
    nearest: Vec<f32>,
    index: IndexKind,
    named: bool,
    timings: Timings,
}

impl Search<'_> {
    /// Takes more candidates as long as variants of one product leave fewer hits than were asked for.
    fn run(&self, start: Instant) -> Result<Found> {
        let k = self.query.k;
        let mut pool = CANDIDATES.max(k.saturating_mul(2));
        let mut timings = Timings { search: ms_since(start), ..Timings::default() };
        loop {
            let start = Instant::now();
            let (nearest, index) = self.nearest(pool)?;
            timings.search += ms_since(start);
            let start = Instant::now();
            let similarities = nearest.iter().take(NEAREST).map(|(_, similarity)| *similarity).collect();
            let candidates = self.candidates(nearest, pool)?;
            let ranked = self.ranking.rank(&candidates, k)?;
            timings.rank += ms_since(start);
            if ranked.len() >= k || pool as u64 >= self.among.len() {
                let named = candidates.iter().any(|candidate| candidate.words >= NAMED);
                return Ok(Found { ranked, nearest: similarities, index, named, timings });
            }
            pool = pool.saturating_mul(4);
        }
    }

    /// How near the nearest of the whole catalogue are: found already, unless a filter kept some out.
    fn nearest_of_all(&self, found: &Found) -> Result<Vec<f32>> {
        let (Some(fusion), live) = (self.fusion, self.snapshot.live()?) else { return Ok(Vec::new()) };
        if live.len() == self.among.len() {
            return Ok(found.nearest.clone());
        }
        let all = self.snapshot.nearest(fusion.embedding(), &live, NEAREST, Strategy::Auto)?;
        Ok(all.candidates.iter().map(|candidate| candidate.score).collect())
    }

    /// Items by nearness; the first ones where nothing has a direction.
    fn nearest(&self, pool: usize) -> Result<(Vec<(u32, f32)>, IndexKind)> {
        let Some(fusion) = self.fusion else {
            return Ok((self.among.iter().take(pool).map(|item| (item, 0.0)).collect(), IndexKind::Exact));
        };
        let found = self.snapshot.nearest(fusion.embedding(), self.among, pool, self.query.strategy)?;
        Ok((found.candidates.into_iter().map(|c| (c.item, c.score)).collect(), found.index))
    }

    /// With those that have the asked words, wherever they lie in the model's space.
    fn candidates(&self, nearest: Vec<(u32, f32)>, pool: usize) -> Result<Vec<Candidate>> {
        let mut candidates: Vec<Candidate> = nearest
            .into_iter()
            .map(|(item, similarity)| Candidate { item, similarity, words: 0.0 })
            .collect();
        let Some(words) = self.words else { return Ok(candidates) };
        let (db, txn) = self.snapshot.parts();
        let places: HashMap<u32, usize> = candidates.iter().enumerate().map(|(at, c)| (c.item, at)).collect();
        let lexicon = Lexicon::new(db, txn, self.snapshot.len()?);
        for found in lexicon.nearest(words, self.query.typing, self.among, pool)? {
            let words = found.score.min(1.0);
            match places.get(&found.item) {
                Some(&at) => candidates[at].words = words,
                None => candidates.push(Candidate { words, ..self.elsewhere(found.item)? }),
            }
        }
        Ok(candidates)
    }

    /// A candidate that the index did not give.
    fn elsewhere(&self, item: u32) -> Result<Candidate> {
        let (db, txn) = self.snapshot.parts();
        let similarity = match self.fusion {
            Some(fusion) => {
                let query = fusion.embedding().as_slice();
                Kernel::best().dot(query, vectors::row(db, txn, item, self.snapshot.catalog().dimension())?)
            }
            None => 0.0,
        };
        Ok(Candidate { item, similarity, words: 0.0 })
    }

    fn hit(&self, position: usize, ranked: Ranked, kinds: Kinds) -> Result<Hit> {
        let Candidate { item, similarity, .. } = ranked.candidate;
        let product = self.snapshot.product_at(item)?;
        let parts = match self.fusion {
            Some(fusion) => fusion.parts(&self.snapshot.vector_at(item)?),
            None => Default::default(),
        };
        let others = ranked.others.iter().map(|item| Ok(self.snapshot.product_at(*item)?.id));
        Ok(Hit {
            id: product.id.clone(),
            position,
            score: ranked.score,
            reasons: ranked.reasons,
            similarity,
            kind: kinds.of(similarity, ranked.likeness),
            parts,
            likeness: ranked.likeness,
            product,
            others: others.collect::<Result<_>>()?,
        })
    }
}

impl Snapshot {
    fn known_item(&self, id: &str) -> Result<u32> {
        self.item(id)?.ok_or_else(|| Error::UnknownProduct { id: id.into() })
    }

    fn facts(&self, item: u32) -> Result<facts::Facts> {
        let (db, txn) = self.parts();
        facts::read(db, txn, item)
    }
}
