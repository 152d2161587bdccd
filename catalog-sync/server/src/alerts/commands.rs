//! What the command line does with kiosks.

use knytt_wire::SignedKioskOrder;

use super::kiosks::{self, Kiosk};
use crate::Result;
use crate::accounts::{note_command, now_ms};
use crate::db::Database;

/// All kiosks that have sent heartbeats, by name.
///
/// # Errors
/// The database refuses.
pub async fn list_kiosks(db: &Database) -> Result<Vec<Kiosk>> {
    Ok(kiosks::list(db, now_ms()).await?)
}

/// Has a signed order wait for a kiosk's next heartbeat. `false`: no kiosk of this name has sent one.
///
/// # Errors
/// The database refuses.
pub async fn order_kiosk(db: &Database, name: &str, order: &SignedKioskOrder) -> Result<bool> {
    let is_known = kiosks::give(db, name, Some(order)).await?;
    if is_known {
        note_command(db, "kiosk.order", name, "").await?;
    }
    Ok(is_known)
}
