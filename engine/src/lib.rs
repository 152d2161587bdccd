//! The catalogue on disk and how it is searched.
