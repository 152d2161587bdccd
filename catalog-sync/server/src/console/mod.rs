//! The retailer's console: catalogues that are made, built and published here.
//!
//! The routes store what is asked as jobs ([`crate::jobs`]). A job runs this very program as a child, `knytt build` or
//! `knytt publish`, so that a build's memory is its own and it can be killed ([`child`]). What was built is copied into
//! a folder of its own and becomes the searched catalogue in one step ([`folders`]).

mod advice;
mod build;
mod child;
mod difference;
mod fetch;
mod folders;
mod kind;
pub(crate) mod made;
mod node;
mod publish;
mod publish_input;
mod refresh;
mod releases;
mod routes;
mod schedule;
pub(crate) mod settings;
mod signatures;
mod work;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinSet;

use self::folders::Folders;
use self::node::Node;
use self::work::Performer;
use crate::db::Database;
use crate::feedback::SeenReleases;
use crate::jobs::{self, JobWorkers};
use crate::objects::store::Objects;
use crate::search::SearchService;
use crate::{Config, Result};

pub(crate) use self::routes::{described, elsewhere, is_upload};

/// What the routes and the jobs of the console share. Clones share all of it.
#[derive(Clone)]
pub(crate) struct Console {
    pub db: Database,
    pub search: SearchService,
    pub config: Arc<Config>,
    /// The replica's name and its folder; `None` where another process has the folder.
    pub node: Option<Arc<Node>>,
    pub workers: JobWorkers,
    /// Where releases are, and what is known of them.
    pub objects: Objects,
    pub seen_releases: SeenReleases,
    /// Passphrases of publications that wait, by job: they are in the memory of this process alone.
    pub passphrases: Arc<Mutex<HashMap<String, String>>>,
}

impl Console {
    /// Opens the folder, searches what was built before, and starts the workers and the schedule.
    ///
    /// # Errors
    /// The folder cannot be written, or the database refuses.
    pub async fn start(
        db: &Database,
        config: &Arc<Config>,
        search: &SearchService,
        (objects, seen_releases): (&Objects, &SeenReleases),
        tasks: &mut JoinSet<()>,
    ) -> Result<Self> {
        let node = Node::take(&config.console.folder)?.map(Arc::new);
        let name = node.as_ref().map_or("", |node| &node.name);
        let performer = Arc::new(Performer::default());
        let workers = JobWorkers::new(db, name, performer.clone());
        let console = Self {
            db: db.clone(),
            search: search.clone(),
            config: config.clone(),
            node,
            workers: workers.clone(),
            objects: objects.clone(),
            seen_releases: seen_releases.clone(),
            passphrases: Arc::default(),
        };
        performer.set(console.clone());
        if let Some(node) = console.node.clone() {
            let freed = jobs::free_own(db, &node.name).await?;
            if freed > 0 {
                tracing::info!(jobs = freed, "jobs of the process before are begun again");
            }
            tasks.spawn(console.clone().open_and_work());
            tasks.spawn(schedule::run(console.clone()));
        }
        tasks.spawn(signatures::run(console.clone()));
        Ok(console)
    }

    /// Searches what was built before, then works.
    async fn open_and_work(self) {
        if let Err(error) = self.open_built().await {
            tracing::error!(%error, "catalogues that were built here are not searched");
        }
        self.workers.clone().run(self.config.console.workers).await;
    }

    async fn open_built(&self) -> Result<()> {
        let Some(node) = &self.node else { return Ok(()) };
        for made in made::list(&self.db).await? {
            if made.node != node.name || made.build.is_empty() {
                continue;
            }
            if let Err(error) = self.search_built(&made.id).await {
                tracing::error!(catalog = made.id, error, "a catalogue that was built here is not searched");
            }
        }
        Ok(())
    }

    /// Searches the build that is active, from now on.
    pub async fn search_built(&self, id: &str) -> Result<(), String> {
        let (catalogs, device) = (self.search.catalogs.clone(), self.config.search.device.clone());
        let (id, folder) = (id.to_owned(), self.folders(id).served());
        let take = move || catalogs.take(&id, &folder, &device).map_err(|error| error.to_string());
        tokio::task::spawn_blocking(take).await.map_err(|error| error.to_string())?
    }

    /// The folders of a catalogue.
    pub fn folders(&self, id: &str) -> Folders {
        Folders::new(&self.config.console.folder, id)
    }

    /// The program that builds and publishes.
    pub fn program(&self) -> std::io::Result<PathBuf> {
        self.config.console.program.clone().map_or_else(std::env::current_exe, Ok)
    }

    /// Keeps a passphrase for a job of this process.
    pub fn remember(&self, job: &str, passphrase: String) {
        self.passphrases.lock().unwrap_or_else(PoisonError::into_inner).insert(job.into(), passphrase);
    }

    /// Whether this replica can sign releases of a catalogue without being asked: its keys lie here, and what opens them
    /// stands in a file.
    pub fn signs_by_itself(&self, made: &made::Made) -> bool {
        let is_home = self.node.as_ref().is_some_and(|node| node.name == made.node);
        is_home && self.config.console.passphrase_file.is_some() && self.folders(&made.id).keys().exists()
    }

    /// Takes the passphrase of a job out of the memory.
    pub fn recall(&self, job: &str) -> Option<String> {
        self.passphrases.lock().unwrap_or_else(PoisonError::into_inner).remove(job)
    }
}
