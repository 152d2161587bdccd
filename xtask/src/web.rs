//! `cargo xtask run --web`: from a clean checkout to the sample shop in a browser.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Result, bail};

use crate::sample::Sample;
use crate::shell::root;
use crate::{programs, system, ui};

/// The port of `knytt serve`, if nobody has it.
const PORT: u16 = 8080;

/// How often is looked whether the server answers.
const LOOK: Duration = Duration::from_millis(100);

/// Installs what is missing, builds the interface and `knytt`, makes the sample catalogue, serves it, and opens it in
/// the browser of this system. Without one it says where the shop is. `arguments` go to `knytt serve`.
pub fn run(arguments: &[String]) -> Result<()> {
    eprintln!("[1/3] system packages and the interface");
    system::ensure_build_tools()?;
    ui::build()?;
    eprintln!("[2/3] the programs");
    programs::build_for_web()?;
    eprintln!("[3/3] the sample shop");
    let sample = Sample::beside(programs::folder());
    sample.build()?;
    let address = free_address(PORT)?;
    let mut server = serve(&sample, address, arguments)?;
    wait_for(address, &mut server)?;
    show(&format!("http://localhost:{}/", address.port()));
    say_how_to_sign_in(&sample, address.port());
    let ended = server.wait()?;
    if !ended.success() {
        bail!("knytt serve ended with {ended}");
    }
    Ok(())
}

fn serve(sample: &Sample, address: SocketAddr, arguments: &[String]) -> Result<Child> {
    let mut serve = Command::new(sample.program("knytt"));
    serve.arg("serve").arg("--catalog").arg(sample.catalog());
    serve.arg("--data").arg(sample.folder().join("data"));
    serve.args(["--listen", &address.to_string()]).args(quiet(arguments)).args(arguments);
    Ok(serve.spawn()?)
}

/// A line of JSON for each request is for machines: who tries the shop sees what went wrong, unless they say otherwise.
fn quiet(arguments: &[String]) -> &'static [&'static str] {
    let says = arguments.iter().any(|one| one.starts_with("--log"));
    if says { &[] } else { &["--log", "text", "--log-filter", "warn"] }
}

/// The console needs an account, which only the command line makes.
fn say_how_to_sign_in(sample: &Sample, port: u16) {
    let shown = |path: PathBuf| path.strip_prefix(root()).unwrap_or(&path).display().to_string();
    println!(
        "The retailer's console is at http://localhost:{port}/admin. Make its first admin in another terminal:"
    );
    let (knytt, data) = (shown(sample.program("knytt")), shown(sample.folder().join("data")));
    println!("  {knytt} admin create --data {data} --email you@shop.example");
}

/// This port of the loopback interface, or another one if it is taken.
fn free_address(wished: u16) -> Result<SocketAddr> {
    let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = TcpListener::bind(at(wished)).or_else(|_| TcpListener::bind(at(0)))?;
    Ok(listener.local_addr()?)
}

/// Waits until the server takes connections.
///
/// # Errors
/// The server ended instead; it said why.
fn wait_for(address: SocketAddr, server: &mut Child) -> Result<()> {
    while TcpStream::connect(address).is_err() {
        if let Some(ended) = server.try_wait()? {
            bail!("knytt serve ended with {ended}");
        }
        std::thread::sleep(LOOK);
    }
    Ok(())
}

/// Opens the shop, and says where it is in any case.
fn show(url: &str) {
    println!("\nThe shop is at {url} until you press Ctrl+C.");
    if opens(url) {
        println!("If no browser shows it, open that address in one.");
    } else {
        println!("No browser was found here. On this machine, open that address in one.");
        println!(
            "From another machine: ssh -L {0}:localhost:{0} THIS-MACHINE, then the same address.",
            port_of(url)
        );
    }
}

fn port_of(url: &str) -> &str {
    url.rsplit(':').next().unwrap_or_default().trim_end_matches('/')
}

fn opens(url: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let Some((program, arguments)) = opener(std::env::consts::OS, has_display(), &folders) else {
        return false;
    };
    let mut open = Command::new(program);
    open.args(arguments).arg(url).stdout(Stdio::null()).stderr(Stdio::null());
    // A browser that was not open yet stays in the foreground.
    open.spawn().is_ok()
}

fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some())
}

/// What opens an address on this system. A text browser is none: on Linux a display is needed.
fn opener(
    system: &str,
    has_display: bool,
    folders: &[PathBuf],
) -> Option<(PathBuf, &'static [&'static str])> {
    match system {
        "macos" => Some(("open".into(), &[])),
        "windows" => Some(("cmd".into(), &["/C", "start", ""])),
        _ if !has_display => None,
        _ => {
            let known = ["xdg-open", "sensible-browser", "firefox", "chromium", "google-chrome"];
            let found = known.iter().find_map(|name| found_in(folders, name))?;
            Some((found, &[]))
        }
    }
}

fn found_in(folders: &[PathBuf], name: &str) -> Option<PathBuf> {
    folders.iter().map(|folder| folder.join(name)).find(|path: &PathBuf| Path::is_file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_left_alone() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        assert_ne!(free_address(port).unwrap().port(), port);
    }

    #[test]
    fn without_a_display_or_a_browser_none_is_opened() {
        let folder = std::env::temp_dir().join(format!("knytt-opener-{}", std::process::id()));
        fs_err::create_dir_all(&folder).unwrap();
        let folders = [folder.clone()];
        assert_eq!(opener("linux", true, &folders), None);
        fs_err::write(folder.join("firefox"), "").unwrap();
        assert_eq!(opener("linux", false, &folders), None);
        assert_eq!(opener("linux", true, &folders), Some((folder.join("firefox"), &[][..])));
        assert!(opener("macos", false, &[]).is_some());
        fs_err::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_server_that_ends_is_not_waited_for() {
        let nobody = free_address(0).unwrap();
        let mut ended = Command::new(std::env::current_exe().unwrap())
            .arg("--list")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        assert!(wait_for(nobody, &mut ended).is_err());
    }

    #[test]
    fn requests_are_not_logged_unless_somebody_asks_for_it() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(quiet(&words("--cors-origins https://shop.example")).contains(&"warn"));
        assert!(quiet(&words("--log-filter debug")).is_empty());
        assert!(quiet(&words("--log=json")).is_empty());
    }

    #[test]
    fn the_port_is_said_for_a_tunnel() {
        assert_eq!(port_of("http://localhost:8080/"), "8080");
    }
}
