//! `cargo xtask …`: the tasks of this repository.

mod bench;
mod bench_gpu;
mod bundle;
mod cuda;
#[cfg(test)]
mod documents;
#[cfg(unix)]
mod kiosk_package;
mod programs;
mod python;
mod relevance;
mod run;
mod sample;
mod screens;
mod shell;
mod ship;
mod system;
mod test;
mod ui;
mod unused;
mod web;

use anyhow::Result;

const USAGE: &str = "\
Usage: cargo xtask <command>

  run      install what is missing, build, and open the app on the sample catalogue;
           `knytt` is built without `publish` and `serve`, which `cargo build --release -p knytt` adds;
           with --kiosk, open the kiosk of a store instead, full-screen or --window 1080x1920
           with --web, serve the sample shop and open it in a browser; what follows goes to `knytt serve`
  test     install what the tests need and run them all
  bench    run the benches; with --peers also PyTorch, ONNX Runtime, OpenVINO and FAISS beside ours;
           with --gpu, the starter and each --bundle DIR on a GPU, with PyTorch beside them where --python PATH has it
  relevance  draw a shop with judged queries, measure what each stage of the ranking adds, and write
           docs/relevance-rows.md; --photos FILE.csv also measures photographs
  soak     kill writers and syncs at many random instants and check the catalogue after each
  fuzz     feed mutated metadata and packs to what reads them
  bundle   pack the app to be installed: deb and rpm on Linux;
           with --kiosk, the kiosk of a store with its service, as a deb; --program FILE packs that program
  ship     build `knytt` and the kiosk as they are handed out: optimised across crates, which takes long,
           with their symbols in files of their own; with names, some of them only
  cuda     with `check`, check the models with CUDA; with `test`, test what they say where it fails; with `build`,
           build a `knytt` for NVIDIA's GPUs (--debug: not optimised). Fetches a CUDA compiler if CUDA_HOME names none
  screens  draw docs/screenshots again; with names, some of them only: app, web, console, kiosk
  setup    only install what is missing, and build the interface
  unused   look for dependencies that are named and not used
  help     print this
";

fn main() -> Result<()> {
    if cuda::is_compiler() {
        return cuda::compile();
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) =
        arguments.split_first().map_or(("help", &[][..]), |(first, rest)| (first.as_str(), rest));
    let rest = without_dashes(rest);
    match command {
        "run" if rest.first().is_some_and(|first| first == "--web") => web::run(&rest[1..]),
        "run" => run::run(rest),
        #[cfg(unix)]
        "bundle" if rest.first().is_some_and(|first| first == "--kiosk") => kiosk_package::bundle(&rest[1..]),
        "bundle" => bundle::bundle(rest),
        "ship" => ship::ship(rest),
        "cuda" => cuda::cuda(rest),
        "screens" => screens::screens(rest),
        "test" => test::test(rest),
        "bench" => bench::bench(rest),
        "relevance" => relevance::relevance(rest),
        "setup" => setup(),
        "unused" => unused::unused(),
        "soak" => test::soak(rest),
        "fuzz" => test::fuzz(rest),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        unknown => {
            eprint!("error: there is no command {unknown:?}\n\n{USAGE}");
            std::process::exit(2)
        }
    }
}

/// The arguments of `cargo xtask run -- --catalog DIR`: cargo hands on dashes that come after an alias.
fn without_dashes(arguments: &[String]) -> &[String] {
    match arguments.split_first() {
        Some((first, rest)) if first == "--" => rest,
        _ => arguments,
    }
}

fn setup() -> Result<()> {
    system::ensure_build_tools()?;
    system::ensure_test_tools()?;
    ui::build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_before_arguments_are_not_handed_on() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(without_dashes(&words("-- --catalog shop")), words("--catalog shop"));
        assert_eq!(without_dashes(&words("--web -- x")), words("--web -- x"));
        assert!(without_dashes(&[]).is_empty());
    }
}
