//! The app's window, and what a person does in it.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use base64::Engine as _;
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

use super::driver::Driver;
use super::sample::SAMPLE;

/// How long a test waits for something before it fails. The machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

static BINARY: LazyLock<PathBuf> = LazyLock::new(|| match std::env::var_os("KNYTT_APP_BIN") {
    Some(path) => path.into(),
    None => crate::command::build("knytt-app", "knytt-app"),
});

/// A hit as the grid shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub id: String,
    pub category: String,
    pub kind: String,
}

/// The running app.
pub struct App {
    client: Client,
    _driver: Driver,
}

impl App {
    /// Starts the app on the sample catalogue and waits until it can be used.
    pub async fn start(data: &Path, arguments: &[&str]) -> Self {
        let catalog = SAMPLE.catalog();
        let driver = Driver::start(data);
        let mut all = vec!["--catalog", catalog.to_str().unwrap()];
        all.extend(arguments);
        let options = json!({ "binary": &*BINARY, "args": all });
        let capabilities = json!({ "webkitgtk:browserOptions": options });
        let url = format!("http://127.0.0.1:{}", driver.port);
        let client = connect(&url, capabilities.as_object().unwrap()).await;
        let app = Self { client, _driver: driver };
        app.until("the app is usable", || async {
            app.js("return document.documentElement.dataset.ready === 'true'").await == true
        })
        .await;
        app.dismiss_hint().await;
        app
    }

    async fn dismiss_hint(&self) {
        if let Ok(skip) = self.client.find(by("hint-skip")).await {
            let _ = skip.click().await;
        }
    }

    /// Closes the window as a person would; the data stays.
    pub async fn close(self) {
        let _ = self.client.close().await;
    }

    pub async fn js(&self, script: &str) -> Value {
        self.js_with(script, Vec::new()).await
    }

    pub async fn js_with(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap()
    }

    /// Waits for it, or fails with what was waited for.
    pub async fn until<F: Future<Output = bool>>(&self, what: &str, mut holds: impl FnMut() -> F) {
        let start = Instant::now();
        while !holds().await {
            if start.elapsed() > PATIENCE {
                let first: Vec<_> = self.hits().await.into_iter().take(8).collect();
                panic!("waited in vain: {what}\nhits: {first:?}\n{}", self.text().await);
            }
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
    }

    async fn text(&self) -> String {
        self.js("return document.body.innerText").await.as_str().unwrap_or_default().into()
    }

    /// The first element with this test id, once it is there.
    pub async fn find(&self, id: &str) -> Element {
        self.until(id, || async { self.client.find(by(id)).await.is_ok() }).await;
        self.client.find(by(id)).await.unwrap()
    }

    pub async fn is_there(&self, id: &str) -> bool {
        self.client.find(by(id)).await.is_ok()
    }

    pub async fn click(&self, id: &str) {
        self.find(id).await.click().await.unwrap();
    }

    /// Clicks what CSS finds, by the page's script: the driver clicks nothing that is out of view.
    pub async fn press(&self, css: &str) {
        self.until(css, || async {
            self.js_with("return !!document.querySelector(arguments[0])", vec![css.into()]).await == true
        })
        .await;
        self.js_with("document.querySelector(arguments[0]).click()", vec![css.into()]).await;
    }

    pub async fn hits(&self) -> Vec<Hit> {
        let script = "return [...document.querySelectorAll('main:not([hidden]) [data-testid=hit]')]
            .map((e) => [e.dataset.id, e.dataset.category, e.dataset.kind ?? ''])";
        let all = self.js(script).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let hit = |v: &Value| Hit { id: text(&v[0]), category: text(&v[1]), kind: text(&v[2]) };
        all.as_array().unwrap().iter().map(hit).collect()
    }

    /// Waits until at least three of the first four hits are what `fits`.
    pub async fn first_row(&self, what: &str, fits: impl Fn(&Hit) -> bool) {
        self.until(what, || async {
            let hits = self.hits().await;
            hits.len() >= 4 && hits[..4].iter().filter(|hit| fits(hit)).count() >= 3
        })
        .await;
    }

    pub async fn type_words(&self, words: &str) {
        let input = self.find("words").await;
        input.clear().await.unwrap();
        // WebDriver sends no empty text, and the app sees the clearing.
        if !words.is_empty() {
            input.send_keys(words).await.unwrap();
        }
    }

    /// Drops a picture file anywhere on the window.
    pub async fn drop_file(&self, name: &str, bytes: &[u8]) {
        let script = format!(
            "{FILE} const at = document.querySelector('main');
             for (const type of ['dragenter', 'dragover', 'drop'])
               at.dispatchEvent(new DragEvent(type, {{ bubbles: true, cancelable: true, dataTransfer: data }}));"
        );
        self.js_with(&script, file(name, bytes)).await;
    }

    #[allow(dead_code, reason = "for the bench")]
    /// Drops a photograph and waits for the paint of its hits, by the page's own clock.
    pub async fn drop_to_hits_ms(&self, bytes: &[u8]) -> f64 {
        let script = format!(
            "{FILE} performance.clearMarks('knytt:hits');
             const done = arguments[arguments.length - 1];
             const from = performance.now();
             const at = document.querySelector('main');
             for (const type of ['dragenter', 'dragover', 'drop'])
               at.dispatchEvent(new DragEvent(type, {{ bubbles: true, cancelable: true, dataTransfer: data }}));
             const look = () => {{
               const mark = performance.getEntriesByName('knytt:hits')[0];
               if (mark) done(mark.startTime - from); else setTimeout(look, 5);
             }};
             look();"
        );
        let took = self.client.execute_async(&script, file("photo.jpg", bytes)).await.unwrap();
        took.as_f64().unwrap()
    }

    /// Pastes a picture.
    pub async fn paste(&self, name: &str, bytes: &[u8]) {
        let script = format!(
            "{FILE} const paste = new ClipboardEvent('paste', {{ bubbles: true, cancelable: true, clipboardData: data }});
             document.body.dispatchEvent(paste);"
        );
        self.js_with(&script, file(name, bytes)).await;
    }

    /// Sets a slider as a person's hand does, with its events.
    pub async fn slide(&self, id: &str, value: f64) {
        self.find(id).await;
        let script = "const e = document.querySelector(`[data-testid=${arguments[0]}]`);
            e.value = arguments[1];
            for (const type of ['input', 'change']) e.dispatchEvent(new Event(type, { bubbles: true }));";
        self.js_with(script, vec![id.into(), value.into()]).await;
    }
}

/// Bytes to a DataTransfer with one file in it.
const FILE: &str = "const bytes = Uint8Array.from(atob(arguments[1]), (c) => c.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], arguments[0], { type: 'image/jpeg' }));";

fn file(name: &str, bytes: &[u8]) -> Vec<Value> {
    vec![name.into(), base64::engine::general_purpose::STANDARD.encode(bytes).into()]
}

fn by(id: &str) -> Locator<'_> {
    // Locators borrow their text. Test ids are few, so the leak is small.
    Locator::Css(Box::leak(format!("main:not([hidden]) [data-testid={id}], header [data-testid={id}], dialog [data-testid={id}], [data-testid={id}]").into_boxed_str()))
}

/// Tries until the driver listens and the app shows its window.
async fn connect(url: &str, capabilities: &serde_json::Map<String, Value>) -> Client {
    let start = Instant::now();
    loop {
        let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        match builder.capabilities(capabilities.clone()).connect(url).await {
            Ok(client) => return client,
            Err(error) if start.elapsed() > PATIENCE => panic!("the window does not open: {error}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
}
