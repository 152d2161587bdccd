//! Merchandising: what a retailer changes about what shoppers find.
//!
//! One [`Merchandising`] document has rules and synonyms. A rule has conditions on the query and actions: it pins
//! products to places, boosts, buries or hides them, filters, and shows a banner or a link. A replacement has one product
//! take the place of another. A look is a picture with products on it. The document lies in the catalogue and travels in releases, so every program that searches
//! obeys it, without a network.
//!
//! [`check`] bounds a document, [`compiled`] prepares it for searches, [`synonyms`] finds other words for those of a
//! query, [`replaced`] follows replacements, and [`guidance`] says what the rules do to one query on one state of a catalogue.

pub(crate) mod check;
pub(crate) mod compiled;
pub(crate) mod document;
pub(crate) mod guidance;
pub(crate) mod looks;
pub(crate) mod replaced;
pub(crate) mod synonyms;
