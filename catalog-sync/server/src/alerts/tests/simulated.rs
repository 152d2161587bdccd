//! A simulated shop: what searches, jobs, kiosks and signatures leave in the database, minute by minute of a clock that
//! the test moves.

use std::collections::BTreeMap;
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};

use super::super::kiosks::{self, Kiosk};
use super::super::recent::{Answered, RecentCounts};
use crate::accounts::secret;
use crate::db::{Database, Tx};
use crate::feedback::{DAY_MS, DayKey, add_days};
use crate::jobs;
use crate::way::{Channel, Kind, Way};

/// The midnight on which the simulation begins.
pub const BEGIN: i64 = 20_700 * DAY_MS;

/// A step of the simulation.
pub const STEP_MS: i64 = 120_000;

/// What goes wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    pub slow: bool,
    pub failing: bool,
    pub without_clicks: bool,
    pub without_hits: bool,
    pub silent_kiosk: bool,
    pub silent_scheduler: bool,
}

/// The shop.
pub struct Shop {
    pub db: Database,
    pub now_ms: i64,
    pub faults: Faults,
    pub random: ChaCha8Rng,
    /// The share of today's searches that lead to a product: days differ by more than chance.
    pub clicked: f64,
    /// The share of today's searches without a hit.
    pub without: f64,
    /// How similar today's best hits are.
    pub similar: f64,
    /// An hour in which a newsletter brings more searches.
    pub busy_hour: i64,
    /// Similarities of best hits that are not written yet, by step.
    pub scores: BTreeMap<i64, i64>,
}

impl Shop {
    pub fn new(db: &Database) -> Self {
        let random = ChaCha8Rng::seed_from_u64(20_261_129);
        Self {
            db: db.clone(),
            now_ms: BEGIN,
            faults: Faults::default(),
            random,
            clicked: 0.3,
            without: 0.05,
            similar: 0.42,
            busy_hour: 0,
            scores: BTreeMap::new(),
        }
    }

    fn number(&mut self) -> f64 {
        f64::from(self.random.next_u32()) / 4_294_967_296.0
    }

    /// About a normal value of mean 0 and deviation 1.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.number()).sum::<f64>() - 6.0
    }

    /// How many of so many happen, each with this chance.
    fn some(&mut self, of: i64, chance: f64) -> i64 {
        (0..of).filter(|_| self.number() < chance).count() as i64
    }

    /// Searches of a step: few at night, most in the evening, more on weekends.
    fn searches(&mut self) -> i64 {
        let hour = self.now_ms.rem_euclid(DAY_MS) as f64 / 3_600_000.0;
        let of_day = 1.0 + 0.9 * ((hour - 13.0) / 24.0 * std::f64::consts::TAU).cos();
        let weekend = if self.now_ms.div_euclid(DAY_MS) % 7 < 2 { 1.4 } else { 1.0 };
        let newsletter = if hour as i64 == self.busy_hour { 1.8 } else { 1.0 };
        let mean = 240.0 * of_day * weekend * newsletter;
        (mean + mean.sqrt() * self.normal()).max(0.0) as i64
    }

    fn begin_day(&mut self) {
        if self.now_ms.rem_euclid(DAY_MS) == 0 {
            self.clicked = 0.3 * (1.0 + 0.01 * self.normal());
            self.without = 0.05 * (1.0 + 0.02 * self.normal());
            self.similar = 0.42 + 0.004 * self.normal();
            self.busy_hour = 8 + (self.number() * 14.0) as i64;
        }
    }

    /// Searches of a step, those without a hit, and those that lead to a product.
    fn counted(&mut self) -> [i64; 3] {
        self.begin_day();
        let searches = self.searches();
        let without = if self.faults.without_hits { 0.5 } else { self.without };
        let clicked = if self.faults.without_clicks { 0.0 } else { self.clicked };
        let zero_result = self.some(searches, without);
        [searches, zero_result, self.some(searches, clicked)]
    }

    /// Fills the past with what the evaluation would have noted, without evaluating.
    pub async fn live_unwatched(&mut self, until_ms: i64) {
        let mut tx = self.db.begin().await.unwrap();
        let mut so_far = [0; 3];
        while self.now_ms < until_ms {
            let (day, slot) = (self.now_ms.div_euclid(DAY_MS), self.now_ms.rem_euclid(DAY_MS) / STEP_MS);
            so_far = if slot == 0 { [0; 3] } else { so_far };
            for (catalog, counts) in [("", [0; 3]), ("shop", so_far)] {
                sqlx::query("INSERT INTO counted_so_far VALUES ($1, $2, $3, $4, $5, $6)")
                    .bind(day)
                    .bind(slot)
                    .bind(catalog)
                    .bind(counts[0])
                    .bind(counts[1])
                    .bind(counts[2])
                    .execute(&mut *tx)
                    .await
                    .unwrap();
            }
            let counted = self.counted();
            (0..counted[0] / 10).for_each(|_| self.score());
            so_far = [0, 1, 2].map(|at| so_far[at] + counted[at]);
            self.now_ms += STEP_MS;
            if self.now_ms.rem_euclid(DAY_MS) == 0 || self.now_ms >= until_ms {
                let days = BTreeMap::from([(key(day), [so_far[0], so_far[1], 0, so_far[2], 0, 0])]);
                add_days(&self.db, &mut tx, &days).await.unwrap();
                self.scores.values_mut().for_each(|searches| *searches *= 10);
                let scores = std::mem::take(&mut self.scores);
                write_scores(&mut tx, day, &scores).await;
            }
        }
        tx.commit().await.unwrap();
    }

    /// One search has a best hit.
    fn score(&mut self) {
        let similarity = self.similar + 0.05 * self.normal();
        *self.scores.entry((similarity * 40.0).floor() as i64).or_default() += 1;
    }

    async fn write_scores(&mut self, day: i64) {
        let scores = std::mem::take(&mut self.scores);
        let mut tx = self.db.begin().await.unwrap();
        write_scores(&mut tx, day, &scores).await;
        tx.commit().await.unwrap();
    }

    /// What happens in a step.
    pub async fn live(&mut self) {
        let day = self.now_ms.div_euclid(DAY_MS);
        let [searches, zero_result, clicked] = self.counted();
        let mut recent = RecentCounts::default();
        let failed = self.some(searches, if self.faults.failing { 0.08 } else { 0.000_5 });
        for n in 0..searches {
            // The 99th percentile is about 130 ms.
            let ms = if self.faults.slow { 900.0 } else { (3.7 + 0.5 * self.normal()).exp() };
            let answered = match n < failed {
                true => Answered::Failed,
                false => Answered::Within(Duration::from_secs_f64(ms / 1e3)),
            };
            recent.count("shop", answered, self.now_ms);
            self.score();
        }
        let mut tx = self.db.begin().await.unwrap();
        let days = BTreeMap::from([(key(day), [searches, zero_result, 0, clicked, 0, 0])]);
        add_days(&self.db, &mut tx, &days).await.unwrap();
        recent.write(&self.db, &mut tx).await.unwrap();
        tx.commit().await.unwrap();
        self.now_ms += STEP_MS;
        // What the database has of an hour is enough for a comparison of days.
        if self.now_ms.rem_euclid(3_600_000) == 0 {
            self.write_scores(day).await;
        }
        if !self.faults.silent_kiosk {
            let kiosk = Kiosk { name: "door".into(), seen_ms: self.now_ms, ..Kiosk::default() };
            let seen = kiosks::see(&self.db, &kiosk).await.unwrap();
            assert!(matches!(seen, kiosks::Seen::Noted(None)));
        }
        if !self.faults.silent_scheduler {
            assert!(jobs::hold(&self.db, "schedule", "one", self.now_ms, 30_000).await.unwrap());
        }
    }

    /// A job that has ended now.
    pub async fn job(&self, state: &str) {
        let sql = "INSERT INTO jobs (id, kind, catalog, lane, node, actor, state, cancelled, input, output, error_code, \
                   error, attempts, token, worker, lease_ms, due_ms, made_ms, started_ms, ended_ms, step, done, total, \
                   step_ms) VALUES ($1, 'feed', 'shop', 'shop', '', 'schedule', $2, 0, '{}', '{}', 'build_failed', \
                   'the model is damaged', 1, 1, '', 0, $3, $3, $3, $3, '', 0, 0, 0)";
        let job = sqlx::query(sql).bind(secret::random()).bind(state.to_owned()).bind(self.now_ms);
        job.execute(self.db.pool()).await.unwrap();
    }

    /// A release whose signatures end so many days from now.
    pub async fn signed_for(&self, days: f64) {
        let sql = "INSERT INTO release_signatures VALUES ('shop', 7, $1, 0, 0) \
                   ON CONFLICT (catalog) DO UPDATE SET expires_ms = excluded.expires_ms";
        let until = self.now_ms + (days * DAY_MS as f64) as i64;
        sqlx::query(sql).bind(until).execute(self.db.pool()).await.unwrap();
    }
}

async fn write_scores(tx: &mut Tx, day: i64, scores: &BTreeMap<i64, i64>) {
    for (bucket, searches) in scores {
        let sql = "INSERT INTO insight_scores VALUES ('shop', $1, 7, 'web', 'words', $2, $3) \
                   ON CONFLICT (catalog, day, release, channel, kind, bucket) \
                   DO UPDATE SET searches = insight_scores.searches + excluded.searches";
        sqlx::query(sql).bind(day).bind(*bucket).bind(*searches).execute(&mut **tx).await.unwrap();
    }
}

fn key(day: i64) -> DayKey {
    DayKey::new("shop", day, 7, Way { channel: Channel::Web, kind: Kind::Words })
}
