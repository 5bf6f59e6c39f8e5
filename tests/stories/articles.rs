//! Whole articles ranked, near copies folded, and more of the same kind.

use serde_json::Value;

use crate::place::Place;

/// An article that is about tides all along, one that says it once in a few words, and one of neither.
fn place() -> Place {
    let place = Place::new();
    let paragraph = |what: &str| {
        format!(
            "The {what} is a matter of long patience, and whoever lives by the sea knows it well enough. "
        )
        .repeat(8)
    };
    place.write(
        "articles/long.md",
        format!(
            "# The sea\n\n## Morning\n\nA tide comes in. {}\n\n## Noon\n\nThe moon is behind the tide. {}\n\n## Night\n\nA moon again. {}\n",
            paragraph("harbour"),
            paragraph("lighthouse"),
            paragraph("fog")
        ),
    );
    place.write("articles/short.md", "# Notes\n\nMoon and tide.\n");
    place.write("articles/other.md", "# Bread\n\nFlour, water and salt.\n");
    place.index("articles");
    place
}

fn paths(answer: &Value) -> Vec<String> {
    let hits = answer["hits"].as_array().cloned().unwrap_or_default();
    hits.iter().map(|hit| hit["path"].as_str().unwrap_or_default().to_string()).collect()
}

#[test]
fn an_article_is_ranked_by_all_it_says_and_shows_its_best_passages() {
    let place = place();
    let answer = place.json(&["search", "moon", "tide", "--by", "article"]);
    assert_eq!((&answer["by"], &answer["total"]), (&"article".into(), &2.into()));
    let hits = answer["hits"].as_array().expect("there are hits");
    let long = hits.iter().find(|hit| hit["path"] == "long.md").expect("it is a hit");
    assert_eq!(long["headings"][0], "Noon");
    let inside: Vec<&Value> = long["passages"].as_array().expect("there are more").iter().collect();
    assert_eq!(inside.len(), 2, "{long}");
    let text = place.run(&["search", "moon", "tide", "--by", "article", "--per-article", "1"]).out;
    assert!(text.contains("2 articles found") && text.contains("2 more in this article"), "{text}");
}

#[test]
fn what_must_be_there_may_stand_in_different_passages_of_an_article() {
    let place = place();
    let ask = |query: &[&str]| paths(&place.json(&[&["search", "--by", "article"], query].concat()));
    assert_eq!(ask(&["+harbour", "+lighthouse"]), ["long.md"]);
    assert_eq!(place.json(&["search", "+harbour", "+lighthouse"])["relaxed"], true);
    assert_eq!(ask(&["tide", "-lighthouse"]), ["short.md"]);
    assert_eq!(ask(&["flour OR (harbour AND fog)"]).len(), 2);
    assert_eq!(ask(&["\"moon and tide\""]), ["short.md"]);
    assert_eq!(ask(&["lighth*"]), ["long.md"]);
    assert_eq!(ask(&["tide", "--in", "articles/short.md"]), ["short.md"]);
    assert!(ask(&["nowhere"]).is_empty());
}

#[test]
fn an_explanation_of_an_article_adds_up_too() {
    let answer = place().json(&["search", "moon tide", "--by", "article", "--explain"]);
    for hit in answer["hits"].as_array().expect("there are hits") {
        let parts = hit["explanation"].as_array().expect("there is an explanation");
        let sum: f64 = parts.iter().filter_map(|part| part["score"].as_f64()).sum();
        assert!((sum - hit["score"].as_f64().unwrap_or_default()).abs() < 1e-4, "{hit}");
    }
}

/// A wire story in three papers, each with a word of its own, the second the earliest.
fn papers() -> Place {
    let place = Place::new();
    let story = "The eclipse began shortly after noon and was watched by thousands along the coast, where \
                 schools had been closed for the day and the ferries had stopped. Astronomers from four \
                 countries had put up their tents on the beach days before, and the weather held.";
    for (name, date, word) in
        [("a", "2025-03-02", "noon"), ("b", "2025-03-01", "midday"), ("c", "", "twelve")]
    {
        let front = if date.is_empty() { String::new() } else { format!("---\ndate: {date}\n---\n\n") };
        place.write(
            &format!("articles/{name}.md"),
            format!("{front}# Eclipse in paper {name}\n\n{}\n", story.replace("noon", word)),
        );
    }
    place.write("articles/d.md", "# Another eclipse\n\nAn eclipse that nobody on the island had foretold.\n");
    place.index("articles");
    place
}

#[test]
fn near_copies_are_folded_behind_the_earliest_and_listed_when_asked_for() {
    let place = papers();
    let answer = place.json(&["search", "eclipse coast astronomers", "--copies"]);
    assert_eq!(paths(&answer), ["b.md", "d.md"]);
    let same: Vec<&Value> = answer["hits"][0]["same"]
        .as_array()
        .expect("they are listed")
        .iter()
        .map(|copy| &copy["path"])
        .collect();
    assert_eq!((same, &answer["hits"][0]["copies"]), (vec![&"a.md".into(), &"c.md".into()], &2.into()));
    assert!(answer["hits"][1]["same"].is_null());
    let by_article = place.json(&["search", "eclipse coast astronomers", "--by", "article"]);
    assert_eq!(paths(&by_article), ["b.md", "d.md"]);
    let text = place.run(&["search", "eclipse coast astronomers", "--copies"]).out;
    assert!(text.contains("2 near copies") && text.contains("= articles/a.md:7  2025-03-02"), "{text}");
}

#[test]
fn copies_do_not_depend_on_the_order_in_which_they_came() {
    let place = papers();
    let ask = || place.json(&["search", "eclipse coast astronomers", "--copies"]);
    let first = ask();
    let story = std::fs::read_to_string(place.file("articles/b.md")).expect("it is there");
    place.remove("articles/b.md");
    place.index("articles");
    assert_eq!(paths(&ask())[..1], ["a.md"]);
    place.write("articles/b.md", story);
    place.index("articles");
    assert_eq!(first["hits"], ask()["hits"]);
}

#[test]
fn the_navigation_of_a_folder_of_pages_does_not_win() {
    let place = Place::new();
    let text = "<p>A paragraph about the old harbour, its cranes, its sheds and the people who worked there \
                for three generations, until the ships grew too large for it.</p>"
        .repeat(3);
    for page in 0..30 {
        place.write(
            &format!("articles/page-{page}.html"),
            format!(
                "<html><head><title>Harbour {page}</title></head><body><nav><a href=/>Home</a> <a href=/p>Pricing and opening hours</a> \
                 <a href=/c>Contact</a></nav><article><h1>Harbour {page}</h1>{text}<p>Shed number {page}.</p></article></body></html>"
            ),
        );
    }
    place.write(
        "articles/hours.md",
        "# Visiting\n\nThe opening hours of the harbour museum, and its pricing, change in spring.\n",
    );
    place.index("articles");
    let answer = place.json(&["search", "pricing opening hours"]);
    assert_eq!(paths(&answer)[0], "hours.md");
    assert!(paths(&answer).len() <= 2, "{answer}");
}

#[test]
fn more_of_the_same_kind_is_found_without_the_article_itself() {
    let place = papers();
    place.write("articles/e.md", "# Cooking\n\nHow to boil an egg, slowly.\n");
    let answer = place.json(&["similar", "articles/d.md", "--refresh", "always"]);
    assert_eq!((paths(&answer), answer["total"].as_u64()), (vec!["b.md".to_string()], Some(3)));
    let id = answer["hits"][0]["id"].as_str().expect("a hit has an id").to_string();
    let of_passage = place.json(&["similar", &id, "--by", "article"]);
    assert!(!paths(&of_passage).contains(&"b.md".into()), "{of_passage}");
    assert_eq!(place.run(&["similar", "articles/e.md"]).code, 1);
    // In Chinese every character is a word.
    place.write("articles/f.txt", "长城的历史很长，城墙修建在山上。\n");
    place.write("articles/g.txt", "这座城墙的修建历史。\n");
    place.index("articles");
    assert_eq!(paths(&place.json(&["similar", "articles/f.txt"])), ["g.txt"]);
    let missing = place.json(&["similar", "articles/none.md"]);
    assert_eq!(missing["error"]["kind"], "unknown-passage");
}

#[test]
fn newer_articles_are_preferred_when_that_is_wished_for() {
    let place = Place::new();
    let article = |date: &str, text: &str| format!("---\ndate: {date}\n---\n\n# Ferry\n\n{text}\n");
    place.write("articles/old.md", article("1999-05-01", "The ferry, the ferry and its timetable."));
    place.write(
        "articles/new.md",
        article("2026-01-01", "The ferry has a new timetable, and the pier is closed."),
    );
    place.index("articles");
    let ask = |flags: &[&str]| paths(&place.json(&[&["search", "ferry timetable"], flags].concat()));
    assert_eq!(ask(&[]), ["old.md", "new.md"]);
    assert_eq!(ask(&["--recency", "2y"]), ["new.md", "old.md"]);
    assert_eq!(place.run(&["search", "ferry", "--recency", "soon"]).code, 2);
}

#[test]
fn short_texts_and_articles_that_quote_the_same_are_not_copies() {
    let place = Place::new();
    for (name, who) in [("a", "Alice"), ("b", "Bob"), ("c", "Carol"), ("d", "Dora")] {
        place.write(&format!("articles/{name}.txt"), format!("{who} saw a heron.\n"));
    }
    let essay = |what: &str| {
        format!("The {what} of the valley has a long history, and {what} after {what} was built there by people of whom little else is known. ").repeat(6)
    };
    let quote = "The treaty of the two rivers was signed on a bridge in the middle of the lake, since neither side would set foot on the land of the other, and it was kept for more than three hundred years without a single breach on either part, which historians have called the longest peace of its kind.";
    for (name, subjects) in [("one", ["mill", "church", "tower"]), ("two", ["road", "market", "well"])] {
        let essays = subjects.map(essay).join("\n\n");
        place.write(&format!("articles/{name}.md"), format!("# Essay {name}\n\n{quote}\n\n{essays}\n"));
    }
    place.index("articles");
    assert_eq!(paths(&place.json(&["search", "heron"])).len(), 4);
    assert_eq!(paths(&place.json(&["search", "treaty rivers"])).len(), 1);
    assert_eq!(paths(&place.json(&["search", "treaty rivers", "--by", "article"])).len(), 2);
}

#[test]
fn pages_put_together_are_the_long_answer_and_totals_agree() {
    let place = Place::new();
    // A linear congruential generator (Numerical Recipes): the same articles every time.
    let mut state = 3_u32;
    let mut random = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    let words = ["bridge", "harbour", "meta", "nvidia", "ferry", "lamp", "stone", "river", "letter", "salt"];
    for number in 0..260 {
        let mut sentence = || (0..9).map(|_| words[random(10) as usize]).collect::<Vec<_>>().join(" ");
        let text: Vec<String> = (0..3).map(|_| sentence()).collect();
        let date = format!("{}-0{}-1{}", 2000 + number % 25, 1 + number % 9, number % 10);
        place.write(
            &format!("articles/{number}.md"),
            format!("---\ndate: {date}\n---\n\n{}.\n", text.join(". ")),
        );
    }
    place.index("articles");
    for query in ["bridge harbour", "+meta +nvidia", "ferry -salt", "-lamp", "\"stone river\" letter"] {
        for flags in [
            &[][..],
            &["--by", "article"],
            &["--sort", "date"],
            &["--by", "article", "--sort", "date"],
            &["--recency", "2y"],
        ] {
            let ask = |limit: &str, offset: &str| {
                let args = ["search", "--refresh", "never", "-n", limit, "--offset", offset, query];
                place.json(&[&args[..], flags].concat())
            };
            let long = ask("300", "0");
            let hits = paths(&long);
            assert_eq!(long["total"].as_u64(), Some(hits.len() as u64), "{query} {flags:?}");
            let pages = [paths(&ask("7", "0")), paths(&ask("7", "7")), paths(&ask("200", "14"))].concat();
            assert_eq!(pages[..], hits[..pages.len()], "{query} {flags:?}");
        }
    }
}
