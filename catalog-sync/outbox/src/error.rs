//! What can go wrong with feedback.

use std::io::ErrorKind;

/// This crate's results.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// None of these is a reason to refuse a shopper an action: feedback is given up first.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The disk, or the environment's map, is full; free space, or send what waits. A disk that fails looks
    /// the same: LMDB tells a write that was cut short as an error of the device.
    #[error("there is no room for feedback: {0}")]
    Full(heed::Error),

    /// LMDB failed; the environment may be damaged.
    #[error("what waits cannot be read or written: {0}")]
    Store(heed::Error),

    /// Something in the outbox is not what this version writes; a later version may have.
    #[error("what waits cannot be read: {0}")]
    Damaged(#[from] serde_json::Error),

    /// The environment is closed, or was not opened again.
    #[error("the outbox is closed")]
    Closed,

    /// The HTTP client cannot start; its proxy variables may be wrong.
    #[error("feedback cannot be sent: {0}")]
    Client(#[from] reqwest::Error),

    /// The file that keeps deliveries apart cannot be made beside the environment.
    #[error("delivery cannot be locked: {0}")]
    Lock(#[from] std::io::Error),

    /// A thread of the runtime ended early; the program is closing.
    #[error("delivery was ended: {0}")]
    Ended(#[from] tokio::task::JoinError),
}

/// What LMDB answers to a short write.
const EIO: i32 = 5;

impl From<heed::Error> for Error {
    fn from(error: heed::Error) -> Self {
        let full = match &error {
            heed::Error::Io(io) => {
                matches!(io.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
                    || io.raw_os_error() == Some(EIO)
            }
            heed::Error::Mdb(mdb) => matches!(mdb, heed::MdbError::MapFull),
            _ => false,
        };
        if full { Self::Full(error) } else { Self::Store(error) }
    }
}
