//! The state of the service menu, without a screen.

use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;
use std::time::Duration;

use knytt_capture::{Device, Source};

use super::corner::Corner;
use super::guard::Guard;
use crate::settings::PinHash;
use crate::upkeep::Journal;

/// How long the pad and the menu stay open without a touch.
const PAD_STAYS: Duration = Duration::from_secs(20);
const MENU_STAYS: Duration = Duration::from_secs(60);

/// The longest PIN.
const LONGEST: usize = 12;

/// What is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// Nothing: shoppers have the screen.
    #[default]
    Closed,
    /// The pad for the PIN.
    Pad,
    /// How the kiosk is, and what can be done.
    Menu,
    /// The cameras that there are.
    Cameras,
    /// The last lines of the journal.
    Log,
}

/// What the staff asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// This camera from now on, until the kiosk starts again.
    Camera(Source),
    /// Fetch a release now.
    Sync,
    /// Start again.
    Restart,
    /// End.
    Exit,
}

/// The service menu. Times are those of a clock that only goes forward.
#[derive(Debug, Default)]
pub struct Desk {
    pin: Option<PinHash>,
    corner: Corner,
    guard: Guard,
    page: Page,
    typed: String,
    touched_at: Duration,
    /// A PIN that is being compared.
    checks: Option<Receiver<bool>>,
    /// The cameras that are being looked for, and those that were found.
    looks: Option<Receiver<Vec<Device>>>,
    cameras: Vec<Device>,
    orders: Vec<Order>,
    journal: Journal,
}

impl Desk {
    /// A closed menu; without a PIN it never opens.
    pub fn new(pin: Option<PinHash>, journal: Journal) -> Self {
        Self { pin, journal, ..Self::default() }
    }

    /// What is shown.
    pub fn page(&self) -> Page {
        self.page
    }

    /// How many digits are typed.
    pub fn digits(&self) -> usize {
        self.typed.len()
    }

    /// How long no PIN is taken.
    pub fn wait(&self, now: Duration) -> Option<Duration> {
        self.guard.wait(now)
    }

    /// Whether a PIN is being compared.
    pub fn is_checking(&self) -> bool {
        self.checks.is_some()
    }

    /// The cameras that were found; none while they are looked for.
    pub fn cameras(&self) -> Option<&[Device]> {
        self.looks.is_none().then_some(&self.cameras)
    }

    /// What was asked for since the last call.
    pub fn take_orders(&mut self) -> Vec<Order> {
        std::mem::take(&mut self.orders)
    }

    /// A finger came down at a place of the screen.
    pub fn down(&mut self, in_corner: bool, now: Duration) {
        self.touched_at = now;
        if self.page == Page::Closed {
            self.corner.down(in_corner && self.pin.is_some(), now);
        }
    }

    /// The finger went up.
    pub fn up(&mut self) {
        self.corner.up();
    }

    /// Whether a finger is held in the corner.
    pub fn is_held(&self) -> bool {
        self.corner.is_held()
    }

    /// Goes on with the time: opens at the corner, takes answers of threads, closes when nobody touches it.
    pub fn tick(&mut self, now: Duration) {
        if self.page == Page::Closed && self.corner.opens(now) {
            (self.page, self.touched_at) = (Page::Pad, now);
        }
        self.take_check(now);
        self.take_cameras();
        let stays = if self.page == Page::Pad { PAD_STAYS } else { MENU_STAYS };
        if self.page != Page::Closed && now >= self.touched_at + stays {
            self.close();
        }
    }

    /// Types a digit.
    pub fn digit(&mut self, digit: char) {
        if self.page == Page::Pad && digit.is_ascii_digit() && self.typed.len() < LONGEST {
            self.typed.push(digit);
        }
    }

    /// Takes the last digit back.
    pub fn erase(&mut self) {
        self.typed.pop();
    }

    /// Compares the typed PIN, on a thread of its own.
    pub fn enter(&mut self, now: Duration) {
        let typed = std::mem::take(&mut self.typed);
        let Some(pin) = self.pin.clone() else { return };
        if self.page != Page::Pad || typed.is_empty() || self.checks.is_some() || self.wait(now).is_some() {
            return;
        }
        let (send, checks) = channel();
        let compare = move || {
            let _ = send.send(pin.matches(&typed));
        };
        match thread::Builder::new().name("knytt-kiosk-pin".into()).spawn(compare) {
            Ok(_) => self.checks = Some(checks),
            Err(error) => self.journal.fault(format!("the PIN cannot be compared: {error}")),
        }
    }

    /// Another page of the menu; nothing but the pad can be reached without the PIN.
    pub fn go(&mut self, page: Page) {
        if !matches!(self.page, Page::Menu | Page::Cameras | Page::Log) {
            return;
        }
        self.page = page;
        if page == Page::Cameras {
            self.look_for_cameras();
        }
    }

    /// Closes it.
    pub fn close(&mut self) {
        self.page = Page::Closed;
        self.typed.clear();
        self.checks = None;
    }

    /// Gives an order of the menu.
    pub fn order(&mut self, order: Order) {
        if matches!(self.page, Page::Menu | Page::Cameras) {
            self.orders.push(order);
        }
    }

    fn take_check(&mut self, now: Duration) {
        let Some(checks) = &self.checks else { return };
        let right = match checks.try_recv() {
            Ok(right) => right,
            Err(TryRecvError::Empty) => return,
            Err(TryRecvError::Disconnected) => false,
        };
        self.checks = None;
        self.touched_at = now;
        if right {
            self.guard.admit();
            self.page = Page::Menu;
            self.journal.note("the service menu was opened");
        } else {
            self.guard.refuse(now);
            self.journal.note(format!("a wrong PIN, {} in a row", self.guard.wrong()));
        }
    }

    fn look_for_cameras(&mut self) {
        let (send, looks) = channel();
        let look = move || {
            let _ = send.send(knytt_capture::cameras().unwrap_or_default());
        };
        self.looks =
            thread::Builder::new().name("knytt-kiosk-cameras".into()).spawn(look).ok().map(|_| looks);
    }

    fn take_cameras(&mut self) {
        let Some(looks) = &self.looks else { return };
        match looks.try_recv() {
            Ok(cameras) => (self.cameras, self.looks) = (cameras, None),
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => self.looks = None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn opened(pin: Option<PinHash>) -> Desk {
        let mut desk = Desk::new(pin, Journal::default());
        for _ in 0..5 {
            desk.down(true, at(1));
            desk.up();
        }
        desk.tick(at(1));
        desk
    }

    fn enter(desk: &mut Desk, pin: &str, now: Duration) {
        pin.chars().for_each(|digit| desk.digit(digit));
        desk.enter(now);
        while desk.is_checking() {
            thread::yield_now();
            desk.tick(now);
        }
    }

    fn pin() -> Option<PinHash> {
        Some(PinHash::of("2580").unwrap())
    }

    #[test]
    fn the_right_pin_opens_the_menu_and_a_wrong_one_waits() {
        let mut desk = opened(pin());
        assert_eq!(desk.page(), Page::Pad);
        enter(&mut desk, "1111", at(2));
        assert_eq!((desk.page(), desk.wait(at(2))), (Page::Pad, Some(at(2))));
        enter(&mut desk, "2580", at(3));
        assert_eq!(desk.page(), Page::Pad, "not while it waits");
        enter(&mut desk, "2580", at(4));
        assert_eq!(desk.page(), Page::Menu);
    }

    #[test]
    fn closing_the_pad_does_not_forget_wrong_pins() {
        let mut desk = opened(pin());
        enter(&mut desk, "1111", at(2));
        desk.close();
        for _ in 0..5 {
            desk.down(true, at(3));
        }
        desk.tick(at(3));
        assert_eq!(desk.page(), Page::Pad);
        assert!(desk.wait(at(3)).is_some());
    }

    #[test]
    fn without_a_pin_there_is_no_menu() {
        let desk = opened(None);
        assert_eq!(desk.page(), Page::Closed);
    }

    #[test]
    fn it_closes_by_itself() {
        let mut desk = opened(pin());
        desk.digit('2');
        desk.tick(at(20));
        assert_eq!(desk.page(), Page::Pad);
        desk.tick(at(21));
        assert_eq!((desk.page(), desk.digits()), (Page::Closed, 0));
        let mut desk = opened(pin());
        enter(&mut desk, "2580", at(2));
        desk.go(Page::Log);
        desk.down(false, at(50));
        desk.tick(at(109));
        assert_eq!(desk.page(), Page::Log);
        desk.tick(at(110));
        assert_eq!(desk.page(), Page::Closed);
    }

    #[test]
    fn nothing_can_be_ordered_without_the_pin() {
        let mut desk = opened(pin());
        desk.go(Page::Menu);
        desk.order(Order::Exit);
        assert_eq!((desk.page(), desk.take_orders()), (Page::Pad, vec![]));
        enter(&mut desk, "2580", at(2));
        desk.order(Order::Restart);
        assert_eq!(desk.take_orders(), [Order::Restart]);
    }
}
