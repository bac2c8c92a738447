//! The list of operations and the OpenAPI document that is made from it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::docs::said;
use super::operation::{Operation, Takes, Verb, openapi};
use super::operations;

fn document() -> Value {
    let all: Vec<Operation> = operations().copied().collect();
    openapi(&all, "0")
}

#[test]
fn every_operation_stands_in_the_document_and_nothing_else_does() {
    let document = document();
    let mut told = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            told.insert((path.clone(), method.clone()));
        }
    }
    let known: BTreeSet<(String, String)> = operations()
        .map(|o| (o.path.to_owned(), o.verb.word().to_owned()))
        .collect();
    assert_eq!(told, known);
    assert_eq!(
        known.len(),
        operations().count(),
        "an operation is listed twice"
    );
}

#[test]
fn operations_have_names_of_their_own() {
    let names: BTreeSet<String> = operations().map(Operation::id).collect();
    assert_eq!(names.len(), operations().count());
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    let document = document();
    let mut missing = BTreeSet::new();
    follow(&document, &document["components"]["schemas"], &mut missing);
    assert!(missing.is_empty(), "{missing:?}");
}

/// Two types of one name would hide each other in the document.
#[test]
fn no_two_types_share_a_name() {
    let mut seen: BTreeMap<String, Value> = BTreeMap::new();
    for operation in operations() {
        let one = openapi(&[*operation], "0");
        for (name, schema) in one["components"]["schemas"].as_object().unwrap() {
            let before = seen.entry(name.clone()).or_insert_with(|| schema.clone());
            assert_eq!(before, schema, "{name} in {}", operation.path);
        }
    }
}

#[test]
fn what_is_taken_is_taken_strictly() {
    let document = document();
    for operation in operations() {
        let Takes::Json(shape) = operation.takes else {
            continue;
        };
        assert_ne!(operation.verb, Verb::Get, "{}", operation.path);
        let schema = &document["components"]["schemas"][shape.name()];
        assert_eq!(schema["additionalProperties"], false, "{}", shape.name());
    }
}

#[test]
fn every_member_is_told_of_in_words() {
    for operation in operations() {
        let Takes::Json(shape) = operation.takes else {
            continue;
        };
        for member in shape.members() {
            assert!(
                !member.says.is_empty(),
                "{} of {}",
                member.name,
                shape.name()
            );
        }
    }
}

#[test]
fn whatever_the_document_says_stands_in_the_catalogue_in_english_and_nothing_else_does() {
    let mut found = BTreeSet::new();
    said(&mut document(), &mut |text| {
        found.insert(text.clone());
    });
    let catalogue: BTreeMap<String, String> =
        toml::from_str(include_str!("../../texts/en.api.toml")).unwrap();
    let missing: Vec<&String> = found
        .iter()
        .filter(|text| catalogue.get(*text).is_none_or(String::is_empty))
        .collect();
    assert!(missing.is_empty(), "no English: {missing:#?}");
    let unused: Vec<&String> = catalogue
        .keys()
        .filter(|text| !found.contains(*text))
        .collect();
    assert!(unused.is_empty(), "nothing says: {unused:#?}");
}

fn follow(part: &Value, schemas: &Value, missing: &mut BTreeSet<String>) {
    match part {
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get("$ref") {
                let name = target.rsplit('/').next().unwrap();
                if schemas.get(name).is_none() {
                    missing.insert(name.to_owned());
                }
            }
            members
                .values()
                .for_each(|member| follow(member, schemas, missing));
        }
        Value::Array(items) => items.iter().for_each(|item| follow(item, schemas, missing)),
        _ => {}
    }
}
