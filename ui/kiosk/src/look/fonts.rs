//! The system's fonts. None is shipped: those that a shop wants in its own letters are installed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::{FontData, FontDefinitions, FontFamily};

/// The name of the family in bold type.
pub const BOLD: &str = "bold";

/// No font for Latin letters is installed.
#[derive(Debug, thiserror::Error)]
#[error("no font was found in {searched}: install one (on Debian: apt install fonts-noto-core)")]
pub struct FontsMissing {
    searched: String,
}

/// The files of one script, the preferred one first: regular and bold.
struct Script {
    regular: &'static [&'static str],
    bold: &'static [&'static str],
}

const SCRIPTS: [Script; 3] = [
    Script {
        regular: &["NotoSans-Regular.ttf", "DejaVuSans.ttf", "LiberationSans-Regular.ttf", "arial.ttf"],
        bold: &["NotoSans-Bold.ttf", "DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf", "arialbd.ttf"],
    },
    Script { regular: &["NotoSansArabic-Regular.ttf"], bold: &["NotoSansArabic-Bold.ttf"] },
    Script {
        regular: &[
            "NotoSansSC-Regular.otf",
            "DroidSansFallbackFull.ttf",
            "NotoSansCJK-Regular.ttc",
            "msyh.ttc",
        ],
        bold: &["NotoSansSC-Bold.otf"],
    },
];

/// Where systems keep fonts.
const FOLDERS: [&str; 4] =
    ["/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "C:\\Windows\\Fonts"];

/// Folders below a folder of fonts that are looked into.
const DEPTH: usize = 4;

/// The installed fonts for Latin, Arabic and Chinese, as egui takes them.
///
/// # Errors
/// There is none for Latin. Letters of a script without a font are shown as boxes.
pub fn definitions() -> Result<FontDefinitions, FontsMissing> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        list(Path::new(folder), DEPTH, &mut files);
    }
    let mut fonts = FontDefinitions::empty();
    let (mut regular, mut bold) = (Vec::new(), Vec::new());
    for script in &SCRIPTS {
        let usual = load(&files, script.regular, &mut fonts);
        let heavy = load(&files, script.bold, &mut fonts).or_else(|| usual.clone());
        regular.extend(usual);
        bold.extend(heavy);
    }
    if regular.is_empty() {
        return Err(FontsMissing { searched: FOLDERS.join(", ") });
    }
    fonts.families.insert(FontFamily::Proportional, regular.clone());
    fonts.families.insert(FontFamily::Monospace, regular);
    fonts.families.insert(FontFamily::Name(BOLD.into()), bold);
    Ok(fonts)
}

/// Reads the first of the named fonts that is installed; says under which name it is known.
fn load(files: &[PathBuf], names: &[&str], fonts: &mut FontDefinitions) -> Option<String> {
    for name in names {
        let file = files.iter().find(|file| file.file_name().is_some_and(|n| n.eq_ignore_ascii_case(name)));
        if let Some(bytes) = file.and_then(|file| fs_err::read(file).ok()) {
            fonts.font_data.insert((*name).into(), Arc::new(FontData::from_owned(bytes)));
            return Some((*name).into());
        }
    }
    None
}

fn list(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs_err::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if !path.is_dir() {
            found.push(path);
        } else if depth > 0 {
            list(&path, depth - 1, found);
        }
    }
}
