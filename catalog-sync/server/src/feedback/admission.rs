//! Which batches are taken: of known catalogues, within what each may store a day, while the disk has room.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use knytt_wire::CatalogIdentity;

use super::batch::Incoming;
use super::bounds::Bounds;
use super::count_rows::Intake;
use super::registry::Registry;
use super::row::{DAY_MS, Row, Voucher};
use crate::Result;
use crate::config::Config;
use crate::db::Database;
use crate::http::refusal::Refusal;

/// The longest that a client is told to wait for the next day, in seconds.
const LONGEST_WAIT: u64 = 3_600;

/// What decides on batches. Clones share it.
#[derive(Clone)]
pub struct Admission {
    db: Database,
    registry: Registry,
    bounds: Bounds,
    /// What catalogues have stored on the last day that they stored anything.
    intake: Arc<Mutex<Intake>>,
    quota_bytes: u64,
    reserve_bytes: u64,
}

impl Admission {
    /// Begins with the catalogues that the records and the settings know.
    pub async fn open(db: &Database, config: &Config) -> Result<Self> {
        Ok(Self {
            db: db.clone(),
            registry: Registry::open(db, &config.event_catalogs).await?,
            bounds: Bounds::new(),
            intake: Arc::default(),
            quota_bytes: config.quota_bytes_per_catalog,
            reserve_bytes: config.disk_reserve_bytes,
        })
    }

    /// Marks the events that something vouches for, and those of them that are believed, and takes out those of
    /// unknown catalogues. `address` is where they come from.
    pub async fn admit(
        &self,
        batch: &mut Incoming,
        key: Option<&str>,
        address: Option<IpAddr>,
    ) -> Result<(), Refusal> {
        if batch.rows.is_empty() {
            return Ok(());
        }
        self.check_reserve()?;
        // What was read before holds while the database does not answer.
        if let Err(error) = self.registry.refresh(false).await {
            tracing::warn!(%error, "catalogues and their keys were not read again");
        }
        let now_ms = batch.rows[0].received_ms;
        let lookup = |row: &Row| self.registry.look_up(&row.catalog, key, now_ms);
        // A catalogue or a key that is not known may be new.
        if batch.rows.iter().any(|row| lookup(row).is_none_or(|bound| key.is_some() && !bound)) {
            self.registry.refresh(true).await?;
        }
        let all = std::mem::take(&mut batch.rows);
        let unknown = all.first().map(|row| row.catalog.clone()).unwrap_or_default();
        for mut row in all {
            match lookup(&row) {
                Some(has_key) => {
                    row.bound = has_key || row.voucher != Voucher::IngestKey;
                    row.believed = row.bound
                        && match row.voucher {
                            Voucher::IngestKey => self.bounds.take_of_address(address, &row),
                            Voucher::Token => self.bounds.take_of_visitor(&row),
                            Voucher::Shop => true,
                        };
                    batch.rows.push(row);
                }
                None => batch.rejected.push((row.id, "its catalogue is not known here".into())),
            }
        }
        if batch.rows.is_empty() {
            return Err(unknown_catalog(&unknown));
        }
        self.tell_publishers_apart(&mut batch.rows).await?;
        self.check_quota(&batch.rows, now_ms)
    }

    /// Sets what each event is counted under.
    async fn tell_publishers_apart(&self, rows: &mut [Row]) -> Result<(), Refusal> {
        for row in rows {
            let Some(root) = row.root.as_deref() else { continue };
            let mut scope = self.registry.scope(&row.catalog, Some(root));
            if scope.is_none() {
                self.registry.note_root(&row.catalog, root).await?;
                scope = self.registry.scope(&row.catalog, Some(root));
            }
            row.scope = scope.unwrap_or_else(|| row.catalog.clone());
        }
        Ok(())
    }

    /// The catalogue of a batch whose device says what release it has seen; `None` if the batch is of several, or if
    /// devices would have sent an ingest key and this one did not.
    pub fn telling(&self, rows: &[Row]) -> Option<CatalogIdentity> {
        let first = rows.first()?;
        let (root, catalog) = (first.root.as_deref()?, &first.catalog);
        let same = rows.iter().all(|row| row.root.as_deref() == Some(root) && row.catalog == *catalog);
        let vouched = first.bound || !self.registry.has_ingest_key(catalog);
        let told = same && vouched && self.registry.knows_root(catalog, root);
        told.then(|| CatalogIdentity::published(root, catalog))
    }

    /// Notes what catalogues have stored.
    pub fn note(&self, stored: Intake) {
        self.intake.lock().unwrap_or_else(PoisonError::into_inner).extend(stored);
    }

    fn check_reserve(&self) -> Result<(), Refusal> {
        match self.db.free_bytes() {
            Some(free) if self.reserve_bytes > 0 && free < self.reserve_bytes => {
                tracing::error!(free, reserve = self.reserve_bytes, "the disk is too full for events");
                Err(Refusal::new(507, "disk_reserve", "Disk almost full").retry_after(60))
            }
            _ => Ok(()),
        }
    }

    fn check_quota(&self, rows: &[Row], now_ms: i64) -> Result<(), Refusal> {
        if self.quota_bytes == 0 {
            return Ok(());
        }
        let today = now_ms.div_euclid(DAY_MS);
        let mut asked: HashMap<&str, u64> = HashMap::new();
        for row in rows {
            *asked.entry(&row.catalog).or_default() += row.stored_bytes() as u64;
        }
        let intake = self.intake.lock().unwrap_or_else(PoisonError::into_inner);
        for (catalog, bytes) in asked {
            let stored = intake.get(catalog).filter(|(day, _)| *day == today).map_or(0, |(_, bytes)| *bytes);
            if stored.unsigned_abs() + bytes > self.quota_bytes {
                let left_secs = (DAY_MS - now_ms.rem_euclid(DAY_MS)).unsigned_abs() / 1_000 + 1;
                return Err(Refusal::new(429, "quota_used", "Quota used")
                    .detail("the catalogue has stored as many events today as it may")
                    .retry_after(left_secs.min(LONGEST_WAIT)));
            }
        }
        Ok(())
    }
}

/// Devices keep what they have not sent yet, so whoever runs the backend may still make the catalogue known.
fn unknown_catalog(catalog: &str) -> Refusal {
    tracing::warn!(catalog, "events of an unknown catalogue were refused; --event-catalogs makes it known");
    Refusal::new(404, "catalog_unknown", "Catalogue not known")
        .detail("events are taken of catalogues that are published here or named with --event-catalogs")
}
