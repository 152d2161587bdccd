//! The stages of the ranking, each with all before it.

use knytt_engine::Weights;

/// A way to rank.
#[derive(Clone, Debug)]
pub struct Stage {
    /// For people.
    pub name: &'static str,
    pub weights: Weights,
    /// Whether conditions are read out of the words.
    pub reads_words: bool,
}

/// As shipped.
const USUAL: Weights = Weights::USUAL;

impl Stage {
    /// The ranking as it is shipped.
    pub const WHOLE: Self = Self { name: "whole", weights: USUAL, reads_words: true };

    /// From nearness alone to the whole.
    pub const LADDER: [Self; 8] = [
        Self { name: "visual only", weights: Weights::VISUAL, reads_words: false },
        Self { name: "+ attributes", weights: ATTRIBUTES, reads_words: false },
        Self { name: "+ likeness", weights: LIKENESS, reads_words: false },
        Self { name: "+ identity", weights: INSTANCE, reads_words: false },
        Self { name: "+ words in texts", weights: HYBRID, reads_words: false },
        Self { name: "+ conditions", weights: HYBRID, reads_words: true },
        Self { name: "+ popularity", weights: POPULAR, reads_words: true },
        Self { name: "+ personal", weights: USUAL, reads_words: true },
    ];
}

const ATTRIBUTES: Weights = Weights {
    color: USUAL.color,
    category: USUAL.category,
    pattern: USUAL.pattern,
    brand: USUAL.brand,
    price: USUAL.price,
    ..Weights::VISUAL
};

const LIKENESS: Weights = Weights { likeness: USUAL.likeness, ..ATTRIBUTES };

const INSTANCE: Weights = Weights { instance_embedding: USUAL.instance_embedding, ..LIKENESS };

const HYBRID: Weights = Weights { words: USUAL.words, ..INSTANCE };

const POPULAR: Weights = Weights { popularity: USUAL.popularity, freshness: USUAL.freshness, ..HYBRID };
