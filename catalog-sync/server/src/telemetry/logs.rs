//! Log lines, for machines or for people.

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, Registry, fmt};

use super::Traces;
use crate::config::LogFormat;
use crate::{Error, Result};

/// Sets up the process's log on stderr, and sends spans to `traces`. Once for each process; a second time changes
/// nothing.
///
/// # Errors
/// The filter cannot be read.
pub fn init_logs(format: LogFormat, filter: &str, traces: Option<&Traces>) -> Result<()> {
    let filter = EnvFilter::try_new(filter).map_err(|e| Error::Setting(format!("--log-filter: {e}")))?;
    let lines = fmt::layer::<Registry>().with_writer(std::io::stderr);
    let lines = match format {
        LogFormat::Json => {
            lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed()
        }
        LogFormat::Text => lines.boxed(),
    };
    // The filter is of the lines alone: a backend that logs errors only still sends its spans.
    let layers = tracing_subscriber::registry().with(lines.with_filter(filter));
    // An error is that a log is set up already.
    let _ = layers.with(traces.map(Traces::layer)).try_init();
    Ok(())
}
