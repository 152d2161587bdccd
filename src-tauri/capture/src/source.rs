//! Where frames come from, as one word.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::error::{Error, Result};

/// A camera of the system, or a file in its place. Written `device:0` or `file:/some/video.y4m`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// A camera by its number or by what the system calls it (on Linux `/dev/video0`); the first there is
    /// if empty.
    Device(String),
    /// A y4m video, concatenated JPEGs (`.mjpeg`), a picture, or a folder of pictures. It starts again at
    /// its end.
    File(PathBuf),
}

/// A camera that can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// What it is opened by.
    pub source: Source,
    /// What the system calls it.
    pub name: String,
}

impl Default for Source {
    /// The first camera.
    fn default() -> Self {
        Self::Device(String::new())
    }
}

impl FromStr for Source {
    type Err = Error;

    /// # Errors
    /// [`Error::Unsupported`] unless it is empty or starts with `device:` or `file:`.
    fn from_str(text: &str) -> Result<Self> {
        match text.split_once(':') {
            Some(("device", id)) => Ok(Self::Device(id.to_owned())),
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            _ if text.is_empty() => Ok(Self::default()),
            _ => {
                Err(Error::unsupported(format!("{text:?} should be device:NUMBER, device:PATH or file:PATH")))
            }
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device(id) => write!(f, "device:{id}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_reads_back_as_written() {
        for text in ["device:0", "device:/dev/video2", "device:", "file:/videos/a b.y4m", "file:C:\\a.y4m"] {
            assert_eq!(text.parse::<Source>().unwrap().to_string(), text);
        }
        assert_eq!("".parse::<Source>().unwrap(), Source::default());
    }

    #[test]
    fn other_words_are_refused() {
        for text in ["0", "file:", "http://camera", "/dev/video0"] {
            assert!(matches!(text.parse::<Source>(), Err(Error::Unsupported { .. })), "{text}");
        }
    }
}
