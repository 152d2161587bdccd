//! How a command fails: one line that says what, one that says what to do, and an exit code.

use std::fmt;
use std::process::ExitCode;

/// Why the command stops, for the person who typed it.
#[derive(Debug)]
pub struct Failure {
    kind: Kind,
    message: String,
    hint: Option<String>,
}

/// What the exit code says; see `knytt --help`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something went wrong on the way.
    Failed = 1,
    /// The command line asks for something that cannot be.
    Usage = 2,
    /// The input holds nothing usable, or `--strict` met a bad row.
    Unusable = 3,
    /// Ctrl-C; what was done is kept.
    Interrupted = 130,
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Self {
        Self::of(Kind::Failed, message)
    }

    pub fn usage(message: impl Into<String>) -> Self {
        Self::of(Kind::Usage, message)
    }

    pub fn unusable(message: impl Into<String>) -> Self {
        Self::of(Kind::Unusable, message)
    }

    pub fn interrupted(message: impl Into<String>) -> Self {
        Self::of(Kind::Interrupted, message)
    }

    fn of(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None }
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Tells the person on standard error what happened; a reader of our output that went away is no failure.
pub fn report(error: &anyhow::Error) -> ExitCode {
    if is_broken_pipe(error) {
        return ExitCode::SUCCESS;
    }
    let failure = error.downcast_ref::<Failure>();
    let (bold, plain) =
        (anstyle::Style::new().bold().fg_color(Some(anstyle::AnsiColor::Red.into())), "error");
    anstream::eprintln!("{bold}{plain}{bold:#}: {}", sentence(error));
    if let Some(hint) = failure.and_then(|f| f.hint.as_deref()).or_else(|| disk_full(error)) {
        anstream::eprintln!("hint: {hint}");
    }
    ExitCode::from(failure.map_or(Kind::Failed, |f| f.kind) as u8)
}

/// The chain of causes on one line, each cause once: many error types repeat their source's text.
fn sentence(error: &anyhow::Error) -> String {
    let mut line = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !line.contains(&cause) {
            line.push_str(": ");
            line.push_str(&cause);
        }
    }
    line
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

fn disk_full(error: &anyhow::Error) -> Option<&'static str> {
    let full = error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::StorageFull)
            || cause.to_string().contains("No space left on device")
    });
    full.then_some("the disk is full: make room and run the command again; what was committed is kept")
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn causes_are_named_once() {
        let error = anyhow::anyhow!("no such file").context("cannot read a.jpg: no such file");
        assert_eq!(sentence(&error), "cannot read a.jpg: no such file");
        let error = Err::<(), _>(anyhow::anyhow!("no such file")).context("cannot read a.jpg").unwrap_err();
        assert_eq!(sentence(&error), "cannot read a.jpg: no such file");
    }

    #[test]
    fn a_reader_that_went_away_is_no_failure() {
        let error = anyhow::Error::from(std::io::Error::from(std::io::ErrorKind::BrokenPipe));
        assert!(is_broken_pipe(&error));
    }
}
