//! Many rows in one statement, written the same way for both databases.

use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe, Error, Row as _};

use super::{Database, Tx};

/// Rows of one statement at most. PostgreSQL takes 65,535 values in all.
const POSTGRES_ROWS: usize = 512;

/// SQLite takes 32,766 values in all; this many rows of the widest table are far below that.
const SQLITE_ROWS: usize = 64;

/// A statement that inserts rows: `INSERT INTO {into} VALUES {rows} {after}`.
pub struct Columns {
    /// The table with its columns: `events (id, name)`.
    pub into: &'static str,
    /// How many columns.
    pub count: usize,
    /// What follows the rows: `ON CONFLICT DO NOTHING RETURNING id`.
    pub after: &'static str,
}

/// Rows of which those that are new or changed are counted by some of their columns.
pub struct CountedColumns {
    /// The table with its columns: `seen (catalog, day, visitor)`.
    pub into: &'static str,
    /// How many columns.
    pub count: usize,
    /// What becomes of a row that is there: `ON CONFLICT DO NOTHING`.
    pub conflict: &'static str,
    /// What they are counted by: `catalog, day`.
    pub by: &'static str,
}

/// The bound query of a statement over rows.
pub type RowsQuery = Query<'static, Any, AnyArguments>;

/// The statements that insert these rows. Their sizes are powers of two, so that a connection soon knows
/// them all and plans none again.
pub fn insert<R>(
    db: &Database,
    columns: &Columns,
    rows: &[R],
    bind: impl Fn(RowsQuery, &R) -> RowsQuery,
) -> Vec<RowsQuery> {
    let sql = |size| match db.is_sqlite() {
        true => statement(columns, size, plain),
        false => statement(columns, size, numbered),
    };
    statements(rows, most_rows(db), sql, bind)
}

/// Inserts rows, and calls `each` with the values of `columns.by` and how many new or changed rows have them.
///
/// PostgreSQL counts them itself, because to send each of them back takes about as long as to store it. SQLite, which
/// counts none of what it inserts, has `each` called for each row.
pub async fn insert_counted<R>(
    db: &Database,
    tx: &mut Tx,
    columns: &CountedColumns,
    rows: &[R],
    bind: impl Fn(RowsQuery, &R) -> RowsQuery,
    mut each: impl FnMut(&AnyRow, i64) -> Result<(), Error>,
) -> Result<(), Error> {
    for query in statements(rows, most_rows(db), |size| counted_statement(db, columns, size), bind) {
        for row in query.fetch_all(&mut **tx).await? {
            let count = if db.is_sqlite() { 1 } else { row.try_get("counted")? };
            each(&row, count)?;
        }
    }
    Ok(())
}

fn counted_statement(db: &Database, columns: &CountedColumns, rows: usize) -> String {
    let CountedColumns { into, count, conflict, by } = *columns;
    let inserted = Columns { into, count, after: conflict };
    if db.is_sqlite() {
        return format!("{} RETURNING {by}", statement(&inserted, rows, plain));
    }
    let inserted = statement(&inserted, rows, numbered);
    format!(
        "WITH inserted AS ({inserted} RETURNING {by}) SELECT {by}, COUNT(*) AS counted FROM inserted GROUP BY {by}"
    )
}

fn most_rows(db: &Database) -> usize {
    if db.is_sqlite() { SQLITE_ROWS } else { POSTGRES_ROWS }
}

/// A value's place for SQLite, which looks each `$N` up in a list of all of them: the time of a statement would grow
/// with the square of their number.
fn plain(sql: &mut String, _number: usize) {
    sql.push('?');
}

/// A value's place for PostgreSQL.
fn numbered(sql: &mut String, number: usize) {
    sql.push('$');
    sql.push_str(&number.to_string());
}

fn statements<R>(
    rows: &[R],
    max_rows: usize,
    sql: impl Fn(usize) -> String,
    bind: impl Fn(RowsQuery, &R) -> RowsQuery,
) -> Vec<RowsQuery> {
    let mut queries = Vec::new();
    let mut rest = rows;
    while !rest.is_empty() {
        let size = max_rows.min(1 << rest.len().ilog2());
        let (chunk, after) = rest.split_at(size);
        let query = sqlx::query(AssertSqlSafe(sql(size)));
        queries.push(chunk.iter().fold(query, &bind));
        rest = after;
    }
    queries
}

fn statement(columns: &Columns, rows: usize, place: fn(&mut String, usize)) -> String {
    let mut sql = format!("INSERT INTO {} VALUES ", columns.into);
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns.count {
            if column > 0 {
                sql.push_str(", ");
            }
            place(&mut sql, row * columns.count + column + 1);
        }
        sql.push(')');
    }
    sql.push(' ');
    sql.push_str(columns.after);
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_count_through_all_rows() {
        let columns = Columns { into: "t (a, b)", count: 2, after: "ON CONFLICT DO NOTHING" };
        for (place, values) in
            [(numbered as fn(&mut String, usize), "($1, $2), ($3, $4)"), (plain, "(?, ?), (?, ?)")]
        {
            let expected = format!("INSERT INTO t (a, b) VALUES {values} ON CONFLICT DO NOTHING");
            assert_eq!(statement(&columns, 2, place), expected);
        }
    }

    #[test]
    fn every_row_is_in_exactly_one_statement() {
        let columns = Columns { into: "t (a)", count: 1, after: "" };
        let rows: Vec<i64> = (0..1337).collect();
        let queries =
            statements(&rows, 512, |size| statement(&columns, size, numbered), |query, row| query.bind(*row));
        // 512 + 512 + 256 + 32 + 16 + 8 + 1
        assert_eq!(queries.len(), 7);
    }
}
