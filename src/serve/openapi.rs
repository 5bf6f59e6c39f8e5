//! The description of the API (OpenAPI 3.1, <https://spec.openapis.org/oas/v3.1.0>), made of the rows of
//! its routes and parameters. What the objects hold stands in `schemas.json`.

use serde_json::{Map, Value, json};

use super::{
    params::{Param, Takes},
    routes::{API, Answer, Route},
};

/// Returns the description.
pub(super) fn description() -> Value {
    let mut paths = Map::new();
    for route in API {
        paths.insert(route.path.into(), json!({ (route.method): operation(route) }));
    }
    let schemas: Value = serde_json::from_str(include_str!("schemas.json")).expect("it is JSON");
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "excerpt",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Full-text search over folders of articles. Keys are only ever added.",
        },
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

fn operation(route: &Route) -> Value {
    let content = match route.answer {
        Answer::Object("Description") => json!({ "application/json": { "schema": { "type": "object" } } }),
        Answer::Object(name) => json!({ "application/json": { "schema": named(name) } }),
        Answer::Events => json!({ "text/event-stream": { "schema": { "type": "string" } } }),
    };
    json!({
        "summary": route.about,
        "parameters": route.params.iter().map(parameter).collect::<Vec<_>>(),
        "responses": {
            "200": { "description": route.about, "content": content },
            "default": {
                "description": "Why it was not answered",
                "content": { "application/json": { "schema": named("Failure") } },
            },
        },
    })
}

fn parameter(param: &Param) -> Value {
    let one = match &param.takes {
        Takes::Text(most) => json!({ "type": "string", "maxLength": most }),
        Takes::Number(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Takes::Switch => json!({ "type": "boolean" }),
        Takes::One(names) => json!({ "type": "string", "enum": names, "default": names[0] }),
        Takes::Day | Takes::Age => json!({ "type": "string" }),
    };
    let schema = if param.many { json!({ "type": "array", "items": one }) } else { one };
    json!({ "name": param.name, "in": "query", "description": param.about, "schema": schema })
}

fn named(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_that_is_named_is_there() {
        fn each_reference(value: &Value, each: &mut dyn FnMut(&str)) {
            match value {
                Value::Object(map) => {
                    if let Some(Value::String(reference)) = map.get("$ref") {
                        each(reference);
                    }
                    map.values().for_each(|value| each_reference(value, each));
                }
                Value::Array(values) => values.iter().for_each(|value| each_reference(value, each)),
                _ => {}
            }
        }
        let description = description();
        let mut seen = 0;
        each_reference(&description, &mut |reference| {
            let place = reference.trim_start_matches('#');
            assert!(description.pointer(place).is_some(), "{reference}");
            seen += 1;
        });
        assert!(seen > 10, "{seen}");
    }
}
