//! The shop in a browser: the interface, pages as HTML, and what search engines read.

use knytt_server::{PageFeedback, Settings};
use serde_json::{Value, json};

use crate::fixture::{Answer, PRODUCTS, SearchedShop, build_as};

async fn get(shop: &SearchedShop, path: &str) -> Answer {
    Answer::of(shop.backend.request("GET", path).send().await.unwrap()).await
}

impl Answer {
    fn utf8(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

/// The JSON of the `script` element of this kind.
fn script(page: &str, kind: &str) -> Value {
    let (_, rest) = page.split_once(kind).unwrap_or_else(|| panic!("no {kind} in {page}"));
    let (_, rest) = rest.split_once('>').unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

#[tokio::test]
async fn the_interface_is_served_and_allows_nothing_that_is_not_its_own() {
    let shop = SearchedShop::start().await;
    let page = get(&shop, "/").await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    let policy = page.header("content-security-policy").to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(page.header(name), value, "{name}");
    }
    assert!(page.header("permissions-policy").contains("microphone=()"));
    let shell = get(&shop, "/?shell").await;
    let known = shop.backend.request("GET", "/?shell").header("if-none-match", shell.header("etag"));
    assert_eq!(known.send().await.unwrap().status(), 304);
    assert_eq!(get(&shop, "/index.html").await.status, 404);
    assert_eq!(get(&shop, "/assets/..%2findex.html").await.status, 404);
}

#[tokio::test]
async fn the_start_page_comes_with_the_answer_to_its_address() {
    let shop = SearchedShop::start().await;
    let page = get(&shop, "/?q=dress&lang=fr").await;
    // It has an answer of its own, with the token that ties feedback to it.
    assert_eq!((page.status, page.header("cache-control")), (200, "private, no-cache"));
    let text = page.utf8();
    assert!(text.contains("<html lang=\"fr\""), "{text}");
    let served = script(&text, "id=\"served\"");
    let asked =
        shop.post("/api/v1/search", &json!({ "text": "dress", "alpha": 0.5, "limit": 60 })).await.json();
    assert_eq!(served["text"], "dress");
    assert_eq!(served["page"]["hits"], asked["hits"]);
    assert!(!served["page"]["feedbackToken"].as_str().unwrap().is_empty());
    let first = asked["hits"][0]["card"]["id"].as_str().unwrap();
    assert!(text.contains(&format!("/p/{first}/")), "the first card is in the page");
    // Words that are out of bounds are the interface's to refuse.
    let long = get(&shop, &format!("/?q={}", "x".repeat(501))).await;
    assert_eq!((long.status, long.utf8().contains("id=\"served\"")), (200, false));
}

#[tokio::test]
async fn pages_are_told_whether_they_may_tell() {
    for (given, said) in [(None, "ask"), (Some(PageFeedback::On), "on"), (Some(PageFeedback::Off), "off")] {
        let shop = SearchedShop::start_with(|s| Settings { page_feedback: given, ..s }).await;
        let searched = get(&shop, "/api/v1/catalogs").await.json();
        assert_eq!(searched[0]["feedback"], said);
        let page = get(&shop, "/").await.utf8();
        assert_eq!(script(&page, "id=\"served\"")["catalogs"][0]["feedback"], said);
    }
}

#[tokio::test]
async fn a_products_page_says_what_it_is_and_costs() {
    let shop = SearchedShop::start().await;
    let product = shop.product(7);
    let page = get(&shop, &format!("/p/{}/any-words?lang=de", product.id)).await;
    assert_eq!((page.status, page.header("cache-control")), (200, "no-cache"));
    let text = page.utf8();
    assert!(text.contains("<html lang=\"de\""), "{text}");
    let about = script(&text, "application/ld+json");
    assert_eq!((about["@type"].as_str(), about["name"].as_str()), (Some("Product"), Some(&*product.title)));
    assert!(about["offers"]["price"].is_string() && about["offers"]["priceCurrency"].is_string(), "{about}");
    assert_eq!(script(&text, "id=\"served\"")["product"]["card"]["id"], product.id);
    assert_eq!(text.matches("rel=\"canonical\"").count(), 1);
    assert_eq!(text.matches("hreflang=").count(), 7);
    // The same state is not sent again; another state and another language are.
    let path = format!("/p/{}?lang=de", product.id);
    let asking = async |path: &str| {
        let request = shop.backend.request("GET", path).header("if-none-match", page.header("etag"));
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(asking(&path).await, 304);
    assert_eq!(asking(&path.replace("=de", "=fr")).await, 200);
    shop.touch();
    assert_eq!(asking(&path).await, 200);
    assert_eq!(get(&shop, "/p/none").await.status, 404);
}

#[tokio::test]
async fn a_hostile_feed_puts_no_code_into_a_page() {
    let shop = SearchedShop::start().await;
    let hostile = "</script></title><script>alert(1)</script><img src=x onerror=alert(1)>\"'&";
    shop.change(|product| {
        product.title = hostile.into();
        product.description = hostile.into();
        product.brand = hostile.into();
        product.attributes.insert(hostile.into(), hostile.into());
    });
    let id = shop.product(0).id;
    let text = get(&shop, &format!("/p/{id}")).await.utf8();
    assert!(!text.contains("<script>alert") && !text.contains("<img src=x"), "{text}");
    assert_eq!(script(&text, "application/ld+json")["name"], hostile);
    assert_eq!(script(&text, "id=\"served\"")["product"]["card"]["title"], hostile);
    let map = get(&shop, "/sitemap/0.xml").await.utf8();
    assert!(!map.contains("<script"), "{map}");
}

#[tokio::test]
async fn the_sitemap_has_every_product_under_the_host_that_was_asked() {
    let shop = SearchedShop::start().await;
    let asked = shop.backend.request("GET", "/sitemap.xml").header("host", "shop.example");
    let index = asked.send().await.unwrap().text().await.unwrap();
    assert!(index.contains("<loc>http://shop.example/sitemap/0.xml</loc>"), "{index}");
    let map = get(&shop, "/sitemap/0.xml").await;
    assert_eq!(map.header("content-type"), "application/xml");
    assert_eq!(map.utf8().matches("/p/").count(), PRODUCTS);
    assert!(map.utf8().contains("/c/Dresses<"));
    assert_eq!(get(&shop, "/sitemap/1.xml").await.status, 404);
    assert!(get(&shop, "/robots.txt").await.utf8().contains("/sitemap.xml"));
    let category = get(&shop, "/c/dresses").await.utf8();
    assert!(category.contains("<h1 dir=\"auto\">Dresses</h1>"), "{category}");
    assert_eq!(get(&shop, "/c/Submarines").await.status, 404);
}

/// A shop of the first products, and one of those after them.
async fn two_shops() -> SearchedShop {
    SearchedShop::start_with(|settings| {
        let folder = settings.catalog.as_ref().unwrap()[0].parent().unwrap().to_owned();
        let catalogs = [("north", 0..20), ("south", 15..30)].map(|(id, numbers)| {
            build_as(&folder.join(id), id, numbers);
            folder.join(id)
        });
        Settings { catalog: Some(catalogs.into()), ..settings }
    })
    .await
}

#[tokio::test]
async fn pages_of_several_catalogues_name_theirs() {
    let shop = two_shops().await;
    // In both, the page is of the catalogue that the address names, else of the first one that has the product.
    let (both, southern) = (shop.product(17).id, shop.product(25).id);
    for (path, catalog) in [
        (format!("/p/{both}"), "north"),
        (format!("/p/{both}?catalog=south"), "south"),
        (format!("/p/{southern}"), "south"),
        ("/c/dresses?catalog=south".into(), "south"),
        ("/?catalog=south".into(), "south"),
        ("/".into(), "north"),
    ] {
        let page = get(&shop, &path).await;
        assert_eq!(page.status, 200, "{path}");
        let text = page.utf8();
        let served = script(&text, "id=\"served\"");
        let of = if path.starts_with("/?") || path == "/" {
            &served["page"]["catalog"]
        } else {
            &served["catalog"]
        };
        assert_eq!(of, catalog, "{path}");
        assert!(text.contains(&format!(" data-catalog=\"{catalog}\"")), "{path}");
        let canonical = text.split_once("rel=\"canonical\" href=\"").unwrap().1.split_once('"').unwrap().0;
        assert!(canonical.ends_with(&format!("?catalog={catalog}")), "{path}: {canonical}");
        // Every picture and every link of it stays in this catalogue.
        let links = text.split("href=\"").chain(text.split("src=\"")).skip(1);
        for link in links.map(|rest| rest.split_once('"').unwrap().0) {
            let leads = ["/p/", "/c/", "/api/"].iter().any(|part| link.contains(part));
            assert!(!leads || link.contains(&format!("catalog={catalog}")), "{path}: {link}");
        }
    }
    assert_eq!(get(&shop, &format!("/p/{southern}?catalog=north")).await.status, 404);
    let start = get(&shop, "/").await.utf8();
    assert!(start.contains("<a href=\"/?catalog=south\">south</a>"), "{start}");
    // Each has a file of the sitemap, which begins with its start page.
    for (number, catalog, products) in [(0, "north", 20), (1, "south", 15)] {
        let map = get(&shop, &format!("/sitemap/{number}.xml")).await.utf8();
        assert!(map.contains(&format!("/?catalog={catalog}</loc>")), "{map}");
        assert_eq!(map.matches("/p/").count(), products, "{map}");
        assert_eq!(map.matches("<loc>").count(), map.matches(&format!("?catalog={catalog}<")).count());
    }
    assert_eq!(get(&shop, "/sitemap/2.xml").await.status, 404);
}

#[tokio::test]
async fn a_browser_gets_cards_regions_and_the_way_to_the_shop() {
    let shop = SearchedShop::start().await;
    let (first, second) = (shop.product(3).id, shop.product(1).id);
    let cards = shop.post("/api/v1/cards", &json!({ "ids": [first, "none", second] })).await.json();
    let found: Vec<_> = cards.as_array().unwrap().iter().map(|card| card["id"].clone()).collect();
    assert_eq!(found, [json!(first), json!(second)]);
    let many = json!({ "ids": vec!["x"; 101] });
    assert_eq!(shop.post("/api/v1/cards", &many).await.code(), "bad_query");
    let send = async |body: Vec<u8>| {
        let request = shop.backend.request("POST", "/api/v1/regions").body(body);
        Answer::of(request.send().await.unwrap()).await
    };
    let seen = send(shop.picture(7)).await.json();
    assert!(seen["width"].as_u64().unwrap() > 0 && seen["proposals"].is_array(), "{seen}");
    assert_eq!(send(b"not a picture".to_vec()).await.code(), "bad_picture");
    assert_eq!(get(&shop, "/api/v1/products/none/shop").await.code(), "not_found");
    shop.change(|product| {
        product.attributes.insert("link".into(), "https://shop.example/a?b=ü".into());
    });
    let path = format!("/api/v1/products/{}/shop", shop.product(0).id);
    let straight = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let away = straight.get(format!("{}{path}", shop.backend.url)).send().await.unwrap();
    assert_eq!(away.status(), 302);
    assert_eq!(away.headers()["location"], "https://shop.example/a?b=%C3%BC");
}
