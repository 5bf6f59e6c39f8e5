//! Tables of tbl: options, the format of the columns, and rows with tabs between their cells.

/// Returns the rows of a table, each with its line counted from the first one, and how many lines
/// the table has up to its end.
pub(super) fn rows(lines: &[&str]) -> (Vec<(usize, Vec<String>)>, usize) {
    let mut rows = Vec::new();
    let mut separator = '\t';
    let mut in_format = true;
    let mut at = 0;
    while let Some(line) = lines.get(at).filter(|line| !line.starts_with(".TE")) {
        let text = line.trim();
        if in_format {
            if let Some(after) = text.find("tab").map(|found| text[found + 3..].trim_start()) {
                separator =
                    after.strip_prefix('(').and_then(|after| after.chars().next()).unwrap_or(separator);
            }
            in_format = !text.ends_with('.');
        } else if text == ".T&" {
            in_format = true;
        } else if !matches!(text, "" | "_" | "=") && !text.starts_with(['.', '\'']) {
            let first = at;
            let mut cells = vec![String::new()];
            let mut rest = *line;
            // Each turn reads a cell; one of more lines ends in a line that goes on with the next.
            loop {
                let (cell, more) =
                    rest.split_once(separator).map_or((rest, None), |(cell, more)| (cell, Some(more)));
                let mut more = more;
                if cell.trim() == "T{" && more.is_none() {
                    let (text, after) = block(lines, &mut at);
                    push(&mut cells, &text);
                    more =
                        after.and_then(|after| after.trim_start_matches([' ', '}']).strip_prefix(separator));
                } else if !matches!(cell.trim(), "_" | "=" | "\\_" | "\\^") {
                    push(&mut cells, cell);
                }
                let Some(more) = more else { break };
                cells.push(String::new());
                rest = more;
            }
            rows.push((first, cells));
        }
        at += 1;
    }
    (rows, (at + 1).min(lines.len()))
}

fn push(cells: &mut [String], text: &str) {
    if let Some(cell) = cells.last_mut() {
        cell.push_str(text.trim());
    }
}

/// Returns the text of a cell of more lines, and the line that ends it from its mark on.
fn block<'a>(lines: &[&'a str], at: &mut usize) -> (String, Option<&'a str>) {
    let mut text = String::new();
    while let Some(line) = lines.get(*at + 1).filter(|line| !line.starts_with(".TE")) {
        *at += 1;
        if let Some(after) = line.strip_prefix("T}") {
            return (text, Some(after));
        }
        // Fonts of words are marked by a line of their own.
        let words = match line.strip_prefix('.').and_then(|line| line.split_once(' ')) {
            Some((name, words)) if name.len() <= 2 && name.bytes().all(|byte| b"BIRS".contains(&byte)) => {
                words
            }
            Some(_) => continue,
            None if line.starts_with('.') => continue,
            None => line,
        };
        text.push_str(words);
        text.push(' ');
    }
    (text, None)
}
