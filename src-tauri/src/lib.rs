//! The app: a window over a catalogue on this device.
//!
//! [`knytt_app_core`] answers and knows nothing of windows. `commands` hands it what the window asks,
//! `protocol` serves pictures, and `camera`, `screen` and `opened` bring in what the system gives.

mod args;
mod camera;
mod commands;
mod feedback;
mod fetch;
mod opened;
mod places;
mod protocol;
#[cfg(desktop)]
mod screen;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use knytt_app_core::visit::{Visit, update_regularly};
use tauri::{App, Emitter, Manager, RunEvent};

use crate::args::Args;
use crate::camera::Cameras;
use crate::feedback::Feedback;
use crate::places::Places;

/// The event that tells a window of its catalogues.
const CATALOGS_EVENT: &str = "catalogs";

/// The event that tells a window of its models.
const MODELS_EVENT: &str = "models";

/// Starts the app on a desktop; returns when it was closed.
pub fn run() -> ExitCode {
    match build(Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: the app cannot start: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The entry point on phones.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run_mobile() {
    if let Err(error) = build(Args::default()) {
        eprintln!("error: the app cannot start: {error:#}");
    }
}

fn build(args: Args) -> anyhow::Result<()> {
    let builder = tauri::Builder::default();
    // The first of the plugins: a second start ends here and hands its arguments to the first one.
    #[cfg(desktop)]
    let builder = builder
        .plugin(tauri_plugin_single_instance::init(|app, arguments, folder| {
            opened::from_another_start(app, &arguments, &folder);
        }))
        .plugin(tauri_plugin_deep_link::init());
    builder
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .register_asynchronous_uri_scheme_protocol(protocol::SCHEME, |context, request, responder| {
            let app = context.app_handle().clone();
            tauri::async_runtime::spawn_blocking(move || responder.respond(protocol::serve(&app, &request)));
        })
        .setup(move |app| setup(app, &args))
        .invoke_handler(commands::handler())
        .build(tauri::generate_context!())?
        .run(|app, event| {
            if let (RunEvent::Exit, Some(feedback)) = (event, app.try_state::<Feedback>()) {
                feedback.end();
            }
        });
    Ok(())
}

fn setup(app: &mut App, args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let places = Places::new(app.handle(), args)?;
    let visit = Arc::new(Visit::new(&places.data)?);
    let (folder, pictures) = places.catalog(&visit.library.catalogs())?;
    if let Some(folder) = folder {
        // The visit keeps the problem; the window shows it and offers another folder.
        let _ = visit.open_shop_at_start(&folder, pictures);
        if let Ok(shop) = visit.shop() {
            shop.measure_precision_later();
        }
    }
    if args.data.is_some() {
        // The command line named the folder for all data, so the trust store goes there too.
        visit.catalogs.keep_trust_in(places.data.join("trust"));
    }
    let window = app.handle().clone();
    visit.catalogs.listen(move |event| {
        // It fails only without a window, and then nobody waits for the event.
        let _ = window.emit_to("main", CATALOGS_EVENT, event);
    });
    let window = app.handle().clone();
    visit.models.listen(move |event| {
        // As above.
        let _ = window.emit_to("main", MODELS_EVENT, event);
    });
    tauri::async_runtime::spawn(update_regularly(Arc::clone(&visit)));
    app.manage(Feedback::start(&visit, args.events.clone())?);
    app.manage(Arc::clone(&visit));
    app.manage(Cameras::new(args.camera.clone()));
    if let Some(opened) = opened::of_arguments(&visit, &args.open, std::path::Path::new("")) {
        visit.keep_opened(opened);
    }
    #[cfg(desktop)]
    opened::listen_for_links(app.handle());
    Ok(())
}
