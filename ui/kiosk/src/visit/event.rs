//! What happens to a visit.

use std::sync::Arc;

use image::RgbImage;
use knytt_ui_api::{SearchResponse, Sort};

use super::ask::Answer;
use crate::language::Language;

/// What fills the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Screen {
    /// Nobody is there: the shop's products in turn.
    #[default]
    Attract,
    /// The camera's picture.
    Point,
    /// The keyboard.
    Type,
    /// Categories.
    Browse,
    /// Hits.
    Results,
    /// One product.
    Product,
    /// A code to take along.
    TakeAlong,
}

/// What a shopper, the camera or the shop did.
#[derive(Clone, Debug)]
pub enum Event {
    /// A touch or a key anywhere.
    Touched,
    /// To another screen.
    Go(Screen),
    /// To the screen before.
    Back,
    /// Letters were typed.
    Insert(String),
    /// The last letter goes.
    Erase,
    /// All letters go.
    Clear,
    /// Search with the typed words.
    Search,
    /// A suggestion takes the place of the typed words.
    SearchFor(String),
    /// A tap keeps this frame of the camera and searches with it.
    Freeze(Arc<RgbImage>),
    /// The hits of a stable frame of visit `.0`.
    Live(u64, Box<SearchResponse>),
    /// The camera of visit `.0` has read a code: the product that it stands for, if the shop has it.
    Scanned(u64, Option<String>),
    /// All products of one category.
    Category(String),
    /// A value of a field is chosen, or no more.
    Filter {
        /// As in [`knytt_ui_api::Choice::field`].
        field: String,
        /// As the shop writes it.
        value: String,
    },
    /// Another order.
    Sort(Sort),
    /// A product's page.
    Open(String),
    /// Another picture of the open product: 0 for its own, else the number of a further one.
    Picture(u8),
    /// A product is put on the list to take along, or taken off.
    Collect(String),
    /// Another language.
    Speak(Language),
    /// Dark or light.
    Dark(bool),
    /// Larger type, or the usual one.
    Larger(bool),
    /// Somebody answers that they are there.
    StillHere,
    /// The shopper ends the visit.
    Leave,
    /// The shop answered.
    Answered(Answer),
}
