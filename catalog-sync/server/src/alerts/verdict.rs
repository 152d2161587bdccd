//! What a rule says of one thing that it looks at.

/// Whether the rule holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is an alert.
    Broken,
    /// Not certain enough to open an alert, nor well enough to resolve one.
    Between,
    /// All is well.
    Fine,
}

/// One thing that a rule looks at.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The catalogue; empty for the server.
    pub catalog: String,
    /// What of it: a kind of job, a kiosk; else empty.
    pub subject: String,
    /// In the metric's unit.
    pub value: f64,
    /// What it is compared with: the threshold, or what it was in the weeks before.
    pub expected: f64,
    /// Answers or searches that it is of.
    pub count: i64,
    /// What follows.
    pub verdict: Verdict,
    /// The same for people, in English.
    pub text: String,
}

/// A share as people read it.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
