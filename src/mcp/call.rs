//! A call as a line of bytes: what any of them must come through.

use serde_json::{Map, Value};

use super::{
    arguments::{Arguments, Kind, Tool},
    tools,
};

/// Whatever the bytes, a call is refused with words, or every argument is of its kind.
///
/// # Panics
/// Where that is not so.
pub(crate) fn trial(bytes: &[u8]) {
    let Ok(message) = serde_json::from_slice::<Value>(bytes) else { return };
    let given = message["params"]["arguments"].as_object().cloned().unwrap_or_default();
    let name = message["params"]["name"].as_str().unwrap_or_default();
    match tools::of(name) {
        Some(tool) => read(tool, given),
        None => tools::TOOLS.iter().for_each(|tool| read(tool, given.clone())),
    }
}

fn read(tool: &Tool, given: Map<String, Value>) {
    let count = given.values().filter(|value| !value.is_null()).count();
    match Arguments::read(tool, given) {
        Err(refused) => assert!(!refused.is_empty() && !refused.contains('\n'), "{refused:?}"),
        Ok(arguments) => {
            let known = tool.parameters.iter().filter(|parameter| match parameter.kind {
                Kind::Text(most) => {
                    arguments.text(parameter.name).is_some_and(|text| text.chars().count() <= most)
                }
                Kind::Texts(most) => {
                    let texts = arguments.texts(parameter.name);
                    assert!(texts.len() <= most);
                    arguments.has(parameter.name)
                }
                Kind::Number(least, most) => arguments
                    .number(parameter.name)
                    .is_some_and(|number| (least..=most).contains(&(number as u64))),
            });
            assert_eq!(known.count(), count, "an argument is not of its kind");
            assert!(tool.required.iter().all(|name| arguments.has(name)), "one is missing");
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn seeds_and_past_findings_come_through() {
        let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/seeds/mcp");
        let seeds: Vec<_> = std::fs::read_dir(seeds).expect("there are seeds").collect();
        assert!(!seeds.is_empty());
        for seed in seeds {
            let bytes = std::fs::read(seed.expect("it can be read").path()).expect("it can be read");
            trial(&bytes);
            // What is wrong with each value by itself.
            for end in 0..bytes.len() {
                trial(&[&bytes[..end], b"0", &bytes[end + 1..]].concat());
            }
        }
    }

    proptest! {
        #[test]
        fn any_values_come_through(
            name in "search|read|read_many|status|x",
            key in "query|limit|folders|line|ids|budget|\\PC{0,8}",
            text in any::<String>(),
            number in any::<f64>(),
        ) {
            for value in [Value::from(text.as_str()), number.into(), vec![text.as_str()].into(), (number as i64).into()] {
                let params = serde_json::json!({"name": name, "arguments": {"query": "x", key.as_str(): value}});
                trial(serde_json::json!({"params": params}).to_string().as_bytes());
            }
        }
    }
}
