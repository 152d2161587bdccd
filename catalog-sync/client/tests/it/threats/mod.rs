//! What somebody in between, or with stolen keys, can try; a file for each. Every attack is served by a
//! server, refused with an error of its own, leaves what is here as it was, and is over when it stops.

mod dripping_mirror;
mod endless_data;
mod equivocation;
mod fast_forward;
mod first_sync;
mod freeze;
mod mix_and_match;
mod newer_format;
mod path_traversal;
mod redirects;
mod restored_backup;
mod restored_publisher;
mod rollback;
mod root_rotation;
mod slow_retrieval;
mod spoiled_root;
mod stolen_online_keys;
mod stolen_targets_key;
mod unencrypted;
mod withheld_root;
mod wrong_catalog;
mod wrong_clock;
mod wrong_key;
mod wrong_model;
mod wrong_pack;
mod wrong_root;

use knytt_client::{Error, status};
use knytt_engine::{Filter, Strategy, VectorQuery};

use crate::forge::Forge;
use crate::server::Server;
use crate::shop::{Device, Shop, assert_same};

/// A retailer, a device that has the first release, and a server between them.
pub struct Scene {
    pub shop: Shop,
    pub server: Server,
    pub device: Device,
}

impl Scene {
    pub async fn new() -> Self {
        Self::of(Shop::new(40)).await
    }

    pub async fn of(shop: Shop) -> Self {
        shop.publish();
        let server = shop.serve().await;
        let device = Device::new(&server.url);
        device.sync().await.unwrap();
        Self { shop, server, device }
    }

    /// The retailer goes on, by a little: the next release is a step.
    pub fn next(&mut self) {
        self.shop.put("p0001");
        self.shop.edit("p0002", |product| product.title.push('!'));
        self.shop.edit("p0003", |product| product.title.push('!'));
        self.shop.publish();
    }

    /// Serves what was forged.
    pub fn serve(&self, forge: &Forge) {
        self.server.serve(forge.place());
    }

    /// A sync fails with `code`, and leaves everything as it was.
    pub async fn refused(&self, code: &str) -> Error {
        let before = self.device.state();
        let error = self.refused_late(code).await;
        assert!(self.device.state() == before, "what was trusted has changed: {error}");
        error
    }

    /// Like [`Self::refused`], where signed metadata was verified and is remembered: what it led to is
    /// what is refused.
    pub async fn refused_late(&self, code: &str) -> Error {
        let (release, content, _) = self.device.state();
        let error = self.device.sync().await.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert_eq!(self.device.state().0, release, "{error}");
        assert_eq!(self.device.state().1, content, "{error}");
        assert_searchable(&self.device);
        let noted = status(&self.device.folder()).unwrap().unwrap().last_error.unwrap();
        assert_eq!((noted.code.as_str(), noted.message), (code, error.to_string()));
        error
    }

    /// The server behaves, and the next sync completes.
    pub async fn recovers(&self) {
        self.server.behave();
        self.device.sync().await.unwrap();
        assert_same(&self.device, &self.shop);
        assert!(status(&self.device.folder()).unwrap().unwrap().last_error.is_none());
    }
}

/// The catalogue opens, holds together, and finds a product by its own vector.
pub fn assert_searchable(device: &Device) {
    let snapshot = device.catalog().read().unwrap();
    assert!(snapshot.check().unwrap().is_sound());
    let id = snapshot.ids().unwrap().swap_remove(3);
    let embedding = snapshot.vector(&id).unwrap().unwrap();
    let filter = Filter::default();
    let query =
        VectorQuery { embedding: &embedding, filter: &filter, k: 1, strategy: Strategy::Auto, except: None };
    assert_eq!(snapshot.search(&query).unwrap().products[0].product.id, id);
}
