//! Where the next page begins, and of which answer.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;

use super::catalogs::State;
use super::refusals::bad_query;
use crate::http::refusal::Refusal;

/// Bytes of a digest in a cursor: enough that no two searches of a visit have the same.
const DIGEST_BYTES: usize = 12;

/// Bytes of a cursor before it is written as text.
const BYTES: usize = 4 + 4 * 8 + DIGEST_BYTES;

/// The place of a page. It is no secret and no right: what it names can be asked for without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Hits before this page.
    pub offset: u32,
    /// The state of the catalogue that the first page was made of.
    pub state: State,
    digest: [u8; DIGEST_BYTES],
}

impl Cursor {
    /// A page of the search with this digest.
    pub fn new(offset: u32, state: State, digest: &blake3::Hash) -> Self {
        Self { offset, state, digest: start_of(digest) }
    }

    /// Reads a cursor of the search with this digest.
    ///
    /// # Errors
    /// 400 if it is none, or is of another search.
    pub fn read(text: &str, digest: &blake3::Hash) -> Result<Self, Refusal> {
        let unreadable = || bad_query("cursor: not one that an answer gave");
        let bytes: [u8; BYTES] =
            BASE64.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(unreadable)?;
        let number = |from: usize| {
            let eight = bytes.get(from..from + 8).and_then(|bytes| bytes.try_into().ok());
            eight.map_or(0, u64::from_le_bytes)
        };
        let offset = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let state = State { release: number(4), content: number(12), commit: number(20), rules: number(28) };
        let cursor = Self::new(offset, state, digest);
        if bytes[36..] == cursor.digest {
            Ok(cursor)
        } else {
            Err(bad_query("cursor: of another search; send the same query with it"))
        }
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.extend(self.offset.to_le_bytes());
        for number in [self.state.release, self.state.content, self.state.commit, self.state.rules] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(self.digest);
        f.write_str(&BASE64.encode(bytes))
    }
}

fn start_of(digest: &blake3::Hash) -> [u8; DIGEST_BYTES] {
    let mut start = [0; DIGEST_BYTES];
    start.copy_from_slice(&digest.as_bytes()[..DIGEST_BYTES]);
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_belongs_to_one_search() {
        let (one, other) = (blake3::hash(b"one"), blake3::hash(b"other"));
        let cursor = Cursor::new(24, State { release: 3, content: 1 << 63, commit: 1 << 40, rules: 7 }, &one);
        assert_eq!(Cursor::read(&cursor.to_string(), &one).unwrap(), cursor);
        assert_eq!(Cursor::read(&cursor.to_string(), &other).unwrap_err().status(), 400);
        for text in ["", "x", "AAAA", "é", &"A".repeat(300)] {
            assert_eq!(Cursor::read(text, &one).unwrap_err().status(), 400, "{text}");
        }
    }
}
