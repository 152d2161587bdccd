//! How the kiosk looks: the web interface's colours, fonts, measures, and what all screens are drawn with.

mod accent;
mod fonts;
mod icon;
mod paint;
mod tokens;
mod touch;

pub use self::fonts::{BOLD, FontsMissing, definitions};
pub use self::icon::Icon;
pub use self::paint::{Look, Weight, contain, cover, grid};
pub use self::tokens::Tokens;
pub use self::touch::touch_screen;
