//! What a page shows: its operators are followed as far as they place text, and no further.
//!
//! Paths, colours and images are passed over, so a page of drawings costs no more than its bytes.
//! Forms may name themselves or each other a thousand times: all that is done for a file is counted.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use hayro_font::kurbo::Affine;
use hayro_syntax::{
    content::{TypedIter, ops::TypedInstruction},
    object::{Array, Dict, Name, Object, ObjectIdentifier, Stream},
    page::{Page, Resources},
    xref::XRef,
};

use super::{
    font::Fonts,
    info,
    run::{Glyph, Run, Runs},
    stream,
};

/// How long one file may take.
const TIME: Duration = Duration::from_secs(60);

/// Operators that are followed in one file.
const OPERATORS: u64 = 200_000_000;

/// Operators between two looks at the clock.
const LOOK: u64 = 4096;

/// Signs that are read of one file.
const SIGNS: u64 = 16_000_000;

/// Forms that are followed in one file.
const FORMS: u64 = 100_000;

/// Forms that stand in one another.
const DEEPEST: u8 = 12;

/// Graphics states that are kept at once.
const MOST_STATES: usize = 512;

/// Characters of a text that stands for what is shown. A longer one is not about letters.
const LONGEST_ACTUAL: usize = 64;

/// Follows the pages of a file.
pub(super) struct Content<'a> {
    fonts: Fonts<'a>,
    hidden: HashSet<ObjectIdentifier>,
    until: Instant,
    operators: u64,
    pub(super) signs: u64,
    forms: u64,
    /// Signs of which the file does not tell what they are.
    pub(super) unknown: u64,
}

/// What holds for the text that is shown next.
#[derive(Clone, Copy)]
pub(super) struct State {
    place: Affine,
    font: Option<usize>,
    size: f64,
    char_space: f64,
    word_space: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
}

/// A page while it is read.
pub(super) struct Sheet {
    width: f64,
    height: f64,
    pub(super) runs: Runs,
    /// The forms that are being followed.
    forms: Vec<ObjectIdentifier>,
    marks: Vec<Mark>,
    /// How many of these are not shown.
    unseen: usize,
}

/// A stretch of content that says something of itself.
#[derive(Default)]
struct Mark {
    /// The text that stands for it, until that was put in.
    actual: Option<String>,
    /// Whether such a text stands for it.
    replaced: bool,
    hidden: bool,
    /// Whether it is a head or foot of the page.
    paging: bool,
}

impl<'a> Content<'a> {
    pub(super) fn new(xref: &'a XRef) -> Self {
        Self {
            fonts: Fonts::new(),
            hidden: hidden(xref),
            until: Instant::now() + TIME,
            operators: 0,
            signs: 0,
            forms: 0,
            unknown: 0,
        }
    }

    /// Says whether enough was done for the file.
    pub(super) fn spent(&self) -> bool {
        let much = self.operators >= OPERATORS || self.signs >= SIGNS || self.forms >= FORMS;
        much || Instant::now() >= self.until
    }

    /// Returns the text of a page as it stands there, in the order in which it is written.
    pub(super) fn page(&mut self, page: &Page<'a>) -> Vec<Run> {
        let (width, height) = page.render_dimensions();
        let place = Affine::new(page.initial_transform(true).as_coeffs());
        let mut sheet = Sheet {
            width: width.into(),
            height: height.into(),
            runs: Runs::default(),
            forms: Vec::new(),
            marks: Vec::new(),
            unseen: 0,
        };
        let content = stream::content(page.raw());
        self.follow(&content, page.resources(), State::new(place), &mut sheet);
        let notes = page.raw().get::<Array<'a>>("Annots");
        for note in notes.iter().flat_map(|notes| notes.iter::<Dict<'a>>()).take(10_000) {
            sheet.marks.clear();
            sheet.unseen = 0;
            self.note(&note, page.resources(), place, &mut sheet);
        }
        sheet.runs.finish()
    }

    /// Follows a form, unless that is not shown or stands in itself.
    pub(super) fn form(
        &mut self,
        form: &Stream<'a>,
        outer: &Resources<'a>,
        mut state: State,
        sheet: &mut Sheet,
    ) {
        let dict = form.dict();
        let id = form.obj_id();
        let unseen = dict.get_ref("OC").is_some_and(|id| self.hidden.contains(&id.into()));
        self.forms += 1;
        let endless = sheet.forms.len() >= usize::from(DEEPEST) || sheet.forms.contains(&id);
        if endless || unseen || self.spent() {
            return;
        }
        if let Some(matrix) = dict.get::<[f64; 6]>("Matrix") {
            state.place *= Affine::new(matrix);
        }
        let Some(content) = stream::unpacked(form) else { return };
        let own = dict.get::<Dict<'a>>("Resources").map(Resources::new);
        sheet.forms.push(id);
        self.follow(&content, own.as_ref().unwrap_or(outer), state, sheet);
        sheet.forms.pop();
    }

    /// Follows the operators of a page or form.
    fn follow(&mut self, content: &[u8], resources: &Resources<'a>, mut state: State, sheet: &mut Sheet) {
        let mut states: Vec<State> = Vec::new();
        let (mut line, mut pen) = (Affine::IDENTITY, Affine::IDENTITY);
        let marks = sheet.marks.len();
        let mut operators = TypedIter::new(content);
        while let Some(operator) = operators.next() {
            self.operators += 1;
            if self.operators.is_multiple_of(LOOK) && self.spent() {
                break;
            }
            match operator {
                TypedInstruction::SaveState(_) if states.len() < MOST_STATES => states.push(state),
                TypedInstruction::RestoreState(_) => state = states.pop().unwrap_or(state),
                TypedInstruction::Transform(t) => {
                    state.place *= Affine::new([t.0, t.1, t.2, t.3, t.4, t.5].map(|number| number.as_f64()));
                }
                TypedInstruction::BeginText(_) => (line, pen) = (Affine::IDENTITY, Affine::IDENTITY),
                TypedInstruction::SetTextMatrix(m) => {
                    line = Affine::new([m.0, m.1, m.2, m.3, m.4, m.5].map(|number| number.as_f64()));
                    pen = line;
                }
                TypedInstruction::NextLine(n) => {
                    line *= Affine::translate((n.0.as_f64(), n.1.as_f64()));
                    pen = line;
                }
                TypedInstruction::NextLineAndSetLeading(n) => {
                    state.leading = -n.1.as_f64();
                    line *= Affine::translate((n.0.as_f64(), n.1.as_f64()));
                    pen = line;
                }
                TypedInstruction::NextLineUsingLeading(_) => {
                    line *= Affine::translate((0.0, -state.leading));
                    pen = line;
                }
                TypedInstruction::TextFont(font) => {
                    state.font = self.fonts.find(&resources.fonts, font.0);
                    state.size = font.1.as_f64();
                }
                TypedInstruction::CharacterSpacing(space) => state.char_space = space.0.as_f64(),
                TypedInstruction::WordSpacing(space) => state.word_space = space.0.as_f64(),
                TypedInstruction::HorizontalScaling(scale) => state.stretch = scale.0.as_f64() / 100.0,
                TypedInstruction::TextLeading(leading) => state.leading = leading.0.as_f64(),
                TypedInstruction::TextRise(rise) => state.rise = rise.0.as_f64(),
                TypedInstruction::ShowText(text) => self.show(text.0.as_bytes(), &state, &mut pen, sheet),
                TypedInstruction::ShowTexts(texts) => {
                    for part in texts.0.iter::<Object<'_>>() {
                        match part {
                            Object::Number(number) => self.shift(number.as_f64(), &state, &mut pen),
                            Object::String(text) => self.show(text.as_bytes(), &state, &mut pen, sheet),
                            _ => {}
                        }
                    }
                }
                TypedInstruction::NextLineAndShowText(text) => {
                    line *= Affine::translate((0.0, -state.leading));
                    pen = line;
                    self.show(text.0.as_bytes(), &state, &mut pen, sheet);
                }
                TypedInstruction::ShowTextWithParameters(text) => {
                    (state.word_space, state.char_space) = (text.0.as_f64(), text.1.as_f64());
                    line *= Affine::translate((0.0, -state.leading));
                    pen = line;
                    self.show(text.2.as_bytes(), &state, &mut pen, sheet);
                }
                TypedInstruction::SetGraphicsState(name) => {
                    let font =
                        resources.get_ext_g_state(name.0).and_then(|dict| dict.get::<Array<'a>>("Font"));
                    if let Some(size) = font.and_then(|font| font.iter::<f64>().last()) {
                        state.size = size;
                    }
                }
                TypedInstruction::XObject(name) if sheet.unseen == 0 => {
                    let form = resources.get_x_object(name.0).filter(|object| {
                        object.dict().get::<Name<'_>>("Subtype").is_some_and(|kind| kind.as_ref() == b"Form")
                    });
                    if let Some(form) = form {
                        self.form(&form, resources, state, sheet);
                    }
                }
                TypedInstruction::BeginMarkedContent(_) => sheet.begin(Mark::default()),
                TypedInstruction::BeginMarkedContentWithProperties(begin) => {
                    let named = begin.1.clone().into_name();
                    let id = named.as_ref().and_then(|name| resources.properties.get_ref(name));
                    let inline = begin.1.clone().into_dict();
                    let known = named.and_then(|name| resources.properties.get::<Dict<'_>>(&name));
                    let dict = inline.or(known);
                    let actual = dict.as_ref().and_then(|dict| {
                        let text = dict.get::<hayro_syntax::object::String<'_>>("ActualText")?;
                        Some(info::string(text.as_bytes())).filter(|text| text.len() <= LONGEST_ACTUAL)
                    });
                    let kind = dict.and_then(|dict| dict.get::<Name<'_>>("Type"));
                    sheet.begin(Mark {
                        paging: kind.is_some_and(|kind| kind.as_ref() == b"Pagination"),
                        replaced: actual.is_some(),
                        actual,
                        hidden: id.is_some_and(|id| self.hidden.contains(&id.into())),
                    });
                }
                TypedInstruction::EndMarkedContent(_) if sheet.marks.len() > marks => sheet.end(),
                _ => {}
            }
        }
        while sheet.marks.len() > marks {
            sheet.end();
        }
    }

    /// Moves the pen by thousandths of the size of the text.
    fn shift(&mut self, by: f64, state: &State, pen: &mut Affine) {
        let by = -by / 1000.0 * state.size;
        let vertical = state.font.is_some_and(|font| self.fonts.face(font).vertical);
        *pen *= Affine::translate(if vertical { (0.0, by) } else { (by * state.stretch, 0.0) });
    }

    /// Shows a string.
    fn show(&mut self, bytes: &[u8], state: &State, pen: &mut Affine, sheet: &mut Sheet) {
        let Some(font) = state.font else { return };
        let face = self.fonts.face(font);
        let (bold, fixed, vertical) = (face.bold, face.fixed, face.vertical);
        let scale = Affine::new([state.size * state.stretch, 0.0, 0.0, state.size, 0.0, state.rise]);
        // The pen moves along a straight line; only where it is changes.
        let whole = state.place * *pen * scale;
        let [a, b, c, d, ..] = whole.as_coeffs();
        let (along, size) = if vertical { ((-c, -d), a.hypot(b)) } else { ((a, b), c.hypot(d)) };
        let unit = along.0.hypot(along.1);
        let sound = [unit, size].iter().all(|number| number.is_finite() && *number > 0.01 && *number < 1e5);
        let mut tracking = 0.0;
        let mut at = 0;
        while at < bytes.len() {
            let (code, length) = face.code(bytes, at);
            at += length;
            self.signs += 1;
            let sign = face.sign(code);
            let advance = sign.advance;
            let place = state.place * *pen * scale;
            let [.., x, y] = place.as_coeffs();
            let inside = x > -size && x < sheet.width + size && y > -size && y < sheet.height + size;
            if sheet.unseen == 0 && sound && inside {
                let replaced = sheet.marks.iter_mut().rev().find(|mark| mark.replaced);
                let actual = replaced.map(|mark| mark.actual.take().unwrap_or_default());
                let text = match (&actual, &sign.text) {
                    (Some(actual), _) => actual.as_str(),
                    (None, Some(text)) => text,
                    (None, None) => {
                        self.unknown += 1;
                        // Mostly a space that nobody described; at least it parts what it stands between.
                        if advance > 0.1 { " " } else { "" }
                    }
                };
                sheet.runs.push(&Glyph {
                    text,
                    x,
                    y,
                    along: (along.0 / unit, along.1 / unit),
                    advance: advance * unit,
                    tracking,
                    size,
                    bold,
                    fixed,
                    paging: sheet.marks.iter().any(|mark| mark.paging),
                    leftward: sign.leftward,
                });
            }
            let space = state.char_space + if code == 32 && length == 1 { state.word_space } else { 0.0 };
            // Some programs part words by it as well.
            let spaced = state.char_space / state.size.abs().max(0.01);
            tracking = if (0.0..0.4).contains(&spaced) { spaced * unit } else { 0.0 };
            *pen *= Affine::translate(if vertical {
                (0.0, -(advance * state.size) + space)
            } else {
                ((advance * state.size + space) * state.stretch, 0.0)
            });
        }
    }
}

impl State {
    pub(super) fn new(place: Affine) -> Self {
        Self {
            place,
            font: None,
            size: 1.0,
            char_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
        }
    }
}

impl Sheet {
    fn begin(&mut self, mark: Mark) {
        self.unseen += usize::from(mark.hidden);
        self.marks.push(mark);
    }

    fn end(&mut self) {
        if let Some(mark) = self.marks.pop() {
            self.unseen -= usize::from(mark.hidden);
        }
    }
}

/// Returns the layers that are not shown.
fn hidden(xref: &XRef) -> HashSet<ObjectIdentifier> {
    let root = xref.get::<Dict<'_>>(xref.root_id());
    let layers = root.and_then(|root| root.get::<Dict<'_>>("OCProperties"));
    let shown = layers.as_ref().and_then(|layers| layers.get::<Dict<'_>>("D"));
    let list = |dict: Option<&Dict<'_>>, key: &str| -> Vec<ObjectIdentifier> {
        let array = dict.and_then(|dict| dict.get::<Array<'_>>(key));
        let ids = array.iter().flat_map(|array| array.raw_iter()).take(100_000);
        ids.filter_map(|id| id.as_obj_ref().map(Into::into)).collect()
    };
    let mut hidden: HashSet<_> = list(shown.as_ref(), "OFF").into_iter().collect();
    let base = shown.as_ref().and_then(|shown| shown.get::<Name<'_>>("BaseState"));
    if base.is_some_and(|base| base.as_ref() == b"OFF") {
        hidden.extend(list(layers.as_ref(), "OCGs"));
        list(shown.as_ref(), "ON").iter().for_each(|id| {
            hidden.remove(id);
        });
    }
    hidden
}
