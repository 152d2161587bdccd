//! What the system says of this machine and this process. None where it does not say.

/// The memory that this process holds, in bytes.
pub fn memory_bytes() -> Option<u64> {
    let pages = fs_err::read_to_string("/proc/self/statm").ok()?;
    // Linux on all machines that have a screen uses pages of 4 KiB, but for some of Arm's, where this is too little.
    pages.split_whitespace().nth(1)?.parse::<u64>().ok().map(|pages| pages * 4096)
}

/// The temperature of the warmest part that has a sensor, in degrees Celsius.
pub fn temperature_celsius() -> Option<f32> {
    let zones = fs_err::read_dir("/sys/class/thermal").ok()?;
    let files = zones.filter_map(|zone| Some(zone.ok()?.path().join("temp")));
    let texts = files.filter_map(|file| fs_err::read_to_string(file).ok());
    texts.filter_map(|text| degrees(&text)).max_by(f32::total_cmp)
}

/// Linux writes thousandths. A sensor that is not connected says what no machine survives.
fn degrees(text: &str) -> Option<f32> {
    let thousandths: i32 = text.trim().parse().ok()?;
    (1..=150_000).contains(&thousandths).then_some(thousandths as f32 / 1000.0)
}

/// The machine's name in its network.
pub fn host_name() -> Option<String> {
    let named = || std::env::var("HOSTNAME").or_else(|_| std::env::var("COMPUTERNAME"));
    let name = fs_err::read_to_string("/proc/sys/kernel/hostname").ok().or_else(|| named().ok())?;
    Some(name.trim().to_owned()).filter(|name| knytt_wire::is_kiosk_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sensors_that_say_nonsense_are_not_believed() {
        assert_eq!(degrees("41500\n"), Some(41.5));
        assert_eq!(["-273150", "0", "255000", "x"].map(degrees), [None; 4]);
    }
}
