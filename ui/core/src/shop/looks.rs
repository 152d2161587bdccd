//! Pictures with products on them.

use knytt_engine::{ListRules, SearchSession};
use knytt_ui_api::{Code, Problem, ShownLook, ShownSpot};

use super::person::Person;
use crate::problem::of_engine;

/// The looks of the shop; with `product`, those that it is on.
///
/// # Errors
/// The catalogue cannot be read.
pub fn looks(
    session: &SearchSession,
    product: Option<&str>,
    person: &Person,
) -> Result<Vec<ShownLook>, Problem> {
    let snapshot = session.catalog().read().map_err(of_engine)?;
    let rules = session.rules(&snapshot).map_err(of_engine)?;
    let obeyed = ListRules { rules: rules.as_deref(), language: person.language.as_deref() };
    let looks = snapshot.looks(product, obeyed).map_err(of_engine)?;
    let shown = |look: knytt_engine::ShownLook| ShownLook {
        id: look.id,
        title: look.title,
        version: look.version,
        width: look.size.0,
        height: look.size.1,
        spots: look
            .spots
            .iter()
            .map(|(x, y, product)| ShownSpot { x: *x, y: *y, card: person.card(product) })
            .collect(),
    };
    Ok(looks.into_iter().map(shown).collect())
}

/// The picture of a look: a JPEG.
///
/// # Errors
/// There is no such look.
pub fn look_picture(session: &SearchSession, id: &str) -> Result<Vec<u8>, Problem> {
    let snapshot = session.catalog().read().map_err(of_engine)?;
    let rules = session.rules(&snapshot).map_err(of_engine)?;
    let picture = rules.as_ref().and_then(|rules| rules.look_picture(id)).map(<[u8]>::to_vec);
    picture.ok_or_else(|| Problem::new(Code::NotFound, format!("there is no look {id:?}")))
}
