//! What operators see of the running backend besides `/metrics`: log lines, and traces of requests.

mod logs;
mod traces;

pub use self::logs::init_logs;
pub use self::traces::{TraceSettings, Traces};
pub(crate) use self::traces::{note_status, request_span};
