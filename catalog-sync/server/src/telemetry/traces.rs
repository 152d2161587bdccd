//! Spans of requests and of their stages, sent to an OpenTelemetry collector (OTLP over HTTP).
//!
//! A span says what took how long, and nothing of what was asked: no words, no picture, no address, no account.

use std::time::Duration;

use async_trait::async_trait;
use axum::http::{HeaderMap, Method};
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{Status, TracerProvider as _};
use opentelemetry_http::{Bytes, HeaderExtractor, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tokio::runtime::Handle;
use tracing::{Level, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use crate::{Error, Result};

/// What the traces are of.
const SERVICE: &str = "knytt";

/// How long the collector may take for one batch of spans.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long the last spans may take when the backend stops.
const FAREWELL: Duration = Duration::from_secs(2);

/// Where traces go, and how many.
#[derive(Clone, Debug)]
pub struct TraceSettings {
    /// The collector: `http://host:4318`.
    pub collector: String,
    /// The share of requests that are traced, from 0 to 1.
    pub share: f64,
}

/// What sends spans. They wait in a bounded queue: those beyond it are dropped, and requests never wait.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Starts the thread that sends, through connections on `runtime`.
    ///
    /// # Errors
    /// The collector's address cannot be read.
    pub fn start(settings: &TraceSettings, runtime: Handle) -> Result<Self> {
        let refused = |error: &dyn std::fmt::Display| Error::Setting(format!("--traces: {error}"));
        let client = reqwest::Client::builder().timeout(PATIENCE).build().map_err(|e| refused(&e))?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(OnRuntime { client, runtime })
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}/v1/traces", settings.collector.trim_end_matches('/')))
            .with_timeout(PATIENCE)
            .build()
            .map_err(|error| refused(&error))?;
        let version = opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder().with_service_name(SERVICE).with_attribute(version).build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.share))))
            .build();
        Ok(Self { provider })
    }

    /// What takes the spans of the backend from `tracing`. Events are log lines, and stay there.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let spans = filter_fn(|meta| {
            meta.is_span() && *meta.level() <= Level::INFO && meta.target().starts_with("knytt")
        });
        let layer = tracing_opentelemetry::layer().with_tracer(self.provider.tracer(SERVICE));
        layer.with_location(false).with_threads(false).with_target(false).with_filter(spans)
    }

    /// Sends what waits, and ends.
    pub fn end(self) {
        if let Err(error) = self.provider.shutdown_with_timeout(FAREWELL) {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// Sends on the backend's runtime what the exporter's own thread, which has none, hands over.
#[derive(Debug)]
struct OnRuntime {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for OnRuntime {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        self.runtime.spawn(async move { client.send_bytes(request).await }).await?
    }
}

/// The span of a request that is traced, with what OpenTelemetry's conventions for HTTP ask for. `proxy` has the headers
/// of a trusted proxy whose own trace goes on here; of anybody else they would be a stranger's.
pub(crate) fn request_span(id: &str, method: &Method, route: &str, proxy: Option<&HeaderMap>) -> Span {
    let name = format!("{method} {route}");
    let span = tracing::info_span!("request", request_id = %id, otel.kind = "server", otel.name = name);
    span.set_attribute("http.request.method", method.to_string());
    span.set_attribute("http.route", route.to_owned());
    if let Some(headers) = proxy {
        let parent = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
        // An error is that nothing traces.
        let _ = span.set_parent(parent);
    }
    span
}

/// Notes how a traced request ended.
pub(crate) fn note_status(span: &Span, status: u16) {
    span.set_attribute("http.response.status_code", i64::from(status));
    if status >= 500 {
        span.set_status(Status::error(""));
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::post;
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
    use opentelemetry_proto::tonic::trace::v1::Span as Sent;
    use prost::Message as _;
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    /// A collector, and the batches that it gets.
    async fn collector() -> (String, UnboundedReceiver<Bytes>) {
        let (send, batches) = unbounded_channel();
        let take = async move |body: Bytes| drop(send.send(body));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, Router::new().route("/v1/traces", post(take))).into_future());
        (address, batches)
    }

    /// What the collector of `settings` gets of one request that a proxy traces, and that fails.
    async fn sent(share: f64, traced_by_proxy: bool) -> Vec<Sent> {
        let (collector, mut batches) = collector().await;
        let traces = Traces::start(&TraceSettings { collector, share }, Handle::current()).unwrap();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(traces.layer()), || {
            let mut proxy = HeaderMap::new();
            let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
            proxy.insert("traceparent", parent.parse().unwrap());
            let proxy = traced_by_proxy.then_some(&proxy);
            let request = request_span("one", &Method::POST, "/api/v1/search", proxy);
            request.in_scope(|| {
                tracing::info_span!("embed").in_scope(|| tracing::info!(words = "red shoes", "a line"));
            });
            note_status(&request, 503);
        });
        tokio::task::spawn_blocking(|| traces.end()).await.unwrap();
        let Ok(batch) = batches.try_recv() else { return Vec::new() };
        assert!(!batch.windows(9).any(|part| part == b"red shoes"), "a log line was sent");
        let batch = ExportTraceServiceRequest::decode(batch).unwrap();
        batch.resource_spans.into_iter().flat_map(|r| r.scope_spans).flat_map(|s| s.spans).collect()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_request_and_its_stages_are_sent_as_parts_of_the_proxys_trace() {
        let spans = sent(0.0, true).await;
        let find = |name: &str| spans.iter().find(|span| span.name == name).unwrap();
        let (request, stage) = (find("POST /api/v1/search"), find("embed"));
        assert_eq!(request.trace_id[..4], [0x0a, 0xf7, 0x65, 0x19]);
        assert_eq!(request.parent_span_id[..2], [0xb7, 0xad]);
        assert_eq!((request.kind, &stage.parent_span_id), (2, &request.span_id));
        assert_eq!(request.status.as_ref().unwrap().code, 2, "an error");
        assert!(request.attributes.iter().any(|one| one.key == "http.response.status_code"));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_share_decides_about_requests_that_begin_here() {
        assert_eq!(sent(1.0, false).await.len(), 2);
        assert_eq!(sent(0.0, false).await.len(), 0);
    }
}
