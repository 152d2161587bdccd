//! Fills the new catalogue with the products of the old one and the new model's vectors.

use std::collections::HashSet;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use knytt_engine::{
    Catalog, CatalogSpec, Error as Engine, FurtherPicture, InstanceEmbedding, PictureSource, Product,
    Snapshot, SourceRecord, Successor, Writer,
};
use knytt_models::{Embedding, Encoder, Error as Model, Pending};
use knytt_ui_api::{ModelPhase, Problem};

use super::pictures::PictureFiles;
use crate::problem::{of_engine, of_io, of_model};
use crate::shop::Shop;
use crate::visit::model_jobs::ModelJob;

/// Products that are read, decoded and queued at a time: as many as wait at the model. Between two batches the work can
/// be stopped.
const BATCH: usize = 16;

/// What was embedded since the last commit is lost when the process is killed; each commit waits for the disk.
const COMMIT_EVERY: Duration = Duration::from_secs(2);
const COMMIT_BYTES: usize = 16 << 20;

/// Passes over the products, if the old catalogue changes meanwhile.
const PASSES: usize = 3;

/// Stands for the hash of a picture of which only the thumbnail was here: the next build embeds the picture itself.
const THUMBNAIL: &str = "thumbnail";

/// The same for a product without any picture, as builds write it.
const NO_PICTURE: &str = "none";

/// The new catalogue, and what it is filled from.
pub(super) struct Filling<'f> {
    old: &'f Catalog,
    new: Catalog,
    encoder: &'f Encoder,
    files: PictureFiles<'f>,
}

/// A product of the old catalogue.
struct Row {
    product: Product,
    /// Without its further pictures: the next build compares them with their files.
    record: Option<SourceRecord>,
    thumbnail: Option<Vec<u8>>,
    further: Vec<Further>,
}

/// A further picture of a product.
struct Further {
    picture: FurtherPicture,
    thumbnail: Option<Vec<u8>>,
}

/// What becomes of a product's picture.
enum Queued {
    /// The picture that the catalogue was built with.
    Large(Pending),
    /// Its small copy.
    Thumbnail(Pending),
    /// There is none that can be read.
    Nothing,
}

/// What becomes of a product's pictures: its own, and each further one that can be read.
struct QueuedPictures {
    own: Queued,
    further: Vec<Option<Pending>>,
}

impl<'f> Filling<'f> {
    /// Opens the new catalogue with what an earlier run has left, or makes it.
    pub(super) fn new(shop: &'f Shop, encoder: &'f Encoder, successor: &Successor) -> Result<Self, Problem> {
        let old = shop.session().catalog();
        let spec = CatalogSpec {
            id: old.info().map_err(of_engine)?.catalog_id,
            model: encoder.fingerprint().clone(),
            model_name: encoder.model_name().into(),
            dimension: encoder.dimension(),
        };
        let new = match Catalog::open_or_create(successor.path(), &spec) {
            // A loss of power may have left half a file.
            Err(Engine::Damaged(_) | Engine::CutShort { .. } | Engine::NotACatalog { .. }) => {
                successor.discard().map_err(of_io)?;
                Catalog::open_or_create(successor.path(), &spec)
            }
            opened => opened,
        };
        Ok(Self { old, new: new.map_err(of_engine)?, encoder, files: PictureFiles::of(shop) })
    }

    /// Embeds what is missing, and copies everything else.
    pub(super) fn run(self, job: &ModelJob) -> Result<Catalog, Problem> {
        for _ in 0..PASSES {
            let state = self.old.read().map_err(of_engine)?.commit_number();
            self.pass(job)?;
            if self.old.read().map_err(of_engine)?.commit_number() == state {
                break;
            }
        }
        self.copy_settings().map_err(of_engine)?;
        Ok(self.new)
    }

    /// One pass over all products; what is stored already is left as it is.
    fn pass(&self, job: &ModelJob) -> Result<(), Problem> {
        let ids = ids(self.old).map_err(of_engine)?;
        let mut store = Store { writer: self.new.write(), last_commit: Instant::now() };
        let known: HashSet<&String> = ids.iter().collect();
        let stored = self.new.read().and_then(|new| new.ids()).map_err(of_engine)?;
        stored.iter().filter(|id| !known.contains(id)).for_each(|id| store.writer.delete(id));
        let mut done = 0;
        for batch in ids.chunks(BATCH) {
            job.visit.models.progress(ModelPhase::Embedding, done, ids.len() as u64);
            let filled = self.fill(batch, &mut store).and_then(|()| job.check());
            if let Err(problem) = filled {
                // What was embedded until then is kept; that a full disk keeps none of it is said by the problem.
                let _ = store.writer.commit();
                return Err(problem);
            }
            done += batch.len() as u64;
        }
        job.visit.models.progress(ModelPhase::Embedding, done, done);
        store.writer.commit().map(drop).map_err(of_engine)
    }

    fn fill(&self, ids: &[String], store: &mut Store) -> Result<(), Problem> {
        let rows = self.missing(ids).map_err(of_engine)?;
        let queued: Vec<OnceLock<Result<QueuedPictures, Model>>> =
            rows.iter().map(|_| OnceLock::new()).collect();
        let next = AtomicUsize::new(0);
        let decode = || {
            while let Some((row, slot)) = {
                let at = next.fetch_add(1, Ordering::Relaxed);
                rows.get(at).zip(queued.get(at))
            } {
                let _ = slot.set(self.queue(row));
            }
        };
        let workers = thread::available_parallelism().map_or(1, usize::from).min(rows.len());
        thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(decode))));
        for (row, queued) in rows.into_iter().zip(queued) {
            let queued = queued.into_inner().unwrap_or(Err(Model::Stopped)).map_err(of_model)?;
            store.take(row, queued)?;
        }
        Ok(())
    }

    /// The products of these ids that the new catalogue does not have as they are now.
    fn missing(&self, ids: &[String]) -> Result<Vec<Row>, Engine> {
        let (old, new) = (self.old.read()?, self.new.read()?);
        let mut rows = Vec::new();
        for id in ids {
            let Some(record) = old.record(id)? else { continue };
            let thumbnail = record.thumbnail.map(<[u8]>::to_vec);
            let further = old.further_pictures(id)?.into_iter();
            let further = further
                .map(|one| Further { picture: one.picture, thumbnail: one.thumbnail.map(<[u8]>::to_vec) })
                .collect();
            let source = old.source(id)?.map(|source| source.without_further_pictures());
            let row = Row { product: record.product, record: source, thumbnail, further };
            if !row.is_in(&new)? {
                rows.push(row);
            }
        }
        Ok(rows)
    }

    /// Decodes a product's pictures and queues them at the model.
    fn queue(&self, row: &Row) -> Result<QueuedPictures, Model> {
        let own = self.queue_own(row)?;
        let further = match own {
            Queued::Nothing => Vec::new(),
            _ => row.further.iter().map(|one| self.queue_further(one)).collect::<Result<_, _>>()?,
        };
        Ok(QueuedPictures { own, further })
    }

    fn queue_further(&self, one: &Further) -> Result<Option<Pending>, Model> {
        let side = self.encoder.target_side();
        let large = self.files.further(&one.picture.address, side);
        let picture = large.or_else(|| self.files.thumbnail(one.thumbnail.as_deref(), side));
        picture.map(|picture| self.encoder.submit_image(&picture)).transpose()
    }

    fn queue_own(&self, row: &Row) -> Result<Queued, Model> {
        if !row.product.has_picture() {
            return Ok(Queued::Nothing);
        }
        let side = self.encoder.target_side();
        if let Some(picture) = self.files.large(&row.product, row.record.as_ref(), side) {
            return self.encoder.submit_image(&picture).map(Queued::Large);
        }
        match self.files.thumbnail(row.thumbnail.as_deref(), side) {
            Some(picture) => self.encoder.submit_image(&picture).map(Queued::Thumbnail),
            None => Ok(Queued::Nothing),
        }
    }

    /// Copies everything but the products.
    fn copy_settings(&self) -> Result<(), Engine> {
        let (old, new) = (self.old.read()?, self.new.read()?);
        let info = old.info()?;
        let mut writer = self.new.write();
        writer.set_weights(info.weights);
        writer.set_safety(info.safety);
        writer.set_merchandising(old.merchandising()?);
        writer.set_experiment(old.experiment()?);
        writer.keep_arroy_from(info.index.arroy_from);
        writer.set_release(info.release);
        old.quarantined()?.iter().for_each(|row| writer.quarantine(row));
        for (source, record) in old.sources()? {
            if new.source(&source)?.is_none() {
                writer.put_source(&source, &record);
            }
        }
        // A commit that grows the map waits for all snapshots.
        drop((old, new));
        writer.commit().map(drop)
    }
}

impl Row {
    /// Whether a catalogue has the product as it is here, whatever its vectors are.
    fn is_in(&self, new: &Snapshot) -> Result<bool, Engine> {
        let Some(there) = new.record(&self.product.id)? else { return Ok(false) };
        let mut plain = [there.product, self.product.clone()];
        plain.iter_mut().for_each(|product| product.look.instance_embedding = None);
        let known = new.source(&self.product.id)?;
        let is_record = match (&known, &self.record) {
            (Some(known), Some(record)) => *known == *record || *known == record.with_picture(THUMBNAIL),
            (known, record) => known == record,
        };
        // What the new model could not read is missing there for good; more than there are here may not be.
        let further = new.further_pictures(&self.product.id)?;
        let mut here = self.further.iter().map(|one| &one.picture.address);
        let is_further = further.iter().all(|one| here.any(|address| *address == one.picture.address))
            && (further.is_empty() == self.further.is_empty() || !self.product.has_picture());
        Ok(plain[0] == plain[1] && there.thumbnail == self.thumbnail.as_deref() && is_record && is_further)
    }
}

/// The writing end.
struct Store {
    writer: Writer,
    last_commit: Instant,
}

impl Store {
    /// Waits for the embedding of a product and stores both.
    fn take(&mut self, row: Row, queued: QueuedPictures) -> Result<(), Problem> {
        let Row { mut product, record, thumbnail, further } = row;
        let (pending, picture) = match queued.own {
            Queued::Large(pending) => (Some(pending), None),
            Queued::Thumbnail(pending) => (Some(pending), Some(THUMBNAIL)),
            Queued::Nothing => (None, Some(NO_PICTURE)),
        };
        let embedding = pending.map(embedding_of).transpose()?.flatten();
        let picture = if embedding.is_none() { Some(NO_PICTURE) } else { picture };
        let stored = match &embedding {
            Some(embedding) => {
                product.look.instance_embedding = InstanceEmbedding::from_embedding(embedding);
                self.writer.upsert(&product, embedding, thumbnail.as_deref())
            }
            None => self.writer.upsert_without_picture(&product),
        };
        stored.map_err(of_engine)?;
        if embedding.is_some() && !further.is_empty() {
            let pictures = further.into_iter().zip(queued.further);
            let pictures = pictures.filter_map(|(one, pending)| one.embedded(pending?).transpose());
            let pictures = pictures.collect::<Result<_, _>>()?;
            self.writer.set_further_pictures(&product.id, pictures).map_err(of_engine)?;
        }
        if let Some(record) = record {
            let record = picture.map_or_else(|| record.clone(), |hash| record.with_picture(hash));
            self.writer.put_source(&product.id, &record);
        }
        if self.last_commit.elapsed() >= COMMIT_EVERY || self.writer.pending_bytes() >= COMMIT_BYTES {
            self.writer.commit().map_err(of_engine)?;
            self.last_commit = Instant::now();
        }
        Ok(())
    }
}

impl Further {
    /// Waits for the embedding. `None` if the picture has none.
    fn embedded(self, pending: Pending) -> Result<Option<PictureSource>, Problem> {
        let Some(embedding) = embedding_of(pending)? else { return Ok(None) };
        let instance_embedding = InstanceEmbedding::from_embedding(&embedding);
        let picture = FurtherPicture { instance_embedding, ..self.picture };
        Ok(Some(PictureSource::New { picture, embedding, thumbnail: self.thumbnail }))
    }
}

/// A picture without a direction in the model's space is none; all else is the model's fault.
fn embedding_of(pending: Pending) -> Result<Option<Embedding>, Problem> {
    match pending.wait() {
        Ok(embedding) => Ok(Some(embedding)),
        Err(Model::DegenerateEmbedding(_)) => Ok(None),
        Err(error) => Err(of_model(error)),
    }
}

/// The ids of all products, about in the order in which they were inserted.
fn ids(catalog: &Catalog) -> Result<Vec<String>, Engine> {
    let snapshot = catalog.read()?;
    snapshot.products()?.map(|product| Ok(product?.id)).collect()
}
