use std::fmt::Write;

use proptest::prelude::*;

use super::{super::super::Flow, *};

#[test]
fn hostile_messages_are_read_in_time() {
    let check = |file: String, expected: &str| {
        let (articles, warnings) = read(&file);
        let all = articles[0].warnings.iter().chain(&warnings).cloned().collect::<Vec<_>>().join("+");
        assert!(all.contains(expected), "{expected}: {all}");
    };
    let nest = |count: usize| {
        (0..count).fold(String::new(), |mut file, at| {
            write!(file, "Content-Type: multipart/mixed; boundary=b{at}\n\n--b{at}\n").expect("a string");
            file
        })
    };
    check(nest(50_000), "nested too deeply");
    check("Content-Type: message/rfc822\n\n".repeat(100_000), "more than 4 files");
    check(parts("mixed", &vec!["\na"; 100_000]), "more than 10000 parts");
    check(
        parts("mixed", &vec!["Content-Type: text/plain; name=a.txt\n\na"; 5_000]),
        "attachments were left out",
    );
    // Each part has a boundary that never comes.
    check(
        parts("mixed", &vec!["Content-Type: multipart/mixed; boundary=never\n\na"; 100_000]),
        "more than 10000 parts",
    );
    check(format!("Subject: {}\n\n", "=?utf-8?q?a?= ".repeat(100_000)), "");
    check(format!("Subject: {}\n\n", "=?utf-8?b?".repeat(100_000)), "");
    check(format!("To: {}\n\n", "a <b@c>, ".repeat(100_000)), "");
    check(format!("To: {}\n\n", "(".repeat(500_000)), "");
    check(format!("Content-Type: text/plain{}\n\n", "; a*0*=b".repeat(100_000)), "");
    check(format!("Content-Type: text/plain{}\n\n", "; a=\"b".repeat(100_000)), "");
    check("X: y\n".repeat(100_000), "");
    check(format!("X: y\n\n{}", "--\n".repeat(60_000)), "");
    check(format!("X: y\n\n{}", "From: a\n".repeat(60_000)), "");
    check(format!("X: y\n\n{}", "__________\n".repeat(60_000)), "");
    check(format!("X: y\n\n{}", "a wrote:\n".repeat(60_000)), "");
    check(format!("X: y\n\n{}", ">".repeat(500_000)), "");
    check(format!("Content-Transfer-Encoding: quoted-printable\n\n{}", "=".repeat(500_000)), "");
    check(format!("Content-Transfer-Encoding: quoted-printable\n\n={}x", " ".repeat(500_000)), "");
    check(
        format!("Content-Type: text/html\n\n{}", "<blockquote type=cite>a".repeat(50_000)),
        "nested too deeply",
    );
    check(format!("Content-Type: text/html\n\n{}", "<p class=gmail_quote>a".repeat(50_000)), "");
}

/// Pieces of messages; each `@` is a word of its own.
const PIECES: &[&str] = &[
    "@ @\n",
    "\n",
    "> @\n",
    ">> @ @\n",
    "-- \n",
    "On 1 Jan 2025 at 10:00, @ wrote:\n",
    "-----Original Message-----\n",
    "From: @\nSent: @\nTo: @\nSubject: @\n",
    "__________\n@ mailing list\n",
    "@ \n",
    "- @\n",
    "Begin forwarded message:\n",
    "    @\n",
];

/// Pieces of which whole messages are made.
const MIME: &[&str] = &[
    "Content-Type: multipart/mixed; boundary=b\n",
    "Content-Type: multipart/alternative; boundary=c\n",
    "--b\n",
    "--c\n",
    "--b--\n",
    "--c--\n",
    "\n",
    "Content-Type: text/html\n",
    "Content-Type: message/rfc822\n",
    "Content-Type: text/plain; name=a.txt\n",
    "Content-Transfer-Encoding: base64\n",
    "Content-Transfer-Encoding: quoted-printable\n",
    "From: a <b@c>, \n",
    "Subject: =?utf-8?q?=\n",
    "Date: 1 Jan\n",
    "<p>a\n",
    "YWJj\n",
    "=E4=\n",
    " b\n",
    "\r\n",
    "\u{e4}",
];

proptest! {
    #[test]
    fn every_word_comes_out_once(pieces in prop::collection::vec(0..PIECES.len(), 0..20), flowed: bool) {
        let mut words = 0;
        let mut file = if flowed { "Content-Type: text/plain; format=flowed\n\n" } else { "Subject:\n\n" }.to_owned();
        for piece in pieces {
            for part in PIECES[piece].split_inclusive('@') {
                match part.strip_suffix('@') {
                    Some(start) => { write!(file, "{start}w{words}w").expect("a string"); words += 1; }
                    None => file.push_str(part),
                }
            }
        }
        let found = text(&file);
        for word in 0..words {
            prop_assert_eq!(found.matches(&format!("w{word}w")).count(), 1, "{} {}", file, found);
        }
    }

    #[test]
    fn any_message_is_read(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        pieces in prop::collection::vec(0..MIME.len(), 0..30),
        cut in 0..400_usize,
    ) {
        let text: String = pieces.into_iter().map(|piece| MIME[piece]).collect();
        for bytes in [bytes.as_slice(), &text.as_bytes()[..cut.min(text.len())]] {
            let _ = Mail.begins(bytes);
            prop_assert!(Mail.read(Input::of("a.eml", bytes), &mut |_| Flow::Continue(())).is_ok());
        }
    }
}
