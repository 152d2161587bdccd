//! What one item needs: nothing, new words, or a new embedding.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::{Context, Result};
use knytt_engine::{Catalog, Flaw, Look, SafetyConfig, SafetyGate, SourceRecord};
use knytt_feed::FetchedItem;
use knytt_models::decode::{Limits, decode_part};
use knytt_models::{Bundle, Encoder, Options, Pending, user_models};

use super::further::{PreparedPictures, ReadPictures};
use super::gate::refuses_pixels;
use crate::args::BuildArgs;
use crate::catalog::explain as explain_engine;
use crate::interrupt::Interrupt;
use crate::model::{self, tell_of_missing_classifier};
use crate::source::{Item, Rejection, explain};
use crate::thumbnail::{self, THUMBNAIL_SIDE};

/// The attribute of a product whose picture is not all there: how much of it is.
const CUT: &str = "picture_cut";

/// An item on its way to the writer.
pub enum Prepared {
    /// As it is in the catalogue.
    Unchanged { id: String, set_aside: Vec<Rejection> },
    /// The picture is known; something else about the product is new.
    Described(Described),
    /// The picture is new.
    PendingProduct(PendingProduct),
    /// Its picture cannot be had, and it is kept.
    Pictureless(Pictureless),
    /// Its picture cannot be had, and the catalogue has an earlier one.
    EarlierPicture(EarlierPicture),
    /// To be set aside.
    Rejected(Rejection),
}

/// A product whose picture is known and of which something else is new.
pub struct Described {
    pub item: Item,
    pub content: Content,
    pub further: PreparedPictures,
    /// What the catalogue has of it.
    pub known: SourceRecord,
}

/// A product whose picture is on its way through the model.
pub struct PendingProduct {
    pub item: Item,
    pub content: Content,
    pub further: PreparedPictures,
    pub thumbnail: Vec<u8>,
    pub embedding: Pending,
    /// What may refuse it once it is embedded.
    pub gate: Option<Arc<SafetyGate>>,
}

/// A product that is kept though its picture cannot be had.
pub struct Pictureless {
    pub item: Item,
    pub record: SourceRecord,
    /// The place, and why there is no picture.
    pub why: Rejection,
    /// What the catalogue has of it.
    pub stored: Stored,
}

/// A product with new words whose picture is the one that the catalogue has.
pub struct EarlierPicture {
    pub described: Described,
    /// The place, and why there is no new picture.
    pub why: Rejection,
}

/// What a catalogue has of a product.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// Nothing.
    Nothing,
    /// Something that is other now.
    Another,
    /// The same.
    Same,
}

/// A product to be with its pictures on the way, or what is set aside.
pub type SourcedItem = Result<FetchedItem, Rejection>;

/// Shared by all workers.
pub struct Preparer<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) interrupt: &'a Interrupt,
    model: Model,
    pub(super) limits: Limits,
    /// Whether poor pictures are set aside.
    pub(super) refuses_poor: bool,
    /// Whether products are kept whose picture cannot be had.
    keeps_pictureless: bool,
    /// Whether products keep the picture that the catalogue has, where there is no other.
    pub(super) keeps_earlier: bool,
    safety: SafetyConfig,
    /// Whether the gate is asked about products that are in the catalogue already.
    pub(super) looks_again: bool,
}

impl<'a> Preparer<'a> {
    /// `safety`: which pictures are refused once they are embedded.
    pub fn new(
        catalog: &'a Catalog,
        interrupt: &'a Interrupt,
        bundle: Bundle,
        args: &BuildArgs,
        safety: SafetyConfig,
    ) -> Self {
        let options = args.model.options();
        let model = Model {
            bundle: Mutex::new(Some(bundle)),
            encoder: OnceLock::new(),
            gate: OnceLock::new(),
            options,
        };
        Self {
            catalog,
            interrupt,
            model,
            limits: Limits::default(),
            refuses_poor: args.refuse_poor,
            keeps_pictureless: args.keep_pictureless,
            keeps_earlier: !args.strict,
            safety,
            looks_again: args.safety.is_some(),
        }
    }

    /// Reads the item's picture and decides.
    ///
    /// # Errors
    /// Only what ends the whole build: the catalogue or the model fails, or somebody stops it while a picture is
    /// on its way. A bad picture is a rejection.
    pub fn take(&self, sourced: SourcedItem) -> Result<Prepared> {
        match sourced {
            Ok(fetched) => self.prepare(fetched),
            Err(rejection) => Ok(Prepared::Rejected(rejection)),
        }
    }

    /// The model; started if no picture has needed it yet.
    ///
    /// # Errors
    /// It cannot be loaded.
    pub fn encoder(&self) -> Result<&Encoder> {
        self.model.encoder()
    }

    /// The safety gate, if it is on.
    ///
    /// # Errors
    /// The model cannot be loaded.
    pub(super) fn gate(&self) -> Result<Option<Arc<SafetyGate>>> {
        self.model.gate(&self.safety)
    }

    fn prepare(&self, fetched: FetchedItem) -> Result<Prepared> {
        let FetchedItem { mut item, picture, further } = fetched;
        item.product.set_has_picture(true);
        let read =
            picture.read(self.limits.max_file_bytes, &|| self.interrupt.is_asked()).map_err(explain)?;
        // The snapshot ends with this line: held longer, it would keep the file from growing.
        let known = self.catalog.read()?.source(&item.product.id)?;
        let own = read.as_ref().ok().map(|bytes| blake3::hash(bytes).to_hex().to_string());
        let further = self.read_further(&item, further, own.as_deref(), known.as_ref())?;
        let bytes = match read {
            Ok(bytes) => bytes,
            Err((code, reason)) => return self.without_picture(item, further, code, reason),
        };
        let content = Content::of(&item, &bytes)?;
        let has_picture = known.as_ref().is_some_and(|known| content.has_picture_of(known));
        if self.looks_again && has_picture && self.refuses_kept(&item, Some(&bytes))? {
            return Ok(rejected(item, "unsafe-picture", Flaw::Unsafe.to_string()));
        }
        match known {
            Some(known) if self.is_unchanged(&item, &content, &further, &known) => {
                Ok(Prepared::Unchanged { id: item.product.id, set_aside: further.set_aside })
            }
            Some(known) if has_picture => {
                self.describe(item, content, further, known).map(Prepared::Described)
            }
            _ => self.embed(item, content, further, &bytes),
        }
    }

    /// Whether the catalogue has all of an item, and the gate need not be asked about further pictures again.
    fn is_unchanged(
        &self,
        item: &Item,
        content: &Content,
        further: &ReadPictures,
        known: &SourceRecord,
    ) -> bool {
        let asks_gate = self.looks_again && !further.hashes().is_empty();
        !asks_gate && further.are_stored() && content.record(item, &further.hashes()) == *known
    }

    /// Keeps a product with the picture that the catalogue has of it, or without one, or sets it aside.
    fn without_picture(
        &self,
        item: Item,
        further: ReadPictures,
        code: &'static str,
        reason: String,
    ) -> Result<Prepared> {
        let known = self.catalog.read()?.source(&item.product.id)?;
        // A feed that names no picture any more says that there is none.
        let is_named = code != "missing-image";
        if let Some(known) =
            known.as_ref().filter(|known| self.keeps_earlier && is_named && has_picture(known))
        {
            return self.with_earlier_picture(item, further, known, code, &reason);
        }
        if !self.keeps_pictureless {
            return Ok(rejected(item, code, reason));
        }
        let record = Content::without_picture(&item)?.record(&item, "");
        let stored = match known {
            None => Stored::Nothing,
            Some(known) if known == record => Stored::Same,
            Some(_) => Stored::Another,
        };
        let why = item.rejected(code, format!("kept without its picture: {reason}"));
        Ok(Prepared::Pictureless(Pictureless { item, record, why, stored }))
    }

    /// The record has the earlier picture's hash, so that the next build embeds whatever other one it finds.
    fn with_earlier_picture(
        &self,
        item: Item,
        further: ReadPictures,
        known: &SourceRecord,
        code: &'static str,
        reason: &str,
    ) -> Result<Prepared> {
        if self.looks_again && self.refuses_kept(&item, None)? {
            return Ok(rejected(item, "unsafe-picture", Flaw::Unsafe.to_string()));
        }
        let content = Content { picture: known.picture_hash().into(), ..Content::of(&item, &[])? };
        let why = item.rejected(code, format!("kept with its earlier picture: {reason}"));
        let described = self.describe(item, content, further, known.clone())?;
        Ok(Prepared::EarlierPicture(EarlierPicture { described, why }))
    }

    fn describe(
        &self,
        mut item: Item,
        content: Content,
        further: ReadPictures,
        known: SourceRecord,
    ) -> Result<Described> {
        self.take_what_was_seen(&mut item)?;
        let further = self.embed_further(&item, further)?;
        Ok(Described { item, content, further, known })
    }

    /// What was seen on the picture stays.
    fn take_what_was_seen(&self, item: &mut Item) -> Result<()> {
        let known = self.catalog.read()?.product(&item.product.id)?;
        let (look, cut) = known.map_or_else(Default::default, |mut p| (p.look, p.attributes.remove(CUT)));
        item.product.look = look;
        item.product.attributes.extend(cut.map(|cut| (CUT.to_owned(), cut)));
        Ok(())
    }

    fn embed(
        &self,
        mut item: Item,
        content: Content,
        further: ReadPictures,
        bytes: &[u8],
    ) -> Result<Prepared> {
        let encoder = self.model.encoder()?;
        let decoded = match decode_part(bytes, &self.limits, Some(encoder.target_side())) {
            Ok(decoded) => decoded,
            Err(error) => return self.without_picture(item, further, error.code(), error.to_string()),
        };
        if decoded.percent < 100 {
            item.product.attributes.insert(CUT.into(), format!("{} %", decoded.percent));
        }
        let picture = decoded.picture;
        let look = Look::from_pixels(&picture);
        if let Some(flaw) = look.flaws.first().filter(|_| self.refuses_poor) {
            return Ok(rejected(item, "poor-picture", flaw.to_string()));
        }
        let gate = self.gate()?;
        if refuses_pixels(gate.as_deref(), &picture) {
            return Ok(rejected(item, "unsafe-picture", Flaw::Unsafe.to_string()));
        }
        let thumbnail = thumbnail::jpeg(&picture, THUMBNAIL_SIDE)
            .with_context(|| format!("cannot make a thumbnail of {}", item.place))?;
        let embedding = encoder.submit_image(&picture)?;
        item.product.look = look;
        let further = self.embed_further(&item, further)?;
        let pending = PendingProduct { item, content, further, thumbnail, embedding, gate };
        Ok(Prepared::PendingProduct(pending))
    }
}

fn rejected(item: Item, code: &'static str, reason: String) -> Prepared {
    Prepared::Rejected(item.rejected(code, reason))
}

/// Stands for the hash of a picture where there is none.
const NO_PICTURE: &str = "none";

/// What the next build compares with: the hash of the picture, then that of all else, then those of further pictures,
/// so that new words about an old picture are told from a new picture.
pub struct Content {
    picture: String,
    fields: String,
}

impl Content {
    fn of(item: &Item, bytes: &[u8]) -> Result<Self> {
        Ok(Self {
            picture: blake3::hash(bytes).to_hex().to_string(),
            fields: blake3::hash(&serde_json::to_vec(&item.product)?).to_hex().to_string(),
        })
    }

    /// No picture has this hash, so the next build embeds whatever picture it finds.
    fn without_picture(item: &Item) -> Result<Self> {
        Ok(Self { picture: NO_PICTURE.into(), ..Self::of(item, &[])? })
    }

    /// `further`: the hashes of the further pictures. A product without any has the record that it had before products
    /// could have some.
    pub fn record(&self, item: &Item, further: &str) -> SourceRecord {
        let further = if further.is_empty() { String::new() } else { format!("-{further}") };
        SourceRecord {
            content_hash: format!("{}-{}{further}", self.picture, self.fields),
            product: item.product.id.clone(),
        }
    }

    fn has_picture_of(&self, known: &SourceRecord) -> bool {
        known.picture_hash() == self.picture
    }
}

fn has_picture(known: &SourceRecord) -> bool {
    !["", NO_PICTURE].contains(&known.picture_hash())
}

/// The encoder, started for the first picture that needs it: most second runs have none.
struct Model {
    /// Taken out by the one that starts it; the others wait at the lock.
    bundle: Mutex<Option<Bundle>>,
    encoder: OnceLock<Encoder>,
    gate: OnceLock<Option<Arc<SafetyGate>>>,
    options: Options,
}

impl Model {
    fn encoder(&self) -> Result<&Encoder> {
        if let Some(encoder) = self.encoder.get() {
            return Ok(encoder);
        }
        let mut bundle = self.bundle.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bundle) = bundle.take() {
            let encoder = model::start(bundle, &self.options)?;
            return Ok(self.encoder.get_or_init(|| encoder));
        }
        self.encoder.get().context("the model did not start")
    }

    /// The safety gate, if it is on.
    fn gate(&self, safety: &SafetyConfig) -> Result<Option<Arc<SafetyGate>>> {
        if let Some(gate) = self.gate.get() {
            return Ok(gate.clone());
        }
        let models = user_models();
        let gate = SafetyGate::open(self.encoder()?, safety, models.as_deref()).map_err(explain_engine)?;
        let opened = || {
            // Said once, by the worker whose gate it is.
            gate.as_ref().and_then(SafetyGate::missing).into_iter().for_each(tell_of_missing_classifier);
            gate.map(Arc::new)
        };
        Ok(self.gate.get_or_init(opened).clone())
    }
}
