//! Tables as programs and people write them: quotes, second headers, totals, and bytes that are no text.

use proptest::prelude::*;

use crate::common::{codes, read, told};

#[test]
fn single_quotes_quote_where_they_stand_around_cells() {
    for between in [",", ";", "\t"] {
        let text = [
            ["'id'", "'title'", "'image'"],
            ["'1'", &format!("'Mug{between} blue'"), "'a.jpg'"],
            ["'2'", "'Men''s mug'", "'b.jpg'"],
            ["'3'", "'Women's mug'", "'c.jpg'"],
            ["'4'", "'Two\nlines'", "'d.jpg'"],
        ]
        .map(|row| row.join(between))
        .join("\n");
        let expected = [
            format!("1 Mug{between} blue []"),
            "2 Men's mug []".into(),
            "3 Women's mug []".into(),
            "4 Two lines []".into(),
        ];
        assert_eq!(told(&read("f.csv", &text)), expected, "{text}");
    }
    let some = "id,title,image\n1,'Mug, blue',a.jpg\n2,Jug,b.jpg\n";
    assert_eq!(told(&read("f.csv", some)), ["1 Mug, blue []", "2 Jug []"]);
}

#[test]
fn apostrophes_are_letters() {
    let text =
        "id,title,image\n1,Men's mug,a.jpg\n2,'90s lamp,b.jpg\n3,Rock 'n' roll,c.jpg\n4,'Sale',d.jpg\n";
    let titles: Vec<String> = read("f.csv", text).into_iter().map(|p| p.title).collect();
    assert_eq!(titles, ["Men's mug", "'90s lamp", "Rock 'n' roll", "'Sale'"]);
    let both = "id,title,image\n1,\"'Top', blue\",a.jpg\n2,'n' sign,b.jpg\n3,'n' sign,c.jpg\n";
    let titles: Vec<String> = read("f.csv", both).into_iter().map(|p| p.title).collect();
    assert_eq!(titles, ["'Top', blue", "'n' sign", "'n' sign"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// Whatever is in the cells, a file that quotes all of them reads as it was written, with either sign.
    #[test]
    fn quoted_cells_come_back(titles in proptest::collection::vec("[a-zé][a-z ,;Q]{0,12}[a-zé]", 3..9)) {
        for quote in ["\"", "'"] {
            let cell = |text: &str| format!("{quote}{}{quote}", text.replace('Q', &quote.repeat(2)));
            let row = |cells: [&str; 3]| cells.map(cell).join(",");
            let mut text = row(["id", "title", "image"]) + "\n";
            for (at, title) in titles.iter().enumerate() {
                text += &(row([&at.to_string(), title, "a.jpg"]) + "\n");
            }
            let found: Vec<String> = read("f.csv", &text).into_iter().map(|p| p.title).collect();
            let expected: Vec<String> = titles.iter().map(|title| title.replace('Q', quote)).collect();
            prop_assert_eq!(found, expected);
        }
    }
}

#[test]
fn the_header_again_and_totals_are_no_products() {
    let together =
        "id,title,image,price\n1,Lamp,a.jpg,5\n\u{feff}id,title,image,price\n2,Rug,b.jpg,9\nTotal,,,14\n";
    assert_eq!(codes("f.csv", together), [("f.csv:2".to_owned(), "ok"), ("f.csv:4".to_owned(), "ok")]);
    let twice = "sku;name;image_url;price\nArtikelnummer;Bezeichnung;Bild;Preis\n1;Lampe;a.jpg;24,90\nSumme:;;;24,90\n";
    assert_eq!(told(&read("f.csv", twice)), ["1 Lampe []"]);
    let template = "Template=x\tVersion=2\nSeller SKU\tProduct Name\tMain photo\nitem_sku\titem_name\tmain_image_url\n1\tLamp\ta.jpg\n";
    assert_eq!(told(&read("f.txt", template)), ["1 Lamp []"]);
}

#[test]
fn bytes_of_nothing_are_no_part_of_a_cell() {
    let padded = "id,title,image\n1\0\0,Lamp\0\0\0,a.jpg\0\n2\0\0,Rug\0\0\0\0,b.jpg\0\n";
    assert_eq!(told(&read("f.csv", padded)), ["1 Lamp []", "2 Rug []"]);
}

#[test]
fn columns_in_a_language_with_remarks_are_known() {
    let text = "sku;name-en_US;name-fr_FR;description-en_US-ecommerce;Categories (x,y,z...);price-EUR;enabled;image\n\
        1;Lamp;Lampe;Bright;Lamps;39.90;1;a.jpg\n2;Old;Vieux;x;Lamps;9.90;0;b.jpg\n";
    let found = read("f.csv", text);
    assert_eq!(told(&found), ["1 Lamp [Lamps]"]);
    assert_eq!(
        (found[0].description.as_str(), found[0].price.as_ref().unwrap().to_string().as_str()),
        ("Bright", "39.90 EUR")
    );
}
