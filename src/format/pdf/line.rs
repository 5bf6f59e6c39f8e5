//! Runs become lines, in the order in which they are read.
//!
//! The order of the file is kept, since most programs write text as it is read. It is left where the
//! page itself says otherwise: columns written row by row, or lines that jump up over what they
//! follow.

use super::{letter, margin, run::Run};

/// Lines of a page that are put in order by their places. More are no page of text.
const MOST_ORDERED: usize = 5_000;

/// Characters on each side of a gap that makes columns, rather than a table.
const COLUMN: usize = 18;

/// One line of a page.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) text: String,
    /// The number of its page, counting from 1.
    pub(super) page: u32,
    pub(super) x: (f64, f64),
    pub(super) y: f64,
    pub(super) size: f64,
    pub(super) turn: u16,
    /// Whether most of it is heavy, and whether all of it is of one width.
    pub(super) bold: bool,
    pub(super) fixed: bool,
    /// Whether it is a row of a table.
    pub(super) row: bool,
    /// Whether it stands in the margin, beside the text.
    pub(super) margin: bool,
    /// The level of the heading that it is by the file's own outline, and which of these it is.
    pub(super) heading: Option<(u8, usize)>,
    /// Whether the file says that it is a head or foot of the page.
    pub(super) paging: bool,
    /// The gaps in it.
    pub(super) gaps: Vec<Gap>,
    signs: u32,
    bolds: u32,
    fixeds: u32,
}

/// A gap inside a line that is more than a space.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gap {
    /// Where the text after it begins, in bytes.
    pub(super) at: usize,
    pub(super) x: (f64, f64),
    /// Whether it parts the cells of a table.
    pub(super) wide: bool,
}

/// Makes lines of the runs of a page.
pub(super) fn lines(mut runs: Vec<Run>, page: u32) -> Vec<Line> {
    // Text of one direction stands together; that of the page comes first.
    let upright = main_turn(&runs);
    runs.sort_by_key(|run| if run.turn == upright { -1 } else { i32::from(run.turn) });
    let mut lines: Vec<Line> = Vec::new();
    for run in runs {
        match lines.last_mut() {
            Some(line) if line.takes(&run) => line.add(&run),
            _ => lines.push(Line::new(run, page)),
        }
    }
    lines.iter_mut().for_each(Line::settle);
    let others = lines.split_off(lines.partition_point(|line| line.turn == upright));
    let wall = wall(&lines);
    if let Some(wall) = wall {
        lines = lines.into_iter().flat_map(|line| line.split(wall)).collect();
    }
    if (wall.is_some() || jumps(&lines)) && lines.len() <= MOST_ORDERED {
        lines = ordered(lines);
    }
    rows(&mut lines);
    lines = margin::take(lines);
    lines.extend(others);
    lines
}

impl Line {
    fn new(run: Run, page: u32) -> Self {
        Self {
            text: run.text,
            page,
            x: run.x,
            y: run.y,
            size: run.size,
            turn: run.turn,
            bold: false,
            fixed: false,
            row: false,
            margin: false,
            heading: None,
            paging: run.paging,
            gaps: Vec::new(),
            signs: run.signs,
            bolds: run.bold,
            fixeds: run.fixed,
        }
    }

    /// Says whether a run goes on with the line.
    fn takes(&self, run: &Run) -> bool {
        let em = self.size.max(run.size);
        let fall = (self.y - run.y).abs();
        let level = fall < 0.2 * em || fall < 0.5 * em && (self.size - run.size).abs() > 0.1 * em;
        let onward = run.x.0 > self.x.1 - 0.6 * em;
        let back = run.x.1 < self.x.0 + 0.6 * em && self.leftward();
        self.turn == run.turn && self.paging == run.paging && level && (onward || back)
    }

    fn leftward(&self) -> bool {
        self.text.chars().any(letter::is_leftward)
    }

    fn add(&mut self, run: &Run) {
        let em = self.size.max(run.size);
        let back = run.x.0 < self.x.0;
        let gap = if back { (run.x.1, self.x.0) } else { (self.x.1, run.x.0) };
        let touches = gap.1 - gap.0 < 0.15 * self.size.min(run.size).max(0.5 * em);
        if !touches && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
        if gap.1 - gap.0 > 0.5 * em {
            self.gaps.push(Gap { at: self.text.len(), x: gap, wide: gap.1 - gap.0 > 1.4 * em });
        }
        self.text.push_str(&run.text);
        self.x = (self.x.0.min(run.x.0), self.x.1.max(run.x.1));
        if run.signs > self.signs {
            (self.size, self.y) = (run.size, run.y);
        }
        self.signs += run.signs;
        self.bolds += run.bold;
        self.fixeds += run.fixed;
    }

    fn settle(&mut self) {
        self.bold = self.bolds * 5 >= self.signs * 4;
        self.fixed = self.fixeds * 10 >= self.signs * 7;
    }

    /// Says whether all of it but a number is of one width.
    pub(super) fn is_numbered_code(&self) -> bool {
        self.fixeds > 0 && self.fixeds + 4 >= self.signs
    }

    /// Parts the line where a wall between columns stands.
    fn split(self, wall: f64) -> Vec<Self> {
        match self.gaps.iter().position(|gap| gap.x.0 < wall && wall < gap.x.1) {
            Some(gap) => self.part(gap).into(),
            None => vec![self],
        }
    }

    /// Parts the line at its gap of this number.
    pub(super) fn part(mut self, at: usize) -> [Self; 2] {
        let gap = self.gaps[at];
        let mut after = self.clone();
        after.text = self.text.split_off(gap.at);
        after.gaps = self.gaps.split_off(at + 1);
        after.gaps.iter_mut().for_each(|other| other.at -= gap.at);
        self.gaps.pop();
        self.text.truncate(self.text.trim_end().len());
        (self.x.1, after.x.0) = (gap.x.0, gap.x.1);
        [self, after]
    }
}

/// Returns the direction of most of a page.
fn main_turn(runs: &[Run]) -> u16 {
    let mut signs: Vec<(u16, u32)> = Vec::new();
    for run in runs {
        match signs.iter_mut().find(|(turn, _)| *turn == run.turn) {
            Some((_, signs)) => *signs += run.signs,
            None => signs.push((run.turn, run.signs)),
        }
    }
    signs.iter().max_by_key(|(turn, signs)| (*signs, *turn == 0)).map_or(0, |(turn, _)| *turn)
}

/// Returns where a wall between two columns stands that the lines of the file run across.
fn wall(lines: &[Line]) -> Option<f64> {
    let left = lines.iter().map(|line| line.x.0).fold(f64::MAX, f64::min);
    let right = lines.iter().map(|line| line.x.1).fold(f64::MIN, f64::max);
    let gaps: Vec<(&Line, Gap)> =
        lines.iter().flat_map(|line| line.gaps.iter().map(move |gap| (line, *gap))).take(2_000).collect();
    if gaps.len() < 4 || gaps.len() * 5 < lines.len() * 2 {
        return None;
    }
    let place = |part: u32| left + (right - left) * f64::from(part) / 60.0;
    let through = |wall: f64| gaps.iter().filter(move |(_, gap)| gap.x.0 < wall && wall < gap.x.1);
    let best = (15..=45).map(place).max_by_key(|wall| through(*wall).count())?;
    let both = through(best).count();
    // A line that runs over the wall must be rare: a title, a table.
    let over = lines.iter().filter(|line| line.x.0 < best && best < line.x.1).count() - both;
    let signs = through(best).map(|(line, gap)| {
        let before = line.text[..gap.at].chars().count();
        (before, line.text.chars().count() - before)
    });
    let (before, after) = signs.fold((0, 0), |(one, two), (before, after)| (one + before, two + after));
    let wide = |signs: usize| signs > COLUMN * both && (both >= 8 || signs > 30 * both);
    (both >= 4 && over * 3 < both && wide(before) && wide(after)).then_some(best)
}

/// Says whether lines often jump up over what they follow.
fn jumps(lines: &[Line]) -> bool {
    let up = lines.windows(2).filter(|pair| {
        let [one, other] = pair else { return false };
        let common = one.x.1.min(other.x.1) - one.x.0.max(other.x.0);
        let narrow = (one.x.1 - one.x.0).min(other.x.1 - other.x.0);
        one.y - other.y > 0.5 * one.size.max(other.size) && common > 0.5 * narrow
    });
    up.count() > 2.max(lines.len() / 8)
}

/// Puts lines in order by their places: what stands above a blank strip first, then what stands left
/// of one.
fn ordered(lines: Vec<Line>) -> Vec<Line> {
    let mut ordered = Vec::with_capacity(lines.len());
    let mut parts = vec![lines];
    while let Some(mut part) = parts.pop() {
        if part.len() < 2 {
            ordered.extend(part);
            continue;
        }
        let mut sizes: Vec<f64> = part.iter().map(|line| line.size).collect();
        sizes.sort_by(f64::total_cmp);
        let em = sizes[sizes.len() / 2];
        let gutter = strip(part.iter().map(|line| line.x).collect(), em);
        let after = match gutter.filter(|gutter| beside(&part, *gutter)) {
            Some(gutter) => parted(&mut part, |line| line.x.0 >= gutter),
            None => {
                let rows = part.iter().map(|line| (line.y - 0.8 * line.size, line.y + 0.2 * line.size));
                match strip(rows.collect(), 0.05 * em) {
                    Some(below) => parted(&mut part, |line| line.y >= below),
                    None => {
                        part.sort_by(|one, other| {
                            one.y.total_cmp(&other.y).then(one.x.0.total_cmp(&other.x.0))
                        });
                        ordered.extend(part);
                        continue;
                    }
                }
            }
        };
        parts.push(after);
        parts.push(part);
    }
    ordered
}

/// Takes out the lines that come after.
fn parted(lines: &mut Vec<Line>, after: impl Fn(&Line) -> bool) -> Vec<Line> {
    let (later, first) = std::mem::take(lines).into_iter().partition(after);
    *lines = first;
    later
}

/// Returns the end of the widest strip, of at least this width, that no span touches.
fn strip(mut spans: Vec<(f64, f64)>, least: f64) -> Option<f64> {
    spans.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut end = spans.first()?.1;
    let mut best: Option<(f64, f64)> = None;
    for (from, to) in spans {
        if from - end > best.map_or(least, |(width, _)| width) {
            best = Some((from - end, from));
        }
        end = end.max(to);
    }
    best.map(|(_, from)| from)
}

/// Says whether what stands left and right of a gutter are columns: some lines each, beside each other.
fn beside(lines: &[Line], gutter: f64) -> bool {
    let mut sides = [(0, f64::MAX, f64::MIN); 2];
    for line in lines {
        let (count, top, bottom) = &mut sides[usize::from(line.x.0 >= gutter)];
        *count += 1;
        (*top, *bottom) = (top.min(line.y), bottom.max(line.y));
    }
    let [left, right] = sides;
    left.0 >= 3 && right.0 >= 3 && left.1 < right.2 && right.1 < left.2
}

/// Finds the rows of tables: lines with gaps that follow each other.
fn rows(lines: &mut [Line]) {
    let mut from = 0;
    while from < lines.len() {
        let gapped = |line: &Line| line.gaps.iter().any(|gap| gap.wide) || leads(&line.text);
        let count = lines[from..].iter().take_while(|line| gapped(line)).count();
        if count >= 3 || lines[from..from + count].iter().any(|line| leads(&line.text)) {
            lines[from..from + count].iter_mut().for_each(|line| line.row = true);
        }
        from += count.max(1);
    }
}

/// Says whether dots lead the eye from one part of a line to another, as in a table of contents.
pub(super) fn leads(text: &str) -> bool {
    leader(text).is_some()
}

/// Returns where the first dots stand that only lead the eye.
pub(super) fn leader(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(at) = text[from..].find('.') {
        let start = from + at;
        let rest = text[start..].trim_start_matches(['.', ' ', '\u{2026}']);
        let end = text.len() - rest.len();
        let dots = text[start..end].bytes().filter(|&byte| byte == b'.').count();
        if dots > 4 || dots > 3 && text[start..end].contains(' ') {
            return Some((start, end));
        }
        from = end;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes runs of `(text, left, base line)`, five points for a letter of ten.
    fn print(runs: &[(&str, f64, f64)]) -> Vec<String> {
        let run = |&(text, x, y): &(&str, f64, f64)| Run {
            text: text.to_owned(),
            x: (x, x + 5.0 * text.chars().count() as f64),
            y,
            size: 10.0,
            turn: 0,
            signs: text.chars().count() as u32,
            bold: 0,
            fixed: 0,
            paging: false,
        };
        lines(runs.iter().map(run).collect(), 1).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn lines_are_read_as_they_are_written_unless_they_jump() {
        let check = |runs: &[(&str, f64, f64)], expected: &[&str]| assert_eq!(print(runs), expected);
        check(&[], &[]);
        check(&[("one", 0.0, 10.0), ("two", 40.0, 10.0), ("three", 0.0, 22.0)], &["one two", "three"]);
        check(&[("note", 300.0, 10.0), ("one", 0.0, 10.0)], &["note", "one"]);
        let upward: Vec<(&str, f64, f64)> = vec![
            ("five", 0.0, 60.0),
            ("four", 0.0, 48.0),
            ("three", 0.0, 36.0),
            ("two", 0.0, 24.0),
            ("one", 0.0, 12.0),
        ];
        check(&upward, &["one", "two", "three", "four", "five"]);
    }

    #[test]
    fn columns_that_are_written_row_by_row_come_one_after_the_other() {
        let mut runs = vec![("A title over both columns of this page that is wide", 0.0, 0.0)];
        for row in 0..10 {
            runs.push(("some words of the left column", 0.0, 20.0 + 12.0 * f64::from(row)));
            runs.push(("other words of the right one", 180.0, 20.0 + 12.0 * f64::from(row)));
        }
        let lines = print(&runs);
        assert_eq!(lines.len(), 21);
        assert!(lines[1..11].iter().all(|line| line.contains("left")), "{lines:?}");
    }
}
