//! Notes on a page and the fields of forms: what they show, or what they hold where that is shown by
//! the program alone.

use hayro_font::kurbo::{Affine, Point, Rect};
use hayro_syntax::{
    object::{Dict, Name, Object, Stream, String as Bytes},
    page::Resources,
};

use super::{
    content::{Content, Sheet, State},
    info, letter,
    run::Glyph,
};

/// How deep the fields of a form are nested.
const DEEPEST: usize = 12;

/// Flags of notes that are not shown.
const UNSEEN: u32 = 1 << 1 | 1 << 5;

/// Flag of a field that holds a password.
const PASSWORD: u32 = 1 << 13;

/// Words of one field.
const MOST_WORDS: usize = 10_000;

/// The size of letters, where none is given.
const SIZE: f64 = 10.0;

impl<'a> Content<'a> {
    /// Follows what a note on the page, such as a field of a form, shows.
    pub(super) fn note(
        &mut self,
        note: &Dict<'a>,
        resources: &Resources<'a>,
        place: Affine,
        sheet: &mut Sheet,
    ) {
        let Some(rect) = note.get::<[f64; 4]>("Rect") else { return };
        if note.get::<u32>("F").unwrap_or(0) & UNSEEN != 0 {
            return;
        }
        let rect = Rect::new(rect[0], rect[1], rect[2], rect[3]).abs();
        let before = self.signs;
        self.look(note, rect, resources, place, sheet);
        if self.signs == before
            && let Some(text) = text(note)
        {
            write(&text, rect, place, sheet);
        }
    }

    /// Follows the form that is the look of a note.
    fn look(
        &mut self,
        note: &Dict<'a>,
        rect: Rect,
        resources: &Resources<'a>,
        place: Affine,
        sheet: &mut Sheet,
    ) {
        let shown = note.get::<Dict<'a>>("AP").and_then(|looks| match looks.get::<Object<'a>>("N")? {
            Object::Stream(stream) => Some(stream),
            Object::Dict(states) => states.get::<Stream<'a>>(note.get::<Name<'_>>("AS")?),
            _ => None,
        });
        let Some(form) = shown else { return };
        let inner = form.dict().get::<[f64; 4]>("BBox").unwrap_or([0.0, 0.0, 1.0, 1.0]);
        let matrix =
            Affine::new(form.dict().get::<[f64; 6]>("Matrix").unwrap_or(Affine::IDENTITY.as_coeffs()));
        let inner = Rect::new(inner[0], inner[1], inner[2], inner[3]).abs();
        let inner = matrix.transform_rect_bbox(inner);
        if inner.width() <= 0.0 || inner.height() <= 0.0 {
            return;
        }
        let (x, y) = (rect.width() / inner.width(), rect.height() / inner.height());
        let onto = Affine::new([x, 0.0, 0.0, y, rect.x0 - x * inner.x0, rect.y0 - y * inner.y0]);
        self.form(&form, resources, State::new(place * onto), sheet);
    }
}

/// Returns what a field of a form holds, or a note says on the page itself.
fn text(note: &Dict<'_>) -> Option<String> {
    let kind = note.get::<Name<'_>>("Subtype")?;
    let text = match kind.as_ref() {
        b"FreeText" => info::string(note.get::<Bytes<'_>>("Contents")?.as_bytes()),
        b"Widget" => {
            let kind = inherited(note, |field| field.get::<Name<'_>>("FT"))?;
            let flags = inherited(note, |field| field.get::<u32>("Ff")).unwrap_or(0);
            if !matches!(kind.as_ref(), b"Tx" | b"Ch") || flags & PASSWORD != 0 {
                return None;
            }
            match inherited(note, |field| field.get::<Object<'_>>("V"))? {
                Object::String(text) => info::string(text.as_bytes()),
                Object::Array(chosen) => {
                    let chosen = chosen.iter::<Bytes<'_>>().map(|text| info::string(text.as_bytes()));
                    chosen.take(MOST_WORDS).collect::<Vec<_>>().join(" ")
                }
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(text)
}

/// Returns what a field, or one that it stands in, says of itself.
fn inherited<'a, T>(field: &Dict<'a>, get: impl Fn(&Dict<'a>) -> Option<T>) -> Option<T> {
    let mut field = field.clone();
    for _ in 0..DEEPEST {
        if let Some(said) = get(&field) {
            return Some(said);
        }
        field = field.get::<Dict<'a>>("Parent")?;
    }
    None
}

/// Writes a text where a note stands.
fn write(text: &str, rect: Rect, place: Affine, sheet: &mut Sheet) {
    let size = SIZE.min(rect.height().max(1.0));
    let fall = if rect.height() < 2.0 * size { (rect.height() + 0.6 * size) / 2.0 } else { size };
    let Point { mut x, y } = place * Point::new(rect.x0, rect.y1 - fall);
    for word in text.split_whitespace().take(MOST_WORDS) {
        let word = letter::plain(word);
        let advance = 0.5 * size * word.chars().count() as f64;
        sheet.runs.push(&Glyph {
            text: &word,
            x,
            y,
            along: (1.0, 0.0),
            advance,
            tracking: 0.0,
            size,
            bold: false,
            fixed: false,
            paging: false,
            leftward: false,
        });
        x += advance + 0.3 * size;
    }
}
