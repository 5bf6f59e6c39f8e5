//! Hostile files cost themselves alone: the real program over generated ones.
#![expect(clippy::print_stderr, reason = "it says what was skipped")]

mod make;
#[path = "../stories/place.rs"]
#[expect(dead_code, reason = "the stories need more of it")]
mod place;
mod processes;

use std::{collections::BTreeMap, fs, io::Write, process::Stdio, thread};

use place::Place;
use processes::{resident, workers};
use serde_json::Value;

/// What is to become of a file.
#[derive(Clone, Copy)]
enum Fate {
    /// It is indexed, and found by these words, where any.
    Found(&'static str),
    /// It is indexed, with a warning that says this.
    Warned(&'static str),
    /// It is not indexed, for a reason that says this.
    Refused(&'static str),
}
use Fate::{Found, Refused, Warned};

/// The most that a run may hold: what it is given, and a hundred megabytes.
const PROMISED: u64 = (256 << 20) + 100_000_000;

type File = (&'static str, Vec<u8>, Fate);

fn nested() -> Vec<File> {
    let many = 100_000;
    vec![
        ("tags.html", make::nest("<div>", many, "kestrel one", "</div>"), Found("kestrel one")),
        ("open.html", make::nest("<b><table>", many, "kestrel two", ""), Found("")),
        ("tags.xml", make::nest("<TEI>", many, "kestrel three", "</TEI>"), Found("")),
        ("tags.fb2", make::nest("<FictionBook>", many, "kestrel", "</FictionBook>"), Found("")),
        ("tags.opml", make::nest("<opml><body><outline text='kestrel'>", many, "", "</outline>"), Found("")),
        ("tags.docx", make::docx("", &"<w:p><w:tbl><w:tr><w:tc>".repeat(many)), Found("")),
        ("quotes.md", make::nest("> ", many, "kestrel four", ""), Found("kestrel four")),
        (
            "items.md",
            (0..3_000).map(|depth| format!("{}- a\n", "  ".repeat(depth))).collect::<String>().into(),
            Found(""),
        ),
        ("brackets.md", make::nest("[", many, "kestrel five", "]"), Found("kestrel five")),
        ("images.md", make::nest("![", many, "kestrel", "](a)"), Found("")),
        ("stars.md", make::nest("*a **a ", many / 10, "kestrel", ""), Found("")),
        ("braces.tex", make::nest("{", many, "kestrel six", "}"), Found("kestrel six")),
        ("lists.tex", make::nest("\\begin{itemize}\\item ", many, "kestrel", ""), Found("")),
        ("brackets.org", make::nest("[[", many, "kestrel seven", "]]"), Found("")),
        (
            "quotes.rst",
            (0..3_000).map(|depth| format!("{}a\n\n", " ".repeat(depth))).collect::<String>().into(),
            Found(""),
        ),
        ("blocks.adoc", make::nest("====\n", many, "kestrel eight\n", ""), Found("")),
        (
            "groups.rtf",
            [b"{\\rtf1 ".to_vec(), make::nest("{", many, "kestrel nine", "}"), b"}".to_vec()].concat(),
            Found("kestrel nine"),
        ),
        (
            "requests.man",
            [b".TH A 1\n.SH B\n".to_vec(), make::times(".RS\n", many), b"kestrel ten\n".to_vec()].concat(),
            Found("kestrel ten"),
        ),
        ("lists.json", make::nest("[", many, "\"kestrel\"", "]"), Warned("holds no text")),
        ("objects.json", make::nest("{\"text\":", many, "\"kestrel\"", "}"), Refused("")),
        (
            "lists.jsonl",
            [make::nest("{\"text\":[", many, "", ""), b"\n{\"text\": \"kestrel eleven\"}\n".to_vec()]
                .concat(),
            Found("kestrel eleven"),
        ),
        ("cells.ipynb", make::nest("{\"cells\":[", many, "", ""), Refused("")),
        (
            "parts.eml",
            [
                b"From: a@b.c\nSubject: kestrel\n".to_vec(),
                (0..10_000)
                    .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"))
                    .collect::<String>()
                    .into(),
            ]
            .concat(),
            Found(""),
        ),
    ]
}

fn bombs() -> Vec<File> {
    let words = b"A buzzard of parts.\n".to_vec();
    let letters = vec![b'a'; 10 << 20];
    let inner = make::zip(&[("a.txt", &letters)]);
    let members: Vec<(String, &[u8])> = (0..3).map(|number| (format!("{number}.zip"), &*inner)).collect();
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, bytes)| (&**name, *bytes)).collect();
    let cells = "<w:p><w:r><w:t>".to_owned() + &"a".repeat(33 << 20) + "</w:t></w:r></w:p>";
    vec![
        ("zips.zip", make::zip(&members), Found("")),
        ("bomb.txt.gz", make::gzip(40), Warned("")),
        ("bomb.jsonl.gz", make::gzip(40), Refused("")),
        ("bomb.docx", make::docx("", &cells), Refused("")),
        (
            "upwards.zip",
            make::zip(&[("../../../escaped.md", &words), ("/tmp/escaped.md", &words)]),
            Found("buzzard"),
        ),
        ("laughs.xml", format!("{}<TEI>&i; kestrel</TEI>", make::LAUGHS).into_bytes(), Found("")),
        (
            "laughs.fb2",
            format!(
                "{}<FictionBook><body><section><p>&i; a</p></section></body></FictionBook>",
                make::LAUGHS
            )
            .into_bytes(),
            Found(""),
        ),
        ("laughs.docx", make::docx(make::LAUGHS, "<w:p><w:r><w:t>&i; kestrel</w:t></w:r></w:p>"), Found("")),
        (
            "laughs.opml",
            format!("{}<opml><body><outline text='&i;'/></body></opml>", make::LAUGHS).into_bytes(),
            Found(""),
        ),
        (
            "laughs.rss",
            format!("{}<rss><channel><item><title>&i;</title></item></channel></rss>", make::LAUGHS)
                .into_bytes(),
            Found(""),
        ),
        ("laughs.html", format!("{}<p>&i; kestrel</p>", make::LAUGHS).into_bytes(), Found("")),
        ("aliases.md", make::aliases(), Found("kestrel of aliases")),
        ("loop.pdf", make::pdf_loop(), Found("")),
        ("claim.pdf", make::pdf_claim(), Found("heron of claims")),
        ("mirror.pdf", make::pdf_mirror(), Found("heron of mirrors")),
        ("bomb.pdf", make::pdf_bomb(70), Warned("no text layer")),
    ]
}

fn odd() -> Vec<File> {
    let text = "The osprey came back to the lake ";
    vec![
        ("odd.txt", make::no_utf8(text), Found("")),
        ("odd.md", make::no_utf8(text), Found("")),
        ("odd.html", make::no_utf8(&format!("<p>{text}")), Found("")),
        ("odd.csv", make::no_utf8("title,text\nosprey,lake\n"), Found("")),
        ("odd.eml", [b"Subject: osprey\n\n".to_vec(), make::no_utf8(text)].concat(), Found("")),
        ("odd.xml", make::no_utf8(&format!("<TEI><p>{text}</p></TEI>")), Found("")),
        ("nul.txt", b"The osprey\0 came\0 back to rest.".to_vec(), Found("")),
        ("nul.md", b"# Osprey\n\nThe osprey\0 came\0 back.".to_vec(), Found("osprey")),
        ("nul.html", b"<p>The osprey of \0nothing came back.".to_vec(), Found("")),
        ("nul.jsonl", b"{\"text\": \"The osprey of \\u0000nothing\"}\n".to_vec(), Found("")),
        ("lone.jsonl", br#"{"text": "The osprey of \ud800 surrogates"}"#.to_vec(), Found("")),
        ("lone.json", br#"[{"text": "The osprey of \udfff\ud800 surrogates"}]"#.to_vec(), Found("")),
        ("word.txt", make::times("osprey", 200_000), Found("")),
        ("lines.txt", make::times("a\n\n", 200_000), Found("")),
        ("paragraphs.html", make::times("<p>a", 100_000), Found("")),
    ]
}

/// Indexes these files beside one that is harmless, and returns the most memory that was held, and what the ledger says
/// of each.
fn index(place: &Place, files: &[File]) -> (u64, BTreeMap<String, Value>) {
    files.iter().for_each(|(name, bytes, _)| place.write(&format!("articles/{name}"), bytes));
    place.write("articles/tides.txt", "Why the tide is late\n\nThe moon pulls the water of the oceans.\n");
    let peak = index_and_watch(place);
    assert_eq!(place.hits("moon pulls")[0].0, "tides.txt");
    let why = |(name, ..): &File| (name.to_string(), place.json(&["why", &format!("articles/{name}")]));
    (peak, files.iter().map(why).collect())
}

/// Indexes the articles and returns the most memory that the program and its workers were seen to hold
/// together, in bytes.
fn index_and_watch(place: &Place) -> u64 {
    let mut program = place.command(&["index", "articles"]);
    let mut program = program.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program runs");
    let mut peak = 0;
    let status = loop {
        let workers = workers(program.id());
        peak = workers.iter().chain([&program.id()]).map(|id| resident(*id)).sum::<u64>().max(peak);
        if let Some(status) = program.try_wait().expect("it can be waited for") {
            break status;
        }
        thread::yield_now();
    };
    assert_eq!(status.code(), Some(0));
    peak
}

fn check(files: &[File]) {
    let place = Place::new();
    let (peak, said) = index(&place, files);
    assert!(peak <= PROMISED, "{peak}");
    let mut wrong = Vec::new();
    for (name, _, fate) in files {
        let entry = &said[*name];
        let (verdict, words) = (entry["verdict"].as_str().unwrap_or_default(), entry.to_string());
        let right = match fate {
            Found("") => verdict == "indexed",
            Found(words) => place.hits(&format!("\"{words}\"")).iter().any(|hit| hit.0 == *name),
            Warned(what) => verdict == "indexed" && words.contains(what),
            Refused(what) => verdict != "indexed" && words.contains(what),
        };
        if !right {
            wrong.push(format!("{name}: {words}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn deep_nesting_costs_one_file() {
    check(&nested());
}

#[test]
fn bombs_and_loops_cost_one_file() {
    check(&bombs());
}

#[test]
fn odd_bytes_cost_one_file() {
    check(&odd());
}

#[test]
fn no_article_opens_another_file() {
    let place = Place::new();
    place.write("secret.txt", "The goshawk is nobody's business.");
    let secret = place.file("secret.txt").display().to_string();
    let entity = format!(
        r#"<!DOCTYPE a [<!ENTITY e SYSTEM "file://{secret}"><!ENTITY % p SYSTEM "file://{secret}"> %p;]>"#
    );
    let files = [
        ("entity.xml", format!("{entity}<TEI><p>A plover. &e;</p></TEI>").into_bytes()),
        (
            "entity.html",
            format!("{entity}<p>A plover. &e; <iframe src='file://{secret}'></iframe>").into_bytes(),
        ),
        ("entity.docx", make::docx(&entity, "<w:p><w:r><w:t>A plover. &e;</w:t></w:r></w:p>")),
        ("include.md", format!("A plover. ![]({secret}) {{{{< include {secret} >}}}}").into_bytes()),
        ("include.adoc", format!("A plover.\n\ninclude::{secret}[]\n").into_bytes()),
        ("include.rst", format!("A plover.\n\n.. include:: {secret}\n").into_bytes()),
        (
            "include.tex",
            format!("A plover.\n\n\\input{{{secret}}}\n\\immediate\\write18{{touch ran}}\n").into_bytes(),
        ),
        ("include.org", format!("A plover.\n\n#+INCLUDE: \"{secret}\"\n").into_bytes()),
        ("include.man", format!(".TH A 1\n.SH B\nA plover.\n.so {secret}\n.sy touch ran\n").into_bytes()),
        (
            "upwards.zip",
            make::zip(&[("../../escaped.md", b"A plover."), ("/tmp/../escaped.md", b"A plover.")]),
        ),
        ("$(touch ran).md", b"A plover.".to_vec()),
        ("; touch ran;.md", b"A plover.".to_vec()),
        ("--index=ran", b"A plover.".to_vec()),
        ("line\nbreak\u{1b}]0;title\u{7}.md", b"A plover.".to_vec()),
        ("sub/excerpt.toml", b"exclude = ['**']\n[run]\ncommand = 'touch ran'\n".to_vec()),
        (".excerptignore", b"!/../secret.txt\n/../*\n**/**/**/**/**/**/**/**/x\n[[[\n".to_vec()),
    ];
    files.iter().for_each(|(name, bytes)| place.write(&format!("articles/{name}"), bytes));
    place.index("articles");
    assert!(!place.hits("plover").is_empty());
    assert_eq!(place.hits("goshawk"), []);
    let there = fs::read_dir(place.path()).expect("the folder is there");
    let mut there: Vec<_> = there.map(|entry| entry.expect("it can be read").file_name()).collect();
    there.sort();
    // The last search is kept in the user's home.
    assert_eq!(there, ["articles", "home", "idx", "secret.txt"]);
    assert_eq!(fs::read_dir(place.file("articles")).expect("the folder is there").count(), files.len());
}

/// Files too large for every day.
#[test]
fn huge_files_cost_themselves() {
    if std::env::var_os("EXCERPT_LONG").is_none() {
        eprintln!("skipped: EXCERPT_LONG is not set");
        return;
    }
    let place = Place::new();
    let sparse = |name: &str, begin: &[u8], end: &[u8]| {
        place.write(&format!("articles/{name}"), begin);
        let mut file =
            fs::File::options().append(true).open(place.file(&format!("articles/{name}"))).expect("it opens");
        file.set_len(4 << 30)
            .and_then(|()| file.write_all(end))
            .expect("there is room for what is not there");
    };
    let text = "a ".repeat(50_000);
    sparse("line.txt", text.as_bytes(), b"");
    sparse(
        "line.jsonl",
        format!("{{\"text\": \"{text}").as_bytes(),
        b"\"}\n{\"text\": \"A nightjar at the end\"}\n",
    );
    sparse("line.csv", b"title,text\na,\"", b"\"\nb,A nightjar of rows\n");
    sparse("line.html", format!("<p>{text}").as_bytes(), b"");
    sparse("line.mbox", format!("From a@b.c Thu Jan  1 00:00:00 2026\nSubject: a\n\n{text}").as_bytes(), b"");
    sparse("line.json", format!("[{{\"text\": \"{text}").as_bytes(), b"");
    let texts = [4, 5, 6].map(|text| make::different(7, text));
    let texts = make::zip(&[("4.txt", &texts[0]), ("5.txt", &texts[1]), ("6.txt", &texts[2])]);
    let files: Vec<File> = vec![
        ("word.txt", make::times("osprey", 17 << 20), Found("")),
        ("word.md", make::times("osprey", 17 << 20), Found("")),
        ("word.html", make::times("osprey", 17 << 20), Found("")),
        ("word.xml", [b"<TEI><p>".to_vec(), make::times("osprey", 17 << 20)].concat(), Found("")),
        (
            "word.jsonl",
            [b"{\"text\": \"".to_vec(), make::times("osprey", 17 << 20), b"\"}".to_vec()].concat(),
            Refused("longer than"),
        ),
        ("word.eml", [b"Subject: a\n\n".to_vec(), make::times("osprey", 9 << 20)].concat(), Found("")),
        ("paragraphs.txt", make::times("osprey\n\n", 10_000_000), Found("")),
        ("paragraphs.md", make::times("osprey\n\n", 10_000_000), Found("")),
        ("paragraphs.html", make::times("<p>osprey", 10_000_000), Found("")),
        ("paragraphs.jsonl", make::times("{\"text\":\"osprey\"}\n", 1_000_000), Found("")),
        ("different.txt", make::different(17, 1), Found("")),
        ("different.md", make::different(18, 2), Found("")),
        ("different.html", [b"<p>".to_vec(), make::different(16, 3)].concat(), Found("")),
        ("texts.zip", make::zip(&[("a.zip", &texts), ("b.zip", &texts)]), Found("")),
        ("bomb.txt.gz", make::gzip(4_000), Found("")),
        ("bomb.mbox.gz", make::gzip(4_000), Refused("")),
        ("bomb.zip", make::zip(&[("a.txt", &vec![b'a'; 2_000 << 20])]), Found("")),
        (
            "bomb.epub",
            make::zip(&[
                ("mimetype", b"application/epub+zip"),
                ("META-INF/container.xml", &vec![b' '; 500 << 20]),
            ]),
            Refused(""),
        ),
        ("bomb.pdf", make::pdf_bomb(500), Found("")),
    ];
    let (peak, said) = index(&place, &files);
    eprintln!("held {} MB at most", peak >> 20);
    assert!(peak <= PROMISED, "{peak}");
    for name in ["line.txt", "line.jsonl", "line.csv", "line.html", "line.mbox", "line.json"] {
        eprintln!("{}", place.json(&["why", &format!("articles/{name}")]));
    }
    for (name, why) in said {
        assert!(why["verdict"] == "indexed" || why["reasons"][0].is_string(), "{name}: {why}");
        eprintln!("{why}");
    }
}
