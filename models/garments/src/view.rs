//! How a garment is looked at: laid out, lit and photographed.

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::backdrop::Backdrop;

/// Everything about a picture that is not the garment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// How the garment lies or hangs.
    pub pose: Pose,
    /// What is behind it.
    pub backdrop: Backdrop,
    /// The light on both.
    pub light: Light,
    /// The camera.
    pub camera: Camera,
}

/// How a garment lies or hangs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pose {
    /// Turn of the left and the right sleeve against the garment's own, radians.
    pub arms: [f32; 2],
    /// How far trouser legs or shoes lie apart, as a factor.
    pub spread: f32,
    /// Shoes are seen from above instead of from the side.
    pub from_above: bool,
    /// On a hanger.
    pub hanger: bool,
    /// Depth of the wrinkles, `0.0..=1.0`.
    pub wrinkles: f32,
    /// How much the outline is pushed out of shape, `0.0..=1.0`.
    pub crumple: f32,
    /// Which wrinkles.
    pub seed: u32,
}

/// The light.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Light {
    /// Where it comes from, radians from straight up, clockwise.
    pub angle: f32,
    /// How hard shadows are, `0.0..=1.0`.
    pub strength: f32,
    /// Above 0.0 yellowish, below bluish; about `-1.0..=1.0`.
    pub warmth: f32,
    /// Brightness factor.
    pub exposure: f32,
    /// How much darker the far side of the picture is, `0.0..=1.0`.
    pub falloff: f32,
    /// How much darker the corners are, `0.0..=1.0`.
    pub vignette: f32,
}

/// The camera.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Camera {
    /// Radians, clockwise.
    pub rotation: f32,
    /// 1.0 lets the garment fill the frame but for a small margin.
    pub scale: f32,
    /// Shift of the garment, in half frames.
    pub offset: [f32; 2],
    /// Tilt of the camera against the surface.
    pub tilt: [f32; 2],
    /// Shear.
    pub shear: f32,
    /// Radius of the blur, as thousandths of the frame.
    pub blur: f32,
    /// Sensor noise, as a part of full brightness.
    pub noise: f32,
    /// JPEG quality that the picture goes through, if any.
    pub jpeg: Option<u8>,
    /// Which noise.
    pub seed: u32,
}

impl View {
    /// A shop's picture: upright on a clean light ground.
    ///
    /// Pictures with the same `tint` (`0..STUDIO_TINTS`) have the same ground.
    pub fn studio(tint: usize) -> Self {
        Self {
            pose: Pose {
                arms: [0.0, 0.0],
                spread: 1.0,
                from_above: false,
                hanger: false,
                wrinkles: 0.34,
                crumple: 0.12,
                seed: 7,
            },
            backdrop: Backdrop::studio(tint),
            light: Light {
                angle: -0.6,
                strength: 0.5,
                warmth: 0.0,
                exposure: 1.02,
                falloff: 0.0,
                vignette: 0.0,
            },
            camera: Camera {
                rotation: 0.0,
                scale: 0.86,
                offset: [0.0, 0.0],
                tilt: [0.0, 0.0],
                shear: 0.0,
                blur: 0.0,
                noise: 0.0,
                jpeg: None,
                seed: 0,
            },
        }
    }

    /// The number of studio grounds.
    pub const STUDIO_TINTS: usize = 4;

    /// A studio picture whose wrinkles and layout are drawn at random, within what a shop would show.
    pub fn studio_varied(rng: &mut impl Rng) -> Self {
        let mut view = Self::studio(rng.random_range(0..Self::STUDIO_TINTS));
        view.pose.seed = rng.random();
        view.pose.arms = [rng.random_range(-0.04..0.04), rng.random_range(-0.04..0.04)];
        view.pose.wrinkles = rng.random_range(0.25..0.45);
        view.light.angle = rng.random_range(-0.9..-0.3);
        view
    }

    /// The same garment photographed again on a plain ground: laid out anew, from another side and distance,
    /// in other light, by another camera.
    pub fn again(rng: &mut impl Rng) -> Self {
        let mut view = Self::wild(rng);
        view.backdrop = Backdrop::studio(rng.random_range(0..Self::STUDIO_TINTS));
        view.pose.hanger = false;
        view.pose.from_above = false;
        view.pose.crumple = rng.random_range(0.05..0.5);
        view.camera.rotation = spread(rng, 0.16);
        view
    }

    /// A shopper's photograph: any surface, any light, held by hand.
    pub fn wild(rng: &mut impl Rng) -> Self {
        let backdrop = Backdrop::random(rng);
        let upright = rng.random_bool(0.8);
        let rotation = if upright { spread(rng, 0.16) } else { rng.random_range(-3.1..3.1) };
        let dim = rng.random_range(0.0..1.0_f32);
        Self {
            pose: Pose {
                arms: [spread(rng, 0.35), spread(rng, 0.35)],
                spread: rng.random_range(0.7..1.6),
                from_above: rng.random_bool(0.55),
                hanger: backdrop.is_wall() && rng.random_bool(0.65),
                wrinkles: rng.random_range(0.35..1.0),
                crumple: rng.random_range(0.1..1.0),
                seed: rng.random(),
            },
            backdrop,
            light: Light {
                angle: rng.random_range(-3.1..3.1),
                strength: rng.random_range(0.25..1.0),
                warmth: spread(rng, 0.8),
                exposure: 1.2 - 0.5 * dim * dim + rng.random_range(-0.06..0.12),
                falloff: rng.random_range(0.0..0.4),
                vignette: rng.random_range(0.0..0.3),
            },
            camera: Camera {
                rotation,
                scale: rng.random_range(0.62..1.08),
                offset: [spread(rng, 0.12), spread(rng, 0.12)],
                tilt: [spread(rng, 0.12), spread(rng, 0.2)],
                shear: spread(rng, 0.06),
                blur: rng.random_range(0.0_f32..1.0).powi(3) * 8.0,
                noise: rng.random_range(0.0_f32..1.0).powi(2) * 0.05,
                jpeg: rng.random_bool(0.7).then(|| rng.random_range(45..92)),
                seed: rng.random(),
            },
        }
    }
}

/// A number in `-range..range`, more often near zero.
fn spread(rng: &mut impl Rng, range: f32) -> f32 {
    (rng.random_range(-range..range) + rng.random_range(-range..range)) * 0.5 * 1.3
}
