//! What a feed's cells show together: how its prices are written, which column has pictures or titles, how products
//! without an id are known.

use std::collections::BTreeSet;

use super::Feed;
use crate::column::Role;
use crate::error::Result;
use crate::ids::Learning;
use crate::price::{self, Style};
use crate::separators::Separators;
use crate::{picture_column, title_column};

/// How many rows show how a feed writes its prices.
const ROWS_TO_LEARN_FROM: usize = 20_000;

impl Feed {
    /// Sees from the prices together how one is written, whether products have ids, and which column has pictures.
    pub(super) fn learn_prices(&mut self) -> Result<()> {
        let mut codes = BTreeSet::new();
        let mut separators = Separators::default();
        let mut lacks_ids = false;
        let mut reader = self.reader()?;
        let mut pictures = picture_column::Learning::default();
        let mut titles = title_column::Learning::default();
        for found in reader.by_ref().take(ROWS_TO_LEARN_FROM) {
            let Ok(row) = found? else { continue };
            pictures.see(&row);
            titles.see(&row);
            lacks_ids |= row.role(Role::Id).is_none();
            for text in [Role::Price, Role::SalePrice].into_iter().filter_map(|role| row.role(role)) {
                if let Some(number) = price::number(text).filter(|_| !text.starts_with('{')) {
                    separators.see(&number);
                }
                codes.extend(price::read(text, &Style::with_point()).ok().and_then(|(_, code)| code));
            }
        }
        if !reader.columns().have_image() && self.options.image_column.is_none() {
            self.picture_column = pictures.column();
        }
        drop(reader);
        self.title_column = titles.column().filter(|_| self.format.is_of_rows());
        self.defaults.separators = separators;
        self.defaults.common = codes.pop_first().filter(|_| codes.is_empty());
        if lacks_ids { self.learn_ids() } else { Ok(()) }
    }

    /// Sees from all rows how products are known that have no id.
    fn learn_ids(&mut self) -> Result<()> {
        let mut learning = Learning::default();
        for found in self.rows()? {
            if let Ok(row) = found? {
                learning.see(&row);
            }
        }
        self.defaults.ids = learning.ids();
        Ok(())
    }
}
