//! Models: how one comes, how it is measured, and how the open catalogue is made anew with it.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use knytt_app_core::visit::{ModelJob, Update, Visit};
use knytt_engine::{Catalog, ClassifierRule, Origin, SafetyConfig, SourceRecord, Successor};
use knytt_hub::HubSettings;
use knytt_publisher::{ModelFiles, PublishOptions};
use knytt_ui_api::{
    Capabilities, Code, ModelEntry, ModelEvent, ModelPhase, ModelTask, Problem, SearchRequest, Settings,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::retailer::Retailer;
use crate::shop::{Shop, build, jpeg, words};

/// The hub that the client's own tests use.
#[path = "../../../../models/hub/tests/it/server.rs"]
mod server;

use self::server::Server;

/// The name of the model that the hub has, here and for the hub.
const MODEL: &str = "model";
const REPOSITORY: &str = "hf:shop/model";

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/tests/golden").join(name)
}

/// A device whose models come from a hub of its own.
struct Device {
    visit: Arc<Visit>,
    told: Arc<Mutex<Vec<ModelEvent>>>,
    /// The phase in which the work is stopped.
    stop: Arc<Mutex<Option<ModelPhase>>>,
    hub: Server,
    runtime: Runtime,
    folder: TempDir,
}

impl Device {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let hub = runtime.block_on(Server::start(&golden("gelu")));
        let visit = Arc::new(Visit::new(&folder.path().join("data")).unwrap());
        visit.catalogs.keep_trust_in(folder.path().join("trust"));
        visit.keep_models_in(folder.path().join("models"));
        visit.models.use_hub(HubSettings {
            endpoint: hub.endpoint().parse().unwrap(),
            token: None,
            offline: false,
            cache: folder.path().join("hub"),
            first_wait: Duration::from_millis(1),
        });
        let told = Arc::<Mutex<Vec<ModelEvent>>>::default();
        let stop = Arc::<Mutex<Option<ModelPhase>>>::default();
        let (hears, stops, weak) = (Arc::clone(&told), Arc::clone(&stop), Arc::downgrade(&visit));
        visit.models.listen(move |event| {
            let phase = if let ModelEvent::Progress { work } = &event { Some(work.phase) } else { None };
            if phase.is_some() && *stops.lock().unwrap() == phase {
                weak.upgrade().unwrap().models.cancel();
            }
            hears.lock().unwrap().push(event);
        });
        Self { visit, told, stop, hub, runtime, folder }
    }

    /// With a shop of so many products open; its pictures are only those in the catalogue.
    fn with_shop(products: usize) -> (Self, PathBuf) {
        let device = Self::new();
        let catalog = device.folder.path().join("catalog");
        build(&catalog, products);
        device.visit.open_shop(&catalog, Vec::new()).unwrap();
        (device, catalog)
    }

    fn run(&self, job: Result<ModelJob, Problem>) -> Result<(), Problem> {
        let _inside = self.runtime.enter();
        job?.run()
    }

    fn get(&self, accepted: bool) -> Result<(), Problem> {
        self.run(ModelJob::get(&self.visit, REPOSITORY, accepted))
    }

    fn reembed(&self, model: &str) -> Result<(), Problem> {
        self.run(ModelJob::reembed(&self.visit, model))
    }

    /// Runs it until the window hears of this phase, and stops it there.
    fn stop_at(&self, phase: ModelPhase, job: ModelJob) -> Problem {
        *self.stop.lock().unwrap() = Some(phase);
        let stopped = self.run(Ok(job)).unwrap_err();
        *self.stop.lock().unwrap() = None;
        stopped
    }

    fn entry(&self, name: &str) -> ModelEntry {
        let list = self.visit.model_list().unwrap();
        list.models.into_iter().find(|entry| entry.name == name).unwrap()
    }

    fn phases(&self) -> Vec<ModelPhase> {
        let mut phases: Vec<ModelPhase> = Vec::new();
        for event in self.told.lock().unwrap().iter() {
            if let ModelEvent::Progress { work } = event
                && phases.last() != Some(&work.phase)
            {
                phases.push(work.phase);
            }
        }
        phases
    }
}

#[test]
fn a_model_is_offered_with_its_licence_and_comes_once_that_is_accepted() {
    let device = Device::new();
    *device.hub.repository.license.lock().unwrap() = "cc-by-nc-4.0".into();
    let offer = device.runtime.block_on(device.visit.offer_model(REPOSITORY)).unwrap();
    assert_eq!((offer.license.as_deref(), offer.free), (Some("cc-by-nc-4.0"), false));
    assert_eq!((offer.name.as_str(), offer.repository.as_str()), (MODEL, "shop/model"));
    assert!(offer.download_bytes > 100_000 && offer.disk_bytes == 2 * offer.download_bytes);
    assert!(offer.free_bytes.is_some());
    assert_eq!(device.get(false).unwrap_err().code, Code::Unsupported);
    assert!(device.hub.repository.sent.load(Ordering::Relaxed) < 10_000, "no weights came before that");
    device.get(true).unwrap();
    let entry = device.entry(MODEL);
    assert!(entry.here && entry.removable && !entry.current && entry.disk_bytes > 100_000);
    assert_eq!(
        (entry.repository.as_deref(), entry.license.as_deref()),
        (Some("shop/model"), Some("cc-by-nc-4.0"))
    );
    assert!(device.phases().contains(&ModelPhase::Downloading));
    assert!(device.phases().contains(&ModelPhase::Converting));
    let ended = device.told.lock().unwrap().last().cloned();
    assert!(
        matches!(ended, Some(ModelEvent::Ended { task: ModelTask::Get, problem: None, .. })),
        "{ended:?}"
    );
    // Asked again, it is here.
    let sent = device.hub.repository.sent.load(Ordering::Relaxed);
    device.get(true).unwrap();
    assert_eq!(device.hub.repository.sent.load(Ordering::Relaxed), sent);
    device.visit.remove_model(MODEL).unwrap();
    assert!(!device.visit.model_list().unwrap().models.iter().any(|entry| entry.name == MODEL));
    assert_eq!(device.visit.remove_model("starter").unwrap_err().code, Code::NotFound);
}

#[test]
fn a_download_is_stopped_and_goes_on_from_there() {
    let device = Device::new();
    let all = device.runtime.block_on(device.visit.offer_model(REPOSITORY)).unwrap().download_bytes;
    let begun = device.hub.repository.sent.load(Ordering::Relaxed);
    let job = ModelJob::get(&device.visit, REPOSITORY, true).unwrap();
    assert_eq!(ModelJob::get(&device.visit, REPOSITORY, true).err().unwrap().code, Code::Busy);
    assert_eq!(device.stop_at(ModelPhase::Downloading, job).code, Code::Cancelled);
    assert!(device.visit.model_list().unwrap().work.is_none());
    let left = device.runtime.block_on(device.visit.offer_model(REPOSITORY)).unwrap().download_bytes;
    assert!(left < all, "what has come counts: {left} of {all}");
    device.get(true).unwrap();
    assert!(device.entry(MODEL).here);
    // What was on its way when the line was cut may come twice, and no more.
    let sent = device.hub.repository.sent.load(Ordering::Relaxed) - begun;
    assert!(sent < 2 * all, "{sent} of {all}");
}

#[test]
fn what_cannot_be_got_says_why() {
    let device = Device::new();
    let offer = |name: &str| device.runtime.block_on(device.visit.offer_model(name)).map(|_| ());
    assert_eq!(offer("no such model").unwrap_err().code, Code::BadQuery);
    assert_eq!(offer("hf:shop/model@v9").unwrap_err().code, Code::NotFound);
    *device.hub.repository.token.lock().unwrap() = Some("hf_open".into());
    let gated = offer(REPOSITORY).unwrap_err();
    assert!(gated.code == Code::NotFound && gated.message.contains("HF_TOKEN"), "{gated}");
    *device.hub.repository.token.lock().unwrap() = None;
    device.hub.repository.damaged.store(true, Ordering::Relaxed);
    assert_eq!(device.get(true).unwrap_err().code, Code::Tampered);
    // A folder of this machine is none: links and pages could name any.
    let folder = golden("gelu").display().to_string();
    assert_eq!(offer(&folder).unwrap_err().code, Code::BadQuery);
}

#[test]
fn a_model_is_measured_with_the_catalogues_pictures() {
    let (device, _) = Device::with_shop(60);
    device.get(true).unwrap();
    device.run(ModelJob::measure(&device.visit, MODEL)).unwrap();
    let measured = device.entry(MODEL).precisions;
    assert_eq!(measured.len(), 3);
    assert!(measured[0].precision == "f32" && measured[0].overlap == 1.0 && measured[0].image_ms > 0.0);
    assert_eq!(measured.iter().filter(|one| one.chosen).count(), 1);
    assert!(device.phases().contains(&ModelPhase::Measuring));
    let plan = device.visit.plan_reembedding(MODEL).unwrap();
    assert!(plan.seconds.is_some() && plan.products == 60 && plan.thumbnails == 60);
    let job = ModelJob::measure(&device.visit, MODEL).unwrap();
    assert_eq!(device.stop_at(ModelPhase::Measuring, job).code, Code::Cancelled);
}

#[test]
fn the_open_catalogue_is_made_anew_with_another_model_while_it_is_searched() {
    let (device, folder) = Device::with_shop(120);
    device.get(true).unwrap();
    let before = device.visit.shop().unwrap();
    let shot = device
        .visit
        .pictures
        .add_file(&crate::shop::picture_of(knytt_garments::Category::Dress), "")
        .unwrap();
    let picture = Some(knytt_ui_api::PictureQuery { id: shot.id.clone(), region: None });
    let by_picture = || SearchRequest { picture: picture.clone(), limit: 5, ..SearchRequest::default() };
    device.visit.search(&by_picture()).unwrap();
    std::thread::scope(|scope| {
        let making = scope.spawn(|| device.reembed(MODEL));
        while !making.is_finished() {
            let found = device.visit.search(&SearchRequest { limit: 5, ..words("red dress") }).unwrap();
            assert!(!found.hits.is_empty());
        }
        making.join().unwrap().unwrap();
    });
    let now = device.visit.shop().unwrap();
    assert!(!Arc::ptr_eq(&before, &now) && now.model_summary().name == MODEL);
    assert_ne!(before.model_summary().fingerprint, now.model_summary().fingerprint);
    // The picture of the query goes through the new model.
    assert!(!device.visit.search(&by_picture()).unwrap().hits.is_empty());
    assert_eq!(device.phases().last(), Some(&ModelPhase::Finishing));
    assert!(device.entry(MODEL).current && !device.entry("starter").current);
    assert_eq!(device.visit.remove_model(MODEL).unwrap_err().code, Code::Busy);
    // The old one is gone, and everything of its products is there.
    assert!(!folder.join("data.mdb").exists() && Successor::is_active(&folder));
    let (old, new) = (before.session().catalog().read().unwrap(), now.session().catalog().read().unwrap());
    for id in old.ids().unwrap() {
        let (old, new) = (old.record(&id).unwrap().unwrap(), new.record(&id).unwrap().unwrap());
        let mut product = old.product.clone();
        product.look.instance_embedding = new.product.look.instance_embedding.clone();
        assert_eq!((product, old.thumbnail), (new.product, new.thumbnail));
    }
    drop((old, new));
    // The next start opens it, and it can be made anew once more: with the starter.
    let again = Visit::new(&device.folder.path().join("other")).unwrap();
    again.open_shop(&folder, Vec::new()).unwrap();
    assert_eq!(again.shop().unwrap().model_summary().name, MODEL);
    drop(again);
    device.reembed("starter").unwrap();
    assert_eq!(device.visit.shop().unwrap().model_summary().name, "starter");
    let after = device.visit.shop().unwrap();
    let vector = |shop: &knytt_app_core::shop::Shop| {
        let snapshot = shop.session().catalog().read().unwrap();
        let id = snapshot.ids().unwrap().remove(0);
        snapshot.vector(&id).unwrap().unwrap()
    };
    let cosine: f32 =
        vector(&before).as_slice().iter().zip(vector(&after).as_slice()).map(|(a, b)| a * b).sum();
    assert!(cosine > 0.99, "the same pictures give the same vectors: {cosine}");
}

#[test]
fn a_re_embedding_is_stopped_and_goes_on_where_it_was() {
    let (device, folder) = Device::with_shop(120);
    device.get(true).unwrap();
    let job = ModelJob::reembed(&device.visit, MODEL).unwrap();
    assert_eq!(device.stop_at(ModelPhase::Embedding, job).code, Code::Cancelled);
    assert_eq!(device.visit.shop().unwrap().model_summary().name, "starter");
    let unfinished = device.visit.model_list().unwrap().unfinished.unwrap();
    assert_eq!((unfinished.model.as_str(), unfinished.total), (MODEL, 120));
    assert_eq!(unfinished.done, 16, "each run stores at least what was under way");
    // Another start knows it, too. A vector that no model made shows that what is there is not made again.
    let begun = Successor::begun(&folder).remove(0);
    let mark = |catalog: &Catalog| {
        let snapshot = catalog.read().unwrap();
        let id = snapshot.products().unwrap().next().unwrap().unwrap().id;
        (id.clone(), snapshot.record(&id).unwrap().unwrap().vector.to_vec())
    };
    let marked = {
        let catalog = Catalog::open(begun.path()).unwrap();
        let (id, vector) = mark(&catalog);
        let turned: Vec<u8> = vector.chunks(2).flat_map(|pair| [pair[0], pair[1] ^ 0x80]).collect();
        let product = catalog.read().unwrap().product(&id).unwrap().unwrap();
        let done = catalog.transact(|change| change.revise(&product, Some(&turned), None));
        done.unwrap();
        (id, turned)
    };
    let visit = Arc::new(Visit::new(&device.folder.path().join("other")).unwrap());
    visit.keep_models_in(device.folder.path().join("models"));
    visit.open_shop(&folder, Vec::new()).unwrap();
    assert_eq!(visit.model_list().unwrap().unfinished, Some(unfinished));
    device.run(ModelJob::reembed(&visit, MODEL)).unwrap();
    let now = visit.shop().unwrap();
    assert_eq!(now.session().catalog().read().unwrap().len().unwrap(), 120);
    assert_eq!(mark(now.session().catalog()), marked);
    assert!(visit.model_list().unwrap().unfinished.is_none());
}

#[test]
fn what_is_stopped_can_be_discarded_and_what_fails_changes_nothing() {
    let (device, folder) = Device::with_shop(80);
    assert_eq!(device.reembed("nowhere").unwrap_err().code, Code::NotFound);
    assert_eq!(device.reembed("starter").unwrap_err().code, Code::BadQuery);
    device.get(true).unwrap();
    let lock = knytt_engine::BuildLock::take(&folder).unwrap();
    assert_eq!(device.reembed(MODEL).unwrap_err().code, Code::Busy);
    drop(lock);
    let job = ModelJob::reembed(&device.visit, MODEL).unwrap();
    device.stop_at(ModelPhase::Embedding, job);
    assert_eq!(Successor::begun(&folder).len(), 1);
    device.visit.discard_reembedding().unwrap();
    assert!(Successor::begun(&folder).is_empty() && folder.join("data.mdb").exists());
    assert!(device.visit.model_list().unwrap().unfinished.is_none());
    assert_eq!(device.visit.shop().unwrap().model_summary().name, "starter");
}

#[test]
fn the_pictures_of_the_build_are_used_where_they_are_still_those() {
    let shop = Shop::open();
    let (catalog, feed) = (shop.folder.path().join("catalog"), shop.folder.path().join("feed"));
    let opened = Catalog::open(&catalog).unwrap();
    let ids = opened.read().unwrap().ids().unwrap();
    let mut writer = opened.write();
    // One has its picture, one another than it was built with, the others have none.
    let large = jpeg(&image::RgbImage::from_fn(300, 300, |x, y| image::Rgb([x as u8, y as u8, 90])));
    for (id, hash) in [(&ids[0], blake3::hash(&large).to_hex().to_string()), (&ids[1], "another".into())] {
        let product = opened.read().unwrap().product(id).unwrap().unwrap();
        fs_err::write(feed.join(&product.image), &large).unwrap();
        let content_hash = format!("{hash}-fields");
        writer.put_source(id, &SourceRecord { content_hash, product: id.clone() });
    }
    writer.commit().unwrap();
    drop((writer, opened));
    let device = Device::new();
    device.get(true).unwrap();
    device.visit.open_shop(&catalog, Vec::new()).unwrap();
    let plan = device.visit.plan_reembedding(MODEL).unwrap();
    assert_eq!((plan.pictures, plan.thumbnails, plan.without), (2, 118, 0));
    assert!(plan.needed_bytes > 100_000 && plan.free_bytes.is_some());
    device.reembed(MODEL).unwrap();
    let now = device.visit.shop().unwrap();
    let snapshot = now.session().catalog().read().unwrap();
    let hash = |id: &str| snapshot.source(id).unwrap().unwrap().content_hash;
    assert_eq!(hash(&ids[0]), format!("{}-fields", blake3::hash(&large).to_hex()));
    assert_eq!(hash(&ids[1]), "thumbnail-fields", "the next build embeds its new picture");
    // Decoding at a smaller scale changes the picture a little.
    let embedding =
        now.session().encoder().embed_image(&image::load_from_memory(&large).unwrap().into_rgb8());
    let embedding = embedding.unwrap();
    let [own, other] = [&ids[0], &ids[1]].map(|id| {
        let vector = snapshot.vector(id).unwrap().unwrap();
        vector.as_slice().iter().zip(embedding.as_slice()).map(|(a, b)| a * b).sum::<f32>()
    });
    assert!(own > 0.98 && other < own - 0.02, "{own} {other}");
}

#[test]
fn a_shop_chooses_the_model_and_a_release_of_another_one_finds_it_here() {
    let mut retailer = Retailer::open(40);
    let device = Device::new();
    let offer = device.runtime.block_on(device.visit.catalogs.inspect(&retailer.link())).unwrap();
    let folder = device.visit.catalogs.add(&offer.link).unwrap();
    let update = || {
        let _inside = device.runtime.enter();
        Update::begin(&device.visit, &folder, true, false).unwrap().run()
    };
    update().unwrap();
    device.visit.open_shop(&folder, Vec::new()).unwrap();
    assert!(!device.visit.model_list().unwrap().changeable);
    assert_eq!(device.reembed("starter").unwrap_err().code, Code::Unsupported);
    assert_eq!(device.visit.plan_reembedding("starter").unwrap_err().code, Code::Unsupported);

    // The retailer makes the catalogue anew, and publishes it without the model.
    let (at_work, source) = Device::with_shop(40);
    at_work.get(true).unwrap();
    at_work.reembed(MODEL).unwrap();
    retailer.turn_to(Catalog::open(&source).unwrap());
    let options = PublishOptions { model: ModelFiles::Omitted, rebuild: true, ..PublishOptions::default() };
    retailer.publish(&options);
    assert_eq!(update().unwrap_err().code, Code::WrongModel);
    let wanted = || {
        let list = device.visit.catalog_list();
        list.into_iter().find(|entry| Path::new(&entry.path) == folder).unwrap().sync.unwrap().wanted_model
    };
    assert_eq!(wanted().as_deref(), Some(MODEL));
    assert_eq!(device.visit.shop().unwrap().model_summary().name, "starter", "the old release is searched");
    device.get(true).unwrap();
    assert!(update().unwrap().swapped);
    assert_eq!((wanted(), device.visit.shop().unwrap().model_summary().name.as_str()), (None, MODEL));
    assert!(!device.visit.search(&SearchRequest { limit: 5, ..words("dress") }).unwrap().hits.is_empty());
    let origin = Origin::read(&folder).model.unwrap();
    assert_eq!(Path::new(&origin), device.folder.path().join("models").join(MODEL));
}

#[test]
fn a_safety_classifier_that_is_not_here_is_said() {
    let (device, folder) = Device::with_shop(20);
    let start = || device.visit.start(Capabilities::default()).model.unwrap();
    assert_eq!(start().missing_classifier, None);
    let catalog = device.visit.shop().unwrap().session().catalog().clone();
    let fingerprint = knytt_models::Fingerprint::of(&[b"a classifier that no device has"]);
    let rule = ClassifierRule { name: "random".into(), fingerprint, threshold: 0.8 };
    let mut writer = catalog.write();
    writer.set_safety(Some(SafetyConfig { classifier: Some(rule), ..SafetyConfig::default() }));
    writer.commit().unwrap();
    drop(writer);
    // An update brings it while the catalogue is open; the next start knows it, too.
    for _ in 0..2 {
        assert_eq!(start().missing_classifier.as_deref(), Some("random"));
        let list = device.visit.model_list().unwrap();
        assert_eq!(list.model.unwrap().missing_classifier.as_deref(), Some("random"));
        device.visit.open_shop(&folder, Vec::new()).unwrap();
    }
}

#[test]
fn a_device_that_is_gone_does_not_keep_the_catalogue_closed() {
    let (device, folder) = Device::with_shop(20);
    let settings = device.visit.library.settings();
    assert_eq!(
        device
            .visit
            .save_settings(&Settings { device: "cuda:7".into(), ..settings.clone() })
            .unwrap_err()
            .code,
        Code::DeviceMissing
    );
    device.visit.library.save_settings(&Settings { device: "cuda:7".into(), ..settings }).unwrap();
    device.visit.open_shop(&folder, Vec::new()).unwrap();
    let model = device.visit.shop().unwrap().model_summary();
    assert!(model.device == "cpu" && model.notice.is_some(), "{model:?}");
    device.visit.search(&SearchRequest { limit: 5, ..words("dress") }).unwrap();
    device.visit.search(&SearchRequest { limit: 5, ..words("shoes") }).unwrap();
    let told = device.told.lock().unwrap();
    assert_eq!(
        told.iter().filter(|event| matches!(event, ModelEvent::Moved { .. })).count(),
        1,
        "it is told once"
    );
}
