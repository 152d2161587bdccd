//! Whether the parts of a catalogue agree.

use std::collections::{BTreeMap, BTreeSet};

use roaring::RoaringBitmap;

use crate::apply::add_up_content;
use crate::facet::{facet_key, facets_of, text_key};
use crate::facts::{self, Facts};
use crate::index::arroy::ArroyIndex;
use crate::index::segments;
use crate::lexical::{postings, terms_of};
use crate::schema::{meta_key, read_items};
use crate::{Product, Result, Snapshot, facets, place, price, segment, vectors};

/// How many faults are described; the rest are counted.
const DESCRIBED: usize = 20;

/// What [`Snapshot::check`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many products were looked at.
    pub products: u64,
    /// How many faults there are.
    pub faults: u64,
    /// The first of them, for people.
    pub described: Vec<String>,
}

impl Report {
    /// Whether all parts agree.
    pub fn is_sound(&self) -> bool {
        self.faults == 0
    }

    fn expect(&mut self, holds: bool, fault: impl FnOnce() -> String) {
        if !holds {
            self.faults += 1;
            if self.described.len() < DESCRIBED {
                self.described.push(fault());
            }
        }
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} products, {} faults", self.products, self.faults)?;
        self.described.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl Snapshot {
    /// Reads everything and compares: each product has its item, id, vector, price, facts, facets and words, nothing
    /// stands for a product that is gone, the arroy index (if any) covers just the
    /// products, and the content hash is theirs.
    ///
    /// # Errors
    /// Only if the storage fails: what disagrees is in the report.
    pub fn check(&self) -> Result<Report> {
        let mut report = Report::default();
        let live = self.live()?;
        let facets = self.check_products(&live, &mut report)?;
        self.check_facets(&facets, &mut report)?;
        self.check_words(&mut report)?;
        self.check_leftovers(&live, &mut report)?;
        let (db, txn) = self.parts();
        if report.is_sound() {
            let sum = add_up_content(db, txn, self.catalog().dimension())?.hash();
            report
                .expect(sum == self.content_hash()?, || "the content hash is not that of the content".into());
        }
        Ok(report)
    }

    fn check_products(
        &self,
        live: &RoaringBitmap,
        report: &mut Report,
    ) -> Result<BTreeMap<Vec<u8>, RoaringBitmap>> {
        let (db, txn) = self.parts();
        let dimension = self.catalog().dimension();
        let mut facets: BTreeMap<Vec<u8>, RoaringBitmap> = BTreeMap::new();
        let (mut seen, mut places) = (RoaringBitmap::new(), RoaringBitmap::new());
        for entry in db.products.iter(txn)? {
            let (item, bytes) = entry?;
            report.products += 1;
            seen.insert(item);
            let Ok(product) = serde_json::from_slice::<Product>(bytes) else {
                report.expect(false, || format!("the product of item {item} is not readable"));
                continue;
            };
            let id = db.ids.get(txn, &text_key(&product.id))?;
            report.expect(id == Some(item), || {
                format!("{:?} is item {item}, its id leads to {id:?}", product.id)
            });
            let row = vectors::row(db, txn, item, dimension);
            let sound = row.is_ok_and(|row| is_unit(&segment::decode(row)));
            report.expect(sound, || format!("{:?} has no unit vector", product.id));
            let is_its_own = place::read(db, txn, item).is_ok_and(|place| places.insert(place));
            report.expect(is_its_own, || format!("{:?} shares its vector's place", product.id));
            let column = price::read_column(db.prices.get(txn, &(item / price::SLOTS))?);
            let same = column[(item % price::SLOTS) as usize] == price::encode(&product);
            report.expect(same, || format!("{:?} has another price in the column", product.id));
            let same = facts::read(db, txn, item)? == Facts::of(&product);
            report.expect(same, || format!("{:?} has other facts", product.id));
            for (field, value) in facets_of(&product) {
                facets.entry(facet_key(&field, &value)).or_default().insert(item);
            }
        }
        report.expect(seen == *live, || format!("{} products, {} live items", seen.len(), live.len()));
        Ok(facets)
    }

    fn check_facets(&self, expected: &BTreeMap<Vec<u8>, RoaringBitmap>, report: &mut Report) -> Result<()> {
        let (db, txn) = self.parts();
        let mut stored = BTreeSet::new();
        for entry in db.facets.iter(txn)? {
            let (key, bytes) = entry?;
            stored.insert(key.to_vec());
            let agrees = facets::decode(bytes).is_ok_and(|(_, items)| expected.get(key) == Some(&items));
            report.expect(agrees, || format!("facet {} has other items", key.escape_ascii()));
        }
        for key in expected.keys() {
            report.expect(stored.contains(key), || format!("facet {} is missing", key.escape_ascii()));
        }
        Ok(())
    }

    fn check_words(&self, report: &mut Report) -> Result<()> {
        let (db, txn) = self.parts();
        let mut expected: BTreeMap<String, BTreeMap<u32, u8>> = BTreeMap::new();
        for entry in db.products.iter(txn)? {
            let (item, bytes) = entry?;
            let Ok(product) = serde_json::from_slice::<Product>(bytes) else { continue };
            for (term, weight) in terms_of(&product) {
                expected.entry(term).or_default().insert(item, weight);
            }
        }
        let stored = postings::all(db, txn)?;
        for term in expected.keys().chain(stored.keys()).collect::<BTreeSet<_>>() {
            report.expect(expected.get(term) == stored.get(term), || {
                format!("the word {term:?} has other items")
            });
        }
        Ok(())
    }

    fn check_leftovers(&self, live: &RoaringBitmap, report: &mut Report) -> Result<()> {
        let (db, txn) = self.parts();
        let ids = db.ids.len(txn)?;
        report.expect(ids == live.len(), || format!("{ids} ids for {} products", live.len()));
        let free = read_items(db, txn, meta_key::FREE)?;
        report.expect(free.is_disjoint(live), || "an item is both free and in use".into());
        for entry in db.thumbnails.iter(txn)? {
            let (item, _) = entry?;
            report.expect(live.contains(item), || format!("the thumbnail of item {item} is left over"));
        }
        for entry in db.prices.iter(txn)? {
            let (number, bytes) = entry?;
            for (slot, price) in (0..).zip(price::read_column(Some(bytes))) {
                let item = number * price::SLOTS + slot;
                report.expect(price == price::NONE || live.contains(item), || {
                    format!("the price of item {item} is left over")
                });
            }
        }
        if let Some(index) = ArroyIndex::open(db, txn)? {
            report.expect(index.items() == live, || "the arroy index covers other products".into());
        }
        segments::verify(db, txn, self.catalog().dimension(), live, &mut |fault| {
            report.expect(false, || fault)
        })?;
        Ok(())
    }
}

/// f16 keeps a unit vector's length to about 10⁻³.
fn is_unit(vector: &[f32]) -> bool {
    let square: f32 = vector.iter().map(|v| v * v).sum();
    (square - 1.0).abs() < 0.01
}
