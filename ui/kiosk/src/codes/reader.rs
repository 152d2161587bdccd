//! All codes of one frame.

use std::collections::HashMap;

use image::RgbImage;

use super::gray::Gray;
use super::line::{Runs, runs, sample, sharpen};
use super::{code128, ean, qr};

/// Lines run in this many directions: one of them crosses each code within 7.5 degrees of square.
const DIRECTIONS: u32 = 12;

/// The space between parallel lines, in pixels.
const SPACE: f32 = 14.0;

/// Lines shorter than this have no room for a code, in pixels.
const SHORTEST: f32 = 80.0;

/// What kind of code it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// EAN or UPC: the text is 13 or 8 digits.
    Ean,
    /// Code 128.
    Code128,
    /// Code 128 with GS1's elements.
    Gs1,
    /// QR.
    Qr,
}

/// A code that was read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Read {
    /// What kind of code.
    pub kind: Kind,
    /// What it says.
    pub text: String,
}

impl Read {
    /// In how many lines a code must be found. Eight digits have the weakest check.
    fn lines(&self) -> u32 {
        if self.kind == Kind::Ean && self.text.len() == 8 { 3 } else { 2 }
    }
}

/// Reads frames. It keeps none; the scratch space is for speed.
#[derive(Debug, Default)]
pub struct Reader {
    gray: Vec<u8>,
    samples: Vec<f32>,
    frames: u32,
}

impl Reader {
    /// The code of a frame that is found in the most lines, if it is found in more than one.
    pub fn read(&mut self, frame: &RgbImage) -> Option<Read> {
        let light =
            |p: &[u8]| ((77 * u32::from(p[0]) + 150 * u32::from(p[1]) + 29 * u32::from(p[2])) >> 8) as u8;
        let mut pixels = std::mem::take(&mut self.gray);
        pixels.clear();
        pixels.extend(frame.as_raw().chunks_exact(3).map(light));
        let (width, height) = (frame.width() as usize, frame.height() as usize);
        let found = Gray::new(&pixels, width, height).and_then(|gray| self.read_gray(&gray));
        // The next frame takes the room, and must not find this one in it.
        pixels.fill(0);
        self.gray = pixels;
        found
    }

    /// The same for a grey picture. Every second frame is sharpened, for a lens that is out of focus.
    pub fn read_gray(&mut self, gray: &Gray<'_>) -> Option<Read> {
        self.frames = self.frames.wrapping_add(1);
        let sharper = if self.frames.is_multiple_of(2) { 1.2 } else { 0.0 };
        let mut found: HashMap<Read, u32> = HashMap::new();
        for direction in 0..DIRECTIONS {
            let angle = std::f32::consts::PI * direction as f32 / DIRECTIONS as f32;
            for (from, to) in lines(gray, angle) {
                sample(gray, from, to, &mut self.samples);
                if sharper > 0.0 {
                    sharpen(&mut self.samples, sharper);
                }
                if let Some(read) = read_line(&runs(&self.samples)) {
                    *found.entry(read).or_default() += 1;
                }
            }
        }
        let best = found.iter().max_by_key(|(_, lines)| **lines);
        // Two different codes that are found equally often: one of them may be wrong.
        let is_clear = |lines: u32| found.values().filter(|other| **other * 2 > lines).count() == 1;
        let best = best.filter(|(read, lines)| **lines >= read.lines() && is_clear(**lines));
        best.map(|(read, _)| read.clone()).or_else(|| {
            let said = qr::read(gray).filter(|_| found.is_empty());
            said.map(|text| Read { kind: Kind::Qr, text })
        })
    }
}

/// The code of a line, whichever way it lies.
fn read_line(line: &Runs) -> Option<Read> {
    // Fewer bars are no code.
    if line.widths.len() < 34 {
        return None;
    }
    let one_way = |line: &Runs| {
        let ean = ean::read(line).map(|text| Read { kind: Kind::Ean, text });
        ean.or_else(|| {
            let (text, is_gs1) = code128::read(line)?;
            Some(Read { kind: if is_gs1 { Kind::Gs1 } else { Kind::Code128 }, text })
        })
    };
    one_way(line).or_else(|| one_way(&line.reversed()))
}

type Point = (f32, f32);

/// Parallel lines across a picture in one direction, in radians.
fn lines(gray: &Gray<'_>, angle: f32) -> impl Iterator<Item = (Point, Point)> {
    let (width, height) = (gray.width as f32 - 1.0, gray.height as f32 - 1.0);
    let (sin, cos) = angle.sin_cos();
    // How far from the middle a line can pass, at a right angle to its direction.
    let reach = (width * sin.abs() + height * cos.abs()) / 2.0;
    let count = (reach / SPACE) as i32;
    (-count..=count).filter_map(move |index| {
        let off = index as f32 * SPACE;
        let middle = (width / 2.0 - sin * off, height / 2.0 + cos * off);
        let (from, to) = clip(middle, (cos, sin), (width, height))?;
        ((to.0 - from.0).hypot(to.1 - from.1) >= SHORTEST).then_some((from, to))
    })
}

/// The part of a line within a picture.
fn clip(through: Point, along: Point, size: Point) -> Option<(Point, Point)> {
    let (mut from, mut to) = (f32::MIN, f32::MAX);
    for (at, step, size) in [(through.0, along.0, size.0), (through.1, along.1, size.1)] {
        if step.abs() < 1e-6 {
            if !(0.0..=size).contains(&at) {
                return None;
            }
            continue;
        }
        let (a, b) = (-at / step, (size - at) / step);
        (from, to) = (from.max(a.min(b)), to.min(a.max(b)));
    }
    let point = |t: f32| (through.0 + along.0 * t, through.1 + along.1 * t);
    (from < to).then(|| (point(from), point(to)))
}
