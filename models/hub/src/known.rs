//! Models that are known to convert, with what their publishers say of them.

use std::fmt;

use serde::Serialize;

/// A published model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct KnownModel {
    /// What `knytt model get` takes.
    pub name: &'static str,
    /// Where it is published.
    pub repository: &'static str,
    /// What it is good for.
    pub purpose: Purpose,
    /// The languages of its words.
    pub languages: &'static str,
    /// As its page says.
    pub license: &'static str,
    /// Numbers of both towers, in millions.
    pub parameters_millions: u32,
    /// Values of an embedding.
    pub dimension: u32,
    /// What was measured on shops' pictures, and whose model card says so; `None`: nobody published that.
    #[serde(skip)]
    pub figures: Option<Figures>,
}

/// What a model is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Purpose {
    /// What people wear.
    #[serde(rename = "clothes, shoes, accessories")]
    Clothes,
    /// No kind of goods in particular.
    #[serde(rename = "anything")]
    Anything,
    /// The same with smaller patches, at more time for a picture.
    #[serde(rename = "anything, smaller details")]
    Details,
    /// The same with a larger model.
    #[serde(rename = "anything, on fast machines")]
    FastMachines,
    /// Pictures alone: words are searched in the texts.
    #[serde(rename = "pictures only, smaller details")]
    Pictures,
}

/// What was measured of a model, as its publishers or others say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The measure, and a value for each set of pictures.
    pub text: &'static str,
    /// The repository whose model card says so.
    pub card: &'static str,
}

impl KnownModel {
    /// What was measured, and who published it, in one line.
    pub fn quality(&self) -> String {
        match self.figures {
            Some(Figures { text, card }) if card == self.repository => format!("{text} (its model card)"),
            Some(Figures { text, card }) => format!("{text} ({card}'s model card)"),
            None => "not compared with the others here".into(),
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Clothes => "clothes, shoes, accessories",
            Self::Anything => "anything",
            Self::Details => "anything, smaller details",
            Self::FastMachines => "anything, on fast machines",
            Self::Pictures => "pictures only, smaller details",
        })
    }
}

/// Whose model card compares three models on pictures of clothes.
const FASHION_CLIP: &str = "patrickjohncyh/fashion-clip";

const fn figures(text: &'static str) -> Option<Figures> {
    Some(Figures { text, card: FASHION_CLIP })
}

/// Models whose architecture this program computes. What was proven here is the architecture, on random weights.
pub const KNOWN: [KnownModel; 10] = [
    KnownModel {
        name: "fashion-clip",
        repository: FASHION_CLIP,
        purpose: Purpose::Clothes,
        languages: "en",
        license: "mit",
        parameters_millions: 151,
        dimension: 512,
        figures: figures("F1 .83 FMNIST, .73 KAGL, .62 DEEP"),
    },
    KnownModel {
        name: "fashion-siglip",
        repository: "Marqo/marqo-fashionSigLIP",
        purpose: Purpose::Clothes,
        languages: "en",
        license: "apache-2.0",
        parameters_millions: 203,
        dimension: 768,
        figures: None,
    },
    KnownModel {
        name: "laion-b32",
        repository: "laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
        purpose: Purpose::Anything,
        languages: "en",
        license: "mit",
        parameters_millions: 151,
        dimension: 512,
        figures: figures("F1 .78 FMNIST, .71 KAGL, .58 DEEP"),
    },
    KnownModel {
        name: "clip-b32",
        repository: "openai/clip-vit-base-patch32",
        purpose: Purpose::Anything,
        languages: "en",
        license: "not stated",
        parameters_millions: 151,
        dimension: 512,
        figures: figures("F1 .66 FMNIST, .63 KAGL, .45 DEEP"),
    },
    KnownModel {
        name: "clip-b16",
        repository: "openai/clip-vit-base-patch16",
        purpose: Purpose::Details,
        languages: "en",
        license: "not stated",
        parameters_millions: 150,
        dimension: 512,
        figures: None,
    },
    KnownModel {
        name: "clip-l14",
        repository: "openai/clip-vit-large-patch14",
        purpose: Purpose::FastMachines,
        languages: "en",
        license: "not stated",
        parameters_millions: 428,
        dimension: 768,
        figures: None,
    },
    KnownModel {
        name: "siglip",
        repository: "google/siglip-base-patch16-224",
        purpose: Purpose::Details,
        languages: "en",
        license: "apache-2.0",
        parameters_millions: 203,
        dimension: 768,
        figures: None,
    },
    KnownModel {
        name: "siglip2",
        repository: "google/siglip2-base-patch16-224",
        purpose: Purpose::Details,
        languages: "many",
        license: "apache-2.0",
        parameters_millions: 375,
        dimension: 768,
        figures: None,
    },
    KnownModel {
        name: "xlm-roberta-b32",
        repository: "laion/CLIP-ViT-B-32-xlm-roberta-base-laion5B-s13B-b90k",
        purpose: Purpose::Anything,
        languages: "many",
        license: "mit",
        parameters_millions: 366,
        dimension: 512,
        figures: None,
    },
    KnownModel {
        name: "dinov2",
        repository: "facebook/dinov2-base",
        purpose: Purpose::Pictures,
        languages: "none",
        license: "apache-2.0",
        parameters_millions: 87,
        dimension: 768,
        figures: None,
    },
];
