//! The further pictures of a product to be: which of them the catalogue has, and what the others need.

use std::sync::Arc;

use anyhow::{Context, Result};
use knytt_engine::{Flaw, FurtherPicture, InstanceEmbedding, Look, PictureSource, SafetyGate, SourceRecord};
use knytt_feed::{FetchedPicture, Item};
use knytt_models::Pending;
use knytt_models::decode::decode_part;

use super::gate::refuses_pixels;
use super::prepare::Preparer;
use crate::catalog::explain as explain_engine;
use crate::source::{Rejection, explain};
use crate::thumbnail::{self, THUMBNAIL_SIDE};

/// Digits of a hash that are kept: those of all further pictures are in one record.
const HASH_DIGITS: usize = 32;

/// Between the hashes of further pictures.
const BETWEEN: char = '+';

/// Further pictures that were read.
#[derive(Default)]
pub struct ReadPictures {
    read: Vec<ReadPicture>,
    pub set_aside: Vec<Rejection>,
}

struct ReadPicture {
    /// Which of the product's pictures it is for people, from 2.
    number: usize,
    address: String,
    hash: String,
    content: PictureContent,
}

enum PictureContent {
    /// The catalogue has it under this number. Its file, empty if it cannot be read now.
    Stored(u8, Vec<u8>),
    /// A file that the catalogue does not have.
    File(Vec<u8>),
}

/// A further picture on its way to the writer.
pub struct PreparedPicture {
    pub address: String,
    pub hash: String,
    pub state: PictureState,
    /// Set aside if the picture cannot be embedded or may not be shown.
    pub refused: Rejection,
}

/// What a further picture needs.
pub enum PictureState {
    /// The catalogue has it under this number.
    Stored(u8),
    /// It is on its way through the model.
    Pending(Box<PendingPicture>),
}

/// A further picture on its way through the model.
pub struct PendingPicture {
    pub look: Look,
    pub thumbnail: Vec<u8>,
    pub embedding: Pending,
    pub gate: Option<Arc<SafetyGate>>,
}

/// Further pictures on their way to the writer.
#[derive(Default)]
pub struct PreparedPictures {
    pub pictures: Vec<PreparedPicture>,
    pub set_aside: Vec<Rejection>,
}

impl ReadPictures {
    /// The hashes of all pictures.
    pub fn hashes(&self) -> String {
        hashes(self.read.iter().map(|picture| picture.hash.as_str()))
    }

    /// Whether the catalogue has all of them.
    pub fn are_stored(&self) -> bool {
        self.read.iter().all(|picture| matches!(picture.content, PictureContent::Stored(..)))
    }
}

/// The hashes of pictures as one word of a record.
pub fn hashes<'h>(all: impl Iterator<Item = &'h str>) -> String {
    all.collect::<Vec<_>>().join(&BETWEEN.to_string())
}

/// The hashes of the further pictures that the catalogue has of a product.
fn known_hashes(known: Option<&SourceRecord>) -> Vec<&str> {
    let further = known.and_then(|known| known.content_hash.splitn(3, '-').nth(2)).unwrap_or_default();
    further.split(BETWEEN).filter(|hash| !hash.is_empty()).collect()
}

/// The hash of a further picture, as records have it.
pub fn short_hash(hash: &str) -> &str {
    hash.get(..HASH_DIGITS).unwrap_or(hash)
}

impl Preparer<'_> {
    /// Reads the further pictures of an item. One that is its own picture (of this hash) once more is left out, and so
    /// is one that was there before.
    ///
    /// # Errors
    /// The catalogue fails, or somebody stops the build while a picture is on its way.
    pub(super) fn read_further(
        &self,
        item: &Item,
        fetched: Vec<FetchedPicture>,
        own: Option<&str>,
        known: Option<&SourceRecord>,
    ) -> Result<ReadPictures> {
        let known = known_hashes(known);
        let mut all = ReadPictures::default();
        let addresses = item.product.more_images.iter();
        for (number, (fetched, address)) in (2..).zip(fetched.into_iter().zip(addresses)) {
            let read = fetched.read(self.limits.max_file_bytes, &|| self.interrupt.is_asked());
            let (hash, content) = match read.map_err(explain)? {
                Ok(bytes) => {
                    let hash = short_hash(&blake3::hash(&bytes).to_hex()).to_owned();
                    let stored = known.iter().position(|known| *known == hash);
                    let stored = stored.and_then(|at| u8::try_from(at + 1).ok());
                    let content = match stored {
                        Some(stored) => PictureContent::Stored(stored, bytes),
                        None => PictureContent::File(bytes),
                    };
                    (hash, content)
                }
                Err((code, reason)) => match self.earlier(item, address, &known)? {
                    Some(stored) => {
                        let reason = format!("kept as it was before: {reason}");
                        all.set_aside.push(refused(item, number, code, &reason));
                        (
                            known[usize::from(stored) - 1].to_owned(),
                            PictureContent::Stored(stored, Vec::new()),
                        )
                    }
                    None => {
                        all.set_aside.push(refused(item, number, code, &reason));
                        continue;
                    }
                },
            };
            let is_again = own.is_some_and(|own| short_hash(own) == hash);
            if !is_again && all.read.iter().all(|other| other.hash != hash) {
                all.read.push(ReadPicture { number, address: address.clone(), hash, content });
            }
        }
        Ok(all)
    }

    /// The number of the picture that the catalogue has from this address.
    fn earlier(&self, item: &Item, address: &str, known: &[&str]) -> Result<Option<u8>> {
        if !self.keeps_earlier || known.is_empty() {
            return Ok(None);
        }
        let snapshot = self.catalog.read()?;
        let stored = snapshot.further_pictures(&item.product.id)?;
        let found = stored.iter().find(|stored| stored.picture.address == address);
        Ok(found.map(|found| found.number).filter(|number| usize::from(*number) <= known.len()))
    }

    /// Embeds the pictures that the catalogue does not have.
    ///
    /// # Errors
    /// The model or the catalogue fails.
    pub(super) fn embed_further(&self, item: &Item, read: ReadPictures) -> Result<PreparedPictures> {
        let mut all = PreparedPictures { set_aside: read.set_aside, ..PreparedPictures::default() };
        for picture in read.read {
            let ReadPicture { number, address, hash, content } = picture;
            let state = match content {
                PictureContent::Stored(stored, file) => self.keep(item, number, stored, &file)?,
                PictureContent::File(bytes) => self.embed_picture(item, number, &bytes)?,
            };
            match state {
                Ok(state) => {
                    let refused = refused(item, number, "unsafe-picture", &Flaw::Unsafe.to_string());
                    all.pictures.push(PreparedPicture { address, hash, state, refused });
                }
                Err(rejection) => all.set_aside.push(rejection),
            }
        }
        Ok(all)
    }

    /// A picture that the catalogue has, unless the safety gate refuses it now.
    fn keep(
        &self,
        item: &Item,
        number: usize,
        stored: u8,
        file: &[u8],
    ) -> Result<Result<PictureState, Rejection>> {
        if self.looks_again && self.refuses_kept_further(item, stored, file)? {
            return Ok(Err(refused(item, number, "unsafe-picture", &Flaw::Unsafe.to_string())));
        }
        Ok(Ok(PictureState::Stored(stored)))
    }

    fn embed_picture(
        &self,
        item: &Item,
        number: usize,
        bytes: &[u8],
    ) -> Result<Result<PictureState, Rejection>> {
        let encoder = self.encoder()?;
        let decoded = match decode_part(bytes, &self.limits, Some(encoder.target_side())) {
            Ok(decoded) => decoded.picture,
            Err(error) => return Ok(Err(refused(item, number, error.code(), &error.to_string()))),
        };
        let look = Look::from_pixels(&decoded);
        if let Some(flaw) = look.flaws.first().filter(|_| self.refuses_poor) {
            return Ok(Err(refused(item, number, "poor-picture", &flaw.to_string())));
        }
        let gate = self.gate()?;
        if refuses_pixels(gate.as_deref(), &decoded) {
            return Ok(Err(refused(item, number, "unsafe-picture", &Flaw::Unsafe.to_string())));
        }
        let thumbnail = thumbnail::jpeg(&decoded, THUMBNAIL_SIDE)
            .with_context(|| format!("cannot make a thumbnail of picture {number} of {}", item.place))?;
        let embedding = encoder.submit_image(&decoded)?;
        let pending = PendingPicture { look, thumbnail, embedding, gate };
        Ok(Ok(PictureState::Pending(Box::new(pending))))
    }
}

/// The place of a picture is that of its product, so its number makes it another one.
fn refused(item: &Item, number: usize, code: &'static str, reason: &str) -> Rejection {
    let rejection = item.rejected(code, format!("picture {number} of the product: {reason}"));
    Rejection { place: format!("{} (picture {number})", item.place), ..rejection }
}

impl PreparedPicture {
    /// Waits for the embedding. Inside, why the picture is set aside.
    ///
    /// # Errors
    /// The model fails.
    pub fn wait(self) -> Result<Result<(String, PictureSource), Rejection>> {
        let Self { address, hash, state, refused } = self;
        let pending = match state {
            PictureState::Stored(number) => return Ok(Ok((hash, PictureSource::Stored { number, address }))),
            PictureState::Pending(pending) => *pending,
        };
        let embedding = match pending.embedding.wait() {
            Ok(embedding) => embedding,
            Err(error @ knytt_models::Error::DegenerateEmbedding(_)) => {
                return Ok(Err(Rejection { code: "no-embedding", reason: error.to_string(), ..refused }));
            }
            Err(error) => return Err(error.into()),
        };
        if pending.gate.map_or(Ok(false), |gate| gate.refuses(&embedding)).map_err(explain_engine)? {
            return Ok(Err(refused));
        }
        let instance_embedding = InstanceEmbedding::from_embedding(&embedding);
        let picture =
            FurtherPicture { instance_embedding, ..FurtherPicture::from_look(&address, pending.look) };
        Ok(Ok((hash, PictureSource::New { picture, embedding, thumbnail: Some(pending.thumbnail) })))
    }
}
