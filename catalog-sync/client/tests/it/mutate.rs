//! Damage, of bytes and of JSON, the same for the same seed.

use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

/// Where counts and lengths go wrong.
const EDGES: [u64; 12] = [
    0,
    1,
    0x7f,
    0x80,
    0xff,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x7fff_ffff_ffff_ffff,
    0xffff_ffff_ffff_fffe,
    u64::MAX,
];

pub struct Mutator {
    pub random: ChaCha8Rng,
}

impl Mutator {
    pub fn new(seed: u64) -> Self {
        Self { random: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// One to four changes of the bytes; `other` is what is spliced in.
    pub fn bytes(&mut self, input: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bytes = input.to_vec();
        for _ in 0..self.random.random_range(1..=4) {
            self.change(&mut bytes, other);
        }
        bytes
    }

    /// A place, as often near the end, where Parquet has its table of contents, as anywhere.
    fn place(&mut self, bytes: &[u8]) -> usize {
        let from = if self.random.random() { bytes.len().saturating_sub(1500) } else { 0 };
        self.random.random_range(from..bytes.len().max(from + 1))
    }

    fn range(&mut self, bytes: &[u8]) -> std::ops::Range<usize> {
        let from = self.place(bytes).min(bytes.len());
        let longest = (bytes.len() - from).min(1 << self.random.random_range(0..12));
        from..from + self.random.random_range(0..=longest)
    }

    fn change(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        if bytes.is_empty() {
            bytes.push(self.random.random());
            return;
        }
        let at = self.place(bytes);
        match self.random.random_range(0..11) {
            0 | 1 => bytes[at] ^= 1 << self.random.random_range(0..8),
            2 => bytes[at] = self.random.random(),
            3 | 4 => self.overwrite_number(bytes, at),
            5 => bytes.truncate(at),
            6 => drop(bytes.drain(self.range(&bytes.clone()))),
            7 => {
                let copied = bytes[self.range(&bytes.clone())].to_vec();
                bytes.splice(at..at, copied);
            }
            8 => {
                let spliced = other[self.range(other)].to_vec();
                let end = (at + spliced.len()).min(bytes.len());
                bytes.splice(at..end, spliced);
            }
            9 => {
                let filler = *[0, 0xff, self.random.random()].choose(&mut self.random).unwrap();
                let range = self.range(bytes);
                bytes[range].fill(filler);
            }
            _ => {
                let length = self.random.random_range(1..40);
                let noise: Vec<u8> = (0..length).map(|_| self.random.random()).collect();
                bytes.splice(at..at, noise);
            }
        }
    }

    fn overwrite_number(&mut self, bytes: &mut [u8], at: usize) {
        let number = EDGES.choose(&mut self.random).unwrap().to_le_bytes();
        let width = *[1, 2, 4, 8].choose(&mut self.random).unwrap();
        let width = width.min(bytes.len() - at);
        bytes[at..at + width].copy_from_slice(&number[..width]);
    }

    /// One to three changes of the structure; sometimes of the text instead.
    pub fn json(&mut self, input: &[u8], other: &[u8]) -> Vec<u8> {
        if self.random.random_ratio(1, 3) {
            return self.bytes(input, other);
        }
        let mut value: Value = serde_json::from_slice(input).unwrap();
        for _ in 0..self.random.random_range(1..=3) {
            let mut places = Vec::new();
            collect(&value, String::new(), &mut places);
            let place = places.choose(&mut self.random).unwrap().clone();
            let from = places.choose(&mut self.random).unwrap();
            let copied = value.pointer(from).unwrap().clone();
            self.change_node(&mut value, &place, copied);
        }
        serde_json::to_vec(&value).unwrap()
    }

    fn change_node(&mut self, value: &mut Value, place: &str, copied: Value) {
        let removes = self.random.random_ratio(1, 5);
        let strange = self.strange();
        let Some((parent, name)) = place.rsplit_once('/') else { return *value = strange };
        let name = name.replace("~1", "/").replace("~0", "~");
        match value.pointer_mut(parent).unwrap() {
            Value::Object(object) if removes => drop(object.remove(&name)),
            Value::Object(object) if self.random.random_ratio(1, 6) => {
                let value = object.remove(&name).unwrap();
                object.insert(format!("{name}x"), value);
            }
            Value::Array(array) if removes => drop(array.remove(name.parse().unwrap())),
            Value::Array(array) if self.random.random_ratio(1, 3) => {
                let times = *[1, 2, 300].choose(&mut self.random).unwrap();
                let node = array[name.parse::<usize>().unwrap()].clone();
                array.extend(std::iter::repeat_n(node, times));
            }
            parent => {
                let node = match parent {
                    Value::Object(object) => object.get_mut(&name).unwrap(),
                    Value::Array(array) => &mut array[name.parse::<usize>().unwrap()],
                    _ => return,
                };
                *node = self.damaged(node, copied, strange);
            }
        }
    }

    fn damaged(&mut self, node: &Value, copied: Value, strange: Value) -> Value {
        match (node, self.random.random_range(0..4)) {
            (Value::String(text), 0 | 1) if !text.is_empty() => {
                let mut chars: Vec<char> = text.chars().collect();
                let at = self.random.random_range(0..chars.len());
                chars[at] = *['0', 'f', '/', '.', '\0', 'é', '9'].choose(&mut self.random).unwrap();
                chars.into_iter().collect::<String>().into()
            }
            (Value::Number(number), 0 | 1) => {
                let by = *[1, u64::MAX, 1 << 31, 86_400].choose(&mut self.random).unwrap();
                number.as_u64().map_or(strange, |number| number.wrapping_add(by).into())
            }
            (_, 2) => copied,
            _ => strange,
        }
    }

    fn strange(&mut self) -> Value {
        let edge = *EDGES.choose(&mut self.random).unwrap();
        let deep = (0..self.random.random_range(1..200)).fold(json!(0), |inner, _| json!([inner]));
        let long = "x".repeat(self.random.random_range(0..5000));
        let all = [
            Value::Null,
            json!(edge),
            json!(-1),
            json!(0.5),
            json!(1e300),
            json!(""),
            json!(long),
            json!("../../x"),
            json!([]),
            json!({}),
            json!(true),
            deep,
            json!("2999-01-01T00:00:00Z"),
        ];
        all.choose(&mut self.random).unwrap().clone()
    }
}

/// JSON pointers of all nodes.
fn collect(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let name = name.replace('~', "~0").replace('/', "~1");
                collect(value, format!("{at}/{name}"), places);
            }
        }
        Value::Array(array) => {
            array.iter().enumerate().for_each(|(n, value)| collect(value, format!("{at}/{n}"), places));
        }
        _ => {}
    }
    places.push(at);
}
