//! The files of `deploy/` fit the backend.

use std::collections::BTreeSet;
use std::path::Path;

use clap::{Args, Command};
use knytt_server::Settings;

use crate::fixture::{Answer, Backend, Kind, Records, settings};

fn file(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy");
    fs_err::read_to_string(folder.join(name)).unwrap()
}

/// The words of a text that begin with `start`.
fn words(text: &str, start: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words =
        text.split(|c| !is_part(c)).filter(|word| word.starts_with(start) && word.len() > start.len());
    words.map(str::to_owned).collect()
}

#[tokio::test]
async fn every_metric_of_the_dashboard_and_the_rules_exists() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let backend = Backend::start(Settings {
        follow: Some(vec!["shop".parse().unwrap()]),
        ..settings(&records, data.path())
    });
    let backend = backend.await;
    backend.get("/v1/none").await;
    let page: Answer = backend.get("/metrics").await;
    let mut known = words(&String::from_utf8(page.body).unwrap(), "knytt_");
    // A catalogue that is not there has no release; `replicas` has the test that one has.
    known.insert("knytt_search_release".into());
    for name in ["grafana/knytt.json", "prometheus/knytt.rules.yaml"] {
        let used = words(&file(name), "knytt_");
        assert!(used.len() > 3, "{name}: {used:?}");
        let unknown: Vec<_> = used.difference(&known).collect();
        assert!(unknown.is_empty(), "{name}: {unknown:?}");
    }
}

#[test]
fn every_setting_of_the_files_exists() {
    let command = Settings::augment_args(Command::new("serve"));
    let known = command.get_arguments().filter_map(|arg| arg.get_env()?.to_str().map(str::to_owned));
    let known: BTreeSet<_> = known.collect();
    for name in ["Dockerfile", "compose.yaml", "knytt.service", "kubernetes/knytt.yaml"] {
        let used = words(&file(name), "KNYTT_");
        assert!(!used.is_empty(), "{name}");
        let unknown: Vec<_> = used.difference(&known).collect();
        assert!(unknown.is_empty(), "{name}: {unknown:?}");
    }
}
