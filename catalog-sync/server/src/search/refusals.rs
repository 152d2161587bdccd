//! The problems of a search as answers over HTTP.

use knytt_ui_api::{Code, Problem};

use crate::http::refusal::Refusal;

/// A request that says something that cannot be asked.
pub fn bad_query(detail: impl Into<String>) -> Refusal {
    Refusal::new(400, "bad_query", "The query cannot be read").detail(detail)
}

/// The answer for a problem of the shop.
pub fn of_problem(problem: Problem) -> Refusal {
    let told = |status, code, title| Refusal::new(status, code, title).detail(problem.message.clone());
    match problem.code {
        Code::BadQuery => told(400, "bad_query", "The query cannot be read"),
        Code::BadPicture => told(422, "bad_picture", "The picture cannot be read"),
        Code::TooLarge => told(413, "picture_too_large", "The picture is too large"),
        Code::UnsafePicture => told(422, "unsafe_picture", "The shop refuses this picture"),
        Code::NotFound => told(404, "not_found", "Not found"),
        Code::NoCatalog | Code::DamagedCatalog | Code::WrongModel => Refusal::unavailable(problem.message),
        // What else goes wrong is ours, and its words are for the log.
        _ => Refusal::internal(problem.message),
    }
}
