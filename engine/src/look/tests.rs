//! On pictures whose things are known, through the one entry.

use image::{Rgb, RgbImage, imageops};
use knytt_garments::{Category, Colour, ColourName, Garment, View, render};
use knytt_models::{Bundle, Device, Encoder};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::look::category::CategoryPrompts;
use crate::look::palette::ColorName;

const WHITE: [u8; 3] = [250, 250, 250];
const RED: [u8; 3] = [200, 36, 42];
const NAVY: [u8; 3] = [32, 42, 78];
const SKIN: [u8; 3] = [214, 164, 136];

fn painted(paint: impl Fn(f32, f32) -> [u8; 3]) -> RgbImage {
    RgbImage::from_fn(240, 240, |x, y| Rgb(paint(x as f32 / 240.0, y as f32 / 240.0)))
}

fn within(x: f32, y: f32, left: f32, top: f32, right: f32, bottom: f32) -> bool {
    (left..right).contains(&x) && (top..bottom).contains(&y)
}

fn names(picture: &RgbImage) -> Vec<String> {
    Look::from_pixels(picture).colors.into_iter().map(|color| color.name).collect()
}

fn drawn(category: Category, color: ColourName, pattern: &str) -> RgbImage {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let garment = Garment::random_in(category, Colour::exact(color), pattern, &mut rng);
    render(&garment, &View::studio(0), 224)
}

#[test]
fn a_thing_has_its_color_and_not_that_of_its_ground() {
    let picture = painted(|x, y| if within(x, y, 0.25, 0.2, 0.75, 0.85) { RED } else { WHITE });
    let colors = Look::from_pixels(&picture).colors;
    assert_eq!(colors.len(), 1);
    assert!(colors[0].name == "red" && colors[0].percent >= 95, "{colors:?}");
    assert!(colors[0].rgb.iter().zip(RED).all(|(a, b)| a.abs_diff(b) <= 6), "{colors:?}");
}

#[test]
fn shade_is_not_a_second_color() {
    let shaded = painted(|x, y| {
        let light = 0.55 + 0.45 * (9.0 * x).sin().abs();
        if within(x, y, 0.2, 0.15, 0.8, 0.9) {
            RED.map(|level| (f32::from(level) * light) as u8)
        } else {
            WHITE
        }
    });
    assert_eq!(names(&shaded).len(), 1, "{:?}", names(&shaded));
}

#[test]
fn stripes_are_two_colors() {
    let striped = painted(|x, y| match within(x, y, 0.2, 0.15, 0.8, 0.9) {
        true if ((y * 24.0) as u32).is_multiple_of(2) => NAVY,
        true => RED,
        false => WHITE,
    });
    let mut names = names(&striped);
    names.sort();
    assert_eq!(names, ["navy", "red"]);
}

#[test]
fn a_thing_that_fills_the_picture_has_its_color() {
    let masked =
        painted(|x, y| NAVY.map(|level| level + (20.0 * ((40.0 * x).sin() * (30.0 * y).cos()).abs()) as u8));
    assert_eq!(names(&masked), ["navy"]);
}

#[test]
fn skin_of_a_wearer_is_left_out() {
    let worn = painted(|x, y| {
        let face = (x - 0.5).hypot(y - 0.17) < 0.1 || within(x, y, 0.46, 0.2, 0.54, 0.32);
        let arms = within(x, y, 0.22, 0.3, 0.3, 0.7) || within(x, y, 0.7, 0.3, 0.78, 0.7);
        let dress = within(x, y, 0.3, 0.3, 0.7, 0.92);
        if face || arms {
            SKIN
        } else if dress {
            NAVY
        } else {
            WHITE
        }
    });
    assert_eq!(names(&worn), ["navy"]);
}

#[test]
fn white_fabric_on_white_paper_is_white() {
    for category in [Category::TShirt, Category::Dress, Category::Pants] {
        assert_eq!(
            names(&drawn(category, ColourName::White, "plain")).first().map(String::as_str),
            Some("white")
        );
    }
}

#[test]
fn drawn_garments_in_a_studio_have_their_color() {
    let categories = [Category::TShirt, Category::Dress];
    let (mut right, mut all) = (0, 0);
    for category in categories {
        for color in ColourName::ALL {
            let wanted = ColorName::named(color.name()).unwrap().family();
            let names = names(&drawn(category, *color, "plain"));
            let found = names.first().and_then(|name| ColorName::named(name)).map(ColorName::family);
            right += u32::from(found == Some(wanted));
            all += 1;
        }
    }
    assert!(right * 100 >= all * 93, "{right} of {all}");
}

#[test]
fn blank_blurred_and_tiny_pictures_are_flagged() {
    let picture = drawn(Category::Shirt, ColourName::Navy, "checked");
    assert_eq!(Look::from_pixels(&picture).flaws, []);
    assert_eq!(Look::from_pixels(&imageops::fast_blur(&picture, 8.0)).flaws, [Flaw::Blurred]);
    assert_eq!(Look::from_pixels(&RgbImage::from_pixel(300, 200, Rgb([240, 238, 239]))).flaws, [Flaw::Blank]);
    let tiny = imageops::thumbnail(&picture, 24, 24);
    assert_eq!(Look::from_pixels(&tiny).flaws, [Flaw::TooSmall]);
    assert_eq!(Look::from_pixels(&RgbImage::new(0, 0)).flaws, [Flaw::TooSmall]);
}

#[test]
fn drawn_patterns_are_told_apart() {
    for (category, pattern) in [
        (Category::Dress, "plain"),
        (Category::Longsleeve, "striped"),
        (Category::Shirt, "checked"),
        (Category::Dress, "floral"),
    ] {
        let look = Look::from_pixels(&drawn(category, ColourName::Blue, pattern));
        assert_eq!(look.pattern.map(|guess| guess.value).as_deref(), Some(pattern));
    }
}

#[test]
fn any_size_can_be_looked_at() {
    for (width, height) in [(1, 1), (48, 48), (50, 3000), (3000, 50), (49, 4000), (700, 401)] {
        let picture =
            RgbImage::from_fn(width, height, |x, y| Rgb([(x * 7 % 256) as u8, (y * 5 % 256) as u8, 90]));
        let look = Look::from_pixels(&picture);
        assert!(look.colors.len() <= 3 && look.colors.iter().all(|color| color.percent <= 100));
    }
}

#[test]
fn the_model_says_the_kind_when_it_is_told_which_there_are() {
    let encoder = Encoder::start(Bundle::starter().unwrap(), Device::Cpu).unwrap();
    let picture = drawn(Category::Dress, ColourName::Red, "plain");
    let embedding = encoder.embed_image(&picture).unwrap();
    assert_eq!(CategoryPrompts::embed::<&str>(&encoder, &[]).unwrap().guess(&embedding).unwrap(), None);
    let kinds = CategoryPrompts::embed(&encoder, &["dress", "sneakers", "jeans", "cap"]).unwrap();
    assert_eq!(kinds.guess(&embedding).unwrap().unwrap().value, "dress");
}
