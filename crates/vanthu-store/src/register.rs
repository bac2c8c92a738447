//! Registers and their numbers: consecutive, without gap, never given twice.
//!
//! The row of the register is locked from the moment a number is taken until the transaction ends;
//! a transaction that fails leaves no gap behind.

use vanthu_domain::id::{AgencyId, IncomingId, OutgoingId, PersonId, RegisterId, UnitId};
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_domain::{Day, Moment};

use crate::agency::missing;
use crate::db::Tx;
use crate::error::{Result, StoreError};
use crate::query::Where;
use crate::record::{Record as _, Row, args, record, words};

words! {
    /// Which way the documents of a register go.
    Direction {
        /// Documents that the agency issues (văn bản đi).
        Out = "out",
        /// Documents that it receives (văn bản đến).
        In = "in",
    }

    /// Where a number stands.
    NumberState {
        /// It stands.
        Given = "given",
        /// It is void, with a reason, and is never used again (hủy số).
        Void = "void",
    }
}

/// A register (sổ đăng ký).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterRow {
    /// The identifier.
    pub register_id: RegisterId,
    /// The agency.
    pub agency_id: AgencyId,
    /// Which way its documents go.
    pub direction: Direction,
    /// The year of its numbers.
    pub year: i64,
    /// Its name.
    pub name: String,
    /// The number that the next document gets.
    pub next_number: u32,
}

/// A number in a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberRow {
    /// The register.
    pub register_id: RegisterId,
    /// The number.
    pub number: u32,
    /// Whether it stands.
    pub state: NumberState,
    /// Number and notation as printed; for arrivals the number alone.
    pub notation: String,
    /// The document, by its identifier.
    pub document_id: String,
    /// The day of issue, or of arrival.
    pub day: Day,
    /// Who gave it.
    pub person_id: PersonId,
    /// When.
    pub at: Moment,
    /// Why it is void.
    pub void_reason: Option<String>,
    /// When it became void.
    pub void_at: Option<Moment>,
    /// Who made it void.
    pub void_by: Option<PersonId>,
}

/// What is written down when a number is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Giving {
    /// Number and notation as printed.
    pub notation: String,
    /// The document, by its identifier.
    pub document_id: String,
    /// The day of issue, or of arrival.
    pub day: Day,
    /// Who gives it.
    pub person_id: PersonId,
    /// When.
    pub at: Moment,
}

record!(
    RegisterRow, "registers", [register_id];
    register_id, agency_id, direction, year, name, next_number
);
record!(
    NumberRow, "numbers", [register_id, number];
    register_id, number, state, notation, document_id, day, person_id, at, void_reason, void_at,
    void_by
);

/// The register of an agency, direction and year: the one that is there, or else `new`.
pub async fn open(tx: &mut Tx, new: &RegisterRow) -> Result<RegisterRow> {
    tx.insert_unless_taken(new).await?;
    find_by_year(tx, &new.agency_id, new.direction, new.year)
        .await?
        .ok_or_else(|| missing::<RegisterRow>(&new.register_id))
}

/// The register, where there is one.
pub async fn find(tx: &mut Tx, register_id: &RegisterId) -> Result<Option<RegisterRow>> {
    tx.first("WHERE register_id = $1", args![register_id]).await
}

/// The register, which must be there.
pub async fn load(tx: &mut Tx, register_id: &RegisterId) -> Result<RegisterRow> {
    find(tx, register_id)
        .await?
        .ok_or_else(|| missing::<RegisterRow>(register_id))
}

/// The register of an agency, direction and year, where there is one.
pub async fn find_by_year(
    tx: &mut Tx,
    agency_id: &AgencyId,
    direction: Direction,
    year: i64,
) -> Result<Option<RegisterRow>> {
    tx.first(
        "WHERE agency_id = $1 AND direction = $2 AND year = $3",
        args![agency_id, direction, year],
    )
    .await
}

/// The registers of an agency, the youngest year first.
pub async fn list(tx: &mut Tx, agency_id: &AgencyId) -> Result<Vec<RegisterRow>> {
    tx.list(
        "WHERE agency_id = $1 ORDER BY year DESC, direction",
        args![agency_id],
    )
    .await
}

/// Gives the next number of a register. `giving` is told the number and says what is written with
/// it. A document that has a standing number in the register already is a conflict.
///
/// Clause: TG-10.1
pub async fn give(
    tx: &mut Tx,
    register_id: &RegisterId,
    giving: impl FnOnce(u32) -> Giving,
) -> Result<NumberRow> {
    let sql = "UPDATE registers SET next_number = next_number + 1 WHERE register_id = $1 \
               RETURNING next_number - 1 AS number";
    let rows = tx
        .rows(RegisterRow::TABLE, &[], sql, args![register_id])
        .await?;
    let row = rows
        .first()
        .ok_or_else(|| missing::<RegisterRow>(register_id))?;
    let number: u32 = row.get("number")?;
    let given = giving(number);
    let row = NumberRow {
        register_id: register_id.clone(),
        number,
        state: NumberState::Given,
        notation: given.notation,
        document_id: given.document_id,
        day: given.day,
        person_id: given.person_id,
        at: given.at,
        void_reason: None,
        void_at: None,
        void_by: None,
    };
    tx.insert(&row).await?;
    Ok(row)
}

/// The number that the next document would get. Nothing is promised: somebody may be faster.
pub async fn peek(tx: &mut Tx, register_id: &RegisterId) -> Result<u32> {
    Ok(load(tx, register_id).await?.next_number)
}

/// Makes a number void. One that is void already, or was never given, is a conflict.
pub async fn void(
    tx: &mut Tx,
    register_id: &RegisterId,
    number: u32,
    reason: &str,
    by: &PersonId,
    now: Moment,
) -> Result<()> {
    let sql = "UPDATE numbers SET state = 'void', void_reason = $3, void_by = $4, void_at = $5 \
               WHERE register_id = $1 AND number = $2 AND state = 'given'";
    match tx
        .run(sql, args![register_id, number, reason, by, now])
        .await?
    {
        1 => Ok(()),
        _ => Err(StoreError::stale(NumberRow::TABLE, "state")),
    }
}

/// The number, where it was given.
pub async fn find_number(
    tx: &mut Tx,
    register_id: &RegisterId,
    number: u32,
) -> Result<Option<NumberRow>> {
    tx.first(
        "WHERE register_id = $1 AND number = $2",
        args![register_id, number],
    )
    .await
}

/// Every number that a document has had, standing and void.
pub async fn list_numbers_of(tx: &mut Tx, document_id: &str) -> Result<Vec<NumberRow>> {
    tx.list(
        "WHERE document_id = $1 ORDER BY at, register_id, number",
        args![document_id],
    )
    .await
}

/// What is wrong with a register: numbers that are missing below the next one.
pub async fn list_gaps(tx: &mut Tx, register_id: &RegisterId) -> Result<Vec<u32>> {
    let next = load(tx, register_id).await?.next_number;
    let sql = "SELECT register_id, number FROM numbers WHERE register_id = $1 ORDER BY number";
    let rows = tx
        .rows(NumberRow::TABLE, NumberRow::KEY, sql, args![register_id])
        .await?;
    let mut gaps = Vec::new();
    let mut expected: u32 = 1;
    for row in &rows {
        let number: u32 = row.get("number")?;
        gaps.extend(expected..number);
        expected = number.saturating_add(1);
    }
    gaps.extend(expected..next);
    Ok(gaps)
}

/// Which rows of a register to show or print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extract {
    /// From this number on.
    pub from_number: Option<u32>,
    /// Up to this number.
    pub until_number: Option<u32>,
    /// From this day on.
    pub from_day: Option<Day>,
    /// Up to this day.
    pub until_day: Option<Day>,
    /// At most so many rows, from the lowest number.
    pub limit: Option<u32>,
}

/// A row of the register of outgoing documents (sổ đăng ký văn bản đi).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingEntry {
    /// The number.
    pub number: NumberRow,
    /// The document.
    pub outgoing_id: OutgoingId,
    /// Its kind.
    pub kind: DocumentKind,
    /// What it is about.
    pub subject: String,
    /// Its urgency.
    pub urgency: Urgency,
    /// Who signed it.
    pub signer_name: String,
    /// Its recipients as printed (Nơi nhận).
    pub recipients_text: Vec<String>,
    /// The unit that drafted it.
    pub unit_name: String,
    /// How many agencies it went to.
    pub copies: u32,
}

/// The entries of a register of outgoing documents, by number; void ones among them.
pub async fn list_outgoing(
    tx: &mut Tx,
    register_id: &RegisterId,
    extract: Extract,
) -> Result<Vec<OutgoingEntry>> {
    let sql = format!(
        "SELECT {}, o.outgoing_id, o.kind, o.subject, o.urgency, o.recipients_text, \
         u.name AS unit_name, COALESCE(p.full_name, '') AS signer_name, \
         (SELECT COUNT(*) FROM outgoing_recipients r WHERE r.outgoing_id = o.outgoing_id) AS copies \
         FROM numbers n JOIN outgoing o ON o.outgoing_id = n.document_id \
         JOIN units u ON u.unit_id = o.unit_id LEFT JOIN persons p ON p.person_id = o.signer_id ",
        number_columns()
    );
    let read = |row: &Row| {
        Ok(OutgoingEntry {
            number: NumberRow::read(row)?,
            outgoing_id: row.get("outgoing_id")?,
            kind: row.get("kind")?,
            subject: row.get("subject")?,
            urgency: row.get("urgency")?,
            signer_name: row.get("signer_name")?,
            recipients_text: row.get("recipients_text")?,
            unit_name: row.get("unit_name")?,
            copies: row.get("copies")?,
        })
    };
    entries(tx, sql, register_id, extract)
        .await?
        .iter()
        .map(read)
        .collect()
}

/// A row of the register of incoming documents (sổ đăng ký văn bản đến).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingEntry {
    /// The arrival number and day.
    pub number: NumberRow,
    /// The document.
    pub incoming_id: IncomingId,
    /// Who issued it.
    pub from_name: String,
    /// Its number and notation.
    pub notation: String,
    /// Its day of issue.
    pub issued_day: Option<Day>,
    /// Its kind.
    pub kind: DocumentKind,
    /// What it is about.
    pub subject: String,
    /// Its urgency.
    pub urgency: Urgency,
    /// Its deadline.
    pub due_day: Option<Day>,
    /// Remarks.
    pub note: String,
    /// Units and people to whom it was directed, the leading one first.
    pub holders: Vec<EntryHolder>,
}

/// A unit or person in the column of those who received the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryHolder {
    /// The unit.
    pub unit_id: Option<UnitId>,
    /// The person.
    pub person_id: Option<PersonId>,
    /// The unit's name, or the person's where no unit is named.
    pub name: String,
    /// When it was directed there.
    pub at: Moment,
}

/// The entries of a register of incoming documents, by number.
pub async fn list_incoming(
    tx: &mut Tx,
    register_id: &RegisterId,
    extract: Extract,
) -> Result<Vec<IncomingEntry>> {
    let sql = format!(
        "SELECT {}, i.incoming_id, i.from_name, i.notation AS their_notation, i.issued_day, \
         i.kind, i.subject, i.urgency, i.due_day, i.note \
         FROM numbers n JOIN incoming i ON i.incoming_id = n.document_id ",
        number_columns()
    );
    let mut found = Vec::new();
    for row in entries(tx, sql, register_id, extract).await? {
        let incoming_id: IncomingId = row.get("incoming_id")?;
        found.push(IncomingEntry {
            number: NumberRow::read(&row)?,
            from_name: row.get("from_name")?,
            notation: row.get("their_notation")?,
            issued_day: row.get("issued_day")?,
            kind: row.get("kind")?,
            subject: row.get("subject")?,
            urgency: row.get("urgency")?,
            due_day: row.get("due_day")?,
            note: row.get("note")?,
            holders: holders(tx, &incoming_id).await?,
            incoming_id,
        });
    }
    Ok(found)
}

async fn holders(tx: &mut Tx, incoming_id: &IncomingId) -> Result<Vec<EntryHolder>> {
    let sql = "SELECT l.line_id, l.unit_id, l.person_id, l.created_at, \
               COALESCE(u.name, p.full_name, '') AS name FROM lines l \
               LEFT JOIN units u ON u.unit_id = l.unit_id \
               LEFT JOIN persons p ON p.person_id = l.person_id \
               WHERE l.incoming_id = $1 AND l.parent_line_id IS NULL \
               AND l.state NOT IN ('returned', 'taken-back') \
               ORDER BY CASE l.part WHEN 'lead' THEN 0 WHEN 'support' THEN 1 ELSE 2 END, l.line_id";
    let rows = tx
        .rows("lines", &["line_id"], sql, args![incoming_id])
        .await?;
    rows.iter()
        .map(|row| {
            Ok(EntryHolder {
                unit_id: row.get("unit_id")?,
                person_id: row.get("person_id")?,
                name: row.get("name")?,
                at: row.get("created_at")?,
            })
        })
        .collect()
}

fn number_columns() -> String {
    let columns: Vec<String> = NumberRow::columns()
        .into_iter()
        .map(|column| format!("n.{column}"))
        .collect();
    columns.join(", ")
}

async fn entries(
    tx: &mut Tx,
    mut sql: String,
    register_id: &RegisterId,
    extract: Extract,
) -> Result<Vec<Row>> {
    let mut clause = Where::new();
    clause.equals("n.register_id", Some(register_id));
    clause.compare("n.number >=", extract.from_number.as_ref());
    clause.compare("n.number <=", extract.until_number.as_ref());
    clause.compare("n.day >=", extract.from_day.as_ref());
    clause.compare("n.day <=", extract.until_day.as_ref());
    let limit = extract.limit.map(|limit| clause.bind(&limit));
    let (text, args) = clause.build();
    sql.push_str(&text);
    sql.push_str(" ORDER BY n.number");
    if let Some(limit) = limit {
        sql.push_str(" LIMIT ");
        sql.push_str(&limit);
    }
    tx.rows(NumberRow::TABLE, NumberRow::KEY, &sql, args).await
}
