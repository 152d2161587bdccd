//! What a build tells at its end.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use knytt_engine::{Catalog, Reviewed};
use serde::Serialize;

use super::store::{Counts, Store, is_zero};
use crate::args::BuildArgs;
use crate::failure::Failure;
use crate::output::{self, counted, number, quiet};
use crate::source::Source;

/// The JSON of `knytt build --json`; see docs/json.md.
#[derive(Serialize)]
pub struct BuildReport {
    catalog: String,
    model: ModelName,
    products: u64,
    #[serde(flatten)]
    counts: Counts,
    /// Rows that their shop does not show, by the reason.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    skipped: BTreeMap<&'static str, u64>,
    /// Lists, elements and sheets of the feed that are none of products, with how long they are.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    left_aside: BTreeMap<String, usize>,
    /// Sheets of a workbook whose names are the categories of their products.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sheet_categories: Vec<String>,
    /// The column of the feed that was taken for that of the pictures, by what its cells are.
    #[serde(skip_serializing_if = "Option::is_none")]
    picture_column: Option<String>,
    /// Pictures beside the feed that are called like its products, where it names none.
    #[serde(skip_serializing_if = "is_zero")]
    pictures_beside: u64,
    /// The same of the titles.
    #[serde(skip_serializing_if = "Option::is_none")]
    title_column: Option<String>,
    /// Rows with the lowest of several prices.
    #[serde(skip_serializing_if = "is_zero")]
    from_prices: u64,
    /// What was found beside each other; absent if nothing has changed.
    #[serde(flatten)]
    reviewed: Option<Reviewed>,
    embedded: u64,
    seconds: f64,
    embedded_per_second: f64,
}

#[derive(Serialize)]
struct ModelName {
    name: String,
    fingerprint: String,
}

impl BuildReport {
    pub fn new(
        args: &BuildArgs,
        source: &Source,
        catalog: &Catalog,
        store: &Store,
        reviewed: Option<Reviewed>,
        elapsed: Duration,
    ) -> Result<Self> {
        let info = catalog.info()?;
        let seconds = elapsed.as_secs_f64();
        Ok(Self {
            catalog: args.catalog.display().to_string(),
            model: ModelName { name: info.model_name, fingerprint: info.fingerprint.as_str().into() },
            products: info.products,
            counts: store.counts(),
            skipped: match source {
                Source::Feed(feed) => feed.hidden().clone(),
                Source::Folder(_) => BTreeMap::new(),
            },
            left_aside: match source {
                Source::Feed(feed) => feed.left_aside().iter().cloned().collect(),
                Source::Folder(_) => BTreeMap::new(),
            },
            sheet_categories: match source {
                Source::Feed(feed) => feed.sheet_categories().to_vec(),
                Source::Folder(_) => Vec::new(),
            },
            picture_column: match source {
                Source::Feed(feed) => feed.picture_column().map(str::to_owned),
                Source::Folder(_) => None,
            },
            pictures_beside: match source {
                Source::Feed(feed) => feed.pictures_beside() as u64,
                Source::Folder(_) => 0,
            },
            title_column: match source {
                Source::Feed(feed) => feed.title_column().map(str::to_owned),
                Source::Folder(_) => None,
            },
            from_prices: match source {
                Source::Feed(feed) => feed.from_prices(),
                Source::Folder(_) => 0,
            },
            reviewed,
            embedded: store.embedded(),
            seconds,
            embedded_per_second: store.embedded() as f64 / seconds.max(1e-9),
        })
    }

    /// # Errors
    /// Standard output is closed.
    pub fn print(&self, args: &BuildArgs) -> Result<()> {
        if args.json { output::json(self) } else { output::text(&self.text()) }
    }

    /// # Errors
    /// Nothing of the source could be used.
    pub fn check(&self) -> Result<()> {
        if self.products > 0 {
            return Ok(());
        }
        Err(Failure::unusable("nothing in the source could be used")
            .hint(format!("the reasons: knytt inspect --catalog {}", self.catalog))
            .into())
    }

    fn text(&self) -> String {
        let c = &self.counts;
        let parts: Vec<_> = [
            (c.added, "new"),
            (c.reembedded, "with a new picture"),
            (c.described, "with new fields"),
            (c.unchanged, "unchanged"),
            (c.deleted, "deleted"),
        ]
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", number(*count)))
        .collect();
        let mut text =
            format!("{} in {}: {}\n", counted(self.products, "product"), self.catalog, parts.join(", "));
        if c.quarantined > 0 {
            let what = if c.quarantined == 1 {
                "1 file or row".into()
            } else {
                format!("{} files or rows", number(c.quarantined))
            };
            text.push_str(&format!("{what} set aside: knytt inspect --catalog {}\n", self.catalog));
        }
        if c.pictureless > 0 {
            text.push_str(&format!(
                "{} kept without a picture, found by words: knytt inspect --catalog {}\n",
                counted(c.pictureless, "product"),
                self.catalog
            ));
        }
        if c.earlier_pictures > 0 {
            text.push_str(&format!(
                "{} kept with the earlier picture, because there is no other now: knytt inspect --catalog {}\n",
                counted(c.earlier_pictures, "product"),
                self.catalog
            ));
        }
        text.push_str(&self.reviewed.as_ref().map(remarks).unwrap_or_default());
        if self.from_prices > 0 {
            let rows = counted(self.from_prices, "row");
            text.push_str(&format!(
                "{rows} with a lowest price (\"from\", or a range), which is taken as the price\n"
            ));
        }
        if let Some(column) = &self.picture_column {
            let column = output::plain(column);
            text.push_str(&format!(
                "pictures are those of the column {column}; --image-column names another\n"
            ));
        }
        if self.pictures_beside > 0 {
            let pictures = counted(self.pictures_beside, "picture");
            text.push_str(&format!(
                "the table names no pictures: {pictures} beside it are called like its products\n"
            ));
        }
        if let Some(column) = &self.title_column {
            let column = output::plain(column);
            text.push_str(&format!("titles are those of the column {column}; a --map file names another\n"));
        }
        if !self.sheet_categories.is_empty() {
            let names: Vec<_> = self.sheet_categories.iter().map(|name| output::plain(name)).collect();
            text.push_str(&format!(
                "without a column of categories, products have the names of their sheets: {}\n",
                names.join(", ")
            ));
        }
        if !self.left_aside.is_empty() {
            let parts: Vec<_> = self
                .left_aside
                .iter()
                .map(|(name, count)| format!("{} ({})", output::plain(name), number(*count as u64)))
                .collect();
            text.push_str(&format!("in the feed and no products: {}\n", parts.join(", ")));
        }
        if !self.skipped.is_empty() {
            let parts: Vec<_> =
                self.skipped.iter().map(|(why, count)| format!("{} {why}", number(*count))).collect();
            text.push_str(&format!(
                "not shown by the shop: {}; --unpublished takes them\n",
                parts.join(", ")
            ));
        }
        let rate = if self.embedded > 0 {
            format!(", {} embedded, {:.0}/s", counted(self.embedded, "picture"), self.embedded_per_second)
        } else {
            String::new()
        };
        text.push_str(&quiet(&format!("{:.1} s{rate}, model {}", self.seconds, self.model.name)));
        text.push('\n');
        text
    }
}

/// What somebody should know of the pictures.
fn remarks(reviewed: &Reviewed) -> String {
    let parts: Vec<String> = [
        (reviewed.guessed, "of a kind that was guessed from others that look like it"),
        (reviewed.flawed, "too small, blurred or blank (--refuse-poor sets them aside)"),
        (reviewed.near_duplicates, "nearly the same as another one (they are one hit)"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{}: {what}\n", counted(count, "picture")))
    .collect();
    parts.concat()
}
