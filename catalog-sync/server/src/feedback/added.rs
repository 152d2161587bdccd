//! Tables of counts: a row is new, or what was counted is added to it.

use std::collections::BTreeMap;

use sqlx::Error;

use crate::db::{Columns, Database, RowsQuery, Tx, insert};
use crate::insights::BLOCK_DAYS;

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

/// Counts by day as counts by ten days.
pub fn by_block<'a, K, I: Ord + 'a, const N: usize>(
    days: &'a BTreeMap<K, [i64; N]>,
    key: impl Fn(&'a K) -> (&'a str, i64, I),
) -> BTreeMap<(&'a str, i64, I), [i64; N]> {
    let mut blocks = BTreeMap::new();
    for (of, counted) in days {
        let (catalog, day, id) = key(of);
        let to = blocks.entry((catalog, day.div_euclid(BLOCK_DAYS), id)).or_insert([0; N]);
        to.iter_mut().zip(counted).for_each(|(to, count)| *to += count);
    }
    blocks
}

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
