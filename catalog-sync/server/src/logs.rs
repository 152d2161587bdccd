//! Log lines, for machines or for people.

use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;
use crate::{Error, Result};

/// Sets up the process's log on stderr. Once for each process; a second time changes nothing.
///
/// # Errors
/// The filter cannot be read.
pub fn init_logs(format: LogFormat, filter: &str) -> Result<()> {
    let filter = EnvFilter::try_new(filter).map_err(|e| Error::Setting(format!("--log-filter: {e}")))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // An error is that a log is set up already.
    let _ = match format {
        LogFormat::Json => {
            lines.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
        }
        LogFormat::Text => lines.try_init(),
    };
    Ok(())
}
