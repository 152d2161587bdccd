//! The backend against real databases, a real NATS and real sockets.
//!
//! Needs Debian's `postgresql-15` and `nats-server`; every server is started on a free port with a folder of
//! its own, and ended by its process id.
#![allow(missing_docs, clippy::unwrap_used)]

mod access;
mod access_races;
mod accounts;
mod admission;
mod alerts;
mod believed;
mod campaign;
mod connections;
mod console;
mod deploy;
mod experiments;
mod feedback;
mod fixture;
mod full_disk;
mod insight;
mod keys;
mod killed;
mod killed_load;
mod limits;
mod lists;
mod merchandising;
mod metadata;
mod operations;
mod orders;
mod publish;
mod publishers;
mod replicas;
mod reports;
mod search;
mod siege;
mod stream;
mod upkeep;
mod web;
