//! The connection to NATS and the stream that events go to.

use std::time::Duration;

use async_nats::ConnectOptions;
use async_nats::connection::State;
use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{Context, ContextBuilder, PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{Config as StreamConfig, RetentionPolicy, StorageType};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use knytt_wire::{Event, Uuid};

use super::rows::DeadLetter;
use crate::config::Config;
use crate::{Error, Result};

/// The stream's name.
const STREAM: &str = "KNYTT_EVENTS";

/// What the subjects of events begin with.
const SUBJECT: &str = "knytt.events";

/// Messages whose acknowledgement is awaited at once.
const IN_FLIGHT: usize = 1_000;

/// How long an acknowledgement may take.
const ACK: Duration = Duration::from_secs(10);

/// JetStream, or the hope of it: it may be away when the backend starts.
#[derive(Clone)]
pub struct Broker {
    client: async_nats::Client,
    jetstream: Context,
    stream: StreamConfig,
}

impl Broker {
    /// Begins to connect, and goes on trying.
    ///
    /// # Errors
    /// An address is no NATS address, or the file of credentials cannot be read.
    pub async fn connect(config: &Config) -> Result<Self> {
        let mut options = ConnectOptions::new()
            .name("knytt")
            .retry_on_initial_connect()
            .connection_timeout(Duration::from_secs(5))
            .reconnect_delay_callback(|attempts| Duration::from_millis((50 << attempts.min(6)).min(2_000)));
        if let Some(path) = &config.events_credentials {
            options = options.credentials(&fs_err::read_to_string(path)?)?;
        }
        let addresses = config.events.iter().map(|address| address.reveal().parse());
        let addresses: Vec<async_nats::ServerAddr> =
            addresses.collect::<Result<_, _>>().map_err(|e: std::io::Error| Error::Events(e.to_string()))?;
        let client = options.connect(addresses).await.map_err(|e| Error::Events(e.to_string()))?;
        let jetstream = ContextBuilder::new().timeout(ACK).max_ack_inflight(IN_FLIGHT).build(client.clone());
        Ok(Self { client, jetstream, stream: stream_config(config) })
    }

    /// Whether a server is connected now.
    pub fn is_connected(&self) -> bool {
        self.client.connection_state() == State::Connected
    }

    /// Whether JetStream answers and has its stream.
    pub async fn probe(&self) -> Result<(), String> {
        if !self.is_connected() {
            return Err("no server is connected".into());
        }
        self.jetstream.get_stream(STREAM).await.map(drop).map_err(|e| e.to_string())
    }

    /// Makes the stream if it is not there.
    ///
    /// # Errors
    /// NATS does not answer or refuses, for example three copies on one node.
    pub async fn ensure_stream(&self) -> Result<()> {
        let made = self.jetstream.get_or_create_stream(self.stream.clone()).await;
        made.map(drop).map_err(|e| Error::Events(format!("stream {STREAM}: {e}")))
    }

    /// Publishes events given as JSON and waits until the stream has all of them but those that it will
    /// never take.
    ///
    /// # Errors
    /// One of them was not acknowledged, and may be another time.
    pub async fn publish(&self, events: Vec<String>) -> Result<Published> {
        futures::stream::iter(events.into_iter().map(|json| publish_one(self.jetstream.clone(), json)))
            .buffer_unordered(IN_FLIGHT)
            .try_fold(Published::default(), |mut published, dead| async move {
                match dead {
                    None => published.events += 1,
                    Some(letter) => published.dead.push(letter),
                }
                Ok(published)
            })
            .await
    }
}

/// What became of events that were to be published.
#[derive(Debug, Default)]
pub struct Published {
    /// Those that the stream has.
    pub events: usize,
    /// Those that it will never take.
    pub dead: Vec<DeadLetter>,
}

/// Publishes an event; returns it if no attempt will ever succeed.
async fn publish_one(jetstream: Context, json: String) -> Result<Option<DeadLetter>> {
    let event: Event = match serde_json::from_str(&json) {
        Ok(event) => event,
        Err(error) => return Ok(Some(DeadLetter { id: Uuid::now_v7(), reason: error.to_string(), json })),
    };
    let payload = Bytes::from(json);
    let message = PublishMessage::build().message_id(event.id.to_string()).payload(payload.clone());
    let sent = jetstream.send_publish(subject(&event), message).await;
    let acknowledged = async { sent?.await }.await;
    match acknowledged {
        Ok(_) => Ok(None),
        Err(error) if is_too_large(&error) => {
            let json = String::from_utf8_lossy(&payload).into_owned();
            let reason = format!("{} bytes are more than NATS takes: {error}", json.len());
            Ok(Some(DeadLetter { id: event.id, reason, json }))
        }
        Err(error) => Err(Error::Events(error.to_string())),
    }
}

/// Whether the event is larger than the server's `max_payload` or the stream's messages may be.
fn is_too_large(error: &PublishError) -> bool {
    let of_stream = || {
        let source = std::error::Error::source(error)?.downcast_ref::<async_nats::jetstream::Error>()?;
        Some(source.error_code() == ErrorCode::STREAM_MESSAGE_EXCEEDS_MAXIMUM)
    };
    error.kind() == PublishErrorKind::MaxPayloadExceeded || of_stream() == Some(true)
}

fn stream_config(config: &Config) -> StreamConfig {
    StreamConfig {
        name: STREAM.into(),
        description: Some("What shoppers did, once each".into()),
        subjects: vec![format!("{SUBJECT}.>")],
        retention: RetentionPolicy::Limits,
        storage: StorageType::File,
        num_replicas: config.events_replicas,
        max_age: config.events_max_age,
        duplicate_window: config.events_duplicate_window,
        ..StreamConfig::default()
    }
}

/// `knytt.events.<catalog>.<name>`, where what a subject cannot hold is an underscore.
fn subject(event: &Event) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let catalog: String = event.catalog.chars().map(safe).collect();
    format!("{SUBJECT}.{catalog}.{}", event.action.name())
}

#[cfg(test)]
mod tests {
    use knytt_wire::{Action, Item};

    use super::*;

    #[test]
    fn a_subject_has_four_words_whatever_the_catalogue_is_called() {
        let event = Event {
            id: Uuid::now_v7(),
            at_ms: 1_750_000_000_000,
            catalog: "größe > 38.*".into(),
            release: 1,
            model: "m".into(),
            visit: Uuid::now_v7(),
            search_id: None,
            device: Default::default(),
            experiment: None,
            action: Action::ViewItem(Item { item_id: "a".into(), ..Item::default() }),
        };
        assert_eq!(subject(&event), "knytt.events.gr__e___38__.view_item");
    }
}
