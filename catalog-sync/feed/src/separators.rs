//! Which sign of a feed's prices is the decimal one: seen from all of them, because one `12.990` cannot tell.

use crate::currency::{Fraction, fraction};

/// What was seen of the prices of a feed, by sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Separators {
    point: Seen,
    comma: Seen,
    /// Prices without any sign, or with one that may be either.
    others: u32,
}

/// What one sign was in prices where it could be only one thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    /// Before one or two digits, or behind another sign.
    decimal: u32,
    /// Before three digits or more, of which it cannot be a group's: `0.990`, `1234.500`, `36.0000`.
    long_decimal: u32,
    groups: u32,
}

/// What a sign before three last digits is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    Decimal,
    Groups,
    /// It may be both.
    Unclear,
}

impl Separators {
    /// Looks at one more price: its digits with the signs between them.
    pub(crate) fn see(&mut self, number: &str) {
        let last = number.rfind(['.', ',']);
        let Some(at) = last else {
            self.others += 1;
            return;
        };
        let sign = &number[at..=at];
        let other = if sign == "." { "," } else { "." };
        let (before, after) = (&number[..at], number.len() - at - 1);
        let repeats = number.matches(sign).count() > 1;
        let (own, others) =
            if sign == "." { (&mut self.point, &mut self.comma) } else { (&mut self.comma, &mut self.point) };
        if repeats {
            own.groups += 1;
        } else if before.contains(other) {
            own.decimal += 1;
            others.groups += 1;
        } else if after == 3 && is_group(before) {
            self.others += 1;
        } else if after > 2 {
            own.long_decimal += 1;
        } else if after > 0 {
            own.decimal += 1;
        }
    }

    /// What a lone sign before three digits is in a price of this currency.
    pub(crate) fn meaning(&self, sign: char, currency: Option<&str>) -> Meaning {
        let (own, other) = if sign == '.' { (self.point, self.comma) } else { (self.comma, self.point) };
        let groups = own.groups > 0 || other.decimal > 0 || other.long_decimal > 0;
        let decimal = own.decimal > 0 || own.long_decimal > 0 || other.groups > 0;
        match (currency.map_or(Fraction::Hundredths, fraction), groups, decimal) {
            (Fraction::None, ..) => Meaning::Groups,
            (Fraction::Thousandths, true, false) => Meaning::Groups,
            (Fraction::Thousandths, false, true) => Meaning::Decimal,
            (Fraction::Thousandths, false, false) if sign == '.' || currency == Some("TND") => {
                Meaning::Decimal
            }
            (Fraction::Thousandths, ..) => Meaning::Unclear,
            (Fraction::Hundredths, true, false) => Meaning::Groups,
            (Fraction::Hundredths, false, true) if own.long_decimal > 0 => Meaning::Decimal,
            (Fraction::Hundredths, false, false) if sign == ',' || self.others > 1 => Meaning::Groups,
            _ => Meaning::Unclear,
        }
    }
}

/// Whether three digits may follow as one more group: `12` and `1 299`, not `0` and not `1299`.
pub(crate) fn is_group(before: &str) -> bool {
    let digits: String = before.chars().rev().take_while(char::is_ascii_digit).collect();
    let all = before.chars().filter(char::is_ascii_digit).count();
    (1..=3).contains(&digits.len()) && !(all == digits.len() && digits.ends_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(numbers: &[&str]) -> Separators {
        let mut seen = Separators::default();
        numbers.iter().for_each(|number| seen.see(number));
        seen
    }

    #[test]
    fn other_prices_tell_what_a_sign_is() {
        let point = |numbers: &[&str]| seen(numbers).meaning('.', None);
        assert_eq!(point(&["12.990", "8.500"]), Meaning::Groups);
        assert_eq!(point(&["12.990", "890"]), Meaning::Groups);
        assert_eq!(point(&["1.299", "12,90"]), Meaning::Groups);
        assert_eq!(point(&["1.299", "1.299.000"]), Meaning::Groups);
        assert_eq!(point(&["1.299", "0.990"]), Meaning::Decimal);
        assert_eq!(point(&["18.250", "36.0000"]), Meaning::Decimal);
        assert_eq!(point(&["1.299", "12.90"]), Meaning::Unclear);
        assert_eq!(point(&["1.299"]), Meaning::Unclear);
        assert_eq!(seen(&["1,299"]).meaning(',', None), Meaning::Groups);
        assert_eq!(seen(&["1,299", "12,90"]).meaning(',', None), Meaning::Unclear);
    }

    #[test]
    fn a_currencys_fraction_counts() {
        assert_eq!(seen(&["12.990"]).meaning('.', Some("CLP")), Meaning::Groups);
        assert_eq!(seen(&["12.500"]).meaning('.', Some("KWD")), Meaning::Decimal);
        assert_eq!(seen(&["12,500"]).meaning(',', Some("KWD")), Meaning::Unclear);
        assert_eq!(seen(&["12,500"]).meaning(',', Some("TND")), Meaning::Decimal);
        assert_eq!(seen(&["1,299.500", "2,500"]).meaning(',', Some("KWD")), Meaning::Groups);
    }
}
