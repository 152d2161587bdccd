//! Prints a small catalogue as text, so that a test can compare its whole content.

use std::fmt::{self, Write as _};

use crate::catalog::meta::CatalogMeta;
use crate::catalog::picture_changes::read_record;
use crate::catalog::snapshot::Snapshot;
use crate::error::Result;
use crate::lexical::postings;
use crate::product::further_picture::PictureRecord;
use crate::product::sortable_price;
use crate::store::bitmap::read_items;
use crate::store::picture_number::FurtherPictures;
use crate::store::schema::meta_key;
use crate::store::{facet_bitmaps, price_column, rank_features, segment, vectors};

impl Snapshot {
    /// The whole content of the catalogue as text, for people and tests. Equal content gives equal text.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn dump(&self) -> Result<String> {
        let mut text = String::new();
        // Writing into a String cannot fail.
        let _ = write!(text, "{}", Head(&self.meta()?));
        self.dump_items(&mut text)?;
        self.dump_facets(&mut text)?;
        self.dump_words(&mut text)?;
        self.dump_records(&mut text)?;
        Ok(text)
    }

    fn dump_items(&self, text: &mut String) -> Result<()> {
        let view = self.view();
        let further = self.further()?;
        let free: Vec<u32> = read_items(view, meta_key::FREE)?.iter().collect();
        let _ = writeln!(text, "live {:?} free {free:?}", self.live()?.iter().collect::<Vec<_>>());
        for entry in view.db.products.iter(view.txn)? {
            let (item, product) = entry?;
            let vector = vectors::row(view, item).map(segment::decode);
            let column =
                price_column::read_column(view.db.prices.get(view.txn, &(item / price_column::SLOTS))?);
            let _ = writeln!(text, "item {item}: {}", String::from_utf8_lossy(product));
            let _ = writeln!(text, "  vector {:.3?}", vector.unwrap_or_default());
            let _ = writeln!(text, "  {:?}", rank_features::read(view, item)?);
            match column[(item % price_column::SLOTS) as usize] {
                sortable_price::NONE => {}
                price => drop(writeln!(text, "  price {price}")),
            }
            if let Some(thumbnail) = view.db.thumbnails.get(view.txn, &item)? {
                let _ = writeln!(text, "  thumbnail of {} bytes", thumbnail.len());
            }
            self.dump_pictures(text, &further, item)?;
        }
        Ok(())
    }

    fn dump_pictures(&self, text: &mut String, further: &FurtherPictures, item: u32) -> Result<()> {
        for picture in further.of(item) {
            let PictureRecord { number, picture, vector, thumbnail } = read_record(self.view(), picture)?;
            let (address, bytes) = (picture.address, thumbnail.map_or(0, <[u8]>::len));
            let _ = writeln!(text, "  picture {number} {address:?}, thumbnail of {bytes} bytes");
            let _ = writeln!(text, "    vector {:.3?}", segment::decode(vector));
        }
        Ok(())
    }

    fn dump_facets(&self, text: &mut String) -> Result<()> {
        let view = self.view();
        for entry in view.db.facets.iter(view.txn)? {
            let (key, bytes) = entry?;
            let (written, items) = facet_bitmaps::decode(bytes)?;
            let items: Vec<u32> = items.iter().collect();
            let _ = writeln!(text, "facet {} {written:?} {items:?}", key.escape_ascii());
        }
        Ok(())
    }

    fn dump_words(&self, text: &mut String) -> Result<()> {
        let view = self.view();
        for (term, items) in postings::all(view)? {
            let _ = writeln!(text, "word {term:?} {items:?}");
        }
        Ok(())
    }

    fn dump_records(&self, text: &mut String) -> Result<()> {
        for (source, record) in self.sources()? {
            let _ = writeln!(text, "source {source:?} {} {:?}", record.content_hash, record.product);
        }
        for row in self.quarantined()? {
            let _ = writeln!(text, "quarantine {:?} {}: {}", row.source, row.code, row.reason);
        }
        Ok(())
    }
}

struct Head<'a>(&'a CatalogMeta);

impl fmt::Display for Head<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meta = self.0;
        writeln!(f, "catalogue {:?} release {}", meta.catalog_id, meta.release)?;
        writeln!(
            f,
            "model {:?} {} of {} dimensions",
            meta.model_name,
            meta.fingerprint.short(),
            meta.dimension
        )?;
        match meta.arroy_from {
            Some(products) => writeln!(f, "arroy from {products} products on"),
            None => writeln!(f, "no arroy"),
        }
    }
}
