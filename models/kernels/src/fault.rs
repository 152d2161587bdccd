//! Faults that tests give to a kernel, so that the probe has something to find.

/// What is wrong with a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Nothing.
    None,
    /// Nothing, and products go through a unit for tiles.
    Tiles,
    /// The byte product takes input bytes as signed.
    SignedBytes,
    /// The byte product keeps only 16 bits of its sum.
    NarrowBytes,
    /// The 16-bit product leaves out the second integer of a word.
    OneHalf,
    /// The byte store changes the order of lanes.
    BytesOutOfOrder,
    /// The 16-bit store changes the order of lanes.
    HalvesOutOfOrder,
    /// Rounding goes towards zero.
    Truncates,
    /// The fused multiply-add leaves out the addend.
    NoSum,
    /// The horizontal sum leaves out a lane.
    SevenLanes,
    /// The horizontal maximum looks at the first lane alone.
    LargestOfOne,
    /// The division swaps its operands.
    Divides,
    /// `with_sign` drops the sign.
    Unsigned,
    /// The unit for tiles multiplies the upper rows in place of the lower.
    TileRows,
    /// The unit for tiles leaves out the last step of words.
    TileStep,
    /// The unit for tiles takes input bytes as signed.
    TileSigned,
}

impl Fault {
    pub const ALL: [Self; 14] = [
        Self::SignedBytes,
        Self::NarrowBytes,
        Self::OneHalf,
        Self::BytesOutOfOrder,
        Self::HalvesOutOfOrder,
        Self::Truncates,
        Self::NoSum,
        Self::SevenLanes,
        Self::LargestOfOne,
        Self::Divides,
        Self::Unsigned,
        Self::TileRows,
        Self::TileStep,
        Self::TileSigned,
    ];

    /// Whether products of bytes and of bfloat16 go through the model of a unit for tiles.
    pub fn has_tiles(self) -> bool {
        matches!(self, Self::Tiles | Self::TileRows | Self::TileStep | Self::TileSigned)
    }
}
