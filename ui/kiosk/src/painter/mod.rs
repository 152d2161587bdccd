//! Draws the screens with a shader of a few lines, for renderers in software.
//!
//! egui's own shader can filter textures by hand, for snapshots of tests, and adds noise to gradients. A GPU passes over
//! what is switched off; lavapipe computes both sides of each branch for every pixel, and takes six times as long.

mod triangles;

use std::sync::Arc;

use eframe::egui::epaint::mutex::RwLock;
use eframe::egui::{Shape, Ui};
use eframe::egui_wgpu::{Callback, RenderState, Renderer, wgpu};

use self::triangles::{Drawing, Triangles};

/// Corners of egui's triangles: place and place in the texture as two numbers each, colour as four bytes.
const CORNER: u64 = 20;

/// Draws what was painted into a layer in the place of egui's own shader. The textures remain egui's.
pub struct Painter(Arc<RwLock<Renderer>>);

impl Painter {
    /// None where the screen wants linear colours, for which only egui's shader has the formulas.
    pub fn new(state: &RenderState) -> Option<Self> {
        if state.target_format.is_srgb() {
            return None;
        }
        let pipeline = pipeline(&state.device, state.target_format);
        state.renderer.write().callback_resources.insert(Drawing { pipeline, buffers: None });
        Some(Self(Arc::clone(&state.renderer)))
    }

    /// Takes what was painted into this layer in this pass; to be called when all of it is.
    pub fn take(&self, ui: &Ui) {
        let (ctx, layer) = (ui.ctx(), ui.layer_id());
        if ctx.will_discard() {
            return;
        }
        let list = ctx.graphics_mut(|graphics| std::mem::take(graphics.entry(layer)));
        let shapes = list.all_entries().cloned().collect();
        let screen = ctx.viewport_rect();
        let primitives = ctx.tessellate(shapes, ctx.pixels_per_point());
        let triangles = Triangles::new(primitives, screen.size(), Arc::clone(&self.0));
        let shape = Shape::Callback(Callback::new_paint_callback(screen, triangles));
        ctx.graphics_mut(|graphics| graphics.entry(layer).add(screen, shape));
    }
}

/// The same as egui's, but for the shader: textures are bound as egui binds them, colours have their alpha multiplied.
fn pipeline(device: &wgpu::Device, format: wgpu::TextureFormat) -> wgpu::RenderPipeline {
    let module = device.create_shader_module(wgpu::include_wgsl!("short.wgsl"));
    let entry = |binding: u32, ty: wgpu::BindingType| wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::FRAGMENT,
        ty,
        count: None,
    };
    let texture = wgpu::BindingType::Texture {
        multisampled: false,
        sample_type: wgpu::TextureSampleType::Float { filterable: true },
        view_dimension: wgpu::TextureViewDimension::D2,
    };
    // Of no use here, but a part of what egui binds.
    let flags = wgpu::BindingType::Buffer {
        ty: wgpu::BufferBindingType::Uniform,
        has_dynamic_offset: false,
        min_binding_size: wgpu::BufferSize::new(16),
    };
    let sampler = wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering);
    let bound = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("a texture of egui"),
        entries: &[entry(0, texture), entry(1, sampler), entry(2, flags)],
    });
    let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some("short"),
        bind_group_layouts: &[Some(&bound)],
        immediate_size: 0,
    });
    let over = wgpu::BlendState {
        color: wgpu::BlendComponent {
            src_factor: wgpu::BlendFactor::One,
            dst_factor: wgpu::BlendFactor::OneMinusSrcAlpha,
            operation: wgpu::BlendOperation::Add,
        },
        alpha: wgpu::BlendComponent {
            src_factor: wgpu::BlendFactor::OneMinusDstAlpha,
            dst_factor: wgpu::BlendFactor::One,
            operation: wgpu::BlendOperation::Add,
        },
    };
    let target = wgpu::ColorTargetState { format, blend: Some(over), write_mask: wgpu::ColorWrites::ALL };
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("short"),
        layout: Some(&layout),
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: Some("corner"),
            buffers: &[Some(wgpu::VertexBufferLayout {
                array_stride: CORNER,
                step_mode: wgpu::VertexStepMode::Vertex,
                attributes: &wgpu::vertex_attr_array![0 => Float32x2, 1 => Float32x2, 2 => Unorm8x4],
            })],
            compilation_options: wgpu::PipelineCompilationOptions::default(),
        },
        primitive: wgpu::PrimitiveState::default(),
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: Some("shade"),
            targets: &[Some(target)],
            compilation_options: wgpu::PipelineCompilationOptions::default(),
        }),
        multiview_mask: None,
        cache: None,
    })
}
