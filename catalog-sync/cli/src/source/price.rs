//! Prices as feeds write them: `24.90`, `24.90 EUR`, `EUR 24,90`, `€ 1.299,00`, `$1,299`.

use rust_decimal::Decimal;

/// An amount and, where the text names it, a currency as three capitals.
pub type Read = (Decimal, Option<String>);

const SIGNS: &[(char, &str)] =
    &[('€', "EUR"), ('$', "USD"), ('£', "GBP"), ('¥', "JPY"), ('₹', "INR"), ('₩', "KRW")];

/// # Errors
/// Why it is no price.
pub fn read(text: &str) -> Result<Read, String> {
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
    let amount = plain_number(number).and_then(|n| n.parse().ok()).ok_or_else(wrong)?;
    Ok((amount, currency))
}

/// The code that a sign or a three-letter word stands for.
pub fn currency(word: &str) -> Option<String> {
    let word = word.trim();
    if let Some((_, code)) = SIGNS.iter().find(|(sign, _)| word.chars().eq([*sign])) {
        return Some((*code).into());
    }
    (word.len() == 3 && word.bytes().all(|b| b.is_ascii_alphabetic())).then(|| word.to_uppercase())
}

/// Takes out what groups thousands and writes the decimal sign as a point. The last of `.` and `,` is
/// the decimal sign, unless it groups: it repeats, or it is the only one, a comma, with three digits
/// after it.
fn plain_number(text: &str) -> Option<String> {
    if !text
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '\'' | '\u{a0}' | '\u{202f}'))
    {
        return None;
    }
    let decimal = text.rfind(['.', ',']).filter(|&at| {
        let sign = &text[at..=at];
        let repeats = text.matches(sign).count() > 1;
        let lone_comma = sign == "," && !text.contains('.') && text.len() - at == 4;
        !repeats && !lone_comma
    });
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
        ] {
            let (read_amount, read_code) = read(text).unwrap();
            assert_eq!((read_amount.to_string().as_str(), read_code.as_deref()), (amount, code), "{text}");
        }
    }

    #[test]
    fn what_is_no_price_is_refused() {
        for text in ["", "free", "-5", "12 euros each", "1e9", "12/13", "EUR 5 USD", "9".repeat(60).as_str()]
        {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
