//! What ranking needs to know of a product, as a row of fixed length: reading five hundred of them costs
//! microseconds, where five hundred products as JSON would cost milliseconds.

use std::collections::BTreeMap;

use heed::{RoTxn, RwTxn};

use crate::facet::fold;
use crate::look::{ColorFamily, ColorName, Pattern};
use crate::regions::{Lab, lab_of_rgb};
use crate::schema::Databases;
use crate::{Availability, Look, Product, Result, SeenColor, price};

/// Rows per value of the database.
pub(crate) const SLOTS: u32 = 256;

/// Colours per row.
const TONES: usize = 3;

/// Bytes per row: the colours, then the fields in the order of [`Facts`].
const BYTES: usize = 4 * TONES + 1 + 1 + 2 + 4 + 4 + 8 + 8 + 8 + 4 + 4;

/// One product's row. Texts are hashes of themselves: ranking only asks whether they are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Facts {
    /// Measured, or else those that the feed's words stand for; the largest first, share 0 for none.
    pub(crate) tones: [Tone; TONES],
    /// 0 if it is not known, else one more than the pattern's number.
    pub(crate) pattern: u8,
    /// Whether it can be bought now; so is one of which the feed does not say.
    pub(crate) available: bool,
    /// Of the category, 0 if it has none.
    pub(crate) category: u32,
    /// Of the brand, 0 if it has none.
    pub(crate) brand: u32,
    /// Of the group, or of the twin whose picture this is, or of the product itself: never 0.
    pub(crate) group: u64,
    /// A bit for each size.
    pub(crate) sizes: u64,
    /// As [`price::encode`] makes it.
    pub(crate) price: i64,
    /// 0 or more; what the release says.
    pub(crate) popularity: f32,
    /// Days from 1970 to the day from which it is in the shop; 0 if the feed does not say.
    pub(crate) since: u32,
}

/// A colour and how much of the product has it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Tone {
    /// CIELAB, to whole numbers.
    pub(crate) lab: [i8; 3],
    /// In percent.
    pub(crate) percent: u8,
}

impl Tone {
    pub(crate) fn of(lab: Lab, percent: u8) -> Self {
        Self { lab: lab.map(|value| value.round().clamp(-128.0, 127.0) as i8), percent }
    }

    pub(crate) fn lab(self) -> Lab {
        self.lab.map(f32::from)
    }
}

impl Facts {
    pub(crate) fn of(product: &Product) -> Self {
        Self {
            tones: tones(product),
            pattern: pattern(product).map_or(0, |pattern| pattern as u8 + 1),
            available: product.availability != Availability::OutOfStock,
            category: short_key(category(product)),
            brand: short_key(&product.brand),
            group: group(product),
            sizes: product.sizes.iter().fold(0, |bits, size| bits | size_bit(size)),
            price: price::encode(product),
            popularity: number(product, POPULARITY).max(0.0),
            since: since(product),
        }
    }

    /// Of a picture alone.
    pub(crate) fn of_look(look: &Look) -> Self {
        Self::of(&Product { look: look.clone(), ..Product::default() })
    }

    fn to_bytes(self) -> [u8; BYTES] {
        let mut bytes = Vec::with_capacity(BYTES);
        for tone in self.tones {
            bytes.extend(tone.lab.map(|value| value as u8));
            bytes.push(tone.percent);
        }
        bytes.extend([self.pattern, u8::from(self.available), 0, 0]);
        bytes.extend(self.category.to_le_bytes());
        bytes.extend(self.brand.to_le_bytes());
        bytes.extend(self.group.to_le_bytes());
        bytes.extend(self.sizes.to_le_bytes());
        bytes.extend(self.price.to_le_bytes());
        bytes.extend(self.popularity.to_le_bytes());
        bytes.extend(self.since.to_le_bytes());
        let mut row = [0; BYTES];
        row.copy_from_slice(&bytes);
        row
    }

    fn from_bytes(row: &[u8; BYTES]) -> Self {
        let mut rest = row.as_slice();
        let tones = std::array::from_fn(|_| {
            let [l, a, b, percent] = take(&mut rest);
            Tone { lab: [l, a, b].map(|byte| byte as i8), percent }
        });
        let [pattern, available, ..] = take::<4>(&mut rest);
        Self {
            tones,
            pattern,
            available: available != 0,
            category: u32::from_le_bytes(take(&mut rest)),
            brand: u32::from_le_bytes(take(&mut rest)),
            group: u64::from_le_bytes(take(&mut rest)),
            sizes: u64::from_le_bytes(take(&mut rest)),
            price: i64::from_le_bytes(take(&mut rest)),
            popularity: f32::from_le_bytes(take(&mut rest)),
            since: u32::from_le_bytes(take(&mut rest)),
        }
    }
}

/// The next bytes of a row, which is as long as it has to be.
fn take<const N: usize>(rest: &mut &[u8]) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&rest[..N]);
    *rest = &rest[N..];
    bytes
}

/// The attribute that a release's popularity comes as.
pub(crate) const POPULARITY: &str = "popularity";

/// The category that the feed says, else the one that was guessed.
pub(crate) fn category(product: &Product) -> &str {
    match &product.look.category {
        Some(guess) if product.category.trim().is_empty() => &guess.value,
        _ => &product.category,
    }
}

/// The pattern that the feed says, else the one that was seen.
pub(crate) fn pattern(product: &Product) -> Option<Pattern> {
    let said = attribute(product, "pattern").and_then(Pattern::understood);
    said.or_else(|| Pattern::understood(&product.look.pattern.as_ref()?.value))
}

/// How much farther than the nearest name another may be that a seen colour goes by too, in CIEDE2000.
const NAMES_WITHIN: f32 = 10.0;

/// The palette's names for the colours that the feed says, else for those that were seen: of a tone
/// between two names both, since one shopper's burgundy is another one's brown.
pub(crate) fn shades(product: &Product) -> Vec<ColorName> {
    let mut shades: Vec<ColorName> = product.colors.iter().filter_map(|c| ColorName::understood(c)).collect();
    if shades.is_empty() {
        shades = product.look.colors.iter().flat_map(names_of).collect();
    }
    shades.sort_unstable();
    shades.dedup();
    shades
}

fn names_of(seen: &SeenColor) -> Vec<ColorName> {
    let lab = lab_of_rgb(seen.rgb);
    let metal = |name: &ColorName| name.family() == ColorFamily::Metallic;
    let names = ColorName::ALL.iter().filter(|name| !metal(name));
    let far: Vec<(f32, ColorName)> = names.filter_map(|name| Some((name.distance_to(lab)?, *name))).collect();
    let nearest = far.iter().map(|(far, _)| *far).fold(f32::MAX, f32::min);
    far.into_iter().filter(|(far, _)| *far <= nearest + NAMES_WITHIN).map(|(_, name)| name).collect()
}

/// What was measured comes first here: a feed's "red" may be any red.
fn tones(product: &Product) -> [Tone; TONES] {
    let mut tones = [Tone::default(); TONES];
    for (tone, seen) in tones.iter_mut().zip(&product.look.colors) {
        *tone = Tone::of(lab_of_rgb(seen.rgb), seen.percent.max(1));
    }
    if product.look.colors.is_empty() {
        let said: Vec<Lab> =
            product.colors.iter().filter_map(|color| ColorName::understood(color)?.lab()).collect();
        for (tone, lab) in tones.iter_mut().zip(&said) {
            *tone = Tone::of(*lab, (100 / said.len().clamp(1, TONES)) as u8);
        }
    }
    tones
}

fn group(product: &Product) -> u64 {
    let own = [&product.group, product.look.twin_of.as_ref().unwrap_or(&product.id)];
    let name = own.into_iter().find(|name| !name.is_empty()).unwrap_or(&product.id);
    long_key(name).max(1)
}

fn since(product: &Product) -> u32 {
    const NAMES: [&str; 4] = ["created_at", "published_at", "date_added", "availability_date"];
    NAMES.iter().find_map(|name| days(attribute(product, name)?)).unwrap_or(0)
}

/// Days from 1970-01-01 to a date that begins with `YYYY-MM-DD`.
fn days(text: &str) -> Option<u32> {
    let mut parts = text.trim().get(..10)?.split('-').map(str::parse::<i64>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Howard Hinnant's days_from_civil: the year begins in March, so the leap day is its last.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (y / 400, y % 400);
    let of_year = (153 * m + 2) / 5 + day - 1;
    u32::try_from(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468).ok()
}

fn number(product: &Product, name: &str) -> f32 {
    attribute(product, name)
        .and_then(|text| text.trim().parse().ok())
        .filter(|n: &f32| n.is_finite())
        .unwrap_or(0.0)
}

fn attribute<'p>(product: &'p Product, name: &str) -> Option<&'p str> {
    product.attributes.iter().find(|(key, _)| fold(key) == name).map(|(_, value)| value.as_str())
}

/// A bit of 64; two sizes share one rarely.
pub(crate) fn size_bit(size: &str) -> u64 {
    if size.trim().is_empty() { 0 } else { 1 << (long_key(size) % 64) }
}

/// 0 for an empty text.
pub(crate) fn short_key(text: &str) -> u32 {
    if text.trim().is_empty() { 0 } else { (long_key(text) as u32).max(1) }
}

fn long_key(text: &str) -> u64 {
    let hash = blake3::hash(fold(text).as_bytes());
    let (first, _) = hash.as_bytes().split_first_chunk().unwrap_or((&[0; 8], &[]));
    u64::from_le_bytes(*first)
}

/// Writes rows; a `None` leaves a row without meaning, since nothing reads those of items that are gone.
pub(crate) fn write(
    db: &Databases<'_>,
    txn: &mut RwTxn<'_>,
    changed: &BTreeMap<u32, Option<Facts>>,
) -> Result<()> {
    let mut values: BTreeMap<u32, Vec<(usize, Facts)>> = BTreeMap::new();
    for (item, facts) in changed {
        if let Some(facts) = facts {
            values.entry(item / SLOTS).or_default().push(((item % SLOTS) as usize, *facts));
        }
    }
    for (number, rows) in values {
        let mut bytes = db.facts.get(txn, &number)?.unwrap_or_default().to_vec();
        for (slot, facts) in rows {
            let end = (slot + 1) * BYTES;
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[end - BYTES..end].copy_from_slice(&facts.to_bytes());
        }
        db.facts.put(txn, &number, &bytes)?;
    }
    Ok(())
}

/// The row of an item; one without anything known where there is none.
pub(crate) fn read(db: &Databases<'_>, txn: &RoTxn<'_>, item: u32) -> Result<Facts> {
    let bytes = db.facts.get(txn, &(item / SLOTS))?.unwrap_or_default();
    let start = (item % SLOTS) as usize * BYTES;
    let row = bytes.get(start..).and_then(|rest| rest.first_chunk());
    Ok(row.map(Facts::from_bytes).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Guess, Look, SeenColor};

    #[test]
    fn a_row_survives_its_bytes() {
        let product = Product {
            id: "a".into(),
            brand: "Acme".into(),
            category: "Shirts".into(),
            sizes: vec!["M".into(), "L".into()],
            price: Some("12.50 EUR".parse().unwrap()),
            attributes: [
                (POPULARITY.into(), "3.5".into()),
                ("created_at".into(), "2026-03-01T10:00Z".into()),
            ]
            .into(),
            look: Look {
                colors: vec![SeenColor { name: "red".into(), rgb: [200, 36, 42], percent: 70 }],
                pattern: Some(Guess { value: "striped".into(), percent: 90 }),
                ..Look::default()
            },
            ..Product::default()
        };
        let facts = Facts::of(&product);
        assert_eq!(Facts::from_bytes(&facts.to_bytes()), facts);
        assert_eq!((facts.popularity, facts.since, facts.tones[0].percent), (3.5, 20_513, 70));
        assert_eq!(facts.sizes, size_bit("m") | size_bit("l"));
        assert_ne!((facts.brand, facts.pattern), (0, 0));
    }

    #[test]
    fn what_the_feed_says_names_the_colour_and_what_was_seen_tells_its_tone() {
        let look = Look {
            colors: vec![SeenColor { name: "burgundy".into(), rgb: [116, 28, 48], percent: 90 }],
            ..Look::default()
        };
        let product = Product { colors: vec!["Red".into()], look, ..Product::default() };
        assert_eq!(shades(&product), [ColorName::understood("red").unwrap()]);
        assert_eq!(Facts::of(&product).tones[0].lab(), lab_of_rgb([116, 28, 48]).map(f32::round));
    }

    #[test]
    fn days_are_counted_over_leap_years() {
        let count = |text| days(text);
        assert_eq!(count("1970-01-01"), Some(0));
        assert_eq!(count("2000-03-01"), Some(11_017));
        assert_eq!(count("2026-11-21 16:00"), Some(20_778));
        assert_eq!([count("soon"), count("2026-13-01"), count("")], [None; 3]);
    }

    #[test]
    fn variants_and_twins_are_of_one_group() {
        let product = |id: &str, group: &str, twin: Option<&str>| Product {
            id: id.into(),
            group: group.into(),
            look: Look { twin_of: twin.map(Into::into), ..Look::default() },
            ..Product::default()
        };
        let group = |p: &Product| Facts::of(p).group;
        assert_eq!(group(&product("a", "g", None)), group(&product("b", "g", None)));
        assert_eq!(group(&product("a", "", Some("b"))), group(&product("b", "", None)));
        assert_ne!(group(&product("a", "", None)), group(&product("b", "", None)));
    }
}
