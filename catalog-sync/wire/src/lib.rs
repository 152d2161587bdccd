//! What crosses the network between retailers, devices and the backend: types and their verification.
//! Nothing here reads a file or opens a connection.

mod event;
mod hosts;
mod identity;
mod kiosk;
mod link;
mod log;
mod problem;
mod public_address;
mod release;

pub use event::{
    Action, Batch, DeviceKind, Event, INGEST_KEY_HEADER, InvalidEvent, Item, ListedItem, MAX_BATCH_BYTES,
    MAX_BATCH_EVENTS, MAX_CATALOG_CHARS, MAX_EXPANSION, MAX_LISTED, MAX_TEXT_CHARS, Outcome, Participation,
    QueryKind,
};
pub use hosts::{HOSTS_FIELD, Hosts, InvalidHost, LINK_COLUMNS};
pub use identity::{CatalogIdentity, IdentifiedEvent, takes_feedback};
pub use kiosk::{
    InvalidKioskOrder, KioskOrder, KioskTask, MAX_KIOSK_NAME_CHARS, MAX_KIOSK_ORDER_BYTES, SignedKioskOrder,
    is_kiosk_name,
};
pub use link::{CatalogLink, InvalidLink, LinkedRelease};
pub use log::{
    BrokenLog, LOG_AFTER_FIELD, LOG_HEAD_HEADER, LOG_PAGE_ENTRIES, LogEntry, LogHead, LogPage,
    MAX_LOG_PAGE_BYTES, MAX_LOG_PAGES, ReleaseLog, leads_on,
};
pub use problem::Problem;
pub use public_address::is_public_address;
pub use release::{
    Delta, FORMAT, InvalidRelease, Model, ModelFile, Pack, RELEASE_TARGET, Release, Shard, SnapshotPacks,
};
pub use url::Url;
pub use uuid::Uuid;
