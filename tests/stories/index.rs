//! `excerpt index`.

use std::{fs, process::Stdio, time::SystemTime};

use crate::place::Place;

#[test]
fn a_folder_is_indexed_once_and_then_left_alone() {
    let place = Place::with_articles();
    insta::assert_snapshot!(place.run(&["index", "articles"]).out, @"3 added, 0 changed, 0 removed, 0 unchanged, 0 skipped, 0 failed · 3 articles, 5 passages · [TIME]");
    insta::assert_snapshot!(place.run(&["index"]).out, @"0 added, 0 changed, 0 removed, 3 unchanged, 0 skipped, 0 failed · 3 articles, 5 passages · [TIME]");
}

#[test]
fn an_edited_article_leaves_no_old_passage() {
    let place = Place::with_articles();
    place.index("articles");
    place.write("articles/tides.txt", "Why the tide is late\nNothing is said of the night sky any more, but there is a lot about currents and about wind.\n");
    let report = place.json(&["index"]);
    assert_eq!((&report["changed"], &report["unchanged"]), (&1.into(), &2.into()));
    assert!(place.hits("moon sailors").is_empty());
    assert_eq!(place.hits("currents").len(), 1);
}

#[test]
fn renamed_and_deleted_files_go_where_they_went() {
    let place = Place::with_articles();
    place.index("articles");
    place.rename("articles/tides.txt", "articles/moon.txt");
    place.remove("articles/bread.html");
    let report = place.json(&["index"]);
    assert_eq!(
        (&report["added"], &report["removed"], &report["unchanged"]),
        (&1.into(), &2.into(), &1.into())
    );
    assert_eq!(place.hits("moon")[0].0, "moon.txt");
    assert!(place.hits("sourdough").is_empty());
}

#[test]
fn a_file_of_the_same_size_and_time_is_noticed_and_a_touched_one_is_not_read_again() {
    let place = Place::with_articles();
    place.write("articles/a.txt", "The first state of this file, with an apple.\n");
    let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_600_000_000);
    let set = |name: &str, time| {
        let file = fs::File::options().append(true).open(place.file(name)).expect("the file opens");
        file.set_modified(time).expect("the time can be set");
    };
    set("articles/a.txt", time);
    place.index("articles");
    place.write("articles/a.txt", "The other state of this file, with a lemon.\n");
    set("articles/a.txt", time);
    set("articles/tides.txt", time);
    let report = place.json(&["index"]);
    assert_eq!((&report["changed"], &report["unchanged"]), (&1.into(), &3.into()));
    assert!(place.hits("apple").is_empty());
    assert_eq!(place.hits("lemon").len(), 1);
}

#[test]
fn an_index_that_was_changed_answers_as_a_fresh_one() {
    let place = Place::new();
    let words = ["moon", "tide", "bread", "llama", "ocean", "salt", "engine", "river", "letter", "winter"];
    // A small linear congruential generator (Numerical Recipes): the same run every time.
    let mut state = 7_u32;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    let write = |place: &Place, number: usize, random: &mut dyn FnMut(usize) -> usize| {
        let sentences: Vec<String> = (0..5 + random(60))
            .map(|_| {
                let sentence: Vec<&str> = (0..4 + random(9)).map(|_| words[random(words.len())]).collect();
                format!("{}.", sentence.join(" "))
            })
            .collect();
        place.write(&format!("articles/{number}.txt"), sentences.join(" "));
    };
    (0..30).for_each(|number| write(&place, number, &mut random));
    place.index("articles");
    for _ in 0..8 {
        for _ in 0..4 {
            let number = random(40);
            match (random(3), place.file(&format!("articles/{number}.txt")).exists()) {
                (0, true) => place.remove(&format!("articles/{number}.txt")),
                _ => write(&place, number, &mut random),
            }
        }
        place.index("articles");
    }
    let ask = |index: &str, query: &str, by: &str| {
        let mut answer = place.json(&[
            "search",
            "--by",
            by,
            "--copies",
            "--refresh",
            "never",
            "--index",
            index,
            "-n",
            "30",
            "--per-article",
            "3",
            query,
        ]);
        answer.as_object_mut().expect("an object").remove("index");
        answer
    };
    assert_eq!(place.run(&["index", "articles", "--index", "fresh", "--jobs", "1"]).code, 0);
    for query in [
        "moon",
        "bread salt winter",
        "\"moon tide\"",
        "+river -engine letter",
        "l*",
        "ocean OR letter",
        "moom",
    ] {
        for by in ["passage", "article"] {
            assert_eq!(ask("idx", query, by), ask("fresh", query, by), "{query} by {by}");
        }
    }
}

#[test]
fn rules_leave_files_out_and_a_dry_run_changes_nothing() {
    let place = Place::with_articles();
    place.write("articles/.ignore", "tides.txt\n");
    place.write("articles/.hidden.txt", "hidden words\n");
    place.write("articles/scan.png", "\u{89}PNG\r\n\0\0");
    let answer = place.run(&["index", "articles", "--exclude", "*.html", "--dry-run"]);
    insta::assert_snapshot!(answer.out, @"
    + articles/llama.md
    would be: 1 added, 0 changed, 0 removed, 0 unchanged, 5 skipped, 0 failed · [TIME]
    ");
    assert!(!place.file("idx").exists());
    let report = place.json(&["index", "articles", "--exclude", "*.html"]);
    assert_eq!((&report["added"], &report["skipped"]), (&1.into(), &5.into()));
    assert_eq!(place.json(&["index"])["skipped"], 5);
    let why = |path: &str| place.run(&["why", path]).out;
    insta::assert_snapshot!(why("articles/tides.txt"), @"
    articles/tides.txt: left out
    because: ignored by `tides.txt` in [DIR]/articles/.ignore
    ");
    insta::assert_snapshot!(why("articles/.hidden.txt"), @"
    articles/.hidden.txt: left out
    because: hidden (--hidden takes such names)
    ");
    insta::assert_snapshot!(why("articles/bread.html"), @"
    articles/bread.html: left out
    because: --exclude
    ");
    insta::assert_snapshot!(why("articles/scan.png"), @"
    articles/scan.png: unsupported
    because: is neither text nor of a format that can be read
    ");
    // What is named outright is taken all the same.
    assert_eq!(place.json(&["index", "articles/.hidden.txt"])["added"], 1);
    assert_eq!(place.hits("hidden").len(), 1);
}

#[test]
fn a_second_writer_is_told_who_holds_the_index_and_a_reader_does_not_wait() {
    let place = Place::with_articles();
    place.index("articles");
    let lock =
        fs::File::options().write(true).open(place.file("idx/writer.lock")).expect("the lock is there");
    lock.lock().expect("nobody else has it");
    fs::write(place.file("idx/writer.pid"), "4711").expect("the file can be written");
    let answer = place.run(&["index"]);
    assert_eq!(answer.code, 2);
    insta::assert_snapshot!(answer.err, @"
    excerpt: the index in [DIR]/idx is being written by process 4711
    hint: wait until that process is done, or stop it
    ");
    place.write("articles/new.txt", "A quite new article about the sun and the moon.\n");
    let found = place.json(&["search", "moon", "--refresh", "always"]);
    assert_eq!((&found["hits"][0]["path"], &found["index"]["new"]), (&"tides.txt".into(), &1.into()));
    assert!(found["notes"].to_string().contains("process 4711"), "{}", found["notes"]);
}

#[test]
fn an_index_that_lacks_a_file_is_damaged_though_nothing_of_it_need_be_read() {
    let place = Place::with_articles();
    place.index("articles");
    let parts = fs::read_dir(place.file("idx/g1")).expect("it is there").flatten().map(|entry| entry.path());
    let parts: Vec<_> = parts.filter(|path| path.extension().is_some_and(|end| end == "pos")).collect();
    fs::remove_file(&parts[0]).expect("it is there");
    let answer = place.run(&["index"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains(".pos is not there\nhint: run `excerpt check --repair`"), "{}", answer.err);
    assert_eq!(place.run(&["check", "--repair"]).code, 0);
    assert_eq!((place.run(&["index"]).code, place.hits("moon").len()), (0, 1));
}

#[test]
fn an_index_of_an_older_version_is_built_anew_and_one_of_a_newer_is_refused() {
    let place = Place::with_articles();
    place.index("articles");
    let set_version = |generation: &str, from: u32, to: u32| {
        let path = place.file(&format!("idx/{generation}/meta.json"));
        let meta = fs::read_to_string(&path).expect("the file is there");
        let (old, new) = (format!("\\\"version\\\":{from}"), format!("\\\"version\\\":{to}"));
        assert!(meta.contains(&old), "{meta}");
        // Less the sum on its last line.
        let meta = meta.replace(&old, &new);
        let end = meta.rfind('}').expect("it is an object") + 1;
        fs::write(&path, &meta[..end]).expect("the file can be written");
    };
    let current = 17;
    set_version("g1", current, 1);
    let found = place.json(&["search", "moon"]);
    assert_eq!(found["hits"][0]["path"], "tides.txt");
    assert!(found["notes"].to_string().contains("older version"));
    set_version("g2", current, 99);
    let answer = place.run(&["search", "moon"]);
    assert_eq!(answer.code, 2);
    insta::assert_snapshot!(answer.err, @"
    excerpt: the index in [DIR]/idx is of version 99, newer than 17
    hint: use the newer excerpt, or another folder with --index
    ");
}

#[test]
fn a_file_that_cannot_be_read_costs_only_itself() {
    let place = Place::with_articles();
    place.write("articles/binary.txt", [0_u8, 1, 2, 3].repeat(500));
    let answer = place.run(&["index", "articles"]);
    assert_eq!(answer.code, 0);
    insta::assert_snapshot!(answer.err, @"excerpt: [DIR]/articles/binary.txt: is binary, not text");
    assert_eq!(place.json(&["search", "moon"])["index"]["unread"], 1);
    insta::assert_snapshot!(place.run(&["status", "--failures"]).out, @"failed      articles/binary.txt: is binary, not text");
    place.write("articles/binary.txt", "Text after all, about the moon.\n");
    assert_eq!(place.json(&["index"])["failed"], 0);
    assert_eq!(place.hits("moon").len(), 2);
}

#[test]
fn an_index_whose_making_was_cut_off_can_be_made_again() {
    let place = Place::with_articles();
    place.write("idx/excerpt.4711.new", "");
    assert_eq!(place.json(&["index", "articles"])["added"], 3);
    place.write("full/of_other_things.txt", "");
    let answer = place.json(&["index", "articles", "--index", "full"]);
    assert_eq!(answer["error"]["kind"], "not-an-index");
}

#[test]
fn an_index_is_never_indexed() {
    let place = Place::with_articles();
    place.index("articles");
    let answer = place.json(&["index", "idx"]);
    assert_eq!(answer["error"]["kind"], "is-index");
    // The folder around both is walked without either: one is an index, the other by itself.
    let report = place.json(&["index", "."]);
    assert_eq!(
        (&report["added"], &report["articles"], &report["skipped"]),
        (&0.into(), &3.into(), &2.into())
    );
}

#[test]
fn too_little_memory_is_refused_and_the_least_is_named() {
    let place = Place::with_articles();
    let answer = place.run(&["index", "articles", "--memory", "10M"]);
    assert_eq!(answer.code, 2);
    insta::assert_snapshot!(answer.err, @"
    excerpt: 10 MB of memory is too little; the least is 64 MB
    hint: raise --memory
    ");
}

#[test]
fn ctrl_c_keeps_what_was_committed() {
    if !cfg!(unix) {
        return;
    }
    let place = Place::new();
    for number in 0..3_000 {
        let text = format!(
            "Article number {number}. It tells of the moon and of the sea, and of much else besides. "
        )
        .repeat(40);
        place.write(&format!("articles/{number}.txt"), text);
    }
    let child = place.command(&["index", "articles"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.expect("the program runs");
    // The pointer file is written when reading begins.
    while !place.file("idx/current").exists() {
        std::thread::yield_now();
    }
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("there is a kill").success());
    let answer = place.answer(&child.wait_with_output().expect("the program ends"));
    assert_eq!(answer.code, 130, "{}", answer.out);
    assert!(answer.out.starts_with("Stopped."), "{}", answer.out);
    let kept = place.json(&["status"])["articles"].as_u64().expect("there is a number");
    let notes = place.json(&["search", "moon", "--refresh", "never"])["notes"].to_string();
    assert!(notes.contains("stopped before its end"), "{notes}");
    let report = place.json(&["index"]);
    assert_eq!((&report["articles"], &report["added"]), (&3_000.into(), &(3_000 - kept).into()));
    assert_eq!(place.json(&["search", "moon"])["notes"], serde_json::json!([]));
}
