//! What the rules do to one query on one state of a catalogue.

use roaring::RoaringBitmap;
use serde::Serialize;

use crate::catalog::snapshot::Snapshot;
use crate::error::Result;
use crate::merchandise::compiled::{Asked, CompiledAction, CompiledRule, CompiledRules};
use crate::merchandise::replaced::{Chains, Successors};
use crate::product::derived::is_sold_out;
use crate::product::field::Field;
use crate::product::filter::Filter;
use crate::store::facet_bitmaps::has_field;

/// What the rules do to one query. The default does nothing.
#[derive(Clone, Debug, Default)]
pub struct Guidance {
    /// What hits must pass, besides the query's own filter.
    pub(crate) filter: Filter,
    pub(crate) boosts: Vec<Boost>,
    /// By their places, of which each has one pin.
    pub(crate) pins: Vec<Pin>,
    /// What takes the place of what.
    pub(crate) successors: Successors,
    /// What is shown.
    pub shown: Guided,
}

/// What the rules add to an answer, besides the order of its hits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Guided {
    /// A text to show above the hits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub banner: Option<String>,
    /// The address of a page of the shop that may fit better.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect: Option<String>,
    /// The rules that apply, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleName>,
    /// What was searched for besides the typed words, by synonyms.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
}

/// Names a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleName {
    /// Its id.
    pub id: String,
    /// Its name for people; empty if it has none.
    pub name: String,
}

/// What a rule did to a hit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleEffect {
    /// The rule.
    pub rule: RuleName,
    /// What it did.
    pub did: RuleDid,
}

/// What a rule can do to a hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleDid {
    /// It put the hit in its place.
    Pinned,
    /// It ranked the hit higher.
    Boosted,
    /// It ranked the hit lower.
    Buried,
}

/// Products whose scores change.
#[derive(Clone, Debug)]
pub(crate) struct Boost {
    pub(crate) items: RoaringBitmap,
    pub(crate) by: f32,
    pub(crate) rule: RuleName,
}

/// A product with its place, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pin {
    pub(crate) item: u32,
    pub(crate) place: usize,
    pub(crate) rule: RuleName,
    /// The item that the rule names, if it is replaced.
    pub(crate) replaces: Option<u32>,
}

impl CompiledRules {
    /// What the rules that apply do to a query whose hits must pass `asked.filter`.
    pub(crate) fn guide(&self, snapshot: &Snapshot, asked: &Asked<'_>) -> Result<Guidance> {
        let mut guidance = Guidance::default();
        let mut pins = Vec::new();
        for rule in self.applying(asked) {
            guidance.shown.rules.push(rule.name());
            for action in &rule.actions {
                guidance.take(snapshot, rule, action, &mut pins)?;
            }
        }
        let chains = self.chains(snapshot)?;
        if !pins.is_empty() || chains.is_some() {
            let among = snapshot.matching(&asked.filter.clone().narrowed(&guidance.filter))?;
            guidance.pins = places(snapshot, pins, &among, chains.as_deref())?;
            guidance.successors = chains.map(|chains| chains.among(&among)).unwrap_or_default();
        }
        Ok(guidance)
    }
}

impl CompiledRule {
    fn name(&self) -> RuleName {
        RuleName { id: self.id.clone(), name: self.name.clone() }
    }
}

impl Guidance {
    /// What hits must pass besides the query's own filter.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// What rules add to the score of an item; `None` if none does.
    pub(crate) fn boost(&self, item: u32) -> Option<f32> {
        let boosts = self.boosts.iter().filter(|boost| boost.items.contains(item));
        boosts.map(|boost| boost.by).reduce(|a, b| a + b)
    }

    /// What rules did to a hit of `item`, whose score is that of `scored`.
    pub(crate) fn effects(&self, item: u32, scored: u32, is_pinned: bool) -> Vec<RuleEffect> {
        let pins = self.pins.iter().filter(|pin| is_pinned && pin.item == item);
        let pinned = pins.map(|pin| RuleEffect { rule: pin.rule.clone(), did: RuleDid::Pinned });
        let boosts = self.boosts.iter().filter(|boost| boost.items.contains(scored));
        let weighed = boosts.map(|boost| RuleEffect {
            rule: boost.rule.clone(),
            did: if boost.by > 0.0 { RuleDid::Boosted } else { RuleDid::Buried },
        });
        pinned.chain(weighed).collect()
    }

    /// The item in whose place a pin put `item`.
    pub(crate) fn pinned_for(&self, item: u32) -> Option<u32> {
        self.pins.iter().find(|pin| pin.item == item)?.replaces
    }

    /// Takes over one action. Where several rules show something, the first one does.
    fn take(
        &mut self,
        snapshot: &Snapshot,
        rule: &CompiledRule,
        action: &CompiledAction,
        pins: &mut Vec<(String, usize, RuleName)>,
    ) -> Result<()> {
        match action {
            CompiledAction::Pin { product, place } => pins.push((product.clone(), *place, rule.name())),
            CompiledAction::Weigh { what, by } => {
                let mut items = RoaringBitmap::new();
                for filter in known(snapshot, what)? {
                    items |= snapshot.matching(filter)?;
                }
                self.boosts.push(Boost { items, by: *by, rule: rule.name() });
            }
            CompiledAction::Hide(what) => {
                for filter in known(snapshot, what)? {
                    self.filter = std::mem::take(&mut self.filter).hiding(filter);
                }
            }
            CompiledAction::Narrow(filter) => {
                for filter in known(snapshot, std::slice::from_ref(filter))? {
                    self.filter = std::mem::take(&mut self.filter).narrowed(filter);
                }
            }
            CompiledAction::Banner(text) => {
                self.shown.banner.get_or_insert_with(|| text.clone());
            }
            CompiledAction::Redirect(address) => {
                self.shown.redirect.get_or_insert_with(|| address.clone());
            }
        }
        Ok(())
    }
}

/// The filters whose fields the catalogue has. A rule must not fail a search because a column left the feed.
fn known<'f>(snapshot: &Snapshot, filters: &'f [Filter]) -> Result<Vec<&'f Filter>> {
    let mut found = Vec::with_capacity(filters.len());
    for filter in filters {
        let mut is_known = true;
        for field in filter.fields().filter(|field| matches!(field, Field::Attribute(_))) {
            is_known &= has_field(snapshot.view(), field)?;
        }
        found.extend(Some(filter).filter(|_| is_known));
    }
    Ok(found)
}

/// The pins of products that are `among` those that may be hits and can be bought. The pin of a product that is replaced
/// is that of its successor. Of one product the first pin counts. Where two want one place, the first one has it, and the
/// other has the next.
fn places(
    snapshot: &Snapshot,
    asked: Vec<(String, usize, RuleName)>,
    among: &RoaringBitmap,
    chains: Option<&Chains>,
) -> Result<Vec<Pin>> {
    let mut pins: Vec<Pin> = Vec::new();
    for (id, place, rule) in asked {
        let Some(named) = snapshot.item(&id)? else { continue };
        let successor = chains.and_then(|chains| chains.last_link(named, among));
        let item = successor.unwrap_or(named);
        if !among.contains(item)
            || pins.iter().any(|pin| pin.item == item)
            || is_sold_out(&snapshot.product_at(item)?)
        {
            continue;
        }
        pins.push(Pin { item, place, rule, replaces: successor.map(|_| named) });
    }
    pins.sort_by_key(|pin| pin.place);
    let mut last = 0;
    for pin in &mut pins {
        pin.place = pin.place.max(last + 1);
        last = pin.place;
    }
    Ok(pins)
}
