//! Feeds in zip files.

use std::path::Path;

use super::{Feed, Options, name_of};
use crate::archive::Archive;
use crate::error::{Error, Result};

impl Feed {
    /// Reads through the one feed in a zip file.
    pub(crate) fn open_packed(path: &Path, archive: Archive, options: Options) -> Result<Self> {
        let mut feed = Self::in_archive(&name_of(path), &archive, &options)?;
        // Pictures are beside the feed in the zip file, at its root, or beside the zip file.
        feed.bases.push(path.parent().unwrap_or(Path::new("")).to_owned());
        feed.archive = Some(archive);
        Ok(feed)
    }

    /// Whether a file can be read as a feed.
    pub(crate) fn reads(path: &Path, root: &Path, options: &Options) -> bool {
        Self::open_file(path, name_of(path), Some(root), options.clone()).is_ok()
    }

    /// The one file of a zip file that can be read as a feed.
    ///
    /// # Errors
    /// There are several, or none.
    fn in_archive(name: &str, archive: &Archive, options: &Options) -> Result<Self> {
        let name = name.to_owned();
        let open = |member: &Path| {
            let told = format!("{name}/{}", member.display());
            let root = archive.root();
            Self::open_file(&root.join(member), told, Some(root), options.clone())
        };
        let members = archive.feeds();
        let (mut feeds, mut refused) = (Vec::new(), None);
        for member in &members {
            match open(member) {
                Ok(feed) => feeds.push((*member, feed)),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        // A table of stock beside the feed names no pictures; they are those of the feed.
        if feeds.iter().any(|(_, feed)| feed.pictures_beside() == 0) {
            feeds.retain(|(_, feed)| feed.pictures_beside() == 0);
        }
        match (feeds.len(), feeds.pop(), refused) {
            (1, Some((member, mut feed)), _) => {
                feed.left_aside.extend(archive.beside(member));
                Ok(feed)
            }
            (0, _, _) if members.is_empty() && archive.has_pages() => {
                Self::open_file(archive.root(), name, None, options.clone())
            }
            (0, _, Some(error)) if members.len() == 1 && !archive.has_no_feed_by_name() => Err(error),
            (0, ..) => Err(Error::NoFeedInside { name, what: archive.told() }),
            (_, last, _) => {
                let names = feeds.iter().chain(&last).map(|(member, _)| member.display().to_string());
                Err(Error::SeveralFeeds { name, feeds: names.collect::<Vec<_>>().join(", ") })
            }
        }
    }

    /// Whether a file was in the zip file that the feed was in.
    pub fn has_packed(&self, file: &Path) -> bool {
        self.archive.as_ref().is_some_and(|archive| archive.has(file))
    }
}
