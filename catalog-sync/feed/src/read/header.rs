//! Finds the header of a table: which line it is, and what is between its cells. Lines may be above it: Excel's
//! `sep=;`, remarks, the name of an export.

use crate::Columns;

/// How many lines are looked at.
pub(crate) const LINES_TO_LOOK_AT: usize = 12;

/// What may be between cells. The first four are taken unless a header says another.
const DELIMITERS: [u8; 7] = [b'\t', b',', b';', b'|', b'^', b'~', b':'];

/// Names by which a line is known to be the header, if the first line has fewer.
const NAMES_THAT_TELL: usize = 2;

/// Where a header is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HeaderPlace {
    /// Lines above it.
    pub(crate) above: usize,
    /// What is between cells.
    pub(crate) between: u8,
}

/// Looks at the first lines of a text; `between` is known if somebody said it.
pub(crate) fn find(lines: &[Vec<u8>], between: Option<u8>, columns: &Columns) -> HeaderPlace {
    let sep = lines.first().and_then(|line| separator_line(line));
    let above = usize::from(sep.is_some());
    let between = between.or(sep);
    let candidates: Vec<(usize, u8, usize)> = lines
        .iter()
        .enumerate()
        .skip(above)
        .filter(|(_, line)| !is_blank(line) && !is_remark(line))
        .map(|(at, line)| {
            let (between, known) = best(line, between, columns);
            (at, between, known)
        })
        .collect();
    let first = candidates.first().copied();
    let found = candidates.iter().position(|(.., known)| *known >= NAMES_THAT_TELL);
    // A header of two lines has the names for programs in either.
    let fuller = found.and_then(|at| {
        let below = candidates.get(at + 1).filter(|below| below.0 == candidates[at].0 + 1);
        below.filter(|below| below.2 > candidates[at].2)
    });
    let told = fuller.or(found.map(|at| &candidates[at])).copied();
    let (at, between, _) = told.or(first).unwrap_or((above, between.unwrap_or(b','), 0));
    HeaderPlace { above: at, between }
}

/// The rows of a workbook above its header; none if no row is one.
pub(crate) fn find_row(rows: impl Iterator<Item = Vec<String>>, columns: &Columns) -> Option<usize> {
    let (mut first, mut found) = (None, None);
    for (at, row) in rows.enumerate().take(LINES_TO_LOOK_AT) {
        let known = row.iter().filter(|cell| columns.know(cell)).count();
        match found {
            None if known >= NAMES_THAT_TELL => found = Some((at, known)),
            None => {}
            Some((_, above)) if known > above => return Some(at),
            Some((above, _)) => return Some(above),
        }
        let is_filled = row.iter().any(|cell| !cell.trim().is_empty());
        first = first.or(Some(at).filter(|_| is_filled));
    }
    found.map(|(at, _)| at).or(first)
}

/// Excel's `sep=;`, which says what is between cells.
fn separator_line(line: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(line).ok()?.trim_matches(['"', '\'', '\r']);
    let sign = text.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")).map(|_| &text[4..])?;
    match sign.as_bytes() {
        [sign] => Some(*sign),
        b"\\t" | b"" => Some(b'\t'),
        _ => None,
    }
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| byte.is_ascii_whitespace() || DELIMITERS.contains(byte) || is_quote(byte))
}

fn is_quote(byte: &u8) -> bool {
    matches!(byte, b'"' | b'\'')
}

/// `# Required | …`, as Meta's templates have it above their names.
pub(crate) fn is_remark(line: &[u8]) -> bool {
    line.iter().find(|byte| !byte.is_ascii_whitespace() && !is_quote(byte)) == Some(&b'#')
}

/// The delimiter by which a line has the most known names, and how many.
fn best(line: &[u8], between: Option<u8>, columns: &Columns) -> (u8, usize) {
    let usual = between.unwrap_or_else(|| delimiter(line));
    let tried = if between.is_some() { &[] } else { &DELIMITERS[..] };
    let known = |between: u8| {
        let cells = line.split(|byte| *byte == between).map(String::from_utf8_lossy);
        cells.filter(|cell| columns.know(cell.trim().trim_matches(['"', '\'', '\0']))).count()
    };
    let mut found = (usual, known(usual));
    for sign in tried {
        let count = known(*sign);
        if count > found.1 {
            found = (*sign, count);
        }
    }
    found
}

/// What is between the cells of a header: the most frequent of the usual signs, outside of quotes.
fn delimiter(start: &[u8]) -> u8 {
    let mut counts = [(b'\t', 0), (b',', 0), (b';', 0), (b'|', 0)];
    let mut quoted = false;
    for byte in start {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            byte if !quoted => counts.iter_mut().filter(|(sign, _)| sign == byte).for_each(|(_, n)| *n += 1),
            _ => {}
        }
    }
    let most = counts.iter().map(|(_, n)| *n).max().filter(|n| *n > 0);
    counts.iter().find(|(_, n)| Some(*n) == most).map_or(b',', |(sign, _)| *sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> (usize, char) {
        let lines: Vec<Vec<u8>> = text.lines().map(|line| line.as_bytes().to_vec()).collect();
        let found = find(&lines, None, &Columns::default());
        (found.above, char::from(found.between))
    }

    #[test]
    fn lines_above_the_header_are_no_header() {
        for (text, expected) in [
            ("id,title\n1,a\n", (0, ',')),
            ("sep=;\nid;title\n", (1, ';')),
            ("\"sep=\t\"\nid\ttitle\n", (1, '\t')),
            ("# Required | its id,# Required | its name\nid,title\n", (1, ',')),
            ("Export of 3 March\n\nid;title;price\n1;a;2\n", (2, ';')),
            ("Artikelnummer;Bild\n1;a.jpg\n", (0, ';')),
            ("id^title^price\n1^a, b, c, d, e^3\n", (0, '^')),
            ("'id';'title';'price'\n'1';'a, b, c';'3'\n", (0, ';')),
            (
                "Seller SKU,Product name,What it shows\nitem_sku,item_name,main_image_url\n1,a,a.jpg\n",
                (1, ','),
            ),
        ] {
            assert_eq!(place(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_row_of_a_workbook_is_found_like_a_line() {
        let rows: Vec<Vec<String>> = [&["Our shop", ""][..], &["", ""], &["SKU", "Title"]]
            .map(|r| r.iter().map(|c| (*c).into()).collect())
            .into();
        let found = |rows: &[Vec<String>]| find_row(rows.iter().cloned(), &Columns::default());
        assert_eq!((found(&rows), found(&rows[..2]), found(&rows[1..2])), (Some(2), Some(0), None));
    }
}
