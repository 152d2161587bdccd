//! A full disk stops a build, and the catalogue stays whole.

use crate::command::json;
use crate::shop::{DRAWN, Shop};

/// Room for a catalogue of a few pictures.
const SMALL: &str = "size=400k";

struct Mount(String);

impl Mount {
    /// A file system in memory, or the reason why there can be none.
    fn small(path: &str) -> Result<Self, String> {
        if !cfg!(target_os = "linux") {
            return Err("tmpfs is Linux's".into());
        }
        fs_err::create_dir(path).map_err(|e| e.to_string())?;
        mount(&["-t", "tmpfs", "-o", SMALL, "tmpfs", path])?;
        Ok(Self(path.into()))
    }

    fn enlarge(&self) {
        mount(&["-o", "remount,size=64m", &self.0]).unwrap();
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).status();
    }
}

fn mount(args: &[&str]) -> Result<(), String> {
    let output = std::process::Command::new("mount").args(args).output().map_err(|e| e.to_string())?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into()) }
}

#[test]
fn a_full_disk_is_one_error_and_the_catalogue_stays_whole() {
    let shop = Shop::empty();
    let mount = match Mount::small(&shop.arg("disk")) {
        Ok(mount) => mount,
        Err(reason) => {
            eprintln!("skipped: no file system of its own: {reason}");
            return;
        }
    };
    for copy in 0..4 {
        for (number, drawn) in DRAWN.iter().enumerate() {
            shop.write(&format!("pictures/{copy}/{number:03}.jpg"), &drawn.jpeg);
        }
    }
    let (pictures, catalog) = (shop.arg("pictures"), shop.arg("disk/catalog"));
    crate::command::run(&["build", &pictures, "--catalog", &catalog]).fails(1, &["full", "make room"]);
    let inspection = json(&["inspect", "--check", "--catalog", &catalog]);
    assert_eq!(inspection["check"]["sound"], true, "{inspection}");
    mount.enlarge();
    assert_eq!(json(&["build", &pictures, "--catalog", &catalog])["products"], 4 * DRAWN.len());
}
