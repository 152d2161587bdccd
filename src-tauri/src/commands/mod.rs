//! What a window may ask: each command a few lines over the [`Backend`].

mod camera;
mod catalogs;
mod library;
mod picture;
mod product;
mod settings;

use std::sync::Arc;

use knytt_ui_api::{Code, Problem, SearchRequest, SearchResponse, Start};
use tauri::ipc::Invoke;
use tauri::{State, Wry};

use crate::backend::Backend;

type Shared<'a> = State<'a, Arc<Backend>>;

type Answer<T> = Result<T, Problem>;

/// All commands. The window's capability adds nothing to them but hearing events.
pub fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        start,
        search,
        camera::cameras,
        camera::capture_frame,
        camera::close_camera,
        camera::live_frame,
        camera::open_camera,
        camera::set_live_query,
        catalogs::add_catalog,
        catalogs::cancel_update,
        catalogs::catalogs,
        catalogs::inspect_catalog,
        catalogs::read_code,
        catalogs::read_code_of,
        catalogs::remove_catalog,
        catalogs::update_catalog,
        library::cards,
        library::dismiss,
        library::favourites,
        library::forget_history,
        library::forget_taste,
        library::history,
        library::personal,
        library::picture_from_history,
        library::set_favourite,
        picture::add_picture,
        picture::add_picture_from_url,
        picture::capture_screen,
        picture::drop_picture,
        picture::paste_from_clipboard,
        product::open_in_shop,
        product::product,
        product::share_to_clipboard,
        product::share_to_file,
        settings::delete_my_data,
        settings::licences,
        settings::measure_model,
        settings::open_catalog,
        settings::save_settings,
        settings::storage_use,
    ]
}

#[tauri::command]
async fn start(backend: Shared<'_>) -> Answer<Start> {
    blocking(&backend, |backend| Ok(backend.start(settings::capabilities()))).await
}

#[tauri::command]
async fn search(backend: Shared<'_>, request: SearchRequest) -> Answer<SearchResponse> {
    blocking(&backend, move |backend| backend.search(&request)).await
}

/// Runs it where it may take its time: neither the window nor the other commands wait.
async fn blocking<T: Send + 'static>(
    backend: &Shared<'_>,
    run: impl FnOnce(&Arc<Backend>) -> Answer<T> + Send + 'static,
) -> Answer<T> {
    let backend = Arc::clone(backend.inner());
    let done = tauri::async_runtime::spawn_blocking(move || run(&backend)).await;
    done.unwrap_or_else(|error| Err(Problem::new(Code::Internal, error)))
}
