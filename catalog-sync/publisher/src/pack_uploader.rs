//! Files on their way to a depot: written here, named by their hash, sent a few at a time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use knytt_pack::{Header, PackWriter, Row};
use knytt_wire::Pack;
use sha2::{Digest, Sha256};
use tempfile::{NamedTempFile, TempDir};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tough::schema::Target;

use crate::depot::{Depot, TARGETS};
use crate::keys::hex;
use crate::signed;
use crate::{Error, Result};

/// Files that are sent at once.
const AT_ONCE: usize = 4;

/// A file that no release names is taken as sent already if it is younger than this: half of what
/// [`collect`](crate::collect()) leaves alone by default.
const YOUNG: SignedDuration = SignedDuration::from_hours(12);

/// Writes packs and sends them to the depot.
pub(crate) struct PackUploader<'a> {
    runtime: &'a Runtime,
    depot: Arc<dyn Depot>,
    folder: TempDir,
    now: Timestamp,
    /// Everything that the release may name, by name.
    targets: BTreeMap<String, Target>,
    /// Packs that are sent only if the release names them in the end.
    held: Vec<LocalPack>,
    /// Sends what is there already too.
    again: bool,
    sending: VecDeque<JoinHandle<Result<Sent>>>,
    pub(crate) sent: Sent,
}

/// How much was sent, and how much was there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    pub(crate) skipped_files: u64,
    pub(crate) skipped_bytes: u64,
}

/// A pack on this machine's disk.
pub(crate) struct LocalPack {
    file: NamedTempFile,
    pub(crate) pack: Pack,
    target: Target,
}

impl<'a> PackUploader<'a> {
    pub(crate) fn new(
        runtime: &'a Runtime,
        depot: &Arc<dyn Depot>,
        now: Timestamp,
        again: bool,
    ) -> Result<Self> {
        Ok(Self {
            runtime,
            depot: Arc::clone(depot),
            folder: tempfile::Builder::new().prefix("knytt-publish-").tempdir()?,
            now,
            targets: BTreeMap::new(),
            held: Vec::new(),
            again,
            sending: VecDeque::new(),
            sent: Sent::default(),
        })
    }

    /// Writes a pack of rows that come in the order of their ids.
    pub(crate) fn pack<R: Row>(
        &self,
        header: &Header,
        rows: impl Iterator<Item = Result<R>>,
    ) -> Result<LocalPack> {
        let mut file = NamedTempFile::new_in(self.folder.path())?;
        let (written, length, sha256) = {
            let buffered = io::BufWriter::with_capacity(1 << 20, file.as_file_mut());
            let mut sink = Hashing { file: buffered, sha256: Sha256::new(), length: 0 };
            let mut writer = PackWriter::new(&mut sink, header)?;
            for row in rows {
                writer.push(&row?)?;
            }
            let written = writer.finish()?;
            sink.file.flush()?;
            (written, sink.length, sink.sha256.finalize())
        };
        let target = format!("{}-{}.parquet", R::KIND, &hex(&sha256)[..16]);
        let pack = Pack { target, rows: written.rows, uncompressed_bytes: written.uncompressed_bytes };
        Ok(LocalPack { file, pack, target: signed::target(length, &sha256) })
    }

    /// Begins to send a pack.
    pub(crate) fn send(&mut self, packed: LocalPack, known: Option<&Target>) -> Result<Pack> {
        let LocalPack { file, pack, target } = packed;
        let published = known == Some(&target);
        self.begin(pack.target.clone(), target, Content::Scratch(file), published)?;
        Ok(pack)
    }

    /// Begins to send a file that stays where it is.
    pub(crate) fn send_file(&mut self, name: &str, file: &Path) -> Result<()> {
        let mut source = fs_err::File::open(file)?;
        let mut sink = Hashing { file: io::sink(), sha256: Sha256::new(), length: 0 };
        io::copy(&mut source, &mut sink)?;
        let target = signed::target(sink.length, &sink.sha256.finalize());
        self.begin(name.into(), target, Content::Kept(file.to_owned()), false)
    }

    /// Begins to send bytes.
    pub(crate) fn send_bytes(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut file = NamedTempFile::new_in(self.folder.path())?;
        file.write_all(bytes)?;
        let target = signed::target(bytes.len() as u64, &Sha256::digest(bytes));
        self.begin(name.into(), target, Content::Scratch(file), false)
    }

    /// Names a target of an earlier release, which is there.
    pub(crate) fn carry(&mut self, name: &str, target: &Target) {
        self.targets.insert(name.into(), target.clone());
    }

    /// How long a target is that was sent or carried.
    pub(crate) fn length(&self, name: &str) -> Option<u64> {
        self.targets.get(name).map(|target| target.length)
    }

    /// Keeps a pack until it is known whether the release names it.
    pub(crate) fn hold(&mut self, packed: LocalPack) -> Pack {
        let pack = packed.pack.clone();
        self.targets.insert(pack.target.clone(), packed.target.clone());
        self.held.push(packed);
        pack
    }

    /// Sends what was held and is named, waits until everything is there, and tells what the metadata
    /// must say of `names`.
    pub(crate) fn finish(&mut self, names: &BTreeSet<&str>) -> Result<Vec<(String, Target)>> {
        for packed in std::mem::take(&mut self.held) {
            if names.contains(packed.pack.target.as_str()) {
                self.send(packed, None)?;
            }
        }
        while let Some(handle) = self.sending.pop_front() {
            self.wait(handle)?;
        }
        let target = |name: &&str| {
            let target = self.targets.get(*name).cloned();
            Ok(((*name).to_owned(), target.ok_or_else(|| Error::unexpected(format!("{name} was not sent")))?))
        };
        names.iter().map(target).collect()
    }

    fn begin(&mut self, name: String, target: Target, content: Content, published: bool) -> Result<()> {
        if self.sending.len() >= AT_ONCE
            && let Some(oldest) = self.sending.pop_front()
        {
            self.wait(oldest)?;
        }
        let path = format!("{TARGETS}/{}.{name}", hex(&target.hashes.sha256));
        let (depot, length, now, again) = (Arc::clone(&self.depot), target.length, self.now, self.again);
        self.targets.insert(name, target);
        self.sending.push_back(self.runtime.spawn(async move {
            let there = depot.stat(&path).await?.filter(|there| there.bytes == length && !again);
            if there.is_some_and(|there| published || now.duration_since(there.modified) < YOUNG) {
                return Ok(Sent { skipped_files: 1, skipped_bytes: length, ..Sent::default() });
            }
            depot.put_file(&path, content.path()).await?;
            Ok(Sent { files: 1, bytes: length, ..Sent::default() })
        }));
        Ok(())
    }

    fn wait(&mut self, handle: JoinHandle<Result<Sent>>) -> Result<()> {
        let sent = self.runtime.block_on(handle).map_err(Error::unexpected)??;
        self.sent.files += sent.files;
        self.sent.bytes += sent.bytes;
        self.sent.skipped_files += sent.skipped_files;
        self.sent.skipped_bytes += sent.skipped_bytes;
        Ok(())
    }
}

/// A file that goes when it was sent, or one that stays.
enum Content {
    Scratch(NamedTempFile),
    Kept(std::path::PathBuf),
}

impl Content {
    fn path(&self) -> &Path {
        match self {
            Self::Scratch(file) => file.path(),
            Self::Kept(path) => path,
        }
    }
}

/// Counts and hashes what passes.
struct Hashing<W> {
    file: W,
    sha256: Sha256,
    length: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.sha256.update(&bytes[..written]);
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
