//! What the kernel knows of an open socket.

use tokio::net::TcpStream;

/// An open socket, for questions to the kernel.
#[derive(Debug)]
#[cfg(target_os = "linux")]
pub struct Socket(std::os::fd::RawFd);

/// An open socket, of which this system tells nothing more.
#[derive(Debug)]
#[cfg(not(target_os = "linux"))]
pub struct Socket;

#[cfg(target_os = "linux")]
impl Socket {
    pub(super) fn of(stream: &TcpStream) -> Self {
        Self(std::os::fd::AsRawFd::as_raw_fd(stream))
    }

    /// Bytes that were written and that the other side has not acknowledged.
    pub fn unacknowledged(&self) -> u64 {
        super::kernel::unacknowledged(self.0)
    }
}

#[cfg(not(target_os = "linux"))]
impl Socket {
    pub(super) fn of(_: &TcpStream) -> Self {
        Self
    }

    pub fn unacknowledged(&self) -> u64 {
        0
    }
}
