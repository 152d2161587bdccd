//! What all screens are drawn with.

use eframe::egui::epaint::RectShape;
use eframe::egui::{
    Color32, CornerRadius, Id, Painter, Pos2, Rect, Response, Role, Sense, Shadow, Stroke, StrokeKind,
    TextureHandle, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::icon::Icon;
use super::tokens::Tokens;
use crate::language::{Language, Text};
use crate::text::{Label, Side};

/// What a screen looks like now: its size, theme and language.
#[derive(Clone, Copy)]
pub struct Look {
    /// Colours.
    pub tokens: Tokens,
    /// Whether they are the dark ones.
    pub is_dark: bool,
    /// What it says things in.
    pub language: Language,
    /// All of the screen.
    pub screen: Rect,
    /// What type is multiplied with.
    pub scale: f32,
    /// How much of the top is left empty, so that hands reach everything from a wheelchair.
    pub low: f32,
}

/// How a button stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// What most people want here.
    Strong,
    /// One of several.
    Usual,
    /// On a picture.
    OnPicture,
    /// Chosen.
    Chosen,
}

impl Look {
    /// Whether lines begin at the right.
    pub fn from_right(&self) -> bool {
        self.language.is_right_to_left()
    }

    /// Whether the screen is higher than wide.
    pub fn is_portrait(&self) -> bool {
        self.screen.height() > self.screen.width()
    }

    /// The space at the screen's edges.
    pub fn edge(&self) -> f32 {
        if self.is_portrait() { 56.0 } else { 72.0 }
    }

    /// Where a rectangle stands that was thought of from left to right.
    pub fn place(&self, rect: Rect) -> Rect {
        if !self.from_right() {
            return rect;
        }
        let turn = |x: f32| self.screen.left() + self.screen.right() - x;
        Rect::from_min_max(pos2(turn(rect.right()), rect.top()), pos2(turn(rect.left()), rect.bottom()))
    }

    /// What it says.
    pub fn say(&self, text: Text) -> &'static str {
        self.language.say(text)
    }

    /// A text in this look. The smallest type of a screen is 22 points.
    pub fn label<'a>(&self, text: &'a str, size: f32) -> Label<'a> {
        self.colored(text, size, self.tokens.ink)
    }

    /// The same in another colour.
    pub fn colored<'a>(&self, text: &'a str, size: f32, color: Color32) -> Label<'a> {
        Label::new(text, (size * self.scale).max(22.0), color).from_right(self.from_right())
    }

    /// A white sheet with a shadow.
    pub fn sheet(&self, painter: &Painter, rect: Rect, radius: u8) {
        let color = if self.is_dark {
            Color32::from_black_alpha(110)
        } else {
            Color32::from_rgba_unmultiplied(60, 45, 25, 26)
        };
        let shadow = Shadow { offset: [0, 6], blur: 28, spread: 0, color };
        painter.add(shadow.as_shape(rect, CornerRadius::same(radius)));
        painter.rect_filled(rect, radius, self.tokens.surface);
    }

    /// A picture with round corners that fills a rectangle; what does not fit is cut off.
    pub fn picture(
        &self,
        painter: &Painter,
        rect: Rect,
        radius: CornerRadius,
        texture: &TextureHandle,
        tint: Color32,
    ) {
        let uv = cover(texture.size_vec2(), rect.size());
        painter.add(RectShape::filled(rect, radius, tint).with_texture(texture.id(), uv));
    }

    /// An area that can be touched, with its name for those who do not see it.
    pub fn touch(&self, ui: &Ui, rect: Rect, id: Id, name: &str) -> Response {
        self.touch_as(ui, rect, id, || WidgetInfo::labeled(Role::Button, true, name))
    }

    /// The same, which is chosen or is not.
    pub fn touch_choice(&self, ui: &Ui, rect: Rect, id: Id, name: &str, is_chosen: bool) -> Response {
        self.touch_as(ui, rect, id, || WidgetInfo::selected(Role::Button, true, is_chosen, name))
    }

    /// A text that is painted elsewhere, with its words for those who do not see it.
    pub fn name(&self, ui: &Ui, rect: Rect, words: &str) {
        let response = ui.interact(rect, ui.scope_id().with(("words", words)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    }

    fn touch_as(&self, ui: &Ui, rect: Rect, id: Id, info: impl Fn() -> WidgetInfo) -> Response {
        let response = ui.interact(rect, id, Sense::click());
        response.widget_info(info);
        if response.has_focus() {
            let ring = Stroke::new(5.0, self.tokens.accent);
            ui.painter().rect_stroke(rect.expand(5.0), 22, ring, StrokeKind::Outside);
        }
        response
    }

    /// A button with words, an icon, or both. True if it was touched.
    pub fn button(&self, ui: &Ui, rect: Rect, name: &str, icon: Option<Icon>, weight: Weight) -> bool {
        let id = ui.scope_id().with((name, rect.left() as i32, rect.top() as i32));
        let response = match weight {
            Weight::Chosen => self.touch_choice(ui, rect, id, name, true),
            _ => self.touch(ui, rect, id, name),
        };
        let t = &self.tokens;
        let (fill, ink, line) = match weight {
            Weight::Strong => (t.accent, t.on_accent, t.accent),
            Weight::Usual => (t.surface, t.ink, t.line),
            Weight::OnPicture => (t.veil, Color32::WHITE, Color32::from_white_alpha(50)),
            Weight::Chosen => (t.accent_wash, t.accent_strong, t.accent),
        };
        let fill = if response.is_pointer_button_down_on() { pressed(fill, self.is_dark) } else { fill };
        let painter = ui.painter();
        painter.rect(rect, radius_of(rect), fill, Stroke::new(2.0, line), StrokeKind::Inside);
        self.button_face(painter, rect, name, icon, ink);
        response.clicked()
    }

    fn button_face(&self, painter: &Painter, rect: Rect, name: &str, icon: Option<Icon>, ink: Color32) {
        let side = (rect.height() * 0.42).min(40.0);
        let Some(icon) = icon else {
            let label =
                self.colored(name, 28.0, ink).bold().side(Side::Middle).within(rect.width() - 24.0, 1);
            return label.paint_in(painter, rect.shrink2(vec2(12.0, 0.0)));
        };
        let square = |x: f32| Rect::from_center_size(pos2(x, rect.center().y), Vec2::splat(side));
        if rect.width() < rect.height() * 1.6 {
            return self.icon(painter, icon, square(rect.center().x), ink);
        }
        let label = self.colored(name, 28.0, ink).bold().within(rect.width() - side - 64.0, 1).lay(painter);
        let text = self.colored(name, 28.0, ink).bold().lay(painter).size.x.min(label.size.x);
        let left = rect.center().x - (side + 16.0 + text) / 2.0;
        let (icon_x, text_x) = if self.from_right() {
            (left + text + 16.0 + side / 2.0, left + text - label.size.x)
        } else {
            (left + side / 2.0, left + side + 16.0)
        };
        self.icon(painter, icon, square(icon_x), ink);
        label.paint(painter, pos2(text_x, rect.center().y - label.size.y / 2.0));
    }

    /// An icon, turned around where lines begin at the right and it has a direction.
    pub fn icon(&self, painter: &Painter, icon: Icon, square: Rect, ink: Color32) {
        if icon == Icon::Back && self.from_right() {
            let turn = |x: f32| square.left() + square.right() - x;
            let at = |x: f32, y: f32| {
                pos2(
                    turn(square.left() + x / 24.0 * square.width()),
                    square.top() + y / 24.0 * square.height(),
                )
            };
            let stroke = Stroke::new((1.7 / 24.0 * square.width()).max(2.0), ink);
            painter.line(vec![at(20., 12.), at(4., 12.)], stroke);
            painter.line(vec![at(10.5, 5.5), at(4., 12.), at(10.5, 18.5)], stroke);
            return;
        }
        icon.paint(painter, square, ink);
    }
}

fn radius_of(rect: Rect) -> u8 {
    (rect.height() / 2.0).clamp(12.0, 36.0) as u8
}

/// A colour under a finger.
fn pressed(color: Color32, is_dark: bool) -> Color32 {
    color.lerp_to_gamma(if is_dark { Color32::WHITE } else { Color32::BLACK }, 0.12)
}

/// The part of a picture that fills a rectangle.
pub fn cover(picture: Vec2, rect: Vec2) -> Rect {
    let (picture, rect) = (picture.x / picture.y.max(1.0), rect.x / rect.y.max(1.0));
    let part = if picture > rect { vec2(rect / picture, 1.0) } else { vec2(1.0, picture / rect) };
    Rect::from_center_size(pos2(0.5, 0.5), part)
}

/// The largest rectangle with the shape of a picture in the middle of another one.
pub fn contain(picture: Vec2, rect: Rect) -> Rect {
    let scale = (rect.width() / picture.x.max(1.0)).min(rect.height() / picture.y.max(1.0));
    Rect::from_center_size(rect.center(), picture * scale)
}

/// A grid of equal tiles: where each stands, from the top left corner of `at`, and how high all are.
pub fn grid(at: Pos2, width: f32, columns: usize, gap: f32, height: f32, count: usize) -> (Vec<Rect>, f32) {
    let columns = columns.max(1);
    let tile = (width - gap * (columns - 1) as f32) / columns as f32;
    let rect = |index: usize| {
        let (column, row) = (index % columns, index / columns);
        Rect::from_min_size(
            at + vec2(column as f32 * (tile + gap), row as f32 * (height + gap)),
            vec2(tile, height),
        )
    };
    let rows = count.div_ceil(columns) as f32;
    ((0..count).map(rect).collect(), (rows * (height + gap) - gap).max(0.0))
}
