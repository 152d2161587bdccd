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
    fs_err::write(folder.path().join("phrase"), "correct horse battery\n").unwrap();
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

/// OpenSSL stands for a key management service.
#[cfg(unix)]
#[test]
fn a_program_signs_in_the_place_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| knytt(folder.path(), args, None);
    let openssl = |args: &[&str]| {
        let done =
            std::process::Command::new("openssl").args(args).current_dir(folder.path()).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    openssl(&["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "kms.pem"]);
    openssl(&["pkey", "-in", "kms.pem", "-pubout", "-out", "kms.pub.pem"]);
    done(&run(&["key", "init", "keys"]));
    let kms = folder.path().join("kms.pem");
    let sign = ["dgst", "-sha256", "-sign", kms.to_str().unwrap()]
        .map(|argument| format!("--key-argument={argument}"));
    let rotate = |more: &[&str]| {
        let sign = sign.each_ref().map(String::as_str);
        run(&[&["key", "rotate", "keys", "--role", "targets", "--key-command", "openssl"], more, &sign]
            .concat())
    };
    refused(&rotate(&[]));
    assert!(refused(&rotate(&["--public-key", "kms.pem"])).contains("PUBLIC KEY"));
    assert!(done(&rotate(&["--public-key", "kms.pub.pem"])).contains("2.root.json"));
    let shown: serde_json::Value =
        serde_json::from_str(&done(&run(&["key", "show", "keys", "--json"]))).unwrap();
    let keys = shown["keys"].as_array().unwrap();
    let targets = keys.iter().find(|key| key["role"] == "targets").unwrap();
    assert!(targets["file"].as_str().unwrap().ends_with(".toml"), "{targets}");
    // The program is gone: nothing takes its place by itself.
    fs_err::remove_file(&kms).unwrap();
    done(&run(&["key", "renew", "keys"]));
}
