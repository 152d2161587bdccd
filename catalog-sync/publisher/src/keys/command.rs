//! A key that is no file: a program signs with it, such as the client of a key management service or of a hardware
//! key.
//!
//! A small TOML file stands in the place of the private key:
//!
//! ```toml
//! command = ["/usr/local/bin/sign-with-kms", "alias/knytt-targets"]
//! public_key = "targets.pub.pem"   # in the same folder, or an absolute path
//! timeout_secs = 60
//! ```

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use serde::Deserialize;
use tough::schema::key::Key;

use super::hex::hex;
use crate::{Error, Result};

/// How long a program may take by default: a person may have to touch the key.
const TIMEOUT_SECS: u64 = 60;

/// The longest signature, and the longest message of a program that fails, in bytes.
const LONGEST_ANSWER: u64 = 16 << 10;

/// What comes before the 32 bytes of an Ed25519 key in the DER of its `PUBLIC KEY`.
const ED25519_SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// How a program signs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningCommand {
    /// The program and its arguments. It gets the bytes to be signed on its standard input and writes the signature,
    /// and nothing else, to its standard output: 64 bytes for Ed25519, DER for ECDSA on P-256 with SHA-256, the plain
    /// signature for RSA-PSS with SHA-256.
    pub command: Vec<String>,
    /// The file with the public key, PEM of a `PUBLIC KEY`. A relative path is relative to the entry's folder.
    pub public_key: PathBuf,
    /// How long the program may take, in seconds.
    #[serde(default = "default_timeout_secs")]
    pub timeout_secs: u64,
}

fn default_timeout_secs() -> u64 {
    TIMEOUT_SECS
}

/// A key whose private half is behind a program.
#[derive(Debug)]
pub(crate) struct CommandKey {
    entry: SigningCommand,
    public: Key,
}

impl CommandKey {
    /// Reads an entry and its public key.
    ///
    /// # Errors
    /// [`Error::BadKeyEntry`] with the file that is wrong.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bad = |reason: String| Error::BadKeyEntry { path: path.to_owned(), reason };
        let text = fs_err::read_to_string(path)?;
        let entry: SigningCommand = toml::from_str(&text).map_err(|e| bad(e.to_string()))?;
        Self::of(entry, path.parent().unwrap_or(Path::new(".")))
    }

    /// `folder`: what a relative path of the public key is relative to.
    pub(crate) fn of(entry: SigningCommand, folder: &Path) -> Result<Self> {
        let path = folder.join(&entry.public_key);
        let bad = |reason: &str| Error::BadKeyEntry { path: path.clone(), reason: reason.into() };
        if entry.command.is_empty() || entry.timeout_secs == 0 {
            return Err(bad("its entry has no command, or no time for it"));
        }
        let text = fs_err::read_to_string(&path)?;
        let public = public_key(&text).ok_or_else(|| {
            bad("expected PEM of a PUBLIC KEY: Ed25519, ECDSA on P-256, or RSA of 2,048 bits or more")
        })?;
        Ok(Self { entry, public })
    }

    pub(crate) fn public(&self) -> &Key {
        &self.public
    }

    /// The entry's file.
    pub(crate) fn to_toml(&self) -> Result<String> {
        // Texts of JSON are texts of TOML.
        let SigningCommand { command, public_key, timeout_secs } = &self.entry;
        let (command, public_key) = (serde_json::to_string(command)?, serde_json::to_string(public_key)?);
        Ok(format!("command = {command}\npublic_key = {public_key}\ntimeout_secs = {timeout_secs}\n"))
    }

    /// Has the program sign.
    ///
    /// # Errors
    /// [`Error::KeyCommand`] if it cannot be started, fails, takes too long, or its signature is not one of the key.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let signature = self.run(message).map_err(|reason| self.failed(reason))?;
        if verifies(&self.public, message, &signature) {
            return Ok(signature);
        }
        let bytes = signature.len();
        Err(self.failed(format!("its answer of {bytes} bytes is no signature of the public key")))
    }

    fn failed(&self, reason: String) -> Error {
        Error::KeyCommand { command: self.entry.command.join(" "), reason }
    }

    fn run(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        let (program, arguments) = self.entry.command.split_first().ok_or("it is empty")?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("it does not start: {error}"))?;
        let done = self.talk(&mut child, message);
        // One that has ended is not there any more; one that goes on must not.
        let _ = child.kill();
        let status = child.wait().map_err(|error| error.to_string())?;
        let (signature, said) = done?;
        if status.success() {
            return Ok(signature);
        }
        let said = String::from_utf8_lossy(&said);
        Err(format!("it ended with {status}: {}", said.trim()))
    }

    /// What it writes to its standard output and its standard error until it has ended.
    fn talk(&self, child: &mut Child, message: &[u8]) -> Result<(Vec<u8>, Vec<u8>), String> {
        let no_pipe = "it has no pipes";
        let mut input = child.stdin.take().ok_or(no_pipe)?;
        let (answer, said) = (child.stdout.take().ok_or(no_pipe)?, child.stderr.take().ok_or(no_pipe)?);
        let message = message.to_vec();
        // A program that reads nothing fails by its answer.
        std::thread::spawn(move || drop(input.write_all(&message)));
        let (answer, said) = (reading(answer), reading(said));
        let limit = Duration::from_secs(self.entry.timeout_secs);
        let started = std::time::Instant::now();
        let wait = |from: mpsc::Receiver<Vec<u8>>| {
            let left = limit.saturating_sub(started.elapsed());
            from.recv_timeout(left).map_err(|_| format!("it took longer than {} s", limit.as_secs()))
        };
        let done = (wait(answer)?, wait(said)?);
        while child.try_wait().map_err(|error| error.to_string())?.is_none() {
            if started.elapsed() >= limit {
                return Err(format!("it took longer than {} s", limit.as_secs()));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(done)
    }
}

/// Reads a pipe to its end on a thread of its own: what a program that was ended has started may hold it open.
fn reading(pipe: impl Read + Send + 'static) -> mpsc::Receiver<Vec<u8>> {
    let (done, read) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.take(LONGEST_ANSWER).read_to_end(&mut bytes);
        let _ = done.send(bytes);
    });
    read
}

/// The public key in PEM.
fn public_key(text: &str) -> Option<Key> {
    let text = text.trim();
    let ed25519 = || {
        let file = pem::parse(text).ok()?;
        let raw = file.contents().strip_prefix(&ED25519_SPKI).filter(|raw| raw.len() == 32)?;
        (file.tag() == "PUBLIC KEY").then(|| hex(raw).parse().ok())?
    };
    ed25519().or_else(|| pem::parse(text).ok().and_then(|_| text.parse().ok()))
}

fn verifies(key: &Key, message: &[u8], signature: &[u8]) -> bool {
    let (algorithm, public): (&'static dyn VerificationAlgorithm, &[u8]) = match key {
        Key::Ed25519 { keyval, .. } => (&ED25519, &keyval.public),
        Key::Ecdsa { keyval, .. } | Key::EcdsaOld { keyval, .. } => (&ECDSA_P256_SHA256_ASN1, &keyval.public),
        Key::Rsa { keyval, .. } => (&RSA_PSS_2048_8192_SHA256, &keyval.public),
    };
    UnparsedPublicKey::new(algorithm, public).verify(message, signature).is_ok()
}
