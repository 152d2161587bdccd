//! Updates that begin without being asked for: at the start, and every hour.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rand::Rng as _;

use super::update::Update;
use crate::visit::catalogs::{is_battery_low, is_metered};
use crate::visit::state::Visit;

/// The wait after the start, so that the window is answered before the network is used.
const AFTER_START: Duration = Duration::from_secs(4);

/// The time between two rounds of updates.
const EVERY: Duration = Duration::from_secs(3600);

/// The share of an hour by which each pause differs, so that devices that started together do not ask
/// together.
const JITTER: f64 = 0.1;

/// How often the wall clock is read. Timers may stop while a device sleeps, and the wall clock does not.
const CHECK_CLOCK_EVERY: Duration = Duration::from_secs(60);

/// Updates every catalogue that comes from a shop, now and every hour, one after the other, for as long
/// as the app lives.
pub async fn update_regularly(visit: Arc<Visit>) {
    tokio::time::sleep(AFTER_START).await;
    loop {
        let shared = Arc::clone(&visit);
        // The next round begins even if this one panics.
        let _ = tokio::task::spawn_blocking(move || round(&shared)).await;
        let (began, pause) = (SystemTime::now(), pause(rand::rng().random()));
        while !is_over(began, pause, SystemTime::now()) {
            tokio::time::sleep(CHECK_CLOCK_EVERY).await;
        }
    }
}

fn round(visit: &Arc<Visit>) {
    // With a low battery no update begins by itself; the shopper can still ask for one.
    if is_battery_low().unwrap_or(false) {
        return;
    }
    let metered = is_metered().unwrap_or(false);
    for folder in visit.catalogs.added() {
        // A catalogue without a first download is skipped: the shopper may have cancelled it.
        let here = folder.join("current").exists();
        if let Some(update) = here.then(|| Update::begin(visit, &folder, false, metered).ok()).flatten() {
            // The catalogue's own status says what failed.
            let _ = update.run();
        }
    }
}

/// About an hour; `random` is from 0 to 1.
fn pause(random: f64) -> Duration {
    EVERY.mul_f64(1.0 - JITTER + 2.0 * JITTER * random)
}

/// A clock that was set back ends the pause as well.
fn is_over(began: SystemTime, pause: Duration, now: SystemTime) -> bool {
    now.duration_since(began).map_or(true, |passed| passed >= pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_about_an_hour_by_the_clock_on_the_wall() {
        assert!(pause(0.0) < pause(1.0) && pause(0.5) == EVERY);
        assert!(pause(0.0) >= EVERY.mul_f64(0.89) && pause(1.0) <= EVERY.mul_f64(1.11));
        let began = SystemTime::UNIX_EPOCH + EVERY * 10;
        assert!(!is_over(began, EVERY, began + EVERY / 2));
        assert!(is_over(began, EVERY, began + EVERY));
        assert!(is_over(began, EVERY, began - CHECK_CLOCK_EVERY));
    }
}
