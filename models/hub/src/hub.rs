//! Asks a hub for a model and brings its files into the cache.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fs_err as fs;
use knytt_models::convert::{is_of_transformers, knows_pictures_only};
use reqwest::{Client, RequestBuilder, Response, StatusCode, header};
use serde::Serialize;

use crate::blob::{Broken, Incomplete, incomplete, root_cause};
use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::listing::{ListedFile, Listing};
use crate::reference::Repository;
use crate::settings::HubSettings;
use crate::{choose, room};

/// How often one thing is asked for while nothing of it comes.
const TRIES: u32 = 5;

/// The longest wait that a server may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The longest list of files that is read, in bytes.
const LONGEST_LISTING: usize = 16 << 20;

/// A hub, or a mirror of one.
#[derive(Clone, Debug)]
pub struct Hub {
    settings: HubSettings,
    http: Client,
}

/// How far a fetch is, in bytes of all files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// What is here.
    pub done_bytes: u64,
    /// What is needed.
    pub total_bytes: u64,
}

/// The files of a model on disk.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    /// The folder that holds them.
    pub folder: PathBuf,
    /// The commit that they are of.
    pub commit: String,
    /// Bytes that came over the network.
    pub fetched_bytes: u64,
}

/// How large the files of a model are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Size {
    /// All of them.
    pub total_bytes: u64,
    /// What is not in the cache yet. Of a file that a stopped fetch has begun, the rest.
    pub missing_bytes: u64,
}

impl Hub {
    /// Prepares a client. Nothing is asked yet.
    ///
    /// # Errors
    /// The proxy or TLS settings of the system cannot be used.
    pub fn new(settings: HubSettings) -> Result<Self> {
        let http = Client::builder()
            .user_agent(concat!("knytt/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(15))
            .read_timeout(Duration::from_secs(60))
            // A part of a file must be a part of the file, so nothing comes compressed.
            .gzip(false)
            .brotli(false)
            .build()
            .map_err(|error| Error::Setting { name: "HTTPS_PROXY", reason: root_cause(&error) })?;
        Ok(Self { settings, http })
    }

    /// Asks what a revision holds.
    ///
    /// # Errors
    /// The hub cannot be reached or has no such repository, or `HF_HUB_OFFLINE` is set.
    pub async fn list(&self, repository: &Repository) -> Result<Listing> {
        if self.settings.offline {
            return Err(Error::Offline(repository.to_string()));
        }
        let revision = repository.revision.replace('/', "%2F");
        let path = format!("api/models/{}/revision/{revision}?blobs=true", repository.id());
        let answer = self.ask(&path, repository, |request| request).await?;
        let json = read(answer, LONGEST_LISTING)
            .await
            .map_err(|reason| Error::Listing { repository: repository.to_string(), reason })?;
        Listing::parse(repository, &json)
    }

    /// The files of a repository that were fetched before, whole. It asks nothing over the network.
    pub fn cached(&self, repository: &Repository) -> Option<Snapshot> {
        let cache = Cache::of(&self.settings.cache, repository);
        let commit = cache.commit(&repository.revision)?;
        let folder = cache.snapshot(&commit);
        // A fetch that was stopped has no note of its revision; one of a commit is whole if a model is in it.
        let has_weights = fs::read_dir(&folder).ok()?.filter_map(Result::ok).any(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            (name.ends_with(".safetensors") || name.ends_with(".bin")) && entry.path().is_file()
        });
        has_weights.then_some(Snapshot { folder, commit, fetched_bytes: 0 })
    }

    /// Fetches the files of a listed model that are not in the cache, and verifies them.
    ///
    /// # Errors
    /// The repository has no layout that can be converted, the disk has no room, the hub cannot be reached, or a file
    /// is not what is listed.
    pub async fn fetch(
        &self,
        repository: &Repository,
        listing: &Listing,
        report: &(dyn Fn(Progress) + Sync),
    ) -> Result<Snapshot> {
        let cache = Cache::of(&self.settings.cache, repository);
        let fetch = self.prepare(repository, listing, &cache)?;
        let files = fetch.files().await?;
        let Size { total_bytes, missing_bytes } = fetch.size(&files);
        room::check(&self.settings.cache, missing_bytes)?;
        let mut before = 0;
        for file in files {
            fetch.file(file, &|bytes| report(Progress { done_bytes: before + bytes, total_bytes })).await?;
            before += file.bytes;
        }
        // Only now: whoever reads the note finds all files.
        cache.note(&repository.revision, &listing.commit)?;
        Ok(Snapshot {
            folder: cache.snapshot(&listing.commit),
            commit: listing.commit.clone(),
            fetched_bytes: fetch.fetched.into_inner(),
        })
    }

    /// How large the files of a listed model are. What says which files those are comes into the cache; it is small.
    ///
    /// # Errors
    /// As [`Self::fetch`].
    pub async fn size(&self, repository: &Repository, listing: &Listing) -> Result<Size> {
        let cache = Cache::of(&self.settings.cache, repository);
        let fetch = self.prepare(repository, listing, &cache)?;
        let files = fetch.files().await?;
        Ok(fetch.size(&files))
    }

    /// The folder of the cache.
    pub(crate) fn cache(&self) -> &Path {
        &self.settings.cache
    }

    fn prepare<'f>(
        &'f self,
        repository: &'f Repository,
        listing: &'f Listing,
        cache: &'f Cache,
    ) -> Result<Fetch<'f>> {
        cache.prepare(&listing.commit)?;
        Ok(Fetch { hub: self, repository, listing, cache, fetched: AtomicU64::new(0) })
    }

    /// The wait after so many tries, drawn from half of it to all of it: many programs must not come back at once.
    fn backoff(&self, tried: u32) -> Duration {
        let longest = self.settings.first_wait.saturating_mul(1 << tried.saturating_sub(1).min(6));
        longest.mul_f64(rand::random_range(0.5..1.0))
    }

    /// Asks for a path below the endpoint, again if the failure may pass.
    async fn ask(
        &self,
        path: &str,
        repository: &Repository,
        with: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<Response> {
        let url = format!("{}/{path}", self.settings.endpoint.as_str().trim_end_matches('/'));
        let mut tried = 0;
        loop {
            tried += 1;
            let mut request = with(self.http.get(&url));
            // Redirects to another host do not take it along.
            if let Some(token) = &self.settings.token {
                request = request.bearer_auth(token);
            }
            let (reason, wait) = match request.send().await {
                Ok(answer) if answer.status().is_success() => return Ok(answer),
                Ok(answer) => match refusal(&answer, &url, repository) {
                    Some(error) => return Err(error),
                    None => (format!("it answers {}", answer.status()), retry_after(&answer)),
                },
                Err(error) => (root_cause(&error), None),
            };
            if tried >= TRIES {
                return Err(Error::Unreachable { url, reason });
            }
            tokio::time::sleep(wait.unwrap_or_else(|| self.backoff(tried)).min(LONGEST_WAIT)).await;
        }
    }
}

/// One fetch of one model.
struct Fetch<'f> {
    hub: &'f Hub,
    repository: &'f Repository,
    listing: &'f Listing,
    cache: &'f Cache,
    fetched: AtomicU64,
}

impl<'f> Fetch<'f> {
    /// The files that the model needs, as they are listed.
    async fn files(&self) -> Result<Vec<&'f ListedFile>> {
        let names = self.names().await?;
        Ok(names.iter().filter_map(|name| self.listing.file(name)).collect())
    }

    fn size(&self, files: &[&ListedFile]) -> Size {
        let here = |file: &ListedFile| match self.cache.blob(file) {
            place if place.is_file() => file.bytes,
            place => fs::metadata(incomplete(&place)).map_or(0, |part| part.len().min(file.bytes)),
        };
        let total_bytes = files.iter().map(|file| file.bytes).sum();
        Size { total_bytes, missing_bytes: files.iter().map(|file| file.bytes - here(file)).sum() }
    }

    /// The names of the files that the model needs. Which layout it is in may depend on what its config says.
    async fn names(&self) -> Result<Vec<String>> {
        let unknown = || Error::Layout { repository: self.repository.to_string() };
        if let Some(safety) = choose::safety(self.listing) {
            return Ok(safety);
        }
        let open_clip = choose::open_clip(self.listing);
        let mut names = match (choose::transformers(self.listing), choose::pictures_only(self.listing)) {
            (Some(names), _) => names,
            (None, Some(names)) if open_clip.is_none() => {
                let config = self.small("config.json").await?;
                if !knows_pictures_only(&config) {
                    return Err(unknown());
                }
                names
            }
            _ => return open_clip.ok_or_else(unknown),
        };
        if let Some(open_clip) = open_clip
            && !is_of_transformers(&self.small("config.json").await?)
        {
            return Ok(open_clip);
        }
        if names.iter().any(|name| name.ends_with(".index.json")) {
            let index = self.small("model.safetensors.index.json").await?;
            let shards =
                choose::shards(&index).filter(|names| names.iter().all(|name| self.listing.has(name)));
            names.extend(shards.ok_or_else(unknown)?);
        }
        Ok(names)
    }

    /// The bytes of a small file, by way of the cache.
    async fn small(&self, name: &str) -> Result<Vec<u8>> {
        let missing = || Error::Layout { repository: self.repository.to_string() };
        let file = self.listing.file(name).ok_or_else(missing)?;
        self.file(file, &|_| ()).await?;
        Ok(fs::read(self.cache.blob(file))?)
    }

    /// Brings one file into the snapshot. One process at a time fetches a blob; the others find it.
    async fn file(&self, file: &ListedFile, tell: &(dyn Fn(u64) + Sync)) -> Result<()> {
        let place = self.cache.blob(file);
        if !place.is_file() {
            let lock = self.cache.lock(file);
            let locked = tokio::task::spawn_blocking(move || {
                let lock = fs::File::create(lock)?.into_file();
                lock.lock().map(|()| lock)
            });
            let _lock = locked.await.map_err(std::io::Error::other)??;
            if !place.is_file() {
                self.blob(file, tell).await?;
            }
        }
        tell(file.bytes);
        Ok(self.cache.link(&self.listing.commit, file)?)
    }

    async fn blob(&self, file: &ListedFile, tell: &(dyn Fn(u64) + Sync)) -> Result<()> {
        let place = self.cache.blob(file);
        let path = format!("{}/resolve/{}/{}", self.repository.id(), self.listing.commit, file.name);
        let mut part = Incomplete::open(&place, file).await?;
        let mut without_progress = 0;
        while part.length < file.bytes {
            let before = part.length;
            let ranged = |request: RequestBuilder| match before {
                0 => request,
                _ => request.header(header::RANGE, format!("bytes={before}-")),
            };
            let answer = self.hub.ask(&path, self.repository, ranged).await?;
            let reason = match part.append(answer, file, tell).await {
                Ok(()) => String::new(),
                Err(Broken::Line(reason)) => reason,
                Err(Broken::ForGood(error)) => return Err(error),
            };
            self.fetched.fetch_add(part.length.saturating_sub(before), Ordering::Relaxed);
            without_progress = if part.length > before { 0 } else { without_progress + 1 };
            if without_progress >= TRIES {
                return Err(Error::Unreachable { url: path, reason });
            }
            if without_progress > 0 {
                tokio::time::sleep(self.hub.backoff(without_progress)).await;
            }
        }
        part.finish(&place, file).await
    }
}

/// What an answer means that no later try changes.
fn refusal(answer: &Response, url: &str, repository: &Repository) -> Option<Error> {
    let gated = answer.headers().get("x-error-code").is_some_and(|code| code == "GatedRepo");
    match answer.status() {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if gated => Some(Error::Gated(repository.id())),
        StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => Some(Error::NotFound(repository.to_string())),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => None,
        status if status.is_server_error() => None,
        status => Some(Error::Refused { url: url.into(), status: status.as_u16() }),
    }
}

async fn read(mut answer: Response, longest: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| root_cause(&error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > longest {
            return Err("it is too long".into());
        }
    }
    Ok(bytes)
}

fn retry_after(answer: &Response) -> Option<Duration> {
    let seconds = answer.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
