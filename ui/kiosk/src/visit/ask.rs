//! What a visit needs to know, and what it is told.

use std::sync::Arc;

use image::RgbImage;
use knytt_app_core::shop::Suggestions;
use knytt_ui_api::{Problem, ProductPage, SearchRequest, SearchResponse};

use crate::language::Language;
use crate::shop::Stock;

/// A question of one visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// The number of the visit: an answer to an earlier one is dropped.
    pub visit: u64,
    /// Grows by one with each question; only the answer to the newest of its kind is taken.
    pub ticket: u32,
    /// What the shopper speaks, for rules and synonyms of one language.
    pub language: Language,
    /// What.
    pub question: Question,
}

/// What can be asked of the shop.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// Search, or browse if nothing is asked for.
    Search {
        /// Words, filters, order.
        request: Box<SearchRequest>,
        /// The picture to search with.
        picture: Option<Arc<RgbImage>>,
    },
    /// A product's page.
    Product(String),
    /// What the typed words may become.
    Suggest(String),
}

/// The answer to an [`Ask`].
#[derive(Clone, Debug)]
pub struct Answer {
    /// [`Ask::visit`].
    pub visit: u64,
    /// [`Ask::ticket`].
    pub ticket: u32,
    /// What came of it.
    pub result: Result<Reply, Problem>,
}

/// What the shop replies.
#[derive(Clone, Debug)]
pub enum Reply {
    /// To [`Question::Search`].
    Search(Box<SearchResponse>),
    /// To [`Question::Product`].
    Product(Box<OpenProduct>),
    /// To [`Question::Suggest`].
    Suggest(Suggestions),
}

/// A product whose page is open.
#[derive(Clone, Debug, Default)]
pub struct OpenProduct {
    /// Its page.
    pub page: ProductPage,
    /// The address to take along if the shop gives one.
    pub link: Option<String>,
    /// What is known of it in this store; none if the shop says nothing of stores.
    pub stock: Option<Stock>,
}
