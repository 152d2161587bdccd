//! Which words may be shown to others as something that people search for.

/// The longest words, in characters.
const LONGEST: usize = 60;

/// The most words.
const MOST_WORDS: usize = 8;

/// Digits in a row that may be a telephone number, a card or an order.
const LONG_NUMBER: usize = 5;

/// Words that stand in postal addresses, or are the ends of such words.
const STREETS: [&str; 12] = [
    "street",
    "straße",
    "strasse",
    "str.",
    "avenue",
    "road",
    "lane",
    "boulevard",
    "platz",
    "allee",
    "rue",
    "calle",
];

/// Whether nothing in the words looks like a person's: an e-mail or postal address, a link, a long number.
/// They are in lower case, with one blank between two.
pub fn may_be_shown(words: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
    let is_street = |word: &str| STREETS.iter().any(|street| word.ends_with(street));
    let mut run = 0;
    let long_number = words.chars().any(|letter| {
        // Numbers are grouped by blanks, dots, dashes, slashes and brackets.
        run = if letter.is_numeric() {
            run + 1
        } else if " .-/()+".contains(letter) {
            run
        } else {
            0
        };
        run >= LONG_NUMBER
    });
    !long_number
        && words.chars().nth(LONGEST).is_none()
        && words.split(' ').count() <= MOST_WORDS
        && !words.contains(['@', '\\', '<', '>'])
        && !words.contains("://")
        && !words.starts_with("www.")
        && !words.chars().any(char::is_control)
        && !(digits(words) > 0 && words.split(' ').any(is_street))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_persons_is_not_shown() {
        for shown in ["red dress", "kleid größe 38", "iphone 15", "levi's 501", "größe 38/40", "50 60 cm"]
        {
            assert!(may_be_shown(shown), "{shown}");
        }
        let long = "x".repeat(61);
        for hidden in [
            "ann@example.org",
            "0171 234 5678",
            "+49-171-2345678",
            "4111111111111111",
            "hauptstraße 7",
            "7 baker street",
            "https://example.org",
            "www.example.org",
            "<script>",
            "a b c d e f g h i",
            &long,
        ] {
            assert!(!may_be_shown(hidden), "{hidden}");
        }
    }
}
