//! The shape of a feed of XML: which elements are products, what they are in, and how Merchant Center's names are
//! told.

use std::collections::{BTreeSet, HashMap};
use std::io::BufRead;

use super::tags::{Tag, Tags, attribute_names};
use super::traits::{self, Traits};

/// What products are called.
#[rustfmt::skip]
const PRODUCTS: [&str; 42] = [
    "item", "entry", "shopitem", "offer", "product", "o", "produkt", "produit", "prodotto", "producto", "produto",
    "artikel", "article", "articolo", "articulo", "artículo", "artigo", "goods", "good", "tovar", "товар", "towar",
    "tuote", "vare", "vara", "termék", "termek", "produs", "izdelek", "proizvod", "preke", "prece", "toode", "urun",
    "ürün", "row", "record", "listing", "商品", "shop_item", "προϊόν", "מוצר",
];

/// Where Merchant Center's attributes are named.
const GOOGLE: [&str; 2] = ["://base.google.com/ns/1.0", "://base.google.com/cns/1.0"];

/// A document with more kinds of elements than this is not looked at further.
const MAX_PLACES: usize = 20_000;

/// How a feed of XML is built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The names of products' elements, as they are written.
    pub(crate) elements: Vec<String>,
    /// What products are in, by the path there: what tells several such elements apart.
    pub(crate) containers: HashMap<String, Container>,
    /// The prefixes of Merchant Center's names, with their colons.
    pub(crate) google: Vec<String>,
    /// Elements that are there several times with others in them and are no products, each with how often.
    pub(crate) left: Vec<(String, usize)>,
}

/// An element with products in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Container {
    /// What its products are; empty if all products are in the same.
    pub(crate) label: String,
    /// Whether it is there several times, so that its attributes tell which one it is.
    pub(crate) repeats: bool,
}

/// The element that everything is in; empty if there is none.
pub(crate) fn root(head: &str) -> String {
    let mut tags = Tags::new(head.as_bytes());
    loop {
        match tags.next_tag() {
            Ok(Some(Tag::Start { name, .. })) => return name.to_owned(),
            Ok(Some(Tag::End)) => {}
            _ => return String::new(),
        }
    }
}

/// Reads through a feed. A product is the outermost element of a usual name, or else the outermost one that is there
/// several times with others in it; and each other element that is a product like it by its parts.
///
/// # Errors
/// The text cannot be read.
pub(crate) fn of(text: impl BufRead) -> std::io::Result<Shape> {
    let (places, google) = Places::read(text)?;
    let Some(first) = places.first_product() else {
        return Ok(Shape { elements: vec!["item".into()], google, ..Shape::default() });
    };
    let chosen = places.products(first);
    let mut elements: Vec<String> = Vec::new();
    for at in &chosen {
        let name = &places.all[*at].name;
        if !elements.contains(name) {
            elements.push(name.clone());
        }
    }
    Ok(Shape { elements, containers: places.containers(&chosen), google, left: places.left(&chosen) })
}

/// Elements with the same names all the way up.
#[derive(Debug, Default)]
struct Place {
    name: String,
    outer: usize,
    depth: usize,
    times: usize,
    has_elements: bool,
    /// The names of the elements in it, with their places.
    inner: HashMap<String, usize>,
    attributes: BTreeSet<String>,
}

/// All places; the first is the document.
struct Places {
    all: Vec<Place>,
}

impl Places {
    fn read(text: impl BufRead) -> std::io::Result<(Self, Vec<String>)> {
        let mut google = vec!["g:".to_owned(), "G:".to_owned()];
        let mut places = Self { all: vec![Place::default()] };
        let mut tags = Tags::new(text);
        let (mut here, mut beyond) = (0, 0usize);
        while let Some(tag) = tags.next_tag()? {
            match tag {
                Tag::End if beyond > 0 => beyond -= 1,
                Tag::End => here = places.all[here].outer,
                Tag::Start { is_empty, .. } if beyond > 0 => beyond += usize::from(!is_empty),
                Tag::Start { name, attributes, is_empty } => {
                    google.extend(
                        prefixes(attributes).filter(|prefix| !google.contains(prefix)).collect::<Vec<_>>(),
                    );
                    match places.enter(here, name, attributes, is_empty) {
                        Some(at) if !is_empty => here = at,
                        None if !is_empty => beyond = 1,
                        _ => {}
                    }
                }
            }
        }
        Ok((places, google))
    }

    /// The place of an element; none if there are too many.
    fn enter(&mut self, outer: usize, name: &str, attributes: &str, is_empty: bool) -> Option<usize> {
        self.all[outer].has_elements = true;
        let at = match self.all[outer].inner.get(name) {
            Some(at) => *at,
            None if self.all.len() >= MAX_PLACES => return None,
            None => {
                let at = self.all.len();
                let depth = self.all[outer].depth + 1;
                self.all[outer].inner.insert(name.to_owned(), at);
                self.all.push(Place { name: name.to_owned(), outer, depth, ..Place::default() });
                at
            }
        };
        let place = &mut self.all[at];
        place.times += 1;
        place.has_elements |= is_empty && attributes.contains('=');
        if place.times <= 20 {
            place.attributes.extend(attribute_names(attributes).map(str::to_owned));
        }
        Some(at)
    }

    fn traits(&self, at: usize) -> Traits {
        let place = &self.all[at];
        let names = place.inner.keys().chain(&place.attributes);
        Traits::of(names.map(|name| name.rsplit(':').next().unwrap_or(name)))
    }

    fn first_product(&self) -> Option<usize> {
        let is_usual = |place: &Place| {
            PRODUCTS.contains(&place.name.rsplit(':').next().unwrap_or_default().to_lowercase().as_str())
        };
        let with_elements = || (1..self.all.len()).filter(|at| self.all[*at].has_elements);
        let is_no_product = |at: usize| !self.traits(at).are_of_products() || self.names_others(at);
        let lacks = |at: usize| usize::MAX - self.traits(at).fullness();
        let rank = |at: &usize| {
            let place = &self.all[*at];
            (place.depth, is_no_product(*at), lacks(*at), usize::MAX - place.times, *at)
        };
        let usual = with_elements().filter(|at| is_usual(&self.all[*at]));
        let again = with_elements().filter(|at| self.all[*at].outer != 0 && self.all[*at].times > 1);
        usual.min_by_key(rank).or_else(|| again.min_by_key(|at| (is_no_product(*at), rank(at))))
    }

    /// The places of all products: those of the first one's name outside of others, and those that are like it.
    fn products(&self, first: usize) -> Vec<usize> {
        let base = self.traits(first);
        let name = &self.all[first].name;
        let mut chosen = vec![first];
        // Outer places come before what is in them.
        for at in 1..self.all.len() {
            let place = &self.all[at];
            let is_apart = chosen.iter().all(|c| !self.is_within(at, *c) && !self.is_within(*c, at));
            let is_named = place.name == *name;
            if is_apart && place.has_elements && (is_named || self.is_like(at, &base)) {
                chosen.push(at);
            }
        }
        chosen
    }

    fn is_like(&self, at: usize, base: &Traits) -> bool {
        let place = &self.all[at];
        let is_product = base.are_of_products() && self.traits(at).is_like(base, true);
        is_product && !self.names_others(at) && (place.times > 1 || traits::names_products(&place.name))
    }

    /// Whether its name, or that of what it is in, says that it is something else.
    fn names_others(&self, at: usize) -> bool {
        let place = &self.all[at];
        [&place.name, &self.all[place.outer].name].iter().any(|name| traits::names_others(name))
    }

    fn is_within(&self, at: usize, outer: usize) -> bool {
        at == outer || (at != 0 && self.is_within(self.all[at].outer, outer))
    }

    /// The names on the way to a place.
    fn path(&self, at: usize) -> Vec<&str> {
        let mut path = Vec::new();
        let mut here = at;
        while here != 0 {
            path.push(self.all[here].name.as_str());
            here = self.all[here].outer;
        }
        path.reverse();
        path
    }

    fn containers(&self, chosen: &[usize]) -> HashMap<String, Container> {
        let outer: BTreeSet<usize> = chosen.iter().map(|at| self.all[*at].outer).collect();
        let paths: Vec<Vec<&str>> = outer.iter().map(|at| self.path(*at)).collect();
        let shortest = paths.iter().map(Vec::len).min().unwrap_or_default();
        let common =
            (0..shortest).take_while(|at| paths.iter().all(|path| path[*at] == paths[0][*at])).count();
        let label = |path: &[&str]| {
            let steps = path[common..].iter().filter(|name| !traits::says_nothing(name));
            steps.copied().collect::<Vec<_>>().join(" > ")
        };
        let repeats = |at: usize| self.all[at].times > 1;
        let one = |(at, path): (&usize, &Vec<&str>)| {
            (path.join("/"), Container { label: label(path), repeats: repeats(*at) })
        };
        outer.iter().zip(&paths).map(one).collect()
    }

    /// Elements that repeat with others in them, and are neither in a product nor have any.
    fn left(&self, chosen: &[usize]) -> Vec<(String, usize)> {
        let mut left: Vec<usize> = Vec::new();
        for at in 1..self.all.len() {
            let place = &self.all[at];
            let others = chosen.iter().chain(&left);
            let is_apart = others.into_iter().all(|c| !self.is_within(at, *c) && !self.is_within(*c, at));
            if is_apart && place.times > 1 && !place.inner.is_empty() {
                left.push(at);
            }
        }
        left.into_iter().map(|at| (self.path(at).join("/"), self.all[at].times)).collect()
    }
}

/// The prefixes that a tag binds to Merchant Center's names.
pub(crate) fn prefixes(attributes: &str) -> impl Iterator<Item = String> + '_ {
    attributes.match_indices("xmlns:").filter_map(|(at, start)| {
        let (prefix, rest) = attributes[at + start.len()..].split_once('=')?;
        let address = rest.trim_start().trim_start_matches(['"', '\'']);
        let end = address.find(['"', '\''])?;
        GOOGLE.iter().any(|known| address[..end].ends_with(known)).then(|| format!("{}:", prefix.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Shape {
        of(text.as_bytes()).unwrap()
    }

    fn element(text: &str) -> String {
        shape(text).elements.join(" ")
    }

    #[test]
    fn the_outermost_usual_element_is_the_product() {
        assert_eq!(element("<rss><channel><title>x</title><item><id>1</id></item></channel></rss>"), "item");
        assert_eq!(
            element(
                "<catalog><product><id>1</id><images><item><u>a</u></item><item><u>b</u></item></images></product>"
            ),
            "product"
        );
        assert_eq!(
            element("<s:Artikel-Liste><s:Artikel><a/><b/></s:Artikel></s:Artikel-Liste>"),
            "s:Artikel"
        );
        assert_eq!(element("<offers><o id='1' price='2'><n>x</n></o></offers>"), "o");
    }

    #[test]
    fn an_element_of_the_shops_own_is_known_by_being_there_again() {
        let text = "<shop><info><a/></info><lamp><n>1</n><i>a</i></lamp><lamp><n>2</n><i>b</i></lamp></shop>";
        assert_eq!(element(text), "lamp");
    }

    #[test]
    fn what_stands_in_texts_is_no_element() {
        let text = "<?xml version='1.0'?><!-- <item><a/></item> --><stock><unit><d><![CDATA[<item><p>]]></d></unit><unit><d>x</d></unit>";
        assert_eq!((root(text).as_str(), element(text).as_str()), ("stock", "unit"));
    }

    #[test]
    fn the_address_of_names_counts_and_not_their_prefix() {
        let shape = shape(
            "<rss xmlns:q='http://base.google.com/ns/1.0' xmlns:m=\"http://search.yahoo.com/mrss/\"><item><q:id>1</q:id></item>",
        );
        assert_eq!(shape.google, ["g:", "G:", "q:"]);
    }

    #[test]
    fn elements_that_are_products_like_the_first_are_read_too() {
        let one = |name: &str, id: u8| {
            format!("<{name}><id>{id}</id><name>x</name><image>{id}.jpg</image><price>1</price></{name}>")
        };
        let several = |name: &str, ids: [u8; 2]| ids.map(|id| one(name, id)).concat();
        let text = format!(
            "<shop><stores><store><name>Mitte</name><image>m.jpg</image></store><store><name>West</name></store></stores>\
             <shoes>{}</shoes><bags>{}</bags></shop>",
            several("shoe", [1, 2]),
            several("bag", [3, 4])
        );
        let found = shape(&text);
        assert_eq!(found.elements, ["shoe", "bag"]);
        assert_eq!(found.left, [("shop/stores/store".to_owned(), 2)]);
        let label = |path: &str| found.containers[path].label.as_str();
        assert_eq!((label("shop/shoes"), label("shop/bags")), ("shoes", "bags"));
        let text =
            format!("<x><products>{}</products><items>{}</items></x>", one("product", 1), one("item", 2));
        assert_eq!(element(&text), "product item");
    }
}
