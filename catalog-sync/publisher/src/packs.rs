//! The packs of a release: written shard by shard, sent, and chosen by what they cost.

use knytt_pack::{
    AttributesRow, Change, Columns, DigestRow, FurtherDigestRow, FurtherRow, PictureRow, VectorRow, digest,
    shards_for,
};
use knytt_wire::{Delta, Pack, Release, Shard, SnapshotPacks};
use tough::schema::Target;

use crate::chain;
use crate::diff::{self, Changes, Edit, EditKind};
use crate::publish::{Comparison, Progress, Publication, Summary};
use crate::published_release::PublishedRelease;
use crate::source::Source;
use crate::{Error, Result};

impl Publication<'_> {
    /// Gives `release` its snapshot and its deltas.
    pub(crate) fn add_packs(
        &mut self,
        release: &mut Release,
        last: Option<&PublishedRelease>,
        comparison: Option<&Comparison>,
    ) -> Result<Summary> {
        let mut summary =
            Summary { release: release.number, products: release.products, ..Summary::default() };
        summary.previous = self.place.last.as_ref().map(|last| last.release.number);
        let carried = last.filter(|last| last.carries);
        let mut full = !self.options.incremental || carried.is_none();
        if let (Some(last), Some(comparison)) = (last, comparison) {
            summary.count(diff::count(&comparison.step));
            if let Some(carried) = carried {
                self.carry_deltas(release, carried)?;
            }
            let before = Base::of_release(&last.release);
            let delta = self.write_delta(before, release, &comparison.step)?;
            release.deltas.push(delta);
            full |= carried.map(|carried| self.outweighs(release, carried)).transpose()?.unwrap_or(true);
            summary.delta_bytes = release.deltas.last().map(|delta| self.delta_bytes(delta));
        }
        match carried.filter(|_| !full) {
            Some(carried) => self.carry_snapshot(release, carried)?,
            None => {
                self.add_snapshot(release, last)?;
                if let (Some(carried), Some(leap)) = (carried, comparison.and_then(|c| c.leap.as_deref())) {
                    summary.leap_bytes = self.add_leap(release, &carried.release.snapshot, leap)?;
                }
            }
        }
        let bytes = |pack: &Pack| self.uploader.length(&pack.target).unwrap_or(0);
        chain::prune(&mut release.deltas, &release.snapshot, release.number, self.options.keep, bytes);
        summary.full = release.snapshot.release == release.number;
        summary.snapshot_bytes = chain::snapshot_bytes(&release.snapshot, bytes);
        Ok(summary)
    }

    fn delta_bytes(&self, delta: &Delta) -> u64 {
        chain::delta_bytes(delta, |pack| self.uploader.length(&pack.target).unwrap_or(0))
    }

    /// Takes over the deltas of the release before.
    fn carry_deltas(&mut self, release: &mut Release, last: &PublishedRelease) -> Result<()> {
        release.deltas.clone_from(&last.release.deltas);
        for pack in last.release.deltas.iter().flat_map(Delta::packs) {
            self.uploader.carry(&pack.target, named(last, pack)?);
        }
        Ok(())
    }

    /// Takes over the snapshot of an earlier release.
    fn carry_snapshot(&mut self, release: &mut Release, last: &PublishedRelease) -> Result<()> {
        release.snapshot = last.release.snapshot.clone();
        for pack in release
            .snapshot
            .shards
            .iter()
            .flat_map(Shard::packs)
            .chain(&release.snapshot.digests)
            .chain(&release.snapshot.further_digests)
        {
            self.uploader.carry(&pack.target, named(last, pack)?);
        }
        Ok(())
    }

    /// Whether the way from the last snapshot costs a device more than that snapshot.
    fn outweighs(&self, release: &Release, last: &PublishedRelease) -> Result<bool> {
        let lengths = last.release.snapshot.shards.iter().flat_map(Shard::packs);
        let whole: u64 = lengths.map(|pack| Ok(named(last, pack)?.length)).sum::<Result<u64>>()?;
        let bytes = |pack: &Pack| self.uploader.length(&pack.target).unwrap_or(0);
        let way =
            chain::Costs::new(&release.deltas, release.number, bytes).from(last.release.snapshot.release);
        Ok(way.is_none_or(|way| way > whole))
    }

    /// Writes what leads from an earlier release to `release`.
    fn write_delta(&mut self, from: Base<'_>, release: &Release, edits: &[Edit]) -> Result<Delta> {
        let (source, header) = (self.source, &self.source.header);
        let attributes = edits.iter().filter_map(|edit| match edit.kind {
            EditKind::Delete => Some(Ok(AttributesRow::gone(&edit.id))),
            EditKind::Set { columns, .. } if columns == Columns::NONE => None,
            EditKind::Set { columns, .. } => {
                let row = |product| AttributesRow { change: Change::Set(columns), product };
                Some(source.record(&edit.id).map(|record| row(record.product)))
            }
        });
        let attributes = self.uploader.pack(header, attributes)?;
        let changed = |which: fn(&EditKind) -> bool| edits.iter().filter(move |edit| which(&edit.kind));
        let vectors = changed(|kind| matches!(kind, EditKind::Set { vector: true, .. })).map(|edit| {
            let vector = source.record(&edit.id)?.vector.to_vec();
            Ok(VectorRow { id: edit.id.clone(), vector })
        });
        let vectors = self.uploader.pack(header, vectors)?;
        let pictures = changed(|kind| matches!(kind, EditKind::Set { picture: true, .. })).map(|edit| {
            let picture = source.record(&edit.id)?.thumbnail.map(<[u8]>::to_vec);
            Ok(PictureRow { id: edit.id.clone(), picture })
        });
        let pictures = self.uploader.pack(header, pictures)?;
        let further = self.uploader.pack(header, further_edits(source, edits)?.into_iter())?;
        let mut hold = |packed: crate::pack_uploader::LocalPack| self.uploader.hold(packed);
        Ok(Delta {
            from: from.number,
            to: release.number,
            base: from.content.into(),
            content: release.content.clone(),
            further_base: from.further.map(str::to_owned),
            further_content: release.further.clone(),
            products: release.products,
            attributes: hold(attributes),
            vectors: Some(vectors).filter(|packed| packed.pack.rows > 0).map(&mut hold),
            pictures: Some(pictures).filter(|packed| packed.pack.rows > 0).map(&mut hold),
            further: Some(further).filter(|packed| packed.pack.rows > 0).map(&mut hold),
        })
    }

    /// Adds the way from the last full release, if it is shorter than that over the releases between.
    fn add_leap(
        &mut self,
        release: &mut Release,
        from: &SnapshotPacks,
        edits: &[Edit],
    ) -> Result<Option<u64>> {
        let base = Base { number: from.release, content: &from.content, further: from.further.as_deref() };
        let leap = self.write_delta(base, release, edits)?;
        let bytes = |pack: &Pack| self.uploader.length(&pack.target).unwrap_or(0);
        let way = chain::Costs::new(&release.deltas, release.number, bytes).from(from.release);
        let cost = self.delta_bytes(&leap);
        if way.is_some_and(|way| way <= cost) {
            return Ok(None);
        }
        release.deltas.push(leap);
        Ok(Some(cost))
    }

    /// Writes and sends all products, a shard at a time.
    fn add_snapshot(&mut self, release: &mut Release, last: Option<&PublishedRelease>) -> Result<()> {
        let total = self.shard_count(last);
        for (done, ids) in self.source.shards(total).iter().enumerate() {
            (self.progress)(Progress::Packing { done, total });
            let (shard, digests) = self.write_shard(ids, last)?;
            release.snapshot.shards.push(shard);
            release.snapshot.digests.push(digests);
            if release.further.is_some() {
                let digests = self.write_further_digests(ids, last)?;
                release.snapshot.further_digests.push(digests);
            }
        }
        Ok(())
    }

    /// As many as the last snapshot has, unless the catalogue has outgrown them: with another number,
    /// every pack is another one.
    fn shard_count(&self, last: Option<&PublishedRelease>) -> usize {
        let best = shards_for(self.source.estimated_bytes());
        let before = last.map(|last| last.release.snapshot.shards.len());
        before.filter(|&before| before <= best * 2 && best <= before * 2).unwrap_or(best)
    }

    fn write_shard(&mut self, ids: &[&str], last: Option<&PublishedRelease>) -> Result<(Shard, Pack)> {
        let (source, header) = (self.source, &self.source.header);
        let attributes = ids.iter().map(|id| Ok(AttributesRow::whole(source.record(id)?.product)));
        let attributes = self.uploader.pack(header, attributes)?;
        let vectors = ids.iter().map(|id| {
            let vector = source.record(id)?.vector.to_vec();
            Ok(VectorRow { id: (*id).into(), vector })
        });
        let vectors = self.uploader.pack(header, vectors)?;
        let pictures = ids.iter().filter_map(|id| match source.record(id) {
            Ok(record) => {
                let picture = record.thumbnail?.to_vec();
                Some(Ok(PictureRow { id: (*id).into(), picture: Some(picture) }))
            }
            Err(error) => Some(Err(error)),
        });
        let pictures = self.uploader.pack(header, pictures)?;
        let digests = ids.iter().map(|id| {
            let record = source.record(id)?;
            Ok(DigestRow {
                id: (*id).into(),
                vector: digest(record.vector),
                picture: record.thumbnail.map(digest),
            })
        });
        let digests = self.uploader.pack(header, digests)?;
        let further = ids.iter().flat_map(|id| match source.further_of(id) {
            Ok(rows) => rows.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        });
        let further = self.uploader.pack::<FurtherRow>(header, further)?;
        let further = Some(further).filter(|packed| packed.pack.rows > 0);
        let mut send = |packed: crate::pack_uploader::LocalPack| {
            let known = last.and_then(|last| last.target(&packed.pack.target));
            self.uploader.send(packed, known)
        };
        let (attributes, vectors, pictures) = (send(attributes)?, send(vectors)?, send(pictures)?);
        let shard = Shard { attributes, vectors, pictures, further: further.map(&mut send).transpose()? };
        Ok((shard, send(digests)?))
    }

    fn write_further_digests(&mut self, ids: &[&str], last: Option<&PublishedRelease>) -> Result<Pack> {
        let mut rows = Vec::new();
        for id in ids {
            let digests = diff::further_digests(self.source, id)?.into_iter();
            rows.extend(
                digests.map(|(number, digest)| Ok(FurtherDigestRow { id: (*id).to_owned(), number, digest })),
            );
        }
        let packed = self.uploader.pack(&self.source.header, rows.into_iter())?;
        let known = last.and_then(|last| last.target(&packed.pack.target));
        self.uploader.send(packed, known)
    }
}

impl Summary {
    fn count(&mut self, changes: Changes) {
        let Changes { upserts, deletes, vectors, pictures, further } = changes;
        (self.upserts, self.deletes) = (upserts, deletes);
        (self.vectors, self.pictures, self.further) = (vectors, pictures, further);
    }
}

/// The state that a delta begins from.
#[derive(Clone, Copy)]
struct Base<'r> {
    number: u64,
    content: &'r str,
    /// The hash of its further pictures, if it has any.
    further: Option<&'r str>,
}

impl<'r> Base<'r> {
    fn of_release(release: &'r Release) -> Self {
        Self { number: release.number, content: &release.content, further: release.further.as_deref() }
    }
}

/// The rows of further pictures that are new, changed or gone. Those of deleted products go with them.
fn further_edits(source: &Source, edits: &[Edit]) -> Result<Vec<Result<FurtherRow>>> {
    let mut rows = Vec::new();
    for edit in edits {
        let EditKind::Set { further, .. } = edit.kind else { continue };
        if further == 0 {
            continue;
        }
        let now = source.further_of(&edit.id)?;
        for number in (1..16_u8).filter(|number| further & 1 << number != 0) {
            let row = now.iter().find(|row| row.number == number).cloned();
            let gone = || FurtherRow { id: edit.id.clone(), number, picture: None };
            rows.push(Ok(row.unwrap_or_else(gone)));
        }
    }
    Ok(rows)
}

/// What the verified metadata says of a pack of the last release.
fn named<'a>(last: &'a PublishedRelease, pack: &Pack) -> Result<&'a Target> {
    let missing = || Error::untrusted(format!("{} is not among its targets", pack.target));
    last.target(&pack.target).ok_or_else(missing)
}
