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
pub async fn cameras(visit: Shared<'_>, app: AppHandle) -> Answer<Vec<CameraSource>> {
    blocking(&visit, move |_| app.state::<Cameras>().list()).await
}

#[tauri::command]
pub async fn open_camera(
    visit: Shared<'_>,
    app: AppHandle,
    request: CameraRequest,
    frames: Channel<InvokeResponseBody>,
    events: Channel<CameraEvent>,
) -> Answer<u32> {
    blocking(&visit, move |visit| app.state::<Cameras>().open(visit, &request, frames, events)).await
}

#[tauri::command]
pub async fn capture_frame(visit: Shared<'_>, app: AppHandle, camera: u32) -> Answer<Picture> {
    blocking(&visit, move |visit| Ok(app.state::<Cameras>().capture(visit, camera)?.describe())).await
}

#[tauri::command]
pub async fn close_camera(visit: Shared<'_>, app: AppHandle, camera: u32) -> Answer<()> {
    blocking(&visit, move |_| {
        app.state::<Cameras>().close(camera);
        Ok(())
    })
    .await
}

#[tauri::command]
pub async fn live_frame(visit: Shared<'_>, app: AppHandle, request: Request<'_>) -> Answer<LiveFrame> {
    let template = header(&request, "x-knytt-template")?;
    let template: SearchRequest =
        serde_json::from_str(&template).map_err(|e| Problem::new(Code::BadQuery, e))?;
    let jpeg = raw(&request)?;
    blocking(&visit, move |visit| {
        let frame = decode(&jpeg, &Limits::default(), None).map_err(|e| Problem::new(Code::BadPicture, e))?;
        app.state::<Cameras>().web_frame(visit, &frame, &template)
    })
    .await
}

#[tauri::command]
pub fn set_live_query(
    visit: State<'_, std::sync::Arc<knytt_app_core::visit::Visit>>,
    template: SearchRequest,
) {
    visit.set_live_query(template);
}
