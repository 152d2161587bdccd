//! What went wrong, in a form that can be told in any language.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A failure: the code chooses what the shopper reads, the message is the detail below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Problem {
    /// What kind.
    pub code: Code,
    /// One line in English.
    pub message: String,
}

/// Kinds of failure that the interface tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Code {
    /// A newer search has taken this one's place. Not shown.
    Superseded,
    /// The shopper stopped it. Not shown.
    Cancelled,
    /// The picture cannot be read.
    BadPicture,
    /// The shop's safety gate refuses the picture.
    UnsafePicture,
    /// The picture is larger than what is taken.
    TooLarge,
    /// There is no such product, picture or file.
    NotFound,
    /// The question asks for nothing, or cannot be read.
    BadQuery,
    /// There is no catalogue, or it cannot be opened.
    NoCatalog,
    /// There is a catalogue, and its file is damaged or cut short.
    DamagedCatalog,
    /// The catalogue was made with another model.
    WrongModel,
    /// The device that the model is to run on is not there.
    DeviceMissing,
    /// No camera is connected.
    CameraNone,
    /// The system does not let the app use it.
    CameraDenied,
    /// It was there and is gone.
    CameraLost,
    /// It gives no picture.
    CameraTimeout,
    /// The screen cannot be captured.
    ScreenUnavailable,
    /// The network cannot be reached.
    Offline,
    /// The disk is full.
    DiskFull,
    /// This is no link to a catalogue.
    BadLink,
    /// The link is not encrypted and names no key: anybody on the way could change what it brings.
    Insecure,
    /// There is no code in the picture, or none that can be read.
    NoCode,
    /// What came is not what was signed.
    Tampered,
    /// The shop offers an older release than the one that is here.
    Rollback,
    /// The shop's key is not the one that was expected.
    WrongRoot,
    /// Another catalogue is at this address than the one that came from there before.
    WrongCatalog,
    /// The shop's signatures have run out, and with a first download there is nothing to go on with.
    Expired,
    /// A later version of the app is needed for what the shop publishes.
    NewerFormat,
    /// The update is large and the connection is metered: it waits.
    Metered,
    /// This catalogue is being updated already.
    Busy,
    /// This shell cannot do that.
    Unsupported,
    /// Anything else.
    Internal,
}

impl Problem {
    /// A problem with its one line.
    pub fn new(code: Code, message: impl fmt::Display) -> Self {
        Self { code, message: message.to_string() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}
