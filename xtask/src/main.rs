//! `cargo xtask …`: everything that is done with this repository, in one place.

mod bench;
mod run;
mod shell;
mod system;
mod test;

use anyhow::Result;

const USAGE: &str = "\
Usage: cargo xtask <command>

  run      install what is missing, build, and show search results for the sample catalogue
  test     install what the tests need and run them all
  bench    run the benches; with --peers also PyTorch, ONNX Runtime and FAISS beside ours
  soak     kill writers at many random instants and check the catalogue after each
  setup    only install what is missing
  help     print this
";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) =
        arguments.split_first().map_or(("help", &[][..]), |(first, rest)| (first.as_str(), rest));
    match command {
        "run" => run::run(),
        "test" => test::test(rest),
        "bench" => bench::bench(rest),
        "setup" => system::ensure_build_tools(),
        "soak" => test::soak(rest),
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
