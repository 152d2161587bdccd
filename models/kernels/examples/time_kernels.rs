//! How near the loops come to what the processor can do.
//!
//!     cargo run --release -p knytt-kernels --example time_kernels
//!
//! Times a layer of ViT-B/32 for each instruction set and precision on one thread, candidates in turn, by
//! the thread's own clock where the system has one, and prints the share of the register-only limit.

use std::time::Duration;

use knytt_kernels::{Epilogue, Isa, Linear, Precision, Rows, ThreadTeam, peak};

const ROUNDS: usize = 15;

fn main() {
    let rows: usize = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(50);
    let team = ThreadTeam::new(1);
    for (depth, outputs) in [(768, 768), (768, 3072), (3072, 768)] {
        let weight: Vec<f32> = (0..depth * outputs).map(|n| ((n * 37) % 101) as f32 / 101.0 - 0.5).collect();
        let x: Vec<f32> = (0..rows * depth).map(|n| ((n * 53) % 97) as f32 / 97.0 - 0.5).collect();
        let mut out = vec![0.0; rows * outputs];
        for isa in Isa::available().into_iter().filter(|isa| *isa != Isa::Portable) {
            for precision in [Precision::F32, Precision::Bf16, Precision::Int8] {
                let layer = Linear::pack(isa, precision, &weight, depth, None);
                let mut buffer = Rows::new(isa, precision);
                let prepared = buffer.prepare(&team, &x, depth);
                let mut best = f64::INFINITY;
                let mut limit: f64 = 0.0;
                for _ in 0..ROUNDS {
                    let start = busy();
                    layer.forward(&team, prepared, Epilogue::default(), &mut out);
                    best = best.min((busy() - start).as_secs_f64());
                    limit = limit.max(peak::measure(isa, precision));
                }
                let rate = 2.0 * (rows * depth * outputs) as f64 / best / 1e9;
                println!(
                    "{isa} {precision:4} {rows} × {depth} × {outputs}: {:.3} ms, {rate:.1} of {limit:.1} GF/s, {:.2}",
                    best * 1e3,
                    rate / limit
                );
            }
        }
    }
}

/// How long this thread has been running: other programs do not count.
#[cfg(unix)]
fn busy() -> Duration {
    nix::time::ClockId::CLOCK_THREAD_CPUTIME_ID.now().map_or(Duration::ZERO, Duration::from)
}

#[cfg(not(unix))]
fn busy() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}
