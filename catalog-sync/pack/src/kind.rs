//! The kinds of packs.

use std::fmt;

/// What rows a pack has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What is known of products.
    Attributes,
    /// Their vectors.
    Vectors,
    /// Their pictures.
    Pictures,
    /// Digests of vectors and pictures.
    Digests,
    /// Further pictures, with their vectors.
    Further,
    /// Digests of further pictures.
    FurtherDigests,
}

impl Kind {
    /// The name in the header and at the start of targets' names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Attributes => "attributes",
            Self::Vectors => "vectors",
            Self::Pictures => "pictures",
            Self::Digests => "digests",
            Self::Further => "further",
            Self::FurtherDigests => "further-digests",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
