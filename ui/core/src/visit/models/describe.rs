//! Models and devices as a screen shows them.

use std::path::Path;
use std::sync::OnceLock;

use fs_err as fs;
use knytt_hub::{KNOWN, KnownModel, LocalModels, ModelOrigin, Purpose};
use knytt_models::{Bundle, Config, PrecisionBenchmark};
use knytt_ui_api::{MeasuredPrecision, ModelDevice, ModelEntry, ModelPurpose};

/// The name of the model inside the program.
pub(in crate::visit) const STARTER: &str = "starter";

/// The open catalogue's model.
pub(in crate::visit) struct CurrentModel {
    /// Its name.
    pub name: String,
    /// The folder of its bundle, or `starter`.
    pub place: Option<String>,
    /// Values of an embedding.
    pub dimension: u32,
    /// What was measured of it.
    pub measured: Option<PrecisionBenchmark>,
}

impl CurrentModel {
    fn is_at(&self, bundle: &Path) -> bool {
        self.place.as_deref().is_some_and(|place| Path::new(place) == bundle)
    }

    fn is_starter(&self) -> bool {
        self.place.as_deref() == Some(STARTER)
    }
}

/// The starter, the known models, and the others that are here; `measured` says what was measured of one by its name.
pub(in crate::visit) fn entries(
    local: &LocalModels,
    current: Option<&CurrentModel>,
    measured: impl Fn(&str) -> Option<PrecisionBenchmark>,
) -> Vec<ModelEntry> {
    let here = local.names();
    let names = KNOWN.iter().map(|known| known.name.to_owned());
    let names = names.chain(here.iter().filter(|name| !is_known(name)).cloned());
    let mut entries = vec![starter(current)];
    entries.extend(names.map(|name| {
        let known = KNOWN.iter().find(|known| known.name == name);
        let place = here.contains(&name).then(|| local.place(&name));
        of_bundle(&name, known, place.as_deref(), current)
    }));
    if let Some(current) = current.filter(|_| !entries.iter().any(|entry| entry.current)) {
        entries.push(elsewhere(current));
    }
    for entry in &mut entries {
        let of_current = || current.filter(|_| entry.current).and_then(|current| current.measured.clone());
        entry.precisions =
            measured(&entry.name).or_else(of_current).as_ref().map(precisions).unwrap_or_default();
    }
    entries
}

fn is_known(name: &str) -> bool {
    KNOWN.iter().any(|known| known.name == name)
}

fn starter(current: Option<&CurrentModel>) -> ModelEntry {
    static DIMENSION: OnceLock<Option<u32>> = OnceLock::new();
    let dimension = || u32::try_from(Bundle::starter().ok()?.dimension()).ok();
    ModelEntry {
        name: STARTER.into(),
        purpose: Some(ModelPurpose::Anything),
        languages: Some("en".into()),
        dimension: *DIMENSION.get_or_init(dimension),
        here: true,
        current: current.is_some_and(CurrentModel::is_starter),
        ..ModelEntry::default()
    }
}

/// A model of the user's folder, or one that could come there.
fn of_bundle(
    name: &str,
    known: Option<&KnownModel>,
    place: Option<&Path>,
    current: Option<&CurrentModel>,
) -> ModelEntry {
    let origin = place.and_then(ModelOrigin::read);
    let repository = origin.as_ref().map(|origin| origin.repository.clone());
    let license = known.map(|known| known.license).filter(|license| *license != "not stated");
    let is_current = place.zip(current).is_some_and(|(place, current)| current.is_at(place));
    let figures = known.and_then(|known| known.figures);
    ModelEntry {
        name: name.into(),
        repository: known.map(|known| known.repository.to_owned()).or(repository),
        purpose: known.map(|known| purpose(known.purpose)),
        languages: known.map(|known| known.languages.to_owned()),
        license: origin.and_then(|origin| origin.license).or_else(|| license.map(str::to_owned)),
        parameters_millions: known.map(|known| known.parameters_millions),
        dimension: known.map(|known| known.dimension).or_else(|| dimension_of(place?)),
        figures: figures.map(|figures| figures.text.to_owned()),
        figures_by: figures.map(|figures| figures.card.to_owned()),
        here: place.is_some(),
        current: is_current,
        removable: place.is_some() && !is_current,
        disk_bytes: place.map_or(0, bytes_of),
        ..ModelEntry::default()
    }
}

/// The open catalogue's model, where it lies neither inside the program nor in the user's folder.
fn elsewhere(current: &CurrentModel) -> ModelEntry {
    let bytes = current.place.as_deref().map(Path::new).map_or(0, bytes_of);
    let dimension = Some(current.dimension);
    let name = current.name.clone();
    ModelEntry { name, dimension, here: true, current: true, disk_bytes: bytes, ..ModelEntry::default() }
}

fn purpose(purpose: Purpose) -> ModelPurpose {
    match purpose {
        Purpose::Clothes => ModelPurpose::Clothes,
        Purpose::Anything => ModelPurpose::Anything,
        Purpose::Details => ModelPurpose::Details,
        Purpose::FastMachines => ModelPurpose::FastMachines,
        Purpose::Pictures => ModelPurpose::Pictures,
    }
}

fn dimension_of(bundle: &Path) -> Option<u32> {
    let config = Config::parse(&fs::read(bundle.join("config.json")).ok()?).ok()?;
    u32::try_from(config.projection_dim).ok()
}

fn bytes_of(bundle: &Path) -> u64 {
    let entries = fs::read_dir(bundle).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.metadata().ok()).map(|data| data.len()).sum()
}

fn precisions(benchmark: &PrecisionBenchmark) -> Vec<MeasuredPrecision> {
    let one = |measured: &knytt_models::Measured| MeasuredPrecision {
        precision: measured.precision.to_string(),
        image_ms: measured.image_ms,
        overlap: measured.overlap,
        chosen: measured.precision == benchmark.choice,
    };
    benchmark.measured.iter().map(one).collect()
}

/// Where this build can run a model. It loads the drivers of GPUs, which can take a second.
pub(in crate::visit) fn devices() -> Vec<ModelDevice> {
    let built = [(true, "cpu"), (cfg!(feature = "cuda"), "cuda"), (cfg!(feature = "metal"), "metal")];
    let named = built.into_iter().filter(|(here, _)| *here);
    let named =
        named.map(|(_, id)| ModelDevice { id: id.into(), name: None, backend: None, software: false });
    named.chain(gpus()).collect()
}

#[cfg(feature = "wgpu")]
fn gpus() -> Vec<ModelDevice> {
    let one = |adapter: knytt_models::Adapter| ModelDevice {
        id: format!("gpu:{}", adapter.number),
        software: adapter.is_software(),
        name: Some(adapter.name),
        backend: Some(adapter.backend.into()),
    };
    knytt_models::adapters().into_iter().map(one).collect()
}

#[cfg(not(feature = "wgpu"))]
fn gpus() -> Vec<ModelDevice> {
    Vec::new()
}
