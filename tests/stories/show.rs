//! `excerpt show`.

use crate::place::Place;

#[test]
fn an_article_is_shown_as_plain_text() {
    let place = Place::with_articles();
    place.index("articles");
    insta::assert_snapshot!(place.run(&["show", "articles/llama.md"]).out, @"
    Plans for Llama 4

    Meta spends much.

    Agentic skills

    Llama 4 will have agentic capabilities. It acts by itself.
    ");
    insta::assert_snapshot!(place.run(&["show", "articles/bread.html"]).out, @"
    Bread

    A sourdough loaf needs flour, water, salt and some patience, and above all a lively starter, which is nothing but flour and water that was left to ferment.

    Knead the dough until it is smooth, let it rise over night in a cool place, and bake it in a hot oven the next morning, with steam, until the crust is dark brown.

    * * *

    Home Soups

    All rights reserved by nobody.
    ");
}

#[test]
fn a_passage_is_shown_by_its_line_and_by_any_unique_beginning_of_its_id() {
    let place = Place::with_articles();
    place.index("articles");
    let by_line = place.json(&["show", "articles/llama.md:11", "--context", "0"]);
    let id = by_line["passages"][0]["id"].as_str().expect("there is a passage").to_string();
    assert_eq!(by_line["passages"][0]["headings"][0], "Agentic skills");
    for name in [id.as_str(), &id[..8], &id[..16]] {
        let by_id = place.json(&["show", name, "--context", "0"]);
        assert_eq!(by_id["passages"], by_line["passages"], "{name}");
    }
    // The same text twice in an article, and a second state of the index.
    let twice = format!("# Twice\n\n## One\n\n{0}\n\n## Two\n\n{0}\n", "The tide is high at noon.");
    place.write("articles/twice.md", twice);
    let hits = place.json(&["search", "\"tide is high at noon\"", "--per-article", "5"]);
    let id = hits["hits"][0]["id"].as_str().expect("there is a passage")[..16].to_string();
    for (repeat, heading) in [("1", "One"), ("2", "Two")] {
        let by_id = place.json(&["show", &format!("{id}:{repeat}"), "--context", "0"]);
        assert_eq!(by_id["passages"][0]["headings"][0], heading);
    }
    let answer = place.run(&["show", &id]);
    assert!(answer.err.contains("begins the ids of several passages"), "{}", answer.err);
    let answer = place.run(&["show", "0000"]);
    assert_eq!(answer.code, 2);
    insta::assert_snapshot!(answer.err, @"
    excerpt: no passage or article `0000` in the index
    hint: take an id from `excerpt search --json`, or run `excerpt why PATH`
    ");
}

#[test]
fn the_lines_of_a_page_are_those_of_what_is_shown() {
    let place = Place::with_articles();
    place.index("articles");
    let answer = place.json(&["search", "dough"]);
    let line = answer["hits"][0]["place"]["line"].as_u64().expect("there is a line");
    let shown = place.run(&["show", "articles/bread.html"]).out;
    let text = answer["hits"][0]["text"].as_str().expect("there is a text");
    assert_eq!(shown.lines().nth(line as usize - 1), text.lines().next());
}
