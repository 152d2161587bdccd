use std::path::PathBuf;
use std::sync::Arc;

use knytt_models::decode::{Limits, decode};
use knytt_ui_api::{CatalogEntry, CatalogOffer, Code, Problem, Start};
use tauri::ipc::Request;

use super::picture::raw;
use super::{Answer, Shared, blocking, settings};
use crate::backend::{Update, code};

/// A code's picture keeps this on its short side, in pixels, where it is there.
const CODE_SIDE: u32 = 1024;

#[tauri::command]
pub async fn catalogs(backend: Shared<'_>) -> Answer<Vec<CatalogEntry>> {
    blocking(&backend, |backend| Ok(backend.catalog_list())).await
}

#[tauri::command]
pub async fn inspect_catalog(backend: Shared<'_>, link: String) -> Answer<CatalogOffer> {
    let backend = Arc::clone(backend.inner());
    backend.catalogs.inspect(&link).await
}

/// Only what was inspected last can be added; its path.
#[tauri::command]
pub async fn add_catalog(backend: Shared<'_>, link: String) -> Answer<String> {
    blocking(&backend, move |backend| {
        let folder = backend.catalogs.add(&link)?;
        begin(Update::begin(backend, &folder, true, false)?);
        Ok(folder.to_string_lossy().into_owned())
    })
    .await
}

#[tauri::command]
pub async fn update_catalog(backend: Shared<'_>, path: PathBuf) -> Answer<()> {
    blocking(&backend, move |backend| {
        begin(Update::begin(backend, &path, true, false)?);
        Ok(())
    })
    .await
}

/// The window hears of its end by an event.
fn begin(update: Update) {
    tauri::async_runtime::spawn_blocking(move || update.run());
}

#[tauri::command]
pub fn cancel_update(backend: Shared<'_>, path: PathBuf) {
    backend.catalogs.cancel(&path);
}

#[tauri::command]
pub async fn remove_catalog(backend: Shared<'_>, path: PathBuf) -> Answer<Start> {
    blocking(&backend, move |backend| {
        backend.remove_catalog(&path)?;
        Ok(backend.start(settings::capabilities()))
    })
    .await
}

/// What the code in a picture says, the picture's bytes being the body; none if there is none.
#[tauri::command]
pub async fn read_code(backend: Shared<'_>, request: Request<'_>) -> Answer<Option<String>> {
    let bytes = raw(&request)?;
    blocking(&backend, move |_| {
        let picture = decode(&bytes, &Limits::default(), Some(CODE_SIDE));
        Ok(code::read(&picture.map_err(|error| Problem::new(Code::BadPicture, error))?))
    })
    .await
}

/// What the code in a picture of this visit says.
#[tauri::command]
pub async fn read_code_of(backend: Shared<'_>, id: String) -> Answer<Option<String>> {
    blocking(&backend, move |backend| Ok(code::read(&backend.pictures.get(&id)?.pixels))).await
}
