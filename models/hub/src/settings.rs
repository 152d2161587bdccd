//! Where models come from and where they lie, as the environment says.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use crate::error::{Error, Result};

/// Where models come from by default.
const ENDPOINT: &str = "https://huggingface.co";

/// What Hugging Face's own libraries read from the environment, too.
#[derive(Clone, Debug)]
pub struct HubSettings {
    /// `HF_ENDPOINT`: the hub or a mirror of it.
    pub endpoint: Url,
    /// `HF_TOKEN`, or the file `token` in `HF_HOME`.
    pub token: Option<String>,
    /// `HF_HUB_OFFLINE`: nothing is asked over the network.
    pub offline: bool,
    /// `HF_HUB_CACHE`, or `hub` in `HF_HOME`, or the user's cache folder.
    pub cache: PathBuf,
    /// The wait before a second try; it doubles with each further one.
    pub first_wait: Duration,
}

impl HubSettings {
    /// Reads the environment. Proxies (`HTTPS_PROXY`, `NO_PROXY`) are read by the HTTP client.
    ///
    /// # Errors
    /// `HF_ENDPOINT` is no address, or there is no home folder.
    pub fn from_environment() -> Result<Self> {
        Self::from_variables(|name| env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// The same with other variables.
    ///
    /// # Errors
    /// As [`Self::from_environment`].
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let endpoint = variable("HF_ENDPOINT").unwrap_or_else(|| ENDPOINT.into());
        let invalid = |reason: String| Error::Setting { name: "HF_ENDPOINT", reason };
        let endpoint = Url::parse(endpoint.trim_end_matches('/')).map_err(|e| invalid(e.to_string()))?;
        if !matches!(endpoint.scheme(), "http" | "https") || endpoint.host_str().is_none() {
            return Err(invalid("it must begin with https:// or http://".into()));
        }
        let home = || {
            let cache = variable("XDG_CACHE_HOME").map(PathBuf::from);
            let user = || variable("HOME").or_else(|| variable("USERPROFILE")).map(PathBuf::from);
            let cache = cache.or_else(|| Some(user()?.join(".cache")))?;
            Some(cache.join("huggingface"))
        };
        let home = variable("HF_HOME").map(PathBuf::from).or_else(home);
        let no_home = || Error::Setting { name: "HF_HOME", reason: "neither it nor HOME is set".into() };
        let cache = variable("HF_HUB_CACHE").map(PathBuf::from);
        let cache = cache.or_else(|| Some(home.as_ref()?.join("hub"))).ok_or_else(no_home)?;
        let saved = || fs_err::read_to_string(home.as_ref()?.join("token")).ok();
        let token = variable("HF_TOKEN").or_else(saved).map(|token| token.trim().to_owned());
        let is_on = |value: String| matches!(value.to_lowercase().as_str(), "1" | "on" | "true" | "yes");
        Ok(Self {
            endpoint,
            token: token.filter(|token| !token.is_empty()),
            offline: variable("HF_HUB_OFFLINE").is_some_and(is_on),
            cache,
            first_wait: Duration::from_millis(500),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(variables: &[(&str, &str)]) -> Result<HubSettings> {
        HubSettings::from_variables(|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_variables_of_the_python_library_are_read() {
        let plain = settings(&[("HOME", "/home/a")]).unwrap();
        assert_eq!(plain.cache, PathBuf::from("/home/a/.cache/huggingface/hub"));
        assert_eq!(plain.endpoint.as_str(), "https://huggingface.co/");
        assert!(!plain.offline && plain.token.is_none());
        let set = settings(&[
            ("HF_HOME", "/models"),
            ("HF_ENDPOINT", "https://mirror.example/hub/"),
            ("HF_TOKEN", " hf_x\n"),
            ("HF_HUB_OFFLINE", "YES"),
        ])
        .unwrap();
        assert_eq!(set.cache, PathBuf::from("/models/hub"));
        assert_eq!(set.endpoint.as_str(), "https://mirror.example/hub");
        assert!(set.offline && set.token.as_deref() == Some("hf_x"));
        assert_eq!(settings(&[("HF_HUB_CACHE", "/c")]).unwrap().cache, PathBuf::from("/c"));
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        assert!(settings(&[("HOME", "/"), ("HF_ENDPOINT", "mirror")]).is_err());
        assert!(settings(&[("HOME", "/"), ("HF_ENDPOINT", "file:///models")]).is_err());
        assert!(settings(&[]).is_err());
    }
}
