//! A source: a folder of pictures or a feed. Both give the same thing, one entry at a time, in a stable order.

use std::path::Path;

use crate::archive::Archive;
use crate::folder::has_pictures;
use crate::read::has_pages;
use crate::{Entry, Error, Feed, Folder, Options, Result};

/// What a source is: a catalogue that was built from one kind and is built from another loses what only the first
/// one had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// A folder of pictures.
    Pictures,
    /// A folder of pages.
    Pages,
    /// A feed.
    Feed,
}

impl SourceKind {
    /// For people, and for a catalogue's note of where it came from.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pictures => "pictures",
            Self::Pages => "pages",
            Self::Feed => "feed",
        }
    }
}

/// A source that was found to be readable.
pub enum Source {
    /// Pictures, by name.
    Folder(Folder),
    /// Products, by row.
    Feed(Box<Feed>),
}

impl Source {
    /// Looks at what is there: a file is a feed; a folder is one of pages with structured data if it has no pictures
    /// of its own, else one of pictures.
    ///
    /// # Errors
    /// A path that is not there, a folder without a picture, a feed that cannot be used.
    pub fn open(path: &Path, options: Options) -> Result<Self> {
        if !path.exists() {
            return Err(Error::Missing { path: path.into() });
        }
        if let Some(archive) = Archive::open(path, &path.file_name().unwrap_or_default().to_string_lossy())? {
            return Self::open_packed(path, archive, options);
        }
        if !path.is_dir() || options.format.is_some() || (has_pages(path) && !has_pictures(path)) {
            return Feed::open(path, options).map(|feed| Self::Feed(Box::new(feed)));
        }
        Self::check_options(&options)?;
        Folder::open(path).map(|folder| Self::of_folder(folder, &options))
    }

    /// A feed if there is one, else pictures: a text beside them may be anything.
    fn open_packed(path: &Path, archive: Archive, options: Options) -> Result<Self> {
        let may_be_pictures =
            archive.has_pictures() && options.format.is_none() && archive.has_no_feed_by_name();
        if !may_be_pictures
            || archive
                .feeds()
                .iter()
                .any(|member| Feed::reads(&archive.root().join(member), archive.root(), &options))
        {
            return Feed::open_packed(path, archive, options).map(|feed| Self::Feed(Box::new(feed)));
        }
        Self::check_options(&options)?;
        Folder::open_packed(archive).map(|folder| Self::of_folder(folder, &options))
    }

    fn of_folder(folder: Folder, options: &Options) -> Self {
        Self::Folder(if options.each_picture { folder } else { folder.with_views() })
    }

    /// Pictures by themselves have no columns.
    fn check_options(options: &Options) -> Result<()> {
        if !options.selection.is_empty() || options.image_column.is_some() || options.mapping.is_some() {
            return Err(Error::FeedOption);
        }
        Ok(())
    }

    /// Whether a file was in the zip file that the source is.
    pub fn has_packed(&self, file: &Path) -> bool {
        match self {
            Self::Folder(folder) => folder.has_packed(file),
            Self::Feed(feed) => feed.has_packed(file),
        }
    }

    /// What it is.
    pub fn kind(&self) -> SourceKind {
        match self {
            Self::Folder(_) => SourceKind::Pictures,
            Self::Feed(feed) if feed.is_of_pages() => SourceKind::Pages,
            Self::Feed(_) => SourceKind::Feed,
        }
    }

    /// About how many entries there will be.
    pub fn len(&self) -> usize {
        match self {
            Self::Folder(folder) => folder.len(),
            Self::Feed(feed) => feed.len(),
        }
    }

    /// Whether there are none; then it could not be opened.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All entries, in the source's own order.
    ///
    /// # Errors
    /// The feed cannot be opened again.
    pub fn entries(&self) -> Result<Box<dyn Iterator<Item = Result<Entry>> + Send + '_>> {
        Ok(match self {
            Self::Folder(folder) => Box::new(folder.entries().map(Ok)),
            Self::Feed(feed) => Box::new(feed.entries()?),
        })
    }
}
