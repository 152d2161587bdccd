//! Products by id, from the open catalogue and as this person sees them.

use knytt_engine::{Product, Signal};
use knytt_ui_api::{Card, Problem, ProductPage, ShownLook};

use super::state::Visit;
use crate::shop::{self, Share, product};

impl Visit {
    /// The product of this id.
    ///
    /// # Errors
    /// There is none.
    pub fn product_of(&self, id: &str) -> Result<Product, Problem> {
        product::find(self.shop()?.session(), id)
    }

    /// The page of a product, which the shopper opens: with consent the shop is told, and the taste learns
    /// from it if the shopper wants one.
    ///
    /// # Errors
    /// There is no such product.
    pub fn product_page(&self, id: &str) -> Result<ProductPage, Problem> {
        let page = product::page(self.shop()?.session(), id, &self.person())?;
        self.library.note_opened(id);
        self.learn(id, Signal::Viewed)?;
        Ok(page)
    }

    /// The shop's looks.
    ///
    /// # Errors
    /// No catalogue is open.
    pub fn looks(&self) -> Result<Vec<ShownLook>, Problem> {
        shop::looks(self.shop()?.session(), None, &self.person())
    }

    /// The picture of a look: a JPEG.
    ///
    /// # Errors
    /// No catalogue is open, or there is no such look.
    pub fn look_picture(&self, id: &str) -> Result<Vec<u8>, Problem> {
        shop::look_picture(self.shop()?.session(), id)
    }

    /// Cards of these products, in this order; those that are not there are left out.
    ///
    /// # Errors
    /// No catalogue is open.
    pub fn cards(&self, ids: &[String]) -> Result<Vec<Card>, Problem> {
        product::cards(self.shop()?.session(), ids, &self.person())
    }

    /// The address of the product's page in the shop.
    ///
    /// # Errors
    /// There is no such product, or the shop gave no address of the web for it.
    pub fn link_of(&self, id: &str) -> Result<String, Problem> {
        product::link_to(self.shop()?.session(), id)
    }

    /// The product as something to hand on.
    ///
    /// # Errors
    /// There is no such product.
    pub fn share(&self, id: &str) -> Result<Share, Problem> {
        shop::share(self.shop()?.as_ref(), id)
    }

    /// The largest there is of a product's picture (0: its own, else the number of a further one): the shop's file, else
    /// the thumbnail.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn full_picture(&self, product: &Product, number: u8) -> Result<Option<Vec<u8>>, Problem> {
        shop::full_picture(self.shop()?.as_ref(), product, number)
    }

    /// The small picture of a product (0: its own, else the number of a further one).
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn thumbnail(&self, id: &str, number: u8) -> Result<Option<Vec<u8>>, Problem> {
        shop::thumbnail(self.shop()?.session(), id, number)
    }
}
