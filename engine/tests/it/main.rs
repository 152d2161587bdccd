//! The catalogue as its users see it, on real files.
#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]

mod common;

mod ann;
mod browse;
mod calibrate;
mod concurrency;
mod disk;
mod further_pictures;
mod instance_embedding;
mod items;
mod ivf;
mod kill;
mod lists;
mod looks;
mod merchandising;
mod model;
mod pictureless;
mod pictures_only;
mod ranking;
mod refusals;
mod repair;
mod replacements;
mod review;
mod round_trip;
mod safety;
mod schema;
mod session;
mod torn;
