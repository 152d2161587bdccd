//! A window of the kiosk's program on a display of its own, drawn by a software renderer.
#![cfg(target_os = "linux")]

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Ends with the test, whatever becomes of it.
pub struct Ends(pub Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program of the kiosk.
pub fn program() -> OsString {
    std::env::var_os("KNYTT_KIOSK_BIN").unwrap_or_else(|| env!("CARGO_BIN_EXE_knytt-kiosk").into())
}

/// A display of so many pixels, and its name; what it shows lies in the file `Xvfb_screen0` of its folder. None where
/// there is no Xvfb.
pub fn display(runtime: &Path, (width, height): (usize, usize)) -> Option<(Ends, String)> {
    let mut command = Command::new("Xvfb");
    command.args(["-displayfd", "1", "-screen", "0", &format!("{width}x{height}x24"), "-nolisten", "tcp"]);
    command
        .arg("-fbdir")
        .arg(runtime)
        .env("XDG_RUNTIME_DIR", runtime)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut server = Ends(command.spawn().ok()?);
    let mut number = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut number).unwrap();
    Some((server, format!(":{}", number.trim())))
}

/// Compiles the driver that stands before lavapipe (`driver.c`); the variables that make programs use it. None where
/// there is no lavapipe.
pub fn driver(folder: &Path) -> Option<[(&'static str, PathBuf); 2]> {
    let arch = std::env::consts::ARCH;
    let described = format!("/usr/share/vulkan/icd.d/lvp_icd.{arch}.json");
    let described: serde_json::Value = serde_json::from_slice(&fs_err::read(described).ok()?).unwrap();
    let lavapipe = PathBuf::from(described["ICD"]["library_path"].as_str().unwrap());
    let library = folder.join("driver.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/driver.c");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"]).arg(&library).args([source, "-ldl"]);
    assert!(compiler.status().unwrap().success(), "{source} was not compiled");
    let mut ours = described;
    ours["ICD"]["library_path"] = library.to_str().unwrap().into();
    let file = folder.join("driver.json");
    fs_err::write(&file, ours.to_string()).unwrap();
    Some([("VK_DRIVER_FILES", file), ("KNYTT_GPU_DRIVER", lavapipe)])
}
