//! What the backend is told: flags win over environment variables, those over a file, those over defaults.

pub(crate) mod address;
mod check;
mod settings;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use knytt_wire::MAX_CATALOG_CHARS;

use crate::alerts::settings::AlertSettings;
use crate::console::settings::ConsoleSettings;
use crate::net::Deadlines;
use crate::search::SearchSettings;
use crate::telemetry::TraceSettings;
use crate::{Error, Result};

pub use address::Address;
pub(crate) use address::make_private;
pub(crate) use check::is_origin;
pub use settings::{LogFormat, PageFeedback, RecordsArgs, Settings};

/// Everything that the backend needs to know, with defaults filled in.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; [`crate::run`] takes a listener instead.
    pub listen: SocketAddr,
    /// `sqlite:…` or `postgres://…`.
    pub database: Address,
    /// How many connections to the database are held at most.
    pub database_connections: u32,
    /// `file:///…` or `s3://bucket/prefix`.
    pub objects: Address,
    /// NATS servers, if events are to be published there.
    pub events: Vec<Address>,
    /// A file of credentials for NATS.
    pub events_credentials: Option<PathBuf>,
    /// How many nodes keep each event.
    pub events_replicas: usize,
    /// How long the stream keeps an event.
    pub events_max_age: Duration,
    /// How long JetStream knows the ids of events again.
    pub events_duplicate_window: Duration,
    /// Certificate and key, if TLS ends here.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Connections at once in all; fewer where the process may not open that many files.
    pub max_connections: usize,
    /// Connections at once from one address; 0 is no limit.
    pub max_connections_per_ip: usize,
    /// How long a connection may do nothing.
    pub deadlines: Deadlines,
    /// Requests per second from one address; 0 is no limit.
    pub rate_per_ip: u32,
    /// Searches a minute from one address without a key or an account; 0 is no limit.
    pub searches_per_minute: u32,
    /// Requests per second with one key; 0 is no limit.
    pub rate_per_key: u32,
    /// Whether only those with a key or an account may search.
    pub search_needs_key: bool,
    /// Whether statements name the owner of what they ask for. No setting turns it off: tests do, to see that
    /// PostgreSQL's policies keep people apart by themselves.
    #[doc(hidden)]
    pub owner_predicates: bool,
    /// Pages that may read releases from a browser; `*` is any.
    pub cors_origins: Vec<String>,
    /// Pages that may show the shop's pages in a frame.
    pub frame_ancestors: Vec<String>,
    /// Where others see this backend: `https://shop.example`. What each request names as its host if absent.
    pub public_url: Option<String>,
    /// Whether the shop's pages tell what shoppers choose.
    pub page_feedback: PageFeedback,
    /// How long one request may take to its first byte of answer, uploads of packs excepted.
    pub request_timeout: Duration,
    /// How long requests may finish after the signal to stop.
    pub shutdown_timeout: Duration,
    /// How long a delete can be taken back before it is carried out.
    pub delete_delay: Duration,
    /// Where `/metrics` is, if not at `listen`.
    pub metrics_listen: Option<SocketAddr>,
    /// How long to wait for the database at the start.
    pub database_wait: Duration,
    /// Whether log lines about event batches have the device's address.
    pub log_addresses: bool,
    /// The largest pack or metadata file that may be published, in bytes.
    pub max_object_bytes: u64,
    /// What is searched over HTTP.
    pub search: SearchSettings,
    /// What the console is told.
    pub console: ConsoleSettings,
    /// How alerts are told.
    pub alerts: AlertSettings,
    /// Catalogues whose events are taken though they are not published here.
    pub event_catalogs: Vec<String>,
    /// Bytes of events that a catalogue may store a day; 0 is no limit.
    pub quota_bytes_per_catalog: u64,
    /// Bytes that events leave free where SQLite has its file.
    pub disk_reserve_bytes: u64,
    /// Where traces of requests go, if anywhere.
    pub traces: Option<TraceSettings>,
    /// How log lines are written.
    pub log: LogFormat,
    /// Which log lines are written, as `tracing-subscriber`'s filter says it.
    pub log_filter: String,
}

impl Config {
    /// Completes settings: reads the file that they name and fills in defaults.
    ///
    /// # Errors
    /// The file cannot be read, or a setting is out of its range or contradicts another.
    pub fn new(settings: Settings) -> Result<Self> {
        let s = settings.with_file()?.with_secrets()?;
        check::timeouts(&s)?;
        let data = s.data.unwrap_or_else(|| PathBuf::from("knytt-data"));
        let tls = match (s.tls_cert, s.tls_key) {
            (Some(cert), Some(key)) => Some((cert, key)),
            (None, None) => None,
            _ => return Err(setting("--tls-cert and --tls-key go together")),
        };
        let events_replicas = s.events_replicas.unwrap_or(1);
        if !matches!(events_replicas, 1 | 3 | 5) {
            return Err(setting("--events-replicas is 1, 3 or 5"));
        }
        let public_url = s.public_url.map(check::public_url).transpose()?;
        Ok(Self {
            listen: s.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
            database: s.database.map_or_else(|| address::database_in(&data), Ok)?,
            database_connections: s.database_connections.unwrap_or(16).max(2),
            objects: s.objects.map_or_else(|| address::objects_in(&data), Ok)?,
            events: s.events.unwrap_or_default(),
            events_credentials: s.events_credentials,
            events_replicas,
            events_max_age: Duration::from_secs(s.events_max_age_days.unwrap_or(30) * 86_400),
            events_duplicate_window: Duration::from_secs(s.events_duplicate_window_secs.unwrap_or(900)),
            tls,
            trusted_proxies: s.trusted_proxies.unwrap_or_default(),
            max_connections: s.max_connections.unwrap_or(10_000),
            max_connections_per_ip: s.max_connections_per_ip.unwrap_or(256),
            deadlines: Deadlines {
                header: Duration::from_secs(s.header_timeout_secs.unwrap_or(10)),
                idle: Duration::from_secs(s.idle_timeout_secs.unwrap_or(30)),
                stall: Duration::from_secs(s.stall_timeout_secs.unwrap_or(30)),
            },
            rate_per_ip: s.rate_per_ip.unwrap_or(200),
            searches_per_minute: s.searches_per_minute.unwrap_or(100),
            rate_per_key: s.rate_per_key.unwrap_or(200),
            search_needs_key: s.search_needs_key.unwrap_or(false),
            owner_predicates: true,
            cors_origins: check::origins(s.cors_origins.unwrap_or_else(|| vec!["*".into()]))?,
            frame_ancestors: check::frame_ancestors(s.frame_ancestors.unwrap_or_default())?,
            page_feedback: s.page_feedback.unwrap_or_default(),
            public_url: public_url.clone(),
            request_timeout: Duration::from_secs(s.request_timeout_secs.unwrap_or(30)),
            shutdown_timeout: Duration::from_secs(s.shutdown_timeout_secs.unwrap_or(30)),
            delete_delay: Duration::from_secs(s.delete_delay_hours.unwrap_or(24).saturating_mul(3_600)),
            metrics_listen: s.metrics_listen,
            database_wait: Duration::from_secs(s.database_wait_secs.unwrap_or(60)),
            log_addresses: s.log_addresses.unwrap_or(false),
            max_object_bytes: s.max_object_bytes.unwrap_or(16 << 30),
            search: SearchSettings {
                catalogs: s.catalog.unwrap_or_default(),
                follow: s.follow.unwrap_or_default(),
                folder: data.join("search"),
                device: s.device.unwrap_or_else(|| "cpu".into()),
                picture_bytes: s.max_picture_bytes.unwrap_or(10_000_000),
                picture_side: s.max_picture_side.unwrap_or(4_096),
                picture_hosts: s.picture_hosts.unwrap_or_default(),
            },
            console: ConsoleSettings {
                folder: data.join("console"),
                feed_bytes: s.max_feed_bytes.unwrap_or(2 << 30),
                feed_hosts: s.feed_hosts.unwrap_or_default(),
                workers: s.jobs.unwrap_or(1),
                passphrase_file: s.key_passphrase_file,
                program: None,
                local_network: false,
            },
            alerts: check::alerts(s.smtp, s.smtp_from, s.local_webhooks, public_url)?,
            event_catalogs: event_catalogs(s.event_catalogs.unwrap_or_default())?,
            quota_bytes_per_catalog: s.quota_bytes_per_catalog.unwrap_or(16 << 30),
            disk_reserve_bytes: s.disk_reserve_bytes.unwrap_or(256 << 20),
            traces: check::traces(s.traces, s.traces_share)?,
            log: s.log.unwrap_or(LogFormat::Json),
            log_filter: s.log_filter.unwrap_or_else(|| "info".into()),
        })
    }
}

/// Names that an event may have as its catalogue, each with the root that it may have after `=`.
fn event_catalogs(names: Vec<String>) -> Result<Vec<String>> {
    let id = |name: &String| {
        name.rsplit_once('=').filter(|(_, root)| root.len() == 64).map_or(name.len(), |(id, _)| id.len())
    };
    let fits = |name: &String| {
        let id = &name[..id(name)];
        !id.is_empty() && id.chars().count() <= MAX_CATALOG_CHARS
    };
    match names.iter().all(fits) {
        true => Ok(names),
        false => Err(setting("--event-catalogs has ids of 1 to 100 characters, with commas between them")),
    }
}

fn setting(text: &str) -> Error {
    Error::Setting(text.into())
}
