//! Without encryption and without a pin, whoever stands in between is the publisher.

use knytt_client::{Cancel, Error, offer};
use knytt_wire::{CatalogLink, Url};

use crate::shop::{Device, Shop, assert_same};

#[tokio::test(flavor = "multi_thread")]
async fn an_open_address_without_a_pin_is_refused_before_anything_is_asked() {
    let shop = Shop::new(20);
    shop.publish();
    let server = shop.serve().await;
    // An address that is not this machine's own by its name, and leads to the server all the same.
    let mut open: Url = server.url.clone();
    open.set_host(Some("0.0.0.0")).unwrap();
    let mut device = Device::new(&open);
    let error = device.sync().await.unwrap_err();
    assert!(
        error.code() == "unencrypted" && matches!(&error, Error::Unencrypted { url } if *url == open),
        "{error}"
    );
    for url in [open.clone(), "http://shop.example/".parse().unwrap()] {
        let link = CatalogLink { url, root: None, newest: None };
        assert_eq!(offer(&link, &Cancel::default()).await.unwrap_err().code(), "unencrypted");
    }
    assert!(server.seen().is_empty());
    assert!(!device.folder().join("current").exists());
    // With a pin, what is signed needs no encryption.
    let root = Some(shop.keys.fingerprint());
    let link = CatalogLink { url: open, root: root.clone(), newest: None };
    let offered = offer(&link, &Cancel::default()).await.unwrap();
    assert!(offered.pinned && offered.products == 20);
    device.options.root = root;
    device.sync().await.unwrap();
    assert_same(&device, &shop);
}
