//! What the app can be started with.

use std::path::PathBuf;

use clap::Parser;

/// Find the product in front of you.
#[derive(Clone, Debug, Default, Parser)]
#[command(name = "knytt-app", version, about)]
pub struct Args {
    /// A picture to search with, a link like knytt://product/ID, or words
    #[arg(value_name = "PICTURE|LINK|WORDS", num_args = 0..)]
    pub open: Vec<String>,

    /// Search the catalogue in this folder
    #[arg(long, value_name = "DIR")]
    pub catalog: Option<PathBuf>,

    /// Use this camera: file:PATH plays a .y4m, an .mjpeg or a folder of pictures
    #[arg(long, value_name = "CAMERA")]
    pub camera: Option<String>,

    /// Keep favourites, history and settings in this folder
    #[arg(long, value_name = "DIR", env = "KNYTT_DATA")]
    pub data: Option<PathBuf>,
}
