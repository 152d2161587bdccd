//! The records of which a workbook of Excel before 2007 consists (BIFF 5 to 8), and the texts in them.

use encoding_rs::{Encoding, WINDOWS_1252};

use super::compound::u16_at;

/// Goes on with what did not fit into the record before.
const CONTINUE: u16 = 0x3c;

/// One record: its kind, and its content in the parts that it was cut into.
pub(super) struct Record<'a> {
    pub(super) kind: u16,
    pub(super) parts: Vec<&'a [u8]>,
}

impl<'a> Record<'a> {
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.parts.first().copied().unwrap_or_default()
    }
}

/// The records from a place on.
pub(super) fn records(stream: &[u8], from: usize) -> impl Iterator<Item = Record<'_>> {
    let mut at = from;
    std::iter::from_fn(move || {
        let (kind, content) = one(stream, &mut at)?;
        let mut parts = vec![content];
        while u16_at(stream, at) == Some(CONTINUE) {
            parts.push(one(stream, &mut at)?.1);
        }
        Some(Record { kind, parts })
    })
}

fn one<'a>(stream: &'a [u8], at: &mut usize) -> Option<(u16, &'a [u8])> {
    let (kind, length) = (u16_at(stream, *at)?, usize::from(u16_at(stream, *at + 2)?));
    let content = stream.get(*at + 4..*at + 4 + length)?;
    *at += 4 + length;
    Some((kind, content))
}

/// How texts are written.
#[derive(Clone, Copy)]
pub(super) struct Letters {
    /// Since Excel 97: in units of 16 bits, or of 8 where the upper half is nothing.
    pub(super) is_unicode: bool,
    /// Before: in the encoding of the machine.
    pub(super) encoding: &'static Encoding,
}

/// The encoding of a code page's number.
pub(super) fn encoding(code_page: u16) -> &'static Encoding {
    let label = match code_page {
        866 => "ibm866",
        874 => "windows-874",
        932 => "shift_jis",
        936 => "gbk",
        949 => "euc-kr",
        950 => "big5",
        10000 => "macintosh",
        10007 => "x-mac-cyrillic",
        number => return Encoding::for_label(format!("windows-{number}").as_bytes()).unwrap_or(WINDOWS_1252),
    };
    Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252)
}

impl Letters {
    /// The text of a cell: its length in two bytes, then its letters.
    pub(super) fn text(self, bytes: &[u8]) -> Option<String> {
        let length = usize::from(u16_at(bytes, 0)?);
        self.letters(bytes.get(2..)?, length)
    }

    /// The name of a sheet: its length in one byte, then its letters.
    pub(super) fn short_text(self, bytes: &[u8]) -> Option<String> {
        self.letters(bytes.get(1..)?, usize::from(*bytes.first()?))
    }

    fn letters(self, bytes: &[u8], length: usize) -> Option<String> {
        if !self.is_unicode {
            return Some(self.encoding.decode_without_bom_handling(bytes.get(..length)?).0.into_owned());
        }
        let units = if bytes.first()? & 1 == 1 {
            bytes
                .get(1..1 + 2 * length)?
                .chunks_exact(2)
                .map(|two| u16::from_le_bytes([two[0], two[1]]))
                .collect()
        } else {
            bytes.get(1..1 + length)?.iter().map(|byte| u16::from(*byte)).collect::<Vec<_>>()
        };
        Some(String::from_utf16_lossy(&units))
    }
}

/// The texts that cells name by number, as far as they can be read. Their letters may go on in the next part, where a
/// byte says again how wide they are.
pub(super) fn shared_texts(record: &Record<'_>) -> Vec<String> {
    let mut cursor = Cursor { parts: &record.parts, part: 0, at: 8 };
    let mut texts = Vec::new();
    while let Some(text) = cursor.text() {
        texts.push(text);
    }
    texts
}

struct Cursor<'a> {
    parts: &'a [&'a [u8]],
    part: usize,
    at: usize,
}

impl Cursor<'_> {
    fn text(&mut self) -> Option<String> {
        let length = usize::from(self.u16()?);
        let flags = self.byte()?;
        let runs = if flags & 8 != 0 { usize::from(self.u16()?) } else { 0 };
        let extra =
            if flags & 4 != 0 { usize::from(self.u16()?) + (usize::from(self.u16()?) << 16) } else { 0 };
        let mut is_wide = flags & 1 != 0;
        let mut units = Vec::with_capacity(length);
        while units.len() < length {
            if self.at >= self.parts.get(self.part)?.len() {
                (self.part, self.at) = (self.part + 1, 0);
                is_wide = self.byte()? & 1 != 0;
            }
            units.push(if is_wide { self.u16()? } else { u16::from(self.byte()?) });
        }
        self.skip(runs * 4 + extra)?;
        Some(String::from_utf16_lossy(&units))
    }

    fn byte(&mut self) -> Option<u8> {
        while self.at >= self.parts.get(self.part)?.len() {
            (self.part, self.at) = (self.part + 1, 0);
        }
        let byte = self.parts[self.part][self.at];
        self.at += 1;
        Some(byte)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            let left = self.parts.get(self.part)?.len().saturating_sub(self.at);
            if left >= count {
                self.at += count;
                return Some(());
            }
            count -= left;
            (self.part, self.at) = (self.part + 1, 0);
        }
        Some(())
    }
}
