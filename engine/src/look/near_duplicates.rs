//! Finds pictures that are nearly the same.

use knytt_models::Embedding;

use super::hash::hash_distance;

/// Two pictures whose hashes differ in more bits are different, whatever a model says. Measured on photographs
/// (`examples/measure_look_photos.rs`): recoded, scaled, brightened or tinted copies differ in at most 6 bits,
/// as do nearly all with a margin of 2 % cut off; of those with 5 % cut off half are within 8.
pub const NEAR_DUPLICATE_BITS: u32 = 8;

/// Two pictures whose embeddings have a lower cosine are different, whatever their hashes. Of about
/// 1.3 million pairs of different photographs seven are within [`NEAR_DUPLICATE_BITS`], and none of those reaches this
/// with the starter bundle; of tinted copies 5 to 10 % do not reach it either, of
/// those with 5 % cut off 2 to 5 %, of the others at most 1 %.
pub const NEAR_DUPLICATE_COSINE: f32 = 0.97;

/// Parts of a hash that are looked up by themselves.
const BANDS: usize = 4;

/// Bits of each.
const BAND_BITS: usize = 64 / BANDS;

/// The hash and the embedding of a picture.
#[derive(Clone, Copy, Debug)]
pub struct HashedPicture<'a> {
    /// Its perceptual hash.
    pub hash: u64,
    /// Its embedding.
    pub embedding: &'a Embedding,
}

/// For each picture the first one with nearly the same look, if that is another one. Pictures are taken in
/// their order: one that is a near-duplicate itself has no near-duplicates, so that a
/// chain of small changes does not join different pictures.
pub fn near_duplicates(pictures: &[HashedPicture<'_>]) -> Vec<Option<usize>> {
    let bands: Vec<Band> = (0..BANDS).map(|band| Band::from_pictures(pictures, band)).collect();
    let mut near_duplicate_of: Vec<Option<usize>> = vec![None; pictures.len()];
    for (at, picture) in pictures.iter().enumerate() {
        let earlier = bands.iter().flat_map(|band| band.near(picture.hash));
        let first = earlier.filter(|other| *other < at && near_duplicate_of[*other].is_none());
        near_duplicate_of[at] = first.filter(|other| are_near_duplicates(&pictures[*other], picture)).min();
    }
    near_duplicate_of
}

fn are_near_duplicates(a: &HashedPicture<'_>, b: &HashedPicture<'_>) -> bool {
    hash_distance(a.hash, b.hash) <= NEAR_DUPLICATE_BITS
        && a.embedding.cosine(b.embedding).is_ok_and(|cosine| cosine >= NEAR_DUPLICATE_COSINE)
}

/// Pictures by one part of their hash. Of two hashes that differ in at most [`NEAR_DUPLICATE_BITS`] bits some part
/// differs in at most a quarter of them, so looking up all parts that are so near misses none (Norouzi,
/// Punjani and Fleet, "Fast search in Hamming space with multi-index hashing", CVPR 2012).
struct Band {
    shift: usize,
    /// For each value of the part where its pictures begin, and one past the last.
    starts: Vec<u32>,
    members: Vec<u32>,
}

impl Band {
    fn from_pictures(pictures: &[HashedPicture<'_>], band: usize) -> Self {
        let shift = band * BAND_BITS;
        let mut starts = vec![0_u32; (1 << BAND_BITS) + 1];
        pictures.iter().for_each(|picture| starts[part(picture.hash, shift) + 1] += 1);
        (1..starts.len()).for_each(|value| starts[value] += starts[value - 1]);
        let mut next = starts.clone();
        let mut members = vec![0; pictures.len()];
        for (at, picture) in pictures.iter().enumerate() {
            let slot = &mut next[part(picture.hash, shift)];
            members[*slot as usize] = at as u32;
            *slot += 1;
        }
        Self { shift, starts, members }
    }

    fn near(&self, hash: u64) -> impl Iterator<Item = usize> + '_ {
        let value = part(hash, self.shift);
        flips().flat_map(move |flip| {
            let value = value ^ flip;
            let range = self.starts[value] as usize..self.starts[value + 1] as usize;
            self.members[range].iter().map(|member| *member as usize)
        })
    }
}

fn part(hash: u64, shift: usize) -> usize {
    (hash >> shift) as usize & ((1 << BAND_BITS) - 1)
}

/// All ways to change at most two bits of a part, enough for [`NEAR_DUPLICATE_BITS`] below 12.
fn flips() -> impl Iterator<Item = usize> {
    const { assert!((NEAR_DUPLICATE_BITS as usize) < 3 * BANDS) };
    let one = (0..BAND_BITS).map(|bit| 1 << bit);
    let two = (0..BAND_BITS).flat_map(|high| (0..high).map(move |low| 1 << high | 1 << low));
    std::iter::once(0).chain(one).chain(two)
}

#[cfg(test)]
mod tests {
    use super::*;
    use knytt_models::Fingerprint;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    fn embedding(x: f32, y: f32) -> Embedding {
        Embedding::new(vec![x, y], Fingerprint::of(&[b"two"])).unwrap()
    }

    #[test]
    fn every_pair_that_brute_force_finds_is_found() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let mut hashes: Vec<u64> = Vec::new();
        for _ in 0..600 {
            let mut hash = if hashes.is_empty() || rng.random_bool(0.5) {
                rng.random()
            } else {
                hashes[rng.random_range(0..hashes.len())]
            };
            (0..rng.random_range(0..12)).for_each(|_| hash ^= 1 << rng.random_range(0..64));
            hashes.push(hash);
        }
        let same = embedding(1.0, 0.0);
        let pictures: Vec<_> =
            hashes.iter().map(|hash| HashedPicture { hash: *hash, embedding: &same }).collect();
        let mut expected: Vec<Option<usize>> = Vec::new();
        for at in 0..pictures.len() {
            let near = |other: &usize| {
                expected[*other].is_none() && hash_distance(hashes[*other], hashes[at]) <= NEAR_DUPLICATE_BITS
            };
            expected.push((0..at).find(near));
        }
        assert!(expected.iter().flatten().count() > 100);
        assert_eq!(near_duplicates(&pictures), expected);
    }

    #[test]
    fn the_same_outline_of_another_thing_is_no_near_duplicate() {
        let (shirt, mug) = (embedding(1.0, 0.0), embedding(0.0, 1.0));
        let seen = |embedding| HashedPicture { hash: 7, embedding };
        assert_eq!(near_duplicates(&[seen(&shirt), seen(&mug), seen(&shirt)]), [None, None, Some(0)]);
    }
}
