//! Products by id: their pages, their cards, their links.

use knytt_engine::{Product, Query};
use knytt_ui_api::{Card, Code, Fact, Problem, ProductPage};

use super::Backend;
use super::problem::of_engine;

const SIMILAR: usize = 12;
const GOES_WITH: usize = 6;

/// Columns that may hold the product's page in the shop, best first.
const LINK_COLUMNS: [&str; 4] = ["link", "url", "product_url", "mobile_link"];

impl Backend {
    /// The product of this id.
    ///
    /// # Errors
    /// There is none.
    pub fn product_of(&self, id: &str) -> Result<Product, Problem> {
        let snapshot = self.shop()?.session().catalog().read().map_err(of_engine)?;
        let product = snapshot.product(id).map_err(of_engine)?;
        product.ok_or_else(|| Problem::new(Code::NotFound, format!("there is no product {id:?}")))
    }

    /// All there is to say about a product, whose page is opened: with consent the shop is told.
    ///
    /// # Errors
    /// There is no such product.
    pub fn product_page(&self, id: &str) -> Result<ProductPage, Problem> {
        let product = self.product_of(id)?;
        let session = self.shop()?.session().clone();
        let like = Query { product: Some(id.into()), k: SIMILAR, ..Query::default() };
        let similar = session.search(&like).map_err(of_engine)?.hits;
        let goes_with =
            session.catalog().read().and_then(|s| s.goes_with(id, GOES_WITH)).map_err(of_engine)?;
        let fact = |(name, value): (&String, &String)| Fact { name: name.clone(), value: value.clone() };
        let told = |(name, value): &(&String, &String)| {
            !value.is_empty() && !LINK_COLUMNS.contains(&name.to_lowercase().as_str())
        };
        self.library.note_opened(id);
        Ok(ProductPage {
            card: self.card(&product),
            description: product.description.clone(),
            sizes: product.sizes.clone(),
            facts: product.attributes.iter().filter(told).map(fact).collect(),
            has_link: link(&product).is_some(),
            similar: similar.iter().map(|hit| self.card(&hit.product)).collect(),
            goes_with: goes_with.iter().map(|product| self.card(product)).collect(),
        })
    }

    /// Cards of these products, in this order; those that are not there are left out.
    ///
    /// # Errors
    /// No catalogue is open.
    pub fn cards(&self, ids: &[String]) -> Result<Vec<Card>, Problem> {
        let snapshot = self.shop()?.session().catalog().read().map_err(of_engine)?;
        let mut cards = Vec::with_capacity(ids.len());
        for id in ids {
            cards.extend(snapshot.product(id).map_err(of_engine)?.map(|product| self.card(&product)));
        }
        Ok(cards)
    }

    /// Where the shop sells it.
    ///
    /// # Errors
    /// There is no such product, or the shop gave no address of the web for it.
    pub fn link_of(&self, id: &str) -> Result<String, Problem> {
        let product = self.product_of(id)?;
        let link = link(&product).map(str::to_owned);
        link.ok_or_else(|| Problem::new(Code::NotFound, "the shop gives no page for this product"))
    }
}

/// A product's page in the shop. Only addresses of the web: a feed must not make the app open anything
/// else.
pub fn link(product: &Product) -> Option<&str> {
    let column = |name: &str| product.attributes.iter().find(|(column, _)| column.eq_ignore_ascii_case(name));
    let links = LINK_COLUMNS.iter().filter_map(|name| Some(column(name)?.1.trim()));
    let web = |link: &&str| {
        let start = link.get(..8).unwrap_or(link).to_ascii_lowercase();
        (start.starts_with("https://") || start.starts_with("http://")) && !link.contains(char::is_control)
    };
    links.into_iter().find(web)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(column: &str, value: &str) -> Product {
        let attributes = [(column.to_owned(), value.to_owned())].into();
        Product { attributes, ..Product::default() }
    }

    #[test]
    fn only_addresses_of_the_web_are_links() {
        assert_eq!(link(&with("Link", " https://shop.example/1 ")), Some("https://shop.example/1"));
        for bad in ["file:///etc/passwd", "javascript:alert(1)", "knytt://x", "https:/x", "ünicode", ""] {
            assert_eq!(link(&with("link", bad)), None, "{bad}");
        }
        assert_eq!(link(&with("homepage", "https://shop.example")), None);
    }
}
