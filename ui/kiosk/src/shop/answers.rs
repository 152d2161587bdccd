//! Answers the questions of a visit from an open catalogue.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;

use knytt_app_core::shop::search::answer;
use knytt_app_core::shop::taking_part::{TakingPart, answer_with};
use knytt_app_core::shop::{Person, QueryPicture, Shop, product, suggest};
use knytt_ui_api::{Card, Choice, Code, Facet, Problem, SearchRequest};

use super::attract::{LOOP, Loop};
use super::stock::stock;
use crate::language::Language;
use crate::upkeep::Journal;
use crate::visit::{Answer, Ask, OpenProduct, Question, Reply, Visitor};

/// Completions of each kind.
const SUGGESTIONS: usize = 6;

/// The shop, from the moment on that it is open. Clones are the same one; a new release takes its place in all.
#[derive(Clone, Default)]
pub struct Opened(Arc<RwLock<Option<Open>>>);

/// An open shop, or why there is none.
type Open = Result<Arc<Shop>, Problem>;

impl Opened {
    /// The shop, or why there is none; none while it is being opened.
    pub fn get(&self) -> Option<Open> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, shop: Open) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(shop);
    }
}

/// Work of the shop's thread.
enum Work {
    Answer(Ask),
    /// The catalogue changed: open what lies in the folder now.
    Renew,
}

/// What the shop's thread works with.
struct Counter<W> {
    folder: PathBuf,
    pictures: Vec<PathBuf>,
    store: Option<String>,
    language: Language,
    shop: Opened,
    begin: Sender<FirstLook>,
    answered: Sender<Answer>,
    journal: Journal,
    /// Who takes part in the catalogue's experiment; nobody where the shop is not told, since nobody could be counted.
    visitor: Option<Visitor>,
    wake: W,
}

/// The thread that opens the catalogue and answers, and what it said.
pub struct Shopkeeper {
    shop: Opened,
    work: Sender<Work>,
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
    /// Opens the shop's catalogue. `wake` is called with each answer.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(
        settings: &crate::Settings,
        visitor: &Visitor,
        journal: Journal,
        wake: impl Fn() + Send + Clone + 'static,
    ) -> std::io::Result<Self> {
        let (shop, (work, given), (answered, answers), (begin, looked)) =
            (Opened::default(), channel(), channel(), channel());
        let counter = Counter {
            folder: settings.catalog.clone(),
            pictures: settings.pictures.clone(),
            store: settings.store.clone(),
            language: settings.language,
            shop: shop.clone(),
            begin,
            answered,
            journal,
            visitor: settings.feedback.then(|| visitor.clone()),
            wake,
        };
        let serve = move || {
            counter.open();
            counter.serve(&given);
        };
        thread::Builder::new().name("knytt-kiosk-shop".into()).spawn(serve)?;
        Ok(Self { shop, work, answers, looked })
    }

    /// The shop, once it is open.
    pub fn opened(&self) -> &Opened {
        &self.shop
    }

    /// Why there is no shop.
    pub fn problem(&self) -> Option<Problem> {
        self.shop.get().and_then(Result::err)
    }

    /// Takes a question. Its answer comes out of [`Self::answers`].
    pub fn ask(&self, ask: Ask) {
        // The thread ends only with the program.
        let _ = self.work.send(Work::Answer(ask));
    }

    /// Opens what lies in the catalogue's folder now. Questions that come later are answered from it.
    pub fn renew(&self) {
        let _ = self.work.send(Work::Renew);
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
fn show_first(
    shop: &Arc<Shop>,
    language: Language,
    begin: &Sender<FirstLook>,
    wake: &(impl Fn() + Send + Clone + 'static),
) {
    let mut first = first_look(shop, language).unwrap_or_default();
    let _ = begin.send(first.clone());
    let (shop, begin, wake) = (Arc::clone(shop), begin.clone(), wake.clone());
    let work = move || {
        first.covers.extend(missing_covers(&shop, language, &first));
        let _ = begin.send(first);
        wake();
    };
    // Without this thread some categories have no picture, and are touched as well.
    let _ = thread::Builder::new().name("knytt-kiosk-covers".into()).spawn(work);
}

fn first_look(shop: &Shop, language: Language) -> Result<FirstLook, Problem> {
    let request = browsing(language, LOOP, Vec::new());
    let response = answer(shop.session(), &request, QueryPicture::default(), &Person::default())?;
    let cards: Vec<Card> = response.hits.into_iter().map(|hit| hit.card).collect();
    let covers = cards.iter().rev().map(|card| (card.category.clone(), card.id.clone())).collect();
    Ok(FirstLook { attract: Loop::new(cards), facets: response.facets, covers })
}

/// A product of each category that none of the first products is of.
fn missing_covers(shop: &Shop, language: Language, first: &FirstLook) -> Vec<(String, String)> {
    let categories = first.facets.iter().filter(|facet| facet.field == "category");
    let names = categories.flat_map(|facet| &facet.values).map(|value| &value.value);
    let missing = names.filter(|name| !first.covers.contains_key(*name));
    missing.filter_map(|name| Some((name.clone(), cover(shop, language, name)?))).collect()
}

/// The first product of a category.
fn cover(shop: &Shop, language: Language, category: &str) -> Option<String> {
    let filters = vec![Choice { field: "category".into(), values: vec![category.into()] }];
    let request = browsing(language, 1, filters);
    let response = answer(shop.session(), &request, QueryPicture::default(), &Person::default());
    Some(response.ok()?.hits.into_iter().next()?.card.id)
}

/// Nothing in particular, for somebody who speaks the shop's own language.
fn browsing(language: Language, limit: u32, filters: Vec<Choice>) -> SearchRequest {
    let language = Some(language.code().to_owned());
    SearchRequest { alpha: 0.5, limit, filters, language, ..SearchRequest::default() }
}

impl<W: Fn() + Send + Clone + 'static> Counter<W> {
    /// Opens the catalogue, or what has taken its place.
    fn open(&self) {
        let shop = match self.shop.get() {
            Some(Ok(before)) => before.reopened(),
            _ => Shop::open(&self.folder, self.pictures.clone(), "cpu"),
        };
        match &shop {
            Ok(shop) => {
                let summary = shop.summary();
                self.journal.note(format!("{} products, release {}", summary.products, summary.release));
                if let Ok(Some(name)) = shop.session().missing_classifier() {
                    self.journal.note(format!("pictures are not judged: the classifier {name} is not here"));
                }
            }
            Err(problem) => {
                self.journal.fault(format!("the catalogue cannot be opened: {}", problem.message))
            }
        }
        let shop = shop.map(Arc::new);
        self.shop.set(shop.clone());
        if let Ok(shop) = shop {
            show_first(&shop, self.language, &self.begin, &self.wake);
        }
        (self.wake)();
    }

    /// Works until the kiosk ends. Of the questions that wait, one that a newer one of its kind replaced is not worked
    /// on.
    fn serve(&self, given: &Receiver<Work>) {
        while let Ok(first) = given.recv() {
            let mut waiting = Vec::new();
            for work in std::iter::once(first).chain(given.try_iter()) {
                match work {
                    Work::Answer(ask) => waiting.push(ask),
                    Work::Renew => self.open(),
                }
            }
            while !waiting.is_empty() {
                let ask = waiting.remove(0);
                let kind = std::mem::discriminant(&ask.question);
                if waiting.iter().any(|later| std::mem::discriminant(&later.question) == kind) {
                    continue;
                }
                let shop =
                    self.shop.get().unwrap_or_else(|| Err(Problem::new(Code::NotFound, "no catalogue")));
                let result = shop.and_then(|shop| self.reply(&shop, &ask));
                if self.answered.send(Answer { visit: ask.visit, ticket: ask.ticket, result }).is_err() {
                    return;
                }
                (self.wake)();
            }
        }
    }

    /// How a visit takes part in the catalogue's experiment.
    fn part(&self, shop: &Shop, visit: u64) -> Result<Option<TakingPart>, Problem> {
        let part = self.visitor.as_ref().map(|visitor| shop.part(visitor.of(visit).as_bytes()));
        Ok(part.transpose()?.flatten())
    }

    fn reply(&self, shop: &Shop, ask: &Ask) -> Result<Reply, Problem> {
        let (session, nobody) = (shop.session(), Person::who_speaks(Some(ask.language.code())));
        match &ask.question {
            Question::Search { request, picture } => {
                let picture =
                    picture.as_ref().map(|p| QueryPicture::from_pixels(session.encoder(), p)).transpose()?;
                let part = self.part(shop, ask.visit)?;
                let picture = picture.unwrap_or_default();
                let response = answer_with(part.as_ref(), session, request, picture, &nobody)?;
                Ok(Reply::Search(Box::new(response)))
            }
            Question::Product(id) => {
                let found = product::find(session, id)?;
                Ok(Reply::Product(Box::new(OpenProduct {
                    page: product::page(session, id, &nobody)?,
                    link: product::link(&found).map(str::to_owned),
                    stock: self.store.as_ref().and_then(|store| stock(&found, store)),
                })))
            }
            Question::Suggest(typed) => suggest(session, typed, SUGGESTIONS, &nobody).map(Reply::Suggest),
        }
    }
}
