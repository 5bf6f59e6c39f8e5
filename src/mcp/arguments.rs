//! What a tool is called with: flat, strict, and refused with words that a model can act on.

use serde_json::{Map, Value, json};

/// A tool as it is described.
#[derive(Debug)]
pub(crate) struct Tool {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its name for people.
    pub(crate) title: &'static str,
    /// What it does and when to use it.
    pub(crate) about: &'static str,
    /// What it takes.
    pub(crate) parameters: &'static [Parameter],
    /// Those that must be given.
    pub(crate) required: &'static [&'static str],
}

/// One parameter of a tool.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) about: &'static str,
}

/// What a parameter may be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// A text of so many characters at most.
    Text(usize),
    /// So many texts at most, each of [`LONGEST`] characters.
    Texts(usize),
    /// A whole number, both ends included.
    Number(u64, u64),
}

/// Texts in a list are no longer.
pub(crate) const LONGEST: usize = 4_096;

/// Of a value that is refused so many characters are said again.
const SHOWN: usize = 60;

/// What was given, checked.
#[derive(Debug)]
pub(crate) struct Arguments {
    given: Map<String, Value>,
}

impl Arguments {
    /// Checks what was given. What is null counts as not given.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn read(tool: &Tool, mut given: Map<String, Value>) -> Result<Self, String> {
        given.retain(|_, value| !value.is_null());
        for (name, value) in &given {
            let Some(parameter) = tool.parameters.iter().find(|known| known.name == name) else {
                let known: Vec<&str> = tool.parameters.iter().map(|known| known.name).collect();
                let (name, tool) = (shown(name), tool.name);
                return Err(format!("unknown parameter `{name}`: `{tool}` takes {}", known.join(", ")));
            };
            if !parameter.kind.allows(value) {
                let (kind, value) = (parameter.kind.in_words(), shown(&value.to_string()));
                return Err(format!("`{name}` must be {kind}, and is {value}"));
            }
        }
        match tool.required.iter().find(|name| !given.contains_key(**name)) {
            Some(name) => Err(format!("`{name}` is missing: `{}` cannot do without it", tool.name)),
            None => Ok(Self { given }),
        }
    }

    /// Says whether an argument was given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.given.contains_key(name)
    }

    /// Returns a text, where it was given.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.given.get(name)?.as_str()
    }

    /// Returns a list of texts, empty where it was not given.
    pub(crate) fn texts(&self, name: &str) -> Vec<&str> {
        let list = self.given.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// Returns a number, where it was given.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        usize::try_from(whole(self.given.get(name)?)?).ok()
    }
}

impl Kind {
    fn allows(self, value: &Value) -> bool {
        let fits =
            |value: &Value, most: usize| value.as_str().is_some_and(|text| text.chars().count() <= most);
        match self {
            Self::Text(most) => fits(value, most),
            Self::Texts(most) => value
                .as_array()
                .is_some_and(|list| list.len() <= most && list.iter().all(|item| fits(item, LONGEST))),
            Self::Number(least, most) => whole(value).is_some_and(|number| (least..=most).contains(&number)),
        }
    }

    fn in_words(self) -> String {
        match self {
            Self::Text(most) => format!("a text of at most {most} characters"),
            Self::Texts(most) => format!("a list of at most {most} texts"),
            Self::Number(least, most) => format!("a whole number from {least} to {most}"),
        }
    }

    fn schema(self) -> Value {
        match self {
            Self::Text(most) => json!({"type": "string", "maxLength": most}),
            Self::Texts(most) => {
                json!({"type": "array", "items": {"type": "string", "maxLength": LONGEST}, "maxItems": most})
            }
            Self::Number(least, most) => json!({"type": "integer", "minimum": least, "maximum": most}),
        }
    }
}

impl Tool {
    /// Returns the JSON schema of what it takes: an object without unions, references or further keys.
    pub(crate) fn schema(&self) -> Map<String, Value> {
        let properties = self.parameters.iter().map(|parameter| {
            let mut schema = parameter.kind.schema();
            schema["description"] = parameter.about.into();
            (parameter.name.to_string(), schema)
        });
        let schema = json!({
            "type": "object",
            "properties": properties.collect::<Map<_, _>>(),
            "required": self.required,
            "additionalProperties": false,
        });
        match schema {
            Value::Object(schema) => schema,
            _ => Map::new(),
        }
    }
}

/// Returns a whole number; some clients send it with a decimal point.
fn whole(value: &Value) -> Option<u64> {
    let float = || value.as_f64().filter(|number| number.fract() == 0.0 && (0.0..1e15).contains(number));
    value.as_u64().or_else(|| float().map(|number| number as u64))
}

/// Returns what was given as it is said again: its beginning, in one line.
fn shown(text: &str) -> String {
    let end = text.char_indices().nth(SHOWN).map_or(text.len(), |(at, _)| at);
    let more = if end < text.len() { "…" } else { "" };
    format!("{}{more}", text[..end].replace(char::is_control, " "))
}

#[cfg(test)]
mod tests {
    use super::{super::tools, *};

    fn read(name: &str, given: Value) -> Result<Arguments, String> {
        let tool = tools::of(name).expect("the tool is there");
        Arguments::read(tool, given.as_object().expect("an object").clone())
    }

    #[test]
    fn what_is_wrong_is_said_by_name() {
        let check = |tool: &str, given: Value, expected: &str| {
            assert_eq!(read(tool, given).map(drop), Err(expected.into()));
        };
        check("search", json!({}), "`query` is missing: `search` cannot do without it");
        check("status", json!({"verbose": true}), "unknown parameter `verbose`: `status` takes failures");
        let limit = |given: Value| json!({"query": "x", "limit": given});
        let must = |given: &str| format!("`limit` must be a whole number from 1 to 100, and is {given}");
        check("search", limit(json!("10")), &must("\"10\""));
        check("search", limit(json!(0)), &must("0"));
        check("search", limit(json!(-1)), &must("-1"));
        check("search", limit(json!(2.5)), &must("2.5"));
        check("search", limit(json!(1e300)), &must("1e+300"));
        check("search", limit(json!([[[]]])), &must("[[[]]]"));
        check(
            "read_many",
            json!({"ids": ["a", 1]}),
            "`ids` must be a list of at most 100 texts, and is [\"a\",1]",
        );
        check(
            "search",
            json!({"query": "x".repeat(5_000)}),
            &format!("`query` must be a text of at most 4000 characters, and is \"{}…", "x".repeat(59)),
        );
    }

    #[test]
    fn what_is_right_is_read() {
        let given = json!({"query": "moon", "limit": 3.0, "folders": ["a"], "after": null});
        let arguments = read("search", given).expect("it is right");
        assert_eq!((arguments.text("query"), arguments.number("limit")), (Some("moon"), Some(3)));
        assert_eq!((arguments.texts("folders"), arguments.text("after")), (vec!["a"], None));
    }

    #[test]
    fn schemas_are_flat() {
        for tool in tools::TOOLS {
            let schema = tool.schema();
            assert_eq!(schema["additionalProperties"], false, "{}", tool.name);
            let text = Value::Object(schema).to_string();
            for word in ["anyOf", "oneOf", "allOf", "$ref", "\"null\"", "\"type\":["] {
                assert!(!text.contains(word), "{} says {word}", tool.name);
            }
            for name in tool.required {
                assert!(tool.parameters.iter().any(|parameter| parameter.name == *name));
            }
        }
    }
}
