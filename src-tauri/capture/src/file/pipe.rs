//! A named pipe that another program plays into.

use std::io::{self, Read};
use std::path::Path;
use std::thread;
use std::time::Duration;

use fs_err::os::unix::fs::OpenOptionsExt as _;
use fs_err::{File, OpenOptions};

/// How long to wait before looking again whether something came.
const PAUSE: Duration = Duration::from_millis(2);

/// Ends when nobody has the other end open. A pipe that is opened the usual way would wait for somebody instead, for
/// ever.
pub(super) struct Pipe(File);

impl Pipe {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path).map(Self)
    }
}

impl Read for Pipe {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(PAUSE),
                done => return done,
            }
        }
    }
}
