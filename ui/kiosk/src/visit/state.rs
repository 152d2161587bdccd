//! The state of a visit and what each event does to it.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use image::RgbImage;
use knytt_ui_api::{Sort, Verdict};

use super::ask::{Answer, Ask, Question, Reply};
use super::event::{Event, Screen};
use super::keep::{Asked, Kept};
use crate::language::Language;

/// The longest text that can be typed, in characters.
const LONGEST: usize = 80;

/// The most products that one code takes along: more make a code that phones cannot read from a screen.
pub(crate) const MOST_TAKEN: usize = 8;

/// How long the kiosk waits for a touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Until it asks whether somebody is there.
    pub idle: Duration,
    /// From there until the visit ends.
    pub countdown: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { idle: Duration::from_secs(45), countdown: Duration::from_secs(15) }
    }
}

/// One shopper's visit. Times are those of a clock that only goes forward.
#[derive(Debug)]
pub struct Visit {
    patience: Patience,
    home: Language,
    number: u64,
    ticket: u32,
    /// The ticket of the newest question of each kind: search, product, suggestion.
    newest: [u32; 3],
    touched_at: Duration,
    kept: Kept,
    language: Language,
    dark: Option<bool>,
    larger: bool,
    asks: Vec<Ask>,
}

impl Visit {
    /// Nobody is there; the next shopper meets this language.
    pub fn new(patience: Patience, home: Language) -> Self {
        Self {
            patience,
            home,
            number: 1,
            ticket: 0,
            newest: [0; 3],
            touched_at: Duration::ZERO,
            kept: Kept::default(),
            language: home,
            dark: None,
            larger: false,
            asks: Vec::new(),
        }
    }

    /// Counts the visits from 1; another number means that everything of the one before is forgotten.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// What is known of the shopper.
    pub fn kept(&self) -> &Kept {
        &self.kept
    }

    /// What fills the screen.
    pub fn screen(&self) -> Screen {
        self.kept.screen
    }

    /// The shopper's language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Whether the shopper chose dark or light.
    pub fn dark(&self) -> Option<bool> {
        self.dark
    }

    /// Whether the shopper asked for larger type.
    pub fn larger(&self) -> bool {
        self.larger
    }

    /// The questions since the last call.
    pub fn take_asks(&mut self) -> Vec<Ask> {
        mem::take(&mut self.asks)
    }

    /// How long is left until the visit ends, while "Still there?" is shown.
    pub fn countdown(&self, now: Duration) -> Option<Duration> {
        if self.kept.screen == Screen::Attract {
            return None;
        }
        let end = self.touched_at + self.patience.idle + self.patience.countdown;
        (now >= self.touched_at + self.patience.idle).then(|| end.saturating_sub(now))
    }

    /// Ends the visit if nobody answered. On the first screen nobody is asked: only the language and the look of
    /// somebody who has left are taken back there.
    pub fn tick(&mut self, now: Duration) {
        let is_changed = self.language != self.home || self.dark.is_some() || self.larger;
        let has_left = now >= self.touched_at + self.patience.idle + self.patience.countdown;
        if has_left && (self.kept.screen != Screen::Attract || is_changed) {
            self.reset(now);
        }
    }

    /// Takes an event. Those of the camera and of the shop do not count as a touch.
    pub fn handle(&mut self, event: Event, now: Duration) {
        self.tick(now);
        if !matches!(event, Event::Answered(_) | Event::Live(..) | Event::Scanned(..)) {
            self.touched_at = now;
        }
        match event {
            Event::Touched | Event::StillHere => {}
            Event::Leave => self.reset(now),
            Event::Speak(language) => self.language = language,
            Event::Dark(dark) => self.dark = Some(dark),
            Event::Larger(larger) => self.larger = larger,
            Event::Go(screen) => self.go(screen),
            Event::Back => self.back(now),
            Event::Insert(_) | Event::Erase | Event::Clear => self.edit(event),
            Event::Search => self.search_words(),
            Event::SearchFor(words) => {
                self.kept.typed = words;
                self.search_words();
            }
            Event::Freeze(frame) => self.freeze(frame),
            Event::Live(visit, response) => {
                if visit == self.number && self.kept.screen == Screen::Point {
                    let fits = response.verdict == Verdict::Found;
                    self.kept.live = fits.then_some(*response);
                }
            }
            Event::Scanned(visit, id) => self.scan(visit, id),
            Event::Category(value) => {
                self.kept.asked = Asked::default();
                self.kept.asked.toggle("category", &value);
                self.ask_hits();
                self.show(Screen::Results);
            }
            Event::Filter { field, value } => {
                self.kept.asked.toggle(&field, &value);
                self.ask_hits();
            }
            Event::Sort(sort) => {
                self.kept.asked.sort = sort;
                self.ask_hits();
            }
            Event::Open(id) => self.open(id),
            Event::Picture(number) => self.kept.picture = number,
            Event::Collect(id) => self.collect(&id),
            Event::Answered(answer) => self.take(answer),
        }
    }

    /// Drops all that was known of the shopper; the next one meets the shop's own language and look.
    fn reset(&mut self, now: Duration) {
        let (patience, home, number) = (self.patience, self.home, self.number + 1);
        *self = Self { number, touched_at: now, ..Self::new(patience, home) };
    }

    fn go(&mut self, screen: Screen) {
        match screen {
            Screen::Attract => return,
            Screen::Browse => {
                self.kept.asked = Asked::default();
                self.ask_hits();
            }
            Screen::Type => self.ask_suggestions(),
            Screen::Point => (self.kept.live, self.kept.unknown_code) = (None, false),
            Screen::Results | Screen::Product | Screen::TakeAlong => {}
        }
        self.show(screen);
    }

    /// Another screen; going to one that is on the way back leads back to it.
    fn show(&mut self, screen: Screen) {
        let kept = &mut self.kept;
        if kept.screen == screen {
            return;
        }
        if let Some(at) = kept.trail.iter().position(|known| *known == screen) {
            kept.trail.truncate(at);
        } else if kept.screen != Screen::Attract {
            kept.trail.push(kept.screen);
        }
        kept.screen = screen;
    }

    fn back(&mut self, now: Duration) {
        if self.kept.screen == Screen::Product
            && let Some(id) = self.kept.seen.pop()
        {
            self.ask_product(id);
            return;
        }
        self.kept.problem = None;
        if let Some(screen) = self.kept.trail.pop() {
            self.kept.screen = screen;
        } else if self.kept.screen != Screen::Attract {
            self.start_over(now);
        }
    }

    /// Back to the first screen: all is dropped but how the shopper wants the screens to be.
    fn start_over(&mut self, now: Duration) {
        let (language, dark, larger) = (self.language, self.dark, self.larger);
        self.reset(now);
        (self.language, self.dark, self.larger) = (language, dark, larger);
    }

    fn edit(&mut self, event: Event) {
        let typed = &mut self.kept.typed;
        match event {
            Event::Insert(letters) if typed.chars().count() + letters.chars().count() <= LONGEST => {
                typed.push_str(&letters);
            }
            Event::Erase => drop(typed.pop()),
            Event::Clear => typed.clear(),
            _ => return,
        }
        self.ask_suggestions();
    }

    fn search_words(&mut self) {
        let words = self.kept.typed.trim().to_owned();
        if words.is_empty() {
            return;
        }
        self.kept.asked = Asked { words, ..Asked::default() };
        self.ask_hits();
        self.show(Screen::Results);
    }

    fn freeze(&mut self, frame: Arc<RgbImage>) {
        self.kept.asked = Asked { picture: Some(frame), sort: Sort::Match, ..Asked::default() };
        self.ask_hits();
        self.show(Screen::Results);
    }

    /// A code before the camera: its product's page, or that there is none, until another one is read.
    fn scan(&mut self, visit: u64, id: Option<String>) {
        if visit != self.number || self.kept.screen != Screen::Point {
            return;
        }
        self.kept.unknown_code = id.is_none();
        if let Some(id) = id {
            self.open(id);
        }
    }

    fn open(&mut self, id: String) {
        if self.kept.screen == Screen::Product
            && let Some(open) = &self.kept.product
        {
            self.kept.seen.push(open.page.card.id.clone());
        } else {
            self.kept.seen.clear();
        }
        let shown = self.shown_of(&id);
        self.ask_product(id);
        self.kept.picture = shown;
        self.show(Screen::Product);
    }

    /// Which picture of a product its hit shows.
    fn shown_of(&self, id: &str) -> u8 {
        let kept = &self.kept;
        let mut hits = kept.response.iter().chain(&kept.live).flat_map(|response| &response.hits);
        hits.find(|hit| hit.card.id == id).and_then(|hit| hit.card.picture).unwrap_or(0)
    }

    fn collect(&mut self, id: &str) {
        let kept = &mut self.kept;
        if kept.takes(id) {
            kept.list.retain(|(card, _)| card.id != id);
        } else if let Some(open) = kept.product.as_ref().filter(|open| open.page.card.id == id)
            && kept.list.len() < MOST_TAKEN
        {
            kept.list.push((open.page.card.clone(), open.link.clone()));
        }
    }

    fn ask_hits(&mut self) {
        // Hits of another question are not shown as if they answered this one.
        self.kept.response = None;
        let request = Box::new(self.kept.asked.request(self.ticket + 1, self.language));
        let picture = self.kept.asked.picture.clone();
        self.newest[0] = self.ask(Question::Search { request, picture });
        self.kept.waits = true;
    }

    fn ask_product(&mut self, id: String) {
        self.kept.product = None;
        self.kept.picture = 0;
        self.newest[1] = self.ask(Question::Product(id));
        self.kept.waits = true;
    }

    fn ask_suggestions(&mut self) {
        self.kept.suggestions = Default::default();
        self.newest[2] = self.ask(Question::Suggest(self.kept.typed.clone()));
    }

    fn ask(&mut self, question: Question) -> u32 {
        self.kept.problem = None;
        self.ticket += 1;
        let (visit, ticket, language) = (self.number, self.ticket, self.language);
        self.asks.push(Ask { visit, ticket, language, question });
        self.ticket
    }

    fn take(&mut self, answer: Answer) {
        if answer.visit != self.number || !self.newest.contains(&answer.ticket) {
            return;
        }
        let kept = &mut self.kept;
        match answer.result {
            Ok(Reply::Search(response)) => kept.response = Some(*response),
            Ok(Reply::Product(open)) => kept.product = Some(*open),
            Ok(Reply::Suggest(suggestions)) => {
                kept.suggestions = suggestions;
                return;
            }
            // A suggestion that fails is none.
            Err(_) if answer.ticket == self.newest[2] => return,
            Err(problem) => kept.problem = Some(problem),
        }
        kept.waits = false;
    }
}
