//! Tokens of searches: what ties an event of a browser to an answer that this shop gave.
//!
//! A token is no secret of its holder. It says that the shop answered a search, which one, when and to whom, so that
//! events without one, with one of another catalogue or with an old one do not rank.

mod keys;

use std::net::IpAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use knytt_wire::Participation;
use uuid::Uuid;

use crate::way::Way;

pub use keys::Keys;

/// How long events may name a search.
pub const EVENTS: Duration = Duration::from_secs(86_400);

/// How long an order may name the search that led to it.
pub const ORDERS: Duration = Duration::from_secs(30 * 86_400);

/// How far the clocks of two replicas may be apart, in seconds.
const SKEW_SECS: u64 = 60;

/// The last byte is the way in; tokens from before it was said have none, and orders may name them for 30 days.
const BODY_BYTES: usize = 4 + 16 + 8 + 8 + 8 + 8 + 16 + 4 + 1;

/// What follows in the token of a search that took part in an experiment: the experiment and the arm.
const PART_BYTES: usize = 16 + 1;

/// The arm of a merged list, in which each product has its own.
const MERGED: u8 = u8::MAX;

/// 128 bits: nobody guesses them, and a token stays short.
const MAC_BYTES: usize = 16;

/// Who asks, without an address: the same for a day and an address, and nothing that can be undone without the key.
pub type Visitor = [u8; 16];

/// What a token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The search.
    pub query_id: Uuid,
    /// The release that was searched.
    pub release: u64,
    /// The commit of the catalogue that was searched.
    pub commit: u64,
    /// The hash of the words, as reports group them.
    pub words: u64,
    /// Who asked.
    pub visitor: Visitor,
    /// When, in seconds since 1970.
    pub issued_secs: u32,
    /// How the search came; not known of older tokens.
    pub way: Option<Way>,
    /// The experiment that the search took part in.
    pub part: Option<Participation>,
}

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    /// It is none, or somebody changed it, or its key is gone.
    #[error("it is not one that this shop gave")]
    Foreign,
    /// It was given for another catalogue.
    #[error("it is of another catalogue")]
    OtherCatalog,
    /// It is too old.
    #[error("it is too old")]
    Expired,
}

impl Keys {
    /// The token of a claim.
    pub fn sign(&self, catalog: &str, claim: &Claim) -> String {
        let (id, secret) = self.newest();
        let mut bytes = Vec::with_capacity(BODY_BYTES + MAC_BYTES);
        bytes.extend(id.to_le_bytes());
        bytes.extend(claim.query_id.as_bytes());
        bytes.extend(hash(catalog).to_le_bytes());
        bytes.extend(claim.release.to_le_bytes());
        bytes.extend(claim.commit.to_le_bytes());
        bytes.extend(claim.words.to_le_bytes());
        bytes.extend(claim.visitor);
        bytes.extend(claim.issued_secs.to_le_bytes());
        bytes.extend(claim.way.map(Way::byte));
        // Only a token with a way is long enough to have one.
        if let Some(part) = claim.part.filter(|_| claim.way.is_some()) {
            bytes.extend(part.id.as_bytes());
            bytes.push(part.arm.unwrap_or(MERGED));
        }
        let mac = mac(&secret, &bytes);
        bytes.extend(&mac.as_bytes()[..MAC_BYTES]);
        BASE64.encode(bytes)
    }

    /// What a token of this catalogue says, if it is one and no older than `age`.
    ///
    /// # Errors
    /// Why it is not believed.
    pub async fn verify(&self, token: &str, catalog: &str, age: Duration) -> Result<Claim, InvalidToken> {
        let bytes = BASE64.decode(token).map_err(|_| InvalidToken::Foreign)?;
        let lengths = [BODY_BYTES - 1, BODY_BYTES, BODY_BYTES + PART_BYTES];
        if !lengths.contains(&bytes.len().saturating_sub(MAC_BYTES)) {
            return Err(InvalidToken::Foreign);
        }
        let (body, seal) = bytes.split_at(bytes.len() - MAC_BYTES);
        let id = u32::from_le_bytes(part(body, 0));
        let secret = self.find(id).await.ok_or(InvalidToken::Foreign)?;
        // blake3 compares hashes in constant time; the tokens have their first half.
        let expected = mac(&secret, body);
        let same = subtle::ConstantTimeEq::ct_eq(&expected.as_bytes()[..MAC_BYTES], seal);
        if !bool::from(same) {
            return Err(InvalidToken::Foreign);
        }
        if u64::from_le_bytes(part(body, 20)) != hash(catalog) {
            return Err(InvalidToken::OtherCatalog);
        }
        let issued_secs = u32::from_le_bytes(part(body, 68));
        let (now, issued) = (now_secs(), u64::from(issued_secs));
        if issued > now + SKEW_SECS || now > issued + age.as_secs() {
            return Err(InvalidToken::Expired);
        }
        Ok(Claim {
            query_id: Uuid::from_bytes(part(body, 4)),
            release: u64::from_le_bytes(part(body, 28)),
            commit: u64::from_le_bytes(part(body, 36)),
            words: u64::from_le_bytes(part(body, 44)),
            visitor: part(body, 52),
            issued_secs,
            way: body.get(BODY_BYTES - 1).and_then(|byte| Way::of_byte(*byte)),
            part: (body.len() > BODY_BYTES).then(|| read_part(body)),
        })
    }

    /// Who asks under this name today.
    pub fn visitor_of_name(&self, name: &str) -> Visitor {
        let (_, secret) = self.newest();
        let text = format!("named visitor {} {name}", now_secs() / 86_400);
        part(mac(&secret, text.as_bytes()).as_bytes(), 0)
    }

    /// Who asks from this address today.
    pub fn visitor(&self, address: Option<IpAddr>) -> Visitor {
        let (_, secret) = self.newest();
        let text = format!("visitor {} {address:?}", now_secs() / 86_400);
        part(mac(&secret, text.as_bytes()).as_bytes(), 0)
    }
}

/// Seconds since 1970.
pub fn now_secs() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default()
}

/// A hash of words or of a name, the same on all replicas.
pub fn hash(text: &str) -> u64 {
    u64::from_le_bytes(part(blake3::hash(text.as_bytes()).as_bytes(), 0))
}

fn mac(secret: &[u8; 32], bytes: &[u8]) -> blake3::Hash {
    blake3::keyed_hash(secret, bytes)
}

/// The experiment and the arm at the end of a token's body.
fn read_part(body: &[u8]) -> Participation {
    let [arm] = part(body, BODY_BYTES + 16);
    Participation { id: Uuid::from_bytes(part(body, BODY_BYTES)), arm: (arm != MERGED).then_some(arm) }
}

/// `N` bytes from a place on; all callers ask within what is there.
fn part<const N: usize>(bytes: &[u8], from: usize) -> [u8; N] {
    bytes.get(from..from + N).and_then(|part| part.try_into().ok()).unwrap_or([0; N])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Database;
    use crate::way::{Channel, Kind};

    async fn keys() -> (Keys, Database, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("knytt.db").display());
        let db = Database::open(&url.as_str().into(), 2).await.unwrap();
        (Keys::open(&db).await.unwrap(), db, dir)
    }

    fn claim() -> Claim {
        Claim {
            query_id: Uuid::now_v7(),
            release: 3,
            commit: 1 << 40,
            words: hash("red dress"),
            visitor: [7; 16],
            issued_secs: u32::try_from(now_secs()).unwrap(),
            way: Some(Way { channel: Channel::Api, kind: Kind::Image }),
            part: None,
        }
    }

    #[tokio::test]
    async fn a_token_is_read_back_by_every_replica_and_by_none_when_changed() {
        let (keys, db, _dir) = keys().await;
        let other = Keys::open(&db).await.unwrap();
        let (claim, token) = (claim(), keys.sign("shop", &claim()));
        let read = other.verify(&token, "shop", EVENTS).await.unwrap();
        assert_eq!(Claim { query_id: read.query_id, ..claim }, read);
        assert_eq!(keys.verify(&token, "other", EVENTS).await, Err(InvalidToken::OtherCatalog));
        let bytes = BASE64.decode(&token).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let changed = keys.verify(&BASE64.encode(changed), "shop", EVENTS).await;
            assert_eq!(changed, Err(InvalidToken::Foreign), "byte {at}");
        }
        for text in ["", "x", &token[1..], &token.repeat(2)] {
            assert_eq!(keys.verify(text, "shop", EVENTS).await, Err(InvalidToken::Foreign));
        }
    }

    #[tokio::test]
    async fn a_token_from_before_ways_were_said_is_read() {
        let (keys, _db, _dir) = keys().await;
        let before = Claim { way: None, ..claim() };
        let read = keys.verify(&keys.sign("shop", &before), "shop", ORDERS).await.unwrap();
        assert_eq!(read, Claim { query_id: read.query_id, ..before });
    }

    #[tokio::test]
    async fn a_token_says_the_arm_of_its_search() {
        let (keys, _db, _dir) = keys().await;
        for arm in [None, Some(0), Some(4)] {
            let part = Some(Participation { id: Uuid::now_v7(), arm });
            let token = keys.sign("shop", &Claim { part, ..claim() });
            assert!(token.len() <= 200, "{}", token.len());
            assert_eq!(keys.verify(&token, "shop", EVENTS).await.unwrap().part, part);
            let short = BASE64.encode(&BASE64.decode(&token).unwrap()[..BODY_BYTES + MAC_BYTES]);
            assert_eq!(keys.verify(&short, "shop", EVENTS).await, Err(InvalidToken::Foreign));
        }
    }

    #[tokio::test]
    async fn a_token_ends_and_is_not_of_tomorrow() {
        let (keys, _db, _dir) = keys().await;
        for (shift, age, expected) in [
            (-86_500, EVENTS, false),
            (-86_500, ORDERS, true),
            (-86_300, EVENTS, true),
            (3_600, EVENTS, false),
        ] {
            let issued_secs = claim().issued_secs.saturating_add_signed(shift);
            let token = keys.sign("shop", &Claim { issued_secs, ..claim() });
            assert_eq!(keys.verify(&token, "shop", age).await.is_ok(), expected, "{shift}");
        }
    }

    #[tokio::test]
    async fn a_new_key_signs_and_the_one_before_still_verifies() {
        let (keys, _db, _dir) = keys().await;
        let before = keys.sign("shop", &claim());
        keys.rotate().await.unwrap();
        let after = keys.sign("shop", &claim());
        assert_ne!(before[..6], after[..6]);
        assert!(keys.verify(&before, "shop", EVENTS).await.is_ok());
        assert!(keys.verify(&after, "shop", EVENTS).await.is_ok());
    }
}
