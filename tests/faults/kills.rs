//! The program killed at system calls by which it changes the disk: the so-manieth of a name in a thread, as
//! `strace` counts them, so that a failure can be met again.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{
    place::Place,
    stage::{self, Random, answers, copy, long},
};

/// The calls by which a program changes a disk.
const CALLS: &str = "openat,write,pwrite64,writev,fsync,fdatasync,ftruncate,rename,renameat,renameat2,unlink,\
                     unlinkat,mkdir,mkdirat";

/// What is killed: the arguments, and how the folder and the index are before.
struct Deed {
    name: &'static str,
    args: &'static [&'static str],
    /// Makes the place ready: the index is copied from what stands there then.
    before: fn(&Place),
    /// Whether the index is whole before it, and stays so.
    whole: bool,
    /// Whether it commits once only.
    once: bool,
}

fn nothing(_: &Place) {}

fn with_many_records(place: &Place) {
    write_records(place, &(0..600).map(|at| (at, at)).collect::<Vec<_>>());
}

/// Writes a file of records with these numbers and texts. Most of a record is what nobody searches, so that
/// the file is longer than is read at once.
fn write_records(place: &Place, records: &[(usize, usize)]) {
    let ballast = "0123456789".repeat(4_000);
    let record = |(number, text): &(usize, usize)| {
        let (title, text) = (format!("Record {number}"), stage::article(*number, *text));
        serde_json::json!({"title": title, "text": text, "ballast": ballast}).to_string()
    };
    let records: Vec<String> = records.iter().map(record).collect();
    place.write("articles/many.jsonl", records.join("\n"));
}

fn with_changed_records(place: &Place) {
    with_many_records(place);
    place.index("articles");
    // One is new before all others, some are others, some are gone.
    let records =
        [(999, 999)].into_iter().chain((0..600).filter(|at| at % 7 > 0).map(|at| (at, at + at % 3)));
    write_records(place, &records.collect::<Vec<_>>());
}

fn indexed(place: &Place) {
    place.index("articles");
}

fn outdated(place: &Place) {
    place.index("articles");
    stage::change(place, 0);
}

fn with_another_folder(place: &Place) {
    place.write("other/one.md", stage::article(2, 300));
    place.index("other");
    place.index("articles");
}

fn with_removed_articles(place: &Place) {
    outdated(place);
    place.index("articles");
}

fn damaged(place: &Place) {
    place.index("articles");
    stage::change(place, 1);
    place.index("articles");
    let generation = fs::read_dir(place.file("idx/g1")).expect("it is there").flatten();
    let mut stores = generation
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "store"));
    let store = stores.next().expect("there is a segment");
    let mut bytes = fs::read(&store).expect("it can be read");
    bytes[30] ^= 4;
    fs::write(store, bytes).expect("it can be written");
}

const DEEDS: [Deed; 8] = [
    Deed { name: "a first index", args: &["index", "articles"], before: nothing, whole: true, once: true },
    Deed {
        name: "a first index in stages",
        args: &["index", "--stage", "500K", "--jobs", "1", "articles"],
        before: with_many_records,
        whole: true,
        once: false,
    },
    Deed {
        name: "a long file replaced in stages",
        args: &["index", "--stage", "500K", "--jobs", "1", "articles"],
        before: with_changed_records,
        whole: true,
        once: true,
    },
    Deed { name: "an update", args: &["index", "articles"], before: outdated, whole: true, once: true },
    Deed { name: "a rebuild", args: &["index", "--rebuild"], before: indexed, whole: true, once: true },
    Deed {
        name: "forgetting",
        args: &["index", "--forget", "other"],
        before: with_another_folder,
        whole: true,
        once: true,
    },
    Deed {
        name: "compacting",
        args: &["index", "--compact"],
        before: with_removed_articles,
        whole: true,
        once: true,
    },
    Deed { name: "a repair", args: &["check", "--repair"], before: damaged, whole: false, once: false },
];

/// Returns a command under `strace` with these of its own arguments.
fn traced(place: &Place, options: &[&str], args: &[&str]) -> Command {
    let plain = place.command(args);
    let mut command = Command::new("strace");
    command.args(["-f", "-qq"]).args(options).arg(plain.get_program()).args(args);
    command.current_dir(place.path()).stdout(Stdio::null()).stderr(Stdio::null());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// Returns every call, by its name, and the how-manieth of its thread by that name it is; none where calls
/// cannot be counted.
fn calls(place: &Place, args: &[&str]) -> Option<Vec<(String, usize)>> {
    let log = place.file("trace");
    let log_name = log.display().to_string();
    let done = traced(place, &["-e", &format!("trace={CALLS}"), "-o", &log_name], args).status();
    if !done.is_ok_and(|done| done.success()) {
        return None;
    }
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    let log = fs::read_to_string(log).ok()?;
    let lines = log
        .lines()
        .filter(|line| !line.contains("resumed>"))
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(thread, call)| {
            let name = call.trim_start().split_once('(')?.0;
            let count = counts.entry((thread.into(), name.into())).or_default();
            *count += 1;
            Some((name.to_string(), *count))
        });
    Some(lines.collect())
}

/// Says whether what is answered is an answer of one of these states, or of none where nothing is there yet.
fn is_a_state(answers: &[Value], states: &[&[Value]]) -> bool {
    let nothing = |answer: &Value| {
        answer["error"]["kind"] == "no-index" || answer["hits"].as_array().is_some_and(Vec::is_empty)
    };
    states.contains(&answers) || (states.len() == 1 && answers.iter().all(nothing))
}

#[test]
fn killed_at_any_moment_the_index_is_whole_and_the_next_run_finishes() {
    if Command::new("strace").arg("--version").output().is_err() {
        eprintln!("skipped: there is no strace to kill with");
        return;
    }
    let (mut killed, mut random) = (0, Random(11));
    let each = if long() { 40 } else { 6 };
    for deed in &DEEDS {
        let place = Place::new();
        stage::articles(&place);
        (deed.before)(&place);
        let (index, kept) = (place.file("idx"), place.file("kept"));
        if index.exists() {
            copy(&index, &kept);
        }
        let back = || {
            let _ = fs::remove_dir_all(&index);
            if kept.exists() {
                copy(&kept, &index);
            }
        };
        let before = if kept.exists() { answers(&place, &index) } else { Vec::new() };
        let Some(calls) = calls(&place, deed.args) else {
            eprintln!("skipped: strace cannot trace here");
            return;
        };
        let after = answers(&place, &index);
        assert_eq!(place.json(&["check"])["whole"], true, "{}", deed.name);
        assert_eq!(after, stage::fresh_answers(&place), "{}", deed.name);
        for _ in 0..each {
            back();
            let (call, count) = &calls[random.below(calls.len())];
            let what = format!("{} killed at {call} {count}", deed.name);
            let (trace, kill) = (format!("trace={call}"), format!("inject={call}:signal=KILL:when={count}"));
            let ended = traced(&place, &["-o", "/dev/null", "-e", &trace, "-e", &kill], deed.args).status();
            // Where a process was met that reads for the program, that goes on, and less was read.
            let whole = !ended.expect("strace runs").success();
            killed += usize::from(whole);
            let states: &[&[Value]] = if whole && deed.once { &[&before, &after] } else { &[] };
            expect_right(&place, deed, states, &after, &what);
        }
    }
    eprintln!("killed {killed} times");
    assert!(killed >= 30 * each / 6, "only {killed} were killed");
}

/// Expects that an index answers as one of these states, if any, is whole, and is brought to its end.
fn expect_right(place: &Place, deed: &Deed, states: &[&[Value]], after: &[Value], what: &str) {
    let index = place.file("idx");
    if deed.whole {
        let states: Vec<&[Value]> = states.iter().copied().filter(|state| !state.is_empty()).collect();
        let found = answers(place, &index);
        assert!(states.is_empty() || is_a_state(&found, &states), "{what}: {found:#?}");
        if index.join("excerpt.toml").exists() {
            let check = place.json(&["check"]);
            assert_eq!(check["whole"], true, "{what}: {check:#}");
        }
    }
    let again = place.run(deed.args);
    // What was forgotten before the kill is not known any more.
    let forgotten = again.err.contains("does not hold");
    assert!(again.code == 0 || forgotten, "{what}: {}{}", again.out, again.err);
    if forgotten {
        assert_eq!(place.run(&["index"]).code, 0, "{what}");
    }
    let check = place.json(&["check"]);
    assert_eq!((&check["whole"], &check["left_over"]), (&true.into(), &0.into()), "{what}: {check:#}");
    assert_eq!(left_over(&index), Vec::<String>::new(), "{what}");
    assert_eq!(answers(place, &index), after, "{what}");
}

/// Returns the names of files in the folder of an index that no index has.
fn left_over(index: &Path) -> Vec<String> {
    let known = ["excerpt.toml", "current", "folders.json", "writer.lock", "writer.pid"];
    let names = fs::read_dir(index).expect("it is there").flatten();
    let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| !known.contains(&name.as_str())).collect();
    names.sort();
    if names.len() == 1 && names[0].starts_with('g') { Vec::new() } else { names }
}

#[test]
fn a_long_file_of_records_is_gone_on_with_where_it_was_cut_off() {
    let place = Place::new();
    with_many_records(&place);
    let args = ["index", "--stage", "500K", "--jobs", "1", "articles"];
    let Some(calls) = calls(&place, &args) else { return eprintln!("skipped: strace cannot trace here") };
    // Those that are the first of all threads to be so many: there the run ends.
    let mut seen = BTreeSet::new();
    let renames = calls.iter().filter(|(call, _)| call.starts_with("rename"));
    let renames: Vec<_> = renames.filter(|(_, count)| seen.insert(*count)).collect();
    let mut met = 0;
    for part in 1..5 {
        fs::remove_dir_all(place.file("idx")).expect("it is there");
        let (call, count) = renames[renames.len() * part / 5];
        let (trace, kill) = (format!("trace={call}"), format!("inject={call}:signal=KILL:when={count}"));
        let _ = traced(&place, &["-o", "/dev/null", "-e", &trace, "-e", &kill], &args).status();
        let why = place.run(&["why", "articles/many.jsonl"]).out;
        let held = place.json(&["status"])["articles"].as_u64().expect("it is a number");
        if held > 0 && held < 600 {
            met += 1;
            assert!(why.contains("in progress: "), "{held}: {why}");
            assert!(
                place.json(&["search", "heron", "--refresh", "never"])["notes"]
                    .to_string()
                    .contains("stopped")
            );
            assert_eq!(place.json(&["check"])["whole"], true);
        }
        let report = place.json(&["index", "articles"]);
        assert_eq!((&report["added"], &report["articles"]), (&1.into(), &600.into()), "{report:#}");
        stage::expect_whole(&place, "gone on with");
    }
    assert!(met > 0, "it was never cut off within the file");
}
