//! Where the texture of a thing changes, and which way.

use std::f32::consts::PI;
use std::sync::LazyLock;

use knytt_kernels::{Widened, widened};

use super::texture::{CHANNELS, Detail, Texture};

/// Bins of gradient directions over half a turn.
const DIRECTIONS: usize = 18;

/// Pixels that are measured together.
const TOGETHER: usize = 256;

/// A stronger change is an edge.
const STRONG: f32 = 3.0;

/// Where the detail changes, and which way.
pub(super) struct Edges {
    directions: [f32; DIRECTIONS],
    /// Whether all changes go one way: 1 for stripes, 0 for dots.
    pub one_way: f32,
    /// Whether they go one way or square to it: 1 for stripes and checks.
    pub two_ways: f32,
    /// Mean change from pixel to pixel.
    pub density: f32,
    /// Share of the thing where the change is strong.
    pub dense_share: f32,
    /// How much stronger changes are in the middle of the thing than around it, -1 to 1.
    pub central: f32,
    /// How much stronger they are in its upper half than below, -1 to 1.
    pub upper: f32,
}

impl Edges {
    pub(super) fn from_texture(texture: &Texture) -> Self {
        let extent = Extent::from_texture(texture);
        let (mut changes, mut measured, mut sums) = (Changes::new(), Measured::new(), Sums::default());
        for &place in &texture.places {
            if changes.add(place, texture.beside(place)) == TOGETHER {
                widened(Measure { changes: &changes, extent: &extent, out: &mut measured });
                sums.add(&measured, changes.count);
                changes.count = 0;
            }
        }
        widened(Measure { changes: &changes, extent: &extent, out: &mut measured });
        sums.add(&measured, changes.count);
        let mean = |zone: usize| sums.zones[zone] / (sums.of_zone[zone] as f32).max(1.0);
        let against = |a: f32, b: f32| (a - b) / (a + b).max(0.1);
        let ([x, y], count) = (sums.twice, (sums.count as f32).max(1.0));
        Self {
            directions: sums.directions,
            one_way: x.hypot(y) / sums.energy.max(1e-3),
            two_ways: sums.four[0].hypot(sums.four[1]) / sums.energy.max(1e-3),
            density: sums.strength / count,
            dense_share: sums.strong as f32 / count,
            central: against(mean(0), mean(1)),
            upper: against(mean(2), mean(3)),
        }
    }

    /// The direction in which most changes go, and the one square to it, in radians.
    pub(super) fn main_direction(&self) -> [f32; 2] {
        // Summed with the direction square to it, so that stripes and checks are met alike.
        let half = DIRECTIONS / 2;
        let around = |bin: usize| {
            let at = |bin: usize| self.directions[bin % DIRECTIONS];
            at(bin) + 0.5 * (at(bin + 1) + at(bin + DIRECTIONS - 1))
        };
        let both = |bin: &usize| around(*bin) + around(bin + half);
        let best = (0..half).max_by(|a, b| both(a).total_cmp(&both(b))).unwrap_or_default();
        let first = if around(best) >= around(best + half) { best } else { best + half };
        [first, first + half].map(|bin| (bin as f32 + 0.5) * PI / DIRECTIONS as f32)
    }
}

/// How the channels change at some pixels, across and down, and where these are.
struct Changes {
    count: usize,
    across: [Detail; TOGETHER],
    down: [Detail; TOGETHER],
    places: [[u16; 2]; TOGETHER],
}

impl Changes {
    fn new() -> Self {
        let none = [[0.0; CHANNELS + 1]; TOGETHER];
        Self { count: 0, across: none, down: none, places: [[0; 2]; TOGETHER] }
    }

    /// Adds a pixel, unless it is at the edge of the thing. Gives the number of pixels.
    #[inline(always)]
    fn add(&mut self, place: [u16; 2], [left, right, above, below]: [&Detail; 4]) -> usize {
        if left[CHANNELS] * right[CHANNELS] * above[CHANNELS] * below[CHANNELS] != 0.0 {
            let change = |a: &Detail, b: &Detail| std::array::from_fn(|c| 0.5 * (b[c] - a[c]));
            self.across[self.count] = change(left, right);
            self.down[self.count] = change(above, below);
            self.places[self.count] = place;
            self.count += 1;
        }
        self.count
    }
}

/// The change at each of some pixels, in the channel that changes most.
struct Measured {
    /// The square of the strength.
    energy: [f32; TOGETHER],
    strength: [f32; TOGETHER],
    /// Which of the equal parts of half a turn its direction is in.
    direction: [u32; TOGETHER],
    /// The energy at twice and at four times the angle, by the squares of complex numbers.
    twice: [[f32; TOGETHER]; 2],
    four: [[f32; TOGETHER]; 2],
    /// Middle (0) or around it (1); upper (0) or lower half (1).
    zones: [[u32; TOGETHER]; 2],
}

impl Measured {
    fn new() -> Self {
        let (none, zero) = ([0.0; TOGETHER], [0; TOGETHER]);
        Self {
            energy: none,
            strength: none,
            direction: zero,
            twice: [none; 2],
            four: [none; 2],
            zones: [zero; 2],
        }
    }
}

/// Measures all pixels that there is room for; what is beyond those that there are is not used.
struct Measure<'a> {
    changes: &'a Changes,
    extent: &'a Extent,
    out: &'a mut Measured,
}

impl Widened for Measure<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { changes, extent, out } = self;
        let (mut xs, mut ys) = ([0.0; TOGETHER], [0.0; TOGETHER]);
        for at in 0..TOGETHER {
            let (across, down) = (changes.across[at], changes.down[at]);
            let (mut x, mut y) = (across[0], down[0]);
            let mut energy = x * x + y * y;
            for c in 1..CHANNELS {
                let other = across[c] * across[c] + down[c] * down[c];
                let is_larger = other >= energy;
                (x, y) = (if is_larger { across[c] } else { x }, if is_larger { down[c] } else { y });
                energy = if is_larger { other } else { energy };
            }
            let twice = [x * x - y * y, 2.0 * x * y];
            let of = if energy > f32::MIN_POSITIVE { energy } else { f32::MIN_POSITIVE };
            out.energy[at] = energy;
            out.strength[at] = energy.sqrt();
            out.four[0][at] = (twice[0] * twice[0] - twice[1] * twice[1]) / of;
            out.four[1][at] = 2.0 * twice[0] * twice[1] / of;
            [out.twice[0][at], out.twice[1][at]] = twice;
            // Of the two directions of a line the one with a positive `y`.
            let is_turned = (y < 0.0) | ((y == 0.0) & (x < 0.0));
            (xs[at], ys[at]) = (if is_turned { -x } else { x }, if is_turned { -y } else { y });
        }
        out.direction = [0; TOGETHER];
        for [cos, sin] in LIMITS.iter() {
            for at in 0..TOGETHER {
                out.direction[at] += u32::from(cos * ys[at] >= sin * xs[at]);
            }
        }
        for at in 0..TOGETHER {
            let off = |i: usize| (f32::from(changes.places[at][i]) - extent.middle[i]) * extent.per_spread[i];
            let (across, down) = (off(0), off(1));
            out.zones[0][at] = u32::from(across * across + down * down > 1.0);
            out.zones[1][at] = u32::from(down > 0.0);
        }
    }
}

/// Cosine and sine of the angles between two parts of half a turn.
static LIMITS: LazyLock<[[f32; 2]; DIRECTIONS - 1]> = LazyLock::new(|| {
    std::array::from_fn(|n| {
        let angle = (n + 1) as f32 * PI / DIRECTIONS as f32;
        [angle.cos(), angle.sin()]
    })
});

/// Sums over all pixels, in their order.
#[derive(Default)]
struct Sums {
    count: u32,
    strong: u32,
    energy: f32,
    strength: f32,
    directions: [f32; DIRECTIONS],
    twice: [f32; 2],
    four: [f32; 2],
    /// Strength in the middle, around it, in the upper and in the lower half, and the number of pixels there.
    zones: [f32; 4],
    of_zone: [u32; 4],
}

impl Sums {
    fn add(&mut self, measured: &Measured, count: usize) {
        for at in 0..count {
            let (energy, strength) = (measured.energy[at], measured.strength[at]);
            self.energy += energy;
            self.strength += strength;
            self.strong += u32::from(strength > STRONG);
            self.directions[measured.direction[at] as usize] += energy;
            for i in 0..2 {
                self.twice[i] += measured.twice[i][at];
                self.four[i] += measured.four[i][at];
                for zone in 0..2 {
                    let is_in = measured.zones[i][at] == zone as u32;
                    // Adding zero changes no sum, and takes less time than a choice.
                    self.zones[2 * i + zone] += if is_in { strength } else { 0.0 };
                    self.of_zone[2 * i + zone] += u32::from(is_in);
                }
            }
        }
        self.count += count as u32;
    }
}

/// Middle and size of a thing.
struct Extent {
    middle: [f32; 2],
    /// One over the standard deviation.
    per_spread: [f32; 2],
}

impl Extent {
    fn from_texture(texture: &Texture) -> Self {
        let count = texture.area() as f64;
        let (mut sums, mut squares) = ([0_u64; 2], [0_u64; 2]);
        for place in &texture.places {
            let place = place.map(u64::from);
            sums = std::array::from_fn(|i| sums[i] + place[i]);
            squares = std::array::from_fn(|i| squares[i] + place[i] * place[i]);
        }
        let middle = sums.map(|sum| sum as f64 / count);
        let spread = |i: usize| (squares[i] as f64 / count - middle[i] * middle[i]).max(1.0).sqrt() as f32;
        Self { middle: middle.map(|at| at as f32), per_spread: [1.0 / spread(0), 1.0 / spread(1)] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same one pixel after the other, for more pixels than are measured together.
    #[test]
    fn pixels_that_are_measured_together_are_measured_as_alone() {
        let texture = Texture::drawn(40, 31, 5);
        let edges = Edges::from_texture(&texture);
        let (mut count, mut energy, mut strength, mut twice) = (0.0_f32, 0.0_f32, 0.0_f32, [0.0_f32; 2]);
        let mut directions = [0.0_f32; DIRECTIONS];
        for place in &texture.places {
            let [left, right, above, below] = texture.beside(*place);
            if [left, right, above, below].iter().any(|detail| detail[CHANNELS] == 0.0) {
                continue;
            }
            let of = |c: usize| [0.5 * (right[c] - left[c]), 0.5 * (below[c] - above[c])];
            let square = |[x, y]: &[f32; 2]| x * x + y * y;
            let [x, y] = (0..CHANNELS).map(of).max_by(|a, b| square(a).total_cmp(&square(b))).unwrap();
            let own = square(&[x, y]);
            let (up_x, up_y) = if y < 0.0 || (y == 0.0 && x < 0.0) { (-x, -y) } else { (x, y) };
            directions[LIMITS.iter().filter(|[cos, sin]| cos * up_y >= sin * up_x).count()] += own;
            (count, energy, strength) = (count + 1.0, energy + own, strength + own.sqrt());
            twice = [twice[0] + x * x - y * y, twice[1] + 2.0 * x * y];
        }
        assert!(count > 2.0 * TOGETHER as f32 && !(count as usize).is_multiple_of(TOGETHER));
        assert_eq!(edges.density, strength / count);
        let one_way = twice[0].hypot(twice[1]) / energy;
        assert!((edges.one_way - one_way).abs() < 1e-4, "{} {one_way}", edges.one_way);
        assert_eq!(edges.directions, directions);
    }
}
