//! The tokenizer of a published model as one `tokenizer.json`.

use std::path::Path;

use serde_json::json;

use super::{read, unusable};
use crate::error::Result;

const START: &str = "<|startoftext|>";
const END: &str = "<|endoftext|>";

/// What CLIP's tokenizer takes as one word before it splits it further.
const WORDS: &str =
    r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";

/// `tokenizer.json` as it is there, or made from `vocab.json` and `merges.txt`, which are the same in older
/// repositories.
///
/// # Errors
/// None of them is there, or they do not fit together.
pub(super) fn json(folder: &Path) -> Result<Vec<u8>> {
    if folder.join("tokenizer.json").is_file() {
        return read(folder, "tokenizer.json");
    }
    if !folder.join("vocab.json").is_file() || !folder.join("merges.txt").is_file() {
        return Err(unusable(folder, "it has no tokenizer.json, and no vocab.json with merges.txt"));
    }
    let vocabulary: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&read(folder, "vocab.json")?)
            .map_err(|e| unusable(&folder.join("vocab.json"), e.to_string()))?;
    let special = |token: &str| {
        let id = vocabulary.get(token).and_then(serde_json::Value::as_u64);
        id.ok_or_else(|| unusable(&folder.join("vocab.json"), format!("it has no {token}")))
    };
    let (start, end) = (special(START)?, special(END)?);
    let merges = read(folder, "merges.txt")?;
    let merges = String::from_utf8_lossy(&merges);
    // The first line names the version.
    let merges: Vec<[&str; 2]> = merges
        .lines()
        .filter(|line| !line.starts_with("#version"))
        .filter_map(|line| line.split_once(' ').map(|(a, b)| [a, b]))
        .collect();
    let added = |id: u64, content: &str| {
        json!({
            "id": id, "content": content, "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": true, "special": true
        })
    };
    let made = json!({
        "version": "1.0",
        "added_tokens": [added(start, START), added(end, END)],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "NFC"},
            {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "},
            {"type": "Lowercase"}
        ]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": WORDS}, "behavior": "Removed", "invert": true},
            {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}
        ]},
        "post_processor": {
            "type": "RobertaProcessing", "sep": [END, end], "cls": [START, start],
            "trim_offsets": false, "add_prefix_space": false
        },
        "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
        "model": {
            "type": "BPE", "unk_token": END, "continuing_subword_prefix": "", "end_of_word_suffix": "</w>",
            "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
            "vocab": vocabulary, "merges": merges
        }
    });
    Ok(made.to_string().into_bytes())
}
