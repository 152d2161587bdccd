//! Bodies, read within a limit.

use axum::extract::Request;
use bytes::{Bytes, BytesMut};
use futures::StreamExt;

use super::refusal::Refusal;

/// A body of up to this many times the limit is read to its end and dropped before it is refused. Who sends it is still
/// writing: if the connection ended now, they would see that it broke, and not the answer.
const READ_TO_REFUSE: usize = 2;

/// Reads a whole body of at most `limit` bytes.
///
/// # Errors
/// 413 if it is longer, 400 if the connection ends before the body does.
pub async fn read_body(request: Request, limit: usize) -> Result<Bytes, Refusal> {
    let most = limit.saturating_mul(READ_TO_REFUSE);
    let said = request.headers().get("content-length").and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if said.is_some_and(|said| said > most as u64) {
        return Err(Refusal::too_large(limit as u64));
    }
    let (mut body, mut length) = (BytesMut::new(), 0);
    let mut pieces = request.into_body().into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| broken(&error))?;
        length += piece.len();
        if length > most {
            break;
        }
        if length <= limit {
            body.extend_from_slice(&piece);
        }
    }
    if length > limit { Err(Refusal::too_large(limit as u64)) } else { Ok(body.freeze()) }
}

/// The connection ended before the body did.
pub fn broken(error: &axum::Error) -> Refusal {
    Refusal::new(400, "body_incomplete", "Body incomplete").detail(error.to_string())
}
