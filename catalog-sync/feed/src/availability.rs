//! Whether a product can be bought, in the words of every kind of feed.

use knytt_engine::Availability;

/// Merchant Center's words, schema.org's addresses, their usual variants, or a number in stock; `None` if it
/// is none of these.
pub(crate) fn read(text: &str) -> Option<Availability> {
    let last = text.trim().trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or_default();
    if let Ok(count) = last.trim().parse::<f64>() {
        return Some(if count > 0.0 { Availability::InStock } else { Availability::OutOfStock });
    }
    let word: String = last.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
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
        _ => return None,
    })
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
            ("ask", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
