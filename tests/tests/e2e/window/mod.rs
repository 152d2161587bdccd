//! The app in a real window on a virtual display, driven through WebDriver as a person would.
//!
//! Each test starts the app for itself. Where the web driver or the display is missing (on other systems
//! than Linux), the tests say so and pass: `cargo xtask test` installs both on Debian.

mod app;
mod driver;
mod journeys;
mod offline;
mod sample;
