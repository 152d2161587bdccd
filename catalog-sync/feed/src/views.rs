//! Which pictures of a folder show one thing from several sides, by their names: `SKU123_1.jpg` with `SKU123_2.jpg`,
//! `bonnet-front.jpg` with `bonnet-side.jpg`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What is said of a side, at the end of a name.
#[rustfmt::skip]
const SIDES: &[&str] = &[
    "front", "back", "side", "left", "right", "top", "bottom", "detail", "details", "closeup", "close", "zoom", "alt",
    "angle", "inside", "outside", "inner", "outer", "sole", "worn", "model", "lifestyle", "packaging", "packshot", "label",
    "hero", "main", "rear", "vorne", "vorn", "hinten", "vorderseite", "rückseite", "rueckseite", "seite", "seitlich",
    "oben", "unten", "innen", "avant", "arrière", "arriere", "dos", "devant", "profil", "côté", "cote", "dessus", "frente",
    "atrás", "atras", "espalda", "lado", "lateral", "detalle", "detalhe", "costas", "fronte", "retro", "lato", "dettaglio",
    "voor", "voorkant", "achter", "achterkant", "zijkant", "przód", "przod", "tył", "tyl", "bok", "fram", "framsida", "bak",
    "baksida", "sida", "forside", "bagside", "zepředu", "zezadu", "спереди", "сзади", "сбоку", "перед", "зад", "ön", "arka",
    "yan", "正面", "背面", "側面",
];

/// How cameras, phones and programs call the pictures that they make, each of another thing.
#[rustfmt::skip]
const OF_CAMERAS: &[&str] = &[
    "img", "image", "dsc", "dscn", "dscf", "pxl", "p", "mvi", "gopr", "screenshot", "photo", "foto", "bild", "pic", "picture",
    "scan", "vid", "wa", "whatsapp", "signal", "sam", "cimg", "pict", "untitled", "unnamed", "download", "page", "frame",
];

/// A camera that calls its pictures by one letter has at least so many digits behind it.
const CAMERA_DIGITS: usize = 6;

/// No product is shown by more.
const MOST: usize = 12;

/// A picture with further ones of the same thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) first: PathBuf,
    pub(crate) others: Vec<PathBuf>,
}

/// What comes behind what a thing is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ending {
    /// Nothing: the thing's own picture.
    None,
    Number(u32),
    Side(usize),
}

/// Brings together the pictures of a folder that show one thing; the order stays that of the first of each.
pub(crate) fn together(paths: &[PathBuf]) -> Vec<Shown> {
    let mut things: BTreeMap<(PathBuf, String), Vec<(Ending, usize)>> = BTreeMap::new();
    for (at, path) in paths.iter().enumerate() {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_lowercase();
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        things.entry((folder.clone(), stem.clone())).or_default().push((Ending::None, at));
        if let Some((thing, ending)) = split(&stem) {
            things.entry((folder, thing.to_owned())).or_default().push((ending, at));
        }
    }
    let mut first_of: Vec<usize> = (0..paths.len()).collect();
    let mut order: Vec<Ending> = vec![Ending::None; paths.len()];
    for ((_, thing), mut views) in things {
        views.sort_unstable();
        if !is_one(&thing, &views) || views.iter().any(|(_, at)| first_of[*at] != *at) {
            continue;
        }
        let first = views[0].1;
        for (ending, at) in views {
            first_of[at] = first;
            order[at] = ending;
        }
    }
    let mut others: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in (0..paths.len()).filter(|at| first_of[*at] != *at) {
        others.entry(first_of[at]).or_default().push(at);
    }
    let shown = |at: usize| {
        let mut others = others.get(&at).cloned().unwrap_or_default();
        others.sort_by_key(|other| order[*other]);
        Shown {
            first: paths[at].clone(),
            others: others.into_iter().map(|other| paths[other].clone()).collect(),
        }
    };
    (0..paths.len()).filter(|at| first_of[*at] == *at).map(shown).collect()
}

/// What a thing is called, and what is behind that.
fn split(stem: &str) -> Option<(&str, Ending)> {
    let bare = stem.trim_end_matches(')');
    let (thing, last) = bare.rsplit_once(['_', '-', ' ', '.', '('])?;
    let thing = thing.trim_end_matches(['_', '-', ' ', '.']);
    if thing.is_empty() {
        return None;
    }
    if (1..=2).contains(&last.len()) && last.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((thing, Ending::Number(last.parse().ok()?)));
    }
    let word = last.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = last[word.len()..].parse::<usize>().unwrap_or_default().min(99);
    let side = SIDES.iter().position(|side| *side == word)?;
    Some((thing, Ending::Side(side * 100 + number)))
}

/// Where a picture of this name stands among those of its thing: by its number, then by its side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place(Ending);

pub(crate) fn place(stem: &str) -> Place {
    Place(split(&stem.to_lowercase()).map_or(Ending::None, |(_, ending)| ending))
}

/// What the thing is called that a picture of this name shows from one of its sides.
pub(crate) fn thing(stem: &str) -> &str {
    let lower = stem.to_lowercase();
    let length = split(&lower).map_or(stem.len(), |(thing, _)| thing.len());
    // Small letters may have another length.
    if lower.len() == stem.len() { stem.get(..length).unwrap_or(stem) } else { stem }
}

/// Whether pictures of these endings are of one thing. Numbers alone tell it only behind the number of a product: they
/// count things as often as sides.
fn is_one(thing: &str, views: &[(Ending, usize)]) -> bool {
    if !(2..=MOST).contains(&views.len()) || is_of_camera(thing) || has_date(thing) {
        return false;
    }
    let mut endings: Vec<Ending> = views.iter().map(|(ending, _)| *ending).collect();
    endings.dedup();
    let numbers: Vec<u32> = endings
        .iter()
        .filter_map(|ending| if let Ending::Number(number) = ending { Some(*number) } else { None })
        .collect();
    let is_row = numbers.windows(2).all(|pair| pair[1] == pair[0] + 1);
    let begins = numbers.first().is_none_or(|first| *first <= if endings[0] == Ending::None { 2 } else { 1 });
    let has_number = thing.contains(|c: char| c.is_ascii_digit());
    endings.len() == views.len() && is_row && begins && (numbers.is_empty() || has_number)
}

fn is_of_camera(thing: &str) -> bool {
    let word = thing.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty()).unwrap_or_default();
    // `P1010023` is a camera's picture, `P121` an article.
    let digits = thing.bytes().filter(u8::is_ascii_digit).count();
    OF_CAMERAS.contains(&word) && (word != "p" || digits >= CAMERA_DIGITS)
}

/// `2024-05`, `20240501`: pictures of one day are of many things.
fn has_date(thing: &str) -> bool {
    let digits: String = thing.chars().filter(|c| c.is_ascii_digit() || c.is_alphabetic()).collect();
    let year = |start: &str| {
        digits.match_indices(start).any(|(at, _)| {
            let rest = &digits.as_bytes()[at + 2..];
            let is_digit = |at: usize| rest.get(at).is_some_and(u8::is_ascii_digit);
            let month = rest.get(2..4).and_then(|month| std::str::from_utf8(month).ok()?.parse::<u32>().ok());
            let is_apart = at == 0 || !digits.as_bytes()[at - 1].is_ascii_digit();
            is_apart && is_digit(0) && is_digit(1) && month.is_some_and(|month| (1..=12).contains(&month))
        })
    };
    year("20") || year("19")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(names: &[&str]) -> Vec<String> {
        let paths: Vec<PathBuf> = names.iter().map(PathBuf::from).collect();
        let one = |shown: Shown| {
            let all = [shown.first].into_iter().chain(shown.others);
            all.map(|path| path.display().to_string()).collect::<Vec<_>>().join(" ")
        };
        together(&paths).into_iter().map(one).collect()
    }

    #[test]
    fn sides_of_one_thing_come_together() {
        for names in [
            &["SKU123_1.jpg", "SKU123_2.jpg", "SKU123_3.png"][..],
            &["AB-77.jpg", "AB-77-back.jpg"],
            &["bonnet front.jpg", "bonnet side.jpg"],
            &["Stuhl_vorne.jpg", "Stuhl_hinten.jpg"],
            &["a/17-4.jpg", "a/17-4_1.jpg", "a/17-4_2.jpg"],
            &["art 5.jpg", "art 5 (1).jpg", "art 5 (2).jpg"],
            &["7781-detail1.jpg", "7781-detail2.jpg"],
        ] {
            assert_eq!(told(names), [names.join(" ")]);
        }
        let numbered: Vec<String> = (1..=10).map(|number| format!("X1_{number}.jpg")).collect();
        let mut by_name = numbered.clone();
        by_name.sort();
        let by_name: Vec<&str> = by_name.iter().map(String::as_str).collect();
        assert_eq!(told(&by_name), [numbered.join(" ")], "by number, not by letters");
    }

    #[test]
    fn pictures_that_are_only_counted_stay_apart() {
        for names in [
            &["IMG_1.jpg", "IMG_2.jpg"][..],
            &["IMG_1001.jpg", "IMG_1002.jpg"],
            &["dress_1.jpg", "dress_2.jpg"],
            &["2024-05-01.jpg", "2024-05-02.jpg"],
            &["20240501_1.jpg", "20240501_2.jpg"],
            &["SKU1_3.jpg", "SKU1_9.jpg"],
            &["a/SKU1_1.jpg", "b/SKU1_2.jpg"],
            &["red front.jpg", "blue side.jpg"],
        ] {
            assert_eq!(told(names), names);
        }
        let many: Vec<String> = (1..=20).map(|number| format!("X1_{number:02}.jpg")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(told(&many), many);
    }
}
