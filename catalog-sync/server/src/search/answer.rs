//! From a checked request to an answer.

use std::sync::Arc;
use std::time::Instant;

use knytt_app_core::shop::search::answer_with_words;
use knytt_app_core::shop::taking_part::{ArmSettings, TakingPart};
use knytt_app_core::shop::{Person, QueryPicture, read_picture};
use knytt_engine::{PictureLook, SearchSession};
use knytt_models::decode::Limits;
use knytt_ui_api::{Problem, SearchResponse, Sort, Timings};

use super::body::SearchBody;
use super::cache::{Caches, KeptAnswer, SeenPicture};
use super::catalogs::{OpenCatalog, State};
use super::cursor::Cursor;
use super::page::{Answered, Page};
use super::reach::Reach;
use super::refusals::of_problem;
use super::service::{SearchService, SearchSettings};
use crate::http::refusal::Refusal;
use crate::insights::QueryEmbeddings;

/// Hits of an answer, from which pages are cut. The ranking compares about as many candidates; what comes after
/// them is not like the query.
const DEPTH: u32 = 200;

/// Hits of an answer in which nothing is compared.
const BROWSED: u32 = 500;

/// How often an answer is made anew because the catalogue changed while it was made.
const TRIES: usize = 3;

/// A search as it is answered, perhaps with several settings.
struct Wanted {
    body: SearchBody,
    picture: Option<Arc<Vec<u8>>>,
    digest: blake3::Hash,
}

/// Answers a request with one page. `who` asks is only looked at for the experiment that the search may take part in.
///
/// # Errors
/// 400 for what is out of bounds, 403 for a catalogue that the key is not for, 404 for an unknown catalogue or product,
/// 410 for the next page of an answer that is gone, 413 and 422 for pictures, 503 if too many wait.
pub async fn search(
    service: &SearchService,
    reach: &Reach,
    body: SearchBody,
    picture: Option<Vec<u8>>,
    who: Option<&str>,
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
    let part = who.and_then(|who| service.catalogs.part(&catalog.summary.id, who.as_bytes()));
    // Hits in an order of their own are no ranking that another could be merged with.
    let part = part.filter(|part| !part.is_merged() || body.sort == Sort::Match);
    let wanted = Wanted { body, picture: picture.map(Arc::new), digest };
    let before = cursor.map(|cursor| cursor.state);
    let (answered, is_cached) = match &part {
        Some(part) if part.is_merged() => merged(service, &catalog, part, &wanted).await?,
        Some(part) => {
            let settings = part.settings().first().cloned().unwrap_or_default();
            one(service, &catalog, &settings, &wanted, before).await?
        }
        None => one(service, &catalog, &ArmSettings::default(), &wanted, before).await?,
    };
    // The first page of a search may be of a state that came while it was made; a later page may not.
    if before.is_some_and(|before| before != answered.state) {
        return Err(gone());
    }
    let offset = cursor.map_or(0, |cursor| cursor.offset as usize);
    let page = Page::cut(&answered, &catalog, offset, wanted.body.page_size(), is_cached);
    let page = page.of_part(part.map(|part| part.participation()));
    Ok(if wanted.body.explain { page } else { page.unexplained() })
}

/// The answer with these settings, in the state of the page before if there is one, and whether it was kept.
async fn one(
    service: &SearchService,
    catalog: &Arc<OpenCatalog>,
    settings: &ArmSettings,
    wanted: &Wanted,
    before: Option<State>,
) -> Result<(Answered, bool), Refusal> {
    let now = catalog.state_with(&settings.session(catalog.shop.session()))?;
    let (state, digest) = (before.unwrap_or(now), wanted.digest);
    let kept = service.caches.answers.get(&(state, digest));
    service.metrics.looked_up("answers", kept.is_some());
    match kept {
        Some(KeptAnswer { response, embeddings }) => {
            Ok((Answered { state, digest, response, embeddings }, true))
        }
        None if state != now => {
            let before = service.catalogs.of_state(&catalog.summary.id, state, settings).ok_or_else(gone)?;
            Ok((compute(service, &before, settings, wanted).await?, false))
        }
        None => Ok((compute(service, catalog, settings, wanted).await?, false)),
    }
}

/// The rankings of both arms as one list. Its state is that of both.
async fn merged(
    service: &SearchService,
    catalog: &Arc<OpenCatalog>,
    part: &TakingPart,
    wanted: &Wanted,
) -> Result<(Answered, bool), Refusal> {
    for _ in 0..TRIES {
        let [control, variant] = part.settings() else { break };
        let (control, was_kept) = one(service, catalog, control, wanted, None).await?;
        let (variant, is_kept) = one(service, catalog, variant, wanted, None).await?;
        let same = State { rules: control.state.rules, ..variant.state };
        if same != control.state {
            // The catalogue changed between the two.
            continue;
        }
        let rules = control.state.rules.rotate_left(1) ^ variant.state.rules ^ number(&part.seed());
        let response = Arc::new(part.merge(wanted.digest.as_bytes(), &control.response, &variant.response));
        let state = State { rules, ..control.state };
        let embeddings = control.embeddings;
        return Ok((Answered { state, digest: wanted.digest, response, embeddings }, was_kept && is_kept));
    }
    Err(changes())
}

/// A number that tells these bytes from others.
fn number(bytes: &[u8]) -> u64 {
    let hash = blake3::hash(bytes);
    hash.as_bytes().first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}

fn gone() -> Refusal {
    Refusal::new(410, "cursor_expired", "The answer is no longer kept")
        .detail("the catalogue has changed since the first page; search again without a cursor")
}

async fn compute(
    service: &SearchService,
    catalog: &Arc<OpenCatalog>,
    settings: &ArmSettings,
    wanted: &Wanted,
) -> Result<Answered, Refusal> {
    let Wanted { body, picture, digest } = wanted;
    let (caches, catalog, digest) = (service.caches.clone(), catalog.clone(), *digest);
    let (body, picture) = (body.clone(), picture.clone());
    let session = settings.session(catalog.shop.session());
    let limits = picture_limits(&service.settings);
    let (metrics, asked) = (service.metrics.clone(), Instant::now());
    let job = move || {
        let waited = asked.elapsed();
        let picture = picture.map(|file| seen(&caches, &catalog, &file, &limits)).transpose()?;
        if let Some((_, timings)) = &picture {
            metrics.looked_up("pictures", timings.embed == 0.0);
        }
        let (state, response, embeddings) = of_one_state(&catalog, &session, &body, picture)?;
        metrics.answered(waited, &response.timings);
        let response = Arc::new(response);
        let kept = KeptAnswer { response: response.clone(), embeddings: embeddings.clone() };
        caches.answers.insert((state, digest), kept);
        Ok(Answered { state, digest, response, embeddings })
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
        system_library: false,
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
    session: &SearchSession,
    body: &SearchBody,
    picture: Option<(Arc<SeenPicture>, Timings)>,
) -> Result<(State, SearchResponse, QueryEmbeddings), Refusal> {
    let is_asked =
        picture.is_some() || body.like.is_some() || !body.mix.is_empty() || !body.text.trim().is_empty();
    let request = body.request(if is_asked { DEPTH } else { BROWSED });
    let mut state = catalog.state_with(session)?;
    for _ in 0..TRIES {
        let query = match &picture {
            Some((seen, timings)) => QueryPicture { timings: *timings, ..seen.query() },
            None => QueryPicture::default(),
        };
        let search = || answer_with_words(session, &request, query, &Person::default());
        let response = tracing::info_span!("search").in_scope(search);
        let (response, words) = response.map_err(of_problem)?;
        let after = catalog.state_with(session)?;
        if after == state {
            let image = picture.map(|(seen, _)| Arc::new(seen.embedding.clone()));
            return Ok((state, response, QueryEmbeddings { words: words.map(Arc::new), image }));
        }
        state = after;
    }
    Err(changes())
}

fn changes() -> Refusal {
    Refusal::new(503, "catalog_changes", "The catalogue changes too often").retry_after(1)
}
