//! What programs put around the bare name of a column: remarks in brackets, the language of its words, the channel that
//! they are for, what the row is about.

use super::normalise::normalise;

/// Languages whose codes end or begin names of columns. Codes that are words of such names are left out: `id`, `no`.
#[rustfmt::skip]
const LANGUAGES: &[&str] = &[
    "en", "de", "fr", "es", "pt", "nl", "pl", "cs", "cz", "sk", "sv", "da", "dk", "nb", "fi", "et", "lv", "lt", "hu",
    "ro", "bg", "el", "gr", "tr", "ru", "uk", "ua", "hr", "sl", "sr", "he", "ar", "fa", "hi", "th", "vi", "ja", "jp",
    "ko", "kr", "zh", "cn", "tw", "ca", "eu", "gl", "mt", "ga", "it", "default", "und",
];

/// Words that say what a row is about, before what a cell is about.
const OF_ROWS: [&str; 6] = ["product_", "item_", "article_", "artikel_", "produkt_", "offer_"];

/// Words in brackets after which a name is that of something else.
#[rustfmt::skip]
const OF_OTHERS: &[&str] = &[
    "alt", "seo", "meta", "id", "ids", "code", "count", "number", "type", "width", "height", "cost", "wholesale", "currency",
    "unit", "date", "from", "to", "old", "ek",
];

/// Whether this is the code of a language.
pub(crate) fn is_language(code: &str) -> bool {
    LANGUAGES.contains(&code) || code == "nn"
}

/// Names that may be meant by a column's, most of it first; `plain` is the whole one.
pub(crate) fn bare_names(written: &str, plain: &str) -> impl Iterator<Item = String> {
    let remark = without_remark(written).or_else(|| without_kind(written)).map(|bare| normalise(&bare));
    let whole = plain.to_owned();
    let base = remark.clone().unwrap_or_else(|| whole.clone());
    let of_language = without_language(&base);
    let names = [remark, of_language.clone()];
    let of_row = [Some(base), of_language].into_iter().flatten().filter_map(|name| without_row(&name));
    let names: Vec<String> = names.into_iter().flatten().chain(of_row).collect();
    names.into_iter().filter(move |name| !name.is_empty() && *name != whole)
}

/// `Categories (x,y,z...)`, `Title [Non Editable]`, `name[lang=en]`, `Name *` without what says how to fill it in.
fn without_remark(written: &str) -> Option<String> {
    let at = written.find(['(', '[', '{', '（', '【'])?;
    let (bare, remark) = written.split_at(at);
    let words = remark.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_other = words.into_iter().any(|word| OF_OTHERS.contains(&word.to_lowercase().as_str()));
    // Numbers tell columns of one kind apart.
    let is_number =
        remark.chars().all(|c| !c.is_alphabetic()) && remark.contains(|c: char| c.is_ascii_digit());
    (!is_other && !is_number && !bare.trim().is_empty()).then(|| bare.to_owned())
}

/// `variant:Size` and `attribute:color` without the word for what kind of column it is.
fn without_kind(written: &str) -> Option<String> {
    let (kind, bare) = written.split_once(':')?;
    let kinds = [
        "variant",
        "varianta",
        "variation",
        "option",
        "attribute",
        "attribut",
        "atribut",
        "param",
        "property",
    ];
    kinds.contains(&normalise(kind).as_str()).then(|| bare.to_owned())
}

/// `name_en`, `name_en_us`, `description_fr_fr_ecommerce` and `nl_title` without the language.
fn without_language(plain: &str) -> Option<String> {
    let parts: Vec<&str> = plain.split('_').collect();
    let is_language = |part: &str| LANGUAGES.contains(&part);
    let is_country = |part: &&str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    if let [first, rest @ ..] = parts.as_slice()
        && is_language(first)
        && !rest.is_empty()
    {
        return Some(rest.join("_"));
    }
    let at = (1..parts.len()).find(|at| is_language(parts[*at]))?;
    let behind = &parts[at + 1..];
    let is_whole = match behind {
        [] => true,
        [country, channel @ ..] => is_country(country) && channel.len() < 2,
    };
    is_whole.then(|| parts[..at].join("_"))
}

/// `product_price` is a price.
fn without_row(plain: &str) -> Option<String> {
    OF_ROWS.iter().find_map(|start| plain.strip_prefix(start)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use crate::column::{Role, role_of};

    #[test]
    fn what_is_around_a_name_is_no_part_of_it() {
        for (name, role) in [
            ("Name *", Role::Title),
            ("name(en-gb)", Role::Title),
            ("name-en_US", Role::Title),
            ("description-fr_FR-ecommerce", Role::Description),
            ("title_de", Role::Title),
            ("Título (ES)", Role::Title),
            ("NL_Description", Role::Description),
            ("Categories (x,y,z...)", Role::Category),
            ("name[lang=en]", Role::Title),
            ("Stock [Non Editable]", Role::Availability),
            ("product_price", Role::Price),
            ("product_brand", Role::Brand),
            ("Price (tax excl.)", Role::Price),
            ("variant:Velikost", Role::Size),
            ("attribute:color", Role::Color),
        ] {
            assert_eq!(role_of(name), Some(role), "{name}");
        }
    }

    #[test]
    fn names_of_other_things_stay_theirs() {
        for name in
            ["Image (alt text)", "Title (SEO)", "Price (old)", "product_width", "made_in", "Category (ID)"]
        {
            assert_eq!(role_of(name), None, "{name}");
        }
    }
}
