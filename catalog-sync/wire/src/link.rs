//! How a device is told of a catalogue: an address, and the key to expect there.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// A catalogue's address with, or without, the fingerprint of its first root of trust.
///
/// As text it is `knytt://catalog?url=…&root=…`, which stands in QR codes and links, or just the
/// address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogLink {
    /// Where `metadata/` and `targets/` are.
    pub url: Url,
    /// SHA-256 of the catalogue's `1.root.json`, 64 hexadecimal digits; `None`: whatever is found there
    /// first is trusted from then on.
    pub root: Option<String>,
}

/// A text that is no link to a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLink {
    /// Neither an address nor a `knytt://catalog?url=…`.
    #[error("this is no address of a catalogue: https://… or knytt://catalog?url=…")]
    NoAddress,
    /// Only what starts with `https`, `http` or `file` can be fetched.
    #[error("a catalogue cannot be fetched by {0}:")]
    Scheme(String),
    /// The fingerprint is damaged: scan or copy the link again.
    #[error("the link's fingerprint is not 64 hexadecimal digits")]
    Root,
}

impl FromStr for CatalogLink {
    type Err = InvalidLink;

    fn from_str(text: &str) -> Result<Self, InvalidLink> {
        let outer: Url = text.trim().parse().map_err(|_| InvalidLink::NoAddress)?;
        if outer.scheme() != "knytt" {
            return Ok(Self { url: address(outer)?, root: None });
        }
        let value = |name: &str| outer.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value);
        if outer.host_str() != Some("catalog") {
            return Err(InvalidLink::NoAddress);
        }
        let url = value("url").and_then(|url| url.parse().ok()).ok_or(InvalidLink::NoAddress)?;
        let root = value("root").map(|root| root.to_ascii_lowercase());
        if root.as_deref().is_some_and(|root| !is_sha256(root)) {
            return Err(InvalidLink::Root);
        }
        Ok(Self { url: address(url)?, root })
    }
}

impl fmt::Display for CatalogLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(root) = &self.root else { return self.url.fmt(f) };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("url", self.url.as_str()).append_pair("root", root);
        write!(f, "knytt://catalog?{}", query.finish())
    }
}

/// A folder's address: with a slash at its end, so that names can be added to it.
fn address(mut url: Url) -> Result<Url, InvalidLink> {
    if !matches!(url.scheme(), "https" | "http" | "file") {
        return Err(InvalidLink::Scheme(url.scheme().into()));
    }
    url.set_query(None);
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_alone_is_a_link() {
        let link: CatalogLink = " https://shop.example/catalog?x=1#y ".parse().unwrap();
        assert_eq!(link, CatalogLink { url: "https://shop.example/catalog/".parse().unwrap(), root: None });
        assert_eq!(link.to_string(), "https://shop.example/catalog/");
    }

    #[test]
    fn a_link_with_a_key_survives_text() {
        let link = CatalogLink {
            url: "https://shop.example/a%20b/?".parse::<Url>().unwrap().join("./").unwrap(),
            root: Some("0f".repeat(32)),
        };
        assert_eq!(link.to_string().parse(), Ok(link));
    }

    #[test]
    fn other_texts_are_refused_with_the_reason() {
        for (text, reason) in [
            ("", InvalidLink::NoAddress),
            ("shop.example", InvalidLink::NoAddress),
            ("knytt://product?id=1", InvalidLink::NoAddress),
            ("knytt://catalog?url=nothing", InvalidLink::NoAddress),
            ("ftp://shop.example/", InvalidLink::Scheme("ftp".into())),
            ("knytt://catalog?url=javascript:alert(1)", InvalidLink::Scheme("javascript".into())),
            ("knytt://catalog?url=https://shop.example/&root=12", InvalidLink::Root),
        ] {
            assert_eq!(text.parse::<CatalogLink>(), Err(reason), "{text}");
        }
    }
}
