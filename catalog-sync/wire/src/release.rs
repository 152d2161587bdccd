//! What a release is made of, as its signed description says.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::log::{LogEntry, LogHead, ReleaseLog, is_hash};

/// The version of this description and of the packs that it names.
pub const FORMAT: u32 = 1;

/// The name of the signed target that holds a [`Release`], as JSON.
pub const RELEASE_TARGET: &str = "release.json";

/// How long an id, a hash or a name may be.
const MAX_NAME_CHARS: usize = 300;

/// One state of a catalogue: how to get there from nothing, and from earlier releases.
///
/// Its JSON is a target of the signed metadata, and so are the packs that it names; their lengths and
/// hashes stand there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// [`FORMAT`]. A device that reads an older one only says so and changes nothing.
    pub format: u32,
    /// The catalogue's id, the same for all its releases.
    pub catalog: String,
    /// The catalogue's name for shoppers.
    #[serde(default)]
    pub title: String,
    /// Counts from 1.
    pub number: u64,
    /// When it was published: milliseconds since 1970 in UTC.
    pub published_ms: i64,
    /// The model whose vectors it holds.
    pub model: Model,
    /// How many products it has.
    pub products: u64,
    /// The content hash of all products with their own pictures, hexadecimal.
    pub content: String,
    /// The hash of all further pictures, hexadecimal, if there are any. Devices of earlier versions do not read it, nor
    /// the packs of further pictures: they show and find the products' own pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub further: Option<String>,
    /// The way from nothing.
    pub snapshot: SnapshotPacks,
    /// Steps from release to release. A device takes the cheapest path over them, or the snapshot.
    pub deltas: Vec<Delta>,
    /// Other places with the same files; tried when the first is slow or away.
    #[serde(default)]
    pub mirrors: Vec<Url>,
    /// Where feedback goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Url>,
    /// What devices send with their feedback, so that the backend knows it from what anybody may send. It is
    /// no secret: whoever has the catalogue has it. It may be another one in the next release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ingest_key: Option<String>,
    /// What the catalogue's scores mean, so that devices need not measure it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<serde_json::Value>,
    /// How hits are ranked in this catalogue, where that is not as everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<serde_json::Value>,
    /// Which pictures are refused in this catalogue, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety: Option<serde_json::Value>,
    /// What the retailer's rules and synonyms are, if there are any. Devices of earlier versions do not read them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<serde_json::Value>,
    /// The experiment that searches take part in, if there is one. Devices of earlier versions do not read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub experiment: Option<serde_json::Value>,
    /// Its place in the log of releases. Releases of earlier versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<ReleaseLog>,
}

/// The model of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// Identifies it.
    pub fingerprint: String,
    /// For people.
    pub name: String,
    /// Values per vector.
    pub dimension: u32,
    /// The bundle's files; none for a model that every app has built in.
    #[serde(default)]
    pub files: Vec<ModelFile>,
}

/// One file of a model bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelFile {
    /// Its name in the bundle's folder.
    pub name: String,
    /// The target that holds it.
    pub target: String,
}

/// All products of one release, which may be an earlier one than that which names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotPacks {
    /// The release whose state it is.
    pub release: u64,
    /// How many products it has.
    pub products: u64,
    /// The content hash after it, hexadecimal.
    pub content: String,
    /// The hash of all further pictures after it, hexadecimal, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub further: Option<String>,
    /// Products are spread over shards by their ids, so that a change leaves most packs as they were.
    pub shards: Vec<Shard>,
    /// One per shard: digests of vectors and pictures, from which the publisher of the next release
    /// sees what changed. Devices leave them.
    #[serde(default)]
    pub digests: Vec<Pack>,
    /// The same of further pictures; none if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_digests: Vec<Pack>,
}

/// The packs of one shard. All have their rows in the order of the ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// What is known of each product.
    pub attributes: Pack,
    /// One vector per product.
    pub vectors: Pack,
    /// A picture per product that has one.
    pub pictures: Pack,
    /// Further pictures, if a product of the shard has some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub further: Option<Pack>,
}

/// A step from one release to a later one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delta {
    /// The release that it changes.
    pub from: u64,
    /// The release that it makes.
    pub to: u64,
    /// The content hash before it, hexadecimal.
    pub base: String,
    /// The content hash after it, hexadecimal.
    pub content: String,
    /// The hash of all further pictures before it, hexadecimal, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub further_base: Option<String>,
    /// The hash of all further pictures after it, hexadecimal, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub further_content: Option<String>,
    /// How many products there are after it.
    pub products: u64,
    /// Products that are new, changed (in some columns) or gone.
    pub attributes: Pack,
    /// New vectors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vectors: Option<Pack>,
    /// New pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pictures: Option<Pack>,
    /// Further pictures that are new, changed or gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub further: Option<Pack>,
}

/// One file of rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pack {
    /// The target that holds it.
    pub target: String,
    /// How many rows it has.
    pub rows: u64,
    /// What it takes when it is decompressed, in bytes, by its own account; checked before it is read.
    pub uncompressed_bytes: u64,
}

/// Why a release cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRelease {
    /// A later program wrote it; take a newer version of this one.
    #[error("the release is of format {found}, this program reads format {FORMAT}")]
    Format {
        /// What the release says.
        found: u32,
    },
    /// Whoever signed it made a mistake; its publisher must publish again.
    #[error("the release contradicts itself: {0}")]
    Contradiction(&'static str),
}

impl Release {
    /// Reads and checks a description.
    ///
    /// # Errors
    /// The JSON is not one of a release, or [`Self::validate`] refuses it.
    pub fn from_json(bytes: &[u8]) -> Result<Self, InvalidRelease> {
        #[derive(Deserialize)]
        struct Version {
            format: u32,
        }
        const NO_JSON: InvalidRelease = InvalidRelease::Contradiction("it is not the JSON of a release");
        let version: Version = serde_json::from_slice(bytes).map_err(|_| NO_JSON)?;
        if version.format != FORMAT {
            return Err(InvalidRelease::Format { found: version.format });
        }
        let release: Self = serde_json::from_slice(bytes).map_err(|_| NO_JSON)?;
        release.validate()?;
        Ok(release)
    }

    /// Whether it holds together.
    ///
    /// # Errors
    /// The first contradiction.
    pub fn validate(&self) -> Result<(), InvalidRelease> {
        let must = |holds: bool, otherwise: &'static str| {
            if holds { Ok(()) } else { Err(InvalidRelease::Contradiction(otherwise)) }
        };
        if self.format != FORMAT {
            return Err(InvalidRelease::Format { found: self.format });
        }
        must(is_name(&self.catalog), "its catalogue has no id")?;
        must(is_name(&self.model.fingerprint), "its model has no fingerprint")?;
        must((1..=16_384).contains(&self.model.dimension), "its vectors have no possible dimension")?;
        must(self.number > 0 && self.snapshot.release <= self.number, "its snapshot is of a later release")?;
        must(!self.snapshot.shards.is_empty(), "its snapshot has no packs")?;
        must(self.deltas.iter().all(|delta| delta.from < delta.to), "a delta leads backwards")?;
        must(self.deltas.iter().all(|delta| delta.to <= self.number), "a delta leads beyond it")?;
        must(
            self.model.files.iter().all(|file| is_file_name(&file.name)),
            "a model's file has a strange name",
        )?;
        must(
            self.ingest_key.as_deref().is_none_or(is_header_value),
            "its ingest key is no text of a header",
        )?;
        let previous = self.log.as_ref().and_then(|log| log.previous.as_deref());
        must(previous.is_none_or(is_hash), "its log has no possible hash")?;
        must(self.names_are_plain(), "a pack has a strange name")?;
        must(self.path_is_whole(), "no way leads from its snapshot to it")
    }

    /// What the log says of it. `description` is SHA-256 of its JSON as it is signed, hexadecimal.
    pub fn log_entry(&self, description: impl Into<String>) -> LogEntry {
        LogEntry {
            number: self.number,
            published_ms: self.published_ms,
            content: self.content.clone(),
            description: description.into(),
        }
    }

    /// The head of its log, if it has one.
    pub fn log_head(&self, description: impl Into<String>) -> Option<LogHead> {
        let log = self.log.as_ref()?;
        Some(LogHead::after(log.previous.as_deref(), &self.log_entry(description)))
    }

    /// Every pack that it names, those for publishers too.
    pub fn packs(&self) -> impl Iterator<Item = &Pack> {
        let shards = self.snapshot.shards.iter().flat_map(Shard::packs);
        let digests = self.snapshot.digests.iter().chain(&self.snapshot.further_digests);
        shards.chain(digests).chain(self.deltas.iter().flat_map(Delta::packs))
    }

    fn names_are_plain(&self) -> bool {
        let files = self.model.files.iter().map(|file| &file.target);
        self.packs().map(|pack| &pack.target).chain(files).all(|name| is_file_name(name))
    }

    /// Deltas must lead from the snapshot to this release, with products and content that agree.
    fn path_is_whole(&self) -> bool {
        let same_end = |products: u64, content: &str, further: &Option<String>| {
            products == self.products && content == self.content && *further == self.further
        };
        if self.snapshot.release == self.number {
            let SnapshotPacks { products, content, further, .. } = &self.snapshot;
            return same_end(*products, content, further);
        }
        let mut steps: Vec<&Delta> = self.deltas.iter().collect();
        steps.sort_by_key(|delta| delta.from);
        let mut reached = BTreeSet::from([self.snapshot.release]);
        for delta in steps {
            if reached.contains(&delta.from) {
                reached.insert(delta.to);
            }
        }
        reached.contains(&self.number)
            && self
                .deltas
                .iter()
                .filter(|d| d.to == self.number)
                .all(|d| same_end(d.products, &d.content, &d.further_content))
    }
}

impl Shard {
    /// Its packs.
    pub fn packs(&self) -> impl Iterator<Item = &Pack> {
        [&self.attributes, &self.vectors, &self.pictures].into_iter().chain(&self.further)
    }
}

impl Delta {
    /// Its packs.
    pub fn packs(&self) -> impl Iterator<Item = &Pack> {
        std::iter::once(&self.attributes).chain(&self.vectors).chain(&self.pictures).chain(&self.further)
    }
}

pub(crate) fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().nth(MAX_NAME_CHARS).is_none() && !text.contains(char::is_control)
}

/// What fits into a header of HTTP, as a word.
fn is_header_value(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A name that means the same file on every system, and no other folder.
fn is_file_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    (1..=200).contains(&text.len()) && text.chars().all(plain) && !text.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(name: &str) -> Pack {
        Pack { target: name.into(), rows: 1, uncompressed_bytes: 10 }
    }

    fn release() -> Release {
        let shard = Shard {
            attributes: pack("a"),
            vectors: pack("v"),
            pictures: pack("p"),
            further: Some(pack("f")),
        };
        Release {
            format: FORMAT,
            catalog: "shop".into(),
            title: "A shop".into(),
            number: 3,
            published_ms: 1_750_000_000_000,
            model: Model { fingerprint: "ff".into(), name: "m".into(), dimension: 4, files: vec![] },
            products: 10,
            content: "c3".into(),
            further: Some("f3".into()),
            snapshot: SnapshotPacks {
                release: 2,
                products: 9,
                content: "c2".into(),
                further: Some("f2".into()),
                shards: vec![shard],
                digests: vec![pack("d")],
                further_digests: vec![pack("fd")],
            },
            deltas: vec![Delta {
                from: 2,
                to: 3,
                base: "c2".into(),
                content: "c3".into(),
                further_base: Some("f2".into()),
                further_content: Some("f3".into()),
                products: 10,
                attributes: pack("da"),
                vectors: Some(pack("dv")),
                pictures: None,
                further: Some(pack("df")),
            }],
            mirrors: vec!["https://mirror.example/shop/".parse().unwrap()],
            events: None,
            ingest_key: None,
            calibration: None,
            weights: None,
            safety: None,
            rules: None,
            experiment: None,
            log: Some(ReleaseLog { previous: Some("0f".repeat(32)) }),
        }
    }

    #[test]
    fn a_release_survives_json_and_names_all_its_packs() {
        let release = release();
        let json = serde_json::to_vec(&release).unwrap();
        assert_eq!(Release::from_json(&json), Ok(release.clone()));
        let names: Vec<_> = release.packs().map(|pack| pack.target.as_str()).collect();
        assert_eq!(names, ["a", "v", "p", "f", "d", "fd", "da", "dv", "df"]);
    }

    #[test]
    fn a_later_format_is_told_from_nonsense() {
        assert_eq!(Release::from_json(br#"{"format":2,"new":1}"#), Err(InvalidRelease::Format { found: 2 }));
        assert!(matches!(Release::from_json(b"[]"), Err(InvalidRelease::Contradiction(_))));
    }

    #[test]
    fn contradictions_are_refused() {
        let wrong: [fn(&mut Release); 12] = [
            |r| r.deltas[0].further_content = None,
            |r| r.log = Some(ReleaseLog { previous: Some("0F".repeat(32)) }),
            |r| r.catalog.clear(),
            |r| r.model.dimension = 0,
            |r| r.snapshot.release = 4,
            |r| r.snapshot.shards.clear(),
            |r| r.deltas[0].from = 3,
            |r| r.deltas.clear(),
            |r| r.deltas[0].products = 11,
            |r| r.deltas[0].attributes.target = "../a".into(),
            |r| r.ingest_key = Some("a\r\nHost: b".into()),
            |r| r.ingest_key = Some(String::new()),
        ];
        for change in wrong {
            let mut release = release();
            change(&mut release);
            assert!(release.validate().is_err(), "{release:?}");
        }
    }
}
