//! The files in a zip file, as far as workbooks need it: found by the directory at its end, stored or deflated.

use std::io::{BufReader, Cursor, Read};
use std::sync::Arc;

use flate2::read::DeflateDecoder;

use crate::text::Text;

/// What is packed in one file may be much more than it; no file of a workbook is larger.
const MAX_UNPACKED_BYTES: u64 = 1 << 30;

const END_OF_DIRECTORY: &[u8] = b"PK\x05\x06";
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";

/// A zip file in memory.
pub(super) struct Zip {
    bytes: Arc<[u8]>,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    is_deflated: bool,
    packed_bytes: usize,
    /// Where its own head is.
    at: usize,
}

impl Zip {
    /// `None` if it has no directory.
    pub(super) fn open(bytes: Arc<[u8]>) -> Option<Self> {
        // A comment of up to 64 KiB may be behind the directory's end.
        let from = bytes.len().saturating_sub(66_000);
        let end = from + bytes[from..].windows(4).rposition(|four| four == END_OF_DIRECTORY)?;
        let (count, mut at) = (u16_at(&bytes, end + 10)?, u32_at(&bytes, end + 16)?);
        let mut entries = Vec::new();
        for _ in 0..count {
            if bytes.get(at..at + 4)? != DIRECTORY_ENTRY {
                return None;
            }
            let lengths = [28, 30, 32].map(|place| u16_at(&bytes, at + place));
            let [Some(name), Some(extra), Some(comment)] = lengths else { return None };
            entries.push(Entry {
                name: String::from_utf8_lossy(bytes.get(at + 46..at + 46 + name)?).into_owned(),
                is_deflated: u16_at(&bytes, at + 10)? == 8,
                packed_bytes: u32_at(&bytes, at + 20)?,
                at: u32_at(&bytes, at + 42)?,
            });
            at += 46 + name + extra + comment;
        }
        Some(Self { bytes, entries })
    }

    /// A file of this name, letter case aside.
    pub(super) fn file(&self, name: &str) -> Option<Text> {
        let entry = self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))?;
        let (name, extra) = (u16_at(&self.bytes, entry.at + 26)?, u16_at(&self.bytes, entry.at + 28)?);
        let start = entry.at + 30 + name + extra;
        let packed = self.bytes.get(start..start.checked_add(entry.packed_bytes)?)?.to_vec();
        let plain: Box<dyn Read + Send> = if entry.is_deflated {
            Box::new(DeflateDecoder::new(Cursor::new(packed)))
        } else {
            Box::new(Cursor::new(packed))
        };
        Some(Box::new(BufReader::with_capacity(1 << 16, plain.take(MAX_UNPACKED_BYTES))))
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    let two = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(u16::from_le_bytes(two).into())
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..at + 4)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(four)).ok()
}
