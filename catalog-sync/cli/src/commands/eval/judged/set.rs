//! Queries with their judgments, as JSON lines.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use knytt_engine::Product;
use knytt_models::decode::Limits;
use serde::Deserialize;

use crate::failure::Failure;
use crate::source::{self, field};

/// A query and what is right for it.
#[derive(Clone, Debug, Default)]
pub struct JudgedQuery {
    /// Queries of one kind are summed up together.
    pub kind: String,
    pub text: Option<String>,
    pub picture: Option<Picture>,
    pub like: Option<String>,
    pub without: Vec<String>,
    pub filters: Vec<String>,
    /// What the shopper kept and dismissed before.
    pub kept: Vec<String>,
    pub dismissed: Vec<String>,
    pub relevance: Relevance,
}

/// A query's picture.
#[derive(Clone, Debug)]
pub enum Picture {
    At(source::Picture),
    Bytes(Vec<u8>),
}

impl Picture {
    /// # Errors
    /// The file cannot be read.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        Ok(match self {
            Self::At(picture) => {
                let read = source::read_picture(picture, &Limits::default());
                read.map_err(|(_, reason)| Failure::new(reason))?
            }
            Self::Bytes(bytes) => bytes.clone(),
        })
    }
}

/// What is right.
#[derive(Clone, Debug)]
pub enum Relevance {
    /// By product: 1 for right, more for better.
    Graded(BTreeMap<String, u8>),
    /// Every product with this label, of which there are so many.
    Labelled { column: String, value: String, count: usize },
}

impl Default for Relevance {
    /// Nothing is right.
    fn default() -> Self {
        Self::Graded(BTreeMap::new())
    }
}

impl Relevance {
    /// 0 for wrong.
    pub fn grade(&self, product: &Product) -> u8 {
        match self {
            Self::Graded(grades) => grades.get(&product.id).copied().unwrap_or(0),
            Self::Labelled { column, value, .. } => u8::from(field(product, column).as_ref() == Some(value)),
        }
    }

    /// The grades of all that is right, best first, at most `most`.
    pub fn ideal(&self, most: usize) -> Vec<u8> {
        match self {
            Self::Graded(grades) => {
                let mut all: Vec<u8> = grades.values().copied().filter(|grade| *grade > 0).collect();
                all.sort_unstable_by(|a, b| b.cmp(a));
                all.truncate(most);
                all
            }
            Self::Labelled { count, .. } => vec![1; (*count).min(most)],
        }
    }

    /// How many products are right.
    pub fn count(&self) -> usize {
        match self {
            Self::Graded(grades) => grades.values().filter(|grade| **grade > 0).count(),
            Self::Labelled { count, .. } => *count,
        }
    }
}

/// A line of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(default)]
    kind: String,
    query: Asked,
    #[serde(default)]
    kept: Vec<String>,
    #[serde(default)]
    dismissed: Vec<String>,
    judgments: BTreeMap<String, u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    text: Option<String>,
    /// Relative to the file's folder.
    image: Option<PathBuf>,
    like: Option<String>,
    #[serde(default)]
    without: Vec<String>,
    #[serde(default)]
    filters: Vec<String>,
}

/// # Errors
/// The file cannot be read, or a line of it is no judged query.
pub fn read(file: &Path) -> Result<Vec<JudgedQuery>> {
    let base = file.parent().unwrap_or(Path::new(""));
    let text = fs_err::read_to_string(file)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(n, line)| {
            let place = || format!("{}:{} is no judged query", file.display(), n + 1);
            let Line { kind, query, kept, dismissed, judgments } =
                serde_json::from_str(line).with_context(place)?;
            Ok(JudgedQuery {
                kind,
                text: query.text,
                picture: query.image.map(|path| Picture::At(source::Picture::File(base.join(path)))),
                like: query.like,
                without: query.without,
                filters: query.filters,
                kept,
                dismissed,
                relevance: Relevance::Graded(judgments),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_query_with_its_judgments() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("q.jsonl");
        let line =
            r#"{"query": {"text": "red dress", "image": "a.jpg"}, "judgments": {"a": 2, "b": 0, "c": 1}}"#;
        fs_err::write(&file, format!("{line}\n\n")).unwrap();
        let found = read(&file).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].relevance.ideal(10), found[0].relevance.count()), (vec![2, 1], 2));
        assert!(
            matches!(&found[0].picture, Some(Picture::At(source::Picture::File(path))) if *path == folder.path().join("a.jpg"))
        );
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("q.jsonl");
        for bad in ["{", r#"{"query": {}, "judgements": {}}"#, r#"{"query": {"text": 3}, "judgments": {}}"#] {
            fs_err::write(&file, format!("\n{bad}\n")).unwrap();
            assert!(read(&file).unwrap_err().to_string().contains("q.jsonl:2"), "{bad}");
        }
    }
}
