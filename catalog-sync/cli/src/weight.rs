//! `color=0.3`: how much a part of the ranking counts.

use std::str::FromStr;

use knytt_engine::Weights;

/// One weight by its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Weight {
    name: String,
    value: f32,
}

impl FromStr for Weight {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = Weights::NAMES.join(", ");
        let (name, value) =
            text.split_once('=').ok_or_else(|| format!("write PART=W, with one of {names}"))?;
        let (name, value) = (name.trim().to_lowercase(), value.trim());
        if Weights::default().by_name(&name).is_none() {
            return Err(format!("{name:?} is none of {names}"));
        }
        match value.parse::<f32>() {
            Ok(value) if (0.0..=10.0).contains(&value) => Ok(Self { name, value }),
            _ => Err(format!("{value:?} is not a number from 0 to 10")),
        }
    }
}

/// The catalogue's weights (or the usual ones) with others in their places; `None` if there are none.
pub fn weights(of_catalog: Option<Weights>, others: &[Weight]) -> Option<Weights> {
    let mut weights = of_catalog.unwrap_or_default();
    for Weight { name, value } in others {
        if let Some(weight) = weights.by_name(name) {
            *weight = *value;
        }
    }
    (!others.is_empty()).then_some(weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_weights_replace_the_catalogues() {
        let others = ["color=0.5".parse().unwrap(), "Visual = 0".parse().unwrap()];
        let found = weights(Some(Weights { words: 0.7, ..Weights::default() }), &others).unwrap();
        assert_eq!((found.color, found.visual, found.words), (0.5, 0.0, 0.7));
        assert_eq!(weights(None, &[]), None);
    }

    #[test]
    fn what_is_no_weight_says_how_to_write_one() {
        for (text, hint) in
            [("color", "PART=W"), ("smell=1", "visual"), ("color=11", "0 to 10"), ("color=x", "0 to 10")]
        {
            assert!(text.parse::<Weight>().unwrap_err().contains(hint), "{text}");
        }
    }
}
