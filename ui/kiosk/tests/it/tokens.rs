//! The colours of the kiosk are those of the web interface.

use std::fmt::Write;
use std::path::Path;

/// The colours of one theme, as `(name, r, g, b, a)`.
type Colors = Vec<(String, [u8; 4])>;

/// The variables of a block of the style sheet that are colours.
fn colors(css: &str, selector: &str) -> Colors {
    let block = css.split_once(&format!("{selector} {{")).expect(selector).1;
    let block = block.split_once("\n}").expect("the block ends").0;
    let lines = block.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_once(": "));
    lines
        .filter_map(|(name, value)| Some((name.replace('-', "_"), color(value.trim_end_matches(';'))?)))
        .collect()
}

fn color(value: &str) -> Option<[u8; 4]> {
    if let Some(hex) = value.strip_prefix('#').filter(|hex| hex.len() == 6) {
        let part = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("a digit");
        return Some([part(0), part(2), part(4), 255]);
    }
    let inner = value.strip_prefix("rgb(")?.strip_suffix("%)")?;
    let numbers: Vec<u32> = inner
        .split([' ', '/'])
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().expect(part))
        .collect();
    let [r, g, b, percent] = numbers[..] else { return None };
    // egui multiplies colours with their opacity beforehand.
    let with = |level: u32| ((level * percent + 50) / 100) as u8;
    Some([with(r), with(g), with(b), ((percent * 255 + 50) / 100) as u8])
}

fn constant(name: &str, colors: &Colors) -> String {
    let mut text = format!("    pub const {name}: Self = Self {{\n");
    for (field, [r, g, b, a]) in colors {
        let _ = match a {
            255 => writeln!(text, "        {field}: Color32::from_rgb({r}, {g}, {b}),"),
            _ => writeln!(text, "        {field}: Color32::from_rgba_premultiplied({r}, {g}, {b}, {a}),"),
        };
    }
    text + "    };\n"
}

/// The module `look/tokens.rs` as the style sheet says it.
pub fn module(css: &str) -> String {
    let (light, dark) = (colors(css, ":root"), colors(css, ":root[data-theme='dark']"));
    let names = |colors: &Colors| colors.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&light), names(&dark), "both themes have the same colours");
    let mut text = String::from(
        "//! The colours of `ui/web/src/styles/tokens.css`. A test writes this file: change the style sheet instead.\n\n\
         use eframe::egui::Color32;\n\n\
         /// The colours of one theme, under their names in the style sheet.\n\
         #[derive(Clone, Copy, Debug, PartialEq)]\npub struct Tokens {\n",
    );
    for (name, _) in &light {
        let _ = writeln!(text, "    /// `--{}`.\n    pub {name}: Color32,", name.replace('_', "-"));
    }
    text += "}\n\nimpl Tokens {\n    /// By day.\n";
    text += &constant("LIGHT", &light);
    text += "\n    /// At night, and where a shopper chooses it.\n";
    text += &constant("DARK", &dark);
    text + "}\n"
}

#[test]
fn the_colours_are_those_of_the_web_interface() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let css = fs_err::read_to_string(here.join("../web/src/styles/tokens.css")).unwrap();
    let file = here.join("src/look/tokens.rs");
    let expected = module(&css);
    if fs_err::read_to_string(&file).unwrap_or_default() != expected {
        fs_err::write(&file, expected).unwrap();
        panic!("the style sheet changed: {} was written again, commit it", file.display());
    }
}
