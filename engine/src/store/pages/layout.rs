//! The layout of LMDB's pages (`mdb.c`: `MDB_page`, `MDB_node`, `MDB_db`, `MDB_meta`). Numbers are in the byte
//! order of the machine, and a page number has the size of a pointer.

/// The bytes of a page number and of a transaction's id.
pub(crate) const WORD: usize = size_of::<usize>();

/// The header of a page: its number, padding, flags, and the two ends of its free space.
pub(crate) const HEADER: usize = WORD + 8;

/// The header of a node: two halves of a size or page number, flags, and the size of the key.
const NODE_HEADER: usize = 8;

/// A tree's description: `MDB_db`.
const TREE: usize = 8 + 5 * WORD;

/// How many bytes of a meta page are read.
pub(crate) const META_BYTES: usize = HEADER + 8 + 2 * WORD + 2 * TREE + 2 * WORD;

const MAGIC: u32 = 0xBEEF_C0DE;
const VERSION: u32 = 1;

/// The page sizes that LMDB can have.
const PAGE_BYTES: std::ops::RangeInclusive<usize> = 256..=0x8000;

/// The deepest tree that LMDB's cursors can follow.
pub(crate) const DEEPEST: u16 = 32;

pub(crate) mod page_flag {
    pub(crate) const BRANCH: u16 = 0x01;
    pub(crate) const LEAF: u16 = 0x02;
    pub(crate) const OVERFLOW: u16 = 0x04;
    pub(crate) const META: u16 = 0x08;
    /// A leaf whose keys have one size and no node: only databases of other programs have it.
    pub(crate) const LEAF2: u16 = 0x20;
    /// The flags that say what kind of page it is.
    pub(crate) const KIND: u16 = BRANCH | LEAF | OVERFLOW | META | LEAF2;
}

pub(crate) mod node_flag {
    /// The value lies on overflow pages; the node has their number.
    pub(crate) const OVERFLOW: u16 = 0x01;
    /// The value describes a tree.
    pub(crate) const TREE: u16 = 0x02;
    /// The key has several values. Only databases of other programs have that.
    pub(crate) const SEVERAL: u16 = 0x04;
}

pub(crate) mod tree_flag {
    /// Keys are compared from their end.
    pub(crate) const REVERSE_KEY: u16 = 0x02;
    /// A key may have several values, of one size (`DUPFIXED`) or not. Only databases of other programs have that.
    pub(crate) const SEVERAL_VALUES: u16 = 0x04 | 0x10;
    /// Keys are numbers in the machine's byte order.
    pub(crate) const INTEGER_KEY: u16 = 0x08;
}

/// A meta page: the start of one state of the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Meta {
    pub(crate) page_bytes: usize,
    /// The tree of free pages.
    pub(crate) free: Tree,
    /// The tree of named databases.
    pub(crate) main: Tree,
    pub(crate) last_page: u64,
    /// The id of the transaction that wrote it.
    pub(crate) txn: usize,
}

/// A tree of pages, as its description says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tree {
    pub(crate) flags: u16,
    /// Levels of pages, 0 if it is empty.
    pub(crate) depth: u16,
    pub(crate) entries: u64,
    /// `None` if it is empty.
    pub(crate) root: Option<u64>,
}

/// One entry of a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'p> {
    pub(crate) flags: u16,
    pub(crate) key: &'p [u8],
    /// Of a leaf: the size of the value in bytes.
    pub(crate) value_bytes: u32,
    /// Of a branch: the page below.
    pub(crate) child: u64,
    /// Where the value, or the number of its first overflow page, begins in the page.
    pub(crate) value_at: usize,
    /// What is stored in the page: the value, or the number of its first overflow page.
    pub(crate) stored: &'p [u8],
}

impl Meta {
    /// Reads the first [`META_BYTES`] of a meta page; `None` if it is none of this version.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let magic = u32_at(bytes, HEADER)?;
        let version = u32_at(bytes, HEADER + 4)?;
        let is_meta = flags(bytes)? & page_flag::META != 0;
        let trees = HEADER + 8 + 2 * WORD;
        let page_bytes = u32_at(bytes, trees)? as usize;
        let is_sound = is_meta && magic == MAGIC && version == VERSION && PAGE_BYTES.contains(&page_bytes);
        if !is_sound || !page_bytes.is_power_of_two() {
            return None;
        }
        Some(Self {
            page_bytes,
            free: Tree::parse(bytes.get(trees..)?)?,
            main: Tree::parse(bytes.get(trees + TREE..)?)?,
            last_page: word_at(bytes, trees + 2 * TREE)? as u64,
            txn: word_at(bytes, trees + 2 * TREE + WORD)?,
        })
    }
}

impl Tree {
    /// Reads a tree's description; `None` if it is cut short.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let root = word_at(bytes, 8 + 4 * WORD)?;
        Some(Self {
            flags: u16_at(bytes, 4)?,
            depth: u16_at(bytes, 6)?,
            entries: word_at(bytes, 8 + 3 * WORD)? as u64,
            root: (root != usize::MAX).then_some(root as u64),
        })
    }
}

/// The number that a page says it has.
pub(crate) fn own_number(page: &[u8]) -> Option<u64> {
    word_at(page, 0).map(|number| number as u64)
}

/// The flags of a page.
pub(crate) fn flags(page: &[u8]) -> Option<u16> {
    u16_at(page, WORD + 2)
}

/// How many pages an overflow page's value takes, as its header says.
pub(crate) fn overflow_pages(page: &[u8]) -> Option<u32> {
    u32_at(page, WORD + 4)
}

/// The nodes of a branch (`is_leaf` is false) or of a leaf.
///
/// # Errors
/// What is wrong with the page.
pub(crate) fn nodes(page: &[u8], is_leaf: bool) -> Result<Vec<Node<'_>>, &'static str> {
    let ends = u16_at(page, WORD + 4).zip(u16_at(page, WORD + 6));
    let (lower, upper) = ends.map(|(lower, upper)| (lower as usize, upper as usize)).unwrap_or_default();
    if lower < HEADER || lower > upper || upper > page.len() || !(lower - HEADER).is_multiple_of(2) {
        return Err("its free space has no place in it");
    }
    let offsets = (HEADER..lower).step_by(2);
    let nodes = offsets.map(|at| {
        let at = u16_at(page, at).map_or(0, usize::from);
        if at < upper { None } else { node(page, at, is_leaf) }
    });
    nodes.collect::<Option<_>>().ok_or("an entry reaches out of it")
}

fn node(page: &[u8], at: usize, is_leaf: bool) -> Option<Node<'_>> {
    let low = u32::from(u16_at(page, at)?) | u32::from(u16_at(page, at + 2)?) << 16;
    let (flags, key_bytes) = (u16_at(page, at + 4)?, u16_at(page, at + 6)? as usize);
    let value_at = at + NODE_HEADER + key_bytes;
    let stored_bytes = match is_leaf {
        true if flags & node_flag::OVERFLOW != 0 => WORD,
        true => low as usize,
        false => 0,
    };
    let high = if WORD == 8 { u64::from(flags) << 32 } else { 0 };
    Some(Node {
        flags,
        key: page.get(at + NODE_HEADER..value_at)?,
        value_bytes: low,
        child: u64::from(low) | high,
        value_at,
        stored: page.get(value_at..value_at.checked_add(stored_bytes)?)?,
    })
}

/// A page number or another word.
pub(crate) fn word_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from_ne_bytes(bytes.get(at..at + WORD)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}
