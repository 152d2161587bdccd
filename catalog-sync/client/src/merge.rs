//! The packs of one step, read together: what there is of each product, in the order of their ids.

use std::fs::File;
use std::iter::Peekable;
use std::path::Path;

use knytt_pack::{AttributesRow, Expected, FurtherRow, Header, PackReader, PictureRow, Row, VectorRow};
use knytt_wire::Pack;

use crate::download::path_of;
use crate::error::of_file;
use crate::metadata::Verified;
use crate::{Error, Result};

/// The rows of all packs for one product.
#[derive(Debug)]
pub(crate) struct MergedProduct {
    pub(crate) id: String,
    pub(crate) attributes: Option<AttributesRow>,
    pub(crate) vector: Option<Vec<u8>>,
    /// `Some(None)`: the product has no picture any more.
    pub(crate) picture: Option<Option<Vec<u8>>>,
    /// Further pictures that are new, changed or gone.
    pub(crate) further: Vec<FurtherRow>,
}

/// The packs of one step.
#[derive(Clone, Copy)]
pub(crate) struct StepPacks<'p> {
    pub(crate) attributes: &'p Pack,
    pub(crate) vectors: Option<&'p Pack>,
    pub(crate) pictures: Option<&'p Pack>,
    pub(crate) further: Option<&'p Pack>,
}

/// Reads up to four packs side by side.
pub(crate) struct Merge {
    attributes: Rows<AttributesRow>,
    vectors: Rows<VectorRow>,
    pictures: Rows<PictureRow>,
    further: Rows<FurtherRow>,
}

struct Rows<R: Row> {
    pack: String,
    rows: Option<Peekable<PackReader<R>>>,
}

impl Merge {
    pub(crate) fn open(
        folder: &Path,
        verified: &Verified,
        header: &Header,
        packs: StepPacks<'_>,
    ) -> Result<Self> {
        Ok(Self {
            attributes: Rows::open(folder, verified, header, Some(packs.attributes))?,
            vectors: Rows::open(folder, verified, header, packs.vectors)?,
            pictures: Rows::open(folder, verified, header, packs.pictures)?,
            further: Rows::open(folder, verified, header, packs.further)?,
        })
    }

    fn read(&mut self) -> Result<Option<MergedProduct>> {
        let ids =
            [self.attributes.peek()?, self.vectors.peek()?, self.pictures.peek()?, self.further.peek()?];
        let Some(id) = ids.into_iter().flatten().min() else { return Ok(None) };
        let attributes = self.attributes.take(&id)?;
        let vector = self.vectors.take(&id)?.map(|row| row.vector);
        let picture = self.pictures.take(&id)?.map(|row| row.picture);
        let mut further = Vec::new();
        while let Some(row) = self.further.take(&id)? {
            further.push(row);
        }
        Ok(Some(MergedProduct { id, attributes, vector, picture, further }))
    }
}

impl Iterator for Merge {
    type Item = Result<MergedProduct>;

    fn next(&mut self) -> Option<Result<MergedProduct>> {
        self.read().transpose()
    }
}

impl<R: Row> Rows<R> {
    fn open(folder: &Path, verified: &Verified, header: &Header, pack: Option<&Pack>) -> Result<Self> {
        let Some(pack) = pack else { return Ok(Self { pack: String::new(), rows: None }) };
        let path = path_of(folder, verified.target(&pack.target)?);
        let file = File::open(&path).map_err(of_file(&path))?;
        let expected = Expected { header, rows: pack.rows, uncompressed_bytes: pack.uncompressed_bytes };
        let rows = PackReader::open(file, &expected).map_err(of_pack(&pack.target))?;
        Ok(Self { pack: pack.target.clone(), rows: Some(rows.peekable()) })
    }

    /// The next row's id.
    fn peek(&mut self) -> Result<Option<String>> {
        let Some(rows) = &mut self.rows else { return Ok(None) };
        if let Some(Err(_)) = rows.peek() {
            return self.next_row().map(|_| None);
        }
        Ok(rows.peek().and_then(|row| row.as_ref().ok()).map(|row| row.id().to_owned()))
    }

    /// The next row, if it is about `id`.
    fn take(&mut self, id: &str) -> Result<Option<R>> {
        if self.peek()?.as_deref() == Some(id) { self.next_row() } else { Ok(None) }
    }

    fn next_row(&mut self) -> Result<Option<R>> {
        let next = self.rows.as_mut().and_then(Iterator::next);
        next.transpose().map_err(of_pack(&self.pack))
    }
}

fn of_pack(pack: &str) -> impl Fn(knytt_pack::Error) -> Error + '_ {
    move |error| Error::Pack { pack: pack.into(), reason: error.to_string() }
}
