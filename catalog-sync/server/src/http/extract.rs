//! The path and the query string of a request. What cannot be read is a problem, as every other refusal is.

use std::net::IpAddr;

use axum::extract::{FromRequestParts, Path as AxumPath, Query as AxumQuery};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::client;
use super::refusal::Refusal;
use crate::app::App;

/// What stands behind the `?`.
pub struct Query<T>(pub T);

/// What stands in the path.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let read = AxumQuery::<T>::from_request_parts(parts, state).await;
        read.map(|AxumQuery(value)| Self(value)).map_err(|error| unreadable(error.body_text()))
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let read = AxumPath::<T>::from_request_parts(parts, state).await;
        read.map(|AxumPath(value)| Self(value)).map_err(|error| unreadable(error.body_text()))
    }
}

/// Where a request comes from: an IPv4 address, or the network of one IPv6 customer.
pub struct Address(pub Option<IpAddr>);

impl FromRequestParts<App> for Address {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let trusted = &app.config.trusted_proxies;
        let address = client::of_request(&parts.headers, &parts.extensions, trusted);
        Ok(Self(address.map(client::neighbourhood)))
    }
}

fn unreadable(detail: String) -> Refusal {
    Refusal::new(400, "bad_query", "The query cannot be read").detail(detail)
}
