//! Which changes of the API's description break a client that was written for the one before.

use std::collections::BTreeSet;

use serde_json::Value;

const SCHEMAS: &str = "#/components/schemas/";

/// What breaks clients of `before`, each in one line; nothing if they all go on working.
pub fn breaks(before: &Value, now: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    for (path, method, operation) in operations(before) {
        let place = format!("{} {path}", method.to_uppercase());
        match now["paths"][path].get(method) {
            None => broken.push(format!("{place}: removed")),
            Some(new) => compare_operation(&place, operation, new, &mut broken),
        }
    }
    let (asked, answered) = (reachable(before, "requestBody"), reachable(before, "responses"));
    for (name, schema) in members(&before["components"]["schemas"]) {
        match now["components"]["schemas"].get(name) {
            None => broken.push(format!("{name}: removed")),
            Some(new) => {
                let direction = Direction { asked: asked.contains(name), answered: answered.contains(name) };
                compare_schema(name, schema, new, direction, &mut broken);
            }
        }
    }
    broken
}

/// Where a schema is used.
#[derive(Clone, Copy)]
struct Direction {
    asked: bool,
    answered: bool,
}

fn compare_operation(place: &str, before: &Value, now: &Value, broken: &mut Vec<String>) {
    for (status, response) in members(&before["responses"]).filter(|(status, _)| status.starts_with('2')) {
        let Some(new) = now["responses"].get(status) else {
            broken.push(format!("{place}: no longer answers {status}"));
            continue;
        };
        for (kind, content) in members(&response["content"]) {
            let same = new["content"]
                .get(kind)
                .is_some_and(|new| kind_of(&content["schema"]) == kind_of(&new["schema"]));
            if !same {
                broken.push(format!("{place}: {status} is no longer the same {kind}"));
            }
        }
    }
    for (kind, content) in members(&before["requestBody"]["content"]) {
        let new = now["requestBody"]["content"].get(kind);
        if new.is_none_or(|new| kind_of(&content["schema"]) != kind_of(&new["schema"])) {
            broken.push(format!("{place}: no longer takes the same {kind}"));
        }
    }
    let no_parameters = Vec::new();
    let list = |operation: &Value| operation["parameters"].as_array().unwrap_or(&no_parameters).clone();
    let (old, new) = (list(before), list(now));
    let find = |all: &[Value], one: &Value| {
        all.iter().find(|p| p["name"] == one["name"] && p["in"] == one["in"]).cloned()
    };
    for parameter in &old {
        let same =
            find(&new, parameter).is_some_and(|new| kind_of(&new["schema"]) == kind_of(&parameter["schema"]));
        if !same {
            broken.push(format!("{place}: no longer takes the same {}", parameter["name"]));
        }
    }
    for parameter in new.iter().filter(|parameter| parameter["required"] == true) {
        if find(&old, parameter).is_none_or(|old| old["required"] != true) {
            broken.push(format!("{place}: {} is now required", parameter["name"]));
        }
    }
}

fn compare_schema(name: &str, before: &Value, now: &Value, used: Direction, broken: &mut Vec<String>) {
    let (kind, new) = (kind_of(before), kind_of(now));
    let may_grow = used.asked && !used.answered;
    if kind != new && !(may_grow && takes_more(&kind, &new)) {
        broken.push(format!("{name}: another type"));
    }
    for (field, schema) in members(&before["properties"]) {
        match now["properties"].get(field) {
            None => broken.push(format!("{name}.{field}: removed")),
            Some(new) if kind_of(schema) != kind_of(new) => {
                broken.push(format!("{name}.{field}: another type"))
            }
            Some(_) => {}
        }
    }
    let (old, new) = (names(&before["required"]), names(&now["required"]));
    if used.asked {
        broken.extend(new.difference(&old).map(|field| format!("{name}.{field}: now required")));
    }
    if used.answered {
        broken.extend(old.difference(&new).map(|field| format!("{name}.{field}: no longer always there")));
    }
    let (old, new) = (names(&before["enum"]), names(&now["enum"]));
    if used.asked {
        broken.extend(old.difference(&new).map(|value| format!("{name}: {value} is no longer taken")));
    }
    if used.answered {
        broken.extend(new.difference(&old).map(|value| format!("{name}: {value} may now come")));
    }
}

/// Whether all that differs is that more alternatives are taken.
fn takes_more(before: &Value, now: &Value) -> bool {
    let without = |kind: &Value| {
        let mut kind = kind.clone();
        kind.as_object_mut().and_then(|kind| kind.remove("oneOf"));
        kind
    };
    let (Some(old), Some(new)) = (before["oneOf"].as_array(), now["oneOf"].as_array()) else { return false };
    let mut new = new.iter();
    without(before) == without(now) && old.iter().all(|one| new.any(|other| other == one))
}

/// What a value is, without what only describes it.
fn kind_of(schema: &Value) -> Value {
    let mut kind = serde_json::Map::new();
    for key in ["$ref", "type", "format", "contentMediaType"] {
        kind.extend(schema.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    kind.extend(schema.get("items").map(|items| ("items".to_owned(), kind_of(items))));
    for key in ["oneOf", "anyOf", "allOf"] {
        let parts = schema[key].as_array().map(|parts| parts.iter().map(kind_of).collect());
        kind.extend(parts.map(|parts| (key.to_owned(), Value::Array(parts))));
    }
    Value::Object(kind)
}

/// The schemas that bodies (`requestBody`) or answers (`responses`) have in them.
fn reachable(api: &Value, part: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<String> =
        operations(api).flat_map(|(_, _, operation)| references(&operation[part])).collect();
    while let Some(name) = open.pop() {
        if found.insert(name.clone()) {
            open.extend(references(&api["components"]["schemas"][&name]));
        }
    }
    found
}

fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(map) => {
            let own = map.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix(SCHEMAS));
            own.map(str::to_owned).into_iter().chain(map.values().flat_map(references)).collect()
        }
        Value::Array(list) => list.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

fn operations(api: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    members(&api["paths"])
        .flat_map(|(path, item)| members(item).map(move |(method, operation)| (path, method, operation)))
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

fn names(list: &Value) -> BTreeSet<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn api() -> Value {
        json!({
            "paths": { "/things": { "post": {
                "parameters": [{ "name": "limit", "in": "query", "required": false, "schema": { "type": "integer" } }],
                "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Asked" } } } },
                "responses": { "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Told" } } } } },
            } } },
            "components": { "schemas": {
                "Asked": { "type": "object", "properties": { "text": { "type": "string" } } },
                "Told": { "type": "object", "required": ["id"],
                    "properties": { "id": { "type": "string" }, "note": { "type": ["string", "null"] } } },
            } },
        })
    }

    /// What changing this place of the description to `value` breaks; `Null` removes it.
    fn broken(pointer: &str, value: Value) -> Vec<String> {
        let mut now = api();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = now.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        let name = name.replace("~1", "/");
        if value.is_null() {
            parent.remove(&name)
        } else {
            parent.insert(name, value)
        };
        breaks(&api(), &now)
    }

    #[test]
    fn what_clients_rely_on_may_not_go() {
        let operation = "/paths/~1things/post";
        let schemas = "/components/schemas";
        for (pointer, value) in [
            ("/paths/~1things".to_owned(), Value::Null),
            (operation.into(), Value::Null),
            (format!("{operation}/responses/200"), Value::Null),
            (format!("{operation}/responses/200/content/application~1json"), Value::Null),
            (format!("{operation}/parameters"), json!([])),
            (format!("{operation}/requestBody/content/application~1json"), Value::Null),
            (format!("{schemas}/Told/properties/note"), Value::Null),
            (format!("{schemas}/Told/properties/id/type"), json!("integer")),
            (format!("{schemas}/Told/required"), json!([])),
            (format!("{schemas}/Asked/required"), json!(["text"])),
            (format!("{schemas}/Asked/properties/text"), Value::Null),
            (format!("{schemas}/Asked"), Value::Null),
        ] {
            assert!(!broken(&pointer, value).is_empty(), "{pointer}");
        }
    }

    #[test]
    fn alternatives_may_come_to_what_is_taken_and_to_nothing_else() {
        let one = |kinds: &[&str]| json!({ "oneOf": kinds.iter().map(|kind| json!({ "type": kind })).collect::<Vec<_>>() });
        for (name, may_grow) in [("Asked", true), ("Told", false)] {
            let mut before = api();
            before["components"]["schemas"][name] = one(&["string", "object"]);
            let with = |schema: Value| {
                let mut now = before.clone();
                now["components"]["schemas"][name] = schema;
                breaks(&before, &now).is_empty()
            };
            assert!(with(one(&["string", "object"])), "{name}");
            assert_eq!(with(one(&["string", "integer", "object"])), may_grow, "{name}");
            assert!(!with(one(&["string"])) && !with(json!({ "type": "string" })), "{name}");
        }
    }

    #[test]
    fn what_is_new_breaks_nothing() {
        assert_eq!(breaks(&api(), &api()), Vec::<String>::new());
        let schemas = "/components/schemas";
        for (pointer, value) in [
            ("/paths/~1other".to_owned(), json!({ "get": {} })),
            (format!("{schemas}/Told/properties/more"), json!({ "type": "string" })),
            (format!("{schemas}/Told/required"), json!(["id", "note"])),
            (format!("{schemas}/Asked/properties/more"), json!({ "type": "string" })),
            (format!("{schemas}/New"), json!({ "type": "object" })),
        ] {
            assert_eq!(broken(&pointer, value), Vec::<String>::new(), "{pointer}");
        }
    }
}
