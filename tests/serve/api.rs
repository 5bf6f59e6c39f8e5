//! The API.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    thread,
};

use serde_json::{Value, json};

use crate::{place::Place, server::Server};

/// Waits for the next event of this name; the stream is that of `/api/events`.
fn next(events: &mut impl BufRead, name: &str) {
    let mut line = String::new();
    while line.trim() != format!("event: {name}") {
        line.clear();
        assert!(events.read_line(&mut line).expect("it goes on") > 0, "it ended before `{name}`");
    }
}

#[test]
fn the_api_answers_as_the_command_line_does() {
    let place = Place::with_articles();
    place.index("articles");
    let server = Server::start(&place, &[]);
    server.settle();
    let check = |path: &str, args: &[&str]| {
        let reply = server.get(path);
        assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"), "{path}");
        let mut expected = place.json(args);
        let mut given = reply.json();
        // What is heard of is known, what is not must be looked at.
        for answer in [&mut expected, &mut given] {
            answer["index"]["updated"] = Value::Null;
            answer["updated"] = Value::Null;
        }
        assert_eq!(given, expected, "{path}");
    };
    check("/api/search?q=agentic+water&facets=1", &["search", "agentic", "water", "--facets"]);
    check("/api/search?q=%22tide%20is%20late%22", &["search", "\"tide is late\""]);
    check("/api/search?q=tidez+nothing", &["search", "tidez nothing"]);
    check("/api/search?q=the&limit=1&offset=1", &["search", "the", "-n", "1", "--offset", "1"]);
    check(
        "/api/search?q=water&after=2025&by=article",
        &["search", "water", "--after", "2025", "--by", "article"],
    );
    let file = place.file("articles/tides.txt").display().to_string();
    check(&format!("/api/search?q=water&in={file}"), &["search", "water", "--in", &file]);
    let texts = server.json("/api/search?q=water&format=text");
    assert_eq!(texts["total"], place.json(&["search", "water format:text"])["total"]);
}

#[test]
fn an_article_is_shown_by_id_and_by_path() {
    let place = Place::with_articles();
    place.index("articles");
    let server = Server::start(&place, &[]);
    let id = server.json("/api/search?q=agentic")["hits"][0]["id"].as_str().expect("a hit").to_string();
    let by_id = server.json(&format!("/api/show?id={id}&context=0"));
    assert_eq!(
        by_id["passages"][0]["text"].as_str().map(str::trim_end),
        Some("Llama 4 will have agentic capabilities. It acts by itself.")
    );
    let by_path = server.json("/api/show?path=llama.md");
    assert_eq!(
        (&by_path["title"], by_path["passages"].as_array().map(Vec::len)),
        (&json!("Plans for Llama 4"), Some(2))
    );
    let like = server.json(&format!("/api/similar?id={id}"));
    assert_eq!(like["schema"], 1);
    assert_eq!(server.get("/api/show?id=ffffffffffffffff:1").status, 404);
    assert_eq!(server.json("/api/show?path=/etc/passwd")["error"]["kind"], "unknown-passage");
    assert_eq!(server.json("/api/show")["error"]["kind"], "usage");
}

#[test]
fn what_cannot_be_taken_is_named() {
    let place = Place::with_articles();
    place.index("articles");
    let server = Server::start(&place, &["--no-watch"]);
    let check = |path: &str, status: u16, expected: &str| {
        let reply = server.get(path);
        let object = reply.json();
        assert_eq!(reply.status, status, "{path}: {object}");
        let message = object["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains(expected), "{path}: {object}");
    };
    check("/api/search?q=a&limt=3", 400, "`limt` is not a parameter");
    check("/api/search?q=a&q=b", 400, "`q` is given twice");
    check("/api/search?q=a&limit=0", 400, "`limit` takes a number from 1 to 100");
    check("/api/search?q=a&limit=many", 400, "`limit`");
    check("/api/search?q=a&offset=10001", 400, "`offset`");
    check("/api/search?q=a&after=someday", 400, "`after`");
    check("/api/search?q=a&sort=best", 400, "takes one of relevance, date, modified");
    check("/api/search?q=a&exact=maybe", 400, "`exact`");
    check(&format!("/api/search?q={}", "a".repeat(5_000)), 400, "longer than 4096");
    check("/api/status?all=1", 400, "`all` is not a parameter");
    check("/api/nothing", 404, "there is no /api/nothing");
    let posted = server.request("POST", "/api/search?q=a", &[]);
    assert_eq!((posted.status, &posted.json()["error"]["kind"]), (405, &json!("usage")));
    assert_eq!(server.get("/api/update").status, 405);
}

#[test]
fn an_answer_that_the_client_has_is_not_sent_again() {
    let place = Place::with_articles();
    place.index("articles");
    let server = Server::start(&place, &[]);
    let mut stream = server.connect();
    write!(stream, "GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("it can be asked");
    let mut events = BufReader::new(stream);
    server.settle();
    let first = server.get("/api/search?q=water");
    let tag = first.header("etag").to_string();
    assert!(tag.starts_with("W/\""), "{:?}", first.headers);
    let again = server.request("GET", "/api/search?q=water", &[("If-None-Match", &tag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));

    place.write("articles/new.txt", "Fresh water comes from the spring.\n");
    let then = loop {
        next(&mut events, "done");
        let then = server.request("GET", "/api/search?q=water", &[("If-None-Match", &tag)]);
        if then.status == 200 && then.json()["index"]["articles"] == 4 {
            break then;
        }
    };
    assert_eq!(then.json()["index"]["compared"], 4);
}

#[test]
fn an_update_tells_how_it_goes() {
    let place = Place::with_articles();
    let server = Server::start(&place, &["--no-watch", "--in", "articles"]);
    // The first one indexes the folder; this one begins after it.
    let told = server.update();
    assert!(told.contains("event: done\ndata: {"), "{told}");
    assert_eq!(server.json("/api/status")["articles"], 3);
    place.write("articles/new.txt", "Fresh water comes from the spring.\n");
    place.remove("articles/llama.md");
    let told = server.update();
    let done = told.lines().rev().find_map(|line| line.strip_prefix("data: ")).expect("it ended");
    let done: Value = serde_json::from_str(done).expect("it is an object");
    assert_eq!((&done["added"], &done["removed"], &done["failed"]), (&json!(1), &json!(1), &json!(0)));
    let answer = server.json("/api/search?q=spring");
    assert_eq!((&answer["total"], &answer["index"]["compared"]), (&json!(1), &json!(3)));
}

#[test]
fn an_address_that_is_taken_is_named() {
    let place = Place::with_articles();
    let taken = TcpListener::bind("127.0.0.1:0").and_then(|taken| Ok((taken.local_addr()?, taken)));
    let (address, _taken) = taken.expect("a port is free");
    place.index("articles");
    let answer = place.run(&["serve", "--addr", &address.to_string()]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains(&format!("cannot listen on {address}: ")), "{}", answer.err);
    assert!(answer.err.contains("hint: --addr takes another port"), "{}", answer.err);
}

#[test]
fn an_index_that_is_taken_away_costs_an_answer_and_not_the_server() {
    let place = Place::with_articles();
    place.index("articles");
    let server = Server::start(&place, &["--no-watch"]);
    server.update();
    std::fs::remove_dir_all(place.file("idx")).expect("it can be taken away");
    let gone = server.get("/api/search?q=water");
    assert_eq!((gone.status, &gone.json()["error"]["kind"]), (503, &json!("no-index")));
    assert_eq!(server.get("/?q=water").status, 503);
    place.index("articles");
    assert_eq!(server.get("/api/search?q=water").status, 200);
}

/// Says that an object has no key that its schema does not name, and all that are always there.
fn check_schema(description: &Value, schema: &Value, value: &Value, at: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        let schema = description.pointer(reference.trim_start_matches('#')).expect("it is there");
        return check_schema(description, schema, value, at);
    }
    if let (Some(properties), Some(object)) = (schema["properties"].as_object(), value.as_object()) {
        for (key, value) in object {
            let known = properties.get(key).unwrap_or_else(|| panic!("{at}.{key} is not described"));
            check_schema(description, known, value, &format!("{at}.{key}"));
        }
    }
    if let Some(values) = value.as_array() {
        values.iter().for_each(|value| check_schema(description, &schema["items"], value, at));
    }
    let is_of = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("{at}: what is {other}?"),
    };
    match &schema["type"] {
        Value::String(name) => assert!(is_of(name), "{at} is {value}"),
        Value::Array(names) => assert!(names.iter().filter_map(Value::as_str).any(is_of), "{at} is {value}"),
        _ => {}
    }
    if let Some(values) = schema["enum"].as_array() {
        assert!(values.contains(value), "{at} is {value}");
    }
}

#[test]
fn the_description_is_what_is_answered() {
    let place = Place::with_articles();
    place.write("articles/copy.txt", std::fs::read(place.file("articles/tides.txt")).expect("it is there"));
    place.index("articles");
    let server = Server::start(&place, &["--no-watch"]);
    let description = server.json("/api/openapi.json");
    assert_eq!(description["openapi"], "3.1.0");
    let id = server.json("/api/search?q=agentic")["hits"][0]["id"].as_str().expect("a hit").to_string();
    let paths = description["paths"].as_object().expect("there are some");
    assert!(paths.len() >= 7);
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().expect("it is answered by some") {
            let queries = match path.as_str() {
                "/api/search" => vec![
                    "?q=water+tidez&facets=1&explain=1&copies=1&context=1".to_string(),
                    "?q=the&by=article&in=/nowhere".into(),
                ],
                "/api/show" | "/api/similar" => vec![format!("?id={id}")],
                "/api/events" => continue,
                _ => vec![String::new()],
            };
            for query in queries {
                let reply = server.request(&method.to_uppercase(), &format!("{path}{query}"), &[]);
                assert_eq!(reply.status, 200, "{method} {path}");
                let content = operation["responses"]["200"]["content"].as_object().expect("it is described");
                let (kind, described) = content.iter().next().expect("there is one");
                assert!(reply.header("content-type").starts_with(kind.as_str()), "{method} {path}");
                if kind == "application/json" {
                    check_schema(&description, &described["schema"], &reply.json(), path);
                }
            }
            // Each that is described is taken.
            for parameter in operation["parameters"].as_array().expect("it is a list") {
                let name = parameter["name"].as_str().expect("it has a name");
                let reply = server.request(&method.to_uppercase(), &format!("{path}?{name}=%00"), &[]);
                let message = reply.text();
                assert!(!message.contains("is not a parameter"), "{path} {name}: {message}");
            }
        }
    }
    let failure = server.json("/api/nothing");
    check_schema(&description, &description["components"]["schemas"]["Failure"], &failure, "failure");
}

#[test]
fn answers_are_compressed_for_who_can_read_that() {
    let place = Place::with_articles();
    place.index("articles");
    let server = Server::start(&place, &["--no-watch"]);
    let plain = server.get("/api/search?q=the");
    let small = server.request("GET", "/api/search?q=the", &[("Accept-Encoding", "gzip")]);
    assert_eq!((plain.header("content-encoding"), small.header("content-encoding")), ("", "gzip"));
    assert!(small.body.len() * 2 < plain.body.len(), "{} of {}", small.body.len(), plain.body.len());
}

#[test]
fn two_hundred_requests_at_once_are_all_answered_alike() {
    let place = Place::with_articles();
    place.index("articles");
    let server = Server::start(&place, &[]);
    server.settle();
    let expected = server.get("/api/search?q=water+agentic").text();
    thread::scope(|scope| {
        let ask = || {
            let reply = server.get("/api/search?q=water+agentic");
            assert_eq!((reply.status, reply.text()), (200, expected.clone()));
        };
        let asked: Vec<_> = (0..200).map(|_| scope.spawn(ask)).collect();
        asked.into_iter().for_each(|one| one.join().expect("it was answered"));
    });
}

#[cfg(target_os = "linux")]
#[test]
fn it_ends_in_order_when_it_is_told_to() {
    let place = Place::with_articles();
    place.index("articles");
    for signal in ["TERM", "INT"] {
        let mut server = Server::start(&place, &[]);
        let mut stream = server.connect();
        write!(stream, "GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("it can be asked");
        let mut events = BufReader::new(stream);
        let mut line = String::new();
        events.read_line(&mut line).expect("it answers");
        assert!(line.contains("200"), "{line}");
        let pid = server.child.id().to_string();
        let killed = std::process::Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(killed.is_ok_and(|status| status.success()));
        let ended = server.child.wait().expect("it ends");
        assert!(ended.success(), "{signal}: {ended}");
    }
    assert_eq!(place.run(&["check"]).code, 0);
}
