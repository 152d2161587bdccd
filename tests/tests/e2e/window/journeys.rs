//! Tasks that people do in the window, from start to end.

use std::path::Path;

use super::app::App;
use super::driver::Driver;
use super::sample::SAMPLE;

/// What the window says when a product lies on the clipboard.
const COPIED: &str = "are on the clipboard";

/// Runs a journey in a window of its own, with a fresh folder for the app's data.
pub fn journey<F: AsyncFnOnce(&Path)>(walk: F) {
    if !Driver::is_here() {
        eprintln!("left out: there is no WebKitWebDriver, xvfb-run or dbus-run-session here");
        return;
    }
    let data = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(walk(data.path()));
}

/// The most usual task, from an empty start to a favourite that is kept.
pub async fn search_and_keep(data: &Path) {
    let app = App::start(data, &[]).await;
    assert!(!app.hits().await.is_empty(), "the shop can be looked at before anything is asked");

    app.drop_file("photo.jpg", &SAMPLE.photograph("Dresses")).await;
    app.first_row("dresses for a photograph of one", |hit| hit.category == "Dresses").await;

    app.type_words("jeans").await;
    app.slide("alpha", 0.0).await;
    app.first_row("jeans when the words alone count", |hit| hit.category == "Jeans").await;
    app.slide("alpha", 1.0).await;
    app.first_row("dresses when the picture alone counts", |hit| hit.category == "Dresses").await;

    let kept = app.hits().await[0].id.clone();
    app.press(&format!("[data-testid=hit][data-id='{kept}'] [data-testid=favourite]")).await;
    app.press("[data-testid=nav-favourites]").await;
    app.until("the favourite is listed", || async { app.hits().await.iter().any(|hit| hit.id == kept) })
        .await;
    app.close().await;

    let app = App::start(data, &[]).await;
    app.press("[data-testid=nav-favourites]").await;
    app.until("the favourite survives a restart", || async {
        app.hits().await.iter().any(|hit| hit.id == kept)
    })
    .await;
    app.close().await;
}

#[test]
fn a_photo_words_and_both_find_products_and_a_favourite_survives_a_restart() {
    journey(search_and_keep);
}

#[test]
fn words_filters_and_a_crop_narrow_a_pasted_picture() {
    journey(async |data: &Path| {
        let app = App::start(data, &[]).await;
        app.type_words("dress").await;
        app.until("words find", || async { app.is_there("timings").await }).await;
        app.press("[data-testid=facet-value][data-field=category][data-value=Dresses]").await;
        app.until("only what passes the filter is left", || async {
            let hits = app.hits().await;
            !hits.is_empty() && hits.iter().all(|hit| hit.category == "Dresses")
        })
        .await;
        app.press("[data-testid=chip]").await;

        app.type_words("").await;
        app.paste("screenshot.jpg", &SAMPLE.photograph("Hats")).await;
        app.find("query-picture").await;
        app.until("a pasted picture is searched", || async {
            app.hits().await.first().is_some_and(|hit| !hit.kind.is_empty())
        })
        .await;
        let before = app.hits().await;
        // By keyboard: the crop's corner moves in steps.
        let script = "const box = document.querySelector('[data-testid=crop-box]'); box.focus();
            for (let i = 0; i < 14; i++) for (const key of ['ArrowLeft', 'ArrowUp'])
              box.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey: true, bubbles: true, cancelable: true }));";
        app.js(script).await;
        app.until("a corner of the picture finds other things", || async { app.hits().await != before })
            .await;
        app.close().await;
    });
}

#[test]
fn a_camera_is_searched_live() {
    journey(async |data: &Path| {
        let camera = SAMPLE.camera("Dresses", &data.join("camera"));
        let app = App::start(data, &["--camera", &camera]).await;
        app.click("camera-button").await;
        app.find("camera-preview").await;
        let live = app.find("camera-live-toggle").await;
        if live.attr("aria-pressed").await.unwrap().as_deref() != Some("true")
            && live.attr("aria-checked").await.unwrap().as_deref() != Some("true")
        {
            live.click().await.unwrap();
        }
        app.first_row("dresses before the camera", |hit| hit.category == "Dresses").await;
        app.close().await;
    });
}

#[test]
fn a_part_of_the_screen_can_be_searched() {
    journey(async |data: &Path| {
        let app = App::start(data, &[]).await;
        app.press("[data-testid=screen-button]").await;
        // The crop opens by itself, on a picture as wide as the display.
        let wide = "return document.querySelector('dialog img')?.naturalWidth ?? 0";
        app.until("the screen is there to choose from", || async {
            app.js(wide).await.as_u64().unwrap_or(0) > 1000
        })
        .await;
        app.close().await;
    });
}

#[test]
fn a_link_opens_its_product() {
    journey(async |data: &Path| {
        let id = "kn-00001";
        let app = App::start(data, &[&format!("knytt://product/{id}")]).await;
        app.find("product-page").await;
        let hash = app.js("return location.hash").await;
        assert_eq!(hash, format!("#/product/{id}"));
        app.press("[data-testid=share-clipboard]").await;
        app.until("it says that it was copied", || async {
            app.js("return document.body.innerText").await.as_str().unwrap_or_default().contains(COPIED)
        })
        .await;
        app.close().await;
    });
}

#[test]
fn a_picture_that_cannot_be_read_is_said_plainly() {
    journey(async |data: &Path| {
        let app = App::start(data, &[]).await;
        app.drop_file("broken.jpg", b"this is no picture").await;
        app.find("problem").await;
        assert!(!app.hits().await.is_empty(), "what was there stays");
        app.close().await;
    });
}

#[test]
fn it_can_be_dark_and_arabic() {
    journey(async |data: &Path| {
        let app = App::start(data, &[]).await;
        app.press("[data-testid=nav-settings]").await;
        app.press("[data-testid=theme-dark]").await;
        let light = "return getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).slice(0, 3)
            .reduce((sum, c) => sum + Number(c), 0)";
        app.until("the page is dark", || async { app.js(light).await.as_f64().unwrap() < 200.0 }).await;
        let arabic = "const e = document.querySelector('[data-testid=language]'); e.value = 'ar';
            for (const type of ['input', 'change']) e.dispatchEvent(new Event(type, { bubbles: true }));";
        app.js(arabic).await;
        app.until("the page runs from right to left", || async {
            app.js("return document.documentElement.dir").await == "rtl"
        })
        .await;
        app.close().await;

        let app = App::start(data, &[]).await;
        assert_eq!(app.js("return document.documentElement.lang").await, "ar");
        app.close().await;
    });
}

#[test]
fn what_words_say_is_understood_and_taken_back() {
    journey(async |data: &Path| {
        let app = App::start(data, &[]).await;
        app.type_words("dress under 60").await;
        app.find("chip").await;
        assert_eq!(
            app.js("return document.querySelector('[data-testid=chip]').dataset.kind").await,
            "understood"
        );
        app.press("[data-testid=hit] [data-testid=why]").await;
        app.find("reasons").await;
        app.press("dialog [aria-label]").await;
        app.press("[data-testid=chip]").await;
        app.until("the words lost their condition", || async {
            app.js("return document.querySelector('[data-testid=words]').value").await == "dress"
        })
        .await;
        app.close().await;
    });
}

#[test]
fn a_taste_outlives_the_window_and_not_its_forgetting() {
    journey(async |data: &Path| {
        let app = App::start(data, &[]).await;
        let kept = app.hits().await[0].id.clone();
        app.press(&format!("[data-testid=hit][data-id='{kept}'] [data-testid=favourite]")).await;
        app.press("[data-testid=nav-favourites]").await;
        app.until("the favourite is listed", || async { app.hits().await.iter().any(|hit| hit.id == kept) })
            .await;
        app.press("[data-testid=nav-settings]").await;
        app.press("[data-testid=taste-show]").await;
        app.find("taste").await;
        app.close().await;

        let app = App::start(data, &[]).await;
        app.press("[data-testid=nav-settings]").await;
        app.press("[data-testid=taste-show]").await;
        app.find("taste").await;
        app.press("[data-testid=taste-forget]").await;
        app.press("[data-testid=confirm]").await;
        app.find("taste-none").await;
        app.close().await;
    });
}
