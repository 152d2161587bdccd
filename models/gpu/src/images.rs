//! From pixels to the embedding of a picture: one tower with its heads, or several side by side.

use std::ops::Range;

use crate::efficientnet::EfficientNet;
use crate::error::{Error, Result};
use crate::gpu::Gpu;
use crate::moments::{Moments, MomentsHead, in_quads};
use crate::plan::{Epilogue, Planner};
use crate::residual::ResNet;
use crate::rows::{Matrix, Rows, Workspace};
use crate::shape::{ImageShape, InstanceShape, Shape, TowerShape, ViTKind};
use crate::tensors::Tensors;
use crate::vit::ViT;

pub(crate) enum ImageEncoder {
    Single(Box<SingleTower>),
    SideBySide(SideBySide),
}

/// A tower with its heads.
pub(crate) struct SingleTower {
    tower: ImageTower,
    projection: Projection,
    instance_head: Option<MomentsHead>,
    parts: Parts,
}

/// Towers whose embeddings, each at unit length and one after the other, go through one projection.
pub(crate) struct SideBySide {
    /// Each with the side of its pictures.
    towers: Vec<(SingleTower, usize)>,
    projection: Matrix,
    side: usize,
    embedding: usize,
}

enum ImageTower {
    ViT(Box<ViT>),
    ResNet(ResNet),
    EfficientNet(EfficientNet),
}

/// From what is read of a tower to its embedding.
enum Projection {
    /// What is read is the embedding.
    Nothing,
    Layer(Matrix),
    Moments(MomentsHead),
}

/// Values of an embedding, and of the instance embedding that follows it in the next whole quad; 0 for none.
#[derive(Clone, Copy)]
struct Parts {
    embedding: usize,
    instance: usize,
}

/// The part of the workspace that embeddings lie in.
const EMBEDDINGS: &str = "embeddings";

impl ImageEncoder {
    pub fn upload(gpu: &Gpu, shape: &Shape, tensors: &Tensors<'_>) -> Result<Self> {
        let (side, dimension) = (shape.image_size, shape.dimension);
        Ok(match &shape.image {
            ImageShape::SideBySide(towers) => {
                Self::SideBySide(SideBySide::upload(gpu, towers, (side, dimension), tensors)?)
            }
            one => Self::Single(Box::new(SingleTower::upload(gpu, one, (side, dimension), tensors)?)),
        })
    }

    /// Bytes of the largest buffer that one picture needs.
    pub fn bytes_per_item(&self) -> u64 {
        self.towers().map(|tower| tower.tower.bytes_per_item()).max().unwrap_or(0)
    }

    /// Rows of the largest matrix that one picture needs.
    pub fn rows_per_item(&self) -> usize {
        self.towers().map(|tower| tower.tower.rows_per_item()).max().unwrap_or(0)
    }

    fn towers(&self) -> impl Iterator<Item = &SingleTower> {
        let (one, several) = match self {
            Self::Single(tower) => (Some(&**tower), &[][..]),
            Self::SideBySide(towers) => (None, towers.towers.as_slice()),
        };
        one.into_iter().chain(several.iter().map(|(tower, _)| tower))
    }

    /// Columns of the rows that [`plan`](Self::plan) makes: of the embedding, and of each tower's instance embedding.
    pub fn columns(&self) -> Vec<Range<usize>> {
        let embedding = match self {
            Self::Single(tower) => tower.parts.embedding,
            Self::SideBySide(towers) => towers.embedding,
        };
        let mut columns: Vec<_> = std::iter::once(0..embedding).collect();
        let mut first = embedding.next_multiple_of(4);
        for instance in self.towers().map(|tower| tower.parts.instance).filter(|&instance| instance > 0) {
            columns.push(first..first + instance);
            first += instance.next_multiple_of(4);
        }
        columns
    }

    /// From `[batch, 3, side, side]` in `pixels` to embeddings and instance embeddings.
    pub fn plan(
        &self,
        planner: &mut Planner<'_>,
        space: &mut Workspace,
        pixels: &wgpu::Buffer,
        batch: usize,
    ) -> Result<Rows> {
        match self {
            Self::Single(tower) => tower.plan(planner, space, pixels, batch, EMBEDDINGS),
            Self::SideBySide(towers) => towers.plan(planner, space, pixels, batch),
        }
    }
}

impl SideBySide {
    fn upload(
        gpu: &Gpu,
        shapes: &[TowerShape],
        (side, dimension): (usize, usize),
        tensors: &Tensors<'_>,
    ) -> Result<Self> {
        let mut towers = Vec::new();
        for (n, shape) in shapes.iter().enumerate() {
            let size = (shape.image_size, shape.dimension);
            let tower = SingleTower::upload(gpu, &shape.image, size, &tensors.below("towers").below(n))?;
            towers.push((tower, shape.image_size));
        }
        let joined: usize = shapes.iter().map(|tower| tower.dimension).sum();
        let projection = tensors.below("visual_projection");
        let weight = projection.get("weight", &[dimension, joined])?;
        let parts = || shapes.iter().map(|tower| tower.dimension);
        let spread: Vec<f32> = weight.chunks_exact(joined).flat_map(|row| in_quads(row, parts())).collect();
        let depth = spread.len() / dimension;
        let projection = Matrix::upload(gpu, &projection.path("weight"), depth, &spread, &[])?;
        Ok(Self { towers, projection, side, embedding: dimension })
    }

    fn plan(
        &self,
        planner: &mut Planner<'_>,
        space: &mut Workspace,
        pixels: &wgpu::Buffer,
        batch: usize,
    ) -> Result<Rows> {
        let gpu = planner.gpu;
        let parts = || self.towers.iter().map(|(tower, _)| tower.parts);
        let mut instance_at = self.embedding.div_ceil(4);
        let quads = instance_at + parts().map(|parts| parts.instance.div_ceil(4)).sum::<usize>();
        let joined_quads: usize = parts().map(Parts::embedding_quads).sum();
        let joined = space.rows(gpu, "joined", batch, 4 * joined_quads)?;
        let output = space.rows(gpu, EMBEDDINGS, batch, 4 * quads)?;
        let mut embedding_at = 0;
        for (tower, side) in &self.towers {
            let pixels = self.shrunk(planner, space, pixels, (batch, *side))?;
            let rows = tower.plan(planner, space, &pixels, batch, "tower embeddings")?;
            let middle = tower.parts.embedding_quads();
            planner.unit(&rows, 0..middle, &joined, embedding_at);
            embedding_at += middle;
            if tower.instance_head.is_some() {
                planner.unit(&rows, middle..rows.quads, &output, instance_at);
                instance_at += rows.quads - middle;
            }
        }
        planner.matmul(&joined, &self.projection, &output, Epilogue::default());
        Ok(output)
    }

    /// The pictures that a tower reads.
    fn shrunk(
        &self,
        planner: &mut Planner<'_>,
        space: &mut Workspace,
        pixels: &wgpu::Buffer,
        (batch, side): (usize, usize),
    ) -> Result<wgpu::Buffer> {
        if side == self.side {
            return Ok(pixels.clone());
        }
        // Whole planes of any side, one after the other.
        let small = space.rows(planner.gpu, "shrunk", 1, 3 * batch * side * side)?.buffer;
        planner.shrink(pixels, (3 * batch, self.side), self.side / side, &small);
        Ok(small)
    }
}

impl SingleTower {
    /// `side`: of its pictures; `dimension`: values of its embedding.
    fn upload(
        gpu: &Gpu,
        shape: &ImageShape,
        (side, dimension): (usize, usize),
        tensors: &Tensors<'_>,
    ) -> Result<Self> {
        let (tower, layers) = ImageTower::upload(gpu, shape, side, tensors)?;
        let projection = Projection::upload(gpu, &tower, layers, dimension, tensors)?;
        let head = |(instance, moments): (_, &Moments)| {
            let InstanceShape { hidden, dimension: outputs } = instance;
            let tensors = tensors.below("identity_head");
            let layers = ["hidden", "out"].map(|layer| tensors.below(layer));
            moments.head(gpu, (hidden, outputs), dimension.div_ceil(4), &layers)
        };
        let instance_head = shape.instance().zip(tower.moments()).map(head).transpose()?;
        let parts = Parts { embedding: dimension, instance: shape.instance_embedding() };
        Ok(Self { projection, instance_head, parts, tower })
    }

    /// From `[batch, 3, side, side]` in `pixels` to embeddings and instance embeddings, in `part` of the workspace or
    /// where the tower left them.
    fn plan(
        &self,
        planner: &mut Planner<'_>,
        space: &mut Workspace,
        pixels: &wgpu::Buffer,
        batch: usize,
        part: &'static str,
    ) -> Result<Rows> {
        let read = match &self.tower {
            ImageTower::ViT(tower) => tower.plan(planner, space, pixels, batch)?,
            ImageTower::ResNet(tower) => tower.plan(planner, space, pixels, batch)?,
            ImageTower::EfficientNet(tower) => tower.plan(planner, space, pixels, batch)?,
        };
        let columns = 4 * self.parts.embedding_quads() + self.parts.instance;
        let mut output = || space.rows(planner.gpu, part, batch, columns);
        let output = match &self.projection {
            Projection::Nothing => read.clone(),
            Projection::Layer(matrix) => {
                let output = output()?;
                planner.matmul(&read, matrix, &output, Epilogue::default());
                output
            }
            Projection::Moments(head) => {
                let output = output()?;
                head.plan(planner, space, &read, &output)?;
                output
            }
        };
        if let Some(head) = &self.instance_head {
            head.plan(planner, space, &read, &output)?;
        }
        Ok(output)
    }
}

impl Parts {
    fn embedding_quads(self) -> usize {
        self.embedding.div_ceil(4)
    }
}

/// What follows a tower, as its shape says.
enum Layers {
    Nothing,
    /// A projection of so many values.
    OfPooled(usize),
    OfMeans,
    /// So many values between the moments of all maps and the embedding.
    OfMoments(usize),
}

impl Projection {
    fn upload(
        gpu: &Gpu,
        tower: &ImageTower,
        layers: Layers,
        dimension: usize,
        tensors: &Tensors<'_>,
    ) -> Result<Self> {
        let projection = tensors.below("visual_projection");
        let moments =
            || tower.moments().ok_or_else(|| Error::Shape("no maps are read of an image tower".into()));
        Ok(match layers {
            Layers::Nothing => Self::Nothing,
            Layers::OfPooled(pooled) => {
                let weight = projection.get("weight", &[dimension, pooled])?;
                Self::Layer(Matrix::upload(gpu, &projection.path("weight"), pooled, &weight, &[])?)
            }
            Layers::OfMeans => Self::Layer(moments()?.projection(gpu, dimension, &projection)?),
            Layers::OfMoments(hidden) => {
                let layers = [tensors.below("visual_hidden"), projection];
                Self::Moments(moments()?.head(gpu, (hidden, dimension), 0, &layers)?)
            }
        })
    }
}

impl ImageTower {
    fn upload(gpu: &Gpu, shape: &ImageShape, side: usize, tensors: &Tensors<'_>) -> Result<(Self, Layers)> {
        let vision = tensors.below("vision_model");
        Ok(match shape {
            ImageShape::Patches { kind, patch, transformer } => {
                let tower = ViT::upload(gpu, *kind, (side, *patch), *transformer, &vision)?;
                let layers = match kind {
                    ViTKind::Clip => Layers::OfPooled(transformer.hidden),
                    ViTKind::SigLip | ViTKind::Dinov2 => Layers::Nothing,
                };
                (Self::ViT(Box::new(tower)), layers)
            }
            ImageShape::Residual { stem, stages, instance } => {
                let tower = ResNet::upload(gpu, side, stem, stages, instance.is_some(), &vision)?;
                (Self::ResNet(tower), Layers::OfMeans)
            }
            ImageShape::EfficientNet { stem, stages, head, hidden, instance } => {
                let reads_all = hidden.is_some() || instance.is_some();
                let tower = EfficientNet::upload(gpu, side, [*stem, *head], stages, reads_all, &vision)?;
                (Self::EfficientNet(tower), hidden.map_or(Layers::OfMeans, Layers::OfMoments))
            }
            ImageShape::SideBySide(_) => {
                return Err(Error::Shape("a tower of several towers is one of several".into()));
            }
        })
    }

    /// What is read of its maps, if it has maps.
    fn moments(&self) -> Option<&Moments> {
        match self {
            Self::ViT(_) => None,
            Self::ResNet(tower) => Some(tower.moments()),
            Self::EfficientNet(tower) => Some(tower.moments()),
        }
    }

    fn bytes_per_item(&self) -> u64 {
        match self {
            Self::ViT(tower) => tower.bytes_per_item(),
            Self::ResNet(tower) => tower.bytes_per_item(),
            Self::EfficientNet(tower) => tower.bytes_per_item(),
        }
    }

    fn rows_per_item(&self) -> usize {
        match self {
            Self::ViT(tower) => tower.rows_per_item(),
            Self::ResNet(tower) => tower.rows_per_item(),
            Self::EfficientNet(tower) => tower.rows_per_item(),
        }
    }
}
