//! The parts of a product that columns fill.

/// A part of a product that a column can fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    Id,
    Title,
    Description,
    Brand,
    Category,
    Price,
    SalePrice,
    Currency,
    Color,
    Size,
    Availability,
    Image,
    MoreImages,
    /// A small picture, for where there is no other.
    Thumbnail,
    Group,
    Variants,
}
