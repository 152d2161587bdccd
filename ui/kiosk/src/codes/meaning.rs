//! What a code stands for.

use knytt_engine::Gtin;
use knytt_wire::Url;

use super::reader::{Kind, Read};

/// What a code stands for. Nothing that a code says is opened or shown: it is looked up in the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The number of goods.
    Gtin(Gtin),
    /// The address of a product's page in the shop.
    Link(String),
    /// Anything else: a shop's own number.
    Number(String),
}

impl Meaning {
    /// What a reading means. A GS1 Digital Link and GS1's elements mean the number in them.
    pub fn of(read: &Read) -> Self {
        let text = read.text.trim();
        let gtin = match read.kind {
            Kind::Ean | Kind::Code128 => Gtin::parse(text),
            Kind::Gs1 => element_gtin(text),
            Kind::Qr => link_gtin(text).or_else(|| Gtin::parse(text)),
        };
        match gtin {
            Some(gtin) => Self::Gtin(gtin),
            None if text.starts_with("https://") || text.starts_with("http://") => Self::Link(text.into()),
            None => Self::Number(text.into()),
        }
    }
}

/// The number in GS1's elements, which begin with application identifier 01 (or 02, the number of what is inside).
fn element_gtin(text: &str) -> Option<Gtin> {
    let digits = text.strip_prefix("01").or_else(|| text.strip_prefix("02"))?;
    Gtin::parse(digits.get(..14)?)
}

/// The number in a GS1 Digital Link: `https://…/01/09506000134352…`.
fn link_gtin(text: &str) -> Option<Gtin> {
    let url: Url = text.parse().ok()?;
    let mut parts = url.path_segments()?;
    parts.find(|part| matches!(*part, "01" | "gtin"))?;
    Gtin::parse(parts.next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(kind: Kind, text: &str) -> Meaning {
        Meaning::of(&Read { kind, text: text.into() })
    }

    #[test]
    fn the_number_of_goods_is_found_in_every_kind_of_code() {
        let gtin = Meaning::Gtin(Gtin::parse("9506000134352").unwrap());
        for (kind, text) in [
            (Kind::Ean, "9506000134352"),
            (Kind::Code128, "9506000134352"),
            (Kind::Gs1, "010950600013435217251231"),
            (Kind::Qr, "https://id.gs1.org/01/09506000134352/10/ABC?17=251231"),
            (Kind::Qr, "https://shop.example/gtin/9506000134352"),
            (Kind::Qr, "9506000134352"),
        ] {
            assert_eq!(meaning(kind, text), gtin, "{text}");
        }
    }

    #[test]
    fn other_codes_are_links_or_numbers() {
        let link = "https://shop.example/p/7";
        assert_eq!(meaning(Kind::Qr, link), Meaning::Link(link.into()));
        assert_eq!(
            meaning(Kind::Qr, "https://shop.example/01/7"),
            Meaning::Link("https://shop.example/01/7".into())
        );
        assert_eq!(meaning(Kind::Code128, " AB-12 "), Meaning::Number("AB-12".into()));
        assert_eq!(meaning(Kind::Gs1, "10ABC"), Meaning::Number("10ABC".into()));
        assert_eq!(meaning(Kind::Gs1, "01é"), Meaning::Number("01é".into()));
        assert_eq!(meaning(Kind::Qr, "WIFI:S:x;;"), Meaning::Number("WIFI:S:x;;".into()));
    }
}
