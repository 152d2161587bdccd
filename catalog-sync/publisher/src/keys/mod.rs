//! The folder of keys that a retailer signs releases with.
//!
//! ```text
//! DIR/settings.json                how long signatures last
//! DIR/1.root.json, 2.root.json …   which keys devices trust, each signed by the one before
//! DIR/targets-….pem, snapshot-….pem, timestamp-….pem
//! DIR/root/root-….pem              or on a stick: needed only to rotate and to renew
//! DIR/targets-….toml               in the place of a .pem: a program signs with the key
//! DIR/state/                       what was published last, against a store that forgets
//! ```

mod command;
mod hex;
mod key;
mod passphrase;
mod role;
mod root;
mod rotate;

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use knytt_wire::{HOSTS_FIELD, Hosts};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tough::schema::{Root, Signed};

pub use command::SigningCommand;
pub(crate) use hex::hex;
pub(crate) use key::{SigningKey, document, encoded, write_new};
pub use passphrase::Passphrase;
pub use role::Role;
pub(crate) use root::{RootVersion, SPEC_VERSION};
pub use rotate::Rotation;

use crate::{Error, Result};

const SETTINGS: &str = "settings.json";

/// How many days a signature of each role lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Expiries {
    /// Renewed by hand, with the root keys.
    pub root_days: u32,
    /// Renewed by every release, and by a refresh when half of it is over.
    pub targets_days: u32,
    /// Renewed like that of the targets.
    pub snapshot_days: u32,
    /// Renewed by every release and every refresh. A device that is kept from newer metadata notices
    /// after this long.
    pub timestamp_days: u32,
}

impl Default for Expiries {
    fn default() -> Self {
        Self { root_days: 365, targets_days: 90, snapshot_days: 30, timestamp_days: 7 }
    }
}

impl Expiries {
    /// When a signature of `role` made at `now` ends, to the second.
    pub(crate) fn end(&self, role: Role, now: Timestamp) -> Timestamp {
        let days = match role {
            Role::Root => self.root_days,
            Role::Targets => self.targets_days,
            Role::Snapshot => self.snapshot_days,
            Role::Timestamp => self.timestamp_days,
        };
        let end =
            now.saturating_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX);
        Timestamp::from_second(end.as_second()).unwrap_or(end)
    }

    /// Whether less than half of a signature's time is left.
    pub(crate) fn is_half_over(&self, role: Role, expires: Timestamp, now: Timestamp) -> bool {
        let whole = self.end(role, now).as_second() - now.as_second();
        expires.as_second() - now.as_second() < whole / 2
    }
}

/// What new keys should be like.
#[derive(Clone, Debug)]
pub struct KeyOptions {
    /// How many root keys there are.
    pub root_keys: usize,
    /// How many of them must sign a new root.
    pub threshold: usize,
    /// Where the root keys go: a folder that can be taken away. `None`: `root/` among the others.
    pub root_dir: Option<PathBuf>,
    /// How many keys the targets have.
    pub targets_keys: usize,
    /// How many of them must sign each release.
    pub targets_threshold: usize,
    /// The hosts that products and feedback may lead to; none for all.
    pub hosts: Hosts,
    /// What their files are encrypted with; `None`: they lie open.
    pub passphrase: Option<Passphrase>,
    /// How long signatures last.
    pub expiries: Expiries,
}

impl Default for KeyOptions {
    fn default() -> Self {
        Self {
            root_keys: 3,
            threshold: 2,
            root_dir: None,
            targets_keys: 1,
            targets_threshold: 1,
            hosts: Hosts::default(),
            passphrase: None,
            expiries: Expiries::default(),
        }
    }
}

/// A folder of keys, read and checked.
#[derive(Debug)]
pub struct Keys {
    folder: PathBuf,
    expiries: Expiries,
    passphrase: Option<Passphrase>,
    /// From 1 on, none left out.
    roots: Vec<RootVersion>,
}

/// One key, for a person to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyDescription {
    /// What it signs.
    pub role: Role,
    /// Its id: SHA-256 of the public key as the metadata writes it, hexadecimal.
    pub id: String,
    /// Its file, if that is here.
    pub file: Option<PathBuf>,
}

/// Makes keys for a new catalogue in `folder`, and its `1.root.json`.
///
/// # Errors
/// [`Error::KeysExist`], [`Error::InvalidKeys`] for a threshold that cannot be met, or the folder cannot
/// be written.
pub fn init(folder: &Path, options: &KeyOptions) -> Result<Keys> {
    for (role, of, threshold) in [
        (Role::Root, options.root_keys, options.threshold),
        (Role::Targets, options.targets_keys, options.targets_threshold),
    ] {
        if threshold == 0 || threshold > of {
            return Err(Error::InvalidKeys(format!("{threshold} of {of} {role} keys cannot sign")));
        }
    }
    let root_dir = options.root_dir.clone().unwrap_or_else(|| folder.join("root"));
    if root::file(folder, 1).exists() || !key::ids_in(&root_dir, Role::Root)?.is_empty() {
        return Err(Error::KeysExist { path: folder.to_owned() });
    }
    key::make_private_folder(folder)?;
    key::make_private_folder(&root_dir)?;
    let mut root = root::empty(options.expiries.end(Role::Root, Timestamp::now()));
    let mut signers = Vec::new();
    for _ in 0..options.root_keys {
        signers.push(SigningKey::generate(&root_dir, Role::Root, options.passphrase.as_ref())?);
    }
    root::set_role(&mut root, Role::Root, signers.iter().map(SigningKey::public), options.threshold)?;
    for role in Role::ONLINE {
        let (keys, threshold) = match role {
            Role::Targets => (options.targets_keys, options.targets_threshold),
            _ => (1, 1),
        };
        let generate = |_| SigningKey::generate(folder, role, options.passphrase.as_ref());
        let keys: Vec<_> = (0..keys).map(generate).collect::<Result<_>>()?;
        root::set_role(&mut root, role, keys.iter().map(SigningKey::public), threshold)?;
    }
    root::set_hosts(&mut root, &options.hosts);
    let settings = serde_json::to_vec_pretty(&options.expiries)?;
    key::write_new(&folder.join(SETTINGS), &settings)?;
    RootVersion::sign(root, &signers)?.write(folder)?;
    Ok(Keys::open(folder)?.with_passphrase(options.passphrase.clone()))
}

impl Keys {
    /// Reads a folder that [`init`] made. Root keys may be away.
    ///
    /// # Errors
    /// [`Error::NoKeys`], or one of its files is damaged.
    pub fn open(folder: &Path) -> Result<Self> {
        let roots = root::read_all(folder)?;
        if roots.is_empty() {
            return Err(Error::NoKeys { path: folder.to_owned() });
        }
        let settings = folder.join(SETTINGS);
        let expiries = if settings.exists() {
            serde_json::from_slice(&fs_err::read(settings)?)?
        } else {
            Expiries::default()
        };
        Ok(Self { folder: folder.to_owned(), expiries, passphrase: None, roots })
    }

    /// The same with what their files are encrypted with. New keys are encrypted with it too.
    pub fn with_passphrase(self, passphrase: Option<Passphrase>) -> Self {
        Self { passphrase, ..self }
    }

    /// Encrypts the files of all keys that are here with another passphrase, or leaves them open with none.
    ///
    /// # Errors
    /// [`Error::NoPassphrase`], [`Error::BadKey`] if one cannot be read with the present passphrase.
    pub fn encrypt(&mut self, passphrase: Option<Passphrase>, root_dir: Option<&Path>) -> Result<usize> {
        let here = self.describe(root_dir)?;
        let files = here.into_iter().filter_map(|key| key.file);
        let files: Vec<_> = files.filter(|file| key::is_key_file(file)).collect();
        // All of them are read before one is written.
        for file in &files {
            SigningKey::read(file, self.passphrase.as_ref())?;
        }
        for file in &files {
            key::encrypt_again(file, self.passphrase.as_ref(), passphrase.as_ref())?;
        }
        self.passphrase = passphrase;
        Ok(files.len())
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How long its signatures last.
    pub fn expiries(&self) -> &Expiries {
        &self.expiries
    }

    /// SHA-256 of `1.root.json`, 64 hexadecimal digits: what a device can be told to expect.
    pub fn fingerprint(&self) -> String {
        hex(&Sha256::digest(&self.roots[0].bytes))
    }

    /// The number of the newest root.
    pub fn root_version(&self) -> u64 {
        self.newest().version()
    }

    /// When the newest root expires.
    pub fn root_expires(&self) -> Timestamp {
        self.root().expires
    }

    /// Every key that the newest root names, and where its private half is. `root_dir` as in
    /// [`KeyOptions`].
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn describe(&self, root_dir: Option<&Path>) -> Result<Vec<KeyDescription>> {
        let mut keys = Vec::new();
        for role in Role::ALL {
            let folder = self.folder_of(role, root_dir);
            let here = key::ids_in(&folder, role)?;
            keys.extend(root::ids(self.root(), role).into_iter().map(|id| {
                let file = here.contains(&key::short(&id)).then(|| key::file(&folder, role, &id));
                KeyDescription { role, id, file }
            }));
        }
        Ok(keys)
    }

    /// The hosts that the newest root lets releases lead to.
    pub fn hosts(&self) -> Hosts {
        Hosts::from_field(self.root()._extra.get(HOSTS_FIELD))
    }

    pub(crate) fn root(&self) -> &Root {
        &self.newest().signed.signed
    }

    pub(crate) fn roots(&self) -> &[RootVersion] {
        &self.roots
    }

    fn newest(&self) -> &RootVersion {
        &self.roots[self.roots.len() - 1]
    }

    fn folder_of(&self, role: Role, root_dir: Option<&Path>) -> PathBuf {
        match role {
            Role::Root => root_dir.map_or_else(|| self.folder.join("root"), Path::to_owned),
            _ => self.folder.clone(),
        }
    }

    /// Whether everything is here that a publisher needs.
    ///
    /// # Errors
    /// [`Error::RootExpired`], [`Error::TooFewKeys`].
    pub(crate) fn ready(&self, now: Timestamp) -> Result<()> {
        if self.root().expires <= now {
            return Err(Error::RootExpired { expired: self.root().expires.to_string() });
        }
        Role::ONLINE.into_iter().try_for_each(|role| self.signers(role, None).map(drop))
    }

    /// The keys of `role` that the newest root names and that are here.
    pub(crate) fn signers(&self, role: Role, root_dir: Option<&Path>) -> Result<Vec<SigningKey>> {
        let folder = self.folder_of(role, root_dir);
        let here = key::ids_in(&folder, role)?;
        let named = root::ids(self.root(), role);
        let files = named.iter().filter(|id| here.contains(&key::short(id)));
        let read = |id: &String| SigningKey::read(&key::file(&folder, role, id), self.passphrase.as_ref());
        let keys: Vec<_> = files.map(read).collect::<Result<_>>()?;
        let threshold = root::threshold(self.root(), role);
        if (keys.len() as u64) < threshold {
            return Err(Error::TooFewKeys { role, threshold, here: keys.len() });
        }
        Ok(keys)
    }

    /// Signs metadata of one of the roles whose keys are here.
    pub(crate) fn sign<T: tough::schema::Role>(
        &self,
        role: Role,
        metadata: T,
    ) -> Result<(Signed<T>, Vec<u8>)> {
        let signed = key::sign(metadata, &self.signers(role, None)?)?;
        self.root().verify_role(&signed).map_err(Error::unexpected)?;
        let bytes = key::to_bytes(&signed)?;
        Ok((signed, bytes))
    }
}
