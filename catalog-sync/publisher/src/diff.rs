//! What changed between two states of a shard.

use std::collections::BTreeMap;

use knytt_pack::{Columns, FurtherRow, digest};

use crate::Result;
use crate::source::Source;
use crate::state::{Digest, ShardState};

/// What happened to one product.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Edit {
    pub(crate) id: String,
    pub(crate) kind: EditKind,
}

/// How.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum EditKind {
    Delete,
    Set {
        /// Columns to send; none if only the vector or the picture changed.
        columns: Columns,
        vector: bool,
        picture: bool,
        /// A bit for the number of each further picture that is new, changed or gone.
        further: u16,
    },
}

/// How many products of each kind of change a delta has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Products that are new or differ in anything.
    pub upserts: u64,
    /// Products that are gone.
    pub deletes: u64,
    /// Vectors that are sent.
    pub vectors: u64,
    /// Pictures that are sent, or taken away.
    pub pictures: u64,
    /// Further pictures that are sent, or taken away.
    pub further: u64,
}

/// What leads from `before` to the products of `ids`, which are those of the same shard, as they are now.
pub(crate) fn between(mut before: ShardState, source: &Source, ids: &[&str]) -> Result<Vec<Edit>> {
    let mut edits = Vec::new();
    for &id in ids {
        let record = source.record(id)?;
        let digests = further_digests(source, id)?;
        let kind = match before.remove(id) {
            None => EditKind::Set {
                columns: Columns::ALL,
                vector: true,
                picture: record.thumbnail.is_some(),
                further: differing(&BTreeMap::new(), &digests),
            },
            Some(known) => EditKind::Set {
                columns: Columns::between(&known.product, &record.product),
                vector: known.vector != digest(record.vector),
                picture: known.picture != record.thumbnail.map(digest),
                further: differing(&known.further, &digests),
            },
        };
        if kind != NOTHING {
            edits.push(Edit { id: id.into(), kind });
        }
    }
    edits.extend(before.into_keys().map(|id| Edit { id, kind: EditKind::Delete }));
    Ok(edits)
}

const NOTHING: EditKind = EditKind::Set { columns: Columns::NONE, vector: false, picture: false, further: 0 };

/// The digests of a product's further pictures by their numbers.
pub(crate) fn further_digests(source: &Source, id: &str) -> Result<BTreeMap<u8, Digest>> {
    let digest = |row: FurtherRow| Some((row.number, row.picture?.digest()));
    Ok(source.further_of(id)?.into_iter().filter_map(digest).collect())
}

/// A bit for each number under which the two have other pictures.
fn differing(before: &BTreeMap<u8, Digest>, after: &BTreeMap<u8, Digest>) -> u16 {
    let numbers = before.keys().chain(after.keys()).filter(|number| **number < 16);
    let differ = numbers.filter(|number| before.get(number) != after.get(number));
    differ.fold(0, |bits, number| bits | 1 << number)
}

/// Counts edits.
pub(crate) fn count(edits: &[Edit]) -> Changes {
    let mut changes = Changes::default();
    for edit in edits {
        match edit.kind {
            EditKind::Delete => changes.deletes += 1,
            EditKind::Set { vector, picture, further, .. } => {
                changes.upserts += 1;
                changes.vectors += u64::from(vector);
                changes.pictures += u64::from(picture);
                changes.further += u64::from(further.count_ones());
            }
        }
    }
    changes
}
