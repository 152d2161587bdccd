//! The compiled kernels, and their sources as this adapter takes them.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Result};
use crate::gpu::Gpu;
use crate::shape::Shape;
use crate::tile::Tile;

/// A kernel, ready to run.
#[derive(Clone)]
pub(crate) struct Kernel {
    pub pipeline: wgpu::ComputePipeline,
    pub bindings: wgpu::BindGroupLayout,
}

/// All kernels that a model needs.
pub(crate) struct Kernels {
    /// Matrix products, the largest tile first.
    pub matmul: Vec<(Tile, Kernel)>,
    pub layer_norm: Kernel,
    /// By quads of a head.
    pub attention: BTreeMap<usize, Kernel>,
    pub unfold: Kernel,
    pub positions: Kernel,
    pub tokens: Kernel,
    pub gather: Kernel,
    pub moments: Kernel,
    /// By side and stride.
    pub depthwise: BTreeMap<(usize, usize), Kernel>,
    pub shrink: Kernel,
    pub unit: Kernel,
}

/// Outputs, side by side in a line, that a thread of a depthwise convolution makes.
pub(crate) const DEPTHWISE_STRIP: usize = 4;

impl Kernels {
    /// Compiles them for the heads and the depthwise convolutions of `shape`'s towers.
    pub fn new(gpu: &Gpu, shape: &Shape) -> Result<Self> {
        let heads: BTreeSet<_> = shape.transformers().map(|transformer| transformer.head() / 4).collect();
        let depthwise: BTreeSet<_> = shape.depthwise().collect();
        Self::for_parts(gpu, &heads, &depthwise)
    }

    /// Compiles them for heads of so many quads, and for depthwise convolutions of these sides and strides.
    pub fn for_parts(
        gpu: &Gpu,
        heads: &BTreeSet<usize>,
        depthwise: &BTreeSet<(usize, usize)>,
    ) -> Result<Self> {
        let compile = |name, source: &str| Kernel::compile(gpu, name, source);
        let matmul = Tile::allowed(&gpu.limits, gpu.precision)?
            .into_iter()
            .map(|tile| Ok((tile, compile("matmul", &tile.source(gpu.precision))?)))
            .collect::<Result<_>>()?;
        let attention = heads
            .iter()
            .map(|&quads| Ok((quads, compile("attention", &attention(quads, &gpu.limits)?)?)))
            .collect::<Result<_>>()?;
        let depthwise = depthwise
            .iter()
            .map(|&(side, stride)| {
                Ok(((side, stride), compile("depthwise", &depthwise_source(side, stride))?))
            })
            .collect::<Result<_>>()?;
        let tokens = format!("{}{}", gpu.precision.prelude(), include_str!("tokens.wgsl"));
        let kernels = Self {
            matmul,
            attention,
            layer_norm: compile("layer norm", include_str!("layer_norm.wgsl"))?,
            unfold: compile("unfold", include_str!("unfold.wgsl"))?,
            positions: compile("positions", include_str!("positions.wgsl"))?,
            tokens: compile("tokens", &tokens)?,
            gather: compile("gather", include_str!("gather.wgsl"))?,
            moments: compile("moments", include_str!("moments.wgsl"))?,
            depthwise,
            shrink: compile("shrink", include_str!("shrink.wgsl"))?,
            unit: compile("unit", include_str!("unit.wgsl"))?,
        };
        gpu.cache.save();
        Ok(kernels)
    }
}

impl Kernel {
    fn compile(gpu: &Gpu, name: &str, source: &str) -> Result<Self> {
        let module = gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(name),
            source: wgpu::ShaderSource::Wgsl(source.into()),
        });
        gpu.check()?;
        let pipeline = gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(name),
            layout: None,
            module: &module,
            entry_point: None,
            // Every kernel writes what it reads of it.
            compilation_options: wgpu::PipelineCompilationOptions {
                zero_initialize_workgroup_memory: false,
                ..Default::default()
            },
            cache: gpu.cache.pipelines(),
        });
        gpu.check()?;
        let bindings = pipeline.get_bind_group_layout(0);
        Ok(Self { pipeline, bindings })
    }
}

/// Attention over heads of `quads` quads. Each thread holds a quarter of a query's mixed values; which
/// those are is written out here, as in [`Tile::source`].
fn attention(quads: usize, limits: &wgpu::Limits) -> Result<String> {
    let memory = (2 * 16 * (quads | 1) * 16 + 16 * 16 * 4) as u64;
    let allowed = u64::from(limits.max_compute_workgroup_storage_size);
    if memory > allowed {
        return Err(Error::Limit { what: "bytes of workgroup memory", needed: memory, allowed });
    }
    let each = |line: &dyn Fn(usize) -> String| -> String { (0..quads.div_ceil(4)).map(line).collect() };
    // Where a head is no multiple of four quads, some threads have nothing to do in the last round.
    let guarded = |n: usize, line: String| match 4 * n + 3 < quads {
        true => line,
        false => format!("if {}u + quarter < HEAD {{ {line} }}\n", 4 * n),
    };
    Ok(include_str!("attention.wgsl")
        .replace("$sums", &each(&|n| format!("var sum{n} = vec4(0.0);\n")))
        .replace("$shrink", &each(&|n| format!("sum{n} *= shrink;\n")))
        .replace(
            "$mix",
            &each(&|n| {
                guarded(n, format!("sum{n} += share * context_tile[k * ROW + {}u + quarter];\n", 4 * n))
            }),
        )
        .replace(
            "$store",
            &each(&|n| guarded(n, format!("output[row + {}u + quarter] = sum{n} / weight;\n", 4 * n))),
        )
        + &format!("const HEAD = {quads}u;\n"))
}

/// A depthwise convolution with kernels of `side` × `side`. Each thread holds its inputs of one line and the sums of its
/// outputs; both are written out here, as in [`Tile::source`].
fn depthwise_source(side: usize, stride: usize) -> String {
    let each = |line: &dyn Fn(usize) -> String| -> String { (0..DEPTHWISE_STRIP).map(line).collect() };
    let inputs = (DEPTHWISE_STRIP - 1) * stride + side;
    let load = (0..inputs).map(|n| format!("let input{n} = value(line, start + {n}u, quad);\n"));
    let multiply = (0..side).map(|tap| {
        let products = each(&|n| format!("sum{n} += input{} * tap{tap};\n", n * stride + tap));
        format!("let tap{tap} = taps[(dy * KERNEL + {tap}u) * params.quads + quad];\n{products}")
    });
    include_str!("depthwise.wgsl")
        .replace("$sums", &each(&|n| format!("var sum{n} = bias[quad];\n")))
        .replace("$load", &load.collect::<String>())
        .replace("$multiply", &multiply.collect::<String>())
        .replace("$store", &each(&|n| format!("store(strip / params.strips, x + {n}u, quad, sum{n});\n")))
        + &format!("const KERNEL = {side}u;\nconst STRIDE = {stride}u;\nconst STRIP = {DEPTHWISE_STRIP}u;\n")
}
