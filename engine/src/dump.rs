//! A small catalogue as text, so that a test can compare all of it at once.

use std::fmt::{self, Write as _};

use crate::lexical::postings;
use crate::schema::{meta_key, read_items};
use crate::{Result, Snapshot, facets, facts, price, segment, vectors};

impl Snapshot {
    /// Everything in the catalogue, for people and tests: the same text for the same content.
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
        let (db, txn) = self.parts();
        let free: Vec<u32> = read_items(db, txn, meta_key::FREE)?.iter().collect();
        let _ = writeln!(text, "live {:?} free {free:?}", self.live()?.iter().collect::<Vec<_>>());
        for entry in db.products.iter(txn)? {
            let (item, product) = entry?;
            let vector = vectors::row(db, txn, item, self.catalog().dimension()).map(segment::decode);
            let column = price::read_column(db.prices.get(txn, &(item / price::SLOTS))?);
            let _ = writeln!(text, "item {item}: {}", String::from_utf8_lossy(product));
            let _ = writeln!(text, "  vector {:.3?}", vector.unwrap_or_default());
            let _ = writeln!(text, "  {:?}", facts::read(db, txn, item)?);
            match column[(item % price::SLOTS) as usize] {
                price::NONE => {}
                price => drop(writeln!(text, "  price {price}")),
            }
            if let Some(thumbnail) = db.thumbnails.get(txn, &item)? {
                let _ = writeln!(text, "  thumbnail of {} bytes", thumbnail.len());
            }
        }
        Ok(())
    }

    fn dump_facets(&self, text: &mut String) -> Result<()> {
        let (db, txn) = self.parts();
        for entry in db.facets.iter(txn)? {
            let (key, bytes) = entry?;
            let (written, items) = facets::decode(bytes)?;
            let items: Vec<u32> = items.iter().collect();
            let _ = writeln!(text, "facet {} {written:?} {items:?}", key.escape_ascii());
        }
        Ok(())
    }

    fn dump_words(&self, text: &mut String) -> Result<()> {
        let (db, txn) = self.parts();
        for (term, items) in postings::all(db, txn)? {
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

struct Head<'a>(&'a crate::schema::CatalogMeta);

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
