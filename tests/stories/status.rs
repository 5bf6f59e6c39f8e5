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
