//! One operation of the API: where it is, who answers it, what it takes and gives. The router and
//! the OpenAPI document are both made from the same list, so neither knows one that the other
//! doesn't.

use std::borrow::Cow;

use axum::routing::MethodRouter;
use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use vanthu_domain::permission::Action;

pub(crate) use crate::route::Verb;
use crate::route::{Asks, Route};
use crate::state::Web;

/// What a request carries in its body.
#[derive(Clone, Copy)]
pub(crate) enum Takes {
    /// Nothing.
    Nothing,
    /// JSON.
    Json(Shape),
    /// A file as it is.
    File,
}

/// What the answer carries.
#[derive(Clone, Copy)]
pub(crate) enum Gives {
    /// Nothing (204).
    Nothing,
    /// JSON.
    Json(Shape),
    /// A file of this media type.
    File(&'static str),
}

/// A type as OpenAPI sees it.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    name: fn() -> Cow<'static, str>,
    own: fn() -> RefOr<Schema>,
    parts: fn(&mut Vec<(String, RefOr<Schema>)>),
}

impl Shape {
    const fn of<T: ToSchema>() -> Self {
        Self {
            name: T::name,
            own: <T as PartialSchema>::schema,
            parts: T::schemas,
        }
    }

    /// Whether it is a list, which has no name of its own.
    fn is_list(self) -> bool {
        serde_json::to_value((self.own)()).is_ok_and(|schema| schema.get("items").is_some())
    }

    /// The name of the type.
    pub(crate) fn name(self) -> String {
        (self.name)().into_owned()
    }

    /// The members with their types and words, for the page of the documentation.
    pub(crate) fn members(self) -> Vec<Member> {
        let mut schema = serde_json::to_value((self.own)()).unwrap_or_default();
        if let Some(name) = schema.pointer("/items/$ref").and_then(Value::as_str) {
            let name = name.rsplit('/').next().unwrap_or("").to_owned();
            let mut parts = Vec::new();
            (self.parts)(&mut parts);
            let item = parts.into_iter().find(|(known, _)| *known == name);
            schema = item
                .and_then(|(_, of)| serde_json::to_value(of).ok())
                .unwrap_or_default();
        }
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .map(|all| all.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
            return Vec::new();
        };
        properties
            .iter()
            .map(|(name, of)| Member {
                name: name.clone(),
                kind: kind_of(of),
                required: required.contains(&name.as_str()),
                says: of
                    .get("description")
                    .and_then(Value::as_str)
                    .unwrap_or("")
                    .to_owned(),
            })
            .collect()
    }
}

/// One member of a JSON object.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    /// Its name.
    pub(crate) name: String,
    /// Its type, in a few words.
    pub(crate) kind: String,
    /// Whether it is always there.
    pub(crate) required: bool,
    /// What it is.
    pub(crate) says: String,
}

/// One operation.
#[derive(Clone, Copy)]
pub(crate) struct Operation {
    /// The method.
    pub(crate) verb: Verb,
    /// The path, with `{id}` for parts that vary.
    pub(crate) path: &'static str,
    /// Who answers.
    pub(crate) handler: fn() -> MethodRouter<Web>,
    /// What it does, in Vietnamese.
    pub(crate) says: &'static str,
    /// What it asks of whoever knocks.
    pub(crate) asks: Asks,
    /// What may stand behind the question mark: name and meaning.
    pub(crate) query: &'static [(&'static str, &'static str)],
    /// The body of the request.
    pub(crate) takes: Takes,
    /// The body of the answer.
    pub(crate) gives: Gives,
}

impl Operation {
    /// An operation for signed-in people that takes and gives nothing yet.
    pub(crate) const fn new(
        verb: Verb,
        path: &'static str,
        handler: fn() -> MethodRouter<Web>,
        says: &'static str,
    ) -> Self {
        Self {
            verb,
            path,
            handler,
            says,
            asks: Asks::Person,
            query: &[],
            takes: Takes::Nothing,
            gives: Gives::Nothing,
        }
    }

    /// Anybody may ask.
    pub(crate) const fn open(mut self) -> Self {
        self.asks = Asks::Nothing;
        self
    }

    /// Whoever may do one of these.
    pub(crate) const fn asks(mut self, actions: &'static [Action]) -> Self {
        self.asks = Asks::May(actions);
        self
    }

    /// Its route.
    pub(crate) fn route(&self) -> Route {
        Route::new(self.verb, self.path, self.asks, self.handler)
    }

    /// What may stand in the query.
    pub(crate) const fn query(mut self, query: &'static [(&'static str, &'static str)]) -> Self {
        self.query = query;
        self
    }

    /// JSON comes.
    pub(crate) const fn takes<T: ToSchema>(mut self) -> Self {
        self.takes = Takes::Json(Shape::of::<T>());
        self
    }

    /// A file comes.
    pub(crate) const fn takes_file(mut self) -> Self {
        self.takes = Takes::File;
        self
    }

    /// JSON goes.
    pub(crate) const fn gives<T: ToSchema>(mut self) -> Self {
        self.gives = Gives::Json(Shape::of::<T>());
        self
    }

    /// A file goes.
    pub(crate) const fn gives_file(mut self, media_type: &'static str) -> Self {
        self.gives = Gives::File(media_type);
        self
    }

    /// The parts of the path that vary.
    pub(crate) fn parameters(&self) -> Vec<&'static str> {
        self.path
            .split('/')
            .filter_map(|part| part.strip_prefix('{').and_then(|p| p.strip_suffix('}')))
            .collect()
    }

    /// The first word of the path: what it is about.
    pub(crate) fn noun(&self) -> &'static str {
        let path = self
            .path
            .trim_start_matches("/api/")
            .trim_start_matches("v1/");
        path.split('/').next().unwrap_or(path)
    }

    /// A name for programs: `post-outgoing-outgoing-id-submit`.
    pub(crate) fn id(&self) -> String {
        let path = self
            .path
            .trim_start_matches("/api/v1/")
            .trim_start_matches("/api/");
        let words: String = path
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
            .collect();
        let words: Vec<&str> = words.split_whitespace().collect();
        format!("{}-{}", self.verb.word(), words.join("-"))
    }
}

/// The OpenAPI document of these operations.
pub(crate) fn openapi(operations: &[Operation], version: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    let mut schemas: Map<String, Value> = Map::new();
    let problem = Shape::of::<crate::error::Problem>();
    keep(&mut schemas, problem);
    for operation in operations {
        if let Takes::Json(shape) = operation.takes {
            keep(&mut schemas, shape);
        }
        if let Gives::Json(shape) = operation.gives {
            keep(&mut schemas, shape);
        }
        let entry = paths
            .entry(operation.path.to_owned())
            .or_insert_with(|| json!({}));
        if let Some(methods) = entry.as_object_mut() {
            methods.insert(
                operation.verb.word().to_owned(),
                describe(operation, problem),
            );
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Văn Thư",
            "version": version,
            "description": "Các việc trên trang web, cho chương trình. Lỗi theo RFC 9457.",
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": crate::session::SESSION_COOKIE},
                "csrf": {"type": "apiKey", "in": "header", "name": crate::session::CSRF_HEADER.as_str()},
            },
        },
    })
}

fn describe(operation: &Operation, problem: Shape) -> Value {
    let mut parameters: Vec<Value> = operation
        .parameters()
        .into_iter()
        .map(|name| {
            json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})
        })
        .collect();
    parameters.extend(operation.query.iter().map(|(name, says)| {
        json!({"name": name, "in": "query", "required": false, "description": says,
               "schema": {"type": "string"}})
    }));
    let given = match operation.gives {
        Gives::Nothing => json!({"description": "Đã làm, không có nội dung trả về"}),
        Gives::Json(shape) => {
            json!({"description": "Đã làm", "content": {"application/json": {"schema": point(shape)}}})
        }
        Gives::File(kind) => json!({
            "description": "Tệp",
            "content": {kind: {"schema": {"type": "string", "format": "binary"}}},
        }),
    };
    let status = if matches!(operation.gives, Gives::Nothing) {
        "204"
    } else {
        "200"
    };
    let mut described = json!({
        "operationId": operation.id(),
        "summary": operation.says,
        "parameters": parameters,
        "responses": {
            status: given,
            "default": {
                "description": "Từ chối hoặc lỗi",
                "content": {"application/problem+json": {"schema": point(problem)}},
            },
        },
        "security": security(operation),
    });
    let body = match operation.takes {
        Takes::Nothing => None,
        Takes::Json(shape) => Some(json!({
            "required": true, "content": {"application/json": {"schema": point(shape)}},
        })),
        Takes::File => Some(json!({
            "required": true,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        })),
    };
    if let (Some(body), Some(object)) = (body, described.as_object_mut()) {
        object.insert("requestBody".to_owned(), body);
    }
    described
}

fn security(operation: &Operation) -> Value {
    match (operation.asks, operation.verb.is_safe()) {
        (Asks::Nothing, _) => json!([]),
        (_, true) => json!([{"session": []}]),
        (_, false) => json!([{"session": [], "csrf": []}]),
    }
}

fn keep(schemas: &mut Map<String, Value>, shape: Shape) {
    let mut parts = Vec::new();
    (shape.parts)(&mut parts);
    if !shape.is_list() {
        parts.push((shape.name(), (shape.own)()));
    }
    for (name, schema) in parts {
        schemas.insert(name, serde_json::to_value(schema).unwrap_or_default());
    }
}

fn point(shape: Shape) -> Value {
    if shape.is_list() {
        return serde_json::to_value((shape.own)()).unwrap_or_default();
    }
    json!({"$ref": format!("#/components/schemas/{}", shape.name())})
}

/// A schema's type in a few words.
fn kind_of(schema: &Value) -> String {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        return name.rsplit('/').next().unwrap_or("").to_owned();
    }
    for list in ["oneOf", "allOf", "anyOf"] {
        if let Some(all) = schema.get(list).and_then(Value::as_array) {
            let kinds: Vec<String> = all.iter().map(kind_of).collect();
            return kinds.join(" | ");
        }
    }
    let kinds: Vec<&str> = match schema.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => vec!["any"],
    };
    match (kinds.contains(&"array"), schema.get("items")) {
        (true, Some(items)) => format!("{}[]", kind_of(items)),
        _ => kinds.join(" | "),
    }
}
