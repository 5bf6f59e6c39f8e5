//! Several long files of records read at once, while stages end within them.

use std::{fs, io::Read, process::Stdio, sync::mpsc, thread, time::Duration};

use crate::{
    place::Place,
    stage::{self, article},
};

/// Records of each long file.
const RECORDS: usize = 230;

/// Writes so many files of records, each longer than is read at once, and returns how many records they hold:
/// most of each is what nobody searches.
pub(crate) fn long_streams(place: &Place, files: usize) -> u64 {
    let ballast = "0123456789".repeat(4_000);
    for file in 0..files {
        let record = |at: usize| {
            let (title, text) = (format!("Record {file} {at}"), article(at, at + 1_000 * file));
            if file % 2 == 0 {
                return serde_json::json!({"title": title, "text": text, "ballast": ballast}).to_string()
                    + "\n";
            }
            format!(
                "From a@b.c Thu Jan  1 00:00:00 2026\nFrom: a@b.c\nSubject: {title}\nX-Ballast: {ballast}\n\n{text}\n"
            )
        };
        let name = if file % 2 == 0 { "jsonl" } else { "mbox" };
        place.write(&format!("articles/{file}.{name}"), (0..RECORDS).map(record).collect::<String>());
    }
    (files * RECORDS) as u64
}

/// How long a run may take that takes some seconds: one that waits for itself takes for ever, and a machine
/// with ten things to do at once takes a minute.
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs the program, and fails where it comes to no end.
fn run_in_time(place: &Place, args: &[&str]) {
    let mut program = place.command(args);
    let mut program = program.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program runs");
    let mut out = program.stdout.take().expect("a pipe was asked for");
    let (send, ended) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut said = Vec::new();
        let _ = out.read_to_end(&mut said);
        let _ = send.send(());
    });
    let in_time = ended.recv_timeout(PATIENCE).is_ok();
    if !in_time {
        program.kill().expect("it can be killed");
    }
    let status = program.wait().expect("it ended");
    reader.join().expect("it only reads");
    assert!(in_time, "{args:?} came to no end");
    assert!(status.success(), "{args:?}: {status}");
}

#[test]
fn stages_end_within_several_long_files_at_once() {
    let place = Place::new();
    let records = long_streams(&place, 4);
    // A file that wants memory for itself stands beside them.
    place.write("articles/page.html", format!("<p>{}", article(3, 40).repeat(2_000)));
    for (memory, stage) in [("64M", "1M"), ("256M", "4M")] {
        let _ = fs::remove_dir_all(place.file("idx"));
        run_in_time(&place, &["index", "articles", "--jobs", "4", "--stage", stage, "--memory", memory]);
        assert_eq!(place.json(&["status"])["articles"], records + 1, "{memory}");
    }
    stage::expect_whole(&place, "read in stages");
}

/// Returns what stands for the commit that is there, if any.
fn commit(place: &Place) -> Option<Vec<u8>> {
    fs::metadata(place.file("idx/current")).ok().and_then(|_| fs::read(place.file("idx/g1/meta.json")).ok())
}

#[test]
fn several_long_files_are_gone_on_with_where_they_were_cut_off() {
    let place = Place::new();
    let records = long_streams(&place, 3);
    let args = ["index", "--stage", "500K", "--jobs", "2", "articles"];
    let mut met = 0;
    for _ in 0..3 {
        let before = commit(&place);
        let mut program = place.command(&args);
        let program = program.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut program = program.expect("the program runs");
        // It is killed once it has made a commit more.
        while commit(&place) == before && program.try_wait().expect("it can be waited for").is_none() {
            thread::yield_now();
        }
        let _ = program.kill();
        program.wait().expect("it ended");
        let held = place.json(&["status"])["articles"].as_u64().expect("it is a number");
        met += usize::from(held > 0 && held < records);
        assert_eq!(place.json(&["check"])["whole"], true, "{held}");
    }
    assert!(met > 0, "it was never cut off within the files");
    run_in_time(&place, &args);
    assert_eq!(place.json(&["status"])["articles"], records);
    stage::expect_whole(&place, "gone on with");
}
