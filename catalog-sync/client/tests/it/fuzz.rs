//! Mutated metadata, descriptions and packs: none brings the program down, none is taken for what was
//! signed. `KNYTT_FUZZ=100000` asks for a campaign; an input is made from its number alone.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use knytt_client::{Cancel, SyncOptions, sync};
use knytt_pack::{AttributesRow, DigestRow, Expected, Header, PackReader, PictureRow, Row, VectorRow};
use knytt_wire::{Pack, Release, Url};
use rand::Rng;
use rand::seq::IndexedRandom;
use tokio::runtime::Runtime;
use tough::{
    ExpirationEnforcement, RepositoryLoader, Transport, TransportError, TransportErrorKind, TransportStream,
};

use crate::forge::{Forge, Ring};
use crate::mutate::Mutator;
use crate::shop::{Device, Shop, copy_dir};

/// How many inputs; a short sample by itself.
fn inputs() -> u64 {
    std::env::var("KNYTT_FUZZ").map_or(3_000, |count| count.parse().unwrap())
}

/// The first of them, to look at one again.
fn first() -> u64 {
    std::env::var("KNYTT_FUZZ_FROM").map_or(0, |number| number.parse().unwrap())
}

/// What one kind of input led to.
#[derive(Debug, Default)]
struct Tally {
    refused: u64,
    /// What was changed makes no difference: a blank in JSON, a statistic in Parquet.
    same: u64,
    /// Read, by a part that does not decide by itself what is good.
    read: u64,
    slowest: Duration,
}

impl Tally {
    fn count(&mut self, outcome: &Outcome, took: Duration) {
        self.slowest = self.slowest.max(took);
        *match outcome {
            Outcome::Refused => &mut self.refused,
            Outcome::Same => &mut self.same,
            Outcome::Read => &mut self.read,
        } += 1;
    }
}

/// What an input led to.
enum Outcome {
    Refused,
    Same,
    Read,
}

/// What is signed and published: two releases, and a device that has the first.
struct Prey {
    shop: Shop,
    release: Release,
    /// All published files, by their path.
    files: Arc<BTreeMap<String, Vec<u8>>>,
    device: Device,
    /// The device's folder as it was, to be put back.
    before: tempfile::TempDir,
    place: tempfile::TempDir,
    runtime: Runtime,
}

impl Prey {
    fn new() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let mut shop = Shop::new(30);
        shop.edit("p0003", |product| product.attributes = [("fit".to_owned(), "slim".to_owned())].into());
        shop.publish();
        let (place, dir) = (scratch(), scratch());
        copy_dir(&shop.place(), place.path());
        let mut device = Device::new(&Url::from_directory_path(place.path()).unwrap());
        device.options.state = Some(dir.path().join("state"));
        device.dir = dir;
        runtime.block_on(device.sync()).unwrap();
        let before = scratch();
        copy_dir(device.dir.path(), before.path());
        shop.put("p0001");
        shop.edit("p0002", |product| product.title.push('!'));
        shop.delete("p0004");
        shop.publish();
        copy_dir(&shop.place(), place.path());
        let mut files = BTreeMap::new();
        for folder in ["metadata", "targets"] {
            for entry in fs_err::read_dir(place.path().join(folder)).unwrap() {
                let entry = entry.unwrap();
                let path = format!("{folder}/{}", entry.file_name().into_string().unwrap());
                files.insert(path, fs_err::read(entry.path()).unwrap());
            }
        }
        let release = serde_json::from_value(Forge::of(&shop).release.clone()).unwrap();
        Self { shop, release, files: Arc::new(files), device, before, place, runtime }
    }

    /// A published file of which the path ends like this.
    fn file(&self, end: &str) -> (&str, &[u8]) {
        let found = self.files.iter().rev().find(|(path, _)| path.ends_with(end)).unwrap();
        (found.0, found.1)
    }

    fn any(&self, mutator: &mut Mutator) -> &[u8] {
        let all: Vec<&Vec<u8>> = self.files.values().collect();
        all.choose(&mut mutator.random).unwrap()
    }

    /// The place, where an input that panicked left it changed.
    fn publish_again(&self) {
        self.files
            .iter()
            .for_each(|(path, bytes)| fs_err::write(self.place.path().join(path), bytes).unwrap());
    }

    fn put_back(&self) {
        fs_err::remove_dir_all(self.device.dir.path()).unwrap();
        copy_dir(self.before.path(), self.device.dir.path());
    }

    /// A release's description by itself.
    fn description(&self, mutator: &mut Mutator) -> Outcome {
        let (_, honest) = self.file(".release.json");
        let other = self.any(mutator);
        let mutated = mutator.json(honest, other);
        match Release::from_json(&mutated) {
            Err(_) => Outcome::Refused,
            Ok(release) => {
                release.validate().unwrap();
                let again = Release::from_json(&serde_json::to_vec(&release).unwrap()).unwrap();
                assert_eq!(again, release);
                Outcome::Read
            }
        }
    }

    /// A pack by itself, without its hash.
    fn pack(&self, mutator: &mut Mutator) -> Outcome {
        let packs: Vec<&Pack> = self.release.packs().collect();
        let pack = *packs.choose(&mut mutator.random).unwrap();
        let honest = self.file(&pack.target).1;
        let other = self.any(mutator);
        let mutated = Bytes::from(mutator.bytes(honest, other));
        let model = &self.release.model;
        let (catalog, fingerprint) = (self.release.catalog.clone(), model.fingerprint.clone());
        let header = Header { catalog, model: fingerprint, dimension: model.dimension as usize };
        let expected =
            Expected { header: &header, rows: pack.rows, uncompressed_bytes: pack.uncompressed_bytes };
        let read = match pack.target.split('-').next().unwrap() {
            "attributes" => read_all::<AttributesRow>(mutated, &expected),
            "vectors" => read_all::<VectorRow>(mutated, &expected),
            "pictures" => read_all::<PictureRow>(mutated, &expected),
            _ => read_all::<DigestRow>(mutated, &expected),
        };
        if read { Outcome::Read } else { Outcome::Refused }
    }

    /// A file of metadata before the verifier.
    fn metadata(&self, mutator: &mut Mutator) -> Outcome {
        let names = ["1.root.json", "timestamp.json", "2.snapshot.json", "2.targets.json"];
        let name = *names.choose(&mut mutator.random).unwrap();
        let (path, honest) = self.file(name);
        let other = self.any(mutator);
        let mutated = mutator.json(honest, other);
        let root = if name == "1.root.json" { mutated.clone() } else { self.file("1.root.json").1.to_vec() };
        let files = Served { files: self.files.clone(), path: path.into(), bytes: mutated };
        let load = |root: &[u8], files: Served| {
            let base = |folder: &str| Url::parse(&format!("memory:///{folder}/")).unwrap();
            let loader = RepositoryLoader::new(&root, base("metadata"), base("targets")).transport(files);
            self.runtime.block_on(loader.expiration_enforcement(ExpirationEnforcement::Unsafe).load()).ok()
        };
        let Some(repository) = load(&root, files) else { return Outcome::Refused };
        let honest = load(
            self.file("1.root.json").1,
            Served { files: self.files.clone(), path: String::new(), bytes: vec![] },
        );
        let honest = honest.unwrap();
        assert_eq!(repository.timestamp().signed, honest.timestamp().signed);
        assert_eq!(repository.snapshot().signed, honest.snapshot().signed);
        assert_eq!(repository.targets().signed, honest.targets().signed);
        assert_eq!(repository.root().signed, honest.root().signed);
        Outcome::Same
    }

    /// A published file on the way to a device.
    fn whole_path(&self, mutator: &mut Mutator) -> Outcome {
        let delta = &self.release.deltas[0];
        let packs = delta.packs().map(|pack| pack.target.as_str());
        let names = ["timestamp.json", "2.snapshot.json", "2.targets.json", ".release.json"];
        let names: Vec<&str> = names.into_iter().chain(packs).collect();
        let (path, honest) = self.file(names.choose(&mut mutator.random).unwrap());
        let other = self.any(mutator);
        let mutated =
            if path.ends_with(".json") { mutator.json(honest, other) } else { mutator.bytes(honest, other) };
        let file = self.place.path().join(path);
        fs_err::write(&file, mutated).unwrap();
        let before = self.trust();
        let outcome = self.sync(self.place.path(), &self.shop.content());
        fs_err::write(&file, honest).unwrap();
        match outcome {
            Outcome::Refused if path.ends_with(".parquet") => {}
            Outcome::Refused => assert_eq!(self.trust(), before),
            _ => self.put_back(),
        }
        outcome
    }

    /// A pack or a description that its publisher has signed as it is.
    fn signed(&self, mutator: &mut Mutator) -> Outcome {
        let mut forge = Forge::from(&self.shop.place(), Ring::of(&self.shop.keys));
        let packs = self.release.deltas[0].packs().map(|pack| pack.target.as_str());
        let names: Vec<&str> = packs.chain(["release.json"]).collect();
        let name = *names.choose(&mut mutator.random).unwrap();
        let (honest, other) = (forge.read(name), self.any(mutator));
        let is_pack = name != "release.json";
        let mutated = if is_pack { mutator.bytes(&honest, other) } else { mutator.json(&honest, other) };
        forge.put(name, &mutated);
        forge.sign_metadata();
        // What it leads to is what it says, or nothing.
        let says =
            if is_pack { None } else { Release::from_json(&mutated).ok().map(|release| release.content) };
        let outcome = self.sync(forge.place(), &says.unwrap_or_else(|| self.shop.content()));
        self.put_back();
        outcome
    }

    /// One sync of the device, which is then what it was, or has that content.
    fn sync(&self, place: &Path, content: &str) -> Outcome {
        let from = Some(Url::from_directory_path(place).unwrap());
        let options = SyncOptions { from, ..self.device.options.clone() };
        let (folder, cancel) = (self.device.folder(), Cancel::default());
        let synced = self.runtime.block_on(sync(&folder, &options, &|_| {}, &cancel));
        assert!(self.device.catalog().read().unwrap().check().unwrap().is_sound());
        let Err(error) = synced else {
            assert_eq!(self.device.content(), content);
            return Outcome::Same;
        };
        assert_eq!(self.device.release(), 1, "{error}");
        Outcome::Refused
    }

    fn trust(&self) -> Vec<u8> {
        fs_err::read(self.device.folder().join("sync/trust.json")).unwrap()
    }

    /// Input `number`, of one kind or another.
    fn run(&self, number: u64) -> (&'static str, Outcome) {
        let mut mutator = Mutator::new(number);
        match mutator.random.random_range(0..100) {
            0..30 => ("release.json by itself", self.description(&mut mutator)),
            30..65 => ("packs by themselves", self.pack(&mut mutator)),
            65..93 => ("metadata, verified", self.metadata(&mut mutator)),
            93..98 => ("whole syncs", self.whole_path(&mut mutator)),
            _ => ("whole syncs of what was signed so", self.signed(&mut mutator)),
        }
    }
}

/// A folder in memory, where there is one: the disk would be waited for thousands of times.
fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// Reads a pack to its end or its first fault; whether there was none.
fn read_all<R: Row>(bytes: Bytes, expected: &Expected<'_>) -> bool {
    let Ok(rows) = PackReader::<R>::open(bytes, expected) else { return false };
    let mut last: Option<String> = None;
    for row in rows {
        let Ok(row) = row else { return false };
        assert!(last.is_none_or(|last| last.as_str() < row.id()), "rows are out of order");
        last = Some(row.id().to_owned());
    }
    true
}

/// Files in memory, one of them replaced.
#[derive(Clone, Debug)]
struct Served {
    files: Arc<BTreeMap<String, Vec<u8>>>,
    path: String,
    bytes: Vec<u8>,
}

#[tough::async_trait]
impl Transport for Served {
    async fn fetch(&self, url: Url) -> Result<TransportStream, TransportError> {
        let path = url.path().trim_start_matches('/');
        let bytes = if path == self.path { Some(&self.bytes) } else { self.files.get(path) };
        let bytes = bytes.ok_or_else(|| TransportError::new(TransportErrorKind::FileNotFound, &url))?;
        Ok(Box::pin(futures::stream::iter([Ok(Bytes::from(bytes.clone()))])))
    }
}

/// The most memory that this process has had, in MiB; 0 where nobody says.
fn peak_mib() -> u64 {
    let status = fs_err::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[test]
fn nothing_that_was_changed_is_taken_and_nothing_panics() {
    let (prey, before) = (Prey::new(), peak_mib());
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut panics = Vec::new();
    for number in first()..first() + inputs() {
        let start = Instant::now();
        match catch_unwind(AssertUnwindSafe(|| prey.run(number))) {
            Ok((kind, outcome)) => tallies.entry(kind).or_default().count(&outcome, start.elapsed()),
            Err(_) => {
                panics.push(number);
                prey.put_back();
                prey.publish_again();
            }
        }
    }
    for (kind, tally) in &tallies {
        println!("{kind}: {tally:?}");
    }
    println!("{} inputs, peak of memory {before} MiB before, {} MiB after", inputs(), peak_mib());
    assert!(panics.is_empty(), "{} inputs panicked: {:?}", panics.len(), &panics[..panics.len().min(20)]);
    // Alone, the process has no other reason to grow.
    let alone = std::env::var_os("KNYTT_FUZZ").is_some();
    assert!(!alone || peak_mib() < before + 512, "memory grew from {before} to {} MiB", peak_mib());
    prey.put_back();
    assert!(matches!(prey.sync(prey.place.path(), &prey.shop.content()), Outcome::Same));
}
