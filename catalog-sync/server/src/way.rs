//! The ways in which a search comes: from where, and what was asked with.

use knytt_wire::{DeviceKind, QueryKind};

/// From where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Channel {
    /// A program that searches by itself, and tells of it later.
    App,
    /// A page: without a key, or with one that is good for its origins alone.
    Web,
    /// A program with an API key.
    Api,
    /// The shop's server, which tells of orders.
    Shop,
    /// A screen in a store, which searches by itself as an app does.
    Kiosk,
}

impl Channel {
    /// Its name in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Web => "web",
            Self::Api => "api",
            Self::Shop => "shop",
            Self::Kiosk => "kiosk",
        }
    }

    /// Whether its searches are answered on devices, which tell of them later.
    pub fn is_of_devices(self) -> bool {
        matches!(self, Self::App | Self::Kiosk)
    }
}

impl From<DeviceKind> for Channel {
    fn from(device: DeviceKind) -> Self {
        match device {
            DeviceKind::App => Self::App,
            DeviceKind::Kiosk => Self::Kiosk,
        }
    }
}

/// What was asked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Words.
    Words,
    /// A picture.
    Image,
    /// Words and a picture.
    Both,
    /// A product.
    Similar,
    /// A live camera.
    Camera,
    /// Nothing or filters alone; or a page showed products like its own, and nobody asked for them.
    Browse,
}

impl Kind {
    /// Its name in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Image => "image",
            Self::Both => "both",
            Self::Similar => "similar",
            Self::Camera => "camera",
            Self::Browse => "browse",
        }
    }
}

impl From<QueryKind> for Kind {
    fn from(kind: QueryKind) -> Self {
        match kind {
            QueryKind::Words => Self::Words,
            QueryKind::Image => Self::Image,
            QueryKind::Both => Self::Both,
            QueryKind::Similar => Self::Similar,
            QueryKind::Camera => Self::Camera,
        }
    }
}

/// A channel and a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Way {
    pub channel: Channel,
    pub kind: Kind,
}

const CHANNELS: [Channel; 5] = [Channel::App, Channel::Web, Channel::Api, Channel::Shop, Channel::Kiosk];

const KINDS: [Kind; 6] = [Kind::Words, Kind::Image, Kind::Both, Kind::Similar, Kind::Camera, Kind::Browse];

impl Way {
    /// One byte of a token. The order of channels and kinds is in tokens of 30 days ago: append to it.
    pub fn byte(self) -> u8 {
        let at = |place: Option<usize>| place.and_then(|at| u8::try_from(at).ok()).unwrap_or_default();
        let channel = at(CHANNELS.iter().position(|one| *one == self.channel));
        channel << 4 | at(KINDS.iter().position(|one| *one == self.kind))
    }

    /// The inverse of [`Self::byte`].
    pub fn of_byte(byte: u8) -> Option<Self> {
        let channel = *CHANNELS.get(usize::from(byte >> 4))?;
        let kind = *KINDS.get(usize::from(byte & 15))?;
        Some(Self { channel, kind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_says_a_way_and_no_other() {
        let mut known = 0;
        for byte in 0..=u8::MAX {
            if let Some(way) = Way::of_byte(byte) {
                assert_eq!(way.byte(), byte);
                known += 1;
            }
        }
        assert_eq!(known, CHANNELS.len() * KINDS.len());
    }
}
