//! The query language.

use serde_json::Value;

use crate::place::Place;

/// Returns what is marked in the first hit, and its path.
fn marked(answer: &Value) -> (String, Vec<String>) {
    let hit = &answer["hits"][0];
    let parts = hit["snippet"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let marked = parts.iter().filter(|part| part["matched"] == true).map(|part| text(&part["text"]));
    (text(&hit["path"]), marked.collect())
}

#[test]
fn a_name_is_found_however_it_is_misspelled() {
    let place = Place::with_articles();
    place.write("articles/meta.txt", "Mark Zuckerberg spoke of glasses. Zuckermann was not there.\n");
    place.index("articles");
    for query in ["zukerberg~", "Zuckerbreg~1", "+zukkerberg~"] {
        let answer = place.json(&["search", query]);
        assert_eq!(marked(&answer), ("meta.txt".into(), vec!["Zuckerberg".into()]), "{query}: {answer}");
    }
    let answer = place.json(&["search", "+title:bred~"]);
    assert_eq!(answer["hits"][0]["path"], "bread.html", "{answer}");
    let answer = place.json(&["search", "quetzalcoatl~"]);
    assert_eq!(answer["total"], 0);
    insta::assert_snapshot!(answer["notes"], @r#"["`quetzalcoatl~2` stands for no word of the index"]"#);
}

#[test]
fn words_of_a_shape_are_found_and_marked() {
    let place = Place::with_articles();
    place.write("articles/models.txt", "GPT-4 came before GPT-5, and both after GPT-3; BERT is older.\n");
    place.index("articles");
    let check = |query: &str, path: &str, words: &[&str]| {
        let answer = place.json(&["search", query]);
        let words = words.iter().map(|word| word.to_string()).collect();
        assert_eq!(marked(&answer), (path.into(), words), "{query}: {answer}");
    };
    check("/gpt-[45]/", "models.txt", &["GPT-4", "GPT-5"]);
    check("GPT-*", "models.txt", &["GPT", "GPT", "GPT"]);
    check("/b[aeiou]rt/", "models.txt", &["BERT"]);
    check("*dough", "bread.html", &["sourdough", "dough"]);
    check("sour*gh", "bread.html", &["sourdough"]);
    let answer = place.json(&["search", "/(moon/"]);
    assert_eq!(answer["hits"][0]["path"], "tides.txt");
    insta::assert_snapshot!(answer["notes"], @r#"["`/(moon/` was read as words, not as a pattern: unclosed group"]"#);
}

#[test]
fn a_list_means_one_of_its_values() {
    let place = Place::with_articles();
    place.index("articles");
    let check = |query: &str, expected: &[&str]| {
        let mut paths: Vec<String> = place.hits(query).into_iter().map(|(path, _)| path).collect();
        paths.sort();
        assert_eq!(paths, expected, "{query}");
    };
    check("format:html,text", &["bread.html", "tides.txt"]);
    check("format:(md OR html)", &["bread.html", "llama.md"]);
    check("tag:models,cooking", &["llama.md"]);
    check("path:llama,tides", &["llama.md", "tides.txt"]);
    check("site:kitchen.example.org,example.com", &["bread.html"]);
    check("water -format:html,markdown", &["tides.txt"]);
    let answer = place.json(&["search", "water", "format:wordstar"]);
    assert_eq!(answer["total"], 0);
    assert!(answer["notes"].to_string().contains("those that are: text, markdown"), "{answer}");
}

#[test]
fn words_asked_for_exactly_are_not_found_in_other_forms() {
    let place = Place::with_articles();
    place.index("articles");
    let relaxed = |args: &[&str]| place.json(&[&["search"], args].concat())["relaxed"].clone();
    assert_eq!(relaxed(&["capability"]), false);
    assert_eq!(relaxed(&["capability", "--exact"]), true);
    assert_eq!(relaxed(&["CAPABILITIES", "--exact"]), false);
}

#[test]
fn what_was_read_otherwise_is_said_with_its_place() {
    let place = Place::with_articles();
    place.index("articles");
    let answer = place.run(&["search", "OR moon (tide date:soon ab~ \"water"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let notes = answer.out.lines().filter(|line| line.contains("note")).collect::<Vec<_>>();
    insta::assert_snapshot!(notes.join("\n"), @r#"
    note: `OR` at character 1 joins nothing here: read as a word
    note: `soon` at character 20 was read as words: it is no date such as 2025-01-30, 2025-01 or "last week"
    note: `ab~` at character 25 is too short to be spelled otherwise
    note: the quotation mark `"` at character 29 is not closed: what follows is read as words
    note: `(` at character 9 is not closed
    "#);
}

#[test]
fn a_query_is_explained_without_an_index() {
    let place = Place::new();
    let query = "+meta (title:\"llama 4\" OR zukerberg~) GPT-4* -nvidia lang:de,fr after:2024 AND";
    let answer = place.run(&["search", "--explain-query", query]);
    assert_eq!((answer.code, answer.err.as_str()), (0, ""));
    insta::assert_snapshot!(answer.out, @r#"
    +meta lang:de,fr after:2024 (title:"llama 4" OR zukerberg~2) /gpt-4.*/ 'AND' -nvidia

      must be there:
        `meta` in any form
        lang: de or fr
        dated 2024-01-01 or later
      better with:
        any of these, the more the better:
          in title or headings: exactly `llama 4`
          words spelled like `zukerberg`, with 2 slips at most
        words side by side of the shapes `gpt` `4.*`
        `and` in any form
      must not be there:
        `nvidia` in any form

    note: `AND` at character 76 joins nothing here: read as a word
    "#);
    let answer = place.run(&["search", "--explain-query", "--json", query]);
    insta::assert_snapshot!(answer.out, @r#"
    {
      "schema": 1,
      "query": "+meta (title:\"llama 4\" OR zukerberg~) GPT-4* -nvidia lang:de,fr after:2024 AND",
      "understood": "+meta lang:de,fr after:2024 (title:\"llama 4\" OR zukerberg~2) /gpt-4.*/ 'AND' -nvidia",
      "tree": {
        "kind": "group",
        "must": [
          {
            "kind": "words",
            "query": "meta",
            "words": [
              "meta"
            ]
          },
          {
            "kind": "field",
            "query": "lang:de,fr",
            "field": "lang",
            "values": [
              "de",
              "fr"
            ]
          },
          {
            "kind": "days",
            "query": "after:2024",
            "from": "2024-01-01",
            "to": null
          }
        ],
        "should": [
          {
            "kind": "group",
            "must": [],
            "should": [
              {
                "kind": "title",
                "query": "title:\"llama 4\"",
                "of": {
                  "kind": "phrase",
                  "query": "\"llama 4\"",
                  "words": [
                    "llama",
                    "4"
                  ],
                  "slop": 0
                }
              },
              {
                "kind": "fuzzy",
                "query": "zukerberg~2",
                "word": "zukerberg",
                "slips": 2
              }
            ],
            "not": []
          },
          {
            "kind": "shape",
            "query": "/gpt-4.*/",
            "patterns": [
              "gpt",
              "4.*"
            ]
          },
          {
            "kind": "words",
            "query": "'AND'",
            "words": [
              "and"
            ]
          }
        ],
        "not": [
          {
            "kind": "words",
            "query": "nvidia",
            "words": [
              "nvidia"
            ]
          }
        ]
      },
      "notes": [
        "`AND` at character 76 joins nothing here: read as a word"
      ]
    }
    "#);
    let answer = place.run(&["search", "--explain-query", "--before", "2024", "--exact", "running"]);
    insta::assert_snapshot!(answer.out, @r#"
    before:2024 "running"

      must be there:
        dated 2023-12-31 or earlier
      looked for:
        exactly `running`
    "#);
}
