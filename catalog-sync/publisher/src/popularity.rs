//! How often products are wanted, as a column of what is published.

use std::collections::BTreeMap;
use std::path::Path;

use crate::{Error, Result};

/// A number for each product, by its id. Products that are not named have none.
///
/// In a release it is the attribute [`Popularity::ATTRIBUTE`]; the retailer's own catalogue stays as it
/// is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Popularity(BTreeMap<String, f64>);

impl Popularity {
    /// The name of the attribute.
    pub const ATTRIBUTE: &str = "popularity";

    /// Reads lines of an id, a tab and a number; a first line `item_id` is a head.
    ///
    /// # Errors
    /// [`Error::Popularity`] names the first line that is none, [`Error::Io`] if the file cannot be read.
    pub fn read(file: &Path) -> Result<Self> {
        Self::parse(&fs_err::read_to_string(file)?)
    }

    /// [`Self::read`] for a text.
    ///
    /// # Errors
    /// [`Error::Popularity`].
    pub fn parse(text: &str) -> Result<Self> {
        let mut scores = BTreeMap::new();
        for (n, line) in text.lines().enumerate() {
            if line.trim().is_empty() || (n == 0 && line.starts_with("item_id")) {
                continue;
            }
            let wrong = || Error::Popularity { line: n + 1, text: line.into() };
            let (id, score) = line.split_once('\t').ok_or_else(wrong)?;
            let score =
                score.trim().parse::<f64>().ok().filter(|score| score.is_finite()).ok_or_else(wrong)?;
            scores.insert(id.into(), score);
        }
        Ok(Self(scores))
    }

    /// What is published for a product. Three digits: a count that moves a little changes nothing, and
    /// so costs devices nothing.
    pub(crate) fn value(&self, id: &str) -> Option<String> {
        let score = *self.0.get(id)?;
        if score == 0.0 {
            return Some("0".into());
        }
        let step = 10f64.powi(score.abs().log10().floor() as i32 - 2);
        let rounded = (score / step).round() * step;
        Some(if step >= 1.0 { format!("{rounded:.0}") } else { trimmed(format!("{rounded:.6}")) })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(String, f64)> for Popularity {
    fn from_iter<I: IntoIterator<Item = (String, f64)>>(scores: I) -> Self {
        Self(scores.into_iter().collect())
    }
}

fn trimmed(number: String) -> String {
    number.trim_end_matches('0').trim_end_matches('.').into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_numbers_of_three_digits() {
        let scores =
            Popularity::parse("item_id\tscore\na\t12345\nb\t0.5\n\nc\t0\nd\t2\ne\t-1.2345\n").unwrap();
        let value = |id| scores.value(id);
        assert_eq!(value("a").as_deref(), Some("12300"));
        assert_eq!(value("b").as_deref(), Some("0.5"));
        assert_eq!(value("c").as_deref(), Some("0"));
        assert_eq!(value("d").as_deref(), Some("2"));
        assert_eq!(value("e").as_deref(), Some("-1.23"));
        assert_eq!(value("f"), None);
    }

    #[test]
    fn a_line_that_is_no_score_is_named() {
        for (text, line) in [("a\t1\nb", 2), ("a\tmany", 1), ("a\tNaN", 1)] {
            assert!(matches!(Popularity::parse(text), Err(Error::Popularity { line: l, .. }) if l == line));
        }
    }
}
