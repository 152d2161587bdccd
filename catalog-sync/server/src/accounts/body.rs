//! JSON bodies: small, of the right type, and without fields that a route does not know.

use axum::extract::{FromRequest, Request};
use axum::http::header;
use serde::de::DeserializeOwned;

use super::problem;
use crate::app::App;
use crate::http::refusal::Refusal;
use crate::http::{read_body, read_json};

/// The longest body of most routes, in bytes.
const LONGEST: usize = 64 << 10;

/// A body that is read as JSON, of at most `MOST` bytes.
pub struct Body<T, const MOST: usize = LONGEST>(pub T);

impl<T: DeserializeOwned, const MOST: usize> FromRequest<App> for Body<T, MOST> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &App) -> Result<Self, Refusal> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
        // A form of another site can send text and forms without asking; JSON it cannot.
        if !kind.is_some_and(|kind| kind.eq_ignore_ascii_case("application/json")) {
            return Err(Refusal::new(415, "not_json", "The body is no JSON")
                .detail("send Content-Type: application/json"));
        }
        let body = read_body(request, MOST).await?;
        read_json(&body).map(Self).map_err(problem::bad_request)
    }
}
