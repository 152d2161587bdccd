//! The requests of one connection, each from its head to the last byte of its response.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use axum::response::IntoResponse;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;

use super::activity::Activity;
use super::connections::{Extra, Place};
use crate::http::refusal::Refusal;

/// A request that is worked on, up to the last byte of its response.
#[derive(Debug)]
struct Work {
    activity: Arc<Activity>,
    sending: bool,
    _extra: Option<Extra>,
}

impl Work {
    /// None if this is a further request at once over one connection and there is no room for it.
    fn begin(place: &Arc<Place>) -> Option<Self> {
        let activity = place.activity.clone();
        let others = activity.begin();
        let mut work = Self { activity, sending: false, _extra: None };
        if others > 0 {
            work._extra = Some(place.extra()?);
        }
        Some(work)
    }

    fn send(mut self) -> Self {
        self.sending = true;
        self.activity.send();
        self
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.activity.finish(self.sending);
    }
}

/// The routes as one connection asks them.
#[derive(Clone, Debug)]
pub struct Routes {
    routes: TowerToHyperService<Router>,
    peer: SocketAddr,
    place: Arc<Place>,
}

impl Routes {
    pub fn new(routes: Router, peer: SocketAddr, place: Arc<Place>) -> Self {
        Self { routes: TowerToHyperService::new(routes), peer, place }
    }
}

impl Service<Request<Incoming>> for Routes {
    type Response = Response<SentBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let Some(work) = Work::begin(&self.place) else {
            let busy = Refusal::new(503, "busy", "Too many requests at once").retry_after(5);
            let refused = busy.into_response().map(|body| SentBody { body, _work: None });
            return Box::pin(async { Ok(refused) });
        };
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let answered = self.routes.call(request);
        Box::pin(async move {
            let response = answered.await?;
            Ok(response.map(|body| SentBody { body, _work: Some(work.send()) }))
        })
    }
}

/// The body of a response, which ends its request when it is dropped: sent, or given up.
#[derive(Debug)]
pub struct SentBody {
    body: Body,
    _work: Option<Work>,
}

impl HttpBody for SentBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
