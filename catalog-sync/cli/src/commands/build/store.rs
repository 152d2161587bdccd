//! The writing end of a build: batches, commits, and what has gone from the source.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use anyhow::Result;
use knytt_engine::{
    Catalog, Committed, Flaw, InstanceEmbedding, PictureSource, QuarantineRow, SafetyConfig, SourceRecord,
    Weights, Writer,
};
use knytt_models::{Embedding, Pending};
use serde::Serialize;

use super::further::{PreparedPictures, hashes};
use super::prepare::{Described, EarlierPicture, PendingProduct, Pictureless, Prepared, Stored};
use crate::args::KeptIndex;
use crate::catalog::explain;
use crate::source::{Item, Rejection};

/// A commit waits for the disk, so not after each product; work since the last one is lost when the
/// process is killed, so not too late either.
const COMMIT_EVERY: Duration = Duration::from_secs(2);
const COMMIT_BYTES: usize = 16 << 20;

/// How many products met which fate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// New in the catalogue.
    pub added: u64,
    /// Embedded again because their picture changed.
    pub reembedded: u64,
    /// Updated without embedding: only their fields changed.
    pub described: u64,
    /// As they were.
    pub unchanged: u64,
    /// Gone from the source, or refused now.
    pub deleted: u64,
    /// Files and rows set aside.
    pub quarantined: u64,
    /// Products that are kept although their picture cannot be had; they count in the others, too.
    #[serde(skip_serializing_if = "is_zero")]
    pub pictureless: u64,
    /// Products whose picture cannot be had, and that keep the one that they had; they count in the others, too.
    #[serde(skip_serializing_if = "is_zero")]
    pub earlier_pictures: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
pub(super) fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Collects changes and commits them.
pub struct Store {
    catalog: Catalog,
    writer: Writer,
    /// Ids that the source still has.
    seen: HashSet<String>,
    /// Products before the build.
    before: usize,
    /// Places that were refused in this build.
    refused: HashSet<String>,
    counts: Counts,
    embedded: u64,
    /// Further pictures that went through the model.
    embedded_further: u64,
    /// Further pictures of the present product that are set aside.
    set_aside: Vec<Rejection>,
    /// Products that are new and without a picture.
    new_pictureless: u64,
    committed: Committed,
    last_commit: Instant,
}

impl Store {
    pub fn new(catalog: Catalog) -> Self {
        Self {
            writer: catalog.write(),
            before: catalog.info().map_or(0, |info| info.products as usize),
            catalog,
            seen: HashSet::new(),
            refused: HashSet::new(),
            counts: Counts::default(),
            embedded: 0,
            embedded_further: 0,
            set_aside: Vec::new(),
            new_pictureless: 0,
            committed: Committed::default(),
            last_commit: Instant::now(),
        }
    }

    /// Keeps this kind of index from the next commit on.
    pub fn keep_index(&mut self, kept: KeptIndex) {
        self.writer.keep_arroy_from(match kept {
            KeptIndex::Exact => None,
            KeptIndex::Arroy => Some(0),
        });
    }

    /// Ranks with these weights from the next commit on.
    pub fn rank_by(&mut self, weights: Weights) {
        self.writer.set_weights(Some(weights));
    }

    /// Refuses such pictures from the next commit on.
    pub fn refuse_unsafe(&mut self, safety: &SafetyConfig) {
        self.writer.set_safety(safety.is_on().then(|| safety.clone()));
    }

    /// Takes in one result; gives back what was set aside.
    ///
    /// # Errors
    /// The model or the disk fails.
    pub fn accept(&mut self, prepared: Prepared) -> Result<Vec<Rejection>> {
        self.set_aside.clear();
        let rejection = match prepared {
            Prepared::Unchanged { id, set_aside } => {
                self.counts.unchanged += 1;
                self.seen.insert(id);
                self.set_aside.extend(set_aside);
                None
            }
            Prepared::Described(described) => self.describe(described)?,
            Prepared::PendingProduct(pictured) => self.insert(pictured)?,
            Prepared::Pictureless(pictureless) => self.insert_pictureless(pictureless)?,
            Prepared::EarlierPicture(earlier) => self.keep_earlier(earlier)?,
            Prepared::Rejected(rejection) => Some(rejection),
        };
        let rejected: Vec<Rejection> = rejection.into_iter().chain(self.set_aside.drain(..)).collect();
        rejected.iter().for_each(|rejection| self.quarantine(rejection));
        if self.last_commit.elapsed() >= COMMIT_EVERY || self.writer.pending_bytes() >= COMMIT_BYTES {
            self.commit()?;
        }
        Ok(rejected)
    }

    /// What the source no longer has, or what can no longer be used of it.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn gone(&self) -> Result<Vec<String>> {
        let sources = self.catalog.read()?.sources()?;
        Ok(sources
            .into_iter()
            .map(|(source, _)| source)
            .filter(|source| !self.seen.contains(source))
            .collect())
    }

    /// How many products the catalogue had when the build began.
    pub fn products_before(&self) -> usize {
        self.before
    }

    /// After the whole source was gone through: removes what it no longer has.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn sweep(&mut self) -> Result<()> {
        let (gone, mended) = {
            let snapshot = self.catalog.read()?;
            let gone: Vec<_> =
                snapshot.sources()?.into_iter().filter(|(source, _)| !self.seen.contains(source)).collect();
            let rows = snapshot.quarantined()?;
            let mended: Vec<_> = rows.into_iter().filter(|row| !self.refused.contains(&row.source)).collect();
            (gone, mended)
        };
        for (source, record) in gone {
            self.writer.delete(&record.product);
            self.writer.remove_source(&source);
        }
        mended.iter().for_each(|row| self.writer.release_from_quarantine(&row.source));
        Ok(())
    }

    /// Makes everything so far durable.
    ///
    /// # Errors
    /// The disk is full, or fails.
    pub fn commit(&mut self) -> Result<()> {
        let done = self.writer.commit().map_err(explain)?;
        self.committed.inserted += done.inserted;
        self.committed.updated += done.updated;
        self.committed.deleted += done.deleted;
        self.last_commit = Instant::now();
        Ok(())
    }

    /// What was committed.
    pub fn counts(&self) -> Counts {
        Counts {
            added: self.committed.inserted,
            reembedded: self
                .embedded
                .saturating_sub(self.committed.inserted.saturating_sub(self.new_pictureless)),
            deleted: self.committed.deleted,
            ..self.counts
        }
    }

    /// Whether anything about any product is other than before.
    pub fn has_changed(&self) -> bool {
        let counts = self.counts();
        counts.added + counts.reembedded + counts.described + counts.deleted > 0
    }

    /// Pictures that went through the model.
    pub fn embedded(&self) -> u64 {
        self.embedded + self.embedded_further
    }

    fn describe(&mut self, described: Described) -> Result<Option<Rejection>> {
        let Described { item, content, further, known } = described;
        let (hashes, pictures) = self.wait_for(further)?;
        let record = content.record(&item, &hashes);
        if record == known {
            self.counts.unchanged += 1;
            self.seen.insert(item.product.id);
            return Ok(None);
        }
        if let Some(rejection) = refusal(&item, self.writer.update(&item.product))? {
            return Ok(Some(rejection));
        }
        self.writer.set_further_pictures(&item.product.id, pictures).map_err(explain)?;
        self.counts.described += 1;
        self.keep(&item, &record);
        Ok(None)
    }

    /// The hashes of further pictures and what the writer makes of them, once they are embedded.
    fn wait_for(&mut self, further: PreparedPictures) -> Result<(String, Vec<PictureSource>)> {
        self.set_aside.extend(further.set_aside);
        let mut kept = Vec::with_capacity(further.pictures.len());
        for picture in further.pictures {
            match picture.wait()? {
                Ok(picture) => kept.push(picture),
                Err(rejection) => self.set_aside.push(rejection),
            }
        }
        let hashes = hashes(kept.iter().map(|(hash, _)| hash.as_str()));
        let pictures: Vec<PictureSource> = kept.into_iter().map(|(_, picture)| picture).collect();
        let new = pictures.iter().filter(|picture| matches!(picture, PictureSource::New { .. }));
        self.embedded_further += new.count() as u64;
        Ok((hashes, pictures))
    }

    fn insert(&mut self, pictured: PendingProduct) -> Result<Option<Rejection>> {
        let PendingProduct { mut item, content, further, thumbnail, embedding, gate } = pictured;
        let embedding = match wait(&item, embedding)? {
            Ok(embedding) => embedding,
            Err(rejection) => return Ok(Some(rejection)),
        };
        if gate.map_or(Ok(false), |gate| gate.refuses(&embedding)).map_err(explain)? {
            let reason = Flaw::Unsafe.to_string();
            return Ok(Some(item.rejected("unsafe-picture", reason)));
        }
        item.product.look.instance_embedding = InstanceEmbedding::from_embedding(&embedding);
        let (hashes, pictures) = self.wait_for(further)?;
        if let Some(rejection) =
            refusal(&item, self.writer.upsert(&item.product, &embedding, Some(&thumbnail)))?
        {
            return Ok(Some(rejection));
        }
        self.writer.set_further_pictures(&item.product.id, pictures).map_err(explain)?;
        self.embedded += 1;
        self.keep(&item, &content.record(&item, &hashes));
        Ok(None)
    }

    fn insert_pictureless(&mut self, pictureless: Pictureless) -> Result<Option<Rejection>> {
        let Pictureless { item, record, why, stored } = pictureless;
        if stored != Stored::Same
            && let Some(rejection) = refusal(&item, self.writer.upsert_without_picture(&item.product))?
        {
            return Ok(Some(rejection));
        }
        match stored {
            Stored::Nothing => self.new_pictureless += 1,
            Stored::Another => {
                self.writer.set_further_pictures(&item.product.id, Vec::new()).map_err(explain)?;
                self.counts.described += 1;
            }
            Stored::Same => self.counts.unchanged += 1,
        }
        self.counts.pictureless += 1;
        self.keep(&item, &record);
        self.list(&why);
        Ok(None)
    }

    fn keep_earlier(&mut self, earlier: EarlierPicture) -> Result<Option<Rejection>> {
        let EarlierPicture { described, why } = earlier;
        if let Some(rejection) = self.describe(described)? {
            return Ok(Some(rejection));
        }
        self.counts.earlier_pictures += 1;
        self.list(&why);
        Ok(None)
    }

    fn keep(&mut self, item: &Item, record: &SourceRecord) {
        self.writer.put_source(&item.product.id, record);
        self.seen.insert(item.product.id.clone());
    }

    fn quarantine(&mut self, rejection: &Rejection) {
        self.counts.quarantined += 1;
        self.list(rejection);
    }

    /// Lists it where `knytt inspect` shows it.
    fn list(&mut self, rejection: &Rejection) {
        self.refused.insert(rejection.place.clone());
        self.writer.quarantine(&QuarantineRow {
            source: rejection.place.clone(),
            code: rejection.code.into(),
            reason: rejection.reason.clone(),
            id: rejection.id.clone(),
            title: rejection.title.clone(),
        });
    }
}

/// A picture without a direction in the model's space is the picture's fault; all else is the model's.
fn wait(item: &Item, embedding: Pending) -> Result<Result<Embedding, Rejection>> {
    match embedding.wait() {
        Ok(embedding) => Ok(Ok(embedding)),
        Err(error @ knytt_models::Error::DegenerateEmbedding(_)) => {
            Ok(Err(item.rejected("no-embedding", error.to_string())))
        }
        Err(error) => Err(error.into()),
    }
}

/// A product that the engine does not take is set aside like a bad row.
fn refusal(item: &Item, stored: Result<(), knytt_engine::Error>) -> Result<Option<Rejection>> {
    match stored {
        Ok(()) => Ok(None),
        Err(knytt_engine::Error::InvalidProduct { reason, .. }) => {
            Ok(Some(item.rejected("bad-product", reason)))
        }
        Err(error) => Err(explain(error)),
    }
}
