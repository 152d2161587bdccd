//! Which files of a repository a model needs.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::listing::Listing;

/// The weights of transformers' layout, the best first.
const TRANSFORMERS: [&str; 3] = ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"];

/// The weights of open_clip's layout, the best first.
const OPEN_CLIP: [&str; 2] = ["open_clip_model.safetensors", "open_clip_pytorch_model.bin"];

/// The files of transformers' layout; `None` if the repository does not have them.
pub(crate) fn transformers(listing: &Listing) -> Option<Vec<String>> {
    let weights = TRANSFORMERS.into_iter().find(|name| listing.has(name))?;
    with_tokenizer(listing, ["config.json", "preprocessor_config.json", weights])
}

/// The files of transformers' layout for a model without a text tower; `None` if the repository does not have them.
pub(crate) fn pictures_only(listing: &Listing) -> Option<Vec<String>> {
    let weights = TRANSFORMERS.into_iter().find(|name| listing.has(name))?;
    all(listing, ["config.json", "preprocessor_config.json", weights].into_iter())
}

/// The files of a safety classifier, with the texts of its licence that are there; `None` if the repository has none.
pub(crate) fn safety(listing: &Listing) -> Option<Vec<String>> {
    let files = all(listing, ["safety.json", "model.safetensors"].into_iter())?;
    let texts = ["NOTICE", "LICENSE"].into_iter().filter(|name| listing.has(name)).map(str::to_owned);
    Some(files.into_iter().chain(texts).collect())
}

/// The files of open_clip's layout; `None` if the repository does not have them.
pub(crate) fn open_clip(listing: &Listing) -> Option<Vec<String>> {
    let weights = OPEN_CLIP.into_iter().find(|name| listing.has(name))?;
    with_tokenizer(listing, ["open_clip_config.json", weights])
}

fn with_tokenizer<const N: usize>(listing: &Listing, names: [&str; N]) -> Option<Vec<String>> {
    let tokenizer: &[&str] =
        if listing.has("tokenizer.json") { &["tokenizer.json"] } else { &["vocab.json", "merges.txt"] };
    all(listing, names.into_iter().chain(tokenizer.iter().copied()))
}

/// The names, if the repository has them all.
fn all<'n>(listing: &Listing, names: impl Iterator<Item = &'n str>) -> Option<Vec<String>> {
    names.map(|name| listing.has(name).then(|| name.to_owned())).collect()
}

/// The files that the index of weights in several files names.
pub(crate) fn shards(index: &[u8]) -> Option<BTreeSet<String>> {
    #[derive(Deserialize)]
    struct Index {
        weight_map: std::collections::BTreeMap<String, String>,
    }
    let index: Index = serde_json::from_slice(index).ok()?;
    let is_file = |name: &String| !name.contains(['/', '\\']) && name.ends_with(".safetensors");
    let names: BTreeSet<String> = index.weight_map.into_values().collect();
    names.iter().all(is_file).then_some(names)
}
