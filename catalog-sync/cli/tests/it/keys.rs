//! Keys, their passphrase, links and release numbers, as the command line has them.

use std::path::Path;
use std::process::{Command, Output};

fn knytt(folder: &Path, args: &[&str], passphrase: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_knytt"));
    command.current_dir(folder).args(args).env_remove("KNYTT_KEY_PASSPHRASE").env_remove("KNYTT_API_KEY");
    if let Some(passphrase) = passphrase {
        command.env("KNYTT_KEY_PASSPHRASE", passphrase);
    }
    command.output().expect("knytt starts")
}

fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn refused(output: &Output) -> String {
    assert!(!output.status.success());
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_passphrase_comes_from_a_file_or_the_environment_and_new_keys_need_it_too() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str], passphrase| knytt(folder.path(), args, passphrase);
    std::fs::write(folder.path().join("phrase"), "correct horse battery\n").unwrap();
    done(&run(&["key", "init", "keys", "--host", "shop.example"], None));
    done(&run(&["key", "encrypt", "keys", "--new-passphrase-file", "phrase"], None));
    let rotate = ["key", "rotate", "keys", "--role", "targets"];
    let error = refused(&run(&rotate, None));
    assert!(error.contains("encrypted") && error.contains("KNYTT_KEY_PASSPHRASE"), "{error}");
    assert!(refused(&run(&rotate, Some("battery horse correct"))).contains("another one"));
    done(&run(&rotate, Some("correct horse battery")));
    done(&run(&["key", "renew", "keys", "--passphrase-file", "phrase"], None));
    done(&run(&["key", "hosts", "keys", "--host", "a.example"], Some("correct horse battery")));
    let shown: serde_json::Value =
        serde_json::from_str(&done(&run(&["key", "show", "keys", "--json"], None))).unwrap();
    assert_eq!((&shown["root_version"], &shown["hosts"][0]), (&4.into(), &"a.example".into()));
    assert!(refused(&run(&["key", "hosts", "keys", "--host", "https://a"], None)).contains("no host"));
}

#[test]
fn a_link_without_a_release_says_so_and_numbers_only_grow() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| knytt(folder.path(), args, None);
    done(&run(&["key", "init", "keys"]));
    let place = folder.path().join("nothing-here");
    let address = format!("file://{}/", place.display());
    let link = run(&["key", "link", "keys", &address]);
    assert!(done(&link).contains("knytt://catalog?url=") && !done(&link).contains("release="));
    assert!(String::from_utf8_lossy(&link.stderr).contains("names no release"));

    let number = |more: &[&str]| {
        run(&[&["release", "number", "--keys", "keys", "--to", "nothing-here"], more].concat())
    };
    assert!(done(&number(&[])).contains("published none, the next release is 1"));
    assert!(done(&number(&["--set", "41"])).contains("the next release is 42"));
    assert!(refused(&number(&["--set", "41"])).contains("41"));
    let json: serde_json::Value = serde_json::from_str(&done(&number(&["--json"]))).unwrap();
    assert_eq!(json["last"], 41);
}
