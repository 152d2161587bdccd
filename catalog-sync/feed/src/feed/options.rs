//! What a feed is read with.

use std::path::Path;

use crate::detect::detect;
use crate::error::Result;
use crate::format::Format;
use crate::mapping::Mapping;
use crate::selector::Selection;

/// What a feed's rows are read with; a folder of pictures needs none of it.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which rows.
    pub selection: Selection,
    /// The column with the picture, when its name is not one of the usual ones.
    pub image_column: Option<String>,
    /// For prices that name no currency.
    pub currency: Option<String>,
    /// What the feed's own names mean.
    pub mapping: Option<Mapping>,
    /// The format, when it is not to be seen from the content.
    pub format: Option<Format>,
    /// Whether drafts and what is archived or not published are products too.
    pub unpublished: bool,
    /// Gives products whose picture cannot be located, too, as [`Picture::Missing`](crate::Picture::Missing).
    pub keep_pictureless: bool,
    /// Of a folder, whether pictures whose names say that they show one thing are products of their own.
    pub each_picture: bool,
}

impl Options {
    /// The format that a file is read as: the one that was asked for, or the one that its content shows.
    ///
    /// # Errors
    /// The file cannot be read, or is no feed.
    pub(super) fn format_of(&self, path: &Path, name: &str) -> Result<Format> {
        match self.format {
            Some(format) => Ok(format),
            None if path.is_dir() => Ok(Format::JsonLd),
            None => match detect(path, name)? {
                // Whoever says what columns mean does not want them to be understood otherwise.
                Format::Shopify | Format::WooCommerce | Format::Magento | Format::Wix | Format::Etsy
                    if self.mapping.is_some() =>
                {
                    Ok(Format::Table)
                }
                format if format.is_stacked() && self.mapping.is_some() => Ok(Format::Table),
                format => Ok(format),
            },
        }
    }
}
