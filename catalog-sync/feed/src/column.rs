//! What the columns of a feed mean.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

use crate::column_names::{FORMER_PRICES, NAMES};
use crate::{Mapping, choices, column_affixes, currency};

/// A part of a product that a column can fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    Id,
    Title,
    Description,
    Brand,
    Category,
    Price,
    SalePrice,
    Currency,
    Color,
    Size,
    Availability,
    Image,
    MoreImages,
    /// A small picture, for where there is no other.
    Thumbnail,
    Group,
    Variants,
}

/// The attributes that Merchant Center documents and that fill no part of their own: kept under these names,
/// however a feed spells them (`Size Type`, `g:size_type`, `sizeType`).
const MERCHANT: &[&str] = &[
    "adult",
    "ads_redirect",
    "age_group",
    "auto_pricing_min_price",
    "availability_date",
    "bundle",
    "certification",
    "cloud_export_program",
    "condition",
    "consumer_notice",
    "cost_of_goods_sold",
    "custom_label_0",
    "custom_label_1",
    "custom_label_2",
    "custom_label_3",
    "custom_label_4",
    "disclosure_date",
    "display_ads_id",
    "display_ads_link",
    "display_ads_similar_ids",
    "display_ads_title",
    "display_ads_value",
    "energy_efficiency_class",
    "excluded_destination",
    "expiration_date",
    "external_seller_id",
    "free_shipping_threshold",
    "gender",
    "gtin",
    "identifier_exists",
    "included_destination",
    "installment",
    "is_bundle",
    "lifestyle_image_link",
    "link",
    "link_template",
    "loyalty_points",
    "loyalty_program",
    "material",
    "max_energy_efficiency_class",
    "max_handling_time",
    "maximum_retail_price",
    "min_energy_efficiency_class",
    "min_handling_time",
    "minimum_order_value",
    "mobile_link",
    "mobile_link_template",
    "mpn",
    "multipack",
    "pattern",
    "pause",
    "pickup_method",
    "pickup_sla",
    "product_detail",
    "product_fee",
    "product_height",
    "product_highlight",
    "product_length",
    "product_weight",
    "product_width",
    "promotion_id",
    "return_policy_label",
    "sale_price_effective_date",
    "sell_on_google_quantity",
    "shipping",
    "shipping_height",
    "shipping_label",
    "shipping_length",
    "shipping_weight",
    "shipping_width",
    "ships_from_country",
    "shopping_ads_excluded_country",
    "short_title",
    "size_system",
    "size_type",
    "structured_description",
    "structured_title",
    "subscription_cost",
    "tax",
    "tax_category",
    "transit_time_label",
    "unit_pricing_base_measure",
    "unit_pricing_measure",
    "video_link",
    "virtual_model_link",
];

/// One column: its name, and what it means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Column {
    /// Merchant Center's name if it has one, else the feed's.
    pub(crate) name: String,
    /// As the feed writes it.
    pub(crate) written: String,
    /// The part that it fills, with its place among the names of that part.
    pub(crate) role: Option<(Role, usize)>,
    /// Which step of a path of categories it has, from 1: `Category 2`, `Kategorie Ebene 2`.
    pub(crate) level: Option<u8>,
    /// Whether it has what a product cost before.
    pub(crate) is_former_price: bool,
}

impl Column {
    fn of(written: &str, naming: &Naming) -> Self {
        let written = written.trim().trim_start_matches('\u{feff}');
        let plain = normalise(written);
        let mapped = naming.mapped.get(&plain);
        let plain = mapped.unwrap_or(&plain);
        // A column that somebody named counts before those that only look like it.
        let place = |place: usize| if mapped.is_some() { 0 } else { place + 1 };
        let known = if mapped.is_some() { role(plain) } else { role_named(written) };
        let known = known.map(|(role, at)| (role, place(at)));
        let role = match naming.image_column.as_deref() {
            Some(chosen) if chosen == normalise(written) => Some((Role::Image, 0)),
            Some(_) => known.filter(|(role, _)| !matches!(role, Role::Image | Role::Thumbnail)),
            None => known,
        };
        let name = if mapped.is_some() || MERCHANT.contains(&plain.as_str()) { plain } else { written };
        let is_former_price = is_former(&normalise(written));
        Self {
            name: name.to_owned(),
            written: written.to_owned(),
            role,
            level: column_affixes::level(written),
            is_former_price,
        }
    }

    /// Whether it is one of a row of pictures that are told apart by numbers.
    pub(crate) fn is_numbered(&self) -> bool {
        matches!(self.role, Some((Role::Image, place)) if place > NUMBERED)
    }

    /// Whether somebody may mean it by this name.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) || self.written.eq_ignore_ascii_case(name)
    }
}

/// The place of names with a number in them, behind all others.
const NUMBERED: usize = 1000;

fn role(plain: &str) -> Option<(Role, usize)> {
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
fn is_former(plain: &str) -> bool {
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
fn role_named(written: &str) -> Option<(Role, usize)> {
    let plain = normalise(written);
    let behind = |(role, place)| (role, if place < NUMBERED { NUMBERED + place } else { place });
    role(&plain)
        .or_else(|| column_affixes::bare_names(written, &plain).find_map(|bare| role(&bare)).map(behind))
}

/// Merchant Center's name for an attribute, if it documents one that is spelled so.
pub(crate) fn merchant_name(name: &str) -> Option<&'static str> {
    let plain = normalise(name);
    let of_parts = NAMES.iter().flat_map(|(_, names)| names.iter());
    MERCHANT.iter().chain(of_parts).find(|known| **known == plain).copied()
}

/// `Image Link`, `image-link`, `imageLink` and `g:image_link` are one name, and so is one whose letters are composed
/// otherwise (`Název`) or are wide (`ＩＤ`).
pub(crate) fn normalise(name: &str) -> String {
    let name = name.trim().trim_start_matches('\u{feff}');
    let name = name.strip_prefix("g:").unwrap_or(name);
    let composed: Cow<'_, str> =
        if name.is_ascii() { name.into() } else { name.chars().map(narrow).nfc().collect() };
    let mut plain = String::with_capacity(composed.len());
    let mut after_small = false;
    for c in composed.chars().filter(|c| !is_unseen(*c)) {
        if !c.is_alphanumeric() && !choices::is_mark(c) {
            after_small = false;
            if !plain.is_empty() && !plain.ends_with('_') {
                plain.push('_');
            }
            continue;
        }
        if c.is_uppercase() && after_small {
            plain.push('_');
        }
        after_small = c.is_lowercase();
        // The Turkish capital has its dot as a mark of its own in small letters.
        match c {
            'İ' => plain.push('i'),
            c => plain.extend(c.to_lowercase()),
        }
    }
    plain.truncate(plain.trim_end_matches('_').len());
    plain
}

/// Letters and digits that East Asian programs write as wide as theirs.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    }
}

/// Signs of direction, and others without a width.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// How this feed's columns are named.
#[derive(Debug, Default)]
struct Naming {
    image_column: Option<String>,
    /// Merchant Center's names by the feed's, both plain.
    mapped: HashMap<String, String>,
}

/// The columns of one feed, each looked at once.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    naming: Arc<Naming>,
    known: HashMap<String, Arc<Column>>,
    /// Those that fill no part, whatever they are called.
    attributes: HashMap<String, Arc<Column>>,
}

impl Columns {
    pub(crate) fn new(image_column: Option<&str>, mapping: Option<&Mapping>) -> Self {
        let pairs = mapping.map(|m| m.columns.iter()).unwrap_or_default();
        let naming = Naming {
            image_column: image_column.map(normalise),
            mapped: pairs.map(|(name, column)| (normalise(column), normalise(name))).collect(),
        };
        Self { naming: Arc::new(naming), ..Self::default() }
    }

    /// With a column that has the titles, whatever it is called.
    pub(crate) fn with_title(mut self, column: Option<&str>) -> Self {
        if let (Some(column), Some(naming)) = (column, Arc::get_mut(&mut self.naming)) {
            naming.mapped.entry(normalise(column)).or_insert_with(|| "title".into());
        }
        self
    }

    /// The column of this name, as the feed writes it.
    pub(crate) fn column(&mut self, name: &str) -> Arc<Column> {
        if let Some(column) = self.known.get(name) {
            return Arc::clone(column);
        }
        let column = Arc::new(Column::of(name, &self.naming));
        self.known.insert(name.to_owned(), Arc::clone(&column));
        column
    }

    /// The column of this name that fills no part of a product, even if it is called like one.
    pub(crate) fn attribute(&mut self, name: &str) -> Arc<Column> {
        if let Some(column) = self.attributes.get(name) {
            return Arc::clone(column);
        }
        let written = name.trim().to_owned();
        let column = Arc::new(Column {
            name: written.clone(),
            written,
            role: None,
            level: None,
            is_former_price: false,
        });
        self.attributes.insert(name.to_owned(), Arc::clone(&column));
        column
    }

    /// Whether one of the columns met so far has pictures.
    pub(crate) fn have_image(&self) -> bool {
        let has = |c: &Column| matches!(c.role, Some((Role::Image | Role::MoreImages | Role::Thumbnail, _)));
        self.known.values().any(|c| has(c))
    }

    /// Whether a column of this name would mean something.
    pub(crate) fn know(&self, name: &str) -> bool {
        let plain = normalise(name);
        !plain.is_empty()
            && (role_named(name).is_some()
                || MERCHANT.contains(&plain.as_str())
                || self.naming.mapped.contains_key(&plain)
                || self.naming.image_column.as_ref() == Some(&plain))
    }

    /// Whether a column of this name was met.
    pub fn contain(&self, name: &str) -> bool {
        let name = name.trim();
        let wanted = role_of(name);
        let fills = |c: &Column| wanted.is_some() && c.role.map(|(role, _)| role) == wanted;
        self.known.values().any(|c| c.is_called(name) || fills(c))
            || self.attributes.values().any(|c| c.is_called(name))
    }

    /// The names met so far, as the feed writes them, sorted.
    pub fn names(&self) -> Vec<&str> {
        let columns = self.known.values().chain(self.attributes.values());
        let mut names: Vec<_> = columns.map(|c| c.written.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
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

    #[test]
    fn documented_attributes_have_one_name_and_others_their_own() {
        let mut columns = Columns::default();
        assert_eq!(columns.column("g:age_group").name, "age_group");
        assert_eq!(columns.column("Size Type").name, "size_type");
        assert_eq!(columns.column("Season (internal)").name, "Season (internal)");
        assert!(columns.contain("size type") && columns.contain("SIZE_TYPE"));
    }

    #[test]
    fn a_chosen_image_column_replaces_the_usual_ones() {
        let mut columns = Columns::new(Some("shot"), None);
        assert_eq!(columns.column("image").role, None);
        assert!(!columns.have_image());
        assert_eq!(columns.column("Shot").role, Some((Role::Image, 0)));
        assert!(columns.have_image() && columns.contain("IMAGE"));
    }

    #[test]
    fn a_mapped_column_counts_before_one_that_is_called_so() {
        let mapping = Mapping::parse("[columns]\ntitle = \"Bezeichnung\"\nmaterial = \"Stoff\"").unwrap();
        let mut columns = Columns::new(None, Some(&mapping));
        assert_eq!(columns.column("Bezeichnung").role, Some((Role::Title, 0)));
        assert_eq!(columns.column("title").role, Some((Role::Title, 1)));
        assert_eq!(columns.column("stoff").name, "material");
        assert!(columns.contain("Stoff") && columns.contain("material"));
    }
}
