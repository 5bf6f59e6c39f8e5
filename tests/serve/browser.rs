//! The page in a real browser, where there is one.

use std::fs;

use headless_chrome::protocol::cdp::{Emulation, Network};

use crate::{chromium::Reader, place::Place, server::Server};

/// A place with articles of several kinds, dates and languages, and copies.
fn library() -> Place {
    let place = Place::with_articles();
    for month in 1..=9 {
        place.write(
            &format!("articles/log/2024-{month:02}.md"),
            format!("---\ntitle: Harbour log {month}\ndate: 2024-{month:02}-05\n---\n\nThe water stood {month} feet above the mark.\n\n## Evening\n\nThe water fell again, and number {month} of the boats came in.\n"),
        );
    }
    place.write("articles/ebbe.txt", "Ebbe und Flut\nDas Wasser weicht bei Ebbe von der Küste zurück, und die Fischer gehen über den Schlick.\n");
    place.write("articles/copy.txt", fs::read(place.file("articles/tides.txt")).expect("it is there"));
    place.index("articles");
    place
}

#[test]
fn results_come_as_one_types_and_the_address_holds_all() {
    let place = library();
    let server = Server::start(&place, &[]);
    let Some(page) = Reader::open(&server.url, 1280) else { return };
    assert_eq!(page.is("document.activeElement.id"), "q");
    page.shot("welcome");
    page.write("tide late");
    page.until("document.querySelector('.hit h2')?.textContent.includes('Why the tide is late')");
    page.until("location.search === '?q=tide+late'");
    assert_eq!(page.is("document.activeElement.id"), "q");
    assert_eq!(page.is("document.title"), "tide late – excerpt");
    assert!(
        page.is("document.querySelector('.said').textContent")
            .as_str()
            .is_some_and(|said| said.contains("passage"))
    );
    assert_eq!(page.is("document.querySelector('.also summary').textContent.trim()"), "1 near copy");
    page.shot("results");

    // A filter, and back, and forward.
    page.go(&format!("{}?q=water", server.url));
    let all = page.titles().len();
    assert!(all > 5, "{:?}", page.titles());
    page.click("[id='f-format-html']");
    page.until("location.search.includes('format=html') && document.querySelectorAll('.hit').length === 1");
    assert_eq!(page.titles(), ["Bread"]);
    assert_eq!(page.is("document.querySelector('#f-format-html').getAttribute('aria-current')"), "true");
    page.shot("filtered");
    // What is typed now keeps the filter.
    page.click("#q");
    page.write(" dough");
    page.until("location.search.includes('format=html') && location.search.includes('dough')");
    page.is("history.back()");
    page.until(
        "document.querySelector('#q').value === 'water' && document.querySelectorAll('.hit').length === 1",
    );
    page.is("history.back()");
    page.until(&format!("document.querySelectorAll('.hit').length === {all}"));
    assert_eq!(page.is("location.search"), "?q=water");
    page.is("history.forward()");
    page.until("document.querySelectorAll('.hit').length === 1");
    page.click("[id='f-format-html']");
    page.until(&format!("document.querySelectorAll('.hit').length === {all}"));

    // A bar of the picture, a folder, the order.
    page.is("document.querySelectorAll('.histogram a')[2].dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))");
    page.until("location.search.includes('after=2024-03&before=2024-04')");
    page.until("document.querySelectorAll('.hit').length === 2");
    page.click("#f-date-off");
    page.until("!location.search.includes('after')");
    page.click("#sort-Date");
    page.until("location.search.includes('sort=date') && document.querySelector('.hit h2').textContent.includes('Harbour log 9')");
    page.is(
        "[...document.querySelectorAll('.folders a')].find((a) => a.textContent.includes('log')).click()",
    );
    page.until("location.search.includes('in=') && document.querySelectorAll('.hit').length === 9");
}

#[test]
fn the_keyboard_does_everything() {
    let place = library();
    let server = Server::start(&place, &[]);
    let Some(page) = Reader::open(&format!("{}?q=water", server.url), 1280) else { return };
    page.key("ArrowDown");
    page.until("document.activeElement.matches('.hit:nth-child(1) a.open')");
    page.key("j");
    page.until("document.activeElement.matches('.hit:nth-child(2) a.open')");
    page.key("k");
    page.until("document.activeElement.matches('.hit:nth-child(1) a.open')");
    page.key("k");
    page.until("document.activeElement.id === 'q'");
    page.key("ArrowDown");
    page.key("j");
    let title = page.is("document.activeElement.textContent.trim()");
    page.shot("keyboard");
    page.key("Enter");
    page.until("document.body.classList.contains('reading') && document.readyState === 'complete'");
    assert_eq!(page.is("document.querySelector('h1').textContent.trim()"), title);
    page.until("document.querySelector('.passage.asked mark') !== null");
    assert!(page.is("(() => { const box = document.querySelector('.passage.asked').getBoundingClientRect(); return box.top >= 0 && box.top < innerHeight; })()").as_bool().unwrap_or(false));
    page.shot("reader");
    page.key("Escape");
    page.until("document.body.classList.contains('search') && location.search === '?q=water'");
    page.until("document.activeElement.matches('.hit:nth-child(2) a.open')");
    page.key("?");
    page.until("document.querySelector('#keys').open");
    page.shot("keys");
    page.key("Escape");
    page.until("!document.querySelector('#keys').open");
    page.key("/");
    page.until("document.activeElement.id === 'q'");
    page.write("bread");
    page.until("location.search === '?q=bread'");
}

#[test]
fn the_reader_goes_from_match_to_match() {
    let place = Place::new();
    let filler =
        "Nothing of note happened on that day, and nobody wrote anything down about it at all. ".repeat(12);
    let text: String = (1..=12)
        .map(|at| {
            format!("## Day {at}\n\n{filler}{}\n\n", if at % 3 == 0 { "A whale was seen." } else { "" })
        })
        .collect();
    place.write("articles/log.md", format!("# A long log\n\n{text}"));
    place.index("articles");
    let server = Server::start(&place, &[]);
    let Some(page) = Reader::open(&format!("{}?q=whale", server.url), 1280) else { return };
    page.is("document.querySelector('.also a').click()");
    page.until("document.querySelectorAll('.passage.match').length === 4");
    // What was found stands on the screen, not at its edge.
    page.until(
        "document.querySelector('.passage.asked').contains(document.elementFromPoint(innerWidth / 3, innerHeight * 0.42))",
    );
    page.shot("reader-far");
    assert_eq!(page.is("document.querySelectorAll('.matches li').length"), 4);
    let seen = "(() => { const box = document.activeElement.getBoundingClientRect(); return document.activeElement.matches('.match') && box.bottom > 0 && box.top < innerHeight; })()";
    for _ in 0..5 {
        page.key("j");
        page.until(seen);
    }
    assert!(
        page.is("document.querySelector('.which').textContent")
            .as_str()
            .is_some_and(|which| which.ends_with("of 4"))
    );
    page.click("[data-step='-1']");
    page.until(seen);
    assert_eq!(page.is("document.querySelector('a.file').getAttribute('href').startsWith('/file/')"), true);
    assert_eq!(page.is("document.querySelector('a.back').getAttribute('href')"), "/?q=whale");
}

#[test]
fn an_update_is_seen_while_it_goes() {
    let place = library();
    let server = Server::start(&place, &["--no-watch"]);
    server.settle();
    let Some(page) = Reader::open(&format!("{}?q=lighthouse", server.url), 1280) else { return };
    page.until("document.querySelector('.count').textContent.includes('Nothing matches')");
    page.shot("nothing");
    for number in 0..60 {
        place.write(
            &format!("articles/new/{number}.txt"),
            format!("The lighthouse number {number} stands on the rock.\n"),
        );
    }
    page.click("form.update button");
    page.until("document.querySelectorAll('.hit').length === 10");
    page.until("document.querySelector('.facts').textContent.includes('compared')");
    assert_eq!(page.is("document.querySelector('.progress').hidden"), true);
}

#[test]
fn what_changes_on_disk_shows_by_itself() {
    let place = library();
    let server = Server::start(&place, &[]);
    server.settle();
    let Some(page) = Reader::open(&format!("{}?q=lighthouse", server.url), 1280) else { return };
    page.until("document.querySelector('.count').textContent.includes('Nothing matches')");
    place.write("articles/new.txt", "The lighthouse stands on the rock.\n");
    page.until("document.querySelectorAll('.hit').length === 1");
}

#[test]
fn it_is_read_in_the_dark_and_on_a_narrow_screen() {
    let place = library();
    let server = Server::start(&place, &[]);
    let Some(page) = Reader::open(&format!("{}?q=water", server.url), 360) else { return };
    // Nothing stands beside the screen.
    let fits = "document.documentElement.scrollWidth <= innerWidth";
    page.until(fits);
    page.shot("narrow");
    for width in [320, 600, 1024, 1920] {
        page.size(width);
        page.until(fits);
        page.shot(&format!("width-{width}"));
    }
    let light = page.is("getComputedStyle(document.body).backgroundColor");
    let dark = Emulation::MediaFeature { name: "prefers-color-scheme".into(), value: "dark".into() };
    page.tab
        .call_method(Emulation::SetEmulatedMedia { media: None, features: Some(vec![dark]) })
        .expect("it can be dark");
    assert_ne!(page.is("getComputedStyle(document.body).backgroundColor"), light);
    page.shot("dark");
    // Text stands out from what is behind it: 4.5 to 1 (WCAG 2.2, 1.4.3).
    let contrast = include_str!("contrast.js");
    let weak = page.is(contrast);
    assert_eq!(weak, "", "in the dark");
    let light = Emulation::MediaFeature { name: "prefers-color-scheme".into(), value: "light".into() };
    page.tab
        .call_method(Emulation::SetEmulatedMedia { media: None, features: Some(vec![light]) })
        .expect("it can be light");
    assert_eq!(page.is(contrast), "", "in the light");
}

#[test]
fn everything_has_a_name_for_who_does_not_see_it() {
    let place = library();
    let server = Server::start(&place, &[]);
    let Some(page) = Reader::open(&format!("{}?q=water", server.url), 1280) else { return };
    // As an assistive program is told by the browser.
    let told = page
        .is("JSON.stringify([...document.querySelectorAll('*')].filter((e) => e.getClientRects().length) \
         .map((e) => [e.computedRole, e.computedName, e.outerHTML.slice(0, 100)]))");
    let told: Vec<(String, String, String)> =
        serde_json::from_str(told.as_str().unwrap_or("[]")).expect("it is a list");
    for (role, name, html) in &told {
        if ["link", "button", "searchbox", "textbox", "progressbar", "complementary", "navigation"]
            .contains(&role.as_str())
        {
            assert!(!name.trim().is_empty(), "a {role} has no name: {html}");
        }
    }
    for role in ["banner", "main", "search", "searchbox", "heading", "list", "complementary", "status"] {
        assert!(told.iter().any(|(known, ..)| known == role), "there is no {role}");
    }
    // What can be clicked is large enough (WCAG 2.2, 2.5.8), but for links in running text.
    let small = page.is("[...document.querySelectorAll('button, .facet a, .sorts a, .pages a, .top a, input:not([type=hidden])')].filter((e) => !e.hidden && e.getClientRects().length && (e.getBoundingClientRect().height < 24)).map((e) => e.outerHTML).join('\\n')");
    assert_eq!(small, "");
}

#[test]
fn plain_search_works_without_script() {
    let place = library();
    let server = Server::start(&place, &[]);
    let Some(page) = Reader::open(&server.url, 1280) else { return };
    page.tab.call_method(Emulation::SetScriptExecutionDisabled { value: true }).expect("script can be off");
    page.go(&server.url);
    page.write("tide late");
    page.key("Enter");
    page.tab.wait_for_element(".hit").expect("it answers");
    assert!(page.tab.get_url().ends_with("/?q=tide+late"), "{}", page.tab.get_url());
    page.shot("without-script");
    let results = page.tab.get_content().expect("it is a page");
    let link = results.split("href=\"").find(|rest| rest.starts_with("/read?")).expect("a link");
    let link = link[..link.find('"').expect("it ends")].replace("&amp;", "&");
    page.go(&format!("{}{link}", server.url.trim_end_matches('/')));
    page.tab.wait_for_element(".passage.asked").expect("it opens");
}

#[test]
fn what_an_article_holds_does_nothing_in_the_browser() {
    let place = Place::new();
    let evil = "<script>window.owned=1</script><img src=x onerror=window.owned=1><svg onload=window.owned=1>";
    place.write(
        "articles/evil.md",
        format!("---\ntitle: \"water {evil}\"\n---\n\n# {evil}\n\nWater {evil} water \u{202e}txt.exe\n"),
    );
    place.index("articles");
    let server = Server::start(&place, &[]);
    let Some(page) = Reader::open(&server.url, 1280) else { return };
    page.tab
        .call_method(Network::Enable {
            max_total_buffer_size: None,
            max_resource_buffer_size: None,
            max_post_data_size: None,
            report_direct_socket_traffic: None,
            enable_durable_messages: None,
        })
        .expect("it can be listened to");
    page.write("water <img src=x onerror=window.owned=1>");
    page.until("document.querySelectorAll('.hit').length === 1");
    page.shot("hostile");
    page.is("document.querySelector('.hit a.open').click()");
    page.until("document.body.classList.contains('reading')");
    assert_eq!(page.is("window.owned === undefined"), true);
    assert_eq!(page.is("document.querySelectorAll('main img, main script, main svg').length"), 0);
}

#[test]
fn an_answer_that_comes_late_does_not_replace_a_newer_one() {
    let place = library();
    let server = Server::start(&place, &[]);
    let Some(page) = Reader::open(&server.url, 1280) else { return };
    // The first request is held back until the second was answered.
    page.is(
        "(() => { const real = window.fetch; let first = true; window.fetch = (to, how) => { \
         if (!first) return real(to, how); first = false; \
         return new Promise((done) => setTimeout(() => done(real(to, { headers: how.headers })), 700)); }; })()",
    );
    page.is(
        "document.querySelector('#q').value = 'bread'; document.querySelector('#q').form.requestSubmit()",
    );
    page.is("document.querySelector('#q').value = 'tide'; document.querySelector('#q').form.requestSubmit()");
    page.until("document.querySelector('.hit h2')?.textContent.includes('tide')");
    page.is("new Promise((done) => setTimeout(done, 1200))");
    assert_eq!(page.is("document.querySelector('.hit h2').textContent.includes('tide')"), true);
}
