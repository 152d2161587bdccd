//! `--map FILE.toml`: what a feed with names of its own means.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::column::merchant_name;
use crate::{Error, Result};

/// Which column is which attribute, and how cells are written.
///
/// ```toml
/// currency = "EUR"      # of prices that name none
/// delimiter = ";"       # between cells
/// separator = "|"       # between several values in one cell
/// decimal = ","         # the decimal sign of prices
///
/// [columns]             # Merchant Center's name = the feed's column
/// id = "Artikelnummer"
/// image_link = "Bild"
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// Three letters.
    pub currency: Option<String>,
    /// One ASCII character; `"\t"` for a tab.
    pub delimiter: Option<char>,
    /// One character.
    pub separator: Option<char>,
    /// `.` or `,`.
    pub decimal: Option<char>,
    /// The feed's columns by Merchant Center's names.
    pub columns: BTreeMap<String, String>,
}

impl Mapping {
    /// # Errors
    /// [`Error::Mapping`] or [`Error::Read`].
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs_err::read_to_string(path).map_err(Error::Read)?;
        Self::parse(&text).map_err(|reason| Error::Mapping { path: path.into(), reason })
    }

    /// # Errors
    /// What is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mapping: Self = toml::from_str(text).map_err(|error| error.to_string().trim().to_owned())?;
        if let Some(name) = mapping.columns.keys().find(|name| merchant_name(name).is_none()) {
            return Err(format!("{name:?} is not an attribute of Merchant Center"));
        }
        if mapping.delimiter.is_some_and(|c| !c.is_ascii()) {
            return Err("delimiter must be one ASCII character".into());
        }
        if mapping.decimal.is_some_and(|c| c != '.' && c != ',') {
            return Err("decimal must be \".\" or \",\"".into());
        }
        Ok(mapping)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_says_what_is_wrong_with_it() {
        let wrong = |text: &str| Mapping::parse(text).unwrap_err();
        assert!(wrong("[columns]\nmaterail = \"Stoff\"").contains("materail"));
        assert!(wrong("seperator = \"|\"").contains("seperator"));
        assert!(wrong("decimal = \"x\"").contains("decimal"));
        assert!(Mapping::parse("delimiter = \"\\t\"\n[columns]\nage_group = \"Alter\"").is_ok());
    }
}
