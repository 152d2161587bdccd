//! All connections: how many there are, whose they are, and which has to go when there are too many.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ipnet::IpNet;

use super::activity::Activity;
use super::kernel;
use crate::config::Config;
use crate::http::metrics::Metrics;
use crate::http::neighbourhood;

/// At most one line about connections that were refused is logged within this time.
const QUIET: Duration = Duration::from_secs(10);

/// All connections of one listener.
#[derive(Debug)]
pub struct Connections {
    max: usize,
    /// 0 is no limit.
    max_per_address: usize,
    trusted: Vec<IpNet>,
    metrics: Arc<Metrics>,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    next_id: u64,
    all: HashMap<u64, Arc<Activity>>,
    /// Requests beyond the first at once over their connections.
    extra: usize,
    /// Connections and extra requests.
    of_address: HashMap<IpAddr, usize>,
    closing: usize,
    refused: u64,
    refused_line: Option<Instant>,
}

/// A connection's place among all. Dropped, it is free.
#[derive(Debug)]
pub struct Place {
    connections: Arc<Connections>,
    id: u64,
    peer: SocketAddr,
    address: Option<IpAddr>,
    pub activity: Arc<Activity>,
}

/// The place of a further request at once over one connection: over HTTP/2, each may hold a file. It counts
/// like a connection.
#[derive(Debug)]
pub struct Extra(Arc<Place>);

impl Connections {
    /// With the limits of `config`, of which the number in all is lowered to what the process has descriptors
    /// for, if that is known.
    pub fn new(config: &Config, descriptors: Option<u64>, metrics: Arc<Metrics>) -> Arc<Self> {
        let possible = descriptors.map_or(usize::MAX, kernel::connections_within);
        let max = config.max_connections.min(possible);
        if max < config.max_connections {
            let wanted = config.max_connections;
            tracing::warn!(max, wanted, descriptors, "fewer connections: the limit of open files is low");
        }
        Arc::new(Self {
            max,
            max_per_address: config.max_connections_per_ip,
            trusted: config.trusted_proxies.clone(),
            metrics,
            open: Mutex::default(),
        })
    }

    /// At most `max` connections in all, with no limit for one address.
    pub fn few(max: usize, metrics: Arc<Metrics>) -> Arc<Self> {
        Arc::new(Self { max, max_per_address: 0, trusted: Vec::new(), metrics, open: Mutex::default() })
    }

    /// A place for a new connection, if there is one. When all are taken, the connection that has waited
    /// longest without a request has to go.
    pub fn admit(self: &Arc<Self>, peer: SocketAddr) -> Option<Place> {
        let address = self.counted(peer.ip());
        let mut open = self.open();
        if !self.has_room(&mut open, address, peer) {
            return None;
        }
        let activity = Arc::new(Activity::new());
        let id = open.next_id;
        open.next_id += 1;
        open.all.insert(id, activity.clone());
        open.count(address);
        self.metrics.connection_opened();
        Some(Place { connections: self.clone(), id, peer, address, activity })
    }

    fn has_room(&self, open: &mut Open, address: Option<IpAddr>, peer: SocketAddr) -> bool {
        let full =
            |address| open.of_address.get(&address).is_some_and(|count| *count >= self.max_per_address);
        if address.is_some_and(full) {
            self.refuse(open, "address", peer);
            return false;
        }
        let taken = open.all.len() - open.closing + open.extra;
        if taken >= self.max && !self.make_room(open) {
            self.refuse(open, "all", peer);
            return false;
        }
        true
    }

    /// What a connection counts for: none for a proxy of ours, behind which are many.
    fn counted(&self, peer: IpAddr) -> Option<IpAddr> {
        let peer = peer.to_canonical();
        let is_proxy = self.trusted.iter().any(|net| net.contains(&peer));
        (self.max_per_address > 0 && !is_proxy).then(|| neighbourhood(peer))
    }

    /// Ends the connection that has waited longest. `false`: all are at work.
    fn make_room(&self, open: &mut Open) -> bool {
        let waiting = open.all.values().filter(|activity| !activity.is_closing());
        let waiting = waiting.filter_map(|activity| Some((activity.waiting_since()?, activity)));
        let Some((_, longest)) = waiting.min_by_key(|(since, _)| *since) else { return false };
        if longest.end() {
            open.closing += 1;
            self.metrics.connection_closed("displaced");
        }
        true
    }

    fn refuse(&self, open: &mut Open, limit: &'static str, peer: SocketAddr) {
        self.metrics.connection_refused(limit);
        open.refused += 1;
        if open.refused_line.is_some_and(|at| at.elapsed() < QUIET) {
            return;
        }
        let (refused, connections) = (std::mem::take(&mut open.refused), open.all.len());
        open.refused_line = Some(Instant::now());
        tracing::warn!(limit, refused, connections, address = %peer.ip(), "connections were refused");
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn count(&mut self, address: Option<IpAddr>) {
        if let Some(address) = address {
            *self.of_address.entry(address).or_default() += 1;
        }
    }

    fn forget(&mut self, address: Option<IpAddr>) {
        if let Some(address) = address
            && let Some(count) = self.of_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                self.of_address.remove(&address);
            }
        }
    }
}

impl Place {
    /// A place for a further request at once, if there is one.
    pub fn extra(self: &Arc<Self>) -> Option<Extra> {
        let mut open = self.connections.open();
        if !self.connections.has_room(&mut open, self.address, self.peer) {
            return None;
        }
        open.extra += 1;
        open.count(self.address);
        drop(open);
        Some(Extra(self.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.connections.open();
        open.all.remove(&self.id);
        if self.activity.is_closing() {
            open.closing -= 1;
        }
        open.forget(self.address);
        self.connections.metrics.connection_ended();
    }
}

impl Drop for Extra {
    fn drop(&mut self) {
        let mut open = self.0.connections.open();
        open.extra -= 1;
        open.forget(self.0.address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    fn connections(all: usize, per_address: usize, trusted: &[&str]) -> Arc<Connections> {
        let dir = tempfile::tempdir().unwrap();
        let settings = Settings {
            data: Some(dir.path().into()),
            max_connections: Some(all),
            max_connections_per_ip: Some(per_address),
            trusted_proxies: Some(trusted.iter().map(|net| net.parse().unwrap()).collect()),
            ..Settings::default()
        };
        Connections::new(&Config::new(settings).unwrap(), None, Arc::new(Metrics::new()))
    }

    fn peer(text: &str) -> SocketAddr {
        SocketAddr::new(text.parse().unwrap(), 4_000)
    }

    #[test]
    fn one_address_has_its_share() {
        let connections = connections(100, 2, &[]);
        let first = connections.admit(peer("192.0.2.1")).unwrap();
        let _second = connections.admit(peer("192.0.2.1")).unwrap();
        assert!(connections.admit(peer("192.0.2.1")).is_none());
        let _other = connections.admit(peer("192.0.2.2")).unwrap();
        drop(first);
        assert!(connections.admit(peer("192.0.2.1")).is_some());
    }

    #[test]
    fn a_network_of_ipv6_is_one_and_a_proxy_has_no_share() {
        let connections = connections(100, 1, &["10.0.0.0/8"]);
        let _first = connections.admit(peer("2001:db8:1:2::1")).unwrap();
        assert!(connections.admit(peer("2001:db8:1:2::2")).is_none());
        let proxied: Vec<_> = (0..10).map(|_| connections.admit(peer("10.0.0.1"))).collect();
        assert!(proxied.iter().all(Option::is_some));
    }

    #[test]
    fn further_requests_of_a_connection_count_like_connections() {
        let connections = connections(100, 3, &[]);
        let place = Arc::new(connections.admit(peer("192.0.2.1")).unwrap());
        let extra = [place.extra().unwrap(), place.extra().unwrap()];
        assert!(place.extra().is_none());
        assert!(connections.admit(peer("192.0.2.1")).is_none());
        drop(extra);
        assert!(connections.admit(peer("192.0.2.1")).is_some());
    }

    #[test]
    fn who_waits_longest_goes_first() {
        let connections = connections(2, 0, &[]);
        let first = connections.admit(peer("192.0.2.1")).unwrap();
        std::thread::sleep(Duration::from_millis(5));
        let second = connections.admit(peer("192.0.2.2")).unwrap();
        let third = connections.admit(peer("192.0.2.3")).unwrap();
        assert!(first.activity.is_closing() && !second.activity.is_closing());
        drop(first);
        assert!(!third.activity.is_closing());
        let _fourth = connections.admit(peer("192.0.2.4")).unwrap();
        assert!(second.activity.is_closing());
    }
}
