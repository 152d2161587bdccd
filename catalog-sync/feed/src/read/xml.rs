//! RSS 2.0 and Atom with Merchant Center's attributes, and any other XML with an element for each product.

use std::path::Path;

use super::cells::RowBuilder;
use super::node::{self, Node};
use super::shape::{self, Shape};
use super::split::{Items, Outer, RawItem};
use super::{Found, Reader, bmecat, heureka, yml};
use crate::column::{Role, role_of};
use crate::price;
use crate::{Columns, Format, Rejection, Result, Row, text};

/// What an element is called that is a pair of a name and a value.
const PAIRS: [&str; 14] = [
    "a",
    "attr",
    "attribute",
    "param",
    "parameter",
    "property",
    "feature",
    "spec",
    "field",
    "column",
    "option",
    "parametr",
    "eigenschaft",
    "characteristic",
];

/// Rows of a feed of items.
pub(crate) struct XmlRows {
    items: Items,
    columns: Columns,
    name: String,
    shape: Shape,
    manner: Manner,
}

/// What elements are called.
enum Manner {
    /// As Merchant Center calls them, or as a shop does.
    Usual,
    Heureka,
    Yml(yml::Categories),
}

impl XmlRows {
    /// # Errors
    /// The file cannot be opened.
    pub(crate) fn open(
        path: &Path,
        name: &str,
        columns: Columns,
        format: Format,
        mut shape: Shape,
    ) -> Result<Self> {
        let manner = match format {
            Format::Heureka => Manner::Heureka,
            Format::Yml => {
                shape = Shape { elements: vec!["offer".into()], google: shape.google, ..Shape::default() };
                Manner::Yml(yml::categories(text::open(path)?).map_err(|e| text::named(path, &e))?)
            }
            _ => Manner::Usual,
        };
        let items = Items::new(text::open(path)?, &shape.elements);
        Ok(Self { items, columns, name: name.into(), shape, manner })
    }

    fn row(&mut self, cut: RawItem) -> Found {
        let place = format!("{}:{}", self.name, cut.line);
        let item = cut.bytes.as_deref().map_err(|why| ("bad-xml", (*why).to_owned())).and_then(node::parse);
        let item = item.map_err(|(code, reason)| Rejection::new(place.clone(), code, reason))?;
        let mut maker = RowBuilder::new(&mut self.columns);
        match &self.manner {
            Manner::Usual if bmecat::is_product(&item) => bmecat::put(&item, &mut maker),
            Manner::Usual => put(&item, &self.shape, &mut maker),
            Manner::Heureka => heureka::put(&item, &mut maker),
            Manner::Yml(categories) => yml::put(&item, categories, &mut maker),
        }
        let mut row = Row::new(place, maker.cells());
        let label = self.label(&cut.inside);
        if !label.is_empty() && row.role(Role::Category).is_none() {
            row.put(self.columns.column("category"), label);
        }
        Ok(row)
    }

    /// What the elements that an item is in say of it, where they tell several apart.
    fn label(&self, inside: &[Outer]) -> String {
        if self.shape.containers.is_empty() {
            return String::new();
        }
        let path: Vec<&str> = inside.iter().map(|outer| outer.name.as_str()).collect();
        let Some(container) = self.shape.containers.get(&path.join("/")) else { return String::new() };
        let said = inside.last().filter(|_| container.repeats).and_then(|outer| outer.label());
        said.unwrap_or_else(|| container.label.clone())
    }
}

impl Iterator for XmlRows {
    type Item = Result<Found>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.items.next_item() {
            Ok(cut) => cut.map(|cut| Ok(self.row(cut))),
            Err(error) => Some(Err(text::named(Path::new(&self.name), &error))),
        }
    }
}

impl Reader for XmlRows {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn left_aside(&self) -> Vec<(String, usize)> {
        match self.manner {
            Manner::Usual => self.shape.left.clone(),
            Manner::Heureka | Manner::Yml(_) => Vec::new(),
        }
    }
}

fn put(item: &Node, shape: &Shape, maker: &mut RowBuilder<'_>) {
    let mut google = shape.google.clone();
    google.extend(
        item.attributes
            .iter()
            .filter_map(|(name, value)| shape::prefixes(&format!("{name}='{value}'")).next()),
    );
    // A prefix that the element of the product has too says nothing.
    let own = item.name.split_once(':').map(|(prefix, _)| format!("{prefix}:"));
    let known =
        |name: &str| google.iter().find_map(|prefix| name.strip_prefix(prefix.as_str()).map(str::to_owned));
    let bare =
        |name: &str| own.as_ref().and_then(|own| name.strip_prefix(own.as_str())).unwrap_or(name).to_owned();
    let documented =
        |name: &str| item.children.iter().any(|child| known(&child.name).as_deref() == Some(name));
    for (name, value) in item.attributes.iter().filter(|(name, _)| !name.starts_with("xml")) {
        match name.as_str() {
            "avail" if item.name == "o" => maker.put("availability", ceneo_availability(value)),
            name => maker.put(name, value.clone()),
        }
    }
    for child in &item.children {
        match known(&child.name) {
            Some(name) => put_element(child, &name, maker),
            // What RSS and Atom say themselves gives way to what is said to Merchant Center.
            None if documented(&child.name) => {
                maker.keep(&format!("{}_{}", bare(&item.name), child.name), child.value());
            }
            None if child.name == "summary" && !documented("description") => {
                put_element(child, "description", maker);
            }
            None => put_element(child, &bare(&child.name), maker),
        }
    }
}

/// Ceneo's number: in how many days it is sent, or one of three others.
fn ceneo_availability(days: &str) -> &str {
    match days.trim() {
        "1" | "3" | "7" | "14" => "in_stock",
        "90" => "backorder",
        "110" => "preorder",
        _ => "",
    }
}

/// What an element is that has its column's name as an attribute or in an element of its own: `<a name="Color">red</a>`,
/// `<attribute><name>Color</name><value>red</value></attribute>`.
fn named(element: &Node) -> Option<(String, String)> {
    let is_pair = |name: &str| PAIRS.contains(&name.to_lowercase().as_str());
    let bare = element.name.rsplit(':').next().unwrap_or_default();
    if !is_pair(bare) {
        return None;
    }
    if element.children.is_empty() {
        let name = ["name", "key", "title"].iter().find_map(|name| element.attribute(name))?;
        let value = element.attribute("value").map_or_else(|| element.value(), str::to_owned);
        return Some((name.to_owned(), value));
    }
    let text =
        |names: &[&str]| names.iter().map(|name| element.child_text(name)).find(|text| !text.is_empty());
    Some((
        text(&["name", "key", "title", "label"])?.to_owned(),
        text(&["value", "val", "values"])?.to_owned(),
    ))
}

/// Pairs of names and values, by themselves or in an element of their own. What names a product or shows it is not
/// taken from there.
fn put_pairs(element: &Node, maker: &mut RowBuilder<'_>) -> bool {
    let pairs: Vec<_> = match named(element) {
        Some(pair) => vec![pair],
        None => element.children.iter().map_while(named).collect(),
    };
    let is_whole = pairs.len() == element.children.len() || named(element).is_some();
    if pairs.is_empty() || !is_whole {
        return false;
    }
    for (name, value) in pairs {
        let is_field = element.name == "field" || element.name == "column";
        match role_of(&name).filter(|_| !is_field) {
            Some(Role::Id | Role::Title | Role::Image | Role::MoreImages | Role::Price | Role::SalePrice) => {
                maker.keep(&name, value);
            }
            _ => maker.put(&name, value),
        }
    }
    true
}

/// Pictures and categories may be elements inside of one, a price may have its currency beside it.
fn put_element(element: &Node, name: &str, maker: &mut RowBuilder<'_>) {
    let has_elements = !element.children.is_empty();
    if put_pairs(element, maker) {
        return;
    }
    match role_of(name) {
        Some(Role::Image | Role::MoreImages | Role::Thumbnail) if has_elements => {
            addresses(element).into_iter().for_each(|address| maker.put(name, address));
        }
        Some(Role::Category) if has_elements => {
            element.leaves().into_iter().for_each(|leaf| maker.put(name, leaf));
        }
        Some(Role::Title | Role::Brand | Role::Description) if has_elements => {
            let is_name = |child: &&Node| role_of(&child.name) == Some(Role::Title) || child.name == "value";
            let named = element.children.iter().find(is_name).map(|child| child.text.trim().to_owned());
            // A text in several languages has an element for each.
            let words = named.filter(|text| !text.is_empty());
            maker.put(name, words.or_else(|| element.leaves().into_iter().next()).unwrap_or_default());
        }
        Some(Role::Image | Role::Thumbnail) if element.text.trim().bytes().all(|b| b.is_ascii_digit()) => {
            // A number of a picture has its address beside it.
            maker.put(name, element.address().unwrap_or_else(|| element.value()));
        }
        Some(Role::Price | Role::SalePrice) if !has_elements => {
            let value = element.value();
            let code = ["currency", "currencyId", "unit"].iter().find_map(|name| element.attribute(name));
            match code.filter(|_| value.chars().all(|c| !c.is_alphabetic())).and_then(price::currency) {
                Some(code) => maker.put(name, format!("{value} {code}")),
                None => maker.put(name, value),
            }
        }
        _ => maker.put(name, element.value()),
    }
}

/// Each element inside is a picture, or has one with words about it.
fn addresses(element: &Node) -> Vec<String> {
    // Groups of the same pictures in several sizes: those of the first size are all of them.
    let size = |group: &Node| group.attribute("view-type").map(str::to_owned);
    if let Some(first) = element.children.first().and_then(size) {
        let of_size = element.children.iter().filter(|group| size(group).as_ref() == Some(&first));
        return of_size.flat_map(addresses).collect();
    }
    let one = |picture: &Node| {
        if picture.children.is_empty() {
            return Some(picture.value());
        }
        let names = ["url", "src", "href", "link", "large", "original", "full", "image", "file", "path"];
        names.iter().map(|name| picture.child_text(name)).find(|text| !text.is_empty()).map(str::to_owned)
    };
    let parts: Vec<String> = element.children.iter().filter_map(one).collect();
    // `<image><url>…</url><alt>…</alt></image>` is one picture.
    let is_one = element
        .children
        .iter()
        .any(|child| matches!(child.name.to_lowercase().as_str(), "url" | "src" | "href"));
    let several = element.children.iter().filter(|child| child.name == element.children[0].name).count() > 1;
    if is_one && !several { one(element).into_iter().collect() } else { parts }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<Found> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.xml");
        std::fs::write(&path, bytes).unwrap();
        let shape = shape::of(text::open(&path).unwrap()).unwrap();
        XmlRows::open(&path, "f.xml", Columns::default(), Format::Xml, shape)
            .unwrap()
            .map(Result::unwrap)
            .collect()
    }

    #[test]
    fn an_item_of_rss_becomes_cells() {
        let rows = rows(
            "<rss xmlns:g=\"http://base.google.com/ns/1.0\"><channel><title>Shop</title>\n<item>\
             <title>short</title><g:title>Caf&#233; &amp; &lt;b&gt;&nbsp;shirt &euro;</g:title>\
             <description><![CDATA[<p>Soft & warm</p>]]></description><g:id>1</g:id>\
             <g:additional_image_link>b.jpg</g:additional_image_link>\
             <g:additional_image_link>c.jpg</g:additional_image_link>\
             <g:shipping><g:country>DE</g:country><g:price>5 EUR</g:price></g:shipping>\
             </item></channel></rss>"
                .as_bytes(),
        );
        let row = rows[0].as_ref().unwrap();
        let cells = ["title", "item_title", "description", "shipping", "additional_image_link"];
        assert_eq!(
            cells.map(|name| row.get(name).unwrap_or_default().into_owned()),
            [
                "Café & <b>\u{a0}shirt €",
                "short",
                "<p>Soft & warm</p>",
                r#"{"country":"DE","price":"5 EUR"}"#,
                "b.jpg|c.jpg"
            ]
        );
    }

    #[test]
    fn an_entry_of_atom_becomes_cells() {
        let rows = rows(
            b"<feed><entry><id>tag:x</id><link rel=\"alternate\" href=\"https://s.test/?a=1&amp;b=2\"/>\
              <summary>words</summary><g:id>7</g:id><g:image_link>a.jpg</g:image_link></entry></feed>",
        );
        let row = rows[0].as_ref().unwrap();
        let cells = ["id", "entry_id", "link", "description"].map(|name| row.get(name).unwrap_or_default());
        assert_eq!(cells, ["7", "tag:x", "https://s.test/?a=1&b=2", "words"]);
    }

    #[test]
    fn elements_of_a_shops_own_become_cells() {
        let rows = rows(
            "<katalog><artikel nr=\"7\"><Bezeichnung>Kanne</Bezeichnung><preis currency=\"CHF\">12.50</preis>\
             <bilder><bild>a.jpg</bild><bild>b.jpg</bild></bilder>\
             <image><url>c.jpg</url><alt>x</alt></image></artikel></katalog>"
                .as_bytes(),
        );
        let row = rows[0].as_ref().unwrap();
        let cells = ["title", "price", "bilder", "image"].map(|name| row.get(name).unwrap_or_default());
        assert_eq!(cells, ["Kanne", "12.50 CHF", "a.jpg|b.jpg", "c.jpg"]);
    }

    #[test]
    fn words_in_several_languages_and_pictures_in_several_sizes_are_told_once() {
        let rows = rows(
            "<catalog><product product-id='7'><name><language id='1'>Lamp</language><language id='2'>Lampe</language></name>\
             <Изготовитель><Ид>3</Ид><Наименование>Fjord</Наименование></Изготовитель>\
             <id_default_image xlink:href='https://s.test/7.jpg'>23</id_default_image></product>\
             <product product-id='8'><name>Rug</name><images><image-group view-type='large'><image path='l/8.jpg'/>\
             <image path='l/9.jpg'/></image-group><image-group view-type='small'><image path='s/8.jpg'/></image-group>\
             </images></product></catalog>"
                .as_bytes(),
        );
        let cells =
            |at: usize, name: &str| rows[at].as_ref().unwrap().get(name).unwrap_or_default().into_owned();
        assert_eq!(
            ["id", "title", "brand", "image"].map(|name| cells(0, name)),
            ["7", "Lamp", "Fjord", "https://s.test/7.jpg"]
        );
        assert_eq!(["id", "title", "images"].map(|name| cells(1, name)), ["8", "Rug", "l/8.jpg|l/9.jpg"]);
    }

    #[test]
    fn merchant_centers_names_are_known_by_their_address() {
        let rows = rows(
            b"<rss xmlns:b='http://base.google.com/ns/1.0'><item><title>short</title><b:title>Long</b:title><b:id>1</b:id></item></rss>",
        );
        let row = rows[0].as_ref().unwrap();
        assert_eq!(["title", "item_title"].map(|name| row.get(name).unwrap_or_default()), ["Long", "short"]);
    }

    #[test]
    fn a_damaged_item_is_set_aside_with_its_line() {
        let rows = rows(
            b"<rss>\n<item><g:id>1</g:id></item>\n<item><g:id>2</g:title></item>\n\
              <item><g:id>caf\xff</g:id></item>\n<item><g:id>4</g:id></item></rss>",
        );
        let codes: Vec<_> = rows
            .iter()
            .map(|r| r.as_ref().map_or_else(|e| (e.place.as_str(), e.code), |r| (r.place.as_str(), "ok")))
            .collect();
        assert_eq!(
            codes,
            [("f.xml:2", "ok"), ("f.xml:3", "bad-xml"), ("f.xml:4", "bad-utf8"), ("f.xml:5", "ok")]
        );
    }
}
