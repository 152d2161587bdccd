//! A product feed: rows of any format, and the products that they are.

mod beside;
mod check;
mod count;
mod learn;
mod options;
mod packed;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use self::options::Options;
use crate::archive::Archive;
use crate::entries::{Entries, Listings};
use crate::group_buffer::Counts;
use crate::product::{Defaults, listing};
use crate::read::{Found, Origin, Reader, Survey};
use crate::{Columns, Entry, Format, Rejection, Result, Row, group, visibility};

/// A feed that was read through once: its columns are known, its rows counted, and how many belong together.
pub struct Feed {
    path: PathBuf,
    /// The zip file that it was in.
    archive: Option<Archive>,
    /// What pictures' paths are relative to: the first folder that has one counts.
    bases: Vec<PathBuf>,
    /// The file's name, which places are told with.
    name: String,
    format: Format,
    options: Options,
    defaults: Defaults,
    survey: Survey,
    groups: Counts,
    columns: Columns,
    rows: usize,
    entries: usize,
    hidden: BTreeMap<&'static str, u64>,
    left_aside: Vec<(String, usize)>,
    sheet_categories: Vec<String>,
    from_prices: u64,
    /// The column whose cells are pictures, where no name says it.
    picture_column: Option<String>,
    /// The column with words that differ, where no name says which one has the titles.
    title_column: Option<String>,
}

impl Feed {
    /// Reads the feed through. Of a zip file the feed in it is read.
    ///
    /// # Errors
    /// Not a feed, unreadable, empty, or without the columns that are needed; a zip file with several feeds, or none.
    pub fn open(path: &Path, options: Options) -> Result<Self> {
        match Archive::open(path, &name_of(path))? {
            Some(archive) => Self::open_packed(path, archive, options),
            None => Self::open_file(path, name_of(path), None, options),
        }
    }

    /// Reads a feed in a file. `root` is the folder of the zip file that it was in, if it was.
    fn open_file(path: &Path, name: String, root: Option<&Path>, options: Options) -> Result<Self> {
        let format = options.format_of(path, &name)?;
        let mapping = options.mapping.clone().unwrap_or_default();
        let defaults = Defaults {
            currency: options.currency.clone().or(mapping.currency),
            separator: mapping.separator,
            decimal: mapping.decimal,
            ..Defaults::default()
        };
        let base = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
        let mut feed = Self {
            path: path.into(),
            archive: None,
            bases: std::iter::once(base).chain(root).map(Path::to_owned).collect(),
            name,
            format,
            options,
            defaults,
            survey: Survey::default(),
            groups: Counts::default(),
            columns: Columns::default(),
            rows: 0,
            entries: 0,
            hidden: BTreeMap::new(),
            left_aside: Vec::new(),
            sheet_categories: Vec::new(),
            from_prices: 0,
            picture_column: None,
            title_column: None,
        };
        feed.survey = feed.origin().survey()?;
        feed.learn_prices()?;
        feed.count()?;
        feed.look_beside()?;
        feed.check()?;
        Ok(feed)
    }

    /// The format that it was read as.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Whether it is a folder of pages.
    pub fn is_of_pages(&self) -> bool {
        self.path.is_dir()
    }

    /// About how many entries there will be: products and what is set aside.
    pub fn len(&self) -> usize {
        self.entries
    }

    /// Whether there are none; then it could not be opened.
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    /// What `--label` and the like can name.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// How many rows the shop does not show, by the reason; they are left out unless they were asked for.
    pub fn hidden(&self) -> &BTreeMap<&'static str, u64> {
        &self.hidden
    }

    /// Lists, elements and sheets that are none of products, by their names, each with how long it is.
    pub fn left_aside(&self) -> &[(String, usize)] {
        &self.left_aside
    }

    /// What the sheets of a workbook are called whose names are the categories of their products.
    pub fn sheet_categories(&self) -> &[String] {
        &self.sheet_categories
    }

    /// How many rows have the lowest of several prices: `from $12`, `19.90 - 29.90`.
    pub fn from_prices(&self) -> u64 {
        self.from_prices
    }

    /// The column that has the pictures by its cells, where none has a name that says it.
    pub fn picture_column(&self) -> Option<&str> {
        self.picture_column.as_deref()
    }

    /// The column that has the titles by its cells, where none has a name that says it.
    pub fn title_column(&self) -> Option<&str> {
        self.title_column.as_deref()
    }

    /// The rows that are asked for, in order, and what cannot be read.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn rows(&self) -> Result<impl Iterator<Item = Result<Found>> + Send + '_> {
        let taken = |found: &Result<Found>| match found {
            Ok(Ok(row)) => self.takes(row),
            _ => true,
        };
        Ok(numbered(self.reader()?).filter(taken))
    }

    /// One row's product, by itself.
    ///
    /// # Errors
    /// What the row lacks.
    pub fn item(&self, row: &Row) -> Entry {
        let mut entries = group::products(vec![listing(row, &self.defaults)?], self.pictures());
        entries
            .pop()
            .unwrap_or_else(|| Err(Rejection::new(row.place.clone(), "missing-image", "it names no picture")))
    }

    /// The products of all rows that are asked for. The first row with an id has it; later ones are refused.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn entries(&self) -> Result<impl Iterator<Item = Result<Entry>> + Send + '_> {
        let listings = Listings::new(Box::new(self.rows()?), &self.defaults);
        Ok(Entries::new(listings, &self.groups, self.pictures()))
    }

    fn takes(&self, row: &Row) -> bool {
        (self.options.unpublished || why_hidden(row).is_none()) && self.options.selection.takes(row)
    }

    fn pictures(&self) -> group::Pictures<'_> {
        group::Pictures { bases: &self.bases, may_be_missing: self.options.keep_pictureless }
    }

    fn origin(&self) -> Origin<'_> {
        let options = &self.options;
        Origin {
            path: &self.path,
            name: &self.name,
            format: self.format,
            delimiter: options.mapping.as_ref().and_then(|m| m.delimiter).and_then(|c| u8::try_from(c).ok()),
            columns: Columns::new(
                options.image_column.as_deref().or(self.picture_column.as_deref()),
                options.mapping.as_ref(),
            )
            .with_title(self.title_column.as_deref()),
        }
    }

    fn reader(&self) -> Result<Box<dyn Reader>> {
        self.origin().open(&self.survey)
    }
}

/// What places are told with.
fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into())
}

/// Rows that know how many they are from the beginning.
fn numbered(rows: impl Iterator<Item = Result<Found>>) -> impl Iterator<Item = Result<Found>> {
    rows.zip(1..).map(|(mut found, number)| {
        if let Ok(Ok(row)) = &mut found {
            row.number = number;
        }
        found
    })
}

/// Why the shop does not show a row's product, by its format or by a column.
fn why_hidden(row: &Row) -> Option<&'static str> {
    row.hidden.or_else(|| visibility::hidden(row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Mapping, Selection, Selector};

    fn feed(text: &str, options: Options) -> Result<(tempfile::TempDir, Feed)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.csv");
        std::fs::write(&path, text).unwrap();
        let feed = Feed::open(&path, options)?;
        Ok((folder, feed))
    }

    fn only(selector: &str) -> Options {
        Options {
            selection: Selection::new(vec![selector.parse::<Selector>().unwrap()]),
            ..Options::default()
        }
    }

    #[test]
    fn the_first_row_keeps_a_shared_id() {
        let (_folder, feed) = feed("id,image\n1,a.jpg\n2,b.jpg\n1,c.jpg\n", Options::default()).unwrap();
        let entries: Vec<_> = feed.entries().unwrap().map(Result::unwrap).collect();
        assert_eq!(entries[0].as_ref().unwrap().product.image, "a.jpg");
        let refused = entries[2].as_ref().unwrap_err();
        assert_eq!((refused.place.as_str(), refused.code), ("f.csv:4", "duplicate-id"));
        assert!(refused.reason.contains("f.csv:2"), "{}", refused.reason);
    }

    #[test]
    fn only_selected_rows_are_counted_and_read() {
        let (_folder, feed) = feed("image,split\na.jpg,train\nb.jpg,val\n", only("split=val")).unwrap();
        assert_eq!(feed.len(), 1);
        let ids: Vec<_> = feed.entries().unwrap().map(|e| e.unwrap().unwrap().product.id).collect();
        assert_eq!(ids, ["b.jpg"], "without an id column the picture's path is the id");
    }

    #[test]
    fn scattered_rows_of_a_group_come_together_and_are_counted_so() {
        let text = "id,item_group_id,image,size\n1,g,a.jpg,S\n2,h,b.jpg,S\n3,g,a.jpg,M\n4,,c.jpg,\n5,h,d.jpg,M\n6,g,,L\n";
        let (_folder, feed) = feed(text, Options::default()).unwrap();
        let entries: Vec<_> = feed.entries().unwrap().map(|e| e.unwrap().unwrap().product).collect();
        assert_eq!(feed.len(), entries.len());
        let seen: Vec<_> = entries.iter().map(|p| (p.id.as_str(), p.sizes.join(""))).collect();
        let expected = [("4", ""), ("2", "S"), ("5", "M"), ("1", "SML")];
        assert_eq!(seen, expected.map(|(id, sizes)| (id, sizes.to_owned())));
    }

    #[test]
    fn a_feed_that_cannot_work_is_refused_before_anything_is_done() {
        for (text, options) in [
            ("", Options::default()),
            ("id,image\n", Options::default()),
            ("id,title\n1,a\n", Options::default()),
            ("id,image\n1,a.jpg\n", only("split=val")),
            ("id,image\n1,a.jpg\n", only("id=2")),
            ("id,image\n1,a\n", Options { image_column: Some("shot".into()), ..Options::default() }),
            (
                "id,image\n1,a\n",
                Options {
                    mapping: Mapping::parse("[columns]\ntitle = \"Titel\"").ok(),
                    ..Options::default()
                },
            ),
        ] {
            assert!(feed(text, options).is_err(), "{text:?}");
        }
    }
}
