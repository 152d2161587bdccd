//! Prices as feeds write them: `24.90`, `24.90 EUR`, `EUR 24,90`, `€ 1.299,00`, `$1,299`.

use rust_decimal::Decimal;

/// An amount and, where the text names it, a currency as three capitals.
pub(crate) type Read = (Decimal, Option<String>);

/// Signs that mean one currency, or mostly one. `kr` is not among them: three countries use it.
const SIGNS: &[(&str, &str)] = &[
    ("€", "EUR"),
    ("$", "USD"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("US$", "USD"),
    ("A$", "AUD"),
    ("C$", "CAD"),
    ("CA$", "CAD"),
    ("NZ$", "NZD"),
    ("HK$", "HKD"),
    ("R$", "BRL"),
    ("zł", "PLN"),
    ("Kč", "CZK"),
    ("₺", "TRY"),
    ("₽", "RUB"),
    ("₴", "UAH"),
    ("₪", "ILS"),
    ("₫", "VND"),
    ("฿", "THB"),
    ("円", "JPY"),
    ("元", "CNY"),
];

/// Where it is not known which sign is the `decimal` one, that is seen from the number.
///
/// # Errors
/// Why it is no price.
pub(crate) fn read(text: &str, decimal: Option<char>) -> Result<Read, String> {
    let wrong = || format!("{text:?} is not a price");
    let first = text.find(|c: char| c.is_ascii_digit()).ok_or_else(wrong)?;
    let last = text.rfind(|c: char| c.is_ascii_digit()).ok_or_else(wrong)?;
    let (before, number, after) = (&text[..first], &text[first..=last], &text[last + 1..]);
    if before.contains('-') {
        return Err(format!("{text:?} is a negative price"));
    }
    let words: Vec<_> = [before.trim(), after.trim()].into_iter().filter(|w| !w.is_empty()).collect();
    let currency = match words.as_slice() {
        [] => None,
        [word] => Some(currency(word).ok_or_else(wrong)?),
        _ => return Err(wrong()),
    };
    let amount = plain_number(number, decimal).and_then(|n| n.parse().ok()).ok_or_else(wrong)?;
    Ok((amount, currency))
}

/// The code that a sign or a three-letter word stands for.
pub(crate) fn currency(word: &str) -> Option<String> {
    let word = word.trim();
    if let Some((_, code)) = SIGNS.iter().find(|(sign, _)| *sign == word) {
        return Some((*code).into());
    }
    (word.len() == 3 && word.bytes().all(|b| b.is_ascii_alphabetic())).then(|| word.to_uppercase())
}

/// Takes out what groups thousands and writes the decimal sign as a point. The last of `.` and `,` is
/// the decimal sign, unless it groups: it repeats, or it is the only one, a comma, with three digits
/// after it.
fn plain_number(text: &str, known: Option<char>) -> Option<String> {
    if !text
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '\'' | '\u{a0}' | '\u{202f}'))
    {
        return None;
    }
    let seen = || {
        text.rfind(['.', ',']).filter(|&at| {
            let sign = &text[at..=at];
            let repeats = text.matches(sign).count() > 1;
            let lone_comma = sign == "," && !text.contains('.') && text.len() - at == 4;
            !repeats && !lone_comma
        })
    };
    let decimal = known.map_or_else(seen, |sign| text.rfind(sign));
    let digits = |part: &str| part.chars().filter(char::is_ascii_digit).collect::<String>();
    Some(match decimal {
        Some(at) => format!("{}.{}", digits(&text[..at]), digits(&text[at + 1..])),
        None => digits(text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("0", "0", None),
            ("12,50 €", "12.50", Some("EUR")),
            ("1.299,00 EUR", "1299.00", Some("EUR")),
            ("$1,299.00", "1299.00", Some("USD")),
            ("US$ 12.50", "12.50", Some("USD")),
            ("C$12", "12", Some("CAD")),
            ("99 zł", "99", Some("PLN")),
            ("1,299円", "1299", Some("JPY")),
            ("EUR 12", "12", Some("EUR")),
        ] {
            let (read_amount, read_code) = read(text, None).unwrap();
            assert_eq!((read_amount.to_string().as_str(), read_code.as_deref()), (amount, code), "{text}");
        }
    }

    #[test]
    fn a_known_decimal_sign_leaves_no_doubt() {
        let amount = |text, sign| read(text, Some(sign)).unwrap().0.to_string();
        assert_eq!(amount("1,299", ','), "1.299");
        assert_eq!(amount("1.299", ','), "1299");
        assert_eq!(amount("1,299", '.'), "1299");
    }

    #[test]
    fn what_is_no_price_is_refused() {
        for text in ["", "free", "-5", "12 euros each", "1e9", "12/13", "EUR 5 USD", "9".repeat(60).as_str()]
        {
            assert!(read(text, None).is_err(), "{text}");
        }
    }
}
