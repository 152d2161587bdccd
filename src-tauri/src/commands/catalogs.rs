use std::path::PathBuf;
use std::sync::Arc;

use knytt_app_core::visit::{Update, qr_code};
use knytt_models::decode::{Limits, decode};
use knytt_ui_api::{CatalogEntry, CatalogOffer, Code, Problem, Start};
use tauri::ipc::Request;

use super::picture::raw;
use super::{Answer, Shared, blocking, settings};

/// A code's picture keeps this on its short side, in pixels, where it is there.
const CODE_SIDE: u32 = 1024;

#[tauri::command]
pub async fn catalogs(visit: Shared<'_>) -> Answer<Vec<CatalogEntry>> {
    blocking(&visit, |visit| Ok(visit.catalog_list())).await
}

#[tauri::command]
pub async fn inspect_catalog(visit: Shared<'_>, link: String) -> Answer<CatalogOffer> {
    let visit = Arc::clone(visit.inner());
    visit.catalogs.inspect(&link).await
}

/// Only what was inspected last can be added; its path.
#[tauri::command]
pub async fn add_catalog(visit: Shared<'_>, link: String) -> Answer<String> {
    blocking(&visit, move |visit| {
        let folder = visit.catalogs.add(&link)?;
        begin(Update::begin(visit, &folder, true, false)?);
        Ok(folder.to_string_lossy().into_owned())
    })
    .await
}

#[tauri::command]
pub async fn update_catalog(visit: Shared<'_>, path: PathBuf) -> Answer<()> {
    blocking(&visit, move |visit| {
        begin(Update::begin(visit, &path, true, false)?);
        Ok(())
    })
    .await
}

/// The window hears of its end by an event.
fn begin(update: Update) {
    tauri::async_runtime::spawn_blocking(move || update.run());
}

#[tauri::command]
pub fn cancel_update(visit: Shared<'_>, path: PathBuf) {
    visit.catalogs.cancel(&path);
}

#[tauri::command]
pub async fn remove_catalog(visit: Shared<'_>, path: PathBuf) -> Answer<Start> {
    blocking(&visit, move |visit| {
        visit.remove_catalog(&path)?;
        Ok(visit.start(settings::capabilities()))
    })
    .await
}

/// What the code in a picture says, the picture's bytes being the body; none if there is none.
#[tauri::command]
pub async fn read_code(visit: Shared<'_>, request: Request<'_>) -> Answer<Option<String>> {
    let bytes = raw(&request)?;
    blocking(&visit, move |_| {
        let picture = decode(&bytes, &Limits::default(), Some(CODE_SIDE));
        Ok(qr_code::read(&picture.map_err(|error| Problem::new(Code::BadPicture, error))?))
    })
    .await
}

/// What the code in a picture of this visit says.
#[tauri::command]
pub async fn read_code_of(visit: Shared<'_>, id: String) -> Answer<Option<String>> {
    blocking(&visit, move |visit| Ok(qr_code::read(&visit.pictures.get(&id)?.pixels))).await
}
