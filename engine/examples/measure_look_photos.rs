//! Measures on photographs what the thresholds of `look/` are set by: `measure_look_photos MEASUREMENT`.
//!
//!     looks        writes the look of each photograph to KNYTT_OUT/looks.jsonl
//!     sharpness    contrast and sharpness of the photographs, and of blurred copies
//!     copies       how far copies and different photographs lie apart, by hash and by embedding
//!     categories   how often neighbours and prompts tell the category, by their share
//!
//! `KNYTT_PHOTOS` is a folder with `photos.csv` (`id,image,label,kids,sender,split`). With `KNYTT_EVERY=N`,
//! `copies` and `categories` take every Nth photograph that is not of the split `val`, and all that are.
#![expect(clippy::unwrap_used, reason = "a failed measurement stops the program")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use image::RgbImage;
use image::imageops::{FilterType, crop_imm, resize};
use knytt_engine::offline::{Prompts, contrast_and_sharpness, neighbour_votes};
use knytt_engine::{Look, Neighbour, hash_distance};
use knytt_models::decode::{Limits, decode};
use knytt_models::{Bundle, Device, Embedding, Encoder};
use rayon::prelude::*;

/// Photographs of which copies are made.
const COPIED: usize = 150;

/// Pairs of different photographs are listed up to this many bits.
const MOST_BITS: u32 = 14;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("looks") => looks(),
        Some("sharpness") => sharpness(),
        Some("copies") => {
            let (photos, seen, encoder) = embedded();
            copies_of_photos(&photos, &seen, &encoder);
            different_photos(&photos, &seen);
        }
        Some("categories") => {
            let (photos, seen, encoder) = embedded();
            categories(&photos, &seen, &encoder);
        }
        _ => eprintln!("name a measurement: looks, sharpness, copies or categories"),
    }
}

struct Photo {
    id: String,
    path: PathBuf,
    label: String,
    is_val: bool,
}

impl Photo {
    fn pixels(&self) -> RgbImage {
        decode(&fs_err::read(&self.path).unwrap(), &Limits::default(), None).unwrap()
    }
}

/// Reads the list of photographs.
fn photos() -> Vec<Photo> {
    let folder = PathBuf::from(std::env::var("KNYTT_PHOTOS").expect("KNYTT_PHOTOS names no folder"));
    let rows = fs_err::read_to_string(folder.join("photos.csv")).unwrap();
    let photo = |row: &str| {
        let cells: Vec<&str> = row.split(',').collect();
        Photo {
            id: cells[0].into(),
            path: folder.join(cells[1]),
            label: cells[2].into(),
            is_val: cells[5] == "val",
        }
    };
    rows.lines().skip(1).map(photo).collect()
}

fn looks() {
    let folder = PathBuf::from(std::env::var("KNYTT_OUT").expect("KNYTT_OUT names no folder"));
    let line = |photo: &Photo| {
        let look = Look::from_pixels(&photo.pixels());
        serde_json::json!({ "id": photo.id, "label": photo.label, "look": look }).to_string()
    };
    let lines: Vec<String> = photos().par_iter().map(line).collect();
    fs_err::write(folder.join("looks.jsonl"), lines.join("\n")).unwrap();
}

fn print_quantiles(name: &str, mut values: Vec<f32>) {
    values.sort_by(f32::total_cmp);
    let at = |share: f32| values[(share * (values.len() - 1) as f32) as usize];
    let shown = [0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0].map(at);
    println!("{name}: 0, 0.1, 0.5, 1, 2, 5, 10, 25, 50, 75, 90, 95, 99, 100 %: {shown:.3?}");
}

fn sharpness() {
    let photos = photos();
    let measure = |photo: &Photo| {
        let (contrast, sharpness) = contrast_and_sharpness(&photo.pixels());
        (sharpness, contrast, photo.id.clone())
    };
    let mut measured: Vec<_> = photos.par_iter().map(measure).collect();
    print_quantiles("contrast", measured.iter().map(|(_, contrast, _)| *contrast).collect());
    print_quantiles("sharpness", measured.iter().map(|(sharpness, ..)| *sharpness).collect());
    measured.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (sharpness, contrast, id) in measured.iter().take(48) {
        println!("{sharpness:.3} {contrast:.0} {id}");
    }
    let some: Vec<_> = photos.iter().step_by(12).map(Photo::pixels).collect();
    for sigma in [1.0, 1.5, 2.0, 3.0, 4.0, 6.0] {
        let blurred = some.par_iter().map(|picture| image::imageops::fast_blur(picture, sigma));
        let sharpness = blurred.map(|picture| contrast_and_sharpness(&picture).1).collect();
        print_quantiles(&format!("blurred by {sigma}"), sharpness);
    }
}

/// The photographs, each with its hash and its embedding.
fn embedded() -> (Vec<Photo>, Vec<(u64, Embedding)>, Encoder) {
    let every: usize = std::env::var("KNYTT_EVERY").map_or(1, |every| every.parse().unwrap());
    let mut count = 0_usize;
    let mut photos = photos();
    photos.retain(|photo| {
        count += usize::from(!photo.is_val);
        photo.is_val || (count - 1).is_multiple_of(every)
    });
    let encoder = Encoder::start(Bundle::starter().unwrap(), Device::Cpu).unwrap();
    let pictures: Vec<RgbImage> = photos.par_iter().map(Photo::pixels).collect();
    // Embedding runs outside of rayon's pool: the model computes in that pool and would wait for itself.
    let seen =
        pictures.iter().map(|picture| (hash(picture), encoder.embed_image(picture).unwrap())).collect();
    (photos, seen, encoder)
}

fn hash(picture: &RgbImage) -> u64 {
    Look::from_pixels(picture).hash.unwrap()
}

/// Copies as shops have them of one picture.
fn copies(picture: &RgbImage) -> Vec<(&'static str, RgbImage)> {
    let (width, height) = picture.dimensions();
    let part = |share: f32| {
        let (w, h) = ((width as f32 * share) as u32, (height as f32 * share) as u32);
        crop_imm(picture, (width - w) / 2, (height - h) / 2, w, h).to_image()
    };
    let mut jpeg = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 40).encode_image(picture).unwrap();
    let mut warm = picture.clone();
    warm.pixels_mut().for_each(|p| p.0 = [p[0].saturating_add(12), p[1], p[2].saturating_sub(12)]);
    vec![
        ("jpeg 40", decode(&jpeg, &Limits::default(), None).unwrap()),
        ("half size", resize(picture, width / 2, height / 2, FilterType::Triangle)),
        ("warm", warm),
        ("brighter", image::imageops::brighten(picture, 25)),
        ("crop 0.98", part(0.98)),
        ("crop 0.95", part(0.95)),
        ("crop 0.90", part(0.90)),
        ("crop 0.80", part(0.80)),
    ]
}

/// Prints how far copies lie from their photograph.
fn copies_of_photos(photos: &[Photo], seen: &[(u64, Embedding)], encoder: &Encoder) {
    let mut found: BTreeMap<&str, Vec<(u32, f32)>> = BTreeMap::new();
    for at in (0..photos.len()).step_by(photos.len().div_ceil(COPIED)) {
        let (own_hash, own) = &seen[at];
        for (name, copy) in copies(&photos[at].pixels()) {
            let cosine = own.cosine(&encoder.embed_image(&copy).unwrap()).unwrap();
            found.entry(name).or_default().push((hash_distance(*own_hash, hash(&copy)), cosine));
        }
    }
    for (name, pairs) in &found {
        print_quantiles(&format!("{name} bits"), pairs.iter().map(|(bits, _)| *bits as f32).collect());
        print_quantiles(&format!("{name} cosine"), pairs.iter().map(|(_, cosine)| *cosine).collect());
    }
}

/// Prints how many pairs of different photographs have hashes that differ in few bits.
fn different_photos(photos: &[Photo], seen: &[(u64, Embedding)]) {
    let mut pairs: Vec<(u32, f32, usize, usize)> = Vec::new();
    for a in 0..seen.len() {
        for b in 0..a {
            let bits = hash_distance(seen[a].0, seen[b].0);
            if bits <= MOST_BITS {
                pairs.push((bits, seen[a].1.cosine(&seen[b].1).unwrap(), a, b));
            }
        }
    }
    pairs.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    for bits in 0..=MOST_BITS {
        let within: Vec<_> = pairs.iter().filter(|pair| pair.0 == bits).collect();
        let above = [0.0, 0.8, 0.85, 0.9, 0.95, 0.98]
            .map(|least| within.iter().filter(|pair| pair.1 >= least).count());
        println!("{bits} bits: {above:?} pairs above cosines of 0, 0.8, 0.85, 0.9, 0.95, 0.98");
    }
    for (bits, cosine, a, b) in pairs.iter().filter(|pair| pair.1 > 0.8 && pair.0 <= 10).take(60) {
        println!("pair {bits} {cosine:.3} {} {}", photos[*a].id, photos[*b].id);
    }
}

/// Whether an answer was right, and the share that it had.
type Answer = (bool, f32);

const METHODS: [&str; 4] = ["nearest", "neighbours", "prompts", "neighbours, with prompts"];

fn categories(photos: &[Photo], seen: &[(u64, Embedding)], encoder: &Encoder) {
    let is_labelled = |photo: &Photo| !matches!(photo.label.as_str(), "Not sure" | "Other" | "Skip");
    let (val, train): (Vec<usize>, Vec<usize>) =
        (0..photos.len()).filter(|at| is_labelled(&photos[*at])).partition(|at| photos[*at].is_val);
    let mut labels: Vec<&str> = train.iter().map(|at| photos[*at].label.as_str()).collect();
    labels.sort_unstable();
    labels.dedup();
    let prompts = Prompts::embed(encoder, &["a photo of a {}", "{}"], &labels).unwrap();
    let answer = |at: &usize| {
        let picture = &seen[*at].1;
        let neighbour = |other: &usize| {
            let cosine = seen[*other].1.cosine(picture).unwrap();
            Neighbour { category: &photos[*other].label, cosine }
        };
        let mut near: Vec<Neighbour<'_>> = train.iter().map(neighbour).collect();
        near.sort_by(|a, b| b.cosine.total_cmp(&a.cosine));
        let votes = neighbour_votes(&near).unwrap();
        let prompted = prompts.best(picture).unwrap().unwrap();
        let both = if votes.0 == prompted.0 { f32::midpoint(votes.1, prompted.1) } else { 0.5 * votes.1 };
        [(near[0].category, 1.0), votes, prompted, (votes.0, both)]
            .map(|(value, share)| -> Answer { (value == photos[*at].label, share) })
    };
    let answers: Vec<[Answer; METHODS.len()]> = val.par_iter().map(answer).collect();
    for (method, name) in METHODS.iter().enumerate() {
        print_precision(name, &answers.iter().map(|answers| answers[method]).collect::<Vec<_>>());
    }
}

fn print_precision(name: &str, answers: &[Answer]) {
    let right = answers.iter().filter(|(is_right, _)| *is_right).count();
    println!("{name}: {:.3} of {}", right as f32 / answers.len() as f32, answers.len());
    for bin in 0..=10 {
        let within: Vec<_> = answers.iter().filter(|(_, share)| (share * 10.0) as usize == bin).collect();
        let right = within.iter().filter(|(is_right, _)| *is_right).count();
        if !within.is_empty() {
            println!("  share {:.1}: {right} right of {}", bin as f32 / 10.0, within.len());
        }
    }
}
