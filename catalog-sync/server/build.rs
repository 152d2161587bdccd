//! Embeds the interface, `ui/web/site`. Where it was not built yet, a page that says how stands in for it, so that
//! the workspace compiles without Node.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const STAND_IN: &str = "<!doctype html>\n<html lang=\"en\" dir=\"ltr\">\n  <head>\n    <meta charset=\"utf-8\" />\n    \
    <title>Knytt</title>\n  </head>\n  <body>\n    <div id=\"app\"><p>The interface is not built yet: run \
    <code>cargo xtask setup</code>, then build <code>knytt</code> again.</p></div>\n  </body>\n</html>\n";

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let site = root.join("../../ui/web/site");
    if !site.join("index.html").exists() {
        fs::create_dir_all(&site)?;
        fs::write(site.join("index.html"), STAND_IN)?;
    }
    println!("cargo:rerun-if-changed={}", site.display());
    let mut files = Vec::new();
    collect(&site.canonicalize()?, "", &mut files)?;
    files.sort();
    let mut code = String::from("pub static FILES: &[SiteFile] = &[\n");
    for (name, path) in files.iter().filter(|(name, _)| !name.ends_with(".br") && !name.ends_with(".gz")) {
        let packed = |end: &str| {
            let packed = format!("{name}.{end}");
            let found = files.iter().find(|(other, _)| *other == packed);
            found.map_or("None".into(), |(_, path)| format!("Some(include_bytes!({path:?}))"))
        };
        // Formatting into a text cannot fail.
        let _ = writeln!(
            code,
            "    SiteFile {{ name: {name:?}, bytes: include_bytes!({path:?}), brotli: {}, gzip: {} }},",
            packed("br"),
            packed("gz"),
        );
    }
    code.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("site.rs"), code)
}

/// Every file below `folder`, by its name with slashes.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push((name, entry.path()));
        }
    }
    Ok(())
}
