//! On photographs whose kinds are known, and nothing else.

use std::collections::BTreeMap;
use std::path::PathBuf;

use image::RgbImage;
use knytt_models::decode::{Limits, decode};
use knytt_models::{Bundle, Device, Embedding, Encoder};
use rayon::prelude::*;

use crate::look::{Look, Neighbour, Prompts, category, hash, hash_distance, quality};

/// A photograph.
pub(crate) struct Photo {
    pub(crate) id: String,
    pub(crate) path: PathBuf,
    pub(crate) label: String,
    pub(crate) val: bool,
}

impl Photo {
    pub(crate) fn pixels(&self) -> RgbImage {
        decode(&std::fs::read(&self.path).unwrap(), &Limits::default(), None).unwrap()
    }
}

/// All of them, or none if the folder is not named.
pub(crate) fn photos() -> Vec<Photo> {
    let Ok(folder) = std::env::var("KNYTT_PHOTOS") else { return Vec::new() };
    let folder = PathBuf::from(folder);
    let rows = std::fs::read_to_string(folder.join("photos.csv")).unwrap();
    let photo = |row: &str| {
        let cells: Vec<&str> = row.split(',').collect();
        Photo {
            id: cells[0].into(),
            path: folder.join(cells[1]),
            label: cells[2].into(),
            val: cells[5] == "val",
        }
    };
    rows.lines().skip(1).map(photo).collect()
}

#[test]
#[ignore = "a measure: minutes"]
fn looks_of_photos() {
    let Ok(out) = std::env::var("KNYTT_OUT") else { return };
    let photos = photos();
    let lines: Vec<String> = photos
        .par_iter()
        .map(|photo| serde_json::json!({ "id": photo.id, "label": photo.label, "look": Look::of_pixels(&photo.pixels()) }).to_string())
        .collect();
    std::fs::write(format!("{out}/looks.jsonl"), lines.join("\n")).unwrap();
}

fn quantiles(name: &str, values: &mut [f32]) {
    values.sort_by(f32::total_cmp);
    let at = |share: f32| values[(share * (values.len() - 1) as f32) as usize];
    let shown = [0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0].map(at);
    println!("{name}: 0, 0.1, 0.5, 1, 2, 5, 10, 25, 50, 75, 90, 95, 99, 100 %: {shown:.3?}");
}

#[test]
#[ignore = "a measure: minutes"]
fn sharpness_of_photos_and_of_blurred_ones() {
    let photos = photos();
    let measured: Vec<_> = photos
        .par_iter()
        .map(|photo| {
            let (contrast, sharpness) = quality::measured(&photo.pixels());
            (contrast, sharpness, photo.id.clone())
        })
        .collect();
    quantiles("contrast", &mut measured.iter().map(|m| m.0).collect::<Vec<_>>());
    quantiles("sharpness", &mut measured.iter().map(|m| m.1).collect::<Vec<_>>());
    let mut sorted = measured.clone();
    sorted.sort_by(|a, b| a.1.total_cmp(&b.1));
    sorted
        .iter()
        .take(48)
        .for_each(|(contrast, sharpness, id)| println!("{sharpness:.3} {contrast:.0} {id}"));
    let some: Vec<_> = photos.iter().step_by(12).map(Photo::pixels).collect();
    for sigma in [1.0, 1.5, 2.0, 3.0, 4.0, 6.0] {
        let blurred = some.par_iter().map(|picture| image::imageops::fast_blur(picture, sigma));
        let mut sharpness: Vec<_> = blurred.map(|picture| quality::measured(&picture).1).collect();
        quantiles(&format!("blurred by {sigma}"), &mut sharpness);
    }
}

// Nothing is embedded inside of rayon's pool: the model computes there, and would wait for itself.

/// Ways in which a shop's pictures come twice.
fn copies(picture: &RgbImage) -> Vec<(&'static str, RgbImage)> {
    use image::imageops::{FilterType, crop_imm, resize};
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

#[test]
#[ignore = "a measure: minutes"]
fn twins_and_categories_of_photos() {
    let every: usize = std::env::var("KNYTT_EVERY").ok().and_then(|every| every.parse().ok()).unwrap_or(1);
    let mut turn = 0..;
    let mut photos = photos();
    photos.retain(|photo| photo.val || turn.next().is_some_and(|turn: usize| turn.is_multiple_of(every)));
    let encoder = Encoder::start(Bundle::starter().unwrap(), Device::Cpu).unwrap();
    let pictures: Vec<RgbImage> = photos.par_iter().map(Photo::pixels).collect();
    let seen: Vec<(u64, Embedding)> = pictures
        .iter()
        .map(|picture| (hash::hash(picture).unwrap(), encoder.embed_image(picture).unwrap()))
        .collect();
    drop(pictures);
    categories(&photos, &seen, &encoder);
    copies_against_strangers(&photos, &seen, &encoder);
}

fn copies_against_strangers(photos: &[Photo], seen: &[(u64, Embedding)], encoder: &Encoder) {
    let some: Vec<usize> = (0..photos.len()).step_by(photos.len().div_ceil(150)).collect();
    let mut found: BTreeMap<&str, Vec<(u32, f32)>> = BTreeMap::new();
    let of: Vec<_> = some
        .iter()
        .map(|at| {
            let copies = copies(&photos[*at].pixels());
            let far = |(name, copy): (&'static str, RgbImage)| {
                let bits = hash_distance(seen[*at].0, hash::hash(&copy).unwrap());
                (name, bits, seen[*at].1.cosine(&encoder.embed_image(&copy).unwrap()).unwrap())
            };
            copies.into_iter().map(far).collect::<Vec<_>>()
        })
        .collect();
    of.into_iter()
        .flatten()
        .for_each(|(name, bits, cosine)| found.entry(name).or_default().push((bits, cosine)));
    for (name, pairs) in &found {
        quantiles(&format!("{name} bits"), &mut pairs.iter().map(|pair| pair.0 as f32).collect::<Vec<_>>());
        quantiles(&format!("{name} cosine"), &mut pairs.iter().map(|pair| pair.1).collect::<Vec<_>>());
    }
    let mut strangers: Vec<(u32, f32, usize, usize)> = Vec::new();
    for a in 0..seen.len() {
        for b in 0..a {
            let bits = hash_distance(seen[a].0, seen[b].0);
            if bits <= 14 {
                strangers.push((bits, seen[a].1.cosine(&seen[b].1).unwrap(), a, b));
            }
        }
    }
    strangers.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    for bits in 0..=14 {
        let within: Vec<_> = strangers.iter().filter(|pair| pair.0 == bits).collect();
        let above = [0.0, 0.8, 0.85, 0.9, 0.95, 0.98]
            .map(|least| within.iter().filter(|pair| pair.1 >= least).count());
        println!("{bits} bits: {above:?} pairs above cosines of 0, 0.8, 0.85, 0.9, 0.95, 0.98");
    }
    for (bits, cosine, a, b) in strangers.iter().filter(|pair| pair.1 > 0.8 && pair.0 <= 10).take(60) {
        println!("pair {bits} {cosine:.3} {} {}", photos[*a].id, photos[*b].id);
    }
}

fn categories(photos: &[Photo], seen: &[(u64, Embedding)], encoder: &Encoder) {
    let known = |photo: &Photo| !matches!(photo.label.as_str(), "Not sure" | "Other" | "Skip");
    let train: Vec<usize> = (0..photos.len()).filter(|at| !photos[*at].val && known(&photos[*at])).collect();
    let val: Vec<usize> = (0..photos.len()).filter(|at| photos[*at].val && known(&photos[*at])).collect();
    let mut labels: Vec<&str> = train.iter().map(|at| photos[*at].label.as_str()).collect();
    labels.sort_unstable();
    labels.dedup();
    let prompts = Prompts::embed(encoder, &["a photo of a {}", "{}"], &labels).unwrap();
    let answer = |at: &usize| {
        let mut near: Vec<Neighbour<'_>> = train
            .iter()
            .map(|other| Neighbour {
                category: &photos[*other].label,
                cosine: seen[*other].1.cosine(&seen[*at].1).unwrap(),
            })
            .collect();
        near.sort_by(|a, b| b.cosine.total_cmp(&a.cosine));
        let votes = category::votes(&near).unwrap();
        let prompted = prompts.best(&seen[*at].1).unwrap().unwrap();
        let same = votes.0 == prompted.0;
        let both = if same { f32::midpoint(votes.1, prompted.1) } else { 0.5 * votes.1 };
        let said = [(near[0].category, 1.0), votes, prompted, (votes.0, both)];
        said.map(|(value, share)| (value == photos[*at].label, share))
    };
    let answers: Vec<[(bool, f32); 4]> = val.par_iter().map(answer).collect();
    for (method, name) in ["nearest", "neighbours", "prompts", "neighbours, with prompts"].iter().enumerate()
    {
        let all: Vec<(bool, f32)> = answers.iter().map(|answers| answers[method]).collect();
        let right = all.iter().filter(|answer| answer.0).count();
        println!("{name}: {:.3} of {}", right as f32 / all.len() as f32, all.len());
        for bin in 0..=10 {
            let within: Vec<_> = all.iter().filter(|answer| (answer.1 * 10.0) as usize == bin).collect();
            let right = within.iter().filter(|answer| answer.0).count();
            if !within.is_empty() {
                println!("  said {:.1}: {right} right of {}", bin as f32 / 10.0, within.len());
            }
        }
    }
}
