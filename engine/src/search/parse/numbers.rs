//! Numbers as shoppers write them: in digits of either script, or as words of six languages.

use rust_decimal::Decimal;

/// The number at the start of `words` (in lower case), and the count of words that write it.
pub(super) fn number(words: &[&str]) -> Option<(Decimal, usize)> {
    let first = words.first()?;
    digits(first).map(|number| (number, 1)).or_else(|| spelled(words))
}

/// `50`, `49.90`, `49,90`, `1.299,00`, `1 299`, `٥٠`.
pub(super) fn digits(word: &str) -> Option<Decimal> {
    let plain: String = word.chars().map(western).collect();
    let starts_well = plain.starts_with(|c: char| c.is_ascii_digit());
    if !starts_well || !plain.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'')) {
        return None;
    }
    let (whole, cents) = match plain.rfind(['.', ',']) {
        Some(at) if (1..=2).contains(&(plain.len() - at - 1)) => (&plain[..at], &plain[at + 1..]),
        _ => (plain.as_str(), ""),
    };
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let text = if cents.is_empty() { whole } else { format!("{whole}.{cents}") };
    Decimal::from_str_exact(&text).ok()
}

/// Replaces Arabic-Indic digits and separators by western ones.
fn western(c: char) -> char {
    match c {
        '٠'..='٩' => char::from_digit(c as u32 - '٠' as u32, 10).unwrap_or(c),
        '۰'..='۹' => char::from_digit(c as u32 - '۰' as u32, 10).unwrap_or(c),
        '٫' => '.',
        '٬' => ',',
        _ => c,
    }
}

/// Words and their values, in English, German, Spanish, French, and Arabic; several spellings of one.
#[rustfmt::skip]
const NAMES: &[(u32, &[&str])] = &[
    (1, &["one", "eins", "ein", "uno", "un", "une", "واحد"]),
    (2, &["two", "zwei", "dos", "deux", "اثنان", "اثنين"]),
    (3, &["three", "drei", "tres", "trois", "ثلاثة", "ثلاث"]),
    (4, &["four", "vier", "cuatro", "quatre", "أربعة", "اربعة"]),
    (5, &["five", "fünf", "cinco", "cinq", "خمسة", "خمس"]),
    (6, &["six", "sechs", "seis", "ستة", "ست"]),
    (7, &["seven", "sieben", "siete", "sept", "سبعة", "سبع"]),
    (8, &["eight", "acht", "ocho", "huit", "ثمانية"]),
    (9, &["nine", "neun", "nueve", "neuf", "تسعة", "تسع"]),
    (10, &["ten", "zehn", "diez", "dix", "عشرة", "عشر"]),
    (11, &["eleven", "elf", "once", "onze"]),
    (12, &["twelve", "zwölf", "doce", "douze"]),
    (13, &["thirteen", "dreizehn", "trece", "treize"]),
    (14, &["fourteen", "vierzehn", "catorce", "quatorze"]),
    (15, &["fifteen", "fünfzehn", "quince", "quinze"]),
    (16, &["sixteen", "sechzehn", "dieciséis", "seize"]),
    (17, &["seventeen", "siebzehn", "diecisiete"]),
    (18, &["eighteen", "achtzehn", "dieciocho"]),
    (19, &["nineteen", "neunzehn", "diecinueve"]),
    (20, &["twenty", "zwanzig", "veinte", "vingt", "vingts", "عشرون", "عشرين"]),
    (25, &["veinticinco"]),
    (30, &["thirty", "dreißig", "dreissig", "treinta", "trente", "ثلاثون", "ثلاثين"]),
    (40, &["forty", "vierzig", "cuarenta", "quarante", "أربعون", "أربعين", "اربعين"]),
    (50, &["fifty", "fünfzig", "cincuenta", "cinquante", "خمسون", "خمسين"]),
    (60, &["sixty", "sechzig", "sesenta", "soixante", "ستون", "ستين"]),
    (70, &["seventy", "siebzig", "setenta", "septante", "سبعون", "سبعين"]),
    (80, &["eighty", "achtzig", "ochenta", "octante", "ثمانون", "ثمانين"]),
    (90, &["ninety", "neunzig", "noventa", "nonante", "تسعون", "تسعين"]),
    (100, &["hundred", "hundert", "cien", "ciento", "cent", "cents", "مئة", "مائة"]),
    (200, &["doscientos", "مئتين", "مئتان"]),
    (300, &["trescientos"]),
    (500, &["quinientos"]),
    (1000, &["thousand", "tausend", "mil", "mille", "ألف", "الف"]),
];

const CHINESE: &str = "零一二三四五六七八九";

/// Words that join the parts of a number.
const JOINTS: [&str; 5] = ["and", "und", "y", "et", "و"];

fn spelled(words: &[&str]) -> Option<(Decimal, usize)> {
    let mut sum = Sum::default();
    let mut used = 0;
    for (at, word) in words.iter().enumerate() {
        if JOINTS.contains(word) && used > 0 {
            continue;
        }
        let Some(parts) = parts(word) else { break };
        parts.into_iter().for_each(|part| sum.add(part));
        used = at + 1;
    }
    (used > 0).then(|| (Decimal::from(sum.total()), used))
}

/// The values of a word's parts: "fünfundzwanzig" of 5 and 20, "quatre-vingt-dix" of 4, 20 and 10.
fn parts(word: &str) -> Option<Vec<u32>> {
    if let Some(value) = value(word) {
        return Some(vec![value]);
    }
    if word.contains('-') {
        return word.split('-').filter(|part| !JOINTS.contains(part)).map(value).collect();
    }
    if let Some((ones, tens)) = word.split_once("und")
        && let Some(both) = value(ones).zip(value(tens))
    {
        return Some(vec![both.1, both.0]);
    }
    // "zweihundert", "وعشرون" with its "and" before it.
    if let Some(rest) = word.strip_prefix('و') {
        return value(rest).map(|value| vec![value]);
    }
    for (hundred, unit) in [("hundert", 100), ("tausend", 1000)] {
        if let Some(times) = word.strip_suffix(hundred).and_then(value) {
            return Some(vec![times, unit]);
        }
    }
    chinese(word)
}

fn value(word: &str) -> Option<u32> {
    NAMES.iter().find(|(_, names)| names.contains(&word)).map(|(value, _)| *value)
}

/// `五十`, `一百二十`, `两百`.
fn chinese(word: &str) -> Option<Vec<u32>> {
    let mut total = 0;
    let mut digit = None;
    for c in word.chars() {
        let unit = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            '两' => {
                digit = Some(2);
                continue;
            }
            _ => {
                digit = Some(CHINESE.chars().position(|known| known == c)? as u32);
                continue;
            }
        };
        total += digit.take().unwrap_or(1) * unit;
    }
    (!word.is_empty()).then(|| vec![total + digit.unwrap_or(0)])
}

/// Adds up a number's parts. A hundred or a thousand multiplies the parts before it, and so does the
/// French score ("quatre-vingts").
#[derive(Default)]
struct Sum {
    thousands: u32,
    rest: u32,
}

impl Sum {
    fn add(&mut self, part: u32) {
        match part {
            1000 => {
                self.thousands += self.rest.max(1) * 1000;
                self.rest = 0;
            }
            100 if (1..10).contains(&self.rest) => self.rest *= 100,
            20 if self.rest == 4 => self.rest = 80,
            part => self.rest = self.rest.saturating_add(part),
        }
    }

    fn total(&self) -> u32 {
        self.thousands + self.rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_with_either_separator_and_in_either_script() {
        for (text, expected) in [
            ("50", "50"),
            ("49.90", "49.90"),
            ("49,9", "49.9"),
            ("1.299", "1299"),
            ("1,299.00", "1299.00"),
            ("1.299,50", "1299.50"),
            ("٥٠", "50"),
            ("٤٩٫٩٠", "49.90"),
        ] {
            assert_eq!(digits(text), Some(expected.parse().unwrap()), "{text}");
        }
        assert_eq!([digits("xl"), digits(""), digits("3xl"), digits("-5")], [None; 4]);
    }

    #[test]
    fn numbers_are_read_as_words_of_six_languages() {
        for (text, expected) in [
            ("fifty", 50),
            ("one hundred and twenty", 120),
            ("fünfzig", 50),
            ("fünfundzwanzig", 25),
            ("zweihundert", 200),
            ("treinta y cinco", 35),
            ("cinquante", 50),
            ("quatre-vingt-dix", 90),
            ("soixante-dix", 70),
            ("trois cents", 300),
            ("خمسين", 50),
            ("خمسة وعشرون", 25),
            ("五十", 50),
            ("一百二十", 120),
            ("两百", 200),
        ] {
            let words: Vec<&str> = text.split(' ').collect();
            let read = number(&words).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(read, (Decimal::from(expected), words.len()), "{text}");
        }
    }

    #[test]
    fn a_number_ends_where_other_words_begin() {
        assert_eq!(number(&["fifty", "dollars"]), Some((Decimal::from(50), 1)));
        assert_eq!(number(&["twenty", "and", "blue"]), Some((Decimal::from(20), 1)));
        assert_eq!(number(&["dress"]), None);
    }
}
