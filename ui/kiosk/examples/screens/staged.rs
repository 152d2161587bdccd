//! A copy of the shop with what a shop adds by hand: a look, a product with several pictures, one that another replaces.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use knytt_engine::{Catalog, Field, Filter, FurtherPicture, Merchandising, Order, PictureSource, Snapshot};

use crate::store::Shop;

/// Sides of the look's picture.
const LOOK: (u32, u32) = (480, 640);

/// The shop, and what is to be seen in it.
pub struct Staged {
    pub shop: Shop,
    /// The title of a product that is on a look and has several pictures.
    pub shown: String,
    /// The id of a product that another one replaces.
    pub replaced: String,
    _folder: tempfile::TempDir,
}

/// Copies the shop and adds to it.
///
/// # Errors
/// The catalogue cannot be copied, or has too few products.
pub fn stage(shop: &Shop, category: &str) -> Result<Staged> {
    let folder = tempfile::tempdir()?;
    let copy = folder.path().join("catalog");
    copy_folder(&shop.catalog, &copy)?;
    let catalog = Catalog::open(&copy)?;
    let snapshot = catalog.read()?;
    let of = |category: &str| -> Result<Vec<String>> {
        let filter = Filter::default().with(Field::Category, category);
        Ok(snapshot.browse(&filter, Order::Catalog, 4)?.into_iter().map(|product| product.id).collect())
    };
    let (dresses, shoes, bags) = (of(category)?, of("Jeans")?, of("Shirts")?);
    let first = dresses.first().context("no product")?.clone();
    let (replaced, next) = (dresses.get(2).context("too few")?.clone(), dresses.get(3).context("too few")?);
    let spots = [
        first.clone(),
        shoes.first().context("no jeans")?.clone(),
        bags.first().context("no shirts")?.clone(),
    ];
    let look = BASE64.encode(collage(&snapshot, &spots)?);
    let places = [(0.5, 0.27), (0.25, 0.75), (0.75, 0.75)];
    let spots: Vec<_> = spots
        .iter()
        .zip(places)
        .map(|(product, (x, y))| serde_json::json!({"x": x, "y": y, "product": product}))
        .collect();
    let rules = serde_json::json!({"version": 1, "rules": [],
        "looks": [{"id": "weekend", "title": "", "picture": look, "spots": spots}],
        "replacements": [{"product": replaced, "by": next, "always": true}]});
    let mut pictures = Vec::new();
    for (number, id) in (1..).zip(&dresses[1..]) {
        let picture = FurtherPicture { address: format!("view-{number}.jpg"), ..FurtherPicture::default() };
        let embedding = snapshot.vector(id)?.context("a product without a vector")?;
        let thumbnail = snapshot.thumbnail(id)?.map(<[u8]>::to_vec);
        pictures.push(PictureSource::New { picture, embedding, thumbnail });
    }
    let shown = snapshot.product(&first)?.context("the product has gone")?.title;
    drop(snapshot);
    let mut writer = catalog.write();
    writer.set_further_pictures(&first, pictures)?;
    writer.set_merchandising(Some(Merchandising::read(rules.to_string().as_bytes())?));
    writer.commit()?;
    drop(writer);
    drop(catalog);
    let shop = Shop { catalog: copy, pictures: shop.pictures.clone() };
    Ok(Staged { shop, shown, replaced, _folder: folder })
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs_err::create_dir_all(to)?;
    for entry in fs_err::read_dir(from)? {
        let entry = entry?;
        let place: PathBuf = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &place)?;
        } else {
            fs_err::copy(entry.path(), place)?;
        }
    }
    Ok(())
}

/// One picture of three products: the first above, the others below.
fn collage(snapshot: &Snapshot, ids: &[String]) -> Result<Vec<u8>> {
    let mut picture = RgbImage::from_pixel(LOOK.0, LOOK.1, Rgb([236, 232, 226]));
    for (id, (x, y, side)) in ids.iter().zip([(80, 20, 320), (10, 370, 230), (240, 370, 230)]) {
        let thumbnail = snapshot.thumbnail(id)?.context("a product without a picture")?;
        let product = image::load_from_memory(thumbnail)?.resize(side, side, FilterType::Triangle).to_rgb8();
        imageops::overlay(&mut picture, &product, x, y);
    }
    let mut bytes = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 85))?;
    Ok(bytes)
}
