//! What can go wrong with a camera.

use std::path::PathBuf;
use std::time::Duration;

/// This crate's results.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Each variant is one line and says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no camera, or not the one that was asked for.
    #[error("no camera is there: plug one in, or choose a video file")]
    None,

    /// The system does not let this program use it.
    #[error(
        "the system refuses access to the camera: allow it in the privacy settings (on Linux, join the group `video`)"
    )]
    Denied,

    /// Another program holds it.
    #[error("the camera is in use: close the other program that shows it, then try again")]
    Busy,

    /// It was unplugged, its driver failed, or it ended by itself.
    #[error("the camera stopped ({reason}): plug it in again, then try again")]
    Lost {
        /// The driver's words.
        reason: String,
    },

    /// It gave no answer or no frame; whatever hangs has been left behind.
    #[error("the camera gave nothing for {after:?}: unplug it and plug it in again, or choose another one")]
    Timeout {
        /// How long it was waited for.
        after: Duration,
    },

    /// Frames that this crate cannot read.
    #[error("this kind of video is not supported ({reason}): choose another camera or file")]
    Unsupported {
        /// What was found.
        reason: String,
    },

    /// A file or folder that was to stand in for a camera cannot be read.
    #[error("cannot read {path} ({source}): check the path and its permissions")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl Error {
    /// Whatever a driver says, on one line.
    pub(crate) fn lost(reason: impl ToString) -> Self {
        Self::Lost { reason: one_line(&reason.to_string()) }
    }

    pub(crate) fn unsupported(reason: impl ToString) -> Self {
        Self::Unsupported { reason: one_line(&reason.to_string()) }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drivers_words_become_one_line() {
        assert_eq!(
            Error::lost("Could not capture\n  frame").to_string(),
            "the camera stopped (Could not capture frame): plug it in again, then try again"
        );
    }
}
