//! The bounds of a document. A device takes one from elsewhere, so none may ask for more than a search can do.

use std::collections::{HashMap, HashSet};

use crate::lexical::terms::terms;
use crate::merchandise::document::{
    Merchandising, MerchandisingRule, Replacement, RuleAction, RuleQuery, Selection, ShopLook, Synonym,
};
use crate::merchandise::looks::CompiledLook;
use crate::product::filter::Filter;

/// Rules, synonyms, and replacements, of a document.
const MOST: usize = 1_000;
/// Actions of a rule.
const MOST_ACTIONS: usize = 20;
/// Products that a selection names.
const MOST_PRODUCTS: usize = 100;
/// Conditions of a selection or a filter.
const MOST_CONDITIONS: usize = 10;
/// Looks: each has a picture that travels with every release.
const MOST_LOOKS: usize = 16;
/// Products of a look.
const MOST_SPOTS: usize = 12;
/// Words of a condition on the query.
const MOST_WORDS: usize = 10;
/// Entries of a synonym.
const MOST_SYNONYMS: usize = 8;
/// Rules that may apply to every search: each of them costs each search.
const MOST_ALWAYS: usize = 50;
/// The last place that a product can be pinned to.
const LAST_PLACE: u32 = 100;
/// What a boost can add.
const MOST_BOOST: f32 = 2.0;

/// What is wrong with a document, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct InvalidMerchandising {
    /// Where it is, such as `rules[3].then[0].place`.
    pub place: String,
    /// What was expected.
    pub reason: String,
}

type Checked = Result<(), InvalidMerchandising>;

fn refuse(place: impl Into<String>, reason: impl Into<String>) -> InvalidMerchandising {
    InvalidMerchandising { place: place.into(), reason: reason.into() }
}

impl Merchandising {
    /// The version of the schema that this program writes and reads.
    pub const VERSION: u32 = 1;

    /// The largest document, in bytes of JSON.
    pub const MOST_BYTES: usize = 3 << 20;

    /// Reads a document and checks every bound.
    ///
    /// # Errors
    /// It is no JSON, has a field that is not known, is of another version, or is out of its bounds.
    pub fn read(json: &[u8]) -> Result<Self, InvalidMerchandising> {
        if json.len() > Self::MOST_BYTES {
            return Err(refuse("document", format!("at most {} bytes", Self::MOST_BYTES)));
        }
        let unreadable = |error: serde_json::Error| refuse("document", error.to_string());
        // A later version has fields that are not known here, so the version is read first.
        #[derive(serde::Deserialize)]
        struct Version {
            version: u32,
        }
        let Version { version } = serde_json::from_slice(json).map_err(unreadable)?;
        check_version(version)?;
        let document: Self = serde_json::from_slice(json).map_err(unreadable)?;
        document.check()?;
        Ok(document)
    }

    /// Checks every bound.
    ///
    /// # Errors
    /// The first thing that is out of its bounds.
    pub fn check(&self) -> Checked {
        check_version(self.version)?;
        at_most("rules", self.rules.len(), 0, MOST)?;
        at_most("synonyms", self.synonyms.len(), 0, MOST)?;
        at_most("replacements", self.replacements.len(), 0, MOST)?;
        let mut ids = HashSet::new();
        for (n, rule) in self.rules.iter().enumerate() {
            let place = format!("rules[{n}]");
            if !ids.insert(rule.id.as_str()) {
                return Err(refuse(format!("{place}.id"), format!("another rule is {:?}, too", rule.id)));
            }
            check_rule(&place, rule)?;
        }
        let always = self.rules.iter().filter(|rule| !rule.paused && rule.when.is_general()).count();
        if always > MOST_ALWAYS {
            let reason = format!("at most {MOST_ALWAYS} without words and a category, not {always}");
            return Err(refuse("rules", reason));
        }
        let mut synonyms = self.synonyms.iter().enumerate();
        synonyms.try_for_each(|(n, synonym)| check_synonym(&format!("synonyms[{n}]"), synonym))?;
        check_replacements(&self.replacements)?;
        check_looks(&self.looks)
    }

    /// The addresses that rules lead to.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        let actions = self.rules.iter().flat_map(|rule| &rule.then);
        actions.filter_map(|action| match action {
            RuleAction::Redirect { address } => Some(address.as_str()),
            _ => None,
        })
    }
}

fn check_version(version: u32) -> Checked {
    let known = Merchandising::VERSION;
    if version == known {
        return Ok(());
    }
    Err(refuse("version", format!("{version} is not known; this program reads version {known}")))
}

fn check_id(place: &str, id: &str) -> Checked {
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'_';
    if (1..=64).contains(&id.len()) && id.bytes().all(plain) {
        return Ok(());
    }
    Err(refuse(place, "lower-case letters, digits, - and _, at most 64"))
}

fn check_rule(place: &str, rule: &MerchandisingRule) -> Checked {
    check_id(&format!("{place}.id"), &rule.id)?;
    line(&format!("{place}.name"), &rule.name, 0, 100)?;
    let when = &rule.when;
    if let Some(RuleQuery::Exact { words } | RuleQuery::Contains { words }) = &when.query {
        check_words(&format!("{place}.when.query.words"), words, 100)?;
    }
    if let Some(category) = &when.category {
        line(&format!("{place}.when.category"), category, 1, 200)?;
    }
    check_language(&format!("{place}.when.language"), when.language.as_deref())?;
    if when.from_ms.zip(when.until_ms).is_some_and(|(from, until)| from >= until) {
        return Err(refuse(format!("{place}.when.untilMs"), "must be after fromMs"));
    }
    at_most(&format!("{place}.then"), rule.then.len(), 1, MOST_ACTIONS)?;
    let mut actions = rule.then.iter().enumerate();
    actions.try_for_each(|(n, action)| check_action(&format!("{place}.then[{n}]"), action))
}

fn check_action(place: &str, action: &RuleAction) -> Checked {
    match action {
        RuleAction::Pin { product, place: to } => {
            line(&format!("{place}.product"), product, 1, 512)?;
            if (1..=LAST_PLACE).contains(to) {
                return Ok(());
            }
            Err(refuse(format!("{place}.place"), format!("from 1 to {LAST_PLACE}")))
        }
        RuleAction::Boost { what, by } | RuleAction::Bury { what, by } => {
            if !(0.01..=MOST_BOOST).contains(by) {
                return Err(refuse(format!("{place}.by"), format!("from 0.01 to {MOST_BOOST}")));
            }
            check_selection(&format!("{place}.what"), what)
        }
        RuleAction::Hide { what } => check_selection(&format!("{place}.what"), what),
        RuleAction::Banner { text } => line(&format!("{place}.text"), text, 1, 200),
        RuleAction::Filter { conditions } => {
            at_most(&format!("{place}.conditions"), conditions.len(), 1, MOST_CONDITIONS)?;
            check_conditions(&format!("{place}.conditions"), conditions)
        }
        RuleAction::Redirect { address } => {
            let place = format!("{place}.address");
            line(&place, address, 1, 2000)?;
            if is_web_address(address) {
                return Ok(());
            }
            Err(refuse(place, "an address that begins with http:// or https:// and names a host"))
        }
    }
}

fn check_selection(place: &str, what: &Selection) -> Checked {
    at_most(&format!("{place}.products"), what.products.len(), 0, MOST_PRODUCTS)?;
    at_most(&format!("{place}.conditions"), what.conditions.len(), 0, MOST_CONDITIONS)?;
    if what.products.is_empty() && what.conditions.is_empty() {
        return Err(refuse(place, "names no product and no condition"));
    }
    for product in &what.products {
        line(&format!("{place}.products"), product, 1, 512)?;
    }
    check_conditions(&format!("{place}.conditions"), &what.conditions)
}

fn check_conditions(place: &str, conditions: &[String]) -> Checked {
    for condition in conditions {
        line(place, condition, 1, 200)?;
    }
    Filter::parse(conditions).map(drop).map_err(|error| refuse(place, error.to_string()))
}

fn check_synonym(place: &str, synonym: &Synonym) -> Checked {
    check_language(&format!("{place}.language"), synonym.language())?;
    let (name, words, least) = match synonym {
        Synonym::Both { words, .. } => ("words", words, 2),
        Synonym::One { from, to, .. } => {
            check_words(&format!("{place}.from"), from, 50)?;
            ("to", to, 1)
        }
    };
    let place = format!("{place}.{name}");
    at_most(&place, words.len(), least, MOST_SYNONYMS)?;
    words.iter().try_for_each(|words| check_words(&place, words, 50))
}

/// One replacement of each product, and no product that replaces itself in the end.
fn check_replacements(replacements: &[Replacement]) -> Checked {
    let mut next = HashMap::new();
    for (n, replacement) in replacements.iter().enumerate() {
        let place = format!("replacements[{n}]");
        line(&format!("{place}.product"), &replacement.product, 1, 512)?;
        line(&format!("{place}.by"), &replacement.by, 1, 512)?;
        if next.insert(replacement.product.as_str(), replacement.by.as_str()).is_some() {
            let reason = format!("{:?} is replaced twice", replacement.product);
            return Err(refuse(format!("{place}.product"), reason));
        }
    }
    // Whatever leads to no end is a part of a circle or leads to one.
    let mut ended = HashSet::new();
    for (n, replacement) in replacements.iter().enumerate() {
        let (mut at, mut path) = (replacement.product.as_str(), HashSet::new());
        while let Some(by) = next.get(at).filter(|_| !ended.contains(at)) {
            if !path.insert(at) {
                let reason = format!("{:?} replaces itself in the end", replacement.by);
                return Err(refuse(format!("replacements[{n}].by"), reason));
            }
            at = by;
        }
        ended.extend(path);
    }
    Ok(())
}

fn check_looks(looks: &[ShopLook]) -> Checked {
    at_most("looks", looks.len(), 0, MOST_LOOKS)?;
    let mut ids = HashSet::new();
    for (n, look) in looks.iter().enumerate() {
        let place = format!("looks[{n}]");
        check_id(&format!("{place}.id"), &look.id)?;
        if !ids.insert(look.id.as_str()) {
            return Err(refuse(format!("{place}.id"), format!("another look is {:?}, too", look.id)));
        }
        line(&format!("{place}.title"), &look.title, 0, 100)?;
        at_most(&format!("{place}.spots"), look.spots.len(), 1, MOST_SPOTS)?;
        for (n, spot) in look.spots.iter().enumerate() {
            let place = format!("{place}.spots[{n}]");
            line(&format!("{place}.product"), &spot.product, 1, 512)?;
            if ![spot.x, spot.y].iter().all(|share| (0.0..=1.0).contains(share)) {
                return Err(refuse(place, "x and y from 0 to 1"));
            }
        }
        CompiledLook::new(look).map_err(|reason| refuse(format!("{place}.picture"), reason))?;
    }
    Ok(())
}

/// Letters and words, of which there is at least one.
fn check_words(place: &str, words: &str, most: usize) -> Checked {
    line(place, words, 1, most)?;
    match words.split_whitespace().count() {
        0..=MOST_WORDS if !terms(words).is_empty() => Ok(()),
        _ => Err(refuse(place, format!("one to {MOST_WORDS} words"))),
    }
}

fn check_language(place: &str, language: Option<&str>) -> Checked {
    let is_code =
        |code: &str| (2..=3).contains(&code.len()) && code.bytes().all(|letter| letter.is_ascii_lowercase());
    match language {
        Some(code) if !is_code(code) => Err(refuse(place, "two or three lower-case letters, such as en")),
        _ => Ok(()),
    }
}

fn at_most(place: &str, count: usize, least: usize, most: usize) -> Checked {
    if (least..=most).contains(&count) {
        return Ok(());
    }
    Err(refuse(place, format!("{least} to {most} entries, not {count}")))
}

/// One line of text, of so many letters.
fn line(place: &str, text: &str, least: usize, most: usize) -> Checked {
    let letters = text.chars().count();
    if (least..=most).contains(&letters) && !text.chars().any(char::is_control) {
        return Ok(());
    }
    Err(refuse(place, format!("{least} to {most} letters on one line")))
}

/// An address of the web: without a user, whose name could look like the host.
fn is_web_address(text: &str) -> bool {
    let rest = ["http://", "https://"].into_iter().find_map(|scheme| {
        let start = text.get(..scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then(|| &text[scheme.len()..])
    });
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    host.is_some_and(|host| !host.is_empty() && !host.contains('@') && !host.contains('\\'))
        && !text.chars().any(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(json: &str) -> String {
        format!(r#"{{"version":1,"rules":[{{"id":"a","then":[{json}]}}]}}"#)
    }

    fn reason(json: &str) -> String {
        Merchandising::read(json.as_bytes()).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn what_is_in_its_bounds_is_read_and_written_back_alike() {
        let json = r#"{"version":1,"rules":[{"id":"summer","name":"Summer","when":{"query":{"kind":"contains",
            "words":"summer dress"},"category":"Dresses","language":"en","fromMs":1,"untilMs":2},"then":[
            {"kind":"pin","product":"sku-1","place":1},
            {"kind":"boost","what":{"conditions":["brand=acme","price=..50"]},"by":0.2},
            {"kind":"bury","what":{"products":["sku-2"]},"by":0.5},
            {"kind":"hide","what":{"products":["sku-3"]}},
            {"kind":"banner","text":"Sale"},
            {"kind":"filter","conditions":["availability=in_stock"]},
            {"kind":"redirect","address":"https://shop.example/summer"}]}],
            "synonyms":[{"kind":"both","language":"en","words":["sneaker","trainer"]},
            {"kind":"one","from":"tee","to":["t-shirt"]}]}"#;
        let read = Merchandising::read(json.as_bytes()).unwrap();
        let written = serde_json::to_vec(&read).unwrap();
        assert_eq!(Merchandising::read(&written).unwrap(), read);
        assert_eq!(read.addresses().collect::<Vec<_>>(), ["https://shop.example/summer"]);
        assert!(Merchandising::default().check().is_ok());
    }

    #[test]
    fn unknown_fields_and_versions_are_refused() {
        for (json, hint) in [
            (r#"{"version":2,"later":true}"#.to_owned(), "version: 2 is not known"),
            (r#"{"rules":[]}"#.into(), "version"),
            (r#"{"version":1,"extra":1}"#.into(), "extra"),
            (rule(r#"{"kind":"banner","text":"a","colour":"red"}"#), "colour"),
            (rule(r#"{"kind":"explode"}"#), "explode"),
            (r#"{"version":1,"rules":[{"id":"a","when":{"weather":"rain"},"then":[]}]}"#.into(), "weather"),
            ("[]".into(), "document"),
        ] {
            assert!(reason(&json).contains(hint), "{json}: {}", reason(&json));
        }
    }

    #[test]
    fn what_is_out_of_its_bounds_is_refused_and_named() {
        for (action, hint) in [
            (r#"{"kind":"pin","product":"a","place":0}"#, "rules[0].then[0].place"),
            (r#"{"kind":"pin","product":"a","place":101}"#, "place"),
            (r#"{"kind":"pin","product":"","place":1}"#, "product"),
            (r#"{"kind":"boost","what":{"products":["a"]},"by":2.1}"#, "by"),
            (r#"{"kind":"boost","what":{"products":["a"]},"by":0}"#, "by"),
            (r#"{"kind":"hide","what":{}}"#, "names no product"),
            (r#"{"kind":"filter","conditions":[]}"#, "conditions"),
            (r#"{"kind":"filter","conditions":["cheap"]}"#, "key=value"),
            (r#"{"kind":"banner","text":"two\nlines"}"#, "one line"),
            (r#"{"kind":"redirect","address":"javascript:alert(1)"}"#, "address"),
            (r#"{"kind":"redirect","address":"https://shop.example@evil.test/"}"#, "address"),
            (r#"{"kind":"redirect","address":"https:///nowhere"}"#, "address"),
            (r#"{"kind":"redirect","address":"//shop.example"}"#, "address"),
        ] {
            assert!(reason(&rule(action)).contains(hint), "{action}: {}", reason(&rule(action)));
        }
        let many = |count: usize| vec![r#"{"kind":"banner","text":"a"}"#; count].join(",");
        assert_eq!(reason(&rule(&many(20))), "");
        assert!(reason(&rule(&many(21))).contains("20 entries"));
        assert!(reason(&rule("")).contains("1 to 20"));
        let twice = r#"{"version":1,"rules":[{"id":"a","then":[]},{"id":"a","then":[]}]}"#;
        assert!(reason(twice).contains("then"), "{}", reason(twice));
        let rules: Vec<_> = (0..1_001)
            .map(|n| MerchandisingRule {
                id: format!("r{n}"),
                then: vec![RuleAction::Banner { text: "a".into() }],
                ..MerchandisingRule::default()
            })
            .collect();
        let document =
            |rules: &[MerchandisingRule]| Merchandising { rules: rules.to_vec(), ..Default::default() };
        assert!(document(&rules[..50]).check().is_ok());
        assert!(document(&rules[..51]).check().is_err());
        assert!(document(&[rules[0].clone(), rules[0].clone()]).check().is_err());
        let paused = |rule: MerchandisingRule| MerchandisingRule { paused: true, ..rule };
        let rules: Vec<_> = rules.into_iter().map(paused).collect();
        assert!(document(&rules[..1_000]).check().is_ok());
        assert!(document(&rules).check().is_err());
    }

    #[test]
    fn looks_have_bounds_and_a_jpeg() {
        let jpeg = |width: u32, height: u32, noise: u8| {
            let paint =
                |x: u32, y: u32| [x, y, x ^ y].map(|v| (v.wrapping_mul(2_654_435_761) >> 24) as u8 & noise);
            let pixels = image::RgbImage::from_fn(width, height, |x, y| image::Rgb(paint(x, y)));
            let mut bytes = std::io::Cursor::new(Vec::new());
            pixels.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes.into_inner())
        };
        let look = |id: &str, picture: &str, spots: &str| {
            format!(r#"{{"id":"{id}","picture":"{picture}","spots":[{spots}]}}"#)
        };
        let looks = |all: &[String]| reason(&format!(r#"{{"version":1,"looks":[{}]}}"#, all.join(",")));
        let (good, spot) = (jpeg(640, 480, 0), r#"{"x":0.5,"y":1,"product":"a"}"#);
        assert_eq!(looks(&[look("a", &good, spot)]), "");
        for (wrong, hint) in [
            (look("A b", &good, spot), "looks[0].id"),
            (look("a", &good, ""), "1 to 12"),
            (look("a", &good, &[spot; 13].join(",")), "1 to 12"),
            (look("a", &good, r#"{"x":1.01,"y":0,"product":"a"}"#), "x and y"),
            (look("a", &good, r#"{"x":0,"y":0,"product":""}"#), "product"),
            (look("a", "nonsense!", spot), "base64"),
            (look("a", "iVBORw0KGgo=", spot), "no JPEG"),
            (look("a", &jpeg(1_025, 64, 0), spot), "1025 × 64"),
            (look("a", &jpeg(640, 63, 0), spot), "640 × 63"),
            (look("a", &jpeg(1_024, 1_024, 255), spot), "at most 98304 bytes"),
        ] {
            assert!(looks(std::slice::from_ref(&wrong)).contains(hint), "{}", looks(&[wrong]));
        }
        let many: Vec<String> = (0..17).map(|n| look(&format!("l{n}"), &good, spot)).collect();
        assert_eq!(looks(&many[..16]), "");
        assert!(looks(&many).contains("0 to 16"));
        assert!(looks(&[many[0].clone(), many[0].clone()]).contains("another look"));
    }

    #[test]
    fn conditions_and_synonyms_have_bounds() {
        let with = |when: &str| {
            let then = r#"[{"kind":"banner","text":"a"}]"#;
            reason(&format!(r#"{{"version":1,"rules":[{{"id":"a","when":{when},"then":{then}}}]}}"#))
        };
        assert_eq!(with("{}"), "");
        assert!(with(r#"{"query":{"kind":"exact","words":"!!"}}"#).contains("words"));
        assert!(with(r#"{"query":{"kind":"exact","words":"a b c d e f g h i j k"}}"#).contains("10 words"));
        assert!(with(r#"{"language":"EN"}"#).contains("lower-case"));
        assert!(with(r#"{"fromMs":2,"untilMs":2}"#).contains("untilMs"));
        let synonym = |json: &str| reason(&format!(r#"{{"version":1,"synonyms":[{json}]}}"#));
        assert!(synonym(r#"{"kind":"both","words":["one"]}"#).contains("synonyms[0].words"));
        assert!(synonym(r#"{"kind":"one","from":"a","to":[]}"#).contains("to"));
        assert!(synonym(r#"{"kind":"one","from":"","to":["b"]}"#).contains("from"));
        let replaced = |pairs: &[(&str, &str)]| {
            let one = |(product, by): &(&str, &str)| format!(r#"{{"product":"{product}","by":"{by}"}}"#);
            let all: Vec<String> = pairs.iter().map(one).collect();
            reason(&format!(r#"{{"version":1,"replacements":[{}]}}"#, all.join(",")))
        };
        assert_eq!(replaced(&[("a", "b"), ("b", "c"), ("d", "c"), ("e", "b")]), "");
        assert!(replaced(&[("a", "a")]).contains("replacements[0].by"));
        assert!(replaced(&[("d", "a"), ("a", "b"), ("b", "c"), ("c", "a")]).contains("replaces itself"));
        assert!(replaced(&[("a", "b"), ("a", "c")]).contains("twice"));
        assert!(replaced(&[("", "b")]).contains("replacements[0].product"));
        assert_eq!(synonym(r#"{"kind":"one","from":"a","to":["b"]}"#), "");
    }
}
