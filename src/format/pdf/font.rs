//! The fonts of a file: what each of their codes says, and how wide it is.

use std::{collections::HashMap, sync::Arc};

use hayro_cmap::BfString;
use hayro_font::{CMapResolverFn, Font, FontCache, FontGlyph, FontQuery, FontResolverFn, GlyphId};
use hayro_syntax::object::{Array, Dict, Name, ObjectIdentifier};

use super::{collection::Collection, letter};

/// Codes of one font that are kept. No script has more; a hostile file may name four billion.
const MOST_SIGNS: usize = 70_000;

/// Words in the name of a font whose letters stand out.
const BOLD: &[&str] = &["bold", "black", "heavy", "demi", "cmbx", "cmssbx", "sfbx", "-medi", "-bd"];

/// Words in the name of a font whose letters are all of one width.
const FIXED: &[&str] = &["mono", "courier", "typewriter", "cmtt", "sftt", "consol", "menlo", "ectt", "lmtt"];

/// The fonts of a file.
pub(super) struct Fonts<'a> {
    cache: FontCache<'a>,
    fonts: FontResolverFn,
    maps: CMapResolverFn,
    faces: Vec<Face<'a>>,
    by_id: HashMap<ObjectIdentifier, Option<usize>>,
}

/// One font.
pub(super) struct Face<'a> {
    font: Font<'a>,
    /// What a code says that the font does not tell of.
    untold: Untold,
    /// What its codes say where the font has no letters.
    collection: Option<Collection>,
    /// Whether its letters are heavier than those of running text.
    pub(super) bold: bool,
    /// Whether its letters are all of one width.
    pub(super) fixed: bool,
    /// Whether its text runs from top to bottom.
    pub(super) vertical: bool,
    signs: HashMap<u32, Sign>,
}

/// What a code says of itself.
#[derive(Clone, Copy, PartialEq)]
enum Untold {
    Nothing,
    /// It may be the letter, in ASCII.
    Ascii,
    /// It is the letter.
    Letter,
}

/// What a code of a font shows.
#[derive(Clone, Default)]
pub(super) struct Sign {
    /// Its letters; none where the font does not tell.
    pub(super) text: Option<Box<str>>,
    /// How far the next one stands, in text of size 1.
    pub(super) advance: f64,
    /// Whether it is a letter of a script that runs from right to left.
    pub(super) leftward: bool,
}

impl<'a> Fonts<'a> {
    pub(super) fn new() -> Self {
        let fonts: FontResolverFn = Arc::new(|query| match query {
            FontQuery::Standard(font) => Some(font.get_font_data()),
            FontQuery::Fallback(query) => Some(query.pick_standard_font().get_font_data()),
        });
        Self {
            cache: FontCache::new(),
            fonts,
            maps: Arc::new(hayro_cmap::load_embedded),
            faces: Vec::new(),
            by_id: HashMap::new(),
        }
    }

    /// Returns the number of the font of this name; none where it cannot be read.
    pub(super) fn find(&mut self, fonts: &Dict<'a>, name: &Name<'_>) -> Option<usize> {
        let id = fonts.get_ref(name).map(ObjectIdentifier::from);
        if let Some(known) = id.and_then(|id| self.by_id.get(&id)) {
            return *known;
        }
        let dict = fonts.get::<Dict<'a>>(name);
        let face = dict.and_then(|dict| {
            let font = self.cache.font(&dict, &self.fonts, &self.maps)?;
            Some(Face::new(font, &dict))
        });
        let number = face.map(|face| {
            self.faces.push(face);
            self.faces.len() - 1
        });
        if let Some(id) = id {
            self.by_id.insert(id, number);
        }
        number
    }

    /// Returns the font of this number.
    pub(super) fn face(&mut self, number: usize) -> &mut Face<'a> {
        &mut self.faces[number]
    }
}

impl<'a> Face<'a> {
    fn new(font: Font<'a>, dict: &Dict<'a>) -> Self {
        let inner =
            dict.get::<Array<'_>>("DescendantFonts").and_then(|fonts| fonts.iter::<Dict<'_>>().next());
        let mapped = dict.get::<Name<'_>>("ToUnicode");
        let untold = match inner {
            None => Untold::Ascii,
            Some(_) if mapped.is_some_and(|map| map.as_str().starts_with("Identity")) => Untold::Letter,
            Some(_) => Untold::Nothing,
        };
        let described = inner.as_ref().unwrap_or(dict).get::<Dict<'_>>("FontDescriptor");
        // Where the font is not in the file, its codes are told from its collection already.
        let embedded = |dict: &Dict<'_>| {
            ["FontFile", "FontFile2", "FontFile3"].iter().any(|key| dict.contains_key(*key))
        };
        let bare = !dict.contains_key("ToUnicode") && described.as_ref().is_some_and(embedded);
        let collection = inner.as_ref().filter(|_| bare).and_then(|inner| Collection::of(dict, inner));
        let number = |key: &str| described.as_ref().and_then(|dict| dict.get::<u32>(key)).unwrap_or(0);
        let (flags, weight) = (number("Flags"), number("FontWeight"));
        let name = dict.get::<Name<'_>>("BaseFont").map(|name| name.as_str().to_ascii_lowercase());
        let named = |words: &[&str]| {
            let name = name.as_deref().unwrap_or_default();
            words.iter().any(|word| name.contains(word))
        };
        Self {
            untold,
            collection,
            bold: flags & 1 << 18 != 0 || weight >= 600 || named(BOLD),
            fixed: flags & 1 != 0 || named(FIXED),
            vertical: !font.is_horizontal(),
            font,
            signs: HashMap::new(),
        }
    }

    /// Returns the code that begins at an offset, and how many bytes it has: at least one.
    pub(super) fn code(&self, bytes: &[u8], at: usize) -> (u32, usize) {
        let (code, length) = self.font.read_code(bytes, at);
        (code, length.max(1))
    }

    /// Returns what a code shows.
    pub(super) fn sign(&mut self, code: u32) -> &Sign {
        if self.signs.len() >= MOST_SIGNS && !self.signs.contains_key(&code) {
            self.signs.clear();
        }
        let (font, untold, vertical) = (&self.font, self.untold, self.vertical);
        let collection = self.collection.as_ref();
        self.signs.entry(code).or_insert_with(|| {
            let unicode = match font.glyph(GlyphId::NOTDEF, code) {
                FontGlyph::Outline(glyph) => glyph.as_unicode(),
                FontGlyph::Type3(glyph) => glyph.as_unicode(),
            };
            let advance = font.code_advance(code);
            let text = match unicode.or_else(|| collection?.letters(code)) {
                Some(BfString::Char(char)) => Some(char.to_string()),
                Some(BfString::String(text)) => Some(text),
                None => char::from_u32(code)
                    .filter(|char| match untold {
                        Untold::Nothing => false,
                        // Old bitmap fonts say no more than the code.
                        Untold::Ascii => (' '..='~').contains(char),
                        Untold::Letter => true,
                    })
                    .map(String::from),
            };
            let text = text.map(|text| letter::plain(&text).into_boxed_str());
            let leftward = text.as_deref().is_some_and(|text| text.chars().any(letter::is_leftward));
            let advance = if vertical { -advance.y } else { advance.x } / 1000.0;
            Sign { text, advance, leftward }
        })
    }
}
