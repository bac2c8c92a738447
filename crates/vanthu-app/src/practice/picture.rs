//! Pictures of signatures and seals for practice, drawn in code: one colour on transparent ground.
//!
//! A canvas holds how much each pixel is covered; shapes only add to it. Nothing here looks like a
//! real seal: the ring says that it is for practice.

use std::f32::consts::{PI, TAU};

use ttf_parser::{Face, OutlineBuilder};

use crate::AppError;

/// The resolution of every picture.
const DOTS_PER_INCH: f32 = 300.0;
/// The same for PNG, in dots a metre.
const DOTS_PER_METRE: u32 = 11_811;
/// The blue of a pen (Decree 30/2020, Appendix I, II.7d).
const BLUE: [u8; 3] = [0x12, 0x3c, 0xa6];
/// The red of a seal (Decree 30/2020, Appendix I, II.8a).
const RED: [u8; 3] = [0xd4, 0x1b, 0x1b];
/// Said in the ring of every practice seal.
const PRACTICE: &str = "THỰC HÀNH";

/// A point in pixels, y downwards.
type Point = (f32, f32);

/// A signature as a pen would write it, different for each name: 60 x 24 mm.
pub fn signature(name: &str) -> Result<Vec<u8>, AppError> {
    let (width, height) = (pixels(60.0), pixels(24.0));
    let mut canvas = Canvas::new(width, height);
    let mut chance = Chance::of(name);
    let mut lines = [written(&mut chance), flourish(&mut chance)];
    fit(&mut lines, &canvas);
    for line in &lines {
        for (from, to) in line.iter().zip(line.iter().skip(1)) {
            canvas.stroke(*from, *to, pen(*from, *to));
        }
    }
    canvas.png(BLUE)
}

/// A round seal of its real diameter with the agency's name in the ring and a star in the middle.
pub fn seal(agency: &str, diameter_mm: f32, font: &[u8]) -> Result<Vec<u8>, AppError> {
    let face = Face::parse(font, 0).map_err(|e| AppError::fault("seal font", e))?;
    let side = pixels(diameter_mm);
    let radius = side as f32 / 2.0;
    let centre = (radius, radius);
    let mut canvas = Canvas::new(side, side);
    canvas.ring(centre, radius - 1.0, radius * 0.035);
    canvas.ring(centre, radius * 0.93, radius * 0.012);
    canvas.ring(centre, radius * 0.56, radius * 0.016);
    canvas.fill(&[star(centre, radius * 0.36, radius * 0.138)]);
    for side in [-1.0_f32, 1.0] {
        let at = angle_point(centre, radius * 0.745, PI / 2.0 + side * 0.98);
        canvas.fill(&[star(at, radius * 0.055, radius * 0.021)]);
    }
    let ring = Ring {
        face: &face,
        centre,
        radius,
    };
    ring.above(&mut canvas, &agency.to_uppercase());
    ring.below(&mut canvas, PRACTICE);
    canvas.png(RED)
}

fn pixels(mm: f32) -> usize {
    (mm / 25.4 * DOTS_PER_INCH).round() as usize
}

/// How much of each pixel is covered.
struct Canvas {
    width: usize,
    height: usize,
    cover: Vec<f32>,
}

impl Canvas {
    fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            cover: vec![0.0; width * height],
        }
    }

    /// Covers every pixel of a box by what `how_much` says of its middle.
    fn each(
        &mut self,
        (left, top): Point,
        (right, bottom): Point,
        how_much: impl Fn(Point) -> f32,
    ) {
        let columns = span(left, right, self.width);
        for y in span(top, bottom, self.height) {
            let start = y * self.width;
            let Some(row) = self.cover.get_mut(start..start + self.width) else {
                continue;
            };
            for (x, pixel) in row
                .iter_mut()
                .enumerate()
                .take(columns.end)
                .skip(columns.start)
            {
                let covered = how_much((x as f32 + 0.5, y as f32 + 0.5)).clamp(0.0, 1.0);
                *pixel = pixel.max(covered);
            }
        }
    }

    /// A round-ended line whose half width goes from one figure to another.
    fn stroke(&mut self, from: Point, to: Point, half: f32) {
        let reach = half + 1.0;
        let low = (from.0.min(to.0) - reach, from.1.min(to.1) - reach);
        let high = (from.0.max(to.0) + reach, from.1.max(to.1) + reach);
        self.each(low, high, |point| {
            half + 0.5 - distance_to_line(point, from, to)
        });
    }

    /// A circle's line, of that outer radius and width.
    fn ring(&mut self, centre: Point, outer: f32, width: f32) {
        let low = (centre.0 - outer - 1.0, centre.1 - outer - 1.0);
        let high = (centre.0 + outer + 1.0, centre.1 + outer + 1.0);
        self.each(low, high, |point| {
            let far = distance(point, centre);
            (outer + 0.5 - far).min(far - (outer - width) + 0.5)
        });
    }

    /// The inside of closed outlines. Inner outlines that turn the other way are holes.
    fn fill(&mut self, outlines: &[Vec<Point>]) {
        let mut area = vec![0.0_f32; self.width * self.height + 1];
        for outline in outlines {
            let next = outline.iter().skip(1).chain(outline.first());
            for (from, to) in outline.iter().zip(next) {
                add_edge(&mut area, (self.width, self.height), *from, *to);
            }
        }
        for (row, sums) in self
            .cover
            .chunks_mut(self.width)
            .zip(area.chunks(self.width))
        {
            let mut sum = 0.0_f32;
            for (pixel, change) in row.iter_mut().zip(sums) {
                sum += change;
                *pixel = pixel.max(sum.abs().min(1.0));
            }
        }
    }

    fn png(&self, colour: [u8; 3]) -> Result<Vec<u8>, AppError> {
        let [red, green, blue] = colour;
        let mut bytes = Vec::with_capacity(self.cover.len() * 4);
        for cover in &self.cover {
            bytes.extend([red, green, blue, (cover * 255.0).round() as u8]);
        }
        let failed = |e: png::EncodingError| AppError::fault("picture", e);
        let mut out = Vec::new();
        let (width, height) = (self.width as u32, self.height as u32);
        let mut encoder = png::Encoder::new(&mut out, width, height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_pixel_dims(Some(png::PixelDimensions {
            xppu: DOTS_PER_METRE,
            yppu: DOTS_PER_METRE,
            unit: png::Unit::Meter,
        }));
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(&bytes).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Ok(out)
    }
}

fn span(low: f32, high: f32, size: usize) -> std::ops::Range<usize> {
    let end = (high.ceil().max(0.0) as usize).min(size);
    (low.floor().max(0.0) as usize).min(end)..end
}

/// Adds what an edge changes in the covered area, row by row: each pixel takes the part of the
/// area to its right, the rest goes to the pixel after it.
fn add_edge(area: &mut [f32], (width, height): (usize, usize), from: Point, to: Point) {
    if (from.1 - to.1).abs() < f32::EPSILON {
        return;
    }
    let (sign, top, bottom) = if from.1 < to.1 {
        (1.0, from, to)
    } else {
        (-1.0, to, from)
    };
    let slope = (bottom.0 - top.0) / (bottom.1 - top.1);
    for row in span(top.1, bottom.1, height) {
        let y0 = (row as f32).max(top.1);
        let y1 = (row as f32 + 1.0).min(bottom.1);
        if y1 <= y0 {
            continue;
        }
        let x_at = |y: f32| top.0 + (y - top.1) * slope;
        let (a, b) = (x_at(y0), x_at(y1));
        let (left, right) = (a.min(b), a.max(b));
        let tall = sign * (y1 - y0);
        let mut given = 0.0;
        for column in span(left, right.max(left + 0.001), width) {
            let share = share_left_of(column as f32 + 1.0, left, right);
            put(area, row * width + column, tall * (share - given));
            given = share;
        }
        let last = span(left, right.max(left + 0.001), width).end;
        if last < width {
            put(area, row * width + last, tall * (1.0 - given));
        }
    }
}

/// The mean part of a pixel column, ending at `edge`, that lies right of an edge going from `left`
/// to `right`.
fn share_left_of(edge: f32, left: f32, right: f32) -> f32 {
    let low = left.max(edge - 1.0);
    let high = right.min(edge);
    let whole = right - left;
    if whole < 0.001 {
        return (edge - left).clamp(0.0, 1.0);
    }
    let passed = ((low - left) / whole).clamp(0.0, 1.0);
    let here = ((high - low) / whole).max(0.0);
    (passed + here * (edge - f32::midpoint(low, high))).clamp(0.0, 1.0)
}

fn put(area: &mut [f32], index: usize, value: f32) {
    if let Some(cell) = area.get_mut(index) {
        *cell += value;
    }
}

fn distance(a: Point, b: Point) -> f32 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

fn distance_to_line(point: Point, from: Point, to: Point) -> f32 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx * dx + dy * dy;
    let along = if length < f32::EPSILON {
        0.0
    } else {
        (((point.0 - from.0) * dx + (point.1 - from.1) * dy) / length).clamp(0.0, 1.0)
    };
    distance(point, (from.0 + along * dx, from.1 + along * dy))
}

fn angle_point(centre: Point, radius: f32, angle: f32) -> Point {
    (
        centre.0 + radius * angle.cos(),
        centre.1 + radius * angle.sin(),
    )
}

fn star(centre: Point, outer: f32, inner: f32) -> Vec<Point> {
    (0..10)
        .map(|corner| {
            let radius = if corner % 2 == 0 { outer } else { inner };
            angle_point(centre, radius, -PI / 2.0 + corner as f32 * PI / 5.0)
        })
        .collect()
}

/// Text that runs in the ring of a seal.
struct Ring<'a> {
    face: &'a Face<'a>,
    centre: Point,
    radius: f32,
}

impl Ring<'_> {
    /// Over the top, clockwise, the feet of the letters towards the middle.
    fn above(&self, canvas: &mut Canvas, text: &str) {
        self.write(canvas, text, 1.12 * PI, 1.0);
    }

    /// Under the middle, read from left to right, the feet of the letters outwards.
    fn below(&self, canvas: &mut Canvas, text: &str) {
        self.write(canvas, text, 0.56 * PI, -1.0);
    }

    /// Sets the text in the middle of the ring, at most over the angle `most`; `way` is 1 over the
    /// top, -1 below.
    fn write(&self, canvas: &mut Canvas, text: &str, most: f32, way: f32) {
        let middle_of_ring = self.radius * 0.745;
        let units = f32::from(self.face.units_per_em());
        let gap = 0.06;
        let advance = |c: char| {
            let glyph = self.face.glyph_index(c)?;
            Some(f32::from(self.face.glyph_hor_advance(glyph)?) / units + gap)
        };
        let ems: f32 = text.chars().filter_map(advance).sum();
        let size = (self.radius * 0.235).min(most * middle_of_ring / ems.max(0.1));
        let baseline = middle_of_ring - way * size * 0.34;
        let step = size / baseline;
        let mut angle = -way * ems * step / 2.0;
        for c in text.chars() {
            let (Some(glyph), Some(wide)) = (self.face.glyph_index(c), advance(c)) else {
                continue;
            };
            let middle = angle + way * wide * step / 2.0;
            let mut outline = Outline::default();
            self.face.outline_glyph(glyph, &mut outline);
            let half = (wide - gap) / 2.0;
            let placed = |(x, y): Point| {
                let (x, y) = ((x / units - half) * size, y / units * size);
                let far = baseline + way * y;
                let turn = way * (-PI / 2.0) + middle;
                let (sin, cos) = turn.sin_cos();
                // Along the circle at the letter's middle, outwards by its height.
                let along = x;
                (
                    self.centre.0 + far * cos - way * along * sin,
                    self.centre.1 + far * sin + way * along * cos,
                )
            };
            let outlines: Vec<Vec<Point>> = outline
                .done()
                .into_iter()
                .map(|line| line.into_iter().map(placed).collect())
                .collect();
            canvas.fill(&outlines);
            angle += way * wide * step;
        }
    }
}

/// The outlines of a glyph as short straight lines.
#[derive(Default)]
struct Outline {
    lines: Vec<Vec<Point>>,
    line: Vec<Point>,
}

impl Outline {
    fn done(mut self) -> Vec<Vec<Point>> {
        self.close();
        self.lines
    }

    fn last(&self) -> Point {
        self.line.last().copied().unwrap_or_default()
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.close();
        self.line.push((x, y));
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.line.push((x, y));
    }
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let from = self.last();
        for step in 1..=6 {
            let t = step as f32 / 6.0;
            let mix = |a: f32, b: f32, c: f32| {
                a * (1.0 - t) * (1.0 - t) + 2.0 * b * t * (1.0 - t) + c * t * t
            };
            self.line.push((mix(from.0, x1, x), mix(from.1, y1, y)));
        }
    }
    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let from = self.last();
        for step in 1..=8 {
            let t = step as f32 / 8.0;
            let u = 1.0 - t;
            let mix = |a: f32, b: f32, c: f32, d: f32| {
                a * u * u * u + 3.0 * b * u * u * t + 3.0 * c * u * t * t + d * t * t * t
            };
            self.line
                .push((mix(from.0, x1, x2, x), mix(from.1, y1, y2, y)));
        }
    }
    fn close(&mut self) {
        if !self.line.is_empty() {
            self.lines.push(std::mem::take(&mut self.line));
        }
    }
}

/// Figures that depend on a name alone.
struct Chance(u64);

impl Chance {
    fn of(name: &str) -> Self {
        let start = 0xcbf2_9ce4_8422_2325_u64;
        Self(name.bytes().fold(start, |sum, byte| {
            (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }))
    }

    /// Between two figures.
    fn between(&mut self, low: f32, high: f32) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        low + (high - low) * ((self.0 >> 40) as f32 / 16_777_216.0)
    }
}

/// A tall first letter and a few lower ones in one movement, in a box of about 5 x 2.
fn written(chance: &mut Chance) -> Vec<Point> {
    let letters = chance.between(3.0, 8.0) as usize;
    let mut tall = vec![chance.between(0.8, 1.3)];
    for _ in 0..letters {
        let high = chance.between(0.0, 1.0) > 0.66;
        tall.push(if high {
            chance.between(0.5, 1.0)
        } else {
            chance.between(0.2, 0.42)
        });
    }
    let (slant, pace) = (chance.between(0.15, 0.6), chance.between(0.34, 0.52));
    let first = chance.between(0.25, 0.6);
    let mut line = Vec::new();
    let mut x = 0.0_f32;
    let steps = 40;
    for (index, height) in tall.iter().enumerate() {
        let wide = if index == 0 {
            first
        } else {
            chance.between(0.08, 0.2)
        };
        let step = if index == 0 {
            pace * 1.5
        } else {
            pace * chance.between(0.8, 1.25)
        };
        for part in 0..steps {
            let turn = TAU * part as f32 / steps as f32;
            let y = -height * (1.0 - turn.cos()) / 2.0 + 0.05 * turn.sin();
            let along = x + step * part as f32 / steps as f32 - wide * turn.sin();
            line.push((along - slant * y, y));
        }
        x += step;
    }
    line
}

/// The stroke that goes back under the name.
fn flourish(chance: &mut Chance) -> Vec<Point> {
    let (start, end) = (chance.between(-0.4, 0.5), chance.between(2.2, 3.8));
    let (dip, rise) = (chance.between(-0.1, 0.35), chance.between(-0.1, 0.6));
    (0..=60)
        .map(|part| {
            let t = part as f32 / 60.0;
            let x = start + (end - start) * t;
            (x, 0.22 + dip * (t * PI).sin() - rise * t * t)
        })
        .collect()
}

/// Puts the strokes on the canvas, as large as they can be, in the middle.
fn fit(lines: &mut [Vec<Point>], canvas: &Canvas) {
    let margin = 10.0;
    let far = (f32::INFINITY, f32::NEG_INFINITY);
    let (mut across, mut down) = (far, far);
    for (x, y) in lines.iter().flatten() {
        across = (across.0.min(*x), across.1.max(*x));
        down = (down.0.min(*y), down.1.max(*y));
    }
    let (width, height) = (canvas.width as f32, canvas.height as f32);
    let scale_x = (width - 2.0 * margin) / (across.1 - across.0).max(0.01);
    let scale_y = (height - 2.0 * margin) / (down.1 - down.0).max(0.01);
    // A hand may be stretched a little to fill its place.
    let scale = (scale_x.min(scale_y * 1.25), scale_y.min(scale_x * 1.25));
    let middle = (
        f32::midpoint(across.0, across.1),
        f32::midpoint(down.0, down.1),
    );
    for (x, y) in lines.iter_mut().flatten() {
        *x = width / 2.0 + (*x - middle.0) * scale.0;
        *y = height / 2.0 + (*y - middle.1) * scale.1;
    }
}

/// Half the width of the line: a pen presses downwards.
fn pen(from: Point, to: Point) -> f32 {
    let down = (to.1 - from.1) / distance(from, to).max(0.01);
    2.6 + 1.5 * down
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Width, height and RGBA of a PNG, with its dots a metre.
    fn decoded(bytes: &[u8]) -> (u32, u32, Vec<u8>, u32) {
        let decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        let dims = reader.info().pixel_dims.unwrap();
        (info.width, info.height, pixels, dims.xppu)
    }

    fn covered(pixels: &[u8]) -> f64 {
        let alpha = pixels.chunks(4).map(|p| f64::from(p[3])).sum::<f64>();
        alpha / 255.0 / (pixels.len() as f64 / 4.0)
    }

    #[test]
    fn a_signature_is_blue_on_transparent_ground_and_of_one_person() {
        let first = signature("Trần Quốc Vĩnh").unwrap();
        let (width, height, pixels, dots) = decoded(&first);
        assert_eq!((width, height, dots), (709, 283, 11_811));
        assert!(pixels.chunks(4).all(|p| p[..3] == BLUE));
        assert_eq!(pixels[3], 0, "the corner is clear");
        let ink = covered(&pixels);
        assert!((0.015..0.2).contains(&ink), "{ink}");
        assert_eq!(first, signature("Trần Quốc Vĩnh").unwrap());
        assert_ne!(first, signature("Lê Thị Thanh Hằng").unwrap());
    }

    #[test]
    fn a_seal_is_red_round_and_of_its_real_size() {
        let name = "Ủy ban nhân dân xã Tân Mẫu";
        let picture = seal(name, 36.0, vanthu_layout::TINOS_BOLD).unwrap();
        let (width, height, pixels, _) = decoded(&picture);
        // 36 mm at 300 dots an inch.
        assert_eq!((width, height), (425, 425));
        assert!(pixels.chunks(4).all(|p| p[..3] == RED));
        let alpha = |x: usize, y: usize| pixels[(y * 425 + x) * 4 + 3];
        assert_eq!(alpha(2, 2), 0, "outside the rim it is clear");
        assert_eq!(alpha(212, 212), 255, "the star is in the middle");
        assert!(alpha(212, 6) > 200, "the rim");
        assert_eq!(
            alpha(212, 312),
            0,
            "the ground between star and ring is clear"
        );
        let ink = covered(&pixels);
        assert!((0.1..0.45).contains(&ink), "{ink}");
    }
}
