//! Files that hold many articles, one a record.

use crate::place::Place;

const RECORDS: &str = r#"{"id": "tide-1", "title": "Spring tides", "date": "2024-03-01", "text": "When sun and moon pull together the tide is high.\n\nSailors call it a spring tide."}
not a record
{"id": "tide-2", "title": "Neap tides", "author": "A. Shore", "text": "At half moon the tide is low."}
{"_id": 3, "contents": "A record without a title, on the comet of last year."}
"#;

fn place() -> Place {
    let place = Place::new();
    place.write("articles/tides.jsonl", RECORDS);
    place.index("articles");
    place
}

#[test]
fn each_record_is_an_article_with_its_own_place() {
    let place = place();
    let answer = place.json(&["search", "tide", "half", "moon"]);
    let hit = &answer["hits"][0];
    assert_eq!(
        (&hit["path"], &hit["member"], &hit["title"], &hit["author"]),
        (&"tides.jsonl".into(), &"tide-2".into(), &"Neap tides".into(), &"A. Shore".into())
    );
    assert_eq!(
        (&hit["place"]["of"], &hit["place"]["line"], &hit["place"]["record"]),
        (&"file".into(), &3.into(), &2.into())
    );
    assert_eq!(answer["index"]["articles"], 3);
    assert!(place.run(&["search", "comet"]).out.contains("tides.jsonl:4 › 3"));
    assert_eq!(place.json(&["search", "tide", "--after", "2024"])["hits"][0]["member"], "tide-1");
    let why = place.run(&["why", "articles/tides.jsonl"]).out;
    assert!(why.contains("3 article(s)") && why.contains("warning: line 2 is no object of JSON"), "{why}");
    let shown = place.run(&["show", "articles/tides.jsonl:3"]).out;
    assert!(shown.contains("▶ Neap tides") && !shown.contains("comet"), "{shown}");
}

#[test]
fn a_record_is_shown_by_its_name_and_none_runs_into_another() {
    let place = place();
    let shown = place.run(&["show", "articles/tides.jsonl#tide-1"]).out;
    assert!(shown.starts_with("▶ Spring tides") || shown.starts_with("Spring tides"), "{shown}");
    assert!(!shown.contains("half moon"), "{shown}");
    let all = place.run(&["show", "articles/tides.jsonl"]).out;
    assert!(all.contains("spring tide.\n\nNeap tides\n\nAt half moon"), "{all}");
    assert_eq!(place.run(&["show", "articles/tides.jsonl#none"]).code, 2);
    let answer = place.json(&["similar", "articles/tides.jsonl#tide-1"]);
    assert!(answer["hits"].as_array().is_some_and(|hits| hits.iter().all(|hit| hit["member"] != "tide-1")));
}

#[test]
fn titles_alone_are_told_apart_and_stand_on_their_lines() {
    let place = Place::new();
    let records: Vec<String> =
        (1..=5).map(|number| format!("{{\"title\": \"Report {number} of the heron\"}}")).collect();
    place.write("articles/titles.jsonl", records.join("\n"));
    place.index("articles");
    let answer = place.json(&["search", "heron"]);
    let lines: Vec<u64> = answer["hits"]
        .as_array()
        .expect("there are hits")
        .iter()
        .filter_map(|hit| hit["place"]["line"].as_u64())
        .collect();
    assert_eq!(lines, [1, 2, 3, 4, 5]);
}

#[test]
fn an_edited_file_of_records_leaves_no_old_record() {
    let place = place();
    place.write("articles/tides.jsonl", RECORDS.replace("comet", "eclipse").replace("tide-2", "tide-9"));
    place.index("articles");
    assert!(place.hits("comet").is_empty());
    assert_eq!(place.json(&["search", "half", "moon"])["hits"][0]["member"], "tide-9");
    place.write("articles/tides.jsonl", "nothing\nof the kind\n");
    let answer = place.run(&["index"]);
    assert!(answer.err.contains("no line holds an article"), "{}", answer.err);
    assert!(place.hits("moon").is_empty());
}

#[test]
fn a_file_of_records_is_read_to_its_end_however_long_it_is() {
    let place = Place::new();
    let filler = "The harbour wall was mended again, stone by stone, before the winter. ".repeat(40);
    let mut records: String =
        (0..6_500).map(|id| format!("{{\"id\": {id}, \"text\": \"{filler}\"}}\n")).collect();
    assert!(records.len() > 17 << 20);
    records.push_str("{\"id\": \"last\", \"text\": \"The albatross came back.\"}\n");
    place.write("articles/long.jsonl", &records);
    place.index("articles");
    let answer = place.json(&["search", "albatross"]);
    assert_eq!((&answer["hits"][0]["member"], &answer["index"]["articles"]), (&"last".into(), &6_501.into()));
    // A change behind the part that is read at once is noticed.
    place.write("articles/long.jsonl", records.replace("albatross", "cormorant"));
    place.index("articles");
    assert_eq!(place.json(&["search", "cormorant"])["hits"][0]["member"], "last");
}

#[test]
fn fields_go_by_the_names_that_a_folder_remembers() {
    let place = Place::new();
    place.write(
        "articles/rows.jsonl",
        "{\"name\": \"Tern\", \"body_md\": \"The tern flies from pole to pole.\", \"text\": \"stub\"}\n",
    );
    place.write("articles/note.md", "# Note\n\nA gull is no tern.\n");
    place.index("articles");
    assert_eq!(place.hits("poles"), []);
    let report = place.json(&["index", "articles", "--fields", "text=body_md"]);
    assert_eq!((&report["changed"], &report["unchanged"]), (&1.into(), &1.into()));
    assert_eq!(place.hits("poles").len(), 1);
    assert_eq!(place.json(&["index"])["unchanged"], 2);
    assert!(place.run(&["status"]).out.contains("--fields 'text=body_md'"));
    let refused = place.run(&["index", "articles", "--fields", "body=b"]);
    assert!(refused.code == 2 && refused.err.contains("is none of id, title, text"), "{}", refused.err);
}
