//! Somebody who has keys and uses them: what is published, changed and signed again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use aws_lc_rs::signature::Ed25519KeyPair;
use knytt_publisher::Keys;
use knytt_wire::{LogHead, Release};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tough::schema::{Root, Snapshot, Targets, Timestamp};
use tough::sign::Sign;

use crate::shop::{Shop, copy_dir};

/// Signing keys by their role.
#[derive(Default)]
pub struct Ring(BTreeMap<String, Vec<Ed25519KeyPair>>);

impl Ring {
    /// All keys that lie in the retailer's folder now.
    pub fn of(keys: &Keys) -> Self {
        let mut ring = Self::default();
        for folder in [keys.folder().to_owned(), keys.folder().join("root")] {
            for entry in fs_err::read_dir(folder).unwrap() {
                let name = entry.as_ref().unwrap().file_name().into_string().unwrap();
                if let Some(role) = name.strip_suffix(".pem").and_then(|name| name.split('-').next()) {
                    let file = pem::parse(fs_err::read(entry.unwrap().path()).unwrap()).unwrap();
                    ring.add(role, Ed25519KeyPair::from_pkcs8(file.contents()).unwrap());
                }
            }
        }
        ring
    }

    /// Keys that nobody trusts, one for each role.
    pub fn strange() -> Self {
        let mut ring = Self::default();
        for role in ["root", "targets", "snapshot", "timestamp"] {
            ring.add(role, Ed25519KeyPair::generate().unwrap());
        }
        ring
    }

    fn add(&mut self, role: &str, key: Ed25519KeyPair) {
        self.0.entry(role.into()).or_default().push(key);
    }

    /// Signs `role` with those keys of `other` that are for `its`.
    pub fn put(&mut self, role: &str, other: &mut Self, its: &str) {
        self.0.insert(role.into(), other.0.remove(its).unwrap());
    }

    /// Has only so many keys of a role left.
    pub fn keep(&mut self, role: &str, keys: usize) {
        self.0.get_mut(role).unwrap().truncate(keys);
    }

    /// A key of a role as a root names it: its id, and its public half.
    pub fn public(&self, role: &str) -> (String, Value) {
        let key = self.0[role][0].tuf_key();
        (hex(&key.key_id().unwrap()), serde_json::to_value(&key).unwrap())
    }

    /// A file of metadata with the signatures of all keys of its role.
    pub fn sign(&self, role: &str, signed: &Value) -> Vec<u8> {
        let message = match role {
            "root" => canonical::<Root>(signed),
            "targets" => canonical::<Targets>(signed),
            "snapshot" => canonical::<Snapshot>(signed),
            _ => canonical::<Timestamp>(signed),
        };
        let signature = |key: &Ed25519KeyPair| {
            let id = hex(&key.tuf_key().key_id().unwrap());
            json!({ "keyid": id, "sig": hex(key.sign(&message).as_ref()) })
        };
        let signatures: Vec<Value> = self.0.get(role).into_iter().flatten().map(signature).collect();
        serde_json::to_vec(&json!({ "signed": signed, "signatures": signatures })).unwrap()
    }
}

fn canonical<T: tough::schema::Role + DeserializeOwned>(signed: &Value) -> Vec<u8> {
    serde_json::from_value::<T>(signed.clone()).unwrap().canonical_form().unwrap()
}

/// A copy of what is published. What is changed in it is signed by [`Self::sign`].
pub struct Forge {
    dir: TempDir,
    pub ring: Ring,
    pub release: Value,
    /// The signed parts; their versions are the next ones already.
    pub targets: Value,
    pub snapshot: Value,
    pub timestamp: Value,
}

impl Forge {
    pub fn of(shop: &Shop) -> Self {
        Self::from(&shop.place(), Ring::of(&shop.keys))
    }

    pub fn from(place: &Path, ring: Ring) -> Self {
        let dir = tempfile::tempdir().unwrap();
        copy_dir(place, dir.path());
        let read = |name: &str| -> Value {
            let bytes = fs_err::read(dir.path().join("metadata").join(name)).unwrap();
            serde_json::from_slice::<Value>(&bytes).unwrap()["signed"].take()
        };
        let timestamp = read("timestamp.json");
        let snapshot = read(&format!("{}.snapshot.json", timestamp["meta"]["snapshot.json"]["version"]));
        let targets = read(&format!("{}.targets.json", snapshot["meta"]["targets.json"]["version"]));
        let mut forge = Self { dir, ring, release: Value::Null, targets, snapshot, timestamp };
        forge.release = serde_json::from_slice(&forge.read("release.json")).unwrap();
        for signed in [&mut forge.targets, &mut forge.snapshot, &mut forge.timestamp] {
            signed["version"] = (signed["version"].as_u64().unwrap() + 1).into();
        }
        forge
    }

    /// The published release in its log.
    pub fn head(&self) -> LogHead {
        let release: Release = serde_json::from_value(self.release.clone()).unwrap();
        let sha256 = self.targets["targets"]["release.json"]["hashes"]["sha256"].as_str().unwrap();
        release.log_head(sha256).unwrap()
    }

    /// Makes the release the one that follows `seen`, with this number, as its publisher would: devices that have
    /// seen that follow it.
    pub fn follow(&mut self, seen: &LogHead, number: u64) {
        self.release["number"] = number.into();
        self.release["snapshot"]["release"] = number.into();
        self.release["deltas"] = json!([]);
        self.release["log"] = json!({ "previous": seen.hash });
    }

    /// What a server can serve.
    pub fn place(&self) -> &Path {
        self.dir.path()
    }

    pub fn metadata(&self, name: &str) -> PathBuf {
        self.dir.path().join("metadata").join(name)
    }

    /// A target's bytes.
    pub fn read(&self, name: &str) -> Vec<u8> {
        fs_err::read(self.target(name)).unwrap()
    }

    /// A target's file.
    pub fn target(&self, name: &str) -> PathBuf {
        let sha256 = self.targets["targets"][name]["hashes"]["sha256"].as_str().unwrap();
        self.dir.path().join("targets").join(format!("{sha256}.{name}"))
    }

    /// Gives a target these bytes, with the hash and the length that they have.
    pub fn put(&mut self, name: &str, bytes: &[u8]) {
        let sha256 = hex(&Sha256::digest(bytes));
        let plain = name.replace(['/', '\\'], "_");
        fs_err::write(self.dir.path().join("targets").join(format!("{sha256}.{plain}")), bytes).unwrap();
        self.targets["targets"][name] = json!({ "length": bytes.len(), "hashes": { "sha256": sha256 } });
    }

    /// Changes the release and signs all of it.
    pub fn with_release(mut self, change: impl FnOnce(&mut Value)) -> Self {
        change(&mut self.release);
        self.sign();
        self
    }

    /// Writes the release and what is signed over it.
    pub fn sign(&mut self) {
        let release = serde_json::to_vec(&self.release).unwrap();
        self.put("release.json", &release);
        self.sign_metadata();
    }

    /// Writes the three files of metadata, each with what it must say of the one below.
    pub fn sign_metadata(&mut self) {
        let targets = self.ring.sign("targets", &self.targets);
        self.write(&format!("{}.targets.json", self.targets["version"]), &targets);
        self.snapshot["meta"]["targets.json"] = described(&self.targets, &targets);
        self.sign_snapshot();
    }

    /// Writes the snapshot as it is, and a timestamp over it.
    pub fn sign_snapshot(&mut self) {
        let snapshot = self.ring.sign("snapshot", &self.snapshot);
        self.write(&format!("{}.snapshot.json", self.snapshot["version"]), &snapshot);
        self.timestamp["meta"]["snapshot.json"] = described(&self.snapshot, &snapshot);
        self.sign_timestamp();
    }

    pub fn sign_timestamp(&self) {
        self.write("timestamp.json", &self.ring.sign("timestamp", &self.timestamp));
    }

    /// Writes a root with the signatures of all root keys of the ring.
    pub fn sign_root(&self, root: &Value) {
        self.write(&format!("{}.root.json", root["version"]), &self.ring.sign("root", root));
    }

    /// The signed part of a root that is published.
    pub fn root(&self, version: u64) -> Value {
        let bytes = fs_err::read(self.metadata(&format!("{version}.root.json"))).unwrap();
        serde_json::from_slice::<Value>(&bytes).unwrap()["signed"].take()
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs_err::write(self.metadata(name), bytes).unwrap();
    }
}

fn described(signed: &Value, bytes: &[u8]) -> Value {
    let sha256 = hex(&Sha256::digest(bytes));
    json!({ "version": signed["version"], "length": bytes.len(), "hashes": { "sha256": sha256 } })
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
