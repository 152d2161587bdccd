// Mean and deviation over the pixels of each picture: a workgroup for each quad of channels.

struct Params {
    rows: u32,
    quads: u32,
    pixels: u32,
    // Of the output: quads of a row, where the means begin, and whether deviations follow them.
    output_quads: u32,
    first_quad: u32,
    deviations: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> output: array<vec4<f32>>;

var<workgroup> parts: array<vec4<f32>, 64>;

// The sum of all threads' parts.
fn total(lane: u32, part: vec4<f32>) -> vec4<f32> {
    workgroupBarrier();
    parts[lane] = part;
    workgroupBarrier();
    for (var half = 32u; half > 0u; half /= 2u) {
        if lane < half {
            parts[lane] += parts[lane + half];
        }
        workgroupBarrier();
    }
    return parts[0];
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let n = group.y * groups.x + group.x;
    let row = n / params.quads;
    if row >= params.rows {
        return;
    }
    let first = row * params.pixels * params.quads + n % params.quads;
    var sum = vec4(0.0);
    for (var pixel = lane; pixel < params.pixels; pixel += 64u) {
        sum += input[first + pixel * params.quads];
    }
    let mean = total(lane, sum) / f32(params.pixels);
    var squares = vec4(0.0);
    for (var pixel = lane; pixel < params.pixels; pixel += 64u) {
        let distance = input[first + pixel * params.quads] - mean;
        squares += distance * distance;
    }
    let deviation = sqrt(total(lane, squares) / f32(params.pixels));
    if lane == 0u {
        let at = row * params.output_quads + params.first_quad + n % params.quads;
        output[at] = mean;
        if params.deviations == 1u {
            output[at + params.quads] = deviation;
        }
    }
}
