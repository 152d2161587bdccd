//! What lies behind the garment: a studio ground, floors, beds, walls.

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::noise::{fractal, hash, lerp, ridged, smoothstep, value};
use crate::palette::{Colour, Rgb, mix, rgb_f32, rgb_u8, scale};
use crate::pattern::Pattern;

/// A surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// Seamless paper.
    Studio,
    /// Planks.
    Wood,
    /// A bed sheet or a blanket, with folds and perhaps a pattern.
    Sheet,
    /// Short pile.
    Carpet,
    /// Stone or ceramic with joints.
    Tiles,
    /// A painted wall.
    Wall,
    /// Concrete or terrazzo.
    Stone,
    /// Painted or laminated board.
    Board,
    /// Grass.
    Grass,
}

/// The surface behind the garment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Backdrop {
    /// What it is.
    pub ground: Ground,
    /// Its colour, sRGB.
    pub tone: [u8; 3],
    /// Joints, patterns, second colour.
    pub other: [u8; 3],
    /// Pattern of a sheet or rug.
    pub pattern: Pattern,
    /// Features per half frame, as a factor.
    pub scale: f32,
    /// Radians against the garment.
    pub turn: f32,
    /// Another thing at the edge of the picture, or none.
    pub clutter: bool,
    /// Which grain.
    pub seed: u32,
}

const WOODS: [[u8; 3]; 7] = [
    [196, 154, 108],
    [150, 104, 66],
    [108, 70, 44],
    [214, 186, 148],
    [178, 164, 148],
    [72, 46, 32],
    [160, 82, 48],
];
const STONES: [[u8; 3]; 6] =
    [[206, 200, 190], [168, 164, 158], [226, 222, 214], [120, 116, 112], [196, 170, 140], [88, 88, 92]];
const WALLS: [[u8; 3]; 6] =
    [[232, 228, 220], [214, 206, 192], [198, 204, 208], [226, 214, 190], [188, 196, 184], [150, 158, 170]];

impl Backdrop {
    /// Seamless paper, white to light grey; `tint` counts from 0.
    pub fn studio(tint: usize) -> Self {
        let tones = [[252, 252, 252], [244, 245, 247], [248, 245, 240], [240, 244, 246]];
        Self {
            ground: Ground::Studio,
            tone: tones[tint % tones.len()],
            other: [255, 255, 255],
            pattern: Pattern::Plain,
            scale: 1.0,
            turn: 0.0,
            clutter: false,
            seed: 0,
        }
    }

    /// A surface that one would find at home.
    pub fn random(rng: &mut impl Rng) -> Self {
        let grounds = [
            (Ground::Wood, 5),
            (Ground::Sheet, 7),
            (Ground::Carpet, 3),
            (Ground::Tiles, 3),
            (Ground::Wall, 4),
            (Ground::Stone, 1),
            (Ground::Board, 2),
            (Ground::Grass, 1),
        ];
        let mut left = rng.random_range(0..grounds.iter().map(|g| g.1).sum::<i32>());
        let mut ground = Ground::Wood;
        for (choice, weight) in grounds {
            if left < weight {
                ground = choice;
                break;
            }
            left -= weight;
        }
        let any = Colour::random(rng);
        let near = |rgb: [u8; 3], rng: &mut _| near(rgb, rng);
        let pick = |list: &[[u8; 3]], rng: &mut _| near(list[Rng::random_range(rng, 0..list.len())], rng);
        let tone = match ground {
            Ground::Wood => pick(&WOODS, rng),
            Ground::Tiles | Ground::Stone => pick(&STONES, rng),
            Ground::Wall | Ground::Board => pick(&WALLS, rng),
            Ground::Grass => near([84, 118, 52], rng),
            _ if rng.random_bool(0.4) => pick(&WALLS, rng),
            _ => any.rgb,
        };
        let other = match ground {
            Ground::Tiles => near(if rng.random_bool(0.5) { [120, 116, 110] } else { [222, 220, 214] }, rng),
            _ => any.contrasting(rng).rgb,
        };
        let pattern = match ground {
            Ground::Sheet | Ground::Carpet if rng.random_bool(0.4) => {
                let names = ["striped", "checked", "dotted", "floral"];
                Pattern::random_of(names[rng.random_range(0..names.len())], rng)
            }
            _ => Pattern::Plain,
        };
        Self {
            ground,
            tone,
            other,
            pattern,
            scale: rng.random_range(0.6..1.5),
            turn: if rng.random_bool(0.6) {
                f32::from(rng.random_range(0..2_u8)) * std::f32::consts::FRAC_PI_2
                    + rng.random_range(-0.08..0.08)
            } else {
                rng.random_range(-1.5..1.5)
            },
            clutter: rng.random_bool(0.18),
            seed: rng.random(),
        }
    }

    /// Whether things hang on it rather than lie.
    pub fn is_wall(&self) -> bool {
        self.ground == Ground::Wall || self.ground == Ground::Board
    }

    /// The colour at `(x, y)` half frames from the middle; `(sin, cos)` is that of the turn, `pixel` is the width of a pixel.
    pub(crate) fn sample(
        &self,
        x: f32,
        y: f32,
        (sin, cos): (f32, f32),
        pixel: f32,
        light: (f32, f32),
    ) -> Rgb {
        let (u, v) = ((x * cos - y * sin) * self.scale, (x * sin + y * cos) * self.scale);
        let pixel = pixel * self.scale;
        let tone = rgb_f32(self.tone);
        let seed = self.seed;
        let colour = match self.ground {
            Ground::Studio => {
                let far = (x * x * 0.7 + (y - 0.15) * (y - 0.15)).sqrt();
                mix(tone, scale(tone, 0.94), smoothstep(0.6, 1.7, far))
            }
            Ground::Wood => self.wood(tone, u, v, pixel),
            Ground::Sheet => self.sheet(tone, u, v, pixel, light),
            Ground::Carpet => {
                let base = self.printed(tone, u, v, pixel);
                let pile = value(u * 55.0, v * 55.0, seed) * 0.5 + value(u * 24.0, v * 24.0, seed ^ 2) * 0.5;
                scale(base, 1.0 + 0.16 * pile + 0.06 * fractal(u * 3.0, v * 3.0, 2, seed))
            }
            Ground::Tiles => self.tiles(tone, u, v, pixel),
            Ground::Wall => {
                let stain = 0.04 * fractal(u * 1.5, v * 1.5, 2, seed);
                let grain = if seed & 3 == 0 { 0.05 * value(u * 30.0, v * 30.0, seed) } else { 0.0 };
                scale(tone, 1.0 + stain + grain)
            }
            Ground::Stone => {
                let cloud = fractal(u * 2.5, v * 2.5, 4, seed);
                let chip = hash((u * 24.0).floor() as i32, (v * 24.0).floor() as i32, seed ^ 5);
                let chips =
                    if seed & 1 == 0 && chip > 0.86 { -0.2 * value(u * 24.0, v * 24.0, seed) } else { 0.0 };
                scale(tone, 1.0 + 0.16 * cloud + chips)
            }
            Ground::Board => scale(tone, 1.0 + 0.05 * value(u * 1.2, v * 22.0, seed)),
            Ground::Grass => {
                let blade = value(u * 42.0 + 3.0 * value(u * 6.0, v * 6.0, seed), v * 12.0, seed);
                scale(tone, 1.0 + 0.42 * blade + 0.2 * fractal(u * 5.0, v * 5.0, 2, seed ^ 8))
            }
        };
        if self.clutter { self.litter(colour, x, y, pixel) } else { colour }
    }

    fn printed(&self, tone: Rgb, u: f32, v: f32, pixel: f32) -> Rgb {
        if self.pattern == Pattern::Plain {
            return tone;
        }
        let other = rgb_f32(self.other);
        let tones = [tone, other, mix(other, [1.0; 3], 0.5)];
        // A half frame is about 40 cm of bed.
        self.pattern.sample(&tones, u * 40.0, v * 40.0, pixel * 40.0, 60.0)
    }

    fn wood(&self, tone: Rgb, u: f32, v: f32, pixel: f32) -> Rgb {
        let seed = self.seed;
        let width = 0.24;
        let row = (v / width).floor();
        let shift = hash(row as i32, 0, seed) * 3.0;
        let plank = ((u + shift) / 1.3).floor();
        let own = hash(row as i32, plank as i32, seed ^ 1);
        let grain = value(u * 2.2 + own * 31.0, v * 38.0 + own * 57.0, seed);
        let fine = value(u * 7.0, v * 130.0, seed ^ 4) * smoothstep(0.02, 0.006, pixel);
        let rings = ((v * 16.0 + 2.4 * value(u * 1.4 + own * 9.0, v * 5.0, seed ^ 2)) * 2.0).sin();
        let across = (v / width).rem_euclid(1.0) * width;
        let along = ((u + shift) / 1.3).rem_euclid(1.0) * 1.3;
        let gap = across.min(width - across).min(along.min(1.3 - along));
        let joint = 1.0 - smoothstep(0.0, 0.005 + pixel, gap);
        let bright = 1.0 + 0.26 * (own - 0.5) + 0.07 * grain + 0.05 * rings + 0.05 * fine - 0.4 * joint;
        scale(tone, bright)
    }

    fn sheet(&self, tone: Rgb, u: f32, v: f32, pixel: f32, light: (f32, f32)) -> Rgb {
        let seed = self.seed;
        let base = self.printed(tone, u, v, pixel);
        let height = |u: f32, v: f32| {
            let bend = 0.5 * value(u * 1.1, v * 1.1, seed ^ 7);
            0.65 * ridged(u * 1.1 + bend, v * 1.7 - bend, seed)
                + 0.22 * value(u * 3.1 + bend, v * 2.7, seed ^ 3)
        };
        // One step towards the light is enough to know how steeply the cloth faces it.
        let (here, step) = (height(u, v), 0.03);
        let slope = height(u + step * light.0, v + step * light.1) - here;
        let weave = 0.05 * (hash((u * 90.0) as i32, (v * 90.0) as i32, seed) - 0.5);
        scale(base, 1.0 - (slope / step * 0.16).clamp(-0.32, 0.22) + 0.06 * (here - 0.5) + weave)
    }

    fn tiles(&self, tone: Rgb, u: f32, v: f32, pixel: f32) -> Rgb {
        let seed = self.seed;
        let side = 0.62;
        let (col, row) = ((u / side).floor(), (v / side).floor());
        let own = hash(col as i32, row as i32, seed);
        let x = (u / side).rem_euclid(1.0) * side;
        let y = (v / side).rem_euclid(1.0) * side;
        let gap = x.min(side - x).min(y.min(side - y));
        let cloud = fractal(u * 3.0 + own * 17.0, v * 3.0, 3, seed);
        let tile = scale(tone, 0.96 + 0.08 * own + 0.12 * cloud);
        let joint = 1.0 - smoothstep(0.008, 0.014 + pixel, gap);
        mix(tile, rgb_f32(self.other), joint * 0.8)
    }

    /// A thing that happens to lie at the edge: a rug's corner, a box, a cable.
    fn litter(&self, colour: Rgb, x: f32, y: f32, pixel: f32) -> Rgb {
        let seed = self.seed;
        let angle = hash(1, 2, seed) * std::f32::consts::TAU;
        let (sin, cos) = angle.sin_cos();
        let edge = lerp(0.72, 1.0, hash(3, 4, seed));
        let out = x * cos + y * sin - edge;
        let other = rgb_f32(self.other);
        let shade = 1.0 - 0.35 * smoothstep(-0.08, 0.0, out) * smoothstep(0.01, 0.0, out);
        mix(scale(colour, shade), scale(other, 0.9), smoothstep(0.0, pixel * 2.0, out))
    }
}

fn near(rgb: [u8; 3], rng: &mut impl Rng) -> [u8; 3] {
    let bright = rng.random_range(0.85..1.1);
    let warm = rng.random_range(-0.04..0.04);
    let [r, g, b] = rgb_f32(rgb);
    rgb_u8([r * bright + warm, g * bright, b * bright - warm])
}
