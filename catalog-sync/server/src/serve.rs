//! The backend from start to end.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use hyper_util::rt::TokioTimer;
use tokio::task::JoinSet;

use crate::app::App;
use crate::config::Config;
use crate::db::Database;
use crate::feedback::forget_batches;
use crate::feedback::ingest::Ingest;
use crate::http::limits::Limits;
use crate::http::metrics::Metrics;
use crate::objects::store::Objects;
use crate::outbox::Publisher;
use crate::outbox::stream::Broker;
use crate::outbox::wake::WakeSignal;
use crate::routes::router;
use crate::search::SearchService;
use crate::{Result, tls};

/// How long a client may take to send its headers.
const HEADERS: Duration = Duration::from_secs(10);

/// How often what is old is forgotten.
const SWEEP: Duration = Duration::from_secs(60);

/// How long a repeated batch gets its old answer.
const ANSWERS: Duration = Duration::from_secs(7 * 86_400);

/// Runs the backend until the process is told to stop, with a runtime and a log of its own.
///
/// # Errors
/// Those of [`run`]; or the address cannot be listened on.
pub fn serve(config: Config) -> Result<()> {
    crate::init_logs(config.log, &config.log_filter)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(config.listen)?;
        run(listener, config, stopped()).await
    })
}

/// Runs the backend on a listener until `shutdown` is ready; requests under way may then finish.
///
/// # Errors
/// The database or the object store cannot be opened, a setting is wrong, or the listener breaks.
pub async fn run(listener: TcpListener, config: Config, shutdown: impl Future<Output = ()>) -> Result<()> {
    let address = listener.local_addr()?;
    let db = Database::open(&config.database, config.database_connections).await?;
    let mut tasks = JoinSet::new();
    let app = start(Arc::new(config), &db, &mut tasks).await?;
    let config = app.config.clone();
    tracing::info!(%address, database = %config.database, objects = %config.objects, "listening");
    let handle = Handle::new();
    let certificate = match &config.tls {
        None => None,
        Some((cert, key)) => {
            let certificate = tls::load(cert, key).await?;
            tasks.spawn(tls::renew(certificate.clone(), cert.clone(), key.clone()));
            Some(certificate)
        }
    };
    let served = listen(listener, app, &handle, certificate);
    tokio::pin!(served);
    tokio::select! {
        done = &mut served => done?,
        () = shutdown => {
            tracing::info!("stopping: requests under way may finish");
            handle.graceful_shutdown(Some(config.shutdown_timeout));
            served.await?;
        }
    }
    tasks.shutdown().await;
    db.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Opens everything and starts what works beside the requests.
async fn start(config: Arc<Config>, db: &Database, tasks: &mut JoinSet<()>) -> Result<App> {
    let objects = Objects::open(&config.objects)?;
    let broker = if config.events.is_empty() { None } else { Some(Broker::connect(&config).await?) };
    let settings = config.search.clone();
    let search =
        tokio::task::spawn_blocking(|| SearchService::open(settings)).await.map_err(io::Error::other)??;
    tasks.spawn(search.clone().follow());
    let metrics = Arc::new(Metrics::new());
    let wake = WakeSignal::default();
    let app = App {
        ingest: Ingest::start(db, &config, &wake, &metrics).await?,
        limits: Arc::new(Limits::new(&config)),
        db: db.clone(),
        metrics: metrics.clone(),
        search,
        config,
        objects,
        broker: broker.clone(),
    };
    if let Some(broker) = broker {
        tasks.spawn(Publisher { db: db.clone(), broker, wake, metrics }.run());
    }
    tasks.spawn(sweep(db.clone(), app.limits.clone()));
    Ok(app)
}

async fn listen(
    listener: TcpListener,
    app: App,
    handle: &Handle<SocketAddr>,
    certificate: Option<RustlsConfig>,
) -> Result<()> {
    listener.set_nonblocking(true)?;
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let mut server = axum_server::from_tcp(listener)?.handle(handle.clone()).acceptor(NoDelayAcceptor::new());
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADERS);
    server.http_builder().http2().timer(TokioTimer::new()).keep_alive_interval(HEADERS);
    match certificate {
        None => server.serve(service).await?,
        Some(certificate) => {
            let tls = |tcp| RustlsAcceptor::new(certificate).acceptor(tcp);
            server.map(tls).serve(service).await?;
        }
    }
    Ok(())
}

/// Forgets what is old.
async fn sweep(db: Database, limits: Arc<Limits>) {
    loop {
        tokio::time::sleep(SWEEP).await;
        limits.forget();
        if let Err(error) = forget_batches(&db, ANSWERS).await {
            tracing::warn!(%error, "old answers were not forgotten");
        }
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
