//! On painted pictures whose boxes are known.

use image::{Rgb, RgbImage};

use super::{MAX_REGIONS, MIN_AREA, Region, iou, propose};

const WHITE: [u8; 3] = [244, 243, 240];
const GRAY: [u8; 3] = [150, 152, 155];
const RED: [u8; 3] = [180, 30, 45];
const BLUE: [u8; 3] = [35, 55, 120];
const GREEN: [u8; 3] = [60, 140, 80];
const BLACK: [u8; 3] = [25, 25, 28];

/// What a picture shows at a place given in shares of its sides.
type Paint = fn(f32, f32) -> Option<[u8; 3]>;

/// Two octaves of a cheap hash.
fn noise(x: u32, y: u32) -> f32 {
    let mut hash = x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77);
    hash ^= hash >> 15;
    hash = hash.wrapping_mul(0x2C1B_3C6D);
    hash ^= hash >> 13;
    (hash % 1000) as f32 / 500.0 - 1.0
}

fn grainy(color: [u8; 3], by: f32) -> Rgb<u8> {
    Rgb(color.map(|level| (f32::from(level) + by).clamp(0.0, 255.0) as u8))
}

fn painted(size: (u32, u32), ground: impl Fn(u32, u32) -> Rgb<u8>, paint: Paint) -> RgbImage {
    RgbImage::from_fn(size.0, size.1, |x, y| {
        let color = paint((x as f32 + 0.5) / size.0 as f32, (y as f32 + 0.5) / size.1 as f32);
        color.map_or_else(|| ground(x, y), |color| grainy(color, 4.0 * noise(x, y)))
    })
}

fn on(ground: [u8; 3], paint: Paint) -> RgbImage {
    painted((640, 480), |x, y| grainy(ground, 4.0 * noise(x, y)), paint)
}

/// Boards with grain.
fn on_wood(paint: Paint) -> RgbImage {
    let wood = |x: u32, y: u32| {
        let grain = (y as f32 / 9.0 + (x as f32 / 70.0).sin()).sin() * 14.0;
        grainy([150, 112, 78], grain + 6.0 * noise(x, y))
    };
    painted((640, 480), wood, paint)
}

fn within(x: f32, y: f32, left: f32, top: f32, right: f32, bottom: f32) -> bool {
    (left..right).contains(&x) && (top..bottom).contains(&y)
}

/// Body and sleeves of a shirt in the unit square.
fn is_shirt(x: f32, y: f32) -> bool {
    within(x, y, 0.2, 0.0, 0.8, 1.0) || within(x, y, 0.0, 0.0, 1.0, 0.35)
}

fn two_shirts(x: f32, y: f32) -> Option<[u8; 3]> {
    let left = is_shirt((x - 0.06) / 0.38, (y - 0.2) / 0.6);
    let right = is_shirt((x - 0.56) / 0.38, (y - 0.2) / 0.6);
    left.then_some(RED).or(right.then_some(BLUE))
}

const TWO_SHIRTS: [[f32; 4]; 2] = [[0.06, 0.2, 0.38, 0.6], [0.56, 0.2, 0.38, 0.6]];

/// A striped shirt over trousers that it touches.
fn outfit(x: f32, y: f32) -> Option<[u8; 3]> {
    let shirt = is_shirt((x - 0.25) / 0.5, (y - 0.1) / 0.38);
    let stripe = ((y * 40.0) as u32).is_multiple_of(3);
    let legs = within(x, y, 0.35, 0.48, 0.48, 0.92)
        || within(x, y, 0.52, 0.48, 0.65, 0.92)
        || within(x, y, 0.35, 0.48, 0.65, 0.6);
    let shirt_color = if stripe { [225, 215, 205] } else { RED };
    shirt.then_some(shirt_color).or(legs.then_some(BLUE))
}

fn one_shirt(x: f32, y: f32) -> Option<[u8; 3]> {
    let print = within(x, y, 0.44, 0.4, 0.56, 0.55);
    let shirt = is_shirt((x - 0.25) / 0.5, (y - 0.15) / 0.7);
    print.then_some(WHITE).or(shirt.then_some(GREEN))
}

fn nothing(_x: f32, _y: f32) -> Option<[u8; 3]> {
    None
}

fn assert_covers(regions: &[Region], expected: &[[f32; 4]]) {
    for [x, y, width, height] in expected.iter().copied() {
        let wanted = Region { x, y, width, height, strength: 0.0 };
        let best = regions.iter().map(|region| iou(region, &wanted)).fold(0.0, f32::max);
        assert!(best >= 0.7, "{wanted:?} is covered by {best} in {regions:?}");
    }
    assert_eq!(regions.len(), expected.len(), "{regions:?}");
}

#[test]
fn two_garments_are_two_boxes_on_any_ground() {
    for picture in [on(WHITE, two_shirts), on(GRAY, two_shirts), on_wood(two_shirts)] {
        assert_covers(&propose(&picture), &TWO_SHIRTS);
    }
}

#[test]
fn an_outfit_is_cut_between_shirt_and_trousers() {
    let regions = propose(&on(GRAY, outfit));
    assert_covers(&regions, &[[0.25, 0.1, 0.5, 0.38], [0.35, 0.48, 0.3, 0.44]]);
}

#[test]
fn garments_that_touch_side_by_side_are_cut() {
    let touching: Paint = |x, y| {
        within(x, y, 0.1, 0.2, 0.5, 0.8).then_some(RED).or(within(x, y, 0.5, 0.2, 0.9, 0.8).then_some(BLUE))
    };
    assert_covers(&propose(&on(WHITE, touching)), &[[0.1, 0.2, 0.4, 0.6], [0.5, 0.2, 0.4, 0.6]]);
}

#[test]
fn a_single_garment_with_a_print_is_one_box() {
    for picture in [on(WHITE, one_shirt), on(GRAY, one_shirt), on_wood(one_shirt)] {
        assert_covers(&propose(&picture), &[[0.25, 0.15, 0.5, 0.7]]);
    }
}

#[test]
fn a_pale_garment_on_white_is_found() {
    let pale: Paint = |x, y| within(x, y, 0.2, 0.2, 0.7, 0.8).then_some([222, 216, 200]);
    assert_covers(&propose(&on(WHITE, pale)), &[[0.2, 0.2, 0.5, 0.6]]);
}

#[test]
fn a_garment_that_the_border_cuts_is_not_taken_for_background() {
    let cut: Paint = |x, y| within(x, y, 0.3, 0.5, 0.7, 1.0).then_some(RED);
    assert_covers(&propose(&on(GRAY, cut)), &[[0.3, 0.5, 0.4, 0.5]]);
}

#[test]
fn one_thing_that_fills_the_picture_needs_no_box() {
    let large: Paint = |x, y| within(x, y, 0.03, 0.03, 0.97, 0.97).then_some(GREEN);
    assert_eq!(propose(&on(WHITE, large)), []);
}

#[test]
fn plain_grounds_have_no_boxes() {
    let gradient = |x: u32, y: u32| grainy(GRAY, x as f32 / 12.0 + y as f32 / 20.0 + 4.0 * noise(x, y));
    let static_noise = |x: u32, y: u32| Rgb([0, 7, 13].map(|i| (127.0 * (1.0 + noise(x + i, y))) as u8));
    for picture in [
        on(WHITE, nothing),
        on(BLACK, nothing),
        on_wood(nothing),
        painted((640, 480), gradient, nothing),
        painted((640, 480), static_noise, nothing),
        RgbImage::new(64, 64),
    ] {
        assert_eq!(propose(&picture), []);
    }
}

#[test]
fn small_things_are_left_out() {
    let buttons: Paint = |x, y| ((x * 20.0) as u32 % 4 == 1 && (y * 20.0) as u32 % 4 == 1).then_some(RED);
    assert_eq!(propose(&on(WHITE, buttons)), []);
}

#[test]
fn of_many_things_the_strongest_eight_stay() {
    let grid: Paint = |x, y| {
        let (column, row) = ((x * 4.0) as usize, (y * 3.0) as usize);
        let item = within((x * 4.0).fract(), (y * 3.0).fract(), 0.1, 0.1, 0.9, 0.9);
        item.then_some([RED, BLUE, GREEN, BLACK][(column + row) % 4])
    };
    let regions = propose(&on(WHITE, grid));
    assert_eq!(regions.len(), MAX_REGIONS);
    assert!(regions.is_sorted_by(|a, b| a.strength >= b.strength));
}

#[test]
fn boxes_lie_in_the_picture_and_are_large_enough_at_any_size() {
    for size in [(1, 1), (3, 400), (4000, 7), (64, 48), (7, 7), (8, 8), (2000, 300), (300, 2000)] {
        for paint in [two_shirts, outfit, one_shirt, nothing as Paint] {
            for region in propose(&painted(size, |_, _| Rgb(WHITE), paint)) {
                let Region { x, y, width, height, strength } = region;
                assert!(x >= 0.0 && y >= 0.0 && x + width <= 1.001 && y + height <= 1.001, "{region:?}");
                assert!(width * height >= 0.99 * MIN_AREA && (0.0..=1.0).contains(&strength), "{region:?}");
            }
        }
    }
}
