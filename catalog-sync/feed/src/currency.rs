//! Currencies as prices name them: codes, signs, words, and a country before a sign.

/// Signs and words of one currency.
#[rustfmt::skip]
const WORDS: &[(&str, &str)] = &[
    ("€", "EUR"), ("euro", "EUR"), ("euros", "EUR"), ("eur.", "EUR"), ("evro", "EUR"), ("евро", "EUR"),
    ("us$", "USD"), ("u$s", "USD"), ("u.s.$", "USD"), ("usd$", "USD"), ("us dollar", "USD"), ("us dollars", "USD"),
    ("a$", "AUD"), ("au$", "AUD"), ("aud$", "AUD"), ("c$", "CAD"), ("ca$", "CAD"), ("can$", "CAD"), ("cad$", "CAD"),
    ("cdn$", "CAD"), ("nz$", "NZD"), ("nzd$", "NZD"), ("hk$", "HKD"), ("hkd$", "HKD"), ("s$", "SGD"), ("sg$", "SGD"),
    ("sgd$", "SGD"), ("nt$", "TWD"), ("tw$", "TWD"), ("ntd", "TWD"), ("mx$", "MXN"), ("mex$", "MXN"), ("mxn$", "MXN"),
    ("ar$", "ARS"), ("ars$", "ARS"), ("cl$", "CLP"), ("clp$", "CLP"), ("col$", "COP"), ("co$", "COP"), ("cop$", "COP"),
    ("r$", "BRL"), ("reais", "BRL"), ("$u", "UYU"), ("uy$", "UYU"), ("rd$", "DOP"), ("j$", "JMD"), ("tt$", "TTD"),
    ("bs.", "BOB"), ("bs", "BOB"), ("s/", "PEN"), ("s/.", "PEN"), ("b/.", "PAB"), ("q", "GTQ"), ("₡", "CRC"),
    ("₲", "PYG"), ("gs", "PYG"), ("gs.", "PYG"), ("guaraníes", "PYG"),
    ("pound", "GBP"), ("pounds", "GBP"), ("gb£", "GBP"), ("uk£", "GBP"),
    ("zł", "PLN"), ("zl", "PLN"), ("złotych", "PLN"), ("kč", "CZK"), ("kc", "CZK"), ("ft", "HUF"), ("forint", "HUF"),
    ("lei", "RON"), ("leu", "RON"), ("ron.", "RON"), ("лв", "BGN"), ("лв.", "BGN"), ("lv.", "BGN"), ("din", "RSD"),
    ("din.", "RSD"), ("дин", "RSD"), ("дин.", "RSD"), ("km", "BAM"), ("ден", "MKD"), ("ден.", "MKD"),
    ("fr.", "CHF"), ("sfr", "CHF"), ("sfr.", "CHF"), ("chf.", "CHF"), ("franken", "CHF"),
    ("₽", "RUB"), ("руб", "RUB"), ("руб.", "RUB"), ("р.", "RUB"), ("р", "RUB"), ("рублей", "RUB"), ("rur", "RUB"),
    ("₴", "UAH"), ("ruah", "UAH"), ("грн", "UAH"), ("грн.", "UAH"), ("byn", "BYN"), ("br", "BYN"), ("₸", "KZT"), ("тг", "KZT"),
    ("тг.", "KZT"), ("₾", "GEL"), ("₼", "AZN"), ("֏", "AMD"), ("сум", "UZS"), ("so'm", "UZS"),
    ("₺", "TRY"), ("tl", "TRY"), ("₪", "ILS"), ("nis", "ILS"), ("ש\"ח", "ILS"),
    ("د.إ", "AED"), ("د.إ.", "AED"), ("sr", "SAR"), ("ر.س", "SAR"), ("﷼", "SAR"),
    ("د.ك", "KWD"), ("kd", "KWD"), ("bd", "BHD"), ("د.ب", "BHD"), ("ر.ع.", "OMR"), ("jd", "JOD"), ("د.ت", "TND"),
    ("dt", "TND"), ("le", "EGP"), ("l.e.", "EGP"), ("e£", "EGP"), ("ج.م", "EGP"), ("تومان", "IRR"), ("ریال", "IRR"),
    ("₹", "INR"), ("inr.", "INR"), ("rupees", "INR"), ("रु", "INR"), ("रु.", "INR"), ("৳", "BDT"), ("tk", "BDT"),
    ("tk.", "BDT"), ("nrs", "NPR"), ("nrs.", "NPR"), ("lkr.", "LKR"), ("pkr.", "PKR"),
    ("rp", "IDR"), ("rp.", "IDR"), ("rm", "MYR"), ("₱", "PHP"), ("php.", "PHP"), ("฿", "THB"), ("บาท", "THB"),
    ("baht", "THB"), ("₫", "VND"), ("đ", "VND"), ("đồng", "VND"), ("vnđ", "VND"), ("₭", "LAK"), ("៛", "KHR"),
    ("円", "JPY"), ("jp¥", "JPY"), ("yen", "JPY"), ("元", "CNY"), ("rmb", "CNY"), ("cn¥", "CNY"), ("人民币", "CNY"),
    ("₩", "KRW"), ("원", "KRW"), ("￦", "KRW"), ("₮", "MNT"),
    ("zar.", "ZAR"), ("r", "ZAR"), ("₦", "NGN"), ("ksh", "KES"), ("ksh.", "KES"), ("kes.", "KES"), ("tsh", "TZS"),
    ("ush", "UGX"), ("gh₵", "GHS"), ("₵", "GHS"), ("fcfa", "XOF"), ("cfa", "XOF"),
];

/// Signs that several countries use: the one that is meant where nothing else is said, and all others.
const SHARED: &[(&str, Option<&str>, &[&str])] = &[
    (
        "$",
        Some("USD"),
        &[
            "USD", "AUD", "CAD", "NZD", "HKD", "SGD", "TWD", "MXN", "ARS", "CLP", "COP", "UYU", "BRL", "DOP",
            "JMD", "TTD", "BSD", "BBD", "BZD", "FJD", "NAD", "XCD",
        ],
    ),
    ("£", Some("GBP"), &["GBP", "EGP", "LBP", "GIP", "FKP"]),
    ("¥", Some("JPY"), &["JPY", "CNY"]),
    ("￥", Some("JPY"), &["JPY", "CNY"]),
    ("rs", Some("INR"), &["INR", "PKR", "LKR", "NPR", "MUR"]),
    ("rs.", Some("INR"), &["INR", "PKR", "LKR", "NPR", "MUR"]),
    ("₨", Some("INR"), &["INR", "PKR", "LKR", "NPR", "MUR"]),
    ("kr", None, &["SEK", "NOK", "DKK", "ISK"]),
    ("kr.", None, &["SEK", "NOK", "DKK", "ISK"]),
    ("dh", Some("AED"), &["AED", "MAD"]),
    ("dhs", Some("AED"), &["AED", "MAD"]),
    ("dhs.", Some("AED"), &["AED", "MAD"]),
    ("dollar", Some("USD"), &["USD", "AUD", "CAD", "NZD"]),
    ("dollars", Some("USD"), &["USD", "AUD", "CAD", "NZD"]),
    ("peso", None, &["MXN", "ARS", "CLP", "COP", "UYU", "PHP", "DOP"]),
    ("pesos", None, &["MXN", "ARS", "CLP", "COP", "UYU", "PHP", "DOP"]),
];

/// Currencies of which no hundredths are used: by ISO 4217, and by the habit of their countries.
#[rustfmt::skip]
const WHOLE: &[&str] = &[
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF",
    "XPF", "COP", "CRC", "HUF", "IDR", "IRR", "KHR", "LAK", "LBP", "MGA", "MMK", "MNT", "NGN", "RSD", "SOS", "TZS",
    "UZS", "ALL", "AMD", "KZT", "TWD",
];

/// Currencies with thousandths.
const THOUSANDTHS: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// The currencies of countries, by the ends of their servers' names and by their codes of two letters.
#[rustfmt::skip]
const COUNTRIES: &[(&str, &str)] = &[
    ("se", "SEK"), ("no", "NOK"), ("dk", "DKK"), ("is", "ISK"), ("au", "AUD"), ("ca", "CAD"), ("nz", "NZD"),
    ("hk", "HKD"), ("sg", "SGD"), ("tw", "TWD"), ("mx", "MXN"), ("ar", "ARS"), ("cl", "CLP"), ("uy", "UYU"),
    ("us", "USD"), ("gb", "GBP"), ("uk", "GBP"), ("eg", "EGP"), ("cn", "CNY"), ("jp", "JPY"), ("in", "INR"),
    ("pk", "PKR"), ("lk", "LKR"), ("np", "NPR"), ("ph", "PHP"), ("do", "DOP"), ("ma", "MAD"), ("ae", "AED"), ("cz", "CZK"), ("sk", "EUR"),
];

/// How many digits are behind the decimal sign of a currency's prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fraction {
    None,
    Hundredths,
    Thousandths,
}

pub(crate) fn fraction(code: &str) -> Fraction {
    match code {
        code if WHOLE.contains(&code) => Fraction::None,
        code if THOUSANDTHS.contains(&code) => Fraction::Thousandths,
        _ => Fraction::Hundredths,
    }
}

/// The currency that the name of a column ends in: `Preis (EUR)`, `Cena [zł]`, `price_usd`.
pub(crate) fn of_column(name: &str) -> Option<String> {
    let between =
        |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '_' | '-' | '/' | ':' | ',');
    let name = name.trim_end_matches('*');
    let last = name.split(between).rfind(|word| !word.is_empty()).filter(|word| *word != name)?;
    let code = of_word(last, None)??;
    let is_word = !last.bytes().all(|byte| byte.is_ascii_alphabetic()) || is_known(&code);
    is_word.then_some(code)
}

fn is_known(code: &str) -> bool {
    WORDS.iter().any(|(_, known)| *known == code)
        || SHARED.iter().any(|(.., all)| all.contains(&code))
        || WHOLE.contains(&code)
        || THOUSANDTHS.contains(&code)
}

/// The currency of a country, by its code or by the end of a server's name.
pub(crate) fn of_country(country: &str) -> Option<&'static str> {
    let country = country.trim().to_ascii_lowercase();
    COUNTRIES.iter().find(|(known, _)| *known == country).map(|(_, code)| *code)
}

/// The code that a sign or a word stands for. `usual` is the feed's currency, which a sign that several countries
/// use is of. Inside, none where it cannot be told which.
pub(crate) fn of_word(word: &str, usual: Option<&str>) -> Option<Option<String>> {
    let word = word.trim().trim_matches(['\u{200e}', '\u{200f}', '(', ')', ':']).trim();
    let lower = word.to_lowercase();
    if let Some((_, code)) = WORDS.iter().find(|(known, _)| *known == lower) {
        return Some(Some((*code).into()));
    }
    if let Some((_, first, all)) = SHARED.iter().find(|(known, ..)| *known == lower) {
        let code = usual.filter(|usual| all.contains(usual)).or(*first);
        return Some(code.map(String::from));
    }
    if word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Some(Some(word.to_uppercase()));
    }
    together(&lower)
}

/// A country or a code beside a sign: `US $`, `$ CAD`, `€ EUR`, `USD $`.
fn together(words: &str) -> Option<Option<String>> {
    let joined: String = words.split_whitespace().collect();
    if joined != words
        && let Some((_, code)) = WORDS.iter().find(|(known, _)| *known == joined)
    {
        return Some(Some((*code).into()));
    }
    let sign = |text: &str| {
        SHARED.iter().any(|(known, ..)| *known == text) || WORDS.iter().any(|(known, _)| *known == text)
    };
    // What is left of a code when signs around it are taken away.
    let code: String = joined.chars().filter(char::is_ascii_alphabetic).collect();
    let signs: String = joined.chars().filter(|c| !c.is_ascii_alphabetic()).collect();
    if code.len() == 3 && sign(&signs) {
        let code = code.to_uppercase();
        return fits(&signs, &code).then_some(Some(code));
    }
    if code.len() == 2 && sign(&signs) {
        let code = of_country(&code)?;
        return fits(&signs, code).then(|| Some(code.into()));
    }
    None
}

/// Whether a sign can be of this currency.
fn fits(sign: &str, code: &str) -> bool {
    let shared = SHARED.iter().find(|(known, ..)| *known == sign);
    shared.is_none_or(|(_, _, all)| all.contains(&code))
        && WORDS.iter().find(|(known, _)| *known == sign).is_none_or(|(_, of_sign)| *of_sign == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_words_and_codes_are_read() {
        let of = |word: &str| of_word(word, None).flatten();
        for (word, code) in [
            ("EUR", "EUR"),
            ("eur", "EUR"),
            ("€", "EUR"),
            ("US $", "USD"),
            ("$ CAD", "CAD"),
            ("€ EUR", "EUR"),
            ("AU$", "AUD"),
            ("Lei", "RON"),
            ("Ft", "HUF"),
            ("Rp", "IDR"),
            ("грн.", "UAH"),
            ("TL", "TRY"),
            ("S/.", "PEN"),
            ("원", "KRW"),
            ("NZ $", "NZD"),
            ("CLP$", "CLP"),
            ("R", "ZAR"),
            ("GB £", "GBP"),
        ] {
            assert_eq!(of(word).as_deref(), Some(code), "{word}");
        }
        for word in ["each", "€ USD", "ab", "from $", "kilo"] {
            assert_eq!(of_word(word, None), None, "{word}");
        }
    }

    #[test]
    fn a_column_may_end_in_its_currency() {
        for (name, code) in [
            ("Preis (EUR)", "EUR"),
            ("Cena [zł]", "PLN"),
            ("price_usd", "USD"),
            ("Price in $", "USD"),
            ("Цена, руб.*", "RUB"),
        ] {
            assert_eq!(of_column(name).as_deref(), Some(code), "{name}");
        }
        for name in ["price", "Preis inkl. MwSt", "Price inc VAT", "EUR", "sale price"] {
            assert_eq!(of_column(name), None, "{name}");
        }
    }

    #[test]
    fn a_sign_of_several_countries_is_the_feeds_own() {
        assert_eq!(of_word("kr", None), Some(None));
        assert_eq!(of_word("kr.", Some("DKK")), Some(Some("DKK".into())));
        assert_eq!(of_word("kr", Some("EUR")), Some(None));
        assert_eq!(of_word("$", Some("MXN")), Some(Some("MXN".into())));
        assert_eq!(of_word("$", Some("EUR")), Some(Some("USD".into())));
    }
}
