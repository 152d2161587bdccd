//! The state of the keyboard on the screen.

use std::time::Duration;

/// What the keyboard knows beside the text.
#[derive(Debug, Default)]
pub(crate) struct Keyboard {
    pub(crate) capitals: bool,
    /// The key under the finger, and since when.
    pub(crate) pressed: Option<(char, Duration)>,
    /// The key whose accents are shown.
    pub(crate) accents: Option<char>,
}
