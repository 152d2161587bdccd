//! The triangles of one frame.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui::epaint::mutex::RwLock;
use eframe::egui::epaint::{ClippedPrimitive, Primitive, Vertex};
use eframe::egui::{PaintCallbackInfo, Rect, TextureId, Vec2};
use eframe::egui_wgpu::wgpu::util::{BufferInitDescriptor, DeviceExt as _};
use eframe::egui_wgpu::{CallbackResources, CallbackTrait, Renderer, ScreenDescriptor, wgpu};

/// What one frame leaves to the next: how to draw, and what was drawn.
pub(super) struct Drawing {
    pub(super) pipeline: wgpu::RenderPipeline,
    /// Corners, and which three of them are a triangle.
    pub(super) buffers: Option<[wgpu::Buffer; 2]>,
}

/// Triangles with one texture, within a part of the screen.
struct Part {
    within: Rect,
    texture: TextureId,
    corners: Range<u32>,
}

/// All of a frame, in the order in which it is painted.
pub(super) struct Triangles {
    parts: Vec<Part>,
    corners: Vec<u8>,
    indices: Vec<u8>,
    renderer: Arc<RwLock<Renderer>>,
}

impl Triangles {
    /// `screen` is the size of the screen in points.
    pub(super) fn new(all: Vec<ClippedPrimitive>, screen: Vec2, renderer: Arc<RwLock<Renderer>>) -> Self {
        let mut triangles = Self { parts: Vec::new(), corners: Vec::new(), indices: Vec::new(), renderer };
        let (mut first, mut begin) = (0, 0);
        for ClippedPrimitive { clip_rect, primitive } in all {
            let Primitive::Mesh(mesh) = primitive else { continue };
            for index in &mesh.indices {
                triangles.indices.extend((first + index).to_ne_bytes());
            }
            mesh.vertices.iter().for_each(|vertex| triangles.add(vertex, screen));
            first += mesh.vertices.len() as u32;
            let end = begin + mesh.indices.len() as u32;
            triangles.parts.push(Part { within: clip_rect, texture: mesh.texture_id, corners: begin..end });
            begin = end;
        }
        triangles
    }

    /// Adds a corner, with its place from -1 to 1, upwards.
    fn add(&mut self, vertex: &Vertex, screen: Vec2) {
        let place = [2.0 * vertex.pos.x / screen.x - 1.0, 1.0 - 2.0 * vertex.pos.y / screen.y];
        for number in [place[0], place[1], vertex.uv.x, vertex.uv.y] {
            self.corners.extend(number.to_ne_bytes());
        }
        self.corners.extend(vertex.color.to_array());
    }
}

impl CallbackTrait for Triangles {
    fn prepare(
        &self,
        device: &wgpu::Device,
        _queue: &wgpu::Queue,
        _screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let buffer = |contents: &[u8], usage| {
            device.create_buffer_init(&BufferInitDescriptor { label: Some("triangles"), contents, usage })
        };
        if let Some(drawing) = resources.get_mut::<Drawing>() {
            let corners = buffer(&self.corners, wgpu::BufferUsages::VERTEX);
            drawing.buffers = Some([corners, buffer(&self.indices, wgpu::BufferUsages::INDEX)]);
        }
        Vec::new()
    }

    fn paint(
        &self,
        info: PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &CallbackResources,
    ) {
        let Some(Drawing { pipeline, buffers: Some([corners, indices]) }) = resources.get() else { return };
        let [width, height] = info.screen_size_px;
        pass.set_viewport(0.0, 0.0, width as f32, height as f32, 0.0, 1.0);
        pass.set_pipeline(pipeline);
        pass.set_vertex_buffer(0, corners.slice(..));
        pass.set_index_buffer(indices.slice(..), wgpu::IndexFormat::Uint32);
        let renderer = self.renderer.read();
        for part in &self.parts {
            let (Some([x, y, wide, high]), Some(texture)) = (
                pixels(part.within * info.pixels_per_point, [width, height]),
                renderer.texture(&part.texture),
            ) else {
                continue;
            };
            pass.set_scissor_rect(x, y, wide, high);
            pass.set_bind_group(0, &texture.bind_group, &[]);
            pass.draw_indexed(part.corners.clone(), 0, 0..1);
        }
    }
}

/// Left, top, width and height of a rectangle in whole pixels of a screen. None if nothing of it is there.
fn pixels(rect: Rect, [width, height]: [u32; 2]) -> Option<[u32; 4]> {
    let whole = |at: f32, most: u32| (at.round() as u32).min(most);
    let (left, top) = (whole(rect.min.x, width), whole(rect.min.y, height));
    let (right, bottom) = (whole(rect.max.x, width), whole(rect.max.y, height));
    (right > left && bottom > top).then(|| [left, top, right - left, bottom - top])
}
