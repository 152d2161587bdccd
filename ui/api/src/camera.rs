//! Cameras, their preview and live search.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Problem, SearchResponse};

/// A camera that can be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CameraSource {
    /// What it is opened by.
    pub id: String,
    /// What the system calls it.
    pub name: String,
}

/// Which camera to open, and how. Its frames arrive as JPEG, each in a message of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct CameraRequest {
    /// [`CameraSource::id`]; the first one if empty.
    pub source: String,
    /// Wished for, in pixels; the nearest there is is taken.
    pub width: Option<u32>,
    /// Wished for, in pixels.
    pub height: Option<u32>,
    /// Whether stable frames are searched.
    pub live: bool,
    /// Whether codes (QR) are looked for in frames.
    pub codes: bool,
}

/// What a camera tells besides its frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum CameraEvent {
    /// It runs.
    Started {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// What a frame was good for.
    Live {
        /// It.
        frame: Box<LiveFrame>,
    },
    /// A code (QR) was read.
    Code {
        /// What it says.
        text: String,
    },
    /// It stopped by itself; nothing more follows.
    Failed {
        /// Why.
        problem: Problem,
    },
}

/// What became of one frame of a live search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LiveFrame {
    /// What it was like.
    pub state: FrameState,
    /// New results, when they have settled and differ from the last ones.
    pub response: Option<SearchResponse>,
}

/// What a frame is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum FrameState {
    /// The camera moves.
    Moving,
    /// It is out of focus, or too dark to tell.
    Blurred,
    /// It can be searched.
    Stable,
}
