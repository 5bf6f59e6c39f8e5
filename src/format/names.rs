//! The names of authors, one by one.

use super::line;

/// What stands between two names.
const BETWEEN: &[&str] =
    &["; ", ";", " and ", " & ", " und ", " et ", " y ", " e ", " og ", " och ", " en ", "、", "，"];

/// Most authors that are named.
const MOST: usize = 30;

/// Returns the names in the lines that name authors, each once.
pub(super) fn split(lines: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for line in lines {
        let line = line::of(line);
        for part in parts(&line) {
            let name = part.trim_matches([',', ';', ' ']);
            if !name.is_empty() && names.len() < MOST && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

fn parts(line: &str) -> Vec<&str> {
    let mut parts = vec![line];
    for between in BETWEEN {
        // `Marks and Spencer` are no two people, `Jane Doe and John Roe` are.
        let split = |part: &'_ str| {
            let sure = !between.starts_with(' ');
            part.contains(between) && (sure || part.split(between).all(|name| name.trim().contains(' ')))
        };
        parts = parts
            .into_iter()
            .flat_map(|part| if split(part) { part.split(between).collect() } else { vec![part] })
            .collect();
    }
    parts.into_iter().flat_map(at_commas).collect()
}

/// Parts names at commas, unless they are `Doe, Jane` or `John Roe, Jr.`.
fn at_commas(part: &str) -> Vec<&str> {
    let names: Vec<&str> = part.split(", ").collect();
    let whole = |name: &&str| name.contains(' ') && name.chars().any(char::is_alphabetic);
    if names.iter().all(whole) { names } else { vec![part] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parted() {
        let check = |lines: &[&str], expected: &[&str]| {
            let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            assert_eq!(split(&lines), expected);
        };
        check(&["Jane Doe"], &["Jane Doe"]);
        check(&["Jane Doe and John  Roe"], &["Jane Doe", "John Roe"]);
        check(&["Jane Doe, John Roe, Max Poe and Ann Moe"], &["Jane Doe", "John Roe", "Max Poe", "Ann Moe"]);
        check(&["Doe, Jane; Roe, John"], &["Doe, Jane", "Roe, John"]);
        check(&["Doe, Jane"], &["Doe, Jane"]);
        check(&["John Roe, Jr."], &["John Roe, Jr."]);
        check(&["Marks and Spencer"], &["Marks and Spencer"]);
        check(&["Jane Doe", "Jane Doe", " "], &["Jane Doe"]);
        check(&["Ana García y Luis Pérez"], &["Ana García", "Luis Pérez"]);
    }
}
