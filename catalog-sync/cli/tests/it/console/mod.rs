//! The retailer's console on the real program: from an empty server to a published shop, without a command line.

mod feed;
mod killed;
mod no_feed;
mod rules;
mod server;
mod shop;

#[path = "../../../../server/tests/it/fixture/postgres.rs"]
#[allow(dead_code, reason = "not all of the fixture is used here")]
mod postgres;
#[path = "../../../../server/tests/it/fixture/process.rs"]
#[allow(dead_code, reason = "not all of the fixture is used here")]
mod process;

// What the fixture of PostgreSQL takes from its parent.
use process::{free_port, program, signal};
