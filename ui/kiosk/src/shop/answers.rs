//! Answers the questions of a visit from an open catalogue.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread;

use knytt_app_core::shop::search::answer;
use knytt_app_core::shop::{Person, QueryPicture, Shop, product, suggest};
use knytt_ui_api::{Code, Facet, Problem, SearchRequest};

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
    looped: Receiver<(Loop, Vec<Facet>)>,
}

impl Shopkeeper {
    /// Opens the catalogue in `folder`, whose pictures may lie in `pictures`. `wake` is called with each answer.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(
        folder: PathBuf,
        pictures: Vec<PathBuf>,
        wake: impl Fn() + Send + 'static,
    ) -> std::io::Result<Self> {
        let (shop, (asks, asked), (answered, answers), (begin, looped)) =
            (Opened::default(), channel(), channel(), channel());
        let opened = Arc::clone(&shop);
        let work = move || {
            let result = Shop::open(&folder, pictures, "cpu").map(Arc::new);
            let result = opened.get_or_init(|| result);
            if let Ok(shop) = result {
                let _ = begin.send(first_look(shop).unwrap_or_default());
            }
            wake();
            answer_all(result, &asked, &answered, &wake);
        };
        thread::Builder::new().name("knytt-kiosk-shop".into()).spawn(work)?;
        Ok(Self { shop, asks, answers, looped })
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

    /// What the first screen shows, and what the products can be filtered by, once after the shop is open.
    pub fn looped(&self) -> Option<(Loop, Vec<Facet>)> {
        self.looped.try_recv().ok()
    }
}

fn first_look(shop: &Shop) -> Result<(Loop, Vec<Facet>), Problem> {
    let request = SearchRequest { alpha: 0.5, limit: LOOP, ..SearchRequest::default() };
    let response = answer(shop.session(), &request, QueryPicture::default(), &Person::default())?;
    let cards = response.hits.into_iter().map(|hit| hit.card).collect();
    Ok((Loop::new(cards), response.facets))
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
