//! Prices as a column of sortable integers, so that a price range is one pass over 8 bytes a product.

use rust_decimal::Decimal;

use crate::Product;

/// Prices are compared exactly to this many decimals.
pub(crate) const MAX_DECIMALS: u32 = 4;

/// Products per value of the price database.
pub(crate) const SLOTS: u32 = 1024;

/// The entry of a product without a price, and of a slot without a product.
pub(crate) const NONE: i64 = i64::MIN;

/// Beyond this, an amount counts as this; no bound may reach it.
const LIMIT: i64 = 1_000_000_000_000_000_000;

/// The amount in units of 10⁻⁴, rounded down, and whether anything was cut off.
fn units(amount: Decimal) -> (i64, bool) {
    let scaled = amount.checked_mul(Decimal::from(10_i64.pow(MAX_DECIMALS)));
    match scaled.and_then(|s| Some((i64::try_from(s.floor()).ok()?, !s.fract().is_zero()))) {
        Some((units, cut)) if units < LIMIT => (units, cut),
        _ => (LIMIT, false),
    }
}

/// Twice the units, plus one if there are finer decimals: such an amount lies strictly between the
/// two whole units around it, so comparing with a bound (which has no finer decimals) is exact.
pub(crate) fn encode(product: &Product) -> i64 {
    product.price_now().map_or(NONE, |price| {
        let (units, cut) = units(price.amount);
        2 * units + i64::from(cut)
    })
}

/// A bound of a range in the same encoding, or `None` if it could not be compared exactly.
pub(crate) fn encode_bound(bound: Decimal) -> Option<i64> {
    let (units, cut) = units(bound);
    (!cut && units < LIMIT && units > -LIMIT).then_some(2 * units)
}

/// A value of the price database, all [`SLOTS`] of it; a missing one has no prices.
pub(crate) fn read_column(bytes: Option<&[u8]>) -> Vec<i64> {
    let mut column = vec![NONE; SLOTS as usize];
    let entries = bytes.unwrap_or_default().chunks_exact(8);
    for (slot, entry) in column.iter_mut().zip(entries) {
        *slot = entry.try_into().map_or(NONE, i64::from_le_bytes);
    }
    column
}

/// A column as it is stored: without the empty slots at its end.
pub(crate) fn column_bytes(column: &[i64]) -> Vec<u8> {
    let used = column.iter().rposition(|&price| price != NONE).map_or(0, |last| last + 1);
    column[..used].iter().flat_map(|price| price.to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(amount: &str) -> i64 {
        let price = Some(format!("{amount} EUR").parse().unwrap());
        encode(&Product { price, ..Product::default() })
    }

    #[test]
    fn the_encoding_keeps_the_order_of_exact_and_finer_amounts() {
        let amounts = ["0", "0.00001", "0.0001", "9.99", "9.990049", "9.9901", "10", "99999999999999999999"];
        let encoded: Vec<i64> = amounts.iter().map(|a| column(a)).collect();
        assert!(encoded.is_sorted_by(|a, b| a < b), "{encoded:?}");
        assert!(encoded[0] > NONE);
    }

    #[test]
    fn only_bounds_that_compare_exactly_are_taken() {
        assert_eq!(encode_bound(Decimal::new(999, 2)), Some(column("9.99")));
        assert_eq!(encode_bound(Decimal::new(1, 5)), None);
        assert_eq!(encode_bound(Decimal::MAX), None);
    }
}
