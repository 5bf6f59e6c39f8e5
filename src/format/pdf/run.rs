//! Signs become runs: stretches of text on one line, with the spaces that only the page shows.

use super::letter;

/// Runs that are looked back at for one that was printed twice to look bold.
const LOOK_BACK: usize = 6;

/// Runs of one page.
const MOST: usize = 200_000;

/// One sign on a page, in points, `y` growing downwards.
pub(super) struct Glyph<'a> {
    pub(super) text: &'a str,
    pub(super) x: f64,
    pub(super) y: f64,
    /// The direction of its line, of length 1.
    pub(super) along: (f64, f64),
    pub(super) advance: f64,
    /// How far it is spaced from the one before it by rule: that parts no words.
    pub(super) tracking: f64,
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) fixed: bool,
    /// Whether the file says that it is of a head or foot of the page.
    pub(super) paging: bool,
    pub(super) leftward: bool,
}

/// A stretch of text on one line. Its place is that on a page which was turned until it is upright.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) text: String,
    /// Where it begins and ends.
    pub(super) x: (f64, f64),
    /// Its base line, growing downwards.
    pub(super) y: f64,
    pub(super) size: f64,
    /// How far its line is turned, in degrees; 0 to 359.
    pub(super) turn: u16,
    /// Signs in it, those in a heavy font, and those in one of fixed width.
    pub(super) signs: u32,
    pub(super) bold: u32,
    pub(super) fixed: u32,
    /// Whether the file says that it is a head or foot of the page.
    pub(super) paging: bool,
}

/// The runs of a page.
#[derive(Default)]
pub(super) struct Runs {
    done: Vec<Run>,
    last: Option<Open>,
}

/// The run that is being written.
struct Open {
    run: Run,
    /// Where the next sign stands if there is no gap.
    pen: f64,
    /// The same of text that is written from right to left, and whether this is.
    left: f64,
    leftward: bool,
    /// Whether any of it runs from right to left.
    turned: bool,
    /// Where a space began that nothing follows yet.
    space: Option<f64>,
    /// By how many signs the size leads.
    lead: u32,
    /// Where the last sign stands.
    sign: (f64, f64),
    /// Its size and base line.
    level: (f64, f64),
}

impl Runs {
    /// Adds a sign.
    pub(super) fn push(&mut self, glyph: &Glyph<'_>) {
        let (cos, sin) = glyph.along;
        let mut turn = sin.atan2(cos).to_degrees().round() as i32;
        // What is all but upright is upright.
        let quarter = (f64::from(turn) / 90.0).round() as i32 * 90;
        if (turn - quarter).abs() <= 3 {
            turn = quarter;
        }
        let turn = turn.rem_euclid(360) as u16;
        let (sin, cos) = f64::from(turn).to_radians().sin_cos();
        let x = glyph.x * cos + glyph.y * sin;
        let y = glyph.y * cos - glyph.x * sin;
        let end = x + glyph.advance;
        let blank = glyph.text.chars().all(|char| char == ' ');
        if let Some(open) = &mut self.last {
            match open.next(glyph, turn, x, y, end) {
                Step::Apart => {}
                Step::Again => {
                    open.pen = open.pen.max(end);
                    return;
                }
                Step::Accent(char) => {
                    open.run.text.pop();
                    open.run.text.push(char);
                    open.pen = open.pen.max(end);
                    open.run.x.1 = open.run.x.1.max(end);
                    return;
                }
                step @ (Step::Onward { gap } | Step::Back { gap }) => {
                    let back = matches!(step, Step::Back { .. });
                    if blank {
                        open.space = open.space.or((!glyph.text.is_empty()).then_some(x));
                    } else {
                        // The pen may have gone back over a space, as if there were none.
                        let parts = |from: f64| (x - from).abs() > 0.01 * glyph.size;
                        let space = open.space.take().is_some_and(parts);
                        if (gap || space) && !open.run.text.ends_with(' ') {
                            open.run.text.push(' ');
                        }
                        open.write(glyph, y);
                        open.sign = (x, end);
                    }
                    open.leftward = back;
                    open.turned |= glyph.leftward;
                    open.pen = end;
                    open.left = x;
                    if !blank {
                        open.run.x = (open.run.x.0.min(x), open.run.x.1.max(end));
                    }
                    return;
                }
            }
        }
        self.close();
        if blank || self.done.len() >= MOST {
            return;
        }
        let run = Run {
            text: String::new(),
            x: (x, end),
            y,
            size: glyph.size,
            turn,
            signs: 0,
            bold: 0,
            fixed: 0,
            paging: glyph.paging,
        };
        let mut open = Open {
            run,
            pen: end,
            left: x,
            leftward: false,
            turned: glyph.leftward,
            space: None,
            lead: 0,
            sign: (x, end),
            level: (glyph.size, y),
        };
        open.write(glyph, y);
        self.last = Some(open);
    }

    /// Returns the runs, in order.
    pub(super) fn finish(mut self) -> Vec<Run> {
        self.close();
        self.done
    }

    fn close(&mut self) {
        let Some(open) = self.last.take() else { return };
        let mut run = open.run;
        if open.turned && !open.leftward {
            run.text = letter::from_right(&run.text);
        }
        let close = |one: f64, other: f64| (one - other).abs() < 0.2 * run.size;
        let twice = self.done.iter().rev().take(LOOK_BACK).any(|other| {
            other.turn == run.turn
                && close(other.y, run.y)
                && close(other.x.0, run.x.0)
                && close(other.x.1, run.x.1)
                && other.text == run.text
        });
        if !twice {
            self.done.push(run);
        }
    }
}

/// How a sign follows a run.
enum Step {
    /// It does not.
    Apart,
    /// It is the last one again, printed over it to look bold.
    Again,
    /// It makes another letter of the last one.
    Accent(char),
    Onward {
        gap: bool,
    },
    /// To the left, in a script that is written so.
    Back {
        gap: bool,
    },
}

impl Open {
    fn next(&self, glyph: &Glyph<'_>, turn: u16, x: f64, y: f64, end: f64) -> Step {
        let em = self.run.size.max(glyph.size);
        let fall = (y - self.run.y).abs();
        if turn != self.run.turn || glyph.paging != self.run.paging || fall > 0.6 * em {
            return Step::Apart;
        }
        let shift = (x - self.sign.0).abs();
        let over = shift < 0.12 * em && shift < 0.4 * glyph.advance && fall < 0.12 * em;
        if over && self.space.is_none() && self.run.text.ends_with(glyph.text) && !glyph.text.is_empty() {
            return Step::Again;
        }
        if let Some(char) = self.accent(glyph, x, end) {
            return Step::Accent(char);
        }
        let gap = x - self.pen - glyph.tracking;
        let blank = glyph.text.starts_with(' ');
        let leftward = glyph.leftward || blank && self.leftward;
        let back = self.left - end;
        if leftward && self.turned && back > -0.3 * em && back < 1.2 * em && x < self.sign.0 {
            return Step::Back { gap: back > 0.15 * em };
        }
        if self.leftward {
            return Step::Apart;
        }
        // Text that is set higher or lower stands close to what it belongs to.
        let most = if fall > 0.2 * em { 0.6 } else { 0.9 };
        // Thin text may be set over the end of what is before it; a new line begins further back.
        if gap < -0.6 * em || gap > most * em {
            return Step::Apart;
        }
        let least = self.run.size.min(glyph.size).max(0.5 * em);
        Step::Onward { gap: gap > 0.15 * least || self.notes(glyph, y) }
    }

    /// Returns the letter that the last one and this make, where one of them is an accent over the
    /// other.
    fn accent(&self, glyph: &Glyph<'_>, x: f64, end: f64) -> Option<char> {
        if self.space.is_some() {
            return None;
        }
        let last = self.run.text.chars().last()?;
        let mut chars = glyph.text.chars();
        let char = chars.next().filter(|_| chars.as_str().is_empty())?;
        if letter::is_accent(last) {
            let middle = (self.sign.0 + self.sign.1) / 2.0;
            let over = middle > x && middle < end;
            return letter::accented(char, last).filter(|_| over);
        }
        let middle = (x + end) / 2.0;
        let over = letter::is_accent(char) && middle > self.sign.0 && middle < self.sign.1;
        letter::accented(last, char).filter(|_| over)
    }

    /// Says whether a sign is, or follows, the mark of a note, which is no part of the word beside it.
    fn notes(&self, glyph: &Glyph<'_>, y: f64) -> bool {
        let mark = |char: char| char.is_ascii_digit() || "∗*†‡§¶".contains(char);
        let text = &self.run.text;
        let (Some(last), Some(next)) = (text.chars().last(), glyph.text.chars().next()) else { return false };
        let (size, line) = self.level;
        if mark(next) && !mark(last) && line - y > 0.15 * size && glyph.size < 0.85 * size {
            // `m²` and `CO₂` are one word.
            return text.chars().rev().take_while(|char| char.is_alphabetic()).count() > 2;
        }
        mark(last) && next.is_alphabetic() && y - line > 0.15 * glyph.size && size < 0.85 * glyph.size
    }

    fn write(&mut self, glyph: &Glyph<'_>, y: f64) {
        let run = &mut self.run;
        run.text.push_str(glyph.text);
        run.signs += 1;
        run.bold += u32::from(glyph.bold);
        run.fixed += u32::from(glyph.fixed);
        self.level = (glyph.size, y);
        // The size and the line are those of most of its signs.
        if (run.size - glyph.size).abs() < 0.05 * run.size && (run.y - y).abs() < 0.1 * run.size {
            self.lead += 1;
        } else if self.lead == 0 {
            (run.size, run.y, self.lead) = (glyph.size, y, 1);
        } else {
            self.lead -= 1;
        }
    }
}
