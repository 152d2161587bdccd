//! Columns that have one step of a path of categories each.

use super::meaning::role_of;
use super::normalise::normalise;
use super::role::Role;

/// Words for a step of a path.
const STEPS: [&str; 12] = [
    "ebene",
    "level",
    "lvl",
    "niveau",
    "nivel",
    "livello",
    "poziom",
    "úroveň",
    "nivå",
    "niveå",
    "уровень",
    "name",
];

/// The step of a path of categories that a column of this name has.
pub(crate) fn level(written: &str) -> Option<u8> {
    let plain = normalise(written);
    let bare = plain.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = plain[bare.len()..].parse().ok().filter(|number| (1..=9).contains(number))?;
    let bare = bare.trim_end_matches('_');
    let without_step =
        || STEPS.iter().find_map(|step| bare.strip_suffix(step)).map(|rest| rest.trim_end_matches('_'));
    let is_category = |name: &str| role_of(name) == Some(Role::Category);
    (is_category(bare) || without_step().is_some_and(is_category)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_a_path_of_categories_are_told_by_numbers() {
        for (name, step) in [
            ("Kategorie Ebene 2", Some(2)),
            ("category_name1", Some(1)),
            ("Category 3", Some(3)),
            ("category", None),
            ("custom_label_1", None),
        ] {
            assert_eq!(level(name), step, "{name}");
        }
        assert_eq!(normalise("Kategori İsmi"), "kategori_ismi");
    }
}
