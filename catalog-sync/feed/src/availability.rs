//! Whether a product can be bought, in the words of every kind of feed.

use knytt_engine::Availability;

use crate::choices;

/// Merchant Center's words, schema.org's addresses, their usual variants, or a number in stock; `None` if it
/// is none of these.
pub(crate) fn read(text: &str) -> Option<Availability> {
    let last = text.trim().trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or_default();
    // Prom.ua's signs.
    match text.trim() {
        "+" => return Some(Availability::InStock),
        "-" | "–" => return Some(Availability::OutOfStock),
        _ => {}
    }
    if let Ok(count) = number(last) {
        return Some(if count > 0.0 { Availability::InStock } else { Availability::OutOfStock });
    }
    let word: String = last
        .chars()
        .filter(|c| c.is_alphanumeric() || choices::is_mark(*c))
        .flat_map(char::to_lowercase)
        .collect();
    Some(match word.as_str() {
        "instock"
        | "available"
        | "yes"
        | "true"
        | "limitedavailability"
        | "instoreonly"
        | "onlineonly"
        | "availablefororder" => Availability::InStock,
        "outofstock" | "soldout" | "unavailable" | "no" | "false" | "discontinued" | "reserved" => {
            Availability::OutOfStock
        }
        "preorder" | "presale" | "comingsoon" => Availability::Preorder,
        "backorder" | "backordered" | "onbackorder" | "madetoorder" => Availability::Backorder,
        "unknown" => Availability::Unknown,
        word => return of_other_languages(word),
    })
}

/// How many there are; the signs between digits are those of any country.
fn number(text: &str) -> Result<f64, std::num::ParseFloatError> {
    let text = text.trim();
    text.parse::<f64>().or_else(|error| {
        let has_only = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '\u{a0}' | '-');
        if !text.chars().all(has_only) {
            return Err(error);
        }
        // Whether there is one at all is all that counts.
        text.chars().filter(|c| c.is_ascii_digit() || *c == '-').collect::<String>().parse::<f64>()
    })
}

/// As shops that do not write English say it; letters alone, without spaces.
#[rustfmt::skip]
fn of_other_languages(word: &str) -> Option<Availability> {
    const IN_STOCK: &[&str] = &[
        "auflager", "lieferbar", "sofortlieferbar", "verfügbar", "vorrätig", "ja", "enstock", "disponible", "oui",
        "disponibile", "disponível", "emestoque", "sí", "sim", "skladem", "naskladě", "naskladom", "dostępny",
        "dostępna", "dostępne", "dostupné", "dostupno", "nastanju", "tak", "ano", "oplager", "opvoorraad",
        "leverbaar", "ilager", "pålager", "pálager", "varastossa", "raktáron", "készleten", "înstoc", "instoc",
        "вналичии", "есть", "внаявності", "євнаявності", "є", "вналичност", "διαθέσιμο", "mevcut", "stoktavar", "stokta", "cònhàng",
        "y", "j", "ναι", "άμεσαδιαθέσιμο", "σεαπόθεμα", "มีสินค้า", "พร้อมส่ง", "มี", "כן", "זמין", "نعم", "موجود", "उपलब्ध", "yra",
        "yrasandėlyje", "irnoliktavā", "laos", "tersedia", "在庫あり", "有货", "有貨", "现货", "現貨", "재고있음", "במלאי", "متوفر", "متاح",
    ];
    const OUT_OF_STOCK: &[&str] = &[
        "ausverkauft", "nichtauflager", "nichtlieferbar", "nichtverfügbar", "nichtvorrätig", "nein", "épuisé",
        "enrupture", "enrupturedestock", "rupturedestock", "indisponible", "agotado", "sinstock", "nodisponible",
        "esaurito", "nondisponibile", "esgotado", "indisponível", "semestoque", "não", "vyprodáno", "vypredané",
        "niedostępny", "niedostępna", "niedostępne", "nedostupné", "nedostupno", "brak", "nie", "udsolgt", "utsolgt",
        "slutsåld", "slutilager", "uitverkocht", "nietopvoorraad", "loppu", "loppuunmyyty", "elfogyott",
        "nincsraktáron", "stocepuizat", "epuizat", "нетвналичии", "нет", "немаєвнаявності", "немає", "нема", "изчерпан", "εξαντλήθηκε",
        "μηδιαθέσιμο", "tükendi", "stoktayok", "hếthàng", "habis", "在庫なし", "品切れ", "売り切れ", "缺货", "缺貨",
        "n", "όχι", "εξαντλημένο", "εξαντλημένα", "μηδιαθέσιμα", "สินค้าหมด", "หมด", "לא", "לאזמין", "لا", "ناموجود", "अनुपलब्ध", "nėra", "navnoliktavā", "otsas", "uppseld",
        "售罄", "无货", "無貨", "품절", "재고없음", "אזל", "אזלמהמלאי", "لایوجد", "نفد", "غيرمتوفر", "غيرمتاح",
    ];
    if IN_STOCK.contains(&word) {
        return Some(Availability::InStock);
    }
    OUT_OF_STOCK.contains(&word).then_some(Availability::OutOfStock)
}

/// Whether the text says no more than its meaning: a number of pieces does.
pub(crate) fn is_plain(text: &str) -> bool {
    read(text).is_some() && !text.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn availability_is_read_as_feeds_write_it() {
        for (text, expected) in [
            ("in_stock", Some(Availability::InStock)),
            ("Out of stock", Some(Availability::OutOfStock)),
            ("0", Some(Availability::OutOfStock)),
            ("-2", Some(Availability::OutOfStock)),
            ("12", Some(Availability::InStock)),
            ("pre-order", Some(Availability::Preorder)),
            ("backorder", Some(Availability::Backorder)),
            ("https://schema.org/InStock", Some(Availability::InStock)),
            ("http://schema.org/PreSale/", Some(Availability::Preorder)),
            ("schema:SoldOut", Some(Availability::OutOfStock)),
            ("Auf Lager", Some(Availability::InStock)),
            ("Skladem", Some(Availability::InStock)),
            ("En rupture de stock", Some(Availability::OutOfStock)),
            ("niedostępny", Some(Availability::OutOfStock)),
            ("在庫あり", Some(Availability::InStock)),
            ("غير متوفر", Some(Availability::OutOfStock)),
            ("+", Some(Availability::InStock)),
            ("-", Some(Availability::OutOfStock)),
            ("12,000", Some(Availability::InStock)),
            ("0,000", Some(Availability::OutOfStock)),
            ("1.250,5", Some(Availability::InStock)),
            ("ask", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
