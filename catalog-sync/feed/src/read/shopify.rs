//! Shopify's product CSV, as it was until 2024 (`Handle`, `Variant Price`, `Image Src`) and as it is since (`URL
//! handle`, `Price`, `Product image URL`).
//!
//! A product's first row says everything about it; the rows after it with the same handle have its other
//! variants, its other pictures, or both at once.

use std::sync::Arc;

use super::cells::RowBuilder;
use super::records::{Dialect, DialectRows, Keys, Record, Records};
use super::{Found, Reader};
use crate::column::normalise;
use crate::group_buffer::Counts;
use crate::{Columns, Result, Row, price};

/// What a column is about: which rows have it, and what it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Of the product, under one of Merchant Center's names.
    Product(&'static str),
    /// Of the product, under its own name.
    ProductOther,
    /// Of each variant, under one of Merchant Center's names.
    Variant(&'static str),
    /// Of each variant, under its own name.
    VariantOther,
    Handle,
    Title,
    Status,
    Published,
    OptionName(usize),
    OptionValue(usize),
    Price,
    CompareAt,
    Tracker,
    Quantity,
    Policy,
    VariantImage,
    Image,
    ImagePosition,
    ImageAlt,
}

/// The value of the one option of a product without a choice.
const NO_CHOICE: &str = "Default Title";

/// How many options a variant has at most.
const OPTIONS: usize = 3;

pub(crate) fn open(records: Records, columns: Columns, keys: Keys) -> impl Reader + use<> {
    let shopify = Shopify::new(records.header(), columns);
    DialectRows::new(records, shopify, keys)
}

/// Counts the rows of each product.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn keys(records: Records) -> Result<Keys> {
    let shopify = Shopify::new(records.header(), Columns::default());
    let mut counts = Counts::default();
    for record in records {
        if let Ok(record) = record? {
            counts.add(shopify.one(&record, Part::Handle));
        }
    }
    Ok(Keys { counts: Arc::new(counts), ..Keys::default() })
}

struct Shopify {
    /// Names as the file writes them, with what they are.
    header: Vec<(String, Part)>,
    columns: Columns,
}

impl Dialect for Shopify {
    fn key(&self, record: &Record, _: &Keys) -> Result<String, &'static str> {
        match self.one(record, Part::Handle) {
            "" => Err("it has no handle"),
            handle => Ok(handle.to_owned()),
        }
    }

    fn rows(&mut self, mut records: Vec<Record>, name: &str) -> Vec<Found> {
        // A file that was sorted anew may have the row that says everything anywhere.
        let says = |record: &Record| !self.one(record, Part::Title).is_empty();
        if let Some(main) = records.iter().position(says) {
            records[..=main].rotate_right(1);
        }
        let is_variant = |at: &usize| *at == 0 || self.is_variant(&records[*at]);
        let variants: Vec<usize> = (0..records.len()).filter(is_variant).collect();
        let gallery = self.gallery(&records);
        let ids = self.ids(&records, &variants);
        let mut rows = Vec::new();
        for (at, id) in variants.iter().zip(ids) {
            rows.push(Ok(self.row(&records, *at, id, variants.len() > 1, &gallery, name)));
        }
        rows
    }

    fn columns(&self) -> &Columns {
        &self.columns
    }
}

/// A product's pictures in their order, with what is said about each.
struct Gallery {
    images: Vec<(String, String)>,
    /// Those that are of one variant.
    of_variants: Vec<String>,
}

impl Shopify {
    fn new(header: &[String], mut columns: Columns) -> Self {
        // The feed has pictures even if no product read so far has one.
        drop(columns.column("image_link"));
        Self { header: header.iter().map(|name| (name.clone(), part(name))).collect(), columns }
    }

    /// The first filled cell that is this part of a record; empty if there is none.
    fn one<'r>(&self, record: &'r Record, part: Part) -> &'r str {
        let cells = self.header.iter().zip(&record.cells);
        let mut filled = cells.filter(|((_, p), _)| *p == part).map(|(_, cell)| cell.trim());
        filled.find(|cell| !cell.is_empty()).unwrap_or_default()
    }

    /// Not only another picture of the product.
    fn is_variant(&self, record: &Record) -> bool {
        [Part::OptionValue(0), Part::Price, Part::Variant("sku")]
            .iter()
            .any(|part| !self.one(record, *part).is_empty())
    }

    fn gallery(&self, records: &[Record]) -> Gallery {
        let mut images: Vec<(u32, String, String)> = Vec::new();
        for record in records {
            let image = self.one(record, Part::Image);
            if !image.is_empty() && !images.iter().any(|(_, known, _)| known == image) {
                let position = self.one(record, Part::ImagePosition).parse().unwrap_or(u32::MAX);
                images.push((position, image.to_owned(), self.one(record, Part::ImageAlt).to_owned()));
            }
        }
        images.sort_by_key(|(position, ..)| *position);
        let of_variants = records.iter().map(|record| self.one(record, Part::VariantImage).to_owned());
        Gallery {
            images: images.into_iter().map(|(_, image, alt)| (image, alt)).collect(),
            of_variants: of_variants.filter(|image| !image.is_empty()).collect(),
        }
    }

    /// Of each variant its SKU, if every variant has one of its own, else the handle with what was chosen. A
    /// product without a choice is known by its handle.
    fn ids(&self, records: &[Record], variants: &[usize]) -> Vec<String> {
        let handle = self.one(&records[0], Part::Handle);
        if variants.len() == 1 {
            return vec![handle.to_owned()];
        }
        let mut skus: Vec<&str> =
            variants.iter().map(|at| self.one(&records[*at], Part::Variant("sku"))).collect();
        let ids = skus.iter().map(|sku| (*sku).to_owned()).collect();
        skus.sort_unstable();
        if !skus.contains(&"") && skus.windows(2).all(|pair| pair[0] != pair[1]) {
            return ids;
        }
        let chosen = |at: &usize| {
            let values = (0..OPTIONS).map(|n| self.one(&records[*at], Part::OptionValue(n)));
            std::iter::once(handle)
                .chain(values.filter(|value| !value.is_empty()))
                .collect::<Vec<_>>()
                .join("/")
        };
        variants.iter().map(chosen).collect()
    }

    fn row(
        &mut self,
        records: &[Record],
        at: usize,
        id: String,
        has_variants: bool,
        gallery: &Gallery,
        name: &str,
    ) -> Row {
        let (first, own) = (&records[0], &records[at]);
        let mut columns = std::mem::take(&mut self.columns);
        let mut maker = RowBuilder::new(&mut columns);
        let handle = self.one(first, Part::Handle);
        maker.put("id", id);
        maker.put("title", self.one(first, Part::Title));
        if has_variants {
            maker.put("item_group_id", handle);
        }
        self.put_cells(first, own, &mut maker);
        self.put_choices(first, own, &mut maker);
        self.put_price(own, &mut maker);
        maker.put("availability", self.availability(own));
        put_pictures(self.one(own, Part::VariantImage), gallery, &mut maker);
        let mut row = Row::new(format!("{name}:{}", own.line), maker.cells());
        self.columns = columns;
        row.whole = Some(handle.to_owned());
        row.hidden = self.hidden(first);
        row
    }

    /// What needs no thought: the product's cells from its first row, the variant's from its own.
    fn put_cells(&self, first: &Record, own: &Record, maker: &mut RowBuilder<'_>) {
        for ((name, part), (of_first, of_own)) in self.header.iter().zip(first.cells.iter().zip(&own.cells)) {
            let of_product = if of_own.trim().is_empty() { of_first } else { of_own };
            match part {
                Part::Product(known) => maker.put(known, of_product),
                Part::ProductOther | Part::Status | Part::Published => maker.keep(name, of_product),
                Part::Variant("sku") => maker.keep("sku", of_own),
                Part::Variant(known) => maker.put(known, of_own),
                Part::VariantOther | Part::Tracker | Part::Quantity | Part::Policy => {
                    maker.keep(name, of_own)
                }
                _ => {}
            }
        }
    }

    fn put_choices(&self, first: &Record, own: &Record, maker: &mut RowBuilder<'_>) {
        for n in 0..OPTIONS {
            let (own_name, value) = (self.one(own, Part::OptionName(n)), self.one(own, Part::OptionValue(n)));
            let name = if own_name.is_empty() { self.one(first, Part::OptionName(n)) } else { own_name };
            put_choice(name, value, maker);
        }
    }

    /// What it cost before is the price, what it costs now the sale price, if that is less.
    fn put_price(&self, own: &Record, maker: &mut RowBuilder<'_>) {
        let (now, before) = (self.one(own, Part::Price), self.one(own, Part::CompareAt));
        put_prices(now, before, maker);
    }

    /// What is not counted is there. What has run out and is sold on comes later.
    fn availability(&self, own: &Record) -> &'static str {
        let continues =
            matches!(self.one(own, Part::Policy).to_lowercase().as_str(), "continue" | "true" | "yes");
        let count = self.one(own, Part::Quantity);
        availability(!self.one(own, Part::Tracker).is_empty(), count.parse().ok(), continues)
    }

    fn hidden(&self, first: &Record) -> Option<&'static str> {
        let status = self.one(first, Part::Status).to_lowercase();
        let published = self.one(first, Part::Published).to_lowercase();
        hidden(&status)
            .or_else(|| matches!(published.as_str(), "false" | "no" | "0").then_some("unpublished"))
    }
}

/// Why Shopify does not show a product of this status.
pub(super) fn hidden(status: &str) -> Option<&'static str> {
    match status {
        "draft" => Some("draft"),
        "archived" => Some("archived"),
        "unlisted" => Some("unpublished"),
        _ => None,
    }
}

/// In Merchant Center's words; empty if it cannot be told.
pub(super) fn availability(is_counted: bool, count: Option<f64>, continues: bool) -> &'static str {
    match count {
        _ if !is_counted => "in_stock",
        Some(count) if count > 0.0 => "in_stock",
        Some(_) if continues => "backorder",
        Some(_) => "out_of_stock",
        None => "",
    }
}

/// What was chosen under an option: a colour, a size, or something of the shop's own.
pub(super) fn put_choice(option: &str, value: &str, maker: &mut RowBuilder<'_>) {
    if value == NO_CHOICE || option.is_empty() {
        return;
    }
    maker.put_option(option, value);
}

pub(super) fn put_prices(now: &str, before: &str, maker: &mut RowBuilder<'_>) {
    let amount = |text: &str| price::read(text, &price::Style::with_point()).ok().map(|(amount, _)| amount);
    if amount(before).zip(amount(now)).is_some_and(|(before, now)| before > now) {
        maker.put("price", before);
        maker.put("sale_price", now);
    } else {
        maker.put("price", now);
        maker.keep("compare_at_price", before);
    }
}

/// The variant's own picture or the product's first; then the others, without those of other variants.
fn put_pictures(own: &str, gallery: &Gallery, maker: &mut RowBuilder<'_>) {
    let first = gallery.images.first().map(|(image, _)| image.as_str()).unwrap_or_default();
    let image = if own.is_empty() { first } else { own };
    maker.put("image_link", image);
    let others: Vec<_> = gallery.images.iter().filter(|(other, _)| other != image).collect();
    for (other, _) in others.iter().filter(|(other, _)| !gallery.of_variants.contains(other)) {
        maker.put("additional_image_link", other);
    }
    let alt = gallery.images.iter().find(|(known, _)| known == image).map(|(_, alt)| alt.as_str());
    maker.keep("image_alt_text", alt.unwrap_or_default());
    for (other, alt) in others {
        maker.keep(
            "additional_image_alt_text",
            if alt.is_empty() { String::new() } else { format!("{other} {alt}") },
        );
    }
}

fn part(name: &str) -> Part {
    let plain = normalise(name);
    if let Some(google) = plain.strip_prefix("google_shopping_") {
        return google_part(google);
    }
    if let Some(part) = option_part(&plain) {
        return part;
    }
    match plain.as_str() {
        "handle" | "url_handle" => Part::Handle,
        "title" => Part::Title,
        "body_html" | "description" => Part::Product("description"),
        "vendor" => Part::Product("brand"),
        "type" => Part::Product("product_type"),
        "product_category" | "google_product_category" => Part::Product("google_product_category"),
        "status" => Part::Status,
        "published" | "published_on_online_store" => Part::Published,
        "variant_sku" | "sku" => Part::Variant("sku"),
        "variant_barcode" | "barcode" => Part::Variant("gtin"),
        "variant_price" | "price" => Part::Price,
        "variant_compare_at_price" | "compare_at_price" => Part::CompareAt,
        "variant_inventory_tracker" | "inventory_tracker" => Part::Tracker,
        "variant_inventory_qty" | "inventory_quantity" => Part::Quantity,
        "variant_inventory_policy" | "continue_selling_when_out_of_stock" => Part::Policy,
        "variant_image" | "variant_image_url" => Part::VariantImage,
        "image_src" | "product_image_url" => Part::Image,
        "image_position" => Part::ImagePosition,
        "image_alt_text" => Part::ImageAlt,
        plain if is_of_variant(plain) => Part::VariantOther,
        _ => Part::ProductOther,
    }
}

/// `option1_name`, `option2_value`
fn option_part(plain: &str) -> Option<Part> {
    let (number, what) = plain.strip_prefix("option")?.split_once('_')?;
    let n = number.parse::<usize>().ok()?.checked_sub(1).filter(|n| *n < OPTIONS)?;
    match what {
        "name" => Some(Part::OptionName(n)),
        "value" => Some(Part::OptionValue(n)),
        _ => None,
    }
}

fn google_part(plain: &str) -> Part {
    Part::Product(match plain {
        "google_product_category" => "google_product_category",
        "gender" => "gender",
        "age_group" => "age_group",
        "mpn" => "mpn",
        "condition" => "condition",
        "custom_label_0" => "custom_label_0",
        "custom_label_1" => "custom_label_1",
        "custom_label_2" => "custom_label_2",
        "custom_label_3" => "custom_label_3",
        "custom_label_4" => "custom_label_4",
        _ => return Part::ProductOther,
    })
}

/// Prices of markets, weights and taxes are each variant's own.
fn is_of_variant(plain: &str) -> bool {
    const STARTS: [&str; 7] =
        ["variant_", "price_", "compare_at_price_", "inventory_", "weight_", "unit_price_", "option"];
    const NAMES: [&str; 5] =
        ["cost_per_item", "charge_tax", "tax_code", "requires_shipping", "fulfillment_service"];
    STARTS.iter().any(|start| plain.starts_with(start)) || NAMES.contains(&plain)
}
