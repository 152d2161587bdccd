//! A table in JSON: a list of lists.

use serde_json::value::RawValue;

use super::json_member::Member;
use super::traits::Traits;

/// The rows of a list of lists whose first one has the names: `[["id", "title"], ["1", "Mug"]]`.
pub(super) fn rows(document: &RawValue) -> Option<Vec<Member>> {
    let rows: Vec<Vec<&RawValue>> = serde_json::from_str(document.get()).ok()?;
    let (header, rows) = rows.split_first()?;
    let names: Vec<String> =
        header.iter().map(|name| serde_json::from_str(name.get()).ok()).collect::<Option<_>>()?;
    if !Traits::of(names.iter().map(String::as_str)).are_of_products() {
        return None;
    }
    let member = |row: &Vec<&RawValue>| {
        let part = |(name, value): (&&RawValue, &&RawValue)| format!("{}:{}", name.get(), value.get());
        let parts: Vec<String> = header.iter().zip(row).map(part).collect();
        let object = RawValue::from_string(format!("{{{}}}", parts.join(","))).ok()?;
        Some(Member { object, key: String::new(), category: String::new() })
    };
    rows.iter().map(member).collect()
}
