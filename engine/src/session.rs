//! One catalogue and the model that embeds its queries.

use std::time::Instant;

use knytt_models::Encoder;

use crate::fusion::{Embedded, Fusion};
use crate::query::{Hit, Query, QueryImage, SearchResult, Timings};
use crate::snapshot::VectorQuery;
use crate::{Catalog, Error, MatchKind, Result};

/// Answers queries: what every shell (command line, app, kiosk, server) calls. Cheap to clone; clones
/// share the catalogue and the model, and can search at the same time.
#[derive(Clone)]
pub struct SearchSession {
    catalog: Catalog,
    encoder: Encoder,
}

impl SearchSession {
    /// A session of `catalog` with the model of `encoder`.
    ///
    /// # Errors
    /// [`FingerprintMismatch`](Error::FingerprintMismatch) if the catalogue's vectors are of another
    /// model.
    pub fn new(catalog: Catalog, encoder: Encoder) -> Result<Self> {
        catalog.expects(encoder.fingerprint())?;
        Ok(Self { catalog, encoder })
    }

    /// The catalogue.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The model.
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// The products nearest to what `query` shows and says, in the catalogue's state of this moment.
    ///
    /// # Errors
    /// [`InvalidQuery`](Error::InvalidQuery) if it asks for nothing, [`Model`](Error::Model) if its
    /// picture or words cannot be embedded, [`UnknownProduct`](Error::UnknownProduct), and those of
    /// the filter.
    pub fn search(&self, query: &Query) -> Result<SearchResult> {
        let start = Instant::now();
        query.validate()?;
        let mut timings = Timings::default();
        let embedded = self.embed(query, &mut timings)?;
        let mut result = answer(&self.catalog, query, embedded)?;
        result.timings = Timings { total: ms_since(start), ..timings_of(timings, result.timings) };
        Ok(result)
    }

    fn embed(&self, query: &Query, timings: &mut Timings) -> Result<Embedded> {
        let start = Instant::now();
        let decoded;
        let pixels = match &query.image {
            None | Some(QueryImage::Embedded(_)) => None,
            Some(QueryImage::Decoded(pixels)) => Some(pixels),
            Some(QueryImage::Encoded(bytes)) => {
                let limits = knytt_models::decode::Limits::default();
                decoded = knytt_models::decode::decode(bytes, &limits, Some(self.encoder.target_side()))
                    .map_err(knytt_models::Error::from)?;
                Some(&decoded)
            }
        };
        timings.decode = ms_since(start);
        let start = Instant::now();
        let image = match &query.image {
            Some(QueryImage::Embedded(embedding)) => Some(embedding.clone()),
            _ => pixels.map(|pixels| self.encoder.embed_image(pixels)).transpose()?,
        };
        let text = query.text.as_deref().map(|text| self.encoder.embed_text(text)).transpose()?;
        let without =
            query.without.iter().map(|text| self.encoder.embed_text(text)).collect::<Result<_, _>>()?;
        timings.embed = ms_since(start);
        Ok(Embedded { image, text, product: None, without })
    }
}

impl Query {
    fn validate(&self) -> Result<()> {
        if self.image.is_none() && self.text.is_none() && self.product.is_none() {
            return Err(Error::InvalidQuery("give a picture, words, or a product"));
        }
        if !(0.0..=1.0).contains(&self.alpha) {
            return Err(Error::InvalidQuery("alpha must be between 0 and 1"));
        }
        if self.k == 0 {
            return Err(Error::InvalidQuery("k must be at least 1"));
        }
        Ok(())
    }
}

/// Everything after the embedding.
pub(crate) fn answer(catalog: &Catalog, query: &Query, mut embedded: Embedded) -> Result<SearchResult> {
    let start = Instant::now();
    let snapshot = catalog.read()?;
    if let Some(id) = &query.product {
        let vector = snapshot.vector(id)?;
        embedded.product = Some(vector.ok_or_else(|| Error::UnknownProduct { id: id.clone() })?);
    }
    let fusion = Fusion::new(&embedded, query.alpha)?;
    let scale = snapshot.meta()?.calibration.and_then(|calibration| fusion.scale(&calibration));
    let foreign = embedded.is_foreign(&snapshot)?;
    let scale = scale.map(|scale| if foreign { scale.of_foreign() } else { scale });
    let found = snapshot.candidates(&VectorQuery {
        embedding: fusion.embedding(),
        filter: &query.filter,
        k: query.k,
        strategy: query.strategy,
        except: query.product.as_deref(),
    })?;
    let search = ms_since(start);
    let start = Instant::now();
    let hit = |(position, candidate)| -> Result<Hit> {
        let scored = snapshot.scored(candidate)?;
        let parts = fusion.parts(&scored.vector);
        Ok(Hit {
            id: scored.product.id.clone(),
            position,
            score: scored.score,
            kind: scale.map_or(MatchKind::Other, |scale| scale.kind(scored.score)),
            parts,
            product: scored.product,
        })
    };
    let hits = (1..).zip(found.candidates).map(hit).collect::<Result<_>>()?;
    let timings = Timings { search, rank: ms_since(start), ..Timings::default() };
    Ok(SearchResult { hits, timings, matched: found.matched, index: found.index, scale })
}

fn timings_of(before: Timings, after: Timings) -> Timings {
    Timings { decode: before.decode, embed: before.embed, ..after }
}

fn ms_since(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}
