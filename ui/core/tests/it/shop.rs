//! A small shop of drawn garments, open in a visit.

use std::sync::LazyLock;

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;
use knytt_app_core::visit::Visit;
use knytt_engine::{Catalog, CatalogSpec, Origin, Product, SearchSession};
use knytt_garments::{Category, render, sample_products};
use knytt_models::{Bundle, Device, Encoder};
use knytt_ui_api::{SearchRequest, SearchResponse, Settings};
use tempfile::TempDir;

const PRODUCTS: usize = 120;
const SIDE: u32 = 128;

/// The model, loaded once for all tests.
static ENCODER: LazyLock<Encoder> =
    LazyLock::new(|| Encoder::start(Bundle::starter().unwrap(), Device::Cpu).unwrap());

/// Embeddings of all products, made once.
static DRAWN: LazyLock<Vec<(Product, RgbImage, knytt_models::Embedding)>> = LazyLock::new(|| {
    let drawn = sample_products(PRODUCTS, 1).into_iter().map(|product| {
        let picture = render(&product.garment, &product.view, SIDE);
        // As a build does: what is embedded is what the file shows.
        let file = image::load_from_memory(&jpeg(&picture)).unwrap().into_rgb8();
        let embedding = ENCODER.embed_image(&file).unwrap();
        (described(&product), picture, embedding)
    });
    drawn.collect()
});

/// A visit with the shop open. The folder lasts as long as this.
pub struct Shop {
    pub visit: Visit,
    pub folder: TempDir,
}

impl Shop {
    pub fn open() -> Self {
        Self::of(|_| ())
    }

    /// A shop whose products are changed first.
    pub fn of(edit: impl Fn(&mut Product)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (catalog, feed) = (folder.path().join("catalog"), folder.path().join("feed"));
        build_of(&catalog, PRODUCTS, edit);
        fs_err::create_dir_all(feed.join("images")).unwrap();
        let origin = Origin {
            model: Some("starter".into()),
            source: Some(feed.display().to_string()),
            ..Origin::default()
        };
        origin.write(&catalog).unwrap();
        let visit = Visit::new(&folder.path().join("data")).unwrap();
        visit.open_shop(&catalog, Vec::new()).unwrap();
        Self { visit, folder }
    }

    /// Agrees, or no longer, that the shop is told. A catalogue that was built here names no address: it is
    /// told to the app, as a kiosk's operator would.
    pub fn agree(&self, agreed: bool) {
        let catalogs = &self.visit.catalogs;
        catalogs.send_feedback_to("http://127.0.0.1:9/v1/events".parse().unwrap());
        let feedback = catalogs.feedback_of(self.visit.shop().unwrap().folder());
        self.visit.library.set_feedback(feedback.clone());
        let consents = feedback.into_iter().filter(|_| agreed).collect();
        self.visit.save_settings(&Settings { consents, ..self.visit.library.settings() }).unwrap();
    }

    pub fn search(&self, request: SearchRequest) -> SearchResponse {
        self.visit.search(&SearchRequest { limit: 24, ..request }).unwrap()
    }
}

/// A request for words.
pub fn words(words: &str) -> SearchRequest {
    SearchRequest { words: words.into(), alpha: 0.5, ..SearchRequest::default() }
}

/// The product's own picture, as a file.
pub fn picture_of(category: Category) -> Vec<u8> {
    jpeg(&DRAWN.iter().find(|(product, ..)| product.category == category.plural()).unwrap().1)
}

pub fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 90)).unwrap();
    bytes
}

/// A catalogue of the first so many products.
pub fn build(folder: &std::path::Path, products: usize) {
    build_of(folder, products, |_| ());
}

fn build_of(folder: &std::path::Path, products: usize, edit: impl Fn(&mut Product)) {
    let spec = CatalogSpec {
        id: "shop".into(),
        model: ENCODER.fingerprint().clone(),
        model_name: "starter".into(),
        dimension: ENCODER.dimension(),
    };
    let catalog = Catalog::create(folder, &spec).unwrap();
    let mut writer = catalog.write();
    for (product, picture, embedding) in DRAWN.iter().take(products) {
        let mut product = product.clone();
        edit(&mut product);
        writer.upsert(&product, embedding, Some(&jpeg(picture))).unwrap();
    }
    writer.commit().unwrap();
    SearchSession::new(catalog, ENCODER.clone()).unwrap().calibrate().unwrap();
}

fn described(product: &knytt_garments::Product) -> Product {
    let price = format!("{}.{:02} EUR", product.price_cents / 100, product.price_cents % 100);
    let link = format!("https://shop.example/{}", product.id);
    Product {
        id: product.id.clone(),
        title: product.title.clone(),
        brand: product.brand.clone(),
        category: product.garment.category.plural().into(),
        price: Some(price.parse().unwrap()),
        colors: product.garment.shown_colours().iter().map(|c| c.name.name().into()).collect(),
        sizes: product.sizes.clone(),
        availability: product.availability.parse().unwrap(),
        image: format!("images/{}.jpg", product.id),
        attributes: [("link".into(), link), ("material".into(), product.garment.fabric.name().into())].into(),
        ..Product::default()
    }
}
