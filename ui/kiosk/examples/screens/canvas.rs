//! What egui draws, as a picture, without a window.

use std::iter::once;
use std::rc::Rc;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use eframe::egui::mutex::RwLock;
use eframe::egui::{Context, FullOutput, TexturesDelta};
use eframe::egui_wgpu::{
    RenderState, Renderer, RendererOptions, ScreenDescriptor, WgpuConfiguration, WgpuSetup,
    WgpuSetupCreateNew,
};
use eframe::wgpu;
use egui_kittest::TestRenderer;
use image::RgbImage;

/// Bytes of a pixel of [`wgpu::TextureFormat::Rgba8Unorm`], the format that egui takes without a window.
const PIXEL: u32 = 4;

/// A graphics device.
pub struct Gpu(RenderState);

impl Gpu {
    /// Opens the device in software if there is one: its pictures are the same on all machines.
    ///
    /// # Errors
    /// There is no device at all.
    pub fn open() -> Result<Rc<Self>> {
        let mut create = WgpuSetupCreateNew::without_display_handle();
        create.native_adapter_selector = Some(Arc::new(|adapters, _| {
            let in_software = adapters.iter().find(|one| one.get_info().device_type == wgpu::DeviceType::Cpu);
            in_software.or(adapters.first()).cloned().ok_or_else(|| "there is no Vulkan driver".to_owned())
        }));
        let setup = WgpuSetup::CreateNew(create);
        let instance = pollster::block_on(setup.new_instance());
        let configuration = WgpuConfiguration { wgpu_setup: setup, ..WgpuConfiguration::default() };
        let state = RenderState::create(&configuration, &instance, None, RendererOptions::PREDICTABLE);
        Ok(Rc::new(Self(pollster::block_on(state).context("cannot open a graphics device")?)))
    }
}

/// Holds the textures of one egui context, and draws what the context puts out. Its clones are the same canvas.
#[derive(Clone)]
pub struct Canvas {
    gpu: Rc<Gpu>,
    renderer: Arc<RwLock<Renderer>>,
}

impl TestRenderer for Canvas {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        let state = &self.gpu.0;
        let mut renderer = self.renderer.write();
        for (id, parts) in delta.set.drain() {
            for part in parts {
                renderer.update_texture(&state.device, &state.queue, id, &part);
            }
        }
        for id in delta.free.drain() {
            renderer.free_texture(&id);
        }
    }
}

impl Canvas {
    /// An empty one.
    pub fn new(gpu: &Rc<Gpu>) -> Self {
        let renderer = Renderer::new(&gpu.0.device, gpu.0.target_format, RendererOptions::PREDICTABLE);
        Self { gpu: Rc::clone(gpu), renderer: Arc::new(RwLock::new(renderer)) }
    }

    /// What the kiosk's own painter draws with.
    #[allow(dead_code, reason = "a test compares that painter with egui's")]
    pub fn state(&self) -> RenderState {
        RenderState { renderer: Arc::clone(&self.renderer), ..self.gpu.0.clone() }
    }

    /// Draws the last pass of a context.
    ///
    /// # Errors
    /// The device fails.
    pub fn draw(&self, ctx: &Context, output: &FullOutput) -> Result<RgbImage> {
        let wgpu::Extent3d { width, height, .. } = extent(ctx);
        let target = self.paint(ctx, output);
        let rows = self.read(&target, width, height)?;
        Ok(RgbImage::from_fn(width, height, |x, y| {
            let at = (y * stride(width) + x * PIXEL) as usize;
            image::Rgb([rows[at], rows[at + 1], rows[at + 2]])
        }))
    }

    fn paint(&self, ctx: &Context, output: &FullOutput) -> wgpu::Texture {
        let state = &self.gpu.0;
        let size = extent(ctx);
        let screen = ScreenDescriptor {
            pixels_per_point: ctx.pixels_per_point(),
            size_in_pixels: [size.width, size.height],
        };
        let shapes = ctx.tessellate(output.shapes.clone(), ctx.pixels_per_point());
        let mut encoder = state.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let buffers =
            self.renderer.write().update_buffers(&state.device, &state.queue, &mut encoder, &shapes, &screen);
        let target = state.device.create_texture(&target(size, state.target_format));
        let view = target.create_view(&wgpu::TextureViewDescriptor::default());
        let attachment = wgpu::RenderPassColorAttachment {
            view: &view,
            resolve_target: None,
            ops: wgpu::Operations {
                load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                store: wgpu::StoreOp::Store,
            },
            depth_slice: None,
        };
        let pass = wgpu::RenderPassDescriptor {
            color_attachments: &[Some(attachment)],
            ..wgpu::RenderPassDescriptor::default()
        };
        self.renderer.read().render(
            &mut encoder.begin_render_pass(&pass).forget_lifetime(),
            &shapes,
            &screen,
        );
        state.queue.submit(buffers.into_iter().chain(once(encoder.finish())));
        target
    }

    /// The bytes of a texture; each row has [`stride`] bytes.
    fn read(&self, texture: &wgpu::Texture, width: u32, height: u32) -> Result<Vec<u8>> {
        let state = &self.gpu.0;
        let buffer = state.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: u64::from(stride(width)) * u64::from(height),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let layout = wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(stride(width)),
            rows_per_image: None,
        };
        let mut encoder = state.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let into = wgpu::TexelCopyBufferInfo { buffer: &buffer, layout };
        encoder.copy_texture_to_buffer(texture.as_image_copy(), into, texture.size());
        state.queue.submit(once(encoder.finish()));
        let (done, mapped) = std::sync::mpsc::channel();
        buffer.slice(..).map_async(wgpu::MapMode::Read, move |result| drop(done.send(result)));
        state.device.poll(wgpu::PollType::wait_indefinitely())?;
        mapped.recv()??;
        let bytes = buffer.slice(..).get_mapped_range().context("the picture cannot be read")?;
        Ok(bytes.to_vec())
    }
}

fn target(size: wgpu::Extent3d, format: wgpu::TextureFormat) -> wgpu::TextureDescriptor<'static> {
    wgpu::TextureDescriptor {
        label: None,
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
        view_formats: &[],
    }
}

fn extent(ctx: &Context) -> wgpu::Extent3d {
    let size = ctx.content_rect().size() * ctx.pixels_per_point();
    wgpu::Extent3d { width: size.x.round() as u32, height: size.y.round() as u32, depth_or_array_layers: 1 }
}

/// Bytes of a row of pixels in a buffer, which copies from textures align.
fn stride(width: u32) -> u32 {
    (width * PIXEL).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT)
}
