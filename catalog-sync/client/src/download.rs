//! Packs onto the disk, a part at a time, whole at the end.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use futures::StreamExt;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

use crate::error::of_file;
use crate::http::{Answer, Body, GetRequest, Http};
use crate::metadata::{Base, Target, hex};
use crate::progress::{Progress, Report};
use crate::{Error, Result};

/// How many files come at once.
const AT_ONCE: usize = 3;

/// Fetches targets into a folder.
pub(crate) struct Downloads<'d> {
    pub(crate) http: &'d Http,
    /// The catalogue's own address, then its mirrors.
    pub(crate) bases: &'d [Base],
    pub(crate) folder: &'d Path,
    pub(crate) report: Report<'d>,
}

/// Where a file is fetched from now.
#[derive(Clone, Copy)]
struct Place<'b> {
    base: &'b Base,
    /// Whether a slow answer is given up for another place's.
    has_others: bool,
}

/// Bytes per second since `start`.
fn speed(bytes: u64, start: Instant) -> f64 {
    bytes as f64 / start.elapsed().as_secs_f64()
}

/// All places are slow, and so the line may be: the quickest is good enough.
fn quickest_first(mut slow: Vec<(f64, &Base)>) -> impl Iterator<Item = Place<'_>> {
    slow.sort_by(|a, b| b.0.total_cmp(&a.0));
    slow.into_iter().map(|(_, base)| Place { base, has_others: false })
}

impl Downloads<'_> {
    /// Fetches what is not here yet; how many bytes came over the network. What is here of a file from
    /// an earlier sync, whole or in part, is not fetched again.
    pub(crate) async fn fetch(&self, targets: &[Target]) -> Result<u64> {
        self.forget_others(targets);
        let total_bytes: u64 = targets.iter().map(|target| target.length).sum();
        let (done, came) = (AtomicU64::new(0), AtomicU64::new(0));
        let tell = |bytes: u64| {
            let done_bytes = done.fetch_add(bytes, Ordering::Relaxed) + bytes;
            (self.report)(Progress::Downloading { done_bytes, total_bytes });
        };
        let jobs: Vec<_> = targets.iter().map(|target| self.fetch_one(target, &tell, &came)).collect();
        let mut files = futures::stream::iter(jobs).buffer_unordered(AT_ONCE);
        while let Some(fetched) = files.next().await {
            fetched?;
        }
        drop(files);
        Ok(came.into_inner())
    }

    async fn fetch_one(&self, target: &Target, tell: &(dyn Fn(u64) + Sync), came: &AtomicU64) -> Result<()> {
        let whole = path_of(self.folder, target);
        if fs_err::metadata(&whole).is_ok_and(|file| file.len() == target.length) {
            tell(target.length);
            return Ok(());
        }
        let mut last = None;
        let (mut told, mut anew) = (0, false);
        let has_others = self.bases.len() > 1;
        let mut places: VecDeque<_> = self.bases.iter().map(|base| Place { base, has_others }).collect();
        let mut slow = Vec::new();
        while let Some(place) = places.front().copied() {
            let mut part = Part::open(self.folder, target).await?;
            let goes_on = part.length > 0;
            tell_once(tell, &mut told, part.length);
            let (before, start) = (part.length, Instant::now());
            match self.fill(&mut part, place, target, tell, &mut told, came).await {
                Ok(()) => return part.finish(target, &whole).await,
                // A mirror may be behind, broken or worse: the next one is asked, from the beginning if
                // this one's bytes are not the signed ones.
                Err(error @ Error::Mismatch { .. } | error @ Error::TooLarge { .. }) => {
                    part.discard().await;
                    last = Some(error);
                    // What was wrong may have been here before: then this one is asked for all of it.
                    if goes_on && !std::mem::replace(&mut anew, true) {
                        continue;
                    }
                }
                Err(error) if error.is_passing() => {
                    if matches!(error, Error::TooSlow { .. }) && place.has_others {
                        slow.push((speed(part.length.saturating_sub(before), start), place.base));
                    }
                    last = Some(error);
                }
                Err(error) => return Err(error),
            }
            places.pop_front();
            if places.is_empty() {
                places.extend(quickest_first(std::mem::take(&mut slow)));
            }
        }
        Err(last.unwrap_or(Error::Cancelled))
    }

    async fn fill(
        &self,
        part: &mut Part,
        Place { base, has_others }: Place<'_>,
        target: &Target,
        tell: &(dyn Fn(u64) + Sync),
        told: &mut u64,
        came: &AtomicU64,
    ) -> Result<()> {
        let url = base.target(&target.sha256, &target.name)?;
        let mut breaks = 0;
        while part.length < target.length {
            let before = part.length;
            let ask =
                GetRequest { from_byte: part.length, is_pack: true, has_others, ..GetRequest::default() };
            let body = match self.http.get(&url, ask).await? {
                Answer::Body(body) => body,
                Answer::Unchanged { .. } => return Err(Error::Refused { url, status: 304 }),
            };
            match part.append(body, target, tell, told, came).await {
                Ok(()) => {}
                // Whoever drips is not asked for more drops.
                Err(error @ Error::TooSlow { .. }) => return Err(error),
                // A line that breaks is taken up again as long as it brings something.
                Err(error) if error.is_passing() && (part.length > before || breaks < 2) => breaks += 1,
                Err(error) => return Err(error),
            }
            if part.length == before {
                breaks += 1;
            }
            if breaks > 8 || (part.length == before && breaks > 2) {
                return Err(Error::Offline { url, reason: "the answer ends before its file does".into() });
            }
        }
        part.check(target)
    }

    /// Removes packs that nobody needs any more.
    fn forget_others(&self, targets: &[Target]) {
        for entry in fs_err::read_dir(self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let wanted = targets.iter().any(|target| name.starts_with(&target.sha256));
            if !wanted {
                let _ = fs_err::remove_file(entry.path());
            }
        }
    }
}

/// Where a fetched target lies.
pub(crate) fn path_of(folder: &Path, target: &Target) -> PathBuf {
    folder.join(&target.sha256)
}

fn tell_once(tell: &(dyn Fn(u64) + Sync), told: &mut u64, length: u64) {
    if length > *told {
        tell(length - *told);
        *told = length;
    }
}

/// A file that is being fetched, with the hash of what is here of it.
struct Part {
    path: PathBuf,
    file: tokio::fs::File,
    hash: Sha256,
    length: u64,
}

impl Part {
    /// Takes up what an earlier sync has left.
    async fn open(folder: &Path, target: &Target) -> Result<Self> {
        let path = folder.join(format!("{}.part", target.sha256));
        let (hash, length) = hash_file(path.clone()).await?;
        if length > target.length {
            let _ = tokio::fs::remove_file(&path).await;
        }
        let mut options = tokio::fs::OpenOptions::new();
        let file = options.create(true).append(true).open(&path).await.map_err(of_file(&path))?;
        let (hash, length) = if length > target.length { (Sha256::new(), 0) } else { (hash, length) };
        Ok(Self { path, file, hash, length })
    }

    async fn append(
        &mut self,
        body: Body,
        target: &Target,
        tell: &(dyn Fn(u64) + Sync),
        told: &mut u64,
        came: &AtomicU64,
    ) -> Result<()> {
        if body.from_byte != self.length {
            self.restart().await?;
        }
        if body.from_byte > self.length {
            return Err(Error::Mismatch {
                file: target.name.clone(),
                reason: "it begins in the middle".into(),
            });
        }
        let mut bytes = body.bytes;
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk?;
            came.fetch_add(chunk.len() as u64, Ordering::Relaxed);
            if self.length + chunk.len() as u64 > target.length {
                return Err(Error::TooLarge { file: target.name.clone(), limit_bytes: target.length });
            }
            self.file.write_all(&chunk).await.map_err(of_file(&self.path))?;
            self.hash.update(&chunk);
            self.length += chunk.len() as u64;
            tell_once(tell, told, self.length);
        }
        self.file.flush().await.map_err(of_file(&self.path))
    }

    async fn restart(&mut self) -> Result<()> {
        self.file.set_len(0).await.map_err(of_file(&self.path))?;
        (self.hash, self.length) = (Sha256::new(), 0);
        Ok(())
    }

    fn check(&self, target: &Target) -> Result<()> {
        let found = hex(&self.hash.clone().finalize());
        if found == target.sha256 {
            return Ok(());
        }
        let reason = format!("its hash is {found}, signed is {}", target.sha256);
        Err(Error::Mismatch { file: target.name.clone(), reason })
    }

    async fn finish(mut self, target: &Target, whole: &Path) -> Result<()> {
        self.file.flush().await.map_err(of_file(&self.path))?;
        self.file.sync_all().await.map_err(of_file(&self.path))?;
        self.check(target)?;
        tokio::fs::rename(&self.path, whole).await.map_err(of_file(whole))
    }

    async fn discard(self) {
        let _ = tokio::fs::remove_file(&self.path).await;
    }
}

async fn hash_file(path: PathBuf) -> Result<(Sha256, u64)> {
    let read = move || {
        let mut hash = Sha256::new();
        let mut file = match std::fs::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((hash, 0)),
            Err(error) => return Err(of_file(&path)(error)),
        };
        let mut chunk = vec![0; 1 << 20];
        let mut length = 0;
        loop {
            let read = std::io::Read::read(&mut file, &mut chunk).map_err(of_file(&path))?;
            if read == 0 {
                return Ok((hash, length));
            }
            hash.update(&chunk[..read]);
            length += read as u64;
        }
    };
    tokio::task::spawn_blocking(read).await.unwrap_or(Err(Error::Cancelled))
}
