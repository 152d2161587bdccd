//! The memory that batches take, from their first byte until they are answered.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::busy::busy;
use crate::http::refusal::Refusal;

/// How many bytes of JSON may be in memory, before and in the queue.
const ALL: usize = 64 << 20;

/// How many of them the batches of one address may take, so that one address cannot take all.
const OF_ADDRESS: usize = 16 << 20;

/// The memory for batches. Clones share it.
#[derive(Clone)]
pub struct BatchMemory {
    all: Arc<Semaphore>,
    of_addresses: Arc<Addresses>,
}

#[derive(Default)]
struct Addresses(Mutex<HashMap<IpAddr, usize>>);

/// A share of the memory. It is given back when this is dropped.
pub struct MemoryShare {
    /// Whose batch it is.
    pub address: Option<IpAddr>,
    bytes: usize,
    addresses: Arc<Addresses>,
    _permit: Option<OwnedSemaphorePermit>,
}

impl BatchMemory {
    /// All of it is free.
    pub fn new() -> Self {
        Self { all: Arc::new(Semaphore::new(ALL)), of_addresses: Arc::default() }
    }

    /// Takes what a batch of so many bytes needs; waits for it as long as `patience`.
    ///
    /// # Errors
    /// 503 if there is not enough in that time, and at once if the address has too much already.
    pub async fn take(
        &self,
        bytes: usize,
        address: Option<IpAddr>,
        patience: Duration,
    ) -> Result<MemoryShare, Refusal> {
        let bytes = bytes.clamp(1, OF_ADDRESS);
        if !self.of_addresses.add(address, bytes) {
            return Err(busy());
        }
        let addresses = self.of_addresses.clone();
        let mut share = MemoryShare { address, bytes, addresses, _permit: None };
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
        let permit = tokio::time::timeout(patience, self.all.clone().acquire_many_owned(permits)).await;
        share._permit = Some(permit.ok().and_then(Result::ok).ok_or_else(busy)?);
        Ok(share)
    }
}

impl Addresses {
    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an address may take so many bytes more; then they are counted.
    fn add(&self, address: Option<IpAddr>, bytes: usize) -> bool {
        let Some(address) = address else { return true };
        let mut taken = self.lock();
        let of_address = taken.entry(address).or_default();
        let may = *of_address + bytes <= OF_ADDRESS;
        if may {
            *of_address += bytes;
        }
        may
    }
}

impl Drop for MemoryShare {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut taken = self.addresses.lock();
        if let Some(of_address) = taken.get_mut(&address) {
            *of_address = of_address.saturating_sub(self.bytes);
            if *of_address == 0 {
                taken.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(20);

    fn address(last: u8) -> Option<IpAddr> {
        Some(Ipv4Addr::new(192, 0, 2, last).into())
    }

    #[tokio::test]
    async fn one_address_leaves_memory_for_the_others() {
        let memory = BatchMemory::new();
        let mut held = Vec::new();
        while let Ok(share) = memory.take(1 << 20, address(1), PATIENCE).await {
            held.push(share);
        }
        assert_eq!(held.len(), OF_ADDRESS >> 20);
        assert!(memory.take(1 << 20, address(2), PATIENCE).await.is_ok());
        held.pop();
        assert!(memory.take(1 << 20, address(1), PATIENCE).await.is_ok());
    }

    #[tokio::test]
    async fn what_was_taken_is_given_back() {
        let memory = BatchMemory::new();
        let mut held = Vec::new();
        for last in 0..8 {
            held.extend(memory.take(OF_ADDRESS, address(last), PATIENCE).await.ok());
        }
        assert_eq!(held.len(), ALL / OF_ADDRESS);
        drop(held);
        assert_eq!(memory.all.available_permits(), ALL);
        assert!(memory.of_addresses.lock().is_empty());
    }
}
