//! Full-text search in the texts of products. It finds words that a model does not know: a brand, an article
//! number, the name of a fabric.
//!
//! The index is in the catalogue's own environment, so that one transaction changes products, vectors and words
//! together. [`terms`] splits texts into terms, [`postings`] stores them on disk, [`expand`] finds the terms that
//! an unfinished or misspelt word may mean, and [`Lexicon`] ranks by BM25F
//! (Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields", 2004).

pub(crate) mod expand;
pub(crate) mod postings;
pub(crate) mod terms;

use roaring::RoaringBitmap;

use crate::error::Result;
use crate::index::top::{Candidate, Top};
use crate::store::view::View;

use self::expand::Expansion;

/// BM25's `k1`: how soon more occurrences of a word stop to count.
const SATURATION: f32 = 1.2;

/// The full-text index of a catalogue.
pub(crate) struct Lexicon<'t> {
    view: View<'t>,
    products: u64,
}

impl<'t> Lexicon<'t> {
    pub(crate) fn new(view: View<'t>, products: u64) -> Self {
        Self { view, products }
    }

    /// The `k` items of `among` whose texts match `words` best, best first. The score is that of BM25F divided by
    /// the score of a product that has all words in its title: 0 if it has none, 1 if it has all, and more is
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

    /// Scores one query word. Of all terms that the word may mean, the best counts for a product. Returns the
    /// score of a product that has the word in its title.
    fn add(&self, asked: &str, unfinished: bool, scores: &mut Scores) -> Result<f32> {
        let mut rarest = None;
        for Expansion { term, likeness } in expand::expand(self.view, asked, unfinished)? {
            let postings = postings::read(self.view, &term)?;
            let rarity = self.rarity(postings.len());
            rarest = Some(rarest.map_or(rarity, |most: f32| most.max(rarity)));
            for (item, weight) in postings {
                scores.offer(item, likeness * rarity * saturated(f32::from(weight) / terms::UNIT));
            }
        }
        Ok(rarest.unwrap_or_else(|| self.rarity(0)) * saturated(terms::IN_TITLE))
    }

    /// The inverse document frequency (Robertson and Spärck Jones) of a term that `with` products have; above 0.
    fn rarity(&self, with: usize) -> f32 {
        let (all, with) = (self.products.max(with as u64) as f32, with as f32);
        (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
    }
}

/// The BM25 term frequency: each further occurrence counts less.
fn saturated(often: f32) -> f32 {
    often * (SATURATION + 1.0) / (often + SATURATION)
}

/// The scores of the items so far. Dense by item, since half of the catalogue may have a common word.
struct Scores {
    sums: Vec<f32>,
    /// The best score for the current word.
    best: Vec<f32>,
    /// The items that have a score in `best`.
    touched: Vec<u32>,
    among: RoaringBitmap,
}

impl Scores {
    fn new(among: &RoaringBitmap) -> Self {
        let slots = among.max().map_or(0, |last| last as usize + 1);
        Self { sums: vec![0.0; slots], best: vec![0.0; slots], touched: Vec::new(), among: among.clone() }
    }

    /// Adds a score for the current word. Ignores items that are not searched.
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

/// Records the change of the terms of one product. A product that does not exist has no terms.
pub(crate) fn record(
    changes: &mut postings::PostingChanges,
    item: u32,
    before: &terms::Terms,
    after: &terms::Terms,
) {
    for (term, weight) in after {
        if before.get(term) != Some(weight) {
            changes.set(term, item, *weight);
        }
    }
    for term in before.keys().filter(|term| !after.contains_key(*term)) {
        changes.remove(term, item);
    }
}
