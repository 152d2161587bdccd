//! Tables in which rows name their parent: a product in one row, each of its variants in a row of its own that has what
//! differs. Amazon's flat files, OXID, JTL, Shopware and many others are so.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::records::{Dialect, DialectRows, Keys, Record, Records};
use super::{Found, Reader};
use crate::column::{Column, Role, normalise};
use crate::group_buffer::Counts;
use crate::{Columns, Result, Row, choices};

/// Columns with the id or the number of the parent.
#[rustfmt::skip]
const PARENTS: &[&str] = &[
    "parent_sku", "parent_id", "parent", "parent_code", "parent_product_id", "parent_product_sku", "parent_item_sku",
    "parent_number", "parent_reference", "parent_article", "parent_item_id", "master_sku", "master_id", "main_sku",
    "main_number", "mainnumber", "oxparentid", "vater_artikelnummer", "vaterartikel", "vaterartikelnummer",
    "hauptartikel", "hauptartikelnummer", "elternartikel", "sku_parent", "référence_parent", "parent_reference_number",
    "sku_padre", "id_padre", "código_padre", "producto_padre", "sku_pai", "id_pai", "código_pai", "produto_pai",
    "codice_padre", "sku_genitore", "kod_rodzica", "sku_nadrzędne", "kód_rodiče", "id_rodiče", "родитель",
    "артикул_родителя", "код_родителя", "ana_ürün_kodu", "ana_stok_kodu",
];

/// Names and values of options, each in a column; `#` stands for a number from 1, or for nothing.
const OPTIONS: [(&str, &str); 8] = [
    ("variationsname_#", "variationswert_#"),
    ("variation_name_#", "variation_value_#"),
    ("option_name_#", "option_value_#"),
    ("option#_name", "option#_value"),
    ("attribute_name_#", "attribute_value_#"),
    ("attribute_#_name", "attribute_#_value"),
    ("oxvarname", "oxvarselect"),
    ("variation_theme_name_#", "variation_theme_value_#"),
];

/// How many options are looked for.
const MOST_OPTIONS: usize = 9;

/// Where a table says what belongs together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    /// The column with the parent.
    parent: usize,
    /// The column that parents are named by.
    id: usize,
}

pub(crate) fn open(records: Records, columns: Columns, keys: Keys, places: Places) -> impl Reader + use<> {
    let families = Families::new(records.header(), columns, places);
    DialectRows::new(records, families, keys)
}

/// Counts the rows of each family; none if no row names a parent that is there.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn keys(open: impl Fn() -> Result<Records>, columns: &Columns) -> Result<Option<(Keys, Places)>> {
    let records = open()?;
    let plain: Vec<String> = records.header().iter().map(|name| normalise(name)).collect();
    let Some(parent) = plain.iter().position(|name| PARENTS.contains(&name.as_str())) else {
        return Ok(None);
    };
    let mut columns = columns.clone();
    let is_id = |at: &usize| {
        let role = columns.column(&records.header()[*at]).role;
        *at != parent && (matches!(role, Some((Role::Id, _))) || plain[*at] == "oxid")
    };
    let ids: Vec<usize> = (0..plain.len()).filter(is_id).collect();
    let mut known: Vec<HashSet<String>> = vec![HashSet::new(); ids.len()];
    let mut named: HashSet<String> = HashSet::new();
    for record in records {
        let Ok(record) = record? else { continue };
        for (known, at) in known.iter_mut().zip(&ids) {
            known.insert(cell(&record, *at).to_owned());
        }
        named.insert(cell(&record, parent).to_owned());
    }
    named.remove("");
    let found = |known: &HashSet<String>| named.intersection(known).count();
    let best = ids.iter().zip(&known).rev().max_by_key(|(_, known)| found(known));
    let Some((id, known)) = best.filter(|(_, known)| found(known) > 0) else { return Ok(None) };
    let places = Places { parent, id: *id };
    named.retain(|name| known.contains(name));
    let aliases: HashMap<String, String> = named.into_iter().map(|name| (name.clone(), name)).collect();
    let mut keys = Keys { aliases: Arc::new(aliases), ..Keys::default() };
    let mut counts = Counts::default();
    for record in open()? {
        if let Ok(record) = record? {
            counts.add(&places.family(&record, &keys));
        }
    }
    keys.counts = Arc::new(counts);
    Ok(Some((keys, places)))
}

fn cell(record: &Record, at: usize) -> &str {
    record.cells.get(at).map(|cell| cell.trim()).unwrap_or_default()
}

impl Places {
    /// What all rows of a family have in common: the id of the parent, of itself where it has none.
    fn family(&self, record: &Record, keys: &Keys) -> String {
        match (self.parent_of(record, keys), cell(record, self.id)) {
            (Some(parent), _) => parent.to_owned(),
            (None, "") => format!("\0{}:{}", record.sheet, record.line),
            (None, own) => own.to_owned(),
        }
    }

    fn parent_of<'r>(&self, record: &'r Record, keys: &Keys) -> Option<&'r str> {
        let parent = cell(record, self.parent);
        (keys.aliases.contains_key(parent) && parent != cell(record, self.id)).then_some(parent)
    }
}

struct Families {
    header: Vec<Arc<Column>>,
    plain: Vec<String>,
    columns: Columns,
    places: Places,
}

impl Families {
    fn new(header: &[String], mut columns: Columns, places: Places) -> Self {
        let plain = header.iter().map(|name| normalise(name)).collect();
        let header = header.iter().map(|name| columns.column(name)).collect();
        Self { header, plain, columns, places }
    }
}

impl Dialect for Families {
    fn key(&self, record: &Record, keys: &Keys) -> Result<String, &'static str> {
        Ok(self.places.family(record, keys))
    }

    fn rows(&mut self, records: Vec<Record>, name: &str) -> Vec<Found> {
        let id = |record: &Record| cell(record, self.places.id).to_owned();
        let is_parent = |record: &&Record| {
            let own = id(record);
            !own.is_empty()
                && records.iter().any(|other| cell(other, self.places.parent) == own && id(other) != own)
        };
        let Some(parent) = records.iter().find(is_parent).cloned() else {
            return records.iter().map(|record| Ok(self.row(record, None, name))).collect();
        };
        let key = id(&parent);
        let children =
            records.iter().filter(|record| cell(record, self.places.parent) == key && id(record) != key);
        let children: Vec<Record> = children.cloned().collect();
        children.iter().map(|record| Ok(self.row(record, Some(&parent), name))).collect()
    }

    fn columns(&self) -> &Columns {
        &self.columns
    }
}

impl Families {
    fn row(&mut self, own: &Record, parent: Option<&Record>, name: &str) -> Row {
        let place = if own.sheet.is_empty() {
            format!("{name}:{}", own.line)
        } else {
            format!("{name}/{}:{}", own.sheet, own.line)
        };
        let cells =
            (0..self.header.len()).map(|at| (Arc::clone(&self.header[at]), self.value(at, own, parent)));
        let mut row = Row::new(place, cells.collect());
        if !own.category.is_empty() && row.role(Role::Category).is_none() {
            row.put(self.columns.column("category"), own.category.clone());
        }
        let Some(parent) = parent else { return row };
        self.put_options(own, parent, &mut row);
        let of_parent = self.row(parent, None, name);
        let whole = of_parent.role(Role::Id).map(str::to_owned);
        if row.role(Role::Group).is_none() {
            row.put(self.columns.column("item_group_id"), cell(own, self.places.parent).to_owned());
        }
        let title = self.own_title(own).filter(|title| row.role(Role::Title) != Some(title.as_str()));
        if let Some(title) = title {
            row.put(self.columns.attribute("variant_title"), title);
        }
        row.whole = whole;
        row
    }

    /// A cell of a variant; of its parent where the variant leaves it empty, or where the parent says what all are
    /// called. How many there are and which barcode it has is each one's own.
    fn value(&self, at: usize, own: &Record, parent: Option<&Record>) -> String {
        let Some(parent) = parent else { return cell(own, at).to_owned() };
        let column = &self.header[at];
        let role = column.role.map(|(role, _)| role);
        let (of_own, of_parent) = (cell(own, at), cell(parent, at));
        let is_own = matches!(role, Some(Role::Id | Role::Availability))
            || column.name == "gtin"
            || at == self.places.id;
        let is_price = column.is_former_price || matches!(role, Some(Role::Price | Role::SalePrice));
        let is_nothing = is_price && of_own.bytes().all(|byte| matches!(byte, b'0' | b'.' | b','));
        let value = match role {
            Some(Role::Title) if !of_parent.is_empty() => of_parent,
            _ if is_own || !(of_own.is_empty() || is_nothing) => of_own,
            _ => of_parent,
        };
        value.to_owned()
    }

    fn own_title(&self, own: &Record) -> Option<String> {
        let titles = self.header.iter().enumerate().filter_map(|(at, column)| {
            let (role, place) = column.role?;
            (role == Role::Title).then(|| (place, cell(own, at)))
        });
        let filled = titles.filter(|(_, title)| !title.is_empty());
        filled.min_by_key(|(place, _)| *place).map(|(_, title)| title.to_owned())
    }

    /// `Size | Colour` beside `S | red`, in one column or in several with numbers.
    fn put_options(&mut self, own: &Record, parent: &Record, row: &mut Row) {
        let at = |pattern: &str, number: usize| {
            let name = pattern.replace('#', &number.to_string());
            self.plain.iter().position(|plain| *plain == name)
        };
        let mut found = Vec::new();
        for (of_name, of_value) in OPTIONS {
            let most = if of_name.contains('#') { MOST_OPTIONS } else { 1 };
            for number in 1..=most {
                let (Some(name), Some(value)) = (at(of_name, number), at(of_value, number)) else { continue };
                let said = [own, parent].map(|record| cell(record, name));
                let names = said.into_iter().find(|names| !names.is_empty()).unwrap_or_default();
                let pairs = names.split('|').zip(cell(own, value).split('|'));
                found.extend(pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())));
            }
        }
        for (name, value) in found.into_iter().filter(|(name, value)| !name.is_empty() && !value.is_empty()) {
            let column = match choices::attribute(&name) {
                Some(known) => self.columns.column(known),
                None => self.columns.attribute(&name),
            };
            row.put(column, value);
        }
    }
}
