//! Words in, token ids out, as the bundle's `tokenizer.json` says.

use tokenizers::Tokenizer;

use crate::error::{Error, Result};

/// A bundle's tokenizer with the context length of its text tower.
pub struct Words {
    tokenizer: Tokenizer,
    context: usize,
    end: u32,
}

impl Words {
    /// Reads `tokenizer.json`. `context` is the longest sequence of the text tower, `end` its end
    /// token.
    ///
    /// # Errors
    /// [`Error::Config`] if the file is not a tokenizer.
    pub fn parse(json: &[u8], context: usize, end: u32) -> Result<Self> {
        let invalid = |reason: String| Error::Config { file: "tokenizer.json", reason };
        let mut tokenizer = Tokenizer::from_bytes(json).map_err(|e| invalid(e.to_string()))?;
        // The file's own settings would pad, or cut the end token off.
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|e| invalid(e.to_string()))?;
        Ok(Self { tokenizer, context, end })
    }

    /// The ids of `text`, begin and end token included, at most the context length. What is too long
    /// is cut before the end token, which stays: the text tower reads its answer there.
    ///
    /// # Errors
    /// [`Error::EmptyText`] if there is no word in `text`, [`Error::Tokenize`] if the tokenizer
    /// refuses it.
    pub fn ids(&self, text: &str) -> Result<Vec<u32>> {
        if text.trim().is_empty() {
            return Err(Error::EmptyText);
        }
        let encoding = self.tokenizer.encode(text, true).map_err(|e| Error::Tokenize(e.to_string()))?;
        let mut ids = encoding.get_ids().to_vec();
        if ids.len() > self.context {
            // Old configs name another end token than the one that the tokenizer writes and the tower is read at.
            let written = ids.last().filter(|_| encoding.get_special_tokens_mask().last() == Some(&1));
            let end = written.copied().unwrap_or(self.end);
            ids.truncate(self.context - 1);
            ids.push(end);
        }
        Ok(ids)
    }
}
