//! Pictures of products as textures, made on a thread of their own.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use eframe::egui::{ColorImage, Context, TextureHandle, TextureOptions};
use knytt_app_core::shop::{Shop, full_picture, look_picture, product, thumbnail};
use knytt_models::decode::{self, Limits};

use super::answers::Opened;

/// The most textures that are held, in bytes. The ones that were not drawn for the longest time go first.
const MOST_BYTES: usize = 96 << 20;

/// The longer side of a large picture, in pixels.
const LARGE: u32 = 1080;

/// How large a picture is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Size {
    /// For a card.
    Small,
    /// For a page.
    Large,
    /// Of a look, by the look's id.
    Look,
}

/// The product, which of its pictures, and how large.
type Key = (String, u8, Size);

struct Made {
    texture: Option<TextureHandle>,
    /// The pass of the screen that drew it last.
    drawn: u64,
}

/// The pictures that are shown, and those that are on their way.
pub struct Pictures {
    wanted: Sender<Key>,
    made: Receiver<(Key, Option<ColorImage>)>,
    held: HashMap<Key, Made>,
    pass: u64,
}

impl Pictures {
    /// Starts the thread that decodes; it calls `wake` with each picture.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(shop: Opened, wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (wanted, asked) = channel::<Key>();
        let (give, made) = channel();
        let work = move || {
            for (id, number, size) in asked {
                let opened = shop.get().and_then(Result::ok);
                let picture = opened.and_then(|shop| decode_one(&shop, &id, number, size));
                if give.send(((id, number, size), picture)).is_err() {
                    return;
                }
                wake();
            }
        };
        thread::Builder::new().name("knytt-kiosk-pictures".into()).spawn(work)?;
        Ok(Self { wanted, made, held: HashMap::new(), pass: 0 })
    }

    /// Takes what was decoded since the last pass, and drops what was not drawn for long.
    pub fn begin_pass(&mut self, ctx: &Context) {
        self.pass += 1;
        while let Ok((key, picture)) = self.made.try_recv() {
            // A picture that a visit asked for which has ended is dropped.
            if let Some(slot) = self.held.get_mut(&key) {
                slot.texture = picture.map(|p| ctx.load_texture("product", p, TextureOptions::LINEAR));
            }
        }
        let bytes = |slot: &Made| slot.texture.as_ref().map_or(0, TextureHandle::byte_size);
        while self.held.values().map(bytes).sum::<usize>() > MOST_BYTES {
            let oldest =
                self.held.iter().filter(|(_, slot)| slot.texture.is_some() && slot.drawn + 1 < self.pass);
            let Some(key) = oldest.min_by_key(|(_, slot)| slot.drawn).map(|(key, _)| key.clone()) else {
                break;
            };
            self.held.remove(&key);
        }
    }

    /// The picture of a product if it is there; otherwise it is on its way.
    pub fn get(&mut self, id: &str, size: Size) -> Option<TextureHandle> {
        self.get_one(id, 0, size)
    }

    /// A picture of a product (0: its own, else the number of a further one) if it is there; otherwise it is on its way.
    pub fn get_one(&mut self, id: &str, number: u8, size: Size) -> Option<TextureHandle> {
        let (wanted, pass) = (&self.wanted, self.pass);
        let slot = self.held.entry((id.to_owned(), number, size)).or_insert_with(|| {
            let _ = wanted.send((id.to_owned(), number, size));
            Made { texture: None, drawn: pass }
        });
        slot.drawn = pass;
        slot.texture.clone()
    }

    /// How many are held, there or on their way.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether none is held.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Whether none that was asked for is still on its way. A product without a picture stays on its way.
    pub fn are_there(&self) -> bool {
        self.held.values().all(|made| made.texture.is_some())
    }

    /// Drops all of them.
    pub fn clear(&mut self) {
        self.held.clear();
    }
}

fn decode_one(shop: &Shop, id: &str, number: u8, size: Size) -> Option<ColorImage> {
    let file = match size {
        Size::Small => thumbnail(shop.session(), id, number).ok()??,
        Size::Look => look_picture(shop.session(), id).ok()?,
        Size::Large => full_picture(shop, &product::find(shop.session(), id).ok()?, number).ok()??,
    };
    let pixels = decode::decode(&file, &Limits::default(), Some(LARGE / 2)).ok()?;
    let longer = pixels.width().max(pixels.height());
    let pixels = if longer > LARGE {
        let side = |length: u32| (length * LARGE / longer).max(1);
        image::imageops::thumbnail(&pixels, side(pixels.width()), side(pixels.height()))
    } else {
        pixels
    };
    Some(ColorImage::from_rgb([pixels.width() as usize, pixels.height() as usize], pixels.as_raw()))
}
