use knytt_models::decode::{Limits, decode};
use knytt_ui_api::{
    CameraEvent, CameraRequest, CameraSource, Code, LiveFrame, Picture, Problem, SearchRequest,
};
use tauri::ipc::{Channel, InvokeResponseBody, Request};
use tauri::{AppHandle, Manager, State};

use super::picture::{header, raw};
use super::{Answer, Shared, blocking};
use crate::camera::Cameras;

#[tauri::command]
pub async fn cameras(backend: Shared<'_>, app: AppHandle) -> Answer<Vec<CameraSource>> {
    blocking(&backend, move |_| app.state::<Cameras>().list()).await
}

#[tauri::command]
pub async fn open_camera(
    backend: Shared<'_>,
    app: AppHandle,
    request: CameraRequest,
    frames: Channel<InvokeResponseBody>,
    events: Channel<CameraEvent>,
) -> Answer<u32> {
    blocking(&backend, move |backend| app.state::<Cameras>().open(backend, &request, frames, events)).await
}

#[tauri::command]
pub async fn capture_frame(backend: Shared<'_>, app: AppHandle, camera: u32) -> Answer<Picture> {
    blocking(&backend, move |backend| Ok(app.state::<Cameras>().capture(backend, camera)?.describe())).await
}

#[tauri::command]
pub async fn close_camera(backend: Shared<'_>, app: AppHandle, camera: u32) -> Answer<()> {
    blocking(&backend, move |_| {
        app.state::<Cameras>().close(camera);
        Ok(())
    })
    .await
}

#[tauri::command]
pub async fn live_frame(backend: Shared<'_>, app: AppHandle, request: Request<'_>) -> Answer<LiveFrame> {
    let template = header(&request, "x-knytt-template")?;
    let template: SearchRequest =
        serde_json::from_str(&template).map_err(|e| Problem::new(Code::BadQuery, e))?;
    let jpeg = raw(&request)?;
    blocking(&backend, move |backend| {
        let frame = decode(&jpeg, &Limits::default(), None).map_err(|e| Problem::new(Code::BadPicture, e))?;
        app.state::<Cameras>().web_frame(backend, &frame, &template)
    })
    .await
}

#[tauri::command]
pub fn set_live_query(backend: State<'_, std::sync::Arc<crate::backend::Backend>>, template: SearchRequest) {
    backend.set_live_query(template);
}
