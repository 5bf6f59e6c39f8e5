//! Formulas between signs.

use super::{super::math::math, Reader};

impl<'a> Reader<'a> {
    /// Reads a formula that begins with a dollar sign at an offset.
    pub(super) fn formula(&mut self, at: usize) {
        let (start, end) = if self.rest().starts_with('$') {
            (at + 2, self.dollars.at(at + 2))
        } else {
            (at + 1, self.dollar.at(at + 1))
        };
        self.formula_to(start, end, start - at);
    }

    /// Reads a formula that ends at an offset, with as many bytes as it begins with.
    pub(super) fn formula_to(&mut self, start: usize, end: Option<usize>, mark: usize) {
        self.at = start;
        let Some(end) = end.filter(|&end| end + mark <= self.end) else { return };
        let formula = &self.text[start..end];
        let blank = |line: &str| line.trim().is_empty();
        // A formula holds no empty line: the sign stood for itself.
        if formula.split('\n').skip(1).any(blank) && formula.trim_end().contains("\n\n") {
            return;
        }
        self.at = end + mark;
        self.write_formula(start, end);
    }

    pub(super) fn write_formula(&mut self, start: usize, end: usize) {
        if self.fact {
            return;
        }
        let text = math(&self.text[start..end]);
        for (line, text) in text.split('\n').enumerate() {
            if line > 0 {
                self.write(" ", start);
            }
            if self.sink.is_some() || self.row.is_some() {
                self.write(text, start);
            } else if !text.trim().is_empty() {
                let number = self.line(start) + line as u32;
                let at = self.starts.get(number as usize - 1).map_or(start, |&at| at.max(start));
                self.write(text, at);
            }
        }
    }
}
