//! Walks the trees of one state of an LMDB file, and notes what LMDB could not follow.

use std::io;

use roaring::RoaringBitmap;
use serde::Serialize;

use crate::store::pages::file::PageFile;
use crate::store::pages::layout::{
    self, DEEPEST, HEADER, Meta, Node, Tree, WORD, node_flag, page_flag, tree_flag, word_at,
};

/// The most faults that a report describes. It counts all.
const DESCRIBED: usize = 20;

/// The meta pages, which no tree holds.
const META_PAGES: u64 = 2;

/// How much of a file a walk reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// The pages of the trees. Of a value on pages of its own it checks the place.
    Trees,
    /// Also the first page of each such value.
    All,
}

/// The result of a walk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PageReport {
    /// The number of pages that are in use, with those of large values.
    pub pages: u64,
    /// The number of faults.
    pub faults: u64,
    /// Descriptions of the first faults, for people.
    pub described: Vec<String>,
}

impl PageReport {
    /// Whether there are no faults.
    pub fn is_sound(&self) -> bool {
        self.faults == 0
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.pages += other.pages;
        self.faults += other.faults;
        let room = DESCRIBED.saturating_sub(self.described.len());
        self.described.extend(other.described.into_iter().take(room));
    }

    pub(crate) fn fault(&mut self, fault: impl FnOnce() -> String) {
        self.faults += 1;
        if self.described.len() < DESCRIBED {
            self.described.push(fault());
        }
    }
}

/// Where a value lies in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Value {
    /// From the file's start, in bytes.
    pub(crate) offset: u64,
    pub(crate) bytes: usize,
    /// The description of a tree, if the value is one.
    pub(crate) tree: Option<Tree>,
}

/// A walk over the trees of one state.
pub(crate) struct Walk<'f> {
    file: &'f PageFile,
    meta: Meta,
    file_bytes: u64,
    depth: Depth,
    /// The pages that were met, each of which may be met once.
    used: RoaringBitmap,
    pub(crate) report: PageReport,
    /// Whether a page in use lies beyond the file's end.
    pub(crate) is_cut_short: bool,
}

/// What a walk of one tree knows.
struct Route<'v> {
    tree: Tree,
    name: &'v str,
    /// The key before, and how many keys there were.
    last_key: Vec<u8>,
    entries: u64,
    visit: &'v mut dyn FnMut(&[u8], Value),
}

impl<'f> Walk<'f> {
    /// `meta`: the state to walk. No page of it may be written meanwhile, so a read transaction of this state must be
    /// open, or nothing else may have the file open.
    pub(crate) fn new(file: &'f PageFile, meta: Meta, file_bytes: u64, depth: Depth) -> Self {
        let (used, report) = (RoaringBitmap::new(), PageReport::default());
        Self { file, meta, file_bytes, depth, used, report, is_cut_short: false }
    }

    /// Walks all trees.
    pub(crate) fn walk_all(&mut self) {
        let mut named = Vec::new();
        self.walk_tree(self.meta.main, "the list of databases", &mut |key, value| {
            if let Some(tree) = value.tree {
                named.push((String::from_utf8_lossy(key).into_owned(), tree));
            }
        });
        for (name, tree) in named {
            self.walk_tree(tree, &name, &mut |_, _| ());
        }
        self.walk_free();
        self.report.pages = self.used.len();
    }

    /// Walks one tree, and gives each of its readable entries to `visit`.
    pub(crate) fn walk_tree(&mut self, tree: Tree, name: &str, visit: &mut dyn FnMut(&[u8], Value)) {
        let Some(root) = tree.root else {
            if tree.entries > 0 || tree.depth > 0 {
                self.report.fault(|| format!("{name}: {} entries without a page", tree.entries));
            }
            return;
        };
        if tree.depth == 0 || tree.depth > DEEPEST {
            return self.report.fault(|| format!("{name}: a tree of {} levels", tree.depth));
        }
        let mut route = Route { tree, name, last_key: Vec::new(), entries: 0, visit };
        self.descend(root, tree.depth, &mut route);
        let (found, expected) = (route.entries, tree.entries);
        if found != expected && tree.flags & tree_flag::SEVERAL_VALUES == 0 {
            self.report.fault(|| format!("{name}: {found} entries of {expected} are there"));
        }
    }

    fn descend(&mut self, number: u64, levels: u16, route: &mut Route<'_>) {
        let is_leaf = levels == 1;
        let Some(page) = self.take_page(number, is_leaf, route.name) else { return };
        if layout::flags(&page).unwrap_or_default() & page_flag::LEAF2 != 0 {
            return;
        }
        let nodes = match layout::nodes(&page, is_leaf) {
            Ok(nodes) => nodes,
            Err(fault) => return self.page_fault(number, route.name, fault),
        };
        // LMDB ends the process when it meets a branch with one entry.
        if nodes.len() < if is_leaf { 1 } else { 2 } && route.name != FREE {
            self.page_fault(number, route.name, "it has too few entries");
        }
        for node in &nodes {
            if is_leaf {
                self.visit_entry(number, node, route);
            } else {
                self.descend(node.child, levels - 1, route);
            }
        }
    }

    fn visit_entry(&mut self, number: u64, node: &Node<'_>, route: &mut Route<'_>) {
        route.entries += 1;
        let is_ordered = route.entries == 1 || follows(route.tree, &route.last_key, node.key);
        if !is_ordered {
            self.page_fault(number, route.name, "its keys are not in their order");
        }
        route.last_key.clear();
        route.last_key.extend_from_slice(node.key);
        let page_start = number * self.file.page_bytes() as u64;
        let value = if node.flags & node_flag::OVERFLOW != 0 {
            let first = word_at(node.stored, 0).unwrap_or_default() as u64;
            self.take_overflow(first, node.value_bytes, route.name)
        } else {
            let tree = (node.flags & node_flag::TREE != 0).then(|| Tree::parse(node.stored));
            if tree == Some(None) {
                return self.page_fault(number, route.name, "the description of a database is cut short");
            }
            let offset = page_start + node.value_at as u64;
            Some(Value { offset, bytes: node.stored.len(), tree: tree.flatten() })
        };
        match value {
            // Databases of other programs: a tree of the values of one key.
            Some(Value { tree: Some(tree), .. }) if node.flags & node_flag::SEVERAL != 0 => {
                self.walk_tree(tree, route.name, &mut |_, _| ());
            }
            Some(value) => (route.visit)(node.key, value),
            None => {}
        }
    }

    /// Reads a page of a tree, or notes why that cannot be.
    fn take_page(&mut self, number: u64, is_leaf: bool, name: &str) -> Option<Vec<u8>> {
        self.claim(number, 1, name)?;
        let page = match self.file.page(number) {
            Ok(page) => page,
            Err(error) => {
                self.unreadable(number, name, &error);
                return None;
            }
        };
        let expected = if is_leaf { page_flag::LEAF } else { page_flag::BRANCH };
        let kind = layout::flags(&page).unwrap_or_default() & page_flag::KIND & !page_flag::LEAF2;
        if layout::own_number(&page) != Some(number) || kind != expected {
            self.page_fault(number, name, "something else lies in its place");
            return None;
        }
        Some(page)
    }

    fn take_overflow(&mut self, first: u64, bytes: u32, name: &str) -> Option<Value> {
        let pages = (HEADER as u64 + u64::from(bytes)).div_ceil(self.file.page_bytes() as u64);
        self.claim(first, pages, name)?;
        let offset = first * self.file.page_bytes() as u64;
        if self.depth == Depth::All {
            let header = match self.file.read_at(offset, HEADER) {
                Ok(header) => header,
                Err(error) => {
                    self.unreadable(first, name, &error);
                    return None;
                }
            };
            // LMDB keeps the pages of a value that a transaction replaces by a shorter one.
            let own_pages = layout::overflow_pages(&header).map_or(0, u64::from);
            let is_its_own = layout::own_number(&header) == Some(first)
                && layout::flags(&header).unwrap_or_default() & page_flag::KIND == page_flag::OVERFLOW
                && own_pages >= pages;
            if !is_its_own {
                self.page_fault(first, name, "something else lies in the place of a value");
                return None;
            }
            self.claim(first + pages, own_pages - pages, name)?;
        }
        Some(Value { offset: offset + HEADER as u64, bytes: bytes as usize, tree: None })
    }

    /// Notes that pages are in use. `None` if they cannot be.
    fn claim(&mut self, first: u64, pages: u64, name: &str) -> Option<()> {
        let end = first.saturating_add(pages);
        let fits = first >= META_PAGES && end <= self.meta.last_page.saturating_add(1);
        let range = u32::try_from(first).ok().zip(u32::try_from(end).ok()).filter(|_| fits);
        let Some((from, to)) = range else {
            self.report.fault(|| format!("{name}: it leads to page {first}, which does not exist"));
            return None;
        };
        if end * self.file.page_bytes() as u64 > self.file_bytes {
            self.is_cut_short = true;
            self.report.fault(|| format!("{name}: page {first} lies beyond the end of the file"));
            return None;
        }
        if self.used.insert_range(from..to) != pages {
            self.report.fault(|| format!("{name}: page {first} is in use twice"));
            return None;
        }
        Some(())
    }

    /// Walks the list of free pages. The next commit writes into them, so none may be in use.
    fn walk_free(&mut self) {
        let mut lists = Vec::new();
        self.walk_tree(self.meta.free, FREE, &mut |_, value| lists.push(value));
        for list in lists {
            let bytes = match self.file.read_at(list.offset, list.bytes) {
                Ok(bytes) => bytes,
                Err(error) => {
                    self.report.fault(|| format!("{FREE}: {error}"));
                    continue;
                }
            };
            let words: Vec<u64> =
                bytes.chunks_exact(WORD).filter_map(|w| Some(word_at(w, 0)? as u64)).collect();
            let listed =
                words.split_first().and_then(|(count, pages)| pages.get(..usize::try_from(*count).ok()?));
            let Some(pages) = listed else {
                self.report.fault(|| format!("{FREE}: one of its lists is cut short"));
                continue;
            };
            let in_range = |page: &u64| (META_PAGES..=self.meta.last_page).contains(page);
            if !pages.iter().all(in_range) || !pages.is_sorted_by(|a, b| a > b) {
                self.report.fault(|| format!("{FREE}: one of its lists is not one"));
            } else if pages.iter().any(|page| u32::try_from(*page).is_ok_and(|page| self.used.contains(page)))
            {
                self.report.fault(|| format!("{FREE}: a page is both free and in use"));
            }
        }
    }

    fn page_fault(&mut self, number: u64, name: &str, fault: &str) {
        self.report.fault(|| format!("{name}: page {number}: {fault}"));
    }

    fn unreadable(&mut self, number: u64, name: &str, error: &io::Error) {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            self.is_cut_short = true;
        }
        self.report.fault(|| format!("{name}: page {number} cannot be read: {error}"));
    }
}

/// What the tree of free pages is called.
const FREE: &str = "the list of free pages";

/// Whether `key` may come after `before`.
fn follows(tree: Tree, before: &[u8], key: &[u8]) -> bool {
    if tree.flags & tree_flag::REVERSE_KEY != 0 {
        return true;
    }
    if tree.flags & tree_flag::INTEGER_KEY != 0 {
        return key.len() != WORD || word_at(before, 0) < word_at(key, 0);
    }
    before < key
}
