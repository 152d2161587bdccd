//! An LMDB file that is read page by page.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::error::{Error, Result};
use crate::store::pages::layout::{META_BYTES, Meta};

/// An LMDB file. Nothing of it is mapped, so a file that shrinks meanwhile is an error of a read.
pub(crate) struct PageFile {
    file: fs::File,
    path: PathBuf,
    page_bytes: usize,
}

impl PageFile {
    /// Opens the file. `None` if it has no bytes: LMDB has not begun it.
    ///
    /// # Errors
    /// [`Error::Open`], and [`Error::NotACatalog`] if its meta pages are not those of an LMDB file.
    pub(crate) fn open(data: &Path) -> Result<Option<Self>> {
        let unreadable = |source| Error::Open { path: data.into(), source };
        let file = fs::File::open(data).map_err(unreadable)?;
        if file.metadata().map_err(unreadable)?.len() == 0 {
            return Ok(None);
        }
        let mut opened = Self { file, path: data.into(), page_bytes: 0 };
        let first = opened.read_at(0, META_BYTES).ok().and_then(|bytes| Meta::parse(&bytes));
        opened.page_bytes = first.ok_or_else(|| opened.not_lmdb())?.page_bytes;
        opened.metas()?;
        Ok(Some(opened))
    }

    /// Opens a damaged file: one readable meta page is enough. Also returns those that are, the newer one first.
    ///
    /// # Errors
    /// [`Error::Open`], and [`Error::NotACatalog`] if there is none.
    pub(crate) fn open_damaged(data: &Path) -> Result<(Self, Vec<Meta>)> {
        let file = fs::File::open(data).map_err(|source| Error::Open { path: data.into(), source })?;
        let mut opened = Self { file, path: data.into(), page_bytes: 0 };
        // The second meta page begins where the first page ends, whose size only a meta page says.
        let starts = std::iter::once(0).chain((8..16).map(|power| 1_u64 << power));
        let parsed = starts.filter_map(|at| {
            let meta = Meta::parse(&opened.read_at(at, META_BYTES).ok()?)?;
            (at == 0 || at == meta.page_bytes as u64).then_some(meta)
        });
        let mut metas: Vec<Meta> = parsed.collect();
        metas.sort_by_key(|meta| std::cmp::Reverse(meta.txn));
        let first = metas.first().ok_or_else(|| opened.not_lmdb())?;
        opened.page_bytes = first.page_bytes;
        metas.retain(|meta| meta.page_bytes == opened.page_bytes);
        Ok((opened, metas))
    }

    /// Both meta pages, the newer one first.
    ///
    /// # Errors
    /// [`Error::NotACatalog`] if one of them is not that of an LMDB file.
    pub(crate) fn metas(&self) -> Result<[Meta; 2]> {
        let at = |number: usize| {
            let bytes = self.read_at(number as u64 * self.page_bytes as u64, META_BYTES).ok()?;
            Meta::parse(&bytes).filter(|meta| meta.page_bytes == self.page_bytes)
        };
        let (Some(first), Some(second)) = (at(0), at(1)) else { return Err(self.not_lmdb()) };
        Ok(if first.txn >= second.txn { [first, second] } else { [second, first] })
    }

    pub(crate) fn page_bytes(&self) -> usize {
        self.page_bytes
    }

    /// The size of the file now, in bytes.
    ///
    /// # Errors
    /// [`Error::Open`].
    pub(crate) fn bytes(&self) -> Result<u64> {
        let data = self.file.metadata().map_err(|source| Error::Open { path: self.path.clone(), source })?;
        Ok(data.len())
    }

    /// The bytes of one page.
    ///
    /// # Errors
    /// The file ends before the page's end, or the disk fails.
    pub(crate) fn page(&self, number: u64) -> io::Result<Vec<u8>> {
        self.read_at(number * self.page_bytes as u64, self.page_bytes)
    }

    /// Some bytes of the file.
    ///
    /// # Errors
    /// The file ends before, or the disk fails.
    pub(crate) fn read_at(&self, offset: u64, bytes: usize) -> io::Result<Vec<u8>> {
        let mut read = vec![0; bytes];
        let mut file = &self.file;
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(&mut read)?;
        Ok(read)
    }

    fn not_lmdb(&self) -> Error {
        let folder = self.path.parent().unwrap_or(&self.path);
        let reason = "its data.mdb is not an LMDB file of this version".into();
        Error::NotACatalog { path: folder.into(), reason }
    }
}
