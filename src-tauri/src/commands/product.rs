use knytt_ui_api::{Code, Problem, ProductPage};
use tauri::AppHandle;
use tauri_plugin_clipboard_manager::ClipboardExt;
use tauri_plugin_dialog::{DialogExt, FilePath};
use tauri_plugin_opener::OpenerExt;

use super::{Answer, Shared, blocking};
use crate::backend::Share;

#[tauri::command]
pub async fn product(backend: Shared<'_>, id: String) -> Answer<ProductPage> {
    blocking(&backend, move |backend| backend.product_page(&id)).await
}

#[tauri::command]
pub async fn open_in_shop(backend: Shared<'_>, app: AppHandle, id: String) -> Answer<()> {
    blocking(&backend, move |backend| {
        let link = backend.link_of(&id)?;
        app.opener().open_url(link, None::<&str>).map_err(|error| Problem::new(Code::Internal, error))?;
        backend.note_followed(&id);
        Ok(())
    })
    .await
}

/// As a page with picture and text, and as the text alone for what takes no pages.
#[tauri::command]
pub async fn share_to_clipboard(backend: Shared<'_>, app: AppHandle, id: String) -> Answer<()> {
    blocking(&backend, move |backend| {
        let share = backend.share(&id)?;
        let copied = app.clipboard().write_html(share.html(), Some(share.text.clone()));
        copied.map_err(|error| Problem::new(Code::Internal, error))?;
        backend.library.note_shared(&id);
        Ok(())
    })
    .await
}

/// False if the shopper chose no file.
#[tauri::command]
pub async fn share_to_file(backend: Shared<'_>, app: AppHandle, id: String) -> Answer<bool> {
    blocking(&backend, move |backend| {
        let share = backend.share(&id)?;
        let dialog = app.dialog().file().set_file_name(format!("{}.html", share.name));
        let chosen =
            dialog.add_filter("HTML", &["html"]).add_filter("JPEG", &["jpg", "jpeg"]).blocking_save_file();
        let Some(file) = chosen else { return Ok(false) };
        save(&share, file)?;
        backend.library.note_shared(&id);
        Ok(true)
    })
    .await
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
    fs_err::write(path, bytes).map_err(|error| Problem::new(Code::Internal, error))
}
