//! Tables in plain text: with a column of text each row is an article, without one the table is.

use std::io::{BufRead, BufReader};

use self::rows::{Row, Rows};
use super::{
    Cause, Each, Extent, FIRST_PART, Flow, Format, Input, Warnings,
    decode::{Decoding, plain},
    line,
    outline::Outline,
    record::{Fact, Missed, Names, Record, Texts},
};
use crate::article::{Article, Kind, Lines};

mod rows;
mod sign;

/// The reader of tables in plain text.
pub(super) struct Csv;

/// A column of text has a cell of so many words, near the top.
const FEW_WORDS: usize = 4;

/// Rows in which such a cell is looked for.
const SAMPLE: usize = 200;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["csv", "tsv", "tab"]
    }

    fn takes_fields(&self) -> bool {
        true
    }

    fn extent(&self) -> Extent {
        Extent::Stream
    }

    fn marks(&self, head: &str) -> bool {
        sign::is_signed(head)
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let name = input.name.to_ascii_lowercase();
        let likely = if name.ends_with(".tsv") || name.ends_with(".tab") { b'\t' } else { b',' };
        let cannot = |error| Cause(format!("cannot be read: {error}"));
        let names = Names::before_usual(input.nest);
        let reader = BufReader::with_capacity(1 << 16, Decoding::new(input, None)?);
        let mut rows = Rows::new(reader, likely).map_err(cannot)?;
        let Some(first) = rows.next().map_err(cannot)? else { return Ok(vec!["holds no rows".into()]) };
        let mut warnings = match columns(&first, &names) {
            Some(columns) => articles(&mut rows, &first, (&names, &columns), each),
            None => table(&mut rows, &first, each),
        };
        warnings.extend(rows.warnings());
        warnings.extend(rows.reader().get_ref().warning());
        Ok(warnings)
    }
}

/// What the columns of a table hold: each the number of its name, where that is known.
type Columns = [Option<usize>];

/// Returns what the columns hold, if their names are known and one of them is of text.
fn columns(rows: &[Row], names: &Names) -> Option<Vec<Option<usize>>> {
    let (header, rows) = rows.split_first()?;
    let columns: Vec<Option<usize>> = header.cells.iter().map(|cell| names.loosely(cell)).collect();
    let of_text = |column: &Option<usize>| column.and_then(|number| names.fact(number)) == Some(Fact::Text);
    let says = |row: &Row| {
        let texts = row.cells.iter().zip(&columns).filter(|(_, column)| of_text(column));
        texts.into_iter().any(|(cell, _)| cell.split_whitespace().nth(FEW_WORDS - 1).is_some())
    };
    rows.iter().take(SAMPLE).any(says).then_some(columns)
}

/// Hands on each row as an article.
fn articles(
    rows: &mut Rows<impl BufRead>,
    first: &[Row],
    (names, columns): (&Names, &Columns),
    each: &mut Each<'_>,
) -> Warnings {
    let mut missed = Missed::default();
    let mut number = 0;
    let mut header = true;
    let mut warnings = rest(rows, first, &mut |row| {
        if std::mem::take(&mut header) {
            return Flow::Continue(());
        }
        number += 1;
        let mut record = Record::new(names);
        for (cell, column) in row.cells.iter().zip(columns) {
            if let Some(number) = column {
                record.add(*number, Texts::of(cell));
            }
        }
        if !record.has_text() {
            missed.note(row.line, "begins a row without text");
            if record.first(Fact::Title).is_none() {
                return Flow::Continue(());
            }
        }
        each(record.article(number, row.line))
    });
    let (missed, notes) = missed.say();
    warnings.extend(missed.into_iter().chain(notes));
    warnings
}

/// Hands on all rows as one article.
fn table(rows: &mut Rows<impl BufRead>, first: &[Row], each: &mut Each<'_>) -> Warnings {
    let mut outline = Outline::default();
    let (mut length, mut long) = (0, false);
    let mut warnings = rest(rows, first, &mut |row| {
        let cells: Vec<String> = row.cells.iter().map(|cell| one_line(cell)).collect();
        let text = cells.join(" | ");
        length += text.len() as u64;
        long = length > FIRST_PART;
        if long {
            return Flow::Break(());
        }
        if cells.iter().any(|cell| !cell.is_empty()) {
            outline.push(Kind::Row, &text, u32::try_from(row.line).unwrap_or(u32::MAX));
        }
        Flow::Continue(())
    });
    if long {
        warnings.push(format!("is a table of more than {} MB: what follows was left out", FIRST_PART >> 20));
    }
    let _ = each(Article { sections: outline.finish(), lines: Lines::File, ..Article::default() });
    warnings
}

/// Takes the first rows and all that follow.
fn rest(rows: &mut Rows<impl BufRead>, first: &[Row], take: &mut dyn FnMut(&Row) -> Flow) -> Warnings {
    if first.iter().any(|row| take(row).is_break()) {
        return Warnings::new();
    }
    loop {
        match rows.next() {
            Ok(None) => return Warnings::new(),
            Ok(Some(more)) if more.iter().any(|row| take(row).is_break()) => return Warnings::new(),
            Ok(Some(_)) => {}
            Err(error) => return vec![format!("cannot be read: {error}; what follows was left out")],
        }
    }
}

fn one_line(cell: &str) -> String {
    line::of(&plain(cell.into()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{Rest, read_all, read_one},
        *,
    };

    /// Prints each article as `record:line member | title | author | date: text`.
    fn print(articles: &[Article]) -> Vec<String> {
        let print = |article: &Article| {
            let place =
                article.record.map_or(String::new(), |record| format!("{}:{} ", record.number, record.line));
            let text: Vec<&str> = article.sections.iter().map(|section| section.text.as_str()).collect();
            let date = article.date.map(|date| date.to_string());
            let facts = [&article.member, &article.title, &article.authors.first().cloned(), &date];
            let facts: Vec<&str> = facts.iter().map(|fact| fact.as_deref().unwrap_or("-")).collect();
            format!("{place}{}: {}", facts.join(" | "), text.join("||"))
        };
        articles.iter().map(print).collect()
    }

    fn check(name: &str, table: &str, expected: &[&str]) {
        assert_eq!(print(&read_all(&Csv, name, table.as_bytes()).0), expected, "{table}");
    }

    #[test]
    fn rows_with_text_are_articles() {
        check(
            "a.csv",
            "ID,Title,Body,Price,Date Published,Author\r\nx,A,\"The tide, as ever,\nis late.\n\nMore.\",1,2024-05-01,\"Doe, J\"\r\n,B,short,,,\r\n,,,5,,\r\n",
            &[
                "1:2 x | A | Doe, J | 2024-05-01: The tide, as ever,\n\nis late.\n\nMore.",
                "2:6 2 | B | - | -: short",
            ],
        );
        check("a.tsv", "text\ttitle\nthe tide is late\tA\n", &["1:2 1 | A | - | -: the tide is late"]);
        check(
            "a.csv",
            "title;content\nA;<p>the tide</p><p>is late</p> at last\n",
            &["1:2 1 | A | - | -: the tide\n\nis late\n\nat last"],
        );
    }

    #[test]
    fn a_table_without_text_is_one_article() {
        check(
            "tides.csv",
            "port,height\nBrest,7.2\n\n\"Saint\nMalo\",12\n",
            &["- | - | - | -: port | height\nBrest | 7.2\nSaint Malo | 12"],
        );
        check("a.csv", "text,size\na,1\n", &["- | - | - | -: text | size\na | 1"]);
        check("a.csv", "a\nb\n", &["- | - | - | -: a\nb"]);
        let article = read_one(&Csv, "a.csv", "a,b\n\"c\nd\",e\nf,g");
        let lines: Vec<u32> = article.sections[0].blocks.iter().map(|block| block.line).collect();
        assert_eq!((lines, article.lines), (vec![1, 2, 4], Lines::File));
        assert_eq!(read_all(&Csv, "a.csv", b"").1, ["holds no rows"]);
    }

    #[test]
    fn a_table_of_any_length_is_read() {
        let row = "the tide is late again,x\n";
        let mut rows = row.repeat(100_000);
        rows.insert_str(0, "text,b\n");
        let mut rest = rows.as_bytes();
        let input = Input { rest: Rest::Stream(&mut rest), ..Input::of("a.csv", b"") };
        let mut count = 0;
        let warnings = Csv.read(input, &mut |_| {
            count += 1;
            Flow::Continue(())
        });
        assert_eq!((count, warnings.expect("it can be read").len()), (100_000, 0));
    }

    #[test]
    fn other_encodings_are_read() {
        let table =
            encoding_rs::WINDOWS_1252.encode("title;text\nÉté;la marée est à l’heure où là\n").0.into_owned();
        let (articles, warnings) = read_all(&Csv, "a.csv", &table);
        assert_eq!(print(&articles), ["1:2 1 | Été | - | -: la marée est à l’heure où là"]);
        assert_eq!(warnings, ["encoding guessed as windows-1252"]);
    }

    proptest! {
        #[test]
        fn any_mix_is_read(text in "(text|title|,|;|\"|\n|\r|a b c d|\t|\\PC){0,40}") {
            let _ = Csv.read(Input::of("a.csv", text.as_bytes()), &mut |_| Flow::Continue(()));
        }

        #[test]
        fn every_cell_comes_out_once(cells in prop::collection::vec("w[a-z]{3}(\"\"| |,|\n)?", 2..40)) {
            let rows: Vec<String> = cells.chunks(2).map(|row| row.iter().map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(",")).collect();
            let article = read_one(&Csv, "a.csv", &rows.join("\n"));
            let text = &article.sections[0].text;
            let words = |text: &str| text.matches('w').count();
            prop_assert_eq!(words(text), words(&cells.concat()), "{}", text);
        }
    }
}
