//! A price as one sortable integer, so that comparing two prices is comparing two integers.

use rust_decimal::Decimal;

use crate::product::Product;

/// Prices are compared exactly to this many decimals.
pub(crate) const MAX_DECIMALS: u32 = 4;

/// The integer of a product without a price. It is lower than that of every price.
pub(crate) const NONE: i64 = i64::MIN;

/// Larger amounts count as this amount. A bound of a price range must be below it.
const LIMIT: i64 = 1_000_000_000_000_000_000;

/// The amount in units of 10⁻⁴, rounded down, and whether rounding dropped finer decimals.
fn units(amount: Decimal) -> (i64, bool) {
    let scaled = amount.checked_mul(Decimal::from(10_i64.pow(MAX_DECIMALS)));
    match scaled.and_then(|s| Some((i64::try_from(s.floor()).ok()?, !s.fract().is_zero()))) {
        Some((units, cut)) if units < LIMIT => (units, cut),
        _ => (LIMIT, false),
    }
}

/// The price that a shopper pays now: twice its units, plus one if it has finer decimals. Such an amount lies
/// strictly between the two whole units around it. A bound has no finer decimals, so every comparison with a
/// bound is exact.
pub(crate) fn encode(product: &Product) -> i64 {
    product.price_now().map_or(NONE, |price| {
        let (units, cut) = units(price.amount);
        2 * units + i64::from(cut)
    })
}

/// A bound of a price range in the same encoding; `None` if it cannot be compared exactly.
pub(crate) fn encode_bound(bound: Decimal) -> Option<i64> {
    let (units, cut) = units(bound);
    (!cut && units < LIMIT && units > -LIMIT).then_some(2 * units)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::FilterError;

    fn encoded(amount: &str) -> i64 {
        let price = Some(format!("{amount} EUR").parse().unwrap());
        encode(&Product { price, ..Product::default() })
    }

    #[test]
    fn the_encoding_keeps_the_order_of_exact_and_finer_amounts() {
        let amounts = ["0", "0.00001", "0.0001", "9.99", "9.990049", "9.9901", "10", "99999999999999999999"];
        let encoded: Vec<i64> = amounts.iter().map(|a| encoded(a)).collect();
        assert!(encoded.is_sorted_by(|a, b| a < b), "{encoded:?}");
        assert!(encoded[0] > NONE);
    }

    #[test]
    fn only_bounds_that_compare_exactly_are_taken() {
        assert_eq!(encode_bound(Decimal::new(999, 2)), Some(encoded("9.99")));
        assert_eq!(encode_bound(Decimal::new(1, 5)), None);
        assert_eq!(encode_bound(Decimal::MAX), None);
    }

    #[test]
    fn the_error_of_a_bound_names_the_decimals_that_are_compared() {
        let text = FilterError::PriceBound(Decimal::new(1, 5)).to_string();
        assert!(text.contains(&format!("at most {MAX_DECIMALS} decimals")), "{text}");
    }
}
