//! How fast a feed is read, and in how much memory:
//!
//! ```sh
//! cargo run --release -p knytt-feed --example time_feed -- 100000      # rows of Merchant Center's TSV, made up
//! cargo run --release -p knytt-feed --example time_feed -- feed.csv    # a feed of one's own
//! ```

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use knytt_feed::{Options, Source};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Rows of one group.
const SIZES: [&str; 5] = ["XS", "S", "M", "L", "XL"];

fn main() -> Outcome<()> {
    let asked = std::env::args().nth(1).ok_or("say how many rows, or which feed")?;
    let folder = tempfile::tempdir()?;
    let path = match asked.parse::<usize>() {
        Ok(rows) => write(&folder.path().join("feed.tsv"), rows)?,
        Err(_) => PathBuf::from(asked),
    };
    let started = Instant::now();
    let source = Source::open(&path, Options::default())?;
    let opened = started.elapsed();
    let (mut products, mut variants, mut refused) = (0, 0, 0);
    for entry in source.entries()? {
        match entry? {
            Ok(item) => {
                products += 1;
                variants += item.product.variants.len().max(1);
            }
            Err(_) => refused += 1,
        }
    }
    let megabytes = std::fs::metadata(&path)?.len() as f64 / 1e6;
    println!("{megabytes:.1} MB: {products} products of {variants} rows, {refused} set aside");
    println!("first reading {:.2} s, both {:.2} s", opened.as_secs_f64(), started.elapsed().as_secs_f64());
    println!("most memory: {}", most_memory().unwrap_or_else(|| "not known on this system".into()));
    Ok(())
}

/// Rows of one product as far apart as they can be: all of the first size, then all of the next.
fn write(path: &Path, rows: usize) -> Outcome<PathBuf> {
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    writeln!(
        file,
        "id\titem group id\ttitle\tdescription\tlink\timage link\tadditional image link\tprice\tsale price\t\
         availability\tbrand\tgtin\tcolor\tsize\tmaterial\tproduct type\tgoogle product category\tage group\tgender"
    )?;
    let groups = rows.div_ceil(SIZES.len());
    for row in 0..rows {
        let (group, size) = (row % groups, SIZES[row / groups]);
        writeln!(
            file,
            "sku-{row}\tg-{group}\tLinen shirt number {group}\t<p>A light shirt of <b>linen</b> &amp; cotton, made for \
             warm days, with a narrow collar and long sleeves.</p>\thttps://shop.test/p/{group}?size={size}\t\
             https://cdn.test/{group}.jpg\thttps://cdn.test/{group}-2.jpg,https://cdn.test/{group}-3.jpg\t{}.90 EUR\t\
             {}.50 EUR\tin_stock\tAtelier Nord\t{:013}\tred\t{size}\tlinen\tShirts > Linen\t\
             Apparel & Accessories > Clothing\tadult\tfemale",
            20 + group % 80,
            10 + group % 10,
            4_000_000_000_000_usize + row
        )?;
    }
    file.flush()?;
    Ok(path.into())
}

/// Linux says it.
fn most_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
