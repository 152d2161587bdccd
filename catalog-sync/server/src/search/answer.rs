//! From a checked request to an answer.

use std::sync::Arc;
use std::time::Instant;

use knytt_app_core::shop::search::answer;
use knytt_app_core::shop::{Person, PictureLook, QueryPicture, read_picture};
use knytt_models::decode::Limits;
use knytt_ui_api::{Problem, SearchResponse, Timings};

use super::body::SearchBody;
use super::cache::{Caches, SeenPicture};
use super::catalogs::{OpenCatalog, State};
use super::cursor::Cursor;
use super::page::{Answered, Page};
use super::reach::Reach;
use super::refusals::of_problem;
use super::service::{SearchService, SearchSettings};
use crate::http::refusal::Refusal;

/// Hits of an answer, from which pages are cut. The ranking compares about as many candidates; what comes after
/// them is not like the query.
const DEPTH: u32 = 200;

/// Hits of an answer in which nothing is compared.
const BROWSED: u32 = 500;

/// How often an answer is made anew because the catalogue changed while it was made.
const TRIES: usize = 3;

/// Answers a request with one page.
///
/// # Errors
/// 400 for what is out of bounds, 403 for a catalogue that the key is not for, 404 for an unknown catalogue or product, 410 for the next page of an answer that
/// is gone, 413 and 422 for pictures, 503 if too many wait.
pub async fn search(
    service: &SearchService,
    reach: &Reach,
    body: SearchBody,
    picture: Option<Vec<u8>>,
) -> Result<Page, Refusal> {
    body.check()?;
    let picture = match picture {
        Some(picture) => Some(picture),
        None => match &body.image_url {
            Some(address) => Some(service.remote.fetch(address, service.settings.picture_bytes).await?),
            None => body.picture()?,
        },
    };
    let catalog = reach.get(&service.catalogs, body.catalog.as_deref())?;
    let digest = body.digest(picture.as_deref());
    let cursor = body.cursor.as_deref().map(|text| Cursor::read(text, &digest)).transpose()?;
    let now = catalog.state()?;
    let state = cursor.map_or(now, |cursor| cursor.state);
    let kept = service.caches.answers.get(&(state, digest));
    service.metrics.looked_up("answers", kept.is_some());
    let (answered, is_cached) = match kept {
        Some(response) => (Answered { state, digest, response }, true),
        None if state != now => {
            let before = service.catalogs.of_state(&catalog.summary.id, state).ok_or_else(gone)?;
            (compute(service, &before, &body, picture, digest).await?, false)
        }
        None => (compute(service, &catalog, &body, picture, digest).await?, false),
    };
    // The first page of a search may be of a state that came while it was made; a later page may not.
    if cursor.is_some_and(|cursor| cursor.state != answered.state) {
        return Err(gone());
    }
    let offset = cursor.map_or(0, |cursor| cursor.offset as usize);
    let page = Page::cut(&answered, &catalog, offset, body.page_size(), is_cached);
    Ok(if body.explain { page } else { page.unexplained() })
}

fn gone() -> Refusal {
    Refusal::new(410, "cursor_expired", "The answer is no longer kept")
        .detail("the catalogue has changed since the first page; search again without a cursor")
}

async fn compute(
    service: &SearchService,
    catalog: &Arc<OpenCatalog>,
    body: &SearchBody,
    picture: Option<Vec<u8>>,
    digest: blake3::Hash,
) -> Result<Answered, Refusal> {
    let (caches, catalog, body) = (service.caches.clone(), catalog.clone(), body.clone());
    let limits = picture_limits(&service.settings);
    let (metrics, asked) = (service.metrics.clone(), Instant::now());
    let job = move || {
        let waited = asked.elapsed();
        let picture = picture.map(|file| seen(&caches, &catalog, &file, &limits)).transpose()?;
        if let Some((_, timings)) = &picture {
            metrics.looked_up("pictures", timings.embed == 0.0);
        }
        let (state, response) = of_one_state(&catalog, &body, picture)?;
        metrics.answered(waited, &response.timings);
        let response = Arc::new(response);
        caches.answers.insert((state, digest), response.clone());
        Ok(Answered { state, digest, response })
    };
    let answered = service.workers.run(job).await;
    if answered.as_ref().is_err_and(|refusal| refusal.code() == "busy") {
        service.metrics.refused();
    }
    answered
}

/// The largest picture that is decoded.
pub fn picture_limits(settings: &SearchSettings) -> Limits {
    Limits {
        max_file_bytes: settings.picture_bytes,
        max_pixels: u64::from(settings.picture_side).pow(2),
        ..Limits::default()
    }
}

/// What is seen on a picture, and how long it took. The same picture is embedded once, even if many ask at once.
fn seen(
    caches: &Caches,
    catalog: &OpenCatalog,
    file: &[u8],
    limits: &Limits,
) -> Result<(Arc<SeenPicture>, Timings), Refusal> {
    let encoder = catalog.shop.session().encoder();
    let key = (encoder.fingerprint().clone(), blake3::hash(file));
    let mut timings = Timings::default();
    let make = || -> Result<_, Problem> {
        let start = Instant::now();
        let pixels = tracing::info_span!("decode").in_scope(|| read_picture(file, limits))?;
        timings.decode = start.elapsed().as_secs_f64() * 1e3;
        let start = Instant::now();
        let embedding = tracing::info_span!("embed").in_scope(|| encoder.embed_image(&pixels));
        let embedding = embedding.map_err(knytt_app_core::problem::of_model)?;
        let look = PictureLook::from_pixels(&pixels);
        timings.embed = start.elapsed().as_secs_f64() * 1e3;
        Ok(Arc::new(SeenPicture { embedding, look }))
    };
    let seen = caches.pictures.try_get_with(key, make);
    let seen = seen.map_err(|problem| of_problem(Problem::clone(&problem)))?;
    Ok((seen, timings))
}

/// Makes the answer, again if the catalogue changed meanwhile: its hits and its facets are of one state.
fn of_one_state(
    catalog: &OpenCatalog,
    body: &SearchBody,
    picture: Option<(Arc<SeenPicture>, Timings)>,
) -> Result<(State, SearchResponse), Refusal> {
    let is_asked =
        picture.is_some() || body.like.is_some() || !body.mix.is_empty() || !body.text.trim().is_empty();
    let request = body.request(if is_asked { DEPTH } else { BROWSED });
    let mut state = catalog.state()?;
    for _ in 0..TRIES {
        let query = match &picture {
            Some((seen, timings)) => QueryPicture { timings: *timings, ..seen.query() },
            None => QueryPicture::default(),
        };
        let search = || answer(catalog.shop.session(), &request, query, &Person::default());
        let response = tracing::info_span!("search").in_scope(search);
        let response = response.map_err(of_problem)?;
        let after = catalog.state()?;
        if after == state {
            return Ok((state, response));
        }
        state = after;
    }
    Err(Refusal::new(503, "catalog_changes", "The catalogue changes too often").retry_after(1))
}
