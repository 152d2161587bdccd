//! Answers the questions of a visit from an open catalogue.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread;

use knytt_app_core::shop::search::answer;
use knytt_app_core::shop::{Person, QueryPicture, Shop, product, suggest};
use knytt_ui_api::{Card, Choice, Code, Facet, Problem, SearchRequest};

use super::attract::{LOOP, Loop};
use crate::visit::{Answer, Ask, Question, Reply};

/// Completions of each kind.
const SUGGESTIONS: usize = 6;

/// The shop, from the moment on that it is open.
pub type Opened = Arc<OnceLock<Result<Arc<Shop>, Problem>>>;

/// The thread that opens the catalogue and answers, and what it said.
pub struct Shopkeeper {
    shop: Opened,
    asks: Sender<Ask>,
    answers: Receiver<Answer>,
    looked: Receiver<FirstLook>,
}

/// What is shown before anybody asks.
#[derive(Clone, Debug, Default)]
pub struct FirstLook {
    /// The products of the first screen.
    pub attract: Loop,
    /// What the products can be filtered by.
    pub facets: Vec<Facet>,
    /// A product of each category, by the category's name, whose picture stands for it.
    pub covers: BTreeMap<String, String>,
}

impl Shopkeeper {
    /// Opens the catalogue in `folder`, whose pictures may lie in `pictures`. `wake` is called with each answer.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(
        folder: PathBuf,
        pictures: Vec<PathBuf>,
        wake: impl Fn() + Send + Clone + 'static,
    ) -> std::io::Result<Self> {
        let (shop, (asks, asked), (answered, answers), (begin, looked)) =
            (Opened::default(), channel(), channel(), channel());
        let opened = Arc::clone(&shop);
        let work = move || {
            let result = Shop::open(&folder, pictures, "cpu").map(Arc::new);
            let result = opened.get_or_init(|| result);
            if let Ok(shop) = result {
                show_first(shop, &begin, &wake);
            }
            wake();
            answer_all(result, &asked, &answered, &wake);
        };
        thread::Builder::new().name("knytt-kiosk-shop".into()).spawn(work)?;
        Ok(Self { shop, asks, answers, looked })
    }

    /// The shop, once it is open.
    pub fn opened(&self) -> &Opened {
        &self.shop
    }

    /// Why there is no shop.
    pub fn problem(&self) -> Option<&Problem> {
        self.shop.get().and_then(|shop| shop.as_ref().err())
    }

    /// Takes a question. Its answer comes out of [`Self::answers`].
    pub fn ask(&self, ask: Ask) {
        // The thread ends only with the program.
        let _ = self.asks.send(ask);
    }

    /// What was answered since the last call.
    pub fn answers(&self) -> Vec<Answer> {
        self.answers.try_iter().collect()
    }

    /// What is shown before anybody asks: once when the shop is open, and once more with all covers.
    pub fn first_look(&self) -> Option<FirstLook> {
        self.looked.try_recv().ok()
    }
}

/// Sends what the first screen shows, and once more when every category has its picture. A shop of many categories
/// takes some time for that, so neither the first screen nor an answer waits for it.
fn show_first(shop: &Arc<Shop>, begin: &Sender<FirstLook>, wake: &(impl Fn() + Send + Clone + 'static)) {
    let mut first = first_look(shop).unwrap_or_default();
    let _ = begin.send(first.clone());
    let (shop, begin, wake) = (Arc::clone(shop), begin.clone(), wake.clone());
    let work = move || {
        first.covers.extend(missing_covers(&shop, &first));
        let _ = begin.send(first);
        wake();
    };
    // Without this thread some categories have no picture, and are touched as well.
    let _ = thread::Builder::new().name("knytt-kiosk-covers".into()).spawn(work);
}

fn first_look(shop: &Shop) -> Result<FirstLook, Problem> {
    let request = SearchRequest { alpha: 0.5, limit: LOOP, ..SearchRequest::default() };
    let response = answer(shop.session(), &request, QueryPicture::default(), &Person::default())?;
    let cards: Vec<Card> = response.hits.into_iter().map(|hit| hit.card).collect();
    let covers = cards.iter().rev().map(|card| (card.category.clone(), card.id.clone())).collect();
    Ok(FirstLook { attract: Loop::new(cards), facets: response.facets, covers })
}

/// A product of each category that none of the first products is of.
fn missing_covers(shop: &Shop, first: &FirstLook) -> Vec<(String, String)> {
    let categories = first.facets.iter().filter(|facet| facet.field == "category");
    let names = categories.flat_map(|facet| &facet.values).map(|value| &value.value);
    let missing = names.filter(|name| !first.covers.contains_key(*name));
    missing.filter_map(|name| Some((name.clone(), cover(shop, name)?))).collect()
}

/// The first product of a category.
fn cover(shop: &Shop, category: &str) -> Option<String> {
    let filters = vec![Choice { field: "category".into(), values: vec![category.into()] }];
    let request = SearchRequest { alpha: 0.5, limit: 1, filters, ..SearchRequest::default() };
    let response = answer(shop.session(), &request, QueryPicture::default(), &Person::default());
    Some(response.ok()?.hits.into_iter().next()?.card.id)
}

/// Answers until the kiosk ends. Of the questions that wait, one that a newer one of its kind replaced is not worked on.
fn answer_all(
    shop: &Result<Arc<Shop>, Problem>,
    asked: &Receiver<Ask>,
    answered: &Sender<Answer>,
    wake: &impl Fn(),
) {
    while let Ok(first) = asked.recv() {
        let mut waiting = vec![first];
        waiting.extend(asked.try_iter());
        while !waiting.is_empty() {
            let ask = waiting.remove(0);
            let kind = std::mem::discriminant(&ask.question);
            if waiting.iter().any(|later| std::mem::discriminant(&later.question) == kind) {
                continue;
            }
            let result = shop.as_ref().map_err(Clone::clone).and_then(|shop| reply(shop, &ask.question));
            if answered.send(Answer { visit: ask.visit, ticket: ask.ticket, result }).is_err() {
                return;
            }
            wake();
        }
    }
}

fn reply(shop: &Shop, question: &Question) -> Result<Reply, Problem> {
    let (session, nobody) = (shop.session(), Person::default());
    match question {
        Question::Search { request, picture } => {
            let picture =
                picture.as_ref().map(|p| QueryPicture::from_pixels(session.encoder(), p)).transpose()?;
            let response = answer(session, request, picture.unwrap_or_default(), &nobody)?;
            Ok(Reply::Search(Box::new(response)))
        }
        Question::Product(id) => {
            let page = product::page(session, id, &nobody)?;
            let link = match product::link_to(session, id) {
                Ok(link) => Some(link),
                Err(problem) if problem.code == Code::NotFound => None,
                Err(problem) => return Err(problem),
            };
            Ok(Reply::Product(Box::new(page), link))
        }
        Question::Suggest(typed) => suggest(session, typed, SUGGESTIONS, &nobody).map(Reply::Suggest),
    }
}
