//! Notes and numbers in the margin, on the same lines as the text beside them.

use super::line::Line;

/// Takes what stands in the margin beside a line out of it. Numbers that count the lines there go.
pub(super) fn take(lines: Vec<Line>) -> Vec<Line> {
    let edges = Edges::of(&lines);
    let mut out = Vec::with_capacity(lines.len());
    for mut line in lines {
        let cells = line.row;
        if let Some(gap) = edges.note_before(&line).filter(|_| !cells) {
            let [mut note, rest] = line.part(gap);
            note.margin = true;
            out.push(note);
            line = rest;
        }
        if let Some(gap) = edges.note_after(&line).filter(|_| !cells) {
            let [rest, mut note] = line.part(gap);
            note.margin = true;
            out.push(rest);
            line = note;
        }
        out.push(line);
    }
    let counts = |line: &Line| {
        let digits = line.text.trim_end_matches('R').bytes().all(|byte| byte.is_ascii_digit());
        digits && line.text.len() <= 5 && (line.margin || edges.outside(line))
    };
    if out.iter().filter(|line| counts(line)).count() >= 3 {
        out.retain(|line| !counts(line));
    }
    out
}

/// Where the lines of a page begin and end.
struct Edges {
    left: Vec<f64>,
    right: Vec<f64>,
}

impl Edges {
    fn of(lines: &[Line]) -> Self {
        let long = || lines.iter().filter(|line| line.text.len() >= 20);
        let left = long().flat_map(|line| line.gaps.iter().map(|gap| gap.x.1).chain([line.x.0]));
        let right = long().flat_map(|line| line.gaps.iter().map(|gap| gap.x.0).chain([line.x.1]));
        Self { left: common(left.collect()), right: common(right.collect()) }
    }

    /// Returns the number of the gap between a line and what stands left of its text.
    fn note_before(&self, line: &Line) -> Option<usize> {
        let gap = line.gaps.first()?;
        let short = !is_marker(line.text[..gap.at].trim_end())
            && gap.at * 2 < line.text.len()
            && line.x.0 < gap.x.1 - line.size;
        (short && near(&self.left, gap.x.1) && !near(&self.left, line.x.0)).then_some(0)
    }

    /// Returns the number of the gap between a line and what stands right of its text.
    fn note_after(&self, line: &Line) -> Option<usize> {
        let gap = line.gaps.last()?;
        let apart = line.x.1 > gap.x.0 + line.size;
        (apart && near(&self.right, gap.x.0) && !near(&self.right, line.x.1)).then_some(line.gaps.len() - 1)
    }

    /// Says whether a line stands outside all text.
    fn outside(&self, line: &Line) -> bool {
        let before = !self.left.is_empty() && self.left.iter().all(|left| line.x.1 < *left);
        let after = !self.right.is_empty() && self.right.iter().all(|right| line.x.0 > *right);
        before || after
    }
}

/// Says whether a text is the number of what follows it, such as `(2)`, `b)` or `1.2`.
fn is_marker(text: &str) -> bool {
    let marks = |char: char| "().[]".contains(char);
    let words = text.split(|char: char| marks(char) || char == ' ').filter(|word| !word.is_empty());
    let short =
        |word: &str| word.len() == 1 || word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    text.contains(marks)
        && text.is_ascii()
        && words.clone().count() <= 4
        && words.clone().next().is_some()
        && words.into_iter().all(short)
}

/// Returns the places at which many lines begin, or end.
fn common(mut places: Vec<f64>) -> Vec<f64> {
    let least = 5.max(places.len() / 4);
    places.sort_by(f64::total_cmp);
    let groups = places.chunk_by(|one, other| other - one < 1.5);
    groups.filter(|group| group.len() >= least).map(|group| group[group.len() / 2]).collect()
}

fn near(edges: &[f64], x: f64) -> bool {
    edges.iter().any(|edge| (edge - x).abs() < 2.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_paragraph_is_no_note() {
        let check = |text: &str, expected: bool| assert_eq!(is_marker(text), expected, "{text}");
        for text in ["(1)", "(a) (b)", "3.", "3.5", "1.2.10", "[12]", "b)"] {
            check(text, true);
        }
        for text in ["", "12", "12R", "moon", "The sea.", "(see)", "…", "1940.", "2.5.1.1.3"] {
            check(text, false);
        }
    }
}
