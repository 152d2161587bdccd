//! Products that others take the place of.
//!
//! A chain belongs to one state of a catalogue: which of its products exist, and which of them can be bought. It is
//! read once for each state, since a search must not read a thousand products. Which link of a chain is shown depends
//! on what a search asks for, and is chosen for each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use roaring::RoaringBitmap;

use crate::catalog::snapshot::Snapshot;
use crate::error::Result;
use crate::merchandise::document::Replacement;
use crate::product::derived::is_sold_out;
use crate::store::env::Storage;

/// Links that are followed from a product.
pub(crate) const MOST_LINKS: usize = 8;

/// For each product that is replaced now, by its item: those that may take its place, the next one first. All of them
/// exist and can be bought.
#[derive(Debug, Default)]
pub(crate) struct Chains {
    replaced: RoaringBitmap,
    links: HashMap<u32, Vec<u32>>,
}

/// The chains of the state of a catalogue that was asked for last. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct ChainsOfState(Arc<Mutex<Option<Known>>>);

#[derive(Debug)]
struct Known {
    storage: Weak<Storage>,
    commit: u64,
    chains: Arc<Chains>,
}

/// Which product takes the place of which, for one search. The default replaces none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Successors(HashMap<u32, u32>);

impl ChainsOfState {
    /// The chains of `replacements` in this state.
    pub(crate) fn get(&self, snapshot: &Snapshot, replacements: &[Replacement]) -> Result<Arc<Chains>> {
        let storage = snapshot.catalog().storage();
        let commit = snapshot.commit_number();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |known: &&Known| {
            known.commit == commit && std::ptr::eq(known.storage.as_ptr(), Arc::as_ptr(storage))
        };
        if let Some(known) = known.as_ref().filter(is_same) {
            return Ok(known.chains.clone());
        }
        let chains = Arc::new(Chains::read(snapshot, replacements)?);
        *known = Some(Known { storage: Arc::downgrade(storage), commit, chains: chains.clone() });
        Ok(chains)
    }
}

impl Chains {
    fn read(snapshot: &Snapshot, replacements: &[Replacement]) -> Result<Self> {
        let mut reader = ChainReader {
            snapshot,
            next: replacements.iter().map(|next| (next.product.as_str(), next)).collect(),
            known: HashMap::new(),
        };
        let mut chains = Self::default();
        for replacement in replacements {
            let Some((item, _)) = reader.state(&replacement.product)? else { continue };
            let links = reader.follow(&replacement.product)?;
            if !links.is_empty() {
                chains.replaced.insert(item);
                chains.links.insert(item, links);
            }
        }
        Ok(chains)
    }

    /// Who takes whose place in a search whose hits are `among` these: the last link that is.
    pub(crate) fn among(&self, among: &RoaringBitmap) -> Successors {
        let last = |item: u32| self.last_link(item, among).map(|last| (item, last));
        Successors((&self.replaced & among).iter().filter_map(last).collect())
    }

    /// The last product of the chain of `item` that is `among` these; `None` if there is none, or it is not replaced.
    pub(crate) fn last_link(&self, item: u32, among: &RoaringBitmap) -> Option<u32> {
        self.links.get(&item)?.iter().rev().copied().find(|link| among.contains(*link))
    }
}

impl Successors {
    /// What takes the place of `item`.
    pub(crate) fn of(&self, item: u32) -> Option<u32> {
        self.0.get(&item).copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The items that others take the place of.
    pub(crate) fn replaced(&self) -> RoaringBitmap {
        self.0.keys().copied().collect()
    }
}

/// Reads chains, and each product of them once.
struct ChainReader<'a> {
    snapshot: &'a Snapshot,
    next: HashMap<&'a str, &'a Replacement>,
    known: HashMap<&'a str, Option<(u32, bool)>>,
}

impl<'a> ChainReader<'a> {
    /// The item of a product, and whether it is sold out; `None` if the catalogue does not have it.
    fn state(&mut self, id: &'a str) -> Result<Option<(u32, bool)>> {
        if let Some(known) = self.known.get(id) {
            return Ok(*known);
        }
        let item = self.snapshot.item(id)?;
        let state =
            item.map(|item| Ok::<_, crate::Error>((item, is_sold_out(&self.snapshot.product_at(item)?))));
        let state = state.transpose()?;
        self.known.insert(id, state);
        Ok(state)
    }

    /// The items that may take the place of a product, the next one first. A link that the catalogue does not have any
    /// more leads on to the next one, as one that is sold out does.
    fn follow(&mut self, id: &'a str) -> Result<Vec<u32>> {
        let (mut links, mut at) = (Vec::new(), id);
        for _ in 0..MOST_LINKS {
            let Some(&Replacement { ref by, always, .. }) = self.next.get(at).copied() else { break };
            let is_bought = self.state(at)?.is_some_and(|(_, is_out)| !is_out);
            if is_bought && !always {
                break;
            }
            at = by;
            links.extend(self.state(at)?.filter(|(_, is_out)| !is_out).map(|(item, _)| item));
        }
        Ok(links)
    }
}

#[cfg(test)]
mod tests {
    use knytt_models::{Embedding, Fingerprint};

    use super::*;
    use crate::catalog::{Catalog, CatalogSpec};
    use crate::product::Product;

    fn upsert(catalog: &Catalog, numbers: impl Iterator<Item = usize>) {
        let embedding = Embedding::new(vec![0.6, 0.8], Fingerprint::of(&[b"m"])).unwrap();
        let mut writer = catalog.write();
        for number in numbers {
            let product = Product { id: number.to_string(), ..Product::default() };
            writer.upsert(&product, &embedding, None).unwrap();
        }
        writer.commit().unwrap();
    }

    #[test]
    fn a_thousand_replacements_read_each_product_once_for_a_state_and_none_for_a_search() {
        let dir = tempfile::tempdir().unwrap();
        let model = Fingerprint::of(&[b"m"]);
        let spec = CatalogSpec { id: "shop".into(), model, model_name: "m".into(), dimension: 2 };
        let catalog = Catalog::create(dir.path(), &spec).unwrap();
        upsert(&catalog, 0..1_100);
        // Ten to a chain, which is longer than is followed.
        let by = |number: usize| if number % 10 == 9 { 1_000 + number / 10 } else { number + 1 };
        let replacement = |number: usize| Replacement {
            product: number.to_string(),
            by: by(number).to_string(),
            always: true,
        };
        let replacements: Vec<Replacement> = (0..1_000).map(replacement).collect();
        let snapshot = catalog.read().unwrap();
        let next = replacements.iter().map(|next| (next.product.as_str(), next)).collect();
        let mut reader = ChainReader { snapshot: &snapshot, next, known: HashMap::new() };
        for replacement in &replacements {
            assert!(reader.follow(&replacement.product).unwrap().len() <= MOST_LINKS);
        }
        assert_eq!(reader.known.len(), 1_100, "each product is read once");
        let of_state = ChainsOfState::default();
        let chains = of_state.get(&snapshot, &replacements).unwrap();
        assert_eq!(chains.links.len(), 1_000);
        assert!(
            Arc::ptr_eq(&chains, &of_state.get(&snapshot, &replacements).unwrap()),
            "nothing is read again"
        );
        // Of what a search may show, only what is replaced is looked at.
        assert_eq!(chains.among(&(990..1_100).collect()).len(), 10);
        upsert(&catalog, 0..1);
        let snapshot = catalog.read().unwrap();
        assert!(!Arc::ptr_eq(&chains, &of_state.get(&snapshot, &replacements).unwrap()), "another state");
    }
}
