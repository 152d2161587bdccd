//! The part of a product that a name stands for.

use super::affixes;
use super::names::{FORMER_PRICES, NAMES};
use super::normalise::normalise;
use super::role::Role;
use crate::{choices, currency};

/// The place of names with a number in them, behind all others.
pub(super) const NUMBERED: usize = 1000;

/// The part that a plain name stands for, with its place among the names of that part.
pub(super) fn role(plain: &str) -> Option<(Role, usize)> {
    let known = |name: &str| {
        NAMES.iter().find_map(|(role, names)| Some((*role, names.iter().position(|n| *n == name)?)))
    };
    known(plain)
        .or_else(|| numbered(plain, known))
        .or_else(|| {
            let role = match choices::named(plain)? {
                "color" => Role::Color,
                "size" => Role::Size,
                _ => return None,
            };
            Some((role, NUMBERED))
        })
        .or_else(|| priced(plain, known))
}

/// What a price's name may end in beside a currency.
#[rustfmt::skip]
const OF_TAXES: &[&str] = &[
    "_tax_included", "_tax_incl", "_incl_vat", "_inc_vat", "_including_vat", "_incl_tax", "_inc_tax", "_inc_gst", "_incl_gst", "_incl_btw", "_inkl_mwst",
    "_inkl_ust", "_incl_mwst", "_inkl_moms", "_ttc", "_gross", "_brutto", "_bruttó", "_s_dph", "_z_vat", "_con_iva",
    "_iva_incluido", "_iva_inclusa", "_c_iva", "_с_ндс", "_з_пдв", "_με_φπα", "_kdv_dahil", "_税込", "_in",
];

/// `Price incl. VAT`, `Cena [zł]` and `Preis in EUR` are prices.
fn priced(plain: &str, known: impl Fn(&str) -> Option<(Role, usize)>) -> Option<(Role, usize)> {
    let of_price = |name: &str| known(name).filter(|(role, _)| matches!(role, Role::Price | Role::SalePrice));
    let without_currency =
        currency::of_column(plain).and_then(|_| plain.rsplit_once('_')).map(|(name, _)| name);
    let mut name = without_currency.unwrap_or(plain);
    while let Some(shorter) = OF_TAXES.iter().find_map(|ending| name.strip_suffix(ending)) {
        name = shorter;
    }
    of_price(name).filter(|_| name != plain).map(|(role, place)| (role, NUMBERED + place))
}

/// Whether a column has what a product cost before, with or without a currency or taxes in its name.
pub(super) fn is_former(plain: &str) -> bool {
    let known = |name: &str| FORMER_PRICES.contains(&name).then_some((Role::Price, 0));
    known(plain).or_else(|| priced(plain, known)).is_some()
}

/// `IMAGE1`, `image_2_url`, `image[0].url` and `additional_image_link_3` are pictures in their order.
fn numbered(plain: &str, known: impl Fn(&str) -> Option<(Role, usize)>) -> Option<(Role, usize)> {
    let is_digit = |c: char| c.is_ascii_digit();
    let (start, end) = (plain.find(is_digit)?, plain.rfind(is_digit)? + 1);
    let number = plain[start..end].parse::<u8>().ok()?;
    let parts = [plain[..start].trim_end_matches('_'), plain[end..].trim_start_matches('_')];
    let name = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_");
    match known(&name)?.0 {
        Role::Image | Role::MoreImages if name.starts_with("additional") => {
            Some((Role::MoreImages, number.into()))
        }
        Role::Image | Role::MoreImages => Some((Role::Image, NUMBERED + usize::from(number))),
        _ => None,
    }
}

/// The part of a product that is usually called `name`.
pub(crate) fn role_of(name: &str) -> Option<Role> {
    role_named(name).map(|(role, _)| role)
}

/// The part that a name as it is written stands for: as it is, or without what is around its bare name.
pub(super) fn role_named(written: &str) -> Option<(Role, usize)> {
    let plain = normalise(written);
    let behind = |(role, place)| (role, if place < NUMBERED { NUMBERED + place } else { place });
    role(&plain).or_else(|| affixes::bare_names(written, &plain).find_map(|bare| role(&bare)).map(behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_spellings_mean_the_same() {
        for name in
            ["image_link", "Image Link", "g:image_link", " IMAGE-LINK ", "\u{feff}image link", "imageLink"]
        {
            assert_eq!(role_of(name), Some(Role::Image), "{name}");
        }
        assert_eq!(role_of("Google Product Category"), Some(Role::Category));
        assert_eq!(role_of("Body (HTML)"), Some(Role::Description));
        assert_eq!(role_of("itemGroupId"), Some(Role::Group));
        assert_eq!(role_of("label"), None);
    }

    #[test]
    fn numbers_tell_pictures_apart() {
        for name in ["IMAGE1", "image_2_url", "image[0].url", "Picture 3", "Bild1"] {
            assert_eq!(role_of(name), Some(Role::Image), "{name}");
        }
        assert_eq!(role_of("additional_image_url_1"), Some(Role::MoreImages));
        assert_eq!(role_of("custom_label_0"), None);
    }

    #[test]
    fn columns_of_many_languages_are_known() {
        for (name, role) in [
            ("Titel", Role::Title),
            ("Prix TTC", Role::Price),
            ("Категория", Role::Category),
            ("Farbe", Role::Color),
            ("Zdjęcie", Role::Image),
            ("在庫", Role::Availability),
            ("Price (incl. VAT)", Role::Price),
            ("Cena [zł]", Role::Price),
            ("Názov", Role::Title),
            ("Na\u{301}zov", Role::Title),
            ("Obrázok", Role::Image),
            ("Kategória", Role::Category),
            ("Značka", Role::Brand),
            ("ชื่อสินค้า", Role::Title),
            ("รหัสสินค้า", Role::Id),
            ("ราคา", Role::Price),
            ("מק\"ט", Role::Id),
            ("מחיר", Role::Price),
            ("תמונה", Role::Image),
            ("Κωδικός", Role::Id),
            ("uniqueid", Role::Id),
            ("ＳＫＵ", Role::Id),
            ("商品画像パス1", Role::Image),
        ] {
            assert_eq!(role_of(name), Some(role), "{name}");
        }
    }
}
