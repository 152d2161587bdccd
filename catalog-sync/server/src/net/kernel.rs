//! What the kernel knows of this process and its sockets, and no safe interface tells.
#![cfg_attr(unix, expect(unsafe_code, reason = "getrlimit, setrlimit and ioctl have no safe interface here"))]

/// What the process needs beside its connections: the database, the log, files that are being written.
const RESERVE: u64 = 256;

/// Raises the soft limit of open files to the hard one. Returns the limit that holds from now on; none where
/// the system has no such limit.
#[cfg(unix)]
pub fn raise_descriptor_limit() -> Option<u64> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the call writes to a struct of its own kind, which outlives it.
    if unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) } != 0 {
        return None;
    }
    let soft = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    // SAFETY: the call reads a struct of its own kind, which outlives it.
    let raised = unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) } == 0;
    Some(if raised { limit.rlim_max } else { soft })
}

#[cfg(not(unix))]
pub fn raise_descriptor_limit() -> Option<u64> {
    None
}

/// How many connections this many descriptors are enough for. One that is sent a file holds two.
pub fn connections_within(descriptors: u64) -> usize {
    let reserve = RESERVE.min(descriptors / 2);
    usize::try_from((descriptors - reserve) / 2).unwrap_or(usize::MAX).max(1)
}

/// Bytes that were written to a socket and that the other side has not acknowledged.
#[cfg(target_os = "linux")]
pub fn unacknowledged(socket: std::os::fd::RawFd) -> u64 {
    let mut bytes: libc::c_int = 0;
    // SAFETY: SIOCOUTQ (the same number as TIOCOUTQ) writes one int, which outlives the call. A number that is
    // no open socket is an error.
    let done = unsafe { libc::ioctl(socket, libc::TIOCOUTQ, &raw mut bytes) };
    if done == 0 { u64::try_from(bytes).unwrap_or(0) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_are_left_for_everything_else() {
        for (descriptors, expected) in [(1_024, 384), (65_536, 32_640), (300, 75), (1, 1)] {
            assert_eq!(connections_within(descriptors), expected, "{descriptors}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn bytes_that_nobody_reads_are_not_acknowledged() {
        use std::io::Write;
        use std::os::fd::AsRawFd;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut writer = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let _reader = listener.accept().unwrap();
        writer.set_nonblocking(true).unwrap();
        let piece = vec![0; 1 << 20];
        while writer.write(&piece).is_ok() {}
        assert!(unacknowledged(writer.as_raw_fd()) > 0);
    }
}
