//! Many visits, one after the other: nothing of them stays, in memory neither, and every screen is drawn in time.
//! `KNYTT_VISITS=10000 cargo test -p knytt-kiosk --test it visits -- --ignored --nocapture` prints the figures.

use std::time::{Duration, Instant};

use knytt_capture::Source;
use knytt_garments::{render, sample_products};
use knytt_kiosk::Settings;
use knytt_kiosk::visit::Screen;
use tempfile::TempDir;

use crate::shop::{Store, settings};

/// Visits of the short form.
const VISITS: usize = 8;

/// Short enough that waiting for threads does not end a visit.
const STEP: Duration = Duration::from_micros(200);

/// The first visits of a run fill what later ones reuse: textures, glyphs, the memory of threads.
const WARM: usize = 10;

/// What shoppers search for.
const WORDS: [&str; 4] = ["red dress", "jeans", "striped shirt", "black coat"];

/// A shopper who types, one who browses, and one who points.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Types,
    Browses,
    Points,
}

const KINDS: [Kind; 3] = [Kind::Types, Kind::Browses, Kind::Points];

/// A kiosk before a camera that sees a product, and what was measured of it.
struct Visited {
    store: Store,
    passes: Times,
    settled: Times,
    cards: usize,
    _camera: TempDir,
}

impl Visited {
    fn open() -> Self {
        let camera = tempfile::tempdir().unwrap();
        let product = &sample_products(8, 1)[5];
        let picture = render(&product.garment, &product.view, 480);
        picture.save(camera.path().join("frame.png")).unwrap();
        let settings = Settings { camera: Source::File(camera.path().to_owned()), ..settings() };
        let store = Store::with(STEP, settings);
        Self { store, passes: Times::new(), settled: Times::new(), cards: 0, _camera: camera }
    }

    /// Draws once as a window does, with its triangles, and notes how long that took.
    fn pass(&mut self) {
        let started = Instant::now();
        self.store.harness.step();
        let (ctx, output) = (&self.store.harness.ctx, self.store.harness.output());
        let triangles = ctx.tessellate(output.shapes.clone(), output.pixels_per_point);
        std::hint::black_box(triangles);
        self.passes.note(started.elapsed());
    }

    fn hits(&mut self) {
        self.store.until("hits", |store| {
            let response = store.kiosk().visit().kept().response.as_ref();
            response.is_some_and(|response| !response.hits.is_empty())
        });
        let response = self.store.kiosk().visit().kept().response.as_ref().unwrap();
        let (title, cards) = (response.hits[0].card.title.clone(), response.hits.len());
        self.cards = self.cards.max(cards);
        (0..3).for_each(|_| self.pass());
        self.store.press(&title);
        self.store.until("the product", |store| store.kiosk().visit().kept().product.is_some());
        self.pass();
    }

    /// One shopper comes and goes.
    fn visit(&mut self, number: usize) {
        match KINDS[number % KINDS.len()] {
            Kind::Types => {
                self.store.press("Type what you need");
                self.store.type_in(WORDS[number / KINDS.len() % WORDS.len()]);
                self.pass();
                self.store.press("Search");
                self.hits();
                self.store.press("Take along");
            }
            Kind::Browses => {
                self.store.press("Look around");
                self.store.press("Dresses");
                self.hits();
            }
            Kind::Points => {
                self.store.press("Show it to the camera");
                let begun = Instant::now();
                self.store
                    .until("hits before the camera", |store| store.kiosk().visit().kept().live.is_some());
                self.settled.note(begun.elapsed());
                self.pass();
            }
        }
        let before = self.store.kiosk().visit().number();
        self.store.press("Finish");
        self.store.until("the visit is over", |store| {
            let visit = store.kiosk().visit();
            visit.number() > before && visit.screen() == Screen::Attract
        });
        assert!(self.store.kiosk().visit().kept().list.is_empty());
    }
}

/// Bytes of the process in memory, if the system says so.
fn memory() -> Option<u64> {
    let status = fs_err::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? << 10)
}

/// How often something took so long, in steps of 20 microseconds up to a second: as large after many visits as after
/// one.
struct Times(Vec<u32>);

impl Times {
    const STEP: Duration = Duration::from_micros(20);

    fn new() -> Self {
        Self(vec![0; 50_000])
    }

    fn note(&mut self, took: Duration) {
        let step = (took.as_nanos() / Self::STEP.as_nanos()) as usize;
        let last = self.0.len() - 1;
        self.0[step.min(last)] += 1;
    }

    /// The time that this share of all took at most.
    fn at(&self, share: f64) -> Duration {
        let mut left = (f64::from(self.0.iter().sum::<u32>()) * share).ceil() as u32;
        let step = self.0.iter().position(|count| {
            left = left.saturating_sub(*count);
            left == 0
        });
        Self::STEP * (step.unwrap_or(0) as u32 + 1)
    }
}

#[test]
fn shoppers_come_one_after_the_other_and_leave_nothing() {
    let mut visited = Visited::open();
    (0..VISITS).for_each(|number| visited.visit(number));
}

#[test]
#[ignore = "takes half an hour"]
fn thousands_of_visits_leave_no_memory_behind() {
    let count = std::env::var("KNYTT_VISITS").map_or(10_000, |count| count.parse().unwrap());
    let mut visited = Visited::open();
    let (mut warm, begun) = (None, Instant::now());
    for number in 0..count {
        visited.visit(number);
        if number == count / WARM {
            warm = memory();
        }
        if number % 1_000 == 999 {
            println!("{} visits, {:.0} MB", number + 1, memory().unwrap_or_default() as f64 / 1e6);
        }
    }
    println!("{count} visits in {:.0} s, none stuck", begun.elapsed().as_secs_f64());
    let (passes, settled) = (&visited.passes, &visited.settled);
    println!(
        "passes, with up to {} cards: median {:?}, p95 {:?}, p99 {:?}",
        visited.cards,
        passes.at(0.5),
        passes.at(0.95),
        passes.at(0.99)
    );
    println!(
        "from the camera's opening to settled hits: median {:?}, p95 {:?}",
        settled.at(0.5),
        settled.at(0.95)
    );
    if let (Some(warm), Some(now)) = (warm, memory()) {
        let megabytes = |bytes: u64| bytes as f64 / 1e6;
        let more = (now as f64 / warm as f64 - 1.0) * 100.0;
        println!(
            "memory: {:.0} MB after a tenth, {:.0} MB now, {more:+.1} %",
            megabytes(warm),
            megabytes(now)
        );
        assert!(more < 2.0, "memory grows");
    }
}
