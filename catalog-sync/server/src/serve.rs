//! The backend from start to end.

use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum_server::tls_rustls::RustlsConfig;
use sqlx::Connection as _;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::accounts::{self, Accounts};
use crate::alerts;
use crate::app::{App, Services};
use crate::config::{Address, Config};
use crate::console::Console;
use crate::db::Database;
use crate::feedback::ingest::Ingest;
use crate::feedback::{SeenReleases, forget_batches, forget_seen, forget_visits, today};
use crate::http::limits::Limits;
use crate::http::metrics::Metrics;
use crate::insights::{Insights, Tally};
use crate::net::{Connections, Server, raise_descriptor_limit};
use crate::objects::deletions;
use crate::objects::store::Objects;
use crate::objects::unfinished;
use crate::outbox::Publisher;
use crate::outbox::stream::Broker;
use crate::outbox::wake::WakeSignal;
use crate::routes::{metrics_router, router};
use crate::search::SearchService;

use crate::telemetry::{Traces, init_logs};
use crate::tokens::Keys;
use crate::{Error, Result, tls};

/// How often what is old is forgotten.
const SWEEP: Duration = Duration::from_secs(60);

/// The pause before the database is tried again at the start.
const RETRY: Duration = Duration::from_secs(1);

/// How long the database may take to answer at the start.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connections at once to the listener for metrics.
const METRICS_CONNECTIONS: usize = 16;

/// How long a repeated batch gets its old answer.
const ANSWERS: Duration = Duration::from_secs(7 * 86_400);

/// Runs the backend until the process is told to stop, with a runtime and a log of its own.
///
/// # Errors
/// Those of [`run`]; or the address cannot be listened on.
pub fn serve(config: Config) -> Result<()> {
    crate::arenas::bound();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let traces = config.traces.as_ref().map(|settings| Traces::start(settings, runtime.handle().clone()));
    let traces = traces.transpose()?;
    init_logs(config.log, &config.log_filter, traces.as_ref())?;
    let served = runtime.block_on(async {
        let listener = TcpListener::bind(config.listen)?;
        run(listener, config, stopped()).await
    });
    if let Some(traces) = traces {
        traces.end();
    }
    served
}

/// Runs the backend on a listener until `shutdown` is ready; requests under way may then finish.
///
/// # Errors
/// The database or the object store cannot be opened, a setting is wrong, or the listener breaks.
pub async fn run(listener: TcpListener, config: Config, shutdown: impl Future<Output = ()>) -> Result<()> {
    let address = listener.local_addr()?;
    let metrics_listener = config.metrics_listen.map(TcpListener::bind).transpose()?;
    let db = opened(&config).await?;
    let mut tasks = JoinSet::new();
    let app = start(Arc::new(config), &db, &mut tasks).await?;
    let config = app.config.clone();
    tracing::info!(%address, database = %config.database, objects = %config.objects, "listening");
    let certificate = match &config.tls {
        None => None,
        Some((cert, key)) => {
            let certificate = tls::load(cert, key).await?;
            tasks.spawn(tls::renew(certificate.clone(), cert.clone(), key.clone()));
            Some(certificate)
        }
    };
    let (stop, stopping) = watch::channel(false);
    let grace = config.shutdown_timeout;
    if let Some(listener) = metrics_listener {
        let metrics = metrics_server(&app);
        let (stopping, address) = (stopping.clone(), listener.local_addr()?);
        tracing::info!(%address, "metrics");
        tasks.spawn(async move {
            if let Err(error) = metrics.serve(listener, stopping, Duration::ZERO).await {
                tracing::error!(%error, "metrics are no longer served");
            }
        });
    }
    let tally = app.tally.clone();
    let served = server(app, certificate).serve(listener, stopping, grace);
    tokio::pin!(served);
    tokio::select! {
        done = &mut served => done?,
        () = shutdown => {
            tracing::info!("stopping: requests under way may finish");
            stop.send_replace(true);
            served.await?;
        }
    }
    tasks.shutdown().await;
    tally.end().await;
    db.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Opens everything and starts what works beside the requests.
async fn start(config: Arc<Config>, db: &Database, tasks: &mut JoinSet<()>) -> Result<App> {
    let objects = Objects::open(&config.objects)?;
    let broker = if config.events.is_empty() { None } else { Some(Broker::connect(&config).await?) };
    let settings = config.search.clone();
    let metrics = Arc::new(Metrics::new());
    let counted = metrics.search.clone();
    let opened = tokio::task::spawn_blocking(|| SearchService::open(settings, counted)).await;
    let search = opened.map_err(io::Error::other)??;
    // Before the first search is answered.
    crate::merchandising::refresh(db, &search.catalogs).await?;
    tasks.spawn(crate::merchandising::follow(db.clone(), search.catalogs.clone()));
    crate::experiments::refresh(db, &search.catalogs).await?;
    tasks.spawn(crate::experiments::follow(db.clone(), search.catalogs.clone()));
    tasks.spawn(search.clone().follow());
    tasks.spawn(crate::insights::follow_catalogs(db.clone(), search.catalogs.clone()));
    for follower in search.followers(&objects) {
        tasks.spawn(follower.run());
    }
    let wake = WakeSignal::default();
    crate::feedback::know(db, search.catalogs.all().iter().map(|catalog| catalog.summary.id.as_str()))
        .await?;
    crate::objects::pin_published(db, &objects, &config.search.follow).await;
    let tokens = Keys::open(db).await?;
    tasks.spawn(tokens.clone().renew());
    let seen_releases = SeenReleases::new(db, &metrics);
    let console = Console::start(db, &config, &search, (&objects, &seen_releases), tasks).await?;
    let app = App::new(Services {
        console,
        tokens,
        insights: Insights::new(db),
        tally: Tally::new(db),
        ingest: Ingest::start(db, &config, &wake, &metrics).await?,
        seen_releases,
        limits: Arc::new(Limits::new(&config)),
        db: db.clone(),
        metrics: metrics.clone(),
        search,
        accounts: Accounts::start()?,
        config,
        objects,
        broker: broker.clone(),
    });
    tasks.spawn(app.tally.clone().write_often());
    tasks.spawn(alerts::run(db.clone(), app.config.alerts.clone(), app.metrics.alerts.clone()));
    if let Some(broker) = broker {
        tasks.spawn(Publisher { db: db.clone(), broker, wake, metrics }.run());
    }
    tasks.spawn(sweep(db.clone(), app.limits.clone(), app.objects.clone(), app.config.delete_delay));
    if let Some(folder) = app.objects.folder.clone() {
        tasks.spawn(sweep_uploads(folder));
    }
    Ok(app)
}

/// What serves the routes of `app`.
fn server(app: App, certificate: Option<RustlsConfig>) -> Server {
    let (metrics, deadlines) = (app.metrics.clone(), app.config.deadlines);
    let connections = Connections::new(&app.config, raise_descriptor_limit(), metrics.clone());
    Server { routes: router(app), connections, deadlines, certificate, metrics }
}

/// What serves the metrics on a listener of their own.
fn metrics_server(app: &App) -> Server {
    let (metrics, deadlines) = (app.metrics.clone(), app.config.deadlines);
    let connections = Connections::few(METRICS_CONNECTIONS, metrics.clone());
    Server { routes: metrics_router(app.clone()), connections, deadlines, certificate: None, metrics }
}

/// Opens the database, and waits for it if nothing answers there yet.
async fn opened(config: &Config) -> Result<Database> {
    let started = Instant::now();
    while let Err(error) = reachable(&config.database).await {
        let waited = started.elapsed();
        if waited >= config.database_wait {
            let secs = waited.as_secs();
            return Err(Error::DatabaseAway { address: config.database.to_string(), secs, source: error });
        }
        tracing::warn!(database = %config.database, %error, "waiting for the database");
        tokio::time::sleep(RETRY).await;
    }
    Database::open(&config.database, config.database_connections).await
}

/// Whether something answers at the address. A refusal, for example of the password, is an answer.
async fn reachable(address: &Address) -> Result<(), sqlx::Error> {
    if address.is_sqlite() {
        return Ok(());
    }
    sqlx::any::install_default_drivers();
    let connected = tokio::time::timeout(PATIENCE, sqlx::AnyConnection::connect(address.reveal())).await;
    match connected {
        Err(_) => Err(sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, "no answer"))),
        Ok(Err(error @ sqlx::Error::Io(_))) => Err(error),
        // While it starts or stops, PostgreSQL says so (57P03).
        Ok(Err(error)) if error.as_database_error().is_some_and(|e| e.code().as_deref() == Some("57P03")) => {
            Err(error)
        }
        Ok(Err(_)) => Ok(()),
        Ok(Ok(connection)) => connection.close().await,
    }
}

/// Forgets what is old.
async fn sweep(db: Database, limits: Arc<Limits>, objects: Objects, delete_delay: Duration) {
    let mut seen_forgotten = None;
    loop {
        tokio::time::sleep(SWEEP).await;
        limits.forget();
        if let Err(error) = deletions::carry_out(&db, &objects, delete_delay).await {
            tracing::warn!(?error, "deletes were not carried out");
        }
        if let Err(error) = forget_batches(&db, ANSWERS).await {
            tracing::warn!(%error, "old answers were not forgotten");
        }
        if let Err(error) = forget_visits(&db).await {
            tracing::warn!(%error, "old visits were not forgotten");
        }
        let day = today();
        if seen_forgotten != Some(day) {
            match forget_seen(&db, day).await {
                Ok(_) => seen_forgotten = Some(day),
                Err(error) => tracing::warn!(%error, "who searched was not forgotten"),
            }
        }
        if let Err(error) = accounts::sweep(&db).await {
            tracing::warn!(%error, "ended sessions were not forgotten");
        }
    }
}

/// Removes what killed uploads left, now and once in a while.
async fn sweep_uploads(folder: PathBuf) {
    loop {
        let folder = folder.clone();
        let swept = tokio::task::spawn_blocking(move || unfinished::sweep(&folder, unfinished::LEFT)).await;
        match swept {
            Ok(Ok(0)) => {}
            Ok(Ok(files)) => tracing::info!(files, "files of unfinished uploads were removed"),
            Ok(Err(error)) => tracing::warn!(%error, "files of unfinished uploads were not removed"),
            Err(error) => tracing::error!(%error, "the search for unfinished uploads failed"),
        }
        tokio::time::sleep(unfinished::LEFT).await;
    }
}

/// Until the system or someone at the keyboard asks to stop.
async fn stopped() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
