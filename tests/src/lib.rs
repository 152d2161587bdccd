//! End-to-end runs of the `knytt` binary, in `tests/e2e`. They build the binary themselves, draw their
//! pictures with `knytt-garments`, and need no network:
//!
//! ```sh
//! cargo test -p knytt-tests
//! ```
//!
//! `KNYTT_BIN` names another binary to test, an installed one for instance.
