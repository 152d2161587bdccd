// On Windows a console would open beside the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

//! The desktop app's entry point; phones enter through the library.

fn main() -> std::process::ExitCode {
    knytt_app::run()
}
