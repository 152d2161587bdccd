//! The display, the message bus and the web driver, in a process group of their own.

use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The processes that the window runs in. Dropping it stops all of them.
pub struct Driver {
    group: Child,
    pub port: u16,
}

impl Driver {
    /// Whether this system has the programs for it.
    pub fn is_here() -> bool {
        let here = |name: &str| Path::new("/usr/bin").join(name).exists();
        ["xvfb-run", "dbus-run-session", "WebKitWebDriver"].iter().all(|name| here(name))
    }

    /// Starts it; the app will keep its data in `data`.
    pub fn start(data: &Path) -> Self {
        let port = free_port();
        let group = Command::new("dbus-run-session")
            .args(["--", "xvfb-run", "-a", "-s", "-screen 0 1400x1000x24"])
            .args(["WebKitWebDriver", "--host=127.0.0.1", &format!("--port={port}")])
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("KNYTT_DATA", data)
            // LC_ALL and LC_MESSAGES of this machine would win over LANG.
            .env_remove("LC_ALL")
            .env_remove("LC_MESSAGES")
            .env("LANG", "en_US.UTF-8")
            .env("LANGUAGE", "en")
            .env("NO_PROXY", "127.0.0.1")
            .env("no_proxy", "127.0.0.1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        Self { group, port }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let group = format!("-{}", self.group.id());
        let _ = Command::new("kill").args(["-TERM", "--", &group]).status();
        std::thread::sleep(std::time::Duration::from_millis(300));
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.group.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
