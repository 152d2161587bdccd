//! Following releases: a replica is a device of its own object store.
//!
//! It verifies what it reads as a device does, so whoever can write into the store but has no keys cannot change what
//! is searched.

mod name;
mod progress;
mod reader;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use knytt_client::{Cancel, SyncOptions};
use knytt_engine::ActiveEnvironment;
use object_store::path::Path;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use url::Url;

pub use self::name::Followed;
pub use self::progress::Progress;
use super::catalogs::Catalogs;
use crate::objects::store::Objects;

/// How often it is looked for a release.
const LOOK: Duration = Duration::from_secs(1);

/// The longest pause after failures, each of which doubles the pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Follows the releases of one catalogue.
pub struct Follower {
    pub followed: Followed,
    pub objects: Objects,
    /// The folder that followed catalogues are in.
    pub folder: PathBuf,
    pub device: String,
    pub catalogs: Arc<Catalogs>,
    pub progress: Arc<Progress>,
}

impl Follower {
    /// Follows for as long as it is awaited.
    pub async fn run(self) {
        self.open_what_is_here().await;
        let (mut pause, mut known, mut reason) = (LOOK, None, None);
        loop {
            match self.step(&mut known).await {
                Ok(()) => {
                    self.progress.succeeded();
                    (pause, reason) = (LOOK, None);
                }
                Err(error) => {
                    self.progress.failed();
                    if reason.as_ref() != Some(&error) {
                        tracing::error!(
                            catalog = self.followed.name,
                            error,
                            "the newest release is not searched"
                        );
                    }
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    reason = Some(error);
                }
            }
            tokio::time::sleep(pause).await;
        }
    }

    fn catalog_folder(&self) -> PathBuf {
        self.folder.join("catalogs").join(&self.followed.name)
    }

    /// Searches what was fetched before the last stop, until something newer is here.
    async fn open_what_is_here(&self) {
        let (name, folder) = (self.followed.name.clone(), self.catalog_folder());
        let (catalogs, device) = (self.catalogs.clone(), self.device.clone());
        let work = move || match ActiveEnvironment::read(&folder) {
            Ok(Some(_)) => catalogs.take(&name, &folder, &device).map_err(|error| error.to_string()),
            _ => Ok(()),
        };
        // What cannot be read is replaced by the first sync.
        if let Ok(Err(error)) = spawn_blocking(work).await {
            tracing::warn!(catalog = self.followed.name, error, "what was here is not searched");
        }
    }

    /// Brings the catalogue to the newest release if that is another one than `known`.
    async fn step(&self, known: &mut Option<String>) -> Result<(), String> {
        let timestamp = Path::from_iter([self.followed.name.as_str(), "metadata", "timestamp.json"]);
        let newest = self.objects.head(&timestamp).await.map_err(|error| error.to_string())?;
        // Where nothing is published, there is nothing to wait for; a replica that waited could not take the first
        // release.
        let Some(newest) = newest else { return Ok(()) };
        let tag = newest.e_tag.unwrap_or_else(|| newest.last_modified.to_rfc3339());
        if known.as_ref() == Some(&tag) {
            return Ok(());
        }
        self.sync().await?;
        *known = Some(tag);
        Ok(())
    }

    async fn sync(&self) -> Result<(), String> {
        let name = self.followed.name.clone();
        let from = Url::parse(&format!("{}:///{name}/", knytt_client::ObjectReader::SCHEME));
        let options = SyncOptions {
            from: Some(from.map_err(|error| error.to_string())?),
            root: self.followed.root.clone(),
            state: Some(self.folder.join("trust")),
            objects: Some(reader::reader(self.objects.store.clone())),
            ..SyncOptions::default()
        };
        let folder = self.catalog_folder();
        let (catalogs, device) = (self.catalogs.clone(), self.device.clone());
        let cancel = CancelOnDrop(Cancel::default());
        let cancelled = cancel.0.clone();
        // A sync blocks its thread while it applies a release, and opening one blocks, too.
        let work = move || {
            fs_err::create_dir_all(&folder).map_err(|error| error.to_string())?;
            let synced =
                Handle::current().block_on(knytt_client::sync(&folder, &options, &|_| {}, &cancelled));
            let synced = synced.map_err(|error| error.to_string())?;
            catalogs.take(&name, &folder, &device).map_err(|error| error.to_string())?;
            if synced.changed {
                let bytes = synced.downloaded_bytes;
                tracing::info!(catalog = name, release = synced.release, bytes, "caught up");
            }
            Ok(())
        };
        spawn_blocking(work).await.map_err(|error| error.to_string())?
    }
}

/// Ends a sync whose follower has ended: the process waits for its threads.
struct CancelOnDrop(Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
