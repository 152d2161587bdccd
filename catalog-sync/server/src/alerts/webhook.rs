//! Tells an address of an alert: a POST whose body is signed, to the public internet alone unless a setting allows more.

use std::time::Duration;

use aws_lc_rs::hmac;

use crate::search::{Remote, Unfetched};

/// How long all of it may take.
const WHOLE: Duration = Duration::from_secs(10);

/// The header with the time and the signature.
pub const SIGNATURE: &str = "knytt-signature";

/// Sends a body.
///
/// # Errors
/// Why it was not taken, for people.
pub async fn send(address: &str, secret: &str, body: &str, local: bool, now_ms: i64) -> Result<(), String> {
    let (client, url) =
        Remote::for_webhooks(local).client(address, WHOLE).await.map_err(|error| match error {
            Unfetched::Refused(why) => format!("the address is refused: {why}"),
            Unfetched::Away(why) => why,
        })?;
    let request = client.post(url).header("content-type", "application/json");
    let request = request.header(SIGNATURE, signature(secret, body, now_ms)).body(body.to_owned());
    // The address may hold a secret of its own.
    let answer = request.send().await.map_err(|error| error.without_url().to_string())?;
    match answer.status() {
        status if status.is_success() => Ok(()),
        status => Err(format!("its host answers {}", status.as_u16())),
    }
}

/// `t=<seconds since 1970>,v1=<hex>`: HMAC-SHA256 of the seconds, a dot and the body. The time is signed, so that who
/// kept an old body cannot send it again later.
pub fn signature(secret: &str, body: &str, now_ms: i64) -> String {
    let seconds = now_ms.div_euclid(1_000);
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("{seconds}.{body}").as_bytes());
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={seconds},v1={hex}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_one_that_other_programs_compute() {
        // printf '1767225600.{"id":"1"}' | openssl dgst -sha256 -hmac secret
        let signature = signature("secret", "{\"id\":\"1\"}", 1_767_225_600_999);
        assert_eq!(
            signature,
            "t=1767225600,v1=8c84d1a52c62968d790bd2612fdea657174cf5ec06ce9a8da3217ac588edffe1"
        );
    }

    #[tokio::test]
    async fn nothing_is_sent_to_this_machine_unless_it_is_allowed() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        for address in [
            format!("http://localhost:{port}/"),
            format!("http://127.0.0.1:{port}/"),
            format!("http://[::1]:{port}/"),
            format!("http://user@localhost:{port}/"),
            format!("ftp://localhost:{port}/"),
        ] {
            let refused = send(&address, "secret", "{}", false, 0).await.unwrap_err();
            assert!(refused.contains("refused"), "{address}: {refused}");
        }
        assert!(listener.accept().is_err(), "somebody connected");
    }
}
