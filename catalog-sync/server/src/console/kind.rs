//! The kinds of jobs that the console makes, as they are called in the database.

/// Builds a catalogue of its feed.
pub const FEED: &str = "feed";
/// Publishes a build.
pub const PUBLISH: &str = "publish";
/// Publishes an older build again.
pub const ROLLBACK: &str = "rollback";
/// Signs anew what is published.
pub const REFRESH: &str = "refresh";
