//! Keys that are no files: a program signs with them. Here it is OpenSSL.

use std::path::{Path, PathBuf};
use std::process::Command;

use knytt_publisher::{Error, KeyOptions, Keys, Role, SigningCommand, init};

use crate::device::{Device, Seen, run};
use crate::shop::{Shop, full, items};

/// A key of OpenSSL's, with a script that signs with it.
struct Outside {
    folder: tempfile::TempDir,
}

impl Outside {
    fn new(make: &[&str], sign: &str) -> Self {
        let outside = Self { folder: tempfile::tempdir().unwrap() };
        openssl(&[&["genpkey", "-out", &outside.path("key.pem")], make].concat());
        openssl(&["pkey", "-in", &outside.path("key.pem"), "-pubout", "-out", &outside.path("pub.pem")]);
        outside.script(&sign.replace("KEY", &outside.path("key.pem")));
        outside
    }

    fn ed25519() -> Self {
        // `pkeyutl` reads what it signs from a file.
        let sign =
            "m=$(mktemp) && cat > $m && openssl pkeyutl -sign -rawin -inkey KEY -in $m; s=$?; rm $m; exit $s";
        Self::new(&["-algorithm", "ed25519"], sign)
    }

    fn script(&self, lines: &str) {
        fs_err::write(self.path("sign.sh"), lines).unwrap();
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().into()
    }

    fn command(&self) -> SigningCommand {
        SigningCommand {
            command: vec!["sh".into(), self.path("sign.sh")],
            public_key: PathBuf::from(self.path("pub.pem")),
            timeout_secs: 30,
        }
    }
}

fn openssl(arguments: &[&str]) {
    let done = Command::new("openssl").args(arguments).output().expect("apt-get install openssl");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn first_root(shop: &Shop) -> Vec<u8> {
    fs_err::read(shop.folder.path().join("keys/1.root.json")).unwrap()
}

#[test]
fn a_program_signs_releases_and_devices_follow() {
    let ecdsa = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
    let rsa = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
    let pss = "openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -sign KEY";
    for outside in
        [Outside::ed25519(), Outside::new(&ecdsa, "openssl dgst -sha256 -sign KEY"), Outside::new(&rsa, pss)]
    {
        let mut shop = Shop::new();
        shop.set(&items(0, 5));
        shop.publish(&full());
        let rotation = shop.keys.rotate_to_command(Role::Targets, None, &[], outside.command()).unwrap();
        assert_eq!((rotation.added.len(), rotation.retired.len()), (1, 1));
        let described = shop.keys.describe(None).unwrap();
        let key = described.iter().find(|key| key.role == Role::Targets).unwrap();
        assert_eq!(key.file.as_ref().and_then(|file| file.extension()).unwrap(), "toml");
        // The folder is read again as another process would.
        shop.keys = Keys::open(shop.keys.folder()).unwrap();
        shop.set(&items(1, 5));
        shop.publish(&full());
        let seen = run(Seen::at(&shop.site(), &first_root(&shop))).unwrap();
        assert_eq!(seen.release.number, 2);
        run(Device::default().install(&seen));
    }
}

#[test]
fn a_program_signs_with_a_key_of_the_root() {
    let outside = Outside::ed25519();
    let mut shop = Shop::new();
    shop.set(&items(0, 5));
    shop.publish(&full());
    let roots = shop.keys.describe(None).unwrap();
    let root = roots.iter().find(|key| key.role == Role::Root).unwrap().id.clone();
    shop.keys.rotate_to_command(Role::Root, None, std::slice::from_ref(&root), outside.command()).unwrap();
    // The key that it replaced and one of the others are away: two of three must sign, so the program must.
    let others: Vec<_> = roots.iter().filter(|key| key.role == Role::Root).collect();
    for key in &others[..2] {
        fs_err::remove_file(key.file.as_ref().unwrap()).unwrap();
    }
    shop.keys.renew(None).unwrap();
    shop.set(&items(1, 5));
    shop.publish(&full());
    assert_eq!(run(Seen::at(&shop.site(), &first_root(&shop))).unwrap().release.number, 2);
    outside.script("exit 7");
    assert!(matches!(shop.keys.renew(None), Err(Error::KeyCommand { .. })));
}

fn reason(keys: &mut Keys, command: SigningCommand) -> String {
    let before = keys.root_version();
    let error = keys.rotate_to_command(Role::Targets, None, &[], command).unwrap_err();
    assert_eq!(keys.root_version(), before, "nothing trusts a key that does not sign");
    error.to_string()
}

#[test]
fn a_program_that_does_not_sign_is_named_with_what_it_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut keys = init(&folder.path().join("keys"), &KeyOptions::default()).unwrap();
    let (outside, other) = (Outside::ed25519(), Outside::ed25519());
    let missing = SigningCommand { command: vec!["/no/such/program".into()], ..outside.command() };
    assert!(reason(&mut keys, missing).contains("does not start"));
    let foreign = SigningCommand { public_key: other.path("pub.pem").into(), ..outside.command() };
    assert!(reason(&mut keys, foreign).contains("is no signature of the public key"));
    let private = SigningCommand { public_key: other.path("key.pem").into(), ..outside.command() };
    assert!(reason(&mut keys, private).contains("expected PEM of a PUBLIC KEY"));
    outside.script("echo the token is locked >&2; exit 3");
    let said = reason(&mut keys, outside.command());
    assert!(said.contains("the token is locked") && said.contains("sign.sh"), "{said}");
    outside.script("head -c 1000000 /dev/zero");
    assert!(reason(&mut keys, outside.command()).contains("ended with"));
    outside.script("exec sleep 600");
    let slow = SigningCommand { timeout_secs: 1, ..outside.command() };
    assert!(reason(&mut keys, slow).contains("longer than 1 s"));
    // The keys that were there go on.
    keys.rotate(Role::Targets, None, &[]).unwrap();
}

#[test]
fn an_entry_that_a_person_wrote_is_read_and_a_wrong_one_is_named() {
    let outside = Outside::ed25519();
    let mut shop = Shop::new();
    shop.set(&items(0, 5));
    shop.keys.rotate_to_command(Role::Targets, None, &[], outside.command()).unwrap();
    let entry = |keys: &Keys| {
        let described = keys.describe(None).unwrap();
        described.into_iter().find(|key| key.role == Role::Targets).unwrap().file.unwrap()
    };
    let file = entry(&shop.keys);
    fs_err::copy(outside.path("pub.pem"), beside(&file, "targets.pub")).unwrap();
    let text = format!("command = [\"sh\", {:?}]\npublic_key = \"targets.pub\"\n", outside.path("sign.sh"));
    fs_err::write(&file, text).unwrap();
    shop.publish(&full());
    fs_err::write(&file, "command = []\npublic_key = \"targets.pub\"\nsecret = 1\n").unwrap();
    let error = shop
        .keys
        .renew(None)
        .map(drop)
        .and_then(|()| knytt_publisher::refresh(&shop.keys, &shop.depot()).map(drop));
    let error = error.unwrap_err();
    assert!(matches!(&error, Error::BadKeyEntry { path, .. } if *path == file), "{error}");
}

fn beside(file: &Path, name: &str) -> PathBuf {
    file.with_file_name(name)
}
