//! AsciiDoc: the markup of many manuals and books.
//!
//! Lines are the file's own. Lines that only begin or end a block are taken out and the text between
//! them read as any other, except where the block is code; no other file is included.

use self::reader::Reader;
use super::{Cause, Each, Format, Input, Warnings};

mod reader;
mod mark;
mod attribute;
mod inline;
mod table;
mod sign;

/// The reader of AsciiDoc files.
pub(super) struct AsciiDoc;

impl Format for AsciiDoc {
    fn name(&self) -> &'static str {
        "asciidoc"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["adoc", "asciidoc", "asc"]
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        // Keys and signatures have the same extension.
        bytes.starts_with(b"-----BEGIN PGP").then_some(false)
    }

    fn marks(&self, head: &str) -> bool {
        sign::is_signed(head)
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
        read_one(&AsciiDoc, "a.adoc", text)
    }

    #[test]
    fn blocks_have_their_kind_line_and_headings() {
        let check =
            |text: &str, expected: &[&str]| assert_eq!(print_lines(&read(text).sections), expected, "{text}");
        check("", &[]);
        check("one\ntwo\n\nthree", &["1 Prose : one\ntwo", "4 Prose : three"]);
        check(
            "= T\n\na\n\n== A\nb\n\n=== B ===\nc\n\nD\n---\nd",
            &["3 Prose : a", "6 Prose A: b", "9 Prose A > B: c", "13 Prose D: d"],
        );
        check(
            "* a\n  b\n** c\n* d\n+\ne\n\nf",
            &["1 Item : - a\n  b", "3 Item :   - c", "4 Item : - d", "6 Item :   e", "8 Prose : f"],
        );
        check(
            ". a\n.. b\n. c\n\n1. d\n<1> e",
            &["1 Item : 1. a", "2 Item :   1. b", "3 Item : 2. c", "5 Item :   1. d", "6 Item :   2. e"],
        );
        check(
            "term:: told\nmore\nother::\n  b",
            &["1 Item : - term: told\n  more", "3 Item : - other:\n  b"],
        );
        check("[source,c]\n----\n  a *b*\n\n c\n----\nd", &["3 Code :  a *b*\n\nc", "7 Prose : d"]);
        check(
            "....\na\n....\n\n indented\n\n```c\nb\n```",
            &["2 Code : a", "5 Code : indented", "8 Code : b"],
        );
        check(
            "====\na\n====\n\n____\nb\n____\n////\ngone\n////\n++++\ngone\n++++\n// gone\nc",
            &["2 Prose : a", "6 Prose : b", "15 Prose : c"],
        );
        check(
            "NOTE: a\n\n[quote, b]\nc\n\n.Title\n[[id]]\nd",
            &["1 Prose : NOTE: a", "4 Prose : c", "6 Prose : Title", "8 Prose : d"],
        );
        check(
            "|===\n|A |*b*\n\n|1\n|2\n|c\nd |e\n|===\nf",
            &["2 Row : A | b", "4 Row : 1 | 2", "6 Row : c d | e", "9 Prose : f"],
        );
        check(
            "[cols=\"1,2\"]\n|===\n|A\n|B\n2+|C\na|D |E\n|===",
            &["3 Row : A | B", "5 Row : C | D", "6 Row : E"],
        );
        check(",===\na,b\n,===", &["2 Row : a | b"]);
        check(
            "include::x[]\nifdef::y[]\na\nendif::[]\nimage::b.png[C d,1]\n\n:k: v\n{k}",
            &["3 Prose : a\n\nC d", "8 Prose : v"],
        );
    }

    #[test]
    fn the_header_fills_the_fields() {
        let check = |text: &str, expected: &str| {
            let Article { title, authors, date, date_source, language, tags, sections, .. } = read(text);
            let date = date.map(|date| date.to_string()).unwrap_or_default();
            let printed = print_lines(&sections);
            assert_eq!(
                format!("{title:?} {authors:?} {date} {date_source} {language:?} {tags:?} {printed:?}"),
                expected,
                "{text}"
            );
        };
        check("", "None []   None [] []");
        check(
            "// c\n= A *b*\nJane Doe <j@d.e>; John_X Roe\nv1.0, 2024-05-01: more\n:keywords: sea, moon\n:lang: de\n:toc:\n\na",
            r#"Some("A b") ["Jane Doe", "John X Roe"] 2024-05-01 the revision line Some("de") ["sea", "moon"] ["9 Prose : a"]"#,
        );
        check(
            "= A\n:author: Jane Doe\n:revdate: May 1, 2024\n:description: long \\\n  more\n\na {author}",
            r#"Some("A") ["Jane Doe"] 2024-05-01 the revdate attribute None [] ["7 Prose : a Jane Doe"]"#,
        );
        check(
            "Title A\n=======\nJane Doe\n2024-05-01\n\na",
            r#"Some("Title A") ["Jane Doe"] 2024-05-01 the revision line None [] ["6 Prose : a"]"#,
        );
    }

    #[test]
    fn hostile_nesting_is_read_in_time() {
        for unit in [
            "[[",
            "{",
            "*",
            " *a",
            "**a ",
            "a:b[",
            "<<",
            "((",
            "(((",
            "+++",
            "`+",
            "`a",
            "* ",
            "* a\n",
            "|===\n",
            "|",
            "----\n",
            "```\n",
            "====\n",
            "a::\n",
            ":a: b \\\n",
            "[a]\n",
            "=",
            "a\n--\n",
            "footnote:[",
            "\\",
            "/////\n",
            "link:",
            "....\n+\n",
        ] {
            let text = unit.repeat(200_000 / unit.len()) + "\n\nend";
            read(&text);
            read(&format!("a\n\n{text}"));
        }
    }

    /// Pieces of AsciiDoc; each `@` is a word of its own.
    const PIECES: &[&str] = &[
        "@ @\n@ *@* _@\n@_ `@ @`\n\n",
        "@ https://gone.x[@\n@] <<gone,@>> @ footnote:[@ @] @\n\n",
        "== @ @\n\n@\n\n",
        "=== @\n@ {gone} @\n\n",
        "* @\n@\n** @\n+\n@\n\n",
        ". @\n. @\n\n",
        "@:: @\n@\n\n",
        "----\n@\n\n  @\n----\n",
        "====\n@\n====\n",
        "|===\n|@ |*@*\n\n|@\n|@\n|===\n\n",
        "// gone\n",
        "////\ngone\n////\n\n",
        ".@ @\n[gone]\n@\n\n",
        "NOTE: @ -- @ +\n@\n\n",
        "\n",
    ];

    proptest! {
        #[test]
        fn every_word_comes_out_once_and_on_its_line(pieces in prop::collection::vec(0..PIECES.len(), 0..12)) {
            let text = worded(&("x\n\n".to_owned() + &pieces.iter().map(|&piece| PIECES[piece]).collect::<String>()));
            let sections = read(&text).sections;
            assert_words_on_their_lines(&text, &sections);
            let printed = print_lines(&sections).concat();
            prop_assert!(!printed.contains("gone"), "{}", printed);
        }

        #[test]
        fn any_text_is_read(text in "([-#>*_=~|+0-9.:\\[\\]()!<>/&;a@{}$^`'\" \n\t\\\\é,]|\\|===\n|image::|link:|footnote:|:a: ){0,80}") {
            let _ = read(&text);
        }
    }
}
