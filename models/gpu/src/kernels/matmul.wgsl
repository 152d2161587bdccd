// output = activation(input · weights + bias [+ output]), in tiles.
//
// A workgroup makes a tile of the output. Slice by slice of the depth, it brings a tile of the input and
// one of the weights into its own memory, from where each of its threads multiplies what it needs for its
// few rows and quads (four columns). What begins with $ is written by `matmul.rs`, unrolled: not every
// driver unrolls a loop over variables, and one that does not would keep them in memory.

struct Params {
    rows: u32,
    // Of the depth, of the columns of these weights, and of a row of the input and the output.
    depth_quads: u32,
    quads: u32,
    input_stride: u32,
    output_stride: u32,
    // The first quad of the output that these weights make.
    output_offset: u32,
    // Row r goes to (r / group) · group_stride + r % group + group_offset.
    group: u32,
    group_stride: u32,
    group_offset: u32,
    activation: u32,
    accumulate: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec4<f32>>;
// [depth, quads]
@group(0) @binding(2) var<storage, read> weights: array<Stored>;
@group(0) @binding(3) var<storage, read> bias: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> output: array<vec4<f32>>;

var<workgroup> input_tile: array<Quad, INPUT_TILE>;
var<workgroup> weight_tile: array<Quad, WEIGHT_TILE>;

fn load_tiles(slice: u32, first_row: u32, first_quad: u32, lane: u32) {
    for (var n = lane; n < INPUT_TILE; n += THREADS) {
        let row = first_row + n / SLICE;
        let quad = slice + n % SLICE;
        var value = Quad();
        if row < params.rows && quad < params.depth_quads {
            value = Quad(input[row * params.input_stride + quad]);
        }
        input_tile[n] = value;
    }
    for (var n = lane; n < WEIGHT_TILE; n += THREADS) {
        let depth = 4u * slice + n / TILE_QUADS;
        let quad = first_quad + n % TILE_QUADS;
        var value = Quad();
        if depth < 4u * params.depth_quads && quad < params.quads {
            value = widened(weights[depth * params.quads + quad]);
        }
        weight_tile[n] = value;
    }
}

// Abramowitz and Stegun 7.1.26: off by at most 1.5e-7.
fn erf(x: vec4<f32>) -> vec4<f32> {
    let a = abs(x);
    let t = 1.0 / (1.0 + 0.3275911 * a);
    let p = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
    return sign(x) * (1.0 - p * exp(-a * a));
}

fn activated(x: vec4<f32>) -> vec4<f32> {
    switch params.activation {
        // Cut where the result is 0 in f32 anyway: what exp makes of more is the driver's choice.
        case 1u: { return x / (1.0 + exp(min(-1.702 * x, vec4(80.0)))); }
        case 2u: { return 0.5 * x * (1.0 + erf(x * 0.70710678118)); }
        case 3u: { return max(x, vec4(0.0)); }
        // (1 + tanh(y)) / 2 is 1 / (1 + exp(-2 y)); y is √(2 / π) · (x + 0.044715 x³).
        case 4u: { return x / (1.0 + exp(min(-1.59576912161 * x * (1.0 + 0.044715 * x * x), vec4(80.0)))); }
        case 5u: { return clamp(x, vec4(0.0), vec4(6.0)); }
        default: { return x; }
    }
}

fn store(row: u32, quad: u32, sum: vec4<f32>) {
    if row >= params.rows || quad >= params.quads {
        return;
    }
    let to = (row / params.group) * params.group_stride + row % params.group + params.group_offset;
    let at = to * params.output_stride + params.output_offset + quad;
    var value = sum + bias[quad];
    if params.accumulate != 0u {
        value += output[at];
    }
    output[at] = activated(value);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) tile: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let first_row = tile.y * TILE_ROWS;
    let first_quad = tile.x * TILE_QUADS;
    let down = lane / ACROSS * ROWS_PER_THREAD;
    let across = lane % ACROSS;
    $sums
    for (var slice = 0u; slice < params.depth_quads; slice += SLICE) {
        load_tiles(slice, first_row, first_quad, lane);
        workgroupBarrier();
        $begin
        for (var d = 0u; d < SLICE; d++) {
            $multiply
        }
        $add
        workgroupBarrier();
    }
    $store
}
