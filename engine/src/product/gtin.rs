//! Global Trade Item Numbers: what barcodes on goods say.

use std::fmt;

use crate::product::fold::fold;

/// The length that all of them are compared in.
const DIGITS: usize = 14;

/// The names of columns that hold them, without spaces, hyphens and underscores.
const COLUMNS: [&str; 13] = [
    "gtin", "gtin8", "gtin12", "gtin13", "gtin14", "ean", "ean8", "ean13", "upc", "isbn", "isbn10", "isbn13",
    "barcode",
];

/// A Global Trade Item Number: GTIN-8 (EAN-8), GTIN-12 (UPC-A), GTIN-13 (EAN-13, ISBN-13) or GTIN-14. All are the
/// same number with more or fewer zeros before it.
///
/// ```
/// use knytt_engine::Gtin;
///
/// let upc = Gtin::parse("0 36000 29145 2").unwrap();
/// assert_eq!(upc, Gtin::parse("0036000291452").unwrap());
/// assert_eq!(upc.as_str(), "00036000291452");
/// assert_eq!(Gtin::parse("036000291453"), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gtin(String);

impl Gtin {
    /// Reads one with spaces or hyphens in it or without, also as an ISBN-10, and without the zeros that a spreadsheet
    /// takes away. `None` if it has other characters, fewer than 8 or more than 14 digits, or a wrong check digit.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace() && !is_hyphen(*c)).collect();
        // Of ten characters, most are books.
        if let Some(isbn) = from_isbn_10(&digits) {
            return Some(isbn);
        }
        let sound = (8..=DIGITS).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && digits.bytes().any(|byte| byte != b'0');
        let number = Self(format!("{digits:0>DIGITS$}"));
        (sound && number.check_sum().is_multiple_of(10)).then_some(number)
    }

    /// Its 14 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Every second digit, beginning with the first of fourteen, counts three times.
    fn check_sum(&self) -> u32 {
        let digits = self.0.bytes().map(|byte| u32::from(byte - b'0'));
        digits.enumerate().map(|(place, digit)| if place % 2 == 0 { 3 * digit } else { digit }).sum()
    }
}

impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}')
}

/// The number of a book from before 2007: nine digits, and a check digit of which ten is written X.
fn from_isbn_10(text: &str) -> Option<Gtin> {
    let (body, check) = text.split_at_checked(9).filter(|(_, check)| check.len() == 1)?;
    let digits: Vec<u32> = body.chars().map(|c| c.to_digit(10)).collect::<Option<_>>()?;
    let check = if check.eq_ignore_ascii_case("x") { 10 } else { check.parse().ok()? };
    let sum: u32 = digits.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    if !(sum + check).is_multiple_of(11) || digits.iter().all(|digit| *digit == 0) {
        return None;
    }
    let unchecked = Gtin(format!("0978{body}0"));
    let last = (10 - unchecked.check_sum() % 10) % 10;
    Some(Gtin(format!("0978{body}{last}")))
}

/// How a number is compared: as a GTIN, or as it is written where it is none (a shop's own barcodes).
pub(crate) fn compared(text: &str) -> String {
    Gtin::parse(text).map_or_else(|| fold(text), |number| number.0)
}

/// Whether a column of this name holds the number of a barcode.
pub(crate) fn is_gtin_column(name: &str) -> bool {
    let plain: String = fold(name).chars().filter(|c| !matches!(c, ' ' | '-' | '_')).collect();
    COLUMNS.contains(&plain.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_is_the_same_in_every_spelling() {
        let pen = Gtin::parse("4006381333931").unwrap();
        for spelling in ["04006381333931", "4 006381 333931", "400-6381-33393-1", " 4006381333931\n"] {
            assert_eq!(Gtin::parse(spelling), Some(pen.clone()), "{spelling}");
        }
        // A spreadsheet takes leading zeros away.
        assert_eq!(Gtin::parse("36000291452"), Gtin::parse("036000291452"));
        assert_eq!(Gtin::parse("96385074").unwrap().as_str(), "00000096385074");
    }

    #[test]
    fn a_book_has_one_number_before_and_after_2007() {
        assert_eq!(Gtin::parse("3-16-148410-1"), None);
        assert_eq!(Gtin::parse("0-306-40615-2"), Gtin::parse("978-0-306-40615-7"));
        assert_eq!(Gtin::parse("316148410x"), Gtin::parse("9783161484100"));
    }

    #[test]
    fn what_is_no_number_of_a_barcode_is_none() {
        for text in
            ["", "0", "00000000", "1234567", "4006381333930", "123456789012345", "40063813339é1", "4.00E+12"]
        {
            assert_eq!(Gtin::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_wrong_digit_is_noticed() {
        let right = "4006381333931";
        for (place, digit) in (0..right.len()).flat_map(|place| ('0'..='9').map(move |digit| (place, digit)))
        {
            let mut wrong = right.to_owned();
            wrong.replace_range(place..=place, &digit.to_string());
            assert_eq!(Gtin::parse(&wrong).is_some(), wrong == right, "{wrong}");
        }
    }

    #[test]
    fn columns_are_known_by_their_usual_names() {
        for name in ["gtin", "GTIN-13", "ean_13", "UPC", "Barcode", "isbn"] {
            assert!(is_gtin_column(name), "{name}");
        }
        for name in ["sku", "mpn", "barcode type", "id"] {
            assert!(!is_gtin_column(name), "{name}");
        }
    }
}
