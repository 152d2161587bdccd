//! Vision transformers over square patches: CLIP's, SigLIP's and DINOv2's.

use serde::{Deserialize, Serialize};

use super::{Activation, Transformer, default, invalid, layer_norm_eps, quick_gelu, siglip};
use crate::error::Result;

/// CLIP's image tower's `model_type`.
const CLIP_MODEL: &str = "clip_vision_model";

/// The `model_type` of DINOv2's tower in a bundle. A published config is flat, and converted.
pub(crate) const DINOV2_MODEL: &str = "dinov2_vision_model";

/// A vision transformer over square patches: CLIP's (`model_type` `clip_vision_model`), SigLIP's
/// (`siglip_vision_model`) or DINOv2's (`dinov2_vision_model`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ViTConfig {
    #[serde(default = "clip_vision_model")]
    pub(crate) model_type: String,
    #[serde(default = "default::<768>")]
    pub(crate) hidden_size: usize,
    #[serde(default = "default::<3072>")]
    pub(crate) intermediate_size: usize,
    #[serde(default = "default::<12>")]
    pub(crate) num_hidden_layers: usize,
    #[serde(default = "default::<12>")]
    pub(crate) num_attention_heads: usize,
    #[serde(default = "default::<224>")]
    pub(crate) image_size: usize,
    #[serde(default = "default::<32>")]
    pub(crate) patch_size: usize,
    #[serde(default = "quick_gelu")]
    pub(crate) hidden_act: Activation,
    #[serde(default = "layer_norm_eps")]
    pub(crate) layer_norm_eps: f64,
}

/// What is before and behind the layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ViTKind {
    /// A class position is read; all positions are normalised before the first layer; a projection follows.
    Clip,
    /// One learned query asks all patches; patches have a bias; no projection.
    SigLip,
    /// A class position is read; patches have a bias; no projection.
    Dinov2,
}

impl ViTConfig {
    /// Its layers.
    pub fn transformer(&self) -> Transformer {
        Transformer {
            hidden_size: self.hidden_size,
            intermediate_size: self.intermediate_size,
            layers: self.num_hidden_layers,
            heads: self.num_attention_heads,
            activation: self.hidden_act,
            layer_norm_eps: self.layer_norm_eps,
        }
    }

    /// Whose it is; `None` for a `model_type` that [`Self::check`] refuses.
    pub(crate) fn kind(&self) -> Option<ViTKind> {
        match self.model_type.as_str() {
            CLIP_MODEL => Some(ViTKind::Clip),
            siglip::VISION_MODEL => Some(ViTKind::SigLip),
            DINOV2_MODEL => Some(ViTKind::Dinov2),
            _ => None,
        }
    }

    /// Whether one learned query asks all patches, in place of a class position.
    pub(crate) fn pools_by_attention(&self) -> bool {
        self.kind() == Some(ViTKind::SigLip)
    }

    /// Patches of a picture. What is left at its right and its bottom, as of SigLIP-so400m's 384 pixels in patches of
    /// 14, belongs to none.
    pub(crate) fn patches(&self) -> usize {
        (self.image_size / self.patch_size).pow(2)
    }

    /// Positions that the layers see: the patches, and the class position where there is one.
    pub(crate) fn positions(&self) -> usize {
        self.patches() + usize::from(!self.pools_by_attention())
    }

    pub(super) fn check(&self) -> Result<()> {
        self.transformer().check("vision_config")?;
        if self.kind().is_none() {
            return Err(invalid(format!("vision_config: model_type {:?} is not known", self.model_type)));
        }
        if self.patch_size == 0 || self.image_size < self.patch_size {
            return Err(invalid("vision_config: image_size must be at least patch_size"));
        }
        Ok(())
    }
}

fn clip_vision_model() -> String {
    CLIP_MODEL.into()
}
