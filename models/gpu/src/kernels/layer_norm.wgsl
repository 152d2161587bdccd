// Each row to mean 0 and variance 1, scaled and shifted. A workgroup per row; the mean is taken first and
// the variance around it, which loses less than both in one pass.

struct Params {
    rows: u32,
    quads: u32,
    epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec4<f32>>;
// The scale of all columns, then the shift of all columns.
@group(0) @binding(2) var<storage, read> affine: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> output: array<vec4<f32>>;

const THREADS = 64u;
var<workgroup> partial: array<f32, THREADS>;

fn total(mine: f32, lane: u32) -> f32 {
    partial[lane] = mine;
    for (var half = THREADS / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if lane < half {
            partial[lane] += partial[lane + half];
        }
    }
    workgroupBarrier();
    let sum = partial[0];
    workgroupBarrier();
    return sum;
}

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
    let first = row * params.quads;
    let columns = f32(4u * params.quads);
    var sum = vec4(0.0);
    for (var n = lane; n < params.quads; n += THREADS) {
        sum += input[first + n];
    }
    let mean = total(dot(sum, vec4(1.0)), lane) / columns;
    var squares = vec4(0.0);
    for (var n = lane; n < params.quads; n += THREADS) {
        let x = input[first + n] - mean;
        squares += x * x;
    }
    let scale = inverseSqrt(total(dot(squares, vec4(1.0)), lane) / columns + params.epsilon);
    for (var n = lane; n < params.quads; n += THREADS) {
        output[first + n] = (input[first + n] - mean) * scale * affine[n] + affine[params.quads + n];
    }
}
