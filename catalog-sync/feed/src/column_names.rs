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
        "varenr", "varenummer", "artnr", "product_number", "productnumber", "ordernumber", "order_number",
        "stok_kodu", "ürün_kodu", "kode", "kode_produk", "tuotekoodi", "tuotenumero", "cikkszám", "cod_produs",
        "cod", "šifra", "sifra", "код", "код_товара", "κωδικός", "商品编号", "商品編號", "商品番号", "商品番號", "品番", "货号", "상품코드",
        "상품번호", "mã_sản_phẩm", "mã", "artikelnummer_sku", "codice_prodotto", "código_do_produto", "numer_katalogowy",
        "katalogové_číslo", "رمز_المنتج", "رقم_المنتج", "product_code_sku", "kód_produktu", "kod_produktu",
    ]),
    (Role::Title, &[
        "title", "name", "product_name", "product_title", "item_name", "productname", "titel", "bezeichnung",
        "produktname", "artikelname", "artikelbezeichnung", "titre", "nom", "nom_du_produit", "título", "titulo",
        "nombre", "nome", "titolo", "nazwa", "název", "nazev", "názov", "naam", "productnaam", "namn", "produktnamn",
        "navn", "produktnavn", "nimi", "tuotenimi", "denumire", "megnevezés", "название", "наименование", "назва",
        "ürün_adı", "商品名", "商品名称", "名称", "品名", "상품명",
        "nume", "nume_produs", "naziv", "наименование_товара", "название_товара", "име", "όνομα", "τίτλος",
        "nome_do_produto", "nome_prodotto", "nombre_del_producto", "produktbezeichnung", "naziv_proizvoda",
        "nazwa_produktu", "název_produktu", "názov_produktu", "termék_neve", "商品名稱", "產品名稱", "产品名称", "상품이름", "tên",
        "tên_sản_phẩm", "nama", "nama_produk", "שם", "שם_מוצר", "الاسم", "اسم_المنتج", "tuotteen_nimi", "vare",
        "varenavn",
    ]),
    (Role::Description, &[
        "description", "body", "body_html", "product_description", "long_description", "beschreibung",
        "produktbeschreibung", "artikelbeschreibung", "descripción", "descripcion", "descrizione", "descrição",
        "descricao", "opis", "popis", "omschrijving", "beskrivning", "beskrivelse", "kuvaus", "descriere", "leírás",
        "описание", "опис", "açıklama", "商品説明", "描述", "설명", "short_description",
        "περιγραφή", "opis_proizvoda", "mô_tả", "deskripsi", "תיאור", "الوصف", "描述信息", "产品描述", "商品描述", "商品說明",
        "상품설명", "описание_товара", "описание_продукта",
    ]),
    (Role::Brand, &[
        "brand", "vendor", "manufacturer", "brand_name", "marke", "hersteller", "marque", "fabricant", "marca",
        "fabricante", "produttore", "marka", "producent", "výrobce", "výrobca", "merk", "märke", "varumärke", "mærke",
        "merkki", "бренд", "марка", "производитель", "виробник", "ブランド", "品牌", "브랜드",
        "supplier", "producator", "producător", "gyártó", "značka", "znacka", "proizvođač", "brend", "μάρκα",
        "κατασκευαστής", "thương_hiệu", "merek", "מותג", "العلامة_التجارية", "الماركة", "メーカー", "厂商", "制造商",
        "valmistaja", "fabrikant", "üretici",
    ]),
    (Role::Category, &[
        "category", "product_type", "product_types", "product_category", "category_path", "category_name",
        "categorytext", "categories", "kategorie", "warengruppe", "produktkategorie", "catégorie", "categorie",
        "rubrique", "categoría", "categoria", "kategoria", "kategória", "kategori", "tuoteryhmä", "категория",
        "категорія", "カテゴリ", "カテゴリー", "分类", "類別", "카테고리", "google_product_category",
        "fb_product_category", "type",
        "kategorier", "kategória_termék", "kategorije", "kategorija", "kategorien", "kategori_produk", "κατηγορία",
        "danh_mục", "קטגוריה", "الفئة", "التصنيف", "分類", "商品分类", "商品分類", "商品カテゴリ", "分组", "catégories", "categorías",
        "categorie_prodotto", "kategorie_produktu", "категории", "categories_x_y_z",
    ]),
    (Role::Price, &[
        "price", "regular_price", "current_price", "retail_price", "selling_price", "unit_price", "price_vat",
        "preis", "verkaufspreis", "bruttopreis", "prix", "prix_ttc", "precio", "prezzo", "preço", "preco", "cena",
        "cena_brutto", "prijs", "verkoopprijs", "pris", "hinta", "preț", "pret", "ár", "τιμή", "цена", "ціна", "fiyat",
        "giá", "harga", "ราคา", "価格", "价格", "價格", "가격",
        "price_tax_incl", "price_incl_tax", "price_with_vat", "price_inc_vat", "preis_brutto", "cena_z_vat",
        "cena_s_dph", "cena_s_ddv", "cijena", "bruttó_ár", "prezzo_ivato", "precio_venta", "preço_de_venda",
        "цена_продажи", "розничная_цена", "售价", "售價", "販売価格", "税込価格", "판매가", "מחיר", "السعر", "سعر",
        "pris_inkl_moms", "myyntihinta", "satış_fiyatı", "giá_bán", "harga_jual",
    ]),
    (Role::SalePrice, &[
        "sale_price", "special_price", "discount_price", "discounted_price", "angebotspreis", "sonderpreis",
        "aktionspreis", "prix_promo", "prix_promotionnel", "prix_soldé", "precio_oferta", "precio_rebajado",
        "prezzo_scontato", "preço_promocional", "cena_promocyjna", "akční_cena", "aanbiedingsprijs", "reapris",
        "tilbudspris", "tarjoushinta", "цена_со_скидкой", "акционная_цена", "indirimli_fiyat", "セール価格", "促销价",
        "tilbud", "erbjudande", "reapris_inkl_moms", "akciós_ár", "snižena_cijena", "preț_redus", "pret_promotional",
        "τιμή_προσφοράς", "giá_khuyến_mãi", "harga_diskon", "מחיר_מבצע", "سعر_التخفيض", "السعر_بعد_الخصم", "할인가",
        "特价", "特價", "促銷價", "特価", "prezzo_promo", "preço_com_desconto", "cena_po_slevě", "zľavnená_cena",
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
        "instock", "current_stock_level", "lager", "stok", "stoc", "készlet", "raktárkészlet", "dostupnost_zboží",
        "skladem", "sklad", "zaliha", "existencias", "disponible", "estoque", "giacenza", "stan_magazynowy", "ilość",
        "διαθεσιμότητα", "απόθεμα", "tồn_kho", "מלאי", "المخزون", "التوفر", "庫存", "在庫数", "재고수량", "остаток",
        "количество", "availability_status", "varasto", "antal", "aantal", "anzahl",
    ]),
    (Role::Image, IMAGE_NAMES),
    (Role::MoreImages, &[
        "additional_image_link", "additional_image_links", "more_images", "additional_image", "additional_images",
        "additional_image_url", "additional_image_urls", "other_image", "other_images", "other_image_url",
        "extra_images", "alternate_images", "all_images", "images", "image_urls", "image_links", "imgurl_alternative",
        "gallery", "gallery_images", "media_gallery", "pictures", "photos", "bilder", "weitere_bilder", "bildlinks",
        "images_supplémentaires", "imágenes", "imagenes", "immagini", "imagens", "zdjęcia", "obrázky", "afbeeldingen",
        "изображения", "фотографии",
        "media", "zusätzliche_bilder", "bilder_urls", "images_urls", "фото_дополнительные", "képek", "imagini",
        "kuvat", "billeder", "bilder_url", "görseller", "画像一覧",
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
    "image_name", "imageurl", "imageurls", "product_image_file_1", "billede", "bilde", "slika",
    "снимка", "картинки", "εικόνα", "hình_ảnh", "ảnh", "gambar", "תמונה", "الصورة", "صورة", "画像url", "画像_url",
    "图片地址", "圖片網址", "图片链接", "商品画像", "상품이미지", "이미지url", "url_des_images_x_y_z", "poza", "imagine_principală",
    "obrázek_url", "fotka", "fénykép",
];

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::column::normalise;

    #[test]
    fn every_name_is_plain_and_of_one_part() {
        let mut parts: HashMap<&str, Role> = HashMap::new();
        for (part, names) in NAMES {
            for name in *names {
                assert_eq!(normalise(name), *name, "a name that no column is compared with");
                assert_eq!(parts.insert(name, *part), None, "{name} is named twice");
            }
        }
    }
}
