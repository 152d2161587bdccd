//! The name of a replica, which jobs with files are bound to.

use std::fs::TryLockError;
use std::path::Path;

use uuid::Uuid;

use crate::Result;

/// The file with the name.
const NAME: &str = "node";

/// The file that the process with this folder has locked.
const LOCK: &str = "node.lock";

/// This replica. While it exists, no other process is it.
#[derive(Debug)]
pub struct Node {
    pub name: String,
    /// The open file is the lock; it ends with the process, however that ends.
    _lock: std::fs::File,
}

impl Node {
    /// Takes the folder; its name is made the first time. `None`: another process has it.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn take(folder: &Path) -> Result<Option<Self>> {
        fs_err::create_dir_all(folder)?;
        let lock =
            fs_err::OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
        let lock = lock.into_parts().0;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                tracing::warn!(folder = %folder.display(), "another process has the console's folder: no jobs here");
                return Ok(None);
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let file = folder.join(NAME);
        let name = fs_err::read_to_string(&file).unwrap_or_default().trim().to_owned();
        if Uuid::parse_str(&name).is_ok() {
            return Ok(Some(Self { name, _lock: lock }));
        }
        let name = Uuid::now_v7().to_string();
        fs_err::write(&file, &name)?;
        Ok(Some(Self { name, _lock: lock }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_keeps_its_name_and_has_one_process() {
        let folder = tempfile::tempdir().unwrap();
        let first = Node::take(folder.path()).unwrap().unwrap();
        assert!(Node::take(folder.path()).unwrap().is_none());
        let name = first.name.clone();
        drop(first);
        assert_eq!(Node::take(folder.path()).unwrap().unwrap().name, name);
    }
}
