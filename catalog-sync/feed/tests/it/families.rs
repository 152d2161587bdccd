//! Exports in which variants have rows of their own: below their product, or with its number.

use crate::common::{lines, read};

#[track_caller]
fn check(name: &str, content: &str, expected: &[&str]) {
    assert_eq!(lines(&read(name, content)), expected, "{content}");
}

#[test]
fn amazons_flat_files_have_two_lines_above_the_names_and_parents_without_prices() {
    check(
        "f.txt",
        "TemplateType=home\tVersion=2023.0101\tThe top 3 rows are not for you.\t\t\t\t\t\t\t\t\n\
         Seller SKU\tBrand\tName\tPrice\tQuantity\tPicture\tMore\tParentage\tParent SKU\tColour\tSize\n\
         item_sku\tbrand_name\titem_name\tstandard_price\tquantity\tmain_image_url\tother_image_url1\tparent_child\tparent_sku\tcolor_name\tsize_name\n\
         RUG\tLoom\tWool rug\t\t\tr.jpg\t\tParent\t\t\t\n\
         RUG-1\tLoom\tWool rug 60 cm\t79\t3\t\tr2.jpg\tChild\tRUG\tGrey\t60 cm\n\
         RUG-2\tLoom\tWool rug 90 cm\t99\t0\t\tr2.jpg\tChild\tRUG\tGrey\t90 cm\n\
         POT\t\tClay pot\t12\t1\tp.jpg\t\t\t\tRed\t\n",
        &[
            "RUG | Wool rug | 79 EUR |  | Loom | 2 | in_stock | 2 | 60 cm 90 cm Grey",
            "POT | Clay pot | 12 EUR |  |  | 1 | in_stock | 0 | Red",
        ],
    );
}

#[test]
fn oxids_variants_name_their_parents_key_and_leave_prices_at_zero() {
    check(
        "f.csv",
        "OXID;OXARTNUM;OXTITLE;OXPRICE;OXTPRICE;OXPIC1;OXSTOCK;OXACTIVE;OXPARENTID;OXVARNAME;OXVARSELECT\n\
         x1;77;Regenjacke;80;95;j.jpg;0;1;;Größe | Farbe;\nx2;77-S;;0;0;;2;1;x1;;S | Gelb\n\
         x3;77-M;;89;0;;0;1;x1;;M | Gelb\nx4;78;Alter Hut;5;0;h.jpg;1;0;;;\n",
        &["77 | Regenjacke | 95 EUR, 80 EUR |  |  | 1 | in_stock | 2 | S M Gelb"],
    );
}

#[test]
fn jtls_variants_have_names_and_values_of_options_in_columns() {
    check(
        "f.csv",
        "Artikelnummer;Vaterartikel;Artikelname;Brutto-VK;Lagerbestand;Variationsname 1;Variationswert 1;Bild 1\n\
         B;;Bluse;35,00;0;;;b.jpg\nB-36;B;;35,00;4;Größe;36;\nB-38;B;;37,50;1;Größe;38;\n",
        &["B | Bluse | 35 EUR |  |  | 1 | in_stock | 2 | 36 38"],
    );
}

#[test]
fn a_parent_that_is_not_there_makes_no_family() {
    check(
        "f.csv",
        "sku,parent_sku,title,price,image\na,zz,Jar,5,a.jpg\nb,,Lid,2,b.jpg\n",
        &["a | Jar | 5 EUR |  |  | 1 | unknown | 0 | ", "b | Lid | 2 EUR |  |  | 1 | unknown | 0 | "],
    );
}

#[test]
fn lightspeeds_variants_share_a_handle_and_have_stock_in_several_shops() {
    check(
        "f.csv",
        "id,handle,sku,name,description,product_category,variant_option_one_name,variant_option_one_value,variant_option_two_name,\
         variant_option_two_value,supply_price,retail_price,brand_name,active,track_inventory,inventory_Harbour,inventory_Hill,image_url\n\
         u1,apron,AP-S,Apron,Thick,Kitchen / Wear,Size,S,Colour,Navy,9,30.00,Galley,1,1,0,2,a.jpg\n\
         u2,apron,AP-L,Apron,Thick,Kitchen / Wear,Size,L,Colour,Navy,9,32.00,Galley,1,1,0,0,a.jpg\n\
         u3,mitt,MI,Mitt,,Kitchen / Wear,,,,,2,8.00,Galley,1,0,0,0,m.jpg\n\
         u4,gone,GO,Gone,,Kitchen,,,,,2,8.00,Galley,0,1,5,0,g.jpg\n",
        &[
            "apron | Apron | 30 EUR | Kitchen / Wear | Galley | 1 | in_stock | 2 | S L Navy",
            "mitt | Mitt | 8 EUR | Kitchen / Wear | Galley | 1 | in_stock | 0 | ",
        ],
    );
}

#[test]
fn tiendanubes_rows_below_a_product_are_its_variants_in_both_languages() {
    check(
        "f.csv",
        "\"Identificador de URL\";Nombre;Categorías;\"Nombre de propiedad 1\";\"Valor de propiedad 1\";Precio;\"Precio promocional\";Stock;SKU;\"Mostrar en tienda\";Imagen\n\
         poncho;Poncho;Abrigo;Talle;Chico;45000,00;39000,00;1;P-C;SÍ;p.jpg\nponcho;;;Talle;Grande;45000,00;;0;P-G;;\n\
         viejo;Viejo;Abrigo;;;100,00;;1;V;NO;v.jpg\n",
        &["poncho | Poncho | 45000 EUR, 39000 EUR | Abrigo |  | 1 | in_stock | 2 | Chico Grande"],
    );
    check(
        "f.csv",
        "Identificador URL;Nome;Categorias;Nome da variação 1;Valor da variação 1;Preço;Preço promocional;Estoque;SKU;Exibir na loja;Imagem\n\
         rede;Rede;Casa;Cor;Azul;199,90;;3;R-A;SIM;r.jpg\nrede;;;Cor;Verde;199,90;;0;R-V;;\n",
        &["rede | Rede | 199.9 EUR | Casa |  | 1 | in_stock | 2 | Azul Verde"],
    );
}

#[test]
fn squares_variations_have_the_name_of_their_item_in_common() {
    check(
        "f.csv",
        "Token,Item Name,Variation Name,SKU,Category,Price,Current Quantity Main St,Image URL\n\
         T1,Candle,Regular,C-1,Light,9.50,3,c.jpg\nT2,Matches,Short,M-S,Light,2.00,0,m.jpg\nT3,Matches,Long,M-L,Light,3.00,1,m.jpg\n",
        &[
            "Candle | Candle | 9.5 EUR | Light |  | 1 | in_stock | 0 | ",
            "Matches | Matches | 2 EUR | Light |  | 1 | in_stock | 2 | ",
        ],
    );
}

#[test]
fn ebays_files_say_the_currency_in_the_name_of_a_column() {
    check(
        "f.csv",
        "Info,Version=1.0.0,Template=x,,,,,,\n\
         *Action(SiteID=UK|Country=GB|Currency=GBP|Version=1193),CustomLabel,*Category,*Title,Relationship,RelationshipDetails,*StartPrice,*Quantity,PicURL\n\
         Add,SC,155,Scarf,,Colour=Red;Blue,,,s.jpg|s2.jpg\n,SC-R,,,Variation,Colour=Red,18.00,2,\n,SC-B,,,Variation,Colour=Blue,19.00,0,\n\
         Add,GL,156,Gloves,,,24.00,0,g.jpg\n",
        &[
            "SC | Scarf | 18 GBP | 155 |  | 2 | in_stock | 2 | Red Blue",
            "GL | Gloves | 24 GBP | 156 |  | 1 | out_of_stock | 0 | ",
        ],
    );
}

#[test]
fn bigcommerces_newer_export_has_rows_for_variants_and_pictures_with_numbers_of_their_own() {
    check(
        "f.csv",
        "Item,ID,Name,Type,SKU,Options,Inventory Tracking,Current Stock,Price,Retail Price,Sale Price,Categories,Is Visible,Image URL (Import)\n\
         Product,5,Vase,physical,VA,,variant,0,40,0,0,Deco,TRUE,\nVariant,91,,,VA-1,Type=Rectangle|Name=Size|Value=Tall,,2,40,,,,,\n\
         Variant,92,,,VA-2,Type=Rectangle|Name=Size|Value=Small,,0,30,,,,,\nImage,11,,,,,,,,,,,,v1.jpg\nImage,12,,,,,,,,,,,,v2.jpg\n\
         Product,6,Bowl,physical,BO,,none,0,15,20,0,Deco,TRUE,\nImage,13,,,,,,,,,,,,b.jpg\n",
        &[
            "5 | Vase | 30 EUR | Deco |  | 2 | in_stock | 2 | Tall Small",
            "6 | Bowl | 15 EUR | Deco |  | 1 | in_stock | 0 | ",
        ],
    );
}

#[test]
fn woocommerces_columns_are_read_in_the_languages_that_it_exports() {
    for (header, price) in [
        (
            "ID,Typ,Artikelnummer,Name,Veröffentlicht,\"Sichtbarkeit im Katalog\",Beschreibung,Vorrätig?,Lagerbestand,Angebotspreis,Preis,Kategorien,Bilder,Übergeordnet,\"Attribut 1 Name\",\"Attribut-Wert(e) 1\"",
            "\"19,90\"",
        ),
        (
            "ID,Type,UGS,Nom,Publié,\"Visibilité dans le catalogue\",Description,\"En stock ?\",Stock,\"Tarif promo\",\"Tarif régulier\",Catégories,Images,Parent,\"Nom de l’attribut 1\",\"Valeur(s) de l’attribut 1 \"",
            "\"19,90\"",
        ),
        (
            "ID,Tipo,SKU,Nombre,Publicado,\"Visibilidad en el catálogo\",Descripción,¿Existencias?,Inventario,\"Precio rebajado\",\"Precio normal\",Categorías,Imágenes,Superior,\"Nombre del atributo 1\",\"Valor(es) del atributo 1\"",
            "19.90",
        ),
        (
            "ID,Tipo,SKU,Nome,Pubblicato,\"Visibilità nel catalogo\",Descrizione,In stock?,Magazzino,\"Prezzo in offerta\",\"Prezzo di listino\",Categorie,Immagini,Genitore,\"Nome dell'attributo 1\",\"Valore(i) dell'attributo 1\"",
            "\"19,90\"",
        ),
    ] {
        let rows = format!(
            "{header}\n3,variable,K,Kettle,1,visible,Loud,1,,,,\"Home, Home > Kettles\",\"k.jpg, k2.jpg\",,Color,\"Red, Blue\"\n\
             4,variation,K-R,Kettle - Red,1,visible,,1,2,,{price},,,K,Color,Red\n\
             5,variation,K-B,Kettle - Blue,1,visible,,0,0,,{price},,,id:3,Color,Blue\n"
        );
        check("f.csv", &rows, &["3 | Kettle | 19.9 EUR | Home > Kettles |  | 2 | in_stock | 2 | Red Blue"]);
    }
}
