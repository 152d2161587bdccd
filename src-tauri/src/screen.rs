//! A picture of the screen.

use std::time::Duration;

use image::{DynamicImage, RgbImage};
use knytt_ui_api::{Code, Problem};
use tauri::WebviewWindow;
use xcap::Monitor;

/// How long a window manager may take to hide a window.
const HIDDEN_AFTER: Duration = Duration::from_millis(350);

/// The screen that the window is on, without the window. Blocks for a moment.
///
/// # Errors
/// The system does not let the app see the screen.
pub fn capture(window: &WebviewWindow) -> Result<RgbImage, Problem> {
    let place = window.outer_position().ok();
    let _ = window.hide();
    std::thread::sleep(HIDDEN_AFTER);
    let captured = monitor(place.map(|p| (p.x, p.y))).and_then(|monitor| monitor.capture_image());
    let _ = window.show();
    let _ = window.set_focus();
    let pixels = captured.map_err(|error| Problem::new(Code::ScreenUnavailable, error))?;
    Ok(DynamicImage::ImageRgba8(pixels).into_rgb8())
}

/// The one with the window on it, else the main one, else any.
fn monitor(window: Option<(i32, i32)>) -> xcap::XCapResult<Monitor> {
    if let Some(found) = window.and_then(|(x, y)| Monitor::from_point(x, y).ok()) {
        return Ok(found);
    }
    let mut all = Monitor::all()?;
    let main = all.iter().position(|monitor| monitor.is_primary().unwrap_or(false)).unwrap_or(0);
    if main < all.len() { Ok(all.swap_remove(main)) } else { Err(xcap::XCapError::new("no screen is there")) }
}
