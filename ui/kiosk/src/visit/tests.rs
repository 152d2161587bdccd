use std::sync::Arc;
use std::time::Duration;

use image::RgbImage;
use knytt_ui_api::{Card, ProductPage, SearchRequest};

use super::*;
use crate::language::Language;

/// A word that stands nowhere else.
const MARK: &str = "marker-7f3a";

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn visit() -> Visit {
    Visit::new(Patience::default(), Language::German)
}

fn page(id: &str) -> ProductPage {
    ProductPage { card: Card { id: id.into(), ..Card::default() }, ..ProductPage::default() }
}

/// Answers the newest question for a product with its page.
fn answer_product(visit: &mut Visit, id: &str, now: Duration) {
    let ask = visit.take_asks().pop().expect("a product was asked for");
    assert_eq!(ask.question, Question::Product(id.into()));
    let link = Some(format!("https://shop.example/{id}"));
    let reply = Reply::Product(Box::new(OpenProduct { page: page(id), link, stock: None }));
    visit.handle(Event::Answered(Answer { visit: ask.visit, ticket: ask.ticket, result: Ok(reply) }), now);
}

/// Leaves the marker in every place that a shopper can put something into.
fn marked(now: Duration) -> Visit {
    let mut visit = visit();
    let picture = Arc::new(RgbImage::new(2, 2));
    for event in [
        Event::Go(Screen::Type),
        Event::Insert(MARK.into()),
        Event::Search,
        Event::Filter { field: MARK.into(), value: MARK.into() },
        Event::Freeze(picture),
        Event::Open(MARK.into()),
    ] {
        visit.handle(event, now);
    }
    answer_product(&mut visit, MARK, now);
    visit.handle(Event::Collect(MARK.into()), now);
    visit.handle(Event::Open("other".into()), now);
    visit.handle(Event::Speak(Language::Arabic), now);
    visit.handle(Event::Larger(true), now);
    visit
}

#[test]
fn an_untouched_visit_is_asked_about_and_then_forgotten() {
    let mut visit = visit();
    visit.handle(Event::Go(Screen::Type), at(10));
    assert_eq!(visit.countdown(at(54)), None);
    assert_eq!(visit.countdown(at(55)), Some(at(15)));
    visit.tick(at(69));
    assert_eq!((visit.screen(), visit.number()), (Screen::Type, 1));
    visit.tick(at(70));
    assert_eq!((visit.screen(), visit.number()), (Screen::Attract, 2));
    assert_eq!(visit.countdown(at(1000)), None, "nobody is asked whether they are there");
}

#[test]
fn an_answer_to_still_there_keeps_everything() {
    let mut visit = marked(at(0));
    visit.handle(Event::StillHere, at(50));
    assert_eq!(visit.countdown(at(94)), None);
    assert!(format!("{visit:?}").contains(MARK));
}

#[test]
fn a_touch_after_the_end_meets_a_new_visit() {
    let mut visit = marked(at(0));
    visit.handle(Event::Touched, at(500));
    assert_eq!(visit.screen(), Screen::Attract);
    assert!(!format!("{visit:?}").contains(MARK));
}

#[test]
fn a_reset_leaves_nothing_of_the_shopper() {
    for by_time in [false, true] {
        let mut visit = marked(at(0));
        let before = format!("{visit:?}");
        assert!(before.contains(MARK) && before.matches(MARK).count() >= 4, "{before}");
        if by_time {
            visit.tick(at(60))
        } else {
            visit.handle(Event::Leave, at(1))
        }
        let after = format!("{visit:?}");
        assert!(!after.contains(MARK), "{after}");
        assert!(visit.kept().asked.picture.is_none() && visit.take_asks().is_empty());
        assert_eq!((visit.language(), visit.larger()), (Language::German, false));
    }
}

#[test]
fn pictures_are_freed_with_the_visit() {
    let mut visit = visit();
    let picture = Arc::new(RgbImage::new(2, 2));
    let watched = Arc::downgrade(&picture);
    visit.handle(Event::Go(Screen::Point), at(0));
    visit.handle(Event::Freeze(picture), at(0));
    drop(visit.take_asks());
    assert!(watched.upgrade().is_some());
    visit.handle(Event::Leave, at(1));
    assert!(watched.upgrade().is_none());
}

#[test]
fn an_answer_to_the_visit_before_is_dropped() {
    let mut visit = visit();
    visit.handle(Event::Open("7".into()), at(0));
    let ask = visit.take_asks().pop().unwrap();
    visit.handle(Event::Leave, at(1));
    visit.handle(Event::Open("8".into()), at(2));
    let open = OpenProduct { page: page(MARK), ..OpenProduct::default() };
    let result = Ok(Reply::Product(Box::new(open)));
    visit.handle(Event::Answered(Answer { visit: ask.visit, ticket: ask.ticket, result }), at(3));
    assert!(visit.kept().product.is_none() && visit.kept().waits);
}

#[test]
fn only_the_answer_to_the_newest_search_counts() {
    let mut visit = visit();
    visit.handle(Event::Category("Shirts".into()), at(0));
    let old = visit.take_asks().pop().unwrap();
    visit.handle(Event::Filter { field: "color".into(), value: "red".into() }, at(1));
    let problem = knytt_ui_api::Problem::new(knytt_ui_api::Code::Internal, MARK);
    visit.handle(
        Event::Answered(Answer { visit: old.visit, ticket: old.ticket, result: Err(problem) }),
        at(1),
    );
    assert!(visit.kept().problem.is_none() && visit.kept().waits);
}

#[test]
fn a_filter_is_chosen_and_taken_back() {
    let request = |visit: &mut Visit| match visit.take_asks().pop().unwrap().question {
        Question::Search { request, .. } => *request,
        other => panic!("{other:?}"),
    };
    let mut visit = visit();
    visit.handle(Event::Category("Shirts".into()), at(0));
    let plain: SearchRequest = request(&mut visit);
    let filter = Event::Filter { field: "color".into(), value: "red".into() };
    visit.handle(filter.clone(), at(0));
    assert_eq!(request(&mut visit).filters.len(), 2);
    visit.handle(filter, at(0));
    assert_eq!(request(&mut visit).filters, plain.filters);
}

#[test]
fn back_leads_through_products_to_where_the_shopper_came_from() {
    let mut visit = visit();
    visit.handle(Event::Category("Shirts".into()), at(0));
    for id in ["1", "2"] {
        visit.handle(Event::Open(id.into()), at(0));
        answer_product(&mut visit, id, at(0));
    }
    visit.handle(Event::Back, at(0));
    answer_product(&mut visit, "1", at(0));
    assert_eq!(visit.screen(), Screen::Product);
    visit.handle(Event::Back, at(0));
    assert_eq!(visit.screen(), Screen::Results);
}

#[test]
fn typing_has_an_end_and_takes_back_whole_letters() {
    let mut visit = visit();
    for _ in 0..200 {
        visit.handle(Event::Insert("ä".into()), at(0));
    }
    assert_eq!(visit.kept().typed.chars().count(), 80);
    visit.handle(Event::Erase, at(0));
    assert_eq!(visit.kept().typed.chars().count(), 79);
    visit.handle(Event::Clear, at(0));
    visit.handle(Event::Search, at(0));
    assert_ne!(visit.screen(), Screen::Results, "nothing is no question");
}

#[test]
fn the_camera_does_not_keep_a_visit_alive() {
    let mut visit = visit();
    visit.handle(Event::Go(Screen::Point), at(0));
    let response: knytt_ui_api::SearchResponse = serde_json::from_value(serde_json::json!({
        "ticket": 0, "verdict": "found", "hits": [], "matched": 0, "facets": [], "price_bounds": null,
        "priceBounds": null,
        "understood": {"words": "", "without": [], "chips": []},
        "timings": {"decode": 0.0, "embed": 0.0, "search": 0.0, "rank": 0.0, "total": 0.0},
    }))
    .unwrap();
    for second in 0..60 {
        visit.handle(Event::Live(1, Box::new(response.clone())), at(second));
    }
    assert!(visit.kept().live.is_some());
    visit.tick(at(60));
    assert_eq!(visit.screen(), Screen::Attract);
}

#[test]
fn back_from_the_first_step_leads_to_the_first_screen_in_the_shoppers_language() {
    let mut visit = visit();
    visit.handle(Event::Speak(Language::Arabic), at(0));
    visit.handle(Event::Go(Screen::Type), at(0));
    visit.handle(Event::Insert("secret".into()), at(0));
    let number = visit.number();
    visit.handle(Event::Back, at(0));
    assert_eq!((visit.screen(), visit.language()), (Screen::Attract, Language::Arabic));
    assert!(visit.kept().typed.is_empty() && visit.number() > number, "pictures are dropped, too");
}

#[test]
fn the_first_screen_takes_back_the_language_of_somebody_who_has_left() {
    let mut visit = visit();
    visit.handle(Event::Speak(Language::Arabic), at(0));
    visit.tick(at(59));
    assert_eq!(visit.language(), Language::Arabic);
    assert!(visit.countdown(at(59)).is_none(), "nobody is asked there");
    visit.tick(at(60));
    assert_eq!(visit.language(), Language::German, "the shop's own");
    let number = visit.number();
    visit.tick(at(600));
    assert_eq!(visit.number(), number, "nothing is left to take back");
}

#[test]
fn a_code_before_the_camera_opens_its_product() {
    let mut visit = visit();
    visit.handle(Event::Go(Screen::Point), at(0));
    visit.handle(Event::Scanned(1, None), at(1));
    assert!(visit.kept().unknown_code && visit.screen() == Screen::Point);
    visit.handle(Event::Scanned(1, Some("7".into())), at(2));
    assert_eq!((visit.screen(), visit.kept().unknown_code), (Screen::Product, false));
    answer_product(&mut visit, "7", at(2));
    visit.handle(Event::Scanned(1, Some("8".into())), at(3));
    assert_eq!(
        visit.kept().product.as_ref().map(|open| open.page.card.id.as_str()),
        Some("7"),
        "no camera is shown"
    );
    visit.handle(Event::Leave, at(4));
    visit.handle(Event::Go(Screen::Point), at(5));
    visit.handle(Event::Scanned(1, Some("7".into())), at(6));
    assert_eq!(visit.screen(), Screen::Point, "a code of the visit before");
    visit.tick(at(65));
    assert_eq!(visit.screen(), Screen::Attract, "codes do not keep a visit alive");
}
