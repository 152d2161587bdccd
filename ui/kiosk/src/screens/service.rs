//! The menu of the staff: the pad for the PIN, how the kiosk is, what can be done. Nothing of a visit is here.

use std::time::Duration;

use eframe::egui::{Rect, Ui, pos2, vec2};

use super::frame::{TARGET, scroll};
use crate::kiosk::Kiosk;
use crate::language::Text;
use crate::look::{Icon, Look, Weight};
use crate::service::{Order, Page};
use crate::text::Side;
use crate::upkeep::memory_bytes;

/// The space between buttons, and the height of a line of facts.
const GAP: f32 = 20.0;
const LINE: f32 = 58.0;

/// The widest that the menu is: lines that are longer are hard to follow.
const WIDEST: f32 = 1100.0;

/// Lines of the journal that are shown.
const LINES: usize = 40;

pub(super) fn show(kiosk: &mut Kiosk, ui: &mut Ui, look: &Look) {
    let width = (look.screen.width() - 2.0 * look.edge()).min(WIDEST);
    let top = look.screen.top() + look.low + 44.0;
    let area = Rect::from_min_max(
        pos2(look.screen.center().x - width / 2.0, top),
        pos2(look.screen.center().x + width / 2.0, look.screen.bottom() - 48.0),
    );
    let page = kiosk.desk.page();
    let title = match page {
        Page::Pad => Text::EnterPin,
        Page::Cameras => Text::ChooseCamera,
        Page::Log => Text::ShowLog,
        Page::Menu | Page::Closed => Text::Service,
    };
    let head = look.label(look.say(title), 44.0).bold().within(area.width(), 1).paint(ui.painter(), area.min);
    let close = Rect::from_min_size(pos2(area.left(), area.bottom() - TARGET), vec2(280.0, TARGET));
    let rest =
        Rect::from_min_max(pos2(area.left(), head.bottom() + 32.0), pos2(area.right(), close.top() - GAP));
    match page {
        Page::Pad => pad(kiosk, ui, look, rest),
        Page::Menu => menu(kiosk, ui, look, rest),
        Page::Cameras => cameras(kiosk, ui, look, rest),
        Page::Log => log(kiosk, ui, look, rest),
        Page::Closed => {}
    }
    let close = look.place(close);
    if matches!(page, Page::Cameras | Page::Log) {
        if look.button(ui, close, look.say(Text::Back), Some(Icon::Back), Weight::Usual) {
            kiosk.desk.go(Page::Menu);
        }
    } else if look.button(ui, close, look.say(Text::CloseMenu), Some(Icon::Close), Weight::Usual) {
        kiosk.desk.close();
    }
    ui.ctx().request_repaint_after(Duration::from_millis(if kiosk.desk.is_checking() { 30 } else { 500 }));
}

fn dots(count: usize, ui: &Ui, look: &Look, line: Rect) {
    let first = line.center().x - (count as f32 - 1.0) * 18.0;
    for index in 0..count {
        let at = pos2(first + index as f32 * 36.0, line.center().y);
        ui.painter().circle_filled(at, 10.0, look.tokens.ink);
    }
}

/// Ten digits; what was typed is shown as dots.
fn pad(kiosk: &mut Kiosk, ui: &Ui, look: &Look, area: Rect) {
    let wait = kiosk.desk.wait(kiosk.now).map(|wait| u32::try_from(wait.as_secs() + 1).unwrap_or(u32::MAX));
    let line = Rect::from_min_size(area.min, vec2(area.width(), 64.0));
    match wait {
        Some(seconds) => {
            let said = look.language.count(Text::WaitFor, seconds);
            let label = look.colored(&said, 32.0, look.tokens.bad).side(Side::Middle);
            label.within(area.width(), 1).paint_in(ui.painter(), line);
        }
        None => dots(kiosk.desk.digits(), ui, look, line),
    }
    let key = ((area.height() - 64.0 - 5.0 * GAP) / 4.0).min(130.0);
    let wide = key * 1.5;
    let left = area.center().x - (3.0 * wide + 2.0 * GAP) / 2.0;
    let place = |column: usize, row: usize| {
        let at = pos2(left + column as f32 * (wide + GAP), line.bottom() + GAP + row as f32 * (key + GAP));
        Rect::from_min_size(at, vec2(wide, key))
    };
    // Digits stand alike in every language.
    for (index, digit) in "1234567890".chars().enumerate() {
        let (column, row) = if digit == '0' { (1, 3) } else { (index % 3, index / 3) };
        if look.button(ui, place(column, row), &digit.to_string(), None, Weight::Usual) {
            kiosk.desk.digit(digit);
        }
    }
    if look.button(ui, place(0, 3), look.say(Text::Erase), Some(Icon::Erase), Weight::Usual) {
        kiosk.desk.erase();
    }
    if look.button(ui, place(2, 3), look.say(Text::Enter), None, Weight::Strong) {
        kiosk.desk.enter(kiosk.now);
    }
}

fn menu(kiosk: &mut Kiosk, ui: &Ui, look: &Look, area: Rect) {
    let mut top = area.top();
    for (text, value) in facts(kiosk, look) {
        let name = Rect::from_min_size(pos2(area.left(), top), vec2(area.width() * 0.34, LINE));
        let value_at = Rect::from_min_max(pos2(name.right() + GAP, top), pos2(area.right(), top + LINE));
        let name = look.place(name);
        look.colored(look.say(text), 26.0, look.tokens.ink_soft)
            .within(name.width(), 1)
            .paint_in(ui.painter(), name);
        let value_at = look.place(value_at);
        look.label(&value, 26.0).bold().within(value_at.width(), 1).paint_in(ui.painter(), value_at);
        look.name(ui, value_at, &value);
        top += LINE;
    }
    let orders = [
        (Text::ChooseCamera, None),
        (Text::SyncNow, kiosk.sync.is_some().then_some(Order::Sync)),
        (Text::ShowLog, None),
        (Text::Restart, Some(Order::Restart)),
        (Text::Exit, Some(Order::Exit)),
    ];
    let orders = orders.into_iter().filter(|(text, order)| *text != Text::SyncNow || order.is_some());
    let wide = (area.width() - GAP) / 2.0;
    for (index, (text, order)) in orders.enumerate() {
        let (column, row) = ((index % 2) as f32, (index / 2) as f32);
        let at = pos2(area.left() + column * (wide + GAP), top + 32.0 + row * (TARGET + GAP));
        if !look.button(
            ui,
            look.place(Rect::from_min_size(at, vec2(wide, TARGET))),
            look.say(text),
            None,
            Weight::Usual,
        ) {
            continue;
        }
        match (text, order) {
            (_, Some(order)) => kiosk.desk.order(order),
            (Text::ShowLog, None) => kiosk.desk.go(Page::Log),
            (_, None) => kiosk.desk.go(Page::Cameras),
        }
    }
}

/// How the kiosk is.
fn facts(kiosk: &Kiosk, look: &Look) -> Vec<(Text, String)> {
    let summary = kiosk.keeper.opened().get().and_then(Result::ok).map(|shop| shop.summary());
    let number = |number: Option<u32>| number.map_or_else(|| "–".to_owned(), |number| number.to_string());
    let synced = match &kiosk.sync {
        None => look.say(Text::NoLink).to_owned(),
        Some(sync) if sync.runs() => look.say(Text::Syncing).to_owned(),
        Some(sync) => sync.last().unwrap_or_else(|| "–".into()),
    };
    let memory = memory_bytes().map_or_else(|| "–".into(), |bytes| format!("{} MB", bytes / 1_000_000));
    vec![
        (Text::Release, number(summary.as_ref().map(|summary| summary.release))),
        (Text::ProductCount, number(summary.as_ref().map(|summary| summary.products))),
        (Text::LastSync, synced),
        (Text::CameraState, format!("{} ({})", kiosk.finder.source(), kiosk.report.camera())),
        (Text::Memory, memory),
        (Text::Uptime, duration(kiosk.report.uptime_seconds())),
        (Text::ProgramVersion, env!("CARGO_PKG_VERSION").into()),
    ]
}

/// Days, hours, minutes and seconds.
fn duration(seconds: u64) -> String {
    let (days, clock) = (seconds / 86_400, seconds % 86_400);
    let clock = format!("{:02}:{:02}:{:02}", clock / 3600, clock / 60 % 60, clock % 60);
    if days == 0 { clock } else { format!("{days} d {clock}") }
}

fn cameras(kiosk: &mut Kiosk, ui: &Ui, look: &Look, area: Rect) {
    let now = kiosk.finder.source();
    let Some(found) = kiosk.desk.cameras().map(<[_]>::to_vec) else {
        look.label(look.say(Text::CameraStarts), 30.0).paint(ui.painter(), look.place(area).min);
        return;
    };
    if found.is_empty() {
        let label = look.label(look.say(Text::NoCamera), 30.0).within(area.width(), 2);
        label.paint(ui.painter(), area.min);
        look.name(ui, Rect::from_min_size(area.min, vec2(area.width(), 60.0)), look.say(Text::NoCamera));
    }
    for (index, camera) in found.into_iter().enumerate() {
        let at = pos2(area.left(), area.top() + index as f32 * (TARGET + GAP));
        let name = format!("{} ({})", camera.name, camera.source);
        let weight = if camera.source == now { Weight::Chosen } else { Weight::Usual };
        if look.button(ui, Rect::from_min_size(at, vec2(area.width(), TARGET)), &name, None, weight) {
            kiosk.desk.order(Order::Camera(camera.source));
        }
    }
}

/// The journal, the newest line first. It is written in English, for whoever answers for the program.
fn log(kiosk: &mut Kiosk, ui: &mut Ui, look: &Look, area: Rect) {
    let lines = kiosk.journal.last(LINES);
    scroll(ui, area, "journal", |ui, at| {
        let mut top = at.top();
        for line in lines.iter().rev() {
            let label = look.label(line, 22.0).from_right(false).within(at.width() - 8.0, 3);
            let place = label.paint(ui.painter(), pos2(at.left(), top));
            look.name(ui, place, line);
            top = place.bottom() + 10.0;
        }
        top - at.top()
    });
}
