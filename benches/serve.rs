//! How many readers `excerpt serve` answers at once, and how long they wait, beside the same searches in this
//! process, one after the other.
//!
//! `cargo bench --bench serve -- [S|M|FOLDER]` makes up a corpus (or indexes the folder), starts the server, and
//! asks it from this process: by one client, by 16 and by 200, each with a connection of its own.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

#[path = "speed/foreign.rs"]
mod foreign;
#[path = "speed/corpus.rs"]
mod corpus;
#[path = "speed/text.rs"]
mod text;
#[path = "speed/words.rs"]
mod words;

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use excerpt::{
    Index,
    index::Update,
    search::{Extent, Query},
};

/// So many queries are asked by turns.
const QUERIES: usize = 60;

/// So many requests are sent by all clients of a round together.
const REQUESTS: usize = 1_200;

fn main() {
    let what = env::args().skip(1).find(|argument| argument != "--bench").unwrap_or_else(|| "S".into());
    let dir = tempfile::tempdir().expect("a temporary folder");
    let folder = match corpus::files(&what) {
        Some(files) => {
            let folder = dir.path().join("articles");
            fs::create_dir(&folder).expect("it can be made");
            corpus::make(&folder, files).expect("it can be written");
            folder
        }
        None => PathBuf::from(&what),
    };
    let place = dir.path().join("index");
    let mut index = Index::create(&place).expect("it can be made");
    let update = Update { folders: vec![folder], ..Update::default() };
    let report = index.update(&update, &mut |_| {}, &Default::default()).expect("it can be indexed");
    let queries = queries(&index);
    println!(
        "{what}: {} articles, {} passages, {} queries of one to three words",
        report.articles,
        report.passages,
        queries.len()
    );

    let mut alone = Vec::new();
    for _ in 0..REQUESTS / queries.len() {
        for text in &queries {
            let began = Instant::now();
            let query = Query { text: text.clone(), snippet: Extent::Sentences, ..Query::default() };
            index.search(&query).expect("it answers");
            alone.push(began.elapsed());
        }
    }
    let floor: Duration = alone.iter().sum();
    let floor = alone.len() as f64 / floor.as_secs_f64();
    println!("\n| | answers a second | of the floor | median | 99 of 100 |\n|---|---|---|---|---|");
    row("in this process, one after the other (the floor)", floor, floor, &mut alone);

    let mut server = Command::new(env!("CARGO_BIN_EXE_excerpt"))
        .args(["serve", "--addr", "127.0.0.1:0", "--json", "--index"])
        .arg(&place)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let address = address(server.stdout.take().expect("it is a pipe"));
    // The folders are watched after this.
    for _ in 0..2 {
        ask(&mut connect(&address), "POST /api/update");
    }
    for clients in [1, 16, 200] {
        let began = Instant::now();
        let mut waited: Vec<Duration> = thread::scope(|scope| {
            let (address, queries) = (&address, &queries);
            let client = move |number: usize| {
                let mut stream = connect(address);
                let asked = (0..REQUESTS / clients).map(|at| {
                    let text = queries[(number * 7 + at) % queries.len()].replace(' ', "+");
                    let began = Instant::now();
                    ask(&mut stream, &format!("GET /api/search?q={text}"));
                    began.elapsed()
                });
                asked.collect::<Vec<_>>()
            };
            let clients: Vec<_> = (0..clients).map(|number| scope.spawn(move || client(number))).collect();
            clients.into_iter().flat_map(|client| client.join().expect("all are answered")).collect()
        });
        let rate = waited.len() as f64 / began.elapsed().as_secs_f64();
        let name = if clients == 1 { "1 client".into() } else { format!("{clients} clients at once") };
        row(&name, rate, floor, &mut waited);
    }
    server.kill().expect("it can be ended");
    server.wait().expect("it ends");
}

fn row(name: &str, rate: f64, floor: f64, waited: &mut [Duration]) {
    waited.sort_unstable();
    let at = |share: f64| waited[((waited.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!("| {name} | {rate:.0} | {:.2} | {:.1} ms | {:.1} ms |", rate / floor, at(0.5), at(0.99));
}

/// Returns queries of words that stand in the articles, rare and common ones.
fn queries(index: &Index) -> Vec<String> {
    let every = Query { text: "the".into(), limit: 200, ..Query::default() };
    let hits = index.search(&every).expect("it answers").hits;
    let words: Vec<String> = hits
        .iter()
        .flat_map(|hit| hit.text.split_whitespace().map(str::to_lowercase))
        .filter(|word| word.len() > 4 && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        .collect();
    let stride = (words.len() / (3 * QUERIES)).max(1);
    let chosen: Vec<&String> = words.iter().step_by(stride).take(3 * QUERIES).collect();
    let phrase = |(at, three): (usize, &[&String])| {
        three.iter().take(at % 3 + 1).map(|word| word.as_str()).collect::<Vec<_>>().join(" ")
    };
    chosen.chunks(3).enumerate().map(phrase).collect()
}

fn address(out: impl Read) -> String {
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line).expect("it says where it is");
    let said: serde_json::Value = serde_json::from_str(&line).expect("it is an object");
    said["address"].as_str().expect("it has one").into()
}

fn connect(address: &str) -> BufReader<TcpStream> {
    let stream = TcpStream::connect(Path::new(address).to_str().expect("it is text")).expect("it listens");
    stream.set_nodelay(true).expect("it can be set");
    BufReader::new(stream)
}

/// Asks and reads the answer, which must be one; the connection stays open unless it is a stream of events.
fn ask(stream: &mut BufReader<TcpStream>, request: &str) {
    let close = if request.starts_with("POST") { "Connection: close\r\n" } else { "" };
    write!(stream.get_mut(), "{request} HTTP/1.1\r\nHost: localhost\r\n{close}\r\n")
        .expect("it can be asked");
    let (mut line, mut length) = (String::new(), None);
    stream.read_line(&mut line).expect("it answers");
    assert!(line.contains(" 200 "), "{line}");
    while line.trim() != "" {
        line.clear();
        stream.read_line(&mut line).expect("it goes on");
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse::<usize>().ok();
        }
    }
    match length {
        Some(length) => stream.read_exact(&mut vec![0; length]).expect("it is whole"),
        None => _ = stream.read_to_end(&mut Vec::new()).expect("it ends"),
    }
}
