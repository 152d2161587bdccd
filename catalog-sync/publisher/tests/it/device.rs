//! A device by the book: TUF's client, then the packs in the order of the format's own words. It shares
//! no code with the publisher but the packs' reader.

use std::path::Path;

use bytes::Bytes;
use knytt_engine::Catalog;
use knytt_pack::{AttributesRow, Change, Columns, Expected, Header, PackReader, PictureRow, Row, VectorRow};
use knytt_wire::{Delta, Pack, Release};
use tough::{IntoVec, Repository, RepositoryLoader, TargetName};
use url::Url;

use crate::shop::{Item, Items, fill, items_of, spec};

#[derive(Default)]
pub struct Device {
    pub items: Items,
    pub release: u64,
    pub content: String,
}

/// A release that was verified.
pub struct Seen {
    repository: Repository,
    pub release: Release,
}

impl Seen {
    /// Fetches and verifies the metadata with `root` as the only thing that is trusted.
    pub async fn at(site: &Path, root: &[u8]) -> Result<Self, String> {
        let base = |folder: &str| Url::from_directory_path(site.join(folder)).unwrap();
        let loader = RepositoryLoader::new(&root, base("metadata"), base("targets"));
        let repository = loader.load().await.map_err(|e| e.to_string())?;
        let mut seen = Self { repository, release: placeholder() };
        seen.release = Release::from_json(&seen.read("release.json").await?).map_err(|e| e.to_string())?;
        Ok(seen)
    }

    pub async fn read(&self, name: &str) -> Result<Bytes, String> {
        let stream = self.repository.read_target(&TargetName::new(name).unwrap()).await;
        let stream = stream.map_err(|e| e.to_string())?.ok_or(format!("{name} is no target"))?;
        Ok(stream.into_vec().await.map_err(|e| e.to_string())?.into())
    }

    /// The names of all targets, after each was read and verified.
    pub async fn verify_all(&self) -> Vec<String> {
        let mut names = Vec::new();
        for (name, _) in self.repository.all_targets() {
            self.read(name.raw()).await.unwrap();
            names.push(name.raw().to_owned());
        }
        names.sort();
        names
    }

    async fn rows<R: Row>(&self, pack: &Pack) -> Vec<R> {
        let header = Header {
            catalog: self.release.catalog.clone(),
            model: self.release.model.fingerprint.clone(),
            dimension: self.release.model.dimension as usize,
        };
        let expected =
            Expected { header: &header, rows: pack.rows, uncompressed_bytes: pack.uncompressed_bytes };
        let bytes = self.read(&pack.target).await.unwrap();
        PackReader::open(bytes, &expected).unwrap().collect::<Result<_, _>>().unwrap()
    }
}

impl Device {
    /// From nothing: the snapshot, then the deltas after it.
    pub async fn install(&mut self, seen: &Seen) {
        self.items.clear();
        let snapshot = &seen.release.snapshot;
        for shard in &snapshot.shards {
            for row in seen.rows::<AttributesRow>(&shard.attributes).await {
                assert_eq!(row.change, Change::Set(Columns::ALL));
                let id = row.product.id.clone();
                self.items.insert(id, Item { product: row.product, vector: Vec::new(), picture: None });
            }
            self.overlay(seen, Some(&shard.vectors), Some(&shard.pictures)).await;
        }
        (self.release, self.content) = (snapshot.release, snapshot.content.clone());
        self.verify(&snapshot.content);
        self.follow(seen).await;
    }

    /// Over deltas to the release; the one that leads furthest first. Whether there was a way.
    pub async fn follow(&mut self, seen: &Seen) -> bool {
        while self.release < seen.release.number {
            let onward = seen.release.deltas.iter().filter(|delta| delta.from == self.release);
            let Some(delta) = onward.max_by_key(|delta| delta.to) else { return false };
            self.apply(seen, delta).await;
        }
        assert_eq!(self.content, seen.release.content);
        assert_eq!(self.items.len() as u64, seen.release.products);
        true
    }

    async fn apply(&mut self, seen: &Seen, delta: &Delta) {
        assert_eq!((self.release, &self.content), (delta.from, &delta.base));
        for row in seen.rows::<AttributesRow>(&delta.attributes).await {
            let id = row.product.id.clone();
            match row.change {
                Change::Delete => assert!(self.items.remove(&id).is_some(), "{id}"),
                Change::Set(columns) => {
                    let new = Item { product: row.product.clone(), vector: Vec::new(), picture: None };
                    let item = self.items.entry(id).or_insert(new);
                    columns.copy(&row.product, &mut item.product);
                }
            }
        }
        self.overlay(seen, delta.vectors.as_ref(), delta.pictures.as_ref()).await;
        (self.release, self.content) = (delta.to, delta.content.clone());
        self.verify(&delta.content);
    }

    async fn overlay(&mut self, seen: &Seen, vectors: Option<&Pack>, pictures: Option<&Pack>) {
        if let Some(pack) = vectors {
            for row in seen.rows::<VectorRow>(pack).await {
                self.items.get_mut(&row.id).unwrap().vector = row.vector;
            }
        }
        if let Some(pack) = pictures {
            for row in seen.rows::<PictureRow>(pack).await {
                self.items.get_mut(&row.id).unwrap().picture = row.picture;
            }
        }
    }

    /// The engine's own hash over what is held must be the one that was signed.
    fn verify(&self, content: &str) {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::create(folder.path(), &spec("any")).unwrap();
        fill(&catalog, &self.items);
        assert_eq!(catalog.read().unwrap().content_hash().unwrap().to_string(), content);
        assert_eq!(items_of(&catalog), self.items);
    }
}

fn placeholder() -> Release {
    serde_json::from_value(serde_json::json!({
        "format": 1, "catalog": "", "number": 0, "published_ms": 0, "products": 0, "content": "",
        "model": { "fingerprint": "", "name": "", "dimension": 1 },
        "snapshot": { "release": 0, "products": 0, "content": "", "shards": [] },
        "deltas": [],
    }))
    .unwrap()
}

/// Runs what a device does.
pub fn run<T>(device: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(device)
}
