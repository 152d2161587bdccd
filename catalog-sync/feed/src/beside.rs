//! Pictures beside a feed that names none: those that are called like its products. `A-17.jpg`, `A-17-1.jpg`,
//! `A-17_back.jpg` and all pictures of a folder `A-17` show product A-17.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use knytt_engine::Product;

use crate::left_aside::{is_of_system, is_of_thumbnails};
use crate::picture_file::{is_picture, slashed};
use crate::{Result, views};

/// How deep folders are looked into, and how many entries at most: a feed may lie in a folder with anything else.
const DEPTH: usize = 6;
const MOST_ENTRIES: usize = 200_000;

/// Attributes that pictures are called by, besides the id.
const NUMBERS: [&str; 2] = ["gtin", "mpn"];

/// The pictures under a folder.
struct Found {
    /// Paths from the folder, with slashes.
    paths: Vec<String>,
    /// What products of the feed are called, in small letters.
    known: HashSet<String>,
}

/// The pictures of each product of a feed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Beside(HashMap<String, Vec<String>>);

impl Found {
    /// Looks for pictures under `root`.
    fn under(root: &Path) -> Self {
        let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
        let (mut paths, mut left) = (Vec::new(), MOST_ENTRIES);
        walk(root, Path::new(""), DEPTH, &mut left, &mut paths);
        paths.sort();
        Self { paths, known: HashSet::new() }
    }

    /// Meets a product of the feed.
    fn meet(&mut self, product: &Product) {
        self.known.extend(names(product));
    }

    /// Gives each picture to the product that it is called like: by its whole name if there is such a product, else by
    /// the name before a number or a side, else by the folder that it lies in.
    fn assigned(self) -> Beside {
        let mut of: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for path in self.paths {
            let stem = Path::new(&path).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let folders =
                Path::new(&path).ancestors().skip(1).filter_map(|folder| folder.file_name()?.to_str());
            let called = [stem, views::thing(stem)].into_iter().chain(folders).map(folded);
            let name = { called }.find(|name| self.known.contains(name));
            if let Some(name) = name {
                of.entry(name).or_default().push(path);
            }
        }
        let in_order = |(name, mut paths): (String, Vec<String>)| {
            paths.sort_by_cached_key(|path| order(&name, path));
            (name, paths)
        };
        Beside(of.into_iter().map(in_order).collect())
    }
}

impl Beside {
    /// The pictures under `root` that are called like the products of a feed.
    ///
    /// # Errors
    /// The feed cannot be read.
    pub(crate) fn under(root: &Path, products: impl Iterator<Item = Result<Product>>) -> Result<Self> {
        let mut found = Found::under(root);
        if found.paths.is_empty() {
            return Ok(Self::default());
        }
        for product in products {
            found.meet(&product?);
        }
        Ok(found.assigned())
    }

    /// The pictures of a product as paths from the folder, the first one first.
    pub(crate) fn of(&self, product: &Product) -> &[String] {
        names(product).find_map(|name| self.0.get(&name)).map_or(&[], Vec::as_slice)
    }

    /// How many pictures products have.
    pub(crate) fn len(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }
}

/// The product's own picture, then numbers, then sides, whatever folder they are in.
fn order(name: &str, path: &str) -> (bool, views::Place, String) {
    let stem = Path::new(path).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    (folded(stem) != name, views::place(stem), path.to_owned())
}

/// What pictures of a product may be called.
fn names(product: &Product) -> impl Iterator<Item = String> {
    let numbers = NUMBERS.iter().filter_map(|name| product.attributes.get(*name));
    std::iter::once(&product.id).chain(numbers).map(|name| folded(name)).filter(|name| !name.is_empty())
}

/// Signs that a file's name cannot have stand in it as others.
fn folded(name: &str) -> String {
    name.trim()
        .chars()
        .map(|c| if "/\\:*?\"<>| ".contains(c) { '_' } else { c })
        .flat_map(char::to_lowercase)
        .collect()
}

fn walk(root: &Path, below: &Path, depth: usize, left: &mut usize, paths: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(root.join(below)) else { return };
    let mut folders: Vec<PathBuf> = Vec::new();
    for entry in entries.flatten() {
        if *left == 0 {
            return;
        }
        *left -= 1;
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| !name.starts_with('.') && !is_of_system(name)) else {
            continue;
        };
        let path = below.join(name);
        match entry.file_type() {
            // A linked folder may lead back up.
            Ok(kind) if kind.is_dir() => folders.push(path),
            Ok(_) if is_picture(&path) => paths.extend(slashed(&path)),
            _ => {}
        }
    }
    for folder in folders.into_iter().filter(|_| depth > 0) {
        if !is_of_thumbnails(&root.join(&folder)) {
            walk(root, &folder, depth - 1, left, paths);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(id: &str, gtin: &str) -> Product {
        let attributes = [("gtin".to_owned(), gtin.to_owned())].into();
        Product { id: id.into(), attributes, ..Product::default() }
    }

    fn beside(files: &[&str], products: &[Product]) -> Beside {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, b"x").unwrap();
        }
        let mut found = Found::under(root.path());
        products.iter().for_each(|product| found.meet(product));
        found.assigned()
    }

    #[test]
    fn pictures_belong_to_the_product_that_they_are_called_like() {
        let products = [product("AB", ""), product("AB-77", "4006381333931"), product("12/3", "")];
        let files = [
            "Summer/ab-77_2.JPG",
            "Summer/AB-77-back.jpg",
            "Summer/ab-77.jpg",
            "AB-1.jpg",
            "12_3.png",
            "4006381333931-10.jpg",
            "other.jpg",
            ".hidden/AB.jpg",
            "AB.txt",
        ];
        let beside = beside(&files, &products);
        assert_eq!(beside.of(&products[0]), ["AB-1.jpg"]);
        assert_eq!(
            beside.of(&products[1]),
            ["Summer/ab-77.jpg", "Summer/ab-77_2.JPG", "Summer/AB-77-back.jpg"],
        );
        assert_eq!(beside.of(&products[2]), ["12_3.png"]);
        assert_eq!(beside.of(&product("X", "4006381333931")), ["4006381333931-10.jpg"]);
    }

    #[test]
    fn a_folder_that_is_called_like_a_product_has_its_pictures() {
        let products = [product("P1", "")];
        let beside = beside(&["p1/IMG_0002.jpg", "p1/IMG_0001.jpg", "p2/IMG_1.jpg"], &products);
        assert_eq!(beside.of(&products[0]), ["p1/IMG_0001.jpg", "p1/IMG_0002.jpg"]);
        assert_eq!(beside.len(), 2);
    }
}
