//! Bodies of JSON.

use serde::de::DeserializeOwned;

/// Reads JSON that somebody sent.
///
/// # Errors
/// What is wrong, and in which field: ``price.max: invalid type: integer `80`, expected a string at line 1 column 20``.
pub(crate) fn read_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, String> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        match error.path().iter().next().is_some() {
            true => format!("{}: {}", error.path(), error.inner()),
            false => error.inner().to_string(),
        }
    })?;
    reader.end().map_err(|error| error.to_string())?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Asked {
        #[expect(dead_code)]
        price: BTreeMap<String, String>,
    }

    #[test]
    fn an_error_names_the_field() {
        let wrong = |json: &str| read_json::<Asked>(json.as_bytes()).unwrap_err();
        let told = wrong(r#"{"price": {"max": 80}}"#);
        assert!(told.starts_with("price.max: invalid type: integer `80`, expected a string"), "{told}");
        assert!(wrong(r#"{"price": {}} {}"#).starts_with("trailing characters"));
        assert!(wrong("").starts_with("EOF while parsing"));
        read_json::<Asked>(br#" {"price": {"max": "80"}} "#).unwrap();
    }
}
