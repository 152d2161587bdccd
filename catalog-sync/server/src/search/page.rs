//! A page of an answer, as it is sent.

use std::net::IpAddr;
use std::sync::Arc;

use knytt_ui_api::{Facet, Guided, Hit, PriceBounds, SearchResponse, Timings, Understood, Verdict};
use knytt_wire::Participation;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::catalogs::{OpenCatalog, State};
use super::cursor::Cursor;
use crate::feedback::normal;
use crate::insights::{Counted, QueryEmbeddings};
use crate::tokens::{self, Claim, Keys};
use crate::way::{Kind, Way};

/// An answer, and what it is an answer to.
pub struct Answered {
    /// The state of the catalogue that it is of.
    pub state: State,
    /// The search.
    pub digest: blake3::Hash,
    /// All hits.
    pub response: Arc<SearchResponse>,
    /// What the query was for the model.
    pub embeddings: QueryEmbeddings,
}

/// A page of hits.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchPage {
    /// Unique to this answer; feedback on its hits names it.
    pub query_id: String,
    /// What ties feedback to this answer, for a day: events that carry it rank products.
    pub feedback_token: String,
    /// The catalogue that was searched.
    pub catalog: String,
    /// Its release; 0 if it was built where it is searched.
    pub release: u32,
    /// What to make of the hits.
    pub verdict: Verdict,
    /// In the order asked for.
    pub hits: Vec<Hit>,
    /// Products that pass the filters.
    pub matched: u32,
    /// Hits before this page.
    pub offset: u32,
    /// The cursor of the next page; absent on the last one.
    pub next: Option<String>,
    /// What can be filtered by, with counts under the present filters.
    pub facets: Vec<Facet>,
    /// The prices among what the other filters let through.
    pub price_bounds: Option<PriceBounds>,
    /// How the words were read.
    pub understood: Understood,
    /// How long each stage took when the answer was made, in milliseconds.
    pub timings: Timings,
    /// What the shop's rules add; absent if they add nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guided: Option<Guided>,
}

/// A page and what its headers say.
pub struct Page {
    /// The body.
    pub body: SearchPage,
    /// The strong validator: the same for the same page of the same state.
    pub etag: String,
    /// Whether the answer was kept from before.
    pub is_cached: bool,
    /// What is counted of it, once it is signed.
    pub counted: Option<Counted>,
    /// The experiment that the search took part in.
    part: Option<Participation>,
    embeddings: QueryEmbeddings,
    commit: u64,
}

impl Page {
    /// Cuts the page that begins at `offset`.
    pub fn cut(
        answered: &Answered,
        catalog: &OpenCatalog,
        offset: usize,
        size: usize,
        is_cached: bool,
    ) -> Self {
        let Answered { state, digest, response, embeddings } = answered;
        let all = response.hits.len();
        let (start, end) = (offset.min(all), offset.saturating_add(size).min(all));
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let next = (end < all).then(|| Cursor::new(place(end), *state, digest).to_string());
        let body = SearchPage {
            query_id: Uuid::now_v7().to_string(),
            feedback_token: String::new(),
            catalog: catalog.summary.id.clone(),
            release: u32::try_from(state.release).unwrap_or(u32::MAX),
            verdict: response.verdict,
            hits: response.hits.get(start..end).unwrap_or_default().to_vec(),
            matched: response.matched,
            offset: place(start),
            next,
            facets: response.facets.clone(),
            price_bounds: response.price_bounds.clone(),
            understood: response.understood.clone(),
            timings: response.timings,
            guided: response.guided.clone(),
        };
        let etag = format!("\"{state}-{}-{start}-{end}-e\"", &digest.to_hex()[..16]);
        let (embeddings, commit) = (embeddings.clone(), state.commit);
        Self { body, etag, is_cached, counted: None, part: None, embeddings, commit }
    }

    /// The page of a search that took part in an experiment.
    pub fn of_part(self, part: Option<Participation>) -> Self {
        Self { part, ..self }
    }

    /// The page without what only staff asks about: which rules apply, and what they did to each hit.
    pub fn unexplained(mut self) -> Self {
        self.etag = self.etag.replace("-e\"", "\"");
        for hit in &mut self.body.hits {
            hit.effects.clear();
            hit.replaces = None;
        }
        let shown =
            self.body.guided.take().map(|guided| Guided { rules: Vec::new(), also: Vec::new(), ..guided });
        self.body.guided = shown.filter(|guided| *guided != Guided::default());
        self
    }

    /// Gives the answer the token that ties feedback to it, and says what is counted of it.
    pub fn sign(mut self, keys: &Keys, asked: &Asked<'_>) -> Self {
        let visitor = keys.visitor(asked.address);
        // To look around is no search.
        let part = self.part.filter(|_| asked.way.kind != Kind::Browse);
        let who = asked.visitor.map_or(visitor, |name| keys.visitor_of_name(name));
        let claim = Claim {
            query_id: self.body.query_id.parse().unwrap_or_default(),
            release: u64::from(self.body.release),
            commit: self.commit,
            words: tokens::hash(&normal(asked.words)),
            visitor,
            issued_secs: u32::try_from(tokens::now_secs()).unwrap_or(u32::MAX),
            way: Some(asked.way),
            part,
        };
        self.body.feedback_token = keys.sign(&self.body.catalog, &claim);
        let Timings { decode, embed, search, rank, .. } = self.body.timings;
        let is_empty = self.body.hits.is_empty();
        let nearest = self.body.hits.iter().max_by(|a, b| a.similarity.total_cmp(&b.similarity));
        self.counted = Some(Counted {
            catalog: self.body.catalog.clone(),
            release: i64::from(self.body.release),
            way: asked.way,
            visitor,
            part: part.map(|part| (part, who)),
            is_first_page: self.body.offset == 0,
            is_typing: asked.is_typing,
            is_empty,
            is_no_good_match: !is_empty && self.body.verdict == Verdict::NoGoodMatch,
            is_cached: self.is_cached,
            similarity: nearest.map(|hit| hit.similarity),
            category: nearest.map(|hit| hit.card.category.clone()),
            language: asked.language.map(str::to_owned),
            embeddings: std::mem::take(&mut self.embeddings),
            stages: [("decode", decode), ("embed", embed), ("search", search), ("rank", rank)],
        });
        self
    }
}

/// Who asked what, as far as it is counted.
pub struct Asked<'a> {
    /// The words.
    pub words: &'a str,
    /// Whether the last of them may be unfinished.
    pub is_typing: bool,
    /// How the search came.
    pub way: Way,
    /// The shopper's language, if the request says it.
    pub language: Option<&'a str>,
    /// The name that the request has for who asks.
    pub visitor: Option<&'a str>,
    /// Where it came from.
    pub address: Option<IpAddr>,
}
