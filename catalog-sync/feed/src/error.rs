//! Why a source cannot be used at all. A bad row or picture is a [`Rejection`](crate::Rejection) instead.

use std::path::PathBuf;

/// This crate's results.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Each variant says what was found; [`Error::hint`] says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The path leads nowhere.
    #[error("{path} does not exist", path = path.display())]
    Missing {
        /// What was given.
        path: PathBuf,
    },

    /// A file or a folder of the source.
    #[error("{0}")]
    Read(#[source] std::io::Error),

    /// The file is of no kind that is known.
    #[error("{name} is neither a folder nor a feed")]
    NotAFeed {
        /// The file's name.
        name: String,
        /// What it seems to be.
        what: &'static str,
    },

    /// A zip file with more than one feed.
    #[error("there are several feeds in {name}: {feeds}")]
    SeveralFeeds {
        /// The file's name.
        name: String,
        /// What they are called.
        feeds: String,
    },

    /// A zip file without a feed and without pictures.
    #[error("there is no feed in {name}: {what}")]
    NoFeedInside {
        /// The file's name.
        name: String,
        /// What there is.
        what: String,
    },

    /// The feed as a whole is not of its format.
    #[error("cannot read {name}: {reason}")]
    Damaged {
        /// The file's name.
        name: String,
        /// Why not.
        reason: String,
    },

    /// A folder without pictures.
    #[error("there is no picture in {folder}", folder = folder.display())]
    NoPictures {
        /// Which folder.
        folder: PathBuf,
        /// What pictures' names end in.
        endings: String,
    },

    /// Nothing is in it.
    #[error("{name} is empty")]
    Empty {
        /// The file's name.
        name: String,
    },

    /// No row that is asked for.
    #[error("{name} {why}")]
    NoRows {
        /// The file's name.
        name: String,
        /// Why there are none.
        why: String,
    },

    /// The header is not text.
    #[error("{name}:1: {reason}")]
    Header {
        /// The file's name.
        name: String,
        /// What is wrong.
        reason: String,
        /// What to do.
        hint: &'static str,
    },

    /// Products without pictures cannot be searched.
    #[error("{name} has no column {column}", column = column.as_deref().unwrap_or("with pictures"))]
    NoPictureColumn {
        /// The file's name.
        name: String,
        /// The one that was asked for.
        column: Option<String>,
        /// What there is.
        columns: String,
    },

    /// A column that the command line or the mapping names.
    #[error("{name} has no column {column} for {option}")]
    NoSuchColumn {
        /// The file's name.
        name: String,
        /// The one that was asked for.
        column: String,
        /// By whom.
        option: &'static str,
        /// What there is.
        columns: String,
    },

    /// Options for feeds, given with a folder of pictures.
    #[error("--where, --image-column and --map are for feeds, and this is a folder of pictures")]
    FeedOption,

    /// The mapping file.
    #[error("{path}: {reason}", path = path.display())]
    Mapping {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },

    /// The folder of downloaded pictures.
    #[error("cannot keep pictures in {path}", path = path.display())]
    Cache {
        /// The folder or a file in it.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// The settings of TLS or of a proxy.
    #[error("cannot download: {0}")]
    Network(String),

    /// It was asked to stop while a picture was on its way.
    #[error("interrupted")]
    Interrupted,
}

/// Whose fault it is: what a command line's exit code tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Something fails.
    Failed,
    /// What was asked for cannot be.
    Usage,
    /// The source has nothing usable.
    Unusable,
    /// Somebody stopped it.
    Interrupted,
}

impl Error {
    /// What kind of failure it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::NoPictures { .. } | Self::Empty { .. } | Self::NoRows { .. } => Fault::Unusable,
            Self::NoSuchColumn { .. } | Self::FeedOption | Self::Mapping { .. } => Fault::Usage,
            Self::Interrupted => Fault::Interrupted,
            _ => Fault::Failed,
        }
    }

    /// What to do, where that is known.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Missing { .. } => "give a folder of pictures, a product feed, or a folder of pages".into(),
            Self::NotAFeed { what, .. } => format!("{what}; see docs/feeds.md for what is read"),
            Self::SeveralFeeds { .. } => "unpack it and give the one that is meant".into(),
            Self::NoFeedInside { .. } => "unpack it and give the feed, or the folder of pictures".into(),
            Self::NoPictures { endings, .. } => format!("pictures end in {endings}"),
            Self::Empty { .. } => "give a feed with rows".into(),
            Self::Header { hint, .. } => (*hint).into(),
            Self::NoPictureColumn { column: Some(_), columns, .. } | Self::NoSuchColumn { columns, .. } => {
                format!("it has: {columns}")
            }
            Self::NoPictureColumn { column: None, columns, .. } => format!(
                "it has: {columns}; name one of them image, image_link or image_path; or say --image-column; or put \
                 pictures beside the table that are called like its products' ids, in one zip file with it"
            ),
            _ => return None,
        })
    }
}
