//! Exchanges line by line, as no client would have them.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, Command, Stdio},
};

use serde_json::{Value, json};

use crate::place::Place;

const HELLO: &str = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"lines","version":"1"}}}"#;
const READY: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;

/// A server that is spoken to in lines.
struct Server {
    child: Child,
    input: Option<ChildStdin>,
    out: BufReader<std::process::ChildStdout>,
}

impl Server {
    fn new(place: &Place) -> Self {
        let mut command: Command = place.command(&["mcp"]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let input = child.stdin.take();
        let out = BufReader::new(child.stdout.take().expect("it has an output"));
        Self { child, input, out }
    }

    fn greeted(place: &Place) -> Self {
        let mut server = Self::new(place);
        server.say(HELLO);
        assert_eq!(server.hear()["result"]["serverInfo"]["name"], "excerpt");
        server.say(READY);
        server
    }

    fn say(&mut self, line: &str) {
        let input = self.input.as_mut().expect("it is open");
        input.write_all(line.as_bytes()).and_then(|()| input.write_all(b"\n")).expect("it listens");
    }

    /// Returns the next line, which is a message.
    fn hear(&mut self) -> Value {
        let mut line = String::new();
        self.out.read_line(&mut line).expect("it answers");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// Closes its input, and returns what it still says, and its exit code.
    fn close(mut self) -> (Vec<Value>, Option<i32>) {
        drop(self.input.take());
        let rest =
            self.out.lines().map(|line| serde_json::from_str(&line.expect("text")).expect("a message"));
        (rest.collect(), self.child.wait().expect("it ends").code())
    }
}

fn call(id: u32, tool: &str, arguments: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": tool, "arguments": arguments}})
        .to_string()
}

fn indexed() -> Place {
    let place = Place::with_articles();
    place.index("articles");
    place
}

#[test]
fn what_is_no_message_is_answered_and_the_next_one_is_too() {
    let place = indexed();
    let mut server = Server::greeted(&place);
    let huge = format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"{}\"}}", "x".repeat(3 << 20));
    for (line, code) in [
        ("{", -32_700),
        ("not JSON", -32_700),
        (&*"[".repeat(50_000), -32_700),
        ("\"\\ud800\"", -32_700),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32_600),
        ("null", -32_600),
        (r#"{"jsonrpc":"2.0","id":1}"#, -32_600),
        (r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32_600),
        (&huge, -32_600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"nonsense"}"#, -32_601),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"file:///etc/passwd"}}"#,
            -32_601,
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"shell","arguments":{}}}"#,
            -32_602,
        ),
    ] {
        server.say(line);
        let answer = server.hear();
        assert_eq!(answer["error"]["code"], code, "{:.80}: {answer}", line);
        server.say(r#"{"jsonrpc":"2.0","id":"p","method":"ping"}"#);
        assert_eq!(server.hear(), json!({"jsonrpc": "2.0", "id": "p", "result": {}}), "{:.80}", line);
    }
    // Notifications are never answered, whatever they are.
    server.say(r#"{"jsonrpc":"2.0","method":"notifications/nonsense","params":[1]}"#);
    server.say(r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":99}}"#);
    server.say("");
    assert_eq!(server.close(), (Vec::new(), Some(0)));
}

#[test]
fn the_end_of_its_input_ends_it() {
    let place = indexed();
    assert_eq!(Server::new(&place).close(), (Vec::new(), Some(0)), "before anything was said");
    assert_eq!(Server::greeted(&place).close(), (Vec::new(), Some(0)), "after the greeting");
    let mut server = Server::greeted(&place);
    server.say(&call(1, "search", &json!({"query": "moon"})));
    let (rest, code) = server.close();
    assert_eq!((rest.len(), code), (1, Some(0)), "with a call on its way: {rest:?}");
    assert_eq!(rest[0]["result"]["structuredContent"]["hits"][0]["path"], "tides.txt");
}

#[test]
fn a_client_that_reads_no_more_ends_it() {
    let place = indexed();
    let mut server = Server::greeted(&place);
    let (mut child, mut input) = (server.child, server.input.take().expect("it is open"));
    drop(server.out);
    // It notices with the answers that it cannot give.
    while input.write_all(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n").is_ok() {}
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_and_the_index_stays_whole() {
    let place = indexed();
    let mut server = Server::greeted(&place);
    place.write("articles/new.txt", "A lighthouse.");
    server.say(&call(1, "search", &json!({"query": "lighthouse"})));
    let pid = server.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("it runs").success());
    assert_eq!(server.child.wait().expect("it ends").code(), None, "it ended of the signal");
    let check = place.run(&["check"]);
    assert_eq!(check.code, 0, "{}", check.out);
    assert_eq!(place.json(&["search", "lighthouse"])["total"], 1);
}

#[test]
fn nothing_but_the_protocol_is_printed_whatever_happens() {
    let place = Place::with_articles();
    place.write("articles/broken.pdf", "%PDF-1.7 and nothing more");
    place.write("articles/broken.epub", "PK\u{3}\u{4} and nothing more");
    let mut command = place.command(&["mcp", "--json", "--color", "always", "--in", "articles"]);
    let mut child = command
        .env("RUST_BACKTRACE", "1")
        .env("RUST_LOG", "trace")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = child.stdin.take().expect("it is open");
    for line in [HELLO, READY, &call(1, "search", &json!({"query": "moon"})), &call(2, "status", &json!({}))]
    {
        writeln!(input, "{line}").expect("it listens");
    }
    let mut out = BufReader::new(child.stdout.take().expect("it has an output"));
    let mut ids = Vec::new();
    for _ in 0..3 {
        let mut line = String::new();
        out.read_line(&mut line).expect("it answers");
        let message: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        assert_eq!(message["jsonrpc"], "2.0");
        ids.push(message["id"].as_u64());
    }
    ids.sort_unstable();
    assert_eq!(ids, [Some(0), Some(1), Some(2)]);
    drop(input);
    let rest: Vec<String> = out.lines().map(|line| line.expect("text")).collect();
    assert!(rest.is_empty(), "{rest:?}");
    let said = child.wait_with_output().expect("it ends");
    assert!(String::from_utf8_lossy(&said.stderr).contains("3 articles in "), "{said:?}");
}

#[test]
fn a_call_that_is_cancelled_is_not_answered() {
    let place = indexed();
    let mut server = Server::greeted(&place);
    server.say(&call(7, "search", &json!({"query": "moon"})));
    server.say(r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#);
    server.say(r#"{"jsonrpc":"2.0","id":8,"method":"ping"}"#);
    // Whichever was first, the server goes on.
    let (rest, code) = server.close();
    let ids: Vec<&Value> = rest.iter().map(|message| &message["id"]).collect();
    assert!(ids.contains(&&json!(8)) && code == Some(0), "{rest:?}");
}
