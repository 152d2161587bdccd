//! The most usual task without any network, in a network namespace that has none.

use std::process::Command;

use super::driver::Driver;
use super::journeys::{journey, search_and_keep};

/// This variable is set in the namespace.
const INSIDE: &str = "KNYTT_NO_NETWORK";

/// The arguments of `unshare` for a namespace with only a loopback: as root, and as a user who may map to root.
const WAYS: [&[&str]; 2] = [&["--net", "--"], &["--map-root-user", "--net", "--"]];

#[test]
fn all_of_it_works_with_the_network_cut() {
    if !Driver::is_here() {
        eprintln!("left out: there is nothing here to show a window with");
        return;
    }
    let Some(way) = WAYS.into_iter().find(|way| leads_inside(way)) else {
        assert!(!is_root(), "root can make no network namespace here");
        eprintln!("left out: only root can make a network namespace here");
        return;
    };
    let test = std::env::current_exe().unwrap();
    let script =
        "ip link set lo up && exec \"$0\" --exact window::offline::inside --include-ignored --nocapture";
    let inside = Command::new("unshare")
        .args(way)
        .args(["sh", "-c", script])
        .arg(test)
        .env(INSIDE, "1")
        .output()
        .unwrap();
    assert!(inside.status.success(), "{}", String::from_utf8_lossy(&inside.stdout));
}

fn leads_inside(way: &[&str]) -> bool {
    let tried = Command::new("unshare").args(way).args(["ip", "link", "set", "lo", "up"]).output();
    tried.is_ok_and(|output| output.status.success())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
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
