//! Requests and articles that mean no good.

use std::{
    fs,
    io::{Read, Write},
};

use crate::{place::Place, server::Server};

/// A title and a text that would be markup, were they not text.
const EVIL: &str =
    "<script>document.title='owned'</script><img src=x onerror=alert(1)>\"'><a href=javascript:alert(1)>";

#[test]
fn no_path_outside_is_read_by_any_spelling_of_it() {
    let place = Place::with_articles();
    place.write("secret.txt", "The password is swordfish.\n");
    place.index("articles");
    let server = Server::start(&place, &["--no-watch"]);
    let secret = place.file("secret.txt").display().to_string();
    let paths = [
        "/../secret.txt".to_string(),
        "/assets/../secret.txt".into(),
        "/assets/..%2f..%2fsecret.txt".into(),
        "/assets/%2e%2e%2fsecret.txt".into(),
        format!("/assets/{}", secret.replace('/', "%2f")),
        format!("/file/{}", secret.replace('/', "%2f")),
        "/file/..%2fsecret.txt".into(),
        "/file/%252e%252e%252fsecret.txt".into(),
        "/file/..%5csecret.txt".into(),
        format!("/read?id={secret}"),
        format!("/api/show?path={secret}"),
        "/api/show?path=../secret.txt".into(),
        "/api/show?path=articles/../../secret.txt".into(),
        format!("/api/show?path={}/../secret.txt", place.file("articles").display()),
        format!("/api/show?path=llama.md&member={secret}"),
        format!("/api/search?q=password&in={secret}"),
        "/api/search?q=password&in=../secret.txt".into(),
        "/api/similar?path=../secret.txt".into(),
    ];
    for path in paths {
        let reply = server.get(&path);
        let text = reply.text();
        assert!(!text.contains("swordfish"), "{path}: {text}");
        assert!(reply.status != 200 || path.starts_with("/api/search"), "{path}: {}", reply.status);
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_became_a_way_out_is_not_followed() {
    let place = Place::with_articles();
    place.write("secret.txt", "The password is swordfish.\n");
    place.index("articles");
    let server = Server::start(&place, &["--no-watch"]);
    let id =
        server.json("/api/search?q=agentic&facets=0")["hits"][0]["id"].as_str().expect("a hit").to_string();
    let file = format!("/file/{id}");
    let whole = server.get(&file);
    assert_eq!((whole.status, whole.header("content-type")), (200, "text/plain; charset=utf-8"));
    assert_eq!(whole.body, fs::read(place.file("articles/llama.md")).expect("it is there"));

    place.remove("articles/llama.md");
    std::os::unix::fs::symlink(place.file("secret.txt"), place.file("articles/llama.md")).expect("a link");
    // The passage is known until the next update: no search may come between.
    let out = server.get(&file);
    assert!(out.status >= 400 && !out.text().contains("swordfish"), "{}", out.status);
}

#[test]
fn requests_of_other_sites_and_for_other_names_are_refused() {
    let place = Place::with_articles();
    place.index("articles");
    let server = Server::start(&place, &["--no-watch"]);
    let check = |method: &str, path: &str, headers: &[(&str, &str)], expected: u16| {
        assert_eq!(server.request(method, path, headers).status, expected, "{method} {path} {headers:?}");
    };
    for path in ["/", "/api/search?q=a", "/assets/excerpt.js", "/api/nothing"] {
        check("GET", path, &[("Host", "evil.example")], 403);
        check("GET", path, &[("Host", "localhost.evil.example:7755")], 403);
    }
    check("POST", "/api/update", &[("Origin", "http://evil.example")], 403);
    check("POST", "/update", &[("Origin", "null")], 403);
    check("POST", "/update", &[("Sec-Fetch-Site", "cross-site")], 403);
    check("GET", "/api/search?q=a", &[("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors")], 403);
    check("GET", "/", &[("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")], 200);
    let update = server.request("POST", "/update?q=a", &[("Origin", &format!("http://{}", server.address))]);
    assert_eq!((update.status, update.header("location")), (303, "/?q=a"));
}

#[test]
fn a_token_is_needed_where_others_may_ask() {
    let place = Place::with_articles();
    place.index("articles");
    let args = ["serve", "--addr", "0.0.0.0:0", "--json", "--no-watch"];
    let mut server = Server::start_with(&place, &args);
    server.address = server.address.replace("0.0.0.0", "127.0.0.1");
    assert_eq!(server.get("/api/search?q=a").status, 401);
    assert_eq!(server.get("/").status, 401);
    assert_eq!(server.get("/?token=guessed").status, 401);
    let (_, query) = server.url.split_once('?').expect("the token stands in it");
    let opened = server.get(&format!("/?{query}"));
    assert_eq!((opened.status, opened.header("location")), (303, "/"));
    let cookie = opened.header("set-cookie").to_string();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap_or_default();
    assert_eq!(server.request("GET", "/", &[("Cookie", cookie)]).status, 200);
    let bearer = format!("Bearer {}", query.trim_start_matches("token="));
    assert_eq!(server.request("GET", "/api/search?q=a", &[("Authorization", &bearer)]).status, 200);
}

#[test]
fn what_is_no_request_harms_nobody() {
    let place = Place::with_articles();
    place.index("articles");
    let server = Server::start(&place, &["--no-watch"]);
    let odd: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"\0\0\0\0\0\0".to_vec(),
        b"GET\r\n\r\n".to_vec(),
        b"GET / HTTP/9.9\r\n\r\n".to_vec(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        [b"GET /?q=".to_vec(), vec![b'a'; 1 << 20], b" HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec()]
            .concat(),
        [b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ".to_vec(), vec![b'a'; 1 << 20], b"\r\n\r\n".to_vec()]
            .concat(),
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\nConnection: close\r\n\r\n"
            .to_vec(),
        b"POST /api/update HTTP/1.1\r\nHost: evil\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"
            .to_vec(),
        b"GET /%ff%fe?q=%ff%fe%00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".to_vec(),
    ];
    for bytes in &odd {
        let mut stream = server.connect();
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.take(1 << 20).read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert!(status.is_empty() || status.starts_with('4') || status == "200", "{answer:.200}");
    }
    assert_eq!(server.get("/api/search?q=%ff%fe%00").status, 200);
    assert_eq!(server.get("/api/search?q=agentic").json()["total"], 1);
}

#[test]
fn text_of_articles_is_never_markup() {
    let place = Place::new();
    let title = serde_json::to_string(EVIL).expect("it can be written");
    place.write("articles/evil.md", format!("---\ntitle: {title}\ntags: [{title}]\nurl: \"javascript:alert(1)\"\n---\n\n# {EVIL}\n\nWater {EVIL} water.\n"));
    place.write("articles/<b onclick=alert(1)>'\".txt", format!("{EVIL} water"));
    place.write(
        "articles/<i>/a.html",
        format!(
            "<title>&lt;script&gt;alert(1)&lt;/script&gt; water</title><p>{} water {}</p>",
            EVIL.replace('<', "&lt;"),
            "many words of a page ".repeat(20)
        ),
    );
    place.index("articles");
    let server = Server::start(&place, &["--no-watch"]);
    let answer = server.json("/api/search?q=water");
    let mut pages = vec!["/?q=water".to_string(), format!("/?q={}", "%3Cscript%3Ealert(1)%3C/script%3E%22'")];
    let hits = answer["hits"].as_array().expect("there are hits");
    assert_eq!(hits.len(), 3);
    pages.extend(
        hits.iter().map(|hit| format!("/read?id={}&q=water%20alert", hit["id"].as_str().unwrap_or_default())),
    );
    for page in pages {
        let reply = server.get(&page);
        assert_eq!(reply.status, 200, "{page}");
        let policy = reply.header("content-security-policy").to_string();
        assert!(policy.contains("default-src 'none'; script-src 'self'"), "{policy}");
        let text = reply.text();
        let scripts = text.matches("<script").count();
        assert_eq!(scripts, 1, "{page}: {text}");
        for markup in ["<img", "<b ", "<i>", "href=\"javascript:", "onerror=\"", "onclick=\""] {
            assert!(!text.contains(markup), "{page}: {markup}");
        }
    }
    for hit in hits {
        let file = server.get(&format!("/file/{}", hit["id"].as_str().unwrap_or_default()));
        assert_eq!((file.status, file.header("content-type")), (200, "text/plain; charset=utf-8"));
        assert_eq!(file.header("x-content-type-options"), "nosniff");
    }
}
