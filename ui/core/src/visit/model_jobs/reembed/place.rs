//! Tries the new catalogue, and puts it in the old one's place.

use std::path::Path;
use std::sync::Arc;

use fs_err as fs;
use knytt_engine::{
    ActiveEnvironment, Catalog, Error as Engine, Filter, Origin, SearchSession, Strategy, Successor,
    VectorQuery,
};
use knytt_models::Encoder;
use knytt_ui_api::{CatalogEvent, Code, Problem};

use super::NOTE;
use crate::problem::of_engine;
use crate::shop::Shop;
use crate::visit::models::STARTER;
use crate::visit::state::Visit;

/// What a product's own vector scores at least; f16 rounds it.
const OWN_SCORE: f32 = 0.99;

/// Measures what scores mean in the new catalogue, and asks it something.
pub(super) fn try_out(catalog: Catalog, shop: &Shop, encoder: Encoder) -> Result<(), Problem> {
    let session = SearchSession::new(catalog.clone(), encoder).map_err(of_engine)?;
    session.calibrate().map_err(of_engine)?;
    let failed = |why: &str| Problem::new(Code::Internal, format!("the new catalogue is not used: {why}"));
    let (old, new) = (shop.session().catalog().read(), catalog.read());
    let (old, new) = (old.map_err(of_engine)?, new.map_err(of_engine)?);
    if old.len().map_err(of_engine)? != new.len().map_err(of_engine)? {
        return Err(failed("it has not as many products as the old one"));
    }
    if !new.check().map_err(of_engine)?.is_sound() {
        return Err(failed("its parts contradict each other"));
    }
    match finds_itself(&new).map_err(of_engine)? {
        false => Err(failed("it does not find a product by that product's own vector")),
        true => Ok(()),
    }
}

/// Whether the first product with a picture is found by its own vector. Another one may have the same picture.
fn finds_itself(new: &knytt_engine::Snapshot) -> Result<bool, Engine> {
    for product in new.products()? {
        let Some(embedding) = new.vector(&product?.id)? else { continue };
        let (filter, strategy) = (Filter::default(), Strategy::Auto);
        let query = VectorQuery { embedding: &embedding, filter: &filter, k: 1, strategy, except: None };
        return Ok(new.search(&query)?.products.first().is_some_and(|first| first.score >= OWN_SCORE));
    }
    Ok(true)
}

/// Makes the new catalogue the one that is opened, opens it as the next start will, and lets searches go on in it. The
/// old one goes when the new one has been read; if that fails, the old one stays.
pub(super) fn put_in_place(
    visit: &Visit,
    shop: &Arc<Shop>,
    successor: &Successor,
    bundle: Option<&Path>,
) -> Result<(), Problem> {
    let home = shop.folder();
    let model = bundle.map_or_else(|| STARTER.to_owned(), |bundle| bundle.to_string_lossy().into_owned());
    Origin { model: Some(model), ..Origin::read(home) }.write(&successor.path()).map_err(of_engine)?;
    let before = ActiveEnvironment::read(home).map_err(of_engine)?;
    successor.activate().map_err(of_engine)?;
    let fresh = match shop.reopened().and_then(|fresh| fresh.read_some().map(|()| Arc::new(fresh))) {
        Ok(fresh) => fresh,
        Err(problem) => {
            Successor::restore(home, before.as_deref()).map_err(of_engine)?;
            return Err(problem);
        }
    };
    // It is no longer begun.
    let _ = fs::remove_file(successor.path().join(NOTE));
    // Another device may have been chosen meanwhile, or another catalogue opened.
    if let Some(now) = visit.shop().ok().filter(|now| now.folder() == home)
        && visit.replace_shop(&now, &fresh)
    {
        visit.catalogs.tell(CatalogEvent::Renewed { catalog: fresh.summary() });
    }
    Successor::sweep(home);
    fresh.measure_precision_later();
    visit.tell_catalogs();
    Ok(())
}
