//! Times what a build spends per picture, by stage: `time_build FOLDER [COUNT]`.
//!
//! FOLDER has `photos.csv` (`id,image,label,…`, as `KNYTT_PHOTOS` elsewhere). Takes the first COUNT photographs (all
//! if none is given) through the stages of `knytt build`, one stage after the other and each on one thread, with the
//! starter bundle, and prints CPU milliseconds per picture. Then it reviews and calibrates the catalogue, and prints
//! seconds. `KNYTT_PRECISION` names another precision than f32. `KNYTT_OUT` names a folder that gets the looks,
//! to compare with those of another version.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;
use knytt_engine::{Catalog, CatalogSpec, InstanceEmbedding, Look, Product, SearchSession};
use knytt_models::decode::{Limits, decode};
use knytt_models::shrink::{Filter, shrink};
use knytt_models::{Bundle, Embedding, Encoder, Options, Precision};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Photographs whose pixels are in memory at a time.
const AT_ONCE: usize = 200;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = PathBuf::from(arguments.first().ok_or("give FOLDER")?);
    let count = arguments.get(1).map_or(Ok(usize::MAX), |count| count.parse())?;
    let photos = photos(&folder, count)?;
    let bundle = Bundle::starter()?;
    let temporary = tempfile::tempdir()?;
    let spec = CatalogSpec {
        id: "time".into(),
        model: bundle.fingerprint().clone(),
        model_name: bundle.name().into(),
        dimension: bundle.dimension(),
    };
    let catalog = Catalog::open_or_create(temporary.path(), &spec)?;
    let encoder = Encoder::start_with(bundle, &options())?;
    let mut stages = Stages::default();
    let mut looks = String::new();
    for photos in photos.chunks(AT_ONCE) {
        through(photos, &encoder, &catalog, &mut stages, &mut looks)?;
    }
    stages.print(photos.len());
    if let Some(folder) = std::env::var_os("KNYTT_OUT") {
        fs_err::write(Path::new(&folder).join("looks.jsonl"), looks)?;
    }
    timed("review", || Ok(catalog.review(None).map(drop)?))?;
    let session = SearchSession::new(catalog, encoder)?;
    timed("calibration", || Ok(session.calibrate().map(drop)?))
}

/// One thread, in the precision that `KNYTT_PRECISION` names.
fn options() -> Options {
    let precision = std::env::var("KNYTT_PRECISION").ok().and_then(|name| name.parse().ok());
    Options { threads: Some(1), precision: precision.unwrap_or(Precision::F32), ..Options::default() }
}

struct Photo {
    id: String,
    path: PathBuf,
    label: String,
}

fn photos(folder: &Path, count: usize) -> Outcome<Vec<Photo>> {
    let rows = fs_err::read_to_string(folder.join("photos.csv"))?;
    let photo = |row: &str| {
        let mut cells = row.split(',').map(str::to_owned);
        let mut cell = || cells.next().ok_or("a row without three cells");
        Ok(Photo { id: cell()?, path: folder.join(cell()?), label: cell()? })
    };
    rows.lines().skip(1).take(count).map(photo).collect()
}

/// Takes some photographs through all stages.
fn through(
    photos: &[Photo],
    encoder: &Encoder,
    catalog: &Catalog,
    stages: &mut Stages,
    looks: &mut String,
) -> Outcome<()> {
    let side = Some(encoder.target_side());
    let files = stages.each("read", photos, |photo| Ok(fs_err::read(&photo.path)?))?;
    let pictures = stages.each("decode", &files, |file| Ok(decode(file, &Limits::default(), side)?))?;
    let seen = stages.each("look", &pictures, |picture| Ok(Look::from_pixels(picture)))?;
    let preprocessing = encoder.bundle().preprocessing();
    let pixels = stages.each("resize", &pictures, |picture: &RgbImage| Ok(preprocessing.pixels(picture)))?;
    // A batch at a time, as a build does it.
    let embeddings: Vec<Embedding> = stages
        .each("model", &pixels.chunks(8).collect::<Vec<_>>(), |pixels| {
            let pending: Vec<_> =
                pixels.iter().cloned().map(|p| encoder.submit_pixels(p)).collect::<Result<_, _>>()?;
            Ok(pending.into_iter().map(|pending| pending.wait()).collect::<Result<Vec<_>, _>>()?)
        })?
        .concat();
    let thumbnails = stages.each("thumbnail", &pictures, thumbnail)?;
    let mut writer = catalog.write();
    let mut products = Vec::new();
    for ((photo, mut look), embedding) in photos.iter().zip(seen).zip(&embeddings) {
        looks.push_str(&format!("{}\n", serde_json::json!({ "id": photo.id, "look": look })));
        look.instance_embedding = InstanceEmbedding::from_embedding(embedding);
        let (id, title, category) = (photo.id.clone(), photo.label.clone(), photo.label.clone());
        products.push(Product { id, title, category, look, ..Product::default() });
    }
    let rows: Vec<_> = products.iter().zip(&embeddings).zip(&thumbnails).collect();
    stages.each("write", &rows, |((product, embedding), thumbnail)| {
        Ok(writer.upsert(product, embedding, Some(thumbnail))?)
    })?;
    stages.each("commit", &[()], |()| Ok(writer.commit()?))?;
    Ok(())
}

/// As large as the program's. It takes longer, since the program has another encoder.
fn thumbnail(picture: &RgbImage) -> Outcome<Vec<u8>> {
    const SIDE: u32 = 256;
    let (width, height) = picture.dimensions();
    let longest = width.max(height).max(SIDE);
    let size = (width * SIDE / longest, height * SIDE / longest);
    let small = shrink(picture, size, Filter::Bilinear).ok_or("a picture without pixels")?;
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, 84).encode_image(&small)?;
    Ok(file)
}

/// CPU time by stage, in the order in which they come.
#[derive(Default)]
struct Stages(Vec<(&'static str, Duration)>);

impl Stages {
    fn each<T, U>(
        &mut self,
        name: &'static str,
        inputs: &[T],
        mut work: impl FnMut(&T) -> Outcome<U>,
    ) -> Outcome<Vec<U>> {
        let start = ProcessTime::now();
        let outputs = inputs.iter().map(&mut work).collect();
        let spent = start.elapsed();
        match self.0.iter_mut().find(|(stage, _)| *stage == name) {
            Some((_, sum)) => *sum += spent,
            None => self.0.push((name, spent)),
        }
        outputs
    }

    fn print(&self, pictures: usize) {
        let ms = |spent: Duration| spent.as_secs_f64() * 1e3 / pictures as f64;
        for (name, spent) in &self.0 {
            println!("{name:12} {:7.3} ms of CPU a picture", ms(*spent));
        }
        println!(
            "{:12} {:7.3} ms of CPU a picture",
            "together",
            ms(self.0.iter().map(|(_, spent)| *spent).sum())
        );
    }
}

fn timed(name: &str, work: impl FnOnce() -> Outcome<()>) -> Outcome<()> {
    let (wall, cpu) = (Instant::now(), ProcessTime::now());
    work()?;
    println!("{name:12} {:7.3} s, {:.3} s of CPU", wall.elapsed().as_secs_f64(), cpu.elapsed().as_secs_f64());
    Ok(())
}
