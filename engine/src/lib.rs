//! The catalogue on disk and how it is searched.
//!
//! A [`Catalog`] is a folder with one LMDB environment. A [`Writer`] changes it in atomic batches while
//! [`Snapshot`]s read; a [`SearchSession`] puts a model before it, so that pictures and words can ask.
//!
//! ```
//! use knytt_engine::{Catalog, CatalogSpec, Filter, Product, Strategy, VectorQuery};
//! use knytt_models::{Embedding, Fingerprint};
//!
//! let dir = tempfile::tempdir()?;
//! let model = Fingerprint::of(&[b"a model of three dimensions"]);
//! let spec = CatalogSpec { id: "shop".into(), model: model.clone(), model_name: "tiny".into(), dimension: 3 };
//! let catalog = Catalog::create(dir.path().join("shop"), &spec)?;
//!
//! let mut writer = catalog.write();
//! for (id, color, vector) in [("a", "red", vec![1.0, 0.0, 0.1]), ("b", "blue", vec![0.9, 0.1, 0.0])] {
//!     let product = Product { id: id.into(), colors: vec![color.into()], ..Product::default() };
//!     writer.upsert(&product, &Embedding::new(vector, model.clone())?, None)?;
//! }
//! writer.commit()?;
//!
//! let nearby = catalog.read()?.search(&VectorQuery {
//!     embedding: &Embedding::new(vec![1.0, 0.0, 0.0], model)?,
//!     filter: &Filter::parse(&["color=blue"])?,
//!     k: 10,
//!     strategy: Strategy::Auto,
//!     except: None,
//! })?;
//! assert_eq!(nearby.products[0].product.id, "b");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod calibrate;
mod catalog;
mod error;
mod experiment;
mod index;
mod lexical;
mod look;
mod merchandise;
mod product;
mod rank;
mod search;
mod store;

pub use knytt_models::Fingerprint;

pub use crate::calibrate::benchmark_precisions;
pub use crate::calibrate::gibberish::GibberishDetector;
pub use crate::calibrate::out_of_domain::OutOfDomainClassifier;
pub use crate::calibrate::scale::{Calibration, MatchKind, Scale};
pub use crate::calibrate::trades::Trades;
pub use crate::catalog::browse::{BrowsedProduct, FacetCounts, Order};
pub use crate::catalog::build_lock::BuildLock;
pub use crate::catalog::check::Report;
pub use crate::catalog::operation::Committed;
pub use crate::catalog::origin::Origin;
pub use crate::catalog::prepared::PreparedProducts;
pub use crate::catalog::repair::Repaired;
pub use crate::catalog::review::Reviewed;
pub use crate::catalog::snapshot::{Nearby, Record, ScoredProduct, Snapshot, VectorQuery};
pub use crate::catalog::source::{QuarantineRow, SourceRecord};
pub use crate::catalog::successor::Successor;
pub use crate::catalog::transaction::{ProductRow, Transaction};
pub use crate::catalog::writer::{PictureSource, Writer};
pub use crate::catalog::{Catalog, CatalogSpec, IndexInfo, Info};
pub use crate::error::{Error, FilterError, Result};
pub use crate::experiment::assign::Assignment;
pub use crate::experiment::document::{Experiment, ExperimentArm, InvalidExperiment};
pub use crate::experiment::interleave::Drafted;
pub use crate::index::{IndexKind, Strategy};
pub use crate::look::category::{CategoryPrompts, NEIGHBOURS, Neighbour, category_of_neighbours};
pub use crate::look::difference::distance;
pub use crate::look::hash::hash_distance;
pub use crate::look::image_template::{ImageTemplate, TemplateQuery};
pub use crate::look::instance_embedding::InstanceEmbedding;
pub use crate::look::lab::Lab;
pub use crate::look::near_duplicates::{
    HashedPicture, NEAR_DUPLICATE_BITS, NEAR_DUPLICATE_COSINE, near_duplicates,
};
#[doc(hidden)]
pub use crate::look::offline;
pub use crate::look::palette::{ColorFamily, ColorName};
pub use crate::look::pattern::Pattern;
pub use crate::look::picture_look::PictureLook;
pub use crate::look::regions::{Region, propose};
pub use crate::look::safety::{ClassifierRule, SafetyConfig, SafetyGate};
pub use crate::look::words::{colors_in, patterns_in};
pub use crate::look::{Flaw, Guess, Look, SeenColor};
pub use crate::merchandise::check::InvalidMerchandising;
pub use crate::merchandise::compiled::CompiledRules;
pub use crate::merchandise::document::{
    LookSpot, Merchandising, MerchandisingRule, Replacement, RuleAction, RuleCondition, RuleQuery, Selection,
    ShopLook, Synonym,
};
pub use crate::merchandise::guidance::{Guidance, Guided, RuleDid, RuleEffect, RuleName};
pub use crate::product::field::Field;
pub use crate::product::filter::Filter;
pub use crate::product::further_picture::{FurtherPicture, PictureRecord};
pub use crate::product::gtin::Gtin;
pub use crate::product::variant::Variant;
pub use crate::product::{Availability, Currency, Price, Product};
pub use crate::rank::reasons::Reasons;
pub use crate::rank::taste::{Affinity, Known, Signal, Taste};
pub use crate::rank::weights::Weights;
pub use crate::search::looks::ShownLook;
pub use crate::search::parse::words::SplitWords;
pub use crate::search::parse::{Chip, ParsedQuery};
pub use crate::search::query::{Hit, Ingredient, Query, QueryImage, ScoreParts, SearchResult, Timings};
pub use crate::search::session::SearchSession;
pub use crate::search::shown::ListRules;
pub use crate::store::active_environment::ActiveEnvironment;
pub use crate::store::open::OpenOptions;
pub use crate::store::pages::walk::PageReport;
pub use crate::store::picture_number::MOST_FURTHER_PICTURES;
pub use crate::store::schema::{DatabaseSize, SCHEMA_VERSION};
