//! Rows about searching.

use std::{env, fs, process::Command};

use serde_json::Value;

use super::{
    Bench, Row,
    process::{self, Cost, Samples, again, excerpt, floor, printed},
};

/// Searches an index of ours as it was committed, with more arguments.
fn ours(bench: &Bench, query: &str, more: &[&str]) -> Cost {
    let dir = bench.dir("several");
    let dir = dir.to_string_lossy();
    let mut arguments = vec!["search", "--index", &dir, "--color", "always"];
    arguments.extend(more);
    arguments.extend(["--", query]);
    excerpt(&arguments)
}

fn never(bench: &Bench, query: &str) -> Cost {
    ours(bench, query, &["--refresh", "never"])
}

fn theirs(bench: &Bench, mapping: &str, query: &str) -> Cost {
    floor(&["search", mapping, &bench.dir("one").to_string_lossy(), query])
}

/// Two ways to do a thing, for several queries.
struct Pair {
    /// The mean over queries of the medians of each.
    means: [f64; 2],
    /// The ratio of the medians of each query.
    ratios: Samples,
}

impl Pair {
    /// Does both in turn, several times.
    fn of(bench: &Bench, queries: &[&String], both: [&dyn Fn(&str) -> f64; 2]) -> Self {
        let mut medians = Vec::new();
        for query in queries {
            let mut samples = [Vec::new(), Vec::new()];
            for round in 0..2 * bench.rounds + 1 {
                let costs = both.map(|way| way(query));
                // The first run only warms the cache.
                if round > 0 {
                    samples.iter_mut().zip(costs).for_each(|(samples, cost)| samples.push(cost));
                }
            }
            medians.push(samples.map(|samples| Samples::of(samples).median()));
        }
        let mean = |at: usize| medians.iter().map(|two| two[at]).sum::<f64>() / medians.len() as f64;
        Self { means: [mean(0), mean(1)], ratios: Samples::of(medians.iter().map(|two| two[0] / two[1])) }
    }

    fn row(&self, what: &str) -> Row {
        let [ours, theirs] = self.means;
        let ratio = ours / theirs;
        let (least, most) = (self.ratios.0.first(), self.ratios.0.last());
        Row {
            what: what.into(),
            ours: format!("{:.1} ms", ours * 1e3),
            floor: format!("{:.1} ms", theirs * 1e3),
            figure: format!("{ratio:.2} [{:.2}–{:.2}]", least.unwrap_or(&ratio), most.unwrap_or(&ratio)),
            value: ratio,
            ..Row::default()
        }
    }
}

pub(crate) fn start(bench: &Bench) -> Vec<Row> {
    let source = bench.dir("hello.rs");
    fs::write(&source, "fn main() { println!(\"hello\"); }\n").expect("it can be written");
    let (hello, compiler) = (bench.dir("hello"), env::var_os("RUSTC").unwrap_or("rustc".into()));
    let built = Command::new(compiler).args(["-O", "-o"]).args([&hello, &source]).status();
    if !built.is_ok_and(|status| status.success()) {
        return Vec::new();
    }
    let nothing = || process::run::<&str>(hello.as_os_str(), &[], None).cpu;
    let pair = Pair::of(bench, &[&String::new()], [&|_| excerpt(&["--version"]).cpu, &|_| nothing()]);
    vec![pair.row("`excerpt --version` against a hello-world, CPU")]
}

pub(crate) fn search(bench: &Bench) -> Vec<Row> {
    let pair = |queries: &[&String]| {
        Pair::of(
            bench,
            queries,
            [&|query| never(bench, query).cpu, &|query| theirs(bench, "default", query).cpu],
        )
    };
    let all: Vec<&String> = bench.queries.all_short().collect();
    let mut rows = vec![Row { must: Some(1.8), aim: Some(1.2), ..pair(&all).row("one search, CPU") }];
    for (words, queries) in (1..).zip(&bench.queries.short) {
        rows.push(pair(&queries.iter().collect::<Vec<_>>()).row(&format!("… of {words} words")));
    }
    rows.push(pair(&bench.queries.phrases.iter().collect::<Vec<_>>()).row("… of a phrase"));
    let three: Vec<&String> = bench.queries.short[2].iter().collect();
    let by_article = |query: &str| ours(bench, query, &["--refresh", "never", "--by", "article"]).cpu;
    let pair = Pair::of(bench, &three, [&by_article, &|query| never(bench, query).cpu]);
    rows.push(pair.row("… of 3 words, by article, against by passage"));
    rows
}

pub(crate) fn refresh(bench: &Bench) -> Vec<Row> {
    let all: Vec<&String> = bench.queries.all_short().collect();
    let extra = |what: &str, of: fn(Cost) -> f64| {
        let pair =
            Pair::of(bench, &all, [&|query| of(ours(bench, query, &[])), &|query| of(never(bench, query))]);
        let extra = (pair.means[0] - pair.means[1]) * 1e3;
        Row {
            figure: format!("{extra:+.1} ms"),
            value: extra,
            must: Some(20.0),
            aim: Some(5.0),
            ..pair.row(what)
        }
    };
    vec![
        extra("one search with the default refresh, nothing changed, CPU, against none", |cost| cost.cpu),
        extra("the same, wall", |cost| cost.wall),
    ]
}

pub(crate) fn question(bench: &Bench) -> Vec<Row> {
    let long = |three: &str| {
        let at = bench.queries.three.iter().position(|other| other == three).unwrap_or_default();
        bench.queries.seven[at].clone()
    };
    let three: Vec<&String> = bench.queries.three.iter().collect();
    let pair =
        Pair::of(bench, &three, [&|query| never(bench, &long(query)).cpu, &|query| never(bench, query).cpu]);
    vec![Row {
        must: Some(3.0),
        aim: Some(2.0),
        ..pair.row("a question of 7 words with stop words, CPU, against its 3 words")
    }]
}

/// The page cache is emptied of the index before each run.
pub(crate) fn cold(bench: &Bench) -> Vec<Row> {
    let all: Vec<&String> = bench.queries.all_short().collect();
    let cold = |name: &str, run: &dyn Fn() -> Cost| {
        process::cool(&bench.dir(name));
        run().wall
    };
    let own = |query: &str| cold("several", &|| never(bench, query));
    let raw = |mapping: &'static str| move |query: &str| cold("one", &|| theirs(bench, mapping, query));
    let (default, random) = (raw("default"), raw("random"));
    let mapped = |mapping: &'static str| {
        move |query: &str| {
            let dir = bench.dir("several");
            cold("several", &|| again(&[":own", mapping, &dir.to_string_lossy(), query]))
        }
    };
    let (own_default, own_random) = (mapped("default"), mapped("random"));
    vec![
        Row {
            must: Some(0.6),
            aim: Some(0.5),
            ..Pair::of(bench, &all, [&own_random, &own_default])
                .row("one search, page cache cold, wall, as mapped against tantivy's default mapping")
        },
        Pair::of(bench, &all, [&own, &default]).row("one search, page cache cold, wall, against tantivy"),
        Pair::of(bench, &all, [&random, &default])
            .row("(tantivy mapped for random access, cold, wall, against its default)"),
    ]
}

/// Queries that ask for much.
pub(crate) fn hard(bench: &Bench) -> Vec<Row> {
    let queries = &bench.queries;
    let deep = ["--offset", "10000"];
    let nested = format!("{}{}{}", "(".repeat(1_000), queries.commonest, ")".repeat(1_000));
    let every = format!("{0} OR {0}* OR /.*/ OR {0}~", queries.commonest);
    let shapes =
        (b'a'..=b'h').map(|letter| format!("/.*{}/", char::from(letter))).collect::<Vec<_>>().join(" OR ");
    let asked: [(&str, &str, &[&str]); 11] = [
        ("`a*`", "a*", &[]),
        ("`/.*/`", "/.*/", &[]),
        ("8 shapes, by the last letter", &shapes, &[]),
        ("three words of any shape side by side", "/.*-.*-.*/", &[]),
        ("1,000 words", &queries.thousand, &[]),
        ("the commonest word", &queries.commonest, &[]),
        ("`the`", "the", &[]),
        ("the commonest word, passages 10,001 to 10,010", &queries.commonest, &deep),
        ("the commonest word, by article", &queries.commonest, &["--by", "article"]),
        ("1,000 brackets", &nested, &[]),
        ("a word, its beginnings, its spellings, or any", &every, &[]),
    ];
    let rows = asked.into_iter().map(|(what, query, more)| {
        // The first finds on disk what the others find in the system's cache.
        let costs = (0..=bench.rounds).map(|_| ours(bench, query, &[&["--refresh", "never"], more].concat()));
        let costs: Vec<Cost> = costs.skip(1).collect();
        let of = |of: fn(&Cost) -> f64| Samples::of(costs.iter().map(of));
        let wall = of(|cost| cost.wall);
        Row {
            what: format!("{what}, wall"),
            ours: format!(
                "CPU {:.0} ms, {:.0} MB",
                of(|cost| cost.cpu).median() * 1e3,
                of(|cost| cost.peak).median() / 1e6
            ),
            figure: format!("{} s", wall.show(1.0, 2)),
            value: wall.median(),
            must: Some(1.0),
            aim: Some(0.2),
            ..Row::default()
        }
    });
    rows.collect()
}

/// An index made by one reader and one made by several answer alike.
pub(crate) fn jobs(bench: &Bench) -> Vec<Row> {
    let hits = |name: &str, query: &str| {
        let dir = bench.dir(name);
        let printed = printed(&[
            "search",
            "--index",
            &dir.to_string_lossy(),
            "--json",
            "--refresh",
            "never",
            "--",
            query,
        ]);
        let answer: Value = serde_json::from_str(&printed).expect("it prints JSON");
        (answer["hits"].to_string(), answer["total"].clone())
    };
    let queries: Vec<&String> = bench.queries.all_short().chain(&bench.queries.seven).collect();
    let other = queries.iter().filter(|query| hits("single", query) != hits("several", query)).count();
    vec![Row {
        what: format!("queries answered otherwise after {} jobs than after 1", bench.jobs),
        ours: format!("of {}", queries.len()),
        figure: other.to_string(),
        value: other as f64,
        must: Some(0.0),
        ..Row::default()
    }]
}
