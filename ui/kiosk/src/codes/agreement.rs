//! When a code that was read is believed.

use super::reader::Read;

/// Frames without a code after which an earlier reading does not count any more.
const FORGET: u32 = 8;

/// Believes a code that two frames agree on with no other code between them, and tells it once: the same code is told
/// again when it was gone for eight frames.
#[derive(Clone, Debug, Default)]
pub struct Agreement {
    last: Option<Read>,
    told: bool,
    without: u32,
}

impl Agreement {
    /// Takes what was read in the next frame, and says what is believed now.
    pub fn offer(&mut self, read: Option<Read>) -> Option<Read> {
        let Some(read) = read else {
            self.without += 1;
            if self.without >= FORGET {
                *self = Self::default();
            }
            return None;
        };
        self.without = 0;
        if self.last.as_ref() != Some(&read) {
            (self.last, self.told) = (Some(read), false);
            return None;
        }
        (!std::mem::replace(&mut self.told, true)).then_some(read)
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::Kind;
    use super::*;

    /// What is told of frames that show these codes; a space is a frame without one.
    fn told(frames: &str) -> String {
        let mut agreement = Agreement::default();
        let read = |letter: char| (letter != ' ').then(|| Read { kind: Kind::Ean, text: letter.into() });
        frames.chars().map(|frame| agreement.offer(read(frame)).map_or('-', |_| frame)).collect()
    }

    #[test]
    fn two_frames_that_agree_tell_a_code_once() {
        assert_eq!(told("aaaa"), "-a--");
        assert_eq!(told("a  a"), "---a");
        assert_eq!(told("abab"), "----");
        assert_eq!(told("aabb"), "-a-b");
    }

    #[test]
    fn a_code_that_was_gone_is_told_again() {
        assert_eq!(told("aa        aa"), "-a---------a");
        assert_eq!(told("aa   aa"), "-a-----");
        assert_eq!(told("a        a"), "----------");
    }
}
