//! From letters to lines and pieces.

use super::collect::Letter;
use super::{ContentLine, Piece};
use crate::Rect;

/// How far below the line letters reach, in parts of their size.
const DEPTH: f64 = 0.216;
/// How far above it.
const HEIGHT: f64 = 0.891;
/// A gap of so much of the size is a space.
const SPACE: f64 = 0.2;

/// Sorts letters into lines from top to bottom.
pub(super) fn of(mut letters: Vec<Letter>) -> Vec<ContentLine> {
    letters.sort_by(|a, b| b.y.total_cmp(&a.y));
    let mut rows: Vec<Vec<Letter>> = Vec::new();
    for letter in letters {
        match rows.last_mut() {
            Some(row) if row.first().is_some_and(|first| same_line(first, &letter)) => {
                row.push(letter);
            }
            _ => rows.push(vec![letter]),
        }
    }
    let lines = rows.into_iter().map(|row| ContentLine {
        pieces: pieces(row),
    });
    with_raised(lines.filter(|line| !line.pieces.is_empty()).collect())
}

fn same_line(a: &Letter, b: &Letter) -> bool {
    (a.y - b.y).abs() <= 0.15 * a.size.max(b.size)
}

fn pieces(mut row: Vec<Letter>) -> Vec<Piece> {
    row.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    let mut pieces: Vec<(Piece, super::collect::Look)> = Vec::new();
    let mut spaced = true;
    for letter in row {
        if letter.text.chars().all(char::is_whitespace) {
            spaced = true;
            continue;
        }
        let rect = Rect {
            x0: letter.x0,
            y0: letter.y - DEPTH * letter.size,
            x1: letter.x1,
            y1: letter.y + HEIGHT * letter.size,
        };
        let near = pieces
            .last()
            .is_some_and(|(piece, _)| !spaced && letter.x0 - piece.rect.x1 < SPACE * letter.size);
        match pieces.last_mut() {
            // The same letter drawn twice, a hair apart, is a bold one.
            Some((piece, look))
                if piece.text.ends_with(&letter.text)
                    && (letter.x1 - piece.rect.x1).abs() < 0.06 * letter.size
                    && letter.x0 < piece.rect.x1 - 0.5 * (letter.x1 - letter.x0) =>
            {
                piece.bold = true;
                look.bold = true;
            }
            Some((piece, look))
                if near && *look == letter.look && (piece.size - letter.size).abs() < 0.25 =>
            {
                piece.text.push_str(&letter.text);
                piece.rect = piece.rect.union(&rect);
            }
            _ => pieces.push((
                Piece {
                    text: letter.text,
                    font: letter.look.font,
                    bold: letter.look.bold,
                    italic: letter.look.italic,
                    size: letter.size,
                    colour: letter.look.colour,
                    invisible: letter.look.invisible,
                    glued: near,
                    rect,
                    baseline: letter.y,
                },
                letter.look,
            )),
        }
        spaced = false;
    }
    pieces.into_iter().map(|(piece, _)| piece).collect()
}

/// A raised number (the mark of a footnote) belongs to the word that it follows.
fn with_raised(lines: Vec<ContentLine>) -> Vec<ContentLine> {
    let mut whole: Vec<ContentLine> = Vec::with_capacity(lines.len());
    for mut line in lines {
        let raised = whole.last().is_some_and(|above| {
            above.pieces.len() < 9
                && above.pieces.iter().all(|mark| {
                    mark.text.chars().all(|c| c.is_ascii_digit() || c == '*')
                        && line.pieces.iter().any(|word| follows(mark, word))
                })
        });
        if raised && let Some(above) = whole.pop() {
            for mut mark in above.pieces {
                mark.glued = true;
                line.pieces.push(mark);
            }
            line.pieces.sort_by(|a, b| a.rect.x0.total_cmp(&b.rect.x0));
        }
        whole.push(line);
    }
    whole
}

fn follows(mark: &Piece, word: &Piece) -> bool {
    let rise = mark.baseline - word.baseline;
    mark.size < 0.8 * word.size
        && rise > 0.0
        && rise < 0.6 * word.size
        && (mark.rect.x0 - word.rect.x1).abs() < 0.3 * word.size
}
