//! Finds the products of a JSON document: a list by itself, or the longest list of objects under whatever name.

use serde_json::value::RawValue;

use crate::column::{Role, role_of};
use crate::json::{Json, Parts};

/// How deep a list is looked for.
const MAX_DEPTH: usize = 6;

/// Members of the list, or the documents themselves if there are several without one.
///
/// # Errors
/// The text is not JSON.
pub(crate) fn members(text: &str) -> serde_json::Result<Vec<Box<RawValue>>> {
    let documents: Vec<&RawValue> =
        serde_json::Deserializer::from_str(text).into_iter::<&RawValue>().collect::<Result<_, _>>()?;
    let mut found = Vec::new();
    for document in documents {
        match longest(document, 0) {
            Some(list) => found.extend(list.into_iter().map(node)),
            None => found.push(document),
        }
    }
    Ok(found.into_iter().map(ToOwned::to_owned).collect())
}

/// Whether an object has a list of objects in it that may be products: not only the pictures or variants of one.
pub(crate) fn has_list(object: &Json) -> bool {
    let Json::Object(parts) = object else { return false };
    let lists = |(_, value): &(String, Json)| match value {
        Json::List(members) => members.iter().any(|member| matches!(member, Json::Object(_))),
        object => has_list(object),
    };
    !are_of_product(parts.iter().map(|(name, _)| name.as_str())) && parts.iter().any(lists)
}

/// Whether these are names of a product's parts: at least two, and one that no list of products has.
fn are_of_product<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let roles: Vec<Role> = names.filter_map(role_of).collect();
    let own = [Role::Image, Role::MoreImages, Role::Thumbnail, Role::Price, Role::Variants];
    roles.len() > 1 && roles.iter().any(|role| own.contains(role))
}

fn longest(value: &RawValue, depth: usize) -> Option<Vec<&RawValue>> {
    let text = value.get();
    match text.as_bytes().first() {
        Some(b'[') => serde_json::from_str::<Vec<&RawValue>>(text)
            .ok()
            .filter(|list| depth == 0 || list.iter().any(|member| member.get().starts_with('{'))),
        Some(b'{') if depth < MAX_DEPTH && !is_product(value) => {
            let Parts(parts) = serde_json::from_str(text).ok()?;
            parts.into_iter().filter_map(|(_, part)| longest(part, depth + 1)).max_by_key(Vec::len)
        }
        _ => None,
    }
}

/// Whether an object is a product itself, whose lists are of its pictures and the like.
fn is_product(value: &RawValue) -> bool {
    serde_json::from_str::<Parts<'_>>(value.get())
        .is_ok_and(|Parts(parts)| are_of_product(parts.iter().map(|(name, _)| name.as_str())))
}

/// What GraphQL puts around each member of a list.
fn node(member: &RawValue) -> &RawValue {
    match serde_json::from_str::<Parts<'_>>(member.get()) {
        Ok(Parts(parts)) => {
            parts.into_iter().find(|(name, _)| name == "node").map_or(member, |(_, node)| node)
        }
        Err(_) => member,
    }
}
