//! A budget of tokens: the best passages that fit, and what was left out.

use serde_json::Value;

use crate::place::Place;

/// Articles on the moon of different lengths, one of them twice.
fn with_moons() -> Place {
    let place = Place::new();
    let long = "The moon pulls the water of the oceans towards it. Sailors have known this for a long time, and \
                fishermen too. ";
    place.write("articles/long.txt", format!("The moon and the moon\n{}", long.repeat(6)));
    place.write("articles/again.txt", format!("The moon and the moon\n{}", long.repeat(6)));
    place.write("articles/short.txt", "Moon rock\nA rock from the moon is grey.");
    place.write(
        "articles/other.txt",
        "A lamp\nThe lamp is as bright as a full moon above the harbour in winter.",
    );
    place.index("articles");
    place
}

#[test]
fn a_budget_is_filled_with_the_best_passages_that_fit() {
    let place = with_moons();
    for budget in (0..900).step_by(10) {
        let answer = place.json(&["search", "moon", "--refresh", "never", "--budget", &budget.to_string()]);
        let (spent, hits) = (&answer["budget"], answer["hits"].as_array().expect("hits"));
        let number = |key: &str| spent[key].as_u64().expect("a number");
        assert!(spent["tokens"] == budget && number("used") <= budget, "{spent}");
        assert_eq!(Some(number("left_out") + hits.len() as u64), answer["total"].as_u64(), "{spent}");
        assert_eq!(spent["needed"].is_u64(), hits.is_empty(), "{spent}");
        let files: std::collections::BTreeSet<&str> =
            hits.iter().filter_map(|hit| hit["path"].as_str()).collect();
        assert_eq!(files.len(), hits.len(), "each of another article");
        assert!(!(files.contains("long.txt") && files.contains("again.txt")), "near copies are there once");
    }
    let all = place.json(&["search", "moon", "--budget", "4000"]);
    let copies: Vec<&Value> =
        all["hits"].as_array().expect("hits").iter().map(|hit| &hit["copies"]).collect();
    assert_eq!(copies, [0, 1, 0]);
}

#[test]
fn what_was_left_out_is_said_in_every_format() {
    let place = with_moons();
    let answer = |format: &str, budget: &str| {
        place.run(&["search", "moon", "--refresh", "never", "--budget", budget, "--format", format])
    };
    insta::assert_snapshot!(answer("text", "120").out, @"
     1. Moon rock
        articles/short.txt:2
        A rock from the moon is grey.

     3. A lamp
        articles/other.txt:2
        The lamp is as bright as a full moon above the harbour in winter.

    85 of 120 tokens used, 2 passages left out, 1 of them too long for what was left
    4 passages found · 4 articles in the index · indexed just now · not compared with the files
    ");
    insta::assert_snapshot!(answer("text", "20").out, @"
    No passage fits the budget; 4 match `moon`.

    0 of 20 tokens used, too few: the best passage takes 38; raise the budget
    4 passages found · 4 articles in the index · indexed just now · not compared with the files
    ");
    insta::assert_snapshot!(answer("markdown", "50").out, @"
    ### 1. Moon rock

    [short.txt](<file://[DIR]/articles/short.txt#L2>)

    > A rock from the moon is grey.

    *38 of 50 tokens used, 3 passages left out*
    ");
    let paths = answer("paths", "50");
    insta::assert_snapshot!(paths.out, @"articles/short.txt");
    insta::assert_snapshot!(paths.err, @"excerpt: 38 of 50 tokens used, 3 passages left out");
}

#[test]
fn what_stands_around_a_passage_is_not_shown_twice() {
    let place = Place::new();
    let part = |number: usize| {
        let words = (0..30).map(|word| format!("word{number}x{word}")).collect::<Vec<_>>().join(" ");
        format!("## Part {number}\n\nThe moon {words}.\n\n")
    };
    place.write("articles/parts.md", (0..5).map(part).collect::<String>());
    place.index("articles");
    let answer = place.json(&[
        "search",
        "moon",
        "--per-article",
        "9",
        "--context",
        "2",
        "--budget",
        "9000",
        "--refresh",
        "never",
    ]);
    let mut texts: Vec<String> = Vec::new();
    for hit in answer["hits"].as_array().expect("hits") {
        let around =
            ["before", "after"].into_iter().flat_map(|side| hit["context"][side].as_array().cloned());
        let around = around.flatten().chain([hit["text"].clone()]);
        texts.extend(around.filter_map(|text| text.as_str().map(String::from)));
    }
    let count = texts.len();
    texts.sort();
    texts.dedup();
    assert_eq!((texts.len(), count), (5, 5));
}
