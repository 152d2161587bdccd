//! Files that are no feed, or one that lacks what it needs: what the console says.

use serde_json::json;

use super::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_feed_is_named_and_no_option_of_the_command_line_is_advised() {
    let server = Server::start(false).await;
    let (status, made) = server.send("POST", "/api/v1/admin/catalogs", &json!({ "id": "shop" })).await;
    assert_eq!(status, 201, "{made}");
    for (feed, code, told) in [
        ("%PDF-1.7\n1 0 obj\n", "build_failed", "it is a PDF"),
        ("GTIN;Bezeichnung;Preis\n4006381333931;Milch;1,00\n", "build_failed", "in one zip file with it"),
        ("GTIN;Bezeichnung;Preis;Bild\n", "nothing_usable", "has no rows"),
    ] {
        let job = server.upload("shop", "", feed.to_owned()).await;
        let ended = server.ended(&job).await;
        let error = ended["error"].as_str().unwrap();
        assert_eq!(
            (ended["state"].as_str(), ended["errorCode"].as_str()),
            (Some("failed"), Some(code)),
            "{ended}"
        );
        assert!(error.contains(told) && !error.contains(" --"), "{error}");
    }
}
