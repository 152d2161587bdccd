//! Writers of each format, as its makers document it.

pub mod json_ld;
pub mod merchant;
pub mod shopify;
pub mod woocommerce;

use std::path::Path;

/// Rows with a header, quoted where that is needed.
fn rows(path: &Path, delimiter: u8, header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_path(path).unwrap();
    writer.write_record(header).unwrap();
    rows.into_iter().for_each(|row| writer.write_record(row).unwrap());
    writer.flush().unwrap();
}

/// Text in markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
