use knytt_ui_api::{Capabilities, Code, ModelSpeed, Problem, Settings, Start, StorageUse};
use tauri::AppHandle;
#[cfg(desktop)]
use tauri_plugin_dialog::DialogExt;

use super::{Answer, Shared, blocking};

/// The licences of everything inside, collected when the app was compiled.
const LICENCES: &str = include_str!(concat!(env!("OUT_DIR"), "/licences.txt"));

/// What this shell can do beyond a browser.
pub fn capabilities() -> Capabilities {
    let desktop = cfg!(desktop);
    Capabilities {
        native_camera: desktop,
        screen: desktop,
        clipboard: true,
        open_catalog: desktop,
        add_catalog: true,
    }
}

#[tauri::command]
pub async fn save_settings(backend: Shared<'_>, settings: Settings) -> Answer<()> {
    blocking(&backend, move |backend| backend.save_settings(&settings)).await
}

#[tauri::command]
pub async fn storage_use(backend: Shared<'_>) -> Answer<StorageUse> {
    blocking(&backend, |backend| backend.storage_use()).await
}

#[tauri::command]
pub async fn measure_model(backend: Shared<'_>) -> Answer<ModelSpeed> {
    blocking(&backend, |backend| backend.measure_model()).await
}

#[tauri::command]
pub async fn delete_my_data(backend: Shared<'_>) -> Answer<()> {
    blocking(&backend, |backend| backend.delete_personal()).await
}

/// Opens a catalogue; without a path the shopper chooses its folder. None if they chose none.
#[tauri::command]
pub async fn open_catalog(
    backend: Shared<'_>,
    app: AppHandle,
    path: Option<String>,
) -> Answer<Option<Start>> {
    blocking(&backend, move |backend| {
        let Some(folder) = path.map(Into::into).map_or_else(|| choose(&app), |path| Ok(Some(path)))? else {
            return Ok(None);
        };
        backend.open_shop(&folder, Vec::new())?;
        Ok(Some(backend.start(capabilities())))
    })
    .await
}

#[cfg(desktop)]
fn choose(app: &AppHandle) -> Answer<Option<std::path::PathBuf>> {
    let chosen = app.dialog().file().blocking_pick_folder();
    chosen.map(|folder| folder.into_path().map_err(|e| Problem::new(Code::Internal, e))).transpose()
}

#[cfg(mobile)]
fn choose(_: &AppHandle) -> Answer<Option<std::path::PathBuf>> {
    Err(Problem::new(Code::Unsupported, "catalogues come over the network on phones"))
}

#[tauri::command]
pub fn licences() -> &'static str {
    LICENCES
}
