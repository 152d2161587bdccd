//! The settings as they are given: on the command line, in the environment, in a file.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::Address;
use crate::search::Followed;
use crate::{Error, Result};

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// Whether the pages that this backend serves tell it what shoppers choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PageFeedback {
    /// Once the shopper has agreed to it.
    #[default]
    Ask,
    /// Unless the shopper has refused it.
    On,
    /// Never, and nobody is asked.
    Off,
}

/// Settings of the backend, none of which must be given. The file that `config` names is TOML with the
/// same names, in which words are joined by underscores.
#[derive(Clone, Debug, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[command(next_help_heading = "Settings")]
pub struct Settings {
    /// File of settings (TOML): flags and KNYTT_… variables win over it
    #[arg(long, value_name = "FILE", env = "KNYTT_CONFIG")]
    #[serde(skip)]
    pub config: Option<PathBuf>,

    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "IP:PORT", env = "KNYTT_LISTEN")]
    pub listen: Option<SocketAddr>,

    /// Folder for the SQLite database and the releases, where no other place is given
    /// [default: knytt-data]
    #[arg(long, value_name = "DIR", env = "KNYTT_DATA")]
    pub data: Option<PathBuf>,

    /// Database: postgres://user:password@host/name or sqlite:PATH [default: in --data]
    #[arg(long, value_name = "URL", env = "KNYTT_DATABASE", hide_env_values = true)]
    pub database: Option<Address>,

    /// File that has the database's address, so that no list of processes shows its password
    #[arg(long, value_name = "FILE", env = "KNYTT_DATABASE_FILE", conflicts_with = "database")]
    pub database_file: Option<PathBuf>,

    /// Seconds to wait for the database at the start [default: 60]
    #[arg(long, value_name = "SECS", env = "KNYTT_DATABASE_WAIT_SECS")]
    pub database_wait_secs: Option<u64>,

    /// Connections to the database at most [default: 16]
    #[arg(long, value_name = "N", env = "KNYTT_DATABASE_CONNECTIONS")]
    pub database_connections: Option<u32>,

    /// Where releases are: s3://bucket/prefix (with AWS_… variables) or file:///folder
    /// [default: in --data]
    #[arg(long, value_name = "URL", env = "KNYTT_OBJECTS")]
    pub objects: Option<Address>,

    /// NATS servers with JetStream to publish events to: nats://host:port,nats://host:port
    #[arg(long, value_name = "URL,…", value_delimiter = ',', env = "KNYTT_EVENTS", hide_env_values = true)]
    pub events: Option<Vec<Address>>,

    /// File of NATS credentials (.creds)
    #[arg(long, value_name = "FILE", env = "KNYTT_EVENTS_CREDENTIALS")]
    pub events_credentials: Option<PathBuf>,

    /// Nodes that keep each event: 1, 3 or 5 [default: 1]
    #[arg(long, value_name = "N", env = "KNYTT_EVENTS_REPLICAS")]
    pub events_replicas: Option<usize>,

    /// Days that the stream keeps an event [default: 30]
    #[arg(long, value_name = "DAYS", env = "KNYTT_EVENTS_MAX_AGE_DAYS")]
    pub events_max_age_days: Option<u64>,

    /// Seconds for which JetStream knows an event's id again [default: 900]
    #[arg(long, value_name = "SECS", env = "KNYTT_EVENTS_DUPLICATE_WINDOW_SECS")]
    pub events_duplicate_window_secs: Option<u64>,

    /// Certificate chain (PEM), to speak TLS
    #[arg(long, value_name = "FILE", env = "KNYTT_TLS_CERT")]
    pub tls_cert: Option<PathBuf>,

    /// Private key of the certificate (PEM)
    #[arg(long, value_name = "FILE", env = "KNYTT_TLS_KEY")]
    pub tls_key: Option<PathBuf>,

    /// Networks of proxies whose X-Forwarded-For is believed: 10.0.0.0/8,…
    #[arg(long, value_name = "CIDR,…", value_delimiter = ',', env = "KNYTT_TRUSTED_PROXIES")]
    pub trusted_proxies: Option<Vec<IpNet>>,

    /// Connections at once, fewer where the limit of open files is low [default: 10000]
    #[arg(long, value_name = "N", env = "KNYTT_MAX_CONNECTIONS")]
    pub max_connections: Option<usize>,

    /// Connections at once from one address, trusted proxies excepted; 0 is no limit [default: 256]
    #[arg(long, value_name = "N", env = "KNYTT_MAX_CONNECTIONS_PER_IP")]
    pub max_connections_per_ip: Option<usize>,

    /// Seconds from a connection to its first request's headers, TLS handshake included [default: 10]
    #[arg(long, value_name = "SECS", env = "KNYTT_HEADER_TIMEOUT_SECS")]
    pub header_timeout_secs: Option<u64>,

    /// Seconds that a connection may wait between two requests [default: 30]
    #[arg(long, value_name = "SECS", env = "KNYTT_IDLE_TIMEOUT_SECS")]
    pub idle_timeout_secs: Option<u64>,

    /// Seconds after which a response that nobody reads is given up [default: 30]
    #[arg(long, value_name = "SECS", env = "KNYTT_STALL_TIMEOUT_SECS")]
    pub stall_timeout_secs: Option<u64>,

    /// Requests a second from one address, twice as many in a burst; 0 is no limit [default: 200]
    #[arg(long, value_name = "N", env = "KNYTT_RATE_PER_IP")]
    pub rate_per_ip: Option<u32>,

    /// Searches a minute from one address without a key or an account; 0 is no limit [default: 100]
    #[arg(long, value_name = "N", env = "KNYTT_SEARCHES_PER_MINUTE")]
    pub searches_per_minute: Option<u32>,

    /// Requests a second with one API key; 0 is no limit [default: 200]
    #[arg(long, value_name = "N", env = "KNYTT_RATE_PER_KEY")]
    pub rate_per_key: Option<u32>,

    /// Let only those search who have a key or an account
    #[arg(
        long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true",
        env = "KNYTT_SEARCH_NEEDS_KEY"
    )]
    pub search_needs_key: Option<bool>,

    /// Origins whose pages may read releases, or * [default: *]
    #[arg(long, value_name = "ORIGIN,…", value_delimiter = ',', env = "KNYTT_CORS_ORIGINS")]
    pub cors_origins: Option<Vec<String>>,

    /// Origins whose pages may show the shop's pages in a frame [default: none]
    #[arg(long, value_name = "ORIGIN,…", value_delimiter = ',', env = "KNYTT_FRAME_ANCESTORS")]
    pub frame_ancestors: Option<Vec<String>>,

    /// Where shoppers see the shop's pages: `https://shop.example` [default: the host of each request]
    #[arg(long, value_name = "ORIGIN", env = "KNYTT_PUBLIC_URL")]
    pub public_url: Option<String>,

    /// Whether the shop's pages tell what shoppers choose: `ask` once they agreed, `on` unless they refused, `off` never
    /// [default: ask]
    #[arg(long, value_name = "WHEN", env = "KNYTT_PAGE_FEEDBACK")]
    pub page_feedback: Option<PageFeedback>,

    /// Seconds that a request may take [default: 30]
    #[arg(long, value_name = "SECS", env = "KNYTT_REQUEST_TIMEOUT_SECS")]
    pub request_timeout_secs: Option<u64>,

    /// Seconds that requests may finish in after SIGTERM [default: 30]
    #[arg(long, value_name = "SECS", env = "KNYTT_SHUTDOWN_TIMEOUT_SECS")]
    pub shutdown_timeout_secs: Option<u64>,

    /// Hours for which a delete is held back and can be taken back; 0 deletes at once [default: 24]
    #[arg(long, value_name = "HOURS", env = "KNYTT_DELETE_DELAY_HOURS")]
    pub delete_delay_hours: Option<u64>,

    /// Address for /metrics alone, which is then not at --listen
    #[arg(long, value_name = "IP:PORT", env = "KNYTT_METRICS_LISTEN")]
    pub metrics_listen: Option<SocketAddr>,

    /// Largest file that may be published, in bytes [default: 16 GiB]
    #[arg(long, value_name = "BYTES", env = "KNYTT_MAX_OBJECT_BYTES")]
    pub max_object_bytes: Option<u64>,

    /// Folders of catalogues to search over HTTP, as `knytt build` makes them
    #[arg(long, value_name = "DIR,…", value_delimiter = ',', env = "KNYTT_CATALOG")]
    pub catalog: Option<Vec<PathBuf>>,

    /// Catalogues published here whose releases to search over HTTP. NAME=SHA256 says which first root is
    /// trusted; without it, the one that lies here when it is followed first
    #[arg(long, value_name = "NAME[=SHA256],…", value_delimiter = ',', env = "KNYTT_FOLLOW")]
    #[serde(deserialize_with = "followed")]
    pub follow: Option<Vec<Followed>>,

    /// Where models run: cpu, gpu, cuda or metal [default: cpu]
    #[arg(long, value_name = "DEVICE", env = "KNYTT_DEVICE")]
    pub device: Option<String>,

    /// Largest picture file to search with, in bytes [default: 10 MB]
    #[arg(long, value_name = "BYTES", env = "KNYTT_MAX_PICTURE_BYTES")]
    pub max_picture_bytes: Option<u64>,

    /// Largest picture to search with: as many pixels as a square of this side [default: 4096]
    #[arg(long, value_name = "PIXELS", env = "KNYTT_MAX_PICTURE_SIDE")]
    pub max_picture_side: Option<u32>,

    /// Hosts whose pictures may be searched with by their addresses; without any, none are fetched
    #[arg(long, value_name = "HOST,…", value_delimiter = ',', env = "KNYTT_PICTURE_HOSTS")]
    pub picture_hosts: Option<Vec<String>>,

    /// Hosts that the console may fetch feeds from, with commas between them [default: none]
    #[arg(long, value_name = "HOST,…", env = "KNYTT_FEED_HOSTS", value_delimiter = ',')]
    pub feed_hosts: Option<Vec<String>>,

    /// The largest feed that the console takes, in bytes [default: 2 GiB]
    #[arg(long, value_name = "N", env = "KNYTT_MAX_FEED_BYTES")]
    pub max_feed_bytes: Option<u64>,

    /// Jobs of the console that this replica does at once; 0: none [default: 1]
    #[arg(long, value_name = "N", env = "KNYTT_JOBS")]
    pub jobs: Option<usize>,

    /// File whose first line opens the signing keys of the console's catalogues, so that publishing needs no passphrase
    #[arg(long, value_name = "FILE", env = "KNYTT_KEY_PASSPHRASE_FILE")]
    pub key_passphrase_file: Option<PathBuf>,

    /// Mail server for letters about alerts: smtps://user:password@host or smtp://host:587?tls=required [default: none]
    #[arg(long, value_name = "URL", env = "KNYTT_SMTP", hide_env_values = true)]
    pub smtp: Option<Address>,

    /// Whom letters about alerts come from: alerts@shop.example
    #[arg(long, value_name = "ADDRESS", env = "KNYTT_SMTP_FROM")]
    pub smtp_from: Option<String>,

    /// Let webhooks of alerts be on this machine's networks, too
    #[arg(
        long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true",
        env = "KNYTT_LOCAL_WEBHOOKS"
    )]
    pub local_webhooks: Option<bool>,

    /// Catalogues whose events are taken though they are not published here, each with the SHA-256 of the first root
    /// that is the id's own, if that is to be said: id,id=sha256
    #[arg(long, value_name = "ID[=ROOT],…", value_delimiter = ',', env = "KNYTT_EVENT_CATALOGS")]
    pub event_catalogs: Option<Vec<String>>,

    /// Bytes of events that a catalogue may store a day; 0 is no limit [default: 16 GiB]
    #[arg(long, value_name = "BYTES", env = "KNYTT_QUOTA_BYTES_PER_CATALOG")]
    pub quota_bytes_per_catalog: Option<u64>,

    /// Bytes that events leave free on the disk of the SQLite database [default: 256 MiB]
    #[arg(long, value_name = "BYTES", env = "KNYTT_DISK_RESERVE_BYTES")]
    pub disk_reserve_bytes: Option<u64>,

    /// OpenTelemetry collector that takes traces of requests over HTTP: `http://host:4318` [default: none]
    #[arg(long, value_name = "URL", env = "KNYTT_TRACES")]
    pub traces: Option<String>,

    /// Share of requests to trace, from 0 to 1 [default: 1]
    #[arg(long, value_name = "SHARE", env = "KNYTT_TRACES_SHARE")]
    pub traces_share: Option<f64>,

    /// How log lines are written [default: json]
    #[arg(long, value_name = "FORMAT", env = "KNYTT_LOG")]
    pub log: Option<LogFormat>,

    /// Write addresses into the log lines about event batches, too
    #[arg(
        long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true",
        env = "KNYTT_LOG_ADDRESSES"
    )]
    pub log_addresses: Option<bool>,

    /// Which log lines are written, for example info,knytt_server=debug [default: info]
    #[arg(long, value_name = "FILTER", env = "KNYTT_LOG_FILTER")]
    pub log_filter: Option<String>,
}

/// Which records a command is about: those that `knytt serve` with the same settings has.
#[derive(Clone, Debug, Default, Args)]
pub struct RecordsArgs {
    /// Database: postgres://user:password@host/name or sqlite:PATH [default: in --data]
    #[arg(long, value_name = "URL", env = "KNYTT_DATABASE", hide_env_values = true)]
    pub database: Option<Address>,

    /// File that has the database's address
    #[arg(long, value_name = "FILE", env = "KNYTT_DATABASE_FILE", conflicts_with = "database")]
    pub database_file: Option<PathBuf>,

    /// Folder of the backend's data, where no database is given [default: knytt-data]
    #[arg(long, value_name = "DIR", env = "KNYTT_DATA")]
    pub data: Option<PathBuf>,
}

impl RecordsArgs {
    /// The address of the records.
    ///
    /// # Errors
    /// The data folder cannot be made.
    pub fn address(&self) -> Result<Address> {
        let data = || self.data.clone().unwrap_or_else(|| PathBuf::from("knytt-data"));
        let named = match (&self.database, &self.database_file) {
            (None, Some(file)) => Some(secret(file)?),
            (database, _) => database.clone(),
        };
        named.map_or_else(|| super::address::database_in(&data()), Ok)
    }
}

macro_rules! first_of {
    ($flags:ident, $file:ident: $($name:ident),+ $(,)?) => {
        Settings { config: None, $($name: $flags.$name.or($file.$name)),+ }
    };
}

/// The same as on the command line, in a list.
fn followed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Followed>>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    let read = |name: String| name.parse::<Followed>().map_err(serde::de::Error::custom);
    names.into_iter().map(read).collect::<Result<_, _>>().map(Some)
}

/// An address that stands in a file.
fn secret(file: &Path) -> Result<Address> {
    let text = fs_err::read_to_string(file)?;
    match text.trim() {
        "" => Err(Error::Setting(format!("--database-file {}: it is empty", file.display()))),
        address => Ok(address.into()),
    }
}

impl Settings {
    /// These settings, with what stands in files of their own.
    pub(super) fn with_secrets(mut self) -> Result<Self> {
        if let (None, Some(file)) = (&self.database, &self.database_file) {
            self.database = Some(secret(file)?);
        }
        Ok(self)
    }

    /// These settings, and where they say nothing, those of the file that they name.
    pub(super) fn with_file(self) -> Result<Self> {
        let Some(path) = self.config.clone() else { return Ok(self) };
        let text = fs_err::read_to_string(&path)?;
        let file: Self =
            toml::from_str(&text).map_err(|source| Error::SettingsFile { path, source: Box::new(source) })?;
        let flags = self;
        Ok(first_of!(flags, file:
            listen, data, database, database_file, database_wait_secs, database_connections, objects, events, events_credentials,
            events_replicas, events_max_age_days, events_duplicate_window_secs, tls_cert, tls_key,
            trusted_proxies, max_connections, max_connections_per_ip, header_timeout_secs,
            idle_timeout_secs, stall_timeout_secs, rate_per_ip, searches_per_minute, rate_per_key, search_needs_key,
            cors_origins, request_timeout_secs,
            shutdown_timeout_secs, delete_delay_hours, metrics_listen, log_addresses, max_object_bytes,
            event_catalogs, quota_bytes_per_catalog, disk_reserve_bytes, catalog, follow, device, max_picture_bytes,
            max_picture_side, picture_hosts, page_feedback, feed_hosts, max_feed_bytes, jobs, key_passphrase_file, smtp, smtp_from, local_webhooks, frame_ancestors, public_url,
            traces, traces_share, log, log_filter,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("knytt.toml");
        fs_err::write(&path, text).unwrap();
        (dir, path)
    }

    #[test]
    fn a_flag_wins_over_the_file() {
        let (_dir, path) = file("rate_per_ip = 7\nrate_per_key = 8\nlog = \"text\"");
        let flags = Settings { config: Some(path), rate_per_ip: Some(1), ..Settings::default() };
        let settings = flags.with_file().unwrap();
        assert_eq!((settings.rate_per_ip, settings.rate_per_key), (Some(1), Some(8)));
        assert_eq!(settings.log, Some(LogFormat::Text));
    }

    #[test]
    fn a_name_that_is_no_setting_is_refused() {
        let (_dir, path) = file("rate_per_ipp = 7");
        let error = Settings { config: Some(path), ..Settings::default() }.with_file().unwrap_err();
        assert!(error.to_string().contains("rate_per_ipp"), "{error}");
    }
}
