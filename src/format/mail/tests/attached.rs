use super::*;

#[test]
fn attachments_are_articles_of_their_own() {
    let check = |file: &str, expected: &[&str], warnings: &[&str]| {
        let (articles, found) = read(file);
        let print = |article: &Article| {
            let member = article.member.as_deref().unwrap_or("-");
            format!("{member} {}: {}", article.title.as_deref().unwrap_or("-"), print(&article.sections))
        };
        let printed: Vec<String> = articles.iter().map(print).collect();
        assert_eq!(
            (printed, found),
            (
                expected.iter().map(|one| (*one).to_owned()).collect(),
                warnings.iter().map(|one| (*one).to_owned()).collect(),
            ),
            "{file}"
        );
    };
    let body = "Content-Type: text/plain\n\nbody";
    let file = |name: &str, text: &str| {
        format!(
            "Content-Type: application/octet-stream; name=\"{name}\"\nContent-Disposition: attachment\n\n{text}"
        )
    };
    check(
        &parts(
            "mixed",
            &[
                body,
                &file("dir/the-late-tide.txt", "Late."),
                &file("the-late-tide.txt", "More."),
                &file("a.png", "\x00\x01\x02"),
            ],
        ),
        &[
            "- -: body",
            "the-late-tide.txt The late tide: Late.",
            "the-late-tide.txt (2) The late tide: More.",
        ],
        &[],
    );
    check(
        &parts("mixed", &[body, &file("b.jsonl", "{\"id\": \"x\", \"title\": \"T\", \"text\": \"t\"}\n")]),
        &["- -: body", "b.jsonl/x T: t"],
        &[],
    );
    check(
        &parts("mixed", &[body, &file("b.jsonl", "none")]),
        &["- -: body"],
        &[
            "b.jsonl was not read: no line holds an article: line 1 is no object of JSON: expected ident at column 2",
        ],
    );
    let inner = |rest: &str| format!("Content-Type: message/rfc822\n\nSubject: in\nFrom: a@b\n{rest}");
    check(&parts("mixed", &[body, &inner("\ninner")]), &["- -: body", "attachment 1 in: inner"], &[]);
    let nested =
        inner(&parts("mixed; x=y", &["\ninner", &file("c.txt", "file")]).replace("b-mixed; x=y", "c"));
    check(
        &parts("mixed", &[body, &nested]),
        &["- -: body", "attachment 1 in: inner", "attachment 1/c.txt file: file"],
        &[],
    );
    check(
        &parts(
            "digest",
            &["\nSubject: one\nFrom: a@b\n\n1", "\nSubject: two\nFrom: a@b\nMessage-ID: <n>\n\n2"],
        ),
        &["- -: ", "attachment 1 one: 1", "attachment 2 two: 2"],
        &[],
    );
    check(
        "Content-Type: application/octet-stream\nContent-Disposition: attachment; filename*=utf-8''%C3%BC.txt\n\nfile",
        &["- -: ", "ü.txt Ü: file"],
        &[],
    );
    // A text with a name that is not said to be attached is the body, if it is the first.
    check("Content-Type: text/plain; name=a.txt\n\nbody", &["- -: body"], &[]);
}
