//! What a shop's choices are called: colour and size, in the languages of shops.

/// Merchant Center's attributes that are choices of a shopper's.
const CHOICES: [(&str, &[&str]); 4] = [
    (
        "color",
        &[
            "color",
            "colour",
            "colors",
            "colours",
            "color_name",
            "colour_name",
            "farbname",
            "farbe",
            "couleur",
            "coloris",
            "colore",
            "cor",
            "kleur",
            "färg",
            "farve",
            "farge",
            "väri",
            "kolor",
            "barva",
            "farba",
            "szín",
            "culoare",
            "цвет",
            "колір",
            "цвят",
            "χρώμα",
            "renk",
            "צבע",
            "لون",
            "اللون",
            "رنگ",
            "रंग",
            "màu",
            "warna",
            "สี",
            "颜色",
            "顏色",
            "色",
            "カラー",
            "색상",
        ],
    ),
    (
        "size",
        &[
            "size",
            "sizes",
            "size_name",
            "größe",
            "groesse",
            "grösse",
            "talle",
            "taille",
            "pointure",
            "talla",
            "tamaño",
            "tamanho",
            "taglia",
            "misura",
            "maat",
            "storlek",
            "størrelse",
            "koko",
            "rozmiar",
            "velikost",
            "veľkosť",
            "méret",
            "mărime",
            "размер",
            "розмір",
            "μέγεθος",
            "beden",
            "מידה",
            "مقاس",
            "المقاس",
            "سایز",
            "साइज़",
            "kích",
            "ukuran",
            "ขนาด",
            "尺码",
            "尺碼",
            "尺寸",
            "サイズ",
            "사이즈",
        ],
    ),
    (
        "material",
        &["material", "stoff", "matière", "materiale", "materiaal", "materiał", "материал", "材质", "素材"],
    ),
    ("pattern", &["pattern", "muster", "motif", "motivo", "padrão", "patroon", "wzór", "узор", "图案", "柄"]),
];

/// The attribute that an option of this name is: `Shoe size`, `Größe (EU)` and `サイズ` are sizes.
pub(crate) fn attribute(option: &str) -> Option<&'static str> {
    let lower = option.to_lowercase();
    let mut words =
        lower.split(|c: char| !c.is_alphanumeric() && !is_mark(c)).filter(|word| !word.is_empty());
    words.find_map(|word| CHOICES.iter().find(|(_, names)| names.contains(&word)).map(|(name, _)| *name))
}

/// The attribute of this very name, in any language.
pub(crate) fn named(plain: &str) -> Option<&'static str> {
    CHOICES.iter().find(|(_, names)| names.contains(&plain)).map(|(name, _)| *name)
}

/// Marks belong to the letter before them, as in Hindi and Thai.
pub(crate) fn is_mark(c: char) -> bool {
    let is_of_thai = ('\u{e30}'..='\u{e4e}').contains(&c) && c != '\u{e3f}';
    is_of_thai
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{963}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_and_size_are_known_in_many_languages() {
        for name in ["Color", "COLOUR", "Farbe", "Цвет", "颜色", "اللون", "Frame color"] {
            assert_eq!(attribute(name), Some("color"), "{name}");
        }
        for name in ["Size", "Größe (EU)", "Shoe size", "サイズ", "Talla", "المقاس", "साइज़"]
        {
            assert_eq!(attribute(name), Some("size"), "{name}");
        }
        assert_eq!(
            (attribute("Title"), attribute("Scent"), attribute("Matière")),
            (None, None, Some("material"))
        );
    }
}
