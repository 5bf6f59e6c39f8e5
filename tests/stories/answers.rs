//! `excerpt search`: what an answer holds, in every form that it is printed in.

use serde_json::Value;

use crate::place::Place;

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
