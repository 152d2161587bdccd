//! Embeds the interface. Where it was not built yet, a page that says how stands in for it, so that the
//! workspace compiles without Node.

use std::path::Path;

const STAND_IN: &str = "<!doctype html><meta charset=utf-8><title>Knytt</title>\
    <p>The interface is not built yet: run <code>cargo xtask run</code>.";

fn main() {
    let dist = Path::new("../ui/web/dist");
    let page = dist.join("index.html");
    if !page.exists() {
        std::fs::create_dir_all(dist).expect("cannot make ui/web/dist");
        std::fs::write(page, STAND_IN).expect("cannot write ui/web/dist/index.html");
    }
    println!("cargo:rerun-if-changed=../ui/web/dist");
    tauri_build::build();
}
