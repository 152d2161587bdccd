//! What shoppers feel: the times of searches at a fixed rate, answers under more load than can be borne, and how
//! long a replica takes from nothing to ready. The program under load is a process of its own.
//!
//!     cargo build --release -p knytt && cargo bench -p knytt-server --bench load
//!
//! `KNYTT_LOAD` names one part (`latency`, `overload`, `ready`) of them. `KNYTT_LOAD_PRODUCTS` is the size of the
//! catalogue (50,000; 200,000 for `ready`), `KNYTT_LOAD_RATE` the searches a second (100), `KNYTT_LOAD_SECS` how
//! long each line of the table is measured (20), `KNYTT_PROGRAM` the program. The load comes from the same machine
//! and shares its processors. Linux alone tells the memory in use.

mod offer;
mod program;
mod ready;
mod shop;

use std::path::Path;
use std::time::Duration;

use reqwest::{Client, RequestBuilder};
use serde_json::json;

use self::offer::{Offered, offer};
use self::program::Program;

/// Any error: the bench only prints it.
pub type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// Words that are asked again and again in the line of kept answers.
const REPEATED: usize = 64;

/// Different photographs; each is sent as ever new files.
const PHOTOGRAPHS: usize = 32;

/// Photographs among the searches of the mixed line: one of so many.
const ONE_PHOTOGRAPH_OF: usize = 10;

/// How many times the bearable rate is offered in the end.
const TOO_MUCH: f64 = 3.0;

fn main() -> Result<(), AnyError> {
    let part = std::env::var("KNYTT_LOAD").unwrap_or_default();
    let is_asked = |name: &str| part.is_empty() || part == name;
    if is_asked("latency") || is_asked("overload") {
        let folder = tempfile::tempdir()?;
        let catalog = folder.path().join("shop");
        shop::build(&catalog, setting("KNYTT_LOAD_PRODUCTS", 50_000)?)?;
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(async {
            if is_asked("latency") {
                latency(folder.path(), &catalog).await?;
            }
            if is_asked("overload") {
                overload(folder.path(), &catalog).await?;
            }
            Ok::<_, AnyError>(())
        })?;
    }
    if is_asked("ready") {
        ready::measure(setting("KNYTT_LOAD_PRODUCTS", 200_000)?)?;
    }
    Ok(())
}

fn setting(name: &str, default: usize) -> Result<usize, AnyError> {
    Ok(std::env::var(name).map_or(Ok(default), |text| text.parse())?)
}

/// A client that no proxy of the environment stands before.
pub fn client() -> Result<Client, AnyError> {
    Ok(Client::builder().no_proxy().build()?)
}

async fn serve(data: &Path, catalog: &Path, http: &Client) -> Result<Program, AnyError> {
    let folder = catalog.to_str().ok_or("not UTF-8")?;
    let mut program = Program::start(data, &["--catalog", folder])?;
    program.ready(http).await?;
    Ok(program)
}

async fn latency(data: &Path, catalog: &Path) -> Result<(), AnyError> {
    let http = client()?;
    let program = serve(data, catalog, &http).await?;
    let rate = setting("KNYTT_LOAD_RATE", 100)? as f64;
    let lasting = Duration::from_secs(setting("KNYTT_LOAD_SECS", 20)? as u64);
    let photographs = shop::photographs(PHOTOGRAPHS)?;
    let (words, pictures) = (format!("{}/api/v1/search", program.url), image_search(&program));
    let asked = move |http: &Client, number: usize| search(http, &words, &shop::words(number));
    let shown = move |http: &Client, number: usize| {
        let file = shop::another_file(&photographs[number % PHOTOGRAPHS], number);
        http.post(&pictures).header("content-type", "image/jpeg").body(file)
    };
    let (ask, show) = (asked.clone(), shown.clone());
    heading();
    // Unmeasured: what is loaded at its first use.
    offer(&http, 10.0, Duration::from_secs(3), asked.clone()).await;
    let more = 1_000_000;
    row("words, each new", rate, &offer(&http, rate, lasting, move |http, n| ask(http, more + n)).await);
    let ask = asked.clone();
    // Unmeasured: the answers that are kept are made once.
    offer(&http, rate, Duration::from_secs_f64(REPEATED as f64 / rate), asked.clone()).await;
    row("words, kept", rate, &offer(&http, rate, lasting, move |http, n| ask(http, n % REPEATED)).await);
    row("photographs", rate / 10.0, &offer(&http, rate / 10.0, lasting, show).await);
    let mixed = move |http: &Client, number: usize| match number % ONE_PHOTOGRAPH_OF {
        0 => shown(http, more + number),
        _ => asked(http, 2 * more + number),
    };
    row("nine words, one photograph", rate, &offer(&http, rate, lasting, mixed).await);
    let (all, own) = program.memory_mb()?;
    println!("memory after that: {all} MB, {own} MB of it no pages of files");
    Ok(())
}

/// Raises the rate until far less is answered usefully than is asked, then asks three times the most that was. The
/// first rate at which something is refused is not the peak: one pause of the machine is enough for that.
async fn overload(data: &Path, catalog: &Path) -> Result<(), AnyError> {
    let http = client()?;
    let program = serve(data, catalog, &http).await?;
    let lasting = Duration::from_secs(setting("KNYTT_LOAD_SECS", 20)? as u64);
    let mut first = 0;
    let mut run = async |rate: f64| {
        let (url, from) = (format!("{}/api/v1/search", program.url), first);
        first += (rate * lasting.as_secs_f64()) as usize;
        let request = move |http: &Client, n: usize| search(http, &url, &shop::words(from + n));
        let offered = offer(&http, rate, lasting, request).await;
        row("words, more and more", rate, &offered);
        offered.goodput()
    };
    heading();
    let (mut rate, mut peak) = (25.0, 0.0_f64);
    loop {
        let goodput = run(rate).await;
        peak = peak.max(goodput);
        if goodput < rate * 2.0 / 3.0 {
            break;
        }
        rate *= 1.5;
    }
    let goodput = run(peak * TOO_MUCH).await;
    println!("at three times the peak of {peak:.0} a second: {:.0} % of it", 100.0 * goodput / peak);
    Ok(())
}

/// A search for words at the address of the search.
fn search(http: &Client, url: &str, words: &str) -> RequestBuilder {
    let body = json!({ "text": words }).to_string();
    http.post(url).header("content-type", "application/json").body(body)
}

fn image_search(program: &Program) -> String {
    format!("{}/api/v1/image-search", program.url)
}

fn heading() {
    println!(
        "{:<28} {:>7} {:>9} {:>8} {:>8} {:>8} {:>7} {:>7}",
        "", "asked/s", "useful/s", "p50 ms", "p99 ms", "200", "refused", "failed"
    );
}

fn row(name: &str, rate: f64, offered: &Offered) {
    println!(
        "{name:<28} {rate:>7.0} {:>9.1} {:>8.1} {:>8.1} {:>8} {:>7} {:>7}",
        offered.goodput(),
        offered.within_ms(0.5),
        offered.within_ms(0.99),
        offered.answered.len(),
        offered.refused,
        offered.failed,
    );
}
