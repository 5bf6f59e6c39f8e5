//! Files of every kind: told by their content, read with what is inside, and read again where a newer
//! reader does better.

use std::{fs, io::Write, time::SystemTime};

use crate::place::Place;

/// Packs members into a zip archive.
fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("memory takes it");
        zip.write_all(bytes).expect("memory takes it");
    }
    zip.finish().expect("memory takes it").into_inner()
}

#[test]
fn a_file_is_told_by_its_content_where_its_name_lies() {
    let place = Place::new();
    place.write(
        "articles/page.txt",
        "<!doctype html><html><title>Beacon</title><p>A beacon on the cliff.</html>",
    );
    place.write("articles/notes.xyz", "Lantern\n\nA lantern in the window.\n");
    place.write("articles/photo.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF beacon");
    place.write("articles/page_files/script.js", "var beacon = 'lantern';\n");
    place.write("articles/archive", zip(&[("inside.md", b"# Lighthouse\n\nA lighthouse on the rock.\n")]));
    place.index("articles");
    let paths = |words: &str| place.hits(words).into_iter().map(|(path, _)| path).collect::<Vec<_>>();
    assert_eq!(paths("beacon"), ["page.txt"]);
    assert_eq!(paths("lantern"), ["notes.xyz"]);
    assert_eq!(paths("lighthouse"), ["archive"]);
    let why = |path: &str| place.run(&["why", path]).out;
    insta::assert_snapshot!(why("articles/page.txt"), @"
    articles/page.txt: indexed as html by its content, 1 article(s) in 1 passage(s)
    title: Beacon
    language: en
    ");
    insta::assert_snapshot!(why("articles/archive"), @"
    articles/archive: indexed as zip by its content, 1 article(s) in 1 passage(s)
    title: Lighthouse
    language: en
    ");
    insta::assert_snapshot!(why("articles/photo.jpg"), @"
    articles/photo.jpg: unsupported
    because: is neither text nor of a format that can be read
    ");
    insta::assert_snapshot!(why("articles/page_files/script.js"), @"
    articles/page_files/script.js: unsupported
    because: .js files are no articles
    ");
}

#[test]
fn what_is_inside_an_archive_is_found_and_shown_by_its_member() {
    let place = Place::new();
    let inner = zip(&[("deep.txt", b"Cellar\n\nDown in the cellar stands the barometer.\n")]);
    place.write(
        "articles/box.zip",
        zip(&[
            ("notes/attic.md", b"# Attic\n\nUp in the attic stands the telescope.\n"),
            ("inner.zip", &inner),
            ("picture.png", b"\x89PNG\r\n\0"),
        ]),
    );
    place.index("articles");
    let answer = place.run(&["search", "telescope OR barometer"]);
    insta::assert_snapshot!(answer.out, @"
     1. Attic
        articles/box.zip › notes/attic.md:3
        Up in the attic stands the telescope.

     2. Cellar
        articles/box.zip › inner.zip/deep.txt:3
        Down in the cellar stands the barometer.

    2 passages found · 2 articles in the index · indexed just now · 1 file compared
    ");
    let hit = &place.json(&["search", "barometer"])["hits"][0];
    assert_eq!((&hit["member"], &hit["format"]), (&"inner.zip/deep.txt".into(), &"text".into()));
    assert!(place.run(&["show", "articles/box.zip#notes/attic.md"]).out.contains("telescope"));
    insta::assert_snapshot!(place.run(&["why", "articles/box.zip"]).out, @"
    articles/box.zip: indexed as zip, 2 article(s) in 2 passage(s)
    title: Attic
    language: en
    warning: 1 of 3 members are of no kind that can be read
    ");
    assert_eq!(place.json(&["search", "format:markdown telescope"])["total"], 1);
}

#[test]
fn a_file_that_an_older_reader_read_is_read_again() {
    let place = Place::with_articles();
    place.index("articles");
    // The ledger keeps the name of each reader and, behind it, its version.
    let ledger = fs::read_dir(place.file("idx/g1")).expect("the index is there");
    let mut files = ledger.map(|entry| entry.expect("it can be read").path());
    let ledger = files.find(|path| path.to_string_lossy().contains("ledger")).expect("there is a ledger");
    let mut bytes = fs::read(&ledger).expect("it can be read");
    let reader = [&[8_u8][..], b"markdown"].concat();
    let mut places = (0..bytes.len() - reader.len()).filter(|at| bytes[*at..].starts_with(&reader));
    let version = places.by_ref().last().expect("the reader is named") + reader.len();
    bytes[version] += 1;
    fs::write(&ledger, bytes).expect("it can be written");
    let report = place.json(&["index"]);
    assert_eq!((&report["changed"], &report["unchanged"]), (&1.into(), &2.into()));
    assert_eq!(place.json(&["index"])["unchanged"], 3);
}

#[test]
fn the_time_of_a_file_orders_only_where_that_is_asked_for() {
    let place = Place::new();
    let write = |name: &str, date: &str, seconds: u64| {
        let path = format!("articles/{name}.md");
        place.write(&path, format!("---\ndate: {date}\n---\n# Harbour {name}\n\nThe harbour of {name}.\n"));
        let file = fs::File::options().write(true).open(place.file(&path)).expect("it is there");
        let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        file.set_modified(time).expect("the time can be set");
    };
    write("a", "2025", 1_000_000_000);
    write("b", "2024", 1_200_000_000);
    write("c", "2023", 1_100_000_000);
    place.index("articles");
    let order = |sort: &str, by: &str| {
        let answer = place.json(&["search", "harbour", "--sort", sort, "--by", by]);
        let hits = answer["hits"].as_array().cloned().unwrap_or_default();
        hits.iter().map(|hit| hit["path"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    for by in ["passage", "article"] {
        assert_eq!(order("date", by), ["a.md", "b.md", "c.md"]);
        assert_eq!(order("modified", by), ["b.md", "c.md", "a.md"]);
    }
    // Touched, and nothing else: the index holds what it held.
    write("a", "2025", 1_300_000_000);
    assert_eq!(place.json(&["index"])["changed"], 0);
    assert_eq!(order("modified", "passage"), ["a.md", "b.md", "c.md"]);
}

#[test]
fn status_says_how_many_articles_state_what() {
    let place = Place::with_articles();
    place.write("articles/named.md", "---\nauthor: Ada Byron and Mary Shelley\n---\n\nA story of two.\n");
    place.index("articles");
    let status = place.run(&["status"]).out;
    let stated = status.lines().find(|line| line.starts_with("stated"));
    assert_eq!(stated, Some("stated    authors 1, date 2, url 1, tags 1, language 1 (of 4 articles)"));
    let hit = &place.json(&["search", "author:shelley"])["hits"][0];
    assert_eq!(hit["authors"], serde_json::json!(["Ada Byron", "Mary Shelley"]));
    place.remove("articles/named.md");
    assert!(place.json(&["index"])["removed"] == 1 && place.json(&["status"])["stated"]["authors"] == 0);
}

/// Returns where a hit stands, in a row.
fn place_of(hit: &serde_json::Value) -> String {
    let mut row = hit["path"].as_str().unwrap_or_default().to_owned();
    if let Some(member) = hit["member"].as_str() {
        row.push_str(&format!(" › {member}"));
    }
    for name in ["page", "chapter", "slide", "time", "record"] {
        if let Some(value) = hit["place"][name].as_u64() {
            row.push_str(&format!(" {name} {value}"));
        }
    }
    if hit["place"]["of"] == "file" {
        row.push_str(&format!(" line {}", hit["place"]["line"]));
    }
    row
}

#[test]
fn every_fixture_is_found_at_its_place_and_shown_there() {
    let place = Place::new();
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let entries = fs::read_dir(fixtures).expect("the fixtures are there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    paths.retain(|path| path.extension().is_none_or(|extension| extension != "py"));
    paths.sort();
    let mut rows = Vec::new();
    for path in paths {
        let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
        if name == "README.md" {
            continue;
        }
        let file = format!("articles/{name}");
        place.write(&file, fs::read(&path).expect("it can be read"));
        let answer = place.json(&["search", "\"water stand at its highest\"", "--in", &file]);
        let hit = &answer["hits"][0];
        rows.push(place_of(hit));
        let shown = place.run(&["show", hit["id"].as_str().unwrap_or_default()]).out;
        assert!(shown.contains("at its highest"), "{file}: {answer}");
        // The place as it is printed is taken too.
        let printed = place.run(&["search", "\"water stand at its highest\"", "--in", &file]).out;
        let printed = printed.lines().map(str::trim).find(|line| line.starts_with(&file)).unwrap_or_default();
        let shown = place.run(&["show", printed]).out;
        assert!(shown.contains("at its highest"), "{printed}: {shown}");
    }
    insta::assert_snapshot!(rows.join("\n"), @"
    asciidoc.adoc line 5
    compressed.gz line 3
    csv.csv › 1 record 1 line 2
    docx.docx
    epub.epub chapter 1
    fb2.fb2
    feed.rss › shore-1 record 1 line 8
    html.html
    json.json
    jsonl.jsonl › tide record 1 line 1
    latex.tex line 7
    mail.eml
    man.man line 4
    markdown.md line 6
    mbox.mbox › tide-2@example.org
    mhtml.mhtml
    notebook.ipynb
    odp.odp slide 1
    odt.odt
    opml.opml
    org.org line 5
    pdf.pdf page 1
    pptx.pptx slide 1
    rst.rst line 7
    rtf.rtf
    subtitles.srt time 7
    tar.tar › tide.txt line 3
    text.txt line 3
    warc.warc › https://shore.example/late-tide
    xml.xml
    zip.zip › tide.txt line 3
    ");
    let shown = place.run(&["show", "articles/pdf.pdf#page=1"]).out;
    assert!(shown.contains("pdf.pdf › page 1"), "{shown}");
    assert_eq!(place.run(&["show", "articles/pdf.pdf#page=99"]).code, 2);
}

#[test]
fn a_printed_place_inside_an_archive_is_shown() {
    let place = Place::new();
    let pdf = fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pdf.pdf"));
    let pdf = pdf.expect("the fixture is there");
    let notes = b"# Ebb\n\nThe water goes.\n\n# Flood\n\nThe water comes.\n";
    place.write("articles/a.zip", zip(&[("notes.md", notes), ("tide.pdf", &pdf)]));
    place.index("articles");
    let shown = |of: &str| place.run(&["show", &format!("articles/a.zip › {of}"), "--context", "0"]);
    assert!(shown("tide.pdf › page 1").out.contains("at its highest"));
    assert!(shown("notes.md:7").out.contains("The water comes."));
    assert!(!shown("notes.md:7").out.contains("The water goes."));
    assert!(shown("notes.md").out.contains("The water goes."));
    for unknown in ["tide.pdf › page 9", "notes.md › page 1", "other.md", "other.md:7"] {
        assert_eq!(shown(unknown).code, 2, "{unknown}");
    }
}

#[test]
fn a_chapter_is_shown_by_its_number_also_beside_a_list_of_contents() {
    let place = Place::new();
    let opf: &[u8] = b"<package><manifest><item id='c' href='toc.xhtml'/><item id='a' href='a.xhtml'/>
        <item id='b' href='b.xhtml'/></manifest><spine><itemref idref='c'/><itemref idref='a'/>
        <itemref idref='b'/></spine><guide><reference type='toc' href='toc.xhtml'/></guide></package>";
    place.write(
        "articles/book.epub",
        zip(&[
            ("META-INF/container.xml", b"<container><rootfile full-path='book.opf'/></container>"),
            ("book.opf", opf),
            (
                "toc.xhtml",
                b"<p><a href='a.xhtml'>Ebb</a></p><p><a href='b.xhtml'>Flood</a></p>
                <p><a href='b.xhtml#moon'>Moon</a></p>",
            ),
            ("a.xhtml", b"<h1>Ebb</h1><p>The water goes.</p>"),
            ("b.xhtml", b"<h1>Flood</h1><p>The water comes.</p>"),
        ]),
    );
    place.index("articles");
    let shown = |chapter: u32| place.run(&["show", &format!("articles/book.epub#chapter={chapter}")]).out;
    assert!(shown(1).contains("Moon"), "{}", shown(1));
    assert!(shown(2).contains("The water goes."), "{}", shown(2));
    assert!(shown(3).contains("The water comes."), "{}", shown(3));
}
