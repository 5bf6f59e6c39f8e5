//! Bytes and numbers of an RTF file as text, put where it goes.

use std::mem;

use super::{
    super::{code_page::CodePage, group::Target},
    Body,
};
use crate::format::{line, office::symbol::symbol};

/// Bytes of the longest name or fact.
const LONGEST_FACT: usize = 4_000;

/// Bytes of text that are gathered before they are decoded, if no control word comes between.
const GATHERED: usize = 1 << 16;

impl Body {
    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
        if self.bytes.len() >= GATHERED && byte == b' ' || self.bytes.len() >= 2 * GATHERED {
            self.decode();
        }
    }

    /// Hands on the text that was gathered.
    pub(super) fn decode(&mut self) {
        if self.bytes.is_empty() {
            return;
        }
        let bytes = mem::take(&mut self.bytes);
        let raw = mem::take(&mut self.raw);
        match (self.group.page, str::from_utf8(&bytes)) {
            (CodePage::Symbol, _) => {
                let signs: String = bytes.iter().filter_map(|&byte| symbol(byte.into())).collect();
                self.emit(&signs);
            }
            // What is a word was meant to be read, whatever its font.
            (CodePage::Pictures, Ok(text)) if text.is_ascii() && text.trim().len() > 2 => self.emit(text),
            (CodePage::Pictures, _) => {}
            // Programs that know nothing of code pages write as they do elsewhere.
            (_, Ok(text)) if raw || text.is_ascii() => self.emit(text),
            (CodePage::Encoding(encoding), _) => {
                let (text, _) = encoding.decode_without_bom_handling(&bytes);
                self.emit(&text);
            }
        }
        // Most texts are short, and the next one may use the room.
        self.bytes = bytes;
        self.bytes.clear();
    }

    pub(super) fn unicode(&mut self, number: i32) {
        // Numbers past 32767 are written as negative ones.
        let code = if number < 0 { number.wrapping_add(0x1_0000) } else { number } as u32;
        let half = self.half.take();
        let char = match (code, half) {
            (0xd800..=0xdbff, _) => {
                self.half = Some(code as u16);
                None
            }
            (0xdc00..=0xdfff, Some(half)) => char::decode_utf16([half, code as u16]).find_map(Result::ok),
            (0xf000..=0xf0ff, _) if self.group.page == CodePage::Symbol => symbol(code),
            (0xe000..=0xf8ff, _) => None,
            _ => char::from_u32(code),
        };
        char.into_iter().for_each(|char| self.emit(char.encode_utf8(&mut [0; 4])));
        self.stand_ins = self.group.stand_ins;
    }

    /// Puts text where it goes.
    pub(super) fn emit(&mut self, text: &str) {
        match self.group.target {
            Target::Text if self.group.deleted => {}
            Target::Text => {
                self.full |= text.len() > self.left;
                self.left = self.left.saturating_sub(text.len());
                if self.group.hidden {
                    return self.manuscript.hidden(text);
                }
                self.place(0);
                self.manuscript.text(text);
            }
            Target::Marker => {
                let marker = self.marker.get_or_insert_default();
                if marker.len() + text.len() <= LONGEST_FACT {
                    marker.push_str(text);
                }
            }
            Target::Fonts => self.fonts.text(text),
            Target::Styles => self.styles.text(text),
            Target::Facts | Target::Commenter => {
                if self.collected.len() + text.len() <= LONGEST_FACT {
                    self.collected.push_str(text);
                }
            }
            Target::Nowhere => {}
        }
    }
}

/// Returns the number that stands before an item, or a dash for a bullet; none where nothing does.
pub(super) fn number_of(marker: &str) -> Option<String> {
    let marker = marker.trim();
    let bullet = marker.chars().count() == 1 || !marker.contains(char::is_alphanumeric);
    match marker {
        "" => None,
        _ if bullet && !marker.contains(|char: char| char.is_ascii_digit()) => Some("-".into()),
        _ => Some(line::of(marker)),
    }
}

/// Returns the sign that a control word stands for.
pub(super) fn sign(word: &str) -> Option<&'static str> {
    Some(match word {
        "line" | "lbr" => "\n",
        "page" | "column" | "softpage" | "emspace" | "enspace" | "qmspace" => " ",
        "emdash" => "—",
        "endash" => "–",
        "lquote" => "‘",
        "rquote" => "’",
        "ldblquote" => "“",
        "rdblquote" => "”",
        "bullet" => "•",
        "mden" => "/",
        "msup" => "^",
        "msub" => "_",
        _ => return None,
    })
}
