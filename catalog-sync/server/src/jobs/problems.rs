//! What a job set aside: rows and pictures, each with its place and reason.

use sqlx::Row as _;

use crate::db::{self, Columns, Database, Tx};

/// What is kept of one job.
pub const KEPT: usize = 50_000;

/// The longest text of a problem, in letters.
const LONGEST: usize = 1_000;

/// Something that was set aside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundProblem {
    /// Its number in the job.
    pub n: i64,
    /// The file, or the feed and its line, as in `feed:17`.
    pub place: String,
    /// The line; 0 if it has none.
    pub line: i64,
    /// The id of the product that it would be.
    pub product: String,
    /// The title of that product.
    pub title: String,
    /// A stable name of the kind of fault.
    pub code: String,
    /// The fault, for people.
    pub reason: String,
}

/// Which problems are wanted.
#[derive(Clone, Debug, Default)]
pub struct Selected<'a> {
    /// Of this kind.
    pub code: Option<&'a str>,
    /// With this text in the place, the id, the title or the reason, in lower case.
    pub text: Option<&'a str>,
    /// After this number.
    pub after: i64,
    pub limit: u32,
}

/// Replaces those of a job.
pub(super) async fn replace(
    db: &Database,
    tx: &mut Tx,
    job: &str,
    found: &[FoundProblem],
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM job_problems WHERE job = $1").bind(job.to_owned()).execute(&mut **tx).await?;
    let columns = Columns {
        into: "job_problems (job, n, place, line, product, title, code, reason)",
        count: 8,
        after: "",
    };
    let rows: Vec<(i64, &FoundProblem)> = (1..).zip(found.iter().take(KEPT)).collect();
    let queries = db::insert(db, &columns, &rows, |query, (n, problem)| {
        query
            .bind(job.to_owned())
            .bind(*n)
            .bind(short(&problem.place))
            .bind(problem.line)
            .bind(short(&problem.product))
            .bind(short(&problem.title))
            .bind(short(&problem.code))
            .bind(short(&problem.reason))
    });
    for query in queries {
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

/// PostgreSQL stores no zero letter.
fn short(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(LONGEST).collect()
}

/// The problems of a job that are wanted, in the feed's order.
pub async fn problems(
    db: &Database,
    job: &str,
    selected: &Selected<'_>,
) -> Result<Vec<FoundProblem>, sqlx::Error> {
    // `%` and `_` in what is looked for stand for themselves.
    let text = selected.text.unwrap_or_default().to_lowercase();
    let text = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let rows = sqlx::query(
        "SELECT n, place, line, product, title, code, reason FROM job_problems \
         WHERE job = $1 AND n > $2 AND ($3 = '' OR code = $3) AND ($4 = '%%' OR LOWER(place) LIKE $4 ESCAPE '\\' \
         OR LOWER(product) LIKE $4 ESCAPE '\\' OR LOWER(title) LIKE $4 ESCAPE '\\' OR LOWER(reason) LIKE $4 ESCAPE '\\') \
         ORDER BY n LIMIT $5",
    )
    .bind(job.to_owned())
    .bind(selected.after)
    .bind(selected.code.unwrap_or_default().to_owned())
    .bind(format!("%{text}%"))
    .bind(i64::from(selected.limit))
    .fetch_all(db.pool())
    .await?;
    let read = |row: &sqlx::any::AnyRow| {
        Ok(FoundProblem {
            n: row.try_get(0)?,
            place: row.try_get(1)?,
            line: row.try_get(2)?,
            product: row.try_get(3)?,
            title: row.try_get(4)?,
            code: row.try_get(5)?,
            reason: row.try_get(6)?,
        })
    };
    rows.iter().map(read).collect()
}
