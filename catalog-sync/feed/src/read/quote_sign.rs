//! Which sign stands around the cells of a table: the double quote, or the single one, which is an apostrophe almost
//! everywhere else. One row cannot tell; many together can.

use std::cmp::Ordering;

use super::quoted::{End, opening, take_quoted};

/// How many lines are looked at.
pub(super) const SAMPLE_LINES: usize = 400;

/// What a sample is of one of the two signs.
#[derive(Debug, Default)]
struct Seen {
    /// Lines with as many cells as the header has.
    whole: usize,
    /// Cells with the sign around them.
    quoted: usize,
    /// The same by their columns, with how many cells of each have anything in them.
    columns: Vec<(usize, usize)>,
}

/// The sign that quotes in a table whose first line is its header. Single quotes have to make more lines whole than
/// double ones do, or to stand around all cells of a column; `Men's` and `'90s` do neither.
pub(super) fn of(lines: &[Vec<u8>], between: u8) -> u8 {
    let lines: Vec<&[u8]> =
        lines.iter().map(Vec::as_slice).filter(|line| !line.trim_ascii().is_empty()).collect();
    let [double, single] = [b'"', b'\''].map(|quote| seen(&lines, between, quote));
    let has_column = single.columns.iter().any(|(quoted, filled)| *quoted > 1 && quoted == filled);
    let is_single = match single.whole.cmp(&double.whole) {
        Ordering::Greater => single.quoted > double.quoted,
        Ordering::Equal => has_column && double.quoted == 0,
        Ordering::Less => false,
    };
    if is_single { b'\'' } else { b'"' }
}

fn seen(lines: &[&[u8]], between: u8, quote: u8) -> Seen {
    let width = lines.first().map_or(0, |header| cells(header, between, quote).len());
    let mut seen = Seen { columns: vec![(0, 0); width], ..Seen::default() };
    for (at, line) in lines.iter().enumerate() {
        let cells = cells(line, between, quote);
        seen.whole += usize::from(cells.len() == width);
        seen.quoted += cells.iter().filter(|cell| cell.is_quoted).count();
        // A header is quoted or not by itself, and a part of a cell of several lines tells nothing.
        let counts = at > 0 || cells.iter().all(|cell| cell.is_quoted);
        if counts && cells.len() == width {
            for (column, cell) in seen.columns.iter_mut().zip(&cells) {
                column.0 += usize::from(cell.is_quoted);
                column.1 += usize::from(cell.is_filled);
            }
        }
    }
    seen
}

struct Cell {
    is_quoted: bool,
    is_filled: bool,
}

/// The cells of one line. A quote that the line does not close is a letter here.
fn cells(line: &[u8], between: u8, quote: u8) -> Vec<Cell> {
    let mut cells = Vec::new();
    let mut rest = Some(line);
    while let Some(cell) = rest {
        let mut content = Vec::new();
        let quoted = opening(cell, quote)
            .map(|start| (start + 1, take_quoted(&cell[start + 1..], between, quote, &mut content)));
        rest = match quoted {
            Some((_, End::Line)) => None,
            Some((start, End::Cell(next))) => Some(&cell[start + next..]),
            Some((_, End::Open)) | None => {
                let end = cell.iter().position(|byte| *byte == between);
                let own = &cell[..end.unwrap_or(cell.len())];
                cells.push(Cell { is_quoted: false, is_filled: !own.trim_ascii().is_empty() });
                rest = end.map(|end| &cell[end + 1..]);
                continue;
            }
        };
        cells.push(Cell { is_quoted: true, is_filled: true });
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign(text: &str, between: u8) -> char {
        let lines: Vec<Vec<u8>> = text.lines().map(|line| line.as_bytes().to_vec()).collect();
        char::from(of(&lines, between))
    }

    #[test]
    fn single_quotes_around_cells_are_quotes() {
        for (text, between) in [
            ("'id','title','image'\n'1','Mug, blue','a.jpg'\n'2','Men''s, red','b.jpg'\n", b','),
            ("id;title;image\n1;'Mug; blue';a.jpg\n2;Cup;b.jpg\n", b';'),
            ("'id','title'\n'1','Mug,\"\",blue'\n'2','Cup'\n", b','),
            ("id\ttitle\timage\n1\t'Mug'\ta.jpg\n2\t'Men's cup'\tb.jpg\n", b'\t'),
            ("'id'\t'title'\n'1'\t'Mug\nblue'\n'2'\t'Jug'\n", b'\t'),
            ("id,title,price\n1,'Mug',4\n2,'',5\n3,'Jug',6\n", b','),
        ] {
            assert_eq!(sign(text, between), '\'', "{text}");
        }
    }

    #[test]
    fn an_apostrophe_is_no_quote() {
        for text in [
            "id,title,image\n1,Men's mug,a.jpg\n2,'90s lamp,b.jpg\n3,Rock 'n' roll,c.jpg\n",
            "id,title,image\n1,\"Men's, blue\",a.jpg\n2,'n' sign,b.jpg\n",
            "id,title,image\n1,'Sale',a.jpg\n2,Lamp,b.jpg\n",
            "id,title,image\n1,\"'Sale', now\",a.jpg\n2,\"'Top', new\",b.jpg\n",
            "id,title\n",
            "",
        ] {
            assert_eq!(sign(text, b','), '"', "{text}");
        }
    }
}
