//! What several routes may answer alike.

use knytt_wire::Problem;
use utoipa::IntoResponses;

use crate::search::page::SearchPage;

/// The answers of a route that gives a page of hits.
#[derive(IntoResponses)]
#[allow(
    dead_code,
    clippy::large_enum_variant,
    reason = "it describes answers; `Page` and `Refusal` make them"
)]
pub enum PageAnswers {
    /// A page of hits
    #[response(status = 200)]
    Page(SearchPage),
    /// `bad_query`: out of its bounds, not readable, or without what this route needs; `address_refused`
    #[response(status = 400, content_type = "application/problem+json")]
    BadQuery(Problem),
    /// `catalog_unknown`, `not_found`
    #[response(status = 404, content_type = "application/problem+json")]
    Unknown(Problem),
    /// `cursor_expired`: search again without a cursor
    #[response(status = 410, content_type = "application/problem+json")]
    Gone(Problem),
    /// `body_too_large`, `picture_too_large`
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// `bad_picture`, `unsafe_picture`
    #[response(status = 422, content_type = "application/problem+json")]
    BadPicture(Problem),
    /// `picture_unreachable`: the host of `imageUrl` does not give it
    #[response(status = 502, content_type = "application/problem+json")]
    Unreachable(Problem),
}

/// The answers, besides its own, of a route whose answer depends on nothing but the catalogue's state.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "it describes answers; `kept` and `Refusal` make them")]
pub enum AsBefore {
    /// It is as If-None-Match says
    #[response(status = 304)]
    Unchanged,
    /// `not_found`: there is none of this id, or nothing of it to show; `catalog_unknown`
    #[response(status = 404, content_type = "application/problem+json")]
    Unknown(Problem),
}
