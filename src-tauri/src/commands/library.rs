use knytt_ui_api::{Card, HistoryEntry, Personal, Picture};

use super::{Answer, Shared, blocking};

#[tauri::command]
pub async fn favourites(visit: Shared<'_>) -> Answer<Vec<Card>> {
    blocking(&visit, |visit| visit.cards(&visit.library.favourites()?)).await
}

#[tauri::command]
pub async fn set_favourite(visit: Shared<'_>, id: String, on: bool) -> Answer<()> {
    blocking(&visit, move |visit| visit.set_favourite(&id, on)).await
}

#[tauri::command]
pub async fn cards(visit: Shared<'_>, ids: Vec<String>) -> Answer<Vec<Card>> {
    blocking(&visit, move |visit| visit.cards(&ids)).await
}

#[tauri::command]
pub async fn history(visit: Shared<'_>) -> Answer<Vec<HistoryEntry>> {
    blocking(&visit, |visit| visit.library.history()).await
}

#[tauri::command]
pub async fn picture_from_history(visit: Shared<'_>, id: String) -> Answer<Picture> {
    blocking(&visit, move |visit| {
        let bytes = visit.library.history_picture(&id)?;
        Ok(visit.pictures.add_file(&bytes, "")?.describe())
    })
    .await
}

#[tauri::command]
pub async fn forget_history(visit: Shared<'_>, id: Option<String>) -> Answer<()> {
    blocking(&visit, move |visit| visit.library.forget_history(id.as_deref())).await
}

/// "Not for me", and its undoing.
#[tauri::command]
pub async fn dismiss(visit: Shared<'_>, id: String, on: bool) -> Answer<()> {
    blocking(&visit, move |visit| visit.dismiss(&id, on)).await
}

#[tauri::command]
pub async fn personal(visit: Shared<'_>) -> Answer<Personal> {
    blocking(&visit, |visit| visit.personal()).await
}

#[tauri::command]
pub async fn forget_taste(visit: Shared<'_>) -> Answer<()> {
    blocking(&visit, |visit| visit.library.forget_taste()).await
}
