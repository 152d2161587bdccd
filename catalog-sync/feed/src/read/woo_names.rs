//! The names of WooCommerce's columns in the languages in which shops export them, by the English ones.

/// Plain names, as [`normalise`](crate::column::normalise) leaves them.
#[rustfmt::skip]
const NAMES: &[(&str, &[&str])] = &[
    ("type", &["typ", "tipo", "tyyppi", "típus", "tip", "тип", "tür", "種類", "タイプ", "유형"]),
    ("sku", &["artikelnummer", "ugs", "référence", "codice_sku", "sku_codice", "art_nr", "varenummer", "kod_sku", "артикул", "stok_kodu", "código"]),
    ("name", &["nombre", "nom", "nome", "naam", "namn", "navn", "nimi", "nazwa", "název", "názov", "név", "nume", "имя", "название", "назва", "isim", "名前", "商品名", "이름"]),
    ("published", &["veröffentlicht", "publicado", "publié", "pubblicato", "gepubliceerd", "publicerad", "udgivet", "publisert", "julkaistu", "opublikowano", "opublikowany", "publikováno", "publikované", "közzétéve", "publicat", "опубликован", "опубліковано", "yayımlanmış", "yayınlandı", "公開済み", "公開"]),
    ("is_featured", &["ist_hervorgehoben", "está_destacado", "es_destacado", "mis_en_avant", "in_evidenza", "è_in_evidenza", "is_uitgelicht", "uitgelicht", "é_destaque", "em_destaque"]),
    ("visibility_in_catalog", &["sichtbarkeit_im_katalog", "visibilidad_en_el_catálogo", "visibilité_dans_le_catalogue", "visibilità_nel_catalogo", "zichtbaarheid_in_catalogus", "visibilidade_no_catálogo", "widoczność_w_katalogu"]),
    ("short_description", &["kurzbeschreibung", "descripción_corta", "description_courte", "breve_descrizione", "descrizione_breve", "korte_beschrijving", "descrição_curta", "krótki_opis", "kort_beskrivning", "kort_beskrivelse"]),
    ("description", &["beschreibung", "descripción", "descrizione", "beschrijving", "descrição", "opis", "popis", "beskrivning", "beskrivelse", "kuvaus", "leírás", "descriere", "описание", "опис", "açıklama", "説明", "설명"]),
    ("in_stock", &["vorrätig", "auf_lager", "existencias", "en_existencias", "hay_existencias", "en_stock", "in_magazzino", "disponibile", "op_voorraad", "em_estoque", "em_stock", "w_magazynie", "na_stanie", "skladem", "i_lager", "på_lager", "varastossa", "raktáron", "în_stoc", "в_наличии", "наличие", "в_наявності", "stokta", "在庫あり"]),
    ("stock", &["lagerbestand", "bestand", "inventario", "stock_quantité", "magazzino", "voorraad", "estoque", "stan_magazynowy", "sklad", "lagersaldo", "lager", "varasto", "készlet", "stoc", "запасы", "запас", "stok", "在庫"]),
    ("backorders_allowed", &["lieferrückstände_erlaubt", "lieferrückstand_erlaubt", "permitir_reservas_de_productos_agotados", "se_permiten_reservas", "autoriser_les_commandes_de_produits_en_rupture", "commandes_en_souffrance_autorisées", "abilita_gli_ordini_arretrati", "nabestellingen_toegestaan", "são_permitidas_encomendas", "zamówienia_oczekujące_dozwolone"]),
    ("sale_price", &["angebotspreis", "precio_rebajado", "tarif_promo", "tarif_en_promo", "prix_promo", "prezzo_in_offerta", "prezzo_scontato", "actieprijs", "aanbiedingsprijs", "preço_promocional", "cena_promocyjna", "akční_cena", "reapris", "tilbudspris", "salgspris", "alennushinta", "akciós_ár", "preț_redus", "акционная_цена", "цена_распродажи", "ціна_зі_знижкою", "indirimli_fiyat", "セール価格"]),
    ("regular_price", &["preis", "regulärer_preis", "normalpreis", "precio_normal", "precio_habitual", "tarif_régulier", "tarif_normal", "prix_normal", "prezzo_di_listino", "prezzo_regolare", "reguliere_prijs", "normale_prijs", "preço_normal", "preço", "preço_regular", "cena", "cena_regularna", "běžná_cena", "ordinarie_pris", "normalpris", "ordinær_pris", "normaali_hinta", "normál_ár", "preț_obișnuit", "базовая_цена", "обычная_цена", "звичайна_ціна", "normal_fiyat", "通常価格"]),
    ("categories", &["kategorien", "categorías", "catégories", "categorie", "categorieën", "categorias", "kategorie", "kategórie", "kategorier", "osastot", "kategóriák", "categorii", "категории", "категорії", "kategoriler", "カテゴリー"]),
    ("tags", &["schlagwörter", "etiquetas", "étiquettes", "tag", "tagi", "štítky", "etiketter", "címkék", "etichete", "метки", "позначки", "etiketler", "タグ"]),
    ("images", &["bilder", "imágenes", "images_produit", "immagini", "afbeeldingen", "imagens", "obrazki", "zdjęcia", "obrázky", "billeder", "kuvat", "képek", "imagini", "изображения", "зображення", "görseller", "画像"]),
    ("parent", &["übergeordnet", "übergeordnetes_produkt", "superior", "principal", "genitore", "hoofdproduct", "hoofd", "bovenliggend", "ascendente", "pai", "nadrzędny", "rodzic", "nadřazený", "överordnad", "förälder", "forælder", "overordnet", "szülő", "părinte", "родительский", "родитель", "батьківський", "ebeveyn", "親"]),
    ("position", &["posición", "posizione", "positie", "posição", "pozycja"]),
    ("external_url", &["externe_url", "url_externa", "url_externe", "url_esterno", "zewnętrzny_adres_url", "внешний_url"]),
    ("brands", &["marken", "marcas", "marques", "marchi", "merken", "marki", "značky", "märken", "brands_produkt", "бренды"]),
    ("gtin_upc_ean_or_isbn", &["gtin_upc_ean_oder_isbn", "gtin_upc_ean_o_isbn", "gtin_upc_ean_ou_isbn", "gtin_upc_ean_of_isbn", "gtin_upc_ean_lub_isbn", "gtin_upc_ean_или_isbn"]),
];

/// What is around the number of an attribute, before its name and before its values.
#[rustfmt::skip]
const OF_NAMES: &[(&str, &str)] = &[
    ("attribut_", "_name"), ("nombre_del_atributo_", ""), ("atributo_", "_nombre"), ("nom_de_l_attribut_", ""),
    ("attribut_", "_nom"), ("nome_dell_attributo_", ""), ("nome_attributo_", ""), ("attributo_", "_nome"),
    ("naam_eigenschap_", ""), ("eigenschap_", "_naam"), ("attribuut_", "_naam"), ("naam_attribuut_", ""),
    ("nome_do_atributo_", ""), ("atributo_", "_nome"), ("nazwa_atrybutu_", ""), ("attribut_", "_namn"),
    ("attribut_", "_navn"), ("egenskap_", "_navn"), ("название_атрибута_", ""), ("имя_атрибута_", ""), ("назва_атрибута_", ""),
];

#[rustfmt::skip]
const OF_VALUES: &[(&str, &str)] = &[
    ("attribut_wert_e_", ""), ("attribut_", "_wert_e"), ("attribut_", "_werte"), ("valor_es_del_atributo_", ""),
    ("atributo_", "_valor_es"), ("valeur_s_de_l_attribut_", ""), ("attribut_", "_valeur_s"), ("valore_i_dell_attributo_", ""),
    ("valore_i_attributo_", ""), ("attributo_", "_valore_i"), ("waarde_n_eigenschap_", ""), ("eigenschap_", "_waarde_n"),
    ("attribuut_", "_waarde_n"), ("waarde_n_attribuut_", ""), ("valores_do_atributo_", ""), ("valor_es_do_atributo_", ""),
    ("atributo_", "_valores"), ("wartość_wartości_atrybutu_", ""), ("wartości_atrybutu_", ""), ("wartość_atrybutu_", ""),
    ("attribut_", "_värde_n"), ("attribut_", "_værdi_er"), ("egenskap_", "_verdi_er"), ("значение_атрибута_", ""),
    ("значения_атрибутов_", ""), ("значения_атрибута_", ""), ("значення_атрибута_", ""),
];

/// The English name that a plain one stands for; itself where it is none of these.
pub(crate) fn english(plain: &str) -> String {
    if let Some((name, _)) = NAMES.iter().find(|(_, others)| others.contains(&plain)) {
        return (*name).to_owned();
    }
    let number = |(start, end): &(&str, &str)| {
        let number = plain.strip_prefix(start)?.strip_suffix(end)?;
        number.bytes().all(|byte| byte.is_ascii_digit()).then_some(number).filter(|number| !number.is_empty())
    };
    if let Some(number) = OF_NAMES.iter().find_map(number) {
        return format!("attribute_{number}_name");
    }
    if let Some(number) = OF_VALUES.iter().find_map(number) {
        return format!("attribute_{number}_value_s");
    }
    plain.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::normalise;

    #[test]
    fn columns_of_other_languages_are_those_of_english() {
        for (name, expected) in [
            ("Übergeordnet", "parent"),
            ("GTIN, UPC, EAN oder ISBN", "gtin_upc_ean_or_isbn"),
            ("Attribut-Wert(e) 1", "attribute_1_value_s"),
            ("Attribut 12 Name", "attribute_12_name"),
            ("Nom de l’attribut 1", "attribute_1_name"),
            ("Valeur(s) de l’attribut 2 ", "attribute_2_value_s"),
            ("¿Existencias?", "in_stock"),
            ("Regular price", "regular_price"),
            ("Attribut 1 Sichtbar", "attribut_1_sichtbar"),
        ] {
            assert_eq!(english(&normalise(name)), expected, "{name}");
        }
    }

    #[test]
    fn every_name_stands_for_one_column() {
        let mut seen = std::collections::HashMap::new();
        for (name, others) in NAMES {
            for other in *others {
                assert_eq!(normalise(other), *other, "a name that no column is compared with");
                assert_eq!(seen.insert(other, name), None, "{other}");
            }
        }
    }
}
