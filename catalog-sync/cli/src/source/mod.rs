//! Where products come from: `knytt_feed`, with its errors in the words of the command line.

use std::io::Read;
use std::path::Path;

use anyhow::Result;
use knytt_models::decode::Limits;

pub use knytt_feed::{
    Feed, Item, LeftAside, NO_CURRENCY, Options, Picture, Refusal, Rejection, Row, Selection, Selector,
    Source, field,
};

use crate::failure::Failure;

/// # Errors
/// The path is neither a folder of pictures nor a feed that can be used.
pub fn open(path: &Path, options: Options) -> Result<Source> {
    Source::open(path, options).map_err(explain)
}

/// Reads a picture that is on this machine.
///
/// # Errors
/// A code and a reason.
pub fn read_picture(picture: &Picture, limits: &Limits) -> Result<Vec<u8>, Refusal> {
    knytt_feed::read_picture(picture, limits.max_file_bytes)
}

/// Reads to the end, at most as far as the limits allow: a source may have no end.
///
/// # Errors
/// A code and a reason, in which the source is called `path`.
pub fn read_limited(source: impl Read, path: &Path, limits: &Limits) -> Result<Vec<u8>, Refusal> {
    knytt_feed::read_limited(source, path, limits.max_file_bytes)
}

/// With the exit code and the hint that it deserves.
pub fn explain(error: knytt_feed::Error) -> anyhow::Error {
    use knytt_feed::Fault;
    let failure = match error.fault() {
        // Its causes may say more, and what the disk says is looked for in them.
        Fault::Failed if error.hint().is_none() => return error.into(),
        Fault::Failed => Failure::new(error.to_string()),
        Fault::Usage => Failure::usage(error.to_string()),
        Fault::Unusable => Failure::unusable(error.to_string()),
        Fault::Interrupted => Failure::interrupted(error.to_string()),
    };
    match error.hint() {
        Some(hint) => failure.hint(hint).into(),
        None => failure.into(),
    }
}
