//! What goes well with a product: other kinds, near in style.

use std::collections::BTreeMap;

use crate::facet::Field;
use crate::{Error, Filter, Product, Result, Snapshot, Strategy, VectorQuery};

/// So many products tell what a category looks like.
const SAMPLE: usize = 24;

impl Snapshot {
    /// Up to `count` products that go well with the product of this `id`: one each of categories that
    /// look unlike its own, and in each the one nearest to it.
    ///
    /// Categories that look alike replace each other (a shirt for a blouse); those that look unlike
    /// are worn together. So the categories are ranked by how far their mean is from that of the
    /// product's own, and the nearer half is left out.
    ///
    /// # Errors
    /// [`UnknownProduct`](Error::UnknownProduct), or the storage fails.
    pub fn goes_with(&self, id: &str, count: usize) -> Result<Vec<Product>> {
        let product = self.product(id)?.ok_or_else(|| Error::UnknownProduct { id: id.into() })?;
        let Some(embedding) = self.vector(id)? else { return Ok(Vec::new()) };
        let mut best = Vec::new();
        for category in self.unlike(&product.category)? {
            let filter = Filter::default().with(Field::Category, &category);
            let query = VectorQuery {
                embedding: &embedding,
                filter: &filter,
                k: 1,
                strategy: Strategy::Auto,
                except: None,
            };
            best.extend(self.search(&query)?.products);
        }
        best.sort_by(|a, b| b.score.total_cmp(&a.score));
        Ok(best.into_iter().take(count).map(|scored| scored.product).collect())
    }

    /// The half of the other categories that look least like `category`.
    fn unlike(&self, category: &str) -> Result<Vec<String>> {
        let names = self.facet_counts(&Field::Category, &Filter::default())?;
        let mut means = BTreeMap::new();
        for (name, _) in names {
            means.insert(name.clone(), self.mean_of(&name)?);
        }
        let Some(own) =
            means.iter().find(|(name, _)| crate::facet::fold(name) == crate::facet::fold(category))
        else {
            return Ok(Vec::new());
        };
        let dot = |other: &[f32]| own.1.iter().zip(other).map(|(a, b)| a * b).sum::<f32>();
        let mut others: Vec<_> =
            means.iter().filter(|(name, _)| *name != own.0).map(|(name, mean)| (dot(mean), name)).collect();
        others.sort_by(|a, b| a.0.total_cmp(&b.0));
        let half = others.len().div_ceil(2);
        Ok(others.into_iter().take(half).map(|(_, name)| name.clone()).collect())
    }

    /// The mean of the first vectors of a category, one long.
    fn mean_of(&self, category: &str) -> Result<Vec<f32>> {
        let mut sum = vec![0.0; self.catalog().dimension()];
        let (db, txn) = self.parts();
        let filter = Filter::default().with(Field::Category, category);
        for item in crate::facets::matching(db, txn, &filter)?.iter().take(SAMPLE) {
            sum.iter_mut().zip(self.vector_at(item)?).for_each(|(s, v)| *s += v);
        }
        let norm = sum.iter().map(|v| v * v).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        sum.iter_mut().for_each(|v| *v /= norm);
        Ok(sum)
    }
}
