//! One catalogue and the model that embeds its queries.

use std::time::Instant;

use image::RgbImage;
use knytt_models::{Embedding, Encoder, decode};

use crate::catalog::Catalog;
use crate::error::{Error, Result};
use crate::look::Look;
use crate::look::image_template::TemplateQuery;
use crate::look::safety::Gatekeeper;
use crate::product::field::Field;
use crate::search::answer::{PictureFeatures, answer};
use crate::search::fusion::Embedded;
use crate::search::parse::ParsedQuery;
use crate::search::query::{Ingredient, Query, QueryImage, SearchResult, Timings};
use crate::search::timing::ms_since;
use crate::store::facet_bitmaps;

/// Answers queries. Every shell (command line, app, kiosk, server) calls it. Cheap to clone; clones share the
/// catalogue and the model, and can search at the same time.
#[derive(Clone)]
pub struct SearchSession {
    catalog: Catalog,
    encoder: Encoder,
    gatekeeper: Gatekeeper,
}

impl SearchSession {
    /// A session of `catalog` with the model of `encoder`.
    ///
    /// # Errors
    /// [`FingerprintMismatch`](Error::FingerprintMismatch) if the catalogue's vectors are of another
    /// model.
    pub fn new(catalog: Catalog, encoder: Encoder) -> Result<Self> {
        catalog.expects(encoder.fingerprint())?;
        Ok(Self { catalog, encoder, gatekeeper: Gatekeeper::default() })
    }

    /// The catalogue.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The model.
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// Parses words for this catalogue: a field that no product has is no condition.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn parse_words(&self, text: &str) -> Result<ParsedQuery> {
        let snapshot = self.catalog.read()?;
        let view = snapshot.view();
        // An unreadable facet is found when it is filtered by.
        Ok(ParsedQuery::parse(text, |field: &Field| facet_bitmaps::has_field(view, field).unwrap_or(false)))
    }

    /// The products that match `query` best, in the catalogue's present state.
    ///
    /// # Errors
    /// [`InvalidQuery`](Error::InvalidQuery) if it asks for nothing, [`Model`](Error::Model) if its
    /// picture or words cannot be embedded, [`UnknownProduct`](Error::UnknownProduct), and those of
    /// the filter.
    pub fn search(&self, query: &Query) -> Result<SearchResult> {
        let start = Instant::now();
        query.validate()?;
        let parsed = self.parsed(query)?;
        let is_mute = parsed.as_ref().is_none_or(ParsedQuery::is_empty);
        if is_mute && query.image.is_none() && query.product.is_none() && query.mix.is_empty() {
            return Err(Error::InvalidQuery("give a picture, words, or a product"));
        }
        let mut timings = Timings::default();
        let (embedded, seen) = self.embed(query, parsed.as_ref(), &mut timings)?;
        let mut result = answer(&self.catalog, query, embedded, &seen, parsed)?;
        result.timings = Timings { total_ms: ms_since(start), ..timings_of(timings, result.timings) };
        Ok(result)
    }

    fn parsed(&self, query: &Query) -> Result<Option<ParsedQuery>> {
        match &query.text {
            Some(text) if query.literal => Ok(Some(ParsedQuery::literal(text))),
            Some(text) => self.parse_words(text).map(Some),
            None => Ok(None),
        }
    }

    fn embed(
        &self,
        query: &Query,
        parsed: Option<&ParsedQuery>,
        timings: &mut Timings,
    ) -> Result<(Embedded, PictureFeatures)> {
        let start = Instant::now();
        let decoded = query.image.as_ref().map(|image| self.pixels(image)).transpose()?.flatten();
        let pixels = match &query.image {
            Some(QueryImage::Decoded(pixels)) => Some(pixels),
            Some(QueryImage::Embedded(_)) => query.pixels.as_deref(),
            _ => decoded.as_ref(),
        };
        timings.decode_ms = ms_since(start);
        let start = Instant::now();
        let look = query.look.clone().or_else(|| pixels.map(Look::from_pixels));
        let seen = PictureFeatures { look, template: pixels.map(TemplateQuery::new) };
        let image = match &query.image {
            Some(QueryImage::Embedded(embedding)) => Some(embedding.clone()),
            _ => pixels.map(|pixels| self.encoder.embed_image(pixels)).transpose()?,
        };
        image.as_ref().map_or(Ok(()), |image| self.admit(image))?;
        let positive = parsed.map(|parsed| parsed.positive.as_str()).filter(|positive| !positive.is_empty());
        let text = positive.map(|text| self.encoder.embed_text(text)).transpose()?;
        let excluded = parsed.into_iter().flat_map(|parsed| &parsed.negative).chain(&query.without);
        let negative = excluded.map(|text| self.encoder.embed_text(text)).collect::<Result<_, _>>()?;
        let mix = query.mix.iter().map(|(what, weight)| Ok((self.ingredient(what)?, *weight)));
        let mix = mix.collect::<Result<_>>()?;
        timings.embed_ms = ms_since(start);
        Ok((Embedded { image, text, product: None, negative, mix }, seen))
    }

    /// Refuses a picture if the catalogue's safety gate refuses it.
    fn admit(&self, picture: &Embedding) -> Result<()> {
        let Some(config) = self.catalog.read()?.meta()?.safety else { return Ok(()) };
        match self.gatekeeper.gate(&self.encoder, &config)? {
            Some(gate) if gate.refuses(picture)? => Err(Error::UnsafePicture),
            _ => Ok(()),
        }
    }

    fn ingredient(&self, what: &Ingredient) -> Result<Embedding> {
        Ok(match what {
            Ingredient::Words(text) => self.encoder.embed_text(text)?,
            Ingredient::Product(id) => {
                let vector = self.catalog.read()?.vector(id)?;
                match vector {
                    Some(vector) => vector,
                    None if self.catalog.read()?.contains(id)? => {
                        return Err(Error::InvalidQuery("a product without a picture cannot be mixed"));
                    }
                    None => return Err(Error::UnknownProduct { id: id.clone() }),
                }
            }
            Ingredient::Image(image) => {
                let picture = self.embed_picture(image)?;
                self.admit(&picture)?;
                picture
            }
        })
    }

    fn embed_picture(&self, image: &QueryImage) -> Result<Embedding> {
        Ok(match image {
            QueryImage::Embedded(embedding) => embedding.clone(),
            QueryImage::Decoded(pixels) => self.encoder.embed_image(pixels)?,
            QueryImage::Encoded(_) => {
                let pixels = self.pixels(image)?;
                let pixels = pixels.ok_or(Error::InvalidQuery("give a picture, words, or a product"))?;
                self.encoder.embed_image(&pixels)?
            }
        })
    }

    /// The pixels of an encoded picture; `None` for other pictures.
    fn pixels(&self, image: &QueryImage) -> Result<Option<RgbImage>> {
        let QueryImage::Encoded(bytes) = image else { return Ok(None) };
        let decoded = decode::decode(bytes, &decode::Limits::default(), Some(self.encoder.target_side()));
        Ok(Some(decoded.map_err(knytt_models::Error::from)?))
    }
}

impl Query {
    fn validate(&self) -> Result<()> {
        if self.image.is_none() && self.text.is_none() && self.product.is_none() && self.mix.is_empty() {
            return Err(Error::InvalidQuery("give a picture, words, or a product"));
        }
        if !(0.0..=1.0).contains(&self.alpha) {
            return Err(Error::InvalidQuery("alpha must be between 0 and 1"));
        }
        if self.k == 0 {
            return Err(Error::InvalidQuery("k must be at least 1"));
        }
        if !self.mix.iter().all(|(_, weight)| weight.abs() <= 10.0) {
            return Err(Error::InvalidQuery("weights must be between -10 and 10"));
        }
        if !self.weights.is_none_or(|weights| weights.is_sound()) {
            return Err(Error::InvalidQuery("weights of the ranking must be between 0 and 10"));
        }
        Ok(())
    }
}

fn timings_of(before: Timings, after: Timings) -> Timings {
    Timings { decode_ms: before.decode_ms, embed_ms: before.embed_ms, ..after }
}
