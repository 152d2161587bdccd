//! Tables of counts: a row is new, or what was counted is added to it.

use std::collections::BTreeMap;

use sqlx::Error;

use crate::db::{Columns, Database, RowsQuery, Tx, insert};

/// `INSERT … ON CONFLICT … DO UPDATE`, where each count is added to the one that is there.
macro_rules! added {
    ($table:literal, $count:literal, $key:literal: $($name:literal),+; $after:literal) => {
        Columns {
            into: concat!($table, " (", $key, $(", ", $name),+, ")"),
            count: $count,
            after: concat!(
                "ON CONFLICT (", $key, ") DO UPDATE SET ",
                added!(@sum $table: $($name),+), $after
            ),
        }
    };
    (@sum $table:literal: $first:literal $(, $name:literal)*) => {
        concat!(
            $first, " = ", $table, ".", $first, " + excluded.", $first
            $(, ", ", $name, " = ", $table, ".", $name, " + excluded.", $name)*
        )
    };
}

pub(crate) use added;

/// Adds the counts of these keys to the rows that have them.
pub(crate) async fn add_all<K, const N: usize>(
    db: &Database,
    tx: &mut Tx,
    columns: &Columns,
    counted: &BTreeMap<K, [i64; N]>,
    bind_key: impl Fn(RowsQuery, &K) -> RowsQuery,
) -> Result<(), Error> {
    let rows: Vec<_> = counted.iter().collect();
    for query in insert(db, columns, &rows, |query, (key, counted)| bind(bind_key(query, key), counted)) {
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

/// Binds the counts of a row.
pub(super) fn bind<const N: usize>(query: RowsQuery, counted: &[i64; N]) -> RowsQuery {
    counted.iter().fold(query, |query, count| query.bind(*count))
}
