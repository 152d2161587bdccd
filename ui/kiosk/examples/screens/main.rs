//! Writes pictures of the kiosk's screens: `screens CATALOG PICTURES FOLDER`.
//!
//! The kiosk's own code draws them, on a GPU in software where there is one, without a window, and with a clock that
//! this program moves: pictures of one shop have the same bytes in every run.

mod canvas;
mod staged;
mod store;
mod views;

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::canvas::Gpu;
use crate::store::Shop;

fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [catalog, pictures, folder] = &arguments[..] else {
        bail!("usage: screens CATALOG PICTURES FOLDER");
    };
    fs_err::create_dir_all(folder)?;
    let shop = Shop { catalog: catalog.clone(), pictures: pictures.clone() };
    views::draw(&Gpu::open()?, &shop, folder)
}
