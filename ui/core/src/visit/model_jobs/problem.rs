//! Maps the hub's errors to problems.

use knytt_hub::Error as Hub;
use knytt_ui_api::{Code, Problem};

use crate::problem::{of_io, of_model};

/// The problem for an error of the hub.
pub(super) fn of_hub(error: Hub) -> Problem {
    let code = match error {
        Hub::File(source) => return of_io(source),
        Hub::Convert(error) => return of_model(error),
        Hub::Unreachable { .. } | Hub::Refused { .. } | Hub::Offline(_) => Code::Offline,
        Hub::NotFound(_) | Hub::Gated(_) => Code::NotFound,
        Hub::Reference(_) | Hub::Setting { .. } => Code::BadQuery,
        Hub::Layout { .. } | Hub::License { .. } | Hub::Occupied { .. } => Code::Unsupported,
        Hub::Damaged { .. } | Hub::Listing { .. } => Code::Tampered,
        Hub::NoRoom { .. } => Code::DiskFull,
        _ => Code::Internal,
    };
    Problem::new(code, error)
}
