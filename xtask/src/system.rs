//! What a build and the tests need from the operating system.

use std::process::Command;

use anyhow::{Result, bail};

use crate::shell::{check, works};

/// A program or a library that must be installed, and the Debian packages that install it.
struct Need {
    /// Its usual name.
    name: &'static str,
    probe: Probe,
    debian: &'static [&'static str],
}

/// How to see that it is installed.
enum Probe {
    /// A program that starts.
    Program(&'static str, &'static [&'static str]),
    /// A library that pkg-config finds. Only Linux links to these.
    Library(&'static str),
    /// A file. It is looked for only on Debian, because elsewhere it lies in another place.
    File(&'static str),
}

use Probe::{File, Library, Program};

const BUILD: &[Need] = &[
    // libjpeg-turbo is C with assembly, and CMake builds it.
    Need { name: "c++", probe: Program("c++", &["--version"]), debian: &["build-essential"] },
    Need { name: "cmake", probe: Program("cmake", &["--version"]), debian: &["cmake"] },
    Need { name: "nasm", probe: Program("nasm", &["-v"]), debian: &["nasm"] },
    Need { name: "pkg-config", probe: LINUX_PKG_CONFIG, debian: &["pkg-config"] },
    // The window.
    Need { name: "WebKitGTK 4.1", probe: Library("webkit2gtk-4.1"), debian: &["libwebkit2gtk-4.1-dev"] },
    Need { name: "librsvg", probe: Library("librsvg-2.0"), debian: &["librsvg2-dev"] },
    Need { name: "D-Bus", probe: Library("dbus-1"), debian: &["libdbus-1-dev"] },
    // Cameras and pictures of the screen. libclang makes the bindings to the kernel and to PipeWire.
    Need { name: "libclang", probe: File("/usr/lib/llvm-14/lib/libclang.so.1"), debian: &["libclang-dev"] },
    Need { name: "PipeWire", probe: Library("libpipewire-0.3"), debian: &["libpipewire-0.3-dev"] },
    Need { name: "GBM", probe: Library("gbm"), debian: &["libgbm-dev"] },
    Need { name: "EGL", probe: Library("egl"), debian: &["libegl-dev"] },
    Need { name: "Wayland", probe: Library("wayland-client"), debian: &["libwayland-dev"] },
    Need { name: "XCB RandR", probe: Library("xcb-randr"), debian: &["libxcb-randr0-dev"] },
];

/// What the end-to-end runs start: a virtual display, a web driver for the window, a browser, databases.
const TESTS: &[Need] = &[
    Need { name: "Xvfb", probe: File("/usr/bin/Xvfb"), debian: &["xvfb", "xauth"] },
    // Taps in the kiosk's window.
    Need { name: "xdotool", probe: Program("xdotool", &["version"]), debian: &["xdotool"] },
    Need {
        name: "dbus-run-session",
        probe: File("/usr/bin/dbus-run-session"),
        debian: &["dbus", "dbus-daemon"],
    },
    Need { name: "WebKitWebDriver", probe: File("/usr/bin/WebKitWebDriver"), debian: &["webkit2gtk-driver"] },
    // Ends, stops and continues the programs that the tests start.
    Need { name: "kill", probe: File("/usr/bin/kill"), debian: &["procps"] },
    // Makes the network namespaces of the runs without a network.
    Need { name: "iproute2", probe: Program("ip", &["-V"]), debian: &["iproute2"] },
    // The backend's database and its event stream. The tests start both.
    Need {
        name: "PostgreSQL",
        probe: File("/usr/lib/postgresql/15/bin/postgres"),
        debian: &["postgresql-15"],
    },
    Need { name: "NATS", probe: Program("nats-server", &["--version"]), debian: &["nats-server"] },
    // Stands for a key management service in the tests of keys.
    Need { name: "OpenSSL", probe: Program("openssl", &["version"]), debian: &["openssl"] },
    // Decodes HEIC and AVIF; programs look for it when they run.
    Need { name: "libheif", probe: File("/usr/lib/x86_64-linux-gnu/libheif.so.1"), debian: &["libheif1"] },
    // A GPU in software: the kernels' tests run on it where there is no other.
    LAVAPIPE,
    // Reads packs as other programs do.
    Need {
        name: "Python",
        probe: Program("python3", &["-c", "import ensurepip"]),
        debian: &["python3-venv"],
    },
    CHROMIUM,
    FONTS,
];

/// What draws docs/screenshots: a browser, a GPU in software, letters of all languages, weeks of use.
const SCREENS: &[Need] = &[
    CHROMIUM,
    LAVAPIPE,
    FONTS,
    Need {
        name: "Chinese fonts",
        probe: File("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"),
        debian: &["fonts-droid-fallback"],
    },
    // Writes weeks of use into the database that the console's pictures show.
    Need { name: "SQLite", probe: Program("sqlite3", &["--version"]), debian: &["sqlite3"] },
];

const CHROMIUM: Need = Need { name: "Chromium", probe: File("/usr/bin/chromium"), debian: &["chromium"] };

const FONTS: Need = Need {
    name: "fonts",
    probe: File("/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf"),
    debian: &["fonts-noto-core"],
};

const LAVAPIPE: Need =
    Need { name: "lavapipe", probe: File(LAVAPIPE_DRIVER), debian: &["mesa-vulkan-drivers", "libvulkan1"] };

const LAVAPIPE_DRIVER: &str = if cfg!(target_arch = "aarch64") {
    "/usr/share/vulkan/icd.d/lvp_icd.aarch64.json"
} else {
    "/usr/share/vulkan/icd.d/lvp_icd.x86_64.json"
};

const LINUX_PKG_CONFIG: Probe = if cfg!(target_os = "linux") {
    Program("pkg-config", &["--version"])
} else {
    Program("cmake", &["--version"])
};

/// Installs what a build needs where there is apt; elsewhere says what to install.
pub fn ensure_build_tools() -> Result<()> {
    ensure(BUILD)
}

/// The same for the tests. Where there is no apt, the runs in a window say that they were left out.
pub fn ensure_test_tools() -> Result<()> {
    if has_apt() { ensure(TESTS) } else { Ok(()) }
}

/// The same for what draws the screenshots.
pub fn ensure_screen_tools() -> Result<()> {
    ensure(SCREENS)
}

/// Installs packages where there is apt; elsewhere says what to install.
pub fn ensure_packages(names: &str, debian: &[&str]) -> Result<()> {
    eprintln!("missing: {names}");
    if !has_apt() {
        bail!("please install {names}, then run this again{}", advice());
    }
    apt_install(debian)
}

fn ensure(needs: &[Need]) -> Result<()> {
    let missing: Vec<&Need> = needs.iter().filter(|need| !need.probe.is_there()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = missing.iter().map(|need| need.name).collect();
    let packages: Vec<_> = missing.iter().flat_map(|need| need.debian).copied().collect();
    ensure_packages(&names.join(", "), &packages)
}

impl Probe {
    fn is_there(&self) -> bool {
        match self {
            // On Windows the compiler is found by other means than the PATH, and only CMake asks for it.
            Program("c++", _) if cfg!(windows) => true,
            Program(program, arguments) => works(program, arguments),
            Library(_) if !cfg!(target_os = "linux") => true,
            Library(name) => works("pkg-config", &["--exists", name]),
            File(_) if !has_apt() => true,
            File(path) => std::path::Path::new(path).exists(),
        }
    }
}

fn has_apt() -> bool {
    cfg!(target_os = "linux") && works("apt-get", &["--version"])
}

fn apt_install(packages: &[&str]) -> Result<()> {
    let apt = |arguments: &[&str]| {
        let mut command = if is_root() { Command::new("apt-get") } else { Command::new("sudo") };
        if !is_root() {
            command.arg("apt-get");
        }
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        check(&mut command)
    };
    if !is_root() && !works("sudo", &["-n", "true"]) {
        bail!("please run `sudo apt-get install {}`, then run this again", packages.join(" "));
    }
    apt(&["update", "-qq"])?;
    apt(&[&["install", "-y", "-qq", "--no-install-recommends"], packages].concat())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn advice() -> &'static str {
    if cfg!(target_os = "macos") {
        "\n  xcode-select --install\n  brew install cmake nasm node"
    } else if cfg!(windows) {
        "\n  winget install Kitware.CMake NASM.NASM OpenJS.NodeJS.LTS Microsoft.VisualStudio.2022.BuildTools"
    } else {
        "\n  Fedora: dnf install gcc-c++ cmake nasm nodejs webkit2gtk4.1-devel librsvg2-devel clang-devel \
         pipewire-devel mesa-libgbm-devel libxcb-devel wayland-devel dbus-devel\n  \
         Arch: pacman -S base-devel cmake nasm nodejs npm webkit2gtk-4.1 librsvg clang pipewire libxcb wayland"
    }
}
