//! The products that the first screen shows in turn.

use std::time::Duration;

use knytt_ui_api::Card;

/// How many products take their turn.
pub(super) const LOOP: u32 = 24;

/// How long a product stays, and how long it gives way to the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    stay: Duration,
    change: Duration,
}

impl Pace {
    /// A pace at which each product stays this long.
    pub fn staying(stay: Duration) -> Self {
        Self { stay, change: Duration::from_millis(1200).min(stay / 2) }
    }

    /// The same, without a time in which one gives way to the next.
    pub fn at_once(self) -> Self {
        Self { change: Duration::ZERO, ..self }
    }
}

/// Products in turn. What is shown depends on the time alone.
#[derive(Clone, Debug, Default)]
pub struct Loop {
    cards: Vec<Card>,
}

/// What is shown at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment<'a> {
    /// Counts the turns from 0.
    pub turn: u64,
    /// The product.
    pub card: &'a Card,
    /// The one before, and how far it has gone, 0 to 1, while one gives way to the other.
    pub leaving: Option<(&'a Card, f32)>,
    /// When something changes.
    pub next: Duration,
}

impl Loop {
    /// Of one kind only a few in a row: cards are dealt out by category.
    pub fn new(cards: Vec<Card>) -> Self {
        let mut kinds: Vec<(String, Vec<Card>)> = Vec::new();
        for card in cards {
            match kinds.iter_mut().find(|(kind, _)| *kind == card.category) {
                Some((_, of_kind)) => of_kind.push(card),
                None => kinds.push((card.category.clone(), vec![card])),
            }
        }
        let longest = kinds.iter().map(|(_, of_kind)| of_kind.len()).max().unwrap_or(0);
        let dealt =
            (0..longest).flat_map(|round| kinds.iter().filter_map(move |(_, k)| k.get(round).cloned()));
        Self { cards: dealt.collect() }
    }

    /// The products, in their turn.
    pub fn cards(&self) -> &[Card] {
        &self.cards
    }

    /// What is shown now; none where there are no products.
    pub fn at(&self, now: Duration, pace: Pace) -> Option<Moment<'_>> {
        let turn = now.as_millis() / pace.stay.as_millis().max(1);
        let count = self.cards.len() as u128;
        let card = self.cards.get((turn.checked_rem(count)?) as usize)?;
        let into = now - Duration::from_millis((turn * pace.stay.as_millis()) as u64);
        let before = turn.checked_sub(1).and_then(|turn| self.cards.get((turn % count) as usize));
        let leaving = before.filter(|_| into < pace.change && count > 1);
        let leaving = leaving.map(|card| (card, into.as_secs_f32() / pace.change.as_secs_f32()));
        Some(Moment { turn: turn as u64, card, leaving, next: pace.stay - into })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(id: &str, category: &str) -> Card {
        Card { id: id.into(), category: category.into(), ..Card::default() }
    }

    #[test]
    fn kinds_take_turns() {
        let dealt = Loop::new(vec![card("1", "a"), card("2", "a"), card("3", "b"), card("4", "a")]);
        let ids: Vec<_> = dealt.cards().iter().map(|card| card.id.as_str()).collect();
        assert_eq!(ids, ["1", "3", "2", "4"]);
    }

    #[test]
    fn a_product_stays_then_gives_way() {
        let cards = Loop::new(vec![card("1", "a"), card("2", "b")]);
        let pace = Pace::staying(Duration::from_secs(7));
        let at = |ms| cards.at(Duration::from_millis(ms), pace).unwrap();
        assert_eq!((at(0).card.id.as_str(), at(0).leaving), ("1", None));
        assert_eq!(at(6000).next, Duration::from_secs(1));
        let (leaving, gone) = at(7600).leaving.unwrap();
        assert_eq!((leaving.id.as_str(), at(7600).card.id.as_str()), ("1", "2"));
        assert!((gone - 0.5).abs() < 1e-3);
        assert_eq!((at(14_000).card.id.as_str(), at(20_000).leaving), ("1", None));
    }

    #[test]
    fn at_once_nothing_gives_way() {
        let cards = Loop::new(vec![card("1", "a"), card("2", "b")]);
        let pace = Pace::staying(Duration::from_secs(7)).at_once();
        let moment = cards.at(Duration::from_millis(7_000), pace).unwrap();
        assert_eq!(
            (moment.card.id.as_str(), moment.leaving, moment.next),
            ("2", None, Duration::from_secs(7))
        );
    }

    #[test]
    fn an_empty_shop_shows_nothing() {
        let pace = Pace::staying(Duration::from_secs(7));
        assert_eq!(Loop::default().at(Duration::from_secs(9), pace), None);
        let one = Loop::new(vec![card("1", "a")]);
        assert_eq!(one.at(Duration::from_secs(8), pace).unwrap().leaving, None);
    }
}
