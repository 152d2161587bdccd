//! Whether a feed has what is needed of it.

use super::Feed;
use crate::error::{Error, Result};

/// Names that are shown of a feed's columns.
const NAMES_TO_SHOW: usize = 15;

impl Feed {
    /// # Errors
    /// What it lacks, or what was asked for and is not there.
    pub(super) fn check(&self) -> Result<()> {
        let (name, columns) = (self.name.clone(), shown(&self.columns.names()));
        if columns.is_empty() {
            return Err(Error::Empty { name });
        }
        if let Some(column) = self.missing_mapped() {
            return Err(Error::NoSuchColumn { name, column, option: "--map", columns });
        }
        if !self.columns.have_image() && self.pictures_beside() == 0 {
            return Err(Error::NoPictureColumn { name, column: self.options.image_column.clone(), columns });
        }
        if let Some(column) = self.options.selection.columns().find(|c| !self.columns.contain(c)) {
            return Err(Error::NoSuchColumn { name, column: column.into(), option: "--where", columns });
        }
        if self.rows == 0 {
            return Err(Error::NoRows { name, why: self.why_empty() });
        }
        Ok(())
    }

    fn missing_mapped(&self) -> Option<String> {
        let mut mapped = self.options.mapping.iter().flat_map(|mapping| mapping.columns.values());
        mapped.find(|column| !self.columns.contain(column)).cloned()
    }

    fn why_empty(&self) -> String {
        let hidden: u64 = self.hidden.values().sum();
        if hidden > 0 {
            return format!(
                "has no product that its shop shows, and {hidden} others: --unpublished takes them"
            );
        }
        if self.options.selection.is_empty() {
            "has no rows".into()
        } else {
            "has no row that --where takes".into()
        }
    }
}

/// The first names, each cut to a length that can be read.
fn shown(names: &[&str]) -> String {
    let short = |name: &&str| match name.char_indices().nth(30) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => (*name).to_owned(),
    };
    let mut text = names.iter().take(NAMES_TO_SHOW).map(short).collect::<Vec<_>>().join(", ");
    if names.len() > NAMES_TO_SHOW {
        text.push_str(&format!(" and {} more", names.len() - NAMES_TO_SHOW));
    }
    text
}
