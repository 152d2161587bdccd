use fs_err as fs;
use knytt_app_core::shop::Share;
use knytt_ui_api::{Code, Problem, ProductPage, ShownLook};
use tauri::AppHandle;
use tauri_plugin_clipboard_manager::ClipboardExt;
use tauri_plugin_dialog::{DialogExt, FilePath};
use tauri_plugin_opener::OpenerExt;

use super::{Answer, Shared, blocking};

#[tauri::command]
pub async fn product(visit: Shared<'_>, id: String) -> Answer<ProductPage> {
    blocking(&visit, move |visit| visit.product_page(&id)).await
}

#[tauri::command]
pub async fn looks(visit: Shared<'_>) -> Answer<Vec<ShownLook>> {
    blocking(&visit, |visit| visit.looks()).await
}

#[tauri::command]
pub async fn open_in_shop(visit: Shared<'_>, app: AppHandle, id: String) -> Answer<()> {
    blocking(&visit, move |visit| {
        let link = visit.link_of(&id)?;
        app.opener().open_url(link, None::<&str>).map_err(|error| Problem::new(Code::Internal, error))?;
        visit.note_followed(&id);
        Ok(())
    })
    .await
}

/// As a page with picture and text, and as the text alone for what takes no pages.
#[tauri::command]
pub async fn share_to_clipboard(visit: Shared<'_>, app: AppHandle, id: String) -> Answer<()> {
    blocking(&visit, move |visit| {
        let share = visit.share(&id)?;
        let copied = app.clipboard().write_html(share.html(), Some(share.text.clone()));
        copied.map_err(|error| Problem::new(Code::Internal, error))?;
        visit.library.note_shared(&id);
        Ok(())
    })
    .await
}

/// False if the shopper chose no file.
#[tauri::command]
pub async fn share_to_file(visit: Shared<'_>, app: AppHandle, id: String) -> Answer<bool> {
    blocking(&visit, move |visit| {
        let share = visit.share(&id)?;
        let Some(file) = choose_file(&app, &share.name) else { return Ok(false) };
        save(&share, file)?;
        visit.library.note_shared(&id);
        Ok(true)
    })
    .await
}

fn choose_file(app: &AppHandle, name: &str) -> Option<FilePath> {
    let dialog = app.dialog().file().set_file_name(format!("{name}.html"));
    dialog.add_filter("HTML", &["html"]).add_filter("JPEG", &["jpg", "jpeg"]).blocking_save_file()
}

/// A page, or the picture alone if that is what the file's name says.
fn save(share: &Share, file: FilePath) -> Answer<()> {
    let path = file.into_path().map_err(|error| Problem::new(Code::Internal, error))?;
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    let picture = ending.is_some_and(|ending| ending == "jpg" || ending == "jpeg");
    let bytes = match &share.picture {
        Some(bytes) if picture => bytes.clone(),
        _ => share.html().into_bytes(),
    };
    fs::write(path, bytes).map_err(|error| Problem::new(Code::Internal, error))
}
