//! Checks that the databases of a catalogue agree with each other.

use std::collections::{BTreeMap, BTreeSet};

use roaring::RoaringBitmap;

use crate::catalog::apply::add_up_content;
use crate::catalog::picture_changes::read_record;
use crate::catalog::snapshot::Snapshot;
use crate::error::Result;
use crate::index::arroy::ArroyIndex;
use crate::index::ivf::verify::verify;
use crate::lexical::postings;
use crate::lexical::terms::terms_of;
use crate::product::Product;
use crate::product::field::{facet_key, facets_of, text_key};
use crate::product::sortable_price;
use crate::store::bitmap::read_items;
use crate::store::content_hash::{ContentSum, Element};
use crate::store::picture_number::{FurtherPictures, item_of};
use crate::store::rank_features::{self, RankFeatures};
use crate::store::schema::meta_key;
use crate::store::{facet_bitmaps, place, price_column, segment, vectors};

/// The most faults that a report describes. It counts all.
const DESCRIBED: usize = 20;

/// The result of [`Snapshot::check`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The number of products that were checked.
    pub products: u64,
    /// The number of faults.
    pub faults: u64,
    /// Descriptions of the first faults, for people.
    pub described: Vec<String>,
}

impl Report {
    /// Whether there are no faults.
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
    /// Reads the whole catalogue and checks that each product has its item, id, vector, price, rank features, facets
    /// and words; that no entry belongs to a deleted product; that the indexes cover exactly the products; and that
    /// the content hash is correct.
    ///
    /// # Errors
    /// Only if the storage fails. The report lists the faults.
    pub fn check(&self) -> Result<Report> {
        let mut report = Report::default();
        let live = self.live()?;
        let facets = self.check_products(&live, &mut report)?;
        self.check_facets(&facets, &mut report)?;
        self.check_words(&mut report)?;
        let further = self.check_pictures(&live, &mut report)?;
        self.check_leftovers(&live, &further, &mut report)?;
        let view = self.view();
        if report.is_sound() {
            let sum = add_up_content(view)?.hash();
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
        let view = self.view();
        let mut facets: BTreeMap<Vec<u8>, RoaringBitmap> = BTreeMap::new();
        let (mut seen, mut places) = (RoaringBitmap::new(), RoaringBitmap::new());
        for entry in view.db.products.iter(view.txn)? {
            let (item, bytes) = entry?;
            report.products += 1;
            seen.insert(item);
            let Ok(product) = serde_json::from_slice::<Product>(bytes) else {
                report.expect(false, || format!("the product of item {item} is not readable"));
                continue;
            };
            let id = view.db.ids.get(view.txn, &text_key(&product.id))?;
            report.expect(id == Some(item), || {
                format!("{:?} is item {item}, its id leads to {id:?}", product.id)
            });
            let row = vectors::row(view, item);
            let sound = row.is_ok_and(|row| is_unit(&segment::decode(row)));
            report.expect(sound, || format!("{:?} has no unit vector", product.id));
            let is_its_own = place::read(view, item).is_ok_and(|place| places.insert(place));
            report.expect(is_its_own, || format!("{:?} shares its vector's place", product.id));
            let column =
                price_column::read_column(view.db.prices.get(view.txn, &(item / price_column::SLOTS))?);
            let same = column[(item % price_column::SLOTS) as usize] == sortable_price::encode(&product);
            report.expect(same, || format!("{:?} has another price in the column", product.id));
            let same = rank_features::read(view, item)? == RankFeatures::from_product(&product);
            report.expect(same, || format!("{:?} has other rank features", product.id));
            for (field, value) in facets_of(&product) {
                facets.entry(facet_key(&field, &value)).or_default().insert(item);
            }
        }
        report.expect(seen == *live, || format!("{} products, {} live items", seen.len(), live.len()));
        Ok(facets)
    }

    /// Checks that each further picture has its product, record and vector; returns all of them.
    fn check_pictures(&self, live: &RoaringBitmap, report: &mut Report) -> Result<RoaringBitmap> {
        let view = self.view();
        let FurtherPictures(listed) = self.further()?;
        let (mut seen, mut sum) = (RoaringBitmap::new(), ContentSum::empty());
        for entry in view.db.pictures.iter(view.txn)? {
            let (picture, _) = entry?;
            seen.insert(picture);
            let item = item_of(picture);
            report.expect(live.contains(item), || format!("picture {picture} belongs to no product"));
            let record = read_record(view, picture);
            let sound = record.as_ref().is_ok_and(|record| is_unit(&segment::decode(record.vector)));
            report.expect(sound, || format!("picture {picture} has no unit vector, or no readable record"));
            if let (Ok(record), true) = (record, live.contains(item)) {
                let id = self.product_at(item)?.id;
                let (number, vector, thumbnail) = (record.number, record.vector, record.thumbnail);
                sum.add(&Element::from_further_picture(&id, number, &record.picture, vector, thumbnail));
            }
        }
        report.expect(seen == listed, || format!("{} further pictures, {} listed", seen.len(), listed.len()));
        if report.is_sound() && !listed.is_empty() {
            let is_right = self.pictures_hash()? == Some(sum.hash());
            report.expect(is_right, || "the hash of further pictures is not that of the pictures".into());
        }
        Ok(seen)
    }

    fn check_facets(&self, expected: &BTreeMap<Vec<u8>, RoaringBitmap>, report: &mut Report) -> Result<()> {
        let view = self.view();
        let mut stored = BTreeSet::new();
        for entry in view.db.facets.iter(view.txn)? {
            let (key, bytes) = entry?;
            stored.insert(key.to_vec());
            let agrees =
                facet_bitmaps::decode(bytes).is_ok_and(|(_, items)| expected.get(key) == Some(&items));
            report.expect(agrees, || format!("facet {} has other items", key.escape_ascii()));
        }
        for key in expected.keys() {
            report.expect(stored.contains(key), || format!("facet {} is missing", key.escape_ascii()));
        }
        Ok(())
    }

    fn check_words(&self, report: &mut Report) -> Result<()> {
        let view = self.view();
        let mut expected: BTreeMap<String, BTreeMap<u32, u8>> = BTreeMap::new();
        for entry in view.db.products.iter(view.txn)? {
            let (item, bytes) = entry?;
            let Ok(product) = serde_json::from_slice::<Product>(bytes) else { continue };
            for (term, weight) in terms_of(&product) {
                expected.entry(term).or_default().insert(item, weight);
            }
        }
        let stored = postings::all(view)?;
        for term in expected.keys().chain(stored.keys()).collect::<BTreeSet<_>>() {
            report.expect(expected.get(term) == stored.get(term), || {
                format!("the word {term:?} has other items")
            });
        }
        Ok(())
    }

    fn check_leftovers(
        &self,
        live: &RoaringBitmap,
        further: &RoaringBitmap,
        report: &mut Report,
    ) -> Result<()> {
        let view = self.view();
        let ids = view.db.ids.len(view.txn)?;
        report.expect(ids == live.len(), || format!("{ids} ids for {} products", live.len()));
        let free = read_items(view, meta_key::FREE)?;
        report.expect(free.is_disjoint(live), || "an item is both free and in use".into());
        for entry in view.db.thumbnails.iter(view.txn)? {
            let (item, _) = entry?;
            let is_known = live.contains(item) || further.contains(item);
            report.expect(is_known, || format!("the thumbnail of item {item} is left over"));
        }
        for entry in view.db.prices.iter(view.txn)? {
            let (number, bytes) = entry?;
            for (slot, price) in (0..).zip(price_column::read_column(Some(bytes))) {
                let item = number * price_column::SLOTS + slot;
                report.expect(price == sortable_price::NONE || live.contains(item), || {
                    format!("the price of item {item} is left over")
                });
            }
        }
        let pictures = live | further;
        if let Some(index) = ArroyIndex::open(view, &FurtherPictures::default())? {
            report.expect(*index.items() == pictures, || "the arroy index covers other products".into());
        }
        verify(view, &pictures, &mut |fault| report.expect(false, || fault))?;
        Ok(())
    }
}

/// Whether a decoded vector has unit length. f16 keeps the length to about 10⁻³.
fn is_unit(vector: &[f32]) -> bool {
    let square: f32 = vector.iter().map(|v| v * v).sum();
    (square - 1.0).abs() < 0.01
}
