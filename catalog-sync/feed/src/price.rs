//! Prices as feeds write them: `24.90`, `24.90 EUR`, `EUR 24,90`, `€ 1.299,00`, `$1,299`, `199 kr`, `AU$12`.

use rust_decimal::Decimal;
use unicode_normalization::UnicodeNormalization;

use crate::currency;
use crate::price_words::{Bare, bare};
use crate::separators::{Meaning, Separators, is_group};

/// An amount and, where the text names it, a currency as three capitals.
pub(crate) type Read = (Decimal, Option<String>);

/// How the prices of a feed are written, as far as that is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Style {
    /// The decimal sign, if somebody said it.
    pub(crate) decimal: Option<char>,
    /// What all prices together show.
    pub(crate) separators: Separators,
    /// The currency of the row or of the feed: of it are signs that several countries use, and prices without one.
    pub(crate) currency: Option<String>,
}

impl Style {
    /// Prices with a point before their fractions.
    pub(crate) fn with_point() -> Self {
        Self { decimal: Some('.'), ..Self::default() }
    }
}

/// What groups thousands and is no point or comma.
const GROUPS: [char; 18] = [
    ' ', '\u{a0}', '\u{2000}', '\u{2002}', '\u{2003}', '\u{2005}', '\u{2006}', '\u{2007}', '\u{2008}',
    '\u{2009}', '\u{200a}', '\u{202f}', '\u{3000}', '\'', '’', '´', '٬', '_',
];

/// The price that a text says: of several the lowest.
///
/// # Errors
/// Why it is no price.
pub(crate) fn read(text: &str, style: &Style) -> Result<Read, String> {
    let Bare { text: lower, upper, .. } = bare(&western(text));
    let price = read_one(text, &lower, style)?;
    if let Some(upper) = upper {
        let (amount, code) = read_one(text, &upper, style)?;
        if amount < price.0 || code != price.1 {
            return Err(format!("{text:?} is not a price"));
        }
    }
    Ok(price)
}

/// Whether a text says the lowest of several prices: `ab 12,90 €`, `19.90 - 29.90`.
pub(crate) fn is_from(text: &str) -> bool {
    bare(&western(text)).is_from
}

/// `12€50` with the sign of the currency behind, and a decimal sign in its place: `12,50€`.
fn sign_behind(plain: &str) -> Option<String> {
    let (at, sign) = plain.char_indices().find(|(_, c)| matches!(c, '€' | '$' | '£' | '₤'))?;
    let (before, behind) = (&plain[..at], &plain[at + sign.len_utf8()..]);
    let is_amount = before.ends_with(|c: char| c.is_ascii_digit()) && !before.contains([',', '.']);
    let is_fraction = behind.len() == 2 && behind.bytes().all(|byte| byte.is_ascii_digit());
    (is_amount && is_fraction).then(|| format!("{before},{behind}{sign}"))
}

/// Reads `plain`, the part of `text` that is one price.
fn read_one(text: &str, plain: &str, style: &Style) -> Result<Read, String> {
    let moved = sign_behind(plain);
    let plain = moved.as_deref().unwrap_or(plain);
    let wrong = || format!("{text:?} is not a price");
    let (before, number, after) = parts(plain).ok_or_else(wrong)?;
    if before.contains(['-', '−']) {
        return Err(format!("{text:?} is a negative price"));
    }
    let usual = style.currency.as_deref();
    let words: Vec<_> = [before.trim(), after.trim()].into_iter().filter(|word| !word.is_empty()).collect();
    let named = match words.as_slice() {
        [] => None,
        [word] => currency::of_word(word, usual).ok_or_else(wrong)?,
        [first, second] => both(first, second, usual).ok_or_else(wrong)?,
        _ => return Err(wrong()),
    };
    let amount = amount(number, style, named.as_deref().or(usual)).map_err(|reason| match reason {
        Unread::NoNumber => wrong(),
        Unread::Unclear(readings) => format!(
            "{text:?} may mean {} or {}: say which sign is the decimal one (`decimal` in a --map file)",
            readings[0], readings[1]
        ),
    })?;
    Ok((amount, named))
}

/// The digits of a price with what is between them, for [`Separators::see`].
pub(crate) fn number(text: &str) -> Option<String> {
    let plain = bare(&western(text)).text;
    let (_, number, _) = parts(&plain)?;
    Some(number.chars().filter(|c| !GROUPS.contains(c)).collect())
}

/// The code that a word stands for.
pub(crate) fn currency(word: &str) -> Option<String> {
    currency::of_word(word, None).flatten()
}

/// What is before the first digit, from it to the last, and behind. `19,-` and `19.–` have no fraction.
fn parts(text: &str) -> Option<(&str, &str, &str)> {
    let first = text.find(|c: char| c.is_ascii_digit())?;
    let last = text.rfind(|c: char| c.is_ascii_digit())?;
    let (mut before, mut number, mut after) = (&text[..first], &text[first..=last], &text[last + 1..]);
    for nothing in [",-", ".-", ":-", ",–", ".–", ",—", ".—", "-", "–"] {
        if let Some(rest) = after.strip_prefix(nothing) {
            after = rest;
            break;
        }
    }
    // `.99` has nothing before its point.
    if let Some(rest) = before.strip_suffix('.').filter(|rest| !rest.ends_with(char::is_alphabetic)) {
        (before, number) = (rest, &text[first - 1..=last]);
    }
    Some((before, number, after))
}

/// A sign before and a code behind, or the other way round: they have to agree.
fn both(first: &str, second: &str, usual: Option<&str>) -> Option<Option<String>> {
    if let Some(code) = currency::of_word(&format!("{first} {second}"), usual) {
        return Some(code);
    }
    let (one, other) = (currency::of_word(first, usual)?, currency::of_word(second, usual)?);
    match (one, other) {
        (Some(one), Some(other)) if one == other => Some(Some(one)),
        (Some(code), None) | (None, Some(code)) => Some(Some(code)),
        (None, None) => Some(None),
        _ => None,
    }
}

/// Digits of other scripts as those of ours, and the decimal sign of Arabic as a point.
fn western(text: &str) -> String {
    let digit = |c: char| {
        let zeros =
            ['٠', '۰', '०', '০', '０', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '๐', '໐', '༠', '၀', '០', '᠐'];
        let at =
            zeros.iter().find_map(|zero| (c as u32).checked_sub(*zero as u32).filter(|digit| *digit < 10));
        at.and_then(|digit| char::from_digit(digit, 10))
    };
    let one = |c: char| match c {
        '٫' => '.',
        '，' | '،' => ',',
        '．' => '.',
        '（' => '(',
        '）' => ')',
        '\u{2011}' => '-',
        // The encodings of Japan have the sign of the yen at its place.
        '\\' => '¥',
        c => digit(c).unwrap_or(c),
    };
    // Signs of direction are not seen.
    let is_seen = |c: &char| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{61c}' | '\u{feff}' | '\u{ad}');
    text.trim().chars().filter(is_seen).nfc().map(one).collect()
}

enum Unread {
    NoNumber,
    /// The two amounts that it may be.
    Unclear([String; 2]),
}

/// Takes out what groups thousands and writes the decimal sign as a point. The last of `.` and `,` is the decimal
/// sign, unless it groups: it repeats, or three digits follow it and the other prices or the currency say so.
fn amount(text: &str, style: &Style, currency: Option<&str>) -> Result<Decimal, Unread> {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | ':') || GROUPS.contains(&c);
    if !text.chars().all(is_part) {
        return Err(Unread::NoNumber);
    }
    // `39'90` is Spanish: an apostrophe groups three digits, and two are a fraction.
    let fraction = text
        .rsplit_once(['\'', '’', '´'])
        .filter(|(before, behind)| behind.len() == 2 && !before.contains(['\'', '’', '´', '.', ',', ':']));
    let spanish = fraction.map(|(before, behind)| format!("{before},{behind}"));
    let text = spanish.as_deref().unwrap_or(text);
    let number: String = text.chars().filter(|c| !GROUPS.contains(c)).collect();
    // `199:50` is Swedish.
    let colon =
        number.find(':').filter(|at| number.len() - at <= 3 && !number[at + 1..].contains([':', '.', ',']));
    if number.contains(':') && colon.is_none() {
        return Err(Unread::NoNumber);
    }
    let at = match style.decimal {
        Some(sign) => number.rfind(sign),
        None => number.rfind(['.', ',']),
    };
    let parsed =
        |decimal: Option<usize>| plain(&number, decimal).parse::<Decimal>().map_err(|_| Unread::NoNumber);
    let Some(at) = colon.or(at) else { return parsed(None) };
    if style.decimal.is_some() || colon.is_some() {
        return parsed(Some(at));
    }
    let (sign, before, after) = (&number[at..=at], &number[..at], number.len() - at - 1);
    if number.matches(sign).count() > 1 {
        return parsed(None);
    }
    if after != 3 || before.contains(['.', ',']) || !is_group(before) {
        return parsed(Some(at));
    }
    let sign = if sign == "." { '.' } else { ',' };
    match style.separators.meaning(sign, currency) {
        Meaning::Decimal => parsed(Some(at)),
        Meaning::Groups => parsed(None),
        Meaning::Unclear => Err(Unread::Unclear([plain(&number, Some(at)), plain(&number, None)])),
    }
}

fn plain(number: &str, decimal: Option<usize>) -> String {
    let digits = |part: &str| part.chars().filter(char::is_ascii_digit).collect::<String>();
    match decimal {
        Some(at) => format!("{}.{}", digits(&number[..at]), digits(&number[at + 1..])),
        None => digits(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn simple(text: &str) -> Result<Read, String> {
        read(text, &Style::default())
    }

    #[test]
    fn prices_of_many_countries_are_read() {
        for (text, amount, code) in [
            ("24.90", "24.90", None),
            ("24.90 EUR", "24.90", Some("EUR")),
            ("EUR 24,90", "24.90", Some("EUR")),
            ("€1.299,00", "1299.00", Some("EUR")),
            ("$1,299", "1299", Some("USD")),
            ("1,299.5usd", "1299.5", Some("USD")),
            ("12 499,00 SEK", "12499.00", Some("SEK")),
            ("1.000.000", "1000000", None),
            ("1'299.00 CHF", "1299.00", Some("CHF")),
            ("CHF 1’299.–", "1299.00", Some("CHF")),
            ("0", "0", None),
            ("12,50 €", "12.50", Some("EUR")),
            ("19,- €", "19.00", Some("EUR")),
            ("US$ 12.50", "12.50", Some("USD")),
            ("£8.20 GBP", "8.20", Some("GBP")),
            ("C$12", "12", Some("CAD")),
            ("NZ $ 45", "45", Some("NZD")),
            ("99 zł", "99", Some("PLN")),
            ("1,299円", "1299", Some("JPY")),
            ("₫ 150.000", "150000", Some("VND")),
            ("12.990 CLP", "12990", Some("CLP")),
            ("$ 12.990 CLP", "12990", Some("CLP")),
            ("1,00,000 INR", "100000", Some("INR")),
            ("249 kr", "249", None),
            ("1 299:50 kr", "1299.50", None),
            ("R$ 1.299,90", "1299.90", Some("BRL")),
            ("١٢٫٥٠ د.إ", "12.50", Some("AED")),
            (".99", "0.99", None),
            ("Rs.450", "450", Some("INR")),
            ("od 12,90 zł", "12.90", Some("PLN")),
            ("From $12", "12", Some("USD")),
            ("à partir de 1\u{202f}299,00 €", "1299.00", Some("EUR")),
            ("19.90 - 29.90", "19.90", None),
            ("19,90 – 29,90 €", "19.90", Some("EUR")),
            ("$19.90-$29.90", "19.90", Some("USD")),
            ("Rs. 1,499/-", "1499", Some("INR")),
            ("1.499,-", "1499.00", None),
            ("12,90 TTC", "12.90", None),
            ("12,90 € inkl. MwSt.", "12.90", Some("EUR")),
            ("12.50 / kg", "12.50", None),
            ("₹ १,४९९", "1499", Some("INR")),
            ("۱۲٬۵۰۰ ریال", "12500", Some("IRR")),
            ("١٬٢٩٩٫٥٠ ر.س", "1299.50", Some("SAR")),
            ("\u{200f}١٢٫٥٠\u{a0}د.إ.\u{200f}", "12.50", Some("AED")),
            ("1\u{2009}299,00 kr", "1299.00", None),
            ("CHF 1'299.00", "1299.00", Some("CHF")),
            ("๑,๒๙๙ บาท", "1299", Some("THB")),
            ("12,90 Kc\u{30c}", "12.90", Some("CZK")),
            ("\\2,480", "2480", Some("JPY")),
        ] {
            let (read_amount, read_code) = simple(text).unwrap_or_else(|reason| panic!("{reason}"));
            assert_eq!((read_amount.to_string().as_str(), read_code.as_deref()), (amount, code), "{text}");
        }
    }

    /// Prices as shops of many countries write them, each in a feed of that country's currency. `?` is one that may be two
    /// amounts, `!` is none.
    #[test]
    fn prices_are_read_as_their_countries_write_them() {
        let table = include_str!("../tests/golden/prices.tsv");
        let mut wrong = Vec::new();
        for line in table.lines().skip(1) {
            let [country, usual, text, amount, currency] =
                line.split('\t').collect::<Vec<_>>().try_into().unwrap_or_else(|_| panic!("{line}"));
            let style = Style { currency: Some(usual.into()), ..Style::default() };
            let found = match read(text, &style) {
                Ok((amount, code)) => (amount.to_string(), code.unwrap_or_else(|| "-".into())),
                Err(reason) if reason.contains("may mean") => ("?".into(), "-".into()),
                Err(_) => ("!".into(), "-".into()),
            };
            if found != (amount.to_owned(), currency.to_owned()) {
                wrong.push(format!("{country} {text}: {found:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    proptest::proptest! {
        /// An amount that is written in the manner of a country is read as that amount, with every currency on every side.
        #[test]
        fn an_amount_is_read_back_from_every_way_to_write_it(
            units in 0u64..2_000_000,
            cents in 0u64..100,
            manner in proptest::sample::select(vec![(",", "."), (".", ","), (" ", ","), ("\u{a0}", ","), ("\u{202f}", ","), ("'", "."), ("’", "."), ("\u{2009}", "."), ("", "."), ("", ",")]),
            word in proptest::sample::select(vec!["", "€", "EUR", "$", "USD", "zł", "kr", "Kč", "£", "CHF", "R$", "₺", "грн", "lei", "₪", "฿"]),
            is_before in proptest::bool::ANY,
            gap in proptest::sample::select(vec!["", " ", "\u{a0}", "\u{202f}"]),
        ) {
            let (group, sign) = manner;
            let digits = units.to_string();
            let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|part| std::str::from_utf8(part).unwrap()).collect();
            let number = format!("{}{sign}{cents:02}", groups.join(group));
            let text = if is_before { format!("{word}{gap}{number}") } else { format!("{number}{gap}{word}") };
            let expected: Decimal = format!("{units}.{cents:02}").parse().unwrap();
            let (amount, _) = read(&text, &Style::default()).map_err(proptest::test_runner::TestCaseError::fail)?;
            proptest::prop_assert_eq!(amount, expected, "{}", text);
        }

        /// No text makes the reader panic, and what it reads is no negative amount.
        #[test]
        fn any_text_is_read_or_refused(text in "[-+0-9.,:'’ \u{a0}€$¥kreaUSDRp/()~–٫١٢万円税込]{0,24}") {
            if let Ok((amount, _)) = read(&text, &Style::default()) {
                proptest::prop_assert!(!amount.is_sign_negative());
            }
        }

        /// A currency without hundredths groups its thousands, whatever sign stands there.
        #[test]
        fn whole_currencies_have_no_thousandths(
            thousands in 1u64..1000,
            rest in 0u64..1000,
            sign in proptest::sample::select(vec![".", ",", " ", "'"]),
            code in proptest::sample::select(vec!["CLP", "JPY", "KRW", "VND", "IDR", "COP", "HUF", "ISK", "PYG", "XOF"]),
        ) {
            let text = format!("{thousands}{sign}{rest:03} {code}");
            let (amount, _) = read(&text, &Style::default()).unwrap();
            proptest::prop_assert_eq!(amount, Decimal::from(thousands * 1000 + rest));
        }
    }

    #[test]
    fn a_known_decimal_sign_leaves_no_doubt() {
        let amount = |text, sign| {
            let style = Style { decimal: Some(sign), ..Style::default() };
            read(text, &style).unwrap().0.to_string()
        };
        assert_eq!(amount("1,299", ','), "1.299");
        assert_eq!(amount("1.299", ','), "1299");
        assert_eq!(amount("1,299", '.'), "1299");
    }

    #[test]
    fn a_price_that_may_be_two_names_both() {
        let reason = simple("1.299 EUR").unwrap_err();
        assert!(reason.contains("may mean 1.299 or 1299"), "{reason}");
    }

    #[test]
    fn what_is_no_price_is_refused() {
        for text in [
            "",
            "free",
            "-5",
            "12 euros each",
            "1e9",
            "12/13",
            "EUR 5 USD",
            "29.90 - 19.90",
            "$5 - €9",
            "2024-05-01",
            "from",
            "$5 EUR",
            "9".repeat(60).as_str(),
        ] {
            assert!(simple(text).is_err(), "{text}");
        }
    }
}
