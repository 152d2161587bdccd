//! The index follows the products, inside the transaction that changes them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use heed::{RoTxn, RwTxn};
use rayon::prelude::*;
use roaring::RoaringBitmap;

use super::block::{Block, BlockBuf};
use super::cells::{self, Cells};
use super::code::Code;
use crate::mapped::Mapped;
use crate::schema::{Databases, meta_key, read_items, write_items};
use crate::{Result, segment};

/// Below this a scan of all vectors takes as little time.
const KEEP_FROM_PRODUCTS: u64 = 1_024;

/// The index is dropped below this share of the size that it is kept from, so that a catalogue at the
/// limit does not make and drop it in turns.
const DROP_BELOW_SHARE: f64 = 0.8;

/// Below this all codes are scanned, without cells.
const CELLS_FROM_PRODUCTS: u64 = 16_384;

/// Products per cell, when they are made.
const PRODUCTS_PER_CELL: u64 = 256;

/// More cells than this cost more to choose from than they save.
const CELLS_AT_MOST: u64 = 16_384;

/// Vectors from which a centre is learned.
const SAMPLE_PER_CELL: usize = 32;

/// Vectors from which the mean is learned.
const SAMPLE_AT_LEAST: usize = 4_096;

/// Everything is made anew when the catalogue has grown by this factor, or has shrunk by twice of it.
const REMADE_BY_FACTOR: u64 = 2;

/// Fresh codes go into cells while they are more than one in so many.
const FRESH_ONE_IN: u64 = 16;

/// A fresh code lies on the shelf of its cell: so many cells have one together. When it is put away, these
/// alone are written.
pub(super) const CELLS_PER_SHELF: u32 = 32;

/// Where there are no cells, the shelf is of so many items.
const ITEMS_PER_SHELF: u32 = 512;

/// One shelf is put away for so many changes. While fresh codes are as many as they may be, this is about as many as come.
const CHANGES_PER_SHELF: usize = 1_024;

/// All of them, when fresh codes are more than this times as many as they should be.
const FRESH_AT_MOST: u64 = 2;

/// Cells whose codes are in memory at a time while they are made.
const CELLS_PER_STEP: usize = 256;

/// Brings the index up to the vectors of a batch, which are stored already. `before`: the items that
/// existed without it. `changed`: the items whose vector changed, and whether they still exist.
pub(crate) fn maintain(
    db: &Databases<'static>,
    txn: &mut RwTxn<'_>,
    dimension: usize,
    before: &RoaringBitmap,
    live: &RoaringBitmap,
    changed: &BTreeMap<u32, bool>,
) -> Result<()> {
    let made_for = match db.meta.get(txn, meta_key::CELLS)? {
        Some(bytes) => Some(Cells::read(bytes, dimension)?.made_for()),
        None => None,
    };
    let count = live.len();
    match made_for {
        None if count < KEEP_FROM_PRODUCTS => Ok(()),
        None => rebuild(db, txn, dimension, live),
        Some(_) if (count as f64) < KEEP_FROM_PRODUCTS as f64 * DROP_BELOW_SHARE => clear(db, txn),
        Some(made_for) if count >= made_for * REMADE_BY_FACTOR || count * 2 * REMADE_BY_FACTOR < made_for => {
            rebuild(db, txn, dimension, live)
        }
        Some(_) if changed.is_empty() => Ok(()),
        Some(_) => update(db, txn, dimension, before, live, changed),
    }
}

/// Leaves no index: what is searched is scanned until one is made again.
pub(crate) fn clear(db: &Databases<'static>, txn: &mut RwTxn<'_>) -> Result<()> {
    db.meta.delete(txn, meta_key::CELLS)?;
    db.meta.delete(txn, meta_key::MOVED)?;
    db.meta.delete(txn, meta_key::SHELF)?;
    db.cells.clear(txn)?;
    Ok(db.fresh.clear(txn)?)
}

/// Makes the whole index anew, if the catalogue is large enough for one.
pub(crate) fn rebuild(
    db: &Databases<'static>,
    txn: &mut RwTxn<'_>,
    dimension: usize,
    live: &RoaringBitmap,
) -> Result<()> {
    clear(db, txn)?;
    let count = live.len();
    if count < KEEP_FROM_PRODUCTS {
        return Ok(());
    }
    let wanted = if count < CELLS_FROM_PRODUCTS { 0 } else { (count / PRODUCTS_PER_CELL).min(CELLS_AT_MOST) };
    let cells = {
        let rows = Mapped::read(db, txn, dimension)?;
        let wanted = wanted as usize;
        let sampled = (wanted * SAMPLE_PER_CELL).max(SAMPLE_AT_LEAST) as u64;
        let every = (count / sampled).max(1) as usize;
        let sample = live.iter().step_by(every).map(|item| rows.row(item)).collect::<Result<Vec<_>>>()?;
        cells::make(&sample, wanted, count, dimension)?
    };
    db.meta.put(txn, meta_key::CELLS, &cells)?;
    let cells = Cells::read(&cells, dimension)?;
    if cells.len() == 0 {
        let items: Vec<u32> = live.iter().collect();
        let mut fresh = Fresh::read(db, txn, cells.coder.width())?;
        for (item, (shelf, code)) in items.iter().zip(code_fresh(db, txn, &cells, &items)?) {
            fresh.put(shelf, *item, &code);
        }
        return fresh.write(db, txn);
    }
    fill_cells(db, txn, &cells, live)
}

fn fill_cells(
    db: &Databases<'static>,
    txn: &mut RwTxn<'_>,
    cells: &Cells<'_>,
    live: &RoaringBitmap,
) -> Result<()> {
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); cells.len()];
    {
        let rows = Mapped::read(db, txn, cells.mean.len())?;
        let items: Vec<u32> = live.iter().collect();
        let home = |item: &u32| Ok((cells.home(&segment::decode(rows.row(*item)?))?, *item));
        for (cell, item) in items.par_iter().map(home).collect::<Result<Vec<_>>>()? {
            members[cell as usize].push(item);
        }
    }
    let numbered: Vec<(u32, Vec<u32>)> = (0..).zip(members).filter(|(_, items)| !items.is_empty()).collect();
    for step in numbered.chunks(CELLS_PER_STEP) {
        let blocks = {
            let rows = Mapped::read(db, txn, cells.mean.len())?;
            let block = |(cell, items): &(u32, Vec<u32>)| Ok((*cell, block_of(cells, *cell, items, &rows)?));
            step.par_iter().map(block).collect::<Result<Vec<_>>>()?
        };
        for (cell, block) in blocks {
            db.cells.put(txn, &cell, block.as_bytes())?;
        }
    }
    Ok(())
}

fn block_of(cells: &Cells<'_>, cell: u32, items: &[u32], rows: &Mapped<'_>) -> Result<BlockBuf> {
    let (mut block, centre) = (BlockBuf::new(cells.coder.width()), cells.centre(cell)?);
    for &item in items {
        block.push(item, &cells.coder.encode(&segment::decode(rows.row(item)?), &centre));
    }
    Ok(block)
}

/// Codes around the mean, each with its shelf.
fn code_fresh(
    db: &Databases<'static>,
    txn: &RoTxn<'_>,
    cells: &Cells<'_>,
    items: &[u32],
) -> Result<Vec<(u32, Code)>> {
    let rows = Mapped::read(db, txn, cells.mean.len())?;
    let code = |&item: &u32| {
        let vector = segment::decode(rows.row(item)?);
        let shelf = match cells.len() {
            0 => item / ITEMS_PER_SHELF,
            _ => cells.home(&vector)? / CELLS_PER_SHELF,
        };
        Ok((shelf, cells.coder.encode(&vector, &cells.mean)))
    };
    items.par_iter().map(code).collect()
}

fn update(
    db: &Databases<'static>,
    txn: &mut RwTxn<'_>,
    dimension: usize,
    before: &RoaringBitmap,
    live: &RoaringBitmap,
    changed: &BTreeMap<u32, bool>,
) -> Result<()> {
    // A copy of what lies on a page that writing may move.
    let bytes = db.meta.get(txn, meta_key::CELLS)?.unwrap_or_default().to_vec();
    let cells = Cells::read(&bytes, dimension)?;
    let mut moved = read_items(db, txn, meta_key::MOVED)?;
    let mut fresh = Fresh::read(db, txn, cells.coder.width())?;
    for &item in changed.keys() {
        if !fresh.take(item) && before.contains(item) && cells.len() > 0 {
            moved.insert(item);
        }
    }
    let items: Vec<u32> = changed.iter().filter(|(_, exists)| **exists).map(|(item, _)| *item).collect();
    for (item, (shelf, code)) in items.iter().zip(code_fresh(db, txn, &cells, &items)?) {
        fresh.put(shelf, *item, &code);
    }
    let shelves = due(db, txn, &cells, live.len(), (fresh.len() as u64).max(moved.len() / 2), changed.len())?;
    put_away(db, txn, &cells, &mut fresh, &mut moved, &shelves)?;
    fresh.write(db, txn)?;
    write_items(db, txn, meta_key::MOVED, &moved)
}

/// The shelves whose codes are to go into cells: a few in turn, as long as too much is `fresh`.
fn due(
    db: &Databases<'static>,
    txn: &mut RwTxn<'_>,
    cells: &Cells<'_>,
    products: u64,
    fresh: u64,
    changed: usize,
) -> Result<Vec<u32>> {
    let all = (cells.len() as u32).div_ceil(CELLS_PER_SHELF);
    let wanted = products / FRESH_ONE_IN;
    if all == 0 || fresh <= wanted {
        return Ok(Vec::new());
    }
    if fresh > wanted * FRESH_AT_MOST {
        return Ok((0..all).collect());
    }
    let next = db.meta.get(txn, meta_key::SHELF)?.and_then(|bytes| bytes.try_into().ok());
    let next = next.map_or(0, u32::from_le_bytes) % all;
    let count = (changed.div_ceil(CHANGES_PER_SHELF) as u32).min(all);
    db.meta.put(txn, meta_key::SHELF, &((next + count) % all).to_le_bytes())?;
    Ok((next..next + count).map(|shelf| shelf % all).collect())
}

/// Codes that are in no cell yet, around the mean of all vectors, a block for each shelf.
struct Fresh {
    width: usize,
    blocks: BTreeMap<u32, BlockBuf>,
    /// Shelf and slot of each item.
    places: HashMap<u32, (u32, usize)>,
    /// Shelves that are to be written.
    changed: BTreeSet<u32>,
}

impl Fresh {
    fn read(db: &Databases<'static>, txn: &RoTxn<'_>, width: usize) -> Result<Self> {
        let mut fresh =
            Self { width, blocks: BTreeMap::new(), places: HashMap::new(), changed: BTreeSet::new() };
        for entry in db.fresh.iter(txn)? {
            let (shelf, bytes) = entry?;
            let block = BlockBuf::from_bytes(bytes, width)?;
            let slots = (0..).map(|slot| (shelf, slot));
            fresh.places.extend(block.as_block().items().zip(slots));
            fresh.blocks.insert(shelf, block);
        }
        Ok(fresh)
    }

    fn len(&self) -> usize {
        self.places.len()
    }

    /// The items on a shelf.
    fn items(&self, shelf: u32) -> impl Iterator<Item = u32> {
        self.blocks.get(&shelf).into_iter().flat_map(|block| block.as_block().items())
    }

    fn put(&mut self, shelf: u32, item: u32, code: &Code) {
        let block = self.blocks.entry(shelf).or_insert_with(|| BlockBuf::new(self.width));
        self.places.insert(item, (shelf, block.len()));
        self.changed.insert(shelf);
        block.push(item, code);
    }

    /// Takes an item out; whether it was there.
    fn take(&mut self, item: u32) -> bool {
        let Some((shelf, slot)) = self.places.remove(&item) else { return false };
        self.changed.insert(shelf);
        if let Some(block) = self.blocks.get_mut(&shelf)
            && let Some((last, code)) = block.pop()
            && last != item
        {
            block.set(slot, last, &code);
            self.places.insert(last, (shelf, slot));
        }
        true
    }

    fn write(self, db: &Databases<'static>, txn: &mut RwTxn<'_>) -> Result<()> {
        for shelf in self.changed {
            match self.blocks.get(&shelf).filter(|block| block.len() > 0) {
                Some(block) => db.fresh.put(txn, &shelf, block.as_bytes())?,
                None => drop(db.fresh.delete(txn, &shelf)?),
            }
        }
        Ok(())
    }
}

/// Moves what lies on these shelves into its cells, and takes out of their cells what is past. An item
/// whose past code is in another shelf's cell stays fresh, since `moved` speaks of all cells.
fn put_away(
    db: &Databases<'static>,
    txn: &mut RwTxn<'_>,
    cells: &Cells<'_>,
    fresh: &mut Fresh,
    moved: &mut RoaringBitmap,
    shelves: &[u32],
) -> Result<()> {
    let width = cells.coder.width();
    let of_shelf = |shelf: &u32| shelf * CELLS_PER_SHELF..(shelf + 1) * CELLS_PER_SHELF;
    let mut touched: BTreeSet<u32> = shelves.iter().flat_map(of_shelf).collect();
    let mut past = RoaringBitmap::new();
    for cell in &touched {
        if let Some(bytes) = db.cells.get(txn, cell)? {
            past.extend(Block::read(bytes, width)?.items().filter(|item| moved.contains(*item)));
        }
    }
    *moved -= &past;
    let items = shelves.iter().flat_map(|shelf| fresh.items(*shelf)).filter(|item| !moved.contains(*item));
    let items: Vec<u32> = items.collect();
    let mut additions = code_by_cell(db, txn, cells, &items)?;
    touched.extend(additions.keys());
    for cell in touched {
        let added = additions.remove(&cell).unwrap_or_default();
        let stored = db.cells.get(txn, &cell)?;
        let block = stored.map(|bytes| Block::read(bytes, width)).transpose()?;
        let is_past = block.is_some_and(|block| block.items().any(|item| past.contains(item)));
        if added.is_empty() && !is_past {
            continue;
        }
        let mut block =
            stored.map_or_else(|| Ok(BlockBuf::new(width)), |bytes| BlockBuf::from_bytes(bytes, width))?;
        block.retain(|item| !past.contains(item));
        added.iter().for_each(|(item, code)| block.push(*item, code));
        match block.len() {
            0 => drop(db.cells.delete(txn, &cell)?),
            _ => db.cells.put(txn, &cell, block.as_bytes())?,
        }
    }
    for item in items {
        fresh.take(item);
    }
    Ok(())
}

/// Codes around the centres of the items' cells, by cell.
fn code_by_cell(
    db: &Databases<'static>,
    txn: &RoTxn<'_>,
    cells: &Cells<'_>,
    items: &[u32],
) -> Result<HashMap<u32, Vec<(u32, Code)>>> {
    let rows = Mapped::read(db, txn, cells.mean.len())?;
    let place = |&item: &u32| -> Result<(u32, (u32, Code))> {
        let vector = segment::decode(rows.row(item)?);
        let cell = cells.home(&vector)?;
        Ok((cell, (item, cells.coder.encode(&vector, &cells.centre(cell)?))))
    };
    let mut by_cell: HashMap<u32, Vec<(u32, Code)>> = HashMap::new();
    for (cell, entry) in items.par_iter().map(place).collect::<Result<Vec<_>>>()? {
        by_cell.entry(cell).or_default().push(entry);
    }
    Ok(by_cell)
}

/// Brings the index of a catalogue of schema 3 to shelves: all fresh codes into cells, or where there are
/// none onto the shelves of their items.
pub(crate) fn shelve(
    db: &Databases<'static>,
    txn: &mut RwTxn<'_>,
    dimension: usize,
    live: &RoaringBitmap,
) -> Result<()> {
    let Some(bytes) = db.meta.get(txn, meta_key::CELLS)?.map(<[u8]>::to_vec) else { return Ok(()) };
    let cells = Cells::read(&bytes, dimension)?;
    if cells.len() == 0 {
        return rebuild(db, txn, dimension, live);
    }
    let (width, mut coded) = (cells.coder.width(), RoaringBitmap::new());
    for entry in db.cells.iter(txn)? {
        coded.extend(Block::read(entry?.1, width)?.items());
    }
    // Then new items counted as moved, though no cell had a code of them.
    let mut moved = read_items(db, txn, meta_key::MOVED)? & coded;
    let mut fresh = Fresh::read(db, txn, width)?;
    let last = fresh.blocks.keys().copied().max().unwrap_or(0);
    let shelves: Vec<u32> = (0..=last.max(cells.len() as u32 / CELLS_PER_SHELF)).collect();
    put_away(db, txn, &cells, &mut fresh, &mut moved, &shelves)?;
    fresh.write(db, txn)?;
    write_items(db, txn, meta_key::MOVED, &moved)
}

/// Whether every live item has one code that counts, which is that of its vector; what is wrong is told
/// to `fault`.
pub(crate) fn verify(
    db: &Databases<'static>,
    txn: &RoTxn<'_>,
    dimension: usize,
    live: &RoaringBitmap,
    fault: &mut impl FnMut(String),
) -> Result<()> {
    let Some(bytes) = db.meta.get(txn, meta_key::CELLS)? else {
        if !(db.cells.is_empty(txn)? && db.fresh.is_empty(txn)?) {
            fault("there are codes without an index".into());
        }
        return Ok(());
    };
    let cells = Cells::read(bytes, dimension)?;
    let (width, moved) = (cells.coder.width(), read_items(db, txn, meta_key::MOVED)?);
    let rows = Mapped::read(db, txn, dimension)?;
    let mut seen = RoaringBitmap::new();
    let mut check = |block: Block<'_>, centre: &[f32], is_past: &dyn Fn(u32) -> bool| -> Result<()> {
        for (slot, item) in block.items().enumerate().filter(|(_, item)| !is_past(*item)) {
            let made = cells.coder.encode(&segment::decode(rows.row(item)?), centre);
            let stored = block.code(slot).is_some_and(|(_, code)| code.nibbles == made.nibbles);
            if !seen.insert(item) || !stored {
                fault(format!("item {item} has another code in the index, or two"));
            }
        }
        Ok(())
    };
    for entry in db.cells.iter(txn)? {
        let (cell, bytes) = entry?;
        check(Block::read(bytes, width)?, &cells.centre(cell)?, &|item| moved.contains(item))?;
    }
    for entry in db.fresh.iter(txn)? {
        check(Block::read(entry?.1, width)?, &cells.mean, &|_| false)?;
    }
    if seen != *live {
        fault(format!("the index covers {} of {} products", (&seen & live).len(), live.len()));
    }
    Ok(())
}
