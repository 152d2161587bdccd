//! A kiosk in a window and the server of its shop: heartbeats reach the report, signed orders reach the kiosk.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::backend::Backend;
use crate::command::{self, build, json, knytt};
use crate::shop::Shop;

/// How long what the kiosk does may take: a busy machine is slow.
const PATIENCE: Duration = Duration::from_secs(120);

/// Ends with the test, whatever becomes of it.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A virtual display, and its name; none where there is no Xvfb.
fn display(runtime: &Path) -> Option<(Ends, String)> {
    let mut command = Command::new("Xvfb");
    command.args(["-displayfd", "1", "-screen", "0", "720x1280x24", "-nolisten", "tcp"]);
    command.env("XDG_RUNTIME_DIR", runtime).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut server = Ends(command.spawn().ok()?);
    let mut number = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut number).unwrap();
    Some((server, format!(":{}", number.trim())))
}

/// A kiosk that follows no link, and sends a heartbeat each second.
fn kiosk(shop: &Shop, backend: &Backend, orders: &str, display: &str) -> Ends {
    let create = ["api-key", "create", "--catalog", "catalog", "--scope", "search"];
    let key = json(&[&create[..], &backend.records()].concat());
    let document = format!(
        "catalog = {:?}\n{orders}heartbeat = {{ address = \"http://{}/api/v1/kiosks/alive\", key = {}, name = \"door\", \
         seconds = 1 }}\n",
        shop.arg("catalog"),
        backend.address,
        key["token"],
    );
    let file = shop.arg("kiosk.toml");
    fs_err::write(&file, document).unwrap();
    let program = std::env::var_os("KNYTT_KIOSK_BIN").map(Into::into);
    let program = program.unwrap_or_else(|| build("knytt-kiosk", "knytt-kiosk"));
    let mut command = Command::new(program);
    command.args(["--supervise", "--window", "720x1280", "--settings", &file]);
    command.env("DISPLAY", display).env_remove("WAYLAND_DISPLAY").env("XDG_RUNTIME_DIR", shop.arg(""));
    Ends(command.env("NO_PROXY", "127.0.0.1").stderr(Stdio::null()).spawn().unwrap())
}

/// Waits until the report says something of the kiosk.
fn until(backend: &Backend, what: &str, holds: impl Fn(&Value) -> bool) {
    let begun = Instant::now();
    loop {
        let kiosks = json(&[&["report", "kiosks"][..], &backend.records()].concat());
        if kiosks.get(0).is_some_and(&holds) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{what}: {kiosks}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The same of the admin's route.
fn of_route(backend: &Backend) -> Value {
    let create = ["api-key", "create", "--catalog", "*", "--scope", "admin"];
    let key = json(&[&create[..], &backend.records()].concat())["token"].as_str().unwrap().to_owned();
    let mut stream = TcpStream::connect(&backend.address).unwrap();
    let head = format!(
        "GET /api/v1/admin/kiosks HTTP/1.1\r\nHost: knytt\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    let body = body.get(body.find('[').unwrap()..=body.rfind(']').unwrap()).unwrap();
    serde_json::from_str(body).unwrap()
}

fn order(backend: &Backend, args: &[&str]) {
    let run = command::Run::from(knytt(&[args, &backend.records()].concat()).output().unwrap());
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn a_kiosk_says_how_it_is_and_obeys_what_its_shop_signed() {
    let shop = Shop::new(6);
    shop.build("feed.csv");
    let Some((_display, display)) = display(Path::new(&shop.arg(""))) else {
        eprintln!("left out: there is no Xvfb here");
        return;
    };
    let (key, other) = (shop.arg("orders.pem"), shop.arg("other.pem"));
    let orders = command::run(&["kiosk", "key", &key]).stdout;
    assert_eq!(command::run(&["kiosk", "key", &other]).code, Some(0));
    let backend = Backend::start(shop.arg("backend"), &["--event-catalogs", "catalog"]);
    let _kiosk = kiosk(&shop, &backend, &orders, &display);

    until(&backend, "its products are there", |kiosk| kiosk["state"]["products"] == 6);
    until(&backend, "its frames are counted", |kiosk| kiosk["state"]["framesPerSecond"].as_f64() > Some(0.0));
    let kiosk = &of_route(&backend)[0];
    assert_eq!((&kiosk["name"], &kiosk["state"]["camera"]), (&"door".into(), &"off".into()));
    let table = command::run(&["report", "kiosks", "--data", backend.records()[1]]).stdout;
    assert!(table.contains("door") && table.contains("off"), "{table}");

    order(&backend, &["kiosk", "restart", "door", "--key", &other]);
    until(&backend, "what another key signed is refused", |kiosk| kiosk["order"]["became"] == "refused");
    let unknown = command::Run::from(
        knytt(&[&["kiosk", "restart", "gate", "--key", &key][..], &backend.records()].concat())
            .output()
            .unwrap(),
    );
    assert!(unknown.code == Some(1) && unknown.stderr.contains("door"), "{unknown:?}");

    let settings = shop.arg("more.toml");
    fs_err::write(&settings, "store = \"S7\"\n").unwrap();
    order(&backend, &["kiosk", "settings", "door", &settings, "--key", &key]);
    until(&backend, "the settings are obeyed after a restart", |kiosk| {
        kiosk["order"]["became"] == "obeyed" && kiosk["store"] == "S7" && kiosk["state"]["products"] == 6
    });
}
