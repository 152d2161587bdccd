//! Rows of a table that are no products: the header once more, a second line of names below it, and a line of totals.

use crate::column::{normalise, role_of};

/// What programs write before a total.
#[rustfmt::skip]
const TOTALS: &[&str] = &[
    "total", "totals", "grand total", "sum", "subtotal", "total rows", "total products", "total items", "row count",
    "rows", "count", "end", "end of file", "eof", "summe", "gesamt", "gesamtsumme", "insgesamt", "anzahl", "ende",
    "somme", "total général", "fin", "suma", "total general", "totale", "totale generale", "soma", "razem", "łącznie",
    "ogółem", "celkem", "součet", "spolu", "totaal", "totalt", "summa", "i alt", "yhteensä", "összesen", "összeg",
    "toplam", "genel toplam", "итого", "всего", "разом", "усього", "всичко", "σύνολο", "ukupno", "skupaj", "סה\"כ",
    "סך הכל", "المجموع", "الإجمالي", "جمع", "jumlah", "tổng", "tổng cộng", "รวม", "合計", "総計", "合计", "总计", "總計",
    "합계", "총계",
];

/// Whether a row is the header again, as in files that were put together.
pub(super) fn repeats_header<'a>(header: &[String], cells: impl Iterator<Item = &'a str>) -> bool {
    let (mut filled, mut same) = (0, 0);
    for (name, cell) in header.iter().zip(cells) {
        let cell = cell.trim();
        filled += usize::from(!cell.is_empty());
        same += usize::from(!cell.is_empty() && cell.eq_ignore_ascii_case(name));
    }
    filled > 1 && same * 2 > filled
}

/// Whether a row right below a header names its columns a second time, in other words.
pub(super) fn renames_header<'a>(header: &[String], cells: impl Iterator<Item = &'a str>) -> bool {
    let (mut filled, mut like) = (0, 0);
    for (name, cell) in header.iter().zip(cells).filter(|(_, cell)| !cell.trim().is_empty()) {
        let role = role_of(name);
        filled += 1;
        like += usize::from((role.is_some() && role == role_of(cell)) || normalise(cell) == normalise(name));
    }
    like > 2 && like * 2 > filled
}

/// Whether a row is a line of totals: its first word says so, and the rest are numbers.
pub(super) fn is_total<'a>(cells: impl Iterator<Item = &'a str>) -> bool {
    let mut filled = cells.map(str::trim).filter(|cell| !cell.is_empty());
    let Some(first) = filled.next().filter(|first| first.len() < 40) else { return false };
    let (word, behind) = first.split_once(':').unwrap_or((first, ""));
    let is_number = |text: &str| !text.contains(char::is_alphabetic) && text.len() < 40;
    TOTALS.contains(&word.trim().to_lowercase().as_str()) && is_number(behind) && filled.all(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Vec<String> {
        ["id", "title", "image_link", "price", "fit"].map(String::from).into()
    }

    #[test]
    fn the_header_again_is_no_row() {
        let again = |cells: [&str; 5]| repeats_header(&header(), cells.into_iter());
        assert!(again(["id", "title", "image_link", "price", "fit"]));
        assert!(again(["ID", "Title", "IMAGE_LINK", "", ""]));
        assert!(!again(["7", "Title", "a.jpg", "5", "slim"]), "a book with that name");
        assert!(!again(["", "", "", "", ""]));
        let renamed = |cells: [&str; 5]| renames_header(&header(), cells.into_iter());
        assert!(renamed(["Artikelnummer", "Bezeichnung", "Bild", "Preis", "Passform"]));
        assert!(!renamed(["sku", "Lamp", "a.jpg", "5", ""]));
    }

    #[test]
    fn a_line_of_totals_is_no_row() {
        for cells in
            [&["Total", "", "", "1.299,50"][..], &["Summe:", "17"], &["Total rows: 214"], &["合計", "3"]]
        {
            assert!(is_total(cells.iter().copied()), "{cells:?}");
        }
        for cells in
            [&["Total", "Total Eclipse lamp", "a.jpg", "5"][..], &["7", "Total", "5"], &["Sum 41", "5"], &[]]
        {
            assert!(!is_total(cells.iter().copied()), "{cells:?}");
        }
    }
}
