//! Searches that take part in an experiment: which settings they obey, and two rankings as one list. The search service
//! and the app obey the same document by the same code, so whoever asks is in the same arm in both.

use std::collections::HashSet;
use std::sync::Arc;

use knytt_engine::{Assignment, CompiledRules, Experiment, SearchSession, Weights};
use knytt_ui_api::{Hit, Problem, SearchRequest, SearchResponse, Sort};
use knytt_wire::{Participation, Uuid};

use super::person::Person;
use super::picture::QueryPicture;
use super::search::answer;

/// What is obeyed in place of what all others obey.
#[derive(Clone, Default)]
pub struct ArmSettings {
    rules: Option<Arc<CompiledRules>>,
    weights: Option<Weights>,
}

impl ArmSettings {
    /// A session that obeys them. Without any it is the same session.
    pub fn session(&self, of_all: &SearchSession) -> SearchSession {
        let session = match &self.rules {
            Some(rules) => of_all.with_rules(rules.clone()),
            None => of_all.clone(),
        };
        match self.weights {
            Some(weights) => session.with_weights(weights),
            None => session,
        }
    }
}

/// An experiment that searches here obey.
pub struct RunningExperiment {
    id: Uuid,
    document: Experiment,
    arms: Vec<ArmSettings>,
}

impl RunningExperiment {
    /// Prepares a document that was checked.
    ///
    /// # Errors
    /// Its rules cannot be read, or its id is no UUID.
    pub fn new(document: Experiment) -> Result<Self, String> {
        let id = document.id.parse().map_err(|_| format!("{:?} is no UUID", document.id))?;
        let arm = |arm: &knytt_engine::ExperimentArm| {
            let rules = arm.rules.clone().map(CompiledRules::new).transpose();
            let rules = rules.map_err(|error| error.to_string())?.map(Arc::new);
            Ok(ArmSettings { rules, weights: arm.weights })
        };
        let arms = document.arms.iter().map(arm).collect::<Result<_, String>>()?;
        Ok(Self { id, document, arms })
    }

    /// What tells it from others.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// What it does for who asks at this moment; nothing for who is in none of its shares.
    pub fn part(self: Arc<Self>, who: &[u8], at_ms: i64) -> Option<TakingPart> {
        let assignment = self.document.assign(who).filter(|_| self.document.runs_at(at_ms))?;
        Some(TakingPart { running: self, assignment, who: who.to_vec() })
    }
}

/// A search that takes part.
pub struct TakingPart {
    running: Arc<RunningExperiment>,
    assignment: Assignment,
    who: Vec<u8>,
}

impl TakingPart {
    /// How events name it.
    pub fn participation(&self) -> Participation {
        let arm = match self.assignment {
            Assignment::Arm(arm) => u8::try_from(arm).ok(),
            Assignment::Interleaved => None,
        };
        Participation { id: self.running.id, arm }
    }

    /// The settings of each ranking that is needed: one, or the control's and the variant's.
    pub fn settings(&self) -> &[ArmSettings] {
        match self.assignment {
            Assignment::Arm(arm) => self.running.arms.get(arm..=arm).unwrap_or_default(),
            Assignment::Interleaved => &self.running.arms,
        }
    }

    /// What tells the lists of this experiment and visitor from others.
    pub fn seed(&self) -> Vec<u8> {
        [self.running.id.as_bytes(), self.who.as_slice()].concat()
    }

    /// Whether two rankings are merged.
    pub fn is_merged(&self) -> bool {
        self.assignment == Assignment::Interleaved
    }

    /// The list of both, of at most as many hits as the longer one has, each with its team. All else is the control's,
    /// unless that found nothing. `search` tells this search from others.
    pub fn merge(&self, search: &[u8], control: &SearchResponse, variant: &SearchResponse) -> SearchResponse {
        let hits = [control, variant].map(|response| distinct(&response.hits));
        let ids = hits.each_ref().map(|hits| hits.iter().map(|hit| hit.card.id.as_str()).collect::<Vec<_>>());
        let drafted =
            self.running.document.interleave(&self.who, search, [ids[0].as_slice(), ids[1].as_slice()]);
        let longest = hits[0].len().max(hits[1].len());
        let hit = |drafted: knytt_engine::Drafted| Hit {
            team: u8::try_from(drafted.team).ok(),
            ..hits[drafted.team][drafted.place].clone()
        };
        let merged = drafted.into_iter().take(longest).map(hit).collect();
        let rest = if control.hits.is_empty() { variant } else { control };
        SearchResponse { hits: merged, ..rest.clone() }
    }
}

/// Answers a request with the settings that `part` says.
///
/// # Errors
/// Those of [`answer`].
pub fn answer_with(
    part: Option<&TakingPart>,
    session: &SearchSession,
    request: &SearchRequest,
    picture: QueryPicture,
    person: &Person,
) -> Result<SearchResponse, Problem> {
    // Hits in an order of their own are no ranking that another could be merged with.
    let part = part.filter(|part| !part.is_merged() || request.sort == Sort::Match);
    match part.map(TakingPart::settings) {
        Some([control, variant]) if part.is_some_and(TakingPart::is_merged) => {
            let of_control = answer(&control.session(session), request, picture.clone(), person)?;
            let of_variant = answer(&variant.session(session), request, picture, person)?;
            Ok(part
                .map_or(of_control.clone(), |part| part.merge(&question(request), &of_control, &of_variant)))
        }
        Some([settings]) => answer(&settings.session(session), request, picture, person),
        _ => answer(session, request, picture, person),
    }
}

/// What tells a search from others, however much of its answer is asked for.
fn question(request: &SearchRequest) -> Vec<u8> {
    let same = SearchRequest { ticket: 0, limit: 0, typing: false, ..request.clone() };
    format!("{same:?}").into_bytes()
}

/// Hits, each product once.
fn distinct(hits: &[Hit]) -> Vec<&Hit> {
    let mut seen = HashSet::new();
    hits.iter().filter(|hit| seen.insert(hit.card.id.as_str())).collect()
}
