//! Markdown: CommonMark with tables, footnotes, strikethrough and task lists.
//!
//! Lines are the file's own. Inside a block each line of the source is a line of the text, also
//! where a comment or a long link stood between two words: that is how a line number is found.

use pulldown_cmark::{Options, Parser};

use self::blocks::Blocks;
use super::{Cause, Each, Format, Input, Warnings, front, outline::Outline};
use crate::article::Section;

mod blocks;
mod raw;
mod sign;

/// The reader of Markdown files.
pub(super) struct Markdown;

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["md", "markdown", "mdown", "mkd"]
    }

    fn marks(&self, head: &str) -> bool {
        sign::is_signed(head)
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        input.article(None, each, |text, article| {
            let body = front::take(text, article);
            article.sections = sections(text, body);
        })
    }
}

/// Reads the text from offset `body` on.
fn sections(text: &str, body: usize) -> Vec<Section> {
    add(text, body, Outline::default()).finish()
}

/// Reads the text from offset `body` on, and adds it to what was read before.
pub(super) fn add(text: &str, body: usize, outline: Outline) -> Outline {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS;
    let mut blocks = Blocks::new(text, outline);
    for (event, range) in Parser::new_ext(&text[body..], options).into_offset_iter() {
        let source = &text[body + range.start..body + range.end];
        blocks.event(event, source, body + range.start);
    }
    blocks.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{print_lines, read_one},
        *,
    };
    use crate::article::Article;

    fn read(text: &str) -> Article {
        read_one(&Markdown, "a.md", text)
    }

    #[test]
    fn blocks_have_their_kind_line_and_headings() {
        let check =
            |text: &str, expected: &[&str]| assert_eq!(print_lines(&read(text).sections), expected, "{text}");
        check("", &[]);
        check("one\ntwo\n\nthree", &["1 Prose : one\ntwo", "4 Prose : three"]);
        check("# A\n\na\n\nB\nb\n---\nc", &["3 Prose A: a", "8 Prose A > B b: c"]);
        check("## A {#id}\na\n# B\n### C\n# D", &["2 Prose A: a", "4 Prose B: C", "5 Prose : D"]);
        check(
            "- one\n- two\n  more\n\n  part",
            &["1 Item : - one", "2 Item : - two\n  more", "5 Item :   part"],
        );
        check("7. a\n8. b\n   - c", &["1 Item : 7. a", "2 Item : 8. b", "3 Item :   - c"]);
        check("- [x] a\n- [ ] b", &["1 Item : - [x] a", "2 Item : - [ ] b"]);
        check("- # A\n\n> # B\n> b\n\nc", &["1 Item : - A", "3 Prose : B", "4 Prose : b", "6 Prose : c"]);
        check("> a\n> b\n>\n> - c\n>   d", &["1 Prose : a\nb", "4 Item : - c\n  d"]);
        check("```rust\n\n  a\n\nb\n```\n\n    c", &["3 Code :   a\n\nb", "8 Code : c"]);
        check("- ```\n  a\n  ```\n  b", &["2 Code : a", "4 Item :   b"]);
        check("|A|B|\n|-|-|\n|1||\n|`a`|*b*|", &["1 Row : A | B", "3 Row : 1", "4 Row : a | b"]);
        check("a[^1]\n\n[^1]: b\n    c\n\n    d", &["1 Prose : a[1]", "3 Prose : [1] b\nc", "6 Prose : d"]);
        check("<div>\n<p>a</p>\n<b>b</b>c\n</div>\n\nd", &["2 Prose : a\nbc", "6 Prose : d"]);
        check("<!-- a\n\nb -->\n\nc", &["5 Prose : c"]);
    }

    #[test]
    fn a_line_of_the_source_is_a_line_of_the_block() {
        let check = |text: &str, expected: &str| {
            assert_eq!(print_lines(&read(text).sections), [format!("1 Prose : {expected}")], "{text}");
        };
        check("a\\\nb  \nc", "a\nb\nc");
        check("a `b\nc` d", "a b\nc d");
        check("a [b\nc](d\n'e\nf') g", "a b\nc\n\ng");
        check("a <!-- b\nc --> d\ne", "a\nd\ne");
        check("a&#10;b\nc", "a b\nc");
        check("![a\nb](c) <d@e.f>", "a\nb d@e.f");
        check("**a\nb** ~~c~~ https://d.e/f <https://g.h>", "a\nb c https://d.e/f https://g.h");
        check("a<br>b <i>c</i>d &amp; \\*e\\*", "a b cd & *e*");
    }

    #[test]
    fn front_matter_fills_the_fields() {
        let article = read("---\ntitle: A\ndate: 2025-01\n---\n\n# A\n\nb");
        assert_eq!(article.title.as_deref(), Some("A"));
        assert_eq!(article.date.map(|date| date.to_string()).as_deref(), Some("2025-01"));
        assert_eq!(print_lines(&article.sections), ["8 Prose A: b"]);
    }

    #[test]
    fn hostile_nesting_is_read_in_time() {
        let check = |unit: &str, count: usize| {
            let text = unit.repeat(count) + "end";
            let article = read(&text);
            assert!(article.sections.iter().any(|section| section.text.contains("end")), "{unit}");
        };
        check(">", 100_000);
        check("- ", 100_000);
        check("1. ", 100_000);
        check("[", 100_000);
        check("*a ", 100_000);
        check("<!--", 100_000);
        check("<b", 100_000);
        check("`a``", 50_000);
        check("|a", 100_000);
    }

    /// Pieces of Markdown; each `@` is a word of its own.
    const PIECES: &[&str] = &[
        "@ @\n@ *@* **@\n@** `@ @`\n\n",
        "@ `@\n@` [@](u) ![@](i.png)\n@\n\n",
        "# @\n\n",
        "### @ @\n",
        "@ @\n---\n\n",
        "## @\n@\n\n",
        "- @\n- @\n  @\n  - @\n\n    @\n\n",
        "3. @\n\n   > @\n   > @\n\n",
        "* [x] @\n* # @\n\n",
        "> @\n@\n> > @\n>\n> @\n\n",
        "> - @\n>   @\n> ```\n> @\n>\n> @\n> ```\n\n",
        "```text\n@\n\n  @ @\n```\n\n",
        "~~~\n@\n~~~\n@\n\n",
        "@\n\n    @\n\n    @\n\n",
        "| @ | @ |\n|---|:-:|\n| @ | **@** |\n| @ |\n\n@\n\n",
        "<div>\n@ <b>@</b>\n<!-- gone\n --><p>@</p>\n</div>\n\n",
        "@ <span>@</span><br>@ <!-- gone\n --> @\n\n",
        "@ <https://@.x> @\\\n@  \n~~@~~\n\n",
        "* * *\n\n",
        "@ [@][r] &amp; \\* @\n\n[r]: /u 't'\n\n",
        "\n",
    ];

    proptest! {
        #[test]
        fn every_word_comes_out_once_and_on_its_line(pieces in prop::collection::vec(0..PIECES.len(), 0..12)) {
            let mut text = String::new();
            let mut words = Vec::new();
            for char in pieces.iter().flat_map(|&piece| PIECES[piece].chars()) {
                if char == '@' {
                    let line = text.matches('\n').count() + 1;
                    words.push((format!("w{}w", words.len()), line));
                    text.push_str(&words[words.len() - 1].0);
                } else {
                    text.push(char);
                }
            }
            let sections = read(&text).sections;
            for (word, line) in words {
                let named = sections.iter().any(|one| one.headings.iter().any(|heading| heading.contains(&word)));
                let mut found = Vec::new();
                for section in &sections {
                    for (at, _) in section.text.match_indices(&word) {
                        let block = section.blocks.iter().rfind(|block| block.start <= at).expect("text is in a block");
                        let breaks = section.text[block.start..at].matches('\n').count();
                        found.push(block.line as usize + breaks);
                    }
                }
                if named {
                    prop_assert_eq!(found, Vec::<usize>::new(), "{} of\n{}", word, text);
                } else {
                    prop_assert_eq!(found, vec![line], "{} of\n{}", word, text);
                }
            }
        }

        #[test]
        fn any_text_is_read(text in "[-#>*_`~|+0-9.:\\[\\]()!<>/&;a \n\t\\\\]{0,80}") {
            let sections = read(&text).sections;
            let lines = text.matches('\n').count() as u32 + 1;
            for section in &sections {
                prop_assert!(!section.text.trim().is_empty() && section.blocks[0].start == 0);
                for block in &section.blocks {
                    prop_assert!((1..=lines).contains(&block.line), "{:?}", section);
                }
            }
        }
    }
}
