//! What is kept of the embeddings of queries and of products, and what staff see of it.

use knytt_server::Scope;
use serde_json::{Value, json};
use sqlx::AnyPool;

use super::{BOTH, stats, sums};
use crate::fixture::{SearchedShop, until};

/// Searches that are stored together, at least.
const LEAST: i64 = 50;

const STORED: &str = "SELECT COUNT(*), COALESCE(CAST(SUM(searches) AS BIGINT), 0), \
                      COALESCE(CAST(MAX(LENGTH(features)) AS BIGINT), 0) FROM embedding_days";

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_queries_a_sum_is_kept_and_of_fewer_nothing() {
    for kind in BOTH {
        let shop = SearchedShop::start_on(kind).await;
        sqlx::any::install_default_drivers();
        let pool = AnyPool::connect(&shop.records.url()).await.unwrap();
        let measured = "SELECT COUNT(*), CAST(SUM(products) AS BIGINT) FROM embedding_releases";
        until("the catalogue is measured", async || {
            sums(&pool, "SELECT COUNT(*) FROM embedding_releases").await == [1]
        })
        .await;
        assert_eq!(sums(&pool, measured).await, [1, 90]);
        let search = async |text: &str| {
            let body = json!({ "text": text, "language": "de-AT", "limit": 1 });
            shop.post("/api/v1/search", &body).await.json()
        };
        // Words that were asked before have a kept answer, and count as often as they are asked.
        for number in 0..LEAST - 1 {
            search(["dress", "red coat", "striped shirt", "boots"][number as usize % 4]).await;
        }
        let counted = "SELECT COALESCE(CAST(SUM(searches) AS BIGINT), 0) FROM insight_days";
        until("the searches are counted", async || sums(&pool, counted).await == [LEAST - 1]).await;
        assert_eq!(sums(&pool, STORED).await, [0, 0, 0]);
        search("blue skirt").await;
        until("the sum is stored", async || sums(&pool, STORED).await == [1, LEAST, 2_048]).await;

        let key = shop.records.key("*", Scope::Admin).await;
        let get = async |path: &str| stats(&shop.backend, &key, path).await;
        assert_eq!(get("/embeddings?catalog=garments").await, json!([]), "there is nothing to compare with");
        shop.touch();
        until("the catalogue is measured again", async || {
            get("/embeddings?catalog=garments").await.as_array().is_some_and(|rows| rows.len() == 1)
        })
        .await;
        let row = &get("/embeddings?catalog=garments").await[0];
        assert_eq!(
            (&row["of"], &row["count"], &row["drifted"]),
            (&json!("catalog"), &json!(90), &json!(false))
        );
        assert!(row["byChance"].as_f64().unwrap() > row["discrepancy"].as_f64().unwrap(), "{row}");

        let week_before = "INSERT INTO insight_shares SELECT catalog, day - 3, part, 'en', searches \
                           FROM insight_shares WHERE part = 'language'";
        sqlx::query(week_before).execute(&pool).await.unwrap();
        let changes = get("/changes?catalog=garments&days=1").await;
        let language = |value: &str| -> Value {
            let rows = changes.as_array().unwrap().iter();
            let mut rows = rows.filter(|row| row["part"] == "language" && row["value"] == value);
            rows.next().map(|row| json!([row["share"], row["shareBefore"]])).unwrap_or_default()
        };
        assert_eq!((language("de"), language("en")), (json!([1.0, 0.0]), json!([0.0, 1.0])), "{changes}");
    }
}
