//! `words:linen*0.5`: one of several things that are asked for together.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::Result;
use knytt_engine::{Ingredient, QueryImage};

/// Something to ask for and its weight.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightedTerm {
    what: What,
    weight: f32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Image(PathBuf),
    Words(String),
    Product(String),
}

impl FromStr for WeightedTerm {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let how = "write image:FILE, words:TEXT or product:ID, and *0.5 behind it for a weight";
        let (kind, rest) = text.split_once(':').ok_or(how)?;
        let (what, weight) = match rest
            .rsplit_once('*')
            .and_then(|(what, weight)| Some((what, weight.trim().parse().ok()?)))
        {
            Some(split) => split,
            None => (rest, 1.0_f32),
        };
        if what.trim().is_empty() || !(-10.0..=10.0).contains(&weight) {
            return Err(how.into());
        }
        let what = match kind.trim().to_lowercase().as_str() {
            "image" => What::Image(what.into()),
            "words" | "text" => What::Words(what.into()),
            "product" => What::Product(what.into()),
            _ => return Err(how.into()),
        };
        Ok(Self { what, weight })
    }
}

impl WeightedTerm {
    /// Reads what it names. `read` reads a picture's file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn open(&self, read: impl Fn(&Path) -> Result<Vec<u8>>) -> Result<(Ingredient, f32)> {
        let what = match &self.what {
            What::Image(path) => Ingredient::Image(QueryImage::Encoded(read(path)?)),
            What::Words(words) => Ingredient::Words(words.clone()),
            What::Product(id) => Ingredient::Product(id.clone()),
        };
        Ok((what, self.weight))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_stands_behind_a_star() {
        let read = |text: &str| text.parse::<WeightedTerm>();
        assert_eq!(
            read("words:red linen*0.5").unwrap(),
            WeightedTerm { what: What::Words("red linen".into()), weight: 0.5 }
        );
        assert_eq!(
            read("product:a*b").unwrap(),
            WeightedTerm { what: What::Product("a*b".into()), weight: 1.0 }
        );
        assert_eq!(
            read("image:a.jpg*-1").unwrap(),
            WeightedTerm { what: What::Image("a.jpg".into()), weight: -1.0 }
        );
        for bad in ["linen", "smell:rose", "words:", "words:a*11", "words:a*nan"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
