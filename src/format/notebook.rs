//! Jupyter notebooks: cells of Markdown and of code, and what the code printed.
//!
//! Pictures and pages among the outputs are passed over while the file is read, so that they never
//! stand in memory. Lines are those of the text: the file is JSON.

use std::io::{BufRead, Read};

use serde::de::DeserializeSeed;
use serde_json::Value;

use self::file::{Cell, File, Metadata, Whole};
use super::{Cause, Each, Extent, Format, Input, Warnings, front, markdown, outline::Outline};
use crate::article::{Article, Kind, Lines};

mod file;

/// The reader of Jupyter notebooks.
pub(super) struct Notebook;

/// Bytes of the longest notebook: most of it pictures.
const LONGEST: u64 = 256 << 20;

/// Bytes of an output that are read.
const LONGEST_OUTPUT: usize = 10_000;

/// Bytes at either end of a file that tell what it is.
const SAMPLE: usize = 64_000;

impl Format for Notebook {
    fn name(&self) -> &'static str {
        "notebook"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["ipynb"]
    }

    fn extent(&self) -> Extent {
        Extent::Stream
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        if !text.starts_with(b"{") {
            return Some(false);
        }
        let (head, tail) = (&text[..text.len().min(SAMPLE)], &text[text.len().saturating_sub(SAMPLE)..]);
        let holds = |part: &[u8], name: &[u8]| part.windows(name.len()).any(|window| window == name);
        let cells = holds(head, b"\"cells\"") || holds(head, b"\"worksheets\"");
        (cells && (holds(tail, b"\"nbformat\"") || holds(head, b"\"nbformat\""))).then_some(true)
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let mut file = File::default();
        let mut reader = input.reader();
        if reader.fill_buf().is_ok_and(|start| start.starts_with(b"\xef\xbb\xbf")) {
            reader.consume(3);
        }
        let mut from = serde_json::Deserializer::from_reader(reader.take(LONGEST));
        let broken = Whole(&mut file).deserialize(&mut from).err();
        if let Some(error) = broken.as_ref().filter(|_| file.cells.is_empty()) {
            return Err(Cause(format!("is no notebook: {error}")));
        }
        let mut article = article(file);
        article
            .warnings
            .extend(broken.map(|error| format!("broken off: what follows was not read ({error})")));
        let _ = each(article);
        Ok(Warnings::new())
    }
}

fn article(file: File) -> Article {
    let mut article = Article { lines: Lines::Text, ..Article::default() };
    let mut outline = Outline::default();
    let mut cut = false;
    for (number, cell) in file.cells.iter().enumerate() {
        let text = plain(&cell.source.0);
        match cell.kind.as_str() {
            "markdown" => outline = markdown::add(&text, front_matter(number, &text, &mut article), outline),
            "raw" => {
                let body = front_matter(number, &text, &mut article);
                outline.push(Kind::Code, &text[body..], 1);
            }
            "heading" => outline.heading(cell.level.unwrap_or(1), &text, 1),
            "code" => {
                outline.push(Kind::Code, &plain(&cell.input.0), 1);
                outline.push(Kind::Code, &text, 1);
                cut |= outputs(cell, &mut outline);
            }
            _ => {}
        }
    }
    article.sections = outline.finish();
    facts(&file.metadata, &mut article);
    if cut {
        article
            .warnings
            .push(format!("of outputs longer than {} KB only the start was read", LONGEST_OUTPUT / 1_000));
    }
    if file.left_out {
        article.warnings.push("the text of the last cells was left out: there is too much".to_owned());
    }
    article
}

/// Takes the front matter off the first cell, and returns where its text begins.
fn front_matter(number: usize, text: &str, article: &mut Article) -> usize {
    if number == 0 { front::take(text, article) } else { 0 }
}

/// Adds what a cell printed. Says whether some of it was cut.
fn outputs(cell: &Cell, outline: &mut Outline) -> bool {
    let mut cut = false;
    for output in &cell.outputs {
        let error = match (&output.name, &output.value) {
            (Some(name), Some(value)) => format!("{name}: {value}"),
            _ => String::new(),
        };
        for text in [&output.text.0, &output.data.plain.0, &error] {
            let text = plain(text);
            let text = text.trim_end();
            // `<Figure size 640x480>` stands for a picture.
            if text.starts_with('<') && text.ends_with('>') && !text.contains('\n') {
                continue;
            }
            let mut end = text.len().min(LONGEST_OUTPUT);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            cut |= end < text.len();
            outline.push(Kind::Code, &text[..end], 1);
        }
    }
    cut
}

/// Takes what the notebook says of itself.
fn facts(metadata: &Metadata, article: &mut Article) {
    let text = |value: &Value| {
        value.as_str().map(plain).filter(|text| !text.trim().is_empty() && text.len() < 1_000)
    };
    if article.title.is_none() {
        article.title = text(&metadata.title);
    }
    if article.authors.is_empty()
        && let Some(authors) = metadata.authors.as_array()
    {
        article.authors =
            authors.iter().take(100).filter_map(|one| text(&one["name"]).or_else(|| text(one))).collect();
    }
    let language = text(&metadata.kernelspec["language"]).or_else(|| text(&metadata.language_info["name"]));
    if let Some(language) = language.filter(|language| !article.tags.contains(language)) {
        article.tags.push(language);
    }
}

/// Returns text without control characters and the colours of a terminal. Of a line that was written
/// over, as a bar of progress is, the last state is kept.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        let line = line.trim_end_matches('\r');
        let mut chars = line.rsplit('\r').next().unwrap_or(line).chars();
        while let Some(char) = chars.next() {
            match char {
                '\u{1b}' => {
                    // A colour ends with its first letter.
                    let rest = chars.as_str();
                    if let Some(length) = rest
                        .strip_prefix('[')
                        .and_then(|rest| rest.bytes().take(20).position(|byte| byte.is_ascii_alphabetic()))
                    {
                        chars = rest[length + 2..].chars();
                    }
                }
                '\t' => out.push('\t'),
                _ if char.is_control() => out.push(' '),
                _ => out.push(char),
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{
        super::{print, read_one},
        *,
    };

    fn read(text: &str) -> Article {
        read_one(&Notebook, "a.ipynb", text)
    }

    fn notebook(cells: &Value) -> String {
        let metadata = json!({"kernelspec": {"language": "python"}, "authors": [{"name": "Jane Doe"}]});
        json!({"cells": cells, "metadata": metadata, "nbformat": 4}).to_string()
    }

    #[test]
    fn cells_are_read_in_order() {
        let check = |cells: Value, expected: &[&str]| {
            assert_eq!(print(&read(&notebook(&cells)).sections), expected, "{cells}")
        };
        check(json!([]), &[]);
        check(
            json!([
                {"cell_type": "markdown", "source": ["# A\n", "\n", "b *c*\n"]},
                {"cell_type": "code", "source": "x = 1\nprint(x)", "outputs": [
                    {"output_type": "stream", "text": ["1\n", "2\n"]},
                    {"output_type": "display_data", "data": {"image/png": "gone", "text/plain": "<Figure size 1x1>"}},
                    {"output_type": "execute_result", "data": {"text/html": "<p>gone", "text/plain": ["a  b\n", "1  2"]}},
                    {"output_type": "error", "ename": "KeyError", "evalue": "'k'", "traceback": ["gone"]},
                ]},
                {"cell_type": "markdown", "source": "## D\ne", "attachments": {"a.png": {"image/png": "gone"}}},
            ]),
            &[
                "Prose A: b c",
                "Code A: x = 1\nprint(x)",
                "Code A: 1\n2",
                "Code A: a  b\n1  2",
                "Code A: KeyError: 'k'",
                "Prose A > D: e",
            ],
        );
        check(
            json!([{"cell_type": "code", "source": "a", "outputs": [{"text": "10%\r20%\r\u{1b}[31m30%\u{1b}[0m\n"}]}]),
            &["Code : a", "Code : 30%"],
        );
        check(
            json!([{"cell_type": "raw", "source": "a"}, {"cell_type": "other", "source": "b"}, {}]),
            &["Code : a"],
        );
    }

    #[test]
    fn older_notebooks_are_read() {
        let cells = json!([
            {"cell_type": "heading", "level": 1, "source": ["A"]},
            {"cell_type": "code", "input": ["b"], "outputs": [{"output_type": "pyout", "text": ["c"]}]},
        ]);
        let file = json!({"nbformat": 3, "worksheets": [{"cells": cells}]}).to_string();
        assert_eq!(print(&read(&file).sections), ["Code A: b", "Code A: c"]);
    }

    #[test]
    fn facts_are_read() {
        let article = read(&notebook(
            &json!([{"cell_type": "raw", "source": "---\ntitle: A\ndate: 2024-05-01\n---\n"}]),
        ));
        assert_eq!((article.title.as_deref(), &*article.date_source), (Some("A"), "front matter"));
        assert_eq!((article.authors, article.tags), (vec!["Jane Doe".to_owned()], vec!["python".to_owned()]));
    }

    #[test]
    fn what_is_broken_off_is_told() {
        let whole = notebook(
            &json!([{"cell_type": "markdown", "source": "a"}, {"cell_type": "markdown", "source": "b"}]),
        );
        let at = whole.find("\"b\"").expect("it is there");
        let article = read(&whole[..at]);
        assert_eq!(print(&article.sections), ["Prose : a"]);
        assert!(article.warnings[0].starts_with("broken off"));
        let long = "x".repeat(LONGEST_OUTPUT + 1);
        let article =
            read(&notebook(&json!([{"cell_type": "code", "source": "", "outputs": [{"text": long}]}])));
        assert_eq!(article.warnings, ["of outputs longer than 10 KB only the start was read"]);
        assert!(Notebook.read(Input::of("a", b"{}"), &mut |_| super::super::Flow::Continue(())).is_ok());
        assert!(Notebook.read(Input::of("a", b"[1]"), &mut |_| super::super::Flow::Continue(())).is_err());
    }

    #[test]
    fn a_notebook_is_told_by_its_fields() {
        let check = |text: &str, expected: Option<bool>| {
            assert_eq!(Notebook.begins(text.as_bytes()), expected, "{text}")
        };
        check(&notebook(&json!([])), Some(true));
        check("{\"a\": 1}", None);
        check("# a", Some(false));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "([\\[\\]{}\",:a\\\\ ]|\"cells\":|\"source\":|\"cell_type\":\"code\"|\"outputs\":|null|1){0,40}") {
            let _ = Notebook.read(Input::of("a", text.as_bytes()), &mut |_| super::super::Flow::Continue(()));
        }
    }
}
