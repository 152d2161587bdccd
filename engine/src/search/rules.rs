//! The rules and the weights that a session obeys.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::catalog::snapshot::Snapshot;
use crate::error::Result;
use crate::merchandise::compiled::CompiledRules;
use crate::rank::weights::Weights;

/// The rules of a session and its clones.
#[derive(Default)]
pub(crate) struct SessionRules {
    /// What counts in place of the catalogue's rules.
    replaced: RwLock<Option<Arc<CompiledRules>>>,
    /// The catalogue's rules, and the commit that they were read at: they are prepared once for each.
    own: Mutex<Option<(u64, Option<Arc<CompiledRules>>)>>,
}

impl SessionRules {
    /// The rules that count for a state of the catalogue.
    pub(crate) fn current(&self, snapshot: &Snapshot) -> Result<Option<Arc<CompiledRules>>> {
        if let Some(rules) = &*self.replaced.read().unwrap_or_else(PoisonError::into_inner) {
            return Ok(Some(rules.clone()));
        }
        let commit = snapshot.commit_number();
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, rules)) = own.as_ref().filter(|(known, _)| *known == commit) {
            return Ok(rules.clone());
        }
        // What was written was checked; what a later version wrote is not obeyed.
        let rules = snapshot.merchandising()?.and_then(|document| CompiledRules::new(document).ok());
        let rules = rules.map(Arc::new);
        *own = Some((commit, rules.clone()));
        Ok(rules)
    }

    pub(crate) fn replace(&self, rules: Option<Arc<CompiledRules>>) {
        *self.replaced.write().unwrap_or_else(PoisonError::into_inner) = rules;
    }
}

/// The weights that count in place of the catalogue's, for a session and its clones.
#[derive(Default)]
pub(crate) struct SessionWeights(RwLock<Option<Weights>>);

impl SessionWeights {
    pub(crate) fn get(&self) -> Option<Weights> {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn replace(&self, weights: Option<Weights>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = weights;
    }
}
