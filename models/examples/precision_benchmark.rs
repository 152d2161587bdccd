//! Measures which precision finds on these photographs what f32 finds, and how fast each one is here.
//!
//!     precision_benchmark FOLDER [COUNT [BUNDLE [CACHE]]]
//!
//! Takes up to COUNT pictures of FOLDER (1,000 unless told), the starter bundle unless told, and prints the
//! benchmark as JSON. With a cache folder it writes the benchmark there for `Precision::Auto`.

use std::path::{Path, PathBuf};

use knytt_models::decode::{Limits, decode};
use knytt_models::{Bundle, Options};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments.first().ok_or("usage: precision_benchmark FOLDER [COUNT [BUNDLE [CACHE]]]")?;
    let count = arguments.get(1).map_or(Ok(1_000), |n| n.parse())?;
    let bundle = match arguments.get(2) {
        Some(dir) => Bundle::open(Path::new(dir))?,
        None => Bundle::starter()?,
    };
    let options = Options { cache: arguments.get(3).map(Into::into), ..Options::default() };
    let mut files: Vec<PathBuf> =
        fs_err::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.sort();
    let side = bundle.preprocessing().target_side();
    // What is no picture is left out.
    let pictures: Vec<_> = files
        .iter()
        .filter_map(|file| decode(&fs_err::read(file).ok()?, &Limits::default(), Some(side)).ok())
        .take(count)
        .collect();
    println!("{}", serde_json::to_string_pretty(&bundle.benchmark_precisions(&options, &pictures)?)?);
    Ok(())
}
