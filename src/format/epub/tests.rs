use std::io::{Cursor, Write};

use proptest::prelude::*;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{super::read_all, *};

/// Packs files into a book.
fn pack(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, text) in [("mimetype", "application/epub+zip")].iter().chain(files) {
        let options = if *name == "mimetype" { stored } else { SimpleFileOptions::default() };
        zip.start_file(*name, options).expect("memory can be written to");
        zip.write_all(text.as_bytes()).expect("memory can be written to");
    }
    zip.finish().expect("memory can be written to").into_inner()
}

const CONTAINER: (&str, &str) = (
    "META-INF/container.xml",
    "<container><rootfiles><rootfile full-path='OPS/a.opf'/></rootfiles></container>",
);

/// Makes a book of chapters, `a` the first, of a package document and a navigation document.
fn book(metadata: &str, nav: &str, chapters: &[&str]) -> Vec<u8> {
    let names: Vec<char> = ('a'..).take(chapters.len()).collect();
    let items: String = names.iter().map(|name| format!("<item id='{name}' href='{name}.xhtml'/>")).collect();
    let refs: String = names.iter().map(|name| format!("<itemref idref='{name}'/>")).collect();
    let opf = format!(
        "<package><metadata>{metadata}</metadata><manifest>{items}<item id='nav' href='nav.xhtml'
        properties='nav'/></manifest><spine>{refs}<itemref idref='nav' linear='no'/></spine></package>"
    );
    let nav = format!("<html><body><nav epub:type='toc'><h1>Contents</h1><ol>{nav}</ol></nav></body></html>");
    let paths: Vec<String> = names.iter().map(|name| format!("OPS/{name}.xhtml")).collect();
    let mut files = vec![CONTAINER, ("OPS/a.opf", opf.as_str()), ("OPS/nav.xhtml", nav.as_str())];
    let pages: Vec<String> = chapters
        .iter()
        .map(|text| format!("<html><head><title/></head><body>{text}</body></html>"))
        .collect();
    files.extend(paths.iter().zip(&pages).map(|(path, page)| (path.as_str(), page.as_str())));
    pack(&files)
}

fn read(bytes: &[u8]) -> Article {
    let (mut articles, _) = read_all(&Epub, "a.epub", bytes);
    assert_eq!(articles.len(), 1);
    articles.remove(0)
}

/// Prints each section as `chapter headings: text`.
fn print(sections: &[Section]) -> Vec<String> {
    let print = |section: &Section| {
        let Some(Spot::Chapter(chapter)) = section.spot(0) else { panic!("{section:?} stands nowhere") };
        format!("{chapter} {}: {}", section.headings.join(" > "), section.text.replace('\n', "/"))
    };
    sections.iter().map(print).collect()
}

#[test]
fn chapters_before_a_cut_are_read() {
    let long = "<h1>C</h1>".to_owned()
        + &(0..900).map(|number| format!("<p>{}</p>", number * 7919)).collect::<String>();
    let whole = book("", "", &["<h1>A</h1><p>One.</p>", "<h1>B</h1><p>Two.</p>", &long, "<p>Four.</p>"]);
    let article = read(&whole[..whole.len() / 2]);
    let printed = print(&article.sections);
    assert_eq!(printed[..2], ["1 A: One.", "2 B: Two."]);
    assert!(printed[2].starts_with("3 C: 0//7919//"), "{printed:?}");
    assert!(article.warnings[0].contains("was cut off; what could be was read"), "{:?}", article.warnings);
    assert!(article.warnings[1].starts_with("chapter 4"), "{:?}", article.warnings);
}

#[test]
fn chapters_stand_under_the_headings_of_the_contents() {
    let check = |nav: &str, chapters: &[&str], expected: &[&str]| {
        assert_eq!(print(&read(&book("", nav, chapters)).sections), expected, "{nav} {chapters:?}");
    };
    check("", &["<p>a</p>", "<h1>B</h1><p>b</p>", "<p>c</p>"], &["1 : a", "2 B: b", "3 : c"]);
    check(
        "<li><span>Part</span><ol><li><a href='a.xhtml'>One</a></li><li><a href='b.xhtml'>Two</a></li></ol></li>",
        &["<h1>One</h1><p>a</p>", "<p>b</p><h2>B</h2><p>c</p>", "<p>d</p>"],
        &["1 Part > One: a", "2 Part > Two: b", "2 Part > Two > B: c//d"],
    );
    check(
        "<li><a href='a.xhtml'>One</a><ol><li><a href='a.xhtml#%62'>Two</a></li></ol></li>",
        &["<p>a</p><div id='b'><p>b</p></div>"],
        &["1 One: a", "1 One > Two: b"],
    );
    check(
        "",
        &["<ul><li>a</li></ul><table><tr><td>b</td><td>c</td></tr></table><pre> d\n  e</pre>"],
        &["1 : - a//b | c// d/  e"],
    );
}

#[test]
fn the_title_of_the_book_is_no_heading() {
    let nav = "<li><a href='a.xhtml'>The Tide</a></li><li><a href='b.xhtml'>One</a></li>";
    let article =
        read(&book("<dc:title>The tide</dc:title>", nav, &["<h1>THE TIDE</h1><p>a</p>", "<p>b</p>"]));
    assert_eq!(article.title.as_deref(), Some("The tide"));
    assert_eq!(print(&article.sections), ["1 : a", "2 One: b"]);
}

#[test]
fn covers_and_lists_of_chapters_are_no_text() {
    let opf = "<package><metadata/><manifest><item id='c' href='c.xhtml'/><item id='l' href='l.xhtml'/>
        <item id='a' href='a.xhtml'/></manifest><spine><itemref idref='c'/><itemref idref='l'/>
        <itemref idref='a'/></spine><guide><reference type='cover' href='c.xhtml'/>
        <reference type='toc' href='l.xhtml'/></guide></package>";
    let list: String =
        ["One", "Two", "Three"].iter().map(|title| format!("<p><a href='a.xhtml'>{title}</a></p>")).collect();
    let sections = read(&pack(&[
        CONTAINER,
        ("OPS/a.opf", opf),
        ("OPS/c.xhtml", "<body><h1>The tide</h1></body>"),
        ("OPS/l.xhtml", &list),
        ("OPS/a.xhtml", "<p>a</p>"),
    ]))
    .sections;
    assert_eq!(print(&sections), ["3 : a", "2 : One//Two//Three"]);
    assert_eq!(sections[1].role, Role::Aside);
}

#[test]
fn a_chapter_that_cannot_be_read_costs_only_itself() {
    let opf = "<package><manifest><item id='a' href='a.xhtml'/><item id='b' href='b.xhtml'/>
        <item id='c' href='C.xhtml'/></manifest><spine><itemref idref='a'/><itemref idref='b'/>
        <itemref idref='none'/><itemref idref='c'/><itemref idref='a'/></spine></package>";
    let article = read(&pack(&[
        CONTAINER,
        ("OPS/a.opf", opf),
        ("OPS/a.xhtml", "<p>a</p>"),
        ("OPS/c.xhtml", "<p>c</p>"),
    ]));
    assert_eq!(print(&article.sections), ["1 : a//c"]);
    assert_eq!(
        article.warnings,
        ["chapter 2 (OPS/b.xhtml) is not there", "chapter 3 is not listed among its files"]
    );
}

#[test]
fn a_book_that_does_not_list_its_chapters_is_read_by_their_names() {
    let article = read(&pack(&[("b10.xhtml", "<p>c</p>"), ("b2.html", "<p>b</p>"), ("a.htm", "<p>a</p>")]));
    assert_eq!(print(&article.sections), ["1 : a//b//c"]);
    assert_eq!(article.warnings, ["does not list its chapters: they were read in the order of their names"]);
}

#[test]
fn locked_books_are_told() {
    let opf = "<package><manifest><item id='a' href='a.xhtml'/></manifest><spine><itemref idref='a'/></spine>
        </package>";
    let check = |name: &str, text: &str, expected: &str| {
        let bytes = pack(&[CONTAINER, ("OPS/a.opf", opf), ("OPS/a.xhtml", "<p>a</p>"), (name, text)]);
        let read = Epub.read(Input::of("a.epub", &bytes), &mut |_| super::super::Flow::Continue(()));
        let said =
            read.err().map_or("read", |cause| if cause.0 == "is protected by DRM" { "locked" } else { "?" });
        assert_eq!(said, expected, "{name} {text}");
    };
    let encrypted = |algorithm: &str, name: &str| {
        format!(
            "<encryption><enc:EncryptedData><enc:EncryptionMethod Algorithm='{algorithm}'/><enc:CipherData>
            <enc:CipherReference URI='{name}'/></enc:CipherData></enc:EncryptedData></encryption>"
        )
    };
    let name = "META-INF/encryption.xml";
    check(name, &encrypted("http://www.w3.org/2001/04/xmlenc#aes256-cbc", "OPS/a.xhtml"), "locked");
    check(name, &encrypted("http://www.w3.org/2001/04/xmlenc#aes256-cbc", "OPS/a.jpg"), "read");
    check(name, &encrypted("http://www.idpf.org/2008/embedding", "OPS/a.otf"), "read");
    // What a shop adds to a book is no lock on its text.
    check("META-INF/rights.xml", "<rights/>", "read");
    check("META-INF/license.lcpl", "{}", "read");
}

#[test]
fn books_are_told_by_their_first_bytes() {
    assert_eq!(Epub.begins(&pack(&[])), Some(true));
    assert_eq!(Epub.begins(&pack(&[])[..40]), None);
    assert_eq!(Epub.begins(b"PK\x03\x04"), None);
    assert_eq!(Epub.begins(b"text"), Some(false));
}

#[test]
fn hostile_books_are_read_in_time() {
    let deep = "<li><a href='a.xhtml'>a</a><ol>".repeat(5_000);
    assert_eq!(read(&book("", &deep, &["<p>end</p>"])).sections[0].text, "end");
    let many: String = (0..5_000).map(|at| format!("<li><a href='a.xhtml#x{at}'>t{at}</a></li>")).collect();
    let page: String = (0..5_000).map(|at| format!("<h1 id='x{at}'>h{at}</h1>")).collect();
    assert!(!read(&book("", &many, &[&page])).sections.is_empty());
    let nested = "<div><h2>a</h2>".repeat(2_000) + "<p>end";
    let sections = read(&book("", "", &[&nested])).sections;
    assert!(sections.iter().any(|section| section.text.contains("end")));
}

/// Pieces of a chapter; each `@` is a word of its own.
const PIECES: &[&str] = &[
    "<p>@ <b>@</b></p>",
    "<h1>@</h1>",
    "<h2 id='x'>@ @</h2><p>@</p>",
    "<h1>@</h1><h2>@</h2>",
    "<section id='y'><p>@</p></section>",
    "<ul><li>@</li></ul>",
    "<p>@<a epub:type='noteref' href='#n'>1</a></p><aside id='n' epub:type='footnote' hidden=''><p>@</p></aside>",
    "<a id='z'/>",
];

/// Pieces of a table of contents.
const ENTRIES: &[&str] = &[
    "<li><a href='a.xhtml'>w1w</a></li>",
    "<li><a href='a.xhtml#x'>n1n</a><ol><li><a href='b.xhtml#y'>n2n</a></li></ol></li>",
    "<li><span>n3n</span><ol><li><a href='b.xhtml'>w0w w1w</a></li></ol></li>",
    "<li><a href='a.xhtml#z'>n4n</a></li>",
];

proptest! {
    #[test]
    fn every_word_comes_out_once(
        chapters in prop::collection::vec(prop::collection::vec(0..PIECES.len(), 0..6), 1..4),
        entries in prop::collection::vec(0..ENTRIES.len(), 0..4),
    ) {
        let mut words = 0;
        let mut pages = Vec::new();
        for chapter in &chapters {
            let mut page = String::new();
            for char in chapter.iter().flat_map(|&piece| PIECES[piece].chars()) {
                match char {
                    '@' => {
                        page.push_str(&format!("v{words}v"));
                        words += 1;
                    }
                    char => page.push(char),
                }
            }
            pages.push(page);
        }
        let nav: String = entries.iter().map(|&entry| ENTRIES[entry]).collect();
        let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
        let sections = read(&book("", &nav, &pages)).sections;
        for word in (0..words).map(|number| format!("v{number}v")) {
            let named = sections.iter().any(|one| one.headings.iter().any(|heading| heading.contains(&word)));
            let found: usize = sections.iter().map(|one| one.text.matches(&word).count()).sum();
            prop_assert_eq!(found, usize::from(!named), "{} of {:?} {}", word, pages, nav);
        }
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..300), cut in 0_usize..700) {
        let run = |bytes: &[u8]| {
            let _ = Epub.read(Input::of("a.epub", bytes), &mut |_| super::super::Flow::Continue(()));
            let _ = Epub.begins(bytes);
        };
        run(&bytes);
        let mut book = book("", ENTRIES[1], &["<p>a</p>"]);
        run(&book[..cut.min(book.len())]);
        for (at, byte) in bytes.iter().enumerate() {
            let at = (at * 37 + cut) % book.len();
            book[at] ^= byte;
        }
        run(&book);
    }

    #[test]
    fn any_parts_are_read(opf in "(</?(package|metadata|manifest|spine|item|itemref|meta|dc:title)( (id|idref|href|refines|property)='#?[a-c.]{0,3}')*/?>|[a&;]){0,30}", nav in "(</?(nav|ol|li|a|span)( (href|type)='(toc|a.xhtml#?)')*/?>|[a&;]){0,30}") {
        let files = [CONTAINER, ("OPS/a.opf", opf.as_str()), ("OPS/a.xhtml", nav.as_str())];
        let _ = Epub.read(Input::of("a.epub", &pack(&files)), &mut |_| super::super::Flow::Continue(()));
        of_nav(&nav, "a");
        of_ncx(&nav, "a");
        Opf::read(&opf, "a");
    }
}
