//! `excerpt search`.

use crate::place::Place;

#[test]
fn one_line_indexes_a_folder_and_finds_the_passage() {
    let place = Place::with_articles();
    let answer = place.run(&["search", "Llama", "4", "agentic", "--in", "articles"]);
    assert_eq!((answer.code, answer.err.as_str()), (0, ""));
    insta::assert_snapshot!(answer.out, @"
     1. Plans for Llama 4 › Agentic skills  2025-01-30
        articles/llama.md:11
        Llama 4 will have agentic capabilities. It acts by itself.
        1 more in this article

    2 passages found · 3 articles in the index · indexed just now · 3 files compared
    ");
    assert_eq!(place.json(&["index"])["unchanged"], 3);
}

#[test]
fn a_word_with_a_dash_before_it_is_left_out_wherever_it_stands() {
    let place = Place::with_articles();
    place.index("articles");
    let paths = |args: &[&str]| {
        let mut all = vec!["search", "--format", "paths"];
        all.extend(args);
        place.run(&all).out
    };
    assert_eq!(paths(&["water", "-moon"]), "articles/bread.html");
    assert_eq!(paths(&["-moon", "water", "-n", "5"]), "articles/bread.html");
    assert_eq!(paths(&["water", "-n=1", "-bread", "--in", "articles"]), "articles/tides.txt");
    assert_eq!(paths(&["-water", "-bread"]), "articles/llama.md");
}

#[test]
fn fields_and_dates_restrict() {
    let place = Place::with_articles();
    place.index("articles");
    let check = |query: &str, expected: &[&str]| {
        let mut paths: Vec<String> = place.hits(query).into_iter().map(|(path, _)| path).collect();
        paths.sort();
        assert_eq!(paths, expected, "{query}");
    };
    check("date:2025", &["llama.md"]);
    check("before:2025", &["bread.html"]);
    check("water date:2024-03", &["bread.html"]);
    check("water date:2023", &[]);
    check("tag:Meta", &["llama.md"]);
    check("site:example.org", &["bread.html"]);
    check("lang:en water", &["bread.html", "tides.txt"]);
    check("lang:de water", &[]);
    check("format:text water", &["tides.txt"]);
    check("title:tide", &["tides.txt"]);
    check("path:llama", &["llama.md"]);
    check("\"agentic capabilities\"", &["llama.md"]);
    check("\"agentic capability\"", &[]);
    check("+water +moon", &["tides.txt"]);
    check("(moon OR dough) AND NOT llama", &["bread.html", "tides.txt"]);
    check("(moon OR dough) AND NOT salt", &["tides.txt"]);
    check("sail*", &["tides.txt"]);
}

#[test]
fn filters_alone_list_the_newest_first() {
    let place = Place::with_articles();
    place.index("articles");
    let paths: Vec<String> = place.hits("after:2000").into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["llama.md", "bread.html"]);
}

#[test]
fn no_query_is_an_error() {
    let place = Place::with_articles();
    place.index("articles");
    let long = "moon ".repeat(20_000);
    let path = format!("path:{}moon", "a-".repeat(40_000));
    for query in [
        "\"moon",
        "AND",
        "moon AND",
        "((((moon",
        "moon))))",
        "+",
        "- -",
        "*",
        "moon~2",
        "/mo+n/",
        "\"moon tide\"~9",
        "title:",
        "🌙 moon",
        "قمر moon",
        "a:b:c",
        "date:never",
        long.as_str(),
        path.as_str(),
    ] {
        let answer = place.run(&["search", query]);
        assert!(answer.code <= 1, "{query}: {}", answer.err);
    }
    let answer = place.run(&["search", "zeppelin"]);
    assert_eq!(answer.code, 1);
    insta::assert_snapshot!(answer.out, @"
    No passage matches `zeppelin`.

    `zeppelin` is nowhere in the index
    0 passages found · 3 articles in the index · indexed just now · 3 files compared
    ");
}

#[test]
fn a_passage_that_holds_no_word_of_the_query_says_what_it_was_found_by() {
    let place = Place::new();
    place.write(
        "articles/comet.md",
        "# The comet of 1811\n\nIt was seen for months.\n\n## Napoleon\n\nHe took it for a sign.\n",
    );
    place.index("articles");
    let check = |query: &str, expected: &[&str]| {
        let answer = place.json(&["search", query, "--per-article", "9"]);
        let hits = answer["hits"].as_array().expect("there are hits");
        let found: Vec<String> = hits.iter().map(|hit| hit["found_in"].to_string()).collect();
        assert_eq!(found, expected, "{query}: {answer}");
    };
    check("sign", &["\"text\""]);
    check("comet", &["\"title\"", "\"title\""]);
    check("title:comet", &["\"title\"", "\"title\""]);
    check("napoleon", &["\"heading\""]);
    check("napoleon comet -months", &["\"title\""]);
    check("lang:en", &["null", "null"]);
    check("path:comet", &["null", "null"]);
    insta::assert_snapshot!(place.run(&["search", "Napoleon"]).out, @"
     1. The comet of 1811 › Napoleon
        articles/comet.md:7
        He took it for a sign.
        found by its heading

    1 passage found · 1 article in the index · indexed just now · 1 file compared
    ");
    insta::assert_snapshot!(place.run(&["search", "comet", "--by", "article", "--per-article", "2"]).out, @"
     1. The comet of 1811
        articles/comet.md:3
        It was seen for months.
        found by its title
        … line 7 · Napoleon · found by its title
        He took it for a sign.

    1 article found · 1 article in the index · indexed just now · 1 file compared
    ");
}

#[test]
fn identical_passages_are_shown_once_and_counted() {
    let place = Place::with_articles();
    for name in ["one", "two", "three"] {
        place.write(
            &format!("articles/{name}.txt"),
            "The very same wire story about an eclipse, word for word, in three papers.\n",
        );
    }
    place.index("articles");
    let answer = place.json(&["search", "eclipse"]);
    assert_eq!(answer["hits"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&answer["hits"][0]["path"], &answer["hits"][0]["copies"], &answer["total"]),
        (&"one.txt".into(), &2.into(), &3.into())
    );
}

#[test]
fn an_article_that_repeats_a_word_does_not_keep_others_off_the_page() {
    let place = Place::new();
    let paragraphs: Vec<String> = (0..400)
        .map(|number| {
            format!("# Part {number}\n\nHere a whale was seen again, on day {number} of the voyage.")
        })
        .collect();
    place.write("articles/book.md", paragraphs.join("\n\n"));
    place.write(
        "articles/guide.md",
        "# The whale\n\nAll there is to know of it, in a few words for those who are in a hurry.\n",
    );
    place.index("articles");
    let answer = place.json(&["search", "whale"]);
    let hits = answer["hits"].as_array().expect("there are hits");
    assert_eq!(hits.iter().map(|hit| &hit["path"]).collect::<Vec<_>>(), ["guide.md", "book.md"]);
    assert!(hits[0]["score"].as_f64() >= hits[1]["score"].as_f64(), "{answer}");
}

#[test]
fn a_single_file_is_searched_though_a_rule_leaves_it_out() {
    let place = Place::with_articles();
    place.write("articles/.ignore", "tides.txt\n");
    place.index("articles");
    assert!(place.hits("moon").is_empty());
    let answer = place.json(&["search", "moon", "--in", "articles/tides.txt"]);
    assert_eq!(answer["hits"][0]["path"], "tides.txt");
    place.write("articles/table.xyz", "moon \0\0\u{1}\n");
    let answer = place.json(&["search", "moon", "--in", "articles/table.xyz"]);
    assert!(answer["notes"].to_string().contains("neither text nor"), "{answer}");
}

#[test]
fn an_unknown_folder_and_a_missing_index_are_told_apart() {
    let place = Place::with_articles();
    let answer = place.run(&["search", "moon"]);
    assert_eq!(answer.code, 2);
    insta::assert_snapshot!(answer.err, @"
    excerpt: no index in [DIR]/idx
    hint: run `excerpt index FOLDER` first
    ");
    let answer = place.run(&["search", "moon", "--in", "nowhere"]);
    assert_eq!(answer.code, 2);
    insta::assert_snapshot!(answer.err, @"excerpt: cannot read nowhere: no such file or folder");
    let error = place.json(&["search", "moon"]);
    assert_eq!(error["error"]["kind"], "no-index");
}

#[test]
fn what_matches_is_counted_by_folder_format_language_and_date() {
    let place = Place::with_articles();
    let answer = place.run(&["search", "agentic", "--in", "articles", "--facets"]);
    insta::assert_snapshot!(answer.out, @"
     1. Plans for Llama 4 › Agentic skills  2025-01-30
        articles/llama.md:11
        Llama 4 will have agentic capabilities. It acts by itself.

    folders: articles 1
    formats: markdown 1
    languages: en 1
    dates: 2025-01 1
    1 passage found · 3 articles in the index · indexed just now · 3 files compared
    ");
    let facets = &place.json(&["search", "agentic", "--facets"])["facets"];
    assert_eq!(facets["dates"][0]["name"], "2025-01");
    assert_eq!(place.json(&["search", "agentic"]).get("facets"), None);
}
