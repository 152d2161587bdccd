//! What `knytt search` is asked.

use std::path::{Path, PathBuf};

use clap::Args;
use knytt_engine::Gtin;

use super::ingredient::WeightedTerm;
use crate::args::{IndexChoice, ModelArgs, count, fraction};
use crate::weight::Weight;

/// `knytt search`
#[derive(Debug, Args)]
pub struct SearchArgs {
    /// Folder of the catalogue
    #[arg(long, value_name = "DIR")]
    pub catalog: PathBuf,

    #[command(flatten)]
    pub query: QueryArgs,

    /// What the hits should not be, in words; again for more. "not …" in --text does the same
    #[arg(long, value_name = "WORDS")]
    pub without: Vec<String>,

    /// Weight of the picture against the words, 0 to 1, when there are both
    #[arg(long, value_name = "A", default_value_t = 0.5, value_parser = fraction)]
    pub alpha: f32,

    /// Keep only matching products: category, brand, color, shade, pattern, size, availability,
    /// price=10..50, or any other column. The same key again widens, another key narrows, != excludes
    #[arg(long = "filter", value_name = "KEY=VALUE")]
    pub filters: Vec<String>,

    /// Take --text as it is: no condition ("under 50") is read out of it
    #[arg(long)]
    pub literal: bool,

    /// The last word of --text may be unfinished
    #[arg(long)]
    pub typing: bool,

    /// With --like: only what costs less, of the same category
    #[arg(long, requires = "like")]
    pub cheaper: bool,

    /// With --like: what goes well with it, instead of what is like it
    #[arg(long, requires = "like", conflicts_with = "cheaper")]
    pub goes_with: bool,

    /// How much a part of the ranking counts: visual, likeness, identity, words, color, category, pattern,
    /// brand, price, personal, popularity, freshness or diversity; again for more
    #[arg(long = "weight", value_name = "PART=W")]
    pub weights: Vec<Weight>,

    /// Rank by this shopper's taste too; see `knytt taste`
    #[arg(long, value_name = "FILE")]
    pub taste: Option<PathBuf>,

    /// The shopper's language, for rules and synonyms of one language
    #[arg(long, value_name = "TAG")]
    pub language: Option<String>,

    /// Show what each hit's place is made of
    #[arg(long)]
    pub why: bool,

    /// How many hits
    #[arg(short, value_name = "N", default_value_t = 10, value_parser = count)]
    pub k: usize,

    /// What finds the candidates: auto chooses by size
    #[arg(long, value_enum, default_value_t = IndexChoice::Auto)]
    pub index: IndexChoice,

    #[command(flatten)]
    pub model: ModelArgs,

    /// Print the result as JSON
    #[arg(long, conflicts_with = "html")]
    pub json: bool,

    /// Write the query and the hits as a page with pictures; `-` writes it to standard output
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

/// At least one of them.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct QueryArgs {
    /// A picture's file to search with, or words: the short form of --image and --text
    #[arg(value_name = "PICTURE|WORDS", conflicts_with_all = ["image", "text", "gtin", "like"])]
    pub short: Vec<String>,

    /// Search with this picture; `-` reads it from standard input
    #[arg(long, value_name = "FILE", conflicts_with = "like")]
    pub image: Option<PathBuf>,

    /// Search with these words; "under 50", "size M", "not striped", "brand:acme" in them filter
    #[arg(long, value_name = "WORDS")]
    pub text: Option<String>,

    /// Find the product with this number below its barcode: EAN, UPC, ISBN
    #[arg(long, value_name = "CODE", value_parser = gtin, conflicts_with_all = ["image", "text", "like", "add"])]
    pub gtin: Option<Gtin>,

    /// Search for more like this product of the catalogue
    #[arg(long, value_name = "ID")]
    pub like: Option<String>,

    /// Ask for something besides, with a weight beside the rest's 1: image:FILE, words:TEXT or
    /// product:ID, then *0.5, or *-0.5 to ask against it; again for more
    #[arg(long = "add", value_name = "WHAT[*W]")]
    pub add: Vec<WeightedTerm>,
}

impl QueryArgs {
    /// With the short form as what it stands for: a picture if it is the path of a file, else words.
    pub fn settled(mut self) -> Self {
        match &self.short[..] {
            [] => {}
            [path] if Path::new(path).is_file() => self.image = Some(path.into()),
            words => self.text = Some(words.join(" ")),
        }
        self.short.clear();
        self
    }
}

fn gtin(text: &str) -> Result<Gtin, String> {
    Gtin::parse(text).ok_or_else(|| {
        "not the number of a barcode: it has 8 to 14 digits, and the last one checks the others".into()
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::args::{Cli, Command};

    fn accepts(rest: &[&str]) -> bool {
        let line = ["knytt", "search", "--catalog", "c"].iter().chain(rest);
        Cli::try_parse_from(line).is_ok()
    }

    #[test]
    fn a_search_needs_something_to_search_with() {
        assert!(!accepts(&[]));
        assert!(accepts(&["hat"]) && accepts(&["--text", "hat"]) && accepts(&["--add", "words:hat"]));
    }

    #[test]
    fn what_stands_alone_is_a_picture_or_words() {
        let query = |rest: &[&str]| {
            let line = ["knytt", "search", "--catalog", "c"].iter().chain(rest);
            let Command::Search(args) = Cli::try_parse_from(line).unwrap().command else { panic!() };
            let query = args.query.settled();
            (query.image, query.text)
        };
        let words = |text: &str| (None, Some(text.to_owned()));
        assert_eq!(query(&["red", "dress"]), words("red dress"));
        assert_eq!(query(&["red dress", "-k", "3"]), words("red dress"));
        assert_eq!(query(&["no-such-file.jpg"]), words("no-such-file.jpg"));
        let here = concat!(env!("CARGO_MANIFEST_DIR"), "/src/commands/search/args.rs");
        assert_eq!(query(&[here]), (Some(here.into()), None));
        assert!(!accepts(&["hat", "--text", "hat"]) && accepts(&["hat", "--add", "words:red"]));
    }

    #[test]
    fn the_number_of_a_barcode_stands_alone_and_is_checked() {
        assert!(accepts(&["--gtin", "4006381333931"]));
        assert!(!accepts(&["--gtin", "4006381333930"]));
        assert!(!accepts(&["--gtin", "4006381333931", "--text", "pen"]));
    }

    #[test]
    fn what_is_out_of_range_is_refused() {
        for bad in
            [["--alpha", "1.5"], ["--alpha", "NaN"], ["-k", "0"], ["-k", "-3"], ["--weight", "color=-1"]]
        {
            assert!(!accepts(&["--text", "hat", bad[0], bad[1]]), "{bad:?}");
        }
    }

    #[test]
    fn what_belongs_to_a_product_needs_one() {
        assert!(!accepts(&["--text", "hat", "--cheaper"]));
        assert!(accepts(&["--like", "a", "--cheaper"]) && accepts(&["--like", "a", "--goes-with"]));
    }
}
