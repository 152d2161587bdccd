//! Models that are known to convert, with what their publishers say of them.

use serde::Serialize;

/// A published model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct KnownModel {
    /// What `knytt model get` takes.
    pub name: &'static str,
    /// Where it is published.
    pub repository: &'static str,
    /// What it is good for.
    pub purpose: &'static str,
    /// The languages of its words.
    pub languages: &'static str,
    /// As its page says.
    pub license: &'static str,
    /// Numbers of both towers, in millions.
    pub parameters_millions: u32,
    /// Values of an embedding.
    pub dimension: u32,
    /// What was measured, and who published it.
    pub quality: &'static str,
}

/// Models whose architecture this program computes. What was proven here is the architecture, on random weights.
pub const KNOWN: [KnownModel; 8] = [
    KnownModel {
        name: "fashion-clip",
        repository: "patrickjohncyh/fashion-clip",
        purpose: "clothes, shoes, accessories",
        languages: "en",
        license: "mit",
        parameters_millions: 151,
        dimension: 512,
        quality: "F1 .83 FMNIST, .73 KAGL, .62 DEEP (its model card)",
    },
    KnownModel {
        name: "fashion-siglip",
        repository: "Marqo/marqo-fashionSigLIP",
        purpose: "clothes, shoes, accessories",
        languages: "en",
        license: "apache-2.0",
        parameters_millions: 203,
        dimension: 768,
        quality: "not compared with the others here",
    },
    KnownModel {
        name: "laion-b32",
        repository: "laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
        purpose: "anything",
        languages: "en",
        license: "mit",
        parameters_millions: 151,
        dimension: 512,
        quality: "F1 .78 FMNIST, .71 KAGL, .58 DEEP (FashionCLIP's model card)",
    },
    KnownModel {
        name: "clip-b32",
        repository: "openai/clip-vit-base-patch32",
        purpose: "anything",
        languages: "en",
        license: "not stated",
        parameters_millions: 151,
        dimension: 512,
        quality: "F1 .66 FMNIST, .63 KAGL, .45 DEEP (FashionCLIP's model card)",
    },
    KnownModel {
        name: "clip-b16",
        repository: "openai/clip-vit-base-patch16",
        purpose: "anything, smaller details",
        languages: "en",
        license: "not stated",
        parameters_millions: 150,
        dimension: 512,
        quality: "not compared on shops' pictures",
    },
    KnownModel {
        name: "clip-l14",
        repository: "openai/clip-vit-large-patch14",
        purpose: "anything, on fast machines",
        languages: "en",
        license: "not stated",
        parameters_millions: 428,
        dimension: 768,
        quality: "not compared on shops' pictures",
    },
    KnownModel {
        name: "siglip",
        repository: "google/siglip-base-patch16-224",
        purpose: "anything, smaller details",
        languages: "en",
        license: "apache-2.0",
        parameters_millions: 203,
        dimension: 768,
        quality: "not compared on shops' pictures",
    },
    KnownModel {
        name: "siglip2",
        repository: "google/siglip2-base-patch16-224",
        purpose: "anything, smaller details",
        languages: "many",
        license: "apache-2.0",
        parameters_millions: 375,
        dimension: 768,
        quality: "not compared on shops' pictures",
    },
];
