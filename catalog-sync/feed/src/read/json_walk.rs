//! Goes through a JSON document and finds the lists in it.

use serde_json::value::RawValue;

use super::traits::{self, Traits};
use crate::json::{Json, Parts};

/// How deep a list is looked for.
const MAX_DEPTH: usize = 8;

/// So many members show what a list has.
const SAMPLE: usize = 20;

/// A step on the way to a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The name of a part.
    Key(String),
    /// What an object in a list calls itself: `{"name": "Shoes", "products": […]}`.
    Name(String),
}

/// A list of objects, or an object of objects.
pub(super) struct List<'a> {
    pub(super) path: Vec<Step>,
    pub(super) members: Vec<(String, &'a RawValue)>,
    pub(super) traits: Traits,
}

impl List<'_> {
    /// The names on the way to it, as people write them: `data.shoes.items`.
    pub(super) fn name(&self) -> String {
        let keys: Vec<&str> = self.path.iter().filter_map(Step::key).collect();
        if keys.is_empty() { "the list".into() } else { keys.join(".") }
    }

    /// Whether its own name says that it is of something else than products.
    pub(super) fn names_others(&self) -> bool {
        self.path.iter().rev().find_map(Step::key).is_some_and(traits::names_others)
    }
}

impl Step {
    pub(super) fn key(&self) -> Option<&str> {
        match self {
            Self::Key(key) => Some(key),
            Self::Name(_) => None,
        }
    }
}

pub(super) fn lists(document: &RawValue) -> Vec<List<'_>> {
    let mut found = Vec::new();
    walk(document, &mut Vec::new(), &mut found);
    found
}

fn walk<'a>(value: &'a RawValue, path: &mut Vec<Step>, found: &mut Vec<List<'a>>) {
    match value.get().as_bytes().first() {
        Some(b'[') => walk_list(value, path, found),
        Some(b'{') if path.len() < MAX_DEPTH => {
            let Ok(Parts(parts)) = serde_json::from_str::<Parts<'a>>(value.get()) else { return };
            walk_object(parts, path, found);
        }
        _ => {}
    }
}

fn walk_list<'a>(value: &'a RawValue, path: &mut Vec<Step>, found: &mut Vec<List<'a>>) {
    let Ok(members) = serde_json::from_str::<Vec<&'a RawValue>>(value.get()) else { return };
    // What is in a bare list is a row, whatever it is.
    if !path.is_empty() && !members.iter().any(|member| is_object(member)) {
        return;
    }
    let members: Vec<_> = members.into_iter().map(|member| (String::new(), member)).collect();
    let list = list_of(members, path);
    if list.traits.is_product() && !list.wraps_products() {
        found.push(list);
        return;
    }
    // Objects that are no products may have them: categories with what is in each.
    let mut inner = Vec::new();
    for member in list.members.iter().filter(|(_, member)| is_object(member)).map(|(_, m)| unwrapped(m).0) {
        let Ok(Parts(parts)) = serde_json::from_str::<Parts<'a>>(member.get()) else { continue };
        let name = called(&parts);
        path.extend(name.clone().map(Step::Name));
        walk_object(parts, path, &mut inner);
        path.truncate(path.len() - usize::from(name.is_some()));
    }
    inner.retain(|inner| list.may_hold(inner));
    if inner.iter().any(|list| list.traits.are_of_products()) {
        found.extend(inner);
    } else {
        found.push(list);
    }
}

fn walk_object<'a>(parts: Vec<(String, &'a RawValue)>, path: &mut Vec<Step>, found: &mut Vec<List<'a>>) {
    let own = Traits::of(parts.iter().map(|(name, _)| name.as_str()));
    let is_wrapper =
        !own.has_price && parts.iter().any(|(name, value)| wraps(name, value) || wraps_below(value));
    if own.is_product() && !is_wrapper {
        return;
    }
    if let Some(list) = by_ids(&parts, path) {
        found.push(list);
        return;
    }
    for (name, part) in parts {
        path.push(Step::Key(name));
        walk(part, path, found);
        path.pop();
    }
}

/// Products under their ids, if that is what most objects of an object are.
fn by_ids<'a>(parts: &[(String, &'a RawValue)], path: &[Step]) -> Option<List<'a>> {
    let objects: Vec<_> = parts.iter().filter(|(_, value)| is_object(value)).cloned().collect();
    let are_products = objects.iter().filter(|(_, value)| traits_of(value).is_whole_product()).count();
    let is_named = path.iter().rev().find_map(Step::key).is_some_and(traits::names_products);
    let enough = if is_named { 1 } else { 2 };
    (are_products >= enough && are_products * 2 > objects.len()).then(|| list_of(objects, path))
}

fn list_of<'a>(members: Vec<(String, &'a RawValue)>, path: &[Step]) -> List<'a> {
    let mut of_list = Traits::default();
    for (_, member) in members.iter().filter(|(_, member)| is_object(member)).take(SAMPLE) {
        of_list.add(traits_of(unwrapped(member).0));
    }
    List { path: path.to_vec(), members, traits: of_list }
}

impl<'a> List<'a> {
    /// Whether its members are no products but have them, under a name that says so.
    fn wraps_products(&self) -> bool {
        let wraps = |member: &&'a RawValue| {
            serde_json::from_str::<Parts<'a>>(member.get())
                .is_ok_and(|Parts(parts)| parts.iter().any(|(name, value)| wraps(name, value)))
        };
        !self.traits.has_price && self.members.iter().take(SAMPLE).map(|(_, member)| member).any(wraps)
    }

    /// Whether a list in one of its members may be of products, and not of the sizes or pictures of one.
    fn may_hold(&self, inner: &Self) -> bool {
        let name = inner.path.iter().rev().find_map(Step::key).unwrap_or_default();
        traits::names_products(name)
            || (!self.traits.has_price && !traits::is_of_a_part(name) && inner.traits.is_whole_product())
    }
}

/// Whether a part is a list of products by its name and by what is in it.
fn wraps(name: &str, value: &RawValue) -> bool {
    if !traits::names_products(name) {
        return false;
    }
    let first = match value.get().as_bytes().first() {
        Some(b'[') => {
            serde_json::from_str::<Vec<&RawValue>>(value.get()).ok().and_then(|m| m.first().copied())
        }
        Some(b'{') => serde_json::from_str::<Parts<'_>>(value.get())
            .ok()
            .and_then(|Parts(parts)| parts.first().map(|(_, value)| *value)),
        _ => None,
    };
    first.is_some_and(|first| is_object(first) && traits_of(unwrapped(first).0).are_of_products())
}

/// Whether a list's members have lists of products: categories with what is in each.
fn wraps_below(value: &RawValue) -> bool {
    let members =
        value.get().starts_with('[').then(|| serde_json::from_str::<Vec<&RawValue>>(value.get()).ok());
    let first =
        members.flatten().and_then(|members| members.first().copied()).filter(|first| is_object(first));
    let parts = first.and_then(|first| serde_json::from_str::<Parts<'_>>(first.get()).ok());
    parts.is_some_and(|Parts(parts)| parts.iter().any(|(name, value)| wraps(name, value)))
}

pub(super) fn is_object(value: &RawValue) -> bool {
    value.get().starts_with('{')
}

pub(super) fn traits_of(value: &RawValue) -> Traits {
    match serde_json::from_str::<Parts<'_>>(value.get()) {
        Ok(Parts(parts)) => Traits::of(parts.iter().map(|(name, _)| name.as_str())),
        Err(_) => Traits::default(),
    }
}

/// What an object in a list of them calls itself.
fn called(parts: &[(String, &RawValue)]) -> Option<String> {
    let names = ["name", "title", "category", "label", "slug", "id"];
    names.iter().find_map(|wanted| {
        let (_, value) = parts.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
        Json::of(value).ok()?.scalar().map(str::to_owned)
    })
}

/// A product without what is around it, such as GraphQL's `node` and Elasticsearch's `_source`, with the id that is
/// beside it there.
pub(super) fn unwrapped(member: &RawValue) -> (&RawValue, String) {
    let (mut object, mut id) = (member, String::new());
    for _ in 0..3 {
        let Ok(Parts(parts)) = serde_json::from_str::<Parts<'_>>(object.get()) else { break };
        let own = Traits::of(parts.iter().map(|(name, _)| name.as_str()));
        if own.has_title || own.has_price || own.has_picture {
            break;
        }
        let inner: Vec<_> = parts.iter().filter(|(_, value)| is_object(value)).collect();
        let is_product = |value: &RawValue| traits_of(value).are_of_products();
        let around = |name: &str| name == "node" || name == "attributes";
        let (name, value) = match inner.as_slice() {
            [(name, value)] => (name, *value),
            several => match several.iter().find(|(name, value)| around(name) || is_product(value)) {
                Some((name, value)) => (name, *value),
                None => break,
            },
        };
        if name != "node" && !is_product(value) {
            break;
        }
        let beside = parts.iter().find(|(name, _)| traits::is_id(name));
        let beside = beside.and_then(|(_, value)| Json::of(value).ok()?.scalar().map(str::to_owned));
        id = beside.unwrap_or(id);
        object = value;
    }
    (object, id)
}
