//! Org: the outlines and notes of Emacs.
//!
//! Lines are the file's own. Every line tells by itself what it is, except inside the few blocks
//! that are taken as they are.

use self::reader::Reader;
use super::{Cause, Each, Format, Input, Warnings};

mod reader;
mod inline;
mod sign;

/// The reader of Org files.
pub(super) struct Org;

impl Format for Org {
    fn name(&self) -> &'static str {
        "org"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["org"]
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
        read_one(&Org, "a.org", text)
    }

    #[test]
    fn blocks_have_their_kind_line_and_headings() {
        let check =
            |text: &str, expected: &[&str]| assert_eq!(print_lines(&read(text).sections), expected, "{text}");
        check("", &[]);
        check("one\ntwo\n\nthree", &["1 Prose : one\ntwo", "4 Prose : three"]);
        check("* A\na\n** B\nb\n* C\nc", &["2 Prose A: a", "4 Prose A > B: b", "6 Prose C: c"]);
        check("* TODO [#A] A b [1/3] [33%] :x:y_z:\nc", &["2 Prose A b: c"]);
        check("#+TODO: ASK(a) | ANSWERED\n* ASK A\na\n* TODOS B\nb", &["3 Prose A: a", "5 Prose TODOS B: b"]);
        check(
            "- one\n- [X] two\n  more\n  - deep\n\n  part\nend",
            &[
                "1 Item : - one",
                "2 Item : - [X] two\n  more",
                "4 Item :   - deep",
                "6 Item :   part",
                "7 Prose : end",
            ],
        );
        check(
            "1) a\n2. [@7] b\n- term :: told",
            &["1 Item : 1. a", "2 Item : 2. b", "3 Item : - term: told"],
        );
        check(
            "#+begin_src c :x y\n  a\n\n    b\n,* c\n#+end_src\nd",
            &["2 Code :   a\n\n    b\n* c", "7 Prose : d"],
        );
        check("#+BEGIN_QUOTE\na\n#+END_QUOTE\nb", &["2 Prose : a", "4 Prose : b"]);
        check("#+BEGIN_COMMENT\na\n#+END_COMMENT\n# c\nb", &["5 Prose : b"]);
        check("#+BEGIN_SRC\na", &["2 Prose : a"]);
        check(": a\n:  b\nc", &["1 Code : a\n b", "3 Prose : c"]);
        check("* A\nSCHEDULED: <2024-01-01>\n:PROPERTIES:\n:ID: x\n:END:\na", &["6 Prose A: a"]);
        check(":LOGBOOK:\na\n* B\nb", &["2 Prose : a", "4 Prose B: b"]);
        check("| A | /b/ |\n|---+---|\n| <l9> | |\n| 1 | |", &["1 Row : A | b", "4 Row : 1"]);
        check("a[fn:1] b\n\n[fn:1] c\nd", &["1 Prose : a[1] b", "3 Prose : [1] c\nd"]);
        check("a\n# gone\nb\n-----\nc", &["1 Prose : a\n\nb", "5 Prose : c"]);
        check("#+CAPTION: a\n#+NAME: b\n#+ATTR_HTML: :width 1\n[[./c.png]]", &["1 Prose : a"]);
    }

    #[test]
    fn keywords_fill_the_fields() {
        let check = |text: &str, expected: &str| {
            let Article { title, authors, date, date_source, language, tags, .. } = read(text);
            let date = date.map(|date| date.to_string()).unwrap_or_default();
            assert_eq!(format!("{title:?} {authors:?} {date} {date_source} {language:?} {tags:?}"), expected);
        };
        check("", "None []   None []");
        check(
            "#+title: A /b/\n#+AUTHOR: Jane Doe\n#+DATE: <2024-05-01 Wed>\n#+LANGUAGE: de\n#+FILETAGS: :sea:moon:\n* A :sun:noexport:",
            r#"Some("A b") ["Jane Doe"] 2024-05-01 #+DATE Some("de") ["sea", "moon", "sun"]"#,
        );
        check("#+DATE: \\today\n#+KEYWORDS: sea, low tide", r#"None []   None ["sea", "low tide"]"#);
    }

    #[test]
    fn hostile_nesting_is_read_in_time() {
        for unit in [
            "[[",
            "*",
            " *a",
            "#+BEGIN_SRC\n",
            ":a:\n",
            "[fn:",
            "- ",
            " - \n",
            "=a ",
            "{{{",
            "\\",
            "<<",
            "|",
            "* ",
            "$",
            "\\(",
            "@@",
        ] {
            let text = unit.repeat(200_000 / unit.len()) + "\n\nend";
            let article = read(&text);
            assert!(article.sections.last().is_some_and(|last| last.text.ends_with("end")), "{unit}");
        }
    }

    /// Pieces of Org; each `@` is a word of its own.
    const PIECES: &[&str] = &[
        "@ @\n@ *@* /@\n@/ =@= ~@~\n\n",
        "@ [[x:y][@\n@]] [fn:1] @\n\n",
        "* @ @\n",
        "** TODO @ :x:\n@\n",
        "- @\n- @\n  @\n  - @\n\n    @\n\n",
        "3. @\n   @ :: @\n\n",
        "#+begin_src c\n@\n\n  @\n#+end_src\n",
        "#+begin_quote\n@\n@\n#+end_quote\n@\n",
        "# gone\n",
        ":DRAWER:\ngone\n:END:\n",
        "| @ | *@* |\n|--+--|\n| @ |\n",
        ": @\n: @\n",
        "[fn:2] @ @\n@\n\n",
        "@ \\alpha @ $@$ @\\\\\n@\n",
        "\n",
    ];

    proptest! {
        #[test]
        fn every_word_comes_out_once_and_on_its_line(pieces in prop::collection::vec(0..PIECES.len(), 0..12)) {
            let text = worded(&pieces.iter().map(|&piece| PIECES[piece]).collect::<String>());
            assert_words_on_their_lines(&text, &read(&text).sections);
        }

        #[test]
        fn any_text_is_read(text in "[-#>*_=~|+0-9.:\\[\\]()!<>/&;a@{}$^ \n\t\\\\é]{0,80}") {
            let _ = read(&text);
        }
    }
}
