//! From a name to a bundle among the user's models.

use std::time::Duration;

use knytt_hub::{Hub, Listing, Progress, Reference, Repository, free_bytes};
use knytt_ui_api::{Code, ModelOffer, ModelPhase, Problem};

use super::ModelJob;
use super::problem::of_hub;
use crate::problem::of_io;
use crate::visit::state::Visit;

/// How often a fetch looks whether it should stop.
const LOOK_EVERY: Duration = Duration::from_millis(50);

impl Visit {
    /// Asks the hub what getting a model would bring.
    ///
    /// # Errors
    /// It is no model of a hub, the hub cannot be reached, or the model cannot be converted.
    pub async fn offer_model(&self, model: &str) -> Result<ModelOffer, Problem> {
        let (repository, name) = repository(model)?;
        let hub = Hub::new(self.models.hub().map_err(of_hub)?).map_err(of_hub)?;
        let listing = hub.list(&repository).await.map_err(of_hub)?;
        let size = hub.size(&repository, &listing).await.map_err(of_hub)?;
        let local = self.models.local()?;
        fs_err::create_dir_all(local.folder()).map_err(of_io)?;
        Ok(ModelOffer {
            name,
            repository: repository.id(),
            free: listing.is_free(),
            license: listing.license,
            download_bytes: size.missing_bytes,
            disk_bytes: size.missing_bytes + size.total_bytes,
            free_bytes: free_bytes(local.folder()),
        })
    }
}

impl ModelJob {
    /// Fetches and converts the model.
    pub(super) fn get_model(&self, is_accepted: bool) -> Result<(), Problem> {
        let (repository, name) = repository(&self.model)?;
        let to = self.visit.models.local()?.place(&name);
        let hub = Hub::new(self.visit.models.hub().map_err(of_hub)?).map_err(of_hub)?;
        let agree = |listing: &Listing| is_accepted || listing.is_free();
        let report = |Progress { done_bytes, total_bytes }| {
            self.visit.models.progress(ModelPhase::Downloading, done_bytes, total_bytes);
        };
        let fetched = tokio::runtime::Handle::current().block_on(async {
            let watch = async {
                // A download that stands still reports nothing, and must stop, too.
                while !self.cancel.is_cancelled() {
                    tokio::time::sleep(LOOK_EVERY).await;
                }
            };
            tokio::select! {
                fetched = hub.fetch_model(&repository, &to, &agree, &report) => fetched.map_err(of_hub),
                () = watch => Ok(None),
            }
        })?;
        self.check()?;
        if let Some(fetched) = fetched {
            self.visit.models.progress(ModelPhase::Converting, 0, 0);
            fetched.convert(&to).map_err(of_hub)?;
        }
        Ok(())
    }
}

/// The repository of a model, and its name here. A folder is none: a window can name any.
fn repository(model: &str) -> Result<(Repository, String), Problem> {
    let reference = Reference::parse(model).map_err(of_hub)?;
    let name = reference.short_name();
    match reference {
        Reference::Hub(repository) => Ok((repository, name)),
        Reference::Folder(_) => {
            Err(Problem::new(Code::BadQuery, format!("{model} is a folder; `knytt model convert` reads it")))
        }
    }
}
