//! Whether the battery is nearly empty, where the system knows.

/// What the system says; `None` where it does not, or is not asked.
#[cfg(target_os = "linux")]
pub fn is_battery_low() -> Option<bool> {
    let bus = zbus::blocking::Connection::system().ok()?;
    let (service, path) = ("org.freedesktop.UPower", "/org/freedesktop/UPower/devices/DisplayDevice");
    let battery = zbus::blocking::Proxy::new(&bus, service, path, "org.freedesktop.UPower.Device").ok()?;
    of_upower(battery.get_property("WarningLevel").ok()?)
}

/// What the system says; `None` where it does not, or is not asked.
#[cfg(not(target_os = "linux"))]
pub fn is_battery_low() -> Option<bool> {
    None
}

/// UPower's `UpDeviceLevel`: none and discharging, then low, critical, and about to end.
#[cfg(target_os = "linux")]
fn of_upower(level: u32) -> Option<bool> {
    match level {
        1 | 2 => Some(false),
        3..=5 => Some(true),
        _ => None,
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_warning_is_low_and_silence_says_nothing() {
        assert_eq!(
            [0, 1, 2, 3, 5, 6].map(of_upower),
            [None, Some(false), Some(false), Some(true), Some(true), None]
        );
    }
}
