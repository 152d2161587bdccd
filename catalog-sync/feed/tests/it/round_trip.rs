//! A thousand rows and more in every format: what a shop writes is what a catalogue gets.

use std::path::Path;

use knytt_feed::{Feed, Format};
use proptest::prelude::*;

use crate::common::{euros, products};
use crate::shop::{Article, Ids, articles, assert_same};
use crate::write;

/// Writes, reads, compares; the order of rows may be any, since rows of one article may be far apart.
fn round_trip(articles: &[Article], format: Format, ids: Ids, write: impl Fn(&[Article], &Path)) {
    let rows: usize = articles.iter().map(|article| article.rows().count()).sum();
    assert!(rows >= 1000, "{rows} rows are too few");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feed");
    write(articles, &path);
    assert_eq!(Feed::open(&path, euros()).unwrap().format(), format);
    assert_same(products(&path, euros()), articles, ids);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn merchant_center_tsv(articles in articles()) {
        round_trip(&articles, Format::Table, Ids::OfRows, |a, path| write::merchant::table(a, path, b'\t'));
    }

    #[test]
    fn csv_with_semicolons(articles in articles()) {
        round_trip(&articles, Format::Table, Ids::OfRows, |a, path| write::merchant::table(a, path, b';'));
    }

    #[test]
    fn rss(articles in articles()) {
        round_trip(&articles, Format::Xml, Ids::OfRows, write::merchant::rss);
    }

    #[test]
    fn atom(articles in articles()) {
        round_trip(&articles, Format::Xml, Ids::OfRows, write::merchant::atom);
    }

    #[test]
    fn json_lines(articles in articles()) {
        round_trip(&articles, Format::JsonLines, Ids::OfRows, write::merchant::json_lines);
    }

    #[test]
    fn parquet(articles in articles()) {
        round_trip(&articles, Format::Parquet, Ids::OfRows, write::merchant::parquet);
    }

    #[test]
    fn shopify_csv_of_the_first_generation(articles in articles()) {
        round_trip(&articles, Format::Shopify, Ids::OfWhole, |a, path| write::shopify::csv(a, path, &write::shopify::FIRST));
    }

    #[test]
    fn shopify_csv_of_the_second_generation(articles in articles()) {
        round_trip(&articles, Format::Shopify, Ids::OfWhole, |a, path| write::shopify::csv(a, path, &write::shopify::SECOND));
    }

    #[test]
    fn shopify_json(articles in articles()) {
        round_trip(&articles, Format::ShopifyJson, Ids::OfWhole, write::shopify::json);
    }

    #[test]
    fn woocommerce(articles in articles()) {
        round_trip(&articles, Format::WooCommerce, Ids::OfWhole, write::woocommerce::csv);
    }

    #[test]
    fn json_ld_in_a_page(articles in articles()) {
        round_trip(&articles, Format::JsonLd, Ids::OfWhole, write::json_ld::page);
    }

    #[test]
    fn json_ld_in_a_file(articles in articles()) {
        round_trip(&articles, Format::JsonLd, Ids::OfWhole, write::json_ld::graph);
    }
}
