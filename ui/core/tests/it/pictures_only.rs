//! A shop whose model knows pictures only.

use image::{Rgb, RgbImage};
use knytt_app_core::shop::search::answer;
use knytt_app_core::shop::{Person, QueryPicture, measure_model};
use knytt_engine::{Catalog, CatalogSpec, Product, SearchSession};
use knytt_models::convert::convert;
use knytt_models::{Bundle, Device, Encoder};
use knytt_ui_api::{SearchRequest, SearchResponse, Verdict};

use crate::shop::words;

#[test]
fn words_are_searched_in_the_texts_and_the_answer_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let published = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/tests/golden/dinov2");
    let bundle = convert(published.as_ref(), &dir.path().join("dinov2")).unwrap().bundle;
    let encoder = Encoder::start(Bundle::open(&bundle).unwrap(), Device::Cpu).unwrap();
    let spec = CatalogSpec {
        id: "shop".into(),
        model: encoder.fingerprint().clone(),
        model_name: encoder.model_name().into(),
        dimension: encoder.dimension(),
    };
    let catalog = Catalog::create(dir.path().join("catalog"), &spec).unwrap();
    let session = SearchSession::new(catalog, encoder).unwrap();
    let mut writer = session.catalog().write();
    for (n, title) in (0..).zip(["Straw hat", "Leather boots", "Leather belt"]) {
        let picture = RgbImage::from_fn(64, 64, |x, y| Rgb([(x * n) as u8, (y * 3) as u8, 90]));
        let product = Product { id: title.into(), title: title.into(), ..Product::default() };
        writer.upsert(&product, &session.encoder().embed_image(&picture).unwrap(), None).unwrap();
    }
    writer.commit().unwrap();
    let ask = |request: SearchRequest| -> SearchResponse {
        let request = SearchRequest { limit: 24, ..request };
        answer(&session, &request, QueryPicture::default(), &Person::default()).unwrap()
    };
    let found = ask(words("leather boots"));
    assert_eq!((found.verdict, found.hits[0].card.title.as_str()), (Verdict::Found, "Leather boots"));
    assert!(found.understood.texts_only && found.hits.len() == 2);
    let nothing = ask(words("zeppelin"));
    assert_eq!((nothing.verdict, nothing.hits.len(), nothing.matched), (Verdict::NoGoodMatch, 0, 3));
    assert!(!ask(SearchRequest::default()).understood.texts_only, "nothing was said");
    let speed = measure_model(session.encoder()).unwrap();
    assert!(speed.image > 0.0 && speed.text.is_none());
}
