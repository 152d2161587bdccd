//! From a name to a searchable shop: `knytt model` against a hub that the test starts.
#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::Value;

/// The hub that the client's own tests use.
#[path = "../../../../models/hub/tests/it/server.rs"]
mod server;

use self::server::{COMMIT, Server};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/tests/golden").join(name)
}

/// A user's folders, and the hub that their environment names.
struct User {
    home: tempfile::TempDir,
    endpoint: String,
}

impl User {
    fn of(server: &Server) -> Self {
        Self { home: tempfile::tempdir().unwrap(), endpoint: server.endpoint() }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_knytt"));
        command.args(args).current_dir(self.home.path()).env("HF_ENDPOINT", &self.endpoint);
        command
            .env("HF_HOME", self.home.path().join("hf"))
            .env("KNYTT_MODELS", self.home.path().join("models"));
        for inherited in ["HF_TOKEN", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "HTTP_PROXY", "http_proxy"] {
            command.env_remove(inherited);
        }
        command
    }

    async fn run(&self, args: &[&str]) -> Output {
        let mut command = self.command(args);
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }

    #[track_caller]
    fn json(output: &Output) -> Value {
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_becomes_a_searchable_shop_for_each_layout() {
    for layout in [
        "gelu",
        "archive",
        "open-clip",
        "siglip",
        "siglip2",
        "open-clip-siglip",
        "open-clip-siglip2",
        "dinov2",
    ] {
        let server = Server::start(&golden(layout)).await;
        let user = User::of(&server);
        let got = User::json(&user.run(&["model", "get", "hf:shop/model", "--json"]).await);
        assert_eq!(got["origin"]["commit"], COMMIT, "{layout}");
        assert_eq!(got["origin"]["license"], "mit");
        let pictures = golden("pictures");
        let build = ["build", pictures.to_str().unwrap(), "--catalog", "shop", "--model", "model", "--json"];
        let built = user.run(&build).await;
        assert!(built.status.success(), "{built:?}");
        let query = golden("pictures/landscape.jpg");
        let search = ["search", "--catalog", "shop", "--image", query.to_str().unwrap(), "--json"];
        let found = User::json(&user.run(&search).await);
        assert_eq!(found["hits"][0]["product"]["image"], "landscape.jpg", "{layout}");
        // Asked again, it is there; by the same name, another model is not put over it.
        let again = user.run(&["model", "get", "shop/model", "--json"]).await;
        assert_eq!(User::json(&again)["fetched_bytes"], 0, "{layout}");
        let listed = User::json(&user.run(&["model", "list", "--json"]).await);
        assert_eq!(listed["here"][0], "model");
        assert!(user.run(&["model", "remove", "model"]).await.status.success());
        assert!(!user.home.path().join("models/model").exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_of_a_model_of_pictures_only_is_searched_by_words_in_its_texts() {
    let server = Server::start(&golden("dinov2")).await;
    let user = User::of(&server);
    User::json(&user.run(&["model", "get", "hf:shop/model", "--json"]).await);
    let verified = User::json(&user.run(&["model", "verify", "model", "--json"]).await);
    assert!(verified.get("text_ms").is_none() && verified["image_ms"].is_number(), "{verified}");
    let pictures = golden("pictures");
    let build = ["build", pictures.to_str().unwrap(), "--catalog", "shop", "--model", "model"];
    let kinds = user.run(&[&build[..], &["--kind", "dress"]].concat()).await;
    assert_eq!(kinds.status.code(), Some(2), "{kinds:?}");
    assert!(String::from_utf8_lossy(&kinds.stderr).contains("knows pictures only"), "{kinds:?}");
    assert!(user.run(&build).await.status.success());
    let found = user.run(&["search", "--catalog", "shop", "--text", "landscape", "--json"]).await;
    assert!(String::from_utf8_lossy(&found.stderr).contains("words are searched in the texts"), "{found:?}");
    let found = User::json(&found);
    assert_eq!(found["hits"][0]["product"]["image"], "landscape.jpg");
    let nothing = user.run(&["search", "--catalog", "shop", "--text", "zeppelin"]).await;
    assert!(String::from_utf8_lossy(&nothing.stdout).contains("No product's texts"), "{nothing:?}");
}

/// The weights are random: which pictures are refused follows from the reference's scores alone, of which two are above
/// .38 (`models/tests/golden/safety/scores.json`).
#[tokio::test(flavor = "multi_thread")]
async fn a_classifier_is_got_like_a_model_and_refuses_pictures_where_it_is() {
    let server = Server::start(&golden("safety")).await;
    let user = User::of(&server);
    let said = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
    let got = user.run(&["model", "get", "hf:shop/model"]).await;
    assert!(String::from_utf8_lossy(&got.stdout).contains("safety classifier"), "{got:?}");
    let listed = User::json(&user.run(&["model", "list", "--json"]).await);
    assert_eq!(
        (&listed["safety"][0]["license"], &listed["here"]),
        (&"CC0-1.0".into(), &serde_json::json!([]))
    );
    let (pictures, grey) = (golden("pictures"), golden("pictures/grey.jpg"));
    let (pictures, grey) = (pictures.to_str().unwrap(), grey.to_str().unwrap());
    let judged =
        User::json(&user.run(&["model", "judge", pictures, "--safety", "model=0.38", "--json"]).await);
    assert_eq!((&judged["rows"][0]["pictures"], &judged["rows"][0]["refused"]), (&12.into(), &2.into()));
    let build = ["build", pictures, "--catalog", "shop", "--json"];
    let search = ["search", "--catalog", "shop", "--image", grey];
    assert_eq!(User::json(&user.run(&build).await)["products"], 12);
    assert!(user.run(&search).await.status.success());
    // What was there before is judged, too; what was refused stays refused.
    for safety in [&["--safety", "model=0.38"][..], &[]] {
        let built = user.run(&[&build[..], safety].concat()).await;
        assert_eq!(User::json(&built)["products"], 10, "{built:?}");
    }
    assert!(said(&user.run(&search).await).contains("refuses the picture"));
    // A device without it goes on, and says so once.
    assert!(user.run(&["model", "remove", "model"]).await.status.success());
    let inspected = user.run(&["inspect", "--catalog", "shop"]).await;
    assert!(String::from_utf8_lossy(&inspected.stdout).contains("it is not on this device"), "{inspected:?}");
    let found = user.run(&search).await;
    assert!(
        found.status.success() && said(&found).contains("classifier model, which is not here"),
        "{found:?}"
    );
    let built = user.run(&build).await;
    assert_eq!(said(&built).matches("which is not here").count(), 1, "{built:?}");
    assert_eq!(User::json(&built)["products"], 12);
    let unknown = user.run(&[&build[..], &["--safety", "model"]].concat()).await;
    assert!(said(&unknown).contains("nor a safety classifier that is here"), "{unknown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_get_that_is_killed_leaves_no_half_bundle_and_goes_on() {
    let server = Server::start(&golden("gelu")).await;
    let user = User::of(&server);
    let mut killed = 0;
    for round in 0..20_u64 {
        let mut command = user.command(&["model", "get", "hf:shop/model"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(15 + round * 7 % 60)).await;
        let _ = child.kill();
        killed += u32::from(!child.wait().unwrap().success());
        let bundle = user.home.path().join("models/model");
        if bundle.exists() {
            assert!(user.run(&["model", "verify", "model"]).await.status.success(), "round {round}");
        }
    }
    assert!(killed > 0, "none was killed");
    User::json(&user.run(&["model", "get", "hf:shop/model", "--json"]).await);
    assert!(user.run(&["model", "verify", "model"]).await.status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_got_says_why_and_what_to_do() {
    let server = Server::start(&golden("gelu")).await;
    let user = User::of(&server);
    for (model, code, said) in [
        ("no such model", 2, "knytt model list"),
        ("hf:shop/model@v9", 1, "HF_TOKEN"),
        ("hf:shop/model", 1, "hf_open"),
    ] {
        *server.repository.token.lock().unwrap() = (said == "hf_open").then(|| "hf_open".into());
        let output = user.run(&["model", "get", model]).await;
        assert_eq!(output.status.code(), Some(code), "{model}: {output:?}");
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(text.contains(if said == "hf_open" { "agreement" } else { said }), "{text}");
    }
    *server.repository.token.lock().unwrap() = None;
    *server.repository.license.lock().unwrap() = "cc-by-nc-4.0".into();
    let refused = user.run(&["model", "get", "hf:shop/model"]).await;
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--accept-license"), "{refused:?}");
    assert_eq!(server.repository.sent.load(Ordering::Relaxed), 0, "nothing came before it was accepted");
    assert!(user.run(&["model", "get", "hf:shop/model", "--accept-license"]).await.status.success());
}
