//! Several image towers that read one picture, side by side.

use serde::{Deserialize, Serialize};

use super::{VisionConfig, invalid};
use crate::error::Result;

/// Image towers side by side (`model_type` `knytt_towers`). Each has its own projection to a vector of unit norm;
/// these vectors, one after the other, go through one more projection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TowersConfig {
    /// The side of the picture, in pixels: a multiple of each tower's. A tower with a smaller one reads means.
    pub(crate) image_size: usize,
    pub(crate) towers: Vec<TowerConfig>,
}

/// One of the towers, with heads of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TowerConfig {
    /// Values of its own embedding.
    pub(crate) projection_dim: usize,
    /// Its kind and shape; not several towers again.
    #[serde(flatten)]
    pub(crate) vision: VisionConfig,
}

impl TowersConfig {
    /// Values of the towers' own embeddings together.
    pub(crate) fn joined_size(&self) -> usize {
        self.towers.iter().map(|tower| tower.projection_dim).sum()
    }

    /// Values of the towers' instance embeddings together.
    pub(crate) fn instance_embedding_size(&self) -> usize {
        self.towers.iter().map(|tower| tower.vision.instance_embedding_size()).sum()
    }

    /// How many pixels of the picture, in each direction, are one of the tower's.
    pub(crate) fn shrink(&self, tower: &TowerConfig) -> usize {
        self.image_size / tower.vision.image_size()
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.towers.is_empty() {
            return Err(invalid("vision_config: towers is empty"));
        }
        for tower in &self.towers {
            if matches!(tower.vision, VisionConfig::Towers(_)) {
                return Err(invalid("vision_config: a tower of several towers cannot be one of several"));
            }
            tower.vision.check(tower.projection_dim)?;
            let side = tower.vision.image_size();
            if side == 0 || self.image_size == 0 || !self.image_size.is_multiple_of(side) {
                return Err(invalid("vision_config: image_size must be a multiple of each tower's"));
            }
            if tower.projection_dim == 0 {
                return Err(invalid("vision_config: a tower's projection_dim must not be 0"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, VisionConfig};

    const FIRST: &str = r#"{"projection_dim": 8, "image_size": 16, "stem_channels": [4], "stem_strides": [2],
        "channels": [4], "depths": [1], "strides": [1], "identity_dim": 4, "identity_hidden_size": 4}"#;

    fn parse(image_size: usize, towers: &str) -> crate::Result<Config> {
        let vision = format!(r#"{{"image_size": {image_size}, "towers": [{towers}]}}"#);
        Config::parse(format!(r#"{{"text_config": {{}}, "vision_config": {vision}}}"#).as_bytes())
    }

    #[test]
    fn each_tower_keeps_its_kind_and_its_numbers() {
        let vit = r#"{"projection_dim": 6, "image_size": 32, "patch_size": 8, "hidden_size": 24}"#;
        let config = parse(32, &format!("{FIRST}, {vit}")).unwrap();
        assert_eq!(
            (config.vision_config.image_size(), config.vision_config.instance_embedding_size()),
            (32, 4)
        );
        let VisionConfig::Towers(towers) = &config.vision_config else { panic!("{config:?}") };
        assert_eq!(towers.joined_size(), 14);
        assert!(matches!(towers.towers[0].vision, VisionConfig::ResNet(_)));
        assert!(matches!(towers.towers[1].vision, VisionConfig::ViT(_)));
        assert_eq!(towers.towers.iter().map(|tower| towers.shrink(tower)).collect::<Vec<_>>(), [2, 1]);
        let again = Config::parse(&serde_json::to_vec(&config).unwrap()).unwrap();
        assert_eq!(again, config);
    }

    #[test]
    fn towers_that_cannot_be_side_by_side_are_refused() {
        let nested = format!(r#"{{"projection_dim": 8, "image_size": 16, "towers": [{FIRST}]}}"#);
        let without = FIRST.replace(r#""projection_dim": 8"#, r#""projection_dim": 0"#);
        let unknown = r#"{"projection_dim": 8, "image_size": 16, "model_type": "other"}"#;
        for (side, towers) in [(16, ""), (24, FIRST), (16, &nested), (16, &without), (16, unknown)] {
            assert!(parse(side, towers).is_err(), "{side} {towers}");
        }
    }
}
