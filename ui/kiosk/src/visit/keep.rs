//! All that a visit holds of its shopper: one value, so that dropping it forgets everything.

use std::sync::Arc;

use image::RgbImage;
use knytt_app_core::shop::Suggestions;
use knytt_ui_api::{Card, Choice, Problem, SearchRequest, SearchResponse, Sort};

use super::ask::OpenProduct;
use super::event::Screen;
use crate::language::Language;

/// Hits of one answer: ten screens of cards.
const LIMIT: u32 = 60;

/// What the hits were asked with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// Typed words.
    pub words: String,
    /// The frozen frame of the camera.
    pub picture: Option<Arc<RgbImage>>,
    /// Chosen values of fields.
    pub filters: Vec<Choice>,
    /// The order.
    pub sort: Sort,
}

/// What is known of one shopper.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// What fills the screen.
    pub screen: Screen,
    /// Where [`Event::Back`](super::Event::Back) leads, the last one first to go.
    pub trail: Vec<Screen>,
    /// The keyboard's text.
    pub typed: String,
    /// What may be meant by it.
    pub suggestions: Suggestions,
    /// What the hits were asked with.
    pub asked: Asked,
    /// The hits.
    pub response: Option<SearchResponse>,
    /// The hits of what the camera sees.
    pub live: Option<SearchResponse>,
    /// Whether the camera has read a code that stands for no product of the shop.
    pub unknown_code: bool,
    /// The open product.
    pub product: Option<OpenProduct>,
    /// Which of its pictures is shown large; 0: its own, else the number of a further one.
    pub picture: u8,
    /// Ids of products on the way back.
    pub seen: Vec<String>,
    /// What is taken along, with the address of each.
    pub list: Vec<(Card, Option<String>)>,
    /// Why the last question has no answer.
    pub problem: Option<Problem>,
    /// Whether an answer is awaited.
    pub waits: bool,
}

impl Asked {
    /// As the shop takes it.
    pub fn request(&self, ticket: u32, language: Language) -> SearchRequest {
        SearchRequest {
            ticket,
            words: self.words.clone(),
            alpha: 0.5,
            filters: self.filters.clone(),
            sort: self.sort,
            limit: LIMIT,
            language: Some(language.code().into()),
            ..SearchRequest::default()
        }
    }

    /// Whether a value is chosen.
    pub fn has(&self, field: &str, value: &str) -> bool {
        self.filters.iter().any(|choice| choice.field == field && choice.values.iter().any(|v| v == value))
    }

    /// Chooses a value of a field, or chooses it no more.
    pub(super) fn toggle(&mut self, field: &str, value: &str) {
        if let Some(choice) = self.filters.iter_mut().find(|choice| choice.field == field) {
            match choice.values.iter().position(|known| known == value) {
                Some(at) => drop(choice.values.remove(at)),
                None => choice.values.push(value.into()),
            }
        } else {
            self.filters.push(Choice { field: field.into(), values: vec![value.into()] });
        }
        self.filters.retain(|choice| !choice.values.is_empty());
    }
}

impl Kept {
    /// Whether a product is on the list to take along.
    pub fn takes(&self, id: &str) -> bool {
        self.list.iter().any(|(card, _)| card.id == id)
    }
}
