//! What the columns of a feed mean.

mod affixes;
mod columns;
mod level;
mod meaning;
mod merchant;
mod names;
mod normalise;
mod role;

pub(crate) use self::affixes::is_language;
pub(crate) use self::columns::Column;
pub use self::columns::Columns;
pub(crate) use self::meaning::role_of;
pub(crate) use self::merchant::merchant_name;
pub(crate) use self::normalise::normalise;
pub(crate) use self::role::Role;
