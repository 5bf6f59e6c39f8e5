//! The signs by which a table is told from other text: its head, and rows that are alike.

use csv::ReaderBuilder;

use super::rows::DELIMITERS;
use crate::format::record::{Fact, Names};

/// Columns, known names among them, and rows below them that are asked for.
const FEWEST: (usize, usize, usize) = (3, 2, 4);

/// Rows that are looked at.
const SAMPLE: usize = 100;

/// Letters of the longest name of a column.
const LONGEST_NAME: usize = 40;

/// Says whether a text is a table whose head names facts of an article.
pub(super) fn is_signed(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    let head = text.lines().next().unwrap_or_default();
    let parts = |delimiter: &&u8| head.bytes().filter(|byte| byte == *delimiter).count() >= FEWEST.0 - 1;
    DELIMITERS.iter().filter(parts).any(|&delimiter| is_table(text, delimiter))
}

fn is_table(text: &str, delimiter: u8) -> bool {
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut rows = reader.records().take(SAMPLE).map_while(Result::ok);
    let Some(head) = rows.next() else { return false };
    let names = Names::default();
    let known = |cell: &str| names.loosely(cell).and_then(|number| names.fact(number));
    let facts: Vec<Fact> = head.iter().filter_map(known).collect();
    let is_name = |cell: &str| !cell.trim().is_empty() && cell.chars().count() <= LONGEST_NAME;
    let names_facts = facts.len() >= FEWEST.1
        && facts.iter().any(|fact| matches!(fact, Fact::Text | Fact::Title))
        && head.iter().all(is_name);
    if !names_facts {
        return false;
    }
    let mut rows: Vec<csv::StringRecord> = rows.collect();
    // The last one may be cut off.
    if rows.len() > FEWEST.2 {
        rows.pop();
    }
    rows.len() >= FEWEST.2 && rows.iter().all(|row| row.len() == head.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_told_by_its_head_and_its_rows() {
        let check = |text: &str, expected| assert_eq!(is_signed(text), expected, "{text}");
        check("id,title,text\n1,a,b\n2,\"c, d\",\"e\nf\"\n3,g,h\n4,i,j\n", true);
        check("Title;Price;Date\na;1;2024\nb;2;2024\nc;3;2024\nd;4;2024\n", true);
        check("title\tname\tbody\na\tb\tc\nd\te\tf\ng\th\ti\nj\tk\tl\nm", true);
        check("id,title,text\n1,a,b\n2,c\n3,d,e\n4,f,g\n", false);
        check("id,title,text\n1,a,b\n", false);
        check("port,height,depth\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n", false);
        check("Name, author, and date\nare asked, often, here\nas, ever, so\nfor, all, of\n", false);
        check("| title | text |\n| a | b |\n| a | b |\n| a | b |\n| a | b |\n", false);
        check("Well, the title, the text, are late.\nSo, it, is, ever\nso, it, is, so\n", false);
        check("", false);
    }
}
