//! Who may ask: the page itself and programs of this machine, and no page of another site.
//!
//! A name that an attacker controls can be made to mean this machine (DNS rebinding), so that only names
//! that are known to be ours are answered, and IP addresses, which are no names. What another site's page
//! sends is told by `Origin` and `Sec-Fetch-Site` (Fetch Metadata, <https://www.w3.org/TR/fetch-metadata/>).

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{Site, failure::Failure, page};

/// The cookie that holds the token.
const COOKIE: &str = "excerpt-token";

/// No address is longer.
const LONGEST: usize = 16_384;

/// What pages may do: show what is here, in this style, with this script, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What of a request is looked at before it is answered.
pub(crate) struct Guard {
    /// Names of this machine, beside `localhost`.
    pub(crate) names: Vec<String>,
    /// What a client must know, where others than this machine's may ask.
    pub(crate) token: Option<String>,
}

/// What stands before a request is answered.
enum Ruling {
    /// It is answered.
    Pass,
    /// The token is put into a cookie, and the same is asked for without it.
    Remember(String),
}

impl Guard {
    fn rule(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<Ruling, Failure> {
        let forbidden = |message| Failure::new(StatusCode::FORBIDDEN, "forbidden", message);
        if uri.to_string().len() > LONGEST {
            return Err(Failure::new(StatusCode::URI_TOO_LONG, "usage", "the address is too long"));
        }
        let host = self.host(uri, headers).ok_or_else(|| {
            let hint = "if this machine is reached by that name, say so with --host NAME";
            forbidden("the request is for another host").hint(hint)
        })?;
        let reads = matches!(*method, Method::GET | Method::HEAD);
        if let Some(origin) = headers.get(header::ORIGIN) {
            let own = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
            if own.is_none_or(|(_, of)| !of.eq_ignore_ascii_case(&host)) {
                return Err(forbidden("the request comes from another site"));
            }
        }
        let said = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let from_other = matches!(said("sec-fetch-site"), Some("cross-site" | "same-site"));
        let follows_link = said("sec-fetch-mode") == Some("navigate") && !uri.path().starts_with("/api/");
        if from_other && !(reads && follows_link) {
            return Err(forbidden("the request comes from another site"));
        }
        self.token(method, uri, headers)
    }

    /// Returns the host that is asked for, where it is ours.
    fn host(&self, uri: &Uri, headers: &HeaderMap) -> Option<String> {
        let mut hosts = headers.get_all(header::HOST).iter();
        let (host, None) = (hosts.next()?.to_str().ok()?, hosts.next()) else { return None };
        let ours = |host: &str| {
            let authority = host.parse::<axum::http::uri::Authority>().ok()?;
            let name = authority.host().trim_end_matches('.').to_ascii_lowercase();
            let address = name.trim_start_matches('[').trim_end_matches(']');
            let known = name == "localhost"
                || address.parse::<IpAddr>().is_ok()
                || self.names.iter().any(|known| known.eq_ignore_ascii_case(&name));
            (known && !host.contains('@')).then_some(())
        };
        ours(host)?;
        if let Some(authority) = uri.authority() {
            ours(authority.as_str())?;
        }
        Some(host.into())
    }

    fn token(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<Ruling, Failure> {
        let Some(token) = &self.token else { return Ok(Ruling::Pass) };
        // Hashes are compared in a time that tells nothing of them.
        let is_it = |given: &str| blake3::hash(given.as_bytes()) == blake3::hash(token.as_bytes());
        let said = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let bearer = said("authorization").and_then(|given| given.strip_prefix("Bearer "));
        let mut cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let in_cookie = cookies.any(|cookies| {
            let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
            pairs.any(|(name, value)| name == COOKIE && is_it(value))
        });
        if in_cookie || bearer.is_some_and(is_it) {
            return Ok(Ruling::Pass);
        }
        let pairs: Vec<_> = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).collect();
        let in_address = pairs.iter().any(|(name, value)| name == "token" && is_it(value));
        if in_address && *method == Method::GET {
            let mut rest = form_urlencoded::Serializer::new(String::new());
            rest.extend_pairs(pairs.iter().filter(|(name, _)| name != "token"));
            let rest = rest.finish();
            let mark = if rest.is_empty() { "" } else { "?" };
            return Ok(Ruling::Remember(format!("{}{mark}{rest}", uri.path())));
        }
        let failure = Failure::new(StatusCode::UNAUTHORIZED, "unauthorized", "the token is missing or wrong");
        Err(failure
            .hint("open the address that `excerpt serve` printed, or send `Authorization: Bearer TOKEN`"))
    }
}

/// Looks at a request, has it answered, and says with the answer what it may do in a browser.
pub(super) async fn guard(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let mut response = match site.guard.rule(&method, &uri, request.headers()) {
        Ok(Ruling::Pass) => next.run(request).await,
        Ok(Ruling::Remember(rest)) => {
            let token = site.guard.token.as_deref().unwrap_or_default();
            let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax");
            (StatusCode::SEE_OTHER, [(header::SET_COOKIE, cookie), (header::LOCATION, rest)]).into_response()
        }
        Err(failure) => failure.into_response(),
    };
    // People are told in words.
    if !uri.path().starts_with("/api/")
        && let Some(failure) = response.extensions_mut().remove::<Failure>()
    {
        response = page::failed(&failure);
    }
    let headers = response.headers_mut();
    let always = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in always {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ruled(guard: &Guard, method: Method, uri: &str, headers: &[(&'static str, &str)]) -> u16 {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().expect("it is a value"));
        }
        match guard.rule(&method, &uri.parse().expect("it is an address"), &map) {
            Ok(Ruling::Pass) => 200,
            Ok(Ruling::Remember(_)) => 303,
            Err(failure) => failure.status.as_u16(),
        }
    }

    #[test]
    fn only_known_names_and_no_other_site_are_answered() {
        let guard = Guard { names: vec!["shelf.example".into()], token: None };
        let check = |method: Method, uri: &str, headers: &[(&'static str, &str)], expected: u16| {
            assert_eq!(ruled(&guard, method, uri, headers), expected, "{uri} {headers:?}");
        };
        for host in
            ["127.0.0.1:7755", "localhost:7755", "LOCALHOST", "[::1]:7755", "10.0.0.7", "shelf.example:80"]
        {
            check(Method::GET, "/", &[("host", host)], 200);
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "a@localhost",
            "",
            "shelf.example.evil",
        ] {
            check(Method::GET, "/", &[("host", host)], 403);
        }
        check(Method::GET, "/", &[], 403);
        check(Method::GET, "/", &[("host", "localhost"), ("host", "evil.example")], 403);
        check(Method::GET, "http://evil.example/", &[("host", "localhost")], 403);

        let from = |origin| [("host", "localhost:7755"), ("origin", origin)];
        check(Method::POST, "/api/update", &from("http://localhost:7755"), 200);
        for origin in ["http://evil.example", "null", "http://localhost:8000", "http://localhost"] {
            check(Method::POST, "/api/update", &from(origin), 403);
            check(Method::GET, "/api/search?q=a", &from(origin), 403);
        }
        let other =
            |mode| [("host", "localhost"), ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", mode)];
        check(Method::GET, "/?q=a", &other("navigate"), 200);
        check(Method::GET, "/?q=a", &other("no-cors"), 403);
        check(Method::POST, "/update", &other("navigate"), 403);
        check(Method::GET, "/api/search?q=a", &other("navigate"), 403);
        check(Method::GET, &format!("/?q={}", "a".repeat(LONGEST)), &[("host", "localhost")], 414);
    }

    #[test]
    fn a_token_is_asked_for_where_there_is_one() {
        let guard = Guard { names: Vec::new(), token: Some("s3cret".into()) };
        let check = |uri: &str, headers: &[(&'static str, &str)], expected: u16| {
            let headers = [&[("host", "10.0.0.7")], headers].concat();
            assert_eq!(ruled(&guard, Method::GET, uri, &headers), expected, "{uri} {headers:?}");
        };
        check("/", &[], 401);
        check("/?token=no", &[], 401);
        check("/?token=s3cret&q=a", &[], 303);
        check("/", &[("cookie", "a=b; excerpt-token=s3cret")], 200);
        check("/", &[("cookie", "excerpt-token=s3cre")], 401);
        check("/api/search?q=a", &[("authorization", "Bearer s3cret")], 200);
        check("/api/search?q=a", &[("authorization", "s3cret")], 401);
    }
}
