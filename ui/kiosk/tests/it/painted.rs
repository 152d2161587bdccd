//! The painter for renderers in software draws what egui's own does.

#[path = "../../examples/screens/canvas.rs"]
mod canvas;

use std::rc::Rc;

use eframe::egui::{
    Align2, Color32, ColorImage, Context, CornerRadius, FontId, RawInput, Rect, Shadow, TextureHandle,
    TextureOptions, Ui, pos2, vec2,
};
use egui_kittest::TestRenderer as _;
use image::RgbImage;
use knytt_kiosk::look;
use knytt_kiosk::painter::Painter;

use self::canvas::{Canvas, Gpu};

/// How far apart two channels of a pixel may be: what is drawn was rounded at other places.
const NEAR: u8 = 2;

/// A shadow, a round picture that shines through, a text, and something that is cut off.
fn shapes(ui: &Ui, texture: &TextureHandle) {
    let painter = ui.painter();
    let sheet = Rect::from_min_size(pos2(30.0, 20.0), vec2(140.0, 90.0));
    let shadow = Shadow { offset: [0, 6], blur: 28, spread: 0, color: Color32::from_black_alpha(110) };
    painter.rect_filled(ui.max_rect(), 0, Color32::from_rgb(240, 232, 220));
    painter.add(shadow.as_shape(sheet, CornerRadius::same(20)));
    painter.rect_filled(sheet, 20, Color32::WHITE);
    let tint = Color32::from_white_alpha(180);
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    painter.image(texture.id(), sheet.shrink(15.0), whole, tint);
    painter.text(
        pos2(40.0, 130.0),
        Align2::LEFT_TOP,
        "Größe 38",
        FontId::proportional(30.0),
        Color32::DARK_GREEN,
    );
    let part = Rect::from_min_size(pos2(180.0, 40.0), vec2(40.0, 40.0));
    painter.with_clip_rect(part).circle_filled(part.min, 35.0, Color32::from_rgb(160, 32, 48));
}

/// Draws them, by egui's painter or the kiosk's.
fn drawn(gpu: &Rc<Gpu>, is_ours: bool) -> RgbImage {
    let (ctx, mut canvas) = (Context::default(), Canvas::new(gpu));
    ctx.set_fonts(look::definitions().unwrap());
    let painter = is_ours.then(|| Painter::new(&canvas.state()).unwrap());
    let pixels = (0..16 * 16).flat_map(|at| [at as u8, 255 - at as u8, 90, 255]).collect::<Vec<u8>>();
    let image = ColorImage::from_rgba_unmultiplied([16, 16], &pixels);
    let texture = ctx.load_texture("picture", image, TextureOptions::LINEAR);
    let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(240.0, 180.0));
    let input = RawInput { screen_rect: Some(screen), ..RawInput::default() };
    let mut output = ctx.run_ui(input, |ui| {
        shapes(ui, &texture);
        painter.iter().for_each(|painter| painter.take(ui));
    });
    canvas.handle_delta(&mut output.textures_delta);
    let picture = canvas.draw(&ctx, &output).unwrap();
    output.drop_without_applying_deltas();
    picture
}

#[test]
fn the_short_shader_draws_what_eguis_own_does() {
    let Ok(gpu) = Gpu::open() else { return println!("left out: it needs a driver for Vulkan") };
    let (ours, eguis) = (drawn(&gpu, true), drawn(&gpu, false));
    let far = ours.iter().zip(eguis.iter()).filter(|(ours, eguis)| ours.abs_diff(**eguis) > NEAR).count();
    assert_eq!(far, 0, "of {} channels", ours.len());
    // All of it is there.
    assert!([[0, 0, 0], [240, 232, 220]].iter().all(|flat| eguis.get_pixel(100, 60).0 != *flat));
    assert_eq!(ours.get_pixel(190, 50).0, [160, 32, 48]);
}
