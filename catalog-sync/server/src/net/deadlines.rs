//! How long a connection may take for what.

use std::time::{Duration, Instant};

/// Bytes that count as progress. What is less within a whole deadline is a client that only pretends to read.
const PROGRESS_BYTES: u64 = 1 << 10;

/// How long a connection may take for what.
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    /// From the connection to the headers of its first request, with the handshake of TLS.
    pub header: Duration,
    /// Without a request, after the first one.
    pub idle: Duration,
    /// For a response that nobody reads.
    pub stall: Duration,
}

/// Why a connection was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overdue {
    /// No request came.
    Silent,
    /// No further request came.
    Idle,
    /// A response was not read.
    Stalled,
}

impl Overdue {
    /// Its name among the metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Idle => "idle",
            Self::Stalled => "stalled",
        }
    }
}

/// What a connection does at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// Whether a request has come, now or before.
    pub asked: bool,
    /// Since when no request is being worked on.
    pub waiting_since: Option<Instant>,
    /// Whether a response is being sent.
    pub sending: bool,
    /// Bytes that the other side has acknowledged since the connection began.
    pub acknowledged_bytes: u64,
}

/// Watches one connection: tells when it has done nothing for too long.
#[derive(Debug)]
pub struct Watch {
    deadlines: Deadlines,
    /// When bytes were last seen to arrive at the other side, and how many there were then.
    progress: (Instant, u64),
}

impl Watch {
    pub fn new(deadlines: Deadlines, now: Instant) -> Self {
        Self { deadlines, progress: (now, 0) }
    }

    /// How often to look.
    pub fn period(&self) -> Duration {
        let Deadlines { header, idle, stall } = self.deadlines;
        (header.min(idle).min(stall) / 4).max(Duration::from_millis(50))
    }

    /// What a connection is too late with, if anything.
    pub fn look(&mut self, now: Instant, seen: Seen) -> Option<Overdue> {
        let over = |since: Instant, limit: Duration| now.saturating_duration_since(since) >= limit;
        let moved = seen.acknowledged_bytes.saturating_sub(self.progress.1) >= PROGRESS_BYTES;
        // While nothing is sent, the clock of a response does not run.
        if moved || (!seen.sending && seen.waiting_since.is_none()) {
            self.progress = (now, seen.acknowledged_bytes);
        }
        match seen.waiting_since {
            Some(since) if !seen.asked => over(since, self.deadlines.header).then_some(Overdue::Silent),
            // The end of a response may still be on its way to a slow client.
            Some(since) if moved || !over(since, self.deadlines.idle) => None,
            Some(_) => over(self.progress.0, self.deadlines.idle).then_some(Overdue::Idle),
            None => over(self.progress.0, self.deadlines.stall).then_some(Overdue::Stalled),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEADLINES: Deadlines = Deadlines {
        header: Duration::from_secs(10),
        idle: Duration::from_secs(60),
        stall: Duration::from_secs(30),
    };

    /// Looks at a connection once a second. Returns what it was closed for, and when.
    fn watched(seconds: u64, seen: impl Fn(Instant, u64) -> Seen) -> Option<(u64, Overdue)> {
        let start = Instant::now();
        let mut watch = Watch::new(DEADLINES, start);
        (1..=seconds).find_map(|s| Some((s, watch.look(start + Duration::from_secs(s), seen(start, s))?)))
    }

    #[test]
    fn who_asks_nothing_is_closed() {
        let silent = |start, _| Seen {
            asked: false,
            waiting_since: Some(start),
            sending: false,
            acknowledged_bytes: 0,
        };
        assert_eq!(watched(100, silent), Some((10, Overdue::Silent)));
    }

    #[test]
    fn who_reads_nothing_is_closed_and_who_reads_slowly_is_not() {
        let reads = |bytes_per_second: u64| {
            move |_, second| Seen {
                asked: true,
                waiting_since: None,
                sending: true,
                acknowledged_bytes: 100_000 + bytes_per_second * second,
            }
        };
        assert_eq!(watched(100, reads(0)), Some((31, Overdue::Stalled)));
        assert_eq!(watched(100, reads(1)), Some((31, Overdue::Stalled)));
        assert_eq!(watched(1_000, reads(100)), None);
    }

    #[test]
    fn a_request_that_is_worked_on_is_no_stalled_response() {
        let works = |_, _| Seen { asked: true, waiting_since: None, sending: false, acknowledged_bytes: 0 };
        assert_eq!(watched(1_000, works), None);
    }

    #[test]
    fn who_has_asked_may_be_idle_for_longer_and_read_the_rest() {
        let idle = |start, _| Seen {
            asked: true,
            waiting_since: Some(start),
            sending: false,
            acknowledged_bytes: 500,
        };
        assert_eq!(watched(100, idle), Some((60, Overdue::Idle)));
        let reads = |start, second| Seen {
            asked: true,
            waiting_since: Some(start),
            sending: false,
            acknowledged_bytes: 1_000 * second,
        };
        assert_eq!(watched(1_000, reads), None);
    }
}
