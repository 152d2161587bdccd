//! Lines of a text, each as pieces in the order in which the eye meets them.

use std::ops::Range;

use unicode_bidi::{BidiInfo, ParagraphInfo};

/// One line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// From left to right on the screen. Each is shaped by itself.
    pub pieces: Vec<String>,
    /// Whether the paragraph runs from right to left.
    pub is_right_to_left: bool,
    /// The sum of the pieces' widths.
    pub width: f32,
}

/// Breaks a text into at most `most` lines no wider than `width`. What does not fit ends in an ellipsis. A word that
/// is wider than a line stands alone on one, and runs over.
///
/// `measure` says how wide a piece is.
pub fn lines(text: &str, width: f32, most: usize, measure: &mut impl FnMut(&str) -> f32) -> Vec<Line> {
    let broken = break_all(text, width, measure);
    if broken.len() <= most {
        return broken.into_iter().map(|(line, _)| line).collect();
    }
    // The end of the last line that fits, cut word by word until the ellipsis fits, too.
    let mut end = broken[most.saturating_sub(1)].1.end;
    loop {
        let shorter = format!("{}…", text[..end].trim_end());
        let broken = break_all(&shorter, width, measure);
        let before = text[..end].trim_end().char_indices().next_back().map_or(0, |(at, _)| at);
        if broken.len() <= most || before == 0 {
            return broken.into_iter().take(most).map(|(line, _)| line).collect();
        }
        end = before;
    }
}

/// All lines, with the part of the text that each shows.
fn break_all(text: &str, width: f32, measure: &mut impl FnMut(&str) -> f32) -> Vec<(Line, Range<usize>)> {
    let bidi = BidiInfo::new(text, None);
    let mut all = Vec::new();
    for paragraph in &bidi.paragraphs {
        for range in break_paragraph(&bidi, paragraph, width, measure) {
            let pieces = pieces(&bidi, paragraph, trimmed(text, range.clone()));
            let width = pieces.iter().map(|piece| measure(piece)).sum();
            all.push((Line { pieces, is_right_to_left: paragraph.level.is_rtl(), width }, range));
        }
    }
    all
}

/// Fills lines with words, in the order of reading.
fn break_paragraph(
    bidi: &BidiInfo<'_>,
    paragraph: &ParagraphInfo,
    width: f32,
    measure: &mut impl FnMut(&str) -> f32,
) -> Vec<Range<usize>> {
    let text = bidi.text;
    let mut found = Vec::new();
    let mut line = paragraph.range.start..paragraph.range.start;
    for word in words(text, paragraph.range.clone()) {
        let longer = pieces(bidi, paragraph, trimmed(text, line.start..word.end));
        let fits = longer.iter().map(|piece| measure(piece)).sum::<f32>() <= width;
        if !fits && line.end > line.start {
            found.push(line.clone());
            line = word;
        } else {
            line.end = word.end;
        }
    }
    found.push(line);
    found
}

/// Where lines may break: after spaces, and around each Chinese letter.
fn words(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut is_open = false;
    for (at, letter) in text[range.clone()].char_indices() {
        let place = range.start + at..range.start + at + letter.len_utf8();
        let ends = letter == ' ' || letter == '\n' || is_chinese(letter);
        match found.last_mut() {
            Some(last) if is_open || letter.is_whitespace() || "，。！？；：、".contains(letter) => {
                last.end = place.end;
            }
            _ => found.push(place),
        }
        is_open = !ends;
    }
    found
}

fn is_chinese(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}')
}

/// Without the spaces at its ends, which a line does not show.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + part.len() - part.trim_start().len();
    start..start + part.trim().len()
}

/// A line's pieces from left to right.
fn pieces(bidi: &BidiInfo<'_>, paragraph: &ParagraphInfo, line: Range<usize>) -> Vec<String> {
    if line.is_empty() {
        return Vec::new();
    }
    let (levels, runs) = bidi.visual_runs(paragraph, line);
    let mut found = Vec::new();
    for run in runs {
        let text = &bidi.text[run.clone()];
        if levels[run.start].is_rtl() {
            found.extend(from_right(text).into_iter().rev());
        } else {
            found.push(text.to_owned());
        }
    }
    found
}

/// The pieces of a run from right to left, in the order of reading. Letters that join stay together; everything else
/// stands alone, because the font of the letters may lack it, and egui would lay the two fonts out from the left.
fn from_right(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut joins = false;
    for letter in text.chars() {
        let is_letter = is_from_right(letter);
        match found.last_mut() {
            Some(last) if joins && is_letter => last.push(letter),
            _ => found.push(mirrored(letter).into()),
        }
        joins = is_letter;
    }
    found
}

/// Letters and marks of Hebrew, Arabic and their relatives, and what joins them.
fn is_from_right(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{200c}' | '\u{200d}')
}

/// Brackets open the other way in a run from right to left.
fn mirrored(letter: char) -> char {
    match letter {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '{' => '}',
        '}' => '{',
        '<' => '>',
        '>' => '<',
        '«' => '»',
        '»' => '«',
        '‹' => '›',
        '›' => '‹',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every letter is one wide.
    fn broken(text: &str, width: f32, most: usize) -> Vec<Vec<String>> {
        let found = lines(text, width, most, &mut |piece| piece.chars().count() as f32);
        found.into_iter().map(|line| line.pieces).collect()
    }

    /// What the eye meets from left to right, with each joined piece in brackets.
    fn seen(text: &str) -> String {
        broken(text, 1e9, 1).concat().iter().map(|piece| format!("[{piece}]")).collect()
    }

    #[test]
    fn latin_lines_break_at_spaces() {
        assert_eq!(broken("one two three", 7.0, 9), [["one two"], ["three"]]);
        assert_eq!(broken("unbreakable x", 4.0, 9), [["unbreakable"], ["x"]]);
        assert_eq!(broken("", 4.0, 9), Vec::<Vec<String>>::new());
        assert_eq!(broken("a\nb", 9.0, 9), [["a"], ["b"]]);
    }

    #[test]
    fn what_does_not_fit_ends_in_an_ellipsis() {
        assert_eq!(broken("one two three", 7.0, 1), [["one tw…"]]);
        assert_eq!(broken("unbreakable", 4.0, 1), [["unbreakable"]]);
        assert_eq!(broken("one two three four", 8.0, 2), [["one two"], ["three…"]]);
    }

    #[test]
    fn arabic_words_stand_from_right_to_left() {
        assert_eq!(seen("قميص أزرق"), "[أزرق][ ][قميص]");
    }

    #[test]
    fn numbers_and_latin_keep_their_direction_within_arabic() {
        assert_eq!(seen("قميص Levi's 501 أزرق"), "[أزرق][ ][Levi's 501][ ][قميص]");
        assert_eq!(seen("السعر 49.90 €"), "[€][ ][49.90][ ][السعر]");
    }

    #[test]
    fn arabic_within_latin_is_turned_alone() {
        assert_eq!(seen("Size قميص أزرق (XL)"), "[Size ][أزرق][ ][قميص][ (XL)]");
    }

    #[test]
    fn brackets_and_marks_of_arabic_stand_on_the_right_side() {
        assert_eq!(seen("قميص (أزرق)!"), "[!][(][أزرق][)][ ][قميص]");
    }

    #[test]
    fn arabic_breaks_in_the_order_of_reading() {
        // The first word that is read is on the first line, at its right end.
        let found = broken("واحد اثنان ثلاثة", 11.0, 9);
        assert_eq!(found, [vec!["اثنان", " ", "واحد"], vec!["ثلاثة"]]);
    }

    #[test]
    fn chinese_breaks_anywhere_but_before_its_marks() {
        assert_eq!(broken("轻触屏幕，在店里", 4.0, 9), [["轻触屏"], ["幕，在店"], ["里"]]);
    }
}
