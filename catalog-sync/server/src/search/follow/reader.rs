//! The object store as the device's half reads it.

use std::io;
use std::sync::Arc;

use futures::{FutureExt, StreamExt, TryStreamExt};
use knytt_client::ObjectReader;
use object_store::path::Path;
use object_store::{Error, GetOptions, GetRange, ObjectStore};

/// Reads `store`.
pub fn reader(store: Arc<dyn ObjectStore>) -> ObjectReader {
    ObjectReader::new(move |path, from_byte| {
        let store = store.clone();
        async move {
            let range = (from_byte > 0).then_some(GetRange::Offset(from_byte));
            let options = GetOptions { range, ..GetOptions::default() };
            let found = store.get_opts(&Path::from(path), options).await.map_err(of_store)?;
            Ok(found.into_stream().map_err(of_store).boxed())
        }
        .boxed()
    })
}

fn of_store(error: Error) -> io::Error {
    match error {
        Error::NotFound { .. } => io::Error::new(io::ErrorKind::NotFound, error),
        other => io::Error::other(other),
    }
}
