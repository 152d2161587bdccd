//! What stands around the number of a price: `ab`, `from`, `inkl. MwSt.`, `/ kg`, and a second number where the
//! price is a range.

/// The lowest price of several, in the languages of shops; before the number.
#[rustfmt::skip]
const FROM: &[&str] = &[
    "starting from", "starting at", "starts at", "as low as", "from", "ab", "schon ab", "à partir de", "a partir de",
    "dès", "des", "desde", "a partire da", "già da", "da", "vanaf", "v.a.", "fra", "från",  "alkaen", "od", "już od",
    "již od", "už od", "від", "от", "од", "de la", "începând de la", "từ", "chỉ từ", "mulai dari", "mulai", "από",
    "החל מ-", "החל מ", "ابتداء من", "ابتداءً من", "من", "از", "เริ่มต้น", "เริ่มต้นที่", "最低", "nuo", "no", "alates",
];

/// The same, behind the number.
const FROM_BEHIND: &[&str] = &[
    "-tól",
    "-től",
    "tól",
    "től",
    "から",
    "より",
    "起",
    "부터",
    "~",
    "～",
    "〜",
    "'den başlayan",
    "den başlayan",
    "se",
    "से",
    "alkaen",
    "and up",
    "+",
];

/// Whether taxes are in it: the price is the one that is said.
#[rustfmt::skip]
const TAXES: &[&str] = &[
    "ttc", "tvac", "inkl. mwst.", "inkl. mwst", "inkl mwst", "incl. mwst.", "inkl. ust.", "inkl. ust", "inkl. gesetzl. mwst.",
    "incl. vat", "inc. vat", "inc vat", "incl vat", "including vat", "incl. tax", "inc. tax", "incl. gst", "inc. gst",
    "inc gst", "inkl. moms", "inkl moms", "incl. btw", "incl btw", "inclusief btw", "iva incluido", "iva incl.",
    "iva inc.", "iva inclusa", "iva incl", "iva compresa", "iva incluída", "c/iva", "s dph", "vč. dph", "vrátane dph",
    "včetně dph", "z vat", "brutto", "bruttó", "z ddv", "s pdv-om", "с ндс", "з пдв", "με φπα", "kdv dahil", "税込",
    "税込み", "(税込)", "含税", "sis. alv", "sis alv", "cu tva", "tva inclus", "tva inclusa", "áfával", "כולל מע\"מ",
    "شامل الضريبة", "incl. taxes", "inclusive of all taxes", "incl. of all taxes", "uvp", "rrp", "msrp", "mrp",
];

/// Words before a price that say nothing more.
const LABELS: &[&str] = &[
    "price", "preis", "prix", "precio", "prezzo", "cena", "цена", "now", "only", "just", "jetzt", "nur",
    "tylko", "solo", "mrp", "uvp", "rrp", "m.r.p.",
];

/// Words before a unit.
const PER: &[&str] = &["per", "pro", "je", "par", "por", "al", "za", "за", "the", "le", "la"];

/// What a price may be for.
#[rustfmt::skip]
const UNITS: &[&str] = &[
    "kg", "g", "gr", "mg", "lb", "oz", "l", "ml", "cl", "dl", "liter", "litre", "litro", "m", "m2", "m²", "m³", "cm", "mm",
    "meter", "mètre", "metro", "stk", "stück", "stuck", "st", "pc", "pcs", "piece", "pieces", "unit", "each", "ea", "pair",
    "paar", "paire", "set", "pack", "packung", "box", "szt", "ks", "kus", "db", "шт", "кг", "г", "л", "м", "пара", "個", "件",
    "枚", "足", "개", "ud", "uds", "un", "unidad", "unité", "pz", "pezzo", "pièce", "kpl", "pár", "para", "par", "stuk",
    "buc", "adet", "τεμ", "τμχ", "kom", "กก", "ชิ้น",
];

/// Between the two numbers of a range, with spaces around.
const TO: &[&str] =
    &["to", "bis", "à", "a", "até", "do", "до", "tot", "till", "til", "und", "and", "y", "ila", "až", "έως"];

/// Before the first number of a range.
const BETWEEN: &[&str] =
    &["de", "von", "zwischen", "between", "entre", "fra", "mellan", "от", "від", "od", "from", "från"];

const DASHES: [char; 8] = ['-', '–', '—', '−', '~', '～', '〜', '‐'];

/// A price without the words around it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Bare {
    /// The number, with a currency if the text names one.
    pub(crate) text: String,
    /// The upper number of a range, likewise.
    pub(crate) upper: Option<String>,
    /// Whether it is the lowest of several prices.
    pub(crate) is_from: bool,
}

/// Takes the words off; the digits are already those of ours.
pub(crate) fn bare(text: &str) -> Bare {
    let whole = without_nothing(text);
    let mut rest = whole.trim();
    let mut is_from = false;
    loop {
        let before = rest;
        rest = off_ends(without_unit(rest), TAXES);
        rest = LABELS.iter().find_map(|word| after_word(rest, word)).unwrap_or(rest);
        rest = rest.trim_matches(|c: char| c.is_whitespace() || c == '*' || c == ':');
        let start = FROM.iter().filter_map(|word| after_word(rest, word)).min_by_key(|rest| rest.len());
        let end = FROM_BEHIND.iter().filter_map(|word| before_word(rest, word)).min_by_key(|rest| rest.len());
        if let Some(found) = start.or(end).filter(|found| has_digit(found)) {
            (rest, is_from) = (found.trim(), true);
        }
        if rest == before {
            break;
        }
    }
    if let Some((lower, upper)) = range(rest) {
        return Bare { text: lower, upper: Some(upper), is_from: true };
    }
    Bare { text: rest.to_owned(), upper: None, is_from }
}

/// `1.499,-` has an empty fraction, and so tells that its point groups; `1,499/-` is what India writes.
fn without_nothing(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let dash =
            after.chars().next().filter(|c| DASHES[..4].contains(c) || (c == &'=' && rest.starts_with('/')));
        let behind = dash.map(|dash| &after[dash.len_utf8()..]);
        let ends = behind.is_some_and(|b| !b.starts_with(|c: char| c.is_ascii_digit()));
        let begins = out.ends_with(|c: char| c.is_ascii_digit());
        match (c, behind) {
            ('/', Some(behind)) if begins && ends => rest = behind,
            (',' | '.' | ':', Some(behind)) if begins && ends => {
                let number =
                    out.rsplit(|c: char| c.is_whitespace() || c.is_alphabetic()).next().unwrap_or_default();
                let sign = match c {
                    ',' if number.contains(',') => '.',
                    '.' if number.contains('.') => ',',
                    c => c,
                };
                out.extend([sign, '0', '0']);
                rest = behind;
            }
            _ => {
                out.push(c);
                rest = after;
            }
        }
    }
    out
}

/// Takes off what a price is for: `/ kg`, `per 100 g`.
fn without_unit(text: &str) -> &str {
    let slashes = text.rmatch_indices('/').map(|(at, _)| (at, at + 1));
    let words = text.match_indices(char::is_whitespace).filter_map(|(at, _)| {
        let rest = text[at..].trim_start();
        let behind = PER.iter().find_map(|word| after_word(rest, word))?;
        Some((at, text.len() - behind.len()))
    });
    let cut = slashes.chain(words).find(|(at, behind)| has_digit(&text[..*at]) && is_unit(&text[*behind..]));
    cut.map_or(text, |(at, _)| text[..at].trim_end())
}

fn is_unit(text: &str) -> bool {
    let text = text.trim().trim_end_matches(['.', ')']);
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == ',' || c == '.').trim_start();
    UNITS.contains(&unit.to_lowercase().as_str())
}

/// Takes these words off both ends, also in brackets and behind a comma.
fn off_ends<'t>(text: &'t str, words: &[&str]) -> &'t str {
    let edges = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '*');
    let trimmed = text.trim_matches(edges);
    let longest = |found: Option<&'t str>, next: &'t str| match found {
        Some(found) if found.len() <= next.len() => Some(found),
        _ => Some(next),
    };
    let behind = words.iter().filter_map(|word| before_word(trimmed, word)).fold(None, longest);
    let before = words.iter().filter_map(|word| after_word(trimmed, word)).fold(None, longest);
    let rest = behind.or(before).filter(|rest| has_digit(rest));
    rest.map_or(text, |rest| rest.trim_matches(edges).trim_end_matches(','))
}

/// The two prices of a range. Both have the currency that one of them names.
fn range(text: &str) -> Option<(String, String)> {
    let text = BETWEEN.iter().find_map(|word| after_word(text, word)).unwrap_or(text).trim();
    let dashes = text.match_indices(DASHES).map(|(at, dash)| (at, at + dash.len()));
    let words = text.match_indices(char::is_whitespace).filter_map(|(at, _)| {
        let rest = text[at..].trim_start();
        let behind = TO.iter().find_map(|word| after_word(rest, word))?;
        behind.starts_with(char::is_whitespace).then(|| (at, text.len() - behind.len()))
    });
    let cuts: Vec<_> =
        dashes.chain(words).filter(|(at, to)| has_digit(&text[..*at]) && has_digit(&text[*to..])).collect();
    let [(at, to)] = cuts.as_slice() else { return None };
    let (lower, upper) = (&text[..*at], &text[*to..]);
    let is_apart = lower.ends_with(char::is_whitespace) || upper.starts_with(char::is_whitespace);
    // `12-13` may be anything.
    if !is_apart && [lower, upper].iter().all(|side| side.chars().all(|c| c.is_ascii_digit())) {
        return None;
    }
    let (lower, upper) = (lower.trim(), upper.trim());
    let (of_lower, of_upper) = (words_of(lower), words_of(upper));
    let with = |side: &str, own: &str, other: &str| {
        if own.is_empty() && !other.is_empty() { format!("{side} {other}") } else { side.to_owned() }
    };
    Some((with(lower, &of_lower, &of_upper), with(upper, &of_upper, &of_lower)))
}

/// What is no number of a price.
fn words_of(text: &str) -> String {
    let first = text.find(|c: char| c.is_ascii_digit()).unwrap_or_default();
    let last = text.rfind(|c: char| c.is_ascii_digit()).map_or(0, |at| at + 1);
    format!("{} {}", &text[..first], &text[last..]).trim().to_owned()
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// What follows a word at the beginning of a text, letter case aside.
fn after_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let mut rest = text.chars();
    for wanted in word.chars() {
        let c = rest.next()?;
        if c != wanted && !c.to_lowercase().eq([wanted]) {
            return None;
        }
    }
    Some(rest.as_str()).filter(|rest| !rest.starts_with(char::is_alphabetic))
}

/// What is before a word at the end of a text. Scripts without spaces have letters there.
fn before_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let mut rest = text.chars();
    for wanted in word.chars().rev() {
        let c = rest.next_back()?;
        if c != wanted && !c.to_lowercase().eq([wanted]) {
            return None;
        }
    }
    let has_spaces = word.starts_with(|c: char| c.is_alphabetic() && c < '\u{2e80}');
    Some(rest.as_str()).filter(|rest| !has_spaces || !rest.ends_with(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, bool) {
        let bare = bare(text);
        (bare.text, bare.is_from)
    }

    #[test]
    fn words_around_a_price_are_taken_off() {
        for (text, expected) in [
            ("od 12,90 zł", ("12,90 zł", true)),
            ("ab 12,90 €", ("12,90 €", true)),
            ("From $12", ("$12", true)),
            ("à partir de 12,90 €", ("12,90 €", true)),
            ("desde 12", ("12", true)),
            ("12 990 Ft-tól", ("12 990 Ft", true)),
            ("1,980円から", ("1,980円", true)),
            ("12,90 TTC", ("12,90", false)),
            ("12,90 € inkl. MwSt.", ("12,90 €", false)),
            ("12,90 € (inkl. MwSt.)", ("12,90 €", false)),
            ("12.50 / kg", ("12.50", false)),
            ("12,50 €/100 g", ("12,50 €", false)),
            ("£4 per piece", ("£4", false)),
            ("Rs. 1,499/-", ("Rs. 1,499", false)),
            ("1.499,-", ("1.499,00", false)),
            ("CHF 1’299.–", ("CHF 1’299.00", false)),
            ("1.299.-", ("1.299,00", false)),
            ("S/ 12.50", ("S/ 12.50", false)),
            ("12/13", ("12/13", false)),
            ("DKK 5", ("DKK 5", false)),
            ("Fr. 5", ("Fr. 5", false)),
        ] {
            assert_eq!(read(text), (expected.0.to_owned(), expected.1), "{text}");
        }
    }

    #[test]
    fn a_range_has_two_prices_in_one_currency() {
        for (text, lower, upper) in [
            ("19.90 - 29.90", "19.90", "29.90"),
            ("$19.90-$29.90", "$19.90", "$29.90"),
            ("19,90 – 29,90 €", "19,90 €", "29,90 €"),
            ("von 10 bis 20 EUR", "10 EUR", "20 EUR"),
            ("¥1,000～¥2,000", "¥1,000", "¥2,000"),
            ("1.499,- – 1.699,-", "1.499,00", "1.699,00"),
        ] {
            let bare = bare(text);
            assert_eq!((bare.text.as_str(), bare.upper.as_deref()), (lower, Some(upper)), "{text}");
            assert!(bare.is_from);
        }
        for text in ["12-13", "2024-05-01", "-5", "12 euros each"] {
            assert_eq!(bare(text).upper, None, "{text}");
        }
    }
}
