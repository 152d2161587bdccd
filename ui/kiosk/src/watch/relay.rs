//! The main process of the service: it hands on to systemd what the supervisor says.
//!
//! The session that PAM opens for the service moves its processes out of the service's control group. From outside of
//! that, systemd hears the main process alone, which without this one is the compositor.

use std::io;
use std::process::{Command, ExitStatus};

#[cfg(unix)]
use std::{
    ffi::OsStr,
    os::unix::net::UnixDatagram,
    path::{Path, PathBuf},
};

/// The socket that stands in for systemd's, in the folder of the session.
#[cfg(unix)]
const SOCKET: &str = "knytt-kiosk-notify";

/// The longest message of sd_notify(3) that is handed on, in bytes.
#[cfg(unix)]
const LONGEST: usize = 4096;

/// Runs a compositor with the supervisor in it until it ends. What they tell systemd is told by this process.
///
/// # Errors
/// It cannot be started, or the session's folder does not take a socket.
pub fn relay(command: &mut Command) -> io::Result<ExitStatus> {
    #[cfg(unix)]
    if let (Some(systemd), Some(folder)) =
        (std::env::var_os("NOTIFY_SOCKET"), std::env::var_os("XDG_RUNTIME_DIR"))
    {
        command.env("NOTIFY_SOCKET", listen(&systemd, Path::new(&folder))?);
    }
    command.status()
}

/// Hands on what comes to a socket in the folder, for as long as the process lives; says where the socket is.
#[cfg(unix)]
fn listen(systemd: &OsStr, folder: &Path) -> io::Result<PathBuf> {
    let systemd = super::notify::connected(systemd)?;
    let own = folder.join(SOCKET);
    match fs_err::remove_file(&own) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let told = UnixDatagram::bind(&own)?;
    let hand_on = move || {
        let mut message = [0; LONGEST];
        while let Ok(length) = told.recv(&mut message) {
            // A watchdog that was not fed says what there is to say.
            let _ = systemd.send(&message[..length]);
        }
    };
    std::thread::Builder::new().name("knytt-kiosk-relay".into()).spawn(hand_on)?;
    Ok(own)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::watch::ServiceNotifier;

    #[test]
    fn what_the_supervisor_says_reaches_systemd_also_where_an_old_socket_was_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("systemd");
        let systemd = UnixDatagram::bind(&path).unwrap();
        drop(UnixDatagram::bind(folder.path().join(SOCKET)).unwrap());
        let own = listen(path.as_os_str(), folder.path()).unwrap();
        ServiceNotifier::at(Some(own.as_os_str())).alive();
        let mut bytes = [0; 64];
        let count = systemd.recv(&mut bytes).unwrap();
        assert_eq!(&bytes[..count], b"READY=1\nWATCHDOG=1");
    }
}
