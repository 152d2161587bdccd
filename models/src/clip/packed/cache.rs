//! Packed weights in a file, so that a start maps them and packs nothing.
//!
//! A safetensors file whose tensors begin on cache lines, followed by a BLAKE3 hash of all before it. Its
//! name and its metadata say what it was packed from (the fingerprint), for which instructions, in which
//! precision and order. A file that is not whole is not used; it is written beside and renamed.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use knytt_kernels::{Isa, LinearParts, Precision, Storage};
use memmap2::Mmap;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, Metadata, TensorInfo};

use crate::fingerprint::Fingerprint;
use crate::weights::map_file;

/// Goes up when the order of packed weights, the precision of a layer or the meaning of a tensor changes.
const FORMAT: u32 = 4;

/// Tensors begin at multiples of this, so that no load of the inner loop crosses a cache line.
const ALIGNMENT: usize = 64;

const HASH: usize = blake3::OUT_LEN;

/// The parts of a layer, in the order of their names in the file.
const PARTS: [&str; 4] = ["words", "scale", "sum", "bias"];

/// Layers that an earlier start packed, and those that this one did.
#[derive(Default)]
pub(crate) struct Cache {
    file: Option<PathBuf>,
    key: HashMap<String, String>,
    mapped: Option<Mapped>,
    fresh: Vec<(String, LinearParts)>,
}

/// A file that was found whole.
struct Mapped {
    map: Arc<Mmap>,
    places: Places,
}

/// Where each tensor lies: its first byte and its words.
type Places = HashMap<String, (usize, usize)>;

impl Cache {
    /// The cache of a model in `folder`; empty if there is no whole file of it.
    pub fn open(folder: &Path, fingerprint: &Fingerprint, isa: Isa, precision: Precision) -> Self {
        let key = HashMap::from([
            ("fingerprint".into(), fingerprint.as_str().into()),
            ("isa".into(), isa.to_string()),
            ("precision".into(), precision.to_string()),
            ("format".into(), FORMAT.to_string()),
        ]);
        let file = folder.join(format!("{}-{isa}-{precision}-{FORMAT}.packed", fingerprint.short()));
        let mapped = map_file(&file)
            .ok()
            .and_then(|map| Some(Mapped { places: places(&map, &key)?, map: Arc::new(map) }));
        Self { file: Some(file), key, mapped, fresh: Vec::new() }
    }

    /// A layer of an earlier start.
    pub fn layer(&self, name: &str, columns: usize, depth: usize) -> Option<LinearParts> {
        let Mapped { map, places } = self.mapped.as_ref()?;
        let part = |part: &str| {
            let (offset, words) = places.get(&format!("{name}#{part}"))?;
            Storage::mapped(map.clone(), *offset, *words)
        };
        let [words, scale, sum, bias] = PARTS.map(part);
        Some(LinearParts { columns, depth, words: words?, columns_values: [scale?, sum?, bias?] })
    }

    /// Remembers a layer that was packed now.
    pub fn keep(&mut self, name: &str, parts: &LinearParts) {
        if self.file.is_some() {
            self.fresh.push((name.into(), parts.clone()));
        }
    }

    /// Writes what was packed, unless it was all there. Readers see the old file or the new one, whole.
    pub fn write(&self) -> io::Result<()> {
        let (Some(file), None, false) = (&self.file, &self.mapped, self.fresh.is_empty()) else {
            return Ok(());
        };
        let folder = file.parent().unwrap_or(Path::new("."));
        fs_err::create_dir_all(folder)?;
        // Two starts at once each write a file of their own; the last name wins, and both are the same.
        let partial = file.with_extension(format!("partial-{}", std::process::id()));
        let written = self.write_to(&partial).and_then(|()| fs_err::rename(&partial, file));
        if written.is_err() {
            // What failed is told; that the remains could not be removed adds nothing.
            let _ = fs_err::remove_file(&partial);
        }
        written
    }

    fn write_to(&self, path: &Path) -> io::Result<()> {
        let parts: Vec<(String, &Storage)> =
            self.fresh.iter().flat_map(|(name, parts)| named(name, parts)).collect();
        let mut out = Hashed { out: BufWriter::new(File::create(path)?), hasher: blake3::Hasher::new() };
        out.write_all(&self.header(&parts)?)?;
        for (_, storage) in &parts {
            out.write_all(storage.bytes())?;
        }
        let hash = out.hasher.finalize();
        out.out.write_all(hash.as_bytes())?;
        out.out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }

    /// Length and JSON, blanks after it until the first tensor begins on a cache line.
    fn header(&self, parts: &[(String, &Storage)]) -> io::Result<Vec<u8>> {
        let mut at = 0;
        let tensors = parts.iter().map(|(name, storage)| {
            let words = storage.words().len();
            let info =
                TensorInfo { dtype: Dtype::U32, shape: vec![words], data_offsets: (at, at + 4 * words) };
            at += 4 * words;
            (name.clone(), info)
        });
        let metadata = Metadata::new(Some(self.key.clone()), tensors.collect()).map_err(io::Error::other)?;
        // By way of a value, whose keys are sorted: the same weights make the same bytes.
        let mut json = serde_json::to_vec(&serde_json::to_value(&metadata)?)?;
        json.resize((8 + json.len()).next_multiple_of(ALIGNMENT) - 8, b' ');
        let mut header = (json.len() as u64).to_le_bytes().to_vec();
        header.append(&mut json);
        Ok(header)
    }
}

/// The parts of a layer under their names.
fn named<'a>(name: &str, parts: &'a LinearParts) -> [(String, &'a Storage); 4] {
    let [scale, sum, bias] = &parts.columns_values;
    let storages = [&parts.words, scale, sum, bias];
    std::array::from_fn(|n| (format!("{name}#{}", PARTS[n]), storages[n]))
}

/// Where each tensor lies, `(byte, words)`, if the file is whole and has this key.
fn places(map: &Mmap, key: &HashMap<String, String>) -> Option<Places> {
    let (payload, hash) = map.split_last_chunk::<HASH>()?;
    if blake3::Hasher::new().update_rayon(payload).finalize() != *hash {
        return None;
    }
    let (_, metadata) = SafeTensors::read_metadata(payload).ok()?;
    if metadata.metadata().as_ref() != Some(key) {
        return None;
    }
    let tensors = SafeTensors::deserialize(payload).ok()?;
    let place = |data: &[u8]| (data.as_ptr().addr() - map.as_ptr().addr(), data.len() / 4);
    Some(tensors.iter().map(|(name, tensor)| (name.to_owned(), place(tensor.data()))).collect())
}

/// Hashes what it writes.
struct Hashed<W> {
    out: W,
    hasher: blake3::Hasher,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
