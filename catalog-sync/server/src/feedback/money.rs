//! What purchases brought in, as numbers that can be added up.

/// Parts of a currency's unit that amounts are counted in. No currency has smaller ones.
const PARTS: i64 = 10_000;

/// Digits after the point that count; one more rounds.
const PLACES: usize = 4;

/// Digits before the point at most: sums of a million of such amounts fit.
const LONGEST: usize = 9;

/// An amount in a currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sale {
    /// Three letters of ISO 4217.
    pub currency: String,
    /// In ten-thousandths.
    pub amount: i64,
}

impl Sale {
    /// The sale of a decimal number in a currency; `None` if either is missing or cannot be read.
    pub fn read(value: Option<&str>, currency: Option<&str>) -> Option<Self> {
        let currency =
            currency.filter(|text| text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()))?;
        Some(Self { currency: currency.into(), amount: amount(value?)? })
    }
}

/// A decimal number in ten-thousandths, rounded half up.
fn amount(text: &str) -> Option<i64> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let are_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > LONGEST || !are_digits(whole) || !are_digits(rest) {
        return None;
    }
    let digit = |at: usize| rest.as_bytes().get(at).map_or(0, |digit| i64::from(digit - b'0'));
    let parts = (0..PLACES).fold(0, |parts, at| parts * 10 + digit(at));
    Some(whole.parse::<i64>().ok()? * PARTS + parts + i64::from(digit(PLACES) >= 5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly() {
        for (text, expected) in [
            ("19.90", Some(199_000)),
            ("0.1", Some(1_000)),
            ("1250", Some(12_500_000)),
            ("1.00004999", Some(10_000)),
            ("1.00005", Some(10_001)),
            ("999999999.9999", Some(9_999_999_999_999)),
            ("1000000000", None),
            ("", None),
            (".5", None),
            ("-1", None),
            ("1,50", None),
            ("1e3", None),
            ("1.2.3", None),
        ] {
            assert_eq!(amount(text), expected, "{text}");
        }
    }

    #[test]
    fn a_sale_needs_a_value_and_a_currency() {
        assert_eq!(Sale::read(Some("2"), Some("EUR")), Some(Sale { currency: "EUR".into(), amount: 20_000 }));
        for (value, currency) in
            [(None, Some("EUR")), (Some("2"), None), (Some("2"), Some("eur")), (Some("2"), Some("EURO"))]
        {
            assert_eq!(Sale::read(value, currency), None);
        }
    }
}
