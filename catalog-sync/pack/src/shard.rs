//! How products are spread over packs.

/// A pack of pictures of about this size is worth fetching by itself, in bytes.
const SHARD_BYTES: u64 = 32 << 20;

/// How many shards a release may have.
const MOST: u64 = 256;

/// The shard of a product: always the same for an id and a number of shards.
pub fn shard_of(id: &str, shards: usize) -> usize {
    let hash = blake3::hash(id.as_bytes());
    let [a, b, ..] = *hash.as_bytes();
    usize::from(u16::from_be_bytes([a, b])) % shards.max(1)
}

/// How many shards suit a catalogue of this size, in bytes: a power of two, so that it stays the same
/// while the catalogue grows by less than its double.
pub fn shards_for(bytes: u64) -> usize {
    let shards = bytes.div_ceil(SHARD_BYTES).clamp(1, MOST).next_power_of_two();
    usize::try_from(shards).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_spread_evenly_and_stay() {
        let mut counts = [0; 8];
        (0..8000).for_each(|n| counts[shard_of(&format!("product {n}"), 8)] += 1);
        assert!(counts.iter().all(|count| (850..1150).contains(count)), "{counts:?}");
        assert_eq!((shard_of("a", 1), shard_of("a", 8)), (0, shard_of("a", 8)));
        assert_eq!([0, 1, 33 << 20, 1 << 40].map(shards_for), [1, 1, 2, 256]);
    }
}
