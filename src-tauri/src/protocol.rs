//! The `picture:` protocol, which serves the window pictures of products and looks, of the present query and of
//! the history. It serves nothing else on this device.

use std::borrow::Cow;
use std::sync::Arc;

use image::ImageFormat;
use knytt_app_core::shop::jpeg;
use knytt_app_core::visit::Visit;
use knytt_ui_api::{Code, Problem};
use percent_encoding::percent_decode_str;
use tauri::http::{Request, Response, StatusCode, header};
use tauri::{AppHandle, Manager};

/// The scheme of the pictures' addresses.
pub const SCHEME: &str = "picture";

/// The query is shown this large at most, in pixels.
const QUERY_SIDE: u32 = 1280;

/// Formats that a web view shows by itself.
const SHOWN: [ImageFormat; 4] = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif];

/// How long a window may keep a picture: ids of another catalogue may name other pictures.
const KEEP_PRODUCT: &str = "private, max-age=300";
const KEEP_NOTHING: &str = "no-store";

/// Answers with the picture, or with 404.
pub fn serve(app: &AppHandle, request: &Request<Vec<u8>>) -> Response<Cow<'static, [u8]>> {
    let visit = Arc::clone(&app.state::<Arc<Visit>>());
    let path = percent_decode_str(request.uri().path().trim_start_matches('/')).decode_utf8_lossy();
    let found = find(&visit, &path).and_then(|(bytes, keep)| Ok((kind_of(&bytes)?, bytes, keep)));
    let built = match found {
        Ok((kind, bytes, keep)) => Response::builder()
            .header(header::CONTENT_TYPE, kind)
            .header(header::CACHE_CONTROL, keep)
            .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
            .body(bytes.into()),
        Err(_) => Response::builder().status(StatusCode::NOT_FOUND).body(Cow::Borrowed(&[][..])),
    };
    built.unwrap_or_else(|_| Response::new(Cow::Borrowed(&[])))
}

fn find(visit: &Visit, path: &str) -> Result<(Vec<u8>, &'static str), Problem> {
    let none = || Problem::new(Code::NotFound, "no such picture");
    // The id comes last and whole: a shop may write slashes into its ids.
    let (kind, rest) = path.split_once('/').ok_or_else(none)?;
    match (kind, rest.split_once('/')) {
        ("product", Some((size, id))) => {
            // `thumb`, or `thumb-2` for the second further picture.
            let (size, number) = size.split_once('-').unwrap_or((size, "0"));
            let number = number.parse().map_err(|_| none())?;
            Ok((product_picture(visit, size, id, number)?.ok_or_else(none)?, KEEP_PRODUCT))
        }
        // The first part is the picture's version: another picture has another address.
        ("look", Some((_, id))) => Ok((visit.look_picture(id)?, KEEP_PRODUCT)),
        ("query", _) => Ok((jpeg(&visit.pictures.get(rest)?.pixels, QUERY_SIDE)?, KEEP_NOTHING)),
        ("history", _) => Ok((visit.library.history_picture(rest)?, KEEP_NOTHING)),
        _ => Err(none()),
    }
}

fn product_picture(visit: &Visit, size: &str, id: &str, number: u8) -> Result<Option<Vec<u8>>, Problem> {
    let full = match size {
        "thumb" => None,
        "full" => visit.full_picture(&visit.product_of(id)?, number)?,
        _ => return Ok(None),
    };
    match full.filter(|bytes| kind_of(bytes).is_ok()) {
        Some(full) => Ok(Some(full)),
        None => visit.thumbnail(id, number),
    }
}

/// The picture's type by its first bytes; other files are not served.
fn kind_of(bytes: &[u8]) -> Result<&'static str, Problem> {
    let format = image::guess_format(bytes).ok().filter(|format| SHOWN.contains(format));
    let kind = format.map(|format| format.to_mime_type());
    kind.ok_or_else(|| Problem::new(Code::NotFound, "not a picture that can be shown"))
}
