//! A feed's bytes as UTF-8: unpacked if they are gzip, decoded if they are UTF-16, without a byte order mark.

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::{Error, Result};

/// Read at once from the disk.
const BLOCK_BYTES: usize = 1 << 18;

/// A feed's text, from its beginning. Bytes that are not UTF-8 are passed on as they are: which row they spoil
/// is seen by whoever splits rows.
pub(crate) type Text = Box<dyn BufRead + Send>;

/// # Errors
/// [`Error::Read`]
pub(crate) fn open(path: &Path) -> Result<Text> {
    let file = fs_err::File::open(path).map_err(Error::Read)?;
    unpack(Box::new(BufReader::with_capacity(BLOCK_BYTES, file)), path)
}

/// The whole text; what is not UTF-8 is replaced.
///
/// # Errors
/// [`Error::Read`], also if it is longer than `max_bytes`.
pub(crate) fn read(path: &Path, max_bytes: u64) -> Result<String> {
    let mut bytes = Vec::new();
    open(path)?.take(max_bytes + 1).read_to_end(&mut bytes).map_err(|e| named(path, &e))?;
    if bytes.len() as u64 > max_bytes {
        let reason = format!("it is longer than {} MiB", max_bytes >> 20);
        return Err(named(path, &io::Error::new(io::ErrorKind::FileTooLarge, reason)));
    }
    Ok(String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

fn unpack(mut bytes: Text, path: &Path) -> Result<Text> {
    let start = bytes.fill_buf().map_err(|e| named(path, &e))?;
    if start.starts_with(&[0x1f, 0x8b]) {
        let unpacked = BufReader::with_capacity(BLOCK_BYTES, MultiGzDecoder::new(bytes));
        return unpack(Box::new(unpacked), path);
    }
    let units = match start {
        [0xef, 0xbb, 0xbf, ..] => {
            bytes.consume(3);
            return Ok(bytes);
        }
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return Ok(bytes),
    };
    bytes.consume(2);
    let decoder = Utf16 { bytes, unit: units, pending: None, out: Vec::new(), given: 0 };
    Ok(Box::new(BufReader::with_capacity(BLOCK_BYTES, decoder)))
}

pub(crate) fn named(path: &Path, error: &io::Error) -> Error {
    Error::Read(io::Error::new(error.kind(), format!("cannot read {}: {error}", path.display())))
}

/// UTF-16 as UTF-8. A surrogate without its other half becomes a byte that is not UTF-8, so that it spoils its
/// row and no other.
struct Utf16 {
    bytes: Text,
    unit: fn([u8; 2]) -> u16,
    /// A unit that was read to look for the second half of a pair.
    pending: Option<u16>,
    out: Vec<u8>,
    given: usize,
}

impl Utf16 {
    fn next_unit(&mut self) -> io::Result<Option<u16>> {
        if let Some(unit) = self.pending.take() {
            return Ok(Some(unit));
        }
        let mut pair = [0; 2];
        let mut filled = 0;
        while filled < 2 {
            match self.bytes.read(&mut pair[filled..])? {
                0 => return Ok((filled > 0).then_some(0xd800)),
                length => filled += length,
            }
        }
        Ok(Some((self.unit)(pair)))
    }

    fn fill(&mut self) -> io::Result<()> {
        self.out.clear();
        self.given = 0;
        while self.out.len() < BLOCK_BYTES {
            let Some(first) = self.next_unit()? else { break };
            let second = if (0xd800..0xdc00).contains(&first) { self.next_unit()? } else { None };
            let mut decoded = char::decode_utf16([first].into_iter().chain(second));
            match decoded.next() {
                Some(Ok(c)) => self.out.extend(c.encode_utf8(&mut [0; 4]).bytes()),
                _ => {
                    self.out.push(0xff);
                    self.pending = second;
                }
            }
        }
        Ok(())
    }
}

impl Read for Utf16 {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.out.len() {
            self.fill()?;
        }
        let length = (self.out.len() - self.given).min(buffer.len());
        buffer[..length].copy_from_slice(&self.out[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn opened(bytes: &[u8]) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        std::fs::write(&path, bytes).unwrap();
        let mut read = Vec::new();
        open(&path).unwrap().read_to_end(&mut read).unwrap();
        read
    }

    fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(unit).collect()
    }

    #[test]
    fn every_encoding_reads_the_same() {
        let text = "id,title\n1,Größe 🧥\n".repeat(20_000);
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&utf16(&text, u16::to_le_bytes)).unwrap();
        for bytes in [
            text.clone().into_bytes(),
            format!("\u{feff}{text}").into_bytes(),
            utf16(&text, u16::to_le_bytes),
            utf16(&text, u16::to_be_bytes),
            packed.finish().unwrap(),
        ] {
            assert!(opened(&bytes) == text.as_bytes());
        }
    }

    #[test]
    fn half_a_pair_spoils_nothing_after_it() {
        let units = [0xfeff, 0x61, 0xd83e, 0x62, 0xdc00, 0x63];
        let bytes: Vec<u8> = units.into_iter().flat_map(u16::to_le_bytes).collect();
        assert_eq!(opened(&bytes), b"a\xffb\xffc");
    }
}
