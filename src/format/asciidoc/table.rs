//! Tables: cells are marked each by itself, and a row is full when it has as many as the first one.

/// The cells of a table while it is read.
pub(super) struct Table {
    /// The line that begins and ends the table.
    pub(super) fence: String,
    separator: char,
    /// How many cells a row has; 0 until the first one shows it.
    columns: usize,
    cells: Vec<String>,
    /// The line of the first cell of the open row.
    line: u32,
    /// Whether an empty line came since the first cell.
    parted: bool,
}

impl Table {
    /// Begins a table; `attributes` is the list that stands before it.
    pub(super) fn new(fence: &str, attributes: &str) -> Self {
        let separator = match fence.chars().next() {
            Some(',') => ',',
            Some(':') => ':',
            Some('!') => '!',
            _ => '|',
        };
        let separator = if attributes.contains("format=csv") || attributes.contains("format=\"csv\"") {
            ','
        } else {
            separator
        };
        Self {
            fence: fence.to_owned(),
            separator,
            columns: columns(attributes),
            cells: Vec::new(),
            line: 0,
            parted: false,
        }
    }

    /// Takes a line, and returns the rows that it makes full.
    pub(super) fn line(&mut self, line: &str, number: u32) -> Vec<(Vec<String>, u32)> {
        let mut rows = Vec::new();
        let text = line.trim();
        if text.is_empty() {
            self.parted |= !self.cells.is_empty();
            // The first row stands on one line, or ends where an empty line follows.
            if self.columns == 0 && !self.cells.is_empty() {
                self.columns = self.cells.len();
            }
            rows.extend(self.full());
            return rows;
        }
        if matches!(self.separator, ',' | ':') {
            let cells = text.split(self.separator).map(|cell| cell.trim().trim_matches('"').to_owned());
            rows.push((cells.collect(), number));
            return rows;
        }
        let mut parts = text.split(self.separator);
        let first = parts.next().unwrap_or("");
        let (text_before, spec) = specified(first);
        if !text_before.is_empty() {
            self.append(text_before);
        }
        let mut copies = spec;
        let mut parts = parts.peekable();
        let mut added = 0;
        while let Some(part) = parts.next() {
            let (cell, next) = if parts.peek().is_some() { specified(part) } else { (part.trim(), 1) };
            if self.columns > 0 && self.cells.len() >= self.columns {
                rows.extend(self.full());
            }
            if self.cells.is_empty() {
                self.line = number;
            }
            for _ in 0..copies.min(50) {
                self.cells.push(cell.to_owned());
                added += 1;
            }
            copies = next;
        }
        if self.columns == 0 && added > 1 {
            self.columns = added;
        }
        rows
    }

    /// Ends the table, and returns what is left of it.
    pub(super) fn finish(mut self) -> Option<(Vec<String>, u32)> {
        let cells = std::mem::take(&mut self.cells);
        (!cells.is_empty()).then_some((cells, self.line))
    }

    fn append(&mut self, text: &str) {
        if let Some(cell) = self.cells.last_mut() {
            cell.push(' ');
            cell.push_str(text);
        }
    }

    fn full(&mut self) -> Option<(Vec<String>, u32)> {
        let full = self.columns > 0 && self.cells.len() >= self.columns;
        full.then(|| (std::mem::take(&mut self.cells), self.line))
    }
}

/// Parts what stands before a separator into text and how often the cell that follows stands there.
fn specified(text: &str) -> (&str, usize) {
    let start = text.rfind([' ', '\t']).map_or(0, |at| at + 1);
    let word = &text[start..];
    let spec = |byte: &u8| byte.is_ascii_digit() || b"+.*<>^aehlmsdv".contains(byte);
    let known = !word.is_empty()
        && word.len() <= 12
        && word.bytes().all(|byte| spec(&byte))
        && (word.len() == 1 || word.contains(['+', '*', '<', '>', '^', '.']));
    if !known {
        return (text.trim(), 1);
    }
    let copies = word.split_once('*').and_then(|(count, _)| count.parse().ok()).unwrap_or(1);
    (text[..start].trim(), copies)
}

/// Returns how many columns a list of attributes names; 0 where it names none.
fn columns(attributes: &str) -> usize {
    let Some(at) = attributes.find("cols=") else { return 0 };
    let value = &attributes[at + 5..];
    let value = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or(""),
        None => value.split(',').next().unwrap_or(""),
    };
    let count = |part: &str| {
        part.trim().split_once('*').and_then(|(count, _)| count.parse::<usize>().ok()).unwrap_or(1)
    };
    value.split([',', ';']).map(count).sum::<usize>().min(1_000)
}
