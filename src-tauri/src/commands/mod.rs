//! What a window may ask: each command a few lines over the [`Visit`].

mod camera;
mod catalogs;
mod library;
mod models;
mod picture;
mod product;
mod settings;

use std::sync::Arc;

use knytt_app_core::visit::Visit;
use knytt_ui_api::{Code, Problem, SearchRequest, SearchResponse, Start};
use tauri::ipc::Invoke;
use tauri::{State, Wry};

type Shared<'a> = State<'a, Arc<Visit>>;

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
        models::cancel_model_work,
        models::discard_reembedding,
        models::get_model,
        models::measure_precisions,
        models::models,
        models::offer_model,
        models::plan_reembedding,
        models::reembed,
        models::remove_model,
        picture::add_picture,
        picture::add_picture_from_url,
        picture::capture_screen,
        picture::drop_picture,
        picture::paste_from_clipboard,
        product::looks,
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
async fn start(visit: Shared<'_>) -> Answer<Start> {
    blocking(&visit, |visit| Ok(visit.start(settings::capabilities()))).await
}

#[tauri::command]
async fn search(visit: Shared<'_>, request: SearchRequest) -> Answer<SearchResponse> {
    blocking(&visit, move |visit| visit.search(&request)).await
}

/// Runs it where it may take its time: neither the window nor the other commands wait.
async fn blocking<T: Send + 'static>(
    visit: &Shared<'_>,
    run: impl FnOnce(&Arc<Visit>) -> Answer<T> + Send + 'static,
) -> Answer<T> {
    let visit = Arc::clone(visit.inner());
    let done = tauri::async_runtime::spawn_blocking(move || run(&visit)).await;
    done.unwrap_or_else(|error| Err(Problem::new(Code::Internal, error)))
}
