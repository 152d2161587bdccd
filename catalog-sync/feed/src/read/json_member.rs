//! What is found in a JSON document: products to be, and what is left aside.

use serde_json::value::RawValue;

/// One product of a document.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) object: Box<RawValue>,
    /// The name that it is under, where products are by their ids; else empty.
    pub(crate) key: String,
    /// What the list is called among others, where it is one of several; else empty.
    pub(crate) category: String,
}

/// What a document has.
#[derive(Debug, Default)]
pub(crate) struct Members {
    pub(crate) members: Vec<Member>,
    /// Lists that are none of products, by their paths, with how long they are.
    pub(crate) left: Vec<(String, usize)>,
}

/// Adds to what is told of a list of this name.
pub(super) fn tell(left: &mut Vec<(String, usize)>, name: String, count: usize) {
    match left.iter_mut().find(|(known, _)| *known == name) {
        Some((_, known)) => *known += count,
        None => left.push((name, count)),
    }
}
