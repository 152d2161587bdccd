//! One key: made, kept in a file that only its owner reads, and signed with.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use aws_lc_rs::signature::Ed25519KeyPair;
use serde::Serialize;
use tough::schema::key::Key;
use tough::schema::{Role as TufRole, Signature, Signed};
use tough::sign::Sign;

use crate::keys::command::{CommandKey, SigningCommand};
use crate::keys::hex::hex;
use crate::keys::passphrase::{self, Passphrase};
use crate::{Error, Result, Role};

/// How much of a key's id its file's name carries.
const ID_DIGITS: usize = 16;

/// How files of keys end, and entries of keys that a program signs with.
const FILE: &str = "pem";
const ENTRY: &str = "toml";

/// PKCS#8's label in PEM.
const LABEL: &str = "PRIVATE KEY";

/// A private key. Nothing prints it.
pub(crate) enum SigningKey {
    /// One that was read from its file.
    Pair(Ed25519KeyPair),
    /// One that a program signs with.
    Command(CommandKey),
}

impl SigningKey {
    /// Makes a key and its file in `folder`.
    pub(crate) fn generate(folder: &Path, role: Role, passphrase: Option<&Passphrase>) -> Result<Self> {
        let pair = Ed25519KeyPair::generate().map_err(Error::unexpected)?;
        let document = pair.to_pkcs8v1().map_err(Error::unexpected)?;
        let key = Self::Pair(pair);
        let text = encoded(document.as_ref(), passphrase)?;
        write_new(&file(folder, role, &id(&key.public())?), text.as_bytes())?;
        Ok(key)
    }

    /// Takes a key that a program signs with, and writes its entry into `folder`.
    pub(crate) fn of_command(folder: &Path, role: Role, entry: SigningCommand) -> Result<Self> {
        let key = CommandKey::of(entry, folder)?;
        // Before anything trusts it, it must have signed once.
        key.sign(b"knytt: does this key sign?")?;
        let path = entry_file(folder, role, &id(key.public())?);
        write_new(&path, key.to_toml()?.as_bytes())?;
        Ok(Self::Command(key))
    }

    pub(crate) fn read(path: &Path, passphrase: Option<&Passphrase>) -> Result<Self> {
        if path.extension().is_some_and(|extension| extension == ENTRY) {
            return CommandKey::read(path).map(Self::Command);
        }
        let bad = |reason: String| Error::BadKey { path: path.to_owned(), reason };
        let document = document(path, passphrase)?;
        Ed25519KeyPair::from_pkcs8(&document).map(Self::Pair).map_err(|e| bad(e.to_string()))
    }

    pub(crate) fn public(&self) -> Key {
        match self {
            Self::Pair(pair) => pair.tuf_key(),
            Self::Command(key) => key.public().clone(),
        }
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        match self {
            Self::Pair(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Self::Command(key) => key.sign(message),
        }
    }
}

/// The PKCS#8 document in a key's file.
pub(crate) fn document(path: &Path, passphrase: Option<&Passphrase>) -> Result<Vec<u8>> {
    let bad = |reason: String| Error::BadKey { path: path.to_owned(), reason };
    let text = fs_err::read(path)?;
    let file = pem::parse(&text).map_err(|e| bad(e.to_string()))?;
    match (file.tag(), passphrase) {
        (LABEL, _) => Ok(file.into_contents()),
        (passphrase::LABEL, Some(passphrase)) => passphrase.decrypt(file.contents()).map_err(bad),
        (passphrase::LABEL, None) => Err(Error::NoPassphrase { path: path.to_owned() }),
        (other, _) => Err(bad(format!("it is a {other}"))),
    }
}

/// A key's file of its PKCS#8 document.
pub(crate) fn encoded(document: &[u8], passphrase: Option<&Passphrase>) -> Result<String> {
    Ok(pem::encode(&match passphrase {
        None => pem::Pem::new(LABEL, document),
        Some(passphrase) => pem::Pem::new(passphrase::LABEL, passphrase.encrypt(document)?),
    }))
}

/// Writes a key's file again, under `new`.
pub(crate) fn encrypt_again(path: &Path, old: Option<&Passphrase>, new: Option<&Passphrase>) -> Result<()> {
    let text = encoded(&document(path, old)?, new)?;
    let fresh = path.with_extension("pem.new");
    // Left by a run that ended in between; the key itself is in its place still.
    if fresh.exists() {
        fs_err::remove_file(&fresh)?;
    }
    write_new(&fresh, text.as_bytes())?;
    Ok(fs_err::rename(&fresh, path)?)
}

/// A key's id: SHA-256 of its public half as the metadata writes it, hexadecimal.
pub(crate) fn id(key: &Key) -> Result<String> {
    Ok(hex(&key.key_id().map_err(Error::unexpected)?))
}

/// Signs `metadata` with all of `keys`.
pub(crate) fn sign<T: TufRole>(metadata: T, keys: &[SigningKey]) -> Result<Signed<T>> {
    let message = metadata.canonical_form().map_err(Error::unexpected)?;
    let signature = |key: &SigningKey| {
        let keyid = key.public().key_id().map_err(Error::unexpected)?;
        Ok(Signature { keyid, sig: key.sign(&message)?.into() })
    };
    let signatures = keys.iter().map(signature).collect::<Result<_>>()?;
    Ok(Signed { signed: metadata, signatures })
}

/// Signed metadata as it is published.
pub(crate) fn to_bytes<T: Serialize>(signed: &Signed<T>) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(signed)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The part of a key's id that its file's name carries.
pub(crate) fn short(id: &str) -> String {
    id.chars().take(ID_DIGITS).collect()
}

/// Where a key's file is, or its entry if a program signs with it.
pub(crate) fn file(folder: &Path, role: Role, id: &str) -> PathBuf {
    let entry = entry_file(folder, role, id);
    if entry.exists() { entry } else { folder.join(format!("{role}-{}.{FILE}", short(id))) }
}

fn entry_file(folder: &Path, role: Role, id: &str) -> PathBuf {
    folder.join(format!("{role}-{}.{ENTRY}", short(id)))
}

/// Whether a file has a private key in it, and not how a program signs with one.
pub(crate) fn is_key_file(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == FILE)
}

/// The short ids of the keys of `role` in `folder`; none if there is no such folder.
pub(crate) fn ids_in(folder: &Path, role: Role) -> Result<BTreeSet<String>> {
    let mut ids = BTreeSet::new();
    if !folder.is_dir() {
        return Ok(ids);
    }
    for entry in fs_err::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let stem = name.strip_suffix(FILE).or_else(|| name.strip_suffix(ENTRY));
        let id = stem.and_then(|stem| stem.strip_suffix('.')?.strip_prefix(&format!("{role}-")));
        ids.extend(id.map(str::to_owned));
    }
    Ok(ids)
}

/// Writes a file that was not there, readable by its owner alone.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = fs_err::OpenOptions::from_options(options).open(path)?;
    file.write_all(bytes)?;
    Ok(file.sync_all()?)
}

/// Makes a folder that only its owner enters; one that is there stays as it is.
pub(crate) fn make_private_folder(path: &Path) -> Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    fs_err::create_dir_all(path)?;
    #[cfg(unix)]
    fs_err::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_same_after_its_file_was_read_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let made = SigningKey::generate(folder.path(), Role::Targets, None).unwrap();
        let path = file(folder.path(), Role::Targets, &id(&made.public()).unwrap());
        assert_eq!(SigningKey::read(&path, None).unwrap().public(), made.public());
        assert_eq!(ids_in(folder.path(), Role::Targets).unwrap().len(), 1);
        assert!(ids_in(folder.path(), Role::Root).unwrap().is_empty());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs_err::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_no_key_is_refused_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("targets-x.pem");
        for text in ["", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"] {
            fs_err::write(&path, text).unwrap();
            let error = SigningKey::read(&path, None).err().unwrap();
            assert!(matches!(&error, Error::BadKey { path: named, .. } if *named == path), "{error}");
        }
    }
}
