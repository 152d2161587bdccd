//! The vectors of all products, in log-structured storage.
//!
//! A batch appends all its rows to the end of the log, and stores [their places](crate::store::place). The old rows
//! of replaced and deleted products stay in their segments as dead rows. When too many places are dead, a commit also
//! cleans: it deletes the segments with the fewest live rows, and appends those rows again. So a change writes at
//! most two or three times its own size, wherever in the catalogue its products are, and cleaning adds a bounded
//! amount to each commit. (Rosenblum and Ousterhout, "The design and implementation of a log-structured file
//! system", ACM TOCS 1992.)

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;

use roaring::RoaringBitmap;

use crate::error::Result;
use crate::store::mapped::Mapped;
use crate::store::place;
use crate::store::segment::{self, SLOTS};
use crate::store::view::{Edit, View};

/// Pictures whose vector changed; `None`: the picture is gone. A product's own picture has the number of its item.
pub(crate) type Changed<'b> = BTreeMap<u32, Option<Cow<'b, [u8]>>>;

/// An item and its vector.
type Row<'b> = (u32, Cow<'b, [u8]>);

/// Cleaning begins when more than one place in this many is dead ...
const DEAD_ONE_IN: u64 = 4;

/// ... and more than this many places are dead.
const DEAD_AT_LEAST: u64 = 4 * SLOTS as u64;

/// Cleaning frees this share of all places more than it must, so that not every commit begins one.
const CLEANED_ONE_IN: u64 = 64;

/// A commit moves at most this many rows, or more if its own batch is large ...
const MOVED_AT_LEAST: usize = 8 * SLOTS as usize;

/// ... namely this many for each two rows of the batch.
const MOVED_PER_TWO_ROWS: usize = 3;

/// A batch extends the last segment if that has at most this many rows, or no more rows than the batch.
const EXTENDED_UP_TO: usize = 64;

/// The stored vector of an item: `[dimension]` little-endian f16.
///
/// # Errors
/// [`Error::Damaged`](crate::Error::Damaged) if there is none.
pub(crate) fn row<'t>(view: View<'t>, item: u32) -> Result<&'t [u8]> {
    let (number, slot) = segment::locate(place::read(view, item)?);
    let segment = view.db.vectors.get(view.txn, &number)?.unwrap_or_default();
    segment::row(segment, slot, view.dimension).ok_or_else(|| segment::missing(item))
}

/// Writes the vectors of a batch. `live`: the pictures that exist after it.
pub(crate) fn write(edit: &mut Edit<'_, '_>, live: &RoaringBitmap, changed: &Changed<'_>) -> Result<()> {
    let rows = changed.iter().filter_map(|(item, row)| Some((*item, Cow::Borrowed(row.as_deref()?))));
    let mut rows: Vec<Row<'_>> = rows.collect();
    if let Some(plan) = Cleaning::plan(edit.view(), live, rows.len())? {
        let kept = live - changed.keys().copied().collect::<RoaringBitmap>();
        rows.extend(plan.empty_segments(edit, &kept)?);
    }
    let places = append(edit, &rows)?;
    place::write(edit, places)
}

/// How much a commit cleans.
struct Cleaning {
    /// The number of places to free.
    places: u64,
    /// The most rows to move.
    rows: usize,
}

impl Cleaning {
    /// What a commit of `rows` rows cleans; `None` if cleaning is not due.
    fn plan(view: View<'_>, live: &RoaringBitmap, rows: usize) -> Result<Option<Self>> {
        let all =
            (view.db.vectors.len(view.txn)? + (rows as u64).div_ceil(u64::from(SLOTS))) * u64::from(SLOTS);
        let dead = all.saturating_sub(live.len());
        let is_due = dead > DEAD_AT_LEAST && dead * DEAD_ONE_IN > all;
        Ok(is_due.then(|| Self {
            places: dead - all / DEAD_ONE_IN + all / CLEANED_ONE_IN,
            rows: MOVED_AT_LEAST.max(rows * MOVED_PER_TWO_ROWS / 2),
        }))
    }

    /// Deletes the segments with the fewest live rows, and returns these rows. `kept`: the items whose stored rows
    /// this batch does not change.
    fn empty_segments(&self, edit: &mut Edit<'_, '_>, kept: &RoaringBitmap) -> Result<Vec<Row<'static>>> {
        let (emptied, rows) = {
            let mapped = Mapped::read(edit.view())?;
            let emptied = self.choose(&numbers(edit.view())?, &mapped, kept)?;
            (emptied.clone(), moving(&mapped, &emptied, kept)?)
        };
        for number in emptied {
            edit.db.vectors.delete(edit.txn, &number)?;
        }
        Ok(rows)
    }

    /// Chooses the segments to delete among those with these `numbers`.
    fn choose(
        &self,
        numbers: &RoaringBitmap,
        mapped: &Mapped<'_>,
        kept: &RoaringBitmap,
    ) -> Result<RoaringBitmap> {
        let mut counts = vec![0_usize; numbers.max().map_or(0, |last| last as usize + 1)];
        for item in kept {
            let number = segment::locate(mapped.place(item)?).0;
            *counts.get_mut(number as usize).ok_or_else(|| segment::missing(item))? += 1;
        }
        let mut fewest: Vec<(usize, u32)> =
            numbers.iter().map(|number| (counts[number as usize], number)).collect();
        fewest.sort_unstable();
        let (mut chosen, mut places, mut rows) = (RoaringBitmap::new(), 0, 0);
        for (count, number) in fewest {
            rows += count;
            if rows > self.rows || places >= self.places {
                break;
            }
            places += u64::from(SLOTS).saturating_sub(count as u64);
            chosen.insert(number);
        }
        Ok(chosen)
    }
}

/// Copies of the live rows of these segments.
fn moving(mapped: &Mapped<'_>, emptied: &RoaringBitmap, kept: &RoaringBitmap) -> Result<Vec<Row<'static>>> {
    let mut rows = Vec::new();
    for item in kept {
        if emptied.contains(segment::locate(mapped.place(item)?).0) {
            rows.push((item, Cow::Owned(mapped.row(item)?.to_vec())));
        }
    }
    Ok(rows)
}

/// The numbers of all segments.
fn numbers(view: View<'_>) -> Result<RoaringBitmap> {
    view.db.vectors.iter(view.txn)?.map(|entry| Ok(entry?.0)).collect()
}

/// Appends rows to the last segment or to new ones. Returns each item with its place.
fn append(edit: &mut Edit<'_, '_>, rows: &[Row<'_>]) -> Result<Vec<(u32, u32)>> {
    let mut places = Vec::with_capacity(rows.len());
    let used = numbers(edit.view())?;
    let last = used.max().filter(|_| !rows.is_empty());
    let last = last.map(|number| extensible(edit.view(), number, rows.len())).transpose()?.flatten();
    let new = (0..=u32::MAX).filter(|number| !used.contains(*number)).map(|number| (number, Vec::new()));
    let mut rest = rows;
    for (number, before) in last.into_iter().chain(new) {
        if rest.is_empty() {
            break;
        }
        let first = before.len() / (edit.dimension * 2);
        let (next, later) = rest.split_at(rest.len().min(SLOTS as usize - first));
        let bytes = before.len() + next.len() * edit.dimension * 2;
        edit.db.vectors.put_reserved(edit.txn, &number, bytes, |space| {
            space.write_all(&before)?;
            next.iter().try_for_each(|(_, row)| space.write_all(row))
        })?;
        let start = number * SLOTS + first as u32;
        places.extend((start..).zip(next).map(|(place, (item, _))| (*item, place)));
        rest = later;
    }
    Ok(places)
}

/// The last segment with its rows, if it has room and rewriting it is cheap for a batch of `rows` rows.
fn extensible(view: View<'_>, number: u32, rows: usize) -> Result<Option<(u32, Vec<u8>)>> {
    let bytes = view.db.vectors.get(view.txn, &number)?.unwrap_or_default();
    segment::validate(number, bytes, view.dimension)?;
    let stored = bytes.len() / (view.dimension * 2);
    let fits = stored < SLOTS as usize && stored <= rows.max(EXTENDED_UP_TO);
    Ok(fits.then(|| (number, bytes.to_vec())))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use knytt_models::Embedding;
    use tempfile::TempDir;

    use super::*;
    use crate::catalog::{Catalog, CatalogSpec};
    use crate::error::Error;
    use crate::product::Product;
    use crate::store::schema::{SCHEMA_VERSION, meta_key};
    use knytt_models::Fingerprint;

    const DIMENSION: usize = 3;

    fn model() -> Fingerprint {
        Fingerprint::of(&[b"m"])
    }

    fn empty() -> (TempDir, Catalog) {
        let dir = tempfile::tempdir().unwrap();
        let spec =
            CatalogSpec { id: "shop".into(), model: model(), model_name: "m".into(), dimension: DIMENSION };
        let catalog = Catalog::create(dir.path(), &spec).unwrap();
        (dir, catalog)
    }

    fn vector(seed: u64) -> Embedding {
        let angle = seed as f32 * 0.7;
        Embedding::new(vec![angle.cos(), angle.sin(), 0.3], model()).unwrap()
    }

    /// Upserts products (number, seed of the vector) and deletes others.
    fn change(catalog: &Catalog, upserts: &[(u64, u64)], deletes: &[u64]) {
        let mut writer = catalog.write();
        for (number, seed) in upserts {
            let product = Product { id: number.to_string(), ..Product::default() };
            writer.upsert(&product, &vector(*seed), None).unwrap();
        }
        deletes.iter().for_each(|number| writer.delete(&number.to_string()));
        writer.commit().unwrap();
    }

    fn entries(catalog: &Catalog) -> (u64, u64) {
        let read = |edit: Edit<'_, '_>| Ok((edit.db.vectors.len(edit.txn)?, edit.db.places.len(edit.txn)?));
        catalog.storage().write(read).unwrap()
    }

    fn assert_holds(catalog: &Catalog, expected: &BTreeMap<u64, u64>) {
        let snapshot = catalog.read().unwrap();
        for (number, seed) in expected {
            let stored = snapshot.vector(&number.to_string()).unwrap().unwrap();
            let (stored, wanted) = (stored.as_slice(), vector(*seed));
            assert!(stored.iter().zip(wanted.as_slice()).all(|(a, b)| (a - b).abs() < 1e-3), "{number}");
        }
        let report = snapshot.check().unwrap();
        assert!(report.is_sound() && report.products == expected.len() as u64, "{report}");
    }

    #[test]
    fn vectors_in_the_order_of_items_need_no_places() {
        let (_dir, catalog) = empty();
        let numbers: Vec<(u64, u64)> = (0..2_000).map(|n| (n, n)).collect();
        numbers.chunks(300).for_each(|batch| change(&catalog, batch, &[]));
        assert_eq!(entries(&catalog), (8, 0));
        assert_holds(&catalog, &numbers.into_iter().collect());
    }

    #[test]
    fn a_catalogue_of_schema_3_keeps_its_vectors_in_place() {
        let (dir, catalog) = empty();
        let numbers: Vec<(u64, u64)> = (0..1_500).map(|n| (n, n)).collect();
        change(&catalog, &numbers, &[]);
        let to_3 =
            |edit: Edit<'_, '_>| Ok(edit.db.meta.put(edit.txn, meta_key::SCHEMA, &3_u32.to_le_bytes())?);
        catalog.storage().write(to_3).unwrap();
        drop(catalog);
        let catalog = Catalog::open(dir.path()).unwrap();
        assert_eq!(catalog.info().unwrap().schema_version, SCHEMA_VERSION);
        let mut expected: BTreeMap<u64, u64> = numbers.into_iter().collect();
        assert_holds(&catalog, &expected);
        change(&catalog, &[(7, 9_000), (9_999, 1)], &[8, 1_400]);
        expected.extend([(7, 9_000), (9_999, 1)]);
        expected.retain(|number, _| ![8, 1_400].contains(number));
        assert_holds(&catalog, &expected);
    }

    #[test]
    fn after_any_batches_the_newest_vectors_are_read_and_dead_rows_are_few() {
        let (_dir, catalog) = empty();
        let mut expected = BTreeMap::new();
        let mut state = 5_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for (batches, upserts, deletes, of) in [
            (3, 2_500, 0, 9_000),
            (30, 400, 100, 9_000),
            (60, 1, 1, 9_000),
            (2, 10, 4_000, 9_000),
            (20, 90, 9, 300),
        ] {
            for _ in 0..batches {
                let upserts: Vec<(u64, u64)> =
                    (0..upserts).map(|_| (random(of), random(1_000_000))).collect();
                let deletes: Vec<u64> = (0..deletes).map(|_| random(of)).collect();
                let before = catalog.read().unwrap();
                let seen = before.vector("7").unwrap();
                change(&catalog, &upserts, &deletes);
                assert_eq!(before.vector("7").unwrap(), seen, "a snapshot sees no change");
                expected.extend(upserts);
                expected.retain(|number, _| !deletes.contains(number));
            }
            assert_holds(&catalog, &expected);
        }
        for _ in 0..40 {
            change(&catalog, &[(1, random(1_000))], &[]);
            expected.remove(&1);
        }
        let (segments, _) = entries(&catalog);
        let needed = (expected.len() as u64 + 1).div_ceil(u64::from(SLOTS));
        assert!(segments <= needed * 4 / 3 + 6, "{segments} segments where {needed} would do");
    }

    #[test]
    fn a_damaged_block_of_places_is_an_error() {
        let (_dir, catalog) = empty();
        change(&catalog, &[(0, 0), (1, 1)], &[]);
        let put = |bytes: &[u8]| {
            catalog.storage().write(|edit| Ok(edit.db.places.put(edit.txn, &0, bytes)?)).unwrap();
            catalog.read().unwrap().vector("1").unwrap_err()
        };
        assert!(matches!(put(&[0, 0, 0, 0, 1]), Error::Damaged(_)));
        assert!(matches!(put(&[0xff; 4_080]), Error::Damaged(_)));
        assert!(matches!(put(&[5; 4_080]), Error::Damaged(_)));
    }
}
