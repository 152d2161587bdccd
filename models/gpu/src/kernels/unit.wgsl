// A part of each row at unit length; zeros stay. A workgroup per row. What fills the part's last quad is 0.

struct Params {
    rows: u32,
    // Of a row of the input, and of the part: where it begins, and how long it is.
    input_quads: u32,
    first_quad: u32,
    quads: u32,
    // Of a row of the output, and where the part begins there.
    output_quads: u32,
    output_first_quad: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> output: array<vec4<f32>>;

const THREADS = 64u;
const SMALLEST = 1.1754944e-38;
var<workgroup> partial: array<f32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let row = group.y * groups.x + group.x;
    if row >= params.rows {
        return;
    }
    let first = row * params.input_quads + params.first_quad;
    let to = row * params.output_quads + params.output_first_quad;
    var squares = vec4(0.0);
    for (var n = lane; n < params.quads; n += THREADS) {
        squares += input[first + n] * input[first + n];
    }
    partial[lane] = dot(squares, vec4(1.0));
    for (var half = THREADS / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if lane < half {
            partial[lane] += partial[lane + half];
        }
    }
    workgroupBarrier();
    let length = max(sqrt(partial[0]), SMALLEST);
    for (var n = lane; n < params.quads; n += THREADS) {
        output[to + n] = input[first + n] / length;
    }
}
