//! Things that JSON-LD names by their `@id` in one place and describes in another.

use std::collections::HashMap;

use crate::json::Json;

/// How far references are followed; one in a circle has no end.
const MAX_DEPTH: usize = 4;

/// Things by their ids.
pub(crate) type Things<'j> = HashMap<&'j str, &'j Json>;

/// All things of a page that have an id and more than that.
pub(crate) fn named(documents: &[Json]) -> Things<'_> {
    let mut things = HashMap::new();
    documents.iter().for_each(|document| collect(document, &mut things));
    things
}

fn collect<'j>(json: &'j Json, things: &mut Things<'j>) {
    match json {
        Json::List(members) => members.iter().for_each(|member| collect(member, things)),
        Json::Object(parts) => {
            if let Some(id) = json.text("@id").filter(|_| parts.len() > 1) {
                things.entry(id).or_insert(json);
            }
            parts.iter().for_each(|(_, value)| collect(value, things));
        }
        _ => {}
    }
}

/// A product with the things that it only names put in.
pub(crate) fn resolved(json: &Json, things: &Things<'_>) -> Json {
    follow(json, things, MAX_DEPTH)
}

fn follow(json: &Json, things: &Things<'_>, depth: usize) -> Json {
    match json {
        Json::List(members) => {
            Json::List(members.iter().map(|member| follow(member, things, depth)).collect())
        }
        Json::Object(parts) => {
            let only_named = parts.len() == 1 && depth > 0;
            if let Some(thing) = json.text("@id").filter(|_| only_named).and_then(|id| things.get(id)) {
                return follow(thing, things, depth - 1);
            }
            Json::Object(
                parts.iter().map(|(name, value)| (name.clone(), follow(value, things, depth))).collect(),
            )
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_put_where_it_is_named() {
        let graph = Json::parse(
            r##"[{"@id": "#a", "image": {"@id": "#i"}, "twin": {"@id": "#a"}}, {"@id": "#i", "url": "x.jpg"}]"##,
        )
        .unwrap();
        let documents = [graph];
        let things = named(&documents);
        let product = resolved(documents[0].each().first().unwrap(), &things);
        assert_eq!(product.get("image").and_then(|image| image.text("url")), Some("x.jpg"));
        assert!(product.to_string().len() < 2000, "a circle ends");
    }
}
