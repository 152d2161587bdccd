//! What systemd is told, if it started this: the protocol of sd_notify(3), which is one datagram a message.

#[cfg(unix)]
use std::os::unix::net::UnixDatagram;

/// The way to systemd.
pub struct ServiceNotifier {
    #[cfg(unix)]
    socket: Option<UnixDatagram>,
    is_ready: bool,
}

impl ServiceNotifier {
    /// Takes the socket that the environment names. Without one nothing is told.
    pub fn from_environment() -> Self {
        Self::at(std::env::var_os("NOTIFY_SOCKET").as_deref())
    }

    #[cfg(unix)]
    pub(super) fn at(address: Option<&std::ffi::OsStr>) -> Self {
        let socket = address.and_then(|address| connected(address).ok());
        Self { socket, is_ready: false }
    }

    #[cfg(not(unix))]
    pub(super) fn at(_address: Option<&std::ffi::OsStr>) -> Self {
        Self { is_ready: false }
    }

    /// The screen lives: the first time says that the service is ready, each time feeds the watchdog.
    pub fn alive(&mut self) {
        let is_first = !std::mem::replace(&mut self.is_ready, true);
        self.send(if is_first { "READY=1\nWATCHDOG=1" } else { "WATCHDOG=1" });
    }

    /// The kiosk ends because it was told to.
    pub fn ends(&mut self) {
        self.send("STOPPING=1");
    }

    #[cfg(unix)]
    fn send(&self, message: &str) {
        // A watchdog that was not fed says what there is to say.
        let _ = self.socket.as_ref().map(|socket| socket.send(message.as_bytes()));
    }

    #[cfg(not(unix))]
    fn send(&self, _message: &str) {}
}

/// An address that begins with `@` is one of Linux' names without a file.
#[cfg(unix)]
pub(super) fn connected(address: &std::ffi::OsStr) -> std::io::Result<UnixDatagram> {
    let socket = UnixDatagram::unbound()?;
    socket.set_nonblocking(true)?;
    #[cfg(target_os = "linux")]
    if let Some(name) = std::os::unix::ffi::OsStrExt::as_bytes(address).strip_prefix(b"@") {
        use std::os::linux::net::SocketAddrExt as _;
        socket.connect_addr(&std::os::unix::net::SocketAddr::from_abstract_name(name)?)?;
        return Ok(socket);
    }
    socket.connect(address)?;
    Ok(socket)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sign_says_that_it_is_ready_and_each_feeds_the_watchdog() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let systemd = UnixDatagram::bind(&path).unwrap();
        let mut notifier = ServiceNotifier::at(Some(path.as_os_str()));
        notifier.alive();
        notifier.alive();
        notifier.ends();
        let told = || {
            let mut bytes = [0; 64];
            let count = systemd.recv(&mut bytes).unwrap();
            String::from_utf8_lossy(&bytes[..count]).into_owned()
        };
        assert_eq!([told(), told(), told()], ["READY=1\nWATCHDOG=1", "WATCHDOG=1", "STOPPING=1"]);
        // Without systemd nothing is told, and nothing fails.
        ServiceNotifier::at(None).alive();
    }
}
