//! Who asks: the address of the connection, or what a trusted proxy says it was.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;

/// The address that a request counts for. Each proxy appends whom it heard from to `X-Forwarded-For`, so the
/// last address that is not a trusted proxy's is the client's; those before it are the client's own words.
pub fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|net| net.contains(ip));
    let peer = peer.to_canonical();
    if !is_trusted(&peer) {
        return peer;
    }
    let said = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = said.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut client = peer;
    for hop in hops.iter().rev() {
        let Some(ip) = of_hop(hop) else { break };
        client = ip.to_canonical();
        if !is_trusted(&client) {
            break;
        }
    }
    client
}

/// The address that a request counts for; none if it came by no connection, as in tests of a router.
pub fn of_request(headers: &HeaderMap, extensions: &Extensions, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(address(peer.0.ip(), headers, trusted))
}

/// The address of a hop, which some proxies write with its port: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
fn of_hop(hop: &str) -> Option<IpAddr> {
    let bare = || hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let with_port = || hop.parse::<SocketAddr>().ok().map(|address| address.ip());
    hop.parse().ok().or_else(with_port).or_else(bare)
}

/// What is limited together: an IPv4 address, or the /64 that one IPv6 customer has.
pub fn neighbourhood(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(ip) => Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(peer: &str, forwarded: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_cannot_say_who_it_is() {
        assert_eq!(asked("203.0.113.9", "198.51.100.1"), "203.0.113.9");
    }

    #[test]
    fn the_last_hop_that_is_no_proxy_of_ours_counts() {
        assert_eq!(asked("10.0.0.1", "1.2.3.4, 198.51.100.1, 10.0.0.7"), "198.51.100.1");
        assert_eq!(asked("10.0.0.1", "nonsense"), "10.0.0.1");
        for hop in ["198.51.100.1:4711", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:4711"] {
            let expected = if hop.starts_with("198") { "198.51.100.1" } else { "2001:db8::1" };
            assert_eq!(asked("10.0.0.1", hop), expected, "{hop}");
            assert_eq!(asked("10.0.0.1", &format!("{hop}, 10.0.0.7:80")), expected, "{hop}");
        }
        assert_eq!(asked("::ffff:10.0.0.1", "198.51.100.1"), "198.51.100.1");
    }

    #[test]
    fn a_network_of_ipv6_is_one() {
        let ip = |text: &str| text.parse().unwrap();
        assert_eq!(neighbourhood(ip("2001:db8:1:2:3::4")), ip("2001:db8:1:2::"));
    }
}
