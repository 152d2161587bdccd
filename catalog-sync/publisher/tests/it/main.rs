//! Publishing to real places and reading back as a device would.

#![allow(clippy::unwrap_used)]

mod collecting;
mod device;
mod interrupted;
mod keys;
mod property;
mod releases;
mod s3;
mod shop;
mod signing_command;
mod web;
