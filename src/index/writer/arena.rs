//! Many lists of bytes that grow side by side in the same memory, each in blocks, of which one tells where the next
//! is; and how numbers stand in few bytes.

/// Bytes of memory that are taken at once.
const PAGE: usize = 1 << 20;

/// Blocks begin at places of so many bytes, and have at least so many; each is twice as long as the one before, up to
/// the longest.
const UNIT: usize = 16;
const LONGEST: usize = 4 << 10;

/// Bytes at the end of a block that tell where the next one is.
const LINK: usize = 4;

/// The memory of lists.
#[derive(Default)]
pub(super) struct Arena {
    pages: Vec<Box<[u8]>>,
    /// Bytes of the last page that are taken.
    taken: usize,
}

/// A list of bytes.
#[derive(Clone, Copy)]
pub(super) struct List {
    first: u32,
    /// The last block, its length with the link, and how many of its bytes are used.
    last: u32,
    length: u16,
    used: u16,
}

impl Arena {
    /// Begins a list.
    pub(super) fn begin(&mut self) -> List {
        let first = self.allocate(UNIT);
        List { first, last: first, length: UNIT as u16, used: 0 }
    }

    /// Adds so many bytes of a number to a list, the lowest first.
    #[inline]
    pub(super) fn push(&mut self, list: &mut List, number: u64, bytes: usize) {
        let (page, at) = place(list.last);
        let (start, room) = (at + usize::from(list.used), usize::from(list.length) - LINK);
        if usize::from(list.used) + 8 <= room
            && let Some(eight) = self.pages[page].get_mut(start..start + 8)
        {
            // What is behind the bytes is not used yet.
            eight.copy_from_slice(&number.to_le_bytes());
            list.used += bytes as u16;
            return;
        }
        for byte in &number.to_le_bytes()[..bytes] {
            if usize::from(list.used) + LINK == usize::from(list.length) {
                self.go_on(list);
            }
            let (page, at) = place(list.last);
            self.pages[page][at + usize::from(list.used)] = *byte;
            list.used += 1;
        }
    }

    /// Returns the first byte of the last block, which has the processor fetch it.
    pub(super) fn touch(&self, list: &List) -> u8 {
        let (page, at) = place(list.last);
        self.pages[page][at]
    }

    /// Does the same with the first block.
    pub(super) fn touch_first(&self, list: &List) -> u8 {
        let (page, at) = place(list.first);
        self.pages[page][at]
    }

    /// Adds the bytes of a list behind others.
    pub(super) fn read(&self, list: &List, out: &mut Vec<u8>) {
        let (mut block, mut length) = (list.first, UNIT);
        loop {
            let (page, at) = place(block);
            let bytes = &self.pages[page][at..at + length];
            if block == list.last {
                out.extend_from_slice(&bytes[..usize::from(list.used)]);
                return;
            }
            let (bytes, link) = bytes.split_at(length - LINK);
            out.extend_from_slice(bytes);
            block = u32::from_le_bytes(link.try_into().expect("it has four bytes"));
            length = longer(length);
        }
    }

    /// Returns how many bytes all lists take.
    pub(super) fn bytes(&self) -> usize {
        self.pages.len() * PAGE
    }

    /// Gives a list another block.
    fn go_on(&mut self, list: &mut List) {
        let length = longer(list.length.into());
        let next = self.allocate(length);
        let (page, at) = place(list.last);
        let end = at + usize::from(list.length);
        self.pages[page][end - LINK..end].copy_from_slice(&next.to_le_bytes());
        *list = List { last: next, length: length as u16, used: 0, ..*list };
    }

    fn allocate(&mut self, bytes: usize) -> u32 {
        if self.pages.is_empty() || self.taken + bytes > PAGE {
            self.pages.push(vec![0; PAGE].into_boxed_slice());
            self.taken = 0;
        }
        let place = (self.pages.len() - 1) * (PAGE / UNIT) + self.taken / UNIT;
        self.taken += bytes;
        u32::try_from(place).expect("64 GB are more than a segment takes")
    }
}

fn longer(length: usize) -> usize {
    (2 * length).min(LONGEST)
}

/// Returns the page of a block, and where in it that begins.
fn place(block: u32) -> (usize, usize) {
    let block = block as usize;
    (block / (PAGE / UNIT), block % (PAGE / UNIT) * UNIT)
}

/// Returns a number in few bytes, the lowest first, and how many they are: seven bits each, and one that says that
/// more follow (LEB128, as in DWARF).
pub(super) fn short(number: u32) -> (u64, usize) {
    let mut rest = u64::from(number);
    let (mut short, mut bytes) = (0, 0);
    while rest >= 0x80 {
        short |= (rest & 0x7F | 0x80) << (8 * bytes);
        rest >>= 7;
        bytes += 1;
    }
    (short | rest << (8 * bytes), bytes + 1)
}

/// Takes the next number from some that are [`short`].
pub(super) fn next(numbers: &mut &[u8]) -> Option<u32> {
    let (mut number, mut bits) = (0, 0);
    loop {
        let (byte, rest) = numbers.split_first()?;
        *numbers = rest;
        number |= u32::from(byte & 0x7F) << bits;
        if *byte < 0x80 {
            return Some(number);
        }
        bits += 7;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn lists_keep_what_was_added(added in prop::collection::vec((0_usize..4, 1_usize..9, any::<u64>(), 1_usize..900), 0..60)) {
            let mut arena = Arena::default();
            let mut lists = [(); 4].map(|()| (arena.begin(), Vec::new()));
            for (number, bytes, value, times) in added {
                let (list, expected) = &mut lists[number];
                for _ in 0..times {
                    arena.push(list, value, bytes);
                    expected.extend_from_slice(&value.to_le_bytes()[..bytes]);
                }
            }
            for (list, expected) in lists {
                let mut found = vec![7];
                arena.read(&list, &mut found);
                prop_assert_eq!(&found[1..], &expected[..]);
            }
        }

        #[test]
        fn short_numbers_are_read_again(numbers in prop::collection::vec(any::<u32>(), 0..9)) {
            let mut bytes = Vec::new();
            for number in &numbers {
                let (short, length) = short(*number);
                bytes.extend_from_slice(&short.to_le_bytes()[..length]);
            }
            let mut rest = bytes.as_slice();
            prop_assert_eq!(std::iter::from_fn(|| next(&mut rest)).collect::<Vec<_>>(), numbers);
        }
    }
}
