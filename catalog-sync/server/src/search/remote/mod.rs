//! Pictures by their addresses: only from hosts that are named in the settings, and never from this machine or its
//! networks.
//!
//! A name is resolved once, and the connection goes to the address that was checked. No redirect is followed, no proxy
//! asked, and no port taken but those of the web.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures::StreamExt;
use knytt_wire::is_public_address;
use reqwest::redirect::Policy;
use url::{Host, Url};

use super::refusals::bad_query;
use crate::http::refusal::Refusal;

/// How long the connection may take.
const CONNECT: Duration = Duration::from_secs(3);

/// How long all of it may take.
const WHOLE: Duration = Duration::from_secs(10);

/// The longest address, in characters.
const LONGEST: usize = 2_000;

/// What may be fetched.
#[derive(Clone, Debug)]
pub struct Remote {
    hosts: Vec<String>,
    ports: Vec<u16>,
    is_allowed: fn(IpAddr) -> bool,
    /// The setting that names the hosts.
    setting: &'static str,
    /// Whether any host may be asked, not only those that are named.
    is_any_host: bool,
}

impl Remote {
    /// Only from these hosts; with none, nothing is fetched.
    pub fn new(hosts: &[String]) -> Self {
        let hosts = hosts.iter().map(|host| host.trim().trim_end_matches('.').to_ascii_lowercase());
        Self {
            hosts: hosts.collect(),
            ports: vec![80, 443],
            is_allowed: is_public_address,
            setting: "--picture-hosts",
            is_any_host: false,
        }
    }

    /// The same for feeds. `local`: of this machine's networks, and of any port.
    pub fn for_feeds(hosts: &[String], local: bool) -> Self {
        let remote = Self { setting: "--feed-hosts", ..Self::new(hosts) };
        match local {
            true => Self { ports: Vec::new(), is_allowed: |_| true, ..remote },
            false => remote,
        }
    }

    /// Any host of the public internet and any port, for what an admin has the server tell. `local`: of this machine's
    /// networks, too.
    pub fn for_webhooks(local: bool) -> Self {
        let is_allowed: fn(IpAddr) -> bool = if local { |_| true } else { is_public_address };
        Self { ports: Vec::new(), is_allowed, is_any_host: true, ..Self::new(&[]) }
    }

    /// The file at an address, of at most `most` bytes.
    ///
    /// # Errors
    /// 400 for an address that may not be asked, 413 for a file that is too large, 502 if there is none.
    pub async fn fetch(&self, address: &str, most: u64) -> Result<Vec<u8>, Refusal> {
        if Url::parse(address).is_err() && !self.hosts.is_empty() {
            return Err(bad_query("imageUrl: no address"));
        }
        let (client, url) = self.client(address, WHOLE).await.map_err(|error| match error {
            Unfetched::Refused(why) => forbidden(why),
            Unfetched::Away(why) => away(&why),
        })?;
        let response = client.get(url).send().await.map_err(|_| away("its host does not answer"))?;
        if response.status() != 200 {
            return Err(away(&format!("its host answers {}", response.status().as_u16())));
        }
        body(response, most).await
    }

    /// A client that asks the addresses of the host that were checked, within `whole`, and nobody else.
    ///
    /// # Errors
    /// The address may not be asked, or its host is not found.
    pub async fn client(&self, address: &str, whole: Duration) -> Result<(reqwest::Client, Url), Unfetched> {
        let (url, host) = self.checked(address)?;
        let port = url.port_or_known_default().unwrap_or_default();
        let found = tokio::time::timeout(CONNECT, tokio::net::lookup_host((host.as_str(), port))).await;
        let found = found.map_err(|_| Unfetched::Away("its host was not found in time".into()))?;
        let found = found.map_err(|_| Unfetched::Away("its host was not found".into()))?;
        let found: Vec<SocketAddr> = found.collect();
        // One address of many that is not public may be an attack on those who take the first.
        if found.is_empty() || !found.iter().all(|found| (self.is_allowed)(found.ip())) {
            return Err(Unfetched::Refused("its host is not on the internet"));
        }
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .timeout(whole)
            .resolve_to_addrs(&host, &found)
            .build()
            .map_err(|error| Unfetched::Away(error.to_string()))?;
        Ok((client, url))
    }

    /// Whether an address may be asked, as far as that can be told without asking anybody.
    ///
    /// # Errors
    /// [`Unfetched::Refused`]
    pub fn check(&self, address: &str) -> Result<(), Unfetched> {
        self.checked(address).map(drop)
    }

    /// The address and its host, if it may be asked.
    fn checked(&self, address: &str) -> Result<(Url, String), Unfetched> {
        let refused = |why| Err(Unfetched::Refused(why));
        let is_for_feeds = self.setting == "--feed-hosts";
        if self.hosts.is_empty() && !self.is_any_host {
            return refused(match is_for_feeds {
                true => "feeds are not fetched here: send the file, or name the host in --feed-hosts",
                false => "pictures are not fetched here: send the file",
            });
        }
        let url = match address.len() > LONGEST {
            true => None,
            false => Url::parse(address).ok(),
        };
        let Some(url) = url else { return refused("it is no address") };
        if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some()
        {
            return refused("only http and https, without a user");
        }
        let is_of_web = url.port_or_known_default().is_some_and(|port| self.ports.contains(&port));
        if !self.ports.is_empty() && !is_of_web {
            return refused("only the ports of the web");
        }
        let Some(Host::Domain(host)) = url.host() else { return refused("a host has a name") };
        let host = host.to_ascii_lowercase();
        match self.is_any_host || self.hosts.iter().any(|allowed| *allowed == host.trim_end_matches('.')) {
            true => Ok((url, host)),
            false if is_for_feeds => refused("its host is not one of --feed-hosts"),
            false => refused("its host is not one of --picture-hosts"),
        }
    }
}

/// Why nothing is fetched.
#[derive(Debug)]
pub enum Unfetched {
    /// The address may not be asked.
    Refused(&'static str),
    /// Nobody answers there for now.
    Away(String),
}

async fn body(response: reqwest::Response, most: u64) -> Result<Vec<u8>, Refusal> {
    let too_large = || Refusal::too_large(most);
    if response.content_length().is_some_and(|length| length > most) {
        return Err(too_large());
    }
    let (mut file, mut pieces) = (Vec::new(), response.bytes_stream());
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| away("its host stopped in the middle"))?;
        if (file.len() + piece.len()) as u64 > most {
            return Err(too_large());
        }
        file.extend_from_slice(&piece);
    }
    Ok(file)
}

fn forbidden(detail: &str) -> Refusal {
    Refusal::new(400, "address_refused", "The picture's address is refused")
        .detail(format!("imageUrl: {detail}"))
}

fn away(detail: &str) -> Refusal {
    Refusal::new(502, "picture_unreachable", "The picture cannot be fetched")
        .detail(format!("imageUrl: {detail}"))
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::*;

    /// A listener, and how many connections came to it.
    struct Target {
        listener: TcpListener,
        port: u16,
    }

    impl Target {
        fn start() -> Self {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            listener.set_nonblocking(true).unwrap();
            let port = listener.local_addr().unwrap().port();
            Self { listener, port }
        }

        fn connections(&self) -> usize {
            std::iter::from_fn(|| self.listener.accept().ok()).count()
        }
    }

    #[tokio::test]
    async fn nothing_connects_to_this_machine_or_its_networks() {
        let target = Target::start();
        let port = target.port;
        // The port is allowed, and every host that a case names: only the other rules keep it away.
        let hosts = ["localhost", "LOCALHOST.", "localhost.localdomain", "ip6-localhost", "shop.example"];
        let hosts: Vec<String> = hosts.map(str::to_owned).into();
        let remote = Remote { ports: vec![80, 443, port], ..Remote::new(&hosts) };
        let cases = [
            "http://localhost:{port}/",
            "https://localhost:{port}/",
            "http://LOCALHOST:{port}/",
            "http://localhost.:{port}/",
            "http://ip6-localhost:{port}/",
            "http://localhost.localdomain:{port}/",
            "http://127.0.0.1:{port}/",
            "http://127.1:{port}/",
            "http://127.0.1:{port}/",
            "http://2130706433:{port}/",
            "http://0x7f000001:{port}/",
            "http://0x7f.1:{port}/",
            "http://0177.0.0.1:{port}/",
            "http://017700000001:{port}/",
            "http://0:{port}/",
            "http://0.0.0.0:{port}/",
            "http://127.0.0.1.:{port}/",
            "http://①②⑦.⓪.⓪.①:{port}/",
            "http://127。0。0。1:{port}/",
            "http://[::1]:{port}/",
            "http://[::]:{port}/",
            "http://[::ffff:127.0.0.1]:{port}/",
            "http://[::ffff:7f00:1]:{port}/",
            "http://[::127.0.0.1]:{port}/",
            "http://[64:ff9b::7f00:1]:{port}/",
            "http://[2002:7f00:1::]:{port}/",
            "http://[0:0:0:0:0:0:0:1]:{port}/",
            "http://shop.example@localhost:{port}/",
            "http://shop.example@127.0.0.1:{port}/",
            "http://shop.example:x@127.0.0.1:{port}/",
            "http://127.0.0.1:{port}#@shop.example/",
            "http://127.0.0.1:{port}?@shop.example/",
            "http://127.0.0.1:{port}\\@shop.example/",
            "http:127.0.0.1:{port}/",
            "http:\\\\127.0.0.1:{port}\\",
            "//127.0.0.1:{port}/",
            "ftp://localhost:{port}/",
            "gopher://localhost:{port}/_x",
            "file://localhost:{port}/etc/passwd",
            "data://localhost:{port}/",
            "unix://localhost:{port}/",
            "dict://localhost:{port}/",
            "http://127.0.0.1.nip.example:{port}/",
            "http://other.example:{port}/",
        ];
        assert!(cases.len() >= 40);
        for case in cases {
            let address = case.replace("{port}", &port.to_string());
            let refused = remote.fetch(&address, 1_000).await.unwrap_err();
            assert!(matches!(refused.status(), 400 | 502), "{address}: {}", refused.status());
            assert_eq!(target.connections(), 0, "{address}");
        }
        // With the rule of addresses taken away, the first case does connect.
        let open = Remote { is_allowed: |_| true, ..remote.clone() };
        let address = format!("http://localhost:{port}/");
        let connected = async {
            while target.connections() == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            answered = open.fetch(&address, 1_000) => panic!("nothing answers there: {answered:?}"),
            () = connected => {}
        }
        // Other ports of an allowed host are not asked, and without hosts nothing is.
        let usual = Remote::new(&hosts);
        assert_eq!(
            usual.fetch(&format!("http://shop.example:{port}/"), 1_000).await.unwrap_err().status(),
            400
        );
        assert_eq!(Remote::new(&[]).fetch("https://shop.example/", 1_000).await.unwrap_err().status(), 400);
    }

    /// Answers one request with these bytes.
    fn answering(answer: &'static str) -> Remote {
        use std::io::{Read, Write};
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4_096]);
            let _ = stream.write_all(answer.as_bytes());
        });
        Remote { ports: vec![port], is_allowed: |_| true, ..Remote::new(&["localhost".into()]) }
    }

    #[tokio::test]
    async fn a_file_is_fetched_within_its_bound_and_no_redirect_is_followed() {
        for (answer, expected) in [
            ("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nfile", Ok(4)),
            ("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfile", Ok(4)),
            ("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nfiles", Err(413)),
            ("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nfile", Err(413)),
            ("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n", Err(502)),
            ("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", Err(502)),
        ] {
            let remote = answering(answer);
            let fetched = remote.fetch(&format!("http://localhost:{}/a.jpg", remote.ports[0]), 4).await;
            assert_eq!(
                fetched.map(|file| file.len()).map_err(|refusal| refusal.status()),
                expected,
                "{answer}"
            );
        }
    }
}
