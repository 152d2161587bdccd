//! Which model a command runs, and where a catalogue's own model lies.

use std::path::{Path, PathBuf};

use anyhow::Result;
use knytt_engine::{Catalog, Origin};
use knytt_models::{Bundle, Encoder, Fingerprint, Options, user_models};

use crate::failure::Failure;

/// What stands for the bundle inside the program.
const STARTER: &str = "starter";

/// Where a bundle comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// Inside the program.
    Starter,
    /// A folder.
    Folder(PathBuf),
}

impl Location {
    /// What a person typed: `starter` is the embedded bundle unless there is a folder of that name given as a path. A
    /// name that is no folder here is one of the user's models.
    pub fn of(path: &Path) -> Self {
        if path == Path::new(STARTER) {
            return Self::Starter;
        }
        let is_name = path.components().count() == 1 && !path.is_dir();
        let kept = is_name.then(user_models).flatten().map(|models| models.join(path));
        Self::Folder(kept.filter(|folder| folder.is_dir()).unwrap_or_else(|| path.to_owned()))
    }

    /// Reads and checks the bundle.
    ///
    /// # Errors
    /// The folder is not there or is no bundle.
    pub fn open(&self) -> Result<Bundle> {
        let Self::Folder(folder) = self else { return Ok(Bundle::starter()?) };
        if !folder.is_dir() {
            return Err(Failure::new(format!("there is no model bundle at {}", folder.display()))
                .hint("`knytt model get NAME` fetches one, `knytt model convert` makes one of other layouts")
                .into());
        }
        Ok(Bundle::open(folder)?)
    }

    /// How the catalogue remembers it: a folder by its full path.
    pub fn remembered(&self) -> String {
        match self {
            Self::Starter => STARTER.into(),
            Self::Folder(folder) => {
                std::path::absolute(folder).unwrap_or_else(|_| folder.clone()).to_string_lossy().into_owned()
            }
        }
    }
}

/// The model that made a catalogue, as the catalogue remembers it.
pub struct Maker<'a> {
    pub name: &'a str,
    pub fingerprint: &'a Fingerprint,
    /// Where it was, the last time it was used.
    pub location: Option<&'a str>,
}

impl Maker<'_> {
    /// The bundle to query with: the one asked for, else the one that made the catalogue.
    ///
    /// # Errors
    /// It cannot be opened, or is another model than the catalogue's.
    pub fn bundle(&self, asked: Option<&Path>) -> Result<Bundle> {
        let location = match (asked, self.location) {
            (Some(asked), _) => Location::of(asked),
            (None, Some(remembered)) => Location::of(Path::new(remembered)),
            (None, None) => Location::Starter,
        };
        let bundle = location.open().map_err(|error| self.explain(error, asked))?;
        if bundle.fingerprint() == self.fingerprint {
            return Ok(bundle);
        }
        Err(Failure::new(format!(
            "the catalogue was made by the model {} ({}), and this is {} ({})",
            self.name,
            self.fingerprint.short(),
            bundle.name(),
            bundle.fingerprint().short()
        ))
        .hint(format!("say --model with the folder of {}", self.name))
        .into())
    }

    fn explain(&self, error: anyhow::Error, asked: Option<&Path>) -> anyhow::Error {
        match asked {
            Some(_) => error,
            None => Failure::new(format!("the catalogue's model {} is not where it was: {error}", self.name))
                .hint("say --model with its folder")
                .into(),
        }
    }
}

/// Starts the model that made the catalogue in `folder`, or the one asked for if it is the same.
///
/// # Errors
/// It cannot be opened, is another model than the catalogue's, or does not start.
pub fn of_catalog(
    catalog: &Catalog,
    folder: &Path,
    asked: Option<&Path>,
    options: &Options,
) -> Result<Encoder> {
    let (info, note) = (catalog.info()?, Origin::read(folder));
    let maker =
        Maker { name: &info.model_name, fingerprint: &info.fingerprint, location: note.model.as_deref() };
    start(maker.bundle(asked)?, options)
}

/// Says that a safety gate judges without the classifier that its catalogue asks for.
pub fn tell_of_missing_classifier(name: &str) {
    eprintln!(
        "note: the catalogue asks for the safety classifier {name}, which is not here: pictures are not judged by it \
        (`knytt model get` takes one)"
    );
}

/// Says so if the device has failed and the model runs on the processor.
pub fn tell_of_its_device(encoder: &Encoder) {
    if let Some(notice) = encoder.notice() {
        eprintln!("note: {notice}");
    }
}

/// Starts the model.
///
/// # Errors
/// The device is missing or the weights do not fit.
pub fn start(bundle: Bundle, options: &Options) -> Result<Encoder> {
    Encoder::start_with(bundle, options).map_err(|error| match error {
        knytt_models::Error::Device { .. } => {
            Failure::new(error.to_string()).hint("leave --device out to run on the CPU").into()
        }
        other => other.into(),
    })
}
