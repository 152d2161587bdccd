//! What the command line accepts.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use knytt_models::{Device, Options, Precision, user_cache};

use crate::commands;
use crate::safety::Safety;
use crate::source::Selector;
use crate::weight::Weight;

const EXAMPLES: &str = "\
Examples:
  knytt build photos/ --catalog shop              a folder of pictures
  knytt build feed.csv --catalog shop             a product feed, whatever shop it is from
  knytt search --catalog shop --image photo.jpg
  knytt search --catalog shop --image photo.jpg --text \"in red\" --alpha 0.7 --html hits.html
  knytt search --catalog shop --text \"red dress under 50, not striped\" --why
  knytt search --catalog shop --like sku-17 --cheaper
  knytt inspect --catalog shop
  knytt catalog backup shop /backup/shop
  knytt key init keys && knytt publish --catalog shop --keys keys --to file:///srv/shop
  knytt sync --catalog mine --from https://shop.example/catalog/

Exit codes:
  0 done   1 failed   2 wrong usage   3 nothing usable in the input, or a row refused under --strict
  130 interrupted: what was done is kept";

/// Find the product in front of you: by photo, by words, or both, on this machine.
#[derive(Debug, Parser)]
#[command(name = "knytt", version, after_help = EXAMPLES, max_term_width = 100)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// One variant for each subcommand.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make or update a catalogue from a folder of pictures or a product feed
    Build(BuildArgs),
    /// Search a catalogue by photo, by words, or both
    Search(commands::search::SearchArgs),
    /// Show, teach and forget a shopper's taste, which searches can rank by
    Taste(commands::taste::TasteArgs),
    /// Measure the quality of search with labelled pictures
    Eval(commands::eval::EvalArgs),
    /// Show what a catalogue holds and what was refused
    Inspect(InspectArgs),
    /// Copy a catalogue that is in use, check one, and copy what is readable of a damaged one
    Catalog(commands::catalog::CatalogArgs),
    /// Make, replace and show the keys that releases are signed with
    Key(commands::key::KeyArgs),
    /// Sign a catalogue's present state as a release and put it where devices find it
    Publish(commands::publish::PublishArgs),
    /// Show the number of the published release, or set it after a restore from a backup
    Release(commands::release::ReleaseArgs),
    /// Bring a catalogue to the newest release of its publisher
    Sync(commands::sync::SyncArgs),
    /// Serve releases to devices, take their feedback, and search catalogues over HTTP
    Serve(Box<commands::serve::ServeArgs>),
    /// Show what shoppers looked for, found and did not find, and how kiosks are
    Report(commands::report::ReportArgs),
    /// Order the kiosks of a shop to start again or to take settings, signed
    Kiosk(commands::kiosk::KioskArgs),
    /// Make, list and revoke the keys by which a server knows publishers
    ApiKey(commands::api_key::ApiKeyArgs),
    /// Make the first admin of a server, who decides who else may do what
    Admin(commands::admin::AdminArgs),
    /// Get a model, convert one, and look at a bundle
    #[command(subcommand)]
    Model(ModelCommand),
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// Which model embeds, and where.
#[derive(Debug, Args)]
pub struct ModelArgs {
    /// Folder of the model bundle, or `starter` for the one inside knytt [default: the one that made
    /// the catalogue, else starter]
    #[arg(long, value_name = "BUNDLE")]
    pub model: Option<PathBuf>,

    /// Where the model runs: cpu, gpu, gpu:N, cuda, cuda:N, metal
    #[arg(long, value_name = "DEVICE", default_value = "cpu", value_parser = device)]
    pub device: Device,

    /// In what arithmetic it runs: auto, f32, bf16, int8. Auto is the fastest that was measured to find the
    /// same on this machine (`knytt model prove`), f32 until one was
    #[arg(long, value_name = "PRECISION", default_value = "auto", value_parser = precision)]
    pub precision: Precision,
}

impl ModelArgs {
    /// How its model is started.
    pub fn options(&self) -> Options {
        options(self.device, self.precision)
    }
}

fn options(device: Device, precision: Precision) -> Options {
    Options { device, precision, cache: user_cache(), ..Options::default() }
}

fn precision(text: &str) -> Result<Precision, String> {
    text.parse().map_err(|e: knytt_models::Error| e.to_string())
}

fn device(text: &str) -> Result<Device, String> {
    text.parse().map_err(|e: knytt_models::Error| e.to_string())
}

/// `knytt build`
#[derive(Debug, Args)]
pub struct BuildArgs {
    /// Folder of pictures, a product feed (Merchant Center, Shopify, WooCommerce, Magento, CSV, Excel, JSON, XML, Parquet), or
    /// pages with structured data
    #[arg(value_name = "FOLDER|FEED")]
    pub source: PathBuf,

    /// Folder of the catalogue: made when it is not there, else updated to mirror the source
    #[arg(long, value_name = "DIR")]
    pub catalog: PathBuf,

    #[command(flatten)]
    pub model: ModelArgs,

    /// Take only the rows of the feed where COLUMN has VALUE; again for more columns or more values
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    pub only: Vec<Selector>,

    /// The feed's column with the picture [default: image, image_link, image_path, …]
    #[arg(long, value_name = "COLUMN")]
    pub image_column: Option<String>,

    /// Currency of prices that name none, as three letters
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,

    /// What the feed's columns mean, as TOML: Merchant Center's names and the feed's; see docs/feeds.md
    #[arg(long, value_name = "FILE")]
    pub map: Option<PathBuf>,

    /// The feed's format [default: seen from its content]: table, jsonl, xml, heureka, yml, shopify, shopify-json,
    /// woocommerce, magento, meta, wix, wix-new, squarespace, ecwid, bigcommerce, etsy, json-ld, parquet
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<knytt_feed::Format>,

    /// Make each picture of a folder a product; without, pictures whose names say that they show one thing from
    /// several sides (SKU123_1.jpg, SKU123_2.jpg; bonnet-front.jpg, bonnet-side.jpg) are one
    #[arg(long)]
    pub each_picture: bool,

    /// Embed at most so many pictures of a product: a search finds it by the best of them, and its page shows all
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u8).range(1..=12))]
    pub pictures: u8,

    /// Take drafts and what is archived or not published too
    #[arg(long)]
    pub unpublished: bool,

    /// Download no pictures: use those that an earlier build downloaded
    #[arg(long)]
    pub offline: bool,

    /// Which index the catalogue keeps from now on [default: the IVF index of codes, from 1,024 products on]
    #[arg(long, value_enum)]
    pub index: Option<KeptIndex>,

    /// How much a part of the ranking counts in this catalogue: visual, likeness, identity, words, color,
    /// category, pattern, brand, price, personal, popularity, freshness or diversity; again for more
    #[arg(long = "weight", value_name = "PART=W")]
    pub weights: Vec<Weight>,

    /// A kind of thing; again for more. Products whose feed names no kind, in a shop where none does, get the
    /// one that the model sees, where it is sure enough
    #[arg(long = "kind", value_name = "NAME")]
    pub kinds: Vec<String>,

    /// Refuse unsafe pictures in this catalogue, of products and of queries. The name of a safety classifier of
    /// `knytt model list`, which works with every model, and after = the score from which it refuses; or the share of
    /// the prompts for what must not be shown from which a picture is refused, 0 to 1, or a JSON file with prompts of
    /// your own (the starter cannot judge by prompts); or off. Off unless said: `knytt model judge` measures it
    #[arg(long, value_name = "NAME[=SCORE]|SHARE|FILE|off")]
    pub safety: Option<Safety>,

    /// Set pictures aside that are too small, blurred or blank; without, they are kept and counted
    #[arg(long)]
    pub refuse_poor: bool,

    /// Keep products whose picture cannot be had: words and browsing find them, pictures do not, and the next build
    /// tries their pictures again
    #[arg(long, conflicts_with = "strict")]
    pub keep_pictureless: bool,

    /// Stop at the first bad row or picture instead of setting it aside
    #[arg(long)]
    pub strict: bool,

    /// Delete more than a fifth of the catalogue, or what a source of another kind had, if the source no longer has
    /// it; without, such a build stops before it does anything
    #[arg(long)]
    pub allow_deletes: bool,

    /// Throw the catalogue's content away first and embed everything again
    #[arg(long)]
    pub rebuild: bool,

    /// Take no picture from this machine or its networks: only what the feed itself holds, and what lies on the public
    /// internet. For feeds that somebody else wrote
    #[arg(long)]
    pub confined: bool,

    /// Run for another program: progress as lines of JSON on standard error, and an end when standard input closes
    #[arg(long)]
    pub attended: bool,

    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// `knytt inspect`
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// Folder of the catalogue
    #[arg(long, value_name = "DIR")]
    pub catalog: PathBuf,

    /// Read every product, vector and thumbnail and say whether they fit together
    #[arg(long)]
    pub check: bool,

    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// `knytt model …`
#[derive(Debug, Subcommand)]
pub enum ModelCommand {
    /// Show the models that can be got by name, and those that are here
    List(commands::models::ListArgs),
    /// Fetch a published model and make a bundle of it, or keep a safety classifier
    Get(commands::models::GetArgs),
    /// Make a bundle of a model on this machine: transformers' CLIP (also pytorch_model.bin), or open_clip's layout
    Convert(commands::models::ConvertArgs),
    /// Delete a bundle that `get` made
    Remove(commands::models::RemoveArgs),
    /// Show a bundle's architecture, sizes and fingerprint
    Info(BundleArgs),
    /// Load a bundle, check every tensor, and run one picture and one text through it
    Verify(BundleArgs),
    /// Compare what a device computes with what the processor does, and how fast it is, in small and large batches
    Compare(CompareArgs),
    /// Measure with a catalogue's pictures which arithmetic is fast on this machine and finds the same;
    /// --precision auto takes it from then on
    Prove(ProveArgs),
    /// Judge the pictures of a folder as the safety gate does, and show the shares that each threshold would refuse
    Judge(commands::judge::JudgeArgs),
}

/// `knytt model prove`
#[derive(Debug, Args)]
pub struct ProveArgs {
    /// Folder of a catalogue with pictures like those that will be searched
    #[arg(long, value_name = "DIR")]
    pub catalog: PathBuf,

    /// Folder of the model bundle, or `starter` [default: the one that made the catalogue]
    #[arg(long, value_name = "BUNDLE")]
    pub model: Option<PathBuf>,

    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// `knytt model compare`
#[derive(Debug, Args)]
pub struct CompareArgs {
    #[command(flatten)]
    pub bundle: BundleArgs,

    /// Folder of pictures to compare with [default: drawn patterns]
    #[arg(long, value_name = "DIR")]
    pub pictures: Option<PathBuf>,

    /// How many pictures of the folder at most, by name
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = count, requires = "pictures")]
    pub count: usize,

    /// Pictures in one pass
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "1,8,64,256", value_parser = count)]
    pub batch: Vec<usize>,
}

/// The bundle to look at.
#[derive(Debug, Args)]
pub struct BundleArgs {
    /// Folder of the bundle, or `starter` for the one inside knytt
    #[arg(value_name = "BUNDLE")]
    pub bundle: PathBuf,

    /// Where the model runs: cpu, gpu, gpu:N, cuda, cuda:N, metal
    #[arg(long, value_name = "DEVICE", default_value = "cpu", value_parser = device)]
    pub device: Device,

    /// In what arithmetic it runs: auto, f32, bf16, int8
    #[arg(long, value_name = "PRECISION", default_value = "auto", value_parser = precision)]
    pub precision: Precision,

    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

impl BundleArgs {
    /// How the model is started.
    pub fn options(&self) -> Options {
        options(self.device, self.precision)
    }
}

impl ProveArgs {
    /// Where what is measured is kept.
    pub fn options(&self) -> Options {
        options(Device::Cpu, Precision::Auto)
    }
}

/// Which kind of index a catalogue keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KeptIndex {
    /// No arroy index
    Exact,
    /// An arroy index, whatever the size
    Arroy,
}

/// Which kind of index answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum IndexChoice {
    /// The faster one at this size
    Auto,
    /// Compare with every product that passes the filters
    Exact,
    /// Compare codes of two bits per dimension first, if the catalogue is large enough for them
    Segments,
    /// Search the trees of the arroy index, if the catalogue keeps one
    Arroy,
}

impl From<IndexChoice> for knytt_engine::Strategy {
    fn from(choice: IndexChoice) -> Self {
        match choice {
            IndexChoice::Auto => Self::Auto,
            IndexChoice::Exact => Self::Exact,
            IndexChoice::Segments => Self::IvfRabitq,
            IndexChoice::Arroy => Self::Arroy,
        }
    }
}

pub fn fraction(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok(value),
        _ => Err("it must be a number from 0 to 1".into()),
    }
}

pub fn count(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(value) if (1..=10_000).contains(&value) => Ok(value),
        _ => Err("it must be a whole number from 1 to 10000".into()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
