//! `knytt inspect`: what a catalogue holds and what was refused.

use std::fmt::Write as _;

use anyhow::Result;
use knytt_engine::{ClassifierRule, Field, Filter, Info, Origin, QuarantineRow, Snapshot};
use knytt_models::{SafetyClassifier, user_models};
use serde::Serialize;

use crate::args::InspectArgs;
use crate::catalog::{self, explain};
use crate::failure::Failure;
use crate::output::{self, Column, bytes, counted, number, quiet};

/// The JSON of `knytt inspect --json`; see docs/json.md. Names here are a promise.
#[derive(Serialize)]
struct Inspection {
    path: String,
    #[serde(flatten)]
    info: Info,
    /// Folder or feed of the last build.
    source: Option<String>,
    /// Where its model was then.
    model_path: Option<String>,
    categories: Vec<Count>,
    attributes: Vec<String>,
    quarantine: Vec<QuarantineRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<Check>,
}

#[derive(Serialize)]
struct Count {
    value: String,
    products: u64,
}

#[derive(Serialize)]
struct Check {
    sound: bool,
    products: u64,
    faults: u64,
    described: Vec<String>,
}

/// Prints what is in the catalogue; with `--check`, whether all of it fits together.
///
/// # Errors
/// No catalogue, or `--check` found a fault.
pub fn run(args: &InspectArgs) -> Result<()> {
    let catalog = catalog::open(&args.catalog)?;
    let inspection = inspect(args, &catalog.read()?)?;
    if args.json {
        output::json(&inspection)?;
    } else {
        output::text(&inspection.text()?)?;
    }
    match inspection.check {
        Some(Check { sound: false, faults, .. }) => {
            Err(Failure::new(format!("the catalogue has {}", counted(faults, "fault")))
                .hint("build it again: knytt build PICTURES --catalog DIR --rebuild")
                .into())
        }
        _ => Ok(()),
    }
}

fn inspect(args: &InspectArgs, snapshot: &Snapshot) -> Result<Inspection> {
    let note = Origin::read(&args.catalog);
    let counts = snapshot.facet_counts(&Field::Category, &Filter::default()).map_err(explain)?;
    let check = if args.check { Some(snapshot.check().map_err(explain)?) } else { None };
    Ok(Inspection {
        path: args.catalog.display().to_string(),
        info: snapshot.info().map_err(explain)?,
        source: note.source,
        model_path: note.model,
        categories: counts.into_iter().map(|(value, products)| Count { value, products }).collect(),
        attributes: snapshot.attributes().map_err(explain)?,
        quarantine: snapshot.quarantined().map_err(explain)?,
        check: check.map(|report| Check {
            sound: report.is_sound(),
            products: report.products,
            faults: report.faults,
            described: report.described,
        }),
    })
}

const CATEGORIES: &[Column] = &[
    Column { head: "category", widest: 40, right: false },
    Column { head: "products", widest: 12, right: true },
];

const DATABASES: &[Column] = &[
    Column { head: "stored", widest: 20, right: false },
    Column { head: "entries", widest: 14, right: true },
    Column { head: "size", widest: 12, right: true },
];

const QUARANTINE: &[Column] = &[
    Column { head: "set aside", widest: 48, right: false },
    Column { head: "code", widest: 24, right: false },
    Column { head: "reason", widest: 400, right: false },
];

impl Inspection {
    fn text(&self) -> Result<String> {
        let info = &self.info;
        let mut text = String::new();
        let further = match info.further_pictures {
            0 => String::new(),
            count => format!(", {}", counted(count, "further picture")),
        };
        writeln!(text, "{}: {}{further}", self.path, counted(info.products, "product"))?;
        writeln!(
            text,
            "model {} ({}), {} dimensions",
            info.model_name,
            info.fingerprint.short(),
            info.dimension
        )?;
        if let Some(source) = &self.source {
            writeln!(text, "built from {}", output::plain(source))?;
        }
        writeln!(
            text,
            "{} on disk, release {}, schema {}",
            bytes(info.disk_bytes),
            info.release,
            info.schema_version
        )?;
        self.write_safety(&mut text)?;
        if !self.attributes.is_empty() {
            writeln!(text, "also filtered by {}", output::plain(&self.attributes.join(", ")))?;
        }
        if !self.categories.is_empty() {
            let rows: Vec<_> =
                self.categories.iter().map(|c| vec![c.value.clone(), number(c.products)]).collect();
            write!(text, "\n{}", output::table(CATEGORIES, &rows))?;
        }
        let sizes = info.databases.iter().map(|d| vec![d.name.clone(), number(d.entries), bytes(d.bytes)]);
        write!(text, "\n{}", output::table(DATABASES, &sizes.collect::<Vec<_>>()))?;
        self.write_quarantine(&mut text)?;
        self.write_check(&mut text)?;
        Ok(text)
    }

    fn write_safety(&self, text: &mut String) -> Result<()> {
        let Some(safety) = &self.info.safety else { return Ok(()) };
        if let Some(share) = safety.threshold {
            writeln!(text, "refuses pictures by prompts, from a share of {share} on")?;
        }
        if let Some(ClassifierRule { name, fingerprint, threshold }) = &safety.classifier {
            let is_here = user_models().is_some_and(|it| SafetyClassifier::find(&it, fingerprint).is_some());
            let here = if is_here { "" } else { "; it is not on this device, which judges without it" };
            let name = output::plain(name);
            writeln!(
                text,
                "refuses pictures by the classifier {name}, from a score of {threshold} on{here}"
            )?;
        }
        Ok(())
    }

    fn write_quarantine(&self, text: &mut String) -> Result<()> {
        if self.quarantine.is_empty() {
            return Ok(writeln!(text, "\n{}", quiet("nothing was set aside"))?);
        }
        // A shop knows its products by id and title, not by lines of a file.
        let product = |q: &QuarantineRow| match (q.id.as_str(), q.title.as_str()) {
            ("", "") => String::new(),
            (id, _) if id == q.source => String::new(),
            (id, "") => format!("{id}: "),
            (id, title) => format!("{id} {title:?}: "),
        };
        let row =
            |q: &QuarantineRow| vec![q.source.clone(), q.code.clone(), format!("{}{}", product(q), q.reason)];
        let rows: Vec<_> = self.quarantine.iter().map(row).collect();
        Ok(write!(text, "\n{}", output::table(QUARANTINE, &rows))?)
    }

    fn write_check(&self, text: &mut String) -> Result<()> {
        let Some(check) = &self.check else { return Ok(()) };
        let verdict = if check.sound { "sound" } else { "damaged" };
        writeln!(text, "\nchecked {}: {verdict}", counted(check.products, "product"))?;
        check.described.iter().try_for_each(|fault| writeln!(text, "  {}", output::plain(fault)))?;
        Ok(())
    }
}
