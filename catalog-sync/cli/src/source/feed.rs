//! A product feed: rows of a CSV, TSV or JSONL file that point at pictures.

use std::collections::HashMap;
use std::collections::hash_map;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::column::IMAGE_NAMES;
use super::jsonl::JsonRows;
use super::product::item;
use super::table::TableRows;
use super::{Columns, Entry, Options, Rejection, Row};
use crate::failure::Failure;

type Rows = Box<dyn Iterator<Item = Result<Result<Row, Rejection>>> + Send>;

/// A feed that was read through once: its columns are known and its rows counted.
pub struct Feed {
    path: PathBuf,
    /// The file's name, which places are told with.
    name: String,
    format: Format,
    options: Options,
    columns: Columns,
    rows: usize,
}

#[derive(Clone, Copy)]
enum Format {
    Table,
    JsonLines,
}

impl Feed {
    /// # Errors
    /// Not a feed by its name, unreadable, empty, or without the columns that are needed.
    pub fn open(path: &Path, options: Options) -> Result<Self> {
        let name =
            path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into());
        let columns = Columns::new(options.image_column.clone());
        let mut feed = Self { path: path.into(), name, format: format(path)?, options, columns, rows: 0 };
        feed.survey()?;
        feed.check_columns()?;
        Ok(feed)
    }

    /// The file's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Rows that are asked for, and lines that cannot be read.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// What `--label` and the like can name.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The rows that are asked for, in order.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn rows(&self) -> Result<impl Iterator<Item = Result<Result<Row, Rejection>>> + Send + '_> {
        let taken = |row: &Result<Result<Row, Rejection>>| match row {
            Ok(Ok(row)) => self.options.selection.takes(row),
            _ => true,
        };
        Ok(self.all_rows()?.filter(taken))
    }

    /// The rows as products to be. The first row with an id has it; later ones are refused.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn entries(&self) -> Result<impl Iterator<Item = Result<Entry>> + Send + '_> {
        let mut lines = HashMap::new();
        Ok(self.rows()?.map(move |row| Ok(row?.and_then(|row| self.entry(&row, &mut lines)))))
    }

    /// One row's product.
    ///
    /// # Errors
    /// What the row lacks.
    pub fn item(&self, row: &Row) -> Entry {
        let base = self.path.parent().unwrap_or(Path::new(""));
        item(row, base, self.options.currency.as_deref())
            .map(|item| super::Item { place: self.place(row), ..item })
            .map_err(|(code, reason)| Rejection::new(self.place(row), code, reason))
    }

    /// `feed.csv:17`
    pub fn place(&self, row: &Row) -> String {
        format!("{}:{}", self.name, row.line)
    }

    fn entry(&self, row: &Row, lines: &mut HashMap<String, u64>) -> Entry {
        let item = self.item(row)?;
        match lines.entry(item.product.id.clone()) {
            hash_map::Entry::Vacant(vacant) => {
                vacant.insert(row.line);
                Ok(item)
            }
            hash_map::Entry::Occupied(first) => {
                let reason =
                    format!("the id {} is already that of {}:{}", first.key(), self.name, first.get());
                Err(Rejection::new(item.place, "duplicate-id", reason))
            }
        }
    }

    fn all_rows(&self) -> Result<Rows> {
        let columns = Columns::new(self.options.image_column.clone());
        Ok(match self.format {
            Format::Table => Box::new(TableRows::open(&self.path, &self.name, &mut columns.clone())?),
            Format::JsonLines => Box::new(JsonRows::open(&self.path, &self.name, columns)?),
        })
    }

    /// Counts the rows and meets the columns.
    fn survey(&mut self) -> Result<()> {
        let columns = self.columns.clone();
        match self.format {
            Format::Table => {
                let rows = TableRows::open(&self.path, &self.name, &mut self.columns)?;
                for row in rows {
                    self.count(&row?);
                }
            }
            Format::JsonLines => {
                let mut rows = JsonRows::open(&self.path, &self.name, columns)?;
                for row in rows.by_ref() {
                    self.count(&row?);
                }
                self.columns = rows.columns().clone();
            }
        }
        Ok(())
    }

    fn count(&mut self, row: &Result<Row, Rejection>) {
        let taken = row.as_ref().map_or(true, |row| self.options.selection.takes(row));
        self.rows += usize::from(taken);
    }

    fn check_columns(&self) -> Result<()> {
        let has = format!("it has: {}", self.columns.names().join(", "));
        if self.columns.names().is_empty() {
            return Err(Failure::unusable(format!("{} is empty", self.name))
                .hint("give a feed with rows")
                .into());
        }
        if !self.columns.have_image() {
            let (missing, wanted) = match &self.options.image_column {
                Some(chosen) => (format!("{} has no column {chosen}", self.name), String::new()),
                None => (
                    format!("{} has no column with pictures", self.name),
                    format!("; name one of them {} or say --image-column", IMAGE_NAMES[..3].join(", ")),
                ),
            };
            return Err(Failure::new(missing).hint(format!("{has}{wanted}")).into());
        }
        if let Some(column) = self.options.selection.columns().find(|c| !self.columns.contain(c)) {
            return Err(Failure::usage(format!("{} has no column {column} for --where", self.name))
                .hint(has)
                .into());
        }
        if self.rows == 0 {
            let why = if self.options.selection.is_empty() {
                "has no rows"
            } else {
                "has no row that --where takes"
            };
            return Err(Failure::unusable(format!("{} {why}", self.name)).into());
        }
        Ok(())
    }
}

fn format(path: &Path) -> Result<Format> {
    match path.extension().and_then(|e| e.to_str()).map(str::to_lowercase).as_deref() {
        Some("csv" | "tsv" | "tab" | "txt") => Ok(Format::Table),
        Some("jsonl" | "ndjson") => Ok(Format::JsonLines),
        _ => Err(Failure::new(format!("{} is neither a folder nor a feed", path.display()))
            .hint("feeds end in .csv, .tsv or .jsonl")
            .into()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Selection, Selector};
    use super::*;

    fn feed(text: &str, options: Options) -> Result<(tempfile::TempDir, Feed)> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("f.csv");
        std::fs::write(&path, text)?;
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
    fn a_feed_that_cannot_work_is_refused_before_anything_is_done() {
        for (text, options) in [
            ("", Options::default()),
            ("id,image\n", Options::default()),
            ("id,title\n1,a\n", Options::default()),
            ("id,image\n1,a.jpg\n", only("split=val")),
            ("id,image\n1,a.jpg\n", only("id=2")),
            ("id,image\n1,a\n", Options { image_column: Some("shot".into()), ..Options::default() }),
        ] {
            assert!(feed(text, options).is_err(), "{text:?}");
        }
    }
}
