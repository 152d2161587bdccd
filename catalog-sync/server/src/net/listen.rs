//! Takes connections and speaks HTTP/1.1 or HTTP/2 over them, until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum_server::tls_rustls::RustlsConfig;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::activity::Activity;
use super::connections::{Connections, Place};
use super::deadlines::{Deadlines, Overdue, Watch};
use super::requests::Routes;
use super::stream::CountedStream;
use crate::Result;
use crate::http::metrics::Metrics;

/// How often a client over HTTP/2 is asked whether it is still there.
const PING: Duration = Duration::from_secs(10);

/// At most one line about connections that cannot be taken is logged within this time.
const QUIET: Duration = Duration::from_secs(10);

/// The pause after the system would not give a connection, for example for want of descriptors.
const BREATH: Duration = Duration::from_millis(50);

/// What serves the connections of one listener. Clones share it.
#[derive(Clone)]
pub struct Server {
    pub routes: Router,
    pub connections: Arc<Connections>,
    pub deadlines: Deadlines,
    pub certificate: Option<RustlsConfig>,
    pub metrics: Arc<Metrics>,
}

impl Server {
    /// Serves until `stop` says so or its sender is gone; requests under way then have `grace` to finish.
    ///
    /// # Errors
    /// The listener cannot be used.
    pub async fn serve(
        self,
        listener: std::net::TcpListener,
        mut stop: watch::Receiver<bool>,
        grace: Duration,
    ) -> Result<()> {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let (mut tasks, stopping) = (JoinSet::new(), stop.clone());
        let mut failed_line: Option<Instant> = None;
        loop {
            tokio::select! {
                biased;
                () = stopped(&mut stop) => break,
                Some(_) = tasks.join_next() => {}
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => self.take(stream, peer, &stopping, &mut tasks),
                    Err(error) => {
                        if failed_line.is_none_or(|at| at.elapsed() >= QUIET) {
                            failed_line = Some(Instant::now());
                            tracing::error!(%error, "connections cannot be taken");
                        }
                        tokio::time::sleep(BREATH).await;
                    }
                },
            }
        }
        // New connections are refused from here on.
        drop(listener);
        let finished = async { while tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(grace, finished).await;
        tasks.shutdown().await;
        Ok(())
    }

    fn take(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        stop: &watch::Receiver<bool>,
        tasks: &mut JoinSet<()>,
    ) {
        if let Some(place) = self.connections.admit(peer) {
            tasks.spawn(self.clone().connection(stream, peer, place, stop.clone()));
        }
    }

    /// One connection from start to end, however it ends.
    async fn connection(
        self,
        stream: TcpStream,
        peer: SocketAddr,
        place: Place,
        stop: watch::Receiver<bool>,
    ) {
        // Small answers are not to wait for more; a system that cannot do this serves nevertheless.
        let _ = stream.set_nodelay(true);
        let (activity, metrics) = (place.activity.clone(), self.metrics.clone());
        let deadlines = self.deadlines;
        let stream = CountedStream::new(stream, activity.clone());
        let routes = Routes::new(self.routes.clone(), peer, Arc::new(place));
        tokio::select! {
            () = self.spoken(stream, routes, stop) => {}
            overdue = overdue(&activity, deadlines) => {
                metrics.connection_closed(overdue.as_str());
                tracing::debug!(reason = overdue.as_str(), "a connection was closed");
            }
            () = activity.ended() => {}
        }
    }

    async fn spoken(self, stream: CountedStream, routes: Routes, stop: watch::Receiver<bool>) {
        match self.certificate {
            None => http(stream, routes, stop).await,
            Some(certificate) => {
                let acceptor = TlsAcceptor::from(certificate.get_inner());
                // Whoever does not speak TLS is told so by the handshake, if at all.
                if let Ok(stream) = acceptor.accept(stream).await {
                    http(stream, routes, stop).await;
                }
            }
        }
    }
}

async fn http<S>(stream: S, routes: Routes, mut stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(None);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(PING);
    let connection = builder.serve_connection(TokioIo::new(stream), routes);
    tokio::pin!(connection);
    // That a connection breaks is its client's matter.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// Until `stop` says so or its sender is gone.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Until the connection has done nothing for too long.
async fn overdue(activity: &Activity, deadlines: Deadlines) -> Overdue {
    let mut watch = Watch::new(deadlines, Instant::now());
    loop {
        tokio::time::sleep(watch.period()).await;
        if let Some(overdue) = watch.look(Instant::now(), activity.seen()) {
            return overdue;
        }
    }
}
