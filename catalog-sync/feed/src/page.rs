//! Files of web pages, and the folders that browsers save with them.

use std::path::{Path, PathBuf};

/// Whether a file of a folder is one of its pages.
pub(crate) fn is_page(path: &Path) -> bool {
    let endings = ["html", "htm", "xhtml", "jsonld"];
    path.extension().is_some_and(|e| endings.iter().any(|ending| e.eq_ignore_ascii_case(ending)))
}

/// The page that a browser saved together with this folder, if it did: `Oak stool.html` with `Oak stool_files`.
pub(crate) fn saved_beside(folder: &Path) -> Option<PathBuf> {
    // What browsers call it in the languages that they are in.
    const ENDINGS: [&str; 15] = [
        "_files",
        "-files",
        ".files",
        "_fichiers",
        "_Dateien",
        "-Dateien",
        "_archivos",
        "_file",
        "_bestanden",
        "_pliki",
        "_soubory",
        "_arquivos",
        "_ficheiros",
        "_filer",
        "_tiedostot",
    ];
    let name = folder.file_name()?.to_str()?;
    let stem = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending))?;
    ["html", "htm", "xhtml"]
        .iter()
        .map(|ending| folder.with_file_name(format!("{stem}.{ending}")))
        .find(|p| p.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_a_pages_if_the_page_is_beside_it() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        std::fs::write(path("Chair.htm"), "x").unwrap();
        assert_eq!(saved_beside(&path("Chair_files")), Some(path("Chair.htm")));
        assert_eq!(saved_beside(&path("Chair-Dateien")), Some(path("Chair.htm")));
        assert_eq!((saved_beside(&path("Table_files")), saved_beside(&path("Chair"))), (None, None));
    }
}
