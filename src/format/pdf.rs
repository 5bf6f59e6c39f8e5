//! PDF: text that was placed on pages, put together again.
//!
//! A page knows where each letter stands, but of words, lines, columns, paragraphs and headings it
//! knows nothing: `content` follows the page, `run` and `line` put letters in order, `running` takes
//! heads and feet away, `block` finds paragraphs and headings, and `join` makes them text.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use hayro_syntax::{DecryptionError, LoadPdfError, Pdf as File};
use memchr::memmem;

use self::{block::Shape, content::Content, join::Hyphens, line::Line, style::Style};
use super::{Cause, Each, Extent, Format, Input, Warnings, outline::Outline};
use crate::article::{Article, Kind, Lines, Role, Section, Spot};

mod stream;
mod collection;
mod font;
mod content;
mod note;
mod letter;
mod run;
mod line;
mod margin;
mod running;
mod style;
mod bookmarks;
mod block;
mod join;
mod info;
#[cfg(test)]
mod sample;

/// Bytes of the longest file that is read.
const LONGEST: u64 = 64 << 20;

/// Pages that are read.
const MOST_PAGES: usize = 20_000;

/// Lines that are read: an article is never so long.
const MOST_LINES: usize = 1_000_000;

/// Bytes at the start of a file among which its mark stands.
const MARK_WITHIN: usize = 1024;

/// The reader of PDF files.
pub(super) struct Pdf;

impl Format for Pdf {
    fn name(&self) -> &'static str {
        "pdf"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["pdf"]
    }

    fn extent(&self) -> Extent {
        Extent::Whole
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        let head = &bytes[..bytes.len().min(MARK_WITHIN)];
        Some(memmem::find(head, b"%PDF-").is_some())
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let bytes = input.whole(LONGEST)?.into_owned();
        stream::check(&bytes)?;
        let file = File::new(Arc::new(bytes)).map_err(cause)?;
        let mut article = Article { lines: Lines::Text, ..Article::default() };
        info::fill(&file, &mut article);
        let mut pages = pages(&file, &mut article.warnings);
        let heads = running::take(&mut pages);
        let outlined = bookmarks::mark(&file, &mut pages);
        sections(pages, heads, outlined, &mut article);
        let _ = each(article);
        Ok(Warnings::new())
    }
}

fn cause(error: LoadPdfError) -> Cause {
    Cause(match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => {
            "is encrypted and needs a password".to_owned()
        }
        LoadPdfError::Decryption(_) => "is encrypted in a way that cannot be read".to_owned(),
        LoadPdfError::Invalid => "is no whole PDF file".to_owned(),
    })
}

/// Returns the lines of each page.
fn pages(file: &File, warnings: &mut Warnings) -> Vec<Vec<Line>> {
    let mut content = Content::new(file.xref());
    let mut pages: Vec<Vec<Line>> = Vec::new();
    let (mut lines, mut broken) = (0, Vec::new());
    let all = file.pages().len();
    for (page, number) in file.pages().iter().zip(1u32..) {
        if pages.len() >= MOST_PAGES || lines >= MOST_LINES || content.spent() {
            warnings.push(format!("is too much to be read: pages {number} to {all} were left out"));
            break;
        }
        // A page that cannot be read costs only itself.
        let read = catch_unwind(AssertUnwindSafe(|| line::lines(content.page(page), number)));
        let page = read.unwrap_or_else(|_| {
            broken.push(number);
            Vec::new()
        });
        lines += page.len();
        pages.push(page);
    }
    if let Some(first) = broken.first() {
        let more = broken.len() - 1;
        let more = if more > 0 { format!(", and {more} more pages could not") } else { String::new() };
        warnings.push(format!("page {first} could not be read{more}"));
    }
    if lines == 0 && all > 0 && broken.is_empty() {
        warnings.push(if content.unknown > 0 {
            "does not say which letters its signs are".to_owned()
        } else {
            "has no text layer: its pages are images, or empty".to_owned()
        });
    }
    pages
}

/// Puts the lines of the pages together.
fn sections(pages: Vec<Vec<Line>>, heads: Vec<Line>, outlined: bool, article: &mut Article) {
    let style = Style::of(&pages);
    let hyphens = Hyphens::of(&pages);
    let mut blocks = block::blocks(pages, &style);
    let shown = block::title(&mut blocks, &style, article.title.as_deref());
    article.title = article.title.take().or(shown);
    if !outlined {
        block::headings(&mut blocks, &style);
    }
    let mut outline = Outline::default();
    for block in &blocks {
        let (text, spots) = hyphens.text(block);
        outline.at(Spot::Page(block.lines[0].page));
        let kind = match block.shape {
            Shape::Heading(level) => {
                outline.heading(level, &text, 0);
                continue;
            }
            Shape::Text => Kind::Prose,
            Shape::Item => Kind::Item,
            Shape::Row => Kind::Row,
            Shape::Code => Kind::Code,
        };
        outline.push_over(kind, &text, 0, &spots);
    }
    article.sections = outline.finish();
    let mut aside = Section { role: Role::Aside, ..Section::default() };
    for head in &heads {
        aside.push_over(Kind::Prose, &head.text, 0, &[(0, Spot::Page(head.page))]);
    }
    if !aside.text.is_empty() {
        article.sections.push(aside);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{Flow, read_all},
        sample::{file, lines, whole},
        *,
    };

    fn read(bytes: &[u8]) -> Article {
        read_all(&Pdf, "a.pdf", bytes).0.remove(0)
    }

    /// Prints each block as `page kind headings: text`.
    fn print(article: &Article) -> Vec<String> {
        let mut printed = Vec::new();
        for section in &article.sections {
            let ends = section.blocks.iter().skip(1).map(|block| block.start).chain([section.text.len()]);
            for (block, end) in section.blocks.iter().zip(ends) {
                let text = section.text[block.start..end].trim_end();
                let Some(Spot::Page(page)) = section.spot(block.start) else { panic!("it is on a page") };
                let kind =
                    if section.role == Role::Aside { "Aside".into() } else { format!("{:?}", block.kind) };
                printed.push(format!("{page} {kind} {}: {text}", section.headings.join(" > ")));
            }
        }
        printed
    }

    #[test]
    fn text_is_put_together_from_its_places() {
        let check = |content: &str, expected: &[&str]| {
            assert_eq!(print(&read(&file(&[content]))), expected, "{content}");
        };
        check("BT /R 10 Tf 72 700 Td [(T) 20 (he) -300 (tide)] TJ ET", &["1 Prose : The tide"]);
        check("BT /R 10 Tf 72 700 Td (The) Tj 30 0 Td (tide) Tj ET", &["1 Prose : The tide"]);
        check("BT /R 10 Tf 2 Tc 72 700 Td (tide) Tj ET", &["1 Prose : tide"]);
        check(
            "BT /R 10 Tf 72 700 Td (CO) Tj /R 7 Tf -2 Ts (2) Tj /R 10 Tf 0 Ts ( rises) Tj ET",
            &["1 Prose : CO2 rises"],
        );
        check("BT /R 10 Tf 72 700 Td (tide) Tj /R 7 Tf 4 Ts (1) Tj ET", &["1 Prose : tide 1"]);
        check("BT /R 10 Tf 72 700 Td (the t\\256d) Tj ET", &["1 Prose : the tfid"]);
        check("BT /R 10 Tf 0 1 -1 0 72 100 Tm (up the side) Tj ET", &["1 Prose : up the side"]);
        check("/Span << /ActualText (ebb) >> BDC BT /R 10 Tf 72 700 Td (xyz) Tj ET EMC", &["1 Prose : ebb"]);
        check(
            "/Artifact << /Type /Pagination >> BDC BT /R 10 Tf 72 760 Td (Tides) Tj ET EMC BT /R 10 Tf 72 700 Td (It) Tj ET",
            &["1 Prose : It", "1 Aside : Tides"],
        );
        check("BT /R 10 Tf 72 9000 Td (nowhere) Tj ET", &[]);
        check(
            "BT /R 10 Tf 72 700 Td (twice) Tj ET BT /R 10 Tf 72.3 700 Td (twice) Tj ET",
            &["1 Prose : twice"],
        );
        // Each letter is printed twice to look bold, and a space has no width.
        check("BT /R 10 Tf 72 700 Td (t) Tj ET BT /R 10 Tf 72.4 700 Td (tide) Tj ET", &["1 Prose : tide"]);
        check("BT /R 10 Tf 72 700 Td [(ti) ( ) 278 (de)] TJ ET", &["1 Prose : tide"]);
    }

    #[test]
    fn lines_become_paragraphs_items_rows_and_code() {
        let check = |rows: &[(&str, u32, &str)], expected: &[&str]| {
            assert_eq!(print(&read(&file(&[&lines(700, rows)]))), expected);
        };
        check(
            &[
                ("R 10", 82, "The water stands at its high-"),
                ("R 10", 72, "est only hours after the moon."),
                ("R 10", 82, "Why it is late was not known."),
            ],
            &[
                "1 Prose : The water stands at its highest only hours after the moon.",
                "1 Prose : Why it is late was not known.",
            ],
        );
        check(
            &[
                ("R 10", 72, "\\267 the moon"),
                ("R 10", 72, "\\267 the sun, which"),
                ("R 10", 80, "does less"),
            ],
            &["1 Item : - the moon", "1 Item : - the sun, which does less"],
        );
        check(
            &[
                ("R 10", 72, "So it is told to the machine, as a table of two lines:"),
                ("C 10", 72, "tide {"),
                ("C 10", 84, "late"),
                ("C 10", 72, "}"),
                ("R 10", 72, "and that is all of it, as far as we can tell from here."),
            ],
            &[
                "1 Prose : So it is told to the machine, as a table of two lines:",
                "1 Code : tide {\n  late\n}",
                "1 Prose : and that is all of it, as far as we can tell from here.",
            ],
        );
        let row = |y: u32, port: &str, hour: &str| {
            format!("BT /R 10 Tf 72 {y} Td ({port}) Tj 200 0 Td ({hour}) Tj ET\n")
        };
        let table = row(700, "Port", "Hour") + &row(688, "Brest", "4") + &row(676, "Dover", "11");
        assert_eq!(
            print(&read(&file(&[&table]))),
            ["1 Row : Port | Hour", "1 Row : Brest | 4", "1 Row : Dover | 11"]
        );
        check(&[("R 10", 72, "Tides . . . . . . . . 12")], &["1 Row : Tides | 12"]);
        let code = |y: u32, number: u32, text: &str| {
            format!("BT /R 6 Tf 62 {y} Td ({number}) Tj /C 10 Tf 10 0 Td ({text}) Tj ET\n")
        };
        let numbered =
            code(688, 41, "tide = sun + moon") + &code(676, 42, "}") + &code(664, 43, "print tide, 2");
        let prose = lines(652, &[("R 10", 62, "It is late by some hours, as we can tell from here.")]);
        assert_eq!(
            print(&read(&file(&[&(numbered + &prose)]))),
            [
                "1 Code : 41 tide = sun + moon\n42 }\n43 print tide, 2",
                "1 Prose : It is late by some hours, as we can tell from here.",
            ]
        );
    }

    #[test]
    fn larger_letters_are_title_and_headings() {
        let body = ("R 10", 72, "Some words of the text that stands below, as long as a line.");
        let page = lines(700, &[("R 20", 72, "The late tide"), ("R 10", 72, "")])
            + &lines(660, &[("B 14", 72, "The moon")])
            + &lines(640, &[body, body, body])
            + &lines(590, &[("B 10", 72, "Its way")])
            + &lines(570, &[body, body])
            + &lines(530, &[("B 14", 72, "The sea")])
            + &lines(510, &[body, body]);
        let article = read(&file(&[&page]));
        assert_eq!(article.title.as_deref(), Some("The late tide"));
        let headings: Vec<String> = article.sections.iter().map(|one| one.headings.join(" > ")).collect();
        assert_eq!(headings, ["The moon", "The moon > Its way", "The sea"]);
    }

    #[test]
    fn a_paragraph_runs_over_pages_and_not_into_their_heads_and_feet() {
        let page = |number: u32, text: &str, end: &str| {
            let place = format!("BT /R 10 Tf 72 760 Td (Tides, page {number}) Tj ET\n");
            place + &lines(700, &[("R 10", 72, text), ("R 10", 72, end)])
        };
        let pages = [
            page(1, "It begins here,", "and goes to the end of a line,"),
            page(2, "in the middle,", "then on to the next line,"),
            page(3, "near the end,", "where it stops at last."),
        ];
        let article = read(&file(&[&pages[0], &pages[1], &pages[2]]));
        assert_eq!(
            print(&article),
            [
                "1 Prose : It begins here, and goes to the end of a line, in the middle, then on to the next line, \
                 near the end, where it stops at last.",
                "1 Aside : Tides, page 1",
            ]
        );
        let section = &article.sections[0];
        let places: Vec<(&str, Spot)> =
            section.spots.iter().map(|&(at, spot)| (&section.text[at..at + 8], spot)).collect();
        assert_eq!(
            places,
            [("It begin", Spot::Page(1)), ("in the m", Spot::Page(2)), ("near the", Spot::Page(3))]
        );
    }

    #[test]
    fn the_outline_of_a_file_makes_its_headings() {
        let mut bytes = file(&[
            &lines(700, &[("R 10", 72, "1 The moon"), ("R 10", 72, "It is far.")]),
            &lines(700, &[("R 10", 72, "Its way"), ("R 10", 72, "It goes round."), ("R 10", 72, "The sea")]),
        ]);
        let text = String::from_utf8(bytes).expect("it is ASCII");
        let text = text.replace("/Catalog", "/Catalog /Outlines << /First 101 0 R >>");
        let entry = |title: &str, page: u32, more: &str| {
            format!("<< /Title ({title}) /Dest [{page} 0 R /Fit] {more} >>")
        };
        let outline = [
            entry("The moon", 18, "/First 102 0 R /Next 103 0 R"),
            entry("Its way", 20, ""),
            // It names itself as the next one.
            entry("The sea", 20, "/Next 103 0 R"),
        ];
        let entries =
            outline.iter().zip(101..).map(|(entry, number)| format!("{number} 0 obj\n{entry}\nendobj\n"));
        bytes = text.replace("trailer\n", &(entries.collect::<String>() + "trailer\n")).into_bytes();
        assert_eq!(
            print(&read(&bytes)),
            [
                "1 Prose 1 The moon: It is far.",
                "2 Prose 1 The moon > Its way: It goes round.",
                "2 Prose : The sea",
            ]
        );
    }

    #[test]
    fn what_is_not_shown_is_not_read_and_notes_are() {
        let say = |text: &str| format!("BT /R 10 Tf 72 700 Td ({text}) Tj ET");
        let page = format!("/OC /L BDC {} EMC {}", say("hidden"), say("shown"));
        let text = String::from_utf8(file(&[&page])).expect("it is ASCII");
        let text =
            text.replace("/Catalog", "/Catalog /OCProperties << /OCGs [90 0 R] /D << /OFF [90 0 R] >> >>");
        let text = text.replace("/XObject", "/Properties << /L 90 0 R >> /XObject");
        let note = "/Annots [<< /Rect [72 500 172 520] /AP << /N 26 0 R >> >>] /Contents";
        let text = text.replace("/Contents", note).replace("trailer\n", &format!(
            "90 0 obj\n<< /Type /OCG >>\nendobj\n26 0 obj\n<< /Subtype /Form /BBox [0 0 100 20] /Resources 6 0 R \
             /Length 40 >>\nstream\n{:40}\nendstream\nendobj\ntrailer\n", "BT /R 10 Tf 0 5 Td (noted) Tj ET"
        ));
        assert_eq!(print(&read(text.as_bytes())), ["1 Prose : shown", "1 Prose : noted"]);
    }

    #[test]
    fn fields_of_forms_hold_what_no_look_shows() {
        let check = |note: &str, expected: &[&str]| {
            let text =
                String::from_utf8(file(&["BT /R 10 Tf 72 700 Td (Port:) Tj ET"])).expect("it is ASCII");
            let note = format!("/Annots [<< /Rect [150 697 250 712] {note} >>] /Contents");
            let bytes = text.replace("/Contents", &note).into_bytes();
            assert_eq!(print(&read(&bytes)), expected, "{note}");
        };
        check("/Subtype /Widget /FT /Tx /V (Saint Malo)", &["1 Prose : Port: Saint Malo"]);
        check(
            "/Subtype /Widget /Parent << /FT /Ch /V [(Brest) (Dover)] >>",
            &["1 Prose : Port: Brest Dover"],
        );
        check("/Subtype /FreeText /Contents (Brest)", &["1 Prose : Port: Brest"]);
        check("/Subtype /Widget /FT /Tx /Ff 8192 /V (secret)", &["1 Prose : Port:"]);
        check("/Subtype /Widget /FT /Tx /F 2 /V (hidden)", &["1 Prose : Port:"]);
        check("/Subtype /Widget /FT /Btn /V (On)", &["1 Prose : Port:"]);
        check("/Subtype /Text /Contents (a remark)", &["1 Prose : Port:"]);
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let check = |bytes: &[u8], expected: &str| {
            let read = Pdf.read(Input::of("a.pdf", bytes), &mut |_| Flow::Continue(()));
            assert_eq!(read.expect_err("it cannot be read").0, expected);
        };
        check(b"", "is no whole PDF file");
        check(b"%PDF-1.4", "is no whole PDF file");
        let secret = "x".repeat(32);
        let objects =
            ["<< /Type /Catalog /Pages 2 0 R >>".to_owned(), "<< /Type /Pages /Kids [] >>".to_owned()];
        let lock = format!(
            "/Encrypt << /Filter /Standard /V 1 /R 2 /O ({secret}) /U ({secret}) /P -4 >> /ID [(a) (b)]"
        );
        check(&whole(&objects, &lock), "is encrypted and needs a password");
        let images = read(&file(&["0 0 100 100 re f", ""]));
        assert_eq!(images.warnings, ["has no text layer: its pages are images, or empty"]);
        assert!(images.sections.is_empty());
    }

    #[test]
    fn a_file_is_told_by_its_mark() {
        let check = |bytes: &[u8], expected: bool| assert_eq!(Pdf.begins(bytes), Some(expected));
        check(b"%PDF-1.7\n", true);
        check(&[b"junk\n".repeat(100), b"%PDF-1.3".to_vec()].concat(), true);
        check(&[b"junk\n".repeat(1000), b"%PDF-1.3".to_vec()].concat(), false);
        check(b"", false);
    }

    #[test]
    fn hostile_files_end() {
        let check = |content: &str| {
            let _ = read(&file(&[content, "BT /R 10 Tf 72 700 Td (end) Tj ET"]));
        };
        // Each form shows the next one ten times.
        check("/X0 Do");
        check(&"q ".repeat(100_000));
        check(&"[".repeat(100_000));
        check(&"<< /A ".repeat(100_000));
        check(&"/Span << /ActualText (a) >> BDC ".repeat(20_000));
        check(&"BT /R 10 Tf 72 700 Td (a) Tj ET ".repeat(20_000));
        check(
            &(0..3_000)
                .map(|at| format!("BT /R 10 Tf {} {at} Td (a) Tj ET ", at * 7 % 600))
                .collect::<String>(),
        );
        check(
            "BT /R 1e38 Tf 1e38 1e38 1e38 1e38 1e38 1e38 Tm (a) Tj /R nan Tf (b) Tj 0 0 0 0 0 0 Tm (c) Tj ET",
        );
    }

    /// Pieces of the content of a page.
    const PIECES: &[&str] = &[
        "BT",
        "ET",
        "/R 10 Tf",
        "/B 14 Tf",
        "/C 9 Tf",
        "/R 0 Tf",
        "/No 5 Tf",
        "72 700 Td",
        "0 -12 Td",
        "200 0 Td",
        "(tide) Tj",
        "(moon-) Tj",
        "[(se) -300 (a)] TJ",
        "(\\267 it) Tj",
        "( . . . . 1) Tj",
        "T*",
        "14 TL",
        "(x) '",
        "1 2 (y) \"",
        "5 Ts",
        "3 Tc",
        "9 Tw",
        "50 Tz",
        "q",
        "Q",
        "1 0 0 1 5 5 cm",
        "0 1 -1 0 300 300 Tm",
        "-1 0 0 1 9 9 Tm",
        "/X9 Do",
        "/Span << /ActualText (a) >> BDC",
        "/OC /L BDC",
        "EMC",
        "1e9 0 0 1e9 0 0 cm",
        "<ff00fe> Tj",
        "BI ID EI",
        "[",
        "<<",
    ];

    proptest! {
        #[test]
        fn any_content_is_read(pages in prop::collection::vec(prop::collection::vec(0..PIECES.len(), 0..40), 1..4)) {
            let pages: Vec<String> = pages
                .iter()
                .map(|page| page.iter().map(|&piece| PIECES[piece]).collect::<Vec<_>>().join("\n"))
                .collect();
            let article = read(&file(&pages.iter().map(String::as_str).collect::<Vec<_>>()));
            prop_assert!(!article.warnings.iter().any(|warning| warning.contains("could not be read")), "{:?}", article.warnings);
        }

        #[test]
        fn any_damage_is_borne(cuts in prop::collection::vec((0.0..1.0f64, any::<u8>(), 0..30usize), 0..12)) {
            let mut bytes = file(&[&lines(700, &[("R 10", 72, "the tide"), ("B 10", 72, "is late")])]);
            for (at, byte, length) in cuts {
                let at = (at * bytes.len() as f64) as usize;
                let to = bytes.len().min(at + length);
                bytes.splice(at..to, [byte]);
            }
            let _ = Pdf.read(Input::of("a.pdf", &bytes), &mut |_| Flow::Continue(()));
        }

        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Pdf.read(Input::of("a.pdf", &[b"%PDF-1.4\n", &bytes[..]].concat()), &mut |_| Flow::Continue(()));
        }
    }
}
