//! Cuts delimited text into rows of cells. Quotes are believed where they stand around a cell, and are letters
//! elsewhere: a title that begins with an inch sign must not take in the rows after it. Which sign quotes is seen from
//! many rows (`quote_sign`).

use std::collections::VecDeque;
use std::io::{BufRead, Read};

use crate::text::Text;

/// No row is longer, whatever quotes it has.
const MAX_ROW_BYTES: usize = 4 << 20;

/// No quoted cell of several lines is longer.
const MAX_QUOTED_BYTES: usize = 1 << 20;

/// After so many whole rows inside of one quoted cell it is seen that the quote was a letter.
const ROWS_THAT_TELL: usize = 4;

/// The cells of one row, as bytes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct RawRow {
    /// On which it begins, from 1.
    pub(crate) line: u64,
    pub(crate) cells: Vec<Vec<u8>>,
    /// Its line is longer than any row's.
    pub(crate) is_too_long: bool,
}

/// Rows of a delimited text.
pub(crate) struct Rows {
    lines: Lines,
    between: u8,
    /// The sign that stands around cells.
    quote: u8,
    /// How many cells the header has.
    width: usize,
}

impl Rows {
    pub(crate) fn new(text: Text, between: u8) -> Self {
        let lines = Lines { text, ahead: VecDeque::new(), number: 0, is_mac: None, is_mixed: false };
        Self { lines, between, quote: b'"', width: 0 }
    }

    /// Says how many cells a whole row has: what a quote means is seen by that.
    pub(crate) fn set_width(&mut self, width: usize) {
        self.width = width;
    }

    pub(crate) fn set_delimiter(&mut self, between: u8) {
        self.between = between;
    }

    pub(crate) fn set_quote(&mut self, quote: u8) {
        self.quote = quote;
    }

    /// Leaves out the next lines.
    pub(crate) fn skip(&mut self, lines: usize) {
        self.lines.skip(lines);
    }

    /// A line that follows, as it is, without taking it.
    ///
    /// # Errors
    /// The text cannot be read on.
    pub(crate) fn peek(&mut self, at: usize) -> std::io::Result<Option<&[u8]>> {
        while self.lines.ahead.len() <= at {
            if !self.lines.read_ahead()? {
                return Ok(None);
            }
        }
        Ok(self.lines.ahead.get(at).map(|(_, line)| line.as_slice()))
    }

    /// The lines that follow, at most so many and not much more than a megabyte, without taking them.
    ///
    /// # Errors
    /// The text cannot be read on.
    pub(crate) fn sample(&mut self, most: usize) -> std::io::Result<Vec<Vec<u8>>> {
        let (mut lines, mut bytes) = (Vec::new(), 0);
        while bytes < MAX_QUOTED_BYTES
            && lines.len() < most
            && let Some(line) = self.peek(lines.len())?
        {
            bytes += line.len();
            lines.push(line.to_vec());
        }
        Ok(lines)
    }

    /// # Errors
    /// The text cannot be read on.
    pub(crate) fn next_row(&mut self) -> std::io::Result<Option<RawRow>> {
        let Some((line, first)) = self.lines.next()? else { return Ok(None) };
        if first.len() >= MAX_ROW_BYTES {
            return Ok(Some(RawRow { line, cells: Vec::new(), is_too_long: true }));
        }
        let mut cells = Vec::new();
        let mut rest = first;
        while let Some(open) = self.cells(&rest, &mut cells) {
            let after = match self.close(rest.split_off(open), &cells)? {
                Closed::With(cell, after, lines) => {
                    self.lines.skip(lines);
                    cells.push(cell);
                    after
                }
                Closed::Not(plain) => {
                    let end = plain.iter().position(|byte| *byte == self.between);
                    cells.push(plain[..end.unwrap_or(plain.len())].to_vec());
                    end.map(|end| plain[end + 1..].to_vec())
                }
            };
            match after {
                Some(after) => rest = after,
                None => break,
            }
        }
        Ok(Some(RawRow { line, cells, is_too_long: false }))
    }

    /// Cuts cells off until one begins with a quote that its own line does not close; gives the place of that one.
    fn cells(&self, line: &[u8], cells: &mut Vec<Vec<u8>>) -> Option<usize> {
        let mut at = 0;
        loop {
            let cell = &line[at..];
            if let Some(start) = opening(cell, self.quote) {
                let mut content = Vec::new();
                match take_quoted(&cell[start + 1..], self.between, self.quote, &mut content) {
                    End::Open => return Some(at),
                    End::Line => {
                        cells.push(content);
                        return None;
                    }
                    End::Cell(next) => {
                        cells.push(content);
                        at += start + 1 + next;
                        continue;
                    }
                }
            }
            match cell.iter().position(|byte| *byte == self.between) {
                Some(end) => {
                    cells.push(cell[..end].to_vec());
                    at += end + 1;
                }
                None => {
                    cells.push(cell.to_vec());
                    return None;
                }
            }
        }
    }

    /// Looks for the end of a quoted cell in the lines that follow.
    fn close(&mut self, begun: Vec<u8>, before: &[Vec<u8>]) -> std::io::Result<Closed> {
        let (between, quote, width) = (self.between, self.quote, self.width);
        let mut all_whole = width > 1 && before.len() + count(&begun, between) == width;
        let mut content = Vec::new();
        let inside = opening(&begun, quote).map_or(0, |at| at + 1);
        let _ = take_quoted(&begun[inside..], between, quote, &mut content);
        for lines in 1.. {
            if content.len() > MAX_QUOTED_BYTES || (all_whole && lines > ROWS_THAT_TELL) {
                break;
            }
            let Some(line) = self.peek(lines - 1)? else { break };
            if !line.iter().all(u8::is_ascii_whitespace) {
                all_whole &= count(line, between) == width;
            }
            content.push(b'\n');
            match take_quoted(line, between, quote, &mut content) {
                End::Open => {}
                _ if all_whole => break,
                End::Line => return Ok(Closed::With(content, None, lines)),
                End::Cell(next) => {
                    let rest = line[next..].to_vec();
                    return Ok(Closed::With(content, Some(rest), lines));
                }
            }
        }
        Ok(Closed::Not(begun))
    }
}

/// What became of a quote at the beginning of a cell.
enum Closed {
    /// The cell, what follows it in its last line, and how many lines it took.
    With(Vec<u8>, Option<Vec<u8>>, usize),
    /// It is a letter; the line from it on.
    Not(Vec<u8>),
}

/// Where the quote is that a cell begins with; blanks may be before it.
pub(super) fn opening(cell: &[u8], quote: u8) -> Option<usize> {
    let at = cell.iter().position(|byte| *byte != b' ')?;
    (cell[at] == quote).then_some(at)
}

fn count(line: &[u8], between: u8) -> usize {
    line.iter().filter(|byte| **byte == between).count() + 1
}

/// Where a quoted cell ends.
pub(super) enum End {
    /// Not in this line.
    Open,
    /// With the line.
    Line,
    /// Before the next cell, which begins there.
    Cell(usize),
}

/// Reads what a line has of a quoted cell. A quote ends the cell where a delimiter or the end of the line follows
/// it; a doubled one is one quote, and any other is a letter.
pub(super) fn take_quoted(line: &[u8], between: u8, quote: u8, content: &mut Vec<u8>) -> End {
    let mut at = 0;
    while let Some(&byte) = line.get(at) {
        at += 1;
        if byte != quote {
            content.push(byte);
            continue;
        }
        let rest = &line[at..];
        let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
        match rest.get(blanks) {
            None => return End::Line,
            Some(next) if *next == between => return End::Cell(at + blanks + 1),
            _ if rest.first() == Some(&quote) => at += 1,
            // Some programs write `\"` for a quote of the text's own.
            _ if content.last() == Some(&b'\\') => drop(content.pop()),
            _ => {}
        }
        content.push(quote);
    }
    End::Open
}

/// Lines with their numbers, without what ends them.
struct Lines {
    text: Text,
    ahead: VecDeque<(u64, Vec<u8>)>,
    number: u64,
    /// Whether lines end with `\r` alone, as they did on Macs; seen from the first block.
    is_mac: Option<bool>,
    /// Whether some lines end so and others do not, as in files that were put together; seen from the first line.
    is_mixed: bool,
}

impl Lines {
    fn next(&mut self) -> std::io::Result<Option<(u64, Vec<u8>)>> {
        if self.ahead.is_empty() && !self.read_ahead()? {
            return Ok(None);
        }
        Ok(self.ahead.pop_front())
    }

    fn skip(&mut self, lines: usize) {
        self.ahead.drain(..lines.min(self.ahead.len()));
    }

    fn read_ahead(&mut self) -> std::io::Result<bool> {
        let ends_with = match self.is_mac {
            Some(is_mac) => is_mac,
            None => {
                let start = self.text.fill_buf()?;
                *self.is_mac.insert(start.contains(&b'\r') && !start.contains(&b'\n'))
            }
        };
        let end = if ends_with { b'\r' } else { b'\n' };
        let mut line = Vec::new();
        let most = MAX_ROW_BYTES as u64;
        if self.text.by_ref().take(most).read_until(end, &mut line)? == 0 {
            return Ok(false);
        }
        self.number += 1;
        if line.last() == Some(&end) {
            line.pop();
        } else if line.len() as u64 == most {
            // Of a line that is too long the rest is skipped.
            self.text.skip_until(end)?;
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        self.is_mixed |= self.number == 1 && line.contains(&b'\r');
        if self.is_mixed {
            for part in line.split(|byte| *byte == b'\r') {
                self.ahead.push_back((self.number, part.to_vec()));
                self.number += 1;
            }
            self.number -= 1;
            return Ok(true);
        }
        self.ahead.push_back((self.number, line));
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, between: u8, width: usize) -> Vec<(u64, Vec<String>)> {
        let mut rows = Rows::new(Box::new(std::io::Cursor::new(text.to_owned())), between);
        rows.set_width(width);
        let mut all = Vec::new();
        while let Some(row) = rows.next_row().unwrap() {
            let cells = row.cells.into_iter().map(|cell| String::from_utf8(cell).unwrap()).collect();
            all.push((row.line, cells));
        }
        all
    }

    fn of(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn quoted_cells_have_delimiters_line_ends_and_quotes() {
        let text = "1,\"a, b\",\"c \"\"d\"\" e\"\r\n2,\"one\r\n\r\ntwo, three\",x\r\n3, \"y\" ,z\n";
        assert_eq!(
            rows(text, b',', 3),
            [
                (1, of(&["1", "a, b", "c \"d\" e"])),
                (2, of(&["2", "one\n\ntwo, three", "x"])),
                (5, of(&["3", "y", "z"])),
            ]
        );
    }

    #[test]
    fn a_quote_that_nothing_closes_is_a_letter() {
        let text = "1;\"Pipe 3in;4.00\n2;Valve;5.00\n3;\"Old\" tap;6.00\n4;2\" nut;7.00\n";
        assert_eq!(
            rows(text, b';', 3),
            [
                (1, of(&["1", "\"Pipe 3in", "4.00"])),
                (2, of(&["2", "Valve", "5.00"])),
                (3, of(&["3", "\"Old\" tap", "6.00"])),
                (4, of(&["4", "2\" nut", "7.00"])),
            ]
        );
    }

    #[test]
    fn a_quote_that_another_rows_quote_would_close_is_a_letter() {
        // The quote of the fourth row stands where that of the first would be closed.
        let text = "1\t\"Pipe 3in\t4\n2\tValve\t5\n3\tTap\t6\n4\tNut 2\"\t7\n5\tHose\t8\n";
        let titles: Vec<_> = rows(text, b'\t', 3).into_iter().map(|(_, cells)| cells[1].clone()).collect();
        assert_eq!(titles, ["\"Pipe 3in", "Valve", "Tap", "Nut 2\"", "Hose"]);
        let many: String = (0..50).map(|n| format!("{n}\t\"Pipe {n}in\t4\n")).collect();
        assert_eq!(rows(&many, b'\t', 3).len(), 50);
    }

    #[test]
    fn a_cell_of_several_lines_in_the_last_column_stays_one() {
        let text = "1|Cup|\"white\nand blue\nfor tea\"\n2|Bowl|plain\n";
        assert_eq!(
            rows(text, b'|', 3),
            [(1, of(&["1", "Cup", "white\nand blue\nfor tea"])), (4, of(&["2", "Bowl", "plain"]))]
        );
    }

    #[test]
    fn quotes_inside_of_quotes_are_letters() {
        assert_eq!(rows("1,\"a \"b\" c\",d\n", b',', 3)[0].1, ["1", "a \"b\" c", "d"]);
        assert_eq!(rows("1,\"5\\\" pipe\",d\n", b',', 3)[0].1, ["1", "5\" pipe", "d"]);
    }

    #[test]
    fn lines_end_as_on_every_system() {
        assert_eq!(rows("1,a\r2,b\r", b',', 2), [(1, of(&["1", "a"])), (2, of(&["2", "b"]))]);
        let mixed = "1,a\r2,b\r\n3,\"c\rd\"\n";
        assert_eq!(
            rows(mixed, b',', 2),
            [(1, of(&["1", "a"])), (2, of(&["2", "b"])), (3, of(&["3", "c\nd"]))]
        );
    }

    #[test]
    fn a_line_that_is_too_long_is_told_and_left() {
        let text = format!("1,{}\n2,b\n", "x".repeat(MAX_ROW_BYTES));
        let mut rows = Rows::new(Box::new(std::io::Cursor::new(text)), b',');
        assert!(rows.next_row().unwrap().unwrap().is_too_long);
        assert_eq!(rows.next_row().unwrap().unwrap().line, 2);
    }
}
