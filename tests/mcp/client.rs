//! What an agent does.

use std::fs;

use rmcp::{
    ClientLifecycleMode,
    model::{CallToolRequestParams, ProtocolVersion},
};
use serde_json::{Value, json};

use crate::{
    agent::{Said, plain, said, with, with_lifecycle},
    place::Place,
};

fn indexed() -> Place {
    let place = Place::with_articles();
    place.index("articles");
    place
}

#[test]
fn an_agent_searches_and_reads_on() {
    let place = indexed();
    with(&place, &[], async |agent| {
        let found = agent.call("search", json!({"query": "agentic llama"})).await;
        insta::assert_snapshot!(plain(&place, &found.text), @"
        found: passages that match: 2, shown: 1
        [1] ID
        title: Plans for Llama 4 › Agentic skills
        place: [DIR]/articles/llama.md:11
        date: 2025-01-30
        also: 1 more in this article
        > Llama 4 will have agentic capabilities. It acts by itself.
        left out: 1 that match: raise per_article for more of the same articles
        index: 3 articles, committed TIME, 3 of 3 files compared with the disk, no file unread
        ");
        let id = found.object["hits"][0]["id"].as_str().expect("it has an id").to_string();
        let read = agent.call("read", json!({"id": id})).await;
        insta::assert_snapshot!(plain(&place, &read.text), @"
        title: Plans for Llama 4
        file: [DIR]/articles/llama.md
        date: 2025-01-30
        [ID] lines 7-7 (neighbour)
        > Meta spends much.
        [ID] lines 11-11
        heading: Agentic skills
        > Llama 4 will have agentic capabilities. It acts by itself.
        index: 3 articles, committed TIME, 3 of 3 files compared with the disk, no file unread
        ");
        assert_eq!(read.object["passages"][1]["asked"], true, "{}", read.object);
    });
}

#[test]
fn an_article_is_read_by_its_path_and_lines() {
    let place = indexed();
    with(&place, &[], async |agent| {
        let whole = agent.call("read", json!({"path": "llama.md"})).await;
        assert_eq!(whole.object["passages"].as_array().map(Vec::len), Some(2));
        let path = place.file("articles/llama.md").display().to_string();
        let part = agent.call("read", json!({"path": path, "line": 8, "line_end": 20})).await;
        assert!(
            part.text.contains("> Llama 4 will have") && !part.text.contains("Meta spends"),
            "{}",
            part.text
        );
    });
}

#[test]
fn what_was_left_out_of_an_article_is_read_on() {
    let place = Place::new();
    let part = |number: usize| {
        format!("## Part {number}\n\n{}\n\n", format!("The moon {number} is far. ").repeat(25))
    };
    place.write("articles/parts.md", (0..7).map(part).collect::<String>());
    place.index("articles");
    with(&place, &[], async |agent| {
        let ids = |said: &Said| -> Vec<Value> {
            let passages = said.object["passages"].as_array().expect("passages");
            passages.iter().map(|passage| passage["id"].clone()).collect()
        };
        let whole = agent.call("read", json!({"path": "parts.md"})).await;
        assert!(whole.object["left_out"].is_null() && !whole.text.contains("left out"), "{}", whole.text);
        let (mut read, mut line) = (Vec::new(), json!(1));
        while !line.is_null() {
            let said = agent.call("read", json!({"path": "parts.md", "line": line, "budget": 400})).await;
            line = said.object["left_out"]["next"]["line"].clone();
            assert_eq!(said.text.contains("read on from line"), !line.is_null(), "{}", said.text);
            read.extend(ids(&said));
        }
        assert_eq!(read, ids(&whole));
        let id = whole.object["passages"][3]["id"].clone();
        let around = agent.call("read", json!({"id": id, "neighbours": 3, "budget": 600})).await;
        let asked =
            around.object["passages"].as_array().expect("passages").iter().filter(|one| one["asked"] == true);
        assert_eq!(asked.map(|one| one["id"].clone()).collect::<Vec<_>>(), [id], "{}", around.text);
    });
}

#[test]
fn many_are_read_as_far_as_the_budget_goes() {
    let place = Place::new();
    for number in 0..6 {
        let words = format!("Article {number}.\n\n{}", "The moon pulls at the sea. ".repeat(20));
        place.write(&format!("articles/part/{number}.txt"), words);
    }
    place.write("articles/other.txt", "Something else.");
    place.index("articles");
    with(&place, &[], async |agent| {
        let some = agent.call("read_many", json!({"glob": "part/*.txt", "budget": 400})).await;
        let articles = some.object["articles"].as_array().map_or(0, Vec::len);
        let left_out = some.object["left_out"]["count"].as_u64().expect("a count");
        assert_eq!(articles as u64 + left_out, 6, "{}", some.text);
        assert!((1..6).contains(&articles) && some.text.contains("\nleft out: "), "{}", some.text);
        let all = agent.call("read_many", json!({"glob": "part/", "budget": 9_000})).await;
        assert_eq!(all.object["articles"].as_array().map(Vec::len), Some(6), "{}", all.text);
        let none = agent.call("read_many", json!({"glob": "*.pdf"})).await;
        assert!(none.text.contains("no path of the index is of this pattern"), "{}", none.text);
        let ids = agent.call("read_many", json!({"ids": ["0000000000000000:1"]})).await;
        assert_eq!(ids.object["not_read"][0]["error"]["kind"], "unknown-passage", "{}", ids.object);
    });
}

#[test]
fn every_tool_says_that_it_only_reads_and_what_it_takes() {
    let place = indexed();
    with(&place, &[], async |agent| {
        let tools = agent.tools().await;
        let names: Vec<&str> = tools.iter().map(|tool| &*tool.name).collect();
        assert_eq!(names, ["search", "read", "read_many", "status"]);
        for tool in &tools {
            let marks = tool.annotations.as_ref().expect("it has marks");
            assert_eq!((marks.read_only_hint, marks.destructive_hint), (Some(true), Some(false)));
            assert_eq!((marks.idempotent_hint, marks.open_world_hint), (Some(true), Some(false)));
            assert_eq!(tool.input_schema["additionalProperties"], false);
            assert!(tool.output_schema.is_some());
        }
        let instructions = agent.instructions();
        assert!(instructions.len() < 1_024, "{}", instructions.len());
        assert!(instructions.contains(&place.file("articles").display().to_string()), "{instructions}");
    });
}

#[test]
fn every_answer_is_as_its_schema_says() {
    let place = indexed();
    with(&place, &[], async |agent| {
        for tool in agent.tools().await {
            let schema = tool.output_schema.expect("it has one");
            let arguments = match &*tool.name {
                "search" => json!({"query": "moon"}),
                "read" => json!({"path": "tides.txt"}),
                "read_many" => json!({"glob": "*"}),
                _ => json!({}),
            };
            let params = |arguments: Value| {
                let arguments = arguments.as_object().expect("an object").clone();
                CallToolRequestParams::new(tool.name.clone()).with_arguments(arguments)
            };
            for (arguments, is_error) in [(arguments, false), (json!({"nonsense": 1}), true)] {
                let answer = said(&agent.client.call_tool(params(arguments)).await.expect("it answers"));
                assert_eq!(answer.is_error, is_error, "{}", answer.text);
                for (name, property) in schema["properties"].as_object().expect("properties") {
                    let value = &answer.object[name];
                    let there = matches!(&**name, "error") == is_error || name == "schema";
                    assert_eq!(answer.object.get(name).is_some(), there, "{}: {name}", tool.name);
                    let fits = match property["type"].as_str() {
                        Some("string") => value.is_string(),
                        Some("integer") => value.is_u64(),
                        Some("boolean") => value.is_boolean(),
                        Some("array") => value.is_array(),
                        Some("object") => value.is_object(),
                        _ => true,
                    };
                    assert!(fits || !there, "{}: {name} is {value}", tool.name);
                }
            }
        }
    });
}

#[test]
fn the_newest_revision_of_the_protocol_is_spoken_too() {
    let place = indexed();
    let newest = ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] };
    with_lifecycle(&place, &[], newest, async |agent| {
        let found = agent.call("search", json!({"query": "moon"})).await;
        assert_eq!(found.object["hits"][0]["path"], "tides.txt");
    });
}

#[test]
fn the_object_is_the_one_that_the_command_prints() {
    let place = indexed();
    let mut printed = place.json(&["search", "llama", "--refresh", "auto", "--budget", "6000", "-n", "10"]);
    with(&place, &[], async |agent| {
        let mut found = agent.call("search", json!({"query": "llama"})).await.object;
        // The command prints whole passages where there is a budget.
        for answer in [&mut printed, &mut found] {
            answer["hits"][0].as_object_mut().expect("a hit").remove("snippet");
        }
        assert_eq!(found, printed);
    });
}

#[test]
fn nothing_found_differs_from_nothing_there() {
    let place = Place::with_articles();
    with(&place, &[], async |agent| {
        let missing = agent.call("search", json!({"query": "moon"})).await;
        assert!(missing.is_error && missing.object["error"]["kind"] == "no-index", "{}", missing.text);
        assert!(missing.text.contains("hint: run `excerpt index FOLDER` first"), "{}", missing.text);

        fs::create_dir(place.file("empty")).expect("a folder");
        place.index("empty");
        let empty = agent.call("search", json!({"query": "moon"})).await;
        assert!(empty.text.contains("note: the index holds no articles"), "{}", empty.text);

        place.write("articles/broken.pdf", "%PDF-1.7 and nothing more");
        place.index("articles");
        let found = agent.call("search", json!({"query": "lama zzz"})).await;
        assert!(found.text.contains("near: `zzz` is nowhere in the index"), "{}", found.text);
        assert!(found.text.contains("1 files could not be read, see status"), "{}", found.text);
        let status = agent.call("status", json!({})).await;
        assert!(status.text.contains("unread: ") && status.text.contains("broken.pdf"), "{}", status.text);
    });
}

#[test]
fn an_article_that_is_edited_between_calls_is_found_as_it_is() {
    let place = indexed();
    with(&place, &[], async |agent| {
        let before = agent.call("search", json!({"query": "lighthouse"})).await;
        assert_eq!(before.object["total"], 0);
        place.write("articles/tides.txt", "The lighthouse stands on the rock, and the water around it.");
        let after = agent.call("search", json!({"query": "lighthouse"})).await;
        assert_eq!(after.object["hits"][0]["path"], "tides.txt", "{}", after.text);
        assert_eq!(after.object["index"]["changed"], 0);
    });
}

#[test]
fn an_index_that_goes_and_comes_again_costs_one_call() {
    let place = indexed();
    with(&place, &[], async |agent| {
        assert!(!agent.call("search", json!({"query": "moon"})).await.is_error);
        fs::remove_dir_all(place.file("idx")).expect("it can be removed");
        let gone = agent.call("search", json!({"query": "moon"})).await;
        assert!(gone.is_error && gone.object["error"]["kind"] == "no-index", "{}", gone.text);
        place.index("articles");
        let again = agent.call("search", json!({"query": "moon"})).await;
        assert_eq!(again.object["hits"][0]["path"], "tides.txt", "{}", again.text);

        let pointer = place.file("idx/current");
        let kept = fs::read(&pointer).expect("it is there");
        fs::write(&pointer, "g77\n").expect("it can be written");
        let damaged = agent.call("search", json!({"query": "moon"})).await;
        assert_eq!(damaged.object["error"]["kind"], "damaged-index", "{}", damaged.text);
        fs::write(&pointer, kept).expect("it can be written");
        let rebuilt = place.run(&["index", "--rebuild"]);
        assert_eq!(rebuilt.code, 0, "{}", rebuilt.err);
        assert!(!agent.call("search", json!({"query": "moon"})).await.is_error);
    });
}

#[test]
fn folders_that_are_not_known_are_indexed_first_and_bound_the_tools() {
    let place = Place::with_articles();
    place.write("private/diary.txt", "The moon was red tonight.");
    place.index("private");
    with(&place, &["--in", "articles"], async |agent| {
        let found = agent.call("search", json!({"query": "moon"})).await;
        let paths: Vec<&Value> =
            found.object["hits"].as_array().expect("hits").iter().map(|hit| &hit["path"]).collect();
        assert_eq!(paths, ["tides.txt"]);
        for path in
            ["../private/diary.txt", "diary.txt", &place.file("private/diary.txt").display().to_string()]
        {
            let read = agent.call("read", json!({"path": path})).await;
            assert_eq!(read.object["error"]["kind"], "outside", "{path}: {}", read.text);
        }
        let id = place.json(&["search", "red", "--in", "private"])["hits"][0]["id"].clone();
        let read = agent.call("read", json!({"id": id})).await;
        assert_eq!(read.object["error"]["kind"], "unknown-passage", "{}", read.text);
        let many = agent.call("read_many", json!({"glob": "*.txt"})).await;
        assert!(!many.text.contains("diary"), "{}", many.text);
        let folder = agent.call("search", json!({"query": "moon", "folders": ["../private"]})).await;
        assert_eq!(folder.object["error"]["kind"], "outside", "{}", folder.text);
        assert!(!agent.instructions().contains("private"));
    });
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let place = Place::new();
    with(&place, &["--in", "nowhere"], async |agent| {
        let found = agent.call("search", json!({"query": "moon"})).await;
        assert_eq!(found.object["error"]["kind"], "no-index", "{}", found.text);
        assert!(
            found.text.contains("not indexed: cannot read nowhere: no such file or folder"),
            "{}",
            found.text
        );
    });
}

#[test]
fn many_calls_at_once_are_all_answered() {
    let place = indexed();
    with(&place, &[], async |agent| {
        let mut calls = tokio::task::JoinSet::new();
        let agent = std::sync::Arc::new(agent);
        for number in 0..40 {
            let agent = std::sync::Arc::clone(&agent);
            calls.spawn(async move {
                let query = if number % 2 == 0 { "moon" } else { "llama" };
                (query, agent.call("search", json!({"query": query})).await)
            });
        }
        let mut count = 0;
        while let Some(call) = calls.join_next().await {
            let (query, found) = call.expect("it ends");
            assert_eq!(found.object["query"], query);
            assert!(!found.is_error, "{}", found.text);
            count += 1;
        }
        assert_eq!(count, 40);
    });
}
