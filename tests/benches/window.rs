//! Measures the app: from its start to a window that can be used, from a dropped photograph to painted hits,
//! and the processor time and memory of an app that nobody touches.
//!
//! ```sh
//! cargo bench -p knytt-tests --bench window    # takes KNYTT_APP_BIN, or builds the app
//! ```

#![allow(clippy::unwrap_used, reason = "a bench that cannot unwrap says less, not more")]

fn main() {
    #[cfg(target_os = "linux")]
    bench::run();
}

#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "the journeys use what the bench does not")]
#[path = "../tests/e2e/command.rs"]
mod command;

#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "the journeys use what the bench does not")]
#[path = "../tests/e2e/window"]
mod window {
    pub mod app;
    pub mod driver;
    pub mod sample;
}

#[cfg(target_os = "linux")]
mod bench {
    use std::path::Path;
    use std::time::Duration;

    use image::codecs::jpeg::JpegEncoder;
    use image::{Rgb, RgbImage, imageops};

    use crate::window::app::App;
    use crate::window::driver::Driver;
    use crate::window::sample::SAMPLE;

    const STARTS: usize = 5;
    const SEARCHES: usize = 9;
    const IDLE: Duration = Duration::from_secs(10);

    pub fn run() {
        if !Driver::is_here() {
            println!("left out: there is nothing here to show a window with");
            return;
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let data = tempfile::tempdir().unwrap();
        runtime.block_on(measure(data.path()));
    }

    async fn measure(data: &Path) {
        let mut starts = Vec::new();
        for _ in 0..STARTS {
            let app = App::start(data, &[]).await;
            starts.push(start_ms(&app).await);
            app.close().await;
        }
        let app = App::start(data, &[]).await;
        let photograph = twelve_megapixels();
        let mut searches = Vec::new();
        for _ in 0..SEARCHES {
            searches.push(app.drop_to_hits_ms(&photograph).await);
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        let process = Process::of_app();
        let before = process.cpu_ticks();
        tokio::time::sleep(IDLE).await;
        let ticks = process.cpu_ticks() - before;
        println!("| what | median | all |\n|---|---|---|");
        row("start to a window that can be used, ms", &mut starts);
        row("dropped 12-megapixel photograph to painted hits, ms", &mut searches);
        println!("| idle, % of a core | {:.2} | |", ticks as f64 / IDLE.as_secs_f64());
        println!("| the app's own memory, MB | {} | |", process.resident_mb());
        app.close().await;
        camera(data).await;
    }

    /// A folder plays at 24 frames a second. Measures how many are painted while live search runs.
    async fn camera(data: &Path) {
        let source = SAMPLE.camera("Dresses", &data.join("camera"));
        let app = App::start(data, &["--camera", &source]).await;
        app.click("camera-button").await;
        app.find("camera-preview").await;
        let mut rates = Vec::new();
        for _ in 0..5 {
            tokio::time::sleep(Duration::from_secs(2)).await;
            let rate = app.js("return Number(document.querySelector('[data-fps]')?.dataset.fps)").await;
            rates.push(rate.as_f64().unwrap_or_default());
        }
        row("frames painted a second, of 24", &mut rates);
        app.close().await;
    }

    fn row(what: &str, values: &mut [f64]) {
        values.sort_by(f64::total_cmp);
        let all: Vec<_> = values.iter().map(|v| format!("{v:.0}")).collect();
        println!("| {what} | {:.0} | {} |", values[values.len() / 2], all.join(" "));
    }

    /// From the process's start, as the kernel keeps it, to the page's mark of being usable.
    async fn start_ms(app: &App) -> f64 {
        let mark = app
            .js("return performance.timeOrigin + performance.getEntriesByName('knytt:usable')[0].startTime")
            .await;
        mark.as_f64().unwrap() - Process::of_app().started_at_ms()
    }

    /// A photograph of a dress as a phone takes it.
    fn twelve_megapixels() -> Vec<u8> {
        let small = image::load_from_memory(&SAMPLE.photograph("Dresses")).unwrap().into_rgb8();
        let mut large = imageops::resize(&small, 4000, 3000, imageops::FilterType::CatmullRom);
        grain(&mut large);
        let mut bytes = Vec::new();
        large.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 90)).unwrap();
        bytes
    }

    /// Adds a sensor's noise, without which the file would be far smaller than a camera's.
    fn grain(picture: &mut RgbImage) {
        let mut state = 1_u32;
        for Rgb(pixel) in picture.pixels_mut() {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (state >> 28) as i16 - 8;
            *pixel = pixel.map(|value| (i16::from(value) + noise).clamp(0, 255) as u8);
        }
    }

    /// The app's process, found by its program.
    struct Process(u32);

    impl Process {
        fn of_app() -> Self {
            let numbers = fs_err::read_dir("/proc").unwrap().flatten();
            let mut found = numbers.filter_map(|entry| {
                let number: u32 = entry.file_name().to_str()?.parse().ok()?;
                let program = fs_err::read_link(entry.path().join("exe")).ok()?;
                (program.file_name()? == "knytt-app").then_some(number)
            });
            Self(found.next().unwrap())
        }

        fn file(&self, name: &str) -> String {
            fs_err::read_to_string(format!("/proc/{}/{name}", self.0)).unwrap()
        }

        /// The fields of `stat` behind the program's name, which may hold blanks.
        fn stat(&self, field: usize) -> u64 {
            let text = self.file("stat");
            text.rsplit(')').next().unwrap().split_whitespace().nth(field - 3).unwrap().parse().unwrap()
        }

        /// In ticks of a hundredth of a second.
        fn cpu_ticks(&self) -> u64 {
            self.stat(14) + self.stat(15)
        }

        fn started_at_ms(&self) -> f64 {
            let system = fs_err::read_to_string("/proc/stat").unwrap();
            let boot: f64 = system.lines().find_map(|l| l.strip_prefix("btime ")).unwrap().parse().unwrap();
            // btime is in whole seconds. The uptime gives the same instant with its fraction.
            let uptime = fs_err::read_to_string("/proc/uptime").unwrap();
            let up: f64 = uptime.split_whitespace().next().unwrap().parse().unwrap();
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
            let boot =
                if (now.as_secs_f64() - up - boot).abs() < 2.0 { now.as_secs_f64() - up } else { boot };
            (boot + self.stat(22) as f64 / 100.0) * 1e3
        }

        fn resident_mb(&self) -> u64 {
            let status = self.file("status");
            let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
            line.split_whitespace().next().unwrap().parse::<u64>().unwrap() / 1024
        }
    }
}
