//! How long a replica takes from an empty folder to ready.

use knytt_publisher::{KeyOptions, PublishOptions, init, open_depot, publish};
use knytt_wire::Url;

use crate::program::Program;
use crate::{AnyError, client, search, shop};

/// Publishes a catalogue into a folder and lets a replica follow it.
pub fn measure(products: usize) -> Result<(), AnyError> {
    let folder = tempfile::tempdir()?;
    let objects = Url::from_directory_path(folder.path().join("objects")).map_err(|()| "no address")?;
    let catalog = shop::build(&folder.path().join("built"), products)?;
    let keys = init(&folder.path().join("keys"), &KeyOptions::default())?;
    let depot = open_depot(&objects.join("shop/")?, None)?;
    publish(&catalog, &keys, &depot, &PublishOptions::default(), &|_| {})?;
    drop(catalog);
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let (http, data) = (client()?, folder.path().join("replica"));
        let mut program = Program::start(&data, &["--objects", objects.as_str(), "--follow", "shop"])?;
        let ready = program.ready(&http).await?;
        let found = search(&http, &format!("{}/api/v1/search", program.url), "red dress");
        found.send().await?.error_for_status()?;
        let (all, own) = program.memory_mb()?;
        println!(
            "{products} products: ready {:.1} s after the start of the process, the copy of the folder among them; \
             the first answer after {:.1} s; {all} MB, {own} MB of it no pages of files",
            ready.as_secs_f64(),
            program.started.elapsed().as_secs_f64(),
        );
        Ok(())
    })
}
