//! What many routes may refuse, described once. [`Refusal`](super::refusal::Refusal) makes the answers.

use knytt_wire::Problem;
use utoipa::IntoResponses;

/// Of a route that only reads.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "it describes refusals; `Refusal` makes them")]
pub enum ReadRefusals {
    /// `not_signed_in`, `token_invalid`, `key_invalid`
    #[response(status = 401)]
    NotKnown(Problem),
    /// `not_allowed`
    #[response(status = 403)]
    NotAllowed(Problem),
}

/// Of a route that changes something: a browser must be on a page of this server.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "it describes refusals; `Refusal` makes them")]
pub enum ChangeRefusals {
    /// `not_signed_in`, `token_invalid`, `key_invalid`
    #[response(status = 401)]
    NotKnown(Problem),
    /// `not_allowed`, `cross_site`
    #[response(status = 403)]
    NotAllowed(Problem),
}

/// Of a body that is not a small JSON document.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "it describes refusals; `Refusal` makes them")]
pub enum BodyRefusals {
    /// `body_too_large`
    #[response(status = 413)]
    TooLarge(Problem),
    /// `not_json`
    #[response(status = 415)]
    NotJson(Problem),
}

/// Of what is named by an id.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "it describes refusals; `Refusal` makes them")]
pub enum NotFound {
    /// `not_found`
    #[response(status = 404)]
    Gone(Problem),
}
