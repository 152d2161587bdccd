//! What the server answers itself, counted in memory and written in batches: the database gets one row for each day,
//! release and way in, not one for each search.
//!
//! A kill loses the counts of the last seconds. A replica that is stopped writes them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use knytt_wire::Participation;

use super::embeddings::{AskedEmbedding, EmbeddingSums, QueryEmbeddings};
use super::sketch::bucket;
use super::stability::step;
use crate::accounts::now_ms;
use crate::alerts::{Answered, RecentCounts};
use crate::db::{Columns, Database, Tx};
use crate::feedback::{ArmCounts, DayKey, Seen, add_all, add_days, add_seen, added, today};
use crate::tokens::Visitor;
use crate::way::{Kind, Way};

/// How often counts are written.
const PAUSE: Duration = Duration::from_secs(2);

/// How long a search of unfinished words waits for the next one of the same visitor, which takes its place.
const TYPING: Duration = Duration::from_secs(4);

/// Visitors that are kept while the database is away; of those beyond, only their searches are counted.
const MOST_SEEN: usize = 200_000;

/// Embeddings that wait to be summed, at most: of those beyond, only their searches are counted.
const MOST_EMBEDDINGS: usize = 10_000;

/// Letters of a category that are counted.
const LONGEST_CATEGORY: usize = 100;

const ANSWERS: Columns =
    added!("insight_answers", 7, "catalog, day, release": "answers", "cached", "refused", "failed"; "");

const LATENCY: Columns = added!("insight_latency", 6, "catalog, day, release, stage, bucket": "answers"; "");

const SCORES: Columns =
    added!("insight_scores", 7, "catalog, day, release, channel, kind, bucket": "searches"; "");

const SHARES: Columns = added!("insight_shares", 5, "catalog, day, part, value": "searches"; "");

/// One answer of the server's own.
#[derive(Clone, Debug)]
pub struct Counted {
    /// The catalogue that was searched.
    pub catalog: String,
    /// Its release.
    pub release: i64,
    /// How the search came.
    pub way: Way,
    /// Who asked.
    pub visitor: Visitor,
    /// The experiment that it took part in, and who takes part.
    pub part: Option<(Participation, Visitor)>,
    /// Whether it is the first page: the next ones are no further searches.
    pub is_first_page: bool,
    /// Whether the last word may have been unfinished.
    pub is_typing: bool,
    /// Whether there was no hit.
    pub is_empty: bool,
    /// Whether there were only hits that do not fit.
    pub is_no_good_match: bool,
    /// Whether the answer was kept from before.
    pub is_cached: bool,
    /// The cosine similarity of the nearest hit, if there is one.
    pub similarity: Option<f32>,
    /// Its category, if there is one.
    pub category: Option<String>,
    /// The shopper's language, if the request said it.
    pub language: Option<String>,
    /// What the query was for the model.
    pub embeddings: QueryEmbeddings,
    /// How long its stages took, in milliseconds; those of 0 were not needed.
    pub stages: [(&'static str, f64); 4],
}

/// A search that is counted if the visitor does not go on typing.
struct Unfinished {
    since: Instant,
    day: i64,
    counted: Counted,
}

#[derive(Default)]
struct Counts {
    days: BTreeMap<DayKey, [i64; 6]>,
    seen: BTreeSet<Seen>,
    answers: BTreeMap<(String, i64, i64), [i64; 4]>,
    latency: BTreeMap<(String, i64, i64, &'static str, i64), [i64; 1]>,
    arms: ArmCounts,
    scores: BTreeMap<(DayKey, i64), [i64; 1]>,
    shares: BTreeMap<(String, i64, &'static str, String), [i64; 1]>,
    embeddings: Vec<AskedEmbedding>,
    unfinished: HashMap<(String, Visitor), Unfinished>,
    recent: RecentCounts,
}

/// The counts that are not written yet. Clones share them.
#[derive(Clone)]
pub struct Tally {
    db: Database,
    counts: Arc<Mutex<Counts>>,
    embeddings: EmbeddingSums,
}

impl Tally {
    /// Nothing is counted yet.
    pub fn new(db: &Database) -> Self {
        Self { db: db.clone(), counts: Arc::default(), embeddings: EmbeddingSums::new(db) }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an answer that took so long altogether.
    pub fn answered(&self, counted: Counted, elapsed: Duration) {
        let mut counts = self.counts();
        counts.recent.count(&counted.catalog, Answered::Within(elapsed), now_ms());
        counts.answered(counted, elapsed, today());
    }

    /// Counts a request that was refused or failed, with the release of the catalogue that it named, if it named one.
    pub fn refused(&self, catalog: &str, release: i64, status: u16) {
        let failed = i64::from(status >= 500);
        let mut counts = self.counts();
        let answered = if failed > 0 { Answered::Failed } else { Answered::Refused };
        counts.recent.count(catalog, answered, now_ms());
        let counted = counts.answers.entry((catalog.into(), today(), release)).or_default();
        counted[2] += 1 - failed;
        counted[3] += failed;
    }

    /// Writes the counts every so often, for as long as it is awaited.
    pub async fn write_often(self) {
        loop {
            tokio::time::sleep(PAUSE).await;
            self.counts().finish(TYPING);
            self.write().await;
        }
    }

    /// Writes all that is counted, also searches that may be unfinished.
    pub async fn end(&self) {
        self.counts().finish(Duration::ZERO);
        self.write().await;
    }

    async fn write(&self) {
        let mut taken = self.counts().take();
        if taken.is_empty() {
            return;
        }
        let embeddings = std::mem::take(&mut taken.embeddings);
        if let Err(error) = self.embeddings.add(embeddings, today()).await {
            tracing::warn!(%error, "sums of embeddings were not written; they are tried again");
        }
        if let Err(error) = taken.write(&self.db).await {
            tracing::warn!(%error, "counts of searches were not written; they are tried again");
            self.counts().merge(taken);
        }
    }
}

impl Counts {
    fn answered(&mut self, counted: Counted, elapsed: Duration, day: i64) {
        let (catalog, release) = (counted.catalog.clone(), counted.release);
        let answers = self.answers.entry((catalog.clone(), day, release)).or_default();
        answers[0] += 1;
        answers[1] += i64::from(counted.is_cached);
        // What was kept from before has the times of then.
        let made = if counted.is_cached { &[][..] } else { &counted.stages[..] };
        let total = [("total", elapsed.as_secs_f64() * 1e3)];
        for (stage, ms) in made.iter().chain(&total).filter(|(_, ms)| *ms > 0.0) {
            self.latency.entry((catalog.clone(), day, release, *stage, bucket(*ms))).or_default()[0] += 1;
        }
        if let Some((part, _)) = counted.part.filter(|_| !counted.is_cached) {
            self.arms.add_latency(part, day, bucket(elapsed.as_secs_f64() * 1e3));
        }
        if !counted.is_first_page {
            return;
        }
        let who = (catalog, counted.visitor);
        if counted.is_typing {
            self.unfinished.insert(who, Unfinished { since: Instant::now(), day, counted });
        } else {
            // The words that were typed before are the beginning of these.
            self.unfinished.remove(&who);
            self.searched(&counted, day);
        }
    }

    fn searched(&mut self, counted: &Counted, day: i64) {
        let key = DayKey::new(&counted.catalog, day, counted.release, counted.way);
        if let Some(similarity) = counted.similarity {
            self.scores.entry((key.clone(), step(similarity))).or_default()[0] += 1;
        }
        let searches = self.days.entry(key).or_default();
        searches[0] += 1;
        searches[1] += i64::from(counted.is_empty);
        searches[2] += i64::from(counted.is_no_good_match);
        if let Some((part, who)) = counted.part {
            let failures = [counted.is_empty, counted.is_no_good_match].map(i64::from);
            self.arms.add_search(part, day, failures, who);
        }
        if counted.way.kind == Kind::Browse {
            return;
        }
        self.asked(counted, day);
        if self.seen.len() < MOST_SEEN {
            let Counted { catalog, release, way, visitor, .. } = counted;
            self.seen.extend(Seen::all(catalog, day, *release, way.channel, *visitor));
        }
    }

    /// Counts what a search asked about, and keeps its embeddings until they are summed.
    fn asked(&mut self, counted: &Counted, day: i64) {
        let language = counted.language.as_deref().map(spoken).unwrap_or_default();
        let category = counted.category.as_ref().map(|name| name.chars().take(LONGEST_CATEGORY).collect());
        for (part, value) in [("language", Some(language)), ("category", category)] {
            let Some(value) = value else { continue };
            self.shares.entry((counted.catalog.clone(), day, part, value)).or_default()[0] += 1;
        }
        let left = MOST_EMBEDDINGS.saturating_sub(self.embeddings.len());
        self.embeddings.extend(counted.embeddings.of(&counted.catalog).take(left));
    }

    /// Counts the searches after which nothing was typed for this long.
    fn finish(&mut self, age: Duration) {
        let all = std::mem::take(&mut self.unfinished);
        for (who, unfinished) in all {
            if unfinished.since.elapsed() >= age {
                self.searched(&unfinished.counted, unfinished.day);
            } else {
                self.unfinished.insert(who, unfinished);
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.days.is_empty() && self.answers.is_empty()
    }

    /// What may be written. Searches that may be unfinished stay.
    fn take(&mut self) -> Self {
        let unfinished = std::mem::take(&mut self.unfinished);
        std::mem::replace(self, Self { unfinished, ..Self::default() })
    }

    /// Takes counts back that could not be written.
    fn merge(&mut self, other: Self) {
        merge(&mut self.days, other.days);
        merge(&mut self.answers, other.answers);
        merge(&mut self.latency, other.latency);
        self.arms.merge(other.arms);
        merge(&mut self.scores, other.scores);
        merge(&mut self.shares, other.shares);
        self.recent.merge(other.recent);
        self.seen.extend(other.seen);
    }

    async fn write(&self, db: &Database) -> Result<(), sqlx::Error> {
        let mut tx: Tx = db.begin().await?;
        add_days(db, &mut tx, &self.days).await?;
        add_seen(db, &mut tx, &self.seen).await?;
        add_all(db, &mut tx, &ANSWERS, &self.answers, |q, (a, b, c)| q.bind(a.clone()).bind(*b).bind(*c))
            .await?;
        add_all(db, &mut tx, &LATENCY, &self.latency, |q, (a, b, c, d, e)| {
            q.bind(a.clone()).bind(*b).bind(*c).bind(*d).bind(*e)
        })
        .await?;
        self.arms.write(db, &mut tx).await?;
        add_all(db, &mut tx, &SCORES, &self.scores, |query, (key, step)| {
            let query = query.bind(key.catalog.clone()).bind(key.day).bind(key.release);
            query.bind(key.channel.clone()).bind(key.kind.clone()).bind(*step)
        })
        .await?;
        add_all(db, &mut tx, &SHARES, &self.shares, |q, (a, b, c, d)| {
            q.bind(a.clone()).bind(*b).bind(*c).bind(d.clone())
        })
        .await?;
        self.recent.write(db, &mut tx).await?;
        tx.commit().await
    }
}

fn merge<K: Ord, const N: usize>(to: &mut BTreeMap<K, [i64; N]>, from: BTreeMap<K, [i64; N]>) {
    for (key, counted) in from {
        to.entry(key).or_insert([0; N]).iter_mut().zip(counted).for_each(|(to, count)| *to += count);
    }
}

/// The language of a tag: `en` of `en-GB`; empty if it is none. Clients say it, so nothing else is counted.
fn spoken(tag: &str) -> String {
    let language = tag.split(['-', '_']).next().unwrap_or_default();
    let is_language = matches!(language.len(), 2 | 3) && language.bytes().all(|c| c.is_ascii_alphabetic());
    if is_language { language.to_ascii_lowercase() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::way::Channel;

    fn counted(visitor: u8) -> Counted {
        Counted {
            catalog: "shop".into(),
            release: 3,
            way: Way { channel: Channel::Web, kind: Kind::Words },
            visitor: [visitor; 16],
            part: None,
            is_first_page: true,
            is_typing: false,
            is_empty: false,
            is_no_good_match: false,
            is_cached: false,
            similarity: Some(0.4),
            category: Some("Dresses".into()),
            language: Some("de-AT".into()),
            embeddings: QueryEmbeddings::default(),
            stages: [("decode", 0.0), ("embed", 3.0), ("search", 1.0), ("rank", 0.5)],
        }
    }

    fn searches(counts: &Counts) -> i64 {
        counts.days.values().map(|counted| counted[0]).sum()
    }

    #[test]
    fn words_that_are_typed_on_are_one_search_and_next_pages_are_none() {
        let mut counts = Counts::default();
        let ms = Duration::from_millis(5);
        for is_typing in [true, true, false] {
            counts.answered(Counted { is_typing, ..counted(1) }, ms, 20_000);
        }
        counts.answered(Counted { is_first_page: false, ..counted(1) }, ms, 20_000);
        counts.finish(Duration::ZERO);
        assert_eq!((searches(&counts), counts.seen.len()), (1, 2), "{:?}", counts.seen);
        // Another visitor never finished; the search counts when nothing follows.
        counts.answered(Counted { is_typing: true, ..counted(2) }, ms, 20_000);
        counts.finish(Duration::from_secs(3_600));
        assert_eq!(searches(&counts), 1);
        assert_eq!(searches(&counts.take()), 1);
        counts.finish(Duration::ZERO);
        assert_eq!(searches(&counts), 1);
    }

    #[test]
    fn a_kept_answer_has_no_stages_but_a_time() {
        let mut counts = Counts::default();
        counts.answered(counted(1), Duration::from_millis(5), 20_000);
        counts.answered(Counted { is_cached: true, ..counted(1) }, Duration::from_millis(1), 20_000);
        let of = |stage: &str| counts.latency.iter().filter(|(key, _)| key.3 == stage).count();
        assert_eq!(["decode", "embed", "search", "rank", "total"].map(of), [0, 1, 1, 1, 2]);
        assert_eq!(counts.answers.values().collect::<Vec<_>>(), [&[2, 1, 0, 0]]);
    }

    #[tokio::test]
    async fn counts_that_could_not_be_written_are_written_later_and_once() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("knytt.db").display());
        let db = Database::open(&url.as_str().into(), 2).await.unwrap();
        let tally = Tally::new(&db);
        tally.answered(counted(1), Duration::from_millis(5));
        sqlx::query("ALTER TABLE insight_latency RENAME TO gone").execute(db.pool()).await.unwrap();
        tally.end().await;
        sqlx::query("ALTER TABLE gone RENAME TO insight_latency").execute(db.pool()).await.unwrap();
        tally.answered(counted(1), Duration::from_millis(5));
        tally.end().await;
        tally.end().await;
        let sum =
            async |sql: &'static str| sqlx::query_scalar::<_, i64>(sql).fetch_one(db.pool()).await.unwrap();
        assert_eq!(sum("SELECT SUM(searches) FROM insight_days").await, 2);
        assert_eq!(sum("SELECT SUM(answers) FROM insight_answers").await, 2);
        let of_part = "SELECT searches FROM insight_shares WHERE part = 'language' AND value = 'de'";
        assert_eq!(sum(of_part).await, 2);
        assert_eq!(sum("SELECT visitors FROM insight_visitors WHERE release = -1").await, 1);
    }
}
