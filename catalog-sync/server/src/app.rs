//! The state that every handler shares.

use std::ops::Deref;
use std::sync::Arc;

use crate::accounts::Accounts;
use crate::config::Config;
use crate::console::Console;
use crate::db::Database;
use crate::feedback::SeenReleases;
use crate::feedback::ingest::Ingest;
use crate::http::limits::Limits;
use crate::http::metrics::Metrics;
use crate::insights::{Insights, Tally};
use crate::objects::store::Objects;
use crate::outbox::stream::Broker;
use crate::search::SearchService;
use crate::tokens::Keys;

/// What every handler may use. Each layer of each request has a clone, so a clone is one count.
#[derive(Clone)]
pub(crate) struct App(Arc<Services>);

/// The parts of the backend.
pub(crate) struct Services {
    pub config: Arc<Config>,
    pub db: Database,
    pub objects: Objects,
    pub ingest: Ingest,
    pub seen_releases: SeenReleases,
    pub broker: Option<Broker>,
    pub limits: Arc<Limits>,
    pub metrics: Arc<Metrics>,
    pub search: SearchService,
    pub tokens: Keys,
    pub insights: Insights,
    pub tally: Tally,
    pub accounts: Accounts,
    pub console: Console,
}

impl App {
    pub fn new(services: Services) -> Self {
        Self(Arc::new(services))
    }
}

impl Deref for App {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.0
    }
}
