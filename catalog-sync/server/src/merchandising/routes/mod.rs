//! The routes of rules and synonyms, with their descriptions.

mod drafts;
mod pick;
mod preview;
mod spots;
mod versions;

use knytt_engine::Merchandising;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::console::made;
use crate::http::refusal::Refusal;

/// The longest body with a document, in bytes: as others may write it, with spaces.
const LONGEST: usize = 6 << 20;

/// All of them.
pub fn described() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(drafts::rules))
        .routes(routes!(drafts::set_draft, drafts::discard_draft))
        .routes(routes!(versions::publish))
        .routes(routes!(versions::versions))
        .routes(routes!(versions::version))
        .routes(routes!(versions::roll_back))
        .routes(routes!(preview::preview))
        .routes(routes!(pick::pick))
        .routes(routes!(spots::spots))
}

/// Refuses an id of which no catalogue is made or searched here.
pub async fn expect_catalog(app: &App, id: &str) -> Result<(), Refusal> {
    let is_searched = app.search.catalogs.all().iter().any(|catalog| catalog.summary.id == id);
    if is_searched || made::by_id(&app.db, id).await?.is_some() {
        return Ok(());
    }
    Err(Refusal::not_found())
}

/// The draft's document, if there is a draft.
pub async fn draft_document(app: &App, id: &str) -> Result<Option<Merchandising>, Refusal> {
    let draft = super::drafts::get(&app.db, id).await?;
    draft.map(|draft| stored(&draft.document)).transpose()
}

/// Checks the bounds of a document, and returns it as JSON.
fn checked(document: &Merchandising) -> Result<String, Refusal> {
    let refused =
        |reason: String| Refusal::new(422, "rules_refused", "The rules cannot be taken").detail(reason);
    document.check().map_err(|error| refused(error.to_string()))?;
    let json = serde_json::to_string(document).map_err(Refusal::internal)?;
    if json.len() > Merchandising::MOST_BYTES {
        return Err(refused(format!("document: at most {} bytes", Merchandising::MOST_BYTES)));
    }
    Ok(json)
}

/// The document of a row, which was checked when it was stored.
fn stored(json: &str) -> Result<Merchandising, Refusal> {
    Merchandising::read(json.as_bytes()).map_err(Refusal::internal)
}

/// Somebody else has changed the draft meanwhile.
fn draft_changed() -> Refusal {
    Refusal::new(409, "draft_changed", "The draft is another one by now").detail("look at it again")
}
