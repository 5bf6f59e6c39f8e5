//! `excerpt search`.

use serde_json::Value;

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
fn the_answer_as_json_is_as_promised() {
    let place = Place::with_articles();
    place.index("articles");
    let mut answer = place.json(&["search", "agentic capability", "--in", "articles", "--refresh", "always"]);
    answer["index"]["updated"] = "[TIME]".into();
    let text = serde_json::to_string_pretty(&answer).expect("an object can be printed");
    insta::assert_snapshot!(text.replace(&place.path().display().to_string(), "[DIR]"), @r#"
    {
      "by": "passage",
      "corrected": null,
      "hits": [
        {
          "author": null,
          "authors": [],
          "copies": 0,
          "date": "2025-01-30",
          "date_source": "front matter",
          "file": "[DIR]/articles/llama.md",
          "folder": "[DIR]/articles",
          "format": "markdown",
          "found_in": "text",
          "headings": [
            "Agentic skills"
          ],
          "id": "9cc32bf851bf24f5:1",
          "language": "en",
          "link": "file://[DIR]/articles/llama.md#L11",
          "member": null,
          "more": 0,
          "path": "llama.md",
          "place": {
            "chapter": null,
            "line": 11,
            "line_end": 11,
            "of": "file",
            "page": null,
            "record": null,
            "slide": null,
            "time": null
          },
          "rank": 1,
          "score": 3.94473,
          "snippet": [
            {
              "matched": false,
              "text": "Llama 4 will have "
            },
            {
              "matched": true,
              "text": "agentic capabilities"
            },
            {
              "matched": false,
              "text": ". It acts by itself."
            }
          ],
          "stale": null,
          "text": "Llama 4 will have agentic capabilities. It acts by itself.",
          "title": "Plans for Llama 4",
          "url": null
        }
      ],
      "index": {
        "articles": 3,
        "changed": 0,
        "compared": 3,
        "files": 3,
        "gone": 0,
        "new": 0,
        "passages": 5,
        "path": "[DIR]/idx",
        "unread": 0,
        "updated": "[TIME]"
      },
      "notes": [],
      "query": "agentic capability",
      "relaxed": false,
      "schema": 1,
      "suggestions": [],
      "total": 1,
      "total_exact": true,
      "unknown": [],
      "without": []
    }
    "#);
}

#[test]
fn every_format_gives_the_same_hits() {
    let place = Place::with_articles();
    place.index("articles");
    let mut shown = String::new();
    for format in ["text", "jsonl", "markdown", "csv", "paths"] {
        let answer = place.run(&["search", "starter", "--refresh", "always", "--format", format]);
        shown.push_str(&format!("--- {format}\n{}\n", answer.out));
    }
    insta::assert_snapshot!(shown, @r#"
    --- text
     1. Bread  2024-03-05
        articles/bread.html
        A sourdough loaf needs flour, water, salt and some patience, and above all a lively starter, which is nothing but flour and water that was left to ferment. Knead the dough until it is smooth, let it rise over night in a cool place, and bake it in a hot oven the next morning, with steam, until the crust is dark brown.

    1 passage found · 3 articles in the index · indexed just now · 3 files compared
    --- jsonl
    {"rank":1,"score":0.968416,"id":"e8934d62eaf90d49:1","folder":"[DIR]/articles","path":"bread.html","member":null,"file":"[DIR]/articles/bread.html","title":"Bread","author":null,"authors":[],"date":"2024-03-05","date_source":"a meta element","url":"https://kitchen.example.org/bread","language":"en","format":"html","headings":[],"place":{"of":"text","line":3,"line_end":5,"page":null,"chapter":null,"slide":null,"record":null,"time":null},"text":"A sourdough loaf needs flour, water, salt and some patience, and above all a lively starter, which is nothing but flour and water that was left to ferment.\n\nKnead the dough until it is smooth, let it rise over night in a cool place, and bake it in a hot oven the next morning, with steam, until the crust is dark brown.","snippet":[{"text":"A sourdough loaf needs flour, water, salt and some patience, and above all a lively ","matched":false},{"text":"starter","matched":true},{"text":", which is nothing but flour and water that was left to ferment. Knead the dough until it is smooth, let it rise over night in a cool place, and bake it in a hot oven the next morning, with steam, until the crust is dark brown.","matched":false}],"found_in":"text","more":0,"copies":0,"stale":null,"link":"file://[DIR]/articles/bread.html#:~:text=A%20sourdough%20loaf%20needs%20flour%2C%20water%2C%20salt%20and"}
    --- markdown
    ### 1. Bread

    [bread.html](<file://[DIR]/articles/bread.html#:~:text=A%20sourdough%20loaf%20needs%20flour%2C%20water%2C%20salt%20and>) · 2024-03-05

    > A sourdough loaf needs flour, water, salt and some patience, and above all a lively starter, which is nothing but flour and water that was left to ferment.
    >
    > Knead the dough until it is smooth, let it rise over night in a cool place, and bake it in a hot oven the next morning, with steam, until the crust is dark brown.

    --- csv
    rank,score,id,file,member,line,title,headings,author,date,text,page
    1,0.9684,e8934d62eaf90d49:1,[DIR]/articles/bread.html,,3,Bread,,,2024-03-05,"A sourdough loaf needs flour, water, salt and some patience, and above all a lively starter, which is nothing but flour and water that was left to ferment.

    Knead the dough until it is smooth, let it rise over night in a cool place, and bake it in a hot oven the next morning, with steam, until the crust is dark brown.",
    --- paths
    articles/bread.html
    "#);
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
fn article_text_cannot_drive_the_terminal() {
    let place = Place::with_articles();
    place.write(
        "articles/evil.md",
        "# An evil \u{1b}[31mtitle\n\nThe eclipse \u{1b}]0;owned\u{7} was \u{202e}dark.\n",
    );
    place.index("articles");
    let output =
        place.command(&["search", "eclipse", "--color", "always"]).output().expect("the program runs");
    let text = String::from_utf8(output.stdout).expect("it is text");
    assert!(text.contains("\u{1b}[1;31meclipse\u{1b}[0m"), "{text}");
    assert!(!text.contains("\u{1b}]0") && !text.contains('\u{7}') && !text.contains('\u{202e}'), "{text:?}");
}

#[test]
fn an_explanation_adds_up_to_the_score() {
    let place = Place::with_articles();
    place.index("articles");
    let answer = place.json(&["search", "Llama 4 agentic", "--explain"]);
    let hit = &answer["hits"][0];
    let parts = hit["explanation"].as_array().expect("there is an explanation");
    let sum: f64 = parts.iter().filter_map(|part| part["score"].as_f64()).sum();
    assert!((sum - hit["score"].as_f64().unwrap_or_default()).abs() < 1e-4, "{hit}");
}

#[test]
fn hits_come_with_their_neighbours_and_further_pages() {
    let place = Place::new();
    let paragraphs: Vec<String> = (0..6)
        .map(|number| {
            format!("Paragraph {number} of the tale. {}", "It goes on and on about the comet. ".repeat(18))
        })
        .collect();
    place.write("articles/long.txt", paragraphs.join("\n\n"));
    place.index("articles");
    let answer = place.json(&["search", "comet", "tale", "--per-article", "9", "--context", "1"]);
    let hits = answer["hits"].as_array().expect("there are hits");
    assert!(hits.len() >= 5, "{answer}");
    let middle = hits
        .iter()
        .find(|hit| hit["text"].as_str().is_some_and(|text| text.contains("Paragraph 3")))
        .expect("it is a hit");
    assert!(
        middle["context"]["before"][0].as_str().is_some_and(|text| text.contains("Paragraph 2")),
        "{middle}"
    );
    let ids = |offset: &str| -> Vec<Value> {
        let page =
            place.json(&["search", "comet", "tale", "--per-article", "9", "-n", "2", "--offset", offset]);
        page["hits"].as_array().expect("there are hits").iter().map(|hit| hit["id"].clone()).collect()
    };
    let pages = [ids("0"), ids("2")].concat();
    assert_eq!(pages, hits.iter().take(4).map(|hit| hit["id"].clone()).collect::<Vec<_>>());
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
