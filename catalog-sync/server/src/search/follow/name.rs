//! Which releases are followed, as a setting says it.

use std::str::FromStr;

use crate::objects::is_catalog_name;

/// A catalogue whose releases are searched here: `NAME`, or `NAME=SHA256` with the SHA-256 of its publisher's first
/// root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The catalogue's id, under which it is published here.
    pub name: String,
    /// SHA-256 of the first root that is trusted, hexadecimal; none: the one that lies in the object store when it
    /// is followed first, and no other from then on.
    pub root: Option<String>,
}

impl FromStr for Followed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, root) = match text.split_once('=') {
            Some((name, root)) => (name, Some(root.to_ascii_lowercase())),
            None => (text, None),
        };
        if !is_catalog_name(name) {
            return Err(format!("{name:?} is no id that a catalogue can be published under"));
        }
        if root.as_ref().is_some_and(|root| root.len() != 64 || !root.bytes().all(|b| b.is_ascii_hexdigit()))
        {
            return Err("after = comes the SHA-256 of the first root, 64 hexadecimal digits".into());
        }
        Ok(Self { name: name.into(), root })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_have_a_root_and_no_path() {
        let root = "AB".repeat(32);
        let followed: Followed = format!("shop={root}").parse().unwrap();
        assert_eq!((followed.name.as_str(), followed.root), ("shop", Some(root.to_lowercase())));
        assert_eq!("shop".parse::<Followed>().unwrap().root, None);
        for text in ["", "..", "a/b", "shop=", "shop=12", &format!("shop={}", "g".repeat(64))] {
            assert!(text.parse::<Followed>().is_err(), "{text}");
        }
    }
}
