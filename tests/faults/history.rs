//! An index that was changed many times answers as one made anew.

use std::fs;

use crate::{
    place::Place,
    stage::{self, Random, article, expect_whole, long},
};

#[test]
fn however_it_came_to_be_it_answers_as_one_made_anew() {
    let place = Place::new();
    stage::articles(&place);
    place.index("articles");
    let mut random = Random(3);
    let (steps, every) = if long() { (1_000, 20) } else { (40, 10) };
    for step in 1..=steps {
        for _ in 0..1 + random.below(3) {
            befall(&place, &mut random, step);
        }
        let jobs = (1 + random.below(2)).to_string();
        let mut args = vec!["index", "--jobs", &jobs];
        match random.below(25) {
            0 => args.push("--compact"),
            1 => args.push("--rebuild"),
            2 => args.extend(["--exclude", "1/**", "articles"]),
            3 => args.extend(["--default-rules", "articles"]),
            4 if place.json(&["status"])["folders"].to_string().contains("articles/0") => {
                args.extend(["--forget", "articles/0"]);
            }
            5 => args.push("articles/0"),
            _ => {}
        }
        let answer = place.run(&args);
        assert_eq!(answer.code, 0, "step {step}: {args:?}: {}", answer.err);
        if step % every == 0 {
            // One made anew knows neither rules nor other folders.
            place.run(&["index", "--default-rules", "articles"]);
            place.run(&["index", "--forget", "articles/0"]);
            expect_whole(&place, &format!("step {step}"));
            let segments = place.json(&["status"])["segments"].as_u64();
            assert!(segments.is_some_and(|segments| segments <= 8), "step {step}: {segments:?}");
        }
    }
}

/// Changes one thing in the folder.
fn befall(place: &Place, random: &mut Random, step: usize) {
    let path = |at: usize| format!("articles/{}/{at}.md", at % 3);
    let (one, other) = (random.below(40), random.below(40));
    match random.below(6) {
        0 | 1 => place.write(&path(one), article(one, step + 100)),
        2 => _ = fs::remove_file(place.file(&path(one))),
        3 => _ = fs::rename(place.file(&path(one)), place.file(&path(other))),
        4 => _ = fs::copy(place.file(&path(one)), place.file(&path(other))),
        _ => {
            let record = |at: usize| {
                let (title, text) = (format!("Record {at}"), article(at, at + step % 7));
                serde_json::json!({"title": title, "text": text}).to_string()
            };
            let records: Vec<String> = (0..5 + one).map(record).collect();
            place.write("articles/records.jsonl", records.join("\n"));
        }
    }
}
