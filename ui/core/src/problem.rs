//! Maps the libraries' errors to the problems that a screen is told.

use knytt_engine::Error as Engine;
use knytt_models::Error as Model;
use knytt_ui_api::{Code, Problem};

/// The problem for an engine's error.
pub fn of_engine(error: Engine) -> Problem {
    let code = match &error {
        Engine::Filter(_) | Engine::InvalidQuery(_) => Code::BadQuery,
        Engine::FingerprintMismatch { .. } | Engine::DimensionMismatch { .. } => Code::WrongModel,
        Engine::UnknownProduct { .. } => Code::NotFound,
        Engine::DiskFull { .. } => Code::DiskFull,
        Engine::NotACatalog { .. } | Engine::Open { .. } | Engine::UnknownSchema { .. } => Code::NoCatalog,
        Engine::CutShort { .. } | Engine::Record(_) | Engine::Damaged(_) => Code::DamagedCatalog,
        Engine::Model(Model::Decode(_)) => Code::BadPicture,
        Engine::Model(Model::Device { .. }) => Code::DeviceMissing,
        Engine::UnsafePicture => Code::UnsafePicture,
        _ => Code::Internal,
    };
    Problem::new(code, error)
}

/// The problem for a model's error.
pub fn of_model(error: Model) -> Problem {
    of_engine(error.into())
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
