use std::fmt::Write;

use super::{super::read_all, *};
use crate::article::{Article, Role, Section};

mod attached;
mod hostile;

fn read(file: &str) -> (Vec<Article>, Warnings) {
    read_all(&Mail, "a.eml", file.as_bytes())
}

/// Prints sections as `heading: text`, those around the article in brackets.
fn print(sections: &[Section]) -> String {
    let print = |section: &Section| {
        let headings: String = section.headings.iter().map(|heading| format!("{heading}: ")).collect();
        match section.role {
            Role::Main => format!("{headings}{}", section.text),
            Role::Aside => format!("[{headings}{}]", section.text),
        }
    };
    sections.iter().map(print).collect::<Vec<_>>().join(" ")
}

/// Reads one message and prints its text, line breaks as `/`.
fn text(file: &str) -> String {
    lines(&print(&read(file).0[0].sections))
}

fn lines(text: &str) -> String {
    text.split('\n').filter(|line| !line.is_empty()).collect::<Vec<_>>().join("/")
}

#[test]
fn what_a_letter_begins_with_is_no_heading() {
    let long = "The harbour will be closed on Monday, as the new gate has to be fitted before winter comes.";
    let check = |start: &str, expected: &str| {
        assert_eq!(text(&format!("Subject: a\n\n{start}\n\n{long}\n")), format!("{expected}/{long}"));
    };
    check("Hi all", "Hi all");
    check("Hello Bob!", "Hello Bob!");
}

#[test]
fn a_message_is_read_beyond_the_first_part_of_its_file() {
    let file = "Subject: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nbody\n--b\n\
        Content-Disposition: attachment; filename=c.txt\n\nthe end\n--b--\n";
    let (bytes, mut rest) = file.as_bytes().split_at(70);
    let input = Input { rest: Rest::Stream(&mut rest), ..Input::of("a.eml", bytes) };
    let mut texts = Vec::new();
    let read = Mail.read(input, &mut |article| {
        texts.push(article.sections[0].text.clone());
        super::super::Flow::Continue(())
    });
    assert!(read.is_ok());
    assert_eq!(texts, ["body", "the end"]);
}

#[test]
fn the_headers_are_facts() {
    let check = |headers: &str, expected: &str| {
        let article = read(&format!("{headers}\n\ntext")).0.remove(0);
        let date = article.date.map(|date| format!("{date} ({})", article.date_source)).unwrap_or_default();
        let [title, url, language] =
            [article.title, article.url, article.language].map(Option::unwrap_or_default);
        let facts = [title, article.authors.join("+"), date, url, language, article.tags.join("+")];
        assert_eq!(facts.join("|").trim_end_matches('|'), expected, "{headers}");
    };
    check("Subject: Re: a  b\n c", "Re: a b c");
    check("Subject: =?iso-8859-1?q?f=FCr?= =?utf-8?b?IHVucw==?=", "für uns");
    check("Subject: für", "für");
    check("Subject: =?utf-8?q?für?=", "für");
    check("From: Jane Doe <jane@a.b>", "|Jane Doe");
    check("From: \"Doe, Jane\" <jane@a.b>, john@c.d (John)", "|Doe, Jane+John");
    check("From: jane@a.b", "|jane@a.b");
    check("From: =?utf-8?q?J=C3=A4ne?= <jane@a.b>", "|Jäne");
    check("From: 'Jane' <jane@a.b>", "|Jane");
    check("From: jane at a.b (Jane Doe)", "|Jane Doe");
    check("Sender: Jane <jane@a.b>", "|Jane");
    check("Date: Thu, 30 Jan 2025 23:59:00 -0800 (PST)", "||2025-01-30 (the Date header)");
    check("Date: Mon, 30 Jan 2025 10:00:00 +0000", "||2025-01-30 (the Date header)");
    check("Date: 5 Feb 96 10:00:00 GMT", "||1996-02-05 (the Date header)");
    check("Date: Thu, 01 Jan 1970 00:00:00 +0000", "");
    check("Date: soon", "");
    check("Keywords: tide, moon", "|||||tide+moon");
    check("Content-Language: en\nArchived-At: <https://a.b/c>", "|||https://a.b/c|en");
}

#[test]
fn people_it_is_to_stand_around_it() {
    let check = |headers: &str, expected: &str| assert_eq!(text(&format!("{headers}\n\nbody")), expected);
    check("To: John Roe <john@a.b>, jane@a.b", "body [To: John Roe, jane@a.b]");
    check("To: a@b\nCc: Max <c@d>", "body [To: a@b/Cc: Max]");
    check("To: undisclosed-recipients:;", "body");
    check("To: Friends: Jane <a@b>, John <c@d>;", "body [To: Jane, John]");
}

#[test]
fn quotes_stand_around_the_text() {
    let check = |body: &str, expected: &str| {
        assert_eq!(text(&format!("Subject: a\n\n{body}")), expected, "{body}");
        assert_eq!(text(&format!("Subject: a\n\n{body}").replace('\n', "\r\n")), expected, "{body}");
    };
    check(
        "Yes.\n\nOn Thu, 30 Jan 2025, Jane wrote:\n> No?\n> Why?",
        "Yes. [On Thu, 30 Jan 2025, Jane wrote:/No?/Why?]",
    );
    check(
        "Am 30.01.2025 um 10:00 schrieb Jane\n<jane@a.b>:\n\n> Nein?\n\nJa.",
        "Ja. [Am 30.01.2025 um 10:00 schrieb Jane/<jane@a.b>:/Nein?]",
    );
    check("> One?\n\nYes.\n\n> Two?\n\nNo.", "Yes./No. [One?/Two?]");
    check(
        "Le 30 janvier 2025 à 10:00, Jane <j@a.b> a écrit :\nNon ?",
        "Le 30 janvier 2025 à 10:00, Jane <j@a.b> a écrit :/Non ?",
    );
    check(
        "Oui.\n\nLe 30 janvier 2025 à 10:00, Jane <j@a.b> a écrit :\n\nNon ?",
        "Oui. [Le 30 janvier 2025 à 10:00, Jane <j@a.b> a écrit :/Non ?]",
    );
    check(
        "Yes.\n\n-----Original Message-----\nFrom: Jane\nNo?\n\nReally?",
        "Yes. [-----Original Message-----/From: Jane/No?/Really?]",
    );
    check(
        "Yes.\n\n________________________________\nFrom: Jane\nSent: Thursday\nTo: John\nSubject: a\n\nNo?",
        "Yes. [________________________________/From: Jane/Sent: Thursday/To: John/Subject: a/No?]",
    );
    check(
        "Ja.\n\nVon: Jane\nGesendet: heute\nAn: John\nBetreff: a\n\nNein?",
        "Ja. [Von: Jane/Gesendet: heute/An: John/Betreff: a/Nein?]",
    );
    // What only looks like it.
    check("Einstein wrote:\n\nAll is relative.", "Einstein wrote:/All is relative.");
    check("From: the start\nTo: the end", "From: the start/To: the end");
    check(">From here on it is text.", ">From here on it is text.");
}

#[test]
fn signatures_and_footers_stand_around_the_text() {
    let check = |body: &str, expected: &str| {
        assert_eq!(text(&format!("Subject: a\n\n{body}")), expected, "{body}");
    };
    check("Yes.\n-- \nJane Doe\nShore", "Yes. [--/Jane Doe/Shore]");
    check("Yes.\n--\nJane", "Yes. [--/Jane]");
    check("Yes.\n-- \nJane\n\n> No?\n", "Yes. [No?/--/Jane]");
    check(
        format!("Yes.\n--\n{}", "One more.\n\n".repeat(40)).trim_end(),
        format!("Yes./--/{}", "One more./".repeat(40)).trim_end_matches('/'),
    );
    check(
        "Yes.\n\n_______________________________________________\nTide mailing list\nhttps://a.b/listinfo/tide",
        "Yes. [_______________________________________________/Tide mailing list/https://a.b/listinfo/tide]",
    );
    check("Yes.\n\n==========\nNo.", "Yes./==========/No.");
}

#[test]
fn what_is_only_handed_on_is_the_text() {
    let check = |subject: &str, body: &str, expected: &str| {
        assert_eq!(text(&format!("Subject: {subject}\n\n{body}")), expected, "{body}");
    };
    let forward =
        "---------- Forwarded message ---------\nFrom: Jane <j@a.b>\nSubject: b\n\nThe tide is late.";
    let printed = "---------- Forwarded message ---------/From: Jane <j@a.b>/Subject: b/The tide is late.";
    check("a", forward, printed);
    check("a", &format!("Look at this.\n\n{forward}"), &format!("Look at this./{printed}"));
    let much = "I have much to say of what follows here, and so it is an answer of my own.";
    check("a", &format!("{much}\n\n{forward}"), &format!("{much} [{printed}]"));
    check("Fwd: a", "See.\n\n> The tide is late.", "See./The tide is late.");
    check("a", "> The tide is late.", "The tide is late.");
    check("a", "-- \nJane", "--/Jane");
}

#[test]
fn flowed_text_is_joined() {
    let check = |body: &str, expected: &str| {
        let head = "Content-Type: text/plain; format=flowed";
        assert_eq!(text(&format!("{head}\n\n{body}")), expected, "{body}");
    };
    check("The tide \nis late.\n\nSo \nit is.", "The tide is late./So it is.");
    check("> The tide \n> is late.\nYes, \n it is.", "Yes, it is. [The tide is late.]");
    check("Yes.\n-- \nJane \nDoe", "Yes. [--/Jane Doe]");
    let bare = "Content-Type: text/plain; format=flowed; delsp=yes\n\n潮は \n遅い。";
    assert_eq!(text(bare), "潮は遅い。");
}

/// Writes a body of many parts: `kind head: text`, parted by `|`.
fn parts(subtype: &str, parts: &[&str]) -> String {
    let mut file = format!("Content-Type: multipart/{subtype}; boundary=\"b-{subtype}\"\n\npreamble\n");
    for part in parts {
        write!(file, "--b-{subtype}\n{part}\n").expect("a string can be written");
    }
    file + &format!("--b-{subtype}--\nepilogue\n")
}

#[test]
fn the_best_version_is_read() {
    let check = |file: String, expected: &str| assert_eq!(text(&file), expected, "{file}");
    let plain = "Content-Type: text/plain\n\nplain text";
    let page = "Content-Type: text/html\n\n<p>a page</p>";
    let long = format!("Content-Type: text/html\n\n<p>{}</p>", "long ".repeat(20));
    check(parts("alternative", &[plain, page]), "plain text");
    check(parts("alternative", &[page, plain]), "plain text");
    check(parts("alternative", &[page]), "a page");
    check(parts("alternative", &["Content-Type: text/plain\n\n \n", page]), "a page");
    check(parts("alternative", &[plain, &long]), "long ".repeat(20).trim());
    check(
        parts("alternative", &[plain, &parts("related", &[page, "Content-Type: image/png\n\nx"])]),
        "plain text",
    );
    check(parts("related", &[page, "Content-Type: text/html\n\n<p>a frame"]), "a page");
    check(parts("related; start=x", &[page]), "a page");
    check(parts("mixed", &[plain, "Content-Type: image/png\n\nx", page]), "plain text/a page");
    check(parts("signed", &[plain, "Content-Type: application/pgp-signature\n\nx"]), "plain text");
    check(parts("mixed", &["\nno headers", "Content-Type: text/calendar\n\nBEGIN:VCALENDAR"]), "no headers");
    check("Content-Type: multipart/mixed; boundary=c\n\nno boundary".to_owned(), "no boundary");
    check("Content-Type: multipart/mixed; boundary=c\n\n--c\n\nbroken".to_owned(), "broken");
    check("Content-Type: text/plain\n\n<html><p>A page".to_owned(), "A page");
}

#[test]
fn pages_are_read_whole() {
    let check = |body: &str, expected: &str| {
        assert_eq!(text(&format!("Content-Type: text/html\n\n{body}")), expected, "{body}");
    };
    check("<table><tr><td><h2>A</h2><p><a href=x>b</a></p><tr><td>c</table>", "A: b/c");
    check("<div>Yes.</div><blockquote type=cite>No?</blockquote>", "Yes. [No?]");
    check("<div>Yes.</div><blockquote>A saying.</blockquote>", "Yes./A saying.");
    check(
        "<div>Yes.</div><div class=gmail_quote><div class=gmail_attr>On Thu, Jane wrote:</div><blockquote class=gmail_quote>No?<div class=gmail_signature>J</div></blockquote></div>",
        "Yes. [On Thu, Jane wrote:/No?/J]",
    );
    check("<p>Yes.</p><div class=gmail_signature>Jane</div>", "Yes. [Jane]");
    check(
        "<p>Yes.</p><hr><div id=divRplyFwdMsg><b>From:</b> Jane</div><div>No?</div>",
        "Yes. [From: Jane/No?]",
    );
    check(
        "<p>Yes.</p><div><p><b>From:</b> J<br><b>Sent:</b> T<br><b>To:</b> K<br><b>Subject:</b> a</p></div><p>No?",
        "Yes. [From: J/Sent: T/To: K/Subject: a/No?]",
    );
    check(
        "Yes.<br>On 30 Jan 2025 at 10:00 Jane wrote:<br>&gt; No?<br>Well.",
        "Yes./Well. [On 30 Jan 2025 at 10:00 Jane wrote:/No?]",
    );
    check(
        "<div class=gmail_quote><div class=gmail_attr>---------- Forwarded message ---------<br>From: J</div><p>Late.</p></div>",
        "---------- Forwarded message ---------/From: J/Late.",
    );
}

#[test]
fn encodings_of_bodies_are_undone() {
    let check = |headers: &str, body: &[u8], expected: &str, warnings: &[&str]| {
        let file = [headers.as_bytes(), b"\n\n", body].concat();
        let article = read_all(&Mail, "a.eml", &file).0.remove(0);
        assert_eq!(
            (print(&article.sections).as_str(), article.warnings.as_slice()),
            (expected, warnings.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>().as_slice()),
            "{headers}"
        );
    };
    let quoted = "Content-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; charset=iso-8859-1";
    check(quoted, b"f=FCr =\nuns =3D 1", "für uns = 1", &[]);
    check(quoted, b"a = b =zz =", "a = b =zz", &[]);
    let packed = "Content-Transfer-Encoding: x-uuencode\nContent-Type: text/plain; charset=iso-8859-1";
    check(packed, b"begin 644 a\n'9OQR('5N<P``\n`\nend\n", "für uns", &[]);
    let base = "Content-Transfer-Encoding: BASE64\nContent-Type: text/plain; charset=utf-8";
    check(base, b"RGllIEZs\r\ndXQ=", "Die Flut", &[]);
    check(base, b"RGllIEZsdX", "Die Flu", &[]);
    check(base, b"RGll\x00!IEZs dXQ", "Die Flut", &[]);
    check("Content-Type: text/plain; charset=windows-1251", b"\xcf\xf0\xe8\xeb\xe8\xe2", "Прилив", &[]);
    check("Content-Type: text/plain; charset=utf-7", b"f+APw-r", "für", &[]);
    check("Subject: a", "für".as_bytes(), "für", &[]);
    check("Subject: a", b"f\xfcr alle", "für alle", &["encoding guessed as windows-1252"]);
}

#[test]
fn headers_of_raw_bytes_are_decoded() {
    let file = b"Subject: \xcf\xf0\xe8\xeb\xe8\xe2\nContent-Type: text/plain; charset=windows-1251\n\n\xcf\xf0\xe8\xeb\xe8\xe2";
    assert_eq!(read_all(&Mail, "a.eml", file).0[0].title.as_deref(), Some("Прилив"));
    let file = b"Subject: =?iso-8859-1?q?f\xfcr_=5F?= \xfcber?\n\n";
    assert_eq!(read_all(&Mail, "a.eml", file).0[0].title.as_deref(), Some("für _ über?"));
}

#[test]
fn what_is_encrypted_is_told_of() {
    let check = |file: String, expected: &str, warning: &str| {
        let article = read(&file).0.remove(0);
        assert_eq!(lines(&print(&article.sections)), expected);
        assert_eq!(article.warnings.join("+"), warning, "{file}");
    };
    let encrypted = "is encrypted: its text was not read";
    let octets = "Content-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----";
    check(
        parts("encrypted", &["Content-Type: application/pgp-encrypted\n\nVersion: 1", octets]),
        "",
        encrypted,
    );
    check("Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx".to_owned(), "", encrypted);
    check(
        "Subject: a\n\nSee:\n-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\nBye".to_owned(),
        "See:/Bye",
        encrypted,
    );
    check(
        "Subject: a\n\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nYes.\n- -- \nJane\n-----BEGIN PGP SIGNATURE-----\nabc\n-----END PGP SIGNATURE-----\n".to_owned(),
        "Yes. [--/Jane]",
        "",
    );
}

#[test]
fn files_written_into_a_text_are_left_out() {
    let check = |body: &str, expected: &str| assert_eq!(text(&format!("Subject: a\n\n{body}")), expected);
    check("See.\nbegin 644 a.txt\n#86)C\n`\nend\nBye.", "See./Bye.");
    check("See.\nbegin 644 times\nand then\nend", "See./begin 644 times/and then/end");
}

#[test]
fn a_message_is_told_by_its_headers() {
    let check = |file: &str, expected: &str| {
        let found = super::super::of("1700000000.M1P2.host:2,S", file.as_bytes()).map(Format::name);
        assert_eq!(found, Some(expected), "{file}");
    };
    check("Return-Path: <a@b>\nReceived: from a\n\tby b; Thu\nFrom: a@b\nSubject: c\n\nbody", "mail");
    check("From: a@b\r\nTo: c@d\r\nMessage-ID: <x>\r\n\r\nbody", "mail");
    check(&format!("Received: a\nFrom: a@b\nTo: {}", "c@d, ".repeat(9_000)), "mail");
    check("From: Jane\nTo: John\nSubject: Memo\nDate: 30 January\n\nThe tide is late.", "text");
    check("---\nFrom: a\nTo: b\nMessage-ID: c\n---\n", "text");
    check("From: a@b\nTo: c@d\nMessage-ID: <x>\nand then some words\n\nbody", "text");
    check("HTTP/1.1 200 OK\nDate: Thu\nContent-Type: text/plain\nFrom: a\n\nbody", "text");
    check("Date: Thu\nServer: x\nContent-Type: text/html\nMIME-Version: 1.0\n\nbody", "mhtml");
}

#[test]
fn a_file_without_headers_is_text() {
    let (articles, _) = read("Only words\n\nand more.");
    assert_eq!(lines(&print(&articles[0].sections)), "Only words/and more.");
    assert_eq!(articles[0].warnings, ["has no headers: all of it was taken as text"]);
    assert_eq!(read("From x Thu Jan 30 10:00:00 2025\nSubject: a\n\nb").0[0].title.as_deref(), Some("a"));
}
