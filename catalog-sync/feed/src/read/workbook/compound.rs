//! Microsoft's compound files: a small file system in a file, as far as workbooks need it.

const MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Sectors with larger numbers are none.
const MAX_SECTOR: u32 = 0xffff_fff9;

/// How long a directory entry is.
const ENTRY_BYTES: usize = 128;

pub(super) fn is_compound(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// A compound file in memory.
pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    sector_bytes: usize,
    small_bytes: usize,
    /// The sector that follows each.
    next: Vec<u32>,
    next_small: Vec<u32>,
    /// Streams that are shorter lie in small sectors.
    small_below: usize,
    small: Vec<u8>,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    start: u32,
    length: usize,
}

impl<'a> Compound<'a> {
    /// None if it is damaged.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let shift =
            |at: usize| u16_at(bytes, at).filter(|shift| (4..=16).contains(shift)).map(|shift| 1 << shift);
        let mut file = Self {
            bytes,
            sector_bytes: shift(30)?,
            small_bytes: shift(32)?,
            next: Vec::new(),
            next_small: Vec::new(),
            small_below: u32_at(bytes, 56)? as usize,
            small: Vec::new(),
            entries: Vec::new(),
        };
        for sector in file.table_sectors()? {
            file.next.extend(numbers(file.sector(sector)?));
        }
        let directory = file.chain(u32_at(bytes, 48)?)?;
        file.entries = directory.chunks_exact(ENTRY_BYTES).filter_map(entry).collect();
        file.next_small = numbers(&file.chain(u32_at(bytes, 60)?)?).collect();
        let root = file.entries.first().map(|root| root.start)?;
        file.small = file.chain(root)?;
        Some(file)
    }

    /// The content of the first stream with one of these names.
    pub(super) fn stream(&self, names: &[&str]) -> Option<Vec<u8>> {
        let of_name = |name: &&str| self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name));
        let entry = names.iter().find_map(of_name)?;
        let mut content = if entry.length < self.small_below {
            self.small_chain(entry.start)?
        } else {
            self.chain(entry.start)?
        };
        content.truncate(entry.length);
        Some(content)
    }

    /// The sectors in which the table of followers is: named in the head, then in sectors of their own.
    fn table_sectors(&self) -> Option<Vec<u32>> {
        let mut sectors: Vec<u32> = numbers(self.bytes.get(76..512)?).filter(|s| *s <= MAX_SECTOR).collect();
        let (mut more, most) = (u32_at(self.bytes, 68)?, self.bytes.len() / self.sector_bytes);
        let mut seen = 0;
        while more <= MAX_SECTOR && seen <= most {
            let mut named: Vec<u32> = numbers(self.sector(more)?).collect();
            more = named.pop()?;
            sectors.extend(named.into_iter().filter(|sector| *sector <= MAX_SECTOR));
            seen += 1;
        }
        Some(sectors)
    }

    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let start = (number as usize).checked_add(1)?.checked_mul(self.sector_bytes)?;
        // The last one may be cut off.
        let end = (start + self.sector_bytes).min(self.bytes.len());
        self.bytes.get(start..end)
    }

    fn chain(&self, start: u32) -> Option<Vec<u8>> {
        let mut content = Vec::new();
        let mut sector = start;
        while sector <= MAX_SECTOR && content.len() <= self.bytes.len() {
            content.extend_from_slice(self.sector(sector)?);
            sector = *self.next.get(sector as usize)?;
        }
        Some(content)
    }

    fn small_chain(&self, start: u32) -> Option<Vec<u8>> {
        let mut content = Vec::new();
        let mut sector = start;
        while sector <= MAX_SECTOR && content.len() <= self.small.len() {
            let at = sector as usize * self.small_bytes;
            content.extend_from_slice(self.small.get(at..at + self.small_bytes)?);
            sector = *self.next_small.get(sector as usize)?;
        }
        Some(content)
    }
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let length = usize::from(u16_at(bytes, 64)?).saturating_sub(2).min(64);
    let units: Vec<u16> =
        bytes[..length].chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
    Some(Entry {
        name: String::from_utf16_lossy(&units),
        start: u32_at(bytes, 116)?,
        length: u32_at(bytes, 120)? as usize,
    })
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
