//! From rows to values and back, by the type of each field.
//!
//! A struct whose fields are named as the columns becomes a [`Record`] with one line of the
//! `record!` macro. A [`Scalar`] is one column, a [`Field`] one or more.

use sea_orm::{QueryResult, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

use vanthu_domain::account::AccountState;
use vanthu_domain::agency::{AgencyKind, Capacity, Role};
use vanthu_domain::certificate::CertificateState;
use vanthu_domain::delivery::{DeliveryState, StatusCode};
use vanthu_domain::device::{Belongs, DeviceKind, DeviceTag, Suspicion};
use vanthu_domain::finding::{Conclusion, FindingKind, FindingTag};
use vanthu_domain::id;
use vanthu_domain::incoming::{ClosingCode, IncomingTag};
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_domain::line::{LineState, Part};
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::{Day, Moment};

use crate::error::{Result, StoreError};

/// A row as the database gave it, with what names it when it turns out to be corrupt.
pub(crate) struct Row {
    inner: QueryResult,
    table: &'static str,
    key: &'static [&'static str],
}

/// What stands in one column.
pub(crate) enum Cell {
    /// TEXT.
    Text(String),
    /// BIGINT.
    Integer(i64),
}

/// A value that is one column, never null.
pub(crate) trait Scalar: Sized {
    /// Whether the column is BIGINT; otherwise it is TEXT.
    const INTEGER: bool;
    fn value(&self) -> Value;
    fn parse(cell: Cell) -> Result<Self, String>;
}

/// A value that is an argument of a statement.
pub(crate) trait Arg {
    fn arg(&self) -> Value;
}

/// A field of a record: one column or several.
pub(crate) trait Field: Sized {
    fn columns(name: &'static str, columns: &mut Vec<&'static str>);
    fn write(&self, values: &mut Vec<Value>);
    fn read(row: &Row, name: &'static str) -> Result<Self>;
}

/// A struct that is a row of a table.
pub(crate) trait Record: Sized {
    const TABLE: &'static str;
    const KEY: &'static [&'static str];
    fn columns() -> Vec<&'static str>;
    fn values(&self) -> Vec<Value>;
    fn read(row: &Row) -> Result<Self>;
}

/// `record! { UnitRow, "units", [unit_id]; unit_id, agency_id, name }`
macro_rules! record {
    ($type:ty, $table:literal, [$($key:ident),+]; $($field:ident),+ $(,)?) => {
        impl crate::record::Record for $type {
            const TABLE: &'static str = $table;
            const KEY: &'static [&'static str] = &[$(stringify!($key)),+];

            fn columns() -> Vec<&'static str> {
                let mut columns = Vec::new();
                $(crate::record::columns_of(|record: &Self| &record.$field, stringify!($field), &mut columns);)+
                columns
            }

            fn values(&self) -> Vec<sea_orm::Value> {
                let mut values = Vec::new();
                $(crate::record::Field::write(&self.$field, &mut values);)+
                values
            }

            fn read(row: &crate::record::Row) -> crate::error::Result<Self> {
                Ok(Self { $($field: crate::record::Field::read(row, stringify!($field))?),+ })
            }
        }
    };
}
pub(crate) use record;

/// `args![agency_id, year]`: the arguments of a statement, in order.
macro_rules! args {
    ($($arg:expr),* $(,)?) => {
        vec![$({
            use crate::record::Arg as _;
            ($arg).arg()
        }),*]
    };
}
pub(crate) use args;

/// A closed enumeration of the store: `words! { /// doc Name { /// doc Variant = "word" } }`.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stored word.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The one of a stored word.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }
        }

        crate::record::coded!($name);
    )+};
}
pub(crate) use words;

/// Enumerations with `code` and `from_code`.
macro_rules! coded {
    ($($type:ty),+ $(,)?) => {$(
        impl crate::record::Scalar for $type {
            const INTEGER: bool = false;
            fn value(&self) -> sea_orm::Value {
                self.code().to_owned().into()
            }
            fn parse(cell: crate::record::Cell) -> Result<Self, String> {
                let text = cell.text()?;
                Self::from_code(&text).ok_or_else(|| format!("no word of {}: {text:?}", stringify!($type)))
            }
        }
    )+};
}
pub(crate) use coded;

coded!(
    AccountState,
    Role,
    CertificateState,
    DeviceKind,
    DeviceTag,
    Belongs,
    Suspicion,
    FindingKind,
    FindingTag,
    Conclusion,
    DeliveryState,
    ClosingCode,
    IncomingTag,
    LineState,
    Part,
    OutgoingTag
);

/// Types whose text reads back.
macro_rules! texts {
    ($($type:ty),+ $(,)?) => {$(
        impl Scalar for $type {
            const INTEGER: bool = false;
            fn value(&self) -> Value {
                self.to_string().into()
            }
            fn parse(cell: Cell) -> Result<Self, String> {
                cell.text()?.parse().map_err(|error| format!("{error}"))
            }
        }
    )+};
}

texts!(
    id::AgencyId,
    id::UnitId,
    id::PersonId,
    id::PostId,
    id::AccountId,
    id::AuthorityId,
    id::OutgoingId,
    id::VersionId,
    id::IncomingId,
    id::DeliveryId,
    id::LineId,
    id::ExtensionId,
    id::RegisterId,
    id::FileId,
    id::CertificateId,
    id::SealId,
    id::OpinionId,
    id::NoticeId,
    id::JobId,
    id::SigningId,
    id::CredentialId,
    id::ToolTrialId,
    id::SavedViewId,
    id::AgentId,
    id::DeviceId,
    id::PermitId,
    id::RevocationRequestId,
    id::FindingId,
    DocumentKind,
);

/// Enumerations whose stored word is the one of their serde form.
macro_rules! serde_words {
    ($($type:ty),+ $(,)?) => {$(
        impl Scalar for $type {
            const INTEGER: bool = false;
            fn value(&self) -> Value {
                serde_word(self).into()
            }
            fn parse(cell: Cell) -> Result<Self, String> {
                let word = serde_json::Value::String(cell.text()?);
                serde_json::from_value(word).map_err(|error| error.to_string())
            }
        }
    )+};
}

serde_words!(AgencyKind, Capacity);

fn serde_word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

impl Cell {
    pub(crate) fn text(self) -> Result<String, String> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Integer(number) => Err(format!("a number where text must be: {number}")),
        }
    }

    pub(crate) fn integer(self) -> Result<i64, String> {
        match self {
            Self::Integer(number) => Ok(number),
            Self::Text(_) => Err("text where a number must be".to_owned()),
        }
    }
}

impl Scalar for String {
    const INTEGER: bool = false;
    fn value(&self) -> Value {
        self.clone().into()
    }
    fn parse(cell: Cell) -> Result<Self, String> {
        cell.text()
    }
}

impl Scalar for i64 {
    const INTEGER: bool = true;
    fn value(&self) -> Value {
        (*self).into()
    }
    fn parse(cell: Cell) -> Result<Self, String> {
        cell.integer()
    }
}

impl Scalar for u32 {
    const INTEGER: bool = true;
    fn value(&self) -> Value {
        i64::from(*self).into()
    }
    fn parse(cell: Cell) -> Result<Self, String> {
        let number = cell.integer()?;
        Self::try_from(number).map_err(|_| format!("out of range: {number}"))
    }
}

impl Scalar for bool {
    const INTEGER: bool = true;
    fn value(&self) -> Value {
        i64::from(*self).into()
    }
    fn parse(cell: Cell) -> Result<Self, String> {
        match cell.integer()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(format!("neither 0 nor 1: {other}")),
        }
    }
}

impl Scalar for Moment {
    const INTEGER: bool = true;
    fn value(&self) -> Value {
        self.unix_micros().into()
    }
    fn parse(cell: Cell) -> Result<Self, String> {
        Ok(Self::from_unix_micros(cell.integer()?))
    }
}

impl Scalar for Day {
    const INTEGER: bool = false;
    fn value(&self) -> Value {
        self.iso().into()
    }
    fn parse(cell: Cell) -> Result<Self, String> {
        cell.text()?.parse().map_err(|error| format!("{error}"))
    }
}

impl Scalar for Urgency {
    const INTEGER: bool = true;
    fn value(&self) -> Value {
        i64::from(self.number()).into()
    }
    fn parse(cell: Cell) -> Result<Self, String> {
        let number = cell.integer()?;
        u8::try_from(number)
            .ok()
            .and_then(Self::from_number)
            .ok_or_else(|| format!("no degree of urgency: {number}"))
    }
}

impl Scalar for StatusCode {
    const INTEGER: bool = false;
    fn value(&self) -> Value {
        self.digits().to_owned().into()
    }
    fn parse(cell: Cell) -> Result<Self, String> {
        let text = cell.text()?;
        Self::from_digits(&text).ok_or_else(|| format!("no status code: {text:?}"))
    }
}

/// JSON kept as text.
macro_rules! json {
    ($($type:ty),+ $(,)?) => {$(
        impl Scalar for $type {
            const INTEGER: bool = false;
            fn value(&self) -> Value {
                to_json(self).into()
            }
            fn parse(cell: Cell) -> Result<Self, String> {
                from_json(&cell.text()?)
            }
        }
    )+};
}

json!(Vec<String>, serde_json::Value);

/// JSON text of a value of the domain, whose maps all have text keys.
pub(crate) fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

impl<T: Scalar> Arg for T {
    fn arg(&self) -> Value {
        self.value()
    }
}

impl<T: Scalar> Arg for Option<T> {
    fn arg(&self) -> Value {
        match self {
            Some(value) => value.value(),
            None if T::INTEGER => Value::BigInt(None),
            None => Value::String(None),
        }
    }
}

impl Arg for str {
    fn arg(&self) -> Value {
        self.to_owned().into()
    }
}

impl<T: Scalar> Field for T {
    fn columns(name: &'static str, columns: &mut Vec<&'static str>) {
        columns.push(name);
    }
    fn write(&self, values: &mut Vec<Value>) {
        values.push(self.value());
    }
    fn read(row: &Row, name: &'static str) -> Result<Self> {
        row.optional::<T>(name)?
            .ok_or_else(|| row.corrupt(format!("{name} is null")))
    }
}

impl<T: Scalar> Field for Option<T> {
    fn columns(name: &'static str, columns: &mut Vec<&'static str>) {
        columns.push(name);
    }
    fn write(&self, values: &mut Vec<Value>) {
        values.push(self.arg());
    }
    fn read(row: &Row, name: &'static str) -> Result<Self> {
        row.optional(name)
    }
}

/// Lets the macro name a field's type by the field.
pub(crate) fn columns_of<R, F: Field>(
    _: fn(&R) -> &F,
    name: &'static str,
    columns: &mut Vec<&'static str>,
) {
    F::columns(name, columns);
}

impl Row {
    pub(crate) const fn new(
        inner: QueryResult,
        table: &'static str,
        key: &'static [&'static str],
    ) -> Self {
        Self { inner, table, key }
    }

    /// A column that is never null.
    pub(crate) fn get<T: Field>(&self, name: &'static str) -> Result<T> {
        T::read(self, name)
    }

    /// A column that may be null.
    pub(crate) fn optional<T: Scalar>(&self, name: &str) -> Result<Option<T>> {
        let cell = if T::INTEGER {
            self.inner
                .try_get::<Option<i64>>("", name)
                .map(|cell| cell.map(Cell::Integer))
        } else {
            self.inner
                .try_get::<Option<String>>("", name)
                .map(|cell| cell.map(Cell::Text))
        };
        let cell = cell.map_err(|error| self.corrupt(format!("{name}: {error}")))?;
        cell.map(T::parse)
            .transpose()
            .map_err(|why| self.corrupt(format!("{name}: {why}")))
    }

    /// The number in a column by its place.
    pub(crate) fn number_at(&self, place: usize) -> Result<i64> {
        self.inner
            .try_get_by_index(place)
            .map_err(|error| self.corrupt(error))
    }

    /// The fault that this row is corrupt, by table and key.
    pub(crate) fn corrupt(&self, why: impl std::fmt::Display) -> StoreError {
        let key: Vec<String> = self
            .key
            .iter()
            .map(|column| {
                let text = self.inner.try_get::<String>("", column);
                let number = || self.inner.try_get::<i64>("", column).map(|n| n.to_string());
                text.or_else(|_| number())
                    .unwrap_or_else(|_| "?".to_owned())
            })
            .collect();
        StoreError::corrupt(self.table, &key.join("/"), why)
    }
}
