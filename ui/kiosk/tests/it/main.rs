//! Tests of the kiosk.

mod flows;
mod shop;
mod tokens;
