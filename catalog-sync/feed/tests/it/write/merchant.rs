//! Merchant Center's attributes in all of its formats.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::{escaped, rows};
use crate::shop::{Article, Choice, Look};

const NAMES: [&str; 15] = [
    "id",
    "item_group_id",
    "title",
    "brand",
    "product_type",
    "description",
    "material",
    "color",
    "size",
    "gtin",
    "price",
    "sale_price",
    "availability",
    "image_link",
    "additional_image_link",
];

fn cells(article: &Article, look: &Look, choice: &Choice) -> Vec<Vec<String>> {
    let one = |text: &str| vec![text.to_owned()];
    let money = |amount: String| vec![format!("{amount} EUR")];
    vec![
        one(&choice.sku),
        one(&article.id()),
        one(&article.title),
        one(&article.brand),
        one(&article.category),
        one(&article.description),
        one(&article.material),
        one(look.color),
        one(choice.size),
        one(&choice.gtin),
        money(choice.price()),
        choice.sale_price().map(money).unwrap_or_default(),
        one(choice.availability.as_str()),
        one(&look.image),
        article.more_images.clone(),
    ]
}

/// All rows; those of one article lie far apart.
fn all(articles: &[Article]) -> Vec<Vec<Vec<String>>> {
    let mut all = Vec::new();
    for part in 0..15 {
        for article in articles {
            all.extend(article.rows().nth(part).map(|(look, choice)| cells(article, look, choice)));
        }
    }
    all
}

pub fn table(articles: &[Article], path: &Path, delimiter: u8) {
    let joined = |cells: Vec<Vec<String>>| cells.into_iter().map(|values| values.join(",")).collect();
    // As Merchant Center shows its names.
    let names = NAMES.map(|name| name.replace('_', " "));
    rows(path, delimiter, &names.each_ref().map(String::as_str), all(articles).into_iter().map(joined));
}

pub fn rss(articles: &[Article], path: &Path) {
    let items = elements(articles, "item");
    let feed = format!(
        "<?xml version=\"1.0\"?>\n<rss xmlns:g=\"http://base.google.com/ns/1.0\" version=\"2.0\"><channel>\
         <title>Shop</title>\n{items}</channel></rss>"
    );
    std::fs::write(path, feed).unwrap();
}

pub fn atom(articles: &[Article], path: &Path) {
    let entries = elements(articles, "entry");
    let feed = format!(
        "<?xml version=\"1.0\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" \
         xmlns:g=\"http://base.google.com/ns/1.0\"><title>Shop</title>\n{entries}</feed>"
    );
    std::fs::write(path, feed).unwrap();
}

/// Every other text as CDATA.
fn elements(articles: &[Article], name: &str) -> String {
    let mut text = String::new();
    for (at, cells) in all(articles).into_iter().enumerate() {
        text.push_str(&format!("<{name}>"));
        for (attribute, values) in NAMES.iter().zip(cells) {
            for value in values {
                let value =
                    if at.is_multiple_of(2) { escaped(&value) } else { format!("<![CDATA[{value}]]>") };
                text.push_str(&format!("<g:{attribute}>{value}</g:{attribute}>\n"));
            }
        }
        text.push_str(&format!("</{name}>\n"));
    }
    text
}

pub fn json_lines(articles: &[Article], path: &Path) {
    let lines = all(articles).into_iter().map(|cells| {
        let value = |values: Vec<String>| match values.as_slice() {
            [] => serde_json::Value::Null,
            [one] => one.as_str().into(),
            many => many.into(),
        };
        let object = NAMES.iter().zip(cells).map(|(name, values)| ((*name).to_owned(), value(values)));
        serde_json::Value::Object(object.collect()).to_string()
    });
    std::fs::write(path, lines.collect::<Vec<_>>().join("\n")).unwrap();
}

pub fn parquet(articles: &[Article], path: &Path) {
    let all = all(articles);
    let column = |at: usize| -> ArrayRef {
        let text = |cells: &Vec<Vec<String>>| Some(cells[at].join(",")).filter(|text| !text.is_empty());
        Arc::new(all.iter().map(text).collect::<StringArray>())
    };
    let columns = NAMES.iter().enumerate().map(|(at, name)| (*name, column(at), true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}
