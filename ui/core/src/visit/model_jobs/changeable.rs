//! Whether the open catalogue's model can be changed on this device.

use std::sync::Arc;

use knytt_engine::{ActiveEnvironment, Successor};
use knytt_ui_api::{Code, Problem};

use crate::shop::Shop;
use crate::visit::state::Visit;

impl Visit {
    /// The open catalogue, if its model can be changed here.
    ///
    /// # Errors
    /// There is none, or whoever publishes it chooses its model.
    pub(super) fn changeable_shop(&self) -> Result<Arc<Shop>, Problem> {
        let shop = self.shop()?;
        match is_changeable(&shop) {
            true => Ok(shop),
            false => {
                Err(Problem::new(Code::Unsupported, "whoever publishes this catalogue chooses its model"))
            }
        }
    }
}

/// Whether the catalogue was made on this device, and nobody else replaces it as a whole.
pub(super) fn is_changeable(shop: &Shop) -> bool {
    let folder = shop.folder();
    let is_replaced =
        ActiveEnvironment::read(folder).ok().flatten().is_some() && !Successor::is_active(folder);
    let is_followed = shop.context().is_ok_and(|context| context.identity.root.is_some());
    !is_replaced && !is_followed
}
