//! Reads LMDB's file without LMDB: whatever the bytes are, this reports faults and never crashes.
//!
//! LMDB trusts its file. A file that was cut short, or copied while a program wrote into it, makes LMDB read beyond
//! the file's end or follow an offset out of a page, and the process ends with SIGBUS, SIGSEGV or SIGABRT. So each
//! file is walked here before LMDB may read more of it than the two meta pages.

pub(crate) mod file;
pub(crate) mod layout;
pub(crate) mod walk;

pub(crate) use self::file::PageFile;
pub(crate) use self::layout::{Meta, Tree};
pub(crate) use self::walk::{Depth, PageReport, Value, Walk};
