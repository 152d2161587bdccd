//! Pictures from servers, into a folder: a few at a time, seldom asked twice, resumed where they broke off.

mod cache;
mod host;
mod prefetch;
mod public;
mod transfer;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use reqwest::Client;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use url::Url;

use self::cache::{Cache, CacheEntry};
use self::host::Hosts;
pub use self::prefetch::{FetchedItem, FetchedPicture, Prefetch};
use self::transfer::Attempt;
use crate::{Error, Refusal, Result};

/// Downloads at once, over all servers.
const AT_ONCE: usize = 16;

/// Redirects that are followed for one picture.
const REDIRECTS: usize = 5;

/// Locks that keep one picture from being fetched twice at once; each is for many addresses.
const LOCKS: usize = 256;

/// How often it is looked whether somebody wants to stop.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How pictures are brought.
#[derive(Clone, Debug)]
pub struct FetchOptions {
    /// The folder that keeps them; made when it is needed.
    pub folder: PathBuf,
    /// Take only what is in the folder.
    pub offline: bool,
    /// Ask no server of this machine or its networks.
    pub public_only: bool,
    /// No picture is larger.
    pub max_bytes: u64,
    /// How long to wait for servers.
    pub patience: Patience,
}

/// How long to wait for a server, and how often to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For a connection to come about.
    pub connect: Duration,
    /// For the next bytes to come.
    pub read: Duration,
    /// For one picture in one try.
    pub whole: Duration,
    /// After this time a picture that comes more slowly than `slowest_bytes_per_second` is left.
    pub grace: Duration,
    /// The lowest rate of a picture, over all of its time.
    pub slowest_bytes_per_second: u64,
    /// Tries for one picture.
    pub tries: u32,
    /// Before the second try, at most; it doubles with each, and each wait is drawn from half of it to all.
    pub backoff: Duration,
    /// The longest that a server may ask to wait.
    pub longest_wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(20),
            whole: Duration::from_secs(120),
            grace: Duration::from_secs(10),
            slowest_bytes_per_second: 1024,
            tries: 4,
            backoff: Duration::from_secs(1),
            longest_wait: Duration::from_secs(120),
        }
    }
}

/// Where a picture is now, or why there is none.
type Fetched = Result<PathBuf, Refusal>;

/// The file of a picture that a [`Fetcher`] has brought into `folder` before, if it is there. Nothing is asked over the
/// network.
pub fn kept_picture(folder: &Path, url: &Url) -> Option<PathBuf> {
    let kept = Cache::new(folder.into()).kept(url);
    kept.note().is_some().then_some(kept.file)
}

/// Brings pictures. Nothing is started before the first one.
pub struct Fetcher {
    options: FetchOptions,
    engine: OnceLock<Engine>,
}

/// The threads, and what they share.
struct Engine {
    /// Taken out at the end.
    runtime: Option<Runtime>,
    shared: Arc<Shared>,
}

struct Shared {
    options: FetchOptions,
    client: Client,
    cache: Cache,
    hosts: Hosts,
    at_once: Semaphore,
    locks: Vec<tokio::sync::Mutex<()>>,
    /// What became of the addresses of this run.
    done: Mutex<HashMap<u64, Result<(), Refusal>>>,
}

impl Fetcher {
    /// Nothing is opened yet.
    pub fn new(options: FetchOptions) -> Self {
        Self { options, engine: OnceLock::new() }
    }

    /// Begins to bring a picture.
    ///
    /// # Errors
    /// [`Error::Network`] if downloads are not possible at all.
    pub fn fetch(&self, url: &Url) -> Result<Download> {
        let engine = match self.engine.get() {
            Some(engine) => engine,
            None => {
                let engine = Engine::start(&self.options)?;
                self.engine.get_or_init(|| engine)
            }
        };
        let (sender, result) = mpsc::sync_channel(1);
        let (shared, url) = (Arc::clone(&engine.shared), url.clone());
        let work = async move {
            // Who waited for it may be gone.
            let _ = sender.send(shared.bring(&url).await);
        };
        if let Some(runtime) = &engine.runtime {
            runtime.spawn(work);
        }
        Ok(Download(result))
    }

    /// Removes what this run did not ask for.
    ///
    /// # Errors
    /// [`Error::Cache`]
    pub fn sweep(&self) -> Result<()> {
        let Some(engine) = self.engine.get() else { return Ok(()) };
        let done = engine.shared.done.lock().unwrap_or_else(PoisonError::into_inner);
        engine.shared.cache.sweep(|key| done.contains_key(&key))
    }
}

/// A picture on its way.
pub struct Download(Receiver<Result<Fetched>>);

impl Download {
    /// Waits until it is here, or cannot be had.
    ///
    /// # Errors
    /// [`Error::Interrupted`] once `stop` says so, [`Error::Cache`] if the disk fails.
    pub fn wait(self, stop: &dyn Fn() -> bool) -> Result<Fetched> {
        loop {
            match self.0.recv_timeout(LOOK_EVERY) {
                Ok(fetched) => return fetched,
                Err(RecvTimeoutError::Timeout) if !stop() => {}
                Err(_) => return Err(Error::Interrupted),
            }
        }
    }
}

impl Engine {
    fn start(options: &FetchOptions) -> Result<Self> {
        let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = threads.map_err(|error| Error::Network(error.to_string()))?;
        let shared = Shared {
            client: client(options).map_err(|error| Error::Network(error.to_string()))?,
            cache: Cache::new(options.folder.clone()),
            hosts: Hosts::default(),
            at_once: Semaphore::new(AT_ONCE),
            locks: (0..LOCKS).map(|_| tokio::sync::Mutex::default()).collect(),
            done: Mutex::default(),
            options: options.clone(),
        };
        Ok(Self { runtime: Some(runtime), shared: Arc::new(shared) })
    }
}

/// What is under way is left: a name that is looked up may take half a minute.
impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn client(options: &FetchOptions) -> reqwest::Result<Client> {
    let patience = &options.patience;
    // Bytes as they are, so that a part of a file is a part of a file. Proxies come from the environment.
    let builder = Client::builder()
        .user_agent(concat!("knytt/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(patience.connect)
        .read_timeout(patience.read)
        .gzip(false)
        .brotli(false)
        .redirect(reqwest::redirect::Policy::limited(REDIRECTS));
    if options.public_only { public::confine(builder).build() } else { builder.build() }
}

impl Shared {
    /// Each address once in a run, however many products name it.
    async fn bring(&self, url: &Url) -> Result<Fetched> {
        if let Some(refusal) = public::refused(url).filter(|_| self.options.public_only) {
            return Ok(Err(refusal));
        }
        let kept = self.cache.kept(url);
        let _one = self.locks[kept.key as usize % LOCKS].lock().await;
        let known = self.done.lock().unwrap_or_else(PoisonError::into_inner).get(&kept.key).cloned();
        let outcome = match known {
            Some(outcome) => outcome,
            None => self.obtain(url, &kept).await?,
        };
        self.done.lock().unwrap_or_else(PoisonError::into_inner).insert(kept.key, outcome.clone());
        Ok(outcome.map(|()| kept.file))
    }

    /// From the folder if it may be used unasked, else from the server, else from the folder after all.
    async fn obtain(&self, url: &Url, kept: &CacheEntry) -> Result<Result<(), Refusal>> {
        let here = kept.note();
        if here.as_ref().is_some_and(|note| self.options.offline || note.is_fresh()) {
            return Ok(Ok(()));
        }
        if self.options.offline {
            let reason = format!("{url} was not downloaded before, and --offline downloads nothing");
            return Ok(Err(("not-cached", reason)));
        }
        let outcome = self.download(url, kept).await?;
        // A server that cannot be reached today does not take back what it gave yesterday.
        let passing = matches!(&outcome, Err((code, _)) if *code == host::UNREACHABLE);
        Ok(if passing && here.is_some() { Ok(()) } else { outcome })
    }

    async fn download(&self, url: &Url, kept: &CacheEntry) -> Result<Result<(), Refusal>> {
        let host = self.hosts.of(url);
        let Ok(_turn) = host.turns.acquire().await else { return Err(Error::Interrupted) };
        for tried in 1.. {
            if let Err(refusal) = host.wait_until_open().await {
                return Ok(Err(refusal));
            }
            let attempt = {
                let Ok(_slot) = self.at_once.acquire().await else { return Err(Error::Interrupted) };
                transfer::attempt(&self.client, url, kept, &self.options).await?
            };
            let failure = match attempt {
                Attempt::Done => {
                    host.answered();
                    return Ok(Ok(()));
                }
                Attempt::Refused(refusal) => {
                    host.answered();
                    return Ok(Err(refusal));
                }
                Attempt::Slow(reason) => {
                    host.was_slow(&reason);
                    return Ok(Err((host::UNREACHABLE, format!("{url} comes too slowly: {reason}"))));
                }
                Attempt::Failed(failure) => failure,
            };
            host.failed(&failure);
            if tried >= self.options.patience.tries || !host.may_wait(&failure, &self.options.patience) {
                return Ok(Err((host::UNREACHABLE, format!("cannot download {url}: {}", failure.reason))));
            }
            if failure.retry_after.is_none() {
                tokio::time::sleep(backoff(self.options.patience.backoff, tried)).await;
            }
        }
        Err(Error::Interrupted)
    }
}

/// Drawn, so that what failed together does not come back together.
fn backoff(first: Duration, tried: u32) -> Duration {
    first.saturating_mul(1 << (tried - 1).min(6)).mul_f64(0.5 + 0.5 * rand::random::<f64>())
}
