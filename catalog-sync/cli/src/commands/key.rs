//! `knytt key init | rotate | renew | show | link`: what a retailer signs releases with.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, Subcommand};
use knytt_client::Cancel;
use knytt_publisher::{
    Error, Expiries, KeyDescription, KeyOptions, Keys, Passphrase, Role, Rotation, SigningCommand, init,
    terminal_code,
};
use knytt_wire::{CatalogLink, Hosts, LinkedRelease};
use serde::Serialize;

use crate::failure::Failure;
use crate::output::{self, Column};

/// `knytt key …`
#[derive(Debug, Args)]
pub struct KeyArgs {
    #[command(subcommand)]
    pub command: KeyCommand,
}

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make the keys of a new catalogue
    Init(InitArgs),
    /// Replace a key: routinely, or because it was lost or seen by others
    Rotate(RotateArgs),
    /// Name the hosts that products and feedback may lead to, so that a stolen key of the targets leads nobody
    /// elsewhere
    Hosts(HostsArgs),
    /// Make the root of trust last longer, with the same keys
    Renew(FolderArgs),
    /// Encrypt the keys' files with a passphrase, or with another one
    Encrypt(EncryptArgs),
    /// Show which keys are trusted, and which of them are here
    Show(ShowArgs),
    /// Print the link and the QR code by which a device adds the catalogue, with what is published now
    Link(LinkArgs),
}

/// `knytt key init`
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Folder for the keys: made when it is not there
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,

    /// How many root keys there are
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub root_keys: usize,

    /// How many of them must sign
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub threshold: usize,

    /// Folder for the root keys, such as a stick that is taken away [default: DIR/root]
    #[arg(long, value_name = "DIR")]
    pub root_dir: Option<PathBuf>,

    /// How many keys the targets have
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub targets_keys: usize,

    /// How many of them must sign each release
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub targets_threshold: usize,

    /// Host that products and feedback may lead to, with all below it; again for more [default: all]
    #[arg(long = "host", value_name = "HOST")]
    pub hosts: Vec<String>,

    #[command(flatten)]
    pub passphrase: PassphraseArgs,

    /// Days that the root lasts
    #[arg(long, value_name = "DAYS", default_value_t = Expiries::default().root_days, value_parser = days())]
    pub root_days: u32,

    /// Days that a signature of the targets lasts
    #[arg(long, value_name = "DAYS", default_value_t = Expiries::default().targets_days, value_parser = days())]
    pub targets_days: u32,

    /// Days that a signature of the snapshot lasts
    #[arg(long, value_name = "DAYS", default_value_t = Expiries::default().snapshot_days, value_parser = days())]
    pub snapshot_days: u32,

    /// Days that a signature of the timestamp lasts: publish or refresh more often than this
    #[arg(long, value_name = "DAYS", default_value_t = Expiries::default().timestamp_days, value_parser = days())]
    pub timestamp_days: u32,
}

/// Where the keys are.
#[derive(Debug, Args)]
pub struct FolderArgs {
    /// Folder of the keys
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,

    /// Folder of the root keys [default: DIR/root]
    #[arg(long, value_name = "DIR")]
    pub root_dir: Option<PathBuf>,

    #[command(flatten)]
    pub passphrase: PassphraseArgs,
}

impl FolderArgs {
    fn open(&self) -> Result<Keys> {
        Ok(open(&self.folder)?.with_passphrase(self.passphrase.read()?))
    }
}

/// What the keys' files are encrypted with. Never on the command line itself, which others on the machine
/// can read.
#[derive(Debug, Args)]
pub struct PassphraseArgs {
    /// File whose first line is the passphrase of the keys' files [default: KNYTT_KEY_PASSPHRASE, else the files
    /// lie open]
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

impl PassphraseArgs {
    /// The passphrase, if there is one.
    ///
    /// # Errors
    /// The file cannot be read, or the passphrase is too short.
    pub fn read(&self) -> Result<Option<Passphrase>> {
        if let Some(file) = &self.passphrase_file {
            return Ok(Some(Passphrase::read(file).map_err(explain)?));
        }
        let variable = std::env::var("KNYTT_KEY_PASSPHRASE").ok().filter(|text| !text.is_empty());
        variable.map(|text| Passphrase::new(&text)).transpose().map_err(explain)
    }
}

/// `knytt key encrypt`
#[derive(Debug, Args)]
pub struct EncryptArgs {
    #[command(flatten)]
    pub keys: FolderArgs,

    /// File whose first line is the passphrase from now on
    #[arg(long, value_name = "FILE", required_unless_present = "open")]
    pub new_passphrase_file: Option<PathBuf>,

    /// Leave the files open from now on
    #[arg(long, conflicts_with = "new_passphrase_file")]
    pub open: bool,
}

/// `knytt key hosts`
#[derive(Debug, Args)]
pub struct HostsArgs {
    #[command(flatten)]
    pub keys: FolderArgs,

    /// Host that products and feedback may lead to, with all below it; again for more [default: all]
    #[arg(long = "host", value_name = "HOST")]
    pub hosts: Vec<String>,
}

/// `knytt key rotate`
#[derive(Debug, Args)]
pub struct RotateArgs {
    #[command(flatten)]
    pub keys: FolderArgs,

    /// Whose key: root, targets, snapshot, timestamp
    #[arg(long, value_name = "ROLE")]
    pub role: Role,

    /// Root key to replace, by how its id begins; again for more [default: those that are not here]
    #[arg(long, value_name = "ID")]
    pub retire: Vec<String>,

    /// Program that signs with the new key, which is no file: a client of a key management service, a hardware key. It
    /// gets the bytes on standard input and answers with the signature
    #[arg(long, value_name = "PROGRAM", requires = "public_key")]
    pub key_command: Option<String>,

    /// Argument of that program; again for more
    #[arg(long, value_name = "ARG", requires = "key_command", allow_hyphen_values = true)]
    pub key_argument: Vec<String>,

    /// File with the public half of that key, PEM: Ed25519, ECDSA on P-256, or RSA for PSS with SHA-256
    #[arg(long, value_name = "FILE", requires = "key_command")]
    pub public_key: Option<PathBuf>,

    /// How long that program may take, in seconds
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub key_timeout_secs: u64,
}

impl RotateArgs {
    fn command(&self) -> Result<Option<SigningCommand>> {
        let (Some(program), Some(public_key)) = (&self.key_command, &self.public_key) else {
            return Ok(None);
        };
        let command = std::iter::once(program).chain(&self.key_argument).cloned().collect();
        let public_key = std::path::absolute(public_key)?;
        Ok(Some(SigningCommand { command, public_key, timeout_secs: self.key_timeout_secs }))
    }
}

/// `knytt key show`
#[derive(Debug, Args)]
pub struct ShowArgs {
    #[command(flatten)]
    pub keys: FolderArgs,

    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// `knytt key link`
#[derive(Debug, Args)]
pub struct LinkArgs {
    /// Folder of the keys
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,

    /// Address that devices fetch from: where metadata/ and targets/ are
    #[arg(value_name = "URL")]
    pub url: String,
}

/// The JSON of `knytt key show --json`. Names here are a promise.
#[derive(Serialize)]
struct Shown {
    /// SHA-256 of 1.root.json.
    fingerprint: String,
    root_version: u64,
    root_expires: String,
    /// Hosts that products and feedback may lead to; none for all.
    hosts: Vec<String>,
    keys: Vec<KeyDescription>,
}

/// Makes, changes or shows keys.
///
/// # Errors
/// The folder has no keys, has some already, or has too few of them.
pub fn run(args: &KeyArgs) -> Result<()> {
    match &args.command {
        KeyCommand::Init(args) => make(args),
        KeyCommand::Rotate(args) => rotate(args),
        KeyCommand::Hosts(args) => {
            let mut keys = args.keys.open()?;
            let hosts = hosts(&args.hosts)?;
            let rotation = keys.set_hosts(&hosts, args.keys.root_dir.as_deref()).map_err(explain)?;
            output::text(&changed(&keys, &rotation)?)
        }
        KeyCommand::Renew(args) => {
            let mut keys = args.open()?;
            let rotation = keys.renew(args.root_dir.as_deref()).map_err(explain)?;
            output::text(&changed(&keys, &rotation)?)
        }
        KeyCommand::Encrypt(args) => encrypt(args),
        KeyCommand::Show(args) => show(args),
        KeyCommand::Link(args) => link(args),
    }
}

/// Opens a folder of keys.
///
/// # Errors
/// There are none, or they are damaged; the hint says what to do.
pub fn open(folder: &Path) -> Result<Keys> {
    Keys::open(folder).map_err(explain)
}

/// Says what to do about a publisher's error, where there is something.
pub fn explain(error: Error) -> anyhow::Error {
    let hint = match &error {
        Error::NoKeys { path } => format!("make them: knytt key init {}", path.display()),
        Error::KeysExist { .. } => {
            "take another folder, or replace a key: knytt key rotate DIR --role ROLE".into()
        }
        Error::TooFewKeys { role: Role::Root, .. } => {
            "say --root-dir with the folder (the stick) of the root keys".into()
        }
        Error::RootExpired { .. } => "knytt key renew DIR --root-dir STICK, then publish".into(),
        Error::KeysBehind { version } => {
            format!("copy {version}.root.json here from where the keys were rotated")
        }
        Error::ForkedLog { .. } => {
            "if it was not you: knytt key rotate DIR --role targets; then knytt release number --set".into()
        }
        Error::Raced => "run the same command again".into(),
        Error::Model(_) => {
            "say --model with the bundle's folder, or --without-model if the apps have it".into()
        }
        Error::Untrusted(_) => "to send everything anew: knytt publish … --rebuild".into(),
        Error::NoPassphrase { .. } => "say --passphrase-file, or set KNYTT_KEY_PASSPHRASE".into(),
        Error::ForeignHost { .. } => {
            "correct the feed, or name the host: knytt key hosts DIR --root-dir STICK --host HOST …".into()
        }
        _ => return error.into(),
    };
    Failure::new(error.to_string()).hint(hint).into()
}

fn make(args: &InitArgs) -> Result<()> {
    let options = KeyOptions {
        root_keys: args.root_keys,
        threshold: args.threshold,
        root_dir: args.root_dir.clone(),
        targets_keys: args.targets_keys,
        targets_threshold: args.targets_threshold,
        hosts: hosts(&args.hosts)?,
        passphrase: args.passphrase.read()?,
        expiries: Expiries {
            root_days: args.root_days,
            targets_days: args.targets_days,
            snapshot_days: args.snapshot_days,
            timestamp_days: args.timestamp_days,
        },
    };
    let keys = init(&args.folder, &options).map_err(explain)?;
    let roots = args.root_dir.clone().unwrap_or_else(|| args.folder.join("root"));
    let mut text = String::new();
    writeln!(text, "keys in {}", args.folder.display())?;
    writeln!(text, "root keys in {}: take them away from here, and keep copies apart", roots.display())?;
    writeln!(text, "fingerprint {}", keys.fingerprint())?;
    writeln!(text, "next: knytt publish --catalog DIR --keys {} --to URL", args.folder.display())?;
    output::text(&text)
}

fn rotate(args: &RotateArgs) -> Result<()> {
    let mut keys = args.keys.open()?;
    let root_dir = args.keys.root_dir.as_deref();
    let rotation = match args.command()? {
        Some(command) => keys.rotate_to_command(args.role, root_dir, &args.retire, command),
        None => keys.rotate(args.role, root_dir, &args.retire),
    };
    let rotation = rotation.map_err(explain)?;
    output::text(&changed(&keys, &rotation)?)
}

fn encrypt(args: &EncryptArgs) -> Result<()> {
    let mut keys = args.keys.open()?;
    let new = args.new_passphrase_file.as_deref().map(Passphrase::read).transpose().map_err(explain)?;
    let how = if new.is_some() { "encrypted" } else { "open" };
    let files = keys.encrypt(new, args.keys.root_dir.as_deref()).map_err(explain)?;
    output::text(&format!("{} of keys: {how}\n", output::counted(files as u64, "file")))
}

fn changed(keys: &Keys, rotation: &Rotation) -> Result<String> {
    let mut text = String::new();
    rotation.retired.iter().try_for_each(|id| writeln!(text, "no more  {id}"))?;
    rotation.added.iter().try_for_each(|id| writeln!(text, "new      {id}"))?;
    writeln!(text, "{}.root.json lasts until {}", rotation.root_version, keys.root_expires())?;
    writeln!(text, "devices learn of it with the next knytt publish")?;
    Ok(text)
}

const KEYS: &[Column] = &[
    Column { head: "role", widest: 12, right: false },
    Column { head: "key", widest: 64, right: false },
    Column { head: "here", widest: 200, right: false },
];

fn show(args: &ShowArgs) -> Result<()> {
    let keys = open(&args.keys.folder)?;
    let shown = Shown {
        fingerprint: keys.fingerprint(),
        root_version: keys.root_version(),
        root_expires: keys.root_expires().to_string(),
        hosts: keys.hosts().names().to_vec(),
        keys: keys.describe(args.keys.root_dir.as_deref()).map_err(explain)?,
    };
    if args.json {
        return output::json(&shown);
    }
    let row = |key: &KeyDescription| {
        let here = key.file.as_ref().map_or_else(|| "no".into(), |file| file.display().to_string());
        vec![key.role.to_string(), key.id[..16.min(key.id.len())].into(), here]
    };
    let mut text = String::new();
    writeln!(text, "fingerprint {}", shown.fingerprint)?;
    writeln!(text, "{}.root.json lasts until {}\n", shown.root_version, shown.root_expires)?;
    text.push_str(&output::table(KEYS, &shown.keys.iter().map(row).collect::<Vec<_>>()));
    output::text(&text)
}

fn link(args: &LinkArgs) -> Result<()> {
    let keys = open(&args.folder)?;
    let mut link: CatalogLink = args.url.parse().map_err(|e| Failure::usage(format!("{}: {e}", args.url)))?;
    link.root = Some(keys.fingerprint());
    link.newest = None;
    match newest(&link) {
        Ok(newest) => link.newest = Some(newest),
        Err(error) => eprintln!(
            "the link names no release, so a new device takes any that the keys have signed: {error}"
        ),
    }
    let code = terminal_code(&link.to_string()).map_err(explain)?;
    output::text(&format!("{code}\n{link}\n"))
}

/// The newest release at the address, verified: a new device takes nothing older.
fn newest(link: &CatalogLink) -> Result<LinkedRelease> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let offer = runtime.block_on(knytt_client::offer(link, &Cancel::default()))?;
    Ok(LinkedRelease { catalog: offer.catalog, number: offer.release, published_ms: offer.published_ms })
}

fn hosts(names: &[String]) -> Result<Hosts> {
    Hosts::new(names).map_err(|error| Failure::usage(format!("--host: {error}")).into())
}

fn days() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..=3650)
}
