//! The `knytt` binary on real files: what a person or a script sees of it.

mod bad_input;
mod command;
mod disk;
mod eval;
mod faulty;
mod json;
mod kill;
mod resume;
mod search;
mod shop;
