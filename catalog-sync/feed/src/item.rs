//! What a source gives: products to be, and what is set aside.

use knytt_engine::Product;

use crate::Picture;

/// One product to be, before its picture is read.
#[derive(Clone, Debug)]
pub struct Item {
    /// For people: `shirts/a.jpg`, or `feed.csv:17`.
    pub place: String,
    /// Where its picture is.
    pub picture: Picture,
    /// Everything that is known without the picture.
    pub product: Product,
}

/// A row or a file that is set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The place of the item.
    pub place: String,
    /// For programs: `truncated-picture`, `duplicate-id`, …
    pub code: &'static str,
    /// For people.
    pub reason: String,
}

impl Rejection {
    /// At this place, for this reason.
    pub fn new(place: impl Into<String>, code: &'static str, reason: impl Into<String>) -> Self {
        Self { place: place.into(), code, reason: reason.into() }
    }
}

/// Either side of the sieve.
pub type Entry = Result<Item, Rejection>;

/// A code and a reason, before the place is known.
pub type Refusal = (&'static str, String);
