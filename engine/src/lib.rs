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

mod answer;
mod apply;
mod babble;
mod browse;
mod calibrate;
mod calibration;
mod catalog;
mod check;
mod content;
mod current;
mod dump;
mod entry;
mod error;
mod facet;
mod facets;
mod facts;
mod familiar;
mod filter;
mod foreign;
mod fusion;
mod identity;
mod imprint;
mod index;
mod lexical;
mod look;
mod mapped;
mod origin;
mod place;
mod price;
mod product;
mod query;
mod rank;
mod reading;
mod regions;
mod review;
mod schema;
mod segment;
mod session;
mod simd;
mod snapshot;
mod source;
mod storage;
mod style;
mod taste;
mod transaction;
mod upgrade;
mod variant;
mod vectors;
mod writer;

pub use babble::Babble;
pub use browse::{FacetCounts, Order};
pub use calibration::{Calibration, MatchKind, Scale};
pub use catalog::{Catalog, CatalogSpec, IndexInfo, Info};
pub use check::Report;
pub use content::ContentHash;
pub use current::Current;
pub use error::{Error, Result};
pub use facet::Field;
pub use familiar::Familiarity;
pub use filter::{Filter, FilterError};
pub use identity::Identity;
pub use imprint::{Imprint, Sought};
pub use index::{IndexKind, Strategy};
pub use knytt_models::Fingerprint;
pub use look::{
    ColorFamily, ColorName, Flaw, Guess, Kinds, Lab, Look, NEIGHBOURS, Neighbour, Pattern, SafetyConfig,
    SafetyGate, Seen, SeenColor, TWIN_BITS, TWIN_COSINE, category_of_neighbours, colors_in, distance,
    hash_distance, patterns_in, twins,
};
pub use origin::Origin;
pub use product::{Availability, Currency, Price, Product};
pub use query::{Hit, Ingredient, Query, QueryImage, ScoreParts, SearchResult, Timings};
pub use rank::{Reasons, Weights};
pub use reading::{Chip, Reading, Words};
pub use regions::{Region, propose};
pub use review::Reviewed;
pub use schema::{DatabaseSize, SCHEMA_VERSION};
pub use session::SearchSession;
pub use snapshot::{Nearby, Record, ScoredProduct, Snapshot, VectorQuery};
pub use source::{QuarantineRow, SourceRecord};
pub use storage::OpenOptions;
pub use taste::{Affinity, Known, Signal, Taste};
pub use transaction::{ProductRow, Transaction};
pub use variant::Variant;
pub use writer::{Committed, Writer};
