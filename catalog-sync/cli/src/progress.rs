//! How far a long job is: a bar on a terminal, a line now and then elsewhere. Always on standard error.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

const BAR: &str = "{prefix} {bar:28} {pos}/{len}  {rate}  {eta} left";

/// Without a terminal, a line every so often: often enough to see life, too seldom to fill a log.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// For another program: as often as somebody looks at what it shows.
const TOLD_EVERY: Duration = Duration::from_millis(500);

/// Says to the program that attends this one which step it is at, and how far in it; see docs/json.md.
pub fn tell(step: &str, done: u64, of: u64) {
    eprintln!("{}", serde_json::json!({ "step": step, "done": done, "of": of }));
}

/// Counts up to a known total.
pub struct Progress {
    bar: Option<ProgressBar>,
    label: &'static str,
    total: u64,
    done: u64,
    started: Instant,
    last_line: Instant,
    attended: bool,
}

impl Progress {
    /// `attended`: for another program, not for people.
    pub fn new(label: &'static str, total: usize, attended: bool) -> Self {
        let total = total as u64;
        let bar = (!attended && std::io::stderr().is_terminal()).then(|| bar(label, total));
        if attended {
            tell(label, 0, total);
        }
        Self { bar, label, total, done: 0, started: Instant::now(), last_line: Instant::now(), attended }
    }

    /// One more is done.
    pub fn step(&mut self) {
        self.done += 1;
        if let Some(bar) = &self.bar {
            bar.inc(1);
        } else if self.attended {
            if self.last_line.elapsed() >= TOLD_EVERY || self.done == self.total {
                self.last_line = Instant::now();
                tell(self.label, self.done, self.total);
            }
        } else if self.last_line.elapsed() >= LINE_EVERY {
            self.last_line = Instant::now();
            eprintln!("{}", line(self.label, self.done, self.total, self.started.elapsed()));
        }
    }

    /// A line for the person, above the bar.
    pub fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| eprintln!("{text}")),
            None => eprintln!("{text}"),
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// How far a transfer is whose total is known only on the way.
pub struct Transfer {
    bar: Option<ProgressBar>,
    phase: &'static str,
    last_line: Instant,
    attended: bool,
}

impl Transfer {
    pub fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| bar("", 0));
        Self { bar, phase: "", last_line: Instant::now(), attended: false }
    }

    /// For another program.
    #[cfg(feature = "publish")]
    pub fn attended() -> Self {
        Self { bar: None, phase: "", last_line: Instant::now(), attended: true }
    }

    /// A phase without an end that is known.
    pub fn say(&mut self, phase: &'static str) {
        self.update(phase, 0, 0, |n| n.to_string());
    }

    /// Bytes of a phase.
    pub fn bytes(&mut self, phase: &'static str, done: u64, total: u64) {
        self.update(phase, done, total, |n| HumanBytes(n).to_string());
    }

    /// Things of a phase.
    pub fn count(&mut self, phase: &'static str, done: u64, total: u64) {
        self.update(phase, done, total, |n| n.to_string());
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn update(&mut self, phase: &'static str, done: u64, total: u64, write: impl Fn(u64) -> String) {
        let begins = self.phase != phase;
        self.phase = phase;
        if let Some(bar) = &self.bar {
            bar.set_prefix(phase);
            bar.set_length(total);
            bar.set_position(done);
        } else if self.attended {
            if begins || self.last_line.elapsed() >= TOLD_EVERY {
                self.last_line = Instant::now();
                tell(phase, done, total);
            }
        } else if total > 0 && (begins || self.last_line.elapsed() >= LINE_EVERY) {
            self.last_line = Instant::now();
            eprintln!("{phase} {} of {}", write(done), write(total));
        }
    }
}

fn bar(label: &'static str, total: u64) -> ProgressBar {
    let bar =
        ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(10)).with_prefix(label);
    bar.set_style(style());
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}

fn style() -> ProgressStyle {
    let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        // A bar that cannot be drawn is not worth an error.
        let _ = write!(out, "{:.0}/s", state.per_sec());
    };
    let style = ProgressStyle::with_template(BAR).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.with_key("rate", rate)
}

fn line(label: &str, done: u64, total: u64, elapsed: Duration) -> String {
    let rate = done as f64 / elapsed.as_secs_f64().max(1e-3);
    let left = total.saturating_sub(done) as f64 / rate.max(1e-9);
    format!("{label} {done} of {total}, {rate:.0}/s, {left:.0} s left")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_rate_and_time_left() {
        assert_eq!(line("pictures", 100, 400, Duration::from_secs(2)), "pictures 100 of 400, 50/s, 6 s left");
    }

    #[test]
    fn the_bar_template_is_valid() {
        assert!(ProgressStyle::with_template(BAR).is_ok());
    }
}
