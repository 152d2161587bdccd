//! A linear layer over packed weights.

use std::fmt;
use std::ops::Range;

use crate::epilogue::{Activation, Epilogue};
use crate::isa::{Isa, Kind, Precision};
use crate::pack::{LinearParts, pack};
use crate::prepared::PreparedRows;
use crate::raw::gemm::{Part, Place, Weights};
use crate::raw::memory::floats;
use crate::raw::thread_team::ThreadTeam;
use crate::raw::{Shared, multiply};

/// Bytes of weights that stay in a core's second-level cache while the rows stream through.
const SMALL_WEIGHTS: usize = 256 << 10;

/// Rows of an item where the weights are small.
const ROWS_PER_ITEM: usize = 48;

/// Products below which handing an item to another thread costs more than it saves.
const PRODUCTS_PER_ITEM: usize = 1 << 19;

/// The same where a unit multiplies tiles: two whole blocks of rows, and products that take less time.
const TILED_ROWS_PER_ITEM: usize = 64;
const TILED_PRODUCTS_PER_ITEM: usize = 4 * PRODUCTS_PER_ITEM;

/// `y = f(x Wᵀ + b)`, or `y = f(y + x Wᵀ + b)`.
pub struct Linear {
    isa: Isa,
    kind: Kind,
    parts: LinearParts,
}

impl Linear {
    /// Packs `weight`, `[outputs, depth]`, with `bias`, `[outputs]`.
    ///
    /// # Panics
    /// If `weight` is no whole rows, `bias` has another length than they are, or this processor lacks
    /// `isa`.
    pub fn pack(isa: Isa, precision: Precision, weight: &[f32], depth: usize, bias: Option<&[f32]>) -> Self {
        assert!(depth > 0 && weight.len().is_multiple_of(depth), "weights are [outputs, depth]");
        assert!(bias.is_none_or(|bias| bias.len() * depth == weight.len()), "one bias for each output");
        let kind = isa.kind(precision);
        Self::checked(isa, kind, pack(isa, kind, weight, depth, bias))
    }

    /// A layer from what [`parts`](Self::parts) gave on the same instruction set, with the same precision;
    /// nothing if the lengths do not fit each other.
    ///
    /// # Panics
    /// If this processor lacks `isa`.
    pub fn from_parts(isa: Isa, precision: Precision, parts: LinearParts) -> Option<Self> {
        let kind = isa.kind(precision);
        let padded = parts.columns.next_multiple_of(isa.panel());
        let scales = if kind.is_integer() { padded } else { 0 };
        let lengths = parts.columns_values.each_ref().map(|values| values.words().len());
        let fits = parts.words.words().len() == padded * isa.words(kind, parts.depth) && parts.depth > 0;
        (fits && lengths == [scales, scales, padded]).then(|| Self::checked(isa, kind, parts))
    }

    /// The only constructor. The kernels rely on this check of the instructions.
    fn checked(isa: Isa, kind: Kind, parts: LinearParts) -> Self {
        assert!(isa.is_available(), "this processor has no {isa}");
        Self { isa, kind, parts }
    }

    /// The packed weights, as a file keeps them.
    pub fn parts(&self) -> &LinearParts {
        &self.parts
    }

    /// Outputs.
    pub fn outputs(&self) -> usize {
        self.parts.columns
    }

    /// Inputs.
    pub fn depth(&self) -> usize {
        self.parts.depth
    }

    /// Multiplies `rows` into `out`, `[rows, outputs]`.
    ///
    /// # Panics
    /// If `rows` are of another precision or depth, or `out` is too short.
    pub fn forward(&self, team: &ThreadTeam, rows: PreparedRows<'_>, epilogue: Epilogue, out: &mut [f32]) {
        let words = self.isa.words(self.kind, self.parts.depth);
        let fit = rows.kind() == self.kind && rows.depth == self.parts.depth && rows.stride >= words;
        assert!(fit, "rows of another layer");
        assert!(out.len() >= rows.count * self.parts.columns, "room for all outputs");
        if rows.count == 0 {
            return;
        }
        let split = self.split(rows.count, team.threads());
        let out = Shared::new(out);
        team.each(split.items(), |item| {
            let (row_range, panel_range) = split.item(item);
            let (weights, next_panel) = (self.weights(), split.panel_after(item, team.threads()));
            let place = Place::rows(self.parts.columns);
            let part = Part { rows, weights, epilogue, out: &out, place, row_range, panel_range, next_panel };
            multiply(self.isa, part);
        });
    }

    /// Multiplies some of `rows` by one panel of columns into `out`, `[rows of the range, panel]`. Columns of the
    /// panel that the layer lacks become what zeros are activated to.
    ///
    /// # Panics
    /// As [`forward`](Self::forward), or if there are no such rows or no such panel.
    pub(crate) fn forward_panel(
        &self,
        rows: PreparedRows<'_>,
        row_range: Range<usize>,
        panel: usize,
        activation: Activation,
        out: &mut [f32],
    ) {
        let (width, panels) = (self.isa.panel(), self.parts.columns.div_ceil(self.isa.panel()));
        assert!(rows.kind() == self.kind && rows.depth == self.parts.depth, "rows of another layer");
        assert!(
            panel < panels && row_range.end <= rows.count() && !row_range.is_empty(),
            "a part of the product"
        );
        assert!(out.len() >= row_range.len() * width, "room for the panel");
        let place = Place { first: (row_range.start, panel * width), stride: width, columns: panels * width };
        let part = Part {
            rows,
            weights: self.weights(),
            epilogue: Epilogue { add: false, activation },
            out: &Shared::new(out),
            place,
            row_range,
            panel_range: panel..panel + 1,
            next_panel: panels,
        };
        multiply(self.isa, part);
    }

    fn weights(&self) -> Weights<'_> {
        let [scale, sum, bias] = self.parts.columns_values.each_ref().map(|values| floats(values.words()));
        Weights {
            kind: self.kind,
            words: self.parts.words.words(),
            depth: self.isa.words(self.kind, self.parts.depth),
            scale,
            sum,
            bias,
        }
    }

    /// Cuts a product into items. Small weights stay in the cache, so items are groups of rows. Large weights
    /// are cut into groups of panels, so that each panel is read from memory once for all rows.
    fn split(&self, rows: usize, threads: usize) -> Split {
        let panels = self.parts.columns.div_ceil(self.isa.panel());
        let bytes = self.parts.words.words().len() * 4;
        let (rows_of_item, products_of_item) = if self.isa.has_tiles(self.kind) {
            (TILED_ROWS_PER_ITEM, TILED_PRODUCTS_PER_ITEM)
        } else {
            (ROWS_PER_ITEM, PRODUCTS_PER_ITEM)
        };
        if bytes <= SMALL_WEIGHTS && rows > rows_of_item {
            return Split { rows, panels, rows_of_item, panels_of_item: panels };
        }
        let products = rows * self.isa.panel() * self.parts.depth;
        let worth = products_of_item.div_ceil(products);
        let panels_of_item = worth.min(panels.div_ceil(2 * threads)).max(1);
        Split { rows, panels, rows_of_item: rows, panels_of_item }
    }
}

/// How a product is cut into items.
struct Split {
    rows: usize,
    panels: usize,
    rows_of_item: usize,
    panels_of_item: usize,
}

impl Split {
    fn items(&self) -> usize {
        self.rows.div_ceil(self.rows_of_item) * self.panels.div_ceil(self.panels_of_item)
    }

    /// The first panel of the item that a thread will probably take after this one; if the weights stay in
    /// the cache, none.
    fn panel_after(&self, item: usize, threads: usize) -> usize {
        if self.rows_of_item < self.rows { self.panels } else { (item + threads) * self.panels_of_item }
    }

    fn item(&self, item: usize) -> (Range<usize>, Range<usize>) {
        let groups = self.panels.div_ceil(self.panels_of_item);
        let part = |n: usize, of: usize, all: usize| n * of..all.min((n + 1) * of);
        (
            part(item / groups, self.rows_of_item, self.rows),
            part(item % groups, self.panels_of_item, self.panels),
        )
    }
}

impl fmt::Debug for Linear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Linear({} → {}, {:?} on {})", self.parts.depth, self.parts.columns, self.kind, self.isa)
    }
}
