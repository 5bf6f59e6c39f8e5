//! Structured data about the article (JSON-LD, schema.org).

use serde_json::Value;

/// Ends of the names of types that stand for an article.
const ARTICLES: &[&str] = &["Article", "Posting", "Report", "Review", "Recipe"];

/// Finds the article among the objects of structured data.
pub(super) fn structured(scripts: &[String]) -> Option<Value> {
    let mut objects = Vec::new();
    for script in scripts {
        let script = script.replace(char::is_control, " ");
        // Some wrap it in marks of XML, or hide it from browsers that are long gone.
        let wrapped = script.trim_start().starts_with(['<', '/']);
        let marks = ["CDATA[", "<!--"].iter().filter(|_| wrapped);
        let inner = marks.filter_map(|mark| script.split_once(mark)).map(|(_, inner)| inner).next();
        let inner = inner.unwrap_or(&script).trim_start_matches([' ', '*', '/']);
        match serde_json::Deserializer::from_str(inner).into_iter().next() {
            Some(Ok(Value::Array(values))) => objects.extend(values),
            Some(Ok(mut value)) => {
                if let Some(Value::Array(values)) = value.get_mut("@graph").map(Value::take) {
                    objects.extend(values);
                }
                objects.push(value);
            }
            _ => {}
        }
    }
    let is_article = |object: &Value| {
        let mut types = Vec::new();
        object.get("@type").into_iter().for_each(|kind| collect(kind, &mut types));
        types.iter().any(|kind| ARTICLES.iter().any(|end| kind.ends_with(end)))
    };
    let at = objects.iter().position(is_article).or_else(|| {
        objects
            .iter()
            .position(|object| object.get("datePublished").is_some() || object.get("headline").is_some())
    })?;
    Some(objects.swap_remove(at))
}

/// Collects strings: those of a list, and the names of objects.
pub(super) fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        Value::Object(fields) => {
            if let Some(Value::String(name)) = fields.get("name").or_else(|| fields.get("@id")) {
                found.push(name.clone());
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_article_is_found_among_the_objects() {
        let check = |scripts: &[&str], headline: Option<&str>| {
            let scripts: Vec<String> = scripts.iter().map(|script| (*script).to_owned()).collect();
            let found =
                structured(&scripts).and_then(|data| Some(data.get("headline")?.as_str()?.to_owned()));
            assert_eq!(found.as_deref(), headline, "{scripts:?}");
        };
        check(&[], None);
        check(&[r#"{"@type": "NewsArticle", "headline": "A"}"#], Some("A"));
        check(&[r#"[{"@type": "Person"}, {"@type": ["Thing", "BlogPosting"], "headline": "A"}]"#], Some("A"));
        check(&[r#"{"@graph": [{"@type": "WebSite"}, {"@type": "Report", "headline": "A"}]}"#], Some("A"));
        check(
            &[r#"{"@type": "WebPage", "headline": "A"}"#, r#"{"@type": "Article", "headline": "B"}"#],
            Some("B"),
        );
        check(&[r#"{"@type": "WebPage", "headline": "A"}"#], Some("A"));
        check(&["{broken", r#" //<![CDATA[ {"@type": "Article", "headline": "A"} //]]>"#], Some("A"));
        check(&["<!-- {\"@type\": \"Article\", \"headline\": \"A\nb\"} -->"], Some("A b"));
        check(&[&"[".repeat(100_000)], None);
    }

    #[test]
    fn names_are_collected() {
        let check = |data: &str, expected: &[&str]| {
            let mut found = Vec::new();
            collect(&data.parse().expect("it is JSON"), &mut found);
            assert_eq!(found, expected, "{data}");
        };
        check(r#""A b""#, &["A b"]);
        check(r#"["A", {"name": "B"}, {"@id": "c"}, 7, null, {}]"#, &["A", "B", "c"]);
    }
}
