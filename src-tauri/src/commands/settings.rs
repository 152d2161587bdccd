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
pub async fn save_settings(visit: Shared<'_>, settings: Settings) -> Answer<()> {
    blocking(&visit, move |visit| visit.save_settings(&settings)).await
}

#[tauri::command]
pub async fn storage_use(visit: Shared<'_>) -> Answer<StorageUse> {
    blocking(&visit, |visit| visit.storage_use()).await
}

#[tauri::command]
pub async fn measure_model(visit: Shared<'_>) -> Answer<ModelSpeed> {
    blocking(&visit, |visit| visit.measure_model()).await
}

#[tauri::command]
pub async fn delete_my_data(visit: Shared<'_>) -> Answer<()> {
    blocking(&visit, |visit| visit.delete_personal()).await
}

/// Opens a catalogue; without a path the shopper chooses its folder. None if they chose none.
#[tauri::command]
pub async fn open_catalog(visit: Shared<'_>, app: AppHandle, path: Option<String>) -> Answer<Option<Start>> {
    blocking(&visit, move |visit| {
        let Some(folder) = path.map(Into::into).map_or_else(|| choose(&app), |path| Ok(Some(path)))? else {
            return Ok(None);
        };
        visit.open_shop(&folder, Vec::new())?;
        Ok(Some(visit.start(capabilities())))
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
