//! TLS by rustls, with a certificate that may be renewed while the backend runs.

use std::path::Path;
use std::time::{Duration, SystemTime};

use axum_server::tls_rustls::RustlsConfig;

use crate::{Error, Result};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(60);

/// Reads the certificate and its key.
///
/// # Errors
/// A file cannot be read, or the two do not belong together.
pub async fn load(cert: &Path, key: &Path) -> Result<RustlsConfig> {
    // Set already is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let wrong = |error| Error::Tls(format!("{} and {}: {error}", cert.display(), key.display()));
    RustlsConfig::from_pem_file(cert, key).await.map_err(wrong)
}

/// Reads the files again whenever they change, until the task is ended. What cannot be read leaves the
/// certificate as it is.
pub async fn renew(tls: RustlsConfig, cert: std::path::PathBuf, key: std::path::PathBuf) {
    let mut known = changed(&cert);
    loop {
        tokio::time::sleep(LOOK).await;
        let now = changed(&cert);
        if now == known {
            continue;
        }
        match tls.reload_from_pem_file(&cert, &key).await {
            Ok(()) => {
                known = now;
                tracing::info!("the certificate was read again");
            }
            Err(error) => tracing::error!(%error, "the certificate cannot be read; the old one stays"),
        }
    }
}

fn changed(cert: &Path) -> Option<SystemTime> {
    fs_err::metadata(cert).and_then(|meta| meta.modified()).ok()
}
