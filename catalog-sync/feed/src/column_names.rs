//! Usual names of columns, as shops of many countries write them; plain, as [`normalise`](crate::column::normalise)
//! leaves them.

use crate::column::Role;

/// Usual names of each part, the more telling ones first: where a row fills several, the first counts
/// and the others are kept as attributes.
#[rustfmt::skip]
pub(crate) const NAMES: &[(Role, &[&str])] = &[
    (Role::Id, &[
        "id", "item_id", "product_id", "offer_id", "sku", "handle", "product_sku", "item_sku", "product_code",
        "article_number", "item_number", "artikelnummer", "artikelnr", "artikel_nr", "art_nr", "référence",
        "reference", "referencia", "codigo", "código", "codice", "kod", "kód", "indeks", "артикул", "商品コード",
    ]),
    (Role::Title, &[
        "title", "name", "product_name", "product_title", "item_name", "productname", "titel", "bezeichnung",
        "produktname", "artikelname", "artikelbezeichnung", "titre", "nom", "nom_du_produit", "título", "titulo",
        "nombre", "nome", "titolo", "nazwa", "název", "nazev", "názov", "naam", "productnaam", "namn", "produktnamn",
        "navn", "produktnavn", "nimi", "tuotenimi", "denumire", "megnevezés", "название", "наименование", "назва",
        "ürün_adı", "商品名", "商品名称", "名称", "品名", "상품명",
    ]),
    (Role::Description, &[
        "description", "body", "body_html", "product_description", "long_description", "beschreibung",
        "produktbeschreibung", "artikelbeschreibung", "descripción", "descripcion", "descrizione", "descrição",
        "descricao", "opis", "popis", "omschrijving", "beskrivning", "beskrivelse", "kuvaus", "descriere", "leírás",
        "описание", "опис", "açıklama", "商品説明", "描述", "설명", "short_description",
    ]),
    (Role::Brand, &[
        "brand", "vendor", "manufacturer", "brand_name", "marke", "hersteller", "marque", "fabricant", "marca",
        "fabricante", "produttore", "marka", "producent", "výrobce", "výrobca", "merk", "märke", "varumärke", "mærke",
        "merkki", "бренд", "марка", "производитель", "виробник", "ブランド", "品牌", "브랜드",
    ]),
    (Role::Category, &[
        "category", "product_type", "product_types", "product_category", "category_path", "category_name",
        "categorytext", "categories", "kategorie", "warengruppe", "produktkategorie", "catégorie", "categorie",
        "rubrique", "categoría", "categoria", "kategoria", "kategória", "kategori", "tuoteryhmä", "категория",
        "категорія", "カテゴリ", "カテゴリー", "分类", "類別", "카테고리", "google_product_category",
        "fb_product_category", "type",
    ]),
    (Role::Price, &[
        "price", "regular_price", "current_price", "retail_price", "selling_price", "unit_price", "price_vat",
        "preis", "verkaufspreis", "bruttopreis", "prix", "prix_ttc", "precio", "prezzo", "preço", "preco", "cena",
        "cena_brutto", "prijs", "verkoopprijs", "pris", "hinta", "preț", "pret", "ár", "τιμή", "цена", "ціна", "fiyat",
        "giá", "harga", "ราคา", "価格", "价格", "價格", "가격",
    ]),
    (Role::SalePrice, &[
        "sale_price", "special_price", "discount_price", "discounted_price", "angebotspreis", "sonderpreis",
        "aktionspreis", "prix_promo", "prix_promotionnel", "prix_soldé", "precio_oferta", "precio_rebajado",
        "prezzo_scontato", "preço_promocional", "cena_promocyjna", "akční_cena", "aanbiedingsprijs", "reapris",
        "tilbudspris", "tarjoushinta", "цена_со_скидкой", "акционная_цена", "indirimli_fiyat", "セール価格", "促销价",
    ]),
    (Role::Currency, &[
        "currency", "price_currency", "currency_code", "currency_id", "währung", "waehrung", "devise", "moneda",
        "moeda", "valuta", "waluta", "měna", "mena", "валюта", "para_birimi", "通貨", "货币", "통화",
    ]),
    (Role::Color, &["color", "colour", "colors", "colours"]),
    (Role::Size, &["size", "sizes"]),
    (Role::Availability, &[
        "availability", "stock_status", "in_stock", "is_in_stock", "stock", "stock_quantity", "quantity", "qty",
        "inventory", "inventory_quantity", "verfügbarkeit", "verfuegbarkeit", "bestand", "lagerbestand",
        "disponibilité", "disponibilite", "disponibilidad", "disponibilità", "disponibilidade", "dostępność",
        "dostupnost", "beschikbaarheid", "voorraad", "lagerstatus", "saatavuus", "наличие", "наявність", "在庫",
        "库存", "재고",
    ]),
    (Role::Image, IMAGE_NAMES),
    (Role::MoreImages, &[
        "additional_image_link", "additional_image_links", "more_images", "additional_image", "additional_images",
        "additional_image_url", "additional_image_urls", "other_image", "other_images", "other_image_url",
        "extra_images", "alternate_images", "all_images", "images", "image_urls", "image_links", "imgurl_alternative",
        "gallery", "gallery_images", "media_gallery", "pictures", "photos", "bilder", "weitere_bilder", "bildlinks",
        "images_supplémentaires", "imágenes", "imagenes", "immagini", "imagens", "zdjęcia", "obrázky", "afbeeldingen",
        "изображения", "фотографии",
    ]),
    (Role::Thumbnail, &[
        "thumbnail", "thumb", "thumbnail_url", "thumbnail_link", "thumbnail_image", "image_thumbnail", "small_image",
        "preview_image", "vignette", "vorschaubild",
    ]),
    (Role::Group, &["item_group_id", "itemgroup_id"]),
    (Role::Variants, &["variants"]),
];

/// The names under which a picture is looked for.
#[rustfmt::skip]
pub(crate) const IMAGE_NAMES: &[&str] = &[
    "image", "image_link", "image_path", "image_file", "image_url", "image_src", "picture", "photo", "file",
    "filename", "path", "main_image", "main_image_url", "main_image_link", "base_image", "featured_image",
    "primary_image", "product_image", "product_image_url", "picture_url", "photo_url", "img", "img_url", "imgurl",
    "img_src", "bild", "bildlink", "bild_url", "bildurl", "bilddatei", "lien_image", "url_image", "imagen",
    "url_imagen", "immagine", "imagem", "foto", "foto_url", "zdjęcie", "zdjecie", "obrázek", "obrazek", "obraz",
    "afbeelding", "kuva", "imagine", "kép", "изображение", "фото", "картинка", "зображення", "görsel", "resim",
    "画像", "图片", "圖片", "이미지",
];
