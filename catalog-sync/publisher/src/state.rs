//! What the last release held, one shard at a time.

use std::collections::{BTreeMap, HashMap};

use knytt_engine::Product;
use knytt_pack::{
    AttributesRow, Change, Columns, DigestRow, Expected, FurtherDigestRow, FurtherRow, Header, PackReader,
    PictureRow, Row, VectorRow, digest, shard_of,
};
use knytt_wire::{Delta, Pack};
use tokio::runtime::Runtime;

use crate::published_release::PublishedRelease;
use crate::{Error, Result};

/// The digest of a vector or of a picture.
pub(crate) type Digest = [u8; 16];

/// A product as devices have it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PublishedProduct {
    pub(crate) product: Product,
    pub(crate) vector: Digest,
    pub(crate) picture: Option<Digest>,
    /// Of its further pictures, by their numbers.
    pub(crate) further: BTreeMap<u8, Digest>,
}

/// The products of a shard, by their ids.
pub(crate) type ShardState = BTreeMap<String, PublishedProduct>;

/// Reads the packs of a release.
pub(crate) struct State<'a> {
    runtime: &'a Runtime,
    last: &'a PublishedRelease,
    header: &'a Header,
    /// What the deltas after the snapshot changed, the first delta first, by shard.
    steps: Vec<Vec<Step>>,
}

/// What one delta changes in one shard.
#[derive(Default)]
struct Step {
    attributes: Vec<AttributesRow>,
    vectors: Vec<(String, Digest)>,
    pictures: Vec<(String, Option<Digest>)>,
    further: Vec<(String, u8, Option<Digest>)>,
}

impl<'a> State<'a> {
    /// Reads the deltas that lead from the release's snapshot to it; their vectors and pictures are kept
    /// as digests. A release whose deltas outweigh its snapshot is published in full, so they fit.
    pub(crate) fn open(
        runtime: &'a Runtime,
        last: &'a PublishedRelease,
        header: &'a Header,
        path: &[&Delta],
    ) -> Result<Self> {
        let mut state = Self { runtime, last, header, steps: Vec::new() };
        for delta in path {
            let step = state.step(delta)?;
            state.steps.push(step);
        }
        Ok(state)
    }

    fn shards(&self) -> usize {
        self.last.release.snapshot.shards.len()
    }

    /// A shard as the release's snapshot has it, if that is wanted, and as the release does.
    pub(crate) fn shard(&self, shard: usize, with_base: bool) -> Result<(Option<ShardState>, ShardState)> {
        let snapshot = &self.last.release.snapshot;
        let digests = snapshot.digests.get(shard);
        let digests = digests.ok_or_else(|| Error::untrusted("its snapshot has too few digests"))?;
        let digests: HashMap<String, DigestRow> = self
            .rows::<DigestRow>(digests)?
            .map(|row| row.map(|row| (row.id.clone(), row)))
            .collect::<Result<_>>()?;
        let mut base = ShardState::new();
        for row in self.rows::<AttributesRow>(&snapshot.shards[shard].attributes)? {
            let product = row?.product;
            let digest = digests.get(&product.id);
            let digest = digest.ok_or_else(|| Error::untrusted(format!("{:?} has no digest", product.id)))?;
            let (vector, picture) = (digest.vector, digest.picture);
            let known = PublishedProduct { vector, picture, further: BTreeMap::new(), product };
            base.insert(known.product.id.clone(), known);
        }
        // A release without further pictures has no digests of them.
        if let Some(digests) = snapshot.further_digests.get(shard) {
            for row in self.rows::<FurtherDigestRow>(digests)? {
                let FurtherDigestRow { id, number, digest } = row?;
                base.get_mut(&id).ok_or_else(|| unknown(&id))?.further.insert(number, digest);
            }
        }
        let kept = with_base.then(|| base.clone());
        let mut now = base;
        for step in &self.steps {
            step[shard].apply(&mut now)?;
        }
        Ok((kept, now))
    }

    fn step(&self, delta: &Delta) -> Result<Vec<Step>> {
        let shards = self.shards();
        let mut step: Vec<Step> = (0..shards).map(|_| Step::default()).collect();
        for row in self.rows::<AttributesRow>(&delta.attributes)? {
            let row = row?;
            step[shard_of(&row.product.id, shards)].attributes.push(row);
        }
        if let Some(pack) = &delta.vectors {
            for row in self.rows::<VectorRow>(pack)? {
                let VectorRow { id, vector } = row?;
                step[shard_of(&id, shards)].vectors.push((id, digest(&vector)));
            }
        }
        if let Some(pack) = &delta.pictures {
            for row in self.rows::<PictureRow>(pack)? {
                let PictureRow { id, picture } = row?;
                step[shard_of(&id, shards)].pictures.push((id, picture.as_deref().map(digest)));
            }
        }
        if let Some(pack) = &delta.further {
            for row in self.rows::<FurtherRow>(pack)? {
                let FurtherRow { id, number, picture } = row?;
                let digest = picture.map(|picture| picture.digest());
                step[shard_of(&id, shards)].further.push((id, number, digest));
            }
        }
        Ok(step)
    }

    /// The rows of a pack whose length and hash were checked.
    fn rows<R: Row>(&self, pack: &Pack) -> Result<impl Iterator<Item = Result<R>> + use<R>> {
        let bytes = self.runtime.block_on(self.last.read(&pack.target))?;
        let expected =
            Expected { header: self.header, rows: pack.rows, uncompressed_bytes: pack.uncompressed_bytes };
        Ok(PackReader::<R>::open(bytes, &expected)?.map(|row| row.map_err(Error::from)))
    }
}

impl Step {
    fn apply(&self, shard: &mut ShardState) -> Result<()> {
        for row in &self.attributes {
            let id = &row.product.id;
            match row.change {
                Change::Delete => drop(shard.remove(id)),
                Change::Set(columns) => match shard.get_mut(id) {
                    Some(known) => columns.copy(&row.product, &mut known.product),
                    None if columns == Columns::ALL => {
                        let known = PublishedProduct {
                            product: row.product.clone(),
                            vector: Digest::default(),
                            picture: None,
                            further: BTreeMap::new(),
                        };
                        shard.insert(id.clone(), known);
                    }
                    None => return Err(unknown(id)),
                },
            }
        }
        for (id, vector) in &self.vectors {
            shard.get_mut(id).ok_or_else(|| unknown(id))?.vector = *vector;
        }
        for (id, picture) in &self.pictures {
            shard.get_mut(id).ok_or_else(|| unknown(id))?.picture = *picture;
        }
        for (id, number, digest) in &self.further {
            let further = &mut shard.get_mut(id).ok_or_else(|| unknown(id))?.further;
            match digest {
                Some(digest) => drop(further.insert(*number, *digest)),
                None => drop(further.remove(number)),
            }
        }
        Ok(())
    }
}

fn unknown(id: &str) -> Error {
    Error::untrusted(format!("a delta changes {id:?}, which is not there"))
}
