//! What a picture shows, before it is searched with.

use axum::Json;
use axum::extract::{Request, State};
use knytt_app_core::shop::read_picture;
use knytt_engine::propose;
use knytt_ui_api::{Proposal, Region};
use knytt_wire::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::refusal::Refusal;
use crate::search::answer;
use crate::search::refusals::of_problem;

/// A picture and what is in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Regions {
    /// Pixels, upright. A large picture is read smaller.
    width: u32,
    /// Pixels, upright.
    height: u32,
    /// Things in it that can be searched for by themselves, best first; none if it shows one thing.
    proposals: Vec<Proposal>,
}

/// Find the things in a picture
///
/// The body is the picture's file. Nothing of it is kept.
#[utoipa::path(
    post,
    path = "/api/v1/regions",
    tag = "search",
    request_body(content = Vec<u8>, content_type = "image/*"),
    responses(
        (status = 200, description = "The things in it", body = Regions),
        (status = 413, description = "`body_too_large`, `picture_too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_picture`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn regions(State(app): State<App>, request: Request) -> Result<Json<Regions>, Refusal> {
    let limit = usize::try_from(app.search.settings.picture_bytes).unwrap_or(usize::MAX);
    let file = crate::http::read_body(request, limit).await?;
    let limits = answer::picture_limits(&app.search.settings);
    let job = move || {
        let pixels = read_picture(&file, &limits).map_err(of_problem)?;
        let proposals = propose(&pixels).into_iter().map(|found| Proposal {
            region: Region { x: found.x, y: found.y, width: found.width, height: found.height },
            strength: found.strength,
        });
        let (width, height) = pixels.dimensions();
        Ok(Regions { width, height, proposals: proposals.collect() })
    };
    app.search.workers.run(job).await.map(Json)
}
