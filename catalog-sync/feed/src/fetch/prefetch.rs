//! Fetches the pictures of the next entries of a source while the current one is embedded.

use std::collections::VecDeque;

use super::{Download, Fetcher};
use crate::{Entry, Item, Picture, Refusal, Rejection, Result, read_picture};

/// How many entries are fetched before they are needed.
const AHEAD: usize = 256;

/// A product's picture, here or on its way.
pub enum FetchedPicture {
    /// A file, or inside of the feed.
    Here(Picture),
    /// From a server.
    Coming(Download),
}

impl FetchedPicture {
    /// Its bytes, as soon as they are here.
    ///
    /// # Errors
    /// Those of [`Download::wait`]; inside, why there is no picture.
    pub fn read(self, max_bytes: u64, stop: &dyn Fn() -> bool) -> Result<Result<Vec<u8>, Refusal>> {
        let picture = match self {
            Self::Here(picture) => picture,
            Self::Coming(download) => match download.wait(stop)? {
                Ok(path) => Picture::File(path),
                Err(refusal) => return Ok(Err(refusal)),
            },
        };
        Ok(read_picture(&picture, max_bytes))
    }
}

/// A product to be with its pictures, which are here or on their way.
pub struct FetchedItem {
    /// The product to be.
    pub item: Item,
    /// Its own picture.
    pub picture: FetchedPicture,
    /// Its further pictures, as many as [`Item::further`].
    pub further: Vec<FetchedPicture>,
}

/// The entries in their order, each with the fetch of its pictures.
pub struct Prefetch<'f, I> {
    fetcher: &'f Fetcher,
    entries: I,
    queue: VecDeque<Result<Result<FetchedItem, Rejection>>>,
}

impl Fetcher {
    /// Iterates over the entries and fetches the pictures of those that follow.
    pub fn prefetch<I: Iterator<Item = Result<Entry>>>(&self, entries: I) -> Prefetch<'_, I> {
        Prefetch { fetcher: self, entries, queue: VecDeque::new() }
    }

    fn begin(&self, entry: Entry) -> Result<Result<FetchedItem, Rejection>> {
        let item = match entry {
            Ok(item) => item,
            Err(rejection) => return Ok(Err(rejection)),
        };
        let picture = self.begin_picture(&item.picture)?;
        let further =
            item.further.iter().map(|further| self.begin_picture(further)).collect::<Result<_>>()?;
        Ok(Ok(FetchedItem { item, picture, further }))
    }

    fn begin_picture(&self, picture: &Picture) -> Result<FetchedPicture> {
        Ok(match picture {
            Picture::Remote(url) => FetchedPicture::Coming(self.fetch(url)?),
            here => FetchedPicture::Here(here.clone()),
        })
    }
}

impl<I: Iterator<Item = Result<Entry>>> Iterator for Prefetch<'_, I> {
    type Item = Result<Result<FetchedItem, Rejection>>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.queue.len() < AHEAD {
            let Some(entry) = self.entries.next() else { break };
            self.queue.push_back(entry.and_then(|entry| self.fetcher.begin(entry)));
        }
        self.queue.pop_front()
    }
}
