//! Words in, token ids out, as the bundle's `tokenizer.json` says.

use std::borrow::Cow;

use tokenizers::{ModelWrapper, Tokenizer};

use crate::config::{TextCleaning, TextConfig, TextReading};
use crate::error::{Error, Result};

const FILE: &str = "tokenizer.json";

/// A bundle's tokenizer with the context length of its text tower.
pub struct Words {
    tokenizer: Tokenizer,
    context: usize,
    end: u32,
    style: Style,
}

/// What is done to a text before and after the tokenizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// Nothing.
    Clip,
    /// Small letters, no punctuation, single blanks; then this end and these pads.
    SigLip(Padding),
    /// Small letters, or what open_clip does; then this end and these pads.
    SigLip2(Padding, TextCleaning),
    /// Single blanks.
    Roberta,
}

/// What follows the words of a text that fills the context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Padding {
    end: u32,
    pad: u32,
}

impl Words {
    /// Reads `tokenizer.json` of a bundle whose text tower is `text`.
    ///
    /// # Errors
    /// [`Error::Config`] if the file is not a tokenizer, or not one that such a tower has.
    pub fn parse(json: &[u8], text: &TextConfig) -> Result<Self> {
        let mut tokenizer = Tokenizer::from_bytes(json).map_err(|e| invalid(e.to_string()))?;
        // The file's own settings would pad, or cut the end token off.
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|e| invalid(e.to_string()))?;
        let style = Style::of(&tokenizer, text)?;
        Ok(Self { tokenizer, context: text.max_position_embeddings, end: text.eos_token_id, style })
    }

    /// The ids of `text`, begin and end token included, at most the context length. What is too long
    /// is cut before the end token, which stays: the text tower reads its answer there. SigLIP's towers read the
    /// last position, so for them every text is padded to the context length.
    ///
    /// # Errors
    /// [`Error::EmptyText`] if there is no word in `text`, [`Error::Tokenize`] if the tokenizer
    /// refuses it.
    pub fn ids(&self, text: &str) -> Result<Vec<u32>> {
        let text = self.style.prepared(text);
        if text.trim().is_empty() {
            return Err(Error::EmptyText);
        }
        let (padding, refused) =
            (self.style.padding(), |e: tokenizers::Error| Error::Tokenize(e.to_string()));
        if let Some(Padding { end, pad }) = padding {
            // Some files of Gemma's tokenizer would begin a text, and not end it; SigLIP2 was trained the other way.
            let encoding = self.tokenizer.encode(text, false).map_err(refused)?;
            let mut ids = encoding.get_ids().to_vec();
            ids.truncate(self.context - 1);
            ids.push(end);
            ids.resize(self.context, pad);
            return Ok(ids);
        }
        let encoding = self.tokenizer.encode(text, true).map_err(refused)?;
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

impl Style {
    /// SigLIP and SigLIP2 have the same towers; their tokenizers tell them apart: SentencePiece's unigram model,
    /// and Gemma's byte pairs.
    fn of(tokenizer: &Tokenizer, text: &TextConfig) -> Result<Self> {
        let id = |token: &str| {
            let id = tokenizer.token_to_id(token).filter(|id| (*id as usize) < text.vocab_size);
            id.ok_or_else(|| invalid(format!("it has no {token}, which stands behind texts")))
        };
        let padding = |end, pad| Ok(Padding { end: id(end)?, pad: id(pad)? });
        match (text.reading, tokenizer.get_model()) {
            (TextReading::EndToken, _) => Ok(Self::Clip),
            (TextReading::Mean, _) => Ok(Self::Roberta),
            (TextReading::LastPosition, ModelWrapper::Unigram(_)) => {
                padding("</s>", "</s>").map(Self::SigLip)
            }
            (TextReading::LastPosition, ModelWrapper::BPE(_)) => {
                padding("<eos>", "<pad>").map(|padding| Self::SigLip2(padding, text.cleaning))
            }
            (TextReading::LastPosition, _) => {
                Err(invalid("SigLIP's towers take a unigram model or byte pairs, and it is neither"))
            }
        }
    }

    /// As transformers' `SiglipTokenizer` and `Siglip2Tokenizer` and open_clip's `HFTokenizer` do it. Some published files
    /// do it again, which changes nothing.
    fn prepared<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self {
            Self::Clip => text.into(),
            Self::Roberta => text.split_whitespace().collect::<Vec<_>>().join(" ").into(),
            Self::SigLip(_) => {
                let text = text.to_lowercase().replace('▁', " ");
                let text: String = text.chars().filter(|c| !c.is_ascii_punctuation()).collect();
                text.split_whitespace().collect::<Vec<_>>().join(" ").into()
            }
            Self::SigLip2(_, TextCleaning::OpenClip) => canonical(text).into(),
            // Letter by letter, as the tokenizers' own normaliser does it.
            Self::SigLip2(_, TextCleaning::Transformers) => {
                text.chars().flat_map(char::to_lowercase).collect::<String>().into()
            }
        }
    }

    fn padding(&self) -> Option<Padding> {
        match self {
            Self::Clip | Self::Roberta => None,
            Self::SigLip(padding) | Self::SigLip2(padding, _) => Some(*padding),
        }
    }
}

/// As open_clip's `canonicalize_text` does it, after the quotes and forms of letters that `ftfy` makes plain in it.
fn canonical(text: &str) -> String {
    let plain = text.chars().filter_map(|c| match c {
        '_' => Some(' '),
        // Curly quotes are made straight there, and go with the punctuation.
        '\u{2018}'..='\u{201f}' => None,
        c if c.is_ascii_punctuation() => None,
        c => Some(c),
    });
    let plain: String = plain.collect();
    plain.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn invalid(reason: impl Into<String>) -> Error {
    Error::Config { file: FILE, reason: reason.into() }
}
