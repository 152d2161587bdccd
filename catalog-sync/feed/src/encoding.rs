//! Which encoding a text is in, where no byte order mark says it: what its bytes allow, what it declares, and
//! what its letters look like.

use std::io::{self, BufRead};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE};

/// How much of a text is looked at for a declaration.
const HEAD_BYTES: usize = 2048;

/// The encoding of a text, read through to its end. A text that is UTF-8 but for a few bytes is UTF-8: those bytes
/// spoil their rows. UTF-16 without a mark is known by its zero bytes.
///
/// # Errors
/// The text cannot be read.
pub(crate) fn of(mut text: impl BufRead) -> io::Result<&'static Encoding> {
    let mut survey = Survey::default();
    let mut declared = None;
    let mut at_start = true;
    loop {
        let block = text.fill_buf()?;
        if block.is_empty() {
            break;
        }
        if at_start {
            at_start = false;
            if let Some(utf16) = zeros(block) {
                return Ok(utf16);
            }
            declared = declaration(&block[..block.len().min(HEAD_BYTES)]);
        }
        survey.take(block);
        let length = block.len();
        text.consume(length);
    }
    Ok(survey.verdict(declared))
}

/// What was seen of a text's bytes.
#[derive(Default)]
struct Survey {
    detector: Option<EncodingDetector>,
    /// Letters outside of ASCII that are UTF-8.
    letters: u64,
    /// Bytes that no letter of UTF-8 has there.
    wrong: u64,
    /// Those among the wrong ones that are damage rather than letters: most encodings use them last.
    damage: u64,
    /// The end of the last block, if it is the beginning of a letter.
    rest: Vec<u8>,
}

impl Survey {
    fn take(&mut self, block: &[u8]) {
        if self.rest.is_empty() && block.is_ascii() {
            return;
        }
        let joined = [self.rest.as_slice(), block].concat();
        self.rest.clear();
        for chunk in joined.utf8_chunks() {
            self.letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
            let invalid = chunk.invalid();
            let at_end = chunk.valid().len() + invalid.len() > 0
                && std::ptr::eq(invalid.as_ptr_range().end, joined.as_ptr_range().end);
            if at_end && !invalid.is_empty() && invalid.len() < 4 && is_beginning(invalid) {
                self.rest = invalid.to_vec();
            } else {
                self.wrong += invalid.len() as u64;
                self.damage += invalid.iter().filter(|byte| **byte >= 0xfe).count() as u64;
            }
        }
        let detector = self.detector.get_or_insert_with(|| EncodingDetector::new(Iso2022JpDetection::Deny));
        detector.feed(block, false);
    }

    fn verdict(mut self, declared: Option<&'static Encoding>) -> &'static Encoding {
        self.wrong += self.rest.len() as u64;
        if let Some(encoding) = declared.filter(|encoding| *encoding == ISO_2022_JP) {
            return encoding;
        }
        // Text in another encoding is hardly ever UTF-8 by chance, and never for more than a few letters.
        if self.wrong == self.damage || self.letters > self.wrong {
            return UTF_8;
        }
        let declared = declared.filter(|encoding| *encoding != UTF_8);
        declared.unwrap_or_else(|| {
            let mut detector =
                self.detector.take().unwrap_or_else(|| EncodingDetector::new(Iso2022JpDetection::Deny));
            detector.feed(b"", true);
            detector.guess(None, Utf8Detection::Deny)
        })
    }
}

/// Whether a letter of UTF-8 may begin so.
fn is_beginning(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

/// UTF-16 of a language of Europe has a zero in every other byte.
fn zeros(block: &[u8]) -> Option<&'static Encoding> {
    let pairs = block[..block.len().min(256)].chunks_exact(2);
    let (mut first, mut second, count) = (0, 0, pairs.len());
    for pair in pairs {
        first += usize::from(pair[0] == 0 && pair[1] != 0);
        second += usize::from(pair[1] == 0 && pair[0] != 0);
    }
    match count {
        0..4 => None,
        _ if second * 4 >= count * 3 => Some(UTF_16LE),
        _ if first * 4 >= count * 3 => Some(UTF_16BE),
        _ => None,
    }
}

/// `<?xml … encoding="…"?>`, `<meta charset="…">`, or `charset=…` in a `http-equiv`.
fn declaration(head: &[u8]) -> Option<&'static Encoding> {
    let head = head.iter().map(|byte| char::from(byte.to_ascii_lowercase())).collect::<String>();
    let start = head.trim_start_matches(['\u{feff}', 'ï', '»', '¿']).trim_start();
    if !start.starts_with('<') {
        return None;
    }
    let of_xml = start.starts_with("<?xml").then(|| start.split("?>").next()).flatten();
    let after = of_xml
        .and_then(|declaration| declaration.split_once("encoding"))
        .or_else(|| start.split_once("charset"))
        .map(|(_, after)| after)?;
    let label = after.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = label.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c)).unwrap_or(label.len());
    // A text whose declaration could be read is in no encoding of 16 bits.
    let sixteen = [UTF_16LE, UTF_16BE, REPLACEMENT];
    Encoding::for_label(&label.as_bytes()[..end]).filter(|encoding| !sixteen.contains(encoding))
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, GBK, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};

    use super::*;

    fn name(bytes: &[u8]) -> &'static str {
        of(bytes).unwrap().name()
    }

    fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
        encoding.encode(text).0.into_owned()
    }

    #[test]
    fn a_declaration_counts_where_the_bytes_are_not_utf8() {
        let xml =
            |label: &str| format!("<?xml version='1.0' encoding='{label}'?><a>Müsli für Großmütter</a>");
        assert_eq!(name(&encoded(&xml("ISO-8859-15"), WINDOWS_1252)), "ISO-8859-15");
        assert_eq!(name(xml("ISO-8859-15").as_bytes()), "UTF-8", "it says so, and is not");
        let page = "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1251\"><p>Шапка";
        assert_eq!(name(&encoded(page, WINDOWS_1251)), "windows-1251");
        assert_eq!(name(b"<?xml version='1.0' encoding='utf-8'?><a>K\xfcche, Stra\xdfe</a>"), "windows-1252");
    }

    #[test]
    fn without_a_declaration_letters_tell_it() {
        for (text, encoding) in [
            ("id;Bezeichnung\n1;Große Schüssel\n2;Überwurf, grün\n", WINDOWS_1252),
            ("id;название\n1;Кружка синяя\n2;Полотенце льняное\n", WINDOWS_1251),
            ("id,品名\n1,磁器の湯のみ茶碗\n2,木の箱とふた\n", SHIFT_JIS),
            ("id,名称\n1,陶瓷茶杯和茶壶\n2,木制的盒子\n", GBK),
            ("id,名稱\n1,陶瓷茶杯與茶壺套裝\n2,木製的盒子與蓋子\n", BIG5),
        ] {
            assert_eq!(name(&encoded(text, encoding)), encoding.name(), "{text}");
            assert_eq!(name(text.as_bytes()), "UTF-8");
        }
    }

    #[test]
    fn a_damaged_byte_does_not_make_it_another_encoding() {
        assert_eq!(name(b"id,title\n1,caf\xc3\xa9\n2,\xc3\xbcber\n3,\xe9\n"), "UTF-8");
        assert_eq!(name(b"id,title\n1,\xff\n"), "UTF-8");
        assert_eq!(name(b""), "UTF-8");
    }

    #[test]
    fn sixteen_bits_without_a_mark_are_seen() {
        let wide = |unit: fn(u16) -> [u8; 2]| {
            "id\ttitle\n1\tCup\n".encode_utf16().flat_map(unit).collect::<Vec<_>>()
        };
        let of_all = |bytes: Vec<u8>| of(bytes.as_slice()).unwrap().name();
        assert_eq!(of_all(wide(u16::to_le_bytes)), "UTF-16LE");
        assert_eq!(of_all(wide(u16::to_be_bytes)), "UTF-16BE");
    }
}
