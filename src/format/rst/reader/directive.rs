//! What two dots mark: directives, notes, targets, comments.

use super::{
    super::{
        directive::{self, Body, body},
        inline::reference,
        mark::field,
        table,
    },
    GoesOn, Reader,
};
use crate::{
    article::Kind,
    format::{
        gather::{hidden, indent},
        latex::math::math,
    },
};

impl<'a> Reader<'a> {
    /// Reads what two dots mark: a directive, a note, a target, a comment.
    pub(super) fn marked(&mut self, rest: &'a str, column: usize) {
        let number = self.number();
        if let Some((label, text)) =
            rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).filter(|(label, _)| label.len() < 80)
        {
            self.top = false;
            self.lists.clear();
            self.gather.begin(Kind::Prose, &format!("{} ", reference(label)), number);
            self.goes_on = GoesOn::Deeper(column);
            return self.gather.write(text.trim_start(), number);
        }
        if let Some((name, argument)) = directive::parse(rest) {
            return self.directive(&name.to_ascii_lowercase(), argument, column);
        }
        if rest.starts_with('_') {
            // A target may be written over more lines.
            let inside = |line: &&&str| !line.trim().is_empty() && indent(line) > column;
            self.at += self.lines[self.at + 1..].iter().take_while(inside).count();
            return;
        }
        if let Some((name, value)) = rest.split_once(": ").filter(|(name, _)| self.top && !name.contains(' '))
        {
            self.fact(&name.to_ascii_lowercase(), &[value]);
        }
        let empty = rest.is_empty() && self.lines.get(self.at + 1).is_none_or(|line| line.trim().is_empty());
        if !empty {
            self.at += self.body_length(self.at + 1, column);
        }
    }

    fn directive(&mut self, name: &str, argument: &'a str, column: usize) {
        let number = self.number();
        let kind = body(name);
        let options = self.options(column);
        if matches!(name, "meta" | "post" | "sectionauthor" | "moduleauthor" | "codeauthor") {
            match name {
                "post" => self.fact("date", &[argument]),
                "meta" => {}
                _ => self.fact("author", &[argument]),
            }
            for line in self.at + 1..=self.at + options {
                if let Some((name, value)) = field(self.lines[line].trim()) {
                    self.fact(&name.to_ascii_lowercase(), &[value]);
                }
            }
        }
        if name != "meta" && name != "title" && kind != Body::Dropped {
            self.top = false;
        }
        let first = self.at + 1 + options;
        match kind {
            Body::Dropped => {
                if name == "title" {
                    self.fact("title", &[argument]);
                }
                self.at += self.body_length(self.at + 1, column);
            }
            Body::Code | Body::Marked => {
                let length = self.body_length(first, column);
                let lines = &self.lines[first..first + length];
                if kind == Body::Code {
                    self.gather.code(lines, first as u32 + 1);
                } else {
                    self.gather.marked_code(lines, first as u32 + 1);
                }
                self.at = first + length - 1;
            }
            Body::Formula => {
                let length = self.body_length(first, column);
                self.gather.write(&hidden(&math(argument)), number);
                for line in first..first + length {
                    self.gather.write(&hidden(&math(self.lines[line])), line as u32 + 1);
                }
                self.gather.end();
                self.at = first + length - 1;
            }
            Body::Rows => {
                self.argument(argument, number);
                self.gather.end();
                let length = self.body_length(first, column);
                let lines = &self.lines[first..first + length];
                let rows = if name == "csv-table" { table::csv(lines) } else { table::lists(lines) };
                for line in self.at + 1..first {
                    if let Some(("header", cells)) = field(self.lines[line].trim()) {
                        self.gather.row(&table::fields(cells), line as u32 + 1);
                    }
                }
                for (line, cells) in &rows {
                    self.gather.row(cells, (first + line) as u32 + 1);
                }
                self.at = first + length - 1;
            }
            Body::Text => self.at += options,
            Body::Titled | Body::Signed => {
                if kind == Body::Signed {
                    self.argument(&hidden(argument), number);
                } else {
                    self.argument(argument, number);
                }
                self.goes_on = GoesOn::Deeper(column);
                if options > 0 {
                    self.gather.end();
                }
                self.at += options;
            }
        }
    }

    /// Begins a paragraph with what stands after the name of a directive.
    fn argument(&mut self, argument: &str, number: u32) {
        self.gather.begin(Kind::Prose, "", number);
        self.gather.write(argument, number);
    }

    /// Returns the number of lines below a directive that are its options.
    fn options(&self, column: usize) -> usize {
        let mut count = 0;
        let mut inside = usize::MAX;
        while let Some(line) = self.lines.get(self.at + 1 + count) {
            let more = indent(line);
            let option = field(line.trim()).is_some();
            if line.trim().is_empty() || more <= column || !(option || more > inside) {
                break;
            }
            inside = inside.min(more);
            count += 1;
        }
        count
    }
}
