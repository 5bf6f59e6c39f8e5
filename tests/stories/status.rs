//! `excerpt status` and `excerpt why`.

use crate::place::Place;

#[test]
fn status_says_what_is_in_the_index() {
    let place = Place::with_articles();
    place.index("articles");
    let status = place.json(&["status"]);
    assert_eq!((&status["articles"], &status["files"]["indexed"]), (&3.into(), &3.into()));
    assert_eq!(status["folders"][0]["folder"], place.file("articles").display().to_string());
    let text = place.run(&["status"]).out;
    assert!(text.contains("formats   html 1, markdown 1, text 1"), "{text}");
    insta::assert_snapshot!(place.run(&["status", "--files"]).out, @"
    folder      articles
    indexed     articles/bread.html
    indexed     articles/llama.md
    indexed     articles/tides.txt
    ");
}

#[test]
fn why_answers_for_any_path() {
    let place = Place::with_articles();
    place.index("articles");
    place.write("articles/new.txt", "New.\n");
    place.remove("articles/bread.html");
    let mut shown = String::new();
    for path in [
        "articles/llama.md",
        "articles/bread.html",
        "articles/new.txt",
        "articles/nothing.txt",
        "elsewhere.txt",
        "articles",
    ] {
        let answer = place.run(&["why", path]);
        shown.push_str(&format!("{} ({})\n", answer.out, answer.code));
    }
    insta::assert_snapshot!(shown, @"
    articles/llama.md: indexed as markdown, 1 article(s) in 2 passage(s)
    title: Plans for Llama 4
    date: 2025-01-30, from front matter
    language: en
    tags: meta, models (0)
    articles/bread.html: indexed as html, 1 article(s) in 2 passage(s)
    title: Bread
    date: 2024-03-05, from a meta element
    url: https://kitchen.example.org/bread
    language: en
    the file is gone; `excerpt index` takes it out (0)
    articles/new.txt: not seen
    because: it came after the folder was last indexed (1)
    articles/nothing.txt: not seen
    because: there is no such file (1)
    elsewhere.txt: in no folder of the index idx (1)
    articles: folder (1)
    ");
}

#[test]
fn check_says_what_is_broken_and_mends_it() {
    let place = Place::with_articles();
    assert_eq!(place.run(&["check"]).code, 2);
    place.index("articles");
    let look = |args: &[&str]| {
        let answer = place.run(args);
        let lines = answer.out.lines().filter(|line| !line.starts_with("time"));
        let lines: Vec<&str> = lines.map(|line| line.split(" (").next().unwrap_or(line)).collect();
        (answer.code, lines.join("\n"))
    };
    insta::assert_debug_snapshot!(look(&["check"]), @r#"
    (
        0,
        "checked   11 files\nwhole     nothing is broken",
    )
    "#);
    place.write("idx/current", "g9\n");
    insta::assert_debug_snapshot!(look(&["check"]), @r#"
    (
        1,
        "broken    current: `current` names a generation that is not there\nchecked   11 files\ndamaged\nhint: run `excerpt check --repair`",
    )
    "#);
    insta::assert_debug_snapshot!(look(&["check", "--repair"]), @r#"
    (
        0,
        "broken    current: `current` names a generation that is not there\nchecked   11 files\nrepaired  no file had to be read again",
    )
    "#);
    place.write("idx/g1/meta.json", "{}");
    insta::assert_debug_snapshot!(look(&["check", "--repair"]), @r#"
    (
        0,
        "broken    g1/meta.json: is not as it was written: its sum is another\nchecked   0 files\nrepaired  the index was built anew from 3 files",
    )
    "#);
    place.write("idx/folders.json", "{}");
    place.write("idx/g2/meta.json", "{}");
    insta::assert_snapshot!(place.run(&["check", "--repair"]).err, @"
    excerpt: the index in [DIR]/idx is damaged, and its folders are not known any more
    hint: name them: `excerpt index --rebuild FOLDER`
    ");
    assert_eq!(place.run(&["index", "--rebuild", "articles"]).code, 0);
    assert_eq!((place.run(&["check"]).code, place.hits("moon").len()), (0, 1));
}

#[test]
fn what_others_put_into_an_index_stays_there() {
    let place = Place::with_articles();
    place.index("articles");
    let segment = "0123456789abcdef0123456789abcdef.store";
    let all = [".DS_Store", "notes.txt", segment, "ledger-99"];
    for tidies in [["index"].as_slice(), &["check", "--repair"]] {
        for name in all {
            place.write(&format!("idx/g1/{name}"), "");
        }
        assert_eq!(place.json(&["check"])["left_over"], 2);
        let tidied = place.run(tidies);
        assert_eq!(tidied.code, 0, "{}", tidied.err);
        assert_eq!(place.json(&["check"])["left_over"], 0, "{tidies:?}: {}", tidied.out);
        let is_there = |name: &str| place.file(&format!("idx/g1/{name}")).exists();
        assert_eq!(all.map(is_there), [true, true, false, false]);
    }
}
