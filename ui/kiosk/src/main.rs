//! `knytt-kiosk`: the kiosk on a full screen.

mod args;

use std::ffi::OsString;
use std::io::{BufRead, IsTerminal};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Parser;
use eframe::egui::{self, ViewportBuilder};
use eframe::{CreationContext, Frame, NativeOptions, egui_wgpu, run_native};
use knytt_kiosk::painter::Painter;
use knytt_kiosk::settings::{Document, PinHash};
use knytt_kiosk::watch::{Heart, Patience, ServiceNotifier, relay, supervise};
use knytt_kiosk::{Ending, Kiosk, look};

use crate::args::Args;

/// The status with which a kiosk ends whose GPU is lost: its supervisor starts it again.
const LOST: i32 = 70;

/// The status of a kiosk that the staff starts again.
const RESTART: i32 = 75;

fn main() -> Result<()> {
    let args = Args::parse();
    match &args.command {
        Some(args::Command::Check { file }) => return check(file),
        Some(args::Command::Pin) => return write_pin(),
        Some(args::Command::Session { command }) => return session(command),
        None => {}
    }
    if args.supervise {
        let program = std::env::current_exe()?;
        let rest: Vec<_> = std::env::args_os().skip(1).filter(|arg| arg != "--supervise").collect();
        let command = || {
            let mut command = Command::new(&program);
            command.args(&rest).arg("--beat");
            command
        };
        let systemd = ServiceNotifier::from_environment();
        return supervise(command, Patience::default(), systemd).context("the kiosk cannot be started");
    }
    run(args)
}

fn check(file: &Path) -> Result<()> {
    let document = Document::read(file)?;
    let settings = document.settings("the sample".into());
    println!("{}: nothing is wrong", file.display());
    println!("catalogue: {}", settings.catalog.display());
    if document.catalog.is_some() && settings.link.is_none() {
        let catalog = knytt_engine::Catalog::open(&settings.catalog);
        catalog.context("no link is followed, and there is no catalogue to open")?;
    }
    if settings.pin.is_none() {
        println!("note: without a PIN there is no service menu");
    }
    Ok(())
}

fn session(command: &[OsString]) -> Result<()> {
    let (program, arguments) = command.split_first().context("no compositor was named")?;
    let mut compositor = Command::new(program);
    let status = relay(compositor.args(arguments))?;
    std::process::exit(status.code().unwrap_or(LOST))
}

fn write_pin() -> Result<()> {
    let stdin = std::io::stdin();
    let pin = if stdin.is_terminal() {
        rpassword::prompt_password("PIN of 4 to 12 digits: ")?
    } else {
        stdin.lock().lines().next().context("no PIN was given")??
    };
    println!("pin = \"{}\"", PinHash::of(pin.trim())?.as_str());
    Ok(())
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
        let mut kiosk = Kiosk::start(settings, &cc.egui_ctx)?;
        let mut painter = None;
        if let Some(state) = &cc.wgpu_render_state {
            end_when_lost(&state.device);
            if state.adapter.get_info().device_type == wgpu::DeviceType::Cpu {
                kiosk.spare();
                painter = Painter::new(state);
            }
        }
        Ok(Box::new(App { kiosk, heart: beats.then(Heart::default), painter }) as Box<dyn eframe::App>)
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

/// Ends so that the supervisor starts it again; without one, the kiosk starts its own successor.
fn restart(is_supervised: bool) {
    if !is_supervised {
        let again = std::env::current_exe()
            .and_then(|program| Command::new(program).args(std::env::args_os().skip(1)).spawn());
        if let Err(error) = again {
            eprintln!("knytt-kiosk: it cannot be started again: {error}");
            return;
        }
        std::process::exit(0);
    }
    std::process::exit(RESTART);
}

struct App {
    kiosk: Kiosk,
    heart: Option<Heart>,
    /// Draws where there is no GPU.
    painter: Option<Painter>,
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut Frame) {
        self.kiosk.ui(ui);
        self.painter.iter().for_each(|painter| painter.take(ui));
        match self.kiosk.ending() {
            Some(Ending::Restart) => restart(self.heart.is_some()),
            Some(Ending::Exit) => std::process::exit(0),
            None => {}
        }
        if let Some(heart) = &mut self.heart
            && heart.beat().is_err()
        {
            // The supervisor is gone: whoever started it starts both again.
            std::process::exit(LOST);
        }
    }

    fn raw_input_hook(&mut self, _ctx: &egui::Context, input: &mut egui::RawInput) {
        self.kiosk.turn_input(input);
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        self.kiosk.paper().to_normalized_gamma_f32()
    }
}
