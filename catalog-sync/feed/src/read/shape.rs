//! The shape of a feed of XML: which element is a product, and how Merchant Center's names are told.

use std::collections::HashMap;

/// What products are called.
#[rustfmt::skip]
const PRODUCTS: [&str; 40] = [
    "item", "entry", "shopitem", "offer", "product", "o", "produkt", "produit", "prodotto", "producto", "produto",
    "artikel", "article", "articolo", "articulo", "artículo", "artigo", "goods", "good", "tovar", "товар", "towar",
    "tuote", "vare", "vara", "termék", "termek", "produs", "izdelek", "proizvod", "preke", "prece", "toode", "urun",
    "ürün", "row", "record", "listing", "商品", "shop_item",
];

/// Where Merchant Center's attributes are named.
const GOOGLE: [&str; 2] = ["://base.google.com/ns/1.0", "://base.google.com/cns/1.0"];

/// How a feed of XML is built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The name of a product's element, as it is written.
    pub(crate) element: String,
    /// The prefixes of Merchant Center's names, with their colons.
    pub(crate) google: Vec<String>,
}

/// What begins in a text of XML.
enum Tag<'a> {
    Start { name: &'a str, attributes: &'a str, is_empty: bool },
    End,
}

/// How often an element is there, and whether it has others in it.
#[derive(Clone, Copy, Default)]
struct Count {
    first: usize,
    times: usize,
    has_elements: bool,
}

/// The element that everything is in; empty if there is none.
pub(crate) fn root(head: &str) -> &str {
    tags(head)
        .find_map(|tag| if let Tag::Start { name, .. } = tag { Some(name) } else { None })
        .unwrap_or_default()
}

/// Seen from the beginning of a feed. A product is the outermost element of a usual name, or else the outermost
/// one that is there several times with others in it.
pub(crate) fn of(head: &str) -> Shape {
    let mut google = vec!["g:".to_owned(), "G:".to_owned()];
    let mut open: Vec<&str> = Vec::new();
    let mut counts: HashMap<(usize, &str), Count> = HashMap::new();
    for (at, tag) in tags(head).enumerate() {
        match tag {
            Tag::End => drop(open.pop()),
            Tag::Start { name, attributes, is_empty } => {
                google.extend(prefixes(attributes));
                if let Some(outer) = open.last() {
                    counts.entry((open.len() - 1, *outer)).or_default().has_elements = true;
                }
                let count =
                    counts.entry((open.len(), name)).or_insert(Count { first: at, ..Count::default() });
                count.times += 1;
                count.has_elements |= is_empty && attributes.contains('=');
                if !is_empty {
                    open.push(name);
                }
            }
        }
    }
    Shape { element: element(&counts).unwrap_or("item").to_owned(), google }
}

fn element<'a>(counts: &HashMap<(usize, &'a str), Count>) -> Option<&'a str> {
    let local = |name: &str| name.rsplit(':').next().unwrap_or_default().to_lowercase();
    let is_usual = |name: &str| PRODUCTS.contains(&local(name).as_str());
    let with_elements = counts.iter().filter(|(_, count)| count.has_elements);
    let usual = with_elements.clone().filter(|((_, name), _)| is_usual(name));
    let outermost =
        |found: &((usize, &'a str), Count)| (found.0.0, usize::MAX - found.1.times, found.1.first);
    let named = usual.map(|(key, count)| (*key, *count)).min_by_key(outermost);
    let repeated = with_elements.filter(|((depth, _), count)| *depth > 0 && count.times > 1);
    named
        .or_else(|| repeated.map(|(key, count)| (*key, *count)).min_by_key(outermost))
        .map(|((_, name), _)| name)
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

/// Tags outside of comments, of CDATA and of declarations, up to where the text ends.
fn tags(text: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text[at..].find('<')?;
            let rest = &text[start..];
            let skipped = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")];
            if let Some((_, end)) = skipped.iter().find(|(begin, _)| rest.starts_with(begin)) {
                at = start + rest.find(end)? + end.len();
                continue;
            }
            let end = rest.find('>')?;
            at = start + end + 1;
            let inside = &rest[1..end];
            if inside.starts_with('/') {
                return Some(Tag::End);
            }
            let is_empty = inside.ends_with('/');
            let inside = inside.trim_end_matches('/');
            let (name, attributes) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
            return Some(Tag::Start { name, attributes, is_empty });
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(text: &str) -> String {
        of(text).element
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
        assert_eq!((root(text), element(text).as_str()), ("stock", "unit"));
    }

    #[test]
    fn the_address_of_names_counts_and_not_their_prefix() {
        let shape = of(
            "<rss xmlns:q='http://base.google.com/ns/1.0' xmlns:m=\"http://search.yahoo.com/mrss/\"><item><q:id>1</q:id></item>",
        );
        assert_eq!(shape.google, ["g:", "G:", "q:"]);
    }
}
