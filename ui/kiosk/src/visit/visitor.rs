//! Who visits, for experiments and events: a number that is random and kept nowhere.

use std::sync::{Arc, Mutex, PoisonError};

use knytt_wire::Uuid;

/// The random number of the newest visit. Clones are the same one: searches and events of a visit have one number.
#[derive(Clone, Debug, Default)]
pub struct Visitor(Arc<Mutex<(u64, Uuid)>>);

impl Visitor {
    /// That of a visit, by the visit's number; made with its first question.
    pub fn of(&self, visit: u64) -> Uuid {
        let mut newest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if newest.0 != visit || newest.1.is_nil() {
            *newest = (visit, Uuid::new_v4());
        }
        newest.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_has_one_number_and_the_next_one_another() {
        let visitor = Visitor::default();
        let first = visitor.of(0);
        assert_eq!(visitor.clone().of(0), first);
        let second = visitor.of(1);
        assert!(second != first && !second.is_nil());
        assert_eq!(visitor.of(1), second);
    }
}
