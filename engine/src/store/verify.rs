//! Opens an environment only if LMDB can read all of it without harm.

use std::path::Path;

use heed::{Env, WithoutTls};

use crate::error::{Error, Result};
use crate::store::checked::FileState;
use crate::store::open::DATA_FILE;
use crate::store::pages::{Depth, PageFile, PageReport, Walk};

/// How often a walk begins again because another process has committed in between.
const TRIES: usize = 5;

/// Opens an environment with `open`, and walks its trees before anything of them is read through LMDB, unless the
/// file is noted to be sound. A file that LMDB has not begun is not walked.
///
/// # Errors
/// [`Error::NotACatalog`], [`Error::CutShort`] and [`Error::Damaged`] for what was found, and those of `open`.
pub(crate) fn open_verified(
    folder: &Path,
    open: impl FnOnce() -> Result<Env<WithoutTls>>,
) -> Result<Env<WithoutTls>> {
    let data = folder.join(DATA_FILE);
    if !data.exists() {
        return open();
    }
    let state = FileState::of(&data);
    let Some(file) = PageFile::open(&data)? else { return open() };
    let is_noted = state.as_ref().is_some_and(|state| state.is_noted(folder));
    let env = open()?;
    if is_noted {
        return Ok(env);
    }
    let found = walk(&env, &file, Depth::Trees)?;
    refuse(&data, &found)?;
    if let Some(state) = state {
        state.note(folder);
    }
    Ok(env)
}

/// What a walk found.
pub(crate) struct Walked {
    pub(crate) report: PageReport,
    is_cut_short: bool,
    expected_bytes: u64,
    found_bytes: u64,
}

/// Walks the state that a reader of `env` sees now.
///
/// # Errors
/// [`Error::Damaged`] if the file's meta pages are not those that readers of the environment see.
pub(crate) fn walk(env: &Env<WithoutTls>, file: &PageFile, depth: Depth) -> Result<Walked> {
    for _ in 0..TRIES {
        // While this transaction is open, no writer reuses a page of its state.
        let txn = env.read_txn()?;
        let state = || Ok::<_, Error>(file.metas()?.into_iter().find(|meta| meta.txn == txn.id()));
        // Twice, as a writer that overwrites this meta page can be halfway through.
        let (Some(meta), Some(again)) = (state()?, state()?) else { continue };
        if meta != again {
            continue;
        }
        let found_bytes = file.bytes()?;
        let mut walk = Walk::new(file, meta, found_bytes, depth);
        walk.walk_all();
        let expected_bytes = meta.last_page.saturating_add(1).saturating_mul(file.page_bytes() as u64);
        let is_cut_short = walk.is_cut_short && found_bytes < expected_bytes;
        return Ok(Walked { report: walk.report, is_cut_short, expected_bytes, found_bytes });
    }
    Err(Error::damaged("its data.mdb was replaced while another program has it open"))
}

/// # Errors
/// [`Error::CutShort`] or [`Error::Damaged`] if the walk found a fault.
fn refuse(data: &Path, found: &Walked) -> Result<()> {
    if found.is_cut_short {
        let (expected_bytes, found_bytes) = (found.expected_bytes, found.found_bytes);
        return Err(Error::CutShort { path: data.into(), expected_bytes, found_bytes });
    }
    match found.report.described.first() {
        None => Ok(()),
        Some(first) if found.report.faults == 1 => Err(Error::damaged(first)),
        Some(first) => Err(Error::damaged(format!("{first}; and {} more faults", found.report.faults - 1))),
    }
}
