//! Codes that another program drew, as a camera sees them: turned, tilted, out of focus, in low light.

use image::{Rgb, RgbImage};
use knytt_kiosk::codes::{Agreement, Kind, Read, Reader};

/// As cameras give them.
const SIZE: (u32, u32) = (640, 400);

/// Frames in which a code must be read.
const FRAMES: u32 = 10;

/// A code as modules, dark or light, row by row. A code of bars has one row.
pub struct Drawn {
    pub read: Read,
    rows: Vec<Vec<bool>>,
}

pub fn golden() -> Vec<Drawn> {
    let lines = include_str!("../golden/codes.txt").lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let [kind, text, modules] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
            let kind = match kind {
                "ean" => Kind::Ean,
                "code128" => Kind::Code128,
                "gs1" => Kind::Gs1,
                other => panic!("{other}"),
            };
            Drawn {
                read: Read { kind, text: text.into() },
                rows: vec![modules.bytes().map(|module| module == b'1').collect()],
            }
        })
        .collect()
}

fn qr(text: &str) -> Drawn {
    let code = qrcode::QrCode::new(text).unwrap();
    let side = code.width();
    let dark: Vec<bool> = code.to_colors().into_iter().map(|color| color == qrcode::Color::Dark).collect();
    let rows = dark.chunks(side).map(<[bool]>::to_vec).collect();
    Drawn { read: Read { kind: Kind::Qr, text: text.into() }, rows }
}

/// How a camera sees it.
#[derive(Clone, Debug)]
pub struct View {
    /// Pixels of a module.
    module: f32,
    /// Degrees that it is turned.
    turn: f32,
    /// How much nearer one side is: 0.3 is a third.
    tilt: f32,
    /// Spread of the lens, in pixels.
    blur: f32,
    /// Brightness of white and of black, 0 to 255.
    light: (f32, f32),
    noise: f32,
}

impl View {
    /// A code that is held straight in good light.
    pub fn good() -> Self {
        Self { module: 3.0, turn: 4.0, tilt: 0.0, blur: 0.6, light: (215.0, 40.0), noise: 3.0 }
    }
}

pub struct Dice(pub u64);

impl Dice {
    fn roll(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1_u64 << 24) as f32
    }

    fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.roll()
    }
}

/// A frame: the code on a white label, the label on a table of stripes. The hand that holds it trembles.
pub fn frame(code: &Drawn, view: &View, dice: &mut Dice) -> RgbImage {
    let (sin, cos) = (view.turn.to_radians() + dice.between(-0.01, 0.01)).sin_cos();
    let middle =
        (SIZE.0 as f32 / 2.0 + dice.between(-8.0, 8.0), SIZE.1 as f32 / 2.0 + dice.between(-8.0, 8.0));
    let columns = code.rows[0].len() as f32;
    let height = if code.rows.len() == 1 { 45.0 } else { columns };
    let quiet = 9.0;
    // In modules from the middle of the code; what is nearer at one side is larger there.
    let at = |x: f32, y: f32| {
        let (dx, dy) = (x - middle.0, y - middle.1);
        let (along, across) = ((dx * cos + dy * sin) / view.module, (dy * cos - dx * sin) / view.module);
        let depth = 1.0 - view.tilt * along / columns;
        (along / depth, across / depth)
    };
    let table = |x: f32, y: f32| 0.35 + 0.2 * ((x + 0.3 * y) / 90.0).fract();
    let color = |x: f32, y: f32| -> f32 {
        let (along, across) = at(x, y);
        let (u, v) = (along + columns / 2.0, across + height / 2.0);
        if !(-quiet..columns + quiet).contains(&u) || !(-quiet..height + quiet).contains(&v) {
            return table(x, y);
        }
        if !(0.0..columns).contains(&u) || !(0.0..height).contains(&v) {
            return 1.0;
        }
        let row = &code.rows[if code.rows.len() == 1 { 0 } else { v as usize }];
        if row[u as usize] { 0.0 } else { 1.0 }
    };
    let mut sharp = vec![0.0_f32; (SIZE.0 * SIZE.1) as usize];
    for (index, pixel) in sharp.iter_mut().enumerate() {
        let (x, y) = ((index as u32 % SIZE.0) as f32, (index as u32 / SIZE.0) as f32);
        // A pixel gathers the light of its whole area.
        let parts = [(0.12, 0.37), (0.62, 0.12), (0.87, 0.62), (0.37, 0.87)];
        let (u, v) = at(x + 0.5, y + 0.5);
        if u.abs() > columns / 2.0 + 2.0 || v.abs() > height / 2.0 + 2.0 {
            *pixel = color(x, y);
            continue;
        }
        *pixel = parts.iter().map(|(dx, dy)| color(x + dx, y + dy)).sum::<f32>() / 4.0;
    }
    let soft = blurred(sharp, view.blur);
    let (white, black) = view.light;
    RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
        let light = black + (white - black) * soft[(y * SIZE.0 + x) as usize];
        // The sum of three rolls is near to a bell.
        let noise = (dice.roll() + dice.roll() + dice.roll() - 1.5) * 2.0 * view.noise;
        Rgb([(light + noise).clamp(0.0, 255.0) as u8; 3])
    })
}

/// A Gaussian blur of this spread, in both directions one after the other.
fn blurred(mut pixels: Vec<f32>, spread: f32) -> Vec<f32> {
    if spread < 0.1 {
        return pixels;
    }
    let reach = (3.0 * spread).ceil() as i32;
    let weights: Vec<f32> =
        (-reach..=reach).map(|at| (-((at * at) as f32) / (2.0 * spread * spread)).exp()).collect();
    let sum: f32 = weights.iter().sum();
    for (step, count) in [(1_i32, SIZE.0 as i32), (SIZE.0 as i32, SIZE.1 as i32)] {
        let before = pixels.clone();
        for (index, pixel) in pixels.iter_mut().enumerate() {
            let place = index as i32 / step % count;
            let near = (-reach..=reach).zip(&weights).map(|(off, weight)| {
                let off = (place + off).clamp(0, count - 1) - place;
                weight * before[(index as i32 + off * step) as usize]
            });
            *pixel = near.sum::<f32>() / sum;
        }
    }
    pixels
}

/// What is believed within ten frames, and after how many.
fn believed(code: &Drawn, view: &View, dice: &mut Dice) -> Option<(Read, u32)> {
    let (mut reader, mut agreement) = (Reader::default(), Agreement::default());
    (1..=FRAMES).find_map(|number| Some((agreement.offer(reader.read(&frame(code, view, dice)))?, number)))
}

/// Forty codes, each as `view` makes it of an easy view. Nearly all are believed within ten frames, and none is believed
/// to be another one.
fn are_read(seed: u64, view: impl Fn(View, f32, &mut Dice) -> View) {
    let mut codes = golden();
    codes.extend(
        ["https://id.gs1.org/01/09506000134352", "https://shop.example/p/sku-17", "4006381333931"].map(qr),
    );
    let mut dice = Dice(seed);
    let (mut read, mut frames, mut missed) = (0, 0, Vec::new());
    for number in 0..40 {
        let code = &codes[(number * 7 + seed as usize) % codes.len()];
        // Long codes are held nearer to fit, and what is turned upright has to fit as well.
        let columns = code.rows[0].len() as f32 + 20.0;
        let room = if code.rows.len() == 1 { 560.0 } else { 300.0 };
        let most = (room / columns).min(4.0);
        let module = dice.between(most.min(2.2), most);
        let usual = View { module, turn: dice.between(-8.0, 8.0), blur: 0.5, ..View::good() };
        let view = view(usual, module.min(380.0 / columns), &mut dice);
        match believed(code, &view, &mut dice) {
            Some((found, after)) => {
                assert_eq!(found, code.read, "misread: {view:?}");
                (read, frames) = (read + 1, frames + after);
            }
            None => missed.push(format!("{:?} {} {view:?}", code.read.kind, code.read.text)),
        }
    }
    let mean = f64::from(frames) / f64::from(read.max(1));
    println!("{read} of 40, after {mean:.2} frames on average; not read:\n{}", missed.join("\n"));
    assert!(read >= 37, "{read} of 40");
}

#[test]
fn codes_are_read_at_any_angle() {
    are_read(1, |usual, upright, dice| View { turn: dice.between(0.0, 360.0), module: upright, ..usual });
}

#[test]
fn codes_are_read_out_of_focus() {
    are_read(2, |usual, _, dice| View { blur: usual.module * dice.between(0.3, 0.5), ..usual });
}

#[test]
fn codes_are_read_tilted() {
    are_read(3, |usual, _, dice| View { tilt: dice.between(-0.35, 0.35), ..usual });
}

#[test]
fn codes_are_read_in_low_light() {
    are_read(4, |usual, _, dice| View { light: (dice.between(45.0, 70.0), 12.0), noise: 5.0, ..usual });
}

#[test]
fn codes_are_read_when_everything_is_a_little_off() {
    are_read(5, |_, upright, dice| View {
        turn: dice.between(0.0, 360.0),
        module: upright,
        tilt: 0.15,
        blur: 0.3 * upright,
        light: (110.0, 30.0),
        noise: 4.0,
    });
}

/// Nothing is read where there is no code: stripes of many widths, a page of text, noise.
#[test]
fn pictures_without_a_code_say_nothing() {
    let mut dice = Dice(5);
    for number in 0..20 {
        let stripes: Vec<bool> = (0..400).map(|_| dice.roll() > 0.5).collect();
        let code = Drawn { read: Read { kind: Kind::Ean, text: String::new() }, rows: vec![stripes] };
        let view = View {
            module: dice.between(1.2, 2.2),
            turn: dice.between(0.0, 180.0),
            tilt: 0.0,
            blur: dice.between(0.3, 1.2),
            light: (200.0, 40.0),
            noise: if number % 3 == 0 { 30.0 } else { 4.0 },
        };
        assert_eq!(believed(&code, &view, &mut dice), None, "{view:?}");
    }
}
