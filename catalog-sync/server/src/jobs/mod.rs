//! Work that outlives a request: rows in the database, claimed by workers of any replica.
//!
//! A job is `waiting`, `running`, or ended as `done`, `failed` or `cancelled`. A worker claims it for the time of
//! a lease, which it renews. When the lease has run out, because the process was killed or hung, another worker
//! claims the job again. Each claim has a greater **fencing token**; every write of a worker names its token and
//! changes nothing when a later claim exists. So a job may be begun twice, and its results count once.
//!
//! Two jobs of one lane never run at once: an index of the database forbids it.

mod claim;
mod lease;
mod problems;
mod row;
mod store;
#[cfg(test)]
pub(crate) mod tests;
mod worker;

pub use self::claim::free_own;
pub use self::lease::hold;
pub use self::problems::{FoundProblem, Selected, problems};
pub use self::row::{Job, NewJob};
pub use self::store::{add, by_id, cancel, has_open, lines, list, sweep};
pub use self::worker::{Context, Failure, JobWorkers, Work};
