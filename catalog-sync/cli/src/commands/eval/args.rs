//! What `knytt eval` is asked.

use std::path::PathBuf;

use clap::Args;

use crate::args::{IndexChoice, ModelArgs, count};
use crate::source::Selector;
use crate::weight::Weight;

/// `knytt eval`
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// Folder of the catalogue
    #[arg(long, value_name = "DIR")]
    pub catalog: PathBuf,

    /// Feed of labelled pictures to search with
    #[arg(long, value_name = "FEED", required_unless_present_any = ["judged", "again", "out_of_domain"], requires = "label")]
    pub queries: Option<PathBuf>,

    /// Column that says what counts as right, in the feed and in the catalogue
    #[arg(long, value_name = "COLUMN", requires = "queries", default_value = "", hide_default_value = true)]
    pub label: String,

    /// Leave this label out of the queries and the catalogue; repeat for more
    #[arg(long, value_name = "VALUE")]
    pub ignore: Vec<String>,

    /// Take only the rows where COLUMN has VALUE; repeat for more columns or values
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    pub only: Vec<Selector>,

    /// The feed's column with the picture [default: image, image_link, image_path, …]
    #[arg(long, value_name = "COLUMN")]
    pub image_column: Option<String>,

    /// Queries with their judgments: a file of JSON lines, see docs/json.md
    #[arg(long, value_name = "FILE", conflicts_with = "queries")]
    pub judged: Option<PathBuf>,

    /// Photograph so many products of the catalogue again (a part of the picture, blurred, in other
    /// light, as a poor JPEG), and see whether each is found
    #[arg(long, value_name = "N", value_parser = count, conflicts_with_all = ["queries", "judged"])]
    pub again: Option<usize>,

    /// Folder of pictures of things that the catalogue does not have: measure how many are reported as no
    /// good match
    #[arg(long, alias = "foreign", value_name = "DIR", conflicts_with_all = ["queries", "judged", "again"])]
    pub out_of_domain: Option<PathBuf>,

    /// Measure the whole ranking and not only the index: by each of its stages, one after the other
    #[arg(long)]
    pub ablation: bool,

    /// Compare the ranking with this weight to the one without: PART=W as in `knytt search`;
    /// repeat for more
    #[arg(long = "weight", value_name = "PART=W", conflicts_with = "ablation")]
    pub weights: Vec<Weight>,

    /// Seed of the random numbers
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// Print the tables as Markdown
    #[arg(long, conflicts_with = "json")]
    pub markdown: bool,

    /// Which index is compared with the exact search
    #[arg(long, value_enum, default_value_t = IndexChoice::Auto)]
    pub index: IndexChoice,

    #[command(flatten)]
    pub model: ModelArgs,

    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

impl EvalArgs {
    /// Whether the whole ranking is measured, and not the nearness of vectors.
    pub fn is_ranked(&self) -> bool {
        self.judged.is_some()
            || self.again.is_some()
            || self.out_of_domain.is_some()
            || self.ablation
            || !self.weights.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::args::Cli;

    fn accepts(rest: &[&str]) -> bool {
        let line = ["knytt", "eval", "--catalog", "c"].iter().chain(rest);
        Cli::try_parse_from(line).is_ok()
    }

    #[test]
    fn there_is_something_to_measure_by() {
        assert!(!accepts(&[]) && !accepts(&["--queries", "f.csv"]));
        assert!(accepts(&["--queries", "f.csv", "--label", "kind"]));
        assert!(accepts(&["--judged", "q.jsonl", "--ablation"]) && accepts(&["--again", "100"]));
        assert!(!accepts(&["--judged", "q.jsonl", "--again", "100"]));
        assert!(accepts(&["--out-of-domain", "d"]) && accepts(&["--foreign", "d"]));
    }
}
