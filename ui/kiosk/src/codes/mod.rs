//! Codes on goods: reads EAN-13, EAN-8, UPC-A, UPC-E, Code 128 and QR in the camera's frames.
//!
//! [`Reader`] finds the codes of one frame, [`Agreement`] believes a code that two frames agree on, [`Meaning`] says
//! what a code stands for, and [`products`] finds its products in a catalogue.

mod agreement;
mod code128;
mod ean;
mod gray;
mod line;
mod lookup;
mod meaning;
mod qr;
mod reader;

pub use self::agreement::Agreement;
pub use self::gray::Gray;
pub use self::lookup::products;
pub use self::meaning::Meaning;
pub use self::reader::{Kind, Read, Reader};
