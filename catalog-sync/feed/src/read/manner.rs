//! How exports with a row for a product and rows for its variants are written, each in names of its own.

use crate::Format;

/// Numbers as words, where columns are told apart by them.
pub(super) const NUMBERS: [&str; 3] = ["one", "two", "three"];

/// How one of these exports is written; names are plain, `#` stands for a number from 1.
pub(super) struct Manner {
    /// What its rows of one product have in common; rows that leave it empty go on with the one before.
    pub(super) product: &'static str,
    /// Whether rows of variants and of pictures have ids of their own there, and belong to the product above.
    pub(super) others_follow: bool,
    /// What a row says that it is; empty where the first one of a product is it.
    pub(super) kind: &'static str,
    pub(super) variant_words: &'static [&'static str],
    /// Rows with one more picture of the product.
    pub(super) picture_words: &'static [&'static str],
    pub(super) variant_id: &'static [&'static str],
    pub(super) sku: &'static str,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    pub(super) brand: &'static str,
    pub(super) category: &'static [&'static str],
    pub(super) price: &'static [&'static str],
    pub(super) former_price: &'static str,
    pub(super) sale_price: &'static str,
    pub(super) stock: &'static str,
    pub(super) pictures: &'static [&'static str],
    pub(super) option_name: &'static str,
    pub(super) option_value: &'static str,
    /// Columns with names and values of options together: `Size=S|Color=Red`.
    pub(super) option_pairs: &'static str,
    /// The beginning of columns that are each an option by themselves.
    pub(super) option_columns: &'static str,
    pub(super) visible: &'static str,
    /// Where a product says whether its pieces are counted.
    pub(super) counted: &'static str,
    /// The beginning of columns that are each the stock of one place.
    pub(super) stock_columns: &'static str,
    /// Columns that say nothing of a product.
    pub(super) dropped: &'static [&'static str],
}

const NONE: Manner = Manner {
    product: "",
    others_follow: false,
    kind: "",
    variant_words: &[],
    picture_words: &[],
    variant_id: &[],
    sku: "",
    title: "",
    description: "",
    brand: "",
    category: &[],
    price: &[],
    former_price: "",
    sale_price: "",
    stock: "",
    pictures: &[],
    option_name: "",
    option_value: "",
    option_pairs: "",
    option_columns: "\0",
    counted: "track_inventory",
    stock_columns: "\0",
    visible: "",
    dropped: &[],
};

static SQUARESPACE: Manner = Manner {
    product: "product_id_non_editable",
    variant_id: &["variant_id_non_editable"],
    sku: "sku",
    title: "title",
    description: "description",
    category: &["categories"],
    price: &["price"],
    sale_price: "sale_price",
    stock: "stock",
    pictures: &["hosted_image_urls"],
    option_name: "option_name_#",
    option_value: "option_value_#",
    visible: "visible",
    dropped: &["on_sale", "product_type_non_editable", "product_page"],
    ..NONE
};

static ECWID: Manner = Manner {
    product: "product_internal_id",
    kind: "type",
    variant_words: &["product_variation"],
    variant_id: &["product_variation_sku"],
    sku: "product_sku",
    title: "product_name",
    description: "product_description",
    brand: "product_brand",
    category: &["product_category_1"],
    price: &["product_variation_price", "product_price"],
    former_price: "product_compare_to_price",
    stock: "product_quantity",
    pictures: &["product_media_main_image_url", "product_media_gallery_image_url_#"],
    option_columns: "product_variation_option_",
    visible: "product_is_available",
    dropped: &["product_option_name", "product_option_value", "product_option_type"],
    ..NONE
};

static BIG_COMMERCE: Manner = Manner {
    product: "product_id",
    kind: "item_type",
    variant_words: &["sku"],
    variant_id: &["product_code_sku"],
    sku: "product_code_sku",
    title: "product_name",
    description: "product_description",
    brand: "brand_name",
    category: &["category"],
    price: &["price"],
    former_price: "retail_price",
    sale_price: "sale_price",
    stock: "current_stock_level",
    pictures: &["product_image_file_#", "product_image_url_#"],
    visible: "product_visible",
    dropped: &["product_type", "cost_price"],
    ..NONE
};

static WIX: Manner = Manner {
    product: "handle",
    kind: "field_type",
    variant_words: &["variant"],
    picture_words: &["media"],
    variant_id: &["sku"],
    sku: "sku",
    title: "name",
    description: "plain_description",
    brand: "brand",
    category: &["collection", "category"],
    price: &["price"],
    former_price: "strikethrough_price",
    stock: "inventory",
    pictures: &["media"],
    option_name: "product_option_name_#",
    option_value: "product_option_choices_#",
    visible: "visible",
    ..NONE
};

static BIG_COMMERCE_3: Manner = Manner {
    product: "id",
    others_follow: true,
    kind: "item",
    variant_words: &["variant"],
    picture_words: &["image"],
    variant_id: &["sku"],
    sku: "sku",
    title: "name",
    description: "description",
    category: &["categories"],
    price: &["price"],
    former_price: "retail_price",
    sale_price: "sale_price",
    stock: "current_stock",
    pictures: &["image_url_import", "internal_image_url_export"],
    option_pairs: "options",
    visible: "is_visible",
    counted: "inventory_tracking",
    dropped: &[
        "type",
        "cost_price",
        "variant_image_url",
        "image_description",
        "image_is_thumbnail",
        "image_sort_order",
    ],
    ..NONE
};

static LIGHTSPEED: Manner = Manner {
    product: "handle",
    variant_id: &["sku", "id"],
    sku: "sku",
    title: "name",
    description: "description",
    brand: "brand_name",
    category: &["product_category", "type", "product_type"],
    price: &["retail_price", "price"],
    pictures: &["image_url", "image_urls", "image", "images", "image_url_#", "image_#"],
    option_name: "variant_option_#_name",
    option_value: "variant_option_#_value",
    visible: "active",
    stock_columns: "inventory_",
    dropped: &["supply_price", "loyalty_value", "composite_name", "composite_sku", "composite_quantity"],
    ..NONE
};

static TIENDANUBE: Manner = Manner {
    product: "identificador_de_url",
    variant_id: &["sku"],
    sku: "sku",
    title: "nombre",
    description: "descripción",
    brand: "marca",
    category: &["categorías"],
    price: &["precio"],
    sale_price: "precio_promocional",
    stock: "stock",
    pictures: &["imágenes", "imagen", "imagen_#", "url_de_imagen", "imágenes_urls"],
    option_name: "nombre_de_propiedad_#",
    option_value: "valor_de_propiedad_#",
    visible: "mostrar_en_tienda",
    dropped: &["costo", "envío_sin_cargo"],
    ..NONE
};

static NUVEMSHOP: Manner = Manner {
    product: "identificador_url",
    variant_id: &["sku"],
    sku: "sku",
    title: "nome",
    description: "descrição",
    brand: "marca",
    category: &["categorias"],
    price: &["preço"],
    sale_price: "preço_promocional",
    stock: "estoque",
    pictures: &["imagens", "imagem", "imagem_#", "url_da_imagem"],
    option_name: "nome_da_variação_#",
    option_value: "valor_da_variação_#",
    visible: "exibir_na_loja",
    dropped: &["custo", "frete_gratis"],
    ..NONE
};

const OF_SQUARE: Manner = Manner {
    product: "reference_handle",
    variant_id: &["sku", "token"],
    sku: "sku",
    title: "item_name",
    description: "description",
    category: &["categories", "category", "reporting_category"],
    price: &["price"],
    sale_price: "online_sale_price",
    pictures: &["image_url", "image_urls", "image", "images", "item_image", "image_#"],
    option_name: "option_name_#",
    option_value: "option_value_#",
    stock_columns: "current_quantity",
    ..NONE
};

static SQUARE: Manner = OF_SQUARE;

/// Before it had handles, rows of one product had its name in common.
static OLD_SQUARE: Manner = Manner { product: "item_name", ..OF_SQUARE };

const OF_EBAY: Manner = Manner {
    product: "custom_label_sku",
    others_follow: true,
    kind: "relationship",
    variant_words: &["variation", "variante", "variazione", "variación", "wariant"],
    variant_id: &["custom_label_sku", "custom_label"],
    sku: "custom_label_sku",
    title: "title",
    description: "description",
    brand: "c_brand",
    category: &["category_name", "store_category", "category"],
    price: &["start_price", "buy_it_now_price", "price"],
    stock: "quantity",
    pictures: &["pic_url", "picurl", "item_photo_url"],
    option_pairs: "relationship_details",
    ..NONE
};

static EBAY: Manner = OF_EBAY;

static OLD_EBAY: Manner = Manner { product: "custom_label", ..OF_EBAY };

/// The manner of a format, which may have changed over the years: told by its names.
pub(super) fn manner(format: Format, has: impl Fn(&str) -> bool) -> &'static Manner {
    match format {
        Format::Squarespace => &SQUARESPACE,
        Format::Ecwid => &ECWID,
        Format::BigCommerce if has("item") => &BIG_COMMERCE_3,
        Format::BigCommerce => &BIG_COMMERCE,
        Format::Lightspeed => &LIGHTSPEED,
        Format::Tiendanube if has(NUVEMSHOP.product) => &NUVEMSHOP,
        Format::Tiendanube => &TIENDANUBE,
        Format::Square if has(SQUARE.product) => &SQUARE,
        Format::Square => &OLD_SQUARE,
        Format::Ebay if has(EBAY.product) => &EBAY,
        Format::Ebay => &OLD_EBAY,
        _ => &WIX,
    }
}

impl Manner {
    /// Whether a column of this name has a place of its own.
    pub(super) fn has_place(&self, plain: &str) -> bool {
        let named = [
            self.product,
            self.kind,
            self.sku,
            self.title,
            self.description,
            self.brand,
            self.former_price,
            self.sale_price,
            self.stock,
            self.option_name,
            self.option_value,
            self.visible,
        ];
        let lists = [self.variant_id, self.category, self.price, self.pictures, self.dropped];
        let is = |name: &&str| match name.split_once('#') {
            None => *name == plain,
            Some((start, _)) => {
                let is_number = |rest: &str| {
                    rest.starts_with(|c: char| c.is_ascii_digit())
                        || NUMBERS.iter().any(|n| rest.starts_with(n))
                };
                plain.strip_prefix(start).is_some_and(is_number)
            }
        };
        named.iter().any(is)
            || lists.iter().any(|list| list.iter().any(&is))
            || plain.starts_with(self.option_columns)
            || plain.starts_with(self.stock_columns)
            || (!self.option_pairs.is_empty() && plain == self.option_pairs)
            || plain.starts_with("product_image_")
            || plain.starts_with("product_option_")
    }
}
