//! Models: those that are known and those on this device, where they run, and the work that is done on them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ModelSummary, Problem};

/// What the settings show of models and devices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ModelList {
    /// Those that are known and those that are here: the starter, then the known ones, then others by name.
    pub models: Vec<ModelEntry>,
    /// The open catalogue's model, and where it runs now.
    pub model: Option<ModelSummary>,
    /// Where a model can run.
    pub devices: Vec<ModelDevice>,
    /// What is done now.
    pub work: Option<ModelWork>,
    /// A re-embedding of the open catalogue that was stopped before its end.
    pub unfinished: Option<UnfinishedReembedding>,
    /// The open catalogue's model can be changed here. It cannot where there is none, or where a shop publishes the
    /// vectors with the catalogue.
    pub changeable: bool,
}

/// A model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ModelEntry {
    /// Its name, which is what it is asked for by.
    pub name: String,
    /// Where it is published; `None` if it is not one of the known ones.
    pub repository: Option<String>,
    /// What it is good for.
    pub purpose: Option<ModelPurpose>,
    /// The languages of its words: codes of ISO 639-1, or `many`.
    pub languages: Option<String>,
    /// The licence that its page names; `None`: not stated, or not known.
    pub license: Option<String>,
    /// Numbers of both towers, in millions.
    pub parameters_millions: Option<u32>,
    /// Values of an embedding.
    pub dimension: Option<u32>,
    /// What was measured on pictures of shops.
    pub figures: Option<String>,
    /// The repository whose model card says so.
    pub figures_by: Option<String>,
    /// Whether it is on this device.
    pub here: bool,
    /// Whether it is the open catalogue's.
    pub current: bool,
    /// Whether it can be deleted: it is here, and it is neither built in nor the open catalogue's.
    pub removable: bool,
    /// What it takes on the disk, in bytes; 0 if it is not here or built in.
    #[ts(type = "number")]
    pub disk_bytes: u64,
    /// What was measured of it on this device; empty before that.
    pub precisions: Vec<MeasuredPrecision>,
}

/// What a model is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ModelPurpose {
    /// What people wear.
    Clothes,
    /// No kind of goods in particular.
    Anything,
    /// The same with smaller details, at more time for a picture.
    Details,
    /// The same with a larger model.
    FastMachines,
    /// Pictures alone: words are searched in the texts.
    Pictures,
}

/// A model in one arithmetic, measured on this device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MeasuredPrecision {
    /// `f32`, `bf16` or `int8`.
    pub precision: String,
    /// Median milliseconds for a picture.
    pub image_ms: f64,
    /// The share of the ten nearest pictures that are those of f32, from 0 to 1.
    pub overlap: f64,
    /// Whether it is the one that is used.
    pub chosen: bool,
}

/// Where a model can run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ModelDevice {
    /// For [`Settings::device`](crate::Settings::device).
    pub id: String,
    /// As the driver calls it; `None` where the id says all.
    pub name: Option<String>,
    /// What drives it: Vulkan, Metal or DX12.
    pub backend: Option<String>,
    /// Whether it is a program that stands in for a GPU, which is slower than the processor itself.
    pub software: bool,
}

/// What is done with a model now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ModelWork {
    /// What kind of work.
    pub task: ModelTask,
    /// The name of the model.
    pub model: String,
    /// The present part of it.
    pub phase: ModelPhase,
    /// How much of the part is done: bytes, passes or products.
    #[ts(type = "number")]
    pub done: u64,
    /// How much there is; 0 if that is not known.
    #[ts(type = "number")]
    pub total: u64,
    /// How much is done each second; 0 if that is not known yet.
    pub per_second: f64,
    /// About how long the part still takes, in seconds.
    pub seconds_left: Option<u32>,
}

/// Kinds of work with models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ModelTask {
    /// Fetch a model and make a bundle of it.
    Get,
    /// Find out which arithmetic is fast and finds the same.
    Measure,
    /// Embed the open catalogue's pictures with another model.
    Reembed,
}

/// Parts of the work with models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ModelPhase {
    /// The hub is asked, or the model is loaded.
    Preparing,
    /// Files are on their way.
    Downloading,
    /// A bundle is made of them.
    Converting,
    /// Pictures go through the model to be measured.
    Measuring,
    /// Pictures go through the model for the catalogue.
    Embedding,
    /// The new catalogue is measured, tried and put in place.
    Finishing,
}

/// A re-embedding that was stopped before its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct UnfinishedReembedding {
    /// The name of the model.
    pub model: String,
    /// Products that the new catalogue has.
    #[ts(type = "number")]
    pub done: u64,
    /// Products of the open one.
    #[ts(type = "number")]
    pub total: u64,
}

/// What getting a model would bring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ModelOffer {
    /// The name that it will have here.
    pub name: String,
    /// Where it is published.
    pub repository: String,
    /// The licence that its page names; `None`: not stated.
    pub license: Option<String>,
    /// Whether that licence lets the model be used for anything. Another one has to be accepted.
    pub free: bool,
    /// What still comes over the network, in bytes.
    #[ts(type = "number")]
    pub download_bytes: u64,
    /// What it takes on the disk with what stays in the hub's cache, in bytes.
    #[ts(type = "number")]
    pub disk_bytes: u64,
    /// What is free there, in bytes; `None` if the system does not say.
    #[ts(type = "number | null")]
    pub free_bytes: Option<u64>,
}

/// What re-embedding the open catalogue would take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReembeddingPlan {
    /// The name of the model.
    pub model: String,
    /// Products in the catalogue.
    #[ts(type = "number")]
    pub products: u64,
    /// Products whose picture is here as the catalogue was built with it.
    #[ts(type = "number")]
    pub pictures: u64,
    /// Products of which only the catalogue's small picture is here.
    #[ts(type = "number")]
    pub thumbnails: u64,
    /// Products without any picture: words alone find them.
    #[ts(type = "number")]
    pub without: u64,
    /// What the new catalogue takes beside the old one, in bytes.
    #[ts(type = "number")]
    pub needed_bytes: u64,
    /// What is free there, in bytes; `None` if the system does not say.
    #[ts(type = "number | null")]
    pub free_bytes: Option<u64>,
    /// About how long it takes, in seconds, if the model was measured here.
    pub seconds: Option<u32>,
}

/// What a window hears of models while it lives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum ModelEvent {
    /// The work goes on; a few of these each second.
    Progress {
        /// How far.
        work: ModelWork,
    },
    /// The work ended.
    Ended {
        /// What kind of work it was.
        task: ModelTask,
        /// The name of the model.
        name: String,
        /// Why it failed.
        problem: Option<Problem>,
        /// The open catalogue's model now.
        model: Option<ModelSummary>,
    },
    /// The model does not run where it was asked to, and runs on the processor.
    Moved {
        /// The model, with [`ModelSummary::notice`].
        model: ModelSummary,
    },
}
