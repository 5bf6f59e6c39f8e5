//! `excerpt eval`.

use crate::place::Place;

/// A place with articles, queries, and judgments of articles.
fn judged_place() -> Place {
    let place = Place::with_articles();
    place.write(
        "articles/late trains.txt",
        "Late trains\nThe train comes later every day, and nobody knows why.\n",
    );
    place.write(
        "queries.tsv",
        "1\twhy the tide comes later every day\n2\tagentic capabilities\n3\tcrust of bread\n4\tquantum gravity\n5\tsalt\n",
    );
    place.write(
        "qrels.txt",
        "1\t0\ttides.txt\t2\n1\t0\tlate trains.txt\t1\n2\t0\tllama.md\t1\n3\t0\tllama.md\t1\n4\t0\tbread.html\t1\n\
         5\t0\tbread.html\t0\n6\t0\tbread.html\t1\n",
    );
    place
}

const ARTICLES: &[&str] =
    &["eval", "--in", "articles", "--queries", "queries.tsv", "--judgments", "qrels.txt"];

fn with<'a>(args: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [args, more].concat()
}

#[test]
fn judged_queries_in_figures_out() {
    let place = judged_place();
    let answer = place.run(&with(ARTICLES, &["--top-misses", "5"]));
    assert_eq!((answer.code, answer.err.as_str()), (0, ""));
    insta::assert_snapshot!(answer.out, @"
                 mean   95 % interval
    ndcg@10     0.500   0.000 – 1.000
    mrr@10      0.500   0.000 – 1.000
    recall@100  0.500   0.000 – 1.000
    success@1   0.500   0.000 – 1.000
    success@5   0.500   0.000 – 1.000

    Lowest ndcg@10
    0.000  3  crust of bread
           expected  llama.md
                     not among the first 100
           first     bread.html
    0.000  4  quantum gravity
           expected  bread.html
                     not among the first 100
           first     nothing was found

    note: 1 query without anything relevant: left out
    note: 1 query judged but not in queries.tsv: left out
    note: 1 query without any hit: counted 0 (by=article)
    4 queries · by=article · 4 articles · 6 passages
    ");
    insta::assert_snapshot!(place.run(&with(ARTICLES, &["--json"])).out, @r#"
    {
      "schema": 1,
      "queries": 4,
      "left_out": 1,
      "missing": 1,
      "metrics": {
        "ndcg@10": 0.5,
        "mrr@10": 0.5,
        "recall@100": 0.5,
        "success@1": 0.5,
        "success@5": 0.5
      },
      "intervals": {
        "ndcg@10": [
          0.0,
          1.0
        ],
        "mrr@10": [
          0.0,
          1.0
        ],
        "recall@100": [
          0.0,
          1.0
        ],
        "success@1": [
          0.0,
          1.0
        ],
        "success@5": [
          0.0,
          1.0
        ]
      },
      "settings": {
        "by": "article"
      },
      "run": null,
      "index": {
        "path": null,
        "updated": null,
        "articles": 4,
        "passages": 6
      },
      "notes": [
        "1 query without anything relevant: left out",
        "1 query judged but not in queries.tsv: left out",
        "1 query without any hit: counted 0 (by=article)"
      ]
    }
    "#);
    assert!(!place.file("idx").exists(), "the index was only for the time being");
}

#[test]
fn answers_judge_passages_and_are_queries_themselves() {
    let place = Place::with_articles();
    place.index("articles");
    place.write(
        "answers.tsv",
        "agentic\tllama.md\twill have  agentic capabilities\ten\nMeta\tllama.md\tit has spent nothing\ten\n\
         Mond\ttides.txt\tDer Mond\tde\n",
    );
    let args = ["eval", "--judgments", "answers.tsv", "--language", "en"];
    let answer = place.json(&with(&args, &["--top-misses", "3"]));
    assert_eq!((&answer["queries"], &answer["settings"]["by"]), (&2.into(), &"passage".into()));
    assert_eq!((&answer["metrics"]["mrr@10"], &answer["metrics"]["recall@100"]), (&0.5.into(), &0.5.into()));
    assert_eq!(answer["index"]["path"], place.file("idx").display().to_string());
    let miss = &answer["misses"][0];
    assert_eq!((&miss["query"], &miss["first"]), (&"Meta".into(), &"llama.md".into()));
    assert_eq!(miss["expected"]["answer"], "it has spent nothing");
    place.write("queries.tsv", "q1\tagentic\nq2\tsalt\n");
    let answer = place.json(&with(&args, &["--queries", "queries.tsv"]));
    assert_eq!(
        (&answer["queries"], &answer["left_out"], &answer["missing"]),
        (&1.into(), &1.into(), &1.into())
    );
}

#[test]
fn a_run_that_is_written_has_the_same_figures() {
    let place = judged_place();
    let searched = place.json(&with(ARTICLES, &["--run-out", "excerpt.run"]));
    let run = std::fs::read_to_string(place.file("excerpt.run")).expect("the run is there");
    assert!(run.starts_with("1 Q0 tides.txt 1 ") && run.contains("\n1 Q0 late%20trains.txt 2 "), "{run}");
    place.remove("articles/tides.txt");
    let args = ["eval", "--queries", "queries.tsv", "--judgments", "qrels.txt", "--run-in", "excerpt.run"];
    let read = place.json(&args);
    assert_eq!(read["metrics"], searched["metrics"]);
    assert_eq!(read["intervals"], searched["intervals"]);
    assert_eq!((&read["index"], &read["run"]), (&serde_json::Value::Null, &"excerpt.run".into()));
}

#[test]
fn two_runs_or_settings_are_compared_query_by_query() {
    let place = judged_place();
    place.write(
        "other.run",
        "1 Q0 late%20trains.txt 1 2 other\n1 Q0 tides.txt 2 1 other\n4 Q0 bread.html 1 1 other\n9 Q0 x 1 1 other\n",
    );
    insta::assert_snapshot!(place.run(&with(ARTICLES, &["--compare", "other.run"])).out, @"
                    A       B     B − A       p
    ndcg@10     0.500   0.465    −0.035   1.000
    mrr@10      0.500   0.500     0.000   1.000
    recall@100  0.500   0.500     0.000   1.000
    success@1   0.500   0.500     0.000   1.000
    success@5   0.500   0.500     0.000   1.000

    A  by=article
    B  other.run
    By ndcg@10 B won 1, lost 2 and tied 1.

    Won most
    +1.000  0.000 → 1.000  4  quantum gravity

    Lost most
    −1.000  1.000 → 0.000  2  agentic capabilities
    −0.140  1.000 → 0.860  1  why the tide comes later every day

    note: 1 query without anything relevant: left out
    note: 1 query judged but not in queries.tsv: left out
    note: 1 query without any hit: counted 0 (by=article)
    note: 1 query of other.run not evaluated: not asked
    note: 2 queries without any hit: counted 0 (other.run)
    4 queries · by=article · 4 articles · 6 passages
    ");
    let compared = place.json(&with(ARTICLES, &["--compare", "by=passage"]));
    assert_eq!(
        (&compared["compare"]["tied"], &compared["compare"]["metrics"]["ndcg@10"]["p"]),
        (&4.into(), &1.0.into())
    );
    let answer = place.run(&with(ARTICLES, &["--compare", "depth=3"]));
    assert_eq!(
        (answer.code, answer.err.as_str()),
        (
            2,
            "excerpt: there is no setting `depth`; there are: by, stem, exact, character, title, pair, unit, aside, \
             likeness, near, kind"
        )
    );
}

#[test]
fn a_line_that_is_no_judgment_is_named() {
    let place = judged_place();
    place.write("qrels.txt", "1 0 tides.txt 1\n2 0 llama.md high\n");
    let answer = place.run(ARTICLES);
    assert_eq!((answer.code, answer.out.as_str()), (2, ""));
    insta::assert_snapshot!(answer.err, @"
    excerpt: cannot understand line 2 of qrels.txt: the level `high` is not a whole number
    hint: a line of judgments is `query 0 article level`, the level a whole number
    ");
    let error = place.json(ARTICLES);
    assert_eq!(error["error"]["kind"], "malformed");
    place.write("qrels.txt", "one 0 tides.txt 1\n");
    let answer = place.run(ARTICLES);
    assert_eq!(answer.err, "excerpt: no query, such as `1`, has anything relevant in qrels.txt");
}
