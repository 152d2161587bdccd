//! `knytt report kiosks`: how the kiosks of the stores are.

use anyhow::Result;
use clap::Args;
use knytt_server::{Database, GivenOrder, Kiosk, RecordsArgs, block_on, list_kiosks};

use crate::output::{self, Column};

/// `knytt report kiosks`
#[derive(Debug, Args)]
pub struct KiosksArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    records: RecordsArgs,
}

const KIOSKS: &[Column] = &[
    Column { head: "kiosk", widest: 30, right: false },
    Column { head: "store", widest: 20, right: false },
    Column { head: "heartbeat", widest: 12, right: true },
    Column { head: "up", widest: 8, right: true },
    Column { head: "version", widest: 12, right: false },
    Column { head: "release", widest: 8, right: true },
    Column { head: "camera", widest: 8, right: false },
    Column { head: "frames/s", widest: 8, right: true },
    Column { head: "°C", widest: 6, right: true },
    Column { head: "errors", widest: 6, right: true },
    Column { head: "order", widest: 30, right: false },
    Column { head: "last error", widest: 60, right: false },
];

/// Prints the kiosks.
///
/// # Errors
/// The database cannot be had.
pub fn run(args: &KiosksArgs) -> Result<()> {
    let kiosks = block_on(async {
        let db = Database::open(&args.records.address()?, 1).await?;
        list_kiosks(&db).await
    })?;
    if args.json {
        return output::json(&kiosks);
    }
    if kiosks.is_empty() {
        return output::text("no kiosk has sent a heartbeat\n");
    }
    let now_ms = jiff::Timestamp::now().as_millisecond();
    let rows: Vec<_> = kiosks.iter().map(|kiosk| row(kiosk, now_ms)).collect();
    output::text(&output::table(KIOSKS, &rows))
}

fn row(kiosk: &Kiosk, now_ms: i64) -> Vec<String> {
    let state = &kiosk.state;
    let since = u64::try_from((now_ms - kiosk.seen_ms) / 1000).unwrap_or(0);
    vec![
        kiosk.name.clone(),
        kiosk.store.clone(),
        format!("{} ago", time(since)),
        state.uptime_seconds.map(time).unwrap_or_default(),
        kiosk.version.clone(),
        if kiosk.release > 0 { kiosk.release.to_string() } else { String::new() },
        state.camera.clone().unwrap_or_default(),
        state.frames_per_second.map(|rate| format!("{rate:.1}")).unwrap_or_default(),
        state.temperature_celsius.map(|degrees| format!("{degrees:.0}")).unwrap_or_default(),
        state.errors.map(|errors| errors.to_string()).unwrap_or_default(),
        kiosk.order.as_ref().map(|order| became(order, kiosk)).unwrap_or_default(),
        state.last_error.clone().unwrap_or_default(),
    ]
}

fn became(order: &GivenOrder, kiosk: &Kiosk) -> String {
    let why = kiosk.state.refused_because.as_ref().filter(|_| order.became == "refused");
    format!("{}: {}{}", order.task, order.became, why.map(|why| format!(", {why}")).unwrap_or_default())
}

/// A time in the largest unit of which there are two.
fn time(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_one_unit() {
        assert_eq!([5, 600, 9_000, 400_000].map(time), ["5 s", "10 min", "2 h", "4 d"]);
    }
}
