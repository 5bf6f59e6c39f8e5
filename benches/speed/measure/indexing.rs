//! Rows about making the index and keeping it up to date.

use std::{collections::HashSet, fs, io::Write, path::PathBuf};

use super::{
    Bench, Row, parts,
    process::{self, Cost, Samples, again, excerpt, floor},
};

/// The memory that an update may use unless told otherwise, in bytes.
const MEMORY: f64 = (256 << 20) as f64;

/// One first index of all kinds, one after the other.
pub(crate) struct Round {
    single: Cost,
    several: Cost,
    one_field: Cost,
    same_fields: Cost,
    same_several: Cost,
}

/// Makes all indexes, new ones each time.
pub(crate) fn round(bench: &Bench) -> Round {
    let (folder, passages) = (bench.articles.to_string_lossy(), bench.passages.to_string_lossy());
    let fresh = |name: &str| {
        let dir = bench.dir(name);
        let _ = fs::remove_dir_all(&dir);
        dir.to_string_lossy().into_owned()
    };
    let ours = |name: &str, jobs: usize| {
        excerpt(&["index", &folder, "--index", &fresh(name), "--jobs", &jobs.to_string()])
    };
    let theirs = |name: &str, fields: &str, threads: usize| {
        floor(&["index", fields, &threads.to_string(), &passages, &fresh(name)])
    };
    Round {
        single: ours("single", 1),
        one_field: theirs("one", "one", 1),
        several: ours("several", bench.jobs),
        same_fields: theirs("same", "same", 1),
        same_several: theirs("same_several", "same", bench.jobs),
    }
}

fn samples(bench: &Bench, of: impl Fn(&Round) -> f64) -> Samples {
    Samples::of(bench.first.iter().map(of))
}

pub(crate) fn index(bench: &Bench) -> Vec<Row> {
    let time = |of: fn(&Round) -> f64| format!("{} s", samples(bench, of).show(1.0, 2));
    let jobs = bench.jobs;
    vec![
        Row {
            ours: time(|round| round.single.cpu),
            floor: time(|round| round.same_fields.cpu),
            must: Some(1.1),
            aim: Some(0.9),
            ..Row::ratio(
                "first index, CPU, against the same fields",
                &samples(bench, |round| round.single.cpu / round.same_fields.cpu),
            )
        },
        Row {
            ours: time(|round| round.single.cpu),
            floor: time(|round| round.one_field.cpu),
            must: Some(1.6),
            aim: Some(1.2),
            ..Row::ratio(
                "first index, CPU, against one stemmed field",
                &samples(bench, |round| round.single.cpu / round.one_field.cpu),
            )
        },
        Row {
            ours: time(|round| round.several.wall),
            floor: time(|round| round.single.wall),
            must: Some(0.6),
            aim: Some(0.52),
            ..Row::ratio(
                &format!("first index, wall, {jobs} jobs against 1"),
                &samples(bench, |round| round.several.wall / round.single.wall),
            )
        },
        Row {
            floor: [time(|round| round.same_several.wall), time(|round| round.same_fields.wall)].join(" / "),
            ..Row::ratio(
                &format!("the same of tantivy alone, {jobs} threads against 1"),
                &samples(bench, |round| round.same_several.wall / round.same_fields.wall),
            )
        },
        Row {
            ours: time(|round| round.several.cpu),
            floor: time(|round| round.single.cpu),
            ..Row::ratio(
                &format!("first index, CPU, {jobs} jobs against 1"),
                &samples(bench, |round| round.several.cpu / round.single.cpu),
            )
        },
    ]
}

/// The texts taken apart, and nothing indexed.
pub(crate) fn analysis(bench: &Bench) -> Vec<Row> {
    let chain = |name: &str| again(&[":analyse", name, &bench.passages.to_string_lossy()]).cpu;
    let rounds = (0..bench.rounds).map(|_| {
        let reading = chain("none");
        (chain("own") - reading, chain("stock") - reading)
    });
    let rounds: Vec<(f64, f64)> = rounds.collect();
    vec![Row {
        ours: format!("{} s", Samples::of(rounds.iter().map(|round| round.0)).show(1.0, 2)),
        floor: format!("{} s", Samples::of(rounds.iter().map(|round| round.1)).show(1.0, 2)),
        ..Row::ratio(
            "analysis alone, CPU, against `en_stem`",
            &Samples::of(rounds.iter().map(|(own, stock)| own / stock)),
        )
    }]
}

pub(crate) fn memory(bench: &Bench) -> Vec<Row> {
    let row = |what: String, peak: Samples| Row {
        what,
        ours: format!("{} MB", peak.show(1e-6, 0)),
        floor: format!("{:.0} MB", MEMORY / 1e6),
        figure: format!("{:+.0} MB", (peak.median() - MEMORY) / 1e6),
        value: (peak.median() - MEMORY) / 1e6,
        must: Some(100.0),
        aim: Some(0.0),
    };
    vec![
        row("peak memory while indexing, 1 job".into(), samples(bench, |round| round.single.peak)),
        row(
            format!("peak memory while indexing, {} jobs", bench.jobs),
            samples(bench, |round| round.several.peak),
        ),
    ]
}

pub(crate) fn size(bench: &Bench) -> Vec<Row> {
    let bytes = |name: &str| bench.index_bytes(name) as f64;
    let row = |what: &str, size: f64| Row {
        ours: format!("{:.1} MB", size / 1e6),
        floor: format!("{:.1} MB", bench.bytes as f64 / 1e6),
        ..Row::ratio(what, &Samples::of([size / bench.bytes as f64]))
    };
    vec![
        Row { must: Some(0.95), aim: Some(0.75), ..row("index size against the source", bytes("several")) },
        row("(tantivy, the same fields)", bytes("same")),
        row("(tantivy, one stemmed field)", bytes("one")),
    ]
}

/// Nothing changed: again and again, between bare walks.
pub(crate) fn unchanged(bench: &Bench) -> Vec<Row> {
    let plain = unchanged_once(bench, "index again, nothing changed, CPU", 1.5);
    // A rule that leaves nothing out, in every folder.
    for folder in bench.folders() {
        fs::write(folder.join(".ignore"), "*.unheard-of\n").expect("it can be written");
    }
    let ignoring = unchanged_once(bench, "the same with a file of rules in every folder", 2.0);
    for folder in bench.folders() {
        fs::remove_file(folder.join(".ignore")).expect("it can be removed");
    }
    vec![plain, ignoring]
}

fn unchanged_once(bench: &Bench, what: &str, must: f64) -> Row {
    let (folder, dir) = (bench.articles.to_string_lossy(), bench.dir("single"));
    let update = ["index", "--index", &dir.to_string_lossy()].map(String::from);
    process::settle();
    excerpt(&update);
    let rounds = (0..6 * bench.rounds + 1).map(|_| {
        let ours = excerpt(&update).cpu - excerpt(&["--version"]).cpu;
        (ours, floor(&["walk", &folder]).cpu - floor(&["nothing"]).cpu)
    });
    let rounds: Vec<(f64, f64)> = rounds.collect();
    Row {
        ours: format!("{} ms", Samples::of(rounds.iter().map(|round| round.0)).show(1e3, 1)),
        floor: format!("{} ms", Samples::of(rounds.iter().map(|round| round.1)).show(1e3, 1)),
        must: Some(must),
        aim: Some(1.25),
        ..Row::ratio(what, &Samples::of(rounds.iter().map(|(ours, walk)| ours / walk)))
    }
}

/// Returns one file in a hundred, others each time.
fn some(bench: &Bench, time: usize) -> impl Iterator<Item = &PathBuf> {
    bench.files.iter().map(|(path, _)| path).skip(time % 100).step_by(100)
}

/// Adds a line to some files, and brings the index up to date.
fn change(bench: &Bench, time: usize) -> Cost {
    for path in some(bench, time) {
        let mut file = fs::File::options().append(true).open(path).expect("it can be opened");
        writeln!(file, "\nChange {time} of the articles is this line.").expect("it can be written");
    }
    process::settle();
    excerpt(&["index", "--index", &bench.dir("single").to_string_lossy(), "--jobs", "1"])
}

/// Has tantivy index the passages of some files anew.
fn replace(bench: &Bench, time: usize) -> Cost {
    let name =
        |path: &PathBuf| path.strip_prefix(&bench.articles).map(|name| name.to_string_lossy().into_owned());
    let names: HashSet<String> = some(bench, time).filter_map(|path| name(path).ok()).collect();
    let picked = bench.dir("picked");
    parts::pick(&bench.passages, &picked, &|path| names.contains(path)).expect("they can be read");
    process::settle();
    floor(&["update", &picked.to_string_lossy(), &bench.dir("same").to_string_lossy()])
}

pub(crate) fn changed(bench: &Bench) -> Vec<Row> {
    let row = |what: &str, update: fn(&Bench, usize) -> Cost, first: fn(&Round) -> f64| {
        let costs = Samples::of((0..2 * bench.rounds + 1).map(|time| update(bench, 13 * time + 7).cpu));
        let first = samples(bench, first);
        let share = Samples::of(costs.0.iter().map(|cost| cost / first.median()));
        Row {
            what: what.into(),
            ours: format!("{} ms", costs.show(1e3, 0)),
            floor: format!("{} s", first.show(1.0, 2)),
            figure: format!("{} %", share.show(100.0, 1)),
            value: share.median() * 100.0,
            ..Row::default()
        }
    };
    let what = "index again, 1 % of files changed, CPU, against the first index";
    vec![
        Row { must: Some(2.0), aim: Some(1.5), ..row(what, change, |round| round.single.cpu) },
        row("(tantivy, the same fields, fed the passages of 1 % of files)", replace, |round| {
            round.same_fields.cpu
        }),
    ]
}

/// Many small updates, one after the other.
pub(crate) fn history(bench: &Bench) -> Vec<Row> {
    let before = bench.index_bytes("single") as f64;
    let updates = (0..100).map(|time| (change(bench, time).cpu, bench.segments("single")));
    let updates: Vec<(f64, u64)> = updates.collect();
    let most = updates.iter().map(|(_, segments)| *segments).max().unwrap_or_default();
    let mean = updates.iter().map(|(cpu, _)| cpu).sum::<f64>() / updates.len() as f64;
    let growth = bench.index_bytes("single") as f64 / before;
    vec![Row {
        what: "segments, at most, in 100 updates of 1 %".into(),
        ours: format!("{:.0} ms CPU each, {growth:.2} of the size in the end", mean * 1e3),
        figure: most.to_string(),
        value: most as f64,
        must: Some(8.0),
        ..Row::default()
    }]
}
