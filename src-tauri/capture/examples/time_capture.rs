//! Times what is done to each frame: `cargo run --release -p knytt-capture --example time_capture`.

use std::time::Instant;

use image::{Rgb, RgbImage};
use knytt_capture::{FrameJudge, preview_jpeg};

const RUNS: u32 = 200;

fn main() {
    // As much detail as a photograph has: folds, a print and the noise of a sensor.
    let mut state = 1_u32;
    let frame = RgbImage::from_fn(1280, 720, |x, y| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let fold = ((x as f32 / 40.0).sin() * (y as f32 / 70.0).cos() * 40.0) as i32;
        let print = if (x / 60 + y / 45) % 3 == 0 { 50 } else { 0 };
        Rgb([120, 100, 80].map(|level| (level + fold + print + (state >> 28) as i32).clamp(0, 255) as u8))
    });
    time("judge, 1280 x 720", || {
        FrameJudge::new().judge(&frame);
    });
    time("preview, 1280 x 720 to 640 x 360, quality 80", || {
        preview_jpeg(&frame, 640, 80).expect("a frame can be encoded");
    });
}

/// The median of many runs.
fn time(name: &str, mut run: impl FnMut()) {
    let mut times: Vec<_> = (0..RUNS)
        .map(|_| {
            let begin = Instant::now();
            run();
            begin.elapsed()
        })
        .collect();
    times.sort();
    println!("{name}: {:.2} ms", times[times.len() / 2].as_secs_f64() * 1e3);
}
