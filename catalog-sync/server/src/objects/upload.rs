//! A pack on its way in: hashed as it comes, seen by nobody before its hash is right.

use axum::extract::Request;
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, WriteMultipart};
use sha2::{Digest, Sha256};

use super::read::refuse;
use crate::app::App;
use crate::http::broken;
use crate::http::refusal::Refusal;

/// What is smaller is written in one piece. S3 takes parts of 5 MiB and more.
const PART_BYTES: usize = 8 << 20;

/// Parts on their way to the store at once.
const PARTS: usize = 4;

/// Receives a file and stores it, unless it is known. Returns its ETag if the store says one.
pub async fn receive(
    app: &App,
    path: &Path,
    sha256: &str,
    known: bool,
    request: Request,
) -> Result<Option<String>, Refusal> {
    let mut sink = if known { Sink::Nothing } else { Sink::Small(BytesMut::new()) };
    match copy(app, path, request, &mut sink).await {
        Ok(hash) if hash == sha256 => sink.finish(app, path).await,
        Ok(hash) => {
            sink.abort().await;
            Err(Refusal::new(422, "hash_differs", "Hash differs")
                .detail(format!("the body's SHA-256 is {hash}")))
        }
        Err(refusal) => {
            sink.abort().await;
            Err(refusal)
        }
    }
}

pub fn too_slow() -> Refusal {
    Refusal::new(408, "body_too_slow", "Body too slow")
}

async fn copy(app: &App, path: &Path, request: Request, sink: &mut Sink) -> Result<String, Refusal> {
    let mut hash = Sha256::new();
    let mut size = 0u64;
    let mut pieces = request.into_body().into_data_stream();
    loop {
        let next = tokio::time::timeout(app.config.request_timeout, pieces.next());
        let Some(piece) = next.await.map_err(|_| too_slow())? else { break };
        let piece = piece.map_err(|error| broken(&error))?;
        size += piece.len() as u64;
        if size > app.config.max_object_bytes {
            return Err(Refusal::too_large(app.config.max_object_bytes));
        }
        hash.update(&piece);
        sink.write(app, path, piece).await?;
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

enum Sink {
    /// The file is there; its bytes are only checked.
    Nothing,
    Small(BytesMut),
    Large(WriteMultipart),
}

impl Sink {
    async fn write(&mut self, app: &App, path: &Path, piece: Bytes) -> Result<(), Refusal> {
        match self {
            Self::Nothing => {}
            Self::Small(bytes) if bytes.len() + piece.len() <= PART_BYTES => bytes.extend_from_slice(&piece),
            Self::Small(bytes) => {
                let upload = app.objects.store.put_multipart(path).await.map_err(refuse)?;
                let mut writer = WriteMultipart::new_with_chunk_size(upload, PART_BYTES);
                writer.put(std::mem::take(bytes).freeze());
                writer.put(piece);
                *self = Self::Large(writer);
            }
            Self::Large(writer) => {
                writer.wait_for_capacity(PARTS).await.map_err(refuse)?;
                writer.put(piece);
            }
        }
        Ok(())
    }

    async fn finish(self, app: &App, path: &Path) -> Result<Option<String>, Refusal> {
        match self {
            Self::Nothing => Ok(None),
            Self::Small(bytes) => {
                let payload = bytes.freeze().into();
                let done = app.objects.store.put_opts(path, payload, PutMode::Overwrite.into()).await;
                Ok(done.map_err(refuse)?.e_tag)
            }
            Self::Large(writer) => Ok(writer.finish().await.map_err(refuse)?.e_tag),
        }
    }

    /// What cannot be taken back now, the store forgets by its own rules.
    async fn abort(self) {
        if let Self::Large(writer) = self
            && let Err(error) = writer.abort().await
        {
            tracing::warn!(%error, "an upload was not taken back");
        }
    }
}
