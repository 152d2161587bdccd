//! Updates that begin by themselves: at the start, and every hour.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rand::Rng as _;

use super::Update;
use crate::backend::Backend;

/// The window is there and has been answered before the network is asked for anything.
const AFTER_START: Duration = Duration::from_secs(4);

const EVERY: Duration = Duration::from_secs(3600);

/// Devices that started together ask at different times: this share of an hour sooner or later.
const JITTER: f64 = 0.1;

/// Timers may stand still while a device sleeps; the clock on the wall does not.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Updates every catalogue that comes from a shop, now and every hour, one after the other, for as long
/// as the app lives.
pub async fn keep_fresh(backend: Arc<Backend>) {
    tokio::time::sleep(AFTER_START).await;
    loop {
        let shared = Arc::clone(&backend);
        // A round that panics is not the last one.
        let _ = tokio::task::spawn_blocking(move || round(&shared)).await;
        let (began, pause) = (SystemTime::now(), pause(rand::rng().random()));
        while !is_over(began, pause, SystemTime::now()) {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

fn round(backend: &Arc<Backend>) {
    // What is left of the battery is the shopper's. They can still ask for an update.
    if super::is_battery_low().unwrap_or(false) {
        return;
    }
    let metered = super::is_metered().unwrap_or(false);
    for folder in backend.catalogs.added() {
        // One that was never downloaded waits to be asked for: the shopper may have stopped it.
        let here = folder.join("current").exists();
        if let Some(update) = here.then(|| Update::begin(backend, &folder, false, metered).ok()).flatten() {
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
        assert!(is_over(began, EVERY, began - LOOK_EVERY));
    }
}
