//! Environments: lists, tables, formulas, code, and what is left out.

use super::{
    super::commands::{FORMULAS, LEFT_OUT, LISTS, NOT_SHOWN, SECTIONS, TABLES, THEOREMS, VERBATIM},
    Reader,
};

impl<'a> Reader<'a> {
    pub(super) fn begin(&mut self, at: usize) {
        let Some(range) = self.argument() else { return };
        let name = self.text[range].trim();
        let known = |list: &'static [(&'static str, &'static str)]| {
            list.iter().find(|(known, _)| *known == name).map(|(known, _)| *known)
        };
        if let Some(known) = known(VERBATIM) {
            return self.verbatim(known);
        }
        if let Some(known) = known(LEFT_OUT) {
            self.end_block();
            if let Some((_, after)) = self.braces.end(known, self.at) {
                self.at = after.min(self.end);
            }
            return;
        }
        if let Some(known) = known(FORMULAS) {
            if known.starts_with("alignat") {
                self.drop_argument();
            }
            let start = self.at;
            if let Some((end, after)) = self.braces.end(known, start).filter(|(_, after)| *after <= self.end)
            {
                self.at = after;
                self.write_formula(start, end);
            }
            return;
        }
        if let Some((_, count)) = TABLES.iter().find(|(known, _)| *known == name) {
            self.end_block();
            for _ in 0..*count {
                self.option();
                self.drop_argument();
            }
            self.option();
            self.tables += 1;
            if self.row.is_none() {
                self.row = Some((vec![String::new()], 0));
            }
            return;
        }
        self.end_block();
        if let Some((_, numbered)) = LISTS.iter().find(|(known, _)| *known == name) {
            self.overlay();
            self.option();
            if matches!(name, "thebibliography" | "list") {
                self.drop_argument();
            }
            if self.sink.is_none() && self.row.is_none() && self.lists.len() < 1_000 {
                self.lists.push(numbered.then_some(1));
            }
            return;
        }
        self.overlay();
        let option = self.option();
        if name == "frame" {
            if self.rest().starts_with('{') {
                self.heading(SECTIONS.len() + 1, at);
            }
            return;
        }
        if let Some(option) = option.filter(|_| THEOREMS.contains(&name)) {
            self.run(option);
            self.end_block();
        }
        // Lengths and names of columns.
        while self.rest().starts_with('{') {
            let before = self.at;
            let Some(range) = self.argument() else { return };
            let text = &self.text[range];
            let shown = text.contains(' ') || text.starts_with(|first: char| first.is_uppercase());
            if shown && !text.contains("width") {
                self.at = before;
                return;
            }
        }
    }

    pub(super) fn end(&mut self) {
        let Some(range) = self.argument() else { return };
        let name = self.text[range].trim();
        if name == "document" && self.depth == 1 {
            self.at = self.end;
        } else if TABLES.iter().any(|(known, _)| *known == name) {
            self.tables = self.tables.saturating_sub(1);
            self.end_row();
            if self.tables == 0 {
                self.row = None;
                self.end_block();
            }
        } else {
            self.end_block();
            if LISTS.iter().any(|(known, _)| *known == name) && self.sink.is_none() && self.row.is_none() {
                self.lists.pop();
            }
        }
    }

    fn verbatim(&mut self, name: &'static str) {
        let option = self.at;
        let _ = self.option();
        if matches!(name, "minted" | "tcblisting" | "filecontents" | "filecontents*" | "SaveVerbatim") {
            self.drop_argument();
        }
        let Some((end, after)) = self.braces.end(name, self.at) else {
            self.at = option;
            return;
        };
        let start = self.at;
        self.at = after.min(self.end);
        if NOT_SHOWN.contains(&name) || end > self.end {
            return;
        }
        let code = &self.text[start..end];
        if self.sink.is_some() || self.row.is_some() {
            return self.write(code, start);
        }
        self.end_block();
        let lines: Vec<&str> = code.split('\n').collect();
        let first = lines.first().map_or("", |line| line.trim());
        // What stands after the mark is an option that was not told from code.
        let skipped = usize::from(first.is_empty());
        self.gather.code(&lines[skipped..], self.line(start) + skipped as u32);
    }
}
