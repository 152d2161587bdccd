//! One catalogue and the model that embeds its queries.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use image::RgbImage;
use knytt_models::{Embedding, Encoder, decode};

use crate::catalog::Catalog;
use crate::catalog::snapshot::Snapshot;
use crate::error::{Error, Result};
use crate::look::safety::{Gatekeeper, SafetyGate};
use crate::look::words::english::translated;
use crate::merchandise::compiled::CompiledRules;
use crate::merchandise::guidance::Guidance;
use crate::product::field::Field;
use crate::product::filter::Filter;
use crate::rank::weights::Weights;
use crate::search::answer::{Obeyed, PictureFeatures, Words, answer, guide, main_language};
use crate::search::fusion::Embedded;
use crate::search::parse::{Chip, ParsedQuery};
use crate::search::query::{Ingredient, Query, QueryImage, SearchResult, Timings};
use crate::search::rules::{SessionRules, SessionWeights};
use crate::search::timing::ms_since;
use crate::store::facet_bitmaps;

/// Texts of synonyms that are embedded. Each takes as long as the words themselves.
const MOST_EMBEDDED: usize = 2;

/// Answers queries. Every shell (command line, app, kiosk, server) calls it. Cheap to clone; clones share the
/// catalogue and the model, and can search at the same time.
#[derive(Clone)]
pub struct SearchSession {
    catalog: Catalog,
    encoder: Encoder,
    gatekeeper: Gatekeeper,
    rules: Arc<SessionRules>,
    weights: Arc<SessionWeights>,
}

impl SearchSession {
    /// A session of `catalog` with the model of `encoder`.
    ///
    /// # Errors
    /// [`FingerprintMismatch`](Error::FingerprintMismatch) if the catalogue's vectors are of another
    /// model.
    pub fn new(catalog: Catalog, encoder: Encoder) -> Result<Self> {
        catalog.expects(encoder.fingerprint())?;
        let gatekeeper = Gatekeeper::default();
        Ok(Self { catalog, encoder, gatekeeper, rules: Arc::default(), weights: Arc::default() })
    }

    /// The same session, whose safety gate looks for its classifier among the folders in `models`, and not in
    /// [`knytt_models::user_models`].
    #[must_use]
    pub fn with_models(self, models: PathBuf) -> Self {
        Self { gatekeeper: Gatekeeper::with_models(models), ..self }
    }

    /// The name of the classifier that the catalogue's safety gate asks for, if this device does not have it. Queries are
    /// judged without it. Each call looks for it again; if it has come, queries are judged by it from then on.
    ///
    /// # Errors
    /// The storage or the model fails.
    pub fn missing_classifier(&self) -> Result<Option<String>> {
        let Some(config) = self.catalog.read()?.meta()?.safety else { return Ok(None) };
        let gate = self.gatekeeper.gate_after_another_look(&self.encoder, &config)?;
        Ok(gate.and_then(|gate| gate.missing().map(str::to_owned)))
    }

    /// The catalogue.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The model.
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// The rules that searches obey: those that [`Self::replace_rules`] set, or else the catalogue's; `None` if there
    /// are none. `snapshot` is one of this session's catalogue.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn rules(&self, snapshot: &Snapshot) -> Result<Option<Arc<CompiledRules>>> {
        self.rules.current(snapshot)
    }

    /// Has this session and its clones obey `rules` in place of the catalogue's; `None`: the catalogue's again.
    pub fn replace_rules(&self, rules: Option<Arc<CompiledRules>>) {
        self.rules.replace(rules);
    }

    /// A session of the same catalogue and model that obeys other rules. This one stays as it is.
    #[must_use]
    pub fn with_rules(&self, rules: Arc<CompiledRules>) -> Self {
        let others = SessionRules::default();
        others.replace(Some(rules));
        Self { rules: Arc::new(others), ..self.clone() }
    }

    /// The weights that rank in place of the catalogue's own, if [`Self::replace_weights`] set some.
    pub fn weights(&self) -> Option<Weights> {
        self.weights.get()
    }

    /// Has this session and its clones rank by `weights` in place of the catalogue's; `None`: by the catalogue's again.
    pub fn replace_weights(&self, weights: Option<Weights>) {
        self.weights.replace(weights);
    }

    /// A session of the same catalogue and model that ranks by other weights. This one stays as it is.
    #[must_use]
    pub fn with_weights(&self, weights: Weights) -> Self {
        let others = SessionWeights::default();
        others.replace(Some(weights));
        Self { weights: Arc::new(others), ..self.clone() }
    }

    /// What the rules do to a query whose hits must pass `filter`, for callers that show products without a search.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn guide(&self, snapshot: &Snapshot, query: &Query, filter: &Filter) -> Result<Guidance> {
        match self.rules.current(snapshot)? {
            Some(rules) => guide(&rules, snapshot, query, filter),
            None => Ok(Guidance::default()),
        }
    }

    /// Parses words for this catalogue: a field that no product has is no condition.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn parse_words(&self, text: &str) -> Result<ParsedQuery> {
        self.parse_with(text, |_| true)
    }

    /// Parses words; a field that is not `wanted` is no condition, either.
    fn parse_with(&self, text: &str, wanted: impl Fn(&Field) -> bool) -> Result<ParsedQuery> {
        let snapshot = self.catalog.read()?;
        let view = snapshot.view();
        // An unreadable facet is found when it is filtered by.
        Ok(ParsedQuery::parse(text, |field: &Field| {
            wanted(field) && facet_bitmaps::has_field(view, field).unwrap_or(false)
        }))
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
        let mut result = self.answered(query, parsed)?;
        if let Some(parsed) = self.without_colors(query, &result)? {
            let named = self.answered(query, Some(parsed))?;
            if named.named {
                result = named;
            }
        }
        result.timings.total_ms = ms_since(start);
        Ok(result)
    }

    /// The words without their colours as conditions, if no product meets those: "Golden Delicious" is an apple.
    fn without_colors(&self, query: &Query, result: &SearchResult) -> Result<Option<ParsedQuery>> {
        let is_color = |chip: &Chip| chip.filter().values().any(|(field, _)| *field == Field::Shade);
        let has_color = result.parsed.as_ref().is_some_and(|parsed| parsed.chips.iter().any(is_color));
        match &query.text {
            Some(text) if result.matched == 0 && has_color => {
                self.parse_with(text, |field| *field != Field::Shade).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The answer to a query whose words are parsed.
    fn answered(&self, query: &Query, parsed: Option<ParsedQuery>) -> Result<SearchResult> {
        let start = Instant::now();
        let is_mute = parsed.as_ref().is_none_or(ParsedQuery::is_empty);
        if is_mute && query.image.is_none() && query.product.is_none() && query.mix.is_empty() {
            return Err(Error::InvalidQuery("give a picture, words, or a product"));
        }
        let rules = self.rules(&self.catalog.read()?)?;
        let also = self.also(query, parsed.as_ref(), rules.as_deref());
        let translated = parsed.as_ref().filter(|_| !query.literal).and_then(|parsed| {
            translated(&parsed.positive, query.language.as_deref().map(main_language).as_deref())
        });
        let in_texts_only = !self.encoder.embeds_words();
        let words = Words { parsed, also, translated, in_texts_only };
        let mut timings = Timings::default();
        let (embedded, seen) = self.embed(query, &words, &mut timings)?;
        let obeyed = Obeyed { rules: rules.as_deref(), weights: query.weights.or(self.weights.get()) };
        let mut result = answer(&self.catalog, obeyed, query, embedded, &seen, words)?;
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

    /// Other texts that synonyms make of the words that hits should match.
    fn also(
        &self,
        query: &Query,
        parsed: Option<&ParsedQuery>,
        rules: Option<&CompiledRules>,
    ) -> Vec<String> {
        let (Some(parsed), Some(rules)) = (parsed.filter(|_| !query.literal), rules) else {
            return Vec::new();
        };
        let language = query.language.as_deref().map(main_language);
        rules.synonyms.other_texts(&parsed.positive, language.as_deref())
    }

    fn embed(
        &self,
        query: &Query,
        words: &Words,
        timings: &mut Timings,
    ) -> Result<(Embedded, PictureFeatures)> {
        let parsed = words.parsed.as_ref();
        let start = Instant::now();
        let decoded = query.image.as_ref().map(|image| self.pixels(image)).transpose()?.flatten();
        let pixels = match &query.image {
            Some(QueryImage::Decoded(pixels)) => Some(pixels),
            Some(QueryImage::Embedded(_)) => query.pixels.as_deref(),
            _ => decoded.as_ref(),
        };
        timings.decode_ms = ms_since(start);
        let start = Instant::now();
        let seen = PictureFeatures::of(query, pixels);
        pixels.map_or(Ok(()), |pixels| self.admit_pixels(pixels))?;
        let image = match &query.image {
            Some(QueryImage::Embedded(embedding)) => Some(embedding.clone()),
            _ => pixels.map(|pixels| self.encoder.embed_image(pixels)).transpose()?,
        };
        image.as_ref().map_or(Ok(()), |image| self.admit(image))?;
        let parsed = parsed.filter(|_| !words.in_texts_only);
        let positive = parsed.map(|parsed| parsed.positive.as_str()).filter(|positive| !positive.is_empty());
        // Goods are embedded by their English names, which more models know.
        let english = words.translated.as_ref().map(|translated| translated.english.as_str());
        let text = positive.map(|text| self.embed_words(english.unwrap_or(text), &words.also)).transpose()?;
        let without = query.without.iter().filter(|_| !words.in_texts_only);
        let excluded = parsed.into_iter().flat_map(|parsed| &parsed.negative).chain(without);
        let language = query.language.as_deref().map(main_language);
        let embed = |text: &String| match translated(text, language.as_deref()) {
            Some(translated) => self.encoder.embed_text(&translated.english),
            None => self.encoder.embed_text(text),
        };
        let negative = excluded.map(embed).collect::<Result<_, _>>()?;
        let mix = query.mix.iter().map(|(what, weight)| Ok((self.ingredient(what)?, *weight)));
        let mix = mix.collect::<Result<_>>()?;
        timings.embed_ms = ms_since(start);
        Ok((Embedded { image, text, product: None, negative, mix }, seen))
    }

    /// The mean of the words' embedding and those of the likeliest texts that stand for the same.
    fn embed_words(&self, text: &str, also: &[String]) -> Result<Embedding> {
        let texts = std::iter::once(text).chain(also.iter().map(String::as_str)).take(1 + MOST_EMBEDDED);
        let embedded: Vec<Embedding> =
            texts.map(|text| Ok(self.encoder.embed_text(text)?)).collect::<Result<_>>()?;
        match embedded.as_slice() {
            [one] => Ok(one.clone()),
            all => Ok(Embedding::fuse(&all.iter().map(|one| (one, 1.0)).collect::<Vec<_>>())?),
        }
    }

    /// Refuses a picture if the catalogue's safety gate refuses it.
    fn admit(&self, picture: &Embedding) -> Result<()> {
        match self.gate()? {
            Some(gate) if gate.refuses(picture)? => Err(Error::UnsafePicture),
            _ => Ok(()),
        }
    }

    /// The same by its pixels, before it is embedded.
    fn admit_pixels(&self, picture: &RgbImage) -> Result<()> {
        match self.gate()? {
            Some(gate) if self.gatekeeper.refuses_pixels(&gate, picture) => Err(Error::UnsafePicture),
            _ => Ok(()),
        }
    }

    fn gate(&self) -> Result<Option<Arc<SafetyGate>>> {
        let Some(config) = self.catalog.read()?.meta()?.safety else { return Ok(None) };
        self.gatekeeper.gate(&self.encoder, &config)
    }

    fn ingredient(&self, what: &Ingredient) -> Result<Embedding> {
        Ok(match what {
            Ingredient::Words(_) if !self.encoder.embeds_words() => {
                return Err(Error::InvalidQuery("this model knows pictures only: words cannot be mixed"));
            }
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
            QueryImage::Decoded(pixels) => self.embed_admitted(pixels)?,
            QueryImage::Encoded(_) => {
                let pixels = self.pixels(image)?;
                let pixels = pixels.ok_or(Error::InvalidQuery("give a picture, words, or a product"))?;
                self.embed_admitted(&pixels)?
            }
        })
    }

    fn embed_admitted(&self, pixels: &RgbImage) -> Result<Embedding> {
        self.admit_pixels(pixels)?;
        Ok(self.encoder.embed_image(pixels)?)
    }

    /// The pixels of an encoded picture; `None` for other pictures.
    fn pixels(&self, image: &QueryImage) -> Result<Option<RgbImage>> {
        let QueryImage::Encoded(bytes) = image else { return Ok(None) };
        let decoded = decode::decode(bytes, &decode::Limits::default(), Some(QueryImage::DECODED_SIDE));
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
