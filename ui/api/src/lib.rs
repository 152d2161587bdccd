//! What the user interface and whatever answers it say to each other, over Tauri's IPC or over HTTP.
//!
//! Every type here is written to `ui/web/src/lib/api/generated/` as TypeScript by this crate's tests,
//! which also fail when the committed files are not what the types say.

mod camera;
mod catalog;
mod convert;
mod library;
mod look;
mod models;
mod picture;
mod problem;
mod product;
mod search;
mod settings;
mod start;

pub use camera::{CameraEvent, CameraRequest, CameraSource, FrameState, LiveFrame};
pub use catalog::{
    CatalogEntry, CatalogEvent, CatalogKind, CatalogOffer, CatalogSummary, CatalogSync, SyncProgress, Trust,
};
pub use library::{Affinity, HistoryEntry, Learned, Personal, StorageUse};
pub use look::{ShownLook, ShownSpot};
pub use models::{
    MeasuredPrecision, ModelDevice, ModelEntry, ModelEvent, ModelList, ModelOffer, ModelPhase, ModelPurpose,
    ModelTask, ModelWork, ReembeddingPlan, UnfinishedReembedding,
};
pub use picture::{Picture, Proposal, Region};
pub use problem::{Code, Problem};
pub use product::{Availability, Card, Fact, Money, ProductPage, Shade, Variant};
pub use search::{
    Chip, Choice, Condition, Facet, FacetValue, Guided, Hit, MatchKind, PictureQuery, PriceBounds,
    PriceRange, Reasons, RuleDid, RuleEffect, RuleName, ScoreParts, SearchRequest, SearchResponse, Sort,
    Timings, Understood, Verdict, Weighed,
};
pub use settings::{Consent, Language, Settings, Theme};
pub use start::{Capabilities, ModelSpeed, ModelSummary, Opened, Start};
