//! A garment as a list of drawing steps, in centimetres: x to the right of the middle, y down.

use tiny_skia::{Path, PathBuilder, Rect, Stroke, StrokeDash, Transform};

use crate::fabric::Fabric;
use crate::palette::Rgb;

/// Builds one outline.
#[derive(Default)]
pub(crate) struct Pen(PathBuilder);

impl Pen {
    pub(crate) fn at(x: f32, y: f32) -> Self {
        let mut pen = PathBuilder::new();
        pen.move_to(x, y);
        Self(pen)
    }

    pub(crate) fn to(mut self, x: f32, y: f32) -> Self {
        self.0.line_to(x, y);
        self
    }

    pub(crate) fn quad(mut self, cx: f32, cy: f32, x: f32, y: f32) -> Self {
        self.0.quad_to(cx, cy, x, y);
        self
    }

    pub(crate) fn cubic(mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) -> Self {
        self.0.cubic_to(ax, ay, bx, by, x, y);
        self
    }

    pub(crate) fn and(mut self, x: f32, y: f32) -> Self {
        self.0.move_to(x, y);
        self
    }

    /// The outline, closed.
    pub(crate) fn shut(mut self) -> Option<Path> {
        self.0.close();
        self.0.finish()
    }

    /// The line, open.
    pub(crate) fn open(self) -> Option<Path> {
        self.0.finish()
    }
}

/// The right half of a symmetrical outline, from the top middle to the bottom middle.
pub(crate) struct Half {
    start: (f32, f32),
    steps: Vec<Step>,
}

#[derive(Clone, Copy)]
enum Step {
    To(f32, f32),
    Quad(f32, f32, f32, f32),
    Cubic(f32, f32, f32, f32, f32, f32),
}

impl Half {
    pub(crate) fn at(x: f32, y: f32) -> Self {
        Self { start: (x, y), steps: Vec::new() }
    }

    pub(crate) fn to(mut self, x: f32, y: f32) -> Self {
        self.steps.push(Step::To(x, y));
        self
    }

    pub(crate) fn quad(mut self, cx: f32, cy: f32, x: f32, y: f32) -> Self {
        self.steps.push(Step::Quad(cx, cy, x, y));
        self
    }

    pub(crate) fn cubic(mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) -> Self {
        self.steps.push(Step::Cubic(ax, ay, bx, by, x, y));
        self
    }

    /// Both halves as one closed outline.
    pub(crate) fn both(self) -> Option<Path> {
        let mut path = PathBuilder::new();
        path.move_to(self.start.0, self.start.1);
        let mut ends = vec![self.start];
        for step in &self.steps {
            match *step {
                Step::To(x, y) => path.line_to(x, y),
                Step::Quad(cx, cy, x, y) => path.quad_to(cx, cy, x, y),
                Step::Cubic(ax, ay, bx, by, x, y) => path.cubic_to(ax, ay, bx, by, x, y),
            }
            ends.push(step.end());
        }
        if let Some(&(x, y)) = ends.last() {
            path.line_to(-x, y);
        }
        for (step, &(x, y)) in self.steps.iter().zip(&ends).rev() {
            match *step {
                Step::To(..) => path.line_to(-x, y),
                Step::Quad(cx, cy, ..) => path.quad_to(-cx, cy, -x, y),
                Step::Cubic(ax, ay, bx, by, ..) => path.cubic_to(-bx, by, -ax, ay, -x, y),
            }
        }
        path.close();
        path.finish()
    }
}

impl Step {
    fn end(&self) -> (f32, f32) {
        match *self {
            Step::To(x, y) | Step::Quad(_, _, x, y) | Step::Cubic(_, _, _, _, x, y) => (x, y),
        }
    }
}

/// An ellipse.
pub(crate) fn oval(x: f32, y: f32, rx: f32, ry: f32) -> Option<Path> {
    PathBuilder::from_oval(Rect::from_ltrb(x - rx, y - ry, x + rx, y + ry)?)
}

/// A rectangle with rounded corners.
pub(crate) fn slab(x0: f32, y0: f32, x1: f32, y1: f32, r: f32) -> Option<Path> {
    let r = r.min((x1 - x0) * 0.5).min((y1 - y0) * 0.5).max(0.01);
    Pen::at(x0 + r, y0)
        .to(x1 - r, y0)
        .quad(x1, y0, x1, y0 + r)
        .to(x1, y1 - r)
        .quad(x1, y1, x1 - r, y1)
        .to(x0 + r, y1)
        .quad(x0, y1, x0, y1 - r)
        .to(x0, y0 + r)
        .quad(x0, y0, x0 + r, y0)
        .shut()
}

/// A line as an area of its own.
pub(crate) fn strip(line: Option<Path>, width: f32) -> Option<Path> {
    line?.stroke(
        &Stroke {
            width,
            line_cap: tiny_skia::LineCap::Round,
            line_join: tiny_skia::LineJoin::Round,
            ..Stroke::default()
        },
        8.0,
    )
}

/// As [`strip`], with straight ends.
pub(crate) fn band(line: Option<Path>, width: f32) -> Option<Path> {
    line?.stroke(&Stroke { width, ..Stroke::default() }, 8.0)
}

pub(crate) fn mirror(path: Option<Path>) -> Option<Path> {
    path?.transform(Transform::from_scale(-1.0, 1.0))
}

pub(crate) fn shift(path: Option<Path>, x: f32, y: f32) -> Option<Path> {
    path?.transform(Transform::from_translate(x, y))
}

/// Where a piece of cloth was cut from: the pattern runs along the piece, as on a real sleeve.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    x: f32,
    y: f32,
    cos: f32,
    sin: f32,
}

impl Frame {
    /// Straight down from the top middle.
    pub(crate) const BODY: Frame = Frame { x: 0.0, y: 0.0, cos: 1.0, sin: 0.0 };

    /// From `(x, y)` along `angle`, measured from straight down towards +x.
    pub(crate) fn along(x: f32, y: f32, angle: f32) -> Self {
        Self { x, y, cos: angle.cos(), sin: angle.sin() }
    }

    pub(crate) fn map(&self, x: f32, y: f32) -> (f32, f32) {
        let (x, y) = (x - self.x, y - self.y);
        (x * self.cos - y * self.sin, x * self.sin + y * self.cos)
    }
}

/// What colours a piece.
#[derive(Clone, Copy)]
pub(crate) enum Ink {
    /// The garment's pattern.
    Pattern,
    /// One colour.
    Flat(Rgb),
}

/// How a piece of the garment looks.
#[derive(Clone, Copy)]
pub(crate) struct Textile {
    pub(crate) ink: Ink,
    pub(crate) fabric: Fabric,
    pub(crate) frame: Frame,
    /// Width of the rounding towards the edge, centimetres.
    pub(crate) round: f32,
    /// How much the rounding catches the light.
    pub(crate) relief: f32,
    /// How much darker the rim is.
    pub(crate) rim: f32,
    /// Strength of the shadow on the pieces below.
    pub(crate) cast: f32,
}

impl Textile {
    pub(crate) fn new(ink: Ink, fabric: Fabric) -> Self {
        Self { ink, fabric, frame: Frame::BODY, round: 2.2, relief: 0.16, rim: 0.16, cast: 0.3 }
    }

    pub(crate) fn frame(mut self, frame: Frame) -> Self {
        self.frame = frame;
        self
    }

    pub(crate) fn round(mut self, round: f32, relief: f32) -> Self {
        self.round = round;
        self.relief = relief;
        self
    }

    /// For what lies deeper than the pieces around it: no shadow of its own.
    pub(crate) fn inner(mut self) -> Self {
        self.cast = 0.0;
        self.relief = 0.04;
        self
    }

    pub(crate) fn cast(mut self, cast: f32) -> Self {
        self.cast = cast;
        self
    }
}

/// How a line changes what it runs over.
#[derive(Clone, Copy)]
pub(crate) enum Tone {
    /// A seam: darker than the cloth (lighter on black cloth).
    Seam(f32),
    /// A colour with this opacity.
    Paint(Rgb, f32),
}

/// One drawing step.
pub(crate) enum Op {
    Fill {
        path: Path,
        cloth: Textile,
    },
    /// A line on the piece that was filled last.
    Line {
        path: Path,
        width: f32,
        tone: Tone,
    },
    /// A soft fold on the piece that was filled last: light on one side, shade on the other.
    Crease {
        from: (f32, f32),
        to: (f32, f32),
        width: f32,
        depth: f32,
    },
}

/// The steps so far.
#[derive(Default)]
pub(crate) struct Draft {
    pub(crate) ops: Vec<Op>,
}

impl Draft {
    /// Adds a piece; a path that could not be built (no area) is left out.
    pub(crate) fn fill(&mut self, path: Option<Path>, cloth: Textile) {
        if let Some(path) = path {
            self.ops.push(Op::Fill { path, cloth });
        }
    }

    pub(crate) fn line(&mut self, path: Option<Path>, width: f32, tone: Tone) {
        if let Some(path) = path {
            self.ops.push(Op::Line { path, width, tone });
        }
    }

    pub(crate) fn seam(&mut self, path: Option<Path>) {
        self.line(path, 0.28, Tone::Seam(0.3));
    }

    /// A dashed line of thread.
    pub(crate) fn stitch(&mut self, path: Option<Path>, tone: Tone) {
        let dashed = path.and_then(|p| p.dash(&StrokeDash::new(vec![0.65, 0.42], 0.0)?, 4.0));
        self.line(dashed, 0.2, tone);
    }

    pub(crate) fn crease(&mut self, from: (f32, f32), to: (f32, f32), width: f32, depth: f32) {
        self.ops.push(Op::Crease { from, to, width, depth });
    }

    /// The box around all pieces.
    pub(crate) fn bounds(&self) -> Option<Rect> {
        let mut all: Option<Rect> = None;
        for op in &self.ops {
            if let Op::Fill { path, .. } = op {
                let b = path.bounds();
                all = match all {
                    None => Some(b),
                    Some(a) => Rect::from_ltrb(
                        a.left().min(b.left()),
                        a.top().min(b.top()),
                        a.right().max(b.right()),
                        a.bottom().max(b.bottom()),
                    ),
                };
            }
        }
        all
    }
}
