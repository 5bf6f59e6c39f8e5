//! Tables: drawn, of aligned columns, of nested lists, of values with commas between.

/// A row: the line it begins on, counted from the first one of its table, and its cells.
pub(super) type Row = (usize, Vec<String>);

/// A table, and how many lines it has.
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    pub(super) lines: usize,
}

/// Reads a table whose cells are drawn with `+`, `-` and `|`.
pub(super) fn grid(lines: &[&str]) -> Option<Table> {
    let drawn = |line: &str| {
        let line = line.trim();
        line.starts_with('+') && line.len() > 2 && line.bytes().all(|byte| matches!(byte, b'+' | b'-' | b'='))
    };
    if !lines.first().is_some_and(|line| drawn(line)) {
        return None;
    }
    let mut table = Table { rows: Vec::new(), lines: 0 };
    let mut open = false;
    for (number, line) in lines.iter().enumerate() {
        let text = line.trim();
        if !text.starts_with(['+', '|']) {
            break;
        }
        table.lines = number + 1;
        if text.starts_with('+') {
            open = false;
            if drawn(text) {
                continue;
            }
        }
        let inner = text.trim_start_matches(['+', '|']).trim_end_matches(['+', '|']);
        // A line between two cells may end at a third one.
        let drawn =
            |word: &&str| word.len() > 2 && word.bytes().all(|byte| matches!(byte, b'+' | b'-' | b'='));
        let cells = inner.split('|').map(|cell| {
            let words: Vec<&str> = cell.split_whitespace().filter(|word| !drawn(word)).collect();
            words.join(" ")
        });
        let cells: Vec<String> = cells.collect();
        match table.rows.last_mut().filter(|_| open) {
            Some((_, known)) => join(known, cells),
            None => table.rows.push((number, cells)),
        }
        open = true;
    }
    Some(table)
}

/// Says whether a line is the border of a table of aligned columns.
pub(super) fn is_border(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("=") && line.contains(' ') && line.bytes().all(|byte| matches!(byte, b'=' | b' '))
}

/// Reads a table whose columns stand under `=====  =====`.
pub(super) fn simple(lines: &[&str]) -> Option<Table> {
    let border = lines.first().filter(|line| is_border(line))?;
    let mut columns = Vec::new();
    let mut before = ' ';
    for (column, char) in border.chars().enumerate() {
        if char == '=' && before != '=' {
            columns.push(column);
        }
        before = char;
    }
    let mut table = Table { rows: Vec::new(), lines: 1 };
    let mut borders = 1;
    for (number, line) in lines.iter().enumerate().skip(1) {
        let blank = line.trim().is_empty();
        if is_border(line) {
            borders += 1;
            table.lines = number + 1;
            let ends = lines.get(number + 1).is_none_or(|next| next.trim().is_empty());
            if borders == 3 || ends {
                break;
            }
            continue;
        }
        let spans = line.trim().starts_with('-') && line.bytes().all(|byte| matches!(byte, b'-' | b' '));
        if blank || spans {
            continue;
        }
        let mut cells = Vec::new();
        let mut chars = line.chars();
        for (at, column) in columns.iter().enumerate() {
            let width = columns.get(at + 1).map_or(usize::MAX, |next| next - column);
            // What stands before the first column belongs to it.
            let width = if at == 0 { width.saturating_add(*column) } else { width };
            let cell: String = chars.by_ref().take(width).collect();
            if cell.is_empty() {
                break;
            }
            cells.push(cell.trim().to_owned());
        }
        match table.rows.last_mut() {
            Some((_, known)) if cells.first().is_some_and(String::is_empty) => join(known, cells),
            _ => table.rows.push((number, cells)),
        }
    }
    // Without a border below it is no table.
    (borders > 1).then_some(table)
}

/// Reads the rows of a table made of lists in a list.
pub(super) fn lists(lines: &[&str]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let text = line.trim();
        let starred = text.strip_prefix(['*', '-']).map(str::trim_start);
        let first = starred.and_then(|rest| rest.strip_prefix(['-', '*']));
        let first = first.filter(|rest| rest.is_empty() || rest.starts_with(' '));
        let cell = text.strip_prefix(['-', '*']).filter(|rest| rest.is_empty() || rest.starts_with(' '));
        match (first, cell, rows.last_mut()) {
            (Some(cell), ..) => rows.push((number, vec![cell.trim().to_owned()])),
            (_, Some(cell), Some((_, cells))) => cells.push(cell.trim().to_owned()),
            (_, _, Some((_, cells))) if !text.is_empty() => {
                if let Some(last) = cells.last_mut() {
                    last.push(' ');
                    last.push_str(text);
                }
            }
            _ => {}
        }
    }
    rows
}

/// Reads the rows of a table of values with commas between.
pub(super) fn csv(lines: &[&str]) -> Vec<Row> {
    let filled = lines.iter().enumerate().filter(|(_, line)| !line.trim().is_empty());
    filled.map(|(number, line)| (number, fields(line.trim()))).collect()
}

/// Returns the values of a line.
pub(super) fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for char in line.chars() {
        match (char, fields.last_mut()) {
            ('"', _) => quoted = !quoted,
            (',', _) if !quoted => fields.push(String::new()),
            (_, Some(field)) => field.push(char),
            _ => {}
        }
    }
    fields.into_iter().map(|field| field.trim().to_owned()).collect()
}

fn join(known: &mut Vec<String>, more: Vec<String>) {
    for (at, cell) in more.into_iter().enumerate() {
        match known.get_mut(at) {
            Some(_) if cell.is_empty() => {}
            Some(known) => {
                known.push(' ');
                known.push_str(&cell);
            }
            None => known.push(cell),
        }
    }
}
