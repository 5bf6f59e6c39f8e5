//! reStructuredText: the markup of Python's documentation.
//!
//! Lines are the file's own. Most directives only stand before text that is indented below them:
//! their own line is taken out and the text is read as any other. Nothing is nested, so nothing can
//! be nested too deep.

use self::reader::Reader;
use super::{Cause, Each, Format, Input, Warnings};

mod reader;
mod mark;
mod directive;
mod inline;
mod table;
mod sign;

/// The reader of reStructuredText files.
pub(super) struct Rst;

impl Format for Rst {
    fn name(&self) -> &'static str {
        "rst"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["rst", "rest"]
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
        read_one(&Rst, "a.rst", text)
    }

    #[test]
    fn blocks_have_their_kind_line_and_headings() {
        let check =
            |text: &str, expected: &[&str]| assert_eq!(print_lines(&read(text).sections), expected, "{text}");
        check("", &[]);
        check("one\ntwo\n\nthree", &["1 Prose : one\ntwo", "4 Prose : three"]);
        check(
            "===\n A\n===\n\na\n\nB\n=\n\nb\n\nC\n-\nc\n\nD\n=\n\nd",
            &["5 Prose A: a", "10 Prose A > B: b", "14 Prose A > B > C: c", "19 Prose A > D: d"],
        );
        check("a\n\n----\n\nb", &["1 Prose : a", "5 Prose : b"]);
        check(
            "- a\n  b\n\n  c\n\n  - d\n- e\n\nf",
            &["1 Item : - a\n  b", "4 Item :   c", "6 Item :   - d", "7 Item : - e", "9 Prose : f"],
        );
        check(
            "1. a\n2) b\n#. c\n#. d\n(a) e",
            &["1 Item : 1. a", "2 Item : 2. b", "3 Item : 1. c", "4 Item : 2. d", "5 Item : a. e"],
        );
        check("A. Smith wrote\nthis.", &["1 Prose : A. Smith wrote\nthis."]);
        check(
            "a::\n\n  b\n\n    c\n\nd ::\n\n e\n\n::\n\n > f",
            &["1 Prose : a:", "3 Code : b\n\n  c", "7 Prose : d", "9 Code : e", "13 Code : > f"],
        );
        check("- a::\n\n    b\n\n  c", &["1 Item : - a:", "3 Code : b", "5 Item :   c"]);
        check("term\n   told\n   more", &["1 Prose : term", "2 Prose : told\nmore"]);
        check(">>> 1 + *a*\n2\n\nb", &["1 Code : >>> 1 + *a*\n2", "4 Prose : b"]);
        check("| a\n| b\n|\n| c", &["1 Prose : a\nb\n\nc"]);
        check(".. note:: a\n   b\n\n   c\n\nd", &["1 Prose : a\nb", "4 Prose : c", "6 Prose : d"]);
        check(
            ".. code-block:: c\n   :linenos:\n\n   a *b*\n\n     c\nd",
            &["4 Code : a *b*\n\n  c", "7 Prose : d"],
        );
        check(".. figure:: a.png\n   :alt: gone\n\n   b\n\n.. image:: c.png\n   :alt: d\n", &["4 Prose : b"]);
        check(
            ".. comment\n   more\n\na\n\n..\n\nb\n\n.. _t: http://u\n.. |s| image:: v\n__ w\n\nc",
            &["4 Prose : a", "8 Prose : b", "14 Prose : c"],
        );
        check(
            "a [1]_ [#n]_\n\n.. [1] b\n   c\n.. [#n] d",
            &["1 Prose : a [1] [n]", "3 Prose : [1] b\nc", "5 Prose : [n] d"],
        );
        check(
            "a\n\n:param int b: c\n   d\n:returns: e",
            &["1 Prose : a", "3 Prose : b: c\nd", "5 Prose : returns: e"],
        );
        check(
            "+---+---+\n| A | B |\n+===+===+\n| 1 | 2 |\n| x |   |\n+---+---+\n\nc",
            &["2 Row : A | B", "4 Row : 1 x | 2", "8 Prose : c"],
        );
        check(
            "=== ===\nA   B\n=== ===\n1   *2*\n    3\n4\n=== ===\n",
            &["2 Row : A | B", "4 Row : 1 | 2 3", "6 Row : 4"],
        );
        check(
            ".. list-table:: T\n   :widths: 1 2\n\n   * - A\n     - B\n   * - c\n       d\n     -\n\ne",
            &["1 Prose : T", "4 Row : A | B", "6 Row : c d", "10 Prose : e"],
        );
        check(
            ".. csv-table:: T\n   :header: \"A\", B\n\n   \"a, b\", c",
            &["1 Prose : T", "2 Row : A | B", "4 Row : a, b | c"],
        );
        check(".. function:: f(*a, **b)\n\n   c", &["1 Prose : f(*a, **b)", "3 Prose : c"]);
        check("|v| b\n\n.. |v| replace:: a", &["1 Prose : a b"]);
        check(".. parsed-literal::\n\n  *a*  b\n    c", &["3 Code : a  b\n  c"]);
        check(".. math:: \\alpha = 1", &["1 Prose : α = 1"]);
    }

    #[test]
    fn fields_at_the_top_are_facts() {
        let check = |text: &str, expected: &str| {
            let Article { title, authors, date, date_source, language, tags, sections, .. } = read(text);
            let date = date.map(|date| date.to_string()).unwrap_or_default();
            let printed = print_lines(&sections);
            assert_eq!(
                format!("{title:?} {authors:?} {date} {date_source} {language:?} {tags:?} {printed:?}"),
                expected
            );
        };
        check("", "None []   None [] []");
        check(
            "=\nT\n=\n\n:Author: Jane Doe <j@d.e>\n:Date: 2024-05-01\n:Version: 3\n:Abstract: short\n  words\n:lang: de\n\na",
            r#"None ["Jane Doe"] 2024-05-01 the date field Some("de") [] ["8 Prose T: short\nwords", "12 Prose T: a"]"#,
        );
        check(
            ".. title: T\n.. date: 2024-05-01 10:00\n.. tags: a, b\n.. author: Jane Doe\n\na",
            r#"Some("T") ["Jane Doe"] 2024-05-01 the date field None ["a", "b"] ["6 Prose : a"]"#,
        );
        check(
            "PEP: 8\nTitle: T\nAuthor: Jane Doe <j@d.e>,\n        John Roe\nCreated: 05-Jul-2001\n\na",
            r#"Some("T") ["Jane Doe", "John Roe"]   None [] ["7 Prose : a"]"#,
        );
        check(
            ".. post:: 2024-05-01\n   :tags: a, b\n   :author: Jane Doe\n\na",
            r#"None ["Jane Doe"] 2024-05-01 the date field None ["a", "b"] ["5 Prose : a"]"#,
        );
    }

    #[test]
    fn hostile_nesting_is_read_in_time() {
        for unit in [
            ":a:`", "`", "*", " *a", "**a ", "|a", "- ", " - \n", ".. a::\n", "a::\n\n ", "=\n", "= ",
            "= =\n", "+-+\n|", "a_ ", "[a", "\\", ".. [", ":a: b\n ", "..\n a\n", "* - a\n", "#. a\n", "(",
            "a\n-\n", "_`", "``",
        ] {
            let text = unit.repeat(200_000 / unit.len()) + "\n\nend";
            read(&text);
        }
    }

    /// Pieces of reStructuredText; each `@` is a word of its own.
    const PIECES: &[&str] = &[
        "@ @\n@ *@* **@\n@** ``@ @``\n\n",
        "@ `@\n@ <gone>`_ :ref:`@ <gone>` :term:`@` @_ \\@\n\n",
        "@ @\n======\n\n",
        "@\n---------\n\n@\n\n",
        "- @\n- @\n  @\n\n  - @\n\n    @\n\n",
        "3. @\n   @\n4. @\n\n",
        ".. note:: @\n   @\n\n   @\n\n   - @\n\n",
        ".. code-block:: c\n\n   @\n\n     @\n\n",
        "@::\n\n  @\n @\n\n",
        ".. gone\n   gone\n\n",
        ".. image:: gone\n   :alt: gone\n\n",
        "======  ====\n@       @\n======  ====\n@       @\n======  ====\n\n",
        "+--------+--------+\n| @  | @  |\n+--------+--------+\n\n",
        "@ [1]_\n\n.. [1] @ @\n   @\n\n",
        "@\n  @\n  @\n@\n  @\n\n",
        "| @\n| @\n\n",
        ":@: @\n  @\n\n",
        "\n",
    ];

    proptest! {
        #[test]
        fn every_word_comes_out_once_and_on_its_line(pieces in prop::collection::vec(0..PIECES.len(), 0..12)) {
            let text = worded(&("@\n\n".to_owned() + &pieces.iter().map(|&piece| PIECES[piece]).collect::<String>()));
            assert_words_on_their_lines(&text, &read(&text).sections);
        }

        #[test]
        fn any_text_is_read(text in "[-#>*_=~|+0-9.:\\[\\]()!<>/&;a@{}$^` \n\t\\\\é]{0,80}") {
            let _ = read(&text);
        }
    }
}
