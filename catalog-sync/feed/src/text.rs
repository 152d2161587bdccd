//! A feed's bytes as UTF-8: unpacked if they are gzip, decoded from whatever encoding they are in, without a byte
//! order mark.

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use flate2::bufread::MultiGzDecoder;

use crate::{Error, Result, encoding};

/// Read at once from the disk.
const BLOCK_BYTES: usize = 1 << 18;

/// Enough to see what a file is.
const START_BYTES: u64 = 256;

/// How many times a text may be as large unpacked as packed. Feeds that repeat themselves in every line stay far below
/// it; a file of nothing but zeros is above it.
pub(crate) const MOST_PACKED: u64 = 300;

/// Below this length a text may be packed as tightly as it likes.
const SMALL_BYTES: u64 = 64 << 20;

/// A file that is packed more often than that was made to be unpacked without an end.
const MOST_LAYERS: u32 = 3;

/// Whether `length` bytes that were `packed` ones are a file that was made to fill disks.
pub(crate) fn is_bomb(packed: u64, length: u64) -> bool {
    length > SMALL_BYTES && length / MOST_PACKED > packed
}

/// Stands in a text for what could not be read of it. Unicode has no letter there, so that no feed has it, and a
/// row with it is set aside.
pub(crate) const UNREADABLE: char = '\u{fdd0}';

/// A feed's text, from its beginning. Bytes that cannot be read are passed on as bytes that are not UTF-8: which
/// row they spoil is seen by whoever splits rows.
pub(crate) type Text = Box<dyn BufRead + Send>;

/// # Errors
/// [`Error::Read`]
pub(crate) fn open(path: &Path) -> Result<Text> {
    let mut bytes = unpacked(path)?;
    let start = bytes.fill_buf().map_err(|e| named(path, &e))?;
    match start {
        [0xef, 0xbb, 0xbf, ..] => bytes.consume(3),
        [0xff, 0xfe, ..] => {
            bytes.consume(2);
            return Ok(utf16(bytes, u16::from_le_bytes));
        }
        [0xfe, 0xff, ..] => {
            bytes.consume(2);
            return Ok(utf16(bytes, u16::from_be_bytes));
        }
        _ => {}
    }
    // Which letters it has is seen from all of it.
    let encoding = encoding::of(unpacked(path)?).map_err(|e| named(path, &e))?;
    Ok(match encoding {
        utf8 if utf8 == UTF_8 => bytes,
        wide if wide == UTF_16LE => utf16(bytes, u16::from_le_bytes),
        wide if wide == UTF_16BE => utf16(bytes, u16::from_be_bytes),
        other => Box::new(BufReader::with_capacity(BLOCK_BYTES, Legacy::new(bytes, other))),
    })
}

/// The whole text; [`UNREADABLE`] stands for what is none.
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
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| marked(error.as_bytes())))
}

/// The first bytes of a file, or of what is packed in it.
///
/// # Errors
/// [`Error::Read`]
pub(crate) fn start(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    unpacked(path)?.take(START_BYTES).read_to_end(&mut bytes).map_err(|e| named(path, &e))?;
    Ok(bytes)
}

/// All bytes of a file, or of what is packed in it; none if they are more than `max_bytes`.
///
/// # Errors
/// [`Error::Read`]
pub(crate) fn bytes(path: &Path, max_bytes: u64) -> Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    unpacked(path)?.take(max_bytes + 1).read_to_end(&mut bytes).map_err(|e| named(path, &e))?;
    Ok(Some(bytes).filter(|bytes| bytes.len() as u64 <= max_bytes))
}

/// Bytes as a text, with [`UNREADABLE`] for those that are not UTF-8.
pub(crate) fn marked(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(UNREADABLE);
        }
    }
    text
}

/// The bytes of a file, or of what is packed in it.
///
/// # Errors
/// [`Error::Read`]
pub(crate) fn unpacked(path: &Path) -> Result<Text> {
    let file = fs_err::File::open(path).map_err(Error::Read)?;
    unpack(Box::new(BufReader::with_capacity(BLOCK_BYTES, file)), path, MOST_LAYERS)
}

fn unpack(mut bytes: Text, path: &Path, layers: u32) -> Result<Text> {
    let start = bytes.fill_buf().map_err(|e| named(path, &e))?;
    if !start.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let Some(layers) = layers.checked_sub(1) else {
        return Err(named(path, &io::Error::other(format!("it is packed more than {MOST_LAYERS} times"))));
    };
    let packed = Arc::new(AtomicU64::new(0));
    let counted = BufReader::with_capacity(BLOCK_BYTES, Counted { bytes, count: Arc::clone(&packed) });
    let bounded = Bounded { bytes: MultiGzDecoder::new(counted), packed, length: 0 };
    unpack(Box::new(BufReader::with_capacity(BLOCK_BYTES, bounded)), path, layers)
}

/// Counts the bytes that are read.
struct Counted {
    bytes: Text,
    count: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.bytes.read(buffer)?;
        self.count.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

/// Unpacked bytes, as long as they are no more than a feed's can be.
struct Bounded<R> {
    bytes: R,
    packed: Arc<AtomicU64>,
    length: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.bytes.read(buffer)?;
        self.length += length as u64;
        if is_bomb(self.packed.load(Ordering::Relaxed), self.length) {
            let reason = format!("it is more than {MOST_PACKED} times as large unpacked as packed");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, reason));
        }
        Ok(length)
    }
}

fn utf16(bytes: Text, unit: fn([u8; 2]) -> u16) -> Text {
    let decoder = Utf16 { bytes, unit, pending: None, out: Vec::new(), given: 0 };
    Box::new(BufReader::with_capacity(BLOCK_BYTES, decoder))
}

pub(crate) fn named(path: &Path, error: &io::Error) -> Error {
    Error::Read(io::Error::new(error.kind(), format!("cannot read {}: {error}", path.display())))
}

/// One of the encodings that were there before Unicode, as UTF-8. What the encoding does not have becomes a byte
/// that is not UTF-8.
struct Legacy {
    bytes: Text,
    decoder: Decoder,
    out: Vec<u8>,
    given: usize,
    ended: bool,
}

impl Legacy {
    fn new(bytes: Text, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_without_bom_handling();
        Self { bytes, decoder, out: Vec::new(), given: 0, ended: false }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.out.clear();
        self.given = 0;
        while self.out.is_empty() && !self.ended {
            let block = self.bytes.fill_buf()?;
            self.ended = block.is_empty();
            let mut read = 0;
            loop {
                let mut letters = vec![0; 1 << 16];
                let (result, taken, written) =
                    self.decoder.decode_to_utf8_without_replacement(&block[read..], &mut letters, self.ended);
                read += taken;
                self.out.extend_from_slice(&letters[..written]);
                match result {
                    DecoderResult::InputEmpty => break,
                    DecoderResult::OutputFull => {}
                    DecoderResult::Malformed(..) => self.out.push(0xff),
                }
            }
            self.bytes.consume(read);
        }
        Ok(())
    }
}

impl Read for Legacy {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.out.len() {
            self.fill()?;
        }
        Ok(give(&self.out, &mut self.given, buffer))
    }
}

/// Copies what was not given yet.
fn give(out: &[u8], given: &mut usize, buffer: &mut [u8]) -> usize {
    let length = (out.len() - *given).min(buffer.len());
    buffer[..length].copy_from_slice(&out[*given..*given + length]);
    *given += length;
    length
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
        Ok(give(&self.out, &mut self.given, buffer))
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
    fn encodings_before_unicode_read_the_same() {
        for (text, encoding) in [
            ("id,title\n1,Größe\n", encoding_rs::WINDOWS_1252),
            ("id,title\n1,Кружка и полотенце\n", encoding_rs::KOI8_U),
            ("id,title\n1,磁器の湯のみ茶碗\n", encoding_rs::EUC_JP),
        ] {
            let text = text.repeat(9000);
            let bytes = encoding.encode(&text).0;
            assert!(opened(&bytes) == text.as_bytes(), "{}", encoding.name());
        }
    }

    #[test]
    fn a_file_that_unpacks_without_an_end_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.gz");
        let packed = |bytes: &mut dyn Read| {
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            io::copy(bytes, &mut packed).unwrap();
            packed.finish().unwrap()
        };
        std::fs::write(&path, packed(&mut io::repeat(b'0').take(100 << 20))).unwrap();
        let error = io::copy(&mut unpacked(&path).unwrap(), &mut io::sink()).unwrap_err();
        assert!(error.to_string().contains("300 times"), "{error}");
        let mut layers = b"id,title\n1,a\n".to_vec();
        for _ in 0..MOST_LAYERS {
            layers = packed(&mut layers.as_slice());
            std::fs::write(&path, &layers).unwrap();
            assert!(unpacked(&path).is_ok());
        }
        std::fs::write(&path, packed(&mut layers.as_slice())).unwrap();
        assert!(unpacked(&path).is_err());
    }

    #[test]
    fn what_cannot_be_read_is_marked() {
        assert_eq!(marked(b"a\xffb \xc3\xa9"), "a\u{fdd0}b é");
    }

    #[test]
    fn half_a_pair_spoils_nothing_after_it() {
        let units = [0xfeff, 0x61, 0xd83e, 0x62, 0xdc00, 0x63];
        let bytes: Vec<u8> = units.into_iter().flat_map(u16::to_le_bytes).collect();
        assert_eq!(opened(&bytes), b"a\xffb\xffc");
    }
}
