//! Checks of the documents, so that they do not rot: links resolve, and what must be short stays short.

use std::fs;
use std::path::{Path, PathBuf};

use crate::shell::root;

/// The map of the code stays readable in one sitting.
const ARCHITECTURE_WORDS: usize = 1_500;

/// Words that the map may explain; everything else is the field's own term.
const GLOSSARY_WORDS: usize = 25;

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
        let targets = line.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        links.extend(targets.map(|(target, _)| target));
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
    let text = "a [b](c.md) and [d](e.md#f)\n```\n[g](h.md)\n```\n    [i](j.md)\n";
    assert_eq!(links(text), ["c.md", "e.md#f"]);
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
fn the_front_page_shows_a_picture() {
    assert!(links(&read("README.md")).iter().any(|link| link.ends_with(".png")));
}
