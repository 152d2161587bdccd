//! Search by the words that a product's texts have: what a model does not know (a brand, an article
//! number, a fabric's name) is found by its letters.
//!
//! The index lies in the catalogue's own environment, so that one transaction changes products, vectors
//! and words together. [`terms`] makes terms of texts, [`postings`] is how they lie on disk, [`expand`]
//! finds the terms that a half-typed or misspelt word may mean, and [`Lexicon`] ranks by BM25F
//! (Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields", 2004).

mod expand;
pub(crate) mod postings;
mod terms;

use heed::RoTxn;
use roaring::RoaringBitmap;

use crate::Result;
use crate::index::{Candidate, Top};
use crate::schema::Databases;

use self::expand::Expansion;
pub(crate) use self::terms::{Terms, terms_of};

/// BM25's saturation: how soon more of the same word stops to count.
const SATURATION: f32 = 1.2;

/// The words of a catalogue.
pub(crate) struct Lexicon<'t> {
    db: &'t Databases<'static>,
    txn: &'t RoTxn<'t>,
    products: u64,
}

impl<'t> Lexicon<'t> {
    pub(crate) fn new(db: &'t Databases<'static>, txn: &'t RoTxn<'t>, products: u64) -> Self {
        Self { db, txn, products }
    }

    /// The `k` items of `among` whose texts fit `words` best, best first. The score is BM25F's, in shares of
    /// what a product would have that has all words in its title: 0 is none, 1 is all, and more is
    /// possible. With `typing`, the last word may be unfinished.
    pub(crate) fn nearest(
        &self,
        words: &str,
        typing: bool,
        among: &RoaringBitmap,
        k: usize,
    ) -> Result<Vec<Candidate>> {
        let asked = terms::terms(words);
        let mut scores = Scores::new(among);
        let mut all = 0.0;
        for (at, term) in asked.iter().enumerate() {
            let unfinished = typing && at + 1 == asked.len();
            all += self.add(term, unfinished, &mut scores)?;
            scores.end_word();
        }
        let mut top = Top::new(k);
        scores.found().for_each(|found| top.offer(Candidate { score: found.score / all, ..found }));
        Ok(top.into_sorted())
    }

    /// One asked word: of all terms that it may mean, a product counts the best. Gives what a product
    /// would have that has the word in its title.
    fn add(&self, asked: &str, unfinished: bool, scores: &mut Scores) -> Result<f32> {
        let mut rarest = None;
        for Expansion { term, likeness } in expand::expand(self.db, self.txn, asked, unfinished)? {
            let postings = postings::read(self.db, self.txn, &term)?;
            let rarity = self.rarity(postings.len());
            rarest = Some(rarest.map_or(rarity, |most: f32| most.max(rarity)));
            for (item, weight) in postings {
                scores.offer(item, likeness * rarity * saturated(f32::from(weight) / terms::UNIT));
            }
        }
        Ok(rarest.unwrap_or_else(|| self.rarity(0)) * saturated(terms::IN_TITLE))
    }

    /// Robertson's and Spärck Jones's weight of a term that so many products have; above 0.
    fn rarity(&self, with: usize) -> f32 {
        let (all, with) = (self.products.max(with as u64) as f32, with as f32);
        (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
    }
}

/// More of the same word counts less and less.
fn saturated(often: f32) -> f32 {
    often * (SATURATION + 1.0) / (often + SATURATION)
}

/// What the items have so far. Dense by item: a common word has half of the catalogue.
struct Scores {
    sums: Vec<f32>,
    /// For the word at hand.
    best: Vec<f32>,
    /// The items that have something there.
    touched: Vec<u32>,
    among: RoaringBitmap,
}

impl Scores {
    fn new(among: &RoaringBitmap) -> Self {
        let slots = among.max().map_or(0, |last| last as usize + 1);
        Self { sums: vec![0.0; slots], best: vec![0.0; slots], touched: Vec::new(), among: among.clone() }
    }

    /// Items beyond those that are asked about have no slot.
    fn offer(&mut self, item: u32, score: f32) {
        let Some(best) = self.best.get_mut(item as usize) else { return };
        if *best == 0.0 {
            self.touched.push(item);
        }
        *best = best.max(score);
    }

    fn end_word(&mut self) {
        for item in self.touched.drain(..) {
            let best = std::mem::take(&mut self.best[item as usize]);
            self.sums[item as usize] += best;
        }
    }

    fn found(&self) -> impl Iterator<Item = Candidate> {
        let scored = |item: u32| (item, self.sums[item as usize]);
        let found = self.among.iter().map(scored).filter(|(_, score)| *score > 0.0);
        found.map(|(item, score)| Candidate { item, score })
    }
}

/// The words of a product changed, came or went: without any, it is not there.
pub(crate) fn record(changes: &mut postings::Changes, item: u32, before: &Terms, after: &Terms) {
    for (term, weight) in after {
        if before.get(term) != Some(weight) {
            changes.set(term, item, *weight);
        }
    }
    for term in before.keys().filter(|term| !after.contains_key(*term)) {
        changes.remove(term, item);
    }
}
