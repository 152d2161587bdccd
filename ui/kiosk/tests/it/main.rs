//! Tests of the kiosk.

mod tokens;
