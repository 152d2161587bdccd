//! Products by id: their pages, their cards, their links.

use std::collections::HashSet;

use knytt_engine::{Field, Filter, ListRules, Product, Query, QueryImage, SearchSession, Weights};
use knytt_ui_api::{Card, Code, Fact, Problem, ProductPage, Shade, Variant};
use knytt_wire::LINK_COLUMNS;
use rust_decimal::Decimal;

use super::looks::looks;
use super::person::Person;
use crate::problem::of_engine;

const SIMILAR: usize = 12;
const GOES_WITH: usize = 6;
const CHEAPER: usize = 6;
const OTHER_COLORS: usize = 12;

/// How many hits are asked for when a product searches for itself. It is the first but for products with
/// nearly the same picture.
const OTHERS_AMONG: usize = 4;

/// The least difference between prices.
const CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// The product of this id.
///
/// # Errors
/// There is none.
pub fn find(session: &SearchSession, id: &str) -> Result<Product, Problem> {
    let snapshot = session.catalog().read().map_err(of_engine)?;
    let product = snapshot.product(id).map_err(of_engine)?;
    product.ok_or_else(|| Problem::new(Code::NotFound, format!("there is no product {id:?}")))
}

/// The page of a product, as this person sees it.
///
/// # Errors
/// There is no such product.
pub fn page(session: &SearchSession, id: &str, person: &Person) -> Result<ProductPage, Problem> {
    let product = find(session, id)?;
    let cards = |products: &[Product]| products.iter().map(|product| person.card(product)).collect();
    Ok(ProductPage {
        card: person.card(&product),
        pictures: further_pictures(session, id)?,
        is_category_guessed: product.category.trim().is_empty() && product.look.category.is_some(),
        description: product.description.clone(),
        sizes: product.sizes.clone(),
        variants: product.variants.iter().map(Variant::from).collect(),
        shades: product.look.colors.iter().map(Shade::from).collect(),
        pattern: pattern(&product),
        facts: facts(&product),
        has_link: link(&product).is_some(),
        replaced_by: successor(session, id, person)?,
        other_colors: cards(&other_colors(session, &product, person)?),
        similar: cards(&similar(session, &product, person, Filter::default(), SIMILAR)?),
        cheaper: cheaper_than(session, &product, person)?,
        goes_with: goes_with(session, id, person)?,
        looks: looks(session, Some(id), person)?,
    })
}

/// The product that takes the place of this one, if the shop's rules say so.
fn successor(session: &SearchSession, id: &str, person: &Person) -> Result<Option<Card>, Problem> {
    let snapshot = session.catalog().read().map_err(of_engine)?;
    let rules = session.rules(&snapshot).map_err(of_engine)?;
    let obeyed = ListRules { rules: rules.as_deref(), language: person.language.as_deref() };
    let successor = snapshot.successor(id, obeyed).map_err(of_engine)?;
    Ok(successor.map(|product| person.card(&product)))
}

/// The numbers of a product's further pictures, in their order.
fn further_pictures(session: &SearchSession, id: &str) -> Result<Vec<u8>, Problem> {
    let snapshot = session.catalog().read().map_err(of_engine)?;
    let pictures = snapshot.further_pictures(id).map_err(of_engine)?;
    Ok(pictures.iter().map(|picture| picture.number).collect())
}

/// Products of its kind that cost less, the most alike first.
///
/// # Errors
/// There is no such product.
pub fn cheaper(session: &SearchSession, id: &str, person: &Person) -> Result<Vec<Card>, Problem> {
    cheaper_than(session, &find(session, id)?, person)
}

/// Products of other kinds that are near it in style, one of each kind, as the shop's rules let them be shown.
///
/// # Errors
/// There is no such product.
pub fn goes_with(session: &SearchSession, id: &str, person: &Person) -> Result<Vec<Card>, Problem> {
    let snapshot = session.catalog().read().map_err(of_engine)?;
    let rules = session.rules(&snapshot).map_err(of_engine)?;
    let obeyed = ListRules { rules: rules.as_deref(), language: person.language.as_deref() };
    let products = snapshot.goes_with(id, GOES_WITH, obeyed).map_err(of_engine)?;
    Ok(products.iter().map(|product| person.card(product)).collect())
}

fn cheaper_than(session: &SearchSession, product: &Product, person: &Person) -> Result<Vec<Card>, Problem> {
    let Some(filter) = cheaper_filter(product)? else { return Ok(Vec::new()) };
    let products = similar(session, product, person, filter, CHEAPER)?;
    Ok(products.iter().map(|product| person.card(product)).collect())
}

/// Cards for a list that the shop shows by itself, such as what is trending: of these products, in this order, the first
/// `most` that are there, pass `filter`, and are not hidden by the shop's rules.
///
/// # Errors
/// The catalogue cannot be read.
pub fn listed(
    session: &SearchSession,
    ids: &[String],
    filter: &Filter,
    most: usize,
    person: &Person,
) -> Result<Vec<Card>, Problem> {
    let snapshot = session.catalog().read().map_err(of_engine)?;
    let rules = session.rules(&snapshot).map_err(of_engine)?;
    let obeyed = ListRules { rules: rules.as_deref(), language: person.language.as_deref() };
    let products = snapshot.listed(ids, filter, obeyed, most).map_err(of_engine)?;
    Ok(products.iter().map(|product| person.card(product)).collect())
}

/// Cards of these products, in this order, whatever rules hide: the shopper asks for them by name. Those that are not
/// there are left out.
///
/// # Errors
/// The catalogue cannot be read.
pub fn cards(session: &SearchSession, ids: &[String], person: &Person) -> Result<Vec<Card>, Problem> {
    let snapshot = session.catalog().read().map_err(of_engine)?;
    let mut cards = Vec::with_capacity(ids.len());
    for id in ids {
        cards.extend(snapshot.product(id).map_err(of_engine)?.map(|product| person.card(&product)));
    }
    Ok(cards)
}

/// Which of these products are there and have a picture that others can be compared with.
///
/// # Errors
/// The catalogue cannot be read.
pub fn with_pictures(session: &SearchSession, ids: &[String]) -> Result<HashSet<String>, Problem> {
    let snapshot = session.catalog().read().map_err(of_engine)?;
    let mut seen = HashSet::new();
    for id in ids {
        if snapshot.vector(id).map_err(of_engine)?.is_some() {
            seen.insert(id.clone());
        }
    }
    Ok(seen)
}

/// The address of the product's page in the shop.
///
/// # Errors
/// There is no such product, or the shop gave no address of the web for it.
pub fn link_to(session: &SearchSession, id: &str) -> Result<String, Problem> {
    let product = find(session, id)?;
    let link = link(&product).map(str::to_owned);
    link.ok_or_else(|| Problem::new(Code::NotFound, "the shop gives no page for this product"))
}

/// The products most like this one that pass `filter`.
fn similar(
    session: &SearchSession,
    product: &Product,
    person: &Person,
    filter: Filter,
    count: usize,
) -> Result<Vec<Product>, Problem> {
    let (like, taste) = (Some(product.id.clone()), person.taste.clone());
    let (k, language) = (person.candidates(count), person.language.clone());
    let query = Query { product: like, filter, k, taste, language, ..Query::default() };
    let hits = session.search(&query).map_err(of_engine)?.hits;
    Ok(hits.into_iter().filter(|hit| person.wants(&hit.id)).take(count).map(|hit| hit.product).collect())
}

/// The same article in other colours, the nearest first: those of its group that a search for it meets.
fn other_colors(
    session: &SearchSession,
    product: &Product,
    person: &Person,
) -> Result<Vec<Product>, Problem> {
    let snapshot = session.catalog().read().map_err(of_engine)?;
    let Some(vector) = snapshot.vector(&product.id).map_err(of_engine)?.filter(|_| !product.group.is_empty())
    else {
        return Ok(Vec::new());
    };
    let image = Some(QueryImage::Embedded(vector));
    let (weights, language) = (Some(Weights::VISUAL), person.language.clone());
    let query = Query { image, k: OTHERS_AMONG, weights, language, ..Query::default() };
    let hits = session.search(&query).map_err(of_engine)?.hits;
    // Pictures that are nearly the same are one hit, too, but other articles.
    let Some(hit) = hits.into_iter().find(|hit| hit.product.group == product.group) else {
        return Ok(Vec::new());
    };
    let mut others = Vec::new();
    for id in std::iter::once(hit.id).chain(hit.others).filter(|id| *id != product.id) {
        others.extend(snapshot.product(&id).map_err(of_engine)?.filter(|o| o.group == product.group));
    }
    others.truncate(OTHER_COLORS);
    Ok(others)
}

/// The filter for cheaper products of the same category; none if it has no price or no category.
fn cheaper_filter(product: &Product) -> Result<Option<Filter>, Problem> {
    let guessed = product.look.category.as_ref().map_or("", |guess| &guess.value);
    let category = if product.category.trim().is_empty() { guessed } else { &product.category };
    let Some(price) = product.price_now().filter(|price| price.amount > CENT && !category.is_empty()) else {
        return Ok(None);
    };
    let filter = Filter::default()
        .with(Field::Category, category)
        .with(Field::Currency, price.currency.as_str())
        .price(None, Some((price.amount - CENT).round_dp(2)));
    filter.map(Some).map_err(|error| of_engine(error.into()))
}

/// The feed's columns that a page shows: all but empty ones, links, and the popularity that ranking uses.
fn facts(product: &Product) -> Vec<Fact> {
    let told = |(name, value): &(&String, &String)| {
        let name = name.to_lowercase();
        !value.is_empty()
            && !LINK_COLUMNS.contains(&name.as_str())
            && !["popularity", "picture_missing"].contains(&name.as_str())
    };
    let fact = |(name, value): (&String, &String)| Fact { name: name.clone(), value: value.clone() };
    product.attributes.iter().filter(told).map(fact).collect()
}

/// The pattern that was found in the picture, if the feed names none.
fn pattern(product: &Product) -> Option<String> {
    let said = product.attributes.keys().any(|name| name.eq_ignore_ascii_case("pattern"));
    product.look.pattern.as_ref().filter(|_| !said).map(|guess| guess.value.clone())
}

/// A product's page in the shop. Only addresses of the web: a feed must not make the app open anything
/// else.
pub fn link(product: &Product) -> Option<&str> {
    let column = |name: &str| product.attributes.iter().find(|(column, _)| column.eq_ignore_ascii_case(name));
    let links = LINK_COLUMNS.iter().filter_map(|name| Some(column(name)?.1.trim()));
    let web = |link: &&str| {
        let start = link.get(..8).unwrap_or(link).to_ascii_lowercase();
        (start.starts_with("https://") || start.starts_with("http://")) && !link.contains(char::is_control)
    };
    links.into_iter().find(web)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(column: &str, value: &str) -> Product {
        let attributes = [(column.to_owned(), value.to_owned())].into();
        Product { attributes, ..Product::default() }
    }

    #[test]
    fn only_addresses_of_the_web_are_links() {
        assert_eq!(link(&with("Link", " https://shop.example/1 ")), Some("https://shop.example/1"));
        for bad in ["file:///etc/passwd", "javascript:alert(1)", "knytt://x", "https:/x", "ünicode", ""] {
            assert_eq!(link(&with("link", bad)), None, "{bad}");
        }
        assert_eq!(link(&with("homepage", "https://shop.example")), None);
    }
}
