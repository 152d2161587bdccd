//! The shop's answers, on threads of their own: the screen never waits for a catalogue or a model.

mod answers;
mod attract;
mod pictures;
mod stock;

pub use self::answers::{FirstLook, Opened, Shopkeeper};
pub use self::attract::{Loop, Pace};
pub use self::pictures::{Pictures, Size};
pub use self::stock::{Shelf, Stock, stock};
