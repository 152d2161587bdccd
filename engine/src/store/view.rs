//! A transaction together with the databases that it reads or changes.

use heed::{RoTxn, RwTxn};

use crate::store::schema::Databases;

/// A read transaction of a catalogue.
#[derive(Clone, Copy)]
pub(crate) struct View<'t> {
    pub(crate) db: &'t Databases<'static>,
    pub(crate) txn: &'t RoTxn<'t>,
    /// Components per vector.
    pub(crate) dimension: usize,
}

/// A write transaction of a catalogue.
pub(crate) struct Edit<'t, 'e> {
    pub(crate) db: &'t Databases<'static>,
    pub(crate) txn: &'t mut RwTxn<'e>,
    /// Components per vector.
    pub(crate) dimension: usize,
}

impl<'e> Edit<'_, 'e> {
    /// A view of the transaction, which sees its own changes.
    pub(crate) fn view(&self) -> View<'_> {
        View { db: self.db, txn: &*self.txn, dimension: self.dimension }
    }
}
