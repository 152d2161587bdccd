//! Whole models of random weights: what must not change what comes out.

use super::{gpu, options, precisions, random};
use crate::clip::Clip;
use crate::error::Error;
use crate::gpu::Gpu;
use crate::precision::Precision;
use crate::shape::{
    Activation, ImageShape, InstanceShape, InvertedStageShape, Shape, StageShape, TextReading, TextShape,
    TowerShape, TransformerShape, ViTKind,
};

/// A small model whose sizes fill no tile.
pub fn small() -> Shape {
    let transformer = TransformerShape {
        hidden: 36,
        inner: 52,
        layers: 2,
        heads: 3,
        activation: Activation::QuickGelu,
        epsilon: 1e-5,
    };
    Shape {
        dimension: 10,
        image_size: 15,
        image: ImageShape::Patches { kind: ViTKind::Clip, patch: 5, transformer },
        text: Some(TextShape {
            reading: TextReading::EndToken,
            vocabulary: 101,
            positions: 19,
            transformer: TransformerShape {
                hidden: 40,
                heads: 2,
                activation: Activation::Gelu,
                ..transformer
            },
        }),
    }
}

/// The same with another vision transformer, which gives the embedding itself.
fn patches(kind: ViTKind) -> Shape {
    let mut shape = small();
    if let ImageShape::Patches { kind: own, transformer, .. } = &mut shape.image {
        (*own, shape.dimension) = (kind, transformer.hidden);
        transformer.activation = Activation::GeluTanh;
    }
    shape
}

/// Pictures are read by attention pooling, texts are of one length and read at their last position.
fn siglip() -> Shape {
    let mut shape = patches(ViTKind::SigLip);
    shape.text.as_mut().unwrap().reading = TextReading::LastPosition;
    shape
}

/// It knows pictures only.
fn dinov2() -> Shape {
    Shape { text: None, ..patches(ViTKind::Dinov2) }
}

/// Texts are read by the mean of their positions.
fn roberta() -> Shape {
    let mut shape = small();
    shape.text.as_mut().unwrap().reading = TextReading::Mean { hidden: 22 };
    shape
}

/// One of each architecture.
fn shapes() -> Vec<Shape> {
    let with = |image| Shape { image_size: 32, image, ..small() };
    vec![
        small(),
        siglip(),
        dinov2(),
        roberta(),
        residual(None),
        residual(INSTANCE),
        with(efficientnet(None, None)),
        with(side_by_side()),
    ]
}

const INSTANCE: Option<InstanceShape> = Some(InstanceShape { hidden: 9, dimension: 7 });

/// The same with a convolutional image tower.
fn residual(instance: Option<InstanceShape>) -> Shape {
    let stage = |channels, depth, stride| StageShape { channels, depth, stride };
    let image = ImageShape::Residual {
        stem: vec![(5, 2), (6, 1)],
        stages: vec![stage(6, 2, 1), stage(9, 1, 2), stage(12, 2, 1)],
        instance,
    };
    Shape { image_size: 12, image, ..small() }
}

/// Depthwise kernels of both sides and strides, with and without expansion and sum; no width is a whole quad but one.
fn efficientnet(hidden: Option<usize>, instance: Option<InstanceShape>) -> ImageShape {
    let stage = |channels, depth, (kernel, stride), expansion| InvertedStageShape {
        channels,
        depth,
        stride,
        kernel,
        expansion,
    };
    let stages =
        vec![stage(6, 2, (3, 1), 1), stage(7, 2, (5, 2), 3), stage(8, 2, (3, 2), 2), stage(9, 1, (5, 1), 2)];
    ImageShape::EfficientNet { stem: 5, stages, head: 13, hidden, instance }
}

/// Towers of every kind that can stand here, two of them with an instance embedding; only one reads every pixel.
fn side_by_side() -> ImageShape {
    let tower = |dimension, image_size, image| TowerShape { dimension, image_size, image };
    ImageShape::SideBySide(vec![
        tower(6, 16, residual(INSTANCE).image),
        tower(7, 32, efficientnet(Some(11), Some(InstanceShape { hidden: 5, dimension: 6 }))),
        tower(10, 16, small().image),
        tower(36, 16, dinov2().image),
    ])
}

/// Weights of the size that training leaves them in, different for each name.
pub fn tensor(name: &str, shape: &[usize]) -> Result<Vec<f32>, String> {
    let seed = name.bytes().fold(7u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
    let fan = shape.iter().skip(1).product::<usize>().max(1);
    let scale = if shape.len() > 1 { (3.0 / fan as f32).sqrt() } else { 0.1 };
    let middle = if name.contains("norm") && name.ends_with("weight") { 1.0 } else { 0.0 };
    Ok(random(seed, shape.iter().product()).iter().map(|x| middle + scale * x).collect())
}

/// Texts that a model of `shape` takes; none if it knows pictures only.
fn texts_for(shape: &Shape, count: usize) -> Vec<Vec<u32>> {
    let Some(text) = &shape.text else { return Vec::new() };
    let mut texts = texts(count);
    if text.reading == TextReading::LastPosition {
        texts.iter_mut().for_each(|text| text.resize(19, 1));
    }
    texts
}

/// Texts of all lengths up to the longest.
pub fn texts(count: usize) -> Vec<Vec<u32>> {
    (0..count).map(|n| (0..1 + n * 5 % 19).map(|k| ((n * 37 + k * 11) % 101) as u32).collect()).collect()
}

pub fn encode_texts(clip: &mut Clip, texts: &[Vec<u32>]) -> crate::Result<Vec<f32>> {
    clip.encode_texts(&texts.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = super::reference::dot;
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

#[track_caller]
fn assert_same(a: &[f32], b: &[f32], dimension: usize, least: f64) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.chunks_exact(dimension).zip(b.chunks_exact(dimension)) {
        assert!(cosine(a, b) >= least, "cosine {}", cosine(a, b));
    }
}

#[test]
fn a_batch_is_what_its_members_are_alone() {
    for shape in shapes() {
        let mut clip = Clip::open(shape.clone(), &tensor, &options(Precision::F32)).unwrap();
        let (picture, width) = (shape.pixels(), shape.dimension + shape.image.instance_embedding());
        let pixels = random(20, 8 * picture);
        let texts = texts_for(&shape, 8);
        // Larger and smaller, so that buffers grow and are used again.
        for count in [3, 8, 1, 3] {
            let together = clip.encode_images(&pixels[..count * picture]).unwrap();
            let alone: Vec<f32> =
                pixels.chunks(picture).take(count).flat_map(|p| clip.encode_images(p).unwrap()).collect();
            assert_same(&together, &alone, width, 0.999999);
            let Some(first) = texts.get(..count) else { continue };
            let together = encode_texts(&mut clip, first).unwrap();
            let alone: Vec<f32> = first.iter().flat_map(|t| clip.encode_texts(&[t]).unwrap()).collect();
            assert_same(&together, &alone, shape.dimension, 0.999999);
        }
    }
}

#[test]
fn half_precision_stays_near_full() {
    for shape in shapes() {
        let texts = texts_for(&shape, 5);
        let words =
            |clip: &mut Clip| if texts.is_empty() { Vec::new() } else { encode_texts(clip, &texts).unwrap() };
        let pixels = random(21, 3 * shape.pixels());
        let mut full = Clip::open(shape.clone(), &tensor, &options(Precision::F32)).unwrap();
        let (images, expected) = (full.encode_images(&pixels).unwrap(), words(&mut full));
        for precision in precisions() {
            let mut clip = Clip::open(shape.clone(), &tensor, &options(precision)).unwrap();
            assert_same(
                &clip.encode_images(&pixels).unwrap(),
                &images,
                shape.dimension + shape.image.instance_embedding(),
                0.9999,
            );
            assert_same(&words(&mut clip), &expected, shape.dimension, 0.9999);
        }
    }
}

#[test]
fn an_adapter_that_allows_little_gives_the_same() {
    let side_by_side = Shape { image_size: 32, image: side_by_side(), ..small() };
    for (shape, bytes, groups) in [(small(), 10_000, 7), (siglip(), 10_000, 7), (side_by_side, 60_000, 35)] {
        let pixels = random(22, 20 * shape.pixels());
        let texts = texts_for(&shape, 20);
        let mut whole = Clip::open(shape.clone(), &tensor, &options(Precision::F32)).unwrap();
        let (images, words) =
            (whole.encode_images(&pixels).unwrap(), encode_texts(&mut whole, &texts).unwrap());
        // No weight and no batch fits one buffer of this size, and no batch a dimension of workgroups.
        let limits = wgpu::Limits {
            max_buffer_size: bytes,
            max_storage_buffer_binding_size: bytes,
            max_compute_workgroups_per_dimension: groups,
            max_compute_workgroup_storage_size: 6_000,
            max_compute_invocations_per_workgroup: 128,
            max_storage_buffers_per_shader_stage: 4,
            ..wgpu::Limits::downlevel_defaults()
        };
        let little = Gpu::open_within(&options(Precision::F32), Some(limits.clone())).unwrap();
        assert_eq!(little.device.limits().max_buffer_size, limits.max_buffer_size);
        let mut clip = Clip::on(little, shape.clone(), &tensor).unwrap();
        assert_same(&clip.encode_images(&pixels).unwrap(), &images, shape.dimension, 0.999999);
        assert_same(&encode_texts(&mut clip, &texts).unwrap(), &words, shape.dimension, 0.999999);
    }
}

#[test]
fn an_adapter_that_allows_too_little_is_an_error_of_the_device() {
    let limits = wgpu::Limits { max_storage_buffer_binding_size: 64, ..wgpu::Limits::downlevel_defaults() };
    let little = Gpu::open_within(&options(Precision::F32), Some(limits)).unwrap();
    let error = Clip::on(little, small(), &tensor).err().unwrap();
    assert!(matches!(error, Error::Limit { .. }) && error.is_of_the_device(), "{error}");
}

#[test]
fn what_is_no_input_is_an_error() {
    let mut pictures_only = Clip::on(gpu(Precision::F32), dinov2(), &tensor).unwrap();
    assert!(matches!(pictures_only.encode_texts(&[&[1]]), Err(Error::Input(_))));
    let mut padded = Clip::on(gpu(Precision::F32), siglip(), &tensor).unwrap();
    assert!(matches!(padded.encode_texts(&[&[1; 18]]), Err(Error::Input(_))));
    let mut clip = Clip::on(gpu(Precision::F32), small(), &tensor).unwrap();
    assert!(matches!(clip.encode_images(&[0.0; 17]), Err(Error::Input(_))));
    for text in [&[][..], &[101], &[1; 20]] {
        assert!(matches!(clip.encode_texts(&[text]), Err(Error::Input(_))));
    }
    assert!(clip.encode_images(&[]).unwrap().is_empty());
    assert!(clip.encode_texts(&[]).unwrap().is_empty());
}

#[test]
fn what_the_kernels_do_not_take_is_an_error() {
    let mut odd = small();
    odd.text.as_mut().unwrap().transformer.hidden = 42;
    let error = Clip::open(odd, &tensor, &options(Precision::F32)).err().unwrap();
    assert!(matches!(error, Error::Shape(_)) && !error.is_of_the_device());
    let uneven = Shape { image_size: 36, image: efficientnet(None, None), ..small() };
    let nested = TowerShape { dimension: 4, image_size: 32, image: side_by_side() };
    let nested = Shape { image_size: 32, image: ImageShape::SideBySide(vec![nested]), ..small() };
    for shape in [uneven, nested] {
        let error = Clip::open(shape, &tensor, &options(Precision::F32)).err().unwrap();
        assert!(matches!(error, Error::Shape(_)), "{error}");
    }
    let missing = |name: &str, shape: &[usize]| match name {
        "text_model.final_layer_norm.bias" => Err("it is not there".into()),
        _ => tensor(name, shape),
    };
    let error = Clip::open(small(), &missing, &options(Precision::F32)).err().unwrap();
    assert_eq!(error.to_string(), "tensor text_model.final_layer_norm.bias: it is not there");
}
