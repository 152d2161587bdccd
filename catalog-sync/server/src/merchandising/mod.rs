//! A catalogue's rules and synonyms: drafts, versions, and what is obeyed here.
//!
//! A merchandiser works on a draft and publishes it as a version. Versions are in the database and never change; the
//! newest is what every replica obeys a moment later ([`live`]), in place of what the catalogue has, and what the next
//! release of the catalogue carries ([`carry`]). Going back makes a new version of an older one.

mod carry;
mod drafts;
mod live;
mod routes;
mod versions;

pub(crate) use self::carry::carry;
pub(crate) use self::live::{follow, refresh};
pub(crate) use self::routes::{described, draft_document, expect_catalog};
pub(crate) use self::versions::{NewVersion, add as add_version};
