//! Draws garments: the same garment as a shop shows it and as a shopper photographs it.
//!
//! A [`Garment`] says what a thing is (category, cut, colours, pattern, fabric), a [`View`] how it is
//! looked at (layout, backdrop, light, camera). Both are plain data that serde can store, and
//! [`render`] is a pure function of the two.
//!
//! ```
//! use knytt_garments::{Category, Garment, View, render};
//! use rand::SeedableRng;
//!
//! let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(7);
//! let dress = Garment::random(Category::Dress, &mut rng);
//! let in_the_shop = render(&dress, &View::studio(0), 96);
//! let at_home = render(&dress, &View::wild(&mut rng), 96);
//! assert_ne!(in_the_shop, at_home);
//! assert!(dress.caption(&mut rng).contains("dress"));
//! ```

mod backdrop;
mod caption;
mod category;
mod cut;
mod draft;
mod fabric;
mod fold;
mod garment;
mod layer;
mod near_duplicate;
mod noise;
mod palette;
mod pattern;
mod render;
mod sample;
mod shapes;
mod shop;
mod tailor;
mod view;

pub use backdrop::{Backdrop, Ground};
pub use category::Category;
pub use cut::{
    Collar, Cuff, Cut, Front, Hem, LegsCut, Neck, OtherCut, Pockets, ShoeCut, ShoeKind, SkirtCut, SkirtKind,
    TopCut, Waistband,
};
pub use fabric::Fabric;
pub use garment::Garment;
pub use palette::{Colour, ColourName};
pub use pattern::{Motif, Pattern};
pub use render::render;
pub use sample::{Product, sample_products};
pub use view::{Camera, Light, Pose, View};
