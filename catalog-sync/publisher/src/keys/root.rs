//! The versions of the root: which keys are trusted for what.

use std::collections::HashMap;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use knytt_wire::{HOSTS_FIELD, Hosts};
use tough::schema::key::Key;
use tough::schema::{RoleKeys, Root, Signed};

use crate::keys::hex::hex;
use crate::keys::key::{self, SigningKey};
use crate::{Error, Result, Role};

/// The version of TUF's specification that the metadata names.
pub(crate) const SPEC_VERSION: &str = "1.0.0";

/// One root, as it is signed and published.
#[derive(Clone, Debug)]
pub(crate) struct RootVersion {
    pub(crate) signed: Signed<Root>,
    pub(crate) bytes: Vec<u8>,
}

impl RootVersion {
    /// Signs `root` with `keys`, which must be enough of its own.
    pub(crate) fn sign(root: Root, keys: &[SigningKey]) -> Result<Self> {
        let signed = key::sign(root, keys)?;
        let bytes = key::to_bytes(&signed)?;
        signed.signed.verify_role(&signed).map_err(|_| too_few(&signed.signed, &signed))?;
        Ok(Self { signed, bytes })
    }

    fn read(path: &Path) -> Result<Self> {
        let bytes = fs_err::read(path)?;
        Ok(Self { signed: serde_json::from_slice(&bytes)?, bytes })
    }

    pub(crate) fn version(&self) -> u64 {
        self.signed.signed.version.get()
    }

    /// Writes its file, which must not exist.
    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        key::write_new(&file(folder, self.version()), &self.bytes)
    }

    /// Whether it is the next after `before`, and enough keys of that one signed it.
    pub(crate) fn follows(&self, before: &Self) -> Result<()> {
        let next = self.version() == before.version() + 1;
        if next && before.signed.signed.verify_role(&self.signed).is_ok() {
            return Ok(());
        }
        Err(too_few(&before.signed.signed, &self.signed))
    }
}

/// The root without any key.
pub(crate) fn empty(expires: Timestamp) -> Root {
    Root {
        spec_version: SPEC_VERSION.into(),
        consistent_snapshot: true,
        version: NonZeroU64::MIN,
        expires,
        keys: HashMap::new(),
        roles: HashMap::new(),
        _extra: HashMap::new(),
    }
}

/// Gives `role` these keys and no others.
pub(crate) fn set_role(
    root: &mut Root,
    role: Role,
    keys: impl Iterator<Item = Key>,
    threshold: usize,
) -> Result<()> {
    let threshold = NonZeroU64::new(threshold as u64).unwrap_or(NonZeroU64::MIN);
    let mut keyids = Vec::new();
    for key in keys {
        let id = key.key_id().map_err(Error::unexpected)?;
        root.keys.insert(id.clone(), key);
        keyids.push(id);
    }
    root.roles.insert(role.kind(), RoleKeys { keyids, threshold, _extra: HashMap::new() });
    let named: Vec<_> = root.roles.values().flat_map(|keys| keys.keyids.clone()).collect();
    root.keys.retain(|id, _| named.contains(id));
    Ok(())
}

/// Lets releases lead to these hosts only; to all, if there are none.
pub(crate) fn set_hosts(root: &mut Root, hosts: &Hosts) {
    if hosts.names().is_empty() {
        root._extra.remove(HOSTS_FIELD);
    } else {
        root._extra.insert(HOSTS_FIELD.into(), hosts.names().into());
    }
}

/// The ids of the keys of `role`.
pub(crate) fn ids(root: &Root, role: Role) -> Vec<String> {
    let keys = root.roles.get(&role.kind()).map(|keys| keys.keyids.as_slice()).unwrap_or_default();
    keys.iter().map(|id| hex(id)).collect()
}

/// How many keys of `role` must sign.
pub(crate) fn threshold(root: &Root, role: Role) -> u64 {
    root.roles.get(&role.kind()).map_or(1, |keys| keys.threshold.get())
}

/// Where a root's file is.
pub(crate) fn file(folder: &Path, version: u64) -> PathBuf {
    folder.join(format!("{version}.root.json"))
}

/// Every root in `folder`, from the first on; each must be signed by the one before.
pub(crate) fn read_all(folder: &Path) -> Result<Vec<RootVersion>> {
    let mut roots: Vec<RootVersion> = Vec::new();
    for version in 1.. {
        let path = file(folder, version);
        if !path.exists() {
            break;
        }
        let root = RootVersion::read(&path)?;
        root.signed
            .signed
            .verify_role(&root.signed)
            .map_err(|_| too_few(&root.signed.signed, &root.signed))?;
        if let Some(before) = roots.last() {
            root.follows(before)?;
        }
        roots.push(root);
    }
    Ok(roots)
}

fn too_few(by: &Root, signed: &Signed<Root>) -> Error {
    let ids = ids(by, Role::Root);
    let here = signed.signatures.iter().filter(|signature| ids.contains(&hex(&signature.keyid))).count();
    Error::TooFewKeys { role: Role::Root, threshold: threshold(by, Role::Root), here }
}
