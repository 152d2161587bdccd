//! What a source gives: products to be, and what is set aside.

use knytt_engine::Product;

use crate::picture::Picture;

/// One product to be, before its picture is read.
#[derive(Clone, Debug)]
pub struct Item {
    /// For people: `shirts/a.jpg`, or `feed.csv:17`.
    pub place: String,
    /// Where its picture is.
    pub picture: Picture,
    /// Where its further pictures are, in the order of [`Product::more_images`].
    pub further: Vec<Picture>,
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
    /// The id and the title of the product that it would be, as far as they are known.
    pub id: String,
    /// See `id`.
    pub title: String,
}

impl Item {
    /// Sets it aside.
    pub fn rejected(&self, code: &'static str, reason: impl Into<String>) -> Rejection {
        let Product { id, title, .. } = &self.product;
        Rejection::new(self.place.clone(), code, reason).of_product(id, title)
    }
}

impl Rejection {
    /// At this place, for this reason.
    pub fn new(place: impl Into<String>, code: &'static str, reason: impl Into<String>) -> Self {
        Self { place: place.into(), code, reason: reason.into(), id: String::new(), title: String::new() }
    }

    /// Names the product that it would be.
    pub fn of_product(self, id: &str, title: &str) -> Self {
        Self { id: id.into(), title: title.into(), ..self }
    }

    /// Its id and title for people, unless its place says as much.
    pub fn product(&self) -> Option<String> {
        match (self.id.as_str(), self.title.as_str()) {
            ("", "") => None,
            (id, _) if id == self.place => None,
            (id, "") => Some(id.into()),
            ("", title) => Some(format!("{title:?}")),
            (id, title) => Some(format!("{id} {title:?}")),
        }
    }
}

/// A product to be, or what is set aside.
pub type Entry = Result<Item, Rejection>;
