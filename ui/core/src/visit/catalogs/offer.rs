//! What a link leads to.

use std::path::PathBuf;

use knytt_client::{Cancel, Offer};
use knytt_ui_api::{CatalogOffer, Code, Problem, Trust};
use knytt_wire::{CatalogLink, LinkedRelease, Url};
use sha2::{Digest, Sha256};

use super::Catalogs;
use super::added::Added;
use crate::visit::problem::of_sync;

/// Asks the shop. The answer's link has the key in it, so that what is added is what was shown.
pub async fn inspect(
    link: &str,
    known: impl Fn(&CatalogLink) -> Option<PathBuf>,
) -> Result<CatalogOffer, Problem> {
    let link: CatalogLink = link.parse().map_err(|error| Problem::new(Code::BadLink, error))?;
    // Links come from anybody; only the command line may name a folder.
    if !matches!(link.url.scheme(), "https" | "http") {
        return Err(Problem::new(Code::BadLink, "a catalogue comes over https"));
    }
    let offer = knytt_client::offer(&link, &Cancel::default()).await.map_err(of_offer)?;
    let newest = LinkedRelease {
        catalog: offer.catalog.clone(),
        number: offer.release,
        published_ms: offer.published_ms,
    };
    let pinned = CatalogLink { url: link.url, root: Some(offer.root.clone()), newest: Some(newest) };
    let known = known(&pinned).map(|folder| folder.to_string_lossy().into_owned());
    Ok(describe(&offer, &pinned, known))
}

fn describe(offer: &Offer, link: &CatalogLink, known: Option<String>) -> CatalogOffer {
    CatalogOffer {
        link: link.to_string(),
        host: host(&link.url),
        encrypted: link.url.scheme() == "https",
        fingerprint: fingerprint(&offer.root),
        trust: if offer.pinned { Trust::Pinned } else { Trust::FirstUse },
        title: offer.title.clone(),
        products: u32::try_from(offer.products).unwrap_or(u32::MAX),
        download_bytes: offer.bytes,
        known,
    }
}

/// A page that is no catalogue answers with something all the same.
fn of_offer(error: knytt_client::Error) -> Problem {
    match error {
        knytt_client::Error::Malformed { .. } => Problem::new(Code::NotFound, error),
        error => of_sync(&error),
    }
}

impl Catalogs {
    /// The folder of a catalogue: its host, for people, and a hash of its address and key.
    pub(super) fn folder_of(&self, link: &CatalogLink) -> PathBuf {
        let hash = Sha256::digest(link.without_release().to_string());
        let hash: String = hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let host: String =
            link.url.host_str().unwrap_or_default().chars().filter(is_plain).take(60).collect();
        self.folder.join(format!("{host}-{hash}"))
    }

    pub(super) fn known(&self, link: &CatalogLink) -> Option<PathBuf> {
        Some(self.folder_of(link)).filter(|folder| Added::is_in(folder))
    }
}

fn is_plain(c: &char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-')
}

/// The server, with its port where it is not the usual one.
pub fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The start of a key's hash, in groups that can be read aloud.
pub fn fingerprint(root: &str) -> String {
    let digits: Vec<char> = root.chars().take(16).collect();
    digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_tell_catalogues_apart_and_stay_in_theirs() {
        let catalogs = Catalogs::new("/data/catalogs".into());
        let of = |url: &str, root: &str| {
            let link = CatalogLink { url: url.parse().unwrap(), root: Some(root.repeat(64)), newest: None };
            catalogs.folder_of(&link)
        };
        let folder = of("https://shop.example/a/", "0");
        assert_ne!(folder, of("https://shop.example/b/", "0"));
        assert_ne!(folder, of("https://shop.example/a/", "1"));
        assert_eq!(folder, of("https://shop.example/a/", "0"));
        for url in ["https://[::1]/../../x/", "http://..%2f..%2fx/", "https://sample/"] {
            let Ok(url) = url.parse::<Url>() else { continue };
            let folder = of(url.as_str(), "0");
            assert_eq!(folder.parent().unwrap(), std::path::Path::new("/data/catalogs"), "{url}");
            assert_ne!(folder.file_name().unwrap(), super::super::SAMPLE);
        }
    }

    #[test]
    fn keys_and_hosts_are_short() {
        assert_eq!(fingerprint(&"5f2a9c41d07be833".repeat(4)), "5f2a 9c41 d07b e833");
        assert_eq!(host(&"https://shop.example/x".parse().unwrap()), "shop.example");
        assert_eq!(host(&"http://127.0.0.1:8080/".parse().unwrap()), "127.0.0.1:8080");
    }

    #[tokio::test]
    async fn links_that_are_none_or_not_safe_are_refused_before_anything_is_asked() {
        for (link, code) in [
            ("shop.example", Code::BadLink),
            ("file:///etc", Code::BadLink),
            ("knytt://product/7", Code::BadLink),
            ("http://shop.example/catalog", Code::Insecure),
        ] {
            assert_eq!(inspect(link, |_| None).await.unwrap_err().code, code, "{link}");
        }
    }
}
