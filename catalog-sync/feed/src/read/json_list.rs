//! Finds the products of a JSON document: every list of them, under whatever names, and objects that have them by
//! their ids. What is there beside them is told, so that nothing is lost without a word.

use serde_json::value::RawValue;

use super::json_member::{Member, Members, tell};
use super::json_table;
use super::json_walk::{List, Step, is_object, lists, traits_of, unwrapped};
use super::traits::{self, Traits};
use crate::json::Json;

/// Members of the lists, or the documents themselves if there are several without one.
///
/// # Errors
/// The text is not JSON.
pub(crate) fn members(text: &str) -> serde_json::Result<Members> {
    let documents: Vec<&RawValue> =
        serde_json::Deserializer::from_str(text).into_iter::<&RawValue>().collect::<Result<_, _>>()?;
    let mut found = Members::default();
    for document in documents {
        if let Some(rows) = json_table::rows(document) {
            found.members.extend(rows);
            continue;
        }
        let lists = lists(document);
        if lists.is_empty() || is_row_itself(document, &lists) {
            let (object, key) = unwrapped(document);
            found.members.push(Member { object: object.to_owned(), key, category: String::new() });
        } else {
            choose(lists, &mut found);
        }
    }
    Ok(found)
}

/// Whether a document has a name or an id, and in it only lists that nothing says are of products.
fn is_row_itself(document: &RawValue, lists: &[List<'_>]) -> bool {
    let says_so = |list: &List<'_>| {
        let name = list.path.iter().rev().find_map(Step::key);
        list.traits.are_of_products()
            || name.is_none_or(|name| traits::names_products(name) || traits::says_nothing(name))
    };
    is_object(document) && traits_of(document).is_named() && !lists.iter().any(says_so)
}

/// The products of one line of JSON lines, if it is not a product itself but has some in it.
pub(crate) fn of_line(line: &str) -> Option<Members> {
    let document: &RawValue = serde_json::from_str(line).ok()?;
    let lists = lists(document);
    if lists.iter().any(|list| list.traits.are_of_products()) {
        let mut found = Members::default();
        choose(lists, &mut found);
        return Some(found);
    }
    let (object, key) = unwrapped(document);
    let is_wrapped = !std::ptr::eq(object, document);
    let member = Member { object: object.to_owned(), key, category: String::new() };
    is_wrapped.then(|| Members { members: vec![member], left: Vec::new() })
}

/// Whether an object has others in it that may be products, and is not one itself.
pub(crate) fn may_hold_products(object: &Json) -> bool {
    let Json::Object(parts) = object else { return false };
    let is_object = |value: &Json| matches!(value, Json::Object(_));
    let holds = |(name, value): &(String, Json)| match value {
        Json::List(members) => members.iter().any(is_object) && name != "variants",
        value => is_object(value),
    };
    let own = Traits::of(parts.iter().map(|(name, _)| name.as_str()));
    let wraps =
        |parts: &[(String, Json)]| parts.iter().any(|part| holds(part) && traits::names_products(&part.0));
    let wraps_below = |(_, value): &(String, Json)| matches!(value, Json::List(members) if matches!(members.first(), Some(Json::Object(parts)) if wraps(parts)));
    let is_wrapper = || wraps(parts) || parts.iter().any(wraps_below);
    parts.iter().any(holds) && (!own.is_product() || (!own.has_price && is_wrapper()))
}

/// Takes the lists that are of products; tells the others.
fn choose(lists: Vec<List<'_>>, found: &mut Members) {
    let is_any = lists.iter().any(|list| list.traits.are_of_products());
    let rank = |list: &&List<'_>| {
        let traits = &list.traits;
        let is_strong = traits.are_of_products();
        (is_strong, !list.names_others(), is_strong.then(|| traits.fullness()), list.members.len())
    };
    let Some(base) = lists.iter().max_by_key(rank).map(|base| base.traits.clone()) else { return };
    let best = lists.iter().max_by_key(rank).map(List::name);
    let is_taken = |list: &List<'_>| {
        best.as_deref() == Some(&list.name()) || (!list.names_others() && list.traits.is_like(&base, is_any))
    };
    let (taken, left): (Vec<_>, Vec<_>) = lists.into_iter().partition(is_taken);
    left.iter().for_each(|list| tell(&mut found.left, list.name(), list.members.len()));
    let categories = categories(&taken);
    for (list, category) in taken.into_iter().zip(categories) {
        for (key, member) in list.members {
            let (object, beside) = unwrapped(member);
            let key = if key.is_empty() { beside } else { key };
            found.members.push(Member { object: object.to_owned(), key, category: category.clone() });
        }
    }
}

/// What tells several lists apart: the names on the way to each, without those that say nothing and those that all
/// have.
fn categories(lists: &[List<'_>]) -> Vec<String> {
    let says = |step: &&Step| step.key().is_none_or(|key| !traits::says_nothing(key));
    let paths: Vec<Vec<Step>> = lists.iter().map(|l| l.path.iter().filter(says).cloned().collect()).collect();
    let first = paths.first().cloned().unwrap_or_default();
    let is_one = paths.iter().all(|path| *path == first);
    let shortest = paths.iter().map(Vec::len).min().unwrap_or_default();
    let most = if is_one { shortest } else { shortest.saturating_sub(1) };
    let is_common =
        |at: &usize| matches!(first[*at], Step::Key(_)) && paths.iter().all(|p| p[*at] == first[*at]);
    let common = (0..most).take_while(is_common).count();
    let text = |step: &Step| match step {
        Step::Key(text) | Step::Name(text) => text.trim().to_owned(),
    };
    paths.iter().map(|path| path[common..].iter().map(text).collect::<Vec<_>>().join(" > ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String, String)> {
        let id = |member: &Member| Json::of(&member.object).unwrap().text("id").unwrap_or("-").to_owned();
        let found = members(text).unwrap().members;
        found.into_iter().map(|member| (id(&member), member.key, member.category)).collect()
    }

    fn ids(text: &str) -> String {
        read(text).iter().map(|(id, ..)| id.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn left(text: &str) -> Vec<(String, usize)> {
        members(text).unwrap().left
    }

    fn product(id: &str) -> String {
        format!(r#"{{"id": "{id}", "name": "Mug {id}", "image": "{id}.jpg", "price": 5}}"#)
    }

    #[test]
    fn all_lists_of_products_are_read_under_their_names() {
        let [a, b, c] = ["a", "b", "c"].map(product);
        let found = read(&format!(r#"{{"women": [{a}, {b}], "men": [{c}]}}"#));
        let categories: Vec<_> = found.iter().map(|(id, _, category)| format!("{id} {category}")).collect();
        assert_eq!(categories, ["a women", "b women", "c men"]);
        let nested =
            format!(r#"{{"data": {{"shoes": {{"items": [{a}]}}, "bags": {{"items": [{b}, {c}]}}}}}}"#);
        let categories: Vec<_> =
            read(&nested).iter().map(|(id, _, category)| format!("{id} {category}")).collect();
        assert_eq!(categories, ["a shoes", "b bags", "c bags"]);
        let deep = format!(r#"{{"acme": {{"women": {{"shoes": [{a}], "bags": [{b}]}}, "men": [{c}]}}}}"#);
        let categories: Vec<_> = read(&deep).into_iter().map(|(.., category)| category).collect();
        assert_eq!(categories, ["women > shoes", "women > bags", "men"]);
        let one = read(&format!(r#"{{"spring": [{a}]}}"#));
        assert_eq!(one[0].2, "", "one list by itself is no category");
    }

    #[test]
    fn lists_of_other_things_are_left_aside_by_name() {
        let [a, b] = ["a", "b"].map(product);
        let text = format!(
            r#"{{"categories": [{{"id": 1, "name": "Mugs", "image": "m.jpg"}}, {{"id": 2, "name": "Jugs", "image": "j.jpg"}}],
                "slides": [{{"image": "s.jpg", "title": "Sale", "link": "/sale"}}], "tags": ["x"],
                "shipping": [{{"name": "Post", "price": 4}}], "mugs": [{a}], "jugs": [{b}]}}"#
        );
        assert_eq!(ids(&text), "a b");
        let told = [("categories", 2), ("slides", 1), ("shipping", 1)].map(|(name, n)| (name.to_owned(), n));
        assert_eq!(left(&text), told);
    }

    #[test]
    fn products_by_their_ids_have_them() {
        let one = |name: &str| format!(r#"{{"name": "{name}", "image": "{name}.jpg", "price": 5}}"#);
        for text in [
            format!(r#"{{"products": {{"123": {}, "124": {}}}}}"#, one("a"), one("b")),
            format!(r#"{{"123": {}, "124": {}}}"#, one("a"), one("b")),
            format!(r#"{{"total": 2, "123": {}, "124": {}}}"#, one("a"), one("b")),
        ] {
            let keys: Vec<_> = read(&text).into_iter().map(|(_, key, _)| key).collect();
            assert_eq!(keys, ["123", "124"], "{text}");
        }
        let grouped =
            format!(r#"{{"mugs": {{"1": {}}}, "jugs": {{"2": {}, "3": {}}}}}"#, one("a"), one("b"), one("c"));
        let keys: Vec<_> = read(&grouped).into_iter().map(|(_, key, _)| key).collect();
        assert_eq!(
            keys,
            ["2", "3"].map(String::from),
            "one object by itself is told only under a name of products"
        );
    }

    #[test]
    fn categories_with_their_products_name_them() {
        let [a, b] = ["a", "b"].map(product);
        for text in [
            format!(
                r#"[{{"category": "Mugs", "products": [{a}]}}, {{"category": "Jugs", "products": [{b}]}}]"#
            ),
            format!(
                r#"{{"shop": "x", "image": "logo.png", "categories": [{{"id": 1, "name": "Mugs", "image": "m.jpg",
                    "items": [{a}]}}, {{"id": 2, "name": "Jugs", "image": "j.jpg", "items": [{b}]}}]}}"#
            ),
        ] {
            let categories: Vec<_> =
                read(&text).iter().map(|(id, _, category)| format!("{id} {category}")).collect();
            assert!(categories[0].ends_with("Mugs") && categories[1].ends_with("Jugs"), "{categories:?}");
            assert_eq!(ids(&text), "a b", "{text}");
        }
    }

    #[test]
    fn what_is_around_a_product_is_taken_off() {
        let [a, b] = ["a", "b"].map(product);
        assert_eq!(ids(&format!(r#"{{"edges": [{{"cursor": "1", "node": {a}}}, {{"node": {b}}}]}}"#)), "a b");
        let hit = |id: &str| {
            format!(r#"{{"_id": "{id}", "_source": {{"name": "Mug", "image": "m.jpg", "price": 5}}}}"#)
        };
        let text = format!(r#"{{"hits": {{"total": 2, "hits": [{}, {}]}}}}"#, hit("7"), hit("8"));
        let keys: Vec<_> = read(&text).into_iter().map(|(_, key, _)| key).collect();
        assert_eq!(keys, ["7", "8"]);
        assert_eq!(ids(&format!(r#"{{"product": {a}}}"#)), "a");
    }

    #[test]
    fn a_list_of_lists_is_a_table() {
        assert_eq!(ids(r#"[["id", "name", "price"], ["a", "Mug", 5], ["b", "Jug", 7.10]]"#), "a b");
    }

    #[test]
    fn parts_of_a_product_are_no_products() {
        let sizes = r#"[{"id": "a", "name": "Mug", "sizes": [{"size": "S", "price": 4}, {"size": "M", "price": 5}]}]"#;
        assert_eq!(ids(sizes), "a");
        let variants = r#"[{"id": "a", "title": "Mug", "price": 4, "items": [{"id": "s", "title": "S", "price": 4, "image": "s.jpg"}]}]"#;
        assert_eq!(ids(variants), "a");
        let line = r#"{"id": "a", "name": "Mug", "offers": [{"price": 4, "seller": "x"}], "brand": {"name": "Fjord"}}"#;
        assert!(of_line(line).is_none());
    }
}
