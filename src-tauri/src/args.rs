//! The app's command line.

use std::path::PathBuf;

use clap::Parser;
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
    #[arg(long, value_name = "URL", env = "KNYTT_EVENTS", value_parser = of_the_web)]
    pub events: Option<Url>,
}

fn of_the_web(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("{error}"))?;
    if matches!(url.scheme(), "http" | "https") { Ok(url) } else { Err("not an address of the web".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feedback_goes_to_the_web_only() {
        assert!(Args::try_parse_from(["knytt-app", "--events", "http://localhost:1/v1/events"]).is_ok());
        for bad in ["file:///tmp/x", "shop.example", ""] {
            assert!(Args::try_parse_from(["knytt-app", "--events", bad]).is_err(), "{bad}");
        }
    }
}
