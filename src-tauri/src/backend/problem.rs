//! From the libraries' errors to what the window is told.

use knytt_client::Error as Sync;
use knytt_engine::Error as Engine;
use knytt_models::Error as Model;
use knytt_ui_api::{Code, Problem};

/// What kind of problem an engine's error is.
pub fn of_engine(error: Engine) -> Problem {
    let code = match &error {
        Engine::Filter(_) | Engine::InvalidQuery(_) => Code::BadQuery,
        Engine::FingerprintMismatch { .. } | Engine::DimensionMismatch { .. } => Code::WrongModel,
        Engine::UnknownProduct { .. } => Code::NotFound,
        Engine::DiskFull { .. } => Code::DiskFull,
        Engine::NotACatalog { .. }
        | Engine::Open { .. }
        | Engine::UnknownSchema { .. }
        | Engine::Damaged(_) => Code::NoCatalog,
        Engine::Model(Model::Decode(_)) => Code::BadPicture,
        Engine::UnsafePicture => Code::UnsafePicture,
        _ => Code::Internal,
    };
    Problem::new(code, error)
}

/// What kind of problem a model's error is.
pub fn of_model(error: Model) -> Problem {
    of_engine(error.into())
}

/// Why a catalogue did not come.
pub fn of_sync(error: &Sync) -> Problem {
    Problem::new(code_of_sync(error.code()), error)
}

/// What a sync's own code is to the window.
pub fn code_of_sync(code: &str) -> Code {
    match code {
        "offline" | "too_slow" | "refused" => Code::Offline,
        "not_found" => Code::NotFound,
        "wrong_root" | "wrong_key" => Code::WrongRoot,
        "unencrypted" => Code::Insecure,
        "rollback" => Code::Rollback,
        "expired" => Code::Expired,
        "tampered" | "malformed" | "bad_pack" | "wrong_content" => Code::Tampered,
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

/// A failed write of what the shopper keeps.
pub fn of_store(error: impl Into<heed::Error>) -> Problem {
    let error = error.into();
    let full = match &error {
        heed::Error::Io(io) => io.kind() == std::io::ErrorKind::StorageFull,
        heed::Error::Mdb(heed::MdbError::MapFull) => true,
        _ => false,
    };
    Problem::new(if full { Code::DiskFull } else { Code::Internal }, error)
}

/// A failed write of what the shop is to be told.
pub fn of_outbox(error: knytt_outbox::Error) -> Problem {
    let full = matches!(error, knytt_outbox::Error::Full(_));
    Problem::new(if full { Code::DiskFull } else { Code::Internal }, error)
}

/// A failed read or write of a file.
pub fn of_io(error: std::io::Error) -> Problem {
    let code = match error.kind() {
        std::io::ErrorKind::StorageFull => Code::DiskFull,
        std::io::ErrorKind::NotFound => Code::NotFound,
        _ => Code::Internal,
    };
    Problem::new(code, error)
}
