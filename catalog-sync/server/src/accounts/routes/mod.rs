//! The routes of accounts, with their descriptions.

mod admin_keys;
mod admin_users;
mod auth;
mod me;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

/// All of them.
pub fn described() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(auth::register))
        .routes(routes!(auth::login))
        .routes(routes!(auth::logout))
        .routes(routes!(auth::refresh))
        .routes(routes!(auth::password))
        .routes(routes!(auth::reset))
        .routes(routes!(auth::me, auth::erase))
        .routes(routes!(me::sessions))
        .routes(routes!(me::end_session))
        .routes(routes!(me::favourites, me::add_favourite, me::remove_favourite))
        .routes(routes!(me::history, me::add_history, me::clear_history))
        .routes(routes!(me::taste, me::set_taste, me::clear_taste))
        .routes(routes!(me::export))
        .routes(routes!(admin_users::users, admin_users::invite))
        .routes(routes!(admin_users::change))
        .routes(routes!(admin_users::reset_link))
        .routes(routes!(admin_users::audit_log))
        .routes(routes!(admin_keys::keys, admin_keys::create))
        .routes(routes!(admin_keys::revoke))
}
