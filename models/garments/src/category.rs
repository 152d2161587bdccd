//! Kinds of garment.

use serde::{Deserialize, Serialize};

macro_rules! categories {
    ($($variant:ident $name:literal $plural:literal $label:expr, $noun:literal;)*) => {
        /// A kind of product that can be drawn.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Category {
            $(#[doc = $plural] $variant,)*
        }

        impl Category {
            /// Every category.
            pub const ALL: &[Category] = &[$(Category::$variant,)*];

            /// Singular, lower case, as in a caption: "t-shirt".
            pub fn name(self) -> &'static str {
                match self { $(Category::$variant => $name,)* }
            }

            /// Plural, as a shop names a department: "T-shirts".
            pub fn plural(self) -> &'static str {
                match self { $(Category::$variant => $plural,)* }
            }

            /// The class that a public set of 17 clothing labels gives it, where there is one.
            pub fn label(self) -> Option<&'static str> {
                match self { $(Category::$variant => $label,)* }
            }

            /// With its article or counter: "a t-shirt", "a pair of jeans".
            pub fn phrase(self) -> &'static str {
                match self { $(Category::$variant => $noun,)* }
            }
        }
    };
}

categories! {
    TShirt "t-shirt" "T-shirts" Some("T-Shirt"), "a t-shirt";
    Longsleeve "longsleeve" "Longsleeves" Some("Longsleeve"), "a longsleeve";
    Polo "polo shirt" "Polo shirts" Some("Polo"), "a polo shirt";
    Shirt "shirt" "Shirts" Some("Shirt"), "a shirt";
    Blouse "blouse" "Blouses" Some("Blouse"), "a blouse";
    Top "top" "Tops" Some("Top"), "a top";
    Undershirt "tank top" "Tank tops" Some("Undershirt"), "a tank top";
    Hoodie "hoodie" "Hoodies" Some("Hoodie"), "a hoodie";
    Sweater "sweater" "Sweaters" Some("Longsleeve"), "a sweater";
    Jacket "jacket" "Jackets" Some("Outwear"), "a jacket";
    Coat "coat" "Coats" Some("Outwear"), "a coat";
    Blazer "blazer" "Blazers" Some("Blazer"), "a blazer";
    Dress "dress" "Dresses" Some("Dress"), "a dress";
    Skirt "skirt" "Skirts" Some("Skirt"), "a skirt";
    Pants "pants" "Pants" Some("Pants"), "a pair of pants";
    Jeans "jeans" "Jeans" Some("Pants"), "a pair of jeans";
    Shorts "shorts" "Shorts" Some("Shorts"), "a pair of shorts";
    Body "bodysuit" "Bodysuits" Some("Body"), "a baby bodysuit";
    Sneakers "sneakers" "Sneakers" Some("Shoes"), "a pair of sneakers";
    Boots "boots" "Boots" Some("Shoes"), "a pair of boots";
    Heels "heels" "Heels" Some("Shoes"), "a pair of heels";
    Sandals "sandals" "Sandals" Some("Shoes"), "a pair of sandals";
    Cap "cap" "Caps" Some("Hat"), "a cap";
    Beanie "beanie" "Beanies" Some("Hat"), "a beanie";
    Hat "hat" "Hats" Some("Hat"), "a hat";
    Bag "bag" "Bags" None, "a bag";
    Backpack "backpack" "Backpacks" None, "a backpack";
    Scarf "scarf" "Scarves" None, "a scarf";
    Socks "socks" "Socks" None, "a pair of socks";
    Belt "belt" "Belts" None, "a belt";
    Tie "tie" "Ties" None, "a tie";
    Gloves "gloves" "Gloves" None, "a pair of gloves";
    Sunglasses "sunglasses" "Sunglasses" None, "a pair of sunglasses";
}
