//! Manual pages: the macros of man and of mdoc, on top of roff.
//!
//! Lines are the file's own. A file whose name ends in a digit may be anything: a page is told by how
//! it begins.

use self::reader::Reader;
use super::{Cause, Each, Format, Input, Warnings};

mod reader;
mod escape;
mod semantic;
mod table;

/// The reader of manual pages.
pub(super) struct Man;

/// Bytes in which a page shows what it is: some begin with a long preamble.
const SAMPLE: usize = 16_000;

impl Format for Man {
    fn name(&self) -> &'static str {
        "man"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &[
            "man", "mdoc", "1", "2", "3", "4", "5", "6", "7", "8", "9", "1p", "3p", "3pm", "3perl", "1ssl",
            "3ssl", "5ssl", "7ssl",
        ]
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        let head = &bytes[..bytes.len().min(SAMPLE)];
        let mut first = true;
        for line in head.split(|&byte| byte == b'\n') {
            let line = line.trim_ascii_end();
            if [&b".TH "[..], b".Dd", b".SH "].iter().any(|name| line.starts_with(name)) {
                return Some(true);
            }
            if first && line.starts_with(b".so man") {
                return Some(true);
            }
            // What comes before is comments, requests and definitions.
            let requests = line.is_empty() || line.starts_with(b".") || line.starts_with(b"'");
            if !requests && first {
                return Some(false);
            }
            first &= line.is_empty();
        }
        Some(false)
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        input.article(None, each, |text, article| Reader::new(text, article).read())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{gather::assert_words_on_their_lines, print_lines, read_one, worded},
        *,
    };
    use crate::article::Article;

    fn read(text: &str) -> Article {
        read_one(&Man, "a.1", text)
    }

    #[test]
    fn blocks_have_their_kind_line_and_headings() {
        let check =
            |text: &str, expected: &[&str]| assert_eq!(print_lines(&read(text).sections), expected, "{text}");
        check("", &[]);
        check(
            ".SH NAME\nls \\- list\n.B all\nfiles\n.PP\nb\n\nc",
            &["2 Prose NAME: ls - list\nall\nfiles", "6 Prose NAME: b", "8 Prose NAME: c"],
        );
        check(".SH A\n.SS \"B c\"\nd", &["3 Prose A > B c: d"]);
        check(".SH\nA\nb", &["3 Prose A: b"]);
        check(
            ".TP\n.BR \\-a \", \" \\-\\-all\nshow\nall\n.TP\nb\nc\n.PP\nd",
            &["2 Item : - -a, --all\n  show\n  all", "6 Item : - b\n  c", "9 Prose : d"],
        );
        check(
            ".IP \\(bu 2\na\n.IP 1.\nb\n.IP tag\nc\n.IP\nd",
            &["2 Item : - a", "4 Item : 1. b", "5 Item : - tag\n  c", "8 Item :   d"],
        );
        check(
            ".IP a\nb\n.RS\n.IP c\nd\n.RE\n.PP\ne",
            &["1 Item : - a\n  b", "4 Item :   - c\n    d", "8 Prose : e"],
        );
        check("a\n.nf\n  b \\-x\n\n.B c\n.fi\nd", &["1 Prose : a", "3 Code :   b -x\n\nc", "7 Prose : d"]);
        check(".EX\n\\fBa\\fR\n.EE\nb", &["2 Code : a", "4 Prose : b"]);
        check(".de XX\ngone\n..\n.ig\ngone\n..\n.so man1/gone.1\na", &["8 Prose : a"]);
        check(
            ".ds x y\n.ie t gone\n.el a \\*x\n.if n b\n.if t \\{\\\ngone\n.\\}\nc",
            &["3 Prose : a y\nb\n\n\n\nc"],
        );
        check(
            ".TS\ntab(|) allbox;\nl l\nl r.\nA|B\n_\n1|T{\nb\nc\nT}\n.TE\nd",
            &["5 Row : A | B", "7 Row : 1 | b c", "12 Prose : d"],
        );
        check(
            ".Sh NAME\n.Nm cat\n.Nd show\n.Sh B\n.Nm\n.Op Fl a Ar b\n.Bl -tag\n.It Fl a\nc\n.Bl -enum\n.It\nd\n.El\n.El\ne",
            &[
                "2 Prose NAME: cat\n– show",
                "5 Prose B: cat\n[-a b]",
                "8 Item B: - -a\n  c",
                "12 Item B:   1. d",
                "15 Prose B: e",
            ],
        );
        check(".Bd -literal\na\n  b\n.Ed\n.Dl c", &["2 Code : a\n  b", "5 Code : c"]);
        check(".UR http://a.b\ntext\n.UE\n.MT a@b.c\n.ME", &["2 Prose : text\n\na@b.c"]);
    }

    #[test]
    fn a_page_is_told_by_how_it_begins() {
        let check =
            |text: &str, expected: bool| assert_eq!(Man.begins(text.as_bytes()), Some(expected), "{text}");
        check(".TH ls 1\n", true);
        check(".\\\" by hand\n.Dd May 1, 2024\n", true);
        check("'\\\" t\n.\\\" a\n\n.if n .nh\n.TH a 3\n", true);
        check(".so man1/bash.1\n", true);
        check(".\\\" a\n.de x\ntext\n..\n.SH NAME\n", true);
        check("", false);
        check("notes\n.TH a 1\n", false);
        check(".\n", false);
        check(".profile\n", false);
    }

    #[test]
    fn facts_are_read() {
        let check = |text: &str, expected: &str| {
            let Article { title, authors, date, date_source, .. } = read(text);
            let date = date.map(|date| date.to_string()).unwrap_or_default();
            assert_eq!(format!("{title:?} {authors:?} {date} {date_source}"), expected, "{text}");
        };
        check(".TH LS \"1\" \"May 2024\" \"x 1.0\"", r#"Some("ls(1)") [] 2024-05 .TH"#);
        check(
            ".Dd $Mdocdate: May 1 2024 $\n.Dt CAT 1\n.Sh AUTHORS\n.An Jane Doe Aq Mt j@d.e",
            r#"Some("cat(1)") ["Jane Doe"] 2024-05-01 .Dd"#,
        );
        check(".TH \"The late tide\" \"\"", r#"Some("The late tide") []  "#);
    }

    #[test]
    fn hostile_nesting_is_read_in_time() {
        for unit in [
            ".if n ",
            ".ie t \\{\n",
            ".de x\n",
            "\\fB",
            "\\[",
            "\\*[",
            "\\h'",
            ".RS\n",
            ".Bl\n",
            ".TS\n",
            ".nf\na\n",
            ".Op ",
            "\"",
            ".Oo Fl ",
            "\\",
            ".B \"",
            ".EQ\n",
            ".ig\n",
            ".TP\n",
            "T{\n",
        ] {
            let text = ".SH a\n".to_owned() + &unit.repeat(200_000 / unit.len()) + "\n\nend";
            read(&text);
            read(&format!(".Op {}", unit.trim().repeat(200_000 / unit.len())));
        }
    }

    /// Pieces of manual pages; each `@` is a word of its own.
    const PIECES: &[&str] = &[
        "@ @\n@ \\fB@\\fR @\n.B @ @\n@\n",
        ".SH @ @\n@\n",
        ".SS @\n@\n",
        ".TP\n.BR @ ( @ )\n@\n@\n",
        ".IP @ 4\n@\n.IP\n@\n",
        ".PP\n@ \\(em @\n.br\n@\n",
        ".nf\n@\n\n @\n.fi\n",
        ".RS\n@\n.RE\n@\n",
        ".\\\" gone\n.ne 3\n@ \\\" gone\n",
        ".TS\nl l.\n@\t@\n@\n.TE\n",
        ".Op Fl @ Ar @ ,\n.Xr @ 1\n",
        ".Bl -tag\n.It Fl @\n@\n.El\n",
        ".if t gone\n.if n @\n",
        "\n",
    ];

    proptest! {
        #[test]
        fn every_word_comes_out_once_and_on_its_line(pieces in prop::collection::vec(0..PIECES.len(), 0..12)) {
            let text = worded(&pieces.iter().map(|&piece| PIECES[piece]).collect::<String>());
            let sections = read(&text).sections;
            assert_words_on_their_lines(&text, &sections);
            let printed = print_lines(&sections).concat();
            prop_assert!(!printed.contains("gone"), "{}", printed);
        }

        #[test]
        fn any_text_is_read(text in "([-.'\"(\\[\\]*{} \n\té\\\\a1]|\\.(SH|TP|IP|TS|TE|nf|fi|de|if|ie|el|Bl|It|Nm|Xr|Fn|RS|EQ|ds|Op|Fl|Ns|Pf|Lk) ?){0,60}") {
            let _ = (read(&text), Man.begins(text.as_bytes()));
        }
    }
}
