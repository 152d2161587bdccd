//! Bodies, read within a limit.

use axum::extract::Request;
use bytes::{Bytes, BytesMut};
use futures::StreamExt;

use super::refusal::Refusal;

/// Reads a whole body of at most `limit` bytes. One that says it is longer is not read at all.
pub async fn read_body(request: Request, limit: usize) -> Result<Bytes, Refusal> {
    let said = request.headers().get("content-length").and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if said.is_some_and(|said| said > limit as u64) {
        return Err(Refusal::too_large(limit as u64));
    }
    let mut body = BytesMut::new();
    let mut pieces = request.into_body().into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| broken(&error))?;
        if body.len() + piece.len() > limit {
            return Err(Refusal::too_large(limit as u64));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body.freeze())
}

/// The connection ended before the body did.
pub fn broken(error: &axum::Error) -> Refusal {
    Refusal::new(400, "body_incomplete", "Body incomplete").detail(error.to_string())
}
