//! Fetching from the public internet alone: a feed that somebody else wrote must not make this machine ask its own
//! network, such as a cloud's metadata service, and tell what answered.
//!
//! Names are resolved here and the connection goes to an address that was checked. Addresses in place of names are
//! checked before the request and at each redirect. No proxy is asked, because it would resolve names again.

use std::net::SocketAddr;
use std::sync::Arc;

use knytt_wire::is_public_address;
use reqwest::ClientBuilder;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use url::{Host, Url};

use super::REDIRECTS;
use crate::Refusal;

const WHY: &str = "its server is not on the public internet";

/// Lets a client ask only servers on the public internet.
pub(super) fn confine(builder: ClientBuilder) -> ClientBuilder {
    let redirects = Policy::custom(|attempt| match refused(attempt.url()) {
        Some(_) => attempt.error(WHY),
        None if attempt.previous().len() > REDIRECTS => attempt.error("too many redirects"),
        None => attempt.follow(),
    });
    builder.no_proxy().redirect(redirects).dns_resolver(Arc::new(PublicOnly))
}

/// Why an address is not asked; a name is judged when it is resolved.
pub(super) fn refused(url: &Url) -> Option<Refusal> {
    let is_refused = match url.host() {
        Some(Host::Ipv4(address)) => !is_public_address(address.into()),
        Some(Host::Ipv6(address)) => !is_public_address(address.into()),
        _ => false,
    };
    is_refused.then(|| ("address-refused", format!("{url}: {WHY}")))
}

#[derive(Debug)]
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            // One address of many that is not public may be an attack on those who take the first.
            match found.iter().all(|found| is_public_address(found.ip())) {
                true => Ok(Box::new(found.into_iter()) as Addrs),
                false => Err(WHY.into()),
            }
        })
    }
}
