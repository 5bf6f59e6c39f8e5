//! The rows of a table in plain text, however broken its quotes.
//!
//! Rows are told apart first, some at a time, and then parted into cells. A quote without an end would
//! take all rows that follow into one: then its row is read as if quotes were nothing.

use std::io::{self, BufRead, Read};

use csv::ReaderBuilder;

use crate::format::record::LONGEST;

/// Bytes that are read at a time, and all that the delimiter is told from.
const STEP: usize = 1 << 16;

/// After so many quotes without an end, quotes are nothing in this file.
const MOST_BROKEN: u32 = 3;

/// What may stand between two cells, the likeliest first.
pub(super) const DELIMITERS: &[u8] = b",;\t|";

/// Rows from which the delimiter is told.
const SAMPLE: usize = 200;

/// A row of a table.
#[derive(Debug, PartialEq)]
pub(super) struct Row {
    /// Its cells.
    pub cells: Vec<String>,
    /// The line that it begins on, counting from 1.
    pub line: u64,
}

/// A table that is read some rows at a time.
pub(super) struct Rows<R> {
    reader: R,
    /// What was read and not handed on.
    buffer: Vec<u8>,
    /// How much of it was looked at, and up to where rows are whole.
    seen: usize,
    whole: usize,
    state: State,
    /// The line that the buffer begins on.
    line: u64,
    ended: bool,
    delimiter: u8,
    quotes: Quotes,
    /// Quotes without an end, and rows that were too long.
    broken: u32,
    long: u64,
}

/// Where the next byte stands.
#[derive(Clone, Copy, PartialEq)]
enum State {
    /// At the start of a cell.
    Start,
    Plain,
    Quoted,
    /// After a quote inside a quoted cell, which ends it unless another follows.
    Quote,
    /// After a `\r`, which ends a row unless a `\n` follows.
    Return,
}

/// What a quote is.
#[derive(Clone, Copy, PartialEq)]
enum Quotes {
    Marks,
    Nothing,
}

impl<R: BufRead> Rows<R> {
    /// Begins a table. Where its delimiter cannot be told it is the `likely` one.
    ///
    /// # Errors
    /// Where the source cannot be read.
    pub(super) fn new(reader: R, likely: u8) -> io::Result<Self> {
        let mut rows = Self {
            reader,
            buffer: Vec::new(),
            seen: 0,
            whole: 0,
            state: State::Start,
            line: 1,
            ended: false,
            delimiter: likely,
            quotes: Quotes::Marks,
            broken: 0,
            long: 0,
        };
        rows.fill()?;
        // Spreadsheets say it on a line of its own.
        if let [b's', b'e', b'p', b'=', delimiter, rest @ ..] = rows.buffer.as_slice()
            && let Some(end) = rest.iter().position(|&byte| byte == b'\n').filter(|&end| end <= 1)
        {
            rows.delimiter = *delimiter;
            rows.take(end + 6);
        } else {
            rows.delimiter = delimiter(&rows.buffer, likely);
        }
        Ok(rows)
    }

    pub(super) fn reader(&self) -> &R {
        &self.reader
    }

    /// Says what was broken so far.
    pub(super) fn warnings(&self) -> Vec<String> {
        let quotes = match self.broken {
            0 => None,
            1 => Some("a quote has no end: its row was read as if quotes were nothing".to_owned()),
            count => {
                Some(format!("{count} quotes have no end: their rows were read as if quotes were nothing"))
            }
        };
        let long = match self.long {
            0 => None,
            1 => Some(format!("a row is longer than {} MB and was passed over", LONGEST >> 20)),
            count => Some(format!("{count} rows are longer than {} MB and were passed over", LONGEST >> 20)),
        };
        quotes.into_iter().chain(long).collect()
    }

    /// Returns the next rows, none at the end.
    ///
    /// # Errors
    /// Where the source cannot be read.
    pub(super) fn next(&mut self) -> io::Result<Option<Vec<Row>>> {
        loop {
            self.look();
            if self.whole >= STEP || self.ended && self.whole > 0 {
                return Ok(Some(self.cut(self.whole, self.quotes)));
            }
            let open = self.buffer.len() - self.whole;
            if self.ended && open == 0 {
                return Ok(None);
            }
            let quoted = matches!(self.state, State::Quoted);
            if !(self.ended || open > LONGEST as usize) {
                self.fill()?;
            } else if self.whole > 0 {
                return Ok(Some(self.cut(self.whole, self.quotes)));
            } else if quoted {
                self.broken += 1;
                if self.broken > MOST_BROKEN {
                    self.quotes = Quotes::Nothing;
                }
                let end =
                    self.buffer.iter().position(|&byte| byte == b'\n').map_or(self.buffer.len(), |at| at + 1);
                let rows = self.cut(end, Quotes::Nothing);
                return Ok(Some(rows));
            } else if self.ended {
                let rows = self.cut(self.buffer.len(), self.quotes);
                return Ok(Some(rows));
            } else {
                self.long += 1;
                self.skip()?;
            }
        }
    }

    /// Reads on.
    fn fill(&mut self) -> io::Result<()> {
        let read = self.reader.by_ref().take(STEP as u64).read_to_end(&mut self.buffer)?;
        self.ended = read < STEP;
        Ok(())
    }

    /// Looks for the ends of rows in what was read.
    fn look(&mut self) {
        let marks = self.quotes == Quotes::Marks;
        while let Some(&byte) = self.buffer.get(self.seen) {
            if self.state == State::Return && byte != b'\n' {
                self.whole = self.seen;
                self.state = State::Start;
            }
            self.seen += 1;
            self.state = match (self.state, byte) {
                (State::Quoted, b'"') => State::Quote,
                (State::Quoted, _) | (State::Quote, b'"') => State::Quoted,
                (_, b'\n') => {
                    self.whole = self.seen;
                    State::Start
                }
                (_, b'\r') => State::Return,
                (State::Start, b'"') if marks => State::Quoted,
                (_, byte) if byte == self.delimiter => State::Start,
                _ => State::Plain,
            };
        }
    }

    /// Passes over the rest of a row that is too long.
    fn skip(&mut self) -> io::Result<()> {
        self.line += breaks(&self.buffer);
        self.buffer.clear();
        let mut last = false;
        while !last {
            let bytes = self.reader.fill_buf()?;
            let end = bytes.iter().position(|&byte| byte == b'\n').map(|at| at + 1);
            last = end.is_some() || bytes.is_empty();
            self.ended = bytes.is_empty();
            let used = end.unwrap_or(bytes.len());
            self.line += u64::from(end.is_some());
            self.reader.consume(used);
        }
        (self.seen, self.whole, self.state) = (0, 0, State::Start);
        Ok(())
    }

    /// Returns the rows in the first bytes of the buffer, which are whole.
    fn cut(&mut self, end: usize, quotes: Quotes) -> Vec<Row> {
        let rows = parse(&self.buffer[..end], self.delimiter, quotes, self.line);
        self.take(end);
        rows
    }

    fn take(&mut self, end: usize) {
        self.line += breaks(&self.buffer[..end]);
        self.buffer.drain(..end);
        (self.seen, self.whole, self.state) = (0, 0, State::Start);
    }
}

/// Parts rows into cells.
fn parse(bytes: &[u8], delimiter: u8, quotes: Quotes, mut line: u64) -> Vec<Row> {
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .quoting(quotes == Quotes::Marks)
        .from_reader(bytes);
    let mut rows = Vec::new();
    let mut counted = 0;
    // Bytes in memory can be read, and any number of cells is right.
    for record in reader.byte_records().map_while(Result::ok) {
        let start = record.position().map_or(0, |position| position.byte() as usize).min(bytes.len());
        let blank = bytes[start..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        line += breaks(&bytes[counted..start + blank]);
        counted = start + blank;
        rows.push(Row {
            cells: record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect(),
            line,
        });
    }
    rows
}

/// Tells the delimiter of a table that begins so: with it most rows have as many cells.
fn delimiter(head: &[u8], likely: u8) -> u8 {
    let end = head.iter().rposition(|&byte| byte == b'\n').map_or(head.len(), |at| at + 1);
    let score = |delimiter: u8| {
        let mut counts: Vec<usize> = parse(&head[..end], delimiter, Quotes::Marks, 1)
            .iter()
            .take(SAMPLE)
            .map(|row| row.cells.len())
            .collect();
        counts.sort_unstable();
        let most = counts.chunk_by(|one, other| one == other).max_by_key(|run| run.len());
        let most = most.filter(|run| run[0] > 1)?;
        Some((most.len() * 100 / counts.len(), delimiter == likely, most[0]))
    };
    let scores = DELIMITERS.iter().filter_map(|&delimiter| Some((score(delimiter)?, delimiter)));
    scores.max_by_key(|(score, _)| *score).map_or(likely, |(_, delimiter)| delimiter)
}

fn breaks(bytes: &[u8]) -> u64 {
    let returns = bytes.iter().zip(bytes.iter().skip(1).chain([&b'x']));
    returns.filter(|&(&byte, &next)| byte == b'\n' || byte == b'\r' && next != b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &[u8]) -> (Vec<String>, Vec<String>) {
        let mut rows = Rows::new(text, b',').expect("it is in memory");
        let mut all = Vec::new();
        while let Some(more) = rows.next().expect("it is in memory") {
            all.extend(more.iter().map(|row| format!("{} {}", row.line, row.cells.join("/"))));
        }
        (all, rows.warnings())
    }

    #[test]
    fn rows_are_parted_into_cells() {
        let check = |text: &str, expected: &[&str]| assert_eq!(read(text.as_bytes()).0, expected, "{text}");
        check("a,b\nc,d", &["1 a/b", "2 c/d"]);
        check("a;b,c\nd;e\n", &["1 a/b,c", "2 d/e"]);
        check("a\tb, c, d\ne\tf, g\n", &["1 a/b, c, d", "2 e/f, g"]);
        check("a|b\r\n\r\nc|d\r\n", &["1 a/b", "3 c/d"]);
        check("a,b\rc,d\re,f", &["1 a/b", "2 c/d", "3 e/f"]);
        check("a,\"b\n,\"\"c\"\"\"\nd,e\n", &["1 a/b\n,\"c\"", "3 d/e"]);
        check("sep=;\na;b\n", &["2 a/b"]);
        check("a\nb\n", &["1 a", "2 b"]);
        check("a,b\nc,5\" pipe\nd,e", &["1 a/b", "2 c/5\" pipe", "3 d/e"]);
        check("", &[]);
        check("\n\n", &[]);
    }

    #[test]
    fn a_quote_without_an_end_takes_no_rows() {
        let (rows, warnings) = read(b"a,b\nc,\"d\ne,f\ng,h\n");
        assert_eq!(rows, ["1 a/b", "2 c/\"d", "3 e/f", "4 g/h"]);
        assert_eq!(warnings, ["a quote has no end: its row was read as if quotes were nothing"]);
        let many = "a,\"b\n".repeat(10_001);
        let (rows, _) = read(many.as_bytes());
        assert!(rows.len() > 5_000, "{}", rows.len());
    }

    #[test]
    fn a_row_without_an_end_is_passed_over() {
        let long = format!("a,b\nc,{}\nd,e\n", "x".repeat(2 * LONGEST as usize));
        let (rows, warnings) = read(long.as_bytes());
        assert_eq!(rows, ["1 a/b", "3 d/e"]);
        assert_eq!(warnings, ["a row is longer than 4 MB and was passed over"]);
    }

    #[test]
    fn rows_over_many_steps_stand_on_their_lines() {
        let text: String = (0..20_000).map(|number| format!("{number},\"a\nb\"\r\n")).collect();
        let (rows, _) = read(text.as_bytes());
        assert_eq!(rows.len(), 20_000);
        assert_eq!(rows[19_999], "39999 19999/a\nb");
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[,;\t|\"a\r\n]{0,60}") {
            read(text.as_bytes());
        }
    }
}
