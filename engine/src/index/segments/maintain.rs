//! The index follows the products, inside the transaction that changes them.

use std::collections::{BTreeMap, HashMap};

use heed::{RoTxn, RwTxn};
use rayon::prelude::*;
use roaring::RoaringBitmap;

use super::block::{Block, BlockBuf};
use super::cells::{self, Cells};
use super::code::Code;
use crate::mapped::Mapped;
use crate::schema::{Databases, ItemDatabase, meta_key, read_items, write_items};
use crate::{Error, Result, segment};

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

/// Fresh codes go into cells when they are more than one in so many.
const FRESH_ONE_IN: u64 = 16;

/// Codes in a block of fresh ones.
const FRESH_BLOCK: usize = 512;

/// Cells whose codes are in memory at a time while they are made.
const CELLS_PER_STEP: usize = 256;

/// Brings the index up to the vectors of a batch, which are stored already. `changed`: the items whose
/// vector changed, and whether they still exist.
pub(crate) fn maintain(
    db: &Databases<'static>,
    txn: &mut RwTxn<'_>,
    dimension: usize,
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
        Some(_) => update(db, txn, dimension, live, changed),
    }
}

/// Leaves no index: what is searched is scanned until one is made again.
pub(crate) fn clear(db: &Databases<'static>, txn: &mut RwTxn<'_>) -> Result<()> {
    db.meta.delete(txn, meta_key::CELLS)?;
    db.meta.delete(txn, meta_key::MOVED)?;
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
        return add_fresh(db, txn, &cells, &items);
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

/// Codes around the mean.
fn code_fresh(cells: &Cells<'_>, rows: &Mapped<'_>, items: &[u32]) -> Result<Vec<Code>> {
    let code = |item: &u32| Ok(cells.coder.encode(&segment::decode(rows.row(*item)?), &cells.mean));
    items.par_iter().map(code).collect()
}

fn update(
    db: &Databases<'static>,
    txn: &mut RwTxn<'_>,
    dimension: usize,
    live: &RoaringBitmap,
    changed: &BTreeMap<u32, bool>,
) -> Result<()> {
    // A copy of what lies on a page that writing may move.
    let bytes = db.meta.get(txn, meta_key::CELLS)?.unwrap_or_default().to_vec();
    let cells = Cells::read(&bytes, dimension)?;
    let mut moved = read_items(db, txn, meta_key::MOVED)?;
    if cells.len() > 0 {
        moved.extend(changed.keys().copied());
    }
    let gone: RoaringBitmap = changed.iter().filter(|(_, exists)| !**exists).map(|(item, _)| *item).collect();
    remove_fresh(db, txn, cells.coder.width(), &gone)?;
    let items: Vec<u32> = changed.iter().filter(|(_, exists)| **exists).map(|(item, _)| *item).collect();
    let fresh = add_fresh(db, txn, &cells, &items).and_then(|()| fresh_len(db, txn, cells.coder.width()))?;
    let is_full = (fresh as u64).max(moved.len() / 2) > live.len() / FRESH_ONE_IN;
    if cells.len() > 0 && is_full {
        return merge(db, txn, &cells, &moved);
    }
    write_items(db, txn, meta_key::MOVED, &moved)
}

/// Fresh codes and where they are: dense, so that only the last block is not full.
struct Fresh {
    database: ItemDatabase<'static>,
    width: usize,
    blocks: Vec<Option<BlockBuf>>,
    len: usize,
}

impl Fresh {
    fn open(db: &Databases<'static>, txn: &RoTxn<'_>, width: usize) -> Result<Self> {
        let len = fresh_len(db, txn, width)?;
        let blocks = (0..len.div_ceil(FRESH_BLOCK)).map(|_| None).collect();
        Ok(Self { database: db.fresh, width, blocks, len })
    }

    /// Positions by item.
    fn positions(&self, txn: &RoTxn<'_>) -> Result<HashMap<u32, usize>> {
        let mut positions = HashMap::with_capacity(self.len);
        for entry in self.database.iter(txn)? {
            let (number, bytes) = entry?;
            let first = number as usize * FRESH_BLOCK;
            positions.extend(Block::read(bytes, self.width)?.items().zip(first..));
        }
        Ok(positions)
    }

    /// The block of a position, read when it is first asked for.
    fn block(&mut self, txn: &RoTxn<'_>, position: usize) -> Result<&mut BlockBuf> {
        let number = position / FRESH_BLOCK;
        if self.blocks.len() <= number {
            self.blocks.resize(number + 1, None);
        }
        let held = &mut self.blocks[number];
        if held.is_none() {
            *held = Some(match self.database.get(txn, &(number as u32))? {
                Some(bytes) => BlockBuf::from_bytes(bytes, self.width)?,
                None => BlockBuf::new(self.width),
            });
        }
        held.as_mut().ok_or_else(|| Error::damaged("a block of fresh codes is missing"))
    }

    /// Writes the blocks that were asked for.
    fn write(self, txn: &mut RwTxn<'_>) -> Result<()> {
        for (number, block) in (0..).zip(self.blocks) {
            match block {
                Some(block) if block.len() == 0 => drop(self.database.delete(txn, &number)?),
                Some(block) => self.database.put(txn, &number, block.as_bytes())?,
                None => {}
            }
        }
        Ok(())
    }
}

fn fresh_len(db: &Databases<'static>, txn: &RoTxn<'_>, width: usize) -> Result<usize> {
    let Some((number, bytes)) = db.fresh.last(txn)? else { return Ok(0) };
    Ok(number as usize * FRESH_BLOCK + Block::read(bytes, width)?.len())
}

fn add_fresh(db: &Databases<'static>, txn: &mut RwTxn<'_>, cells: &Cells<'_>, items: &[u32]) -> Result<()> {
    let codes = code_fresh(cells, &Mapped::read(db, txn, cells.mean.len())?, items)?;
    let mut fresh = Fresh::open(db, txn, cells.coder.width())?;
    let positions = fresh.positions(txn)?;
    for (item, code) in items.iter().zip(&codes) {
        match positions.get(item) {
            Some(&position) => fresh.block(txn, position)?.set(position % FRESH_BLOCK, *item, code),
            None => {
                let last = fresh.len;
                fresh.block(txn, last)?.push(*item, code);
                fresh.len += 1;
            }
        }
    }
    fresh.write(txn)
}

fn remove_fresh(
    db: &Databases<'static>,
    txn: &mut RwTxn<'_>,
    width: usize,
    gone: &RoaringBitmap,
) -> Result<()> {
    let mut fresh = Fresh::open(db, txn, width)?;
    let mut places: Vec<usize> = fresh
        .positions(txn)?
        .into_iter()
        .filter(|(item, _)| gone.contains(*item))
        .map(|(_, at)| at)
        .collect();
    places.sort_unstable();
    // From the end: the last code takes the place, and is never one that goes too.
    for place in places.into_iter().rev() {
        fresh.len -= 1;
        let last = fresh.len;
        let moved = fresh.block(txn, last)?.pop();
        if let Some((item, code)) = moved
            && place < last
        {
            fresh.block(txn, place)?.set(place % FRESH_BLOCK, item, &code);
        }
    }
    fresh.write(txn)
}

/// Takes what moved out of the cells, and puts what is fresh into them.
fn merge(
    db: &Databases<'static>,
    txn: &mut RwTxn<'_>,
    cells: &Cells<'_>,
    moved: &RoaringBitmap,
) -> Result<()> {
    let width = cells.coder.width();
    let mut additions = fresh_by_cell(db, txn, cells)?;
    for cell in 0..cells.len() as u32 {
        let added = additions.remove(&cell).unwrap_or_default();
        let stored = db.cells.get(txn, &cell)?;
        let items = stored.map(|bytes| Block::read(bytes, width)).transpose()?;
        let is_touched = items.is_some_and(|block| block.items().any(|item| moved.contains(item)));
        if added.is_empty() && !is_touched {
            continue;
        }
        let mut block =
            stored.map_or_else(|| Ok(BlockBuf::new(width)), |b| BlockBuf::from_bytes(b, width))?;
        block.retain(|item| !moved.contains(item));
        added.iter().for_each(|(item, code)| block.push(*item, code));
        match block.len() {
            0 => drop(db.cells.delete(txn, &cell)?),
            _ => db.cells.put(txn, &cell, block.as_bytes())?,
        }
    }
    db.fresh.clear(txn)?;
    db.meta.delete(txn, meta_key::MOVED)?;
    Ok(())
}

fn fresh_by_cell(
    db: &Databases<'static>,
    txn: &RoTxn<'_>,
    cells: &Cells<'_>,
) -> Result<HashMap<u32, Vec<(u32, Code)>>> {
    let rows = Mapped::read(db, txn, cells.mean.len())?;
    let mut items = Vec::new();
    for entry in db.fresh.iter(txn)? {
        items.extend(Block::read(entry?.1, cells.coder.width())?.items());
    }
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
