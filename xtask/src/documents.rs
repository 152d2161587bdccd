//! Checks of the documents, so that they do not rot: links resolve, and what must be short stays short.

use fs_err as fs;
use std::path::{Path, PathBuf};

use crate::shell::root;

/// The map of the code stays readable in one sitting.
const ARCHITECTURE_WORDS: usize = 1_500;

/// Words that the map may explain; everything else is the field's own term.
const GLOSSARY_WORDS: usize = 25;

/// Every clone fetches them.
const SCREENSHOT_BYTES: u64 = 6_000_000;

/// Folders without documents of the project.
const PASSED_OVER: [&str; 4] = ["target", "node_modules", "dist", ".git"];

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// Every Markdown file below `folder`.
fn documents(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !PASSED_OVER.contains(&name.as_str()) {
            documents(&path, found);
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
}

/// The targets of `[text](target)` outside of code.
fn links(text: &str) -> Vec<&str> {
    let mut links = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        is_code ^= line.trim_start().starts_with("```");
        if is_code || line.starts_with("    ") {
            continue;
        }
        let after = |mark, end| line.split(mark).skip(1).filter_map(move |rest| rest.split_once(end));
        links.extend(after("](", ')').chain(after("src=\"", '"')).map(|(target, _)| target));
    }
    links
}

/// Links inside the repository that lead nowhere, as `file: target`.
fn broken_links() -> Vec<String> {
    let mut files = Vec::new();
    documents(root(), &mut files);
    let mut broken = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let folder = file.parent().unwrap_or(root());
        for target in links(&text) {
            let path = target.split('#').next().unwrap_or_default();
            let is_elsewhere = path.is_empty() || path.contains("://") || path.starts_with("mailto:");
            if !is_elsewhere && !folder.join(path).exists() {
                broken.push(format!("{}: {target}", file.display()));
            }
        }
    }
    broken
}

#[test]
fn every_relative_link_resolves() {
    let broken = broken_links();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn links_in_code_are_not_links() {
    let text =
        "a [b](c.md) and [d](e.md#f)\n<img src=\"k.webp\" alt=\"\">\n```\n[g](h.md)\n```\n    [i](j.md)\n";
    assert_eq!(links(text), ["c.md", "e.md#f", "k.webp"]);
}

#[test]
fn the_map_of_the_code_is_short() {
    let text = read("ARCHITECTURE.md");
    let words = text.split_whitespace().count();
    assert!(words <= ARCHITECTURE_WORDS, "ARCHITECTURE.md has {words} words");
    let glossary = text.split("## Glossary").nth(1).unwrap();
    let rows = glossary.lines().filter(|line| line.starts_with("| ")).count() - 1;
    assert!(rows <= GLOSSARY_WORDS, "the glossary has {rows} words");
}

#[test]
fn the_front_page_has_the_two_commands_and_both_exist() {
    let (readme, usage) = (read("README.md"), crate::USAGE);
    for command in ["run", "test"] {
        assert!(readme.contains(&format!("\n    cargo xtask {command} ")), "README.md lacks {command}");
        assert!(usage.lines().any(|line| line.trim_start().starts_with(&format!("{command} "))));
    }
}

#[test]
fn the_front_page_shows_the_app_on_a_desktop_and_a_phone_the_console_and_the_kiosk() {
    let readme = read("README.md");
    let pictures: Vec<_> = links(&readme).into_iter().filter(|link| link.ends_with(".webp")).collect();
    assert_eq!(pictures.len(), 4, "{pictures:?}");
    for kind in ["app", "console", "kiosk"] {
        assert!(pictures.iter().any(|link| link.contains(&format!("screenshots/{kind}/"))), "{kind}");
    }
}

#[test]
fn the_screenshots_are_small() {
    fn bytes(folder: &Path) -> u64 {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { bytes(&path) } else { path.metadata().unwrap().len() }).sum()
    }
    let bytes = bytes(&root().join("docs/screenshots"));
    assert!(bytes <= SCREENSHOT_BYTES, "docs/screenshots has {bytes} bytes");
}
