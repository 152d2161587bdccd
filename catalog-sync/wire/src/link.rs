//! How a device is told of a catalogue: an address, the key to expect there, and the newest release.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// A catalogue's address with, or without, the fingerprint of its first root of trust, and what was published
/// under it when the link was made.
///
/// As text it is `knytt://catalog?url=…&root=…&id=…&release=…&at=…`, which stands in QR codes and links, or
/// just the address. Links of earlier versions end after `root`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogLink {
    /// Where `metadata/` and `targets/` are.
    pub url: Url,
    /// SHA-256 of the catalogue's `1.root.json`, 64 hexadecimal digits; `None`: whatever is found there
    /// first is trusted from then on.
    pub root: Option<String>,
    /// What the first sync must find at least; `None`: the keys may show it any catalogue of theirs, as old
    /// as its signatures allow.
    pub newest: Option<LinkedRelease>,
}

/// The newest release at the time at which a link was made. A device that has nothing yet knows from it
/// which of the publisher's catalogues is meant, and that older releases are no news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedRelease {
    /// The catalogue's id.
    pub catalog: String,
    /// The release's number.
    pub number: u64,
    /// When it was published: milliseconds since 1970 in UTC.
    pub published_ms: i64,
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
    /// The link's end is damaged: scan or copy the link again.
    #[error("the link names a release without its id, release and at, or without a fingerprint")]
    Release,
}

impl FromStr for CatalogLink {
    type Err = InvalidLink;

    fn from_str(text: &str) -> Result<Self, InvalidLink> {
        let outer: Url = text.trim().parse().map_err(|_| InvalidLink::NoAddress)?;
        if outer.scheme() != "knytt" {
            return Ok(Self { url: address(outer)?, root: None, newest: None });
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
        let newest = LinkedRelease::read(&[value("id"), value("release"), value("at")])?;
        if newest.is_some() && root.is_none() {
            return Err(InvalidLink::Release);
        }
        Ok(Self { url: address(url)?, root, newest })
    }
}

impl LinkedRelease {
    /// Of id, number and time; all of them, or none.
    fn read<T: AsRef<str>>(values: &[Option<T>; 3]) -> Result<Option<Self>, InvalidLink> {
        match values {
            [None, None, None] => Ok(None),
            [Some(catalog), Some(number), Some(at)] => {
                let number = number.as_ref().parse().ok().filter(|number| *number > 0);
                let published_ms = at.as_ref().parse().ok();
                let catalog = Some(catalog.as_ref()).filter(|catalog| crate::release::is_name(catalog));
                let all = catalog.zip(number).zip(published_ms).ok_or(InvalidLink::Release)?;
                let ((catalog, number), published_ms) = all;
                Ok(Some(Self { catalog: catalog.into(), number, published_ms }))
            }
            _ => Err(InvalidLink::Release),
        }
    }
}

impl CatalogLink {
    /// The same without the release: what names the catalogue for good.
    pub fn without_release(&self) -> Self {
        Self { newest: None, ..self.clone() }
    }
}

impl fmt::Display for CatalogLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(root) = &self.root else { return self.url.fmt(f) };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("url", self.url.as_str()).append_pair("root", root);
        if let Some(newest) = &self.newest {
            query.append_pair("id", &newest.catalog).append_pair("release", &newest.number.to_string());
            query.append_pair("at", &newest.published_ms.to_string());
        }
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
        let url = "https://shop.example/catalog/".parse().unwrap();
        assert_eq!(link, CatalogLink { url, root: None, newest: None });
        assert_eq!(link.to_string(), "https://shop.example/catalog/");
    }

    #[test]
    fn a_link_with_a_key_survives_text() {
        let link = CatalogLink {
            url: "https://shop.example/a%20b/?".parse::<Url>().unwrap().join("./").unwrap(),
            root: Some("0f".repeat(32)),
            newest: None,
        };
        assert_eq!(link.to_string().parse(), Ok(link.clone()), "as earlier versions wrote it");
        let newest = LinkedRelease { catalog: "a & b=c".into(), number: 7, published_ms: 1_750_000_000_000 };
        let full = CatalogLink { newest: Some(newest), ..link.clone() };
        assert_eq!(full.to_string().parse(), Ok(full.clone()));
        assert_eq!(full.without_release(), link);
    }

    #[test]
    fn other_texts_are_refused_with_the_reason() {
        let pinned = format!("knytt://catalog?url=https://shop.example/&root={}", "0f".repeat(32));
        for (text, reason) in [
            ("", InvalidLink::NoAddress),
            ("shop.example", InvalidLink::NoAddress),
            ("knytt://product?id=1", InvalidLink::NoAddress),
            ("knytt://catalog?url=nothing", InvalidLink::NoAddress),
            ("ftp://shop.example/", InvalidLink::Scheme("ftp".into())),
            ("knytt://catalog?url=javascript:alert(1)", InvalidLink::Scheme("javascript".into())),
            ("knytt://catalog?url=https://shop.example/&root=12", InvalidLink::Root),
            ("knytt://catalog?url=https://shop.example/&id=a&release=1&at=1", InvalidLink::Release),
            (&format!("{pinned}&id=a"), InvalidLink::Release),
            (&format!("{pinned}&id=a&release=0&at=1"), InvalidLink::Release),
            (&format!("{pinned}&id=&release=1&at=1"), InvalidLink::Release),
            (&format!("{pinned}&id=a&release=1&at=soon"), InvalidLink::Release),
        ] {
            assert_eq!(text.parse::<CatalogLink>(), Err(reason), "{text}");
        }
    }
}
