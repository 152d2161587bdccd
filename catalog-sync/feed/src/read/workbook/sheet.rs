//! Sheets as every kind of workbook has them.

/// The last column that a sheet can have.
pub(super) const MAX_COLUMNS: usize = 16_384;

/// A sheet as it is in the workbook.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) name: String,
    /// Those with anything in them, each with its number from 1.
    pub(super) rows: Vec<(u64, Vec<Cell>)>,
}

/// What a cell says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell {
    /// For people.
    pub(super) text: String,
    /// Where the workbook has a number, or a date, which is one with a format.
    pub(super) number: Option<String>,
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), number: None }
    }

    pub(super) fn number(number: f64) -> Self {
        let text = plain(number);
        Self { number: Some(text.clone()), text }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// As a part of a price: a number's point is a decimal one, whatever it seems to group.
    pub(super) fn price(self) -> String {
        match self.number {
            Some(number) if number.rsplit_once('.').is_some_and(|(_, fraction)| fraction.len() == 3) => {
                number + "0"
            }
            Some(number) => number,
            None => self.text,
        }
    }
}

/// Fifteen digits are what spreadsheets keep of a number; the others are noise of its fractions.
fn plain(number: f64) -> String {
    format!("{number:.14e}").parse().unwrap_or(number).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_without_the_noise_of_fractions() {
        assert_eq!(plain(4_006_381_333_931.0), "4006381333931");
        assert_eq!(plain(0.1 + 0.2), "0.3");
        assert_eq!(plain(24.9), "24.9");
    }

    #[test]
    fn a_number_has_a_decimal_point_and_a_text_what_it_says() {
        assert_eq!(Cell::number(1.299).price(), "1.2990");
        assert_eq!(Cell::number(1299.0).price(), "1299");
        assert_eq!(Cell::text("1.299").price(), "1.299");
    }
}
