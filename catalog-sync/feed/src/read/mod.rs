//! Readers: each turns one format into rows under Merchant Center's names. What rows mean, which of them are
//! one product, and which are wanted, is not theirs to say.

mod bmecat;
mod by_name;
mod cells;
mod etsy;
mod families;
mod header;
mod headless;
mod heureka;
mod json_ld;
mod json_list;
mod json_member;
mod json_price;
mod json_table;
mod json_variants;
mod json_walk;
mod jsonl;
mod loose_json;
mod magento;
mod manner;
mod no_product;
mod node;
mod pairs;
mod parquet;
mod quote_sign;
mod quoted;
mod records;
mod references;
pub(crate) mod shape;
mod shopify;
mod shopify_graphql;
mod shopify_json;
mod split;
mod square;
mod stacked;
mod table;
mod tags;
mod traits;
mod wix;
pub(crate) mod woo_names;
mod woocommerce;
mod workbook;
mod xml;
mod yml;

use std::path::Path;

pub(crate) use self::json_ld::has_pages;
use self::records::Keys;
pub(crate) use self::records::Records;
use self::shape::Shape;
pub(crate) use self::workbook::Kind as WorkbookKind;
use crate::{Columns, Format, Rejection, Result, Row, text};

/// A row, or why it cannot be read.
pub(crate) type Found = Result<Row, Rejection>;

/// Rows of one feed, in its order. Where a product has rows of its own for its variants, they come together.
pub(crate) trait Reader: Iterator<Item = Result<Found>> + Send {
    /// The columns met so far.
    fn columns(&self) -> &Columns;

    /// Lists and sheets met so far that are none of products, each with how long it is.
    fn left_aside(&self) -> Vec<(String, usize)> {
        Vec::new()
    }

    /// What the sheets of a workbook are called whose names are the categories of their products.
    fn sheet_categories(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A feed and how it is read.
pub(crate) struct Origin<'a> {
    pub(crate) path: &'a Path,
    /// The file's name, which places are told with.
    pub(crate) name: &'a str,
    pub(crate) format: Format,
    /// Between cells, if it was said.
    pub(crate) delimiter: Option<u8>,
    pub(crate) columns: Columns,
}

/// What must be known of the whole feed before its rows can be read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Survey {
    /// Where rows of one product may be anywhere.
    keys: Keys,
    /// Of a feed of XML.
    shape: Shape,
    /// Of a table in which rows name their parent.
    families: Option<families::Places>,
}

impl Origin<'_> {
    /// Reads through the feed where rows of one product, or products at all, may be anywhere in it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn survey(&self) -> Result<Survey> {
        let of_keys = |keys| Survey { keys, ..Survey::default() };
        match self.format {
            Format::Table | Format::Meta => {
                let found = families::keys(|| self.records(), &self.columns)?;
                let (keys, places) =
                    found.map_or_else(Default::default, |(keys, places)| (keys, Some(places)));
                Ok(Survey { keys, families: places, ..Survey::default() })
            }
            Format::Shopify => shopify::keys(self.records()?).map(of_keys),
            Format::WooCommerce => woocommerce::keys(self.records()?).map(of_keys),
            Format::Magento => magento::keys(self.records()?).map(of_keys),
            Format::Wix => wix::keys(self.records()?).map(of_keys),
            format if format.is_stacked() => stacked::keys(self.records()?, format).map(of_keys),
            Format::Xml | Format::Heureka | Format::Yml => {
                let shape = shape::of(text::open(self.path)?).map_err(|e| text::named(self.path, &e))?;
                Ok(Survey { shape, ..Survey::default() })
            }
            _ => Ok(Survey::default()),
        }
    }

    /// # Errors
    /// The file cannot be read, or not as this format.
    pub(crate) fn open(self, survey: &Survey) -> Result<Box<dyn Reader>> {
        let keys = survey.keys.clone();
        Ok(match self.format {
            Format::Table | Format::Meta => match survey.families {
                Some(places) => Box::new(families::open(self.records()?, self.columns, keys, places)),
                None => Box::new(table::TableRows::open(self.records()?, self.columns)?),
            },
            Format::Shopify => Box::new(shopify::open(self.records()?, self.columns, keys)),
            Format::WooCommerce => Box::new(woocommerce::open(self.records()?, self.columns, keys)),
            Format::JsonLines => Box::new(jsonl::JsonRows::open(self.path, self.name, self.columns)?),
            Format::ShopifyJson => Box::new(shopify_json::open(self.path, self.name, self.columns)?),
            Format::JsonLd => Box::new(json_ld::Pages::open(self.path, self.name, self.columns)?),
            Format::Magento => Box::new(magento::open(self.records()?, self.columns, keys)),
            Format::Wix => Box::new(wix::open(self.records()?, self.columns, keys)),
            format if format.is_stacked() => {
                Box::new(stacked::open(self.records()?, self.columns, keys, format))
            }
            Format::Etsy => Box::new(etsy::EtsyRows::open(self.records()?, self.columns)),
            Format::Xml | Format::Heureka | Format::Yml => {
                let shape = survey.shape.clone();
                Box::new(xml::XmlRows::open(self.path, self.name, self.columns, self.format, shape)?)
            }
            // All others are stacked.
            _ => Box::new(parquet::ParquetRows::open(self.path, self.name, self.columns)?),
        })
    }

    fn records(&self) -> Result<Records> {
        Records::open(self.path, self.name, self.delimiter, &self.columns)
    }
}
