//! Readers: each turns one format into rows under Merchant Center's names. What rows mean, which of them are
//! one product, and which are wanted, is not theirs to say.

mod by_name;
mod cells;
mod etsy;
mod header;
mod heureka;
mod json_ld;
mod json_list;
mod jsonl;
mod loose_json;
mod magento;
mod node;
mod parquet;
mod quoted;
mod records;
mod references;
pub(crate) mod shape;
mod shopify;
mod shopify_json;
mod split;
mod table;
mod wix;
mod woocommerce;
mod workbook;
mod xml;
mod yml;
mod zip;

use std::path::Path;

pub(crate) use self::json_ld::has_pages;
use self::records::Keys;
pub(crate) use self::records::Records;
pub(crate) use self::workbook::is_workbook;
use crate::{Columns, Format, Rejection, Result, Row};

/// A row, or why it cannot be read.
pub(crate) type Found = Result<Row, Rejection>;

/// Rows of one feed, in its order. Where a product has rows of its own for its variants, they come together.
pub(crate) trait Reader: Iterator<Item = Result<Found>> + Send {
    /// The columns met so far.
    fn columns(&self) -> &Columns;
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

/// The keys of the whole feed, which must be known before its rows can be read.
#[derive(Clone, Debug, Default)]
pub(crate) struct FeedKeys(Keys);

impl Origin<'_> {
    /// Reads through the feed where rows of one product may be anywhere in it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn survey(&self) -> Result<FeedKeys> {
        match self.format {
            Format::Shopify => shopify::keys(self.records()?).map(FeedKeys),
            Format::WooCommerce => woocommerce::keys(self.records()?).map(FeedKeys),
            Format::Magento => magento::keys(self.records()?).map(FeedKeys),
            Format::Wix => wix::keys(self.records()?).map(FeedKeys),
            _ => Ok(FeedKeys::default()),
        }
    }

    /// # Errors
    /// The file cannot be read, or not as this format.
    pub(crate) fn open(self, survey: &FeedKeys) -> Result<Box<dyn Reader>> {
        let keys = survey.0.clone();
        Ok(match self.format {
            Format::Table | Format::Meta => Box::new(table::TableRows::open(self.records()?, self.columns)?),
            Format::Shopify => Box::new(shopify::open(self.records()?, self.columns, keys)),
            Format::WooCommerce => Box::new(woocommerce::open(self.records()?, self.columns, keys)),
            Format::JsonLines => Box::new(jsonl::JsonRows::open(self.path, self.name, self.columns)?),
            Format::ShopifyJson => Box::new(shopify_json::open(self.path, self.name, self.columns)?),
            Format::JsonLd => Box::new(json_ld::Pages::open(self.path, self.name, self.columns)?),
            Format::Magento => Box::new(magento::open(self.records()?, self.columns, keys)),
            Format::Wix => Box::new(wix::open(self.records()?, self.columns, keys)),
            Format::Etsy => Box::new(etsy::EtsyRows::open(self.records()?, self.columns)),
            Format::Xml | Format::Heureka | Format::Yml => {
                Box::new(xml::XmlRows::open(self.path, self.name, self.columns, self.format)?)
            }
            Format::Parquet => Box::new(parquet::ParquetRows::open(self.path, self.name, self.columns)?),
        })
    }

    fn records(&self) -> Result<Records> {
        Records::open(self.path, self.name, self.delimiter, &self.columns)
    }
}
