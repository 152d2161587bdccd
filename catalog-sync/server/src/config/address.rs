//! Addresses of databases, stores and streams, whose passwords no log shows.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::Deserialize;
use url::Url;

use crate::{Error, Result};

/// An address that may hold a password: shown, it is masked.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Address(String);

impl Address {
    /// The address as it was given, with its password.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The file of an SQLite database; `None` for others, and for those in memory.
    pub(crate) fn sqlite_file(&self) -> Option<PathBuf> {
        let rest = self.0.strip_prefix("sqlite:")?;
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let path = rest.split('?').next().unwrap_or_default();
        let writes = !rest.contains("mode=ro") && !rest.contains("mode=memory") && !path.contains(":memory:");
        let path = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
        (writes && !path.is_empty()).then(|| PathBuf::from(path.into_owned()))
    }

    /// Whether it names a database in a file.
    pub fn is_sqlite(&self) -> bool {
        self.0.starts_with("sqlite:")
    }
}

/// Makes the file of an SQLite database readable by its owner alone. SQLite gives the files beside it the same
/// rights.
///
/// # Errors
/// The file cannot be made, or is somebody else's.
pub fn make_private(address: &Address) -> Result<()> {
    let Some(path) = address.sqlite_file() else { return Ok(()) };
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        let mut options = std::fs::OpenOptions::new();
        options.create(true).truncate(false).write(true).mode(0o600);
        let file = fs_err::OpenOptions::from_options(options).open(&path)?;
        let mode = file.metadata()?.permissions().mode();
        if mode & 0o077 != 0 {
            file.set_permissions(std::fs::Permissions::from_mode(mode & !0o077))?;
        }
    }
    Ok(())
}

impl From<&str> for Address {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Address {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl FromStr for Address {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        Ok(text.into())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(mut url) = Url::parse(&self.0) else { return f.write_str("(an address)") };
        if url.password().is_some() && url.set_password(Some("***")).is_err() {
            return f.write_str("(an address)");
        }
        // PostgreSQL takes a password as a parameter, too.
        if url.query().is_some_and(|query| query.contains("password")) {
            url.set_query(Some("***"));
        }
        fmt::Display::fmt(&url, f)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The database of an embedded backend: a file in its data folder, which is made if need be.
pub fn database_in(data: &Path) -> Result<Address> {
    let path = made(data)?.join("knytt.db");
    let path = path.to_str().ok_or_else(|| not_text(data))?;
    Ok(Address(format!("sqlite:{}", path.replace('%', "%25").replace('?', "%3F"))))
}

/// The folder for releases of an embedded backend.
pub fn objects_in(data: &Path) -> Result<Address> {
    let path = made(&data.join("objects"))?;
    let url = Url::from_directory_path(&path).map_err(|()| not_text(data))?;
    Ok(Address(url.into()))
}

fn made(dir: &Path) -> Result<PathBuf> {
    fs_err::create_dir_all(dir)?;
    Ok(fs_err::canonicalize(dir)?)
}

fn not_text(path: &Path) -> Error {
    Error::Setting(format!("the data folder's name is not text: {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        for secret in ["postgres://knytt:hush@db/knytt", "postgres://db/knytt?user=k&password=hush", "hush"] {
            let shown = format!("{0} {0:?}", Address::from(secret));
            assert!(!shown.contains("hush"), "{shown}");
        }
        assert_eq!(Address::from("nats://broker:4222").to_string(), "nats://broker:4222");
    }

    #[cfg(unix)]
    #[test]
    fn a_database_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let address = database_in(&dir.path().join("with space %")).unwrap();
        let path = dir.path().join("with space %/knytt.db");
        let mode = || fs_err::metadata(&path).unwrap().permissions().mode() & 0o777;
        make_private(&address).unwrap();
        assert_eq!(mode(), 0o600);
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o664)).unwrap();
        make_private(&address).unwrap();
        assert_eq!(mode(), 0o600);
        make_private(&"sqlite::memory:".into()).unwrap();
    }

    #[test]
    fn a_data_folder_holds_both() {
        let dir = tempfile::tempdir().unwrap();
        assert!(database_in(dir.path()).unwrap().is_sqlite());
        assert!(objects_in(dir.path()).unwrap().reveal().starts_with("file:///"));
        assert!(dir.path().join("objects").is_dir());
    }
}
