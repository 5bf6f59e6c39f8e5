//! RTF: text with control words in between, in groups.
//!
//! A control word holds for the rest of its group. What a group is for, its first control words say:
//! a table of fonts, a note, a picture. One that begins with `\*` is passed over unless it is known.

use self::{body::Body, scan::Scan};
use super::{Cause, Each, Extent, Format, Input, Warnings};
use crate::article::{Article, Lines};

mod body;
mod code_page;
mod facts;
mod group;
mod scan;
mod table;

/// The reader of RTF files.
pub(super) struct Rtf;

/// How every RTF file begins.
const START: &[u8] = b"{\\rtf";

/// Bytes of the most text that is read of a file.
const MOST_TEXT: usize = 32 << 20;

impl Format for Rtf {
    fn name(&self) -> &'static str {
        "rtf"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["rtf"]
    }

    // Pictures make files long, texts do not.
    fn version(&self) -> u16 {
        2
    }

    fn extent(&self) -> Extent {
        Extent::Stream
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        Some(bytes.trim_ascii_start().starts_with(START))
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        if self.begins(input.bytes) != Some(true) {
            return Err(Cause("does not begin as an RTF file".into()));
        }
        let mut article = Article { lines: Lines::Text, ..Article::default() };
        let mut scan = Scan::new(input.reader());
        let mut body = Body::new(MOST_TEXT);
        while let Some(token) = scan.next() {
            body.take(token);
            if body.is_done() {
                break;
            }
        }
        let warning = match scan.failure() {
            Some(error) => Some(format!("broken off: what follows was not read: {error}")),
            None if body.is_full() => Some(format!("is cut after {} MB of text", MOST_TEXT >> 20)),
            None if !body.is_done() => Some("broken off: its end is missing".into()),
            None => None,
        };
        article.warnings.extend(warning);
        body.finish(&mut article);
        let _ = each(article);
        Ok(Warnings::new())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{print, read_all},
        *,
    };

    fn read(text: &[u8]) -> Article {
        read_all(&Rtf, "a.rtf", text).0.remove(0)
    }

    const HEAD: &str = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fcharset204{\*\falt X}Times;}{\f2\fcharset2 Symbol;}{\f3\fcharset128 Mincho;}{\f4\fcharset2 Wingdings;}}{\colortbl;\red255\green0\blue0;}{\stylesheet{Normal;}{\s1\sbasedon0 heading 1;}{\s2\outlinelevel1 Mine;}{\s3\sbasedon2 Other;}{\s4 Title;}{\s5 toc 1;}{\*\cs9 Strong;}}";

    #[test]
    fn paragraphs_come_out_as_what_they_are() {
        let check = |body: &str, expected: &[&str]| {
            let article = read(format!("{HEAD}{body}}}").as_bytes());
            assert_eq!(print(&article.sections), expected, "{body}");
            assert_eq!(article.warnings, Vec::<String>::new());
        };
        check(r"a\b b\b0  c\tab d\line e\par f", &["Prose : ab c d e", "Prose : f"]);
        check(r"{\pard\s1 A\par}\pard b\par{\pard\s3 C\par}d", &["Prose A: b", "Prose A > C: d"]);
        check(r"{\pard\outlinelevel0 A\par}b", &["Prose A: b"]);
        check(r"\pard\s5 A 1\par\pard b", &["Prose : b"]);
        check(
            r"\'e4\'80{\f1 \'c4\'e0}\f3\'93\'fa\'83A\plain{\f2 m\'b3}{\f4 x\'fe}{\f4 word}",
            &["Prose : ä€Да日アμ≥word"],
        );
        check(r"\u1044\'c4\u-10179\'3f\u-8704 ?\uc0\u233 t\uc2\u8364 EUs{\u233 ab}c", &["Prose : Д😀ét€séc"]);
        check(r"\u1044\u1072 ?\u8364\par b", &["Prose : Да€", "Prose : b"]);
        check(r"a\~b\_c\-d\{e\}\\\emdash\ldblquote f\rdblquote", &[r"Prose : a b-cd{e}\—“f”"]);
        check(
            r"{\listtext 1.\tab}\pard\ls1 a\par\ilvl1{\pntext\f2\'b7\tab}b\par\pard\ls1 c\par\pard d",
            &["Item : 1. a", "Item :   - b", "Item :   c", "Prose : d"],
        );
        check(
            r"a{\v hidden}{\deleted gone}b\v x\v0 b{\*\unknown c}{\pict d}{\header e}{\*\bkmkstart f}",
            &["Prose : abb", "Prose Hidden text: hidden x"],
        );
        check(r"{\field{\*\fldinst HYPERLINK x}{\fldrslt here}}", &["Prose : here"]);
        check(
            r"a{\footnote\pard b\par c}d\par e",
            &["Prose : a[1]d", "Prose : e", "Prose : [1] b", "Prose : c"],
        );
        check(
            r"a{\*\atnid AL}{\*\atnauthor Ann}{\*\annotation{\*\atnref 1}\pard Why?}b",
            &["Prose : ab", "Prose Comments: Ann: Why?"],
        );
        check(
            r"a{\shp{\*\shpinst{\sp{\sn x}{\sv y}}{\shptxt b\par}}{\shprslt b}}c",
            &["Prose : ac", "Prose : b"],
        );
        check(r"{\upr{a}{\*\ud{b}}}{\nonshppict c}", &["Prose : b"]);
        check(r"{\mmath{\*\moMath{\mf{\mfPr{\mtype lin}}{\mnum a}{\mden b}}}}", &["Prose : a/b"]);
    }

    #[test]
    fn tables_come_out_by_rows() {
        let check = |body: &str, expected: &[&str]| {
            assert_eq!(print(&read(format!("{HEAD}{body}}}").as_bytes()).sections), expected, "{body}");
        };
        check(
            r"x\par\trowd\pard\intbl a\cell b\par c\cell\row\trowd d\cell\cell e\cell\row\pard f",
            &["Prose : x", "Row : a | b c", "Row : d | | e", "Prose : f"],
        );
        check(r"\trowd\cellx9 a\cell b\cell\row\pard c", &["Row : a | b", "Prose : c"]);
        check(
            r"{\trowd{{\pard\intbl a\par}\cell}{{\pard\intbl b\par}\cell}\intbl\row}c",
            &["Row : a | b", "Prose : c"],
        );
        check(
            r"\trowd\pard\intbl a\par\itap2 b\nestcell c\nestcell{\*\nesttableprops\trowd\nestrow}{\nonesttables\par}\pard\intbl d\cell\row\pard e",
            &["Prose : a", "Row : b | c", "Prose : d", "Prose : e"],
        );
    }

    #[test]
    fn what_is_said_of_the_document_fills_the_fields() {
        let info = r"{\info{\title The t\'eede}{\author Ann Lee}{\keywords sea, moon}{\creatim\yr2024\mo5\dy6\hr7}{\revtim\yr2025}{\operator Bo}{\*\company X}}";
        let article = read(format!("{HEAD}{info}a}}").as_bytes());
        assert_eq!(article.title.as_deref(), Some("The tîde"));
        assert_eq!(article.authors, ["Ann Lee"]);
        assert_eq!(article.tags, ["sea", "moon"]);
        let date = article.date.map(|date| date.to_string());
        assert_eq!((date.as_deref(), &*article.date_source), (Some("2024-05-06"), "document properties"));
        let article = read(format!("{HEAD}{info}{{\\pard\\s4 The tide\\par}}a}}").as_bytes());
        assert_eq!(article.title.as_deref(), Some("The tide"));
    }

    #[test]
    fn text_that_knows_nothing_of_code_pages_is_read_as_it_is() {
        assert_eq!(print(&read("{\\rtf1 Да é}".as_bytes()).sections), ["Prose : Да é"]);
        assert_eq!(print(&read(b"{\\rtf1 \xe9\xe8}").sections), ["Prose : éè"]);
    }

    #[test]
    fn a_document_that_breaks_off_is_read_so_far() {
        let article = read(b"{\\rtf1 a\\par {b");
        assert_eq!(print(&article.sections), ["Prose : a", "Prose : b"]);
        assert_eq!(article.warnings, ["broken off: its end is missing"]);
        assert!(Rtf.read(Input::of("a.rtf", b"plain"), &mut |_| panic!("it is none")).is_err());
    }

    #[test]
    fn hostile_nesting_is_read_in_time() {
        for unit in [
            "{",
            "{\\footnote ",
            "{\\shptxt ",
            "\\pard\\intbl\\itap9 a\\nestcell ",
            "{\\pict{",
            "\\u8364",
            "{\\upr",
        ] {
            let text = format!("{{\\rtf1 {}end", unit.repeat(200_000));
            read(text.as_bytes());
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            read(&[b"{\\rtf1 ", bytes.as_slice()].concat());
        }

        #[test]
        fn any_mix_of_words_is_read(text in "([{}a]|\\\\(par|pard|cell|row|nestcell|nestrow|trowd|intbl|itap[0-9]|footnote|\\*|u-?[0-9]{1,6}|uc[0-9]|'[0-9a-f]{2}|f[0-4]|info|title|upr|shptxt|fonttbl|stylesheet|s[0-9]|bin[0-9]|v|listtext|annotation) ?){0,60}") {
            read(format!("{HEAD}{text}").as_bytes());
        }
    }
}
