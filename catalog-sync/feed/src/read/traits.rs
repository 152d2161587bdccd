//! What the names of an object's parts tell: whether it is a product, and whether two lists are of the same kind.

use std::collections::BTreeSet;

use crate::column::{Role, normalise, role_of};

/// What lists of products are called, where their names say that.
#[rustfmt::skip]
const PRODUCTS: &[&str] = &[
    "products", "product", "items", "item", "articles", "article", "entries", "goods", "listings", "records",
    "product_list", "productlist", "produkte", "artikel", "produits", "productos", "produtos", "prodotti", "produkty",
    "tovary", "товары", "товари", "producten", "produkter", "varer", "tuotteet", "termékek", "ürünler", "商品", "offers",
];

/// Names that say nothing of what is in a list.
#[rustfmt::skip]
const OF_ANYTHING: &[&str] = &[
    "data", "list", "catalog", "catalogue", "shop", "store", "feed", "response", "result", "results", "content",
    "payload", "body", "edges", "nodes", "node", "hits", "source", "export", "root", "all", "rows", "row", "channel",
    "docs", "documents", "value", "values", "objects", "page", "page_data", "props", "page_props", "state", "collection",
    "categories", "category", "groups", "sections", "sheet", "rss", "offer", "katalog", "catalogo",
];

/// What lists of other things are called that have names, pictures and sometimes prices, too.
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "brands", "banners", "banner", "collections", "stores", "shops", "pages", "posts", "slides", "slider", "promotions",
    "promos", "campaigns", "reviews", "ratings", "users", "customers", "authors", "vendors", "manufacturers",
    "suppliers", "shipping", "shipping_methods", "shipping_options", "payment_methods", "menus", "menu", "navigation",
    "orders", "coupons", "vouchers", "facets", "filters", "currencies", "countries", "locations", "tags", "links",
    "attributes", "options", "warehouses", "gift_cards", "videos", "events", "news", "faq", "faqs", "services",
];

/// Lists that products have in them.
#[rustfmt::skip]
const OF_A_PART: &[&str] = &[
    "variants", "variations", "options", "offers", "skus", "children", "related", "related_products", "accessories",
    "cross_sells", "up_sells", "bundle_items", "prices", "tiers", "reviews", "attributes", "specifications", "models",
];

/// What is known of an object, or of the members of a list together, by the names of their parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Traits {
    names: BTreeSet<String>,
    roles: BTreeSet<u8>,
    has_id: bool,
    pub(crate) has_title: bool,
    pub(crate) has_picture: bool,
    pub(crate) has_price: bool,
    has_variants: bool,
}

impl Traits {
    pub(crate) fn of<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut traits = Self::default();
        for name in names {
            traits.names.insert(normalise(name));
            let Some(role) = role_of(name) else { continue };
            traits.roles.insert(role as u8);
            match role {
                Role::Id => traits.has_id = true,
                Role::Title => traits.has_title = true,
                Role::Image | Role::MoreImages | Role::Thumbnail => traits.has_picture = true,
                Role::Price | Role::SalePrice => traits.has_price = true,
                Role::Variants => traits.has_variants = true,
                _ => {}
            }
        }
        traits
    }

    /// What another member of the same list has, too.
    pub(crate) fn add(&mut self, other: Self) {
        self.names.extend(other.names);
        self.roles.extend(other.roles);
        self.has_id |= other.has_id;
        self.has_title |= other.has_title;
        self.has_picture |= other.has_picture;
        self.has_price |= other.has_price;
        self.has_variants |= other.has_variants;
    }

    /// Whether an object is a product, whose lists are of its pictures and the like: it has at least two parts of
    /// one, and one that no list of products has.
    pub(crate) fn is_product(&self) -> bool {
        self.roles.len() > 1 && (self.has_picture || self.has_price || self.has_variants)
    }

    pub(crate) fn is_named(&self) -> bool {
        self.has_id || self.has_title
    }

    /// Whether the members of a list are products: they have names or ids, and pictures or prices.
    pub(crate) fn are_of_products(&self) -> bool {
        self.is_product() && (self.has_id || self.has_title)
    }

    /// Whether it has a name, and a picture or a price: enough to be a product wherever it is.
    pub(crate) fn is_whole_product(&self) -> bool {
        self.has_title && (self.has_picture || (self.has_price && self.roles.len() > 2))
    }

    /// How much of a product it has.
    pub(crate) fn fullness(&self) -> usize {
        [self.has_id, self.has_title, self.has_picture, self.has_price].into_iter().filter(|has| *has).count()
    }

    /// Whether a list is of the same kind as the one that is of products most plainly; `is_told` if that one is by
    /// its parts, and not only the longest.
    pub(crate) fn is_like(&self, base: &Self, is_told: bool) -> bool {
        let shared = self.names.intersection(&base.names).count();
        let all = self.names.union(&base.names).count();
        if !is_told {
            return shared * 5 >= all * 4;
        }
        let has_pictures = self.has_picture || !base.has_picture || shared * 3 >= base.names.len() * 2;
        let has_prices =
            self.has_price || !base.has_price || (self.has_id && self.has_title && self.has_picture);
        self.are_of_products() && has_pictures && has_prices
    }
}

pub(crate) fn is_id(name: &str) -> bool {
    role_of(name) == Some(Role::Id)
}

/// Whether a list of this name is of products.
pub(crate) fn names_products(name: &str) -> bool {
    PRODUCTS.contains(&normalise(name).as_str())
}

/// Whether a list of this name is of something else.
pub(crate) fn names_others(name: &str) -> bool {
    OTHERS.contains(&normalise(name).as_str())
        || matches!(role_of(name), Some(Role::Category | Role::Brand | Role::MoreImages | Role::Image))
}

/// Whether a list of this name is of what one product has.
pub(crate) fn is_of_a_part(name: &str) -> bool {
    OF_A_PART.contains(&normalise(name).as_str()) || role_of(name).is_some()
}

/// Whether a name does not tell one list of products from another.
pub(crate) fn says_nothing(name: &str) -> bool {
    let plain = normalise(name);
    plain.is_empty() || [PRODUCTS, OF_ANYTHING].iter().any(|names| names.contains(&plain.as_str()))
}
