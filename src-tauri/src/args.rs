//! The app's command line.

use std::path::PathBuf;

use clap::Parser;
use knytt_wire::takes_feedback;
use url::Url;

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

    /// Send feedback, if the shopper agrees to it, to this address instead of the catalogue's
    #[arg(long, value_name = "URL", env = "KNYTT_EVENTS", value_parser = private)]
    pub events: Option<Url>,
}

fn private(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("{error}"))?;
    let refused = || "anybody on the way could read it: say https, or an address of this machine".into();
    if takes_feedback(&url) { Ok(url) } else { Err(refused()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feedback_goes_encrypted_or_stays_on_this_machine() {
        assert!(Args::try_parse_from(["knytt-app", "--events", "http://localhost:1/v1/events"]).is_ok());
        assert!(Args::try_parse_from(["knytt-app", "--events", "https://shop.example/v1/events"]).is_ok());
        for bad in ["http://shop.example/v1/events", "file:///tmp/x", "shop.example", ""] {
            assert!(Args::try_parse_from(["knytt-app", "--events", bad]).is_err(), "{bad}");
        }
    }
}
