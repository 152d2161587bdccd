//! Whether the network costs money, where the system knows.

/// What the system says; `None` where it does not, or is not asked.
#[cfg(target_os = "linux")]
pub fn is_metered() -> Option<bool> {
    const NETWORK_MANAGER: &str = "org.freedesktop.NetworkManager";
    let bus = zbus::blocking::Connection::system().ok()?;
    let path = "/org/freedesktop/NetworkManager";
    let manager = zbus::blocking::Proxy::new(&bus, NETWORK_MANAGER, path, NETWORK_MANAGER).ok()?;
    of_network_manager(manager.get_property("Metered").ok()?)
}

/// What the system says; `None` where it does not, or is not asked.
#[cfg(not(target_os = "linux"))]
pub fn is_metered() -> Option<bool> {
    None
}

/// NetworkManager's `NMMetered`: yes, no, and guesses of both.
#[cfg(target_os = "linux")]
fn of_network_manager(metered: u32) -> Option<bool> {
    match metered {
        1 | 3 => Some(true),
        2 | 4 => Some(false),
        _ => None,
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_guess_counts_and_silence_says_nothing() {
        assert_eq!(
            [0, 1, 2, 3, 4, 9].map(of_network_manager),
            [None, Some(true), Some(false), Some(true), Some(false), None]
        );
    }
}
