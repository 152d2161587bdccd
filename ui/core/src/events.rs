//! What the shopper does, as the events that a shop is told with consent. No event holds the query's
//! picture or its embedding.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use knytt_ui_api::{Hit, SearchRequest, SearchResponse, Verdict};
use knytt_wire::{
    Action, DeviceKind, Event, IdentifiedEvent, Item, ListedItem, Participation, QueryKind, Uuid,
};

use crate::shop::CatalogContext;

/// The most characters of words in an event.
const MOST_WORD_CHARS: usize = 500;

/// The most products in one event; longer lists take several.
const MOST_LISTED: usize = 200;

/// The list that was shown last, so that an event about a product names its place in it.
pub struct Events {
    device: DeviceKind,
    /// Made anew at each start, in a kiosk for each shopper, and kept nowhere.
    visit: Uuid,
    now: Mutex<EventContext>,
}

#[derive(Default)]
struct EventContext {
    context: Option<CatalogContext>,
    /// How searches take part in an experiment.
    part: Option<Participation>,
    list: Option<ShownList>,
}

/// Hits as they were shown.
struct ShownList {
    /// The request, but for its ticket and how much of the answer it asks for.
    question: SearchRequest,
    /// None for a look around.
    search: Option<Uuid>,
    /// How the search took part in an experiment.
    part: Option<Participation>,
    places: HashMap<String, ShownPlace>,
    chosen: HashSet<String>,
    used: Arc<AtomicBool>,
}

#[derive(Clone, Copy)]
struct ShownPlace {
    position: u32,
    confidence: Option<u8>,
    /// Its team in a merged list.
    team: Option<u8>,
}

/// The events of one answer.
#[derive(Default)]
pub struct AnswerEvents {
    /// In the order in which they happened.
    pub events: Vec<IdentifiedEvent>,
    /// More of the answer before, not another one.
    pub more: bool,
    /// Becomes true when something of the answer is chosen.
    pub used: Arc<AtomicBool>,
}

impl Events {
    /// Those of a visit that begins now.
    pub fn new(device: DeviceKind) -> Self {
        Self::of_visit(device, Uuid::new_v4())
    }

    /// Those of a visit that has a number.
    pub fn of_visit(device: DeviceKind, visit: Uuid) -> Self {
        Self { device, visit, now: Mutex::default() }
    }

    /// From here on events are about this catalogue, at this release.
    pub fn set_context(&self, context: CatalogContext) {
        let mut now = self.now();
        if now.context.as_ref().is_some_and(|before| before.identity != context.identity) {
            now.list = None;
        }
        now.context = Some(context);
    }

    /// Who visits: what experiments assign.
    pub fn visit(&self) -> Uuid {
        self.visit
    }

    /// From here on searches take part in an experiment so.
    pub fn set_part(&self, part: Option<Participation>) {
        self.now().part = part;
    }

    /// Forgets the list that was shown last.
    pub fn forget(&self) {
        self.now().list = None;
    }

    /// An answer came, to a question or to a look around.
    pub fn answered(&self, request: &SearchRequest, response: &SearchResponse) -> AnswerEvents {
        let question = SearchRequest { ticket: 0, limit: 0, typing: false, ..request.clone() };
        let mut now = self.now();
        let more = now.list.as_ref().is_some_and(|list| list.question == question);
        if more {
            self.listed(&mut now, response, true)
        } else {
            self.another(&mut now, question, None, response)
        }
    }

    /// A live camera's answer has settled.
    pub fn settled(&self, template: &SearchRequest, response: &SearchResponse) -> AnswerEvents {
        let question = SearchRequest { ticket: 0, limit: 0, ..template.clone() };
        self.another(&mut self.now(), question, Some(QueryKind::Camera), response)
    }

    /// A product's page was opened: chosen from the list, if it is in the one that was shown last.
    pub fn opened(&self, product: &str) -> Vec<IdentifiedEvent> {
        let mut now = self.now();
        let fresh = now.list.as_mut().is_some_and(|list| list.choose(product));
        let select = fresh.then(|| self.of_item(&now, product, Action::SelectItem)).flatten();
        select.into_iter().chain(self.of_item(&now, product, Action::ViewItem)).collect()
    }

    /// Something was done with a product.
    pub fn done(&self, product: &str, action: fn(Item) -> Action) -> Option<IdentifiedEvent> {
        let now = self.now();
        if let Some(list) = now.list.as_ref().filter(|list| list.places.contains_key(product)) {
            list.used.store(true, Ordering::Relaxed);
        }
        self.of_item(&now, product, action)
    }

    fn another(
        &self,
        now: &mut EventContext,
        question: SearchRequest,
        kind: Option<QueryKind>,
        response: &SearchResponse,
    ) -> AnswerEvents {
        let looking_around = response.verdict == Verdict::Browsing && kind.is_none();
        // A live camera's answers are those of everybody.
        let part = now.part.filter(|_| kind.is_none() && !looking_around);
        // A merged list has teams; one that is sorted by price is not merged.
        let is_merged = response.hits.iter().any(|hit| hit.team.is_some());
        let part = part.filter(|part| part.arm.is_some() || is_merged);
        let kind = kind.unwrap_or_else(|| kind_of(&question));
        let action = search(kind, &question.words, response);
        let asked = if looking_around { None } else { self.event(now, None, part, action) };
        now.list = Some(ShownList {
            question,
            search: asked.as_ref().map(|event| event.id),
            part,
            places: HashMap::new(),
            chosen: HashSet::new(),
            used: Arc::default(),
        });
        let mut told = self.listed(now, response, false);
        told.events.splice(..0, asked);
        told
    }

    /// The products of an answer that were not in sight before.
    fn listed(&self, now: &mut EventContext, response: &SearchResponse, more: bool) -> AnswerEvents {
        let Some(list) = now.list.as_mut() else { return AnswerEvents::default() };
        let (search, part, used) = (list.search, list.part, Arc::clone(&list.used));
        let new: Vec<_> = (1..).zip(&response.hits).filter_map(|(at, hit)| list.add(at, hit)).collect();
        let events = new.chunks(MOST_LISTED).filter_map(|items| {
            self.event(now, search, part, Action::ViewItemList { items: items.to_vec() })
        });
        AnswerEvents { events: events.collect(), more, used }
    }

    fn of_item(
        &self,
        now: &EventContext,
        product: &str,
        action: fn(Item) -> Action,
    ) -> Option<IdentifiedEvent> {
        let list = now.list.as_ref().and_then(|list| Some((list, *list.places.get(product)?)));
        let item = Item {
            item_id: product.into(),
            position: list.map(|(_, place)| place.position),
            confidence: list.and_then(|(_, place)| place.confidence),
            ..Item::default()
        };
        let part = list.and_then(|(list, place)| Some((list.part?, place.team)));
        let part = part.map(|(part, team)| Participation { arm: part.arm.or(team), ..part });
        self.event(now, list.and_then(|(list, _)| list.search), part, action(item))
    }

    /// None if no catalogue is open.
    fn event(
        &self,
        now: &EventContext,
        search_id: Option<Uuid>,
        experiment: Option<Participation>,
        action: Action,
    ) -> Option<IdentifiedEvent> {
        let CatalogContext { identity, release, model } = now.context.clone()?;
        let (root, catalog) = (identity.root, identity.catalog);
        let id = Uuid::now_v7();
        // The time that is in the id, so that the two never differ.
        let at_ms = i64::try_from(id.as_u128() >> 80).unwrap_or_default();
        let (visit, device) = (self.visit, self.device);
        let event =
            Event { id, at_ms, catalog, release, model, visit, search_id, device, experiment, action };
        Some(IdentifiedEvent { root, event })
    }

    fn now(&self) -> MutexGuard<'_, EventContext> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ShownList {
    /// Notes a hit's place; none if it is in the list already.
    fn add(&mut self, position: u32, hit: &Hit) -> Option<ListedItem> {
        let item_id = hit.card.id.clone();
        let place = ShownPlace { position, confidence: hit.percent, team: hit.team };
        let known = self.places.insert(item_id.clone(), place).is_some();
        (!known).then_some(ListedItem { item_id, position })
    }

    /// True the first time that this product of the list is chosen.
    fn choose(&mut self, product: &str) -> bool {
        let chosen = self.places.contains_key(product) && self.chosen.insert(product.into());
        if chosen {
            self.used.store(true, Ordering::Relaxed);
        }
        chosen
    }
}

fn kind_of(request: &SearchRequest) -> QueryKind {
    let similar = request.like.is_some() || !request.mix.is_empty();
    match (request.picture.is_some(), similar, request.words.trim().is_empty()) {
        (_, true, _) => QueryKind::Similar,
        (true, _, false) => QueryKind::Both,
        (true, _, true) => QueryKind::Image,
        (false, ..) => QueryKind::Words,
    }
}

fn search(kind: QueryKind, words: &str, response: &SearchResponse) -> Action {
    let words: String = words.trim().chars().filter(|c| *c != '\0').take(MOST_WORD_CHARS).collect();
    let confidence = response.hits.iter().filter_map(|hit| hit.percent).max();
    Action::Search {
        kind,
        search_term: Some(words).filter(|words| !words.is_empty()),
        results: u32::try_from(response.hits.len()).unwrap_or(u32::MAX),
        good_match: confidence.map(|_| response.verdict == Verdict::Found),
        confidence,
    }
}

#[cfg(test)]
mod tests {
    use knytt_ui_api::{Card, MatchKind, Reasons, ScoreParts, Timings, Understood};

    use super::*;

    fn events() -> Events {
        let events = Events::new(DeviceKind::App);
        events.set_context(context("aa", 3));
        events
    }

    fn context(root: &str, release: u64) -> CatalogContext {
        let identity = knytt_wire::CatalogIdentity::published(root, "shop");
        CatalogContext { identity, release, model: "m".into() }
    }

    #[test]
    fn events_of_a_search_in_an_experiment_say_its_arm_and_a_merged_list_the_team() {
        let (events, id) = (events(), Uuid::new_v4());
        let parts = |told: &[IdentifiedEvent]| -> Vec<_> {
            told.iter().map(|told| told.event.experiment.map(|part| part.arm)).collect()
        };
        events.set_part(Some(Participation { id, arm: Some(1) }));
        assert_eq!(parts(&events.answered(&words("red"), &answer(0..2)).events), [Some(Some(1)); 2]);
        assert_eq!(parts(&events.opened("p1")), [Some(Some(1)); 2]);
        events.set_part(Some(Participation { id, arm: None }));
        let mut merged = answer(0..2);
        (merged.hits[0].team, merged.hits[1].team) = (Some(1), Some(0));
        assert_eq!(parts(&events.answered(&words("blue"), &merged).events), [Some(None); 2]);
        assert_eq!(parts(&events.opened("p0")), [Some(Some(1)); 2]);
        // Sorted by price, nothing is merged; a camera's frames are everybody's.
        assert_eq!(parts(&events.answered(&words("green"), &answer(0..2)).events), [None; 2]);
        assert_eq!(parts(&events.settled(&SearchRequest::default(), &merged).events), [None; 2]);
    }

    fn words(words: &str) -> SearchRequest {
        SearchRequest { words: words.into(), ..SearchRequest::default() }
    }

    fn answer(ids: impl IntoIterator<Item = u32>) -> SearchResponse {
        let hit = |i: u32| Hit {
            card: Card { id: format!("p{i}"), ..Card::default() },
            percent: Some(u8::try_from(90 - i % 90).unwrap()),
            kind: MatchKind::Similar,
            similarity: 0.5,
            parts: ScoreParts::default(),
            score: 0.5,
            reasons: Reasons::default(),
            others: Vec::new(),
            effects: Vec::new(),
            replaces: None,
            team: None,
        };
        SearchResponse {
            ticket: 1,
            verdict: Verdict::Found,
            hits: ids.into_iter().map(hit).collect(),
            matched: 10,
            facets: Vec::new(),
            price_bounds: None,
            understood: Understood::default(),
            timings: Timings::default(),
            guided: None,
        }
    }

    fn names(events: &[IdentifiedEvent]) -> Vec<&'static str> {
        events.iter().map(|event| event.action.name()).collect()
    }

    #[test]
    fn what_is_chosen_knows_its_search_and_its_place() {
        let events = events();
        let told = events.answered(&words(" red "), &answer(0..5));
        assert_eq!(names(&told.events), ["search", "view_item_list"]);
        let search = told.events[0].id;
        assert_eq!(told.events[1].search_id, Some(search));
        assert!(matches!(&told.events[0].action,
            Action::Search { kind: QueryKind::Words, search_term: Some(term), results: 5,
                good_match: Some(true), confidence: Some(90) } if term == "red"));
        let opened = events.opened("p3");
        assert_eq!(names(&opened), ["select_item", "view_item"]);
        assert!(opened.iter().all(|event| event.search_id == Some(search)));
        let item = opened[0].action.item().unwrap();
        assert_eq!((item.position, item.confidence), (Some(4), Some(87)));
        assert!(told.used.load(Ordering::Relaxed));
        assert_eq!(names(&events.opened("p3")), ["view_item"], "it was chosen before");
        let other = events.opened("elsewhere");
        assert_eq!((names(&other), other[0].search_id), (vec!["view_item"], None));
        assert!(told.events.iter().chain(&opened).all(|event| event.validate().is_ok()));
    }

    #[test]
    fn more_of_an_answer_is_not_another_search() {
        let events = events();
        let first = events.answered(&words("red"), &answer(0..3));
        let more = SearchRequest { ticket: 9, limit: 500, ..words("red") };
        let more = events.answered(&more, &answer(0..5));
        assert!(more.more && !first.more);
        assert_eq!(names(&more.events), ["view_item_list"]);
        let Action::ViewItemList { items } = &more.events[0].action else { panic!("it is a list") };
        assert_eq!(items.iter().map(|item| item.position).collect::<Vec<_>>(), [4, 5]);
        assert_eq!(more.events[0].search_id, Some(first.events[0].id));
        assert_eq!(names(&events.answered(&words("blue"), &answer(0..600)).events).len(), 4);
    }

    #[test]
    fn a_look_around_is_a_list_without_a_search() {
        let events = events();
        let browsing = SearchResponse { verdict: Verdict::Browsing, ..answer(0..3) };
        let told = events.answered(&SearchRequest::default(), &browsing);
        assert_eq!((names(&told.events), told.events[0].search_id), (vec!["view_item_list"], None));
        assert_eq!(names(&events.opened("p1")), ["select_item", "view_item"]);
    }

    #[test]
    fn another_catalogue_begins_anew_and_another_release_does_not() {
        let events = events();
        events.answered(&words("red"), &answer(0..3));
        events.set_context(context("aa", 4));
        let event = events.done("p1", Action::Share).unwrap();
        assert_eq!((event.release, event.action.item().unwrap().position), (4, Some(2)));
        // The same name, another shop.
        events.set_context(context("bb", 1));
        let event = events.done("p1", Action::Share).unwrap();
        assert_eq!((event.search_id, event.action.item().unwrap().position), (None, None));
        assert_eq!(event.root.as_deref(), Some("bb"));
    }

    #[test]
    fn a_settled_camera_is_a_search_each_time() {
        let events = events();
        let settled = || events.settled(&SearchRequest::default(), &answer(0..2)).events;
        assert_ne!(settled()[0].id, settled()[0].id);
        assert!(matches!(
            settled()[0].action,
            Action::Search { kind: QueryKind::Camera, search_term: None, .. }
        ));
    }
}
