//! A thread that owns the model and takes work from other threads through a bounded queue.

use std::sync::{Arc, OnceLock};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use image::RgbImage;

use crate::bundle::Bundle;
use crate::device::Device;
use crate::embedding::Embedding;
use crate::error::{Error, Result};
use crate::failover::{FailoverModel, Notice};
use crate::fingerprint::Fingerprint;
use crate::options::{Options, Precision};
use crate::preprocess::Pixels;

/// Pictures or texts in one pass of the model. Small, so that memory stays bounded and a query that
/// comes in between does not wait long; other sizes have not been measured.
const MAX_BATCH: usize = 8;

/// Jobs that may wait. Senders block beyond it, so a fast reader cannot fill the memory.
const QUEUE: usize = 2 * MAX_BATCH;

/// A handle to a model that runs on a thread of its own. Cheap to clone; the thread ends with the last
/// handle.
#[derive(Clone)]
pub struct Encoder {
    jobs: Sender<Job>,
    bundle: Arc<Bundle>,
    notice: Arc<OnceLock<Notice>>,
    precision: Precision,
}

/// An embedding that is being computed.
#[must_use = "the embedding is only there after wait()"]
pub struct Pending(Receiver<Result<Embedding>>);

enum Input {
    Picture(Pixels),
    Text(Vec<u32>),
}

struct Job {
    input: Input,
    reply: Sender<Result<Embedding>>,
}

impl Encoder {
    /// Loads the bundle's weights and starts the thread, with everything else as is usual.
    ///
    /// # Errors
    /// [`Error::Device`] if the device is missing, [`Error::Weights`] if a tensor is.
    pub fn start(bundle: Bundle, device: Device) -> Result<Self> {
        Self::start_with(bundle, &Options { device, ..Options::default() })
    }

    /// Loads the bundle's weights and starts the thread.
    ///
    /// # Errors
    /// [`Error::Device`] if the device is missing, [`Error::Weights`] if a tensor is.
    pub fn start_with(bundle: Bundle, options: &Options) -> Result<Self> {
        let precision = bundle.precision(options);
        let (bundle, notice) = (Arc::new(bundle), Arc::new(OnceLock::new()));
        let model = FailoverModel::load(bundle.clone(), options, notice.clone())?;
        let (jobs, queue) = bounded(QUEUE);
        let worker = Worker { model, bundle: bundle.clone() };
        thread::Builder::new()
            .name("knytt-encoder".into())
            .spawn(move || worker.run(&queue))
            .map_err(|source| Error::Read { path: "a new thread".into(), source })?;
        Ok(Self { jobs, bundle, notice, precision })
    }

    /// Set once the device has failed and the CPU has taken over.
    pub fn notice(&self) -> Option<&Notice> {
        self.notice.get()
    }

    /// The bundle that it runs.
    pub fn bundle(&self) -> &Bundle {
        &self.bundle
    }

    /// The same for whoever needs it longer than the encoder.
    pub fn shared_bundle(&self) -> Arc<Bundle> {
        self.bundle.clone()
    }

    /// The arithmetic that it computes in: what was asked for, or what [`Precision::Auto`] came to.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The space of its embeddings.
    pub fn fingerprint(&self) -> &Fingerprint {
        self.bundle.fingerprint()
    }

    /// Values of an embedding.
    pub fn dimension(&self) -> usize {
        self.bundle.dimension()
    }

    /// The bundle's name.
    pub fn model_name(&self) -> &str {
        self.bundle.name()
    }

    /// Whether it embeds words; a model without a text tower knows pictures only.
    pub fn embeds_words(&self) -> bool {
        self.bundle.embeds_words()
    }

    /// The shorter side that [`decode`](crate::decode::decode) should aim at, in pixels.
    pub fn target_side(&self) -> u32 {
        self.bundle.preprocessing().target_side()
    }

    /// Embeds an upright RGB picture and waits for the result.
    ///
    /// # Errors
    /// [`Error::DegenerateEmbedding`], [`Error::Compute`] or [`Error::Stopped`].
    pub fn embed_image(&self, picture: &RgbImage) -> Result<Embedding> {
        self.submit_image(picture)?.wait()
    }

    /// Embeds a text and waits for the result.
    ///
    /// # Errors
    /// [`Error::PicturesOnly`] if the model has no text tower, [`Error::EmptyText`] if there is no word in it; else as
    /// [`embed_image`](Self::embed_image).
    pub fn embed_text(&self, text: &str) -> Result<Embedding> {
        self.submit_text(text)?.wait()
    }

    /// Queues a text. Blocks while the queue is full; texts that wait together are embedded together.
    ///
    /// # Errors
    /// [`Error::PicturesOnly`] if the model has no text tower, [`Error::EmptyText`] if there is no word in it,
    /// [`Error::Stopped`] if the thread has ended.
    pub fn submit_text(&self, text: &str) -> Result<Pending> {
        self.submit(Input::Text(self.bundle.words()?.ids(text)?))
    }

    /// Preprocesses a picture on this thread and queues it. Blocks while the queue is full; pictures
    /// that wait together are embedded together.
    ///
    /// # Errors
    /// [`Error::Stopped`] if the thread has ended.
    pub fn submit_image(&self, picture: &RgbImage) -> Result<Pending> {
        self.submit_pixels(self.bundle.preprocessing().pixels(picture))
    }

    /// Queues a picture that [`Preprocessing::pixels`](crate::Preprocessing::pixels) of this bundle has
    /// prepared.
    ///
    /// # Errors
    /// [`Error::Stopped`] if the thread has ended.
    pub fn submit_pixels(&self, pixels: Pixels) -> Result<Pending> {
        self.submit(Input::Picture(pixels))
    }

    fn submit(&self, input: Input) -> Result<Pending> {
        let (reply, answer) = bounded(1);
        self.jobs.send(Job { input, reply }).map_err(|_| Error::Stopped)?;
        Ok(Pending(answer))
    }
}

impl Pending {
    /// Blocks until the embedding is there.
    ///
    /// # Errors
    /// As [`Encoder::embed_image`].
    pub fn wait(self) -> Result<Embedding> {
        self.0.recv().unwrap_or(Err(Error::Stopped))
    }
}

struct Worker {
    model: FailoverModel,
    bundle: Arc<Bundle>,
}

impl Worker {
    fn run(mut self, queue: &Receiver<Job>) {
        while let Ok(first) = queue.recv() {
            let batch = std::iter::once(first).chain(queue.try_iter()).take(MAX_BATCH);
            let (mut pictures, mut texts) = (Vec::new(), Vec::new());
            for Job { input, reply } in batch {
                match input {
                    Input::Picture(pixels) => pictures.push((pixels, reply)),
                    Input::Text(ids) => texts.push((ids, reply)),
                }
            }
            self.answer(pictures, Self::images);
            self.answer(texts, Self::texts);
        }
    }

    fn images(&mut self, pictures: &[Pixels]) -> Result<Vec<Vec<f32>>> {
        let mut pixels = Vec::new();
        for picture in pictures {
            self.bundle.preprocessing().normalise_into(picture, &mut pixels);
        }
        self.model.images(&pixels)
    }

    fn texts(&mut self, ids: &[Vec<u32>]) -> Result<Vec<Vec<f32>>> {
        self.model.texts(ids)
    }

    /// Runs one batch. If it fails as a whole, each member is tried alone, so that one bad input does
    /// not take the others with it.
    fn answer<T>(
        &mut self,
        batch: Vec<(T, Sender<Result<Embedding>>)>,
        encode: impl Fn(&mut Self, &[T]) -> Result<Vec<Vec<f32>>>,
    ) {
        let (inputs, replies): (Vec<T>, Vec<_>) = batch.into_iter().unzip();
        if inputs.is_empty() {
            return;
        }
        let results = match encode(self, &inputs).map(|rows| self.embeddings(rows)) {
            Ok(embeddings) => embeddings,
            Err(_) if inputs.len() > 1 => inputs.iter().map(|input| self.alone(input, &encode)).collect(),
            Err(error) => vec![Err(error)],
        };
        for (result, reply) in results.into_iter().zip(replies) {
            // Whoever asked may have given up waiting.
            let _ = reply.send(result);
        }
    }

    fn alone<T>(
        &mut self,
        input: &T,
        encode: &impl Fn(&mut Self, &[T]) -> Result<Vec<Vec<f32>>>,
    ) -> Result<Embedding> {
        let rows = encode(self, std::slice::from_ref(input))?;
        self.embeddings(rows).pop().unwrap_or(Err(Error::Stopped))
    }

    fn embeddings(&self, rows: Vec<Vec<f32>>) -> Vec<Result<Embedding>> {
        rows.into_iter().map(|row| self.embedding(row)).collect()
    }

    /// `row`: the values of a picture or of a text, followed by the instance embedding if the model gives one.
    fn embedding(&self, mut row: Vec<f32>) -> Result<Embedding> {
        let instance = row.split_off(self.bundle.dimension());
        let embedding = Embedding::new(row, self.bundle.fingerprint().clone())?;
        Ok(if instance.is_empty() { embedding } else { embedding.with_instance_embedding(&instance) })
    }
}
