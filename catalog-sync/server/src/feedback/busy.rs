//! The refusal of a batch for which there is no room now.

use crate::http::refusal::Refusal;

pub(super) fn busy() -> Refusal {
    Refusal::new(503, "busy", "Too many batches wait").retry_after(2)
}
