//! What one person's device keeps: the pictures of the visit, favourites, history, settings, taste, the
//! catalogues that it follows, and the feedback that waits.
//!
//! [`Visit`] holds the state; the modules that act on it import it from `state`, which imports none of them.

mod catalogs;
mod feedback;
mod follow;
mod library;
mod model_jobs;
mod models;
mod opening;
mod overview;
mod personal;
mod pictures;
mod problem;
mod product;
mod search;
mod state;

pub use self::catalogs::{Catalogs, qr_code};
pub use self::follow::{Update, update_regularly};
pub use self::library::Library;
pub use self::model_jobs::ModelJob;
pub use self::models::Models;
pub use self::pictures::{KeptPicture, Pictures};
pub use self::state::Visit;
