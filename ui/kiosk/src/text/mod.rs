//! Text in any direction.
//!
//! egui shapes the letters of one run (so Arabic letters join), but lays runs out from left to right, and breaks
//! lines as if they all ran that way. [`lines`] therefore breaks the text and orders each line by the Unicode
//! Bidirectional Algorithm, and [`Label`] lays each piece out by itself.

mod label;
mod lines;

pub use self::label::{Label, Laid, Side};
pub use self::lines::{Line, lines};
