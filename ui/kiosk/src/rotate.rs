//! A screen that hangs on its side. Everything is laid out as if it hung upright; what comes in from the pointer is
//! turned back, and what is painted is turned as the last step. The system's own rotation is not needed.

use std::f32::consts::FRAC_PI_2;
use std::sync::Arc;

use eframe::egui::epaint::{RectShape, Vertex};
use eframe::egui::layers::ShapeIdx;
use eframe::egui::{Context, Event, LayerId, Mesh, Pos2, RawInput, Rect, Shape, Vec2, pos2, vec2};

use crate::settings::Rotation;

/// Straight pieces of a round corner.
const STEPS: u32 = 8;

impl Rotation {
    /// Quarters of a turn, clockwise.
    fn quarters(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Quarter => 1,
            Self::Half => 2,
            Self::ThreeQuarters => 3,
        }
    }

    /// The size of the upright picture on a screen of this size.
    fn upright(self, screen: Vec2) -> Vec2 {
        if self.quarters().is_multiple_of(2) { screen } else { vec2(screen.y, screen.x) }
    }

    /// Where a point of the upright picture is on the screen. `screen` is the screen's size.
    fn onto_screen(self, at: Pos2, screen: Vec2) -> Pos2 {
        match self {
            Self::None => at,
            Self::Quarter => pos2(screen.x - at.y, at.x),
            Self::Half => pos2(screen.x - at.x, screen.y - at.y),
            Self::ThreeQuarters => pos2(at.y, screen.y - at.x),
        }
    }

    /// Which point of the upright picture is at a point of the screen.
    fn off_screen(self, at: Pos2, screen: Vec2) -> Pos2 {
        match self {
            Self::None => at,
            Self::Quarter => pos2(at.y, screen.x - at.x),
            Self::Half => pos2(screen.x - at.x, screen.y - at.y),
            Self::ThreeQuarters => pos2(screen.y - at.y, at.x),
        }
    }
}

/// Turns what the system says of pointers and of the screen's size, before egui takes it.
pub(crate) fn turn_input(rotation: Rotation, input: &mut RawInput) {
    let Some(screen) = input.screen_rect.map(|rect| rect.size()).filter(|_| rotation != Rotation::None)
    else {
        return;
    };
    input.screen_rect = Some(Rect::from_min_size(Pos2::ZERO, rotation.upright(screen)));
    let turned = |at: Vec2| {
        let zero = rotation.off_screen(Pos2::ZERO, screen);
        rotation.off_screen(at.to_pos2(), screen) - zero
    };
    for event in &mut input.events {
        match event {
            Event::PointerMoved(pos) | Event::PointerButton { pos, .. } | Event::Touch { pos, .. } => {
                *pos = rotation.off_screen(*pos, screen);
            }
            Event::MouseWheel { delta, .. } => *delta = turned(*delta),
            Event::MouseMoved(delta) => *delta = turned(*delta),
            _ => {}
        }
    }
}

/// Turns what was painted into a layer in this pass. `upright` is the size that it was laid out in.
pub(crate) fn turn_output(rotation: Rotation, ctx: &Context, layer: LayerId, upright: Vec2) {
    if rotation == Rotation::None {
        return;
    }
    let screen = rotation.upright(upright);
    ctx.graphics_mut(|graphics| {
        let list = graphics.entry(layer);
        for index in 0..list.next_idx().0 {
            list.mutate_shape(ShapeIdx(index), |clipped| {
                let (a, b) = (clipped.clip_rect.min, clipped.clip_rect.max);
                // Where nothing is clipped, the corners are infinite.
                if clipped.clip_rect.is_finite() {
                    let (a, b) = (rotation.onto_screen(a, screen), rotation.onto_screen(b, screen));
                    clipped.clip_rect = Rect::from_two_pos(a, b);
                }
                turn_shape(rotation, &mut clipped.shape, screen);
            });
        }
    });
}

/// Turns a shape of the kinds that the screens paint.
fn turn_shape(rotation: Rotation, shape: &mut Shape, screen: Vec2) {
    let turn = |at: &mut Pos2| *at = rotation.onto_screen(*at, screen);
    let angle = f32::from(rotation.quarters()) * FRAC_PI_2;
    match shape {
        Shape::Vec(shapes) => shapes.iter_mut().for_each(|shape| turn_shape(rotation, shape, screen)),
        Shape::Circle(circle) => turn(&mut circle.center),
        Shape::LineSegment { points, .. } => points.iter_mut().for_each(turn),
        Shape::Path(path) => path.points.iter_mut().for_each(turn),
        // egui turns a rectangle, but not the picture in it.
        Shape::Rect(rect) if rect.brush.is_some() => {
            let mut mesh = picture(rect);
            mesh.vertices.iter_mut().for_each(|vertex| turn(&mut vertex.pos));
            *shape = Shape::Mesh(Arc::new(mesh));
        }
        Shape::Rect(rect) => {
            let mut middle = rect.rect.center();
            turn(&mut middle);
            rect.rect = Rect::from_center_size(middle, rect.rect.size());
            rect.angle += angle;
        }
        Shape::Text(text) => {
            turn(&mut text.pos);
            text.angle += angle;
        }
        Shape::Mesh(mesh) => Arc::make_mut(mesh).vertices.iter_mut().for_each(|vertex| turn(&mut vertex.pos)),
        _ => {}
    }
}

/// A picture with round corners as triangles around its middle.
fn picture(shape: &RectShape) -> Mesh {
    let (rect, texture) = (shape.rect, shape.brush.as_ref());
    let mut mesh = texture.map_or_else(Mesh::default, |brush| Mesh::with_texture(brush.fill_texture_id));
    let uv = texture.map_or(Rect::ZERO, |brush| brush.uv);
    let mut add = |at: Pos2| {
        let part = (at - rect.min) / rect.size();
        let uv = uv.min + part * uv.size();
        mesh.vertices.push(Vertex { pos: at, uv, color: shape.fill });
    };
    add(rect.center());
    let round = shape.corner_radius;
    let corners = [
        (rect.right_bottom(), round.se, vec2(-1.0, -1.0)),
        (rect.left_bottom(), round.sw, vec2(1.0, -1.0)),
        (rect.left_top(), round.nw, vec2(1.0, 1.0)),
        (rect.right_top(), round.ne, vec2(-1.0, 1.0)),
    ];
    for (index, (corner, radius, inward)) in corners.into_iter().enumerate() {
        let radius = f32::from(radius).min(rect.width() / 2.0).min(rect.height() / 2.0);
        let center = corner + radius * inward;
        for step in 0..=STEPS {
            let angle = (index as f32 + step as f32 / STEPS as f32) * FRAC_PI_2;
            add(center + radius * Vec2::angled(angle));
        }
    }
    let around = mesh.vertices.len() as u32 - 1;
    for at in 0..around {
        mesh.add_triangle(0, at + 1, (at + 1) % around + 1);
    }
    mesh
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: Vec2 = vec2(1920.0, 1080.0);
    const ALL: [Rotation; 4] = [Rotation::None, Rotation::Quarter, Rotation::Half, Rotation::ThreeQuarters];

    #[test]
    fn a_touch_meets_what_was_painted_there() {
        for rotation in ALL {
            let upright = rotation.upright(SCREEN);
            for at in [Pos2::ZERO, pos2(100.0, 30.0), upright.to_pos2()] {
                let on_screen = rotation.onto_screen(at, SCREEN);
                assert!(Rect::from_min_size(Pos2::ZERO, SCREEN).contains(on_screen), "{rotation:?} {at:?}");
                assert_eq!(rotation.off_screen(on_screen, SCREEN), at, "{rotation:?}");
            }
        }
        // The top left corner of a picture that is turned clockwise is at the top right.
        assert_eq!(Rotation::Quarter.onto_screen(Pos2::ZERO, SCREEN), pos2(1920.0, 0.0));
        assert_eq!(Rotation::ThreeQuarters.onto_screen(Pos2::ZERO, SCREEN), pos2(0.0, 1080.0));
    }

    #[test]
    fn a_picture_keeps_its_corners_and_its_middle() {
        let rect = Rect::from_min_size(pos2(10.0, 20.0), vec2(100.0, 60.0));
        let part = Rect::from_min_max(pos2(0.2, 0.0), pos2(0.8, 1.0));
        let shape = RectShape::filled(rect, 12, eframe::egui::Color32::WHITE);
        let mesh = picture(&shape.with_texture(eframe::egui::TextureId::Managed(7), part));
        assert!(mesh.is_valid() && mesh.texture_id == eframe::egui::TextureId::Managed(7));
        for vertex in &mesh.vertices {
            assert!(
                rect.expand(0.01).contains(vertex.pos) && part.expand(0.001).contains(vertex.uv),
                "{vertex:?}"
            );
        }
        let square = picture(&RectShape::filled(rect, 0, eframe::egui::Color32::WHITE));
        for corner in [rect.left_top(), rect.right_top(), rect.left_bottom(), rect.right_bottom()] {
            assert!(square.vertices.iter().any(|vertex| vertex.pos.distance(corner) < 0.01), "{corner:?}");
        }
    }

    #[test]
    fn the_screen_is_laid_out_upright() {
        let mut input =
            RawInput { screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SCREEN)), ..RawInput::default() };
        input.events.push(Event::PointerMoved(pos2(1920.0, 0.0)));
        turn_input(Rotation::Quarter, &mut input);
        assert_eq!(input.screen_rect.unwrap().size(), vec2(1080.0, 1920.0));
        assert_eq!(input.events, [Event::PointerMoved(Pos2::ZERO)]);
    }
}
