//! Which work a kind of job is.

use std::pin::Pin;
use std::sync::OnceLock;

use serde_json::Value;

use super::kind::{FEED, PUBLISH, REFRESH, ROLLBACK};
use super::{Console, build, publish, refresh};
use crate::jobs::{Context, Failure, Work};

/// Does the console's jobs. It has the console once that is complete.
#[derive(Default)]
pub struct Performer(OnceLock<Console>);

impl Performer {
    pub fn set(&self, console: Console) {
        let _ = self.0.set(console);
    }
}

impl Work for Performer {
    fn run(&self, context: Context) -> Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + '_>> {
        Box::pin(async move {
            let unknown =
                || Failure::Final("unknown_kind", "this version does not know this kind of job".into());
            let console = self.0.get().ok_or(Failure::Stopped)?;
            match context.claim.job.kind.as_str() {
                FEED => build::run(console, context).await,
                PUBLISH | ROLLBACK => publish::run(console, context).await,
                REFRESH => refresh::run(console, context).await,
                _ => Err(unknown()),
            }
        })
    }
}
