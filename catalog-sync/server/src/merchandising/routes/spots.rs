//! What is on a picture, as products of a catalogue.

use axum::Json;
use axum::extract::{Path, Request, State};
use image::RgbImage;
use knytt_app_core::shop::read_picture;
use knytt_engine::{Merchandising, Query, QueryImage, Region, SearchSession, propose};
use knytt_models::decode::Limits;
use knytt_ui_api::{Card, ShownSpot};
use knytt_wire::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use super::expect_catalog;
use super::preview::{compiled, searched};
use crate::app::App;
use crate::http::read_body;
use crate::http::refusal::Refusal;
use crate::search::of_problem;

/// The longest body, in bytes: a look's picture has fewer.
const LONGEST: usize = 1 << 20;

/// Parts of a picture that are searched with.
const MOST: usize = 6;

/// Products that are seen on a picture.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeenSpots {
    /// The middle of each part, with the product that is nearest to it; each product once.
    spots: Vec<ShownSpot>,
}

/// Find the products on a picture
///
/// Nothing of it is kept or counted, and rules hide nothing.
#[utoipa::path(
    post,
    path = "/api/v1/admin/catalogs/{id}/rules/spots",
    operation_id = "find_look_spots",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    request_body(content = Vec<u8>, content_type = "image/*"),
    responses(
        (status = 200, description = "At most six; none if nothing stands out", body = SeenSpots),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`not_searched`: no feed of the catalogue was built", body = Problem),
        (status = 413, description = "`body_too_large`, `picture_too_large`", body = Problem),
        (status = 421, description = "`elsewhere`: another replica has this catalogue", body = Problem),
        (status = 422, description = "`bad_picture`", body = Problem),
    )
)]
pub async fn spots(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<SeenSpots>, Refusal> {
    expect_catalog(&app, &id).await?;
    let file = read_body(request, LONGEST).await?;
    let catalog = searched(&app, &id).await?;
    let job = move || {
        let session = catalog.shop.session().with_rules(compiled(Merchandising::default())?);
        let limits = Limits { system_library: false, ..Limits::default() };
        let pixels = read_picture(&file, &limits).map_err(of_problem)?;
        let mut spots: Vec<ShownSpot> = Vec::new();
        for region in propose(&pixels).into_iter().take(MOST) {
            let Some(card) = nearest(&session, &part(&pixels, &region))? else { continue };
            if spots.iter().all(|spot| spot.card.id != card.id) {
                let (x, y) = (region.x + region.width / 2.0, region.y + region.height / 2.0);
                spots.push(ShownSpot { x: x.clamp(0.0, 1.0), y: y.clamp(0.0, 1.0), card });
            }
        }
        Ok(SeenSpots { spots })
    };
    app.search.workers.run(job).await.map(Json)
}

fn part(pixels: &RgbImage, region: &Region) -> RgbImage {
    let (width, height) = pixels.dimensions();
    let place = |share: f32, of: u32| ((share * of as f32) as u32).min(of.saturating_sub(1));
    let (x, y) = (place(region.x, width), place(region.y, height));
    let (wide, high) = (place(region.width, width).max(1), place(region.height, height).max(1));
    image::imageops::crop_imm(pixels, x, y, wide.min(width - x), high.min(height - y)).to_image()
}

/// The product that is nearest to a picture.
fn nearest(session: &SearchSession, pixels: &RgbImage) -> Result<Option<Card>, Refusal> {
    let image = Some(QueryImage::Decoded(pixels.clone()));
    let found = session.search(&Query { image, k: 1, ..Query::default() }).map_err(Refusal::internal)?;
    Ok(found.hits.first().map(|hit| Card::from(&hit.product)))
}
