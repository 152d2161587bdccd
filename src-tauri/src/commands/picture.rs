use std::sync::Arc;

use image::{DynamicImage, RgbaImage};
use knytt_ui_api::{Code, Picture, Problem};
use percent_encoding::percent_decode_str;
use tauri::ipc::{InvokeBody, Request};
use tauri::{AppHandle, Manager};
use tauri_plugin_clipboard_manager::ClipboardExt;

use super::{Answer, Shared, blocking};
use crate::fetch;

/// Bytes come as they are, not as JSON; the name in a header.
#[tauri::command]
pub async fn add_picture(visit: Shared<'_>, request: Request<'_>) -> Answer<Picture> {
    let (name, bytes) = (header(&request, "x-knytt-name").unwrap_or_default(), raw(&request)?);
    blocking(&visit, move |visit| Ok(visit.pictures.add_file(&bytes, &name)?.describe())).await
}

#[tauri::command]
pub async fn add_picture_from_url(visit: Shared<'_>, url: String) -> Answer<Picture> {
    let bytes = fetch::picture(&url).await?;
    blocking(&visit, move |visit| Ok(visit.pictures.add_file(&bytes, "")?.describe())).await
}

#[tauri::command]
pub fn drop_picture(visit: Shared<'_>, id: String) {
    visit.pictures.remove(&id);
}

/// The picture on the clipboard; none if there is none.
#[tauri::command]
pub async fn paste_from_clipboard(visit: Shared<'_>, app: AppHandle) -> Answer<Option<Picture>> {
    blocking(&visit, move |visit| {
        let Ok(copied) = app.clipboard().read_image() else { return Ok(None) };
        let pixels = RgbaImage::from_raw(copied.width(), copied.height(), copied.rgba().to_vec());
        let Some(pixels) = pixels else { return Ok(None) };
        let pixels = DynamicImage::ImageRgba8(pixels).into_rgb8();
        Ok(Some(visit.pictures.add(pixels, "", 0.0).describe()))
    })
    .await
}

/// The whole screen, to choose a part of.
#[tauri::command]
pub async fn capture_screen(visit: Shared<'_>, app: AppHandle) -> Answer<Picture> {
    blocking(&visit, move |visit| shoot_screen(visit, &app)).await
}

#[cfg(desktop)]
fn shoot_screen(visit: &Arc<knytt_app_core::visit::Visit>, app: &AppHandle) -> Answer<Picture> {
    let window = app.get_webview_window("main");
    let window = window.ok_or_else(|| Problem::new(Code::ScreenUnavailable, "there is no window"))?;
    Ok(visit.pictures.add(crate::screen::capture(&window)?, "", 0.0).describe())
}

#[cfg(mobile)]
fn shoot_screen(_: &Arc<knytt_app_core::visit::Visit>, _: &AppHandle) -> Answer<Picture> {
    Err(Problem::new(Code::Unsupported, "phones do not show apps the screen"))
}

pub(super) fn raw(request: &Request<'_>) -> Answer<Vec<u8>> {
    match request.body() {
        InvokeBody::Raw(bytes) => Ok(bytes.clone()),
        InvokeBody::Json(_) => Err(Problem::new(Code::BadPicture, "the picture's bytes are missing")),
    }
}

/// A header's text, percent-decoded.
pub(super) fn header(request: &Request<'_>, name: &str) -> Answer<String> {
    let value = request.headers().get(name).and_then(|value| value.to_str().ok());
    let value = value.ok_or_else(|| Problem::new(Code::BadQuery, format!("{name} is missing")))?;
    Ok(percent_decode_str(value).decode_utf8_lossy().into_owned())
}
