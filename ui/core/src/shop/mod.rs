//! Stateless answers over an open catalogue: search, browse, facets, chips, a product's page.
//!
//! No function here keeps anything of the person who asks. What differs from person to person comes in as
//! a [`Person`]; [`Person::default`] asks for nobody in particular.

pub mod chips;
pub mod facets;
mod looks;
pub(crate) mod measure;
mod open;
mod person;
mod picture;
pub mod product;
pub mod search;
mod share;
mod speed;
mod suggest;
pub mod taking_part;

pub use self::looks::{look_picture, looks};
#[cfg(feature = "visit")]
pub(crate) use self::open::options as model_options;
pub use self::open::{CatalogContext, Shop, folder_name, summarize};
pub use self::person::Person;
pub use self::picture::{QueryPicture, read_picture};
pub use self::share::{Share, full_picture, jpeg, share, thumbnail};
pub use self::speed::measure_model;
pub use self::suggest::{Suggestions, suggest};
