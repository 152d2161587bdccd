//! The menu of the staff, behind a hidden corner and a PIN. It shows how the kiosk is, and nothing of a visit.

mod corner;
mod desk;
mod guard;

pub use self::corner::Corner;
pub use self::desk::{Desk, Order, Page};
pub use self::guard::Guard;
