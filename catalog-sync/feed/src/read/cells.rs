//! The cells of a row that a reader puts together itself.

use std::sync::Arc;

use super::{json_price, pairs};
use crate::column::{Column, Role, merchant_name};
use crate::json::Json;
use crate::{Columns, choices, pictures};

/// A row's cells, by column.
pub(crate) type Cells = Vec<(Arc<Column>, String)>;

/// Builds a row cell by cell.
pub(crate) struct RowBuilder<'a> {
    columns: &'a mut Columns,
    cells: Cells,
}

impl<'a> RowBuilder<'a> {
    pub(crate) fn new(columns: &'a mut Columns) -> Self {
        Self { columns, cells: Vec::new() }
    }

    /// Under one of Merchant Center's names; an empty value is left out.
    pub(crate) fn put(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        if !value.trim().is_empty() {
            self.cells.push((self.columns.column(name), value));
        }
    }

    /// Under the shop's own name, whatever that would mean elsewhere; an empty value is left out.
    pub(crate) fn keep(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        if !value.trim().is_empty() {
            self.cells.push((self.columns.attribute(name), value));
        }
    }

    /// [`Self::keep`] for what JSON has under this name.
    pub(crate) fn keep_json(&mut self, name: &str, value: &Json) {
        value.cells().into_iter().for_each(|cell| self.keep(name, cell));
    }

    /// Under Merchant Center's name if it has an attribute of this name that is no part of a product, else
    /// under the name as it is.
    pub(crate) fn put_or_keep(&mut self, name: &str, value: &str) {
        let attribute = merchant_name(name).filter(|name| self.columns.column(name).role.is_none());
        match attribute {
            Some(known) => self.put(known, value),
            None => self.keep(name, value),
        }
    }

    /// What was chosen under an option: a colour, a size, or something of the shop's own.
    pub(crate) fn put_option(&mut self, option: &str, value: &str) {
        match choices::attribute(option) {
            Some(known) => self.put(known, value),
            None if option.is_empty() => {}
            None => self.keep(option, value),
        }
    }

    pub(crate) fn cells(self) -> Cells {
        self.cells
    }
}

/// Objects in a product whose parts are the product's own.
const AROUND: [&str; 8] = [
    "masterVariant",
    "master_variant",
    "defaultVariant",
    "default_variant",
    "extension_attributes",
    "stock_item",
    "identifiers",
    "seo_data",
];

/// Objects and lists with the product's price somewhere in them.
const WITH_PRICES: [&str; 5] = ["offers", "pricing", "prices", "price_range", "offer"];

/// The parts of a product with those of objects around some of them; what it says itself counts before.
fn lifted(parts: &[(String, Json)]) -> Vec<(String, Json)> {
    let mut all: Vec<(String, Json)> = Vec::new();
    let mut inner: Vec<(String, Json)> = Vec::new();
    for (name, value) in parts {
        match value {
            Json::Object(below) if AROUND.contains(&name.as_str()) => inner.extend(lifted(below)),
            _ => all.push((name.clone(), value.clone())),
        }
    }
    for (name, value) in inner {
        if !all.iter().any(|(known, value)| *known == name && !value.is_empty()) {
            all.push((name, value));
        }
    }
    all
}

/// Puts prices that are objects under the names of cells.
fn put_prices(name: &str, role: Role, value: &Json, columns: &mut Columns, cells: &mut Cells) -> bool {
    let Some((price, now)) = json_price::of(value, name.ends_with("_money")) else { return false };
    let own = if role == Role::SalePrice { "sale_price" } else { "price" };
    cells.push((columns.column(own), price));
    cells.extend(now.map(|now| (columns.column("sale_price"), now)));
    true
}

/// The cells of an object of JSON whose names are columns.
pub(crate) fn of_object(parts: &[(String, Json)], columns: &mut Columns) -> Cells {
    let mut cells = Vec::new();
    let parts = lifted(parts);
    for (name, value) in &parts {
        match value {
            // As we write products ourselves: what fills no part of one.
            Json::Object(others) if name == "attributes" => {
                for (name, value) in others {
                    let column = columns.attribute(name);
                    cells.extend(value.cells().into_iter().map(|cell| (Arc::clone(&column), cell)));
                }
            }
            Json::List(members) if pairs::may_be(name) && pairs::are(members) => {
                for (name, is_of_product, values) in pairs::of(members, name) {
                    let column = if is_of_product { columns.column(&name) } else { columns.attribute(&name) };
                    cells.extend(values.into_iter().map(|cell| (Arc::clone(&column), cell)));
                }
            }
            Json::Object(_) | Json::List(_)
                if columns.column(name).role.is_some_and(|(role, _)| {
                    matches!(role, Role::Price | Role::SalePrice)
                        && put_prices(name, role, value, columns, &mut cells)
                }) => {}
            Json::List(_) if name == "variants" => cells.push((columns.column(name), value.to_string())),
            value => {
                let column = columns.column(name);
                if let Some(known) = of_role(column.role.map(|(role, _)| role), value) {
                    cells.extend(known.into_iter().map(|cell| (Arc::clone(&column), cell)));
                    continue;
                }
                cells.extend(value.cells().into_iter().map(|cell| (Arc::clone(&column), cell)));
            }
        }
    }
    let is_price = |(column, value): &(Arc<Column>, String)| {
        matches!(column.role, Some((Role::Price | Role::SalePrice, _))) && !value.is_empty()
    };
    if !cells.iter().any(is_price) {
        let inside = parts.iter().find(|(name, _)| WITH_PRICES.contains(&name.as_str()));
        if let Some((name, value)) = inside {
            put_prices(name, Role::Price, value, columns, &mut cells);
            let first = value.each().first().and_then(|offer| offer.text("availability"));
            cells.extend(first.map(|said| (columns.column("availability"), said.to_owned())));
        }
    }
    cells
}

/// `lvl0`, as Algolia names the steps of a path.
fn is_level(name: &str) -> bool {
    let number = name.strip_prefix("lvl").or_else(|| name.strip_prefix("level"));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What has another form in JSON than in a cell: pictures are objects with addresses, brands and categories
/// objects with names, and a number's point is a decimal one.
fn of_role(role: Option<Role>, value: &Json) -> Option<Vec<String>> {
    match (role?, value) {
        (Role::Image | Role::MoreImages | Role::Thumbnail, Json::List(_) | Json::Object(_)) => {
            Some(pictures::of_json(value)).filter(|addresses| !addresses.is_empty())
        }
        (Role::Category, Json::Object(levels)) if levels.iter().all(|(name, _)| is_level(name)) => {
            // The last level has the whole path.
            levels.last().map(|(_, path)| path.each().iter().filter_map(Json::words).take(1).collect())
        }
        (Role::Brand | Role::Title | Role::Description, Json::Object(_)) if value.words().is_some() => {
            value.words().map(|words| vec![words])
        }
        (Role::Brand | Role::Category | Role::Title, Json::List(_) | Json::Object(_)) => {
            let name = |one: &Json| {
                let named =
                    ["name", "title", "label", "value"].iter().find_map(|name| one.get(name)?.words());
                one.words().or(named)
            };
            value.each().iter().map(name).collect()
        }
        (Role::Price | Role::SalePrice, Json::Number(number)) => {
            let is_long = number.rsplit_once('.').is_some_and(|(_, fraction)| fraction.len() == 3);
            is_long.then(|| vec![format!("{number}0")])
        }
        _ => None,
    }
}
