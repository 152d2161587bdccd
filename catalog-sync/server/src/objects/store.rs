//! A folder or a bucket.

use std::path::PathBuf;
use std::sync::Arc;

use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use url::Url;

use crate::config::Address;
use crate::{Error, Result};

/// Where releases are. Clones share it.
#[derive(Clone, Debug)]
pub struct Objects {
    pub store: Arc<dyn ObjectStore>,
    /// Whether the store itself replaces a file only if it is still the expected one.
    pub compares: bool,
    /// Where the files are, if the store is a folder.
    pub folder: Option<PathBuf>,
}

impl Objects {
    /// Opens what an address names. Nothing is asked of it yet, but a folder is made.
    ///
    /// # Errors
    /// The address is neither `file:` nor `s3:`, or the folder cannot be made.
    pub fn open(address: &Address) -> Result<Self> {
        let wrong = |why: String| Error::Setting(format!("--objects {address}: {why}"));
        let url = Url::parse(address.reveal()).map_err(|e| wrong(e.to_string()))?;
        match url.scheme() {
            "file" => {
                let dir = url.to_file_path().map_err(|()| wrong("is no folder".into()))?;
                fs_err::create_dir_all(&dir)?;
                let store = LocalFileSystem::new_with_prefix(&dir)?.with_fsync(true);
                Ok(Self { store: Arc::new(store), compares: false, folder: Some(dir) })
            }
            "s3" => {
                let bucket = url.host_str().ok_or_else(|| wrong("names no bucket".into()))?;
                let store = AmazonS3Builder::from_env().with_bucket_name(bucket).build()?;
                let prefix = Path::from(url.path().trim_matches('/'));
                Ok(Self { store: Arc::new(PrefixStore::new(store, prefix)), compares: true, folder: None })
            }
            _ => Err(wrong("begins with neither file:// nor s3://".into())),
        }
    }

    /// Whether the store answers: a file that is not there is an answer, too.
    pub async fn probe(&self) -> Result<(), object_store::Error> {
        self.head(&Path::from("health")).await.map(drop)
    }

    /// What is known of a file, if there is one.
    pub async fn head(&self, path: &Path) -> Result<Option<ObjectMeta>, object_store::Error> {
        match self.store.head(path).await {
            Ok(meta) => Ok(Some(meta)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
