//! `knytt-kiosk`: the kiosk on a full screen.

mod args;

use std::process::Command;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Parser;
use eframe::egui::{self, ViewportBuilder};
use eframe::{CreationContext, Frame, NativeOptions, egui_wgpu, run_native};
use knytt_kiosk::watch::{Heart, supervise};
use knytt_kiosk::{Kiosk, look};

use crate::args::Args;

/// The status with which a kiosk ends whose GPU is lost: its supervisor starts it again.
const LOST: i32 = 70;

fn main() -> Result<()> {
    let args = Args::parse();
    if args.supervise {
        let program = std::env::current_exe()?;
        let rest: Vec<_> = std::env::args_os().skip(1).filter(|arg| arg != "--supervise").collect();
        let command = || {
            let mut command = Command::new(&program);
            command.args(&rest).arg("--beat");
            command
        };
        return supervise(command).context("the kiosk cannot be started");
    }
    run(args)
}

fn run(args: Args) -> Result<()> {
    let fonts = look::definitions()?;
    let mut viewport = ViewportBuilder::default().with_title("Knytt").with_app_id("knytt-kiosk");
    viewport = match args.window {
        Some((width, height)) => viewport.with_inner_size([width, height]).with_decorations(false),
        None => viewport.with_fullscreen(true),
    };
    let mut wgpu_options = egui_wgpu::WgpuConfiguration::default();
    if let egui_wgpu::WgpuSetup::CreateNew(setup) = &mut wgpu_options.wgpu_setup {
        setup.power_preference = wgpu::PowerPreference::LowPower;
    }
    let options =
        NativeOptions { viewport, wgpu_options, clipboard_shortcuts: false, ..NativeOptions::default() };
    let beats = args.beat;
    let settings = args.settings()?;
    let create = move |cc: &CreationContext<'_>| {
        cc.egui_ctx.set_fonts(fonts);
        cc.egui_ctx.options_mut(|options| look::touch_screen(&mut options.input_options));
        if let Some(state) = &cc.wgpu_render_state {
            end_when_lost(&state.device);
        }
        let kiosk = Kiosk::start(settings, &cc.egui_ctx)?;
        Ok(Box::new(App { kiosk, heart: beats.then(Heart::default) }) as Box<dyn eframe::App>)
    };
    run_native("knytt-kiosk", options, Box::new(create)).map_err(|error| anyhow::anyhow!("{error}"))
}

/// egui does not recover a lost device; a new process does.
fn end_when_lost(device: &wgpu::Device) {
    device.set_device_lost_callback(|reason, message| {
        if reason != wgpu::DeviceLostReason::Destroyed {
            eprintln!("knytt-kiosk: the GPU was lost: {message}");
            std::process::exit(LOST);
        }
    });
    device.on_uncaptured_error(Arc::new(|error| {
        eprintln!("knytt-kiosk: the GPU failed: {error}");
        std::process::exit(LOST);
    }));
}

struct App {
    kiosk: Kiosk,
    heart: Option<Heart>,
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut Frame) {
        self.kiosk.ui(ui);
        if let Some(heart) = &mut self.heart
            && heart.beat().is_err()
        {
            // The supervisor is gone: whoever started it starts both again.
            std::process::exit(LOST);
        }
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        look::Tokens::LIGHT.paper.to_normalized_gamma_f32()
    }
}
