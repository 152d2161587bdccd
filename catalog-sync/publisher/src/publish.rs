//! A new release: what changed, and unless it is incremental, everything.

use std::sync::Arc;

use jiff::Timestamp;
use knytt_engine::Catalog;
use knytt_wire::{FORMAT, Model, Pack, RELEASE_TARGET, Release, SnapshotPacks, takes_feedback};
use serde::Serialize;
use tokio::runtime::Runtime;
use tough::schema::Target;
use url::Url;

use crate::bundle::{self, ModelFiles};
use crate::chain;
use crate::depot::Depot;
use crate::diff::{self, Edit};
use crate::metadata::Signing;
use crate::pack_uploader::PackUploader;
use crate::published_release::{PublishedRelease, PublishedState, Versions};
use crate::refresh::{self, Refreshed};
use crate::release_log::ReleaseLogPages;
use crate::runtime::runtime;
use crate::source::Source;
use crate::state::State;
use crate::{Error, Keys, Popularity, Result};

/// How a release is made.
#[derive(Clone, Debug)]
pub struct PublishOptions {
    /// The catalogue's name for shoppers; `None`: that of the last release, or its id.
    pub title: Option<String>,
    /// Only what changed is sent, and devices that start from nothing take the last full release first.
    /// A release is full nevertheless if there is none to add to, or if the changes since the last full
    /// one outweigh it.
    pub incremental: bool,
    /// For how many releases the steps between them are kept.
    pub keep: u64,
    /// Other places with the same files.
    pub mirrors: Vec<Url>,
    /// Where feedback goes: `https`, or this machine.
    pub events: Option<Url>,
    /// What devices send with their feedback; the backend knows it from its own settings.
    pub ingest_key: Option<String>,
    /// Which files of its model it has.
    pub model: ModelFiles,
    /// Popularities to publish with the products.
    pub popularity: Option<Popularity>,
    /// Sends everything again, and builds on nothing that is there: for a store that was damaged. Devices
    /// fetch all of it.
    pub rebuild: bool,
}

impl Default for PublishOptions {
    fn default() -> Self {
        Self {
            title: None,
            incremental: false,
            keep: 30,
            mirrors: Vec::new(),
            events: None,
            ingest_key: None,
            model: ModelFiles::default(),
            popularity: None,
            rebuild: false,
        }
    }
}

/// How far a publication is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Reads the last release and the catalogue.
    Reading,
    /// Compares shards.
    Comparing {
        /// Shards that are compared.
        done: usize,
        /// All shards.
        total: usize,
    },
    /// Writes and sends the packs of shards.
    Packing {
        /// Shards that are written.
        done: usize,
        /// All shards.
        total: usize,
    },
    /// Waits for what is being sent, and signs.
    Signing,
}

/// What [`publish`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is a new release.
    Published(Box<Summary>),
    /// Nothing had changed; the signatures are fresh.
    Unchanged(Refreshed),
}

/// A release in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its number.
    pub release: u64,
    /// The release before it.
    pub previous: Option<u64>,
    /// Whether it has a snapshot of its own.
    pub full: bool,
    /// How many products it has.
    pub products: u64,
    /// Products that are new or differ from the release before.
    pub upserts: u64,
    /// Products that are gone.
    pub deletes: u64,
    /// Vectors that changed.
    pub vectors: u64,
    /// Pictures that changed.
    pub pictures: u64,
    /// Further pictures of products that are new, changed or gone.
    pub further: u64,
    /// What a device fetches that starts from nothing, without the model and later deltas, in bytes.
    pub snapshot_bytes: u64,
    /// What a device fetches that has the release before, in bytes.
    pub delta_bytes: Option<u64>,
    /// What a device fetches that has the last full release, if that is less than step by step, in bytes.
    pub leap_bytes: Option<u64>,
    /// Deltas that it keeps.
    pub deltas: usize,
    /// Files that were sent.
    pub uploaded_files: u64,
    /// Their bytes.
    pub uploaded_bytes: u64,
    /// Files that were there already.
    pub skipped_files: u64,
    /// Their bytes.
    pub skipped_bytes: u64,
}

/// What changed since earlier releases, in the order of the ids.
pub(crate) struct Comparison {
    /// Since the last release.
    pub(crate) step: Vec<Edit>,
    /// Since the last full one, if that is another and the release is to be full.
    pub(crate) leap: Option<Vec<Edit>>,
}

/// Publishes the present state of a catalogue and notes the release's number in it.
///
/// Blocks; must not be called from within an asynchronous runtime's own threads.
///
/// # Errors
/// [`Error::Raced`] if another publisher was faster, and whatever stands in the way of reading, signing or
/// sending. Until the last step, nothing of the release shows; what is there already does no harm to the
/// next attempt.
pub fn publish(
    catalog: &Catalog,
    keys: &Keys,
    depot: &Arc<dyn Depot>,
    options: &PublishOptions,
    progress: &dyn Fn(Progress),
) -> Result<Outcome> {
    let now = Timestamp::now();
    keys.ready(now)?;
    if let Some(url) = options.events.as_ref().filter(|url| !takes_feedback(url)) {
        return Err(Error::OpenFeedback { url: url.clone() });
    }
    progress(Progress::Reading);
    let runtime = runtime()?;
    let place = runtime.block_on(async {
        if options.rebuild {
            PublishedState::load_to_rebuild(depot, keys).await
        } else {
            PublishedState::load(depot, keys).await
        }
    })?;
    let source = Source::open(catalog, options.popularity.as_ref())?;
    if let Some(last) = &place.last
        && last.release.catalog != source.info.catalog_id
    {
        let (expected, found) = (source.info.catalog_id.clone(), last.release.catalog.clone());
        return Err(Error::ForeignCatalog { expected, found });
    }
    check_hosts(&source, options, keys)?;
    let uploader = PackUploader::new(&runtime, depot, now, options.rebuild)?;
    let publication = Publication {
        runtime: &runtime,
        keys,
        place: &place,
        source: &source,
        options,
        progress,
        now,
        uploader,
    };
    let outcome = publication.run(catalog)?;
    drop(source);
    if let Outcome::Published(summary) = &outcome {
        let release = summary.release;
        let noted: Result<(), knytt_engine::Error> = catalog.transact(|change| {
            change.set_release(release);
            Ok(())
        });
        noted?;
    }
    Ok(outcome)
}

/// Devices would refuse a release that leads to a host that the root does not name.
fn check_hosts(source: &Source, options: &PublishOptions, keys: &Keys) -> Result<()> {
    let hosts = keys.hosts();
    if hosts.names().is_empty() {
        return Ok(());
    }
    if let Some(url) = options.events.as_ref().filter(|url| !hosts.allow(url)) {
        return Err(Error::ForeignHost { what: "the feedback".into(), url: url.to_string(), hosts });
    }
    let of_arms = source.experiment.iter().flat_map(|experiment| experiment.addresses());
    for address in source.rules.iter().flat_map(|rules| rules.addresses()).chain(of_arms) {
        if let Some(url) = hosts.foreign_address(address) {
            return Err(Error::ForeignHost { what: "a rule".into(), url: url.into(), hosts });
        }
    }
    for id in &source.ids {
        if let Some(link) = hosts.foreign_link(&source.record(id)?.product.attributes) {
            let (what, url) = (format!("the product {id:?}"), link.to_owned());
            return Err(Error::ForeignHost { what, url, hosts });
        }
    }
    Ok(())
}

pub(crate) struct Publication<'a> {
    runtime: &'a Runtime,
    keys: &'a Keys,
    pub(crate) place: &'a PublishedState,
    pub(crate) source: &'a Source,
    pub(crate) options: &'a PublishOptions,
    pub(crate) progress: &'a dyn Fn(Progress),
    now: Timestamp,
    pub(crate) uploader: PackUploader<'a>,
}

impl Publication<'_> {
    fn run(mut self, catalog: &Catalog) -> Result<Outcome> {
        let last = self.place.last.as_ref().filter(|_| !self.options.rebuild);
        let model =
            bundle::ship(&self.options.model, &self.source.info, catalog.path(), last, &mut self.uploader)?;
        let last = last.filter(|last| last.release.model.fingerprint == model.fingerprint);
        let comparison = last.map(|last| self.compare(last)).transpose()?;
        if let (Some(last), Some(comparison)) = (last, &comparison)
            && self.is_unchanged(last, comparison, &model)
        {
            let signing = Signing { keys: self.keys, place: self.place, now: self.now };
            return Ok(Outcome::Unchanged(self.runtime.block_on(refresh::again(&signing, last))?));
        }
        let mut log = self.runtime.block_on(ReleaseLogPages::to_continue(self.place, self.keys))?;
        let mut release = Release { log: Some(log.link()), ..self.describe(model)? };
        let mut summary = self.add_packs(&mut release, last, comparison.as_ref())?;
        (self.progress)(Progress::Signing);
        release.validate()?;
        let json = serde_json::to_vec(&release)?;
        self.uploader.send_bytes(RELEASE_TARGET, &json)?;
        log.push(&release, &json);
        let pages = self.send_log(&log)?;
        let files = release.model.files.iter().map(|file| file.target.as_str());
        let names = release.packs().map(|pack| pack.target.as_str()).chain(files).chain([RELEASE_TARGET]);
        let targets = self.uploader.finish(&names.chain(pages.iter().map(String::as_str)).collect())?;
        self.runtime.block_on(self.sign_and_publish(release.number, &targets))?;
        log.remember(self.keys, &self.place.depot.place())?;
        let sent = self.uploader.sent;
        summary.deltas = release.deltas.len();
        (summary.uploaded_files, summary.uploaded_bytes) = (sent.files, sent.bytes);
        (summary.skipped_files, summary.skipped_bytes) = (sent.skipped_files, sent.skipped_bytes);
        Ok(Outcome::Published(Box::new(summary)))
    }

    /// Sends the pages of the log that are not there yet; their names.
    fn send_log(&mut self, log: &ReleaseLogPages) -> Result<Vec<String>> {
        let published = self.place.last.as_ref().filter(|last| last.carries && !self.options.rebuild);
        let mut names = Vec::new();
        for (name, bytes, target) in log.targets()? {
            match published.and_then(|last| last.target(&name)) {
                Some(there) if *there == target => self.uploader.carry(&name, &target),
                _ => self.uploader.send_bytes(&name, &bytes)?,
            }
            names.push(name);
        }
        Ok(names)
    }

    /// The release without its packs.
    fn describe(&self, model: Model) -> Result<Release> {
        let source = self.source;
        let products = source.ids.len() as u64;
        Ok(Release {
            format: FORMAT,
            catalog: source.info.catalog_id.clone(),
            title: self.title(),
            number: self.place.floor.number.saturating_add(1),
            published_ms: self.now.as_millisecond(),
            model,
            products,
            content: source.content.clone(),
            further: source.further.clone(),
            snapshot: SnapshotPacks {
                release: self.place.floor.number.saturating_add(1),
                products,
                content: source.content.clone(),
                further: source.further.clone(),
                shards: Vec::new(),
                digests: Vec::new(),
                further_digests: Vec::new(),
            },
            deltas: Vec::new(),
            mirrors: self.options.mirrors.clone(),
            events: self.options.events.clone(),
            ingest_key: self.options.ingest_key.clone(),
            calibration: self.calibration()?,
            weights: self.weights()?,
            safety: self.safety()?,
            rules: self.rules()?,
            experiment: self.experiment()?,
            log: None,
        })
    }

    fn title(&self) -> String {
        let last = || self.place.last.as_ref().map(|last| last.release.title.clone());
        let title = self.options.title.clone().or_else(last).filter(|title| !title.is_empty());
        title.unwrap_or_else(|| self.source.info.catalog_id.clone())
    }

    fn calibration(&self) -> Result<Option<serde_json::Value>> {
        Ok(self.source.calibration().map(serde_json::to_value).transpose()?)
    }

    fn weights(&self) -> Result<Option<serde_json::Value>> {
        Ok(self.source.info.weights.map(serde_json::to_value).transpose()?)
    }

    fn safety(&self) -> Result<Option<serde_json::Value>> {
        Ok(self.source.info.safety.as_ref().map(serde_json::to_value).transpose()?)
    }

    fn rules(&self) -> Result<Option<serde_json::Value>> {
        Ok(self.source.rules.as_ref().map(serde_json::to_value).transpose()?)
    }

    fn experiment(&self) -> Result<Option<serde_json::Value>> {
        Ok(self.source.experiment.as_ref().map(serde_json::to_value).transpose()?)
    }

    /// Compares a shard at a time.
    fn compare(&self, last: &PublishedRelease) -> Result<Comparison> {
        let release = &last.release;
        let bytes = |pack: &Pack| last.target(&pack.target).map_or(u64::MAX / 1024, |target| target.length);
        let path = chain::path(&release.deltas, release.snapshot.release, release.number, bytes);
        let path = path.ok_or_else(|| Error::untrusted("no deltas lead from its snapshot to it"))?;
        let state = State::open(self.runtime, last, &self.source.header, &path)?;
        let total = release.snapshot.shards.len();
        let leaps = !path.is_empty() && !self.options.incremental;
        let mut comparison = Comparison { step: Vec::new(), leap: leaps.then(Vec::new) };
        for (shard, ids) in self.source.shards(total).iter().enumerate() {
            (self.progress)(Progress::Comparing { done: shard, total });
            let (base, now) = state.shard(shard, leaps)?;
            comparison.step.extend(diff::between(now, self.source, ids)?);
            if let (Some(leap), Some(base)) = (&mut comparison.leap, base) {
                leap.extend(diff::between(base, self.source, ids)?);
            }
        }
        comparison.step.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        comparison.leap.iter_mut().for_each(|leap| leap.sort_unstable_by(|a, b| a.id.cmp(&b.id)));
        Ok(comparison)
    }

    /// Whether a release would say nothing that the last one does not.
    fn is_unchanged(&self, last: &PublishedRelease, comparison: &Comparison, model: &Model) -> bool {
        let release = &last.release;
        let consolidates = !self.options.incremental && release.snapshot.release != release.number;
        comparison.step.is_empty()
            && last.carries
            && !consolidates
            && release.content == self.source.content
            && release.further == self.source.further
            && release.model == *model
            && release.title == self.title()
            && release.mirrors == self.options.mirrors
            && release.events == self.options.events
            && release.ingest_key == self.options.ingest_key
            && self.calibration().is_ok_and(|calibration| calibration == release.calibration)
            && self.weights().is_ok_and(|weights| weights == release.weights)
            && self.safety().is_ok_and(|safety| safety == release.safety)
            && self.rules().is_ok_and(|rules| rules == release.rules)
            && self.experiment().is_ok_and(|experiment| experiment == release.experiment)
    }

    async fn sign_and_publish(&self, number: u64, targets: &[(String, Target)]) -> Result<()> {
        let signing = Signing { keys: self.keys, place: self.place, now: self.now };
        signing.put_roots().await?;
        let (targets, meta) = signing.put_targets(targets).await?;
        let (snapshot, meta) = signing.put_snapshot(&meta).await?;
        let timestamp = signing.publish_timestamp(meta).await?;
        signing.remember(Versions { number, targets, snapshot, timestamp })?;
        // What a device would see now; another publisher may have gone on from here.
        let seen = PublishedState::load(&self.place.depot, self.keys).await?;
        match seen.last {
            Some(last) if last.carries && last.release.number >= number => Ok(()),
            _ => Err(Error::untrusted("it does not show what was just put there")),
        }
    }
}
