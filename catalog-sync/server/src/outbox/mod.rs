//! Stored events on their way to NATS JetStream.
//!
//! An event and the note that it is to be published are written by one transaction, so none is forgotten
//! whatever ends when. What is published twice carries the same `Nats-Msg-Id`, and JetStream keeps one.

mod publish;
pub(crate) mod rows;
pub(crate) mod stream;
pub(crate) mod wake;

pub(crate) use publish::Publisher;
