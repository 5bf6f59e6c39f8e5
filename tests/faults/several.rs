//! Several processes at one index.

use std::{
    process::{Command, Output, Stdio},
    thread,
    time::Duration,
};

use crate::{
    place::Place,
    stage::{self, answers, long},
};

fn spawn(place: &Place, args: &[&str]) -> std::process::Child {
    let mut command: Command = place.command(args);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn readers_beside_a_writer_answer_from_one_state_or_the_next() {
    let place = Place::new();
    stage::articles(&place);
    place.index("articles");
    let mut last = answers(&place, &place.file("idx"));
    for step in 0..if long() { 40 } else { 4 } {
        stage::change(&place, step);
        let next = stage::fresh_answers(&place);
        let args: &[&str] = if step % 4 == 3 { &["index", "--rebuild"] } else { &["index", "articles"] };
        let mut writer = spawn(&place, args);
        // Every query is a process, which opens the index anew: each answers from one of the two states.
        while writer.try_wait().expect("it can be asked").is_none() {
            for (at, found) in answers(&place, &place.file("idx")).into_iter().enumerate() {
                assert!(found == last[at] || found == next[at], "step {step}, answer {at}: {found:#}");
            }
        }
        let output = writer.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{}", said(&output));
        assert_eq!(answers(&place, &place.file("idx")), next, "step {step}");
        last = next;
    }
}

#[test]
fn writers_take_turns_or_are_told_who_writes() {
    let place = Place::new();
    stage::articles(&place);
    for at in 0..60 {
        place.write(&format!("other/{at}.md"), stage::article(at, at + 500));
    }
    // Two folders of one index in processes at once, from nothing.
    let writers = [spawn(&place, &["index", "articles"]), spawn(&place, &["index", "other"])];
    for writer in writers {
        let output = writer.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{}", said(&output));
    }
    assert_eq!(place.json(&["status"])["folders"].as_array().map(Vec::len), Some(2));
    assert_eq!(place.json(&["check"])["whole"], true);
    let many: Vec<_> = (0..6).map(|_| spawn(&place, &["index", "--rebuild"])).collect();
    for writer in many {
        let output = writer.wait_with_output().expect("it ends");
        let told = output.status.code() == Some(2) && said(&output).contains("being written by process");
        assert!(output.status.success() || told, "{}", said(&output));
    }
    assert_eq!(place.json(&["check"])["whole"], true);
}

#[test]
fn a_writer_that_died_does_not_keep_the_index() {
    let place = Place::new();
    stage::articles(&place);
    place.index("articles");
    for step in 0..3 {
        stage::change(&place, step);
        let mut writer = spawn(&place, &["index", "--rebuild"]);
        thread::sleep(Duration::from_millis(30 * (step as u64 + 1)));
        writer.kill().expect("it can be killed");
        writer.wait().expect("it ends");
        place.index("articles");
        stage::expect_whole(&place, &format!("step {step}"));
    }
}
