//! Alerts over simulated time, on both databases: each fault raises its own alert and no other, once, which resolves by
//! itself; and while nothing is wrong, nothing is raised.

mod simulated;

use super::alert::Alert;
use super::evaluate::evaluate;
use super::rule::{Metric, Terms};
use super::store;
use super::{channels, deliver, deliveries, rules};
use crate::db::Database;
use crate::feedback::DAY_MS;
use crate::jobs::tests::postgres;
use simulated::{BEGIN, Faults, STEP_MS, Shop};

/// A database that lives as long as this.
struct Records {
    db: Database,
    _dir: tempfile::TempDir,
    _postgres: Option<postgres::Postgres>,
}

impl Records {
    async fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("knytt.db").display());
        Self { db: Database::open(&url.as_str().into(), 4).await.unwrap(), _dir: dir, _postgres: None }
    }

    async fn postgres() -> Self {
        let server = postgres::Postgres::start(false);
        let db = Database::open(&server.url().as_str().into(), 4).await.unwrap();
        Self { db, _dir: tempfile::tempdir().unwrap(), _postgres: Some(server) }
    }

    /// A shop of four weeks, at ten o'clock of a day on which all was well until now.
    async fn shop(&self) -> Shop {
        rules::make_usual(&self.db, BEGIN).await.unwrap();
        let mut shop = Shop::new(&self.db);
        shop.live_unwatched(BEGIN + 28 * DAY_MS + 10 * 3_600_000).await;
        shop.signed_for(6.0).await;
        shop.job("done").await;
        for _ in 0..5 {
            step(&mut shop).await;
        }
        assert_eq!(all(&self.db).await, []);
        shop
    }
}

/// Lives for a step, then looks.
async fn step(shop: &mut Shop) {
    shop.live().await;
    evaluate(&shop.db, shop.now_ms).await.unwrap();
}

async fn all(db: &Database) -> Vec<Alert> {
    store::list(db, false, None, 1_000).await.unwrap()
}

/// Lives until an alert is open. Returns after how many steps it was.
async fn steps_to_alert(shop: &mut Shop, most: usize) -> Option<usize> {
    for steps in 1..=most {
        step(shop).await;
        if !store::open(&shop.db).await.unwrap().is_empty() {
            return Some(steps);
        }
    }
    None
}

/// The only alert there ever was, which has resolved by itself.
async fn resolved_alone(shop: &mut Shop, metric: Metric, most: usize) {
    for _ in 0..most {
        if store::open(&shop.db).await.unwrap().is_empty() {
            break;
        }
        step(shop).await;
    }
    let alerts = all(&shop.db).await;
    assert_eq!(alerts.iter().map(|alert| alert.metric).collect::<Vec<_>>(), [metric], "{alerts:#?}");
    assert!(alerts[0].resolved_ms > alerts[0].opened_ms, "{alerts:#?}");
}

/// One step is two minutes.
const AT_ONCE: usize = 1;

/// So long a window of three hours shows what was wrong.
const UNTIL_WINDOW: usize = 100;

async fn each_fault_raises_its_alert_alone(records: Records) {
    let mut shop = records.shop().await;
    let faults = [
        (Metric::LatencyP99, Faults { slow: true, ..Faults::default() }, AT_ONCE, 10),
        (Metric::Failures, Faults { failing: true, ..Faults::default() }, AT_ONCE, 10),
        // A kiosk is silent for ten minutes and a duty is unheld for two before that is a fault.
        (Metric::Kiosk, Faults { silent_kiosk: true, ..Faults::default() }, 5 + AT_ONCE, 10),
        (Metric::Scheduler, Faults { silent_scheduler: true, ..Faults::default() }, 1 + AT_ONCE, 10),
        (Metric::ClickThrough, Faults { without_clicks: true, ..Faults::default() }, AT_ONCE, UNTIL_WINDOW),
        (Metric::ZeroResults, Faults { without_hits: true, ..Faults::default() }, AT_ONCE, UNTIL_WINDOW),
    ];
    for (metric, fault, within, calm) in faults {
        shop.faults = fault;
        let steps = steps_to_alert(&mut shop, within).await;
        assert!(steps.is_some(), "{metric}: not within {within} steps of two minutes");
        println!("{metric}: an alert after {} minutes", 2 * steps.unwrap_or_default());
        shop.faults = Faults::default();
        resolved_alone(&mut shop, metric, calm).await;
        sqlx::query("DELETE FROM alerts").execute(shop.db.pool()).await.unwrap();
    }
    shop.job("failed").await;
    assert_eq!(steps_to_alert(&mut shop, AT_ONCE).await, Some(1));
    shop.job("done").await;
    resolved_alone(&mut shop, Metric::FailedJob, 10).await;
    sqlx::query("DELETE FROM alerts").execute(shop.db.pool()).await.unwrap();
    shop.signed_for(1.99).await;
    assert_eq!(steps_to_alert(&mut shop, AT_ONCE).await, Some(1));
    let text = store::open(&shop.db).await.unwrap()[0].text.clone();
    assert!(text.contains("accept release 7 until 20") && text.contains("--refresh"), "{text}");
    shop.signed_for(7.0).await;
    resolved_alone(&mut shop, Metric::Signatures, 10).await;
}

async fn an_alert_stays_one_over_restarts_and_is_told_once(records: Records) {
    let mut shop = records.shop().await;
    let channel = channels::Channel {
        id: "c".into(),
        kind: channels::ChannelKind::Email,
        address: "a@shop.example".into(),
        catalog: String::new(),
        actor: "x".into(),
        made_ms: 0,
        secret: String::new(),
    };
    channels::create(&shop.db, &channel).await.unwrap();
    shop.faults.failing = true;
    step(&mut shop).await;
    let alert = store::open(&shop.db).await.unwrap().remove(0);
    assert!(store::acknowledge(&shop.db, &alert.id, "somebody", "looking", shop.now_ms).await.unwrap());
    assert!(!store::acknowledge(&shop.db, &alert.id, "another", "me, too", shop.now_ms).await.unwrap());
    // Another replica evaluates: all that it knows is in the database.
    let mut shop = Shop { faults: shop.faults, now_ms: shop.now_ms, ..Shop::new(&records.db) };
    for _ in 0..5 {
        step(&mut shop).await;
    }
    let after = store::open(&shop.db).await.unwrap();
    assert_eq!(after.len(), 1, "{after:#?}");
    assert_eq!(
        (&after[0].id, &after[0].acknowledged_by, &*after[0].note),
        (&alert.id, &"somebody".into(), "looking")
    );
    let told = deliveries::due(&shop.db, shop.now_ms).await.unwrap();
    assert_eq!(told.iter().map(|told| told.event.as_str()).collect::<Vec<_>>(), ["opened"]);
    // No mail server is set: it is tried again later, and given up in the end.
    let (settings, gauges) = (Default::default(), Default::default());
    let mut tries = 0;
    let mut now = shop.now_ms;
    while !deliveries::of_channel(&shop.db, "c").await.unwrap().iter().all(|told| told.state == "given_up") {
        deliver::deliver(&shop.db, &settings, &gauges, now).await.unwrap();
        assert_eq!(deliveries::due(&shop.db, now).await.unwrap(), [], "it is not tried again at once");
        (tries, now) = (tries + 1, now + 3_600_000);
        assert!(tries < 50);
    }
    assert_eq!(tries, 12);
}

async fn a_rule_of_a_catalogue_stands_in_place_of_that_of_all(records: Records) {
    let mut shop = records.shop().await;
    let own = Terms { catalog: "shop".into(), threshold: 2_000.0, ..Terms::usual(Metric::LatencyP99) };
    let own = rules::create(&shop.db, own, "somebody", shop.now_ms).await.unwrap();
    shop.faults.slow = true;
    assert_eq!(steps_to_alert(&mut shop, 3).await, None, "900 ms are borne here");
    rules::remove(&shop.db, &own.id).await.unwrap();
    assert_eq!(steps_to_alert(&mut shop, 1).await, Some(1));
    // A rule that is turned off resolves what it had opened.
    let mut usual = rules::by_id(&shop.db, "latencyP99").await.unwrap().unwrap();
    usual.terms.enabled = false;
    rules::replace(&shop.db, &usual).await.unwrap();
    rules::make_usual(&shop.db, shop.now_ms).await.unwrap();
    step(&mut shop).await;
    assert_eq!(store::open(&shop.db).await.unwrap(), []);
}

async fn best_hits_that_are_further_away_raise_an_alert(records: Records) {
    let db = &records.db;
    rules::make_usual(db, BEGIN).await.unwrap();
    let today = BEGIN / DAY_MS + 8;
    for day in today - 8..=today {
        for (kind, moved) in [("words", 0), ("image", 4)] {
            for (bucket, searches) in [(14, 30), (15, 60), (16, 90), (17, 60), (18, 30)] {
                let bucket = if day >= today - 1 { bucket - moved } else { bucket };
                let sql = "INSERT INTO insight_scores VALUES ('shop', $1, 7, 'web', $2, $3, $4)";
                let row = sqlx::query(sql).bind(day).bind(kind).bind(bucket).bind(i64::from(searches));
                row.execute(db.pool()).await.unwrap();
            }
        }
    }
    evaluate(db, today * DAY_MS + 3_600_000).await.unwrap();
    let open = store::open(db).await.unwrap();
    assert_eq!(
        open.iter().map(|alert| (alert.metric, &*alert.subject)).collect::<Vec<_>>(),
        [(Metric::Drift, "web image")]
    );
    assert!(open[0].text.contains("further from the query"), "{}", open[0].text);
}

async fn words_about_other_things_raise_an_alert(records: Records) {
    let db = &records.db;
    rules::make_usual(db, BEGIN).await.unwrap();
    let today = BEGIN / DAY_MS + 8;
    crate::insights::a_changed_week(db, today).await;
    evaluate(db, today * DAY_MS + 3_600_000).await.unwrap();
    let open = store::open(db).await.unwrap();
    assert_eq!(
        open.iter().map(|alert| (alert.metric, &*alert.subject)).collect::<Vec<_>>(),
        [(Metric::Embeddings, "words")]
    );
    assert!(open[0].text.contains("about other things"), "{}", open[0].text);
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
    each_fault_raises_its_alert_alone,
    an_alert_stays_one_over_restarts_and_is_told_once,
    a_rule_of_a_catalogue_stands_in_place_of_that_of_all,
    best_hits_that_are_further_away_raise_an_alert,
    words_about_other_things_raise_an_alert,
);

/// Days of the quiet time; `KNYTT_QUIET_DAYS=30` goes through a month.
fn quiet_days() -> i64 {
    std::env::var("KNYTT_QUIET_DAYS").ok().and_then(|days| days.parse().ok()).unwrap_or(2)
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nothing_is_wrong_nothing_is_raised() {
    let records = Records::sqlite().await;
    let mut shop = records.shop().await;
    let steps = quiet_days() * DAY_MS / STEP_MS;
    for n in 0..steps {
        if n % 720 == 0 {
            shop.signed_for(7.0).await;
            super::recent::forget(&shop.db, shop.now_ms).await.unwrap();
            super::so_far::forget(&shop.db, shop.now_ms).await.unwrap();
        }
        step(&mut shop).await;
    }
    assert_eq!(all(&records.db).await, []);
    println!("{} days, {steps} looks at each rule, no alert", quiet_days());
}
