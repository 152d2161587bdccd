//! The same without any network: in a network namespace that has none.

use std::process::Command;

use super::driver::Driver;
use super::journeys::{journey, search_and_keep};

/// Set in the namespace.
const INSIDE: &str = "KNYTT_NO_NETWORK";

/// Enters a namespace with nothing but a loopback, and runs the journey's test there.
const ENTER: [&str; 4] = ["unshare", "--map-root-user", "--net", "--"];

#[test]
fn all_of_it_works_with_the_network_cut() {
    if !Driver::is_here() {
        eprintln!("left out: there is nothing here to show a window with");
        return;
    }
    let can = Command::new(ENTER[0]).args(&ENTER[1..]).args(["ip", "link", "set", "lo", "up"]).output();
    assert!(
        can.as_ref().is_ok_and(|output| output.status.success()),
        "no network namespace can be made here: {can:?}"
    );
    let test = std::env::current_exe().unwrap();
    let script =
        "ip link set lo up && exec \"$0\" --exact window::offline::inside --include-ignored --nocapture";
    let inside = Command::new(ENTER[0])
        .args(&ENTER[1..])
        .args(["sh", "-c", script])
        .arg(test)
        .env(INSIDE, "1")
        .output()
        .unwrap();
    assert!(inside.status.success(), "{}", String::from_utf8_lossy(&inside.stdout));
}

#[test]
#[ignore = "a child of the test above"]
fn inside() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    let out = std::net::TcpStream::connect(("203.0.113.1", 80));
    assert!(out.is_err(), "there is a network after all");
    journey(search_and_keep);
}
