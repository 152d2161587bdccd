//! Commands that this build does not have. They keep their names, and tell how to get the full build.

use std::ffi::OsString;

use anyhow::Result;
use clap::Args;

use crate::failure::Failure;

/// Whatever follows the name of the command.
#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub struct AnyArgs {
    #[arg(hide = true, allow_hyphen_values = true, trailing_var_arg = true)]
    _rest: Vec<OsString>,
}

/// Declares a module like the one that is left out, as far as the rest of the program sees it.
macro_rules! left_out {
    ($module:ident, $args:ident, $name:literal) => {
        pub mod $module {
            pub use super::AnyArgs as $args;

            pub fn run(_: &$args) -> anyhow::Result<()> {
                super::refuse($name)
            }
        }
    };
}

#[cfg(not(feature = "publish"))]
left_out!(key, KeyArgs, "key");
#[cfg(not(feature = "publish"))]
left_out!(publish, PublishArgs, "publish");
#[cfg(not(feature = "publish"))]
left_out!(release, ReleaseArgs, "release");
#[cfg(not(all(feature = "publish", feature = "serve")))]
left_out!(kiosk, KioskArgs, "kiosk");
#[cfg(not(feature = "serve"))]
left_out!(serve, ServeArgs, "serve");
#[cfg(not(feature = "serve"))]
left_out!(report, ReportArgs, "report");
#[cfg(not(feature = "serve"))]
left_out!(api_key, ApiKeyArgs, "api-key");
#[cfg(not(feature = "serve"))]
left_out!(admin, AdminArgs, "admin");

fn refuse(command: &str) -> Result<()> {
    let what = format!("this build of knytt has no `{command}`: it has what shows and searches a catalogue");
    Err(Failure::new(what).hint("`cargo build --release -p knytt` builds all of it").into())
}
