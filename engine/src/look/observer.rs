//! Everything that is known of a picture, from one call.

use std::borrow::Cow;
use std::sync::OnceLock;

use image::{RgbImage, imageops};
use knytt_models::{Embedding, Encoder};

use super::cloth::Cloth;
use super::foreground::Foreground;
use super::{Flaw, Look, Prompts, SafetyConfig, SafetyGate, category_of_prompts};
use super::{color, hash, pattern, quality};
use crate::{Imprint, Result};

/// How a category is asked for.
const TEMPLATES: [&str; 2] = ["a photo of a {}", "{}"];

/// Looks at pictures: of queries and of products alike. One serves many threads.
pub struct Observer {
    encoder: Encoder,
    categories: Vec<String>,
    safety: SafetyConfig,
    /// Embedded when the first picture needs them.
    prompts: OnceLock<Asked>,
}

/// What the model is asked.
struct Asked {
    categories: Prompts,
    gate: Option<SafetyGate>,
}

impl Observer {
    /// An observer that asks this model. It guesses no category and refuses no picture until it is told
    /// [which categories there are](Self::with_categories) and [what to refuse](Self::with_safety).
    pub fn new(encoder: Encoder) -> Self {
        Self { encoder, categories: Vec::new(), safety: SafetyConfig::default(), prompts: OnceLock::new() }
    }

    /// The categories among which one is guessed, in the words of the catalogue.
    #[must_use]
    pub fn with_categories(self, categories: impl IntoIterator<Item = String>) -> Self {
        Self { categories: categories.into_iter().collect(), prompts: OnceLock::new(), ..self }
    }

    /// What to refuse.
    #[must_use]
    pub fn with_safety(self, safety: SafetyConfig) -> Self {
        Self { safety, prompts: OnceLock::new(), ..self }
    }

    /// What an upright RGB picture shows. With its embedding also what the model can say of it.
    ///
    /// # Errors
    /// [`Model`](crate::Error::Model) if a prompt cannot be embedded, or if another model made the
    /// embedding.
    pub fn observe(&self, picture: &RgbImage, embedding: Option<&Embedding>) -> Result<Look> {
        let mut look = Look::of_pixels(picture);
        if let Some(embedding) = embedding {
            let asked = self.asked()?;
            look.category = category_of_prompts(&asked.categories, embedding)?;
            if let Some(gate) = &asked.gate
                && gate.refuses(embedding)?
            {
                look.flaws.push(Flaw::Unsafe);
            }
        }
        Ok(look)
    }

    fn asked(&self) -> Result<&Asked> {
        if let Some(asked) = self.prompts.get() {
            return Ok(asked);
        }
        let categories = Prompts::embed(&self.encoder, &TEMPLATES, &self.categories)?;
        let gate = SafetyGate::open(&self.encoder, &self.safety)?;
        Ok(self.prompts.get_or_init(|| Asked { categories, gate }))
    }
}

/// Longer sides than this show no other colours and patterns, and take longer to look at.
const SIDE: u32 = 320;

fn small(picture: &RgbImage) -> Cow<'_, RgbImage> {
    let (width, height) = picture.dimensions();
    let longer = width.max(height);
    if longer <= SIDE {
        return Cow::Borrowed(picture);
    }
    let side = |length: u32| (length * SIDE / longer).max(1);
    Cow::Owned(imageops::thumbnail(picture, side(width), side(height)))
}

impl Look {
    /// What pixels alone tell: colours, pattern, flaws and the hash. A picture that is too small or blank
    /// has no colours and no pattern.
    pub fn of_pixels(picture: &RgbImage) -> Self {
        let flaws = quality::flaws(picture);
        let small = small(picture);
        let picture = &*small;
        let hash = hash::hash(picture);
        let shows = !flaws.contains(&Flaw::TooSmall) && !flaws.contains(&Flaw::Blank);
        let cloth = Foreground::of(picture).filter(|_| shows).and_then(|thing| Cloth::of(picture, &thing));
        let imprint = shows.then(|| Imprint::of(picture));
        let Some(cloth) = cloth else { return Self { flaws, hash, imprint, ..Self::default() } };
        let colors = color::colors(&cloth);
        let pattern = pattern::pattern(&cloth, &colors);
        Self { colors, pattern, flaws, hash, imprint, ..Self::default() }
    }
}
