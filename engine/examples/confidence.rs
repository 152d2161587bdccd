//! Measures whether the same product is found again, and whether pictures of other things are told.
//!
//!     confidence garments COUNT FOREIGN
//!     confidence photos FOLDER FOREIGN
//!
//! `garments` draws a shop and photographs its garments again; `photos` takes FOLDER/photos.csv (id, image,
//! label, kids, sender, split). FOREIGN is a folder of pictures of anything else, named `family-rest.png`.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::time::Instant;

use image::codecs::jpeg::JpegEncoder;
use image::{GenericImageView, RgbImage, imageops};
use knytt_engine::{
    Catalog, CatalogSpec, Filter, Imprint, Product, Query, SearchSession, Sought, Strategy, VectorQuery,
    score_with_likeness,
};
use knytt_garments::{View, render, sample_products};
use knytt_models::{Bundle, Device, Embedding, Encoder, decode};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Candidates whose imprints are compared.
const CANDIDATES: usize = 200;

/// Longest side of a thumbnail, in pixels, and its quality: as `knytt build` makes them.
const THUMBNAIL: (u32, u8) = (256, 85);

/// A query's picture and the id of the product that it shows, if that is in the catalogue.
type Asked = (RgbImage, Option<String>);

/// Pixels per side of a drawn garment. Larger ones are drawn at twice their size, which takes ten times as
/// long and changes little at the 112 that the starter model sees.
const GARMENT: u32 = 224;

/// What nobody would ask a clothes shop for, and what means nothing.
const ELSEWHERE: [&str; 24] = [
    "a bowl of soup",
    "mountain lake",
    "car tyre",
    "laptop",
    "golden retriever",
    "oak table",
    "fresh bread",
    "bicycle chain",
    "washing machine",
    "city skyline",
    "screwdriver",
    "piano",
    "zzxq",
    "blorfen",
    "qwertyuiop",
    "vrumpel tastik",
    "xx yy zz",
    "mnbvcxz",
    "flarg",
    "ooooo",
    "ktrpl",
    "asdf jkl",
    "glimpo dax",
    "wuzzle",
];

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, what, foreign] = &arguments[..] else { return Err("give KIND, WHAT and FOREIGN".into()) };
    let encoder = Encoder::start(Bundle::starter()?, Device::Cpu)?;
    let foreign = foreign_pictures(Path::new(foreign))?;
    match kind.as_str() {
        "garments" => garments(&encoder, what.parse()?, &foreign),
        "photos" => photos(&encoder, Path::new(what), &foreign),
        other => Err(format!("unknown kind {other}").into()),
    }
}

fn garments(encoder: &Encoder, count: usize, foreign: &[(String, RgbImage)]) -> Outcome<()> {
    let products = sample_products(count, 1);
    let of = |p: &knytt_garments::Product| Product {
        id: p.id.clone(),
        title: p.title.clone(),
        category: p.garment.category.plural().into(),
        colors: vec![p.garment.colours[0].name.name().into()],
        ..Product::default()
    };
    let pictures = products.iter().map(|p| (of(p), render(&p.garment, &p.view, GARMENT)));
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let mut sets: [(&str, Vec<Asked>); 2] = [("studio again", Vec::new()), ("anywhere", Vec::new())];
    for product in &products {
        let anywhere = View::wild(&mut rng);
        let studio = View { light: View::wild(&mut rng).light, ..View::studio_varied(&mut rng) };
        for ((_, asked), view) in sets.iter_mut().zip([studio, anywhere]) {
            asked.push((render(&product.garment, &view, GARMENT), Some(product.id.clone())));
        }
    }
    let shop = Shop::build(encoder, pictures.collect())?;
    let said = products.iter().map(of).map(|p| format!("{} {}", p.colors[0], p.category));
    shop.report_words("colour and category", said.collect())?;
    shop.report_words("words from elsewhere", ELSEWHERE.map(String::from).to_vec())?;
    for (name, asked) in &sets {
        shop.report(name, asked)?;
    }
    shop.report_foreign(foreign)
}

fn photos(encoder: &Encoder, folder: &Path, foreign: &[(String, RgbImage)]) -> Outcome<()> {
    let rows = std::fs::read_to_string(folder.join("photos.csv"))?;
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let (mut all, mut train, mut val, mut crops) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (n, row) in rows.lines().skip(1).enumerate() {
        let [id, file, label, _, _, split] = row.split(',').collect::<Vec<_>>()[..] else { continue };
        let bytes = std::fs::read(folder.join(file))?;
        let picture = decode::decode(&bytes, &decode::Limits::default(), None)?;
        let noise = ["Not sure", "Other", "Skip"].contains(&label);
        if n % 10 == 3 {
            crops.push((crop(&picture, &mut rng), Some(id.to_string())));
        }
        match split {
            "val" if !noise => val.push((picture.clone(), None)),
            "train" if !noise => train.push((of_id(id), picture.clone())),
            _ => {}
        }
        all.push((of_id(id), picture));
    }
    let shop = Shop::build(encoder, all)?;
    shop.report("crops of all", &crops)?;
    shop.report_foreign(foreign)?;
    let shop = Shop::build(encoder, train)?;
    shop.report("strangers' photographs", &val)?;
    shop.report_foreign(foreign)
}

fn of_id(id: &str) -> Product {
    Product { id: id.into(), ..Product::default() }
}

/// At least 60 % of the area, blurred, in light of another colour, JPEG of quality 40.
fn crop(picture: &RgbImage, rng: &mut ChaCha8Rng) -> RgbImage {
    let (width, height) = picture.dimensions();
    let area: f32 = rng.random_range(0.6..1.0);
    let across = (area.sqrt() * rng.random_range(0.85_f32..1.18)).clamp(area, 1.0);
    let (w, h) = ((width as f32 * across) as u32, (height as f32 * area / across) as u32);
    let (x, y) = (rng.random_range(0..=width - w), rng.random_range(0..=height - h));
    let mut seen = imageops::fast_blur(&picture.view(x, y, w, h).to_image(), rng.random_range(0.5..2.5));
    let gains: [f32; 3] = std::array::from_fn(|_| rng.random_range(0.75..1.2));
    for pixel in seen.pixels_mut() {
        pixel.0.iter_mut().zip(gains).for_each(|(v, gain)| *v = (f32::from(*v) * gain).min(255.0) as u8);
    }
    through_jpeg(&seen, 40)
}

fn jpeg(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut file = Vec::new();
    // Writing into a Vec cannot fail.
    let _ = JpegEncoder::new_with_quality(&mut file, quality).encode_image(picture);
    file
}

fn through_jpeg(picture: &RgbImage, quality: u8) -> RgbImage {
    let decoded = decode::decode(&jpeg(picture, quality), &decode::Limits::default(), None);
    decoded.unwrap_or_else(|_| picture.clone())
}

fn foreign_pictures(folder: &Path) -> Outcome<Vec<(String, RgbImage)>> {
    let mut files: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    files.sort_by_key(|file| file.file_name());
    let mut pictures = Vec::new();
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        let family = name.rsplit_once('-').map_or(name.as_str(), |(family, _)| family).to_string();
        let bytes = std::fs::read(file.path())?;
        pictures.push((family, decode::decode(&bytes, &decode::Limits::default(), None)?));
    }
    Ok(pictures)
}

fn embed_all<'a>(encoder: &Encoder, pictures: impl Iterator<Item = &'a RgbImage>) -> Outcome<Vec<Embedding>> {
    let (mut pictures, mut embeddings) = (pictures.peekable(), Vec::new());
    while pictures.peek().is_some() {
        let under_way: Vec<_> =
            pictures.by_ref().take(16).map(|p| encoder.submit_image(p)).collect::<Result<_, _>>()?;
        for pending in under_way {
            embeddings.push(pending.wait()?);
        }
    }
    Ok(embeddings)
}

/// A calibrated catalogue with the imprints of its products.
struct Shop {
    session: SearchSession,
    imprints: BTreeMap<String, Imprint>,
    same_from: f32,
    _folder: tempfile::TempDir,
}

impl Shop {
    fn build(encoder: &Encoder, pictures: Vec<(Product, RgbImage)>) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let spec = CatalogSpec {
            id: "measured".into(),
            model: encoder.fingerprint().clone(),
            model_name: "starter".into(),
            dimension: encoder.dimension(),
        };
        let catalog = Catalog::create(folder.path().join("catalog"), &spec)?;
        let embeddings = embed_all(encoder, pictures.iter().map(|(_, picture)| picture))?;
        let (mut writer, mut imprints) = (catalog.write(), BTreeMap::new());
        for ((product, picture), embedding) in pictures.iter().zip(&embeddings) {
            let (width, height) = picture.dimensions();
            let shrink = f64::from(THUMBNAIL.0) / f64::from(width.max(height));
            let side = |length: u32| ((f64::from(length) * shrink.min(1.0)) as u32).max(1);
            let thumbnail = imageops::thumbnail(picture, side(width), side(height));
            imprints.insert(product.id.clone(), Imprint::of(&thumbnail));
            writer.upsert(product, embedding, Some(&jpeg(&thumbnail, THUMBNAIL.1)))?;
        }
        writer.commit()?;
        let session = SearchSession::new(catalog, encoder.clone())?;
        let start = Instant::now();
        let calibration = session.calibrate()?.ok_or("too few products")?;
        println!(
            "\n{} products, calibrated in {:.1} s: {:?}, same from {:?}, {} bytes of JSON",
            pictures.len(),
            start.elapsed().as_secs_f64(),
            calibration.image,
            calibration.same_from,
            serde_json::to_string(&calibration)?.len()
        );
        let same_from = calibration.same_from.ok_or("no thumbnails")?;
        Ok(Self { session, imprints, same_from, _folder: folder })
    }

    fn report(&self, name: &str, asked: &[Asked]) -> Outcome<()> {
        let snapshot = self.session.catalog().read()?;
        let embeddings = embed_all(self.session.encoder(), asked.iter().map(|(picture, _)| picture))?;
        let count = asked.len() as f64;
        let (mut refused, mut exact_wrong, mut exact, mut ms) = (0, 0, 0, 0.0);
        let mut strangers_exact = 0;
        // By embedding alone, and with imprints: first, and among five.
        let mut hits: BTreeMap<String, [usize; 3]> = BTreeMap::new();
        for ((picture, own), embedding) in asked.iter().zip(&embeddings) {
            refused += usize::from(snapshot.familiarity(embedding)?.is_some_and(|f| f < 0.0));
            let filter = Filter::default();
            let query = VectorQuery {
                embedding,
                filter: &filter,
                k: CANDIDATES,
                strategy: Strategy::Auto,
                except: None,
            };
            let near: Vec<(String, f32)> =
                snapshot.search(&query)?.products.into_iter().map(|p| (p.product.id, p.score)).collect();
            let imprints: Vec<&[u8]> = near.iter().map(|(id, _)| self.imprints[id].as_bytes()).collect();
            let start = Instant::now();
            let likeness = Sought::new(picture).among(&imprints);
            ms += start.elapsed().as_secs_f64() * 1e3;
            let own = own.as_deref();
            let is_own = |at: usize| Some(near[at].0.as_str()) == own;
            let verified = |at: usize| likeness[at].is_some_and(|l| l >= self.same_from);
            let like = |at: usize| likeness[at].unwrap_or(-1.0);
            let mut ranks = BTreeMap::new();
            ranks.insert("embedding".to_string(), (0..near.len()).map(|at| near[at].1).collect::<Vec<f32>>());
            let first = |at: usize| if verified(at) { 2.0 + like(at) } else { near[at].1 };
            ranks.insert("verified first".into(), (0..near.len()).map(first).collect());
            let both = |at: usize| score_with_likeness(near[at].1, likeness[at]);
            ranks.insert("with likeness".into(), (0..near.len()).map(both).collect());
            for (rule, scores) in ranks {
                let own = (0..near.len()).find(|at| is_own(*at)).map(|at| scores[at]);
                let rank = own.map_or(usize::MAX, |own| scores.iter().filter(|s| **s > own).count());
                let hit = hits.entry(rule).or_default();
                hit[0] += usize::from(rank < 1);
                hit[1] += usize::from(rank < 5);
                hit[2] += usize::from(rank < CANDIDATES);
            }
            let top = (0..near.len()).filter(|at| verified(*at)).max_by(|a, b| like(*a).total_cmp(&like(*b)));
            exact += usize::from(top.is_some_and(is_own));
            exact_wrong += usize::from(top.is_some_and(|at| !is_own(at)));
            strangers_exact += usize::from((0..near.len()).any(|at| verified(at) && !is_own(at)));
        }
        let share = |n: usize| n as f64 / count;
        println!(
            "{name}: {} queries, refused {:.3}, imprints {:.2} ms",
            asked.len(),
            share(refused),
            ms / count
        );
        println!(
            "  exact, right {:.3}, wrong {:.3}; another product exact {:.3}",
            share(exact),
            share(exact_wrong),
            share(strangers_exact)
        );
        for (rule, [one, five, all]) in hits.iter().filter(|_| asked.iter().any(|(_, own)| own.is_some())) {
            println!(
                "  {rule}: hit 1 {:.3}, in 5 {:.3}, in {CANDIDATES} {:.3}",
                share(*one),
                share(*five),
                share(*all)
            );
        }
        Ok(())
    }

    fn report_foreign(&self, foreign: &[(String, RgbImage)]) -> Outcome<()> {
        let snapshot = self.session.catalog().read()?;
        let scale = self.session.catalog().info()?.calibration.ok_or("not calibrated")?.image;
        let embeddings = embed_all(self.session.encoder(), foreign.iter().map(|(_, picture)| picture))?;
        let mut families: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
        for ((family, _), embedding) in foreign.iter().zip(&embeddings) {
            let told = snapshot.familiarity(embedding)?.is_some_and(|f| f < 0.0);
            let filter = Filter::default();
            let query =
                VectorQuery { embedding, filter: &filter, k: 1, strategy: Strategy::Auto, except: None };
            let before = snapshot.search(&query)?.products[0].score < scale.matches_from;
            for family in [family.as_str(), "all"] {
                let counts = families.entry(family).or_default();
                counts[0] += 1;
                counts[1] += usize::from(told);
                counts[2] += usize::from(before);
            }
        }
        println!("foreign: pictures, told, told by the nearest similarity alone");
        for (family, [count, told, before]) in families {
            let share = |n: usize| n as f64 / count as f64;
            println!("  {family}: {count} {:.2} {:.2}", share(told), share(before));
        }
        Ok(())
    }

    fn report_words(&self, name: &str, said: Vec<String>) -> Outcome<()> {
        let mut good = 0;
        for text in &said {
            let query = Query { text: Some(text.clone()), k: 1, ..Query::default() };
            good += usize::from(self.session.search(&query)?.is_good());
        }
        println!("{name}: {} queries, a good match for {:.3}", said.len(), good as f64 / said.len() as f64);
        Ok(())
    }
}
