//! The hosts that a catalogue may lead to, which its root names.
//!
//! Links to products and the address for feedback are signed with the targets' key, which lies on the machine
//! that publishes. The root's keys do not: so whoever steals the former cannot lead shoppers elsewhere.

use std::fmt;

use url::Url;

/// The field of a root that holds the hosts, a list of texts.
pub const HOSTS_FIELD: &str = "x-knytt-hosts";

/// The attributes of a product that may hold its page in the shop, best first; names are compared without case.
pub const LINK_COLUMNS: [&str; 4] = ["link", "url", "product_url", "mobile_link"];

/// Hosts, each with all below it. None at all means that the root names none: then every host may be led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts(Vec<String>);

/// A text that is no host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no host: expected a name such as shop.example, without scheme, port and path")]
pub struct InvalidHost(pub String);

impl Hosts {
    /// Hosts by their names, in lower case.
    ///
    /// # Errors
    /// The first text that is no host.
    pub fn new<T: AsRef<str>>(names: &[T]) -> Result<Self, InvalidHost> {
        let host = |name: &T| {
            let name = name.as_ref();
            let parsed = format!("https://{name}/").parse::<Url>().ok();
            let host =
                parsed.filter(|url| url.port().is_none() && url.path() == "/" && url.username().is_empty());
            let host = host.and_then(|url| url.host_str().map(str::to_owned));
            host.filter(|host| host.eq_ignore_ascii_case(name)).ok_or_else(|| InvalidHost(name.into()))
        };
        names.iter().map(host).collect::<Result<_, _>>().map(Self)
    }

    /// Of a root's field; what is no list of hosts allows none, so that a damaged list does not open all.
    pub fn from_field(field: Option<&serde_json::Value>) -> Self {
        let Some(field) = field else { return Self::default() };
        let names: Vec<String> = serde_json::from_value(field.clone()).unwrap_or_default();
        Self(if names.is_empty() { vec![String::new()] } else { names })
    }

    /// The names.
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// Whether a catalogue may lead to `url`.
    pub fn allow(&self, url: &Url) -> bool {
        self.0.is_empty() || url.host_str().is_some_and(|host| self.0.iter().any(|name| is_below(host, name)))
    }

    /// The first of a product's links that leads elsewhere. `attributes` are names with values.
    pub fn foreign_link<'a>(
        &self,
        attributes: impl IntoIterator<Item = (&'a String, &'a String)>,
    ) -> Option<&'a str> {
        if self.0.is_empty() {
            return None;
        }
        let is_link = |name: &str| LINK_COLUMNS.iter().any(|column| name.eq_ignore_ascii_case(column));
        let links = attributes.into_iter().filter(|(name, _)| is_link(name)).map(|(_, link)| link.trim());
        // What is no address is not followed.
        links.into_iter().find(|link| link.parse::<Url>().is_ok_and(|url| !self.allow(&url)))
    }

    /// `address`, if a catalogue may not lead to it. What is no address leads nowhere that is allowed.
    pub fn foreign_address<'a>(&self, address: &'a str) -> Option<&'a str> {
        let allowed = self.0.is_empty() || address.parse::<Url>().is_ok_and(|url| self.allow(&url));
        (!allowed).then_some(address)
    }
}

impl fmt::Display for Hosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

fn is_below(host: &str, name: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.') && !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_allows_itself_and_what_is_below_and_nothing_else() {
        let hosts = Hosts::new(&["shop.example", "127.0.0.1"]).unwrap();
        for (url, allowed) in [
            ("https://shop.example/a", true),
            ("https://www.SHOP.example:8443/a", true),
            ("http://127.0.0.1:80/", true),
            ("https://evilshop.example/", false),
            ("https://shop.example.evil.test/", false),
            ("https://shop.example@evil.test/", false),
            ("data:text/html,shop.example", false),
        ] {
            assert_eq!(hosts.allow(&url.parse().unwrap()), allowed, "{url}");
        }
        assert!(Hosts::default().allow(&"https://anywhere.test/".parse().unwrap()));
    }

    #[test]
    fn a_field_that_is_damaged_allows_nothing() {
        let shop = "https://shop.example/".parse().unwrap();
        assert!(Hosts::from_field(None).allow(&shop));
        assert!(Hosts::from_field(Some(&serde_json::json!(["shop.example"]))).allow(&shop));
        for damaged in [serde_json::json!([]), serde_json::json!("shop.example"), serde_json::json!([1])] {
            assert!(!Hosts::from_field(Some(&damaged)).allow(&shop), "{damaged}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for name in
            ["", "https://shop.example", "shop.example/a", "shop.example:8080", "a b", "x@shop.example"]
        {
            assert!(Hosts::new(&[name]).is_err(), "{name}");
        }
    }

    #[test]
    fn a_link_elsewhere_is_found_whatever_its_columns_case() {
        let hosts = Hosts::new(&["shop.example"]).unwrap();
        let attributes = |name: &str, link: &str| [(name.to_owned(), link.to_owned())];
        let foreign =
            |name, link| hosts.foreign_link(attributes(name, link).iter().map(|(n, l)| (n, l))).is_some();
        assert!(foreign("Link", " https://evil.test/ "));
        assert!(!foreign("link", "https://shop.example/") && !foreign("link", "p/17"));
        assert_eq!(hosts.foreign_address("https://www.shop.example/sale"), None);
        assert!(hosts.foreign_address("https://evil.test/").is_some());
        assert!(hosts.foreign_address("no address").is_some());
        assert!(!foreign("image", "https://cdn.test/a.jpg"), "a picture is no link");
    }
}
