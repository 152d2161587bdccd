//! What rules let lists show that no search made: what goes with a product, what others looked at, what is trending.

use roaring::RoaringBitmap;

use crate::catalog::snapshot::Snapshot;
use crate::error::Result;
use crate::merchandise::compiled::CompiledRules;
use crate::merchandise::guidance::Guidance;
use crate::product::Product;
use crate::product::filter::Filter;
use crate::search::answer::guide;
use crate::search::query::Query;

/// The rules that a list obeys. The default obeys none.
#[derive(Clone, Copy, Debug, Default)]
pub struct ListRules<'a> {
    /// The rules.
    pub rules: Option<&'a CompiledRules>,
    /// The shopper's language, such as `en`: rules of another language do not apply.
    pub language: Option<&'a str>,
}

impl Snapshot {
    /// What products must pass to be shown in a list of those that pass `filter`: the filter itself, and all that the
    /// rules hide or ask for there.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn shown_under(&self, obeyed: ListRules<'_>, filter: &Filter) -> Result<Filter> {
        Ok(filter.clone().narrowed(self.list_guidance(obeyed, filter)?.filter()))
    }

    /// What the rules do to a list of products that pass `filter`.
    pub(crate) fn list_guidance(&self, obeyed: ListRules<'_>, filter: &Filter) -> Result<Guidance> {
        let Some(rules) = obeyed.rules else { return Ok(Guidance::default()) };
        let query =
            Query { language: obeyed.language.map(str::to_owned), unpinned: true, ..Query::default() };
        guide(rules, self, &query, filter)
    }

    /// The product that takes the place of the one of this `id`, if the rules replace it and let the other one be shown.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn successor(&self, id: &str, obeyed: ListRules<'_>) -> Result<Option<Product>> {
        let Some(item) = self.item(id)? else { return Ok(None) };
        let Some(chains) = obeyed.rules.map(|rules| rules.chains(self)).transpose()?.flatten() else {
            return Ok(None);
        };
        let shown = self.matching(&self.shown_under(obeyed, &Filter::default())?)?;
        chains.last_link(item, &shown).map(|successor| self.product_at(successor)).transpose()
    }

    /// The first `most` products of `ids`, in their order, that pass `filter` and that the rules let a list show, each
    /// once, with successors in the places of those that they replace. Those that are not in the catalogue are left out.
    ///
    /// # Errors
    /// [`FilterError::UnknownKey`](crate::FilterError::UnknownKey), or the storage fails.
    pub fn listed(
        &self,
        ids: &[String],
        filter: &Filter,
        obeyed: ListRules<'_>,
        most: usize,
    ) -> Result<Vec<Product>> {
        let guidance = self.list_guidance(obeyed, filter)?;
        let shown = self.matching(&filter.clone().narrowed(guidance.filter()))?;
        let (mut products, mut seen) = (Vec::new(), RoaringBitmap::new());
        for id in ids {
            if products.len() == most {
                break;
            }
            let Some(item) = self.item(id)?.filter(|item| shown.contains(*item)) else { continue };
            let item = guidance.successors.of(item).unwrap_or(item);
            if seen.insert(item) {
                products.push(self.product_at(item)?);
            }
        }
        Ok(products)
    }
}
