//! How good all this is, on garments that are drawn and on photographs. Ignored, since it takes minutes and
//! pictures that are not here:
//!
//!     cargo test -p knytt-engine --lib measure:: -- --ignored --nocapture
//!
//! `KNYTT_PHOTOS` is a folder with `photos.csv` (`id,image,label,kids,sender,split`), `KNYTT_OUT` a folder
//! for tables.

pub(super) mod garments;
mod photos;
