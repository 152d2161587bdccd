//! Lists that people and their office programs write.

use std::path::PathBuf;

use knytt_feed::{Feed, Folder, Options, Source};

use crate::common::{euros, file, lines, read};

#[track_caller]
fn check(content: &str, expected: &[&str]) {
    assert_eq!(lines(&read("f.csv", content)), expected, "{content}");
}

#[test]
fn a_list_without_a_header_tells_its_columns_by_the_first_row() {
    check(
        "stuhl.jpg;Roter Stuhl;49,90 €\ntisch.jpg;Tisch;1.120,00 €\n",
        &[
            "stuhl.jpg | Roter Stuhl | 49.9 EUR |  |  | 1 | unknown | 0 | ",
            "tisch.jpg | Tisch | 1120 EUR |  |  | 1 | unknown | 0 | ",
        ],
    );
    check(
        "K-1,Blue cup,https://c.test/a.jpg,https://c.test/b.jpg\nK-2,Jug,https://c.test/c.jpg,\n",
        &["K-1 | Blue cup |  |  |  | 2 | unknown | 0 | ", "K-2 | Jug |  |  |  | 1 | unknown | 0 | "],
    );
}

#[test]
fn two_columns_are_enough_in_many_languages() {
    for header in [
        "file,title",
        "Fil,Tittel",
        "Dateiname,Bezeichnung",
        "fichier,titre",
        "Archivo,Nombre",
        "Plik,Nazwa",
        "ファイル名,商品名",
    ] {
        check(&format!("{header}\na.jpg,Cup\n"), &["a.jpg | Cup |  |  |  | 1 | unknown | 0 | "]);
    }
}

#[test]
fn where_no_name_says_it_cells_tell_pictures_and_titles() {
    let content =
        "Regal;Was es ist;Ansicht;Preis\nB-1;Bohrhammer 800 W;p/a.jpg;1.249,00\nB-2;Säge;p/b.jpg;49,50\n";
    check(
        content,
        &[
            "B-1 | Bohrhammer 800 W | 1249 EUR |  |  | 1 | unknown | 0 | ",
            "B-2 | Säge | 49.5 EUR |  |  | 1 | unknown | 0 | ",
        ],
    );
    let (_folder, path) = file("f.csv", content);
    let feed = Feed::open(&path, euros()).unwrap();
    assert_eq!((feed.picture_column(), feed.title_column()), (Some("Ansicht"), Some("Was es ist")));
}

#[test]
fn what_spreadsheets_and_notes_put_around_an_address_is_taken_off() {
    let long = format!("/9j/{}", "A".repeat(400));
    let content = format!(
        "sku,name,price,image\n1,Fan,5,\"=IMAGE(\"\"https://c.test/a.jpg\"\")\"\n2,Lamp,5,\"<img src=\"\"https://c.test/a.jpg\"\"><img src='b.jpg'>\"\n\
         3,Rug,5,![rug](https://c.test/a.jpg)\n4,Pot,5,\"pot, front.jpg (https://c.test/a.jpg),pot.jpg (https://c.test/b.jpg)\"\n5,Pan,5,{long}\n"
    );
    let found = read("f.csv", &content);
    let pictures: Vec<usize> = found.iter().map(|product| 1 + product.more_images.len()).collect();
    assert_eq!(pictures, [1, 2, 1, 2, 1]);
    assert!(found[..4].iter().all(|product| product.image == "https://c.test/a.jpg"), "{found:?}");
    assert!(found[4].image.starts_with("data:image/jpeg"), "{}", found[4].image);
}

#[test]
fn shops_of_other_countries_name_their_columns_in_their_languages() {
    check(
        "MATNR;MAKTX;MATKL;VKPRS;WAERS;LABST;BILD\n1-1;Pumpe;Pumpen;1.299,00;EUR;3,000;p.jpg\n",
        &["1-1 | Pumpe | 1299 EUR | Pumpen |  | 1 | in_stock | 0 | "],
    );
    check(
        "Код_товару,Назва_позиції,Ціна,Валюта,Посилання_зображення,Наявність,Назва_групи,Виробник\nP1,Рушник,350.00,UAH,\"a.jpg, b.jpg\",+,Рушники,Льон\n",
        &["P1 | Рушник | 350 UAH | Рушники | Льон | 2 | in_stock | 0 | "],
    );
    check(
        "Артикул*;Название товара;Цена, руб.*;Цена до скидки, руб.;Бренд*;Тип*;Ссылка на главное фото*;Ссылки на дополнительные фото;Остаток\nO1;Плед;3 490;4 990;Тепло;Пледы;a.jpg;b.jpg;5\n",
        &["O1 | Плед | 4990 RUB, 3490 RUB | Пледы | Тепло | 2 | in_stock | 0 | "],
    );
    check(
        "path,name,code,sub-code,original-price,price,sale-price,product-category,item-image-urls\nキッチン:食器,急須,ky-1,,4500,3980,,1234,https://c.test/a.jpg;https://c.test/b.jpg\n",
        &["ky-1 | 急須 | 4500 EUR, 3980 EUR | キッチン > 食器 |  | 2 | unknown | 0 | "],
    );
    check(
        "code;pairCode;name;price;currency;standardPrice;defaultImage;image;image2;stock;variant:Velikost\nT1;7;Deka;399;CZK;499;a.jpg;b.jpg;c.jpg;3;S\n\
         T2;7;Deka;399;CZK;499;a.jpg;b.jpg;c.jpg;0;M\n",
        &["T1 | Deka | 499 CZK, 399 CZK |  |  | 3 | in_stock | 2 | S M"],
    );
    check(
        "Product code;Category;Product name;Price;List price;Quantity;Status;Detailed image\nC1;Home///Clocks;Clock;49;59;4;A;a.jpg\nC2;Home///Clocks;Old;9;0;4;D;b.jpg\n",
        &["C1 | Clock | 59 EUR, 49 EUR | Home///Clocks |  | 1 | in_stock | 0 | "],
    );
}

#[test]
fn bmecat_has_words_prices_and_pictures_in_elements_of_their_own() {
    let article = |id: &str, name: &str| {
        format!(
            "<ARTICLE><SUPPLIER_AID>{id}</SUPPLIER_AID><ARTICLE_DETAILS><DESCRIPTION_SHORT>{name}</DESCRIPTION_SHORT><MANUFACTURER_NAME>Kontor</MANUFACTURER_NAME></ARTICLE_DETAILS>\
             <ARTICLE_FEATURES><FEATURE><FNAME>Farbe</FNAME><FVALUE>Blau</FVALUE></FEATURE></ARTICLE_FEATURES>\
             <ARTICLE_PRICE_DETAILS><ARTICLE_PRICE price_type=\"net_list\"><PRICE_AMOUNT>4.20</PRICE_AMOUNT><PRICE_CURRENCY>CHF</PRICE_CURRENCY></ARTICLE_PRICE></ARTICLE_PRICE_DETAILS>\
             <MIME_INFO><MIME><MIME_TYPE>application/pdf</MIME_TYPE><MIME_SOURCE>s.pdf</MIME_SOURCE></MIME><MIME><MIME_TYPE>image/jpeg</MIME_TYPE><MIME_SOURCE>{id}.jpg</MIME_SOURCE></MIME></MIME_INFO></ARTICLE>"
        )
    };
    let content = format!(
        "<BMECAT version=\"1.2\"><HEADER><CATALOG><CATALOG_ID>K</CATALOG_ID></CATALOG></HEADER><T_NEW_CATALOG>{}{}</T_NEW_CATALOG></BMECAT>",
        article("a", "Ordner"),
        article("b", "Locher")
    );
    let found = read("f.xml", &content);
    assert_eq!(
        lines(&found),
        [
            "a | Ordner | 4.2 CHF |  | Kontor | 1 | unknown | 0 | Blau",
            "b | Locher | 4.2 CHF |  | Kontor | 1 | unknown | 0 | Blau"
        ]
    );
}

#[test]
fn pictures_of_one_thing_from_several_sides_are_one_product_of_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "hats/H-7_1.jpg",
        "hats/H-7_2.jpg",
        "hats/IMG_1.jpg",
        "hats/IMG_2.jpg",
        "bags/tote-front.jpg",
        "bags/tote-back.jpg",
    ] {
        let path: PathBuf = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "x").unwrap();
    }
    let open = |options| match Source::open(folder.path(), options).unwrap() {
        Source::Folder(folder) => folder,
        Source::Feed(_) => panic!("a folder"),
    };
    let told =
        |folder: &Folder| lines(&folder.entries().map(|entry| entry.unwrap().product).collect::<Vec<_>>());
    let opened = open(Options::default());
    assert_eq!(
        told(&opened),
        [
            "bags/tote-front.jpg | tote |  | bags |  | 2 | unknown | 0 | ",
            "hats/H-7_1.jpg | H 7 |  | hats |  | 2 | unknown | 0 | ",
            "hats/IMG_1.jpg | IMG 1 |  | hats |  | 1 | unknown | 0 | ",
            "hats/IMG_2.jpg | IMG 2 |  | hats |  | 1 | unknown | 0 | ",
        ]
    );
    assert_eq!(opened.further_views(), 2);
    assert_eq!(open(Options { each_picture: true, ..Options::default() }).len(), 6);
}
