//! Jobs on both databases: claims, races, kills, leases, cancels. Time is what a test says it is.

use serde_json::json;
use sqlx::Row as _;

use super::claim::{ATTEMPTS, JobClaim, LEASE_MS, Lost, claim};
use super::row::JobState;
use super::*;
use crate::db::Database;

#[path = "../../tests/it/fixture/postgres.rs"]
#[allow(dead_code)]
pub(crate) mod postgres;

// What the fixture of PostgreSQL takes from its parent.
#[path = "../../tests/it/fixture/process.rs"]
#[allow(dead_code)]
mod process;
use process::{free_port, program, signal};

/// A moment.
const NOW: i64 = 1_790_000_000_000;

/// A database that lives as long as this.
struct Records {
    db: Database,
    url: String,
    _dir: tempfile::TempDir,
    _postgres: Option<postgres::Postgres>,
}

impl Records {
    async fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("knytt.db").display());
        Self { db: open(&url).await, url, _dir: dir, _postgres: None }
    }

    async fn postgres() -> Self {
        let server = postgres::Postgres::start(false);
        let url = server.url();
        Self { db: open(&url).await, url, _dir: tempfile::tempdir().unwrap(), _postgres: Some(server) }
    }
}

async fn open(url: &str) -> Database {
    Database::open(&url.into(), 4).await.unwrap()
}

/// Runs a test on both databases.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite { $(#[tokio::test(flavor = "multi_thread")] async fn $name() {
            super::$name(super::Records::sqlite().await).await;
        })+ }
        mod on_postgres { $(#[tokio::test(flavor = "multi_thread")] async fn $name() {
            super::$name(super::Records::postgres().await).await;
        })+ }
    };
}

on_both!(
    a_job_goes_from_waiting_to_done,
    many_workers_do_each_job_once,
    jobs_of_one_lane_follow_each_other,
    a_killed_worker_is_replaced_in_every_state,
    a_worker_whose_lease_ran_out_writes_nothing,
    a_job_that_always_kills_its_worker_fails,
    a_cancelled_job_ends,
    a_replica_leaves_the_jobs_of_others,
    a_duty_has_one_owner,
    problems_are_found_by_kind_and_text,
    a_worker_ends_jobs_as_their_work_ends,
);

async fn added(db: &Database, lane: &str) -> String {
    let job = NewJob { kind: "test", catalog: "shop".into(), lane: lane.into(), ..NewJob::default() };
    add(db, job, NOW).await.unwrap()
}

async fn taken(db: &Database, worker: &str, now: i64) -> Option<JobClaim> {
    claim(db, "node", worker, now).await.unwrap()
}

async fn state(db: &Database, id: &str) -> JobState {
    by_id(db, id, NOW).await.unwrap().unwrap().state
}

async fn a_job_goes_from_waiting_to_done(records: Records) {
    let db = &records.db;
    let id = added(db, "shop").await;
    assert_eq!(state(db, &id).await, JobState::Waiting);
    let held = taken(db, "a", NOW).await.unwrap();
    assert_eq!((held.job.id.as_str(), held.token, held.job.state), (id.as_str(), 1, JobState::Running));
    held.progress("pictures", 0, 200, NOW).await.unwrap();
    held.progress("pictures", 50, 200, NOW + 2_000).await.unwrap();
    held.say("first\nline", NOW).await.unwrap();
    held.say("second line", NOW).await.unwrap();
    let job = by_id(db, &id, NOW + 5_000).await.unwrap().unwrap();
    assert_eq!((job.progress.step.as_str(), job.progress.done, job.progress.of), ("pictures", 50, 200));
    assert_eq!(job.progress.rate, 10.0, "50 in 5 s");
    let said = lines(db, &id, 1, 10).await.unwrap();
    assert_eq!(said, [(2, NOW, "second line".to_owned())]);
    assert_eq!(lines(db, &id, 0, 1).await.unwrap()[0].2, "first line");
    held.succeed(&json!({ "products": 7 }), NOW + 9_000).await.unwrap();
    let job = by_id(db, &id, NOW).await.unwrap().unwrap();
    assert_eq!(
        (job.state, job.output["products"].as_i64(), job.ended_ms),
        (JobState::Done, Some(7), NOW + 9_000)
    );
    assert!(matches!(held.say("late", NOW).await, Err(Lost::Taken)));
    assert!(taken(db, "a", NOW + 10 * LEASE_MS).await.is_none());
    assert_eq!(sweep(db, NOW + 9_000 + 91 * 86_400_000).await.unwrap(), 1);
    assert!(lines(db, &id, 0, 10).await.unwrap().is_empty());
}

async fn many_workers_do_each_job_once(records: Records) {
    const JOBS: usize = 40;
    for _ in 0..JOBS {
        added(&records.db, "").await;
    }
    let mut workers = Vec::new();
    for worker in 0..8 {
        // Each has connections of its own, as another process has.
        let url = records.url.clone();
        workers.push(tokio::spawn(async move {
            let db = open(&url).await;
            let mut mine = Vec::new();
            while let Some(held) = taken(&db, &worker.to_string(), NOW).await {
                held.succeed(&json!({}), NOW).await.unwrap();
                mine.push(held.job.id);
            }
            mine
        }));
    }
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await.unwrap());
    }
    // A worker that found nothing while others were faster may have stopped early; nobody did a job twice.
    while let Some(held) = taken(&records.db, "last", NOW).await {
        held.succeed(&json!({}), NOW).await.unwrap();
        all.push(held.job.id);
    }
    let mut once = all.clone();
    once.sort();
    once.dedup();
    assert_eq!((all.len(), once.len()), (JOBS, JOBS));
}

async fn jobs_of_one_lane_follow_each_other(records: Records) {
    let db = &records.db;
    let first = added(db, "shop").await;
    let second = added(db, "shop").await;
    let other = added(db, "other").await;
    let held = taken(db, "a", NOW).await.unwrap();
    assert_eq!(held.job.id, first);
    assert_eq!(taken(db, "b", NOW).await.unwrap().job.id, other);
    assert!(taken(db, "c", NOW).await.is_none(), "the lane is taken");
    // Past the question whether the lane is free, the database itself refuses a second one.
    let forced = sqlx::query("UPDATE jobs SET state = 'running' WHERE id = $1").bind(second.clone());
    assert!(forced.execute(db.pool()).await.unwrap_err().as_database_error().unwrap().is_unique_violation());
    held.succeed(&json!({}), NOW).await.unwrap();
    assert_eq!(taken(db, "c", NOW).await.unwrap().job.id, second);
}

/// How far a worker is when it is killed.
const STEPS: usize = 5;

/// Does a job up to step `until`; returns what was written before the kill.
async fn work_until(held: &JobClaim, until: usize) {
    if until >= 1 {
        held.progress("pictures", 3, 10, NOW).await.unwrap();
    }
    if until >= 2 {
        held.set_problems(&[FoundProblem { place: "feed:1".into(), ..FoundProblem::default() }])
            .await
            .unwrap();
    }
    if until == 3 {
        // In the middle of a transaction with results.
        let mut tx = held.hold().await.unwrap();
        let results = sqlx::query("UPDATE jobs SET output = '{\"by\": \"killed\"}' WHERE id = $1");
        results.bind(held.job.id.clone()).execute(&mut *tx).await.unwrap();
    }
    if until >= 4 {
        held.succeed(&json!({ "by": "killed" }), NOW).await.unwrap();
    }
}

async fn a_killed_worker_is_replaced_in_every_state(records: Records) {
    let db = &records.db;
    for until in 0..STEPS {
        let id = added(db, "shop").await;
        let first = taken(db, "a", NOW).await.unwrap();
        work_until(&first, until).await;
        let later = NOW + LEASE_MS + 1;
        assert!(taken(db, "b", NOW + LEASE_MS).await.is_none(), "{until}: the lease holds");
        let next = taken(db, "b", later).await;
        if until == STEPS - 1 {
            assert!(next.is_none(), "it had ended");
            assert_eq!(by_id(db, &id, NOW).await.unwrap().unwrap().output["by"], "killed");
            continue;
        }
        let next = next.unwrap_or_else(|| panic!("{until}: nobody goes on"));
        assert_eq!((next.token, next.job.attempts), (2, 2), "{until}");
        assert_eq!(next.job.progress.done, 0, "{until}: it begins anew");
        next.set_problems(&[]).await.unwrap();
        next.succeed(&json!({ "by": "next" }), later).await.unwrap();
        // The first one was not killed after all: nothing that it writes counts.
        assert!(first.set_problems(&[FoundProblem::default()]).await.is_err(), "{until}");
        assert!(first.succeed(&json!({ "by": "killed" }), later).await.is_err(), "{until}");
        assert_eq!(by_id(db, &id, NOW).await.unwrap().unwrap().output["by"], "next", "{until}");
        assert!(problems(db, &id, &Selected { limit: 9, ..Selected::default() }).await.unwrap().is_empty());
    }
}

async fn a_worker_whose_lease_ran_out_writes_nothing(records: Records) {
    let db = &records.db;
    let id = added(db, "shop").await;
    let slow = taken(db, "slow", NOW).await.unwrap();
    // A heartbeat moves the end of the lease.
    assert!(!slow.renew(NOW + LEASE_MS).await.unwrap());
    assert!(taken(db, "quick", NOW + LEASE_MS + 1).await.is_none());
    let later = NOW + 2 * LEASE_MS + 1;
    let quick = taken(db, "quick", later).await.unwrap();
    assert!(matches!(slow.renew(later).await, Err(Lost::Taken)));
    assert!(matches!(slow.progress("x", 1, 1, later).await, Err(Lost::Taken)));
    assert!(matches!(slow.say("x", later).await, Err(Lost::Taken)));
    assert!(matches!(slow.put_back("x", "x", later).await, Err(Lost::Taken)));
    assert!(matches!(slow.fail(JobState::Failed, "x", "x", later).await, Err(Lost::Taken)));
    assert!(slow.hold().await.is_err());
    assert_eq!(state(db, &id).await, JobState::Running);
    quick.succeed(&json!({}), later).await.unwrap();
    assert_eq!(state(db, &id).await, JobState::Done);
}

async fn a_job_that_always_kills_its_worker_fails(records: Records) {
    let db = &records.db;
    let id = added(db, "shop").await;
    let mut now = NOW;
    for attempt in 1..=ATTEMPTS {
        assert_eq!(taken(db, "a", now).await.unwrap().job.attempts, attempt);
        now += LEASE_MS + 1;
    }
    assert!(taken(db, "a", now).await.is_none());
    let job = by_id(db, &id, now).await.unwrap().unwrap();
    assert_eq!((job.state, job.error_code.as_str()), (JobState::Failed, "lost"));
}

async fn a_cancelled_job_ends(records: Records) {
    let db = &records.db;
    let id = added(db, "shop").await;
    assert!(cancel(db, &id, NOW).await.unwrap());
    assert_eq!(state(db, &id).await, JobState::Cancelled);
    assert!(!cancel(db, &id, NOW).await.unwrap(), "it has ended");
    assert!(!cancel(db, "nonsense", NOW).await.unwrap());
    let id = added(db, "shop").await;
    let held = taken(db, "a", NOW).await.unwrap();
    assert!(!held.renew(NOW).await.unwrap());
    assert!(cancel(db, &id, NOW).await.unwrap());
    assert!(held.renew(NOW).await.unwrap(), "the worker hears of it");
    held.fail(JobState::Cancelled, "cancelled", "", NOW).await.unwrap();
    assert_eq!(state(db, &id).await, JobState::Cancelled);
    assert!(!has_open(db, "shop", "test").await.unwrap());
}

async fn a_replica_leaves_the_jobs_of_others(records: Records) {
    let db = &records.db;
    let job = |node: &str| NewJob { kind: "test", node: node.into(), ..NewJob::default() };
    let theirs = add(db, job("elsewhere"), NOW).await.unwrap();
    assert!(taken(db, "a", NOW).await.is_none());
    let held = claim(db, "elsewhere", "b", NOW).await.unwrap().unwrap();
    assert_eq!(held.job.id, theirs);
    // The replica starts anew: what its process before had is free at once.
    assert!(claim(db, "elsewhere", "c", NOW + 1).await.unwrap().is_none());
    assert_eq!(free_own(db, "node").await.unwrap(), 0);
    assert_eq!(free_own(db, "elsewhere").await.unwrap(), 1);
    assert_eq!(claim(db, "elsewhere", "c", NOW + 1).await.unwrap().unwrap().token, 2);
}

async fn a_duty_has_one_owner(records: Records) {
    let db = &records.db;
    assert!(hold(db, "schedule", "a", NOW, 1_000).await.unwrap());
    assert!(!hold(db, "schedule", "b", NOW + 900, 1_000).await.unwrap());
    assert!(hold(db, "schedule", "a", NOW + 900, 1_000).await.unwrap(), "its owner keeps it");
    assert!(!hold(db, "schedule", "b", NOW + 1_500, 1_000).await.unwrap());
    assert!(hold(db, "schedule", "b", NOW + 2_000, 1_000).await.unwrap());
    assert!(!hold(db, "schedule", "a", NOW + 2_100, 1_000).await.unwrap());
}

async fn problems_are_found_by_kind_and_text(records: Records) {
    let db = &records.db;
    let id = added(db, "shop").await;
    let held = taken(db, "a", NOW).await.unwrap();
    let found: Vec<FoundProblem> = (1..=100)
        .map(|n| FoundProblem {
            place: format!("feed:{n}"),
            line: n,
            title: if n == 7 { "100% Wool\0".into() } else { "Cotton_Shirt".into() },
            code: if n % 2 == 0 { "bad-price".into() } else { "bad-url".into() },
            ..FoundProblem::default()
        })
        .collect();
    held.set_problems(&found).await.unwrap();
    let ask = async |code: Option<&str>, text: Option<&str>, after, limit| {
        let selected = Selected { code, text, after, limit };
        problems(db, &id, &selected)
            .await
            .unwrap()
            .into_iter()
            .map(|problem| problem.line)
            .collect::<Vec<_>>()
    };
    assert_eq!(ask(None, None, 0, 3).await, [1, 2, 3]);
    assert_eq!(ask(None, None, 98, 30).await, [99, 100]);
    assert_eq!(ask(Some("bad-price"), None, 95, 30).await, [96, 98, 100]);
    assert_eq!(ask(None, Some("0% WOOL"), 0, 30).await, [7]);
    assert_eq!(ask(None, Some("n%s"), 0, 30).await, [0i64; 0], "a sign stands for itself");
    assert_eq!(ask(None, Some("n_s"), 0, 2).await, [1, 2]);
    let rows = sqlx::query("SELECT COUNT(*) FROM job_problems").fetch_one(db.pool()).await.unwrap();
    assert_eq!(rows.get::<i64, _>(0), 100);
}

/// Ends as its input says.
struct Ends;

impl Work for Ends {
    fn run(
        &self,
        context: Context,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<serde_json::Value, Failure>> + Send + '_>> {
        Box::pin(async move {
            match context.claim.job.input["ends"].as_str().unwrap() {
                "well" => Ok(json!({ "ended": "well" })),
                "badly" => Err(Failure::Final("bad", "it cannot be done".into())),
                "later" => Err(Failure::Later("away", "nothing answers".into())),
                _ => {
                    context.stopped().await;
                    Err(Failure::Stopped)
                }
            }
        })
    }
}

async fn a_worker_ends_jobs_as_their_work_ends(records: Records) {
    let db = &records.db;
    let now = crate::accounts::now_ms();
    let mut ids = Vec::new();
    for ends in ["well", "badly", "later", "never"] {
        let job = NewJob { kind: "test", input: json!({ "ends": ends }), ..NewJob::default() };
        ids.push(add(db, job, now).await.unwrap());
    }
    let workers = JobWorkers::new(db, "node", std::sync::Arc::new(Ends));
    let working = tokio::spawn(workers.clone().run(2));
    let until = async |id: &str, wanted: JobState| {
        for _ in 0..1_200 {
            let job = by_id(db, id, now).await.unwrap().unwrap();
            if job.state == wanted && (wanted != JobState::Waiting || job.attempts > 0) {
                return job;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{wanted} is not reached");
    };
    assert_eq!(until(&ids[0], JobState::Done).await.output["ended"], "well");
    assert_eq!(until(&ids[1], JobState::Failed).await.error_code, "bad");
    assert_eq!(until(&ids[2], JobState::Waiting).await.error_code, "away");
    until(&ids[3], JobState::Running).await;
    assert!(cancel(db, &ids[3], now).await.unwrap());
    until(&ids[3], JobState::Cancelled).await;
    working.abort();
}
