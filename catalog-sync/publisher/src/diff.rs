//! What changed between two states of a shard.

use knytt_pack::{Columns, digest};

use crate::Result;
use crate::source::Source;
use crate::state::ShardState;

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
}

/// What leads from `before` to the products of `ids`, which are those of the same shard, as they are now.
pub(crate) fn between(mut before: ShardState, source: &Source, ids: &[&str]) -> Result<Vec<Edit>> {
    let mut edits = Vec::new();
    for &id in ids {
        let record = source.record(id)?;
        let kind = match before.remove(id) {
            None => {
                EditKind::Set { columns: Columns::ALL, vector: true, picture: record.thumbnail.is_some() }
            }
            Some(known) => EditKind::Set {
                columns: Columns::between(&known.product, &record.product),
                vector: known.vector != digest(record.vector),
                picture: known.picture != record.thumbnail.map(digest),
            },
        };
        if kind != NOTHING {
            edits.push(Edit { id: id.into(), kind });
        }
    }
    edits.extend(before.into_keys().map(|id| Edit { id, kind: EditKind::Delete }));
    Ok(edits)
}

const NOTHING: EditKind = EditKind::Set { columns: Columns::NONE, vector: false, picture: false };

/// Counts edits.
pub(crate) fn count(edits: &[Edit]) -> Changes {
    let mut changes = Changes::default();
    for edit in edits {
        match edit.kind {
            EditKind::Delete => changes.deletes += 1,
            EditKind::Set { vector, picture, .. } => {
                changes.upserts += 1;
                changes.vectors += u64::from(vector);
                changes.pictures += u64::from(picture);
            }
        }
    }
    changes
}
