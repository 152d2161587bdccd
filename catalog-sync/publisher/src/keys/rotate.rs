//! New keys in the place of old ones.

use std::num::NonZeroU64;
use std::path::Path;

use jiff::Timestamp;
use knytt_wire::{Hosts, LOG_AFTER_FIELD};
use tough::schema::Root;

use crate::keys::{Keys, RootVersion, SigningCommand, SigningKey, key, root};
use crate::{Error, Result, Role};

/// What a rotation did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The number of the root that it made; publishing spreads it.
    pub root_version: u64,
    /// The ids of the keys that are trusted no more.
    pub retired: Vec<String>,
    /// The ids of the keys that are trusted instead.
    pub added: Vec<String>,
}

impl Keys {
    /// Makes new keys for `role`, as many as it has, and a root that names them, signed by enough of the old and of the new
    /// root keys. The next [`publish`](crate::publish()) or [`refresh`](crate::refresh()) spreads it.
    ///
    /// Of the root's own keys it replaces those in `retire` (ids, or how they begin); if none is named,
    /// those whose files are not here: what was lost. The keys that stay must be enough to sign.
    ///
    /// # Errors
    /// [`Error::TooFewKeys`] if not enough root keys are here, [`Error::InvalidKeys`] if nothing says
    /// which root key to replace.
    pub fn rotate(&mut self, role: Role, root_dir: Option<&Path>, retire: &[String]) -> Result<Rotation> {
        self.replace(role, root_dir, retire, None)
    }

    /// As [`Self::rotate`], with one key that a program signs with instead of a new file. All keys of the role but the
    /// root's are replaced by it. The program signs once before anything trusts the key.
    ///
    /// # Errors
    /// Those of [`Self::rotate`], [`Error::BadKeyEntry`] and [`Error::KeyCommand`]; and [`Error::InvalidKeys`] if one
    /// key is not enough to sign, or takes the place of several root keys.
    pub fn rotate_to_command(
        &mut self,
        role: Role,
        root_dir: Option<&Path>,
        retire: &[String],
        command: SigningCommand,
    ) -> Result<Rotation> {
        if role != Role::Root && root::threshold(self.root(), role) > 1 {
            let reason = format!("one key cannot sign for {role}: more than one of its keys must");
            return Err(Error::InvalidKeys(reason));
        }
        self.replace(role, root_dir, retire, Some(command))
    }

    fn replace(
        &mut self,
        role: Role,
        root_dir: Option<&Path>,
        retire: &[String],
        command: Option<SigningCommand>,
    ) -> Result<Rotation> {
        let signers = self.signers(Role::Root, root_dir)?;
        let (retired, kept) = match role {
            Role::Root => self.retired_root_keys(root_dir, retire)?,
            _ => (root::ids(self.root(), role), Vec::new()),
        };
        let folder = self.folder_of(role, root_dir);
        let added = match command {
            Some(_) if role == Role::Root && retired.len() != 1 => {
                let reason = format!("one key cannot take the place of {} root keys", retired.len());
                return Err(Error::InvalidKeys(reason));
            }
            Some(command) => vec![SigningKey::of_command(&folder, role, command)?],
            None => {
                let generate = |_| SigningKey::generate(&folder, role, self.passphrase.as_ref());
                retired.iter().map(generate).collect::<Result<_>>()?
            }
        };
        let mut next = self.next_root()?;
        let threshold = root::threshold(self.root(), role) as usize;
        let publics = kept.into_iter().chain(added.iter().map(SigningKey::public));
        root::set_role(&mut next, role, publics, threshold)?;
        let added_ids = added.iter().map(|key| key::id(&key.public())).collect::<Result<_>>()?;
        let all: Vec<SigningKey> =
            signers.into_iter().chain(added.into_iter().filter(|_| role == Role::Root)).collect();
        let root_version = self.adopt(next, &all)?;
        Ok(Rotation { root_version, retired, added: added_ids })
    }

    /// Signs a root that lets releases lead to these hosts only; to all, if there are none. The next
    /// publication spreads it.
    ///
    /// # Errors
    /// [`Error::TooFewKeys`] if not enough root keys are here.
    pub fn set_hosts(&mut self, hosts: &Hosts, root_dir: Option<&Path>) -> Result<Rotation> {
        let signers = self.signers(Role::Root, root_dir)?;
        let mut next = self.next_root()?;
        root::set_hosts(&mut next, hosts);
        let root_version = self.adopt(next, &signers)?;
        Ok(Rotation { root_version, retired: Vec::new(), added: Vec::new() })
    }

    /// Signs a root that lets the log of releases begin anew after release `number`.
    ///
    /// # Errors
    /// [`Error::TooFewKeys`] if not enough root keys are here.
    pub(crate) fn begin_log_after(&mut self, number: u64, root_dir: Option<&Path>) -> Result<()> {
        let signers = self.signers(Role::Root, root_dir)?;
        let mut next = self.next_root()?;
        next._extra.insert(LOG_AFTER_FIELD.into(), number.into());
        self.adopt(next, &signers).map(drop)
    }

    /// Signs the root anew, with the same keys, so that it lasts longer.
    ///
    /// # Errors
    /// [`Error::TooFewKeys`] if not enough root keys are here.
    pub fn renew(&mut self, root_dir: Option<&Path>) -> Result<Rotation> {
        let signers = self.signers(Role::Root, root_dir)?;
        let root_version = self.adopt(self.next_root()?, &signers)?;
        Ok(Rotation { root_version, retired: Vec::new(), added: Vec::new() })
    }

    fn next_root(&self) -> Result<Root> {
        let mut next = self.root().clone();
        next.version =
            NonZeroU64::new(next.version.get() + 1).ok_or_else(|| Error::unexpected("no version left"))?;
        next.expires = self.expiries().end(Role::Root, Timestamp::now());
        Ok(next)
    }

    fn adopt(&mut self, next: Root, signers: &[SigningKey]) -> Result<u64> {
        let next = RootVersion::sign(next, signers)?;
        next.follows(self.newest())?;
        next.write(self.folder())?;
        self.roots.push(next);
        Ok(self.root_version())
    }

    /// The ids of the root keys that are replaced, and the keys that stay.
    fn retired_root_keys(
        &self,
        root_dir: Option<&Path>,
        retire: &[String],
    ) -> Result<(Vec<String>, Vec<tough::schema::key::Key>)> {
        let folder = self.folder_of(Role::Root, root_dir);
        let here = key::ids_in(&folder, Role::Root)?;
        let ids = root::ids(self.root(), Role::Root);
        let goes = |id: &String| match retire {
            [] => !here.contains(&key::short(id)),
            named => named.iter().any(|start| !start.is_empty() && id.starts_with(start.as_str())),
        };
        let retired: Vec<String> = ids.iter().filter(|id| goes(id)).cloned().collect();
        if retired.is_empty() {
            let reason = format!("all root keys are here: say which to replace, of {}", ids.join(", "));
            return Err(Error::InvalidKeys(reason));
        }
        let mut kept = Vec::new();
        for key in self.root().keys(tough::schema::RoleType::Root) {
            if !retired.contains(&key::id(key)?) {
                kept.push(key.clone());
            }
        }
        Ok((retired, kept))
    }
}
