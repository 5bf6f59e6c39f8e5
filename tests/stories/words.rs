//! Words in many languages, as their readers expect to find them.

use crate::place::Place;

/// A place with a short article in each of several languages.
fn many() -> Place {
    let place = Place::new();
    let articles = [
        (
            "en.txt",
            "The runners of the town were running along the tide, and their shoes stayed wet until the evening came.",
        ),
        (
            "de.txt",
            "Die Häuser am Hafen sind alt, und die Straße davor ist so eng, dass zwei Wagen sich nicht begegnen können.",
        ),
        (
            "fr.txt",
            "L'avion s'est posé près de l'église, et les élèves du village sont venus le voir avant la nuit.",
        ),
        (
            "es.txt",
            "Las organizaciones del puerto publicaron ayer la canción que los pescadores cantan cuando vuelve la marea.",
        ),
        ("ru.txt", "Рыбаки вернулись в гавань, и ёлки на берегу были уже украшены огнями к празднику."),
        ("tr.txt", "Balıkçılar limana döndü ve ışıklar yandı; çocuklar kitapları okumak için eve koştu."),
        ("zh.txt", "人工智能改变了渔民的生活，他们用 AI 预测潮水的涨落。"),
        ("ja.txt", "潮は一日に二度満ちて、漁師たちは港へ帰ってくる。猫が待っている。"),
        ("ko.txt", "한국의 어부들은 하루에 두 번 밀물을 기다린다."),
        ("th.txt", "ชาวประมงไทยกลับมาที่ท่าเรือวันละสองครั้งเมื่อน้ำขึ้น"),
        ("ar.txt", "عاد الصيادون إلى الميناء، وكانت المدرسة قريبة من البحر ومن البيوت القديمة."),
        ("hi.txt", "मछुआरे बंदरगाह लौट आए और बच्चों ने किताबें पढ़ीं, फिर ज्वार आया।"),
        ("vi.txt", "Ngư dân Việt Nam trở về bến cảng hai lần mỗi ngày khi thủy triều lên."),
        ("he.txt", "הדייגים חזרו לנמל עם הגאות, והילדים קראו ספרים ליד הים."),
    ];
    for (name, text) in articles {
        place.write(&format!("articles/{name}"), text);
    }
    place.index("articles");
    place
}

/// Returns what is marked in the hits of a query, in order of the alphabet.
fn marked(place: &Place, query: &str) -> Vec<String> {
    let answer = place.json(&["search", query]);
    let hits = answer["hits"].as_array().expect("there are hits").clone();
    let parts = hits.iter().flat_map(|hit| hit["snippet"].as_array().cloned().unwrap_or_default());
    let marked = parts.filter(|part| part["matched"] == true);
    let mut marked: Vec<String> =
        marked.map(|part| part["text"].as_str().unwrap_or_default().into()).collect();
    marked.sort();
    marked
}

#[test]
fn a_word_is_found_in_its_forms_whatever_the_language() {
    let place = many();
    let check = |query: &str, expected: &str| {
        let found = place.hits(query);
        assert_eq!(found.first().map(|(path, _)| path.as_str()), Some(expected), "{query}: {found:?}");
    };
    check("run", "en.txt");
    check("haus", "de.txt");
    check("Haeuser", "de.txt");
    check("STRASSE", "de.txt");
    check("avion", "fr.txt");
    check("eleve", "fr.txt");
    check("organización", "es.txt");
    check("cancion", "es.txt");
    check("елка", "ru.txt");
    check("рыбак", "ru.txt");
    check("kitap", "tr.txt");
    check("isik", "tr.txt");
    check("IŞIKLAR", "tr.txt");
    check("智能", "zh.txt");
    check("ＡＩ", "zh.txt");
    check("漁師", "ja.txt");
    check("猫", "ja.txt");
    check("어부", "ko.txt");
    check("ประมง", "th.txt");
    check("مدرسه", "ar.txt");
    check("किताब", "hi.txt");
    check("viet nam", "vi.txt");
    check("Việt", "vi.txt");
    check("ספרים", "he.txt");
}

#[test]
fn the_language_of_a_passage_is_known_and_can_be_asked_for() {
    let place = many();
    let status = place.json(&["status"]);
    for language in ["en", "de", "fr", "es", "ru", "tr", "zh", "ja", "ko", "th", "ar", "hi", "vi", "he"] {
        assert_eq!(status["languages"][language], 1, "{language}: {status}");
    }
    let text = place.run(&["status"]).out;
    assert!(text.contains("\nlanguages ar 1, de 1, en 1,"), "{text}");
    let paths = |query: &str| place.hits(query).into_iter().map(|(path, _)| path).collect::<Vec<_>>();
    assert_eq!(paths("lang:zh,ko"), ["ko.txt", "zh.txt"]);
    assert_eq!(paths("lang:deu"), ["de.txt"]);
    assert_eq!(place.json(&["search", "haus"])["hits"][0]["language"], "de");
}

#[test]
fn a_name_is_found_however_it_is_spaced() {
    let place = Place::new();
    place.write("articles/a.txt", "The model GPT-4 came out that spring.\n");
    place.write("articles/b.txt", "Then Llama4 came out, and then another one.\n");
    place.write("articles/c.txt", "In the U.S. they wrote it in C++ and sold 10 000 copies, 3,5 % of all.\n");
    place.write("articles/d.txt", "They told us of C and of a llama, and of 4 other things.\n");
    for number in 0..4 {
        place.write(
            &format!("articles/e{number}.txt"),
            format!("Herd {number}: a llama, some sheep and 4 dogs.\n"),
        );
    }
    place.index("articles");
    let check = |query: &str, expected: &str| {
        let found = place.hits(query);
        assert_eq!(found.first().map(|(path, _)| path.as_str()), Some(expected), "{query}: {found:?}");
    };
    check("GPT4", "a.txt");
    check("gpt 4", "a.txt");
    check("+gpt4", "a.txt");
    check("Llama 4", "b.txt");
    check("llama-4", "b.txt");
    check("C++", "c.txt");
    check("10000", "c.txt");
    check("3.5 %", "c.txt");
    assert_eq!(place.hits("C++").len(), 1);
    assert_eq!(place.hits("\"C\"").len(), 1);
    assert_eq!(marked(&place, "gpt4"), ["GPT-4"]);
}

#[test]
fn quoted_words_are_meant_letter_for_letter_where_that_is_asked_for() {
    let place = Place::new();
    place.write("articles/a.txt", "The US economy grew, said the Café.\n");
    place.write("articles/b.txt", "They told us of a cafe.\n");
    place.index("articles");
    let found = |args: &[&str]| {
        let answer = place.json(&[&["search", "--format", "json"], args].concat());
        (answer["total"].clone(), answer["hits"][0]["path"].clone())
    };
    assert_eq!(found(&["\"us\""]).0, 2);
    assert_eq!(found(&["\"US\"", "--case"]), (1.into(), "a.txt".into()));
    assert_eq!(found(&["\"us\"", "--case"]), (1.into(), "b.txt".into()));
    assert_eq!(found(&["\"Café\"", "--case"]), (1.into(), "a.txt".into()));
    assert_eq!(found(&["us", "--case"]).0, 2);
}

#[test]
fn the_synonyms_of_an_index_stand_for_each_other() {
    let place = Place::new();
    place.write("articles/a.txt", "The automobile stood in the yard all winter.\n");
    place.write("articles/b.txt", "Motor cars were rare then.\n");
    place.index("articles");
    assert!(place.hits("car").iter().all(|(path, _)| path == "b.txt"));
    place.write("idx/synonyms.txt", "# what drives\ncar, automobile, motor car\n");
    let mut paths: Vec<String> = place.hits("car").into_iter().map(|(path, _)| path).collect();
    paths.sort();
    assert_eq!(paths, ["a.txt", "b.txt"]);
    assert_eq!(marked(&place, "car"), ["Motor cars", "automobile"]);
    let understood = place.run(&["search", "--explain-query", "the old car"]).out;
    insta::assert_snapshot!(understood, @"
    the old car

      any of these, the more the better:
        `the` in any form
        `old` in any form
        `car` in any form

      in this index:
        `the` carries no subject and is passed over
        `old` in 0 passages, by old
        `car` in 1 passage, by car
        for `car` also `automobile`
        for `car` also `motor car`
    ");
}

#[test]
fn where_nothing_matches_a_looser_query_is_answered_and_said_to_be() {
    let place = Place::with_articles();
    place.index("articles");
    let answer = place.run(&["search", "agentik"]);
    assert_eq!(answer.code, 1);
    insta::assert_snapshot!(answer.out, @"
    Nothing matches as asked: these match `agentic`

     1. Plans for Llama 4 › Agentic skills  2025-01-30
        articles/llama.md:11
        Llama 4 will have agentic capabilities. It acts by itself.

    `agentik` is nowhere in the index; spelled like it: agentic (1 passage)
    Did you mean: agentic
    1 passage found · 3 articles in the index · indexed just now · 3 files compared
    ");
    let answer = place.run(&["search", "+moon", "+sourdough"]);
    assert_eq!(answer.code, 1);
    assert!(
        answer.out.starts_with("Nothing matches as asked: these hold some of the words"),
        "{}",
        answer.out
    );
    let answer = place.json(&["search", "moon", "date:1999", "lang:en"]);
    assert_eq!((&answer["total"], &answer["relaxed"]), (&0.into(), &false.into()));
    assert_eq!(answer["without"], serde_json::json!([{ "filter": "date:1999", "total": 1 }]));
    let answer = place.json(&["search", "tide xyzzy"]);
    assert_eq!(answer["unknown"].to_string(), "[\"xyzzy\"]");
}

#[test]
fn a_rare_misspelling_is_asked_about() {
    let place = Place::new();
    for number in 0..30 {
        place.write(
            &format!("articles/{number}.txt"),
            format!("Number {number} is about Zuckerberg and his plans.\n"),
        );
    }
    place.write("articles/slip.txt", "This one is about Zukerberg, as somebody wrote it.\n");
    place.index("articles");
    let answer = place.json(&["search", "zukerberg"]);
    assert_eq!((&answer["total"], &answer["relaxed"]), (&1.into(), &false.into()));
    assert_eq!(answer["corrected"], "zuckerberg");
    assert_eq!(answer["suggestions"][0]["near"][0]["passages"], 30);
}
