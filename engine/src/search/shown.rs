//! What rules let lists show that no search made: what goes with a product, what others looked at, what is trending.

use crate::catalog::snapshot::Snapshot;
use crate::error::Result;
use crate::merchandise::compiled::CompiledRules;
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
        let Some(rules) = obeyed.rules else { return Ok(filter.clone()) };
        let query =
            Query { language: obeyed.language.map(str::to_owned), unpinned: true, ..Query::default() };
        let guidance = guide(rules, self, &query, filter)?;
        Ok(filter.clone().narrowed(guidance.filter()))
    }

    /// The first `most` products of `ids`, in their order, that pass `filter` and that the rules let a list show. Those
    /// that are not in the catalogue are left out.
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
        let shown = self.matching(&self.shown_under(obeyed, filter)?)?;
        let mut products = Vec::new();
        for id in ids {
            if products.len() == most {
                break;
            }
            if let Some(item) = self.item(id)?.filter(|item| shown.contains(*item)) {
                products.push(self.product_at(item)?);
            }
        }
        Ok(products)
    }
}
