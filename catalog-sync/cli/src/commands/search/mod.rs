//! `knytt search`

mod answer;
mod args;
mod ingredient;
mod page;
mod table;

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use image::RgbImage;
use knytt_engine::{Catalog, Field, Filter, Gtin, Query, QueryImage, SearchSession};
use knytt_models::decode::{Limits, decode};

use self::answer::Answer;
use crate::catalog::{self, explain};
use crate::commands::taste;
use crate::failure::Failure;
use crate::model;
use crate::output;
use crate::source::read_limited;
use crate::weight;

pub use self::args::SearchArgs;

/// Searches and shows the hits in the form that was asked for.
///
/// # Errors
/// No catalogue, a query that cannot be read, a filter that names nothing.
pub fn run(mut args: SearchArgs) -> Result<()> {
    args.query = args.query.settled();
    let args = &args;
    let filter = Filter::parse(&args.filters).map_err(|e| Failure::usage(e.to_string()))?;
    let catalog = catalog::open(&args.catalog)?;
    let picture = args.query.image.as_deref().map(read_query).transpose()?;
    let session = session(&catalog, args)?;
    let query = query(args, &catalog, filter, picture.clone())?;
    let answer = match &args.query.like {
        Some(id) if args.goes_with => Answer::goes_with(&catalog, id, &query)?,
        _ => Answer::new(&catalog, session.search(&query).map_err(|error| refuse(error, args))?)?,
    };
    model::tell_of_its_device(session.encoder());
    if !session.encoder().embeds_words() && (query.text.is_some() || !query.without.is_empty()) {
        eprintln!("note: this model knows pictures only: words are searched in the texts");
    }
    match (&args.html, args.json) {
        (Some(path), _) => write_page(path, &catalog, args, &query, picture.as_deref(), &answer),
        (None, true) => output::json(&answer),
        (None, false) => output::text(&table::render(&answer, args.why)),
    }
}

fn query(args: &SearchArgs, catalog: &Catalog, filter: Filter, picture: Option<Vec<u8>>) -> Result<Query> {
    let gtin = args.query.gtin.as_ref().map(Gtin::as_str);
    let has_gtin = |number| Filter::default().with(Field::Gtin, number);
    let text = args.query.text.as_deref().map(|text| some_words(text, "--text")).transpose()?;
    let without = args.without.iter().map(|text| some_words(text, "--without")).collect::<Result<_>>()?;
    let cheaper = match &args.query.like {
        Some(id) if args.cheaper => catalog.read()?.cheaper_than(id).map_err(explain)?,
        _ => Filter::default(),
    };
    let taste = args.taste.as_deref().map(taste::read).transpose()?;
    Ok(Query {
        image: picture.map(QueryImage::Encoded),
        // As words, the number is a condition and asks for nothing else.
        text: text.or(gtin.map(str::to_owned)),
        literal: args.literal && gtin.is_none(),
        typing: args.typing,
        product: args.query.like.clone(),
        without,
        mix: args.query.add.iter().map(|what| what.open(read_query)).collect::<Result<_>>()?,
        alpha: args.alpha,
        filter: filter.and(&cheaper).and(&gtin.map(has_gtin).unwrap_or_default()),
        k: args.k,
        strategy: args.index.into(),
        weights: weight::weights(catalog.info()?.weights, &args.weights),
        taste: taste.map(Arc::new),
        language: args.language.clone(),
        ..Query::default()
    })
}

fn session(catalog: &Catalog, args: &SearchArgs) -> Result<SearchSession> {
    let encoder =
        model::of_catalog(catalog, &args.catalog, args.model.model.as_deref(), &args.model.options())?;
    let session = SearchSession::new(catalog.clone(), encoder).map_err(explain)?;
    if (args.query.image.is_some() || !args.query.add.is_empty())
        && let Some(name) = session.missing_classifier().map_err(explain)?
    {
        model::tell_of_missing_classifier(&name);
    }
    Ok(session)
}

/// The query picture's bytes, from a file, a pipe, or standard input.
fn read_query(path: &Path) -> Result<Vec<u8>> {
    let limits = Limits::default();
    if path == Path::new("-") {
        let name = Path::new("standard input");
        return read_limited(std::io::stdin(), name, &limits)
            .map_err(|(_, reason)| unreadable(name, &reason));
    }
    let file = std::fs::File::open(path).map_err(|e| unreadable(path, &e.to_string()))?;
    read_limited(file, path, &limits).map_err(|(_, reason)| unreadable(path, &reason))
}

fn some_words(text: &str, argument: &str) -> Result<String> {
    if text.trim().is_empty() {
        return Err(Failure::usage(format!("{argument} has no word to search for")).into());
    }
    Ok(text.into())
}

fn unreadable(path: &Path, reason: &str) -> anyhow::Error {
    Failure::new(format!("cannot search with {}: {reason}", path.display())).into()
}

/// The engine does not know which file the picture came from.
fn refuse(error: knytt_engine::Error, args: &SearchArgs) -> anyhow::Error {
    use knytt_engine::Error as E;
    match (&error, &args.query.image) {
        (E::Model(knytt_models::Error::Decode(reason)), Some(path)) => unreadable(path, &reason.to_string()),
        (E::Filter(_) | E::InvalidQuery(_), _) => Failure::usage(error.to_string()).into(),
        _ => explain(error),
    }
}

fn write_page(
    path: &Path,
    catalog: &Catalog,
    args: &SearchArgs,
    query: &Query,
    picture: Option<&[u8]>,
    answer: &Answer,
) -> Result<()> {
    let picture = picture.map(shown).transpose()?;
    let page = page::page(catalog, args, query, picture.as_ref(), answer)?;
    if path == Path::new("-") {
        return output::text(&page.render());
    }
    fs_err::write(path, page.render())?;
    output::text(&format!("{}\n", path.display()))
}

fn shown(bytes: &[u8]) -> Result<RgbImage> {
    Ok(decode(bytes, &Limits::default(), Some(page::QUERY_SIDE / 2))?)
}
