//! One sync from its beginning to its end.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use jiff::Timestamp;
use knytt_engine::{ActiveEnvironment, Catalog, Origin};
use knytt_wire::{LinkedRelease, Url, takes_feedback};

use crate::apply::{Job, apply, read_experiment, read_rules};
use crate::clock::{disagreement, judged_now};
use crate::download::Downloads;
use crate::folder::Folder;
use crate::http::{Http, Patience};
use crate::linked::as_linked;
use crate::lock::Lock;
use crate::metadata::{Base, Verified, first_root, not_expired, verify};
use crate::model::ModelSource;
use crate::object_reader::ObjectReader;
use crate::plan::{LocalCatalog, Plan, each_once, from_snapshot, plan};
use crate::progress::{Cancel, Progress, Report};
use crate::status::{Source, Status};
use crate::transport::fetch;
use crate::trust::{Trust, TrustStore, version_of};
use crate::{Clock, Error, Result, Role, files, model, rebuild, release_log, status};

/// What is fetched over a metered network without being asked for, in bytes.
const METERED_BYTES: u64 = 2 << 20;

/// How a sync is done.
#[derive(Clone, Debug, Default)]
pub struct SyncOptions {
    /// The catalogue's address; `None`: where it came from last time. Another one than last time is where
    /// the same publisher has moved to: it must have the same first root.
    pub from: Option<Url>,
    /// SHA-256 of its first root, hexadecimal; `None`: whatever is found there first is trusted from then
    /// on, which needs an encrypted address.
    pub root: Option<String>,
    /// What the link says of the newest release: the first sync refuses another catalogue of the same keys,
    /// and any older release.
    pub newest: Option<LinkedRelease>,
    /// Whether the network costs money: then only small updates are fetched.
    pub metered: bool,
    /// Where the second copy of what was verified is kept; `None`: where the system keeps a user's
    /// state, if it says so.
    pub state: Option<PathBuf>,
    /// A folder of model bundles: a release may be of one of them. `None`: of none.
    pub models: Option<PathBuf>,
    /// What time it is.
    pub clock: Clock,
    /// How long to wait for a server.
    pub patience: Patience,
    /// What reads addresses that begin with `objects:`.
    pub objects: Option<ObjectReader>,
}

/// What a sync did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Synced {
    /// The release that the catalogue is at.
    pub release: u64,
    /// The one that it was at; 0 for none.
    pub from_release: u64,
    /// What came over the network for it, packs only, in bytes.
    pub downloaded_bytes: u64,
    /// A whole release took its place: what is open should be opened again.
    pub swapped: bool,
    /// Whether there was anything to do.
    pub changed: bool,
}

/// Brings the catalogue in `folder` to the newest release that can be verified, or makes it.
///
/// # Errors
/// See [`Error`]. The catalogue is then what it was, and what was fetched is kept for the next time.
pub async fn sync(
    folder: &Path,
    options: &SyncOptions,
    progress: &(dyn Fn(Progress) + Send + Sync),
    cancel: &Cancel,
) -> Result<Synced> {
    let folder = Folder::new(folder)?;
    let known = files::read::<Source>(&folder.source())?;
    let from = options.from.clone().or_else(|| known.as_ref().map(|known| known.from.clone()));
    let nowhere = "it does not say where it comes from";
    let from = from.ok_or_else(|| Error::NotSynced { path: folder.path().into(), reason: nowhere.into() })?;
    folder.prepare()?;
    let _lock = Lock::take(&folder.lock(), folder.path())?;
    folder.sweep()?;
    let run = Run { folder, options, report: progress, cancel };
    let synced = run.sync(from, known).await;
    if let Err(error) = &synced {
        run.note_failure(error);
    }
    synced
}

/// A sync that is under way.
struct Run<'r> {
    folder: Folder,
    options: &'r SyncOptions,
    report: Report<'r>,
    cancel: &'r Cancel,
}

impl Run<'_> {
    async fn sync(&self, from: Url, known: Option<Source>) -> Result<Synced> {
        (self.report)(Progress::Checking);
        let http = Http::new(self.cancel.clone(), self.options.patience, self.options.objects.clone())?;
        let (source, root) = self.source(&http, from, known).await?;
        let base = Base::new(&source.from);
        let state = self.options.state.clone().or_else(state_folder);
        let store = TrustStore::new(self.folder.trust(), state.as_deref(), &source.root, self.folder.path());
        let mut trust = store.read(&source.root)?;
        let here = self.here()?;
        let is_first = trust.root.is_none();
        if is_first {
            trust.release = here.as_ref().map_or(0, |here| here.release);
        }
        trust.root = trust.root.or(root);
        let Some(timestamp) = self.newer_timestamp(&http, &base, &trust, here.as_ref()).await? else {
            return Ok(self.unchanged(here.map_or(0, |here| here.release)));
        };
        let clock = &self.options.clock;
        let scratch = self.folder.packs();
        let scratch = scratch.parent().unwrap_or(self.folder.path());
        let verified = match verify(&http, &base, &mut trust, Some(timestamp), clock, scratch).await {
            Ok(verified) => verified,
            Err(error) => {
                // Newer roots that were verified on the way stay verified; but an address where nothing
                // was ever verified has no claim yet.
                if !is_first {
                    store.write(&trust)?;
                }
                return Err(error);
            }
        };
        self.expect(&verified, here.as_ref())?;
        let mut newer = verified.trust.clone();
        newer.release = newer.release.max(verified.release.number);
        newer.log = newer.had(here.as_ref().map_or(0, |here| here.release)).cloned();
        newer.next_log = release_log::follow(&http, &base, &verified, newer.log.as_ref()).await?;
        store.write(&newer)?;
        files::write(&self.folder.source(), &source)?;
        self.update(&http, &source, &verified, here).await
    }

    /// Where it comes from, with the first root if it was fetched just now.
    async fn source(
        &self,
        http: &Http,
        from: Url,
        known: Option<Source>,
    ) -> Result<(Source, Option<Box<serde_json::value::RawValue>>)> {
        let pinned = known.as_ref().map(|known| known.root.clone());
        if let Some((pinned, asked)) = pinned.as_ref().zip(self.options.root.as_ref()).filter(|(p, a)| p != a)
        {
            return Err(Error::WrongRoot { expected: pinned.clone(), found: asked.clone() });
        }
        if known.as_ref().is_some_and(|known| known.from == from) && self.folder.trust().exists() {
            return Ok((Source { from, root: pinned.unwrap_or_default() }, None));
        }
        let pinned = pinned.or_else(|| self.options.root.clone());
        if pinned.is_none() && !is_private(&from) {
            return Err(Error::Unencrypted { url: from });
        }
        let (root, json) = first_root(http, &Base::new(&from), pinned.as_deref()).await?;
        Ok((Source { from, root }, Some(json)))
    }

    fn here(&self) -> Result<Option<LocalCatalog>> {
        use knytt_engine::Error as E;
        if ActiveEnvironment::read(self.folder.path())?.is_none() {
            return Ok(None);
        }
        let catalog = match Catalog::open(self.folder.path()) {
            Ok(catalog) => catalog,
            // What cannot be read is replaced.
            Err(E::Damaged(_) | E::CutShort { .. } | E::NotACatalog { .. } | E::UnknownSchema { .. }) => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let snapshot = catalog.read()?;
        let info = snapshot.info()?;
        Ok(Some(LocalCatalog {
            catalog: info.catalog_id,
            release: info.release,
            model: info.fingerprint.to_string(),
            content: snapshot.content_hash()?.to_string(),
            further: snapshot.pictures_hash()?.map(|hash| hash.to_string()),
        }))
    }

    /// The timestamp, if it is another one than that which was verified last; a device that is up to
    /// date asks for nothing else.
    async fn newer_timestamp(
        &self,
        http: &Http,
        base: &Base,
        trust: &Trust,
        here: Option<&LocalCatalog>,
    ) -> Result<Option<(Bytes, Option<String>)>> {
        let at_newest = here.is_some_and(|here| here.release == trust.release) && trust.timestamp.is_some();
        let tag = trust.etag.as_deref().filter(|_| at_newest);
        let url = base.metadata("timestamp.json")?;
        let fetched = fetch(http, &url, tag, 64 << 10).await?;
        match fetched.bytes {
            Some(bytes) => Ok(Some((bytes, fetched.etag))),
            None => {
                let status = status::read(&self.folder, &self.options.clock)?;
                if let Some((expires, status)) = status.and_then(|status| Some((status.expires_ms?, status)))
                {
                    let expires = Timestamp::from_millisecond(expires).unwrap_or(Timestamp::UNIX_EPOCH);
                    let (clock, date) = (&self.options.clock, fetched.date);
                    let now = judged_now(clock, status.published_ms, date);
                    not_expired(Role::Timestamp, expires, now, || disagreement(clock, date))?;
                }
                Ok(None)
            }
        }
    }

    /// What a valid signature does not say: that it is this catalogue, and not an older state of it.
    fn expect(&self, verified: &Verified, here: Option<&LocalCatalog>) -> Result<()> {
        let release = &verified.release;
        let known = status::read(&self.folder, &self.options.clock)?.map(|status| status.catalog);
        let known = here.map(|here| here.catalog.clone()).or(known).filter(|id| !id.is_empty());
        if let Some(expected) = known.clone().filter(|known| *known != release.catalog) {
            return Err(Error::WrongCatalog { expected, found: release.catalog.clone() });
        }
        if known.is_none() {
            as_linked(release, self.options.newest.as_ref())?;
        }
        if let Some(url) = release.events.as_ref().filter(|url| !verified.hosts.allow(url)) {
            let (what, url) = ("the feedback".into(), url.to_string());
            return Err(Error::ForeignHost { what, url, hosts: verified.hosts.clone() });
        }
        self.expect_rules(verified)?;
        let newest = verified.trust.release;
        if release.number < newest {
            let reason = format!("it is release {}, release {newest} was seen", release.number);
            return Err(Error::Rollback { role: Role::Release, reason });
        }
        Ok(())
    }

    /// Shoppers follow what rules lead to, as they follow the links of products.
    fn expect_rules(&self, verified: &Verified) -> Result<()> {
        let rules = verified.release.rules.as_ref().and_then(read_rules);
        let experiment = verified.release.experiment.as_ref().and_then(read_experiment);
        let of_arms = experiment.iter().flat_map(|experiment| experiment.addresses());
        let addresses = rules.iter().flat_map(|rules| rules.addresses()).chain(of_arms);
        match addresses.into_iter().find_map(|address| verified.hosts.foreign_address(address)) {
            Some(url) => {
                let (what, url) = ("a rule".into(), url.to_owned());
                Err(Error::ForeignHost { what, url, hosts: verified.hosts.clone() })
            }
            None => Ok(()),
        }
    }

    async fn update(
        &self,
        http: &Http,
        source: &Source,
        verified: &Verified,
        here: Option<LocalCatalog>,
    ) -> Result<Synced> {
        let from_release = here.as_ref().map_or(0, |here| here.release);
        let Some(mut way) = plan(here.as_ref(), verified)? else {
            self.note_success(source, verified, false)?;
            return Ok(self.unchanged(from_release));
        };
        let model = model::source(&self.folder, verified, self.options.models.as_deref())?;
        let mut downloaded_bytes = self.download(http, source, verified, &way, &model).await?;
        // Before any vector of it is here: a sync that ends in between must leave what can be searched.
        let origin = self.install_model(verified, &model)?;
        let mut done = self.apply(verified, &way, &origin).await;
        if matches!(done, Err(Error::Content { .. })) && !way.snapshot {
            // What is here is not what its number says: then the whole release takes its place.
            if let Some(whole) = from_snapshot(verified)? {
                way = whole;
                downloaded_bytes += self.download(http, source, verified, &way, &model).await?;
                done = self.apply(verified, &way, &origin).await;
            }
        }
        done?;
        self.note_success(source, verified, true)?;
        let _ = self.folder.sweep();
        let _ = std::fs::remove_dir_all(self.folder.packs());
        let swapped = way.snapshot;
        Ok(Synced {
            release: verified.release.number,
            from_release,
            downloaded_bytes,
            swapped,
            changed: true,
        })
    }

    async fn download(
        &self,
        http: &Http,
        source: &Source,
        verified: &Verified,
        way: &Plan,
        model: &ModelSource,
    ) -> Result<u64> {
        let mut targets = way.targets.clone();
        if let ModelSource::Fetch(files) = model {
            targets.extend(files.iter().cloned());
            targets = each_once(targets);
        }
        let bytes = targets.iter().map(|target| target.length).sum();
        if self.options.metered && bytes > METERED_BYTES {
            return Err(Error::Metered { bytes });
        }
        let mirrors =
            verified.release.mirrors.iter().filter(|url| is_private(url) || !is_private(&source.from));
        let bases: Vec<Base> = std::iter::once(&source.from).chain(mirrors).map(Base::new).collect();
        self.folder.prepare()?;
        let folder = self.folder.packs();
        Downloads { http, bases: &bases, folder: &folder, report: self.report }.fetch(&targets).await
    }

    /// On a thread for what blocks: the disk, and decompression.
    async fn apply(&self, verified: &Verified, way: &Plan, origin: &Origin) -> Result<()> {
        let packs = self.folder.packs();
        let total_rows = way.rows(&verified.release);
        let job = Job { verified, packs: &packs, report: self.report, cancel: self.cancel, total_rows };
        let work = || {
            if way.snapshot {
                return rebuild::rebuild(&self.folder, way, origin, &job);
            }
            let catalog = Catalog::open(self.folder.path())?;
            let mut done = 0;
            for step in &way.steps {
                apply(&catalog, step, &job, done)?;
                done += step.attributes.rows;
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let worker = scope.spawn(work);
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Puts the model where it can be opened; what is noted of that in the catalogue.
    fn install_model(&self, verified: &Verified, model: &ModelSource) -> Result<Origin> {
        Ok(match model {
            ModelSource::Starter => model::note(None),
            ModelSource::Local(path) => model::note(Some(path)),
            ModelSource::Fetch(_) => {
                model::note(Some(&model::install(&self.folder, verified, &self.folder.packs())?))
            }
        })
    }

    fn unchanged(&self, release: u64) -> Synced {
        if let Ok(Some(mut status)) = status::read(&self.folder, &self.options.clock) {
            status.checked_ms = Some(self.options.clock.now_ms());
            status.last_error = None;
            let _ = files::write(&self.folder.status(), &status);
        }
        Synced { release, from_release: release, downloaded_bytes: 0, swapped: false, changed: false }
    }

    fn note_success(&self, source: &Source, verified: &Verified, changed: bool) -> Result<()> {
        let now = self.options.clock.now_ms();
        let release = &verified.release;
        let before = status::read(&self.folder, &self.options.clock)?;
        let synced_before = before.and_then(|status| status.synced_ms);
        let status = Status {
            catalog: release.catalog.clone(),
            title: release.title.clone(),
            release: release.number,
            published_ms: release.published_ms,
            checked_ms: Some(now),
            synced_ms: if changed { Some(now) } else { synced_before },
            expires_ms: Some(verified.expires.as_millisecond()),
            events: release.events.clone().filter(takes_feedback),
            ingest_key: release.ingest_key.clone(),
            root_version: version_of(verified.trust.root.as_deref()),
            root_expires_ms: Some(verified.root_expires.as_millisecond()),
            log: release_log::head_of(verified)?,
            ..Status::new(source)
        };
        files::write(&self.folder.status(), &status)
    }

    /// Best effort: the error itself is what the caller gets.
    fn note_failure(&self, error: &Error) {
        if let Ok(Some(mut status)) = status::read(&self.folder, &self.options.clock) {
            status.failed(error, self.options.clock.now_ms());
            let _ = files::write(&self.folder.status(), &status);
        }
    }
}

/// Nobody can stand in between: encrypted, on this machine, or read by the program itself.
pub(crate) fn is_private(url: &Url) -> bool {
    matches!(url.scheme(), "file" | ObjectReader::SCHEME) || takes_feedback(url)
}

/// Where the system keeps what programs must not forget.
fn state_folder() -> Option<PathBuf> {
    let of = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || of("HOME").map(|home| home.join(".local/state"));
    let state = if cfg!(windows) { of("LOCALAPPDATA") } else { of("XDG_STATE_HOME").or_else(home) };
    state.map(|state| state.join("knytt"))
}
