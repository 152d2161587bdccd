//! Brings together what belongs together, wherever in a feed it stands, in bounded memory.

use std::collections::HashMap;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Read, Seek, SeekFrom, Write};
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Error, Result};

/// What waits in memory for the rest of its group; more goes to a temporary file.
const MOST_BYTES: usize = 128 << 20;

/// How many members each group has: from a first reading of the feed. A group is known by a hash of its name;
/// where two share one, both are only complete at the end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts(HashMap<u64, u32>);

impl Counts {
    pub(crate) fn add(&mut self, name: &str) {
        *self.0.entry(hash(name)).or_default() += 1;
    }

    fn of(&self, name: &str) -> u32 {
        self.0.get(&hash(name)).copied().unwrap_or_default()
    }
}

pub(crate) fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Groups that are not complete yet.
pub(crate) struct GroupBuffer<T> {
    waiting: HashMap<String, Vec<Kept>>,
    /// What is in memory of all of them, as JSON.
    bytes: usize,
    most_bytes: usize,
    file: Option<File>,
    members: PhantomData<fn() -> T>,
}

enum Kept {
    Here(Vec<u8>),
    InFile { at: u64, length: usize },
}

impl<T: Serialize + DeserializeOwned> GroupBuffer<T> {
    pub(crate) fn new() -> Self {
        Self::within(MOST_BYTES)
    }

    fn within(most_bytes: usize) -> Self {
        Self { waiting: HashMap::new(), bytes: 0, most_bytes, file: None, members: PhantomData }
    }

    /// Takes one member in. With the last of its group it gives all of them back, in their order.
    ///
    /// # Errors
    /// The temporary file cannot be written or read.
    pub(crate) fn add(&mut self, counts: &Counts, name: &str, member: T) -> Result<Option<Vec<T>>> {
        let count = counts.of(name) as usize;
        if count <= 1 {
            return Ok(Some(vec![member]));
        }
        let kept = self.keep(&member)?;
        let group = match self.waiting.get_mut(name) {
            Some(group) => group,
            None => self.waiting.entry(name.to_owned()).or_default(),
        };
        group.push(kept);
        if group.len() < count {
            return Ok(None);
        }
        self.take(name).map(Some)
    }

    /// One of the groups that are still not complete after the last member of all.
    ///
    /// # Errors
    /// The temporary file cannot be read.
    pub(crate) fn rest(&mut self) -> Result<Option<Vec<T>>> {
        let name = self.waiting.keys().min().cloned();
        name.map(|name| self.take(&name)).transpose()
    }

    fn keep(&mut self, member: &T) -> Result<Kept> {
        let json = serde_json::to_vec(member).map_err(|e| spoiled(e.into()))?;
        if self.bytes + json.len() <= self.most_bytes {
            self.bytes += json.len();
            return Ok(Kept::Here(json));
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile().map_err(spoiled)?),
        };
        let at = file.seek(SeekFrom::End(0)).map_err(spoiled)?;
        file.write_all(&json).map_err(spoiled)?;
        Ok(Kept::InFile { at, length: json.len() })
    }

    fn take(&mut self, name: &str) -> Result<Vec<T>> {
        let group = self.waiting.remove(name).unwrap_or_default();
        group.into_iter().map(|kept| self.read(kept)).collect()
    }

    fn read(&mut self, kept: Kept) -> Result<T> {
        let json = match (kept, &mut self.file) {
            (Kept::Here(json), _) => {
                self.bytes -= json.len();
                json
            }
            (Kept::InFile { at, length }, Some(file)) => {
                let mut json = vec![0; length];
                file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(&mut json)).map_err(spoiled)?;
                json
            }
            (Kept::InFile { .. }, None) => Vec::new(),
        };
        serde_json::from_slice(&json).map_err(|e| spoiled(e.into()))
    }
}

fn spoiled(error: std::io::Error) -> Error {
    Error::Read(std::io::Error::new(error.kind(), format!("cannot keep rows in a temporary file: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scattered_members_come_together_in_memory_and_on_disk() {
        for most_bytes in [usize::MAX, 40, 0] {
            let mut counts = Counts::default();
            let members: Vec<(String, u32)> = (0..60).map(|n| (format!("g{}", n % 7), n)).collect();
            members.iter().for_each(|(name, _)| counts.add(name));
            let mut buffer = GroupBuffer::<u32>::within(most_bytes);
            let mut groups = Vec::new();
            for (name, n) in &members {
                groups.extend(buffer.add(&counts, name, *n).unwrap());
            }
            assert_eq!(groups.len(), 7);
            assert_eq!(groups[0], (0..60).filter(|n| n % 7 == 4).collect::<Vec<_>>());
            assert_eq!((buffer.bytes, buffer.rest().unwrap()), (0, None));
        }
    }

    #[test]
    fn groups_that_lack_a_member_are_given_at_the_end() {
        let mut counts = Counts::default();
        ["a", "a", "b", "b"].iter().for_each(|name| counts.add(name));
        let mut buffer = GroupBuffer::<u32>::new();
        assert_eq!(buffer.add(&counts, "b", 1).unwrap(), None);
        assert_eq!(buffer.add(&counts, "a", 2).unwrap(), None);
        assert_eq!(buffer.add(&counts, "c", 3).unwrap(), Some(vec![3]));
        assert_eq!((buffer.rest().unwrap(), buffer.rest().unwrap()), (Some(vec![2]), Some(vec![1])));
        assert_eq!(buffer.rest().unwrap(), None);
    }
}
