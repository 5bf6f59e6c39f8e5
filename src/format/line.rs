//! Text as one line, and lines counted.

/// Returns a text on one line, with one blank where there were more.
pub(super) fn of(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the cells of a row of a table on one line. Empty ones at its end are left out.
pub(super) fn of_cells(cells: &[String]) -> String {
    let filled = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
    cells[..filled].join(" | ")
}

/// Returns the number of line breaks among bytes.
pub(super) fn breaks(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&byte| byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_one_line() {
        assert_eq!(of(" a\n b\u{a0} c\r\n"), "a b c");
        assert_eq!(of(" \n"), "");
    }

    #[test]
    fn cells_become_one_line() {
        let check = |cells: &[&str], expected: &str| {
            let cells: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
            assert_eq!(of_cells(&cells), expected);
        };
        check(&["a", "", "b", "", ""], "a |  | b");
        check(&["", ""], "");
    }
}
