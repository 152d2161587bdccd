//! The first roots of the catalogues whose events are taken: who publishes them.
//!
//! A catalogue's id is a name that its publisher chose, and two publishers may have chosen one. The root that is
//! published here, or that the settings name, is the id's own; without either, the first that is heard of. What is
//! counted of any other stands under `<root>/<id>`.

use std::collections::{BTreeSet, HashMap};

use knytt_wire::CatalogIdentity;
use sqlx::Row as _;

use crate::db::Database;

/// Other roots of one id that are counted each by itself. Anyone may make up roots; what is beyond is counted together.
const MOST_OTHERS: usize = 16;

/// What stands for the roots beyond [`MOST_OTHERS`].
const BEYOND: &str = "other";

/// The roots of one id.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    own: Option<String>,
    others: BTreeSet<String>,
}

impl Roots {
    /// What events of `catalog` with `root` are counted under; `None` for a root that is not noted yet.
    pub fn scope(&self, catalog: &str, root: Option<&str>) -> Option<String> {
        let Some(root) = root else { return Some(catalog.into()) };
        if self.own.as_deref() == Some(root) {
            return Some(catalog.into());
        }
        if self.others.contains(root) {
            return Some(CatalogIdentity::published(root, catalog).to_string());
        }
        (self.others.len() >= MOST_OTHERS).then(|| format!("{BEYOND}/{catalog}"))
    }

    /// Whether the root is one that is counted by itself.
    pub fn knows(&self, root: &str) -> bool {
        self.own.as_deref() == Some(root) || self.others.contains(root)
    }
}

/// The roots of all catalogues.
pub async fn read(db: &Database) -> Result<HashMap<String, Roots>, sqlx::Error> {
    let mut all: HashMap<String, Roots> = HashMap::new();
    for row in sqlx::query("SELECT catalog, root, own FROM catalog_roots").fetch_all(db.pool()).await? {
        let (root, own): (String, i64) = (row.try_get(1)?, row.try_get(2)?);
        let roots = all.entry(row.try_get(0)?).or_default();
        if own == 1 {
            roots.own = Some(root);
        } else {
            roots.others.insert(root);
        }
    }
    Ok(all)
}

/// Notes a root that events came with. The first of an id is its own; of two replicas that note one at once, one
/// notes it as another.
pub async fn note(db: &Database, catalog: &str, root: &str) -> Result<(), sqlx::Error> {
    for own in [1i64, 0] {
        let done = sqlx::query(
            "INSERT INTO catalog_roots (catalog, root, own, since_ms) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        );
        let done = done.bind(catalog).bind(root).bind(own).bind(jiff::Timestamp::now().as_millisecond());
        if done.execute(db.pool()).await?.rows_affected() > 0 {
            return Ok(());
        }
    }
    Ok(())
}

/// Makes a root the id's own: it is published here, or the settings name it.
pub async fn pin(db: &Database, catalog: &str, root: &str) -> Result<(), sqlx::Error> {
    let mut tx = db.begin().await?;
    sqlx::query("UPDATE catalog_roots SET own = 0 WHERE catalog = $1 AND root <> $2 AND own = 1")
        .bind(catalog)
        .bind(root)
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "INSERT INTO catalog_roots (catalog, root, own, since_ms) VALUES ($1, $2, 1, $3) \
         ON CONFLICT (catalog, root) DO UPDATE SET own = 1",
    )
    .bind(catalog)
    .bind(root)
    .bind(jiff::Timestamp::now().as_millisecond())
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// Whether a text is SHA-256 in lower-case hexadecimal.
pub fn is_root(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_root_counts_under_the_id_and_what_is_made_up_makes_no_end_of_rows() {
        let root = |n: usize| format!("{n:064x}");
        let others = (1..MOST_OTHERS).map(root).collect();
        let mut roots = Roots { own: Some(root(0)), others };
        assert_eq!(roots.scope("shop", None).as_deref(), Some("shop"));
        assert_eq!(roots.scope("shop", Some(&root(0))).as_deref(), Some("shop"));
        assert_eq!(roots.scope("shop", Some(&root(1))), Some(format!("{}/shop", root(1))));
        assert_eq!(roots.scope("shop", Some(&root(99))), None, "not noted yet");
        roots.others.insert(root(MOST_OTHERS));
        assert_eq!(roots.scope("shop", Some(&root(99))).as_deref(), Some("other/shop"));
        assert!(roots.knows(&root(0)) && roots.knows(&root(1)) && !roots.knows(&root(99)));
    }
}
