use knytt_ui_api::{Card, HistoryEntry, Personal, Picture};

use super::{Answer, Shared, blocking};

#[tauri::command]
pub async fn favourites(backend: Shared<'_>) -> Answer<Vec<Card>> {
    blocking(&backend, |backend| backend.cards(&backend.library.favourites()?)).await
}

#[tauri::command]
pub async fn set_favourite(backend: Shared<'_>, id: String, on: bool) -> Answer<()> {
    blocking(&backend, move |backend| backend.set_favourite(&id, on)).await
}

#[tauri::command]
pub async fn cards(backend: Shared<'_>, ids: Vec<String>) -> Answer<Vec<Card>> {
    blocking(&backend, move |backend| backend.cards(&ids)).await
}

#[tauri::command]
pub async fn history(backend: Shared<'_>) -> Answer<Vec<HistoryEntry>> {
    blocking(&backend, |backend| backend.library.history()).await
}

#[tauri::command]
pub async fn picture_from_history(backend: Shared<'_>, id: String) -> Answer<Picture> {
    blocking(&backend, move |backend| {
        let bytes = backend.library.history_picture(&id)?;
        Ok(backend.pictures.add_file(&bytes, "")?.describe())
    })
    .await
}

#[tauri::command]
pub async fn forget_history(backend: Shared<'_>, id: Option<String>) -> Answer<()> {
    blocking(&backend, move |backend| backend.library.forget_history(id.as_deref())).await
}

/// "Not for me", and its undoing.
#[tauri::command]
pub async fn dismiss(backend: Shared<'_>, id: String, on: bool) -> Answer<()> {
    blocking(&backend, move |backend| backend.dismiss(&id, on)).await
}

#[tauri::command]
pub async fn personal(backend: Shared<'_>) -> Answer<Personal> {
    blocking(&backend, |backend| backend.personal()).await
}

#[tauri::command]
pub async fn forget_taste(backend: Shared<'_>) -> Answer<()> {
    blocking(&backend, |backend| backend.library.forget_taste()).await
}
