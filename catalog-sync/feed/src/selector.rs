//! `--where COLUMN=VALUE`: which rows of a feed are taken.

use std::str::FromStr;

use crate::Row;

/// One `COLUMN=VALUE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    column: String,
    value: String,
}

impl FromStr for Selector {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=').map(|(column, value)| (column.trim(), value.trim())) {
            Some((column, value)) if !column.is_empty() => {
                Ok(Self { column: column.into(), value: value.into() })
            }
            _ => Err("write it as COLUMN=VALUE, for instance split=train".into()),
        }
    }
}

/// All selectors of a command: each column that is named must have one of its values.
#[derive(Clone, Debug, Default)]
pub struct Selection(Vec<Selector>);

impl Selection {
    /// All of these.
    pub fn new(selectors: Vec<Selector>) -> Self {
        Self(selectors)
    }

    /// Whether every row is taken.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The columns that are asked for.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|s| s.column.as_str())
    }

    pub(crate) fn takes(&self, row: &Row) -> bool {
        self.0.iter().all(|asked| {
            self.0.iter().any(|s| s.column.eq_ignore_ascii_case(&asked.column) && s.matches(row))
        })
    }
}

impl Selector {
    fn matches(&self, row: &Row) -> bool {
        row.get(&self.column).unwrap_or_default().trim().to_lowercase() == self.value.to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(texts: &[&str]) -> Selection {
        Selection::new(texts.iter().map(|t| t.parse().unwrap()).collect())
    }

    #[test]
    fn columns_narrow_and_values_of_one_column_widen() {
        let row = Row::of(&[("split", "Train"), ("kids", "no")]);
        assert!(selection(&["split=train"]).takes(&row));
        assert!(selection(&["split=val", "Split=train", "kids=no"]).takes(&row));
        assert!(!selection(&["split=train", "kids=yes"]).takes(&row));
        assert!(!selection(&["missing=x"]).takes(&row));
        assert!(selection(&["missing="]).takes(&row), "an absent value is an empty one");
    }

    #[test]
    fn a_selector_has_a_column() {
        assert!("split".parse::<Selector>().is_err() && "=x".parse::<Selector>().is_err());
        assert_eq!("a=b=c".parse::<Selector>().unwrap().value, "b=c");
    }
}
