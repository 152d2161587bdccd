//! Spreadsheets: workbooks of Excel and OpenDocument, and what programs save under their endings.

use std::path::{Path, PathBuf};

use knytt_engine::Availability;
use knytt_feed::{Error, Feed};

use crate::common::{entries, euros, file, products, read, told};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

#[test]
fn a_workbook_of_excel_before_2007_is_read_with_all_its_sheets() {
    let path = golden("sheets.xls");
    let found = products(&path, euros());
    assert_eq!(found.len(), 44);
    assert_eq!((found[0].id.as_str(), found[0].title.as_str()), ("K-1", "Küchenuhr „Süd“"));
    assert_eq!((found[1].title.as_str(), found[1].description.chars().count()), ("茶碗", 800));
    assert_eq!((found[2].id.as_str(), found[2].description.len()), ("1003", 3000));
    let prices: Vec<_> = found[..3].iter().map(|p| p.price.as_ref().unwrap().amount.to_string()).collect();
    assert_eq!(prices, ["24.9", "7", "1299.5"]);
    assert_eq!(
        (found[0].availability, found[1].availability),
        (Availability::InStock, Availability::OutOfStock)
    );
    let last = found.last().unwrap();
    assert_eq!(
        (last.id.as_str(), last.title.as_str()),
        ("W-39", format!("Kissen 39{}", " blau".repeat(60)).as_str())
    );
    let places: Vec<_> = entries(&path, euros()).into_iter().map(|entry| entry.unwrap().place).collect();
    assert_eq!((places[0].as_str(), places[4].as_str()), ("sheets.xls:2", "sheets.xls/Wohnen:4"));
    assert_eq!(Feed::open(&path, euros()).unwrap().left_aside(), [("Notes".to_owned(), 1)]);
}

#[test]
fn a_spreadsheet_of_opendocument_is_read_with_all_its_sheets() {
    let found = products(&golden("sheets.ods"), euros());
    assert_eq!(told(&found), ["K-1 Küchenuhr & Co [Küche]", "K-2 茶碗 [Küche]", "W-1 Kissen [Wohnen]"]);
    assert_eq!(found[0].description, "one\ntwo");
    let prices: Vec<_> = found.iter().map(|p| p.price.as_ref().unwrap().amount.to_string()).collect();
    assert_eq!(prices, ["24.9", "1299.5", "5"]);
}

#[test]
fn sheets_without_a_column_of_categories_are_categories() {
    let path = golden("categories.xlsx");
    let found = products(&path, euros());
    assert_eq!(told(&found), ["L-1 Lamp [Lamps]", "L-2 Tall lamp [Lamps]", "R-1 Rug [Rugs]"]);
    let feed = Feed::open(&path, euros()).unwrap();
    assert_eq!(
        (feed.sheet_categories(), feed.left_aside()),
        (&["Lamps".into(), "Rugs".into()][..], &[("Notes".into(), 1)][..])
    );
}

#[test]
fn dates_and_cells_over_several_rows_are_what_people_see() {
    let found = products(&golden("dates-1904.xlsx"), euros());
    assert_eq!(told(&found), ["L-1 Lamp [Lamps]", "L-2 Tall lamp [Lamps]", "R-1 Rug [Rugs]"]);
    assert_eq!(found[0].attributes["Available from"], "2024-03-05");
    assert_eq!(found[0].price.as_ref().unwrap().amount.to_string(), "1.2990");
}

#[test]
fn a_protected_workbook_says_that_it_is() {
    for name in ["protected.xlsx", "protected.xls"] {
        let Err(Error::Damaged { reason, .. }) = Feed::open(&golden(name), euros()) else { panic!("{name}") };
        assert!(reason.contains("password"), "{name}: {reason}");
    }
}

#[test]
fn a_page_under_an_ending_of_excels_is_a_table() {
    let page = "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><head><meta charset=\"windows-1252\">\
        <style>td { mso-number-format: x }</style></head><body><table border=\"1\">\
        <tr><th>Artikelnummer</th><th>Bezeichnung</th><th>Preis</th><th>Bild</th></tr>\
        <tr><td>007</td><td>Gro\u{df}e Lampe &amp; Schirm</td><td>1.249,00 &euro;</td><td>a.jpg</td></tr>\
        <tr><td>008</td><td>Teppich</td><td>90,00 &euro;</td><td><img src=\"b.jpg\"></td></tr></table></body></html>";
    let latin: Vec<u8> = page.chars().map(|c| u8::try_from(c).unwrap()).collect();
    let (_folder, path) = file("export.xls", latin);
    let found = products(&path, euros());
    assert_eq!(told(&found), ["007 Große Lampe & Schirm []", "008 Teppich []"]);
    assert_eq!(
        (found[0].price.as_ref().unwrap().to_string().as_str(), found[1].image.as_str()),
        ("1249.00 EUR", "b.jpg")
    );
    let places: Vec<_> = entries(&path, euros()).into_iter().map(|entry| entry.unwrap().place).collect();
    assert_eq!(places, ["export.xls:2", "export.xls:3"]);
}

#[test]
fn excels_xml_of_2003_is_a_workbook() {
    let cell = |kind: &str, text: &str| format!("<Cell><Data ss:Type=\"{kind}\">{text}</Data></Cell>");
    let header = ["SKU", "Name", "Price", "Image"].map(|name| cell("String", name)).concat();
    let row = |id: &str, price: &str| {
        let text =
            [cell("String", id), cell("String", "Lamp"), cell("Number", price), cell("String", "a.jpg")];
        format!("<Row>{}</Row>", text.concat())
    };
    let sheet = |name: &str, rows: String| {
        format!("<Worksheet ss:Name=\"{name}\"><Table><Row>{header}</Row>{rows}</Table></Worksheet>")
    };
    let text = format!(
        "<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n<Workbook \
         xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">\
         {}{}</Workbook>",
        sheet("Lamps", row("007", "1.299")),
        sheet("Rugs", row("008", "90")),
    );
    let found = read("feed.xls", &text);
    assert_eq!(told(&found), ["007 Lamp [Lamps]", "008 Lamp [Rugs]"]);
    assert_eq!(found[0].price.as_ref().unwrap().amount.to_string(), "1.2990", "a number has a decimal point");
}

#[test]
fn text_and_newer_workbooks_under_the_ending_of_the_old_ones_are_read() {
    assert_eq!(told(&read("feed.xls", "id;title;image\n1;Lamp;a.jpg\n")), ["1 Lamp []"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feed.xls");
    std::fs::copy(golden("categories.xlsx"), &path).unwrap();
    assert_eq!(products(&path, euros()).len(), 3);
}
