//! Many rows in one statement, written the same way for both databases.

use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe};

use super::Database;

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
    match db.is_sqlite() {
        true => statements(columns, rows, SQLITE_ROWS, plain, bind),
        false => statements(columns, rows, POSTGRES_ROWS, numbered, bind),
    }
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
    columns: &Columns,
    rows: &[R],
    max_rows: usize,
    place: fn(&mut String, usize),
    bind: impl Fn(RowsQuery, &R) -> RowsQuery,
) -> Vec<RowsQuery> {
    let mut queries = Vec::new();
    let mut rest = rows;
    while !rest.is_empty() {
        let size = max_rows.min(1 << rest.len().ilog2());
        let (chunk, after) = rest.split_at(size);
        let query = sqlx::query(AssertSqlSafe(statement(columns, size, place)));
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
        let queries = statements(&columns, &rows, 512, numbered, |query, row| query.bind(*row));
        // 512 + 512 + 256 + 32 + 16 + 8 + 1
        assert_eq!(queries.len(), 7);
    }
}
