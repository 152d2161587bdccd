//! What is opened from outside the window: links, files, words of a command line, another start.

use std::path::Path;
use std::sync::Arc;

use clap::Parser;
use fs_err as fs;
use knytt_app_core::visit::Visit;
use knytt_ui_api::{Code, Opened, Problem};
use knytt_wire::CatalogLink;
use percent_encoding::percent_decode_str;
use tauri::{AppHandle, Emitter, Manager};

use crate::args::Args;

/// The event that a running window hears.
const EVENT: &str = "opened";

/// The app's own links.
const SCHEME: &str = "knytt:";

/// The longest id of a product that a link may name.
const LONGEST_ID: usize = 512;

/// The start of a link to a catalogue, after the scheme.
const CATALOG: &str = "catalog?";

/// The longest link to a catalogue: a QR code holds no more.
const LONGEST_LINK: usize = 2953;

/// What the arguments ask to open: a link, a picture file (relative to `folder`), or words.
pub fn of_arguments(visit: &Visit, arguments: &[String], folder: &Path) -> Option<Opened> {
    let first = arguments.first()?;
    if first.get(..SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCHEME)) {
        return Some(of_link(first));
    }
    let path = folder.join(first);
    if path.is_file() {
        return Some(of_file(visit, &path));
    }
    Some(Opened::Words { words: arguments.join(" ") })
}

/// Anybody can write a link. Of `knytt://product/<id>` the id is looked up and nothing else happens. For
/// `knytt://catalog?url=…` the shopper is asked, and only a valid link is fetched.
fn of_link(link: &str) -> Opened {
    let path = link.get(SCHEME.len()..).unwrap_or_default().trim_start_matches('/');
    if path.get(..CATALOG.len()).is_some_and(|start| start.eq_ignore_ascii_case(CATALOG)) {
        return of_catalog(link);
    }
    let id = path.split_once('/').filter(|(host, _)| host.eq_ignore_ascii_case("product"));
    let id = id.and_then(|(_, id)| percent_decode_str(id.trim_end_matches('/')).decode_utf8().ok());
    let fits = |id: &str| !id.is_empty() && id.len() <= LONGEST_ID && !id.contains(char::is_control);
    match id.filter(|id| fits(id)) {
        Some(id) => Opened::Product { id: id.into_owned() },
        None => Opened::Refused { problem: Problem::new(Code::BadQuery, "this link leads to no product") },
    }
}

fn of_catalog(link: &str) -> Opened {
    let read = Some(link).filter(|link| link.len() <= LONGEST_LINK);
    match read.and_then(|link| link.parse::<CatalogLink>().ok()) {
        Some(link) => Opened::Catalog { link: link.to_string() },
        None => Opened::Refused { problem: Problem::new(Code::BadLink, "this link leads to no catalogue") },
    }
}

fn of_file(visit: &Visit, path: &Path) -> Opened {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let bytes = fs::read(path).map_err(|error| Problem::new(Code::BadPicture, error));
    match bytes.and_then(|bytes| visit.pictures.add_file(&bytes, &name)) {
        Ok(picture) => Opened::Picture { picture: picture.describe() },
        Err(problem) => Opened::Refused { problem },
    }
}

/// A second start ended and left its arguments to this one.
#[cfg(desktop)]
pub fn from_another_start(app: &AppHandle, arguments: &[String], folder: &str) {
    if let Some(window) = app.get_webview_window("main") {
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
    let Ok(args) = Args::try_parse_from(arguments) else { return };
    let visit = Arc::clone(&app.state::<Arc<Visit>>());
    if let Some(opened) = of_arguments(&visit, &args.open, Path::new(folder)) {
        let _ = app.emit_to("main", EVENT, opened);
    }
}

/// Links that the system hands over without a second start (macOS, phones).
#[cfg(desktop)]
pub fn listen_for_links(app: &AppHandle) {
    use tauri_plugin_deep_link::DeepLinkExt;

    let heard = app.clone();
    app.deep_link().on_open_url(move |event| {
        for url in event.urls() {
            let _ = heard.emit_to("main", EVENT, of_link(url.as_str()));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_to_products_are_followed() {
        let product = |id: &str| Opened::Product { id: id.into() };
        assert_eq!(of_link("knytt://product/G-17"), product("G-17"));
        assert_eq!(of_link("KNYTT://Product/a%2Fb%20c/"), product("a/b c"));
        assert_eq!(of_link("knytt:product/7"), product("7"));
        let long = format!("knytt://product/{}", "x".repeat(LONGEST_ID + 1));
        for bad in ["knytt:", "knytt://", "knytt://product", "knytt://product/", "knytt://shell/rm", &long] {
            assert!(matches!(of_link(bad), Opened::Refused { .. }), "{bad}");
        }
        for bad in ["knytt://product/%00", "knytt://product/%ff", "knytt://product/a%0Ab"] {
            assert!(matches!(of_link(bad), Opened::Refused { .. }), "{bad}");
        }
    }

    #[test]
    fn links_to_catalogues_are_passed_on_to_be_asked_about() {
        let key = "0f".repeat(32);
        let link = format!("knytt://catalog?url=https%3A%2F%2Fshop.example%2Fc%2F&root={key}");
        assert_eq!(of_link(&link), Opened::Catalog { link: link.clone() });
        let refused = |link: &str| match of_link(link) {
            Opened::Refused { problem } => problem.code,
            other => panic!("{link} became {other:?}"),
        };
        assert_eq!(refused("knytt://catalog?url=javascript:alert(1)"), Code::BadLink);
        assert_eq!(refused("knytt://catalog?root=12"), Code::BadLink);
        assert_eq!(refused(&format!("{link}&x={}", "x".repeat(LONGEST_LINK))), Code::BadLink);
    }

    #[test]
    fn arguments_are_a_link_a_file_or_words() {
        let dir = tempfile::tempdir().unwrap();
        let visit = Visit::new(&dir.path().join("data")).unwrap();
        let of = |arguments: &[&str]| {
            let arguments: Vec<_> = arguments.iter().map(|a| (*a).to_owned()).collect();
            of_arguments(&visit, &arguments, dir.path())
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["red", "dress"]), Some(Opened::Words { words: "red dress".into() }));
        fs_err::write(dir.path().join("broken.jpg"), "no picture").unwrap();
        assert!(matches!(of(&["broken.jpg"]), Some(Opened::Refused { .. })));
        image::RgbImage::new(3, 2).save(dir.path().join("a.png")).unwrap();
        let Some(Opened::Picture { picture }) = of(&["a.png"]) else { panic!("a picture is one") };
        assert_eq!((picture.name.as_str(), picture.width, picture.height), ("a.png", 3, 2));
    }
}
