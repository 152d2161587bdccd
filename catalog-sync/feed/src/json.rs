//! JSON whose numbers stay as they were written: a price of 12.10 is not made a float on its way.

use std::fmt::{self, Write};

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::column::is_language;

/// One JSON value. The names of an object keep their order, and one that is there twice is kept twice.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// # Errors
    /// The text is not one JSON value.
    pub(crate) fn parse(text: &str) -> serde_json::Result<Self> {
        Self::of(serde_json::from_str(text)?)
    }

    pub(crate) fn of(raw: &RawValue) -> serde_json::Result<Self> {
        let text = raw.get();
        Ok(match text.as_bytes().first() {
            Some(b'"') => Self::Text(serde_json::from_str(text)?),
            Some(b'[') => {
                let parts: Vec<&RawValue> = serde_json::from_str(text)?;
                Self::List(parts.into_iter().map(Self::of).collect::<Result<_, _>>()?)
            }
            Some(b'{') => {
                let Parts(parts) = serde_json::from_str(text)?;
                let read = |(name, value)| Ok((name, Self::of(value)?));
                Self::Object(parts.into_iter().map(read).collect::<serde_json::Result<_>>()?)
            }
            Some(b'n') => Self::Null,
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            _ => Self::Number(text.to_owned()),
        })
    }

    /// The first value of this name, if it is an object that has it and it is not null.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(parts) = self else { return None };
        parts.iter().find(|(n, value)| n == name && *value != Self::Null).map(|(_, value)| value)
    }

    /// A text or a number as text, trimmed; none if there is nothing in it.
    pub(crate) fn scalar(&self) -> Option<&str> {
        let text = match self {
            Self::Text(text) => text.trim(),
            Self::Number(text) => text,
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
            _ => return None,
        };
        Some(text).filter(|text| !text.is_empty())
    }

    /// A text, or that of the first language where there is one for each: `{"es": "Rojo", "pt": "Vermelho"}`.
    pub(crate) fn words(&self) -> Option<String> {
        let Self::Object(parts) = self else { return self.scalar().map(str::to_owned) };
        let is_language = |name: &str| {
            let mut codes = name.split(['-', '_']);
            codes.next().is_some_and(is_language) && codes.all(|code| code.len() < 5)
        };
        let all = !parts.is_empty() && parts.iter().all(|(name, _)| is_language(name));
        if !all {
            return None;
        }
        parts.iter().find_map(|(_, value)| value.scalar()).map(str::to_owned)
    }

    /// [`Self::scalar`] of the value of this name.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.scalar()
    }

    /// The members of a list, or the value itself; null has none.
    pub(crate) fn each(&self) -> &[Self] {
        match self {
            Self::Null => &[],
            Self::List(members) => members,
            one => std::slice::from_ref(one),
        }
    }

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::List(members) => members.iter().all(Self::is_empty),
            Self::Object(parts) => parts.is_empty(),
            _ => false,
        }
    }

    /// What a cell shows of it: a text without its quotes, JSON where there is structure.
    pub(crate) fn cell(&self) -> String {
        self.scalar()
            .map_or_else(|| if self.is_empty() { String::new() } else { self.to_string() }, String::from)
    }

    /// One cell for each scalar of a list; else one for the whole.
    pub(crate) fn cells(&self) -> Vec<String> {
        match self {
            Self::List(members) if members.iter().all(|m| m.scalar().is_some() || *m == Self::Null) => {
                members.iter().filter_map(Self::scalar).map(String::from).collect()
            }
            other => vec![other.cell()],
        }
    }
}

/// Compact JSON.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Number(text) => f.write_str(text),
            Self::Text(text) => quoted(f, text),
            Self::List(members) => {
                f.write_char('[')?;
                for (at, member) in members.iter().enumerate() {
                    f.write_str(if at > 0 { "," } else { "" })?;
                    member.fmt(f)?;
                }
                f.write_char(']')
            }
            Self::Object(parts) => {
                f.write_char('{')?;
                for (at, (name, value)) in parts.iter().enumerate() {
                    f.write_str(if at > 0 { "," } else { "" })?;
                    quoted(f, name)?;
                    f.write_char(':')?;
                    value.fmt(f)?;
                }
                f.write_char('}')
            }
        }
    }
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str(&serde_json::to_string(text).map_err(|_| fmt::Error)?)
}

/// An object's parts, unread.
pub(crate) struct Parts<'a>(pub(crate) Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Parts<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Walk;
        impl<'de> Visitor<'de> for Walk {
            type Value = Parts<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parts<'de>, A::Error> {
                let mut parts = Vec::new();
                while let Some(part) = map.next_entry()? {
                    parts.push(part);
                }
                Ok(Parts(parts))
            }
        }
        deserializer.deserialize_map(Walk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_order_stay_as_they_were_written() {
        let json = Json::parse(r#" { "z": 12.10, "a": [1e2, "x\u00e9", null], "z": {"d": true} } "#).unwrap();
        assert_eq!(json.text("z"), Some("12.10"));
        assert_eq!(json.to_string(), r#"{"z":12.10,"a":[1e2,"xé",null],"z":{"d":true}}"#);
        assert_eq!(json.get("a").unwrap().cells(), ["1e2", "xé"]);
    }

    #[test]
    fn nothing_is_an_empty_cell() {
        for empty in ["null", "[]", "{}", "\" \"", "[null]"] {
            assert_eq!(Json::parse(empty).unwrap().cell(), "", "{empty}");
        }
        assert!(Json::parse("{\"a\":}").is_err() && Json::parse("1 2").is_err());
    }
}
