//! A batch as it comes in: inflated within bounds, its events told apart into good and bad.

use std::io::Read;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use knytt_wire::{IdentifiedEvent, MAX_BATCH_BYTES, MAX_BATCH_EVENTS, MAX_EXPANSION, Uuid};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::row::Row;
use crate::http::refusal::Refusal;

/// A batch whose events are ready to be stored.
#[derive(Debug, Default)]
pub struct Incoming {
    /// Those that may be stored.
    pub rows: Vec<Row>,
    /// Those that may not, with the reasons. An event without a readable id has the nil id.
    pub rejected: Vec<(Uuid, String)>,
}

/// A batch before its events are read: one that cannot be read must not keep the others out.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    events: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct OnlyId {
    id: Uuid,
}

/// The characters of a reason at most: an answer is not much longer than what it answers.
const REASON_CHARS: usize = 200;

/// Unpacks gzip, never to more than a batch may have, nor to more than 20 times what came.
pub fn inflate(body: &[u8]) -> Result<Bytes, Refusal> {
    let most = inflated_at_most(body.len());
    let mut plain = Vec::with_capacity(body.len().saturating_mul(4).min(most));
    let limit = most as u64 + 1;
    MultiGzDecoder::new(body).take(limit).read_to_end(&mut plain).map_err(|error| {
        Refusal::new(400, "gzip_damaged", "Body is not gzip")
            .detail(format!("Content-Encoding is gzip, but: {error}"))
    })?;
    match plain.len() > most {
        true if most == MAX_BATCH_BYTES => Err(Refusal::too_large(MAX_BATCH_BYTES as u64)),
        true => Err(Refusal::new(413, "expansion_too_large", "Body expands too much").detail(format!(
            "a batch is at most {MAX_EXPANSION} times as long as its gzip: send fewer events"
        ))),
        false => Ok(plain.into()),
    }
}

/// How many bytes a gzip of so many may be unpacked to.
pub fn inflated_at_most(gzip_bytes: usize) -> usize {
    gzip_bytes.saturating_mul(MAX_EXPANSION).min(MAX_BATCH_BYTES)
}

/// Reads a batch.
pub fn parse(body: &[u8]) -> Result<Incoming, Refusal> {
    let envelope: Envelope<'_> = serde_json::from_slice(body).map_err(|error| {
        Refusal::new(400, "batch_unreadable", "Body is not a batch")
            .detail(format!("expected {{\"events\": […]}}: {error}"))
    })?;
    if envelope.events.len() > MAX_BATCH_EVENTS {
        return Err(Refusal::new(413, "too_many_events", "Too many events")
            .detail(format!("a batch has at most {MAX_BATCH_EVENTS} events")));
    }
    let received_ms = jiff::Timestamp::now().as_millisecond();
    let mut incoming = Incoming::default();
    for raw in envelope.events {
        match read(raw, received_ms) {
            Ok(row) => incoming.rows.push(row),
            Err((id, reason)) => {
                incoming.rejected.push((id, reason.chars().take(REASON_CHARS).collect()));
            }
        }
    }
    Ok(incoming)
}

fn read(raw: &RawValue, received_ms: i64) -> Result<Row, (Uuid, String)> {
    let event: IdentifiedEvent = serde_json::from_str(raw.get()).map_err(|error| {
        let id = serde_json::from_str(raw.get()).map_or(Uuid::nil(), |OnlyId { id }| id);
        (id, format!("it cannot be read: {error}"))
    })?;
    let id = event.id;
    event.validate().map_err(|reason| (id, reason.to_string()))?;
    Row::of_device(&event, received_ms).map_err(|reason| (id, reason))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&vec![b' '; 64 << 20]).unwrap();
        let bomb = encoder.finish().unwrap();
        assert!(bomb.len() < MAX_BATCH_BYTES);
        assert_eq!(inflate(&bomb).unwrap_err().status(), 413);
    }

    #[test]
    fn a_body_expands_to_twenty_times_its_size_and_no_further() {
        let gzip = |bytes: usize| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&vec![b' '; bytes]).unwrap();
            encoder.finish().unwrap()
        };
        assert_eq!(inflate(&gzip(400)).unwrap().len(), 400);
        assert!(gzip(20_000).len() < 1_000);
        assert_eq!(inflate(&gzip(20_000)).unwrap_err().status(), 413);
    }

    #[test]
    fn an_unknown_event_does_not_keep_the_others_out() {
        let id = Uuid::now_v7();
        let good = format!(
            r#"{{"id":"{}","at_ms":1750000000000,"catalog":"s","release":1,"model":"m","visit":"{id}","name":"view_item","item_id":"a"}}"#,
            Uuid::now_v7()
        );
        let body = format!(r#"{{"events":[{good},{{"id":"{id}","name":"dance"}},7]}}"#);
        let incoming = parse(body.as_bytes()).unwrap();
        assert_eq!(incoming.rows.len(), 1);
        assert_eq!(incoming.rejected.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [id, Uuid::nil()]);
    }
}
