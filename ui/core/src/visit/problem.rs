//! Maps the errors of syncing, of the store and of the outbox to problems.

use knytt_client::Error as Sync;
use knytt_ui_api::{Code, Problem};

/// The problem for an update that failed.
pub fn of_sync(error: &Sync) -> Problem {
    Problem::new(code_of_sync(error.code()), error)
}

/// The problem's code for a sync's own code.
pub fn code_of_sync(code: &str) -> Code {
    match code {
        "offline" | "too_slow" | "refused" => Code::Offline,
        "not_found" => Code::NotFound,
        "wrong_root" | "wrong_key" => Code::WrongRoot,
        "unencrypted" => Code::Insecure,
        "rollback" => Code::Rollback,
        "expired" => Code::Expired,
        "tampered" | "malformed" | "bad_pack" | "wrong_content" | "foreign_host" | "equivocation" => {
            Code::Tampered
        }
        "too_large" => Code::TooLarge,
        "wrong_catalog" => Code::WrongCatalog,
        "wrong_model" => Code::WrongModel,
        "newer_format" => Code::NewerFormat,
        "busy" => Code::Busy,
        "disk_full" => Code::DiskFull,
        "metered" => Code::Metered,
        "cancelled" => Code::Cancelled,
        _ => Code::Internal,
    }
}

/// The problem for a failed read or write of the library.
pub fn of_store(error: impl Into<heed::Error>) -> Problem {
    let error = error.into();
    let full = match &error {
        heed::Error::Io(io) => io.kind() == std::io::ErrorKind::StorageFull,
        heed::Error::Mdb(heed::MdbError::MapFull) => true,
        _ => false,
    };
    Problem::new(if full { Code::DiskFull } else { Code::Internal }, error)
}

/// The problem for a failed read or write of the outbox.
pub fn of_outbox(error: knytt_outbox::Error) -> Problem {
    let full = matches!(error, knytt_outbox::Error::Full(_));
    Problem::new(if full { Code::DiskFull } else { Code::Internal }, error)
}
